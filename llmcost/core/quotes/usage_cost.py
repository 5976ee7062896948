"""What real usage costs, and how that is added up."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, tzinfo
from fractions import Fraction
from operator import attrgetter
from typing import Any, NamedTuple

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
        tuple(sorted({gap for cost in kept for gap in cost.gaps})),
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


NAMES = ("model", "provider", "agent", "project", "session")
"""What a record is of."""
KEYS = (*TIMES, *NAMES)
"""What usage can be added up by."""


def parts_by(
    records: Iterable[UsageRecord], keys: tuple[str, ...], zone: tzinfo
) -> dict[tuple[str, ...], list[UsageRecord]]:
    """The records by some keys, in order of their texts, and days as they are in a zone."""
    times = [TIMES[key] for key in keys if key in TIMES]
    names = [key for key in keys if key in NAMES]
    order = [key for key in keys if key in TIMES] + names
    places = [order.index(key) for key in keys]
    called = attrgetter(*names) if names else lambda _: ()
    kept = list(records)
    starts = [each.start if each.end is None and each.start.tzinfo is zone else each.local_start(zone) for each in kept]
    # Of days, weeks and months a day is enough to tell by, of hours an hour.
    moments = [(start.toordinal(), start.hour) for start in starts] if "hour" in keys else map(date.toordinal, starts)
    found: dict[tuple[Any, Any], list[int]] = {}
    for number, moment_and_name in enumerate(zip(moments, map(called, kept), strict=True)):
        found.setdefault(moment_and_name, []).append(number)
    parts: dict[tuple[str, ...], list[int]] = {}
    for (_, who), numbers in found.items():
        when = (time(starts[numbers[0]]) for time in times)
        each = (*when, *(name or "" for name in ([who] if len(names) == 1 else who)))
        parts.setdefault(tuple(each[place] for place in places), []).extend(numbers)
    return {key: [kept[number] for number in sorted(parts[key])] for key in sorted(parts)}
