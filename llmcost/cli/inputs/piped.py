"""What was piped in: read once a run, however often ``-`` is asked for."""

from __future__ import annotations

import sys
from contextvars import ContextVar

from llmcost.errors import LlmcostError

MOST_BYTES = 50 * 1024 * 1024
"""What is usually read at most, and one byte more; who asks says whether that is too much."""
_read: ContextVar[bytes] = ContextVar("read", default=b"")
_ended: ContextVar[bool] = ContextVar("ended", default=False)


def forget_piped() -> None:
    """Begin a run, in which nothing has been read."""
    _read.set(b"")
    _ended.set(False)


def piped(most: int = MOST_BYTES) -> bytes:
    """The bytes of stdin from its beginning, and no more than one beyond ``most``.

    Raises LlmcostError when it is closed.
    """
    found = _read.get()
    wanted = most + 1 - len(found)
    if wanted > 0 and not _ended.get():
        if sys.stdin is None:
            raise LlmcostError("stdin is closed, so there is nothing to read", "name a file, or pipe one in")
        more = sys.stdin.buffer.read(wanted)
        found += more
        _read.set(found)
        _ended.set(len(more) < wanted)
    return found[: most + 1]
