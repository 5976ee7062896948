"""What usage is of, as its source names it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import attrgetter

from llmcost.core.workload.usage_record import UsageRecord

Used = tuple[str | None, str, str | None, str | None]
"""What usage is of: provider, model, terms and place."""
used_of: Callable[[UsageRecord], Used] = attrgetter("provider", "model", "terms", "place")
"""What a record is of."""


def parts_of(records: Iterable[UsageRecord]) -> dict[Used, list[UsageRecord]]:
    """The records by what they are of."""
    every = list(records)
    names = list(map(used_of, every))
    if names and names.count(names[0]) == len(names):  # as most are that are asked about together
        return {names[0]: every}
    found: dict[Used, list[UsageRecord]] = {}
    for used, record in zip(names, every, strict=True):
        found.setdefault(used, []).append(record)
    return found
