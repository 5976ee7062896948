"""Running the program in this process: what a run is, what it is often asked, and reading what it prints."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any, NamedTuple, Protocol

THOUSAND_IN = ("--requests", "1M", "--input", "1000", "--output", "200")
"""A million requests a month of 1,000 tokens in and 200 out."""
TWO_THOUSAND_IN = ("--requests", "1M", "--input", "2000", "--output", "500")
"""A million requests a month of 2,000 tokens in and 500 out."""


class Ran(NamedTuple):
    """What one run of the program printed, and its exit code."""

    code: int
    out: str
    err: str


class Run(Protocol):
    """Runs the program on some arguments."""

    def __call__(self, *arguments: str) -> Ran:
        """What that run came to."""


def rows_of(out: str) -> list[dict[str, Any]]:
    """The rows of a result in JSON."""
    found: list[dict[str, Any]] = json.loads(out)["rows"]
    return found


def records_of(out: str) -> list[dict[str, str]]:
    """The rows of a result in CSV, by the names of its columns."""
    return list(csv.DictReader(io.StringIO(out)))


def on_sheet(llmcost: Run, folder: Path, sheet: str) -> Run:
    """Runs the program on one price sheet and no other, on 15 September 2026."""
    path = folder / "sheet.yaml"
    path.write_text(sheet, encoding="utf-8")

    def call(*arguments: str) -> Ran:
        return llmcost(*arguments, "--prices", str(path), "--no-builtin-prices", "--on", "2026-09-15")

    return call
