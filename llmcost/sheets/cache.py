"""Compiled sheets kept in the user's cache, under a name that changes with every byte of them and of the code."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

from llmcost.errors import LlmcostError
from llmcost.sheets.snapshot import Snapshot, compile_sheets, content_of, parse_snapshot, write_whole

LARGEST_KEPT = 5 * 1024 * 1024
"""Bytes of the largest sheet that is compiled ahead; a larger one is refused when it is read."""
LARGEST_CACHE = 256 * 1024 * 1024
"""Bytes of the largest snapshot that is read from the cache."""


def cached_snapshot(paths: list[tuple[Path, str]], *, fresh: bool = False) -> Snapshot:
    """The snapshot of these sheets from the user's cache, compiled and kept there when it is new.

    ``fresh`` compiles them whatever the cache holds, so that a digest is one of the sheets themselves.
    A cache that cannot be read or written only costs time; so does one that anybody but the user could have changed.
    Raises FileProblems.
    """
    key = _content_key(paths)
    folder = _cache_folder()
    if key is None or folder is None:
        return compile_sheets(paths)
    file = folder / f"sheets-{key}.json"
    kept = None if fresh else _kept(file, key)
    if kept is not None:
        return kept
    snapshot = compile_sheets(paths)
    if _content_key(paths) != key:
        return snapshot  # changed while it was read, so what was read is not known to be what the key names
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        content = content_of(snapshot)
        write_whole(file, _checksum(key, content).encode() + b"\n" + content)
    return snapshot


def _kept(file: Path, key: str) -> Snapshot | None:
    """The snapshot in a file of the cache; None without one, or where it is not as it was written for that key."""
    with suppress(OSError, ValueError, LlmcostError):
        # neither a link nor a pipe put in its place is followed or waited for
        handle = os.open(file, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
        with open(handle, "rb") as stream:
            if not _is_own(os.fstat(handle)):
                return None
            checksum, _, content = stream.read(LARGEST_CACHE).partition(b"\n")
        if checksum.decode() == _checksum(key, content):
            return parse_snapshot(content)
    return None


def _is_own(found: os.stat_result) -> bool:
    """Whether it is a regular file that only this user can write."""
    mine = not hasattr(os, "geteuid") or (found.st_uid == os.geteuid() and not found.st_mode & 0o022)
    return stat.S_ISREG(found.st_mode) and mine and found.st_size < LARGEST_CACHE


def _checksum(key: str, content: bytes) -> str:
    import hashlib

    return hashlib.sha256(key.encode() + content).hexdigest()


def _content_key(paths: list[tuple[Path, str]]) -> str | None:
    """A digest of the sheets' bytes, the names shown for them, and the code that reads them.

    None for what can be read only once, such as a pipe, for more than any sheet may hold, and for what cannot be read.
    """
    import hashlib

    # All code whose change could change what is compiled: reading, checking, and the types that text is made into.
    # With a room left out, an older snapshot would be taken for today's.
    package = Path(__file__).parent.parent
    code = sorted(each for room in ("sheets", "core", "files") for each in package.glob(f"{room}/**/*.py"))
    digest = hashlib.sha256()
    try:
        for path, _ in paths:
            if not path.is_file() or path.stat().st_size > LARGEST_KEPT:
                return None
        for path, name in [*((each, "") for each in code), *paths]:
            content = path.read_bytes()
            digest.update(f"{name}\0{len(content)}\0".encode(errors="surrogateescape"))
            digest.update(content)
    except (OSError, ValueError):
        return None
    return digest.hexdigest()[:32]


def _cache_folder() -> Path | None:
    """The user's cache folder; None when there is none, or LLMCOST_CACHE_DIR is set to nothing."""
    chosen = os.environ.get("LLMCOST_CACHE_DIR")
    if chosen is not None:
        return Path(chosen) if chosen else None
    from platformdirs import user_cache_path

    with suppress(RuntimeError, OSError, KeyError):
        return user_cache_path("llmcost", appauthor=False)
    return None
