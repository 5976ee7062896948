"""``llmcost schema``: the JSON Schema of llmcost's own files."""

from __future__ import annotations

from typing import Annotated

import typer

from llmcost.cli import completion as complete
from llmcost.cli.console import write
from llmcost.errors import LlmcostError

KINDS = ("prices", "workload", "config")


def schema(
    kind: Annotated[
        str,
        typer.Argument(metavar="KIND", help=f"Which schema: {', '.join(KINDS)}.", autocompletion=complete.schemas),
    ],
) -> int:
    """The JSON Schema of price sheets, workload files or a project's config, for editors and checks."""
    if kind not in KINDS:
        raise LlmcostError(f'there is no schema "{kind}"', f"write one of: {', '.join(KINDS)}")
    if kind == "workload":
        from llmcost.workloads.schema import json_schema_text
    elif kind == "config":
        from llmcost.project.schema import json_schema_text
    else:
        from llmcost.sheets.kinds import json_schema_text
    write(json_schema_text(), None)
    return 0
