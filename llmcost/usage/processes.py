"""Reading many files by several processes at once, which ends at once when it is interrupted."""

from __future__ import annotations

import multiprocessing
import os
import signal
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import accumulate, pairwise
from pathlib import Path

from llmcost.errors import LlmcostError
from llmcost.usage.decoding import packed, unpacked
from llmcost.usage.file import UsageFile

Read = Callable[[Path], UsageFile | LlmcostError]
CHUNKS = 8
"""Pieces of another process's share, so that what it found is taken while it reads on."""


def run_in_processes(read: Read, paths: Sequence[Path], sizes: Sequence[int]) -> Iterator[UsageFile | LlmcostError]:
    """What ``read`` gives for each path, in their order; a process for each core that may be used, this one included.

    Each takes paths that stand together and are as large as another's. The processes are copies of this one, so
    nothing is imported again.
    """
    own, *others = _shares(paths, sizes, len(os.sched_getaffinity(0)))
    with multiprocessing.get_context("fork").Pool(len(others), _leave_interrupts) as pool:
        found = [pool.imap(partial(_send, read), share, chunksize=max(1, len(share) // CHUNKS)) for share in others]
        yield from map(read, own)
        for each in found:
            yield from map(_receive, each)


def _send(read: Read, path: Path) -> bytes | LlmcostError:
    """What ``read`` gives, packed where it is much: pickle alone would take a tenth as long as it takes to read."""
    found = read(path)
    return packed(found) if isinstance(found, UsageFile) else found


def _receive(sent: bytes | LlmcostError) -> UsageFile | LlmcostError:
    return unpacked(sent, UsageFile) if isinstance(sent, bytes) else sent


def _shares(paths: Sequence[Path], sizes: Sequence[int], number: int) -> list[Sequence[Path]]:
    """The paths in so many shares of about the same size, in their order."""
    reached = list(accumulate(sizes))
    cuts = [bisect_left(reached, reached[-1] * at // number) for at in range(number)]
    return [paths[start:end] for start, end in pairwise([*cuts, len(paths)])]


def _leave_interrupts() -> None:
    """Leave an interrupt to the process that started this one, which then ends it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
