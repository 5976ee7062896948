"""What several files of one source tell more than once: the one that tells most counts."""

from __future__ import annotations

from collections.abc import Sequence

from llmcost.usage.agents import copilot, qwen_code
from llmcost.usage.exports.otel import without_sums
from llmcost.usage.file import UsageFile

BETTER = {copilot.EVENTS.name: copilot.STORE.name, qwen_code.LEDGER.name: qwen_code.FORMAT.name}
"""Formats of one agent: the sessions of the first are told by the second as well, each request by itself."""


def without_overlaps(files: Sequence[UsageFile]) -> tuple[list[UsageFile], list[str]]:
    """The files without what others of them tell better, and what is said of that."""
    found, sums = without_sums(files)
    said = []
    if sums:
        what = "span that sums" if sums == 1 else "spans that sum"
        said.append(f"{sums:,} {what} up requests of other files left out")
    for form, better in BETTER.items():
        sessions = {record.session for file in found if file.format == better for record in file.records}
        kept = [_without(file, sessions - {None}) if file.format == form else file for file in found]
        if fewer := sum(len(file.records) for file in found) - sum(len(file.records) for file in kept):
            rows = f"{fewer:,} row{' of' if fewer == 1 else 's of'} {form}"
            said.append(f"{rows} left out: {better} tells the same")
        found = kept
    return found, said


def _without(file: UsageFile, sessions: set[str | None]) -> UsageFile:
    return file._replace(records=tuple(record for record in file.records if record.session not in sessions))
