"""Several files and folders of usage read together, and the logs of this machine."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from llmcost.core.workload.usage_record import UsageRecord
from llmcost.errors import LlmcostError
from llmcost.usage.file import NoUsage, UsageFile
from llmcost.usage.folders import agent_logs
from llmcost.usage.overlaps import without_overlaps
from llmcost.usage.read import read_usage
from llmcost.usage.remarks import is_read_alone, left_out, named_again, remarks_on

ENDINGS = (".csv", ".tsv", ".json", ".jsonl", ".ndjson", ".gz", ".zst", ".db", ".sqlite")
KEPT = (".jsonl.reset.", ".jsonl.deleted.")
"""What is in the names of logs of sessions that were begun anew or deleted."""
Progress = Callable[[str], None]
"""Takes what is being done, and an empty text when it is done."""


def read_each(
    paths: Sequence[Path], *, skip_bad: bool = False, progress: Progress | None = None
) -> Iterator[UsageFile | LlmcostError]:
    """What each file gave, or why it was refused; many large ones are read by several processes, which begin at once.

    ``progress`` hears of files that take long.
    """
    sizes = list(map(_size, paths))
    is_large = sum(sizes) > WORTH_PROCESSES
    read = partial(_try_to_read, skip_bad=skip_bad)
    if is_large and len(paths) > 1 and _has_processes():
        from llmcost.usage.processes import run_in_processes

        files = run_in_processes(read, paths, sizes)
    else:
        files = map(read, paths)
    return _watched(files, len(paths), progress) if is_large and progress else files


def _watched(
    files: Iterator[UsageFile | LlmcostError], number: int, progress: Progress
) -> Iterator[UsageFile | LlmcostError]:
    """The files, while each hundredth part of them is told."""
    step = max(1, number // 100)
    progress(f"reading usage: 0 of {number:,} files")
    try:
        for count, file in enumerate(files, 1):
            if count % step == 0:
                progress(f"reading usage: {count:,} of {number:,} files")
            yield file
    finally:
        progress("")


WORTH_PROCESSES = 48 * 10**6
"""Bytes of which it takes longer to read them than to start another process."""


def _size(path: Path) -> int:
    """How many bytes a file has; 0 for one that is not there, which is refused where it is read."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _has_processes() -> bool:
    return sys.platform == "linux" and len(os.sched_getaffinity(0)) > 1


def _try_to_read(path: Path, *, skip_bad: bool) -> UsageFile | LlmcostError:
    try:
        return read_usage(path, skip_bad=skip_bad)
    except LlmcostError as error:
        return error


class UsageRead(NamedTuple):
    """What several files gave: their records, and what is to be said of how each was read."""

    records: list[UsageRecord]
    said: tuple[str, ...]


Reading = Callable[[], UsageRead]
"""Waits until what has begun to be read is read, and gives it. Raises LlmcostError for what cannot be."""
PIPED, SHOWN = Path("-"), Path("<stdin>")
"""The path of what was piped in, and what it is called."""


def read_all(
    paths: Sequence[Path], *, skip_bad: bool = False, piped: bytes | None = None, progress: Progress | None = None
) -> UsageRead:
    """The usage of files and folders; of a folder, files that hold none are passed over and counted.

    ``piped`` is what the path ``-`` stands for; None: a file of that name.

    A file that is named twice, by itself or by a folder, is read once. Raises LlmcostError as ``read_usage`` does, and
    for a folder in which no file holds usage.
    """
    return begin_all(paths, skip_bad=skip_bad, piped=piped, progress=progress)()


def begin_all(
    paths: Sequence[Path], *, skip_bad: bool = False, piped: bytes | None = None, progress: Progress | None = None
) -> Reading:
    """As ``read_all``, while the one who asks goes on. Raises LlmcostError for a folder without files."""
    seen: set[Path] = set()
    again: list[str] = []
    named: list[tuple[Path, list[Path]]] = []
    for path in paths:
        if path != PIPED or piped is None:
            named.append((path, _new_ones(files_in(path), seen, again)))
        elif path in seen:
            again.append(str(SHOWN))
        else:
            seen.add(path)
            named.append((path, []))
    each_file = read_each([file for _, files in named for file in files], skip_bad=skip_bad, progress=progress)

    def end() -> UsageRead:
        found: list[UsageFile] = []
        others: list[str] = []
        alone: list[str] = []
        refused: list[LlmcostError] = []
        for path, files in named:
            if path == PIPED and piped is not None:
                found.append(read_usage(SHOWN, skip_bad=skip_bad, raw=piped))
            else:
                read = _of_path(path, files, each_file, others, alone, skip_bad=skip_bad)
                found += [file for file in read if isinstance(file, UsageFile)]
                refused += [error for error in read if isinstance(error, LlmcostError)]
        if refused and not found:  # what is left out is all that there is
            raise refused[0]
        broken = [f"{error.message}: left out" for error in refused]
        found, repeats = without_overlaps(found)
        records = [record for file in found for record in file.records]
        return UsageRead(records, (*remarks_on(found, others, alone), *broken, *repeats, *named_again(again)))

    return end


def _of_path(
    path: Path,
    files: Sequence[Path],
    each_file: Iterator[UsageFile | LlmcostError],
    others: list[str],
    alone: list[str],
    *,
    skip_bad: bool,
) -> list[UsageFile | LlmcostError]:
    """What the next files gave, which are those of a path; those without usage are added to the others.

    What is read where it is named alone is added to ``alone``.

    Of a folder, why files cannot be read is given with ``skip_bad``, and raised without it.
    """
    if not path.is_dir():
        return [_usage_of(each) for each in islice(each_file, len(files))]
    found: list[UsageFile | LlmcostError] = []
    for file in files:
        each = next(each_file)
        if isinstance(each, NoUsage):
            others.append(str(file))
        elif isinstance(each, UsageFile) or skip_bad:
            found.append(each)
        else:
            raise each
    alone += sorted(str(each) for each in path.rglob("*") if is_read_alone(each))
    if files and not found:
        raise LlmcostError(f"{path} has no file with usage in a format known here", "see docs/usage.md for those")
    return found


def _usage_of(found: UsageFile | LlmcostError) -> UsageFile:
    if isinstance(found, LlmcostError):
        raise found
    return found


def _new_ones(files: Sequence[Path], seen: set[Path], again: list[str]) -> list[Path]:
    """The files that were not seen, which are from now on; the others are added to those named again."""
    new = []
    for file in files:
        if (real := file.resolve()) in seen:
            again.append(str(file))
        else:
            seen.add(real)
            new.append(file)
    return new


def read_logs(home: Path, *, skip_bad: bool = False, progress: Progress | None = None) -> UsageRead:
    """The usage in the logs of coding agents below a home directory; a file without usage is passed over.

    Raises LlmcostError where there is none.
    """
    return begin_logs(home, skip_bad=skip_bad, progress=progress)()


def begin_logs(home: Path, *, skip_bad: bool = False, progress: Progress | None = None) -> Reading:
    """As ``read_logs``, while the one who asks goes on."""
    logs = list(agent_logs(home))
    each_file = read_each([file for _, files in logs for file in files], skip_bad=skip_bad, progress=progress)

    def end() -> UsageRead:
        found: list[UsageFile] = []
        said: list[str] = []
        broken: list[str] = []
        for folder, files in logs:
            each = islice(each_file, len(files))
            read: list[UsageFile] = []
            for file in each:
                if isinstance(file, UsageFile):
                    read.append(file)
                elif not isinstance(file, NoUsage):
                    if not skip_bad:
                        raise file
                    broken.append(f"{file.message}: left out")
            found += read
            number = f"{len(read)} file{'' if len(read) == 1 else 's'}"
            more = f", {others} more without usage" if (others := len(files) - len(read)) else ""
            said.append(f"{folder.agent}: {number} of {files[0].parent if len(files) == 1 else _above(files)}{more}")
        if not found:
            remedy = "name files or folders: llmcost usage PATH; docs/usage.md says which logs are looked for"
            raise LlmcostError("no log of a coding agent was found on this machine", remedy)
        found, repeats = without_overlaps(found)
        records = [record for file in found for record in file.records]
        return UsageRead(records, (*said, *left_out(found), *broken, *repeats))

    return end


def _above(files: Sequence[Path]) -> str:
    return os.path.commonpath([str(file) for file in files])


def files_in(path: Path) -> list[Path]:
    """The files that a path names: itself, or those of a folder, in order of their names.

    Raises LlmcostError for a folder that has none.
    """
    if not path.is_dir():
        return [path]
    found = sorted(each for each in path.rglob("*") if _is_named_as_usage(each) and each.is_file())
    if not found:
        raise LlmcostError(f"{path} has no file that ends in {', '.join(ENDINGS)}", "name a folder of logs, or a file")
    return found


def _is_named_as_usage(path: Path) -> bool:
    return path.suffix.lower() in ENDINGS or any(part in path.name for part in KEPT)
