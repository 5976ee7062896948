"""Files and cells that are packed by gzip or zstd; the only import of zstd."""

from __future__ import annotations

import gzip
import io
import sys
import zlib

GZIP, ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
"""How what is packed begins."""


class DamageError(ValueError):
    """What is cut, or holds something else than it begins with."""


class SizeError(ValueError):
    """What is larger than was asked for, once unpacked."""


def is_zipped(raw: bytes) -> bool:
    """Whether bytes are packed by one of both."""
    return raw.startswith((GZIP, ZSTD))


def unpack(raw: bytes, most: int) -> bytes:
    """What packed bytes hold. Raises DamageError, and SizeError for more than ``most`` bytes."""
    found = _of_gzip(raw, most) if raw.startswith(GZIP) else _of_zstd(raw, most)
    if len(found) > most:
        raise SizeError
    return found


def _of_gzip(raw: bytes, most: int) -> bytes:
    try:
        with gzip.open(io.BytesIO(raw)) as stream:
            return stream.read(most + 1)
    except (OSError, EOFError, zlib.error):
        raise DamageError from None


def _of_zstd(raw: bytes, most: int) -> bytes:
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd
    try:
        with zstd.open(io.BytesIO(raw)) as stream:
            return bytes(stream.read(most + 1))
    except (zstd.ZstdError, OSError, EOFError):
        raise DamageError from None
