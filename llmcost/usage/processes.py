"""Reading many files by several processes at once, which ends at once when it is interrupted."""

from __future__ import annotations

import multiprocessing
import os
import signal
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate, pairwise
from pathlib import Path
from typing import TypeVar

Found = TypeVar("Found")
CHUNKS = 8
"""Pieces of another process's share, so that what it found is taken while it reads on."""


def run_in_processes(read: Callable[[Path], Found], paths: Sequence[Path], sizes: Sequence[int]) -> Iterator[Found]:
    """What ``read`` gives for each path, in their order; a process for each core that may be used, this one included.

    Each takes paths that stand together and are as large as another's. The processes are copies of this one, so
    nothing is imported again.
    """
    own, *others = _shares(paths, sizes, len(os.sched_getaffinity(0)))
    with multiprocessing.get_context("fork").Pool(len(others), _leave_interrupts) as pool:
        found = [pool.imap(read, share, chunksize=max(1, len(share) // CHUNKS)) for share in others]
        yield from map(read, own)
        for each in found:
            yield from each


def _shares(paths: Sequence[Path], sizes: Sequence[int], number: int) -> list[Sequence[Path]]:
    """The paths in so many shares of about the same size, in their order."""
    reached = list(accumulate(sizes))
    cuts = [bisect_left(reached, reached[-1] * at // number) for at in range(number)]
    return [paths[start:end] for start, end in pairwise([*cuts, len(paths)])]


def _leave_interrupts() -> None:
    """Leave an interrupt to the process that started this one, which then ends it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
