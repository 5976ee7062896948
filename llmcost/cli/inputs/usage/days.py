"""The days that count, by the clock of a zone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time, timedelta, timezone, tzinfo
from typing import TYPE_CHECKING, NamedTuple

from llmcost.cli.inputs.usage.options import UsageOptions
from llmcost.core.values.dates import parse_day
from llmcost.errors import LlmcostError, at_flag

if TYPE_CHECKING:
    from llmcost.core.workload.billed_cost import BilledCost

INSTANT = timedelta(microseconds=1)


def zone_named(name: str) -> tzinfo:
    """The zone of a name such as Europe/Berlin. Raises LlmcostError."""
    if name == "UTC":
        return timezone.utc
    from zoneinfo import ZoneInfo, available_timezones

    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        what = f'--timezone: "{name}" is not known'
        raise LlmcostError(
            what, f"write it like {nearest(name, sorted(available_timezones())) or 'Europe/Berlin'}"
        ) from None


def bill_within(costs: Sequence[BilledCost], options: UsageOptions) -> list[BilledCost]:
    """What was billed for the days that count, by the clock of their zone.

    Raises LlmcostError for what was billed for others as well.
    """
    days, zone = Days(*days_asked(options)), zone_named(options.timezone_name)
    kept = []
    for cost in costs:
        end = (cost.end or cost.start + INSTANT) - INSTANT
        first, last = cost.start.astimezone(zone).date(), end.astimezone(zone).date()
        whole = days.hold(first) and days.hold(last)
        if not whole and days.reach(first, last):
            what = f"the bill has an amount for {first} to {last}, of which a part alone counts"
            remedy = "write --since, --until and --timezone as the bill has its days, or leave them out"
            raise LlmcostError(what, remedy)
        if whole:
            kept.append(cost)
    if not kept:
        raise LlmcostError("nothing was billed in that time", "see --since and --until, or name another bill")
    return kept


def are_days(costs: Sequence[BilledCost], options: UsageOptions) -> bool:
    """Whether everything was billed for whole days, by the clock of their zone."""
    zone = zone_named(options.timezone_name)
    ends = (moment.astimezone(zone) for cost in costs for moment in (cost.start, cost.end or cost.start))
    return all(moment.time() == time() for moment in ends)


def nearest(word: str, known: Sequence[str]) -> str | None:
    """The word that one is most likely meant for; None for none that is alike."""
    from difflib import get_close_matches

    return next(iter(get_close_matches(word, known, n=1)), None)


class Days(NamedTuple):
    """The first and the last day that count; None where any does."""

    first: date | None
    last: date | None

    def hold(self, day: date) -> bool:
        """Whether a day counts."""
        return (self.first is None or day >= self.first) and (self.last is None or day <= self.last)

    def reach(self, first: date, last: date) -> bool:
        """Whether any day of a span counts."""
        return (self.first is None or last >= self.first) and (self.last is None or first <= self.last)


def days_asked(options: UsageOptions) -> tuple[date | None, date | None]:
    """The first and the last day that somebody asks about; None where nobody does. Raises LlmcostError."""
    with at_flag("--since"):
        first = parse_day(options.since) if options.since else None
    with at_flag("--until"):
        last = parse_day(options.until) if options.until else None
    if first is not None and last is not None and first > last:
        raise LlmcostError(
            f"--since {first} is after --until {last}", "write the first day that counts before the last"
        )
    return first, last
