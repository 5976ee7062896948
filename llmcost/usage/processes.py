"""Reading many files by several processes at once, which ends at once when it is interrupted."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

Found = TypeVar("Found")
CHUNKS = 16
"""Shares of each process, so that none waits long for another that has the larger files."""


def run_in_processes(read: Callable[[Path], Found], paths: Sequence[Path]) -> Iterator[Found]:
    """What ``read`` gives for each path, in their order; a process for each core that may be used.

    The processes are copies of this one, so nothing is imported again.
    """
    number = len(os.sched_getaffinity(0))
    chunk = max(1, len(paths) // (number * CHUNKS))
    with multiprocessing.get_context("fork").Pool(number, _leave_interrupts) as pool:
        yield from pool.imap(read, paths, chunksize=chunk)


def _leave_interrupts() -> None:
    """Leave an interrupt to the process that started this one, which then ends it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
