"""``llmcost init``: a workload and a config to begin with."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from llmcost.cli.console import say, write_unnamed
from llmcost.cli.option_groups import with_options
from llmcost.errors import LlmcostError
from llmcost.project.config import CONFIG_NAME
from llmcost.project.templates import CONFIG, WORKLOAD, WORKLOAD_NAME


@with_options()
def init(
    ci: Annotated[
        str | None, typer.Option(metavar="SERVICE", help="Also a job that checks budgets: of github or gitlab.")
    ] = None,
) -> int:
    """Write a commented workload and a project config into this folder; nothing is ever overwritten."""
    made = {WORKLOAD_NAME: WORKLOAD, CONFIG_NAME: CONFIG} if ci is None else _with_job(ci)
    there = [name for name in made if os.path.lexists(name)]
    if there:
        verb = "exists" if len(there) == 1 else "exist"
        raise LlmcostError(f"{' and '.join(there)} already {verb} here", "nothing was written; move them, or edit them")
    for name, text in made.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        write_unnamed(Path(name), text)
    following = "run `llmcost compare`" if ci is None else "see `llmcost check`, and commit the three"
    say(f"llmcost: wrote {' and '.join(made)}\n  edit the workload, then {following}")
    return 0


def _with_job(service: str) -> dict[str, str]:
    """The files of a project that is checked by a service. Raises LlmcostError for one that is not known."""
    from llmcost.project.ci_templates import CI_CONFIG, SERVICES, UNKNOWN, job_of, package

    if service not in SERVICES:
        raise LlmcostError(f'--ci: "{service}" is not known', f"write one of: {', '.join(SERVICES)}")
    if package() == UNKNOWN:
        say(f"note: the job has to say where pip finds llmcost: put it in the place of {UNKNOWN}")
    return {WORKLOAD_NAME: WORKLOAD, CONFIG_NAME: CI_CONFIG, SERVICES[service].path: job_of(service)}
