"""What real usage costs, and how that is added up."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, tzinfo
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


def _by_time(key: str) -> Callable[[UsageRecord, datetime], str]:
    return lambda _, start: TIMES[key](start)


KEYS: dict[str, Callable[[UsageRecord, datetime], str]] = {
    **{key: _by_time(key) for key in TIMES},
    "model": lambda record, _: record.model,
    "provider": lambda record, _: record.provider or "",
    "agent": lambda record, _: record.agent or "",
    "project": lambda record, _: record.project or "",
    "session": lambda record, _: record.session or "",
}
"""What usage can be added up by, and what a record that starts at some local time counts to."""


def parts_by(
    records: Iterable[UsageRecord], keys: tuple[str, ...], zone: tzinfo
) -> dict[tuple[str, ...], list[UsageRecord]]:
    """The records by some keys, in order of their texts, and days as they are in a zone."""
    parts: dict[tuple[str, ...], list[UsageRecord]] = {}
    for record in records:
        start = record.local_start(zone)
        parts.setdefault(tuple(KEYS[key](record, start) for key in keys), []).append(record)
    return {key: parts[key] for key in sorted(parts)}
