"""From arguments to what two sides of a difference are: saved results, workloads, price sheets, or two days."""

from __future__ import annotations

from pathlib import Path

from llmcost.cli.inputs.piped import piped
from llmcost.core.analysis.saved_result import SavedResult
from llmcost.errors import LlmcostError
from llmcost.files.git import is_in_git, read_from_git
from llmcost.project.saved_result import read_result, result_from

STDIN = "-"
"""A side that is piped in: a result or a workload, as the other one is."""
RESULT, WORKLOAD, PRICES, DATES = "result", "workload", "prices", "dates"


def ask_kind(base: str | None, head: str | None, to: str | None) -> str:
    """What is set against each other. Raises LlmcostError for a mixture."""
    if to is not None:
        if head is not None:
            raise LlmcostError("two dates are compared for one workload", "leave out HEAD, or --to")
        return DATES
    if base is None or head is None:
        raise LlmcostError(
            "diff needs two sides",
            "give two results, two workload files or two price folders, or two dates with --on A --to B",
        )
    if base == head == STDIN:
        raise LlmcostError("both sides are stdin, which is read once", "name a file for one of them")
    kinds = [_kind(each) for each in (base, head) if each != STDIN]
    if len(kinds) == 1 and kinds[0] == PRICES:
        raise LlmcostError("price sheets are read from files, not from stdin", "name two files or folders")
    if kinds[0] != kinds[-1]:
        raise LlmcostError(f"{base} is of kind {kinds[0]} and {head} of kind {kinds[1]}", "give two of one kind")
    return kinds[0]


def _kind(path: str) -> str:
    if path.endswith((".json", ".JSON")):
        return RESULT
    if Path(path).is_dir():
        return PRICES
    from llmcost.files.yaml import parse_yaml, read_yaml

    document = parse_yaml(read_from_git(path), path) if is_in_git(path) else read_yaml(Path(path))
    if document.root is None and not Path(path).exists() and not is_in_git(path):
        raise LlmcostError(f"cannot read {path}: no such file", "check the path")
    kind = document.root.entries.get("kind") if document.root is not None else None
    if kind is None or kind[1].text == "workload":
        return WORKLOAD
    if is_in_git(path):
        raise LlmcostError(f"{path} is of price sheets, which are read from files", "name two files or folders")
    return PRICES


def ask_result(path: str) -> SavedResult:
    """A saved result, from a file or piped in."""
    return result_from(piped(), "<stdin>") if path == STDIN else read_result(path)
