"""Ready-made workloads: files that come with the prices and answer to a name."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path

from llmcost.errors import LlmcostError
from llmcost.files.git import is_in_git

FOLDER = "workloads"


def ready_made(prices: Path) -> list[str]:
    """The names of the ready-made workloads beside the built-in sheets."""
    return sorted(file.stem for file in (prices / FOLDER).glob("*.yaml"))


def workload_path(given: str, prices: Path) -> str:
    """The file that is meant: ``-`` and an existing path as they are, else a ready-made workload of that name.

    Raises LlmcostError when there is neither.
    """
    if given == "-" or is_in_git(given) or Path(given).exists():
        return given
    names = ready_made(prices)
    if given in names:
        return str(prices / FOLDER / f"{given}.yaml")
    close = get_close_matches(given, names, n=1)
    hint = f"did you mean {close[0]}? " if close else ""
    raise LlmcostError(
        f"{given} is neither a file nor a ready-made workload",
        f"{hint}ready-made: {', '.join(names)}" if names else "check the path",
    )
