"""``llmcost init``: a workload and a config to begin with."""

from __future__ import annotations

import os
from pathlib import Path

from llmcost.cli.console import say, write_unnamed
from llmcost.errors import LlmcostError
from llmcost.project.config import CONFIG_NAME
from llmcost.project.templates import CONFIG, WORKLOAD, WORKLOAD_NAME


def init() -> int:
    """Write a commented workload and a project config into this folder; nothing is ever overwritten."""
    made = {WORKLOAD_NAME: WORKLOAD, CONFIG_NAME: CONFIG}
    there = [name for name in made if os.path.lexists(name)]
    if there:
        raise LlmcostError(f"{' and '.join(there)} already exist here", "nothing was written; move them, or edit them")
    for name, text in made.items():
        write_unnamed(Path(name), text)
    say(f"llmcost: wrote {' and '.join(made)}\n  edit the workload, then run `llmcost compare`")
    return 0
