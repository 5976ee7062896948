"""What one file of usage gave."""

from __future__ import annotations

from typing import NamedTuple

from llmcost.core.workload.usage_record import UsageRecord
from llmcost.errors import LlmcostError


class NoUsage(LlmcostError):
    """A file that can be read and holds no usage in a format known here."""


class Skip(NamedTuple):
    """A row that is no usage, and why."""

    row: int
    reason: str


class UsageFile(NamedTuple):
    """What one file gave: the format that was found in it, its records, and the rows that are no usage.

    ``notes`` say what the file cannot tell.
    """

    path: str
    format: str
    counting: str
    records: tuple[UsageRecord, ...]
    skips: tuple[Skip, ...] = ()
    notes: tuple[str, ...] = ()
