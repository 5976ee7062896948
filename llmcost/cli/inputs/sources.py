"""From options to public price tables: which, of which day, and from where."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path

from llmcost.api.update import SourceFile, source_of
from llmcost.core.values.dates import parse_day
from llmcost.errors import LlmcostError, at_flag
from llmcost.files.raw import read_bytes
from llmcost.files.user_folder import user_folder
from llmcost.sheets.load import STORE

USUAL = ("litellm", "genai-prices")
"""The tables that are read when none is named."""
LARGEST = 50_000_000
"""Bytes of a table that is read from a file."""


def ask_store() -> Path:
    """Where the person's own update is kept."""
    return user_folder() / STORE


def ask_files(
    names: Sequence[str], files: Sequence[str], on: str | None, usual: Sequence[str] = USUAL
) -> list[SourceFile]:
    """The sources that are named, from files or from where they are published; ``usual`` are read when none is.

    Raises LlmcostError for one that there is not, and for a form that cannot be read.
    """
    today = datetime.now(timezone.utc).date().isoformat()
    day = _day("--on", on) if on is not None else today
    found = [_from_file(text, day) for text in files]
    for each in found:
        if each.day > today:
            raise LlmcostError(f"--from: {each.source.name} of {each.day} is of a day to come", "check the day")
    named = names or (() if files else usual)
    return found + [_published(name, day) for name in named]


def _from_file(text: str, day: str) -> SourceFile:
    what, equals, path = text.partition("=")
    name, at, own = what.partition("@")
    if not equals or not path:
        raise LlmcostError(f'--from: "{text}" names no file', "write it like litellm=FILE or litellm@2026-11-26=FILE")
    with at_flag("--from"):
        source = source_of(name)
    return SourceFile(source, _day("--from", own) if at else day, path, lambda: _bytes(path))


def _published(name: str, day: str) -> SourceFile:
    source = source_of(name)
    if source.from_file:
        raise LlmcostError(f"{name} is not fetched", f"read it from a file: --from {name}=FILE")

    def load() -> bytes:
        from llmcost.sources.http import fetch

        return fetch(source.address)

    return SourceFile(source, day, source.title, load)


def _day(flag: str, text: str) -> str:
    with at_flag(flag):
        return parse_day(text).isoformat()


def _bytes(path: str) -> bytes:
    try:
        raw = read_bytes(Path(path), LARGEST)
    except OSError as error:
        raise LlmcostError(f"cannot read {path}: {error.strerror or error}", "check the path") from None
    if len(raw) > LARGEST:
        raise LlmcostError(f"{path} is larger than {LARGEST // 10**6} MB", "check that it is a price table")
    return raw
