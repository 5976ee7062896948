"""Which words name usage, and what kind of file each names."""

from __future__ import annotations

import re
from pathlib import Path

from llmcost.cli.inputs.piped import piped

STDIN = "-"
HEAD = 4096
"""Bytes by which a workload is told from usage."""
IS_JSON = re.compile(rb"(?:\xef\xbb\xbf)?\s*[\[{]")
IS_OBJECT = re.compile(rb"(?:\xef\xbb\xbf)?\s*\{")
TEXT = re.compile(rb""""(?:[^"\\]|\\.)*(?:"(\s*:)?|\Z)""", re.DOTALL)
"""A text, of which the last may be cut, and what makes it a key."""
IS_WORKLOAD = re.compile(rb"""(?<![\\\w])"?(?:classes"?\s*:|kind"?\s*:\s*"?workload\b)""")
IS_ROW = re.compile(rb"[^\n:#]*[,;\t][^\n:#]*\n")
GZIP, SQLITE = b"\x1f\x8b", b"SQLite format 3\0"
USAGE_ENDINGS = (".csv", ".tsv", ".jsonl", ".ndjson", ".log", ".parquet", ".gz", ".zst")


def shown(path: str) -> str:
    """What a path is called."""
    return "<stdin>" if path == STDIN else path


def is_table(path: str) -> bool:
    """Whether a path names a table, which an engine adds up."""
    return path.lower().endswith(".parquet") or _is_pattern(path)


def _is_pattern(path: str) -> bool:
    """Whether a path stands for several, and is none itself."""
    return any(sign in path for sign in "*?[") and not Path(path).exists()


def is_usage(word: str) -> bool:
    """Whether a word names a file or a folder of usage, and no workload."""
    path = Path(word)
    if path.is_dir():
        return True
    if word == STDIN:
        return _is_usage_text(piped(HEAD))
    lower = word.lower()
    if lower.endswith(USAGE_ENDINGS) or (_is_pattern(word) and lower.endswith(".json")):
        return True
    if lower.endswith(".json"):
        return path.is_file() and not _is_workload(_head(path))
    return path.is_file() and _head(path).startswith(SQLITE)


def _head(path: Path) -> bytes:
    """How a file begins; nothing of one that cannot be read, which is refused where it is."""
    try:
        with path.open("rb") as stream:
            return stream.read(HEAD)
    except OSError:
        return b""


def _is_workload(head: bytes) -> bool:
    """Whether JSON is a workload, which says so at its beginning, by its keys and not in what somebody said."""
    if not IS_OBJECT.match(head):
        return False
    keys = TEXT.sub(lambda found: found[0] if found[1] or found[0] == b'"workload"' else b'""', head)
    return IS_WORKLOAD.search(keys) is not None


def _is_usage_text(head: bytes) -> bool:
    """Whether what was piped in is usage by its beginning: packed, JSON that is no workload, or a head of columns."""
    if head.startswith(GZIP):
        return True
    if IS_JSON.match(head):
        return not _is_workload(head)
    return IS_ROW.match(head) is not None
