"""What real usage costs, and how that is added up."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, tzinfo
from fractions import Fraction
from typing import NamedTuple

from llmcost.core.workload.usage_record import UsageRecord, UsageSum, add_up


class UsageCost(NamedTuple):
    """A record with its list price: the least and the most that it can be, which are the same where it is known.

    ``offer`` is that which was priced, None where none is known. ``gap`` says why a part, or all, has no price; None
    when it has. With a gap ``low`` is a lower bound and ``high`` means nothing.
    """

    record: UsageRecord
    offer: str | None
    low: Fraction
    high: Fraction
    gap: str | None = None


class UsageLine(NamedTuple):
    """Costs added up: ``keys`` are what its records have in common.

    ``low`` and ``high`` are the least and the most at list price; ``gaps`` why a part of it has no price, then they are
    of the rest. ``offers`` are those that were priced.
    """

    keys: tuple[str, ...]
    sum: UsageSum
    low: Fraction
    high: Fraction
    gaps: tuple[str, ...]
    offers: tuple[str, ...]


def _week(start: datetime) -> str:
    year, week, _ = start.isocalendar()
    return f"{year}-W{week:02}"


KEYS: dict[str, Callable[[UsageRecord, datetime], str]] = {
    "hour": lambda _, start: start.strftime("%Y-%m-%dT%H:00"),
    "day": lambda _, start: start.date().isoformat(),
    "week": lambda _, start: _week(start),
    "month": lambda _, start: start.strftime("%Y-%m"),
    "model": lambda record, _: record.model,
    "provider": lambda record, _: record.provider or "",
    "project": lambda record, _: record.project or "",
    "session": lambda record, _: record.session or "",
}
"""What usage can be added up by, and what a record that starts at some local time counts to."""


def lines_by(costs: Iterable[UsageCost], keys: tuple[str, ...], zone: tzinfo) -> list[UsageLine]:
    """The costs by some keys, in order of their texts, and days as they are in a zone.

    Raises ValueError where reported costs of one line are in several currencies.
    """
    parts: dict[tuple[str, ...], list[UsageCost]] = {}
    for cost in costs:
        start = cost.record.start.astimezone(zone)
        parts.setdefault(tuple(KEYS[key](cost.record, start) for key in keys), []).append(cost)
    return [line_of(key, parts[key]) for key in sorted(parts)]


def line_of(keys: tuple[str, ...], costs: list[UsageCost]) -> UsageLine:
    """Some costs as one line. Raises ValueError where their reported costs are in several currencies."""
    return UsageLine(
        keys,
        add_up(cost.record for cost in costs),
        sum((cost.low for cost in costs), Fraction(0)),
        sum((cost.high for cost in costs), Fraction(0)),
        tuple(dict.fromkeys(cost.gap for cost in costs if cost.gap)),
        tuple(dict.fromkeys(cost.offer for cost in costs if cost.offer)),
    )
