"""What a file is to hold, by its name: the format that its ending stands for, or why it cannot be that."""

from __future__ import annotations

import glob
import re
from collections.abc import Iterable
from pathlib import Path, PurePath

from llmcost.errors import LlmcostError
from llmcost.reports.registry import formats_by_ending

PLAIN = (".txt", ".log", ".out")
"""Endings of text for people."""
ENDING = r"\.[a-z][a-z0-9]{1,6}|\.[A-Z]{2,6}"
"""What is an ending at all: not the rest of a name such as tmp.Ab12 or run.2026."""

QUANTITY = r"-?[0-9][0-9_.,]*(?:[eE][0-9]+)?[kKmMbB]?%?|[pP][0-9]+=.*"
"""What is meant for --output rather than a file: a count, a share, or sizes."""


def check_kept(path: str | None, inputs: Iterable[str]) -> None:
    """Raise LlmcostError where a file would be written over one that is read: named, in a folder, or by a pattern."""
    if path is None or not Path(path).exists():
        return
    for each in inputs:
        named = [each] if Path(each).exists() else glob.glob(each, recursive=True)
        if any(Path(one).samefile(path) or (Path(one).is_dir() and _lies_in(path, one)) for one in named):
            raise LlmcostError(f"-o {path} would write over what is read", "name another file")


def _lies_in(path: str, folder: str) -> bool:
    return Path(folder).resolve() in Path(path).resolve().parents


def format_of(named: str | None, path: str | None) -> str | None:
    """The format of a file: as named, else by its ending; None where that leaves it open, as on stdout.

    Raises LlmcostError for an ending that stands for another format, or for none there is, and for a bare number.
    """
    if path is None or path == "-":
        return named
    ending = PurePath(path).suffix.lower()
    if re.fullmatch(QUANTITY, path):
        raise LlmcostError(
            f"-o {path} would write a file called {path}", f"for tokens write --output {path}; for a file, ./{path}"
        )
    fitting = formats_by_ending().get(ending)
    if fitting is not None and named is not None and named not in fitting:
        raise LlmcostError(f"{path} would hold {named}, not {fitting[0]}", f"write -f {fitting[0]}, or another ending")
    if named is not None or ending in PLAIN:
        return named
    if fitting is not None:
        return fitting[0]
    if re.fullmatch(ENDING, PurePath(path).suffix):
        raise LlmcostError(f"what {path} is to hold is not known by its ending", "name the format with -f")
    return None
