"""What one file of usage gave."""

from __future__ import annotations

from typing import NamedTuple

from llmcost.core.workload.billed_cost import BilledCost
from llmcost.core.workload.usage_record import UsageRecord
from llmcost.errors import LlmcostError


class NoUsage(LlmcostError):
    """A file that can be read and holds no usage in a format known here."""


class NonUsage(NamedTuple):
    """Why a row is no usage, and what it cost all the same; None where that is nothing."""

    reason: str
    billed: BilledCost | None = None


class Skip(NamedTuple):
    """A row that is no usage, why, and what it cost all the same; ``is_unread``: nobody knows what it is."""

    row: int
    reason: str
    billed: BilledCost | None = None
    is_unread: bool = False


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
