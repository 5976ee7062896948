"""What real usage costs, and how that is added up."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, tzinfo
from fractions import Fraction
from typing import NamedTuple

from llmcost.core.workload.usage_record import UsageRecord, UsageSum


class UsageCost(NamedTuple):
    """The list price of some usage: the least and the most that it can be, which are the same where it is known.

    ``gaps`` say why a part of it, or all, has no price; then both are of the rest. ``offers`` are those that were
    priced.
    """

    low: Fraction
    high: Fraction
    gaps: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()


def sum_costs(costs: Iterable[UsageCost]) -> UsageCost:
    """Costs added up."""
    kept = list(costs)
    return UsageCost(
        sum((cost.low for cost in kept), Fraction(0)),
        sum((cost.high for cost in kept), Fraction(0)),
        tuple(dict.fromkeys(gap for cost in kept for gap in cost.gaps)),
        tuple(sorted({offer for cost in kept for offer in cost.offers})),
    )


class UsageLine(NamedTuple):
    """Usage added up with its list price: ``keys`` are what its records have in common."""

    keys: tuple[str, ...]
    sum: UsageSum
    cost: UsageCost


def _week(start: datetime) -> str:
    year, week, _ = start.isocalendar()
    return f"{year}-W{week:02}"


TIMES: dict[str, Callable[[datetime], str]] = {
    "hour": lambda start: f"{start.date().isoformat()}T{start.hour:02}:00",
    "day": lambda start: start.date().isoformat(),
    "week": _week,
    "month": lambda start: start.date().isoformat()[:7],
}
"""What a local time counts to."""


NAMES: dict[str, Callable[[UsageRecord], str]] = {
    "model": lambda record: record.model,
    "provider": lambda record: record.provider or "",
    "agent": lambda record: record.agent or "",
    "project": lambda record: record.project or "",
    "session": lambda record: record.session or "",
}
"""What a record is of."""
KEYS = (*TIMES, *NAMES)
"""What usage can be added up by."""


def parts_by(
    records: Iterable[UsageRecord], keys: tuple[str, ...], zone: tzinfo
) -> dict[tuple[str, ...], list[UsageRecord]]:
    """The records by some keys, in order of their texts, and days as they are in a zone."""
    times = [TIMES[key] for key in keys if key in TIMES]
    names = [NAMES[key] for key in keys if key in NAMES]
    order = [key for key in keys if key in TIMES] + [key for key in keys if key in NAMES]
    places = [order.index(key) for key in keys]
    texts: dict[tuple[date, int], tuple[str, ...]] = {}
    found: dict[tuple[str, ...], list[UsageRecord]] = {}
    for record in records:
        start = record.local_start(zone)
        hour = start.date(), start.hour  # no time that is asked for is shorter
        if hour not in texts:
            texts[hour] = tuple(time(start) for time in times)
        found.setdefault((*texts[hour], *[name(record) for name in names]), []).append(record)
    parts = {tuple(each[place] for place in places): part for each, part in found.items()}
    return {key: parts[key] for key in sorted(parts)}
