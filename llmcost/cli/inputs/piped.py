"""What was piped in: read once a run, however often ``-`` is asked for."""

from __future__ import annotations

import sys
from contextvars import ContextVar

from llmcost.errors import LlmcostError

MOST_BYTES = 50 * 1024 * 1024
"""What is read at most, and one byte more; who asks says whether that is too much."""
_read: ContextVar[bytes | None] = ContextVar("read", default=None)


def forget_piped() -> None:
    """Begin a run, in which nothing has been read."""
    _read.set(None)


def piped() -> bytes:
    """The bytes of stdin. Raises LlmcostError when it is closed."""
    found = _read.get()
    if found is None:
        if sys.stdin is None:
            raise LlmcostError("stdin is closed, so there is nothing to read", "name a file, or pipe one in")
        found = sys.stdin.buffer.read(MOST_BYTES + 1)
        _read.set(found)
    return found
