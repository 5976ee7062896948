"""Samples of the logs of coding agents; a database is kept as the statements that make it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

AGENT_SAMPLES = Path(__file__).parent.parent / "usage" / "agents"


def agent_samples() -> list[str]:
    """The names of all."""
    return sorted(path.name for path in AGENT_SAMPLES.iterdir())


def sample(name: str, folder: Path) -> Path:
    """A sample as a file, a database made in a folder."""
    if not name.endswith(".sql"):
        return AGENT_SAMPLES / name
    path = folder / name.replace(".sql", ".db")
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript((AGENT_SAMPLES / name).read_text(encoding="utf-8"))
    return path
