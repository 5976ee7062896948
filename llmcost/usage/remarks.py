"""What people are told of how files of usage were read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from llmcost.usage.file import Skip, UsageFile

MOST_NAMED = 3
"""Files that are named one by one where several were read alike."""


NAMED_ALONE = (".parquet", ".log")
"""Endings of files that are read where they are named, and not in a folder: an engine's, and of logs of anything."""


def is_read_alone(path: Path) -> bool:
    """Whether a path below a folder is read only where it is named; so are folders behind links."""
    if path.suffix.lower() in NAMED_ALONE:
        return path.is_file()
    return path.is_symlink() and path.is_dir()


def remarks_on(files: Sequence[UsageFile], others: Sequence[str], alone: Sequence[str] = ()) -> list[str]:
    """How the files were read, those of one format together; what was left out of them; and what holds no usage.

    ``alone`` are files and folders that are read where they are named, and were not.
    """
    said = []
    for form in dict.fromkeys((file.format, file.counting) for file in files):
        alike = [file.path for file in files if (file.format, file.counting) == form]
        said.append(f"{_named(alike)} {'is' if len(alike) == 1 else 'are'} read as {form[0]}: {form[1]}")
    said += left_out(files)
    if alone:
        said.append(f"{_named(alone)} {'is' if len(alone) == 1 else 'are'} read where named, and not in a folder")
    if others:
        said.append(f"{_named(others)} {'holds' if len(others) == 1 else 'hold'} no usage that is known here")
    return said


def left_out(files: Sequence[UsageFile]) -> list[str]:
    """The rows that were left out of some files, and what the files cannot tell."""
    said = skipped((file.path, skip) for file in files for skip in file.skips)
    return [*said, *dict.fromkeys(note for file in files for note in file.notes)]


def skipped(skips: Iterable[tuple[str, Skip]]) -> list[str]:
    """How many rows were left out, by the reason, and of which files."""
    said = []
    reasons = [(path, skip.reason) for path, skip in skips]
    for reason in dict.fromkeys(reason for _, reason in reasons):
        number = sum(1 for _, each in reasons if each == reason)
        where = _named(list(dict.fromkeys(path for path, each in reasons if each == reason)))
        said.append(f"{where}: {number} row{'' if number == 1 else 's'} left out: {reason}")
    return said


def named_again(paths: Sequence[str]) -> list[str]:
    """What is said of files that were named more than once."""
    if not paths:
        return []
    return [f"{_named(paths)} {'is' if len(paths) == 1 else 'are'} named more than once and read once"]


def _named(paths: Sequence[str]) -> str:
    if len(paths) <= MOST_NAMED:
        return ", ".join(paths)
    return f"{len(paths)} files, such as {paths[0]},"
