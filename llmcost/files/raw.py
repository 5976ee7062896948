"""The one way into files that others named: regular files, and of each no more than may be read.

A path in a config or a folder can lead to an endless device or to a pipe nobody writes to; neither is waited for.
"""

from __future__ import annotations

import errno
import os
import re
from pathlib import Path
from stat import S_ISDIR, S_ISREG

_DESCRIPTOR = re.compile(r"/dev/stdin|/dev/fd/[0-9]+|/proc/self/fd/[0-9]+")


def is_handed_over(path: str | Path) -> bool:
    """Whether a path names what the shell has opened for this process, as ``<(command)`` does, and no file."""
    return _DESCRIPTOR.fullmatch(str(path)) is not None


def read_bytes(path: Path, most: int) -> bytes:
    """The bytes of a regular file, or of what the shell handed over; one more than ``most`` where there are more.

    Raises OSError for anything else.
    """
    descriptor = _opened(path)
    try:
        status = os.fstat(descriptor)
        kind = status.st_mode
        if S_ISDIR(kind):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if not S_ISREG(kind) and not is_handed_over(path):
            raise OSError(errno.EINVAL, "it is not a regular file")
        with open(descriptor, "rb", closefd=False) as stream:
            # A buffer of what there is, and not of the most there may be; more may have been written meanwhile.
            found = stream.read(min(status.st_size, most) + 1)
            return found if len(found) <= status.st_size else found + stream.read(most + 1 - len(found))
    finally:
        os.close(descriptor)


def _opened(path: Path) -> int:
    waits_for_nobody = 0 if is_handed_over(path) else getattr(os, "O_NONBLOCK", 0)
    try:
        return os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | waits_for_nobody)
    except ValueError:  # a NUL, or a letter the file system has none for
        raise OSError(errno.EINVAL, "it is not a path") from None
