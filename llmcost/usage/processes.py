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

HEAD_START = 20 * 10**6
"""Bytes that each other process reads before this one has what else it needs."""
Read = Callable[[Path], UsageFile | LlmcostError]
CHUNKS = 8
"""Pieces of another process's share, so that what it found is taken while it reads on."""


def run_in_processes(read: Read, paths: Sequence[Path], sizes: Sequence[int]) -> Iterator[UsageFile | LlmcostError]:
    """What ``read`` gives for each path, in their order; a process for each core that may be used, this one included.

    Each takes paths that stand together and are as large as another's; the others begin at once, this one when what it
    gives is taken, so its share is smaller. The processes are copies of this one, so nothing is imported again.
    """
    own, *others = shares_of(paths, sizes, len(os.sched_getaffinity(0)))
    pool = multiprocessing.get_context("fork").Pool(len(others), _leave_interrupts)
    found = [pool.imap(partial(_send, read), share, chunksize=max(1, len(share) // CHUNKS)) for share in others]

    def each() -> Iterator[UsageFile | LlmcostError]:
        with pool:
            yield from map(read, own)
            for share in found:
                yield from map(_receive, share)

    return each()


def _send(read: Read, path: Path) -> bytes | LlmcostError:
    """What ``read`` gives, packed where it is much: pickle alone would take a tenth as long as it takes to read."""
    found = read(path)
    return packed(found) if isinstance(found, UsageFile) else found


def _receive(sent: bytes | LlmcostError) -> UsageFile | LlmcostError:
    return unpacked(sent, UsageFile) if isinstance(sent, bytes) else sent


def shares_of(paths: Sequence[Path], sizes: Sequence[int], number: int) -> list[Sequence[Path]]:
    """The paths in so many shares, in their order: a first one, and others that are larger by what they begin with."""
    reached = list(accumulate(sizes))
    whole, others = reached[-1], number - 1
    own = max(0, whole - others * HEAD_START) // number
    cuts = [bisect_left(reached, own + (whole - own) * at // others) for at in range(others)]
    return [paths[start:end] for start, end in pairwise([0, *cuts, len(paths)])]


def _leave_interrupts() -> None:
    """Leave an interrupt to the process that started this one, which then ends it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
