"""When usage is priced: between which boundaries of time it lies, and which of them a sum may lie on both sides of."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Hashable
from datetime import datetime, time, timedelta
from math import ceil
from typing import NamedTuple

from llmcost.core.pricing.boundaries import Boundaries
from llmcost.core.values.dates import PricingDay
from llmcost.core.values.schedule import DAY, Window, contains, week_spans
from llmcost.core.workload.usage_record import UsageRecord

INSTANT = timedelta(microseconds=1)
WEEKLY, MOST_WEEKS = timedelta(days=7), 60
AT_ONCE, SPREAD = "at once", "spread"
SENT = "when it was sent"
HOUR = timedelta(hours=1)
"""The longest span of a record that counts as its moment."""
Turn = tuple[PricingDay, tuple[Window, ...] | None]


class UsageTime(NamedTuple):
    """When a record is priced, as ``UsageCell`` has it; ``key`` is the same for all between the same boundaries."""

    key: int
    day: PricingDay
    hours: tuple[Window, ...] | None = None
    later: tuple[PricingDay, ...] = ()
    turns: tuple[Turn, ...] = ()


class Clock:
    """Finds between which boundaries of time a record lies."""

    def __init__(self, boundaries: Boundaries, on: PricingDay | None) -> None:
        self.boundaries = boundaries
        self.on = on
        self._instants = [moment.instant for moment in boundaries.moments]
        self._weeks = [] if on is None else [week_spans(windows, on.day) for windows in boundaries.windows]
        self._known: dict[Hashable, UsageTime] = {}
        self._told: dict[Hashable, UsageTime] = {}
        self._is_even = not boundaries.windows and not (on is None and boundaries.moments)

    def time(self, record: UsageRecord) -> UsageTime:
        """When a record is priced: of what lies between the same boundaries at the first moment that was asked for."""
        start, end = record.start, record.end
        at: Hashable = (start, end)
        if self._is_even:  # where no boundary of time cuts, any moment will do
            at = end is None
        found = self._known.get(at)
        if found is None:
            found = self._known[at] = self._moment(start) if end is None else self._span(start, end)
        return found

    def _moment(self, start: datetime) -> UsageTime:
        if self.on is None:
            part = self.part(start)
            return self._told.get(part) or self._tell(part, PricingDay(start.date(), start))
        if not self.boundaries.windows or self.on.instant is not None:
            return self._tell(AT_ONCE, self.on)
        minute = start.weekday() * DAY + start.hour * 60 + start.minute
        held = tuple(contains(spans, minute) for spans in self._weeks)
        return self._tell(held, self.on, (_minute(minute),))

    def _span(self, start: datetime, end: datetime) -> UsageTime:
        """When something is priced that goes on for a time, of which an hour between boundaries is a moment."""
        windows = self.boundaries.windows
        day, last = PricingDay(start.date()), PricingDay((end - INSTANT).date())
        turns = self._turns(start, end) if windows else ()
        ahead = [] if self.on else [moment for moment in self.boundaries.moments if not moment.reached(day)]
        # A day of the source is compared with days, as nobody says in which zone it has them.
        inside = [each for each in ahead if (each.instant < end if each.day is None else each.reached(last))]
        if end - start <= HOUR and len(turns) <= 1 and not any(start < each.instant < end for each in ahead):
            return self._moment(start)
        if windows:  # where hours tell prices apart, each of them is of a day
            hours = hours_between(start, end)
            return self._tell(
                (SPREAD, start.date(), hours, turns), self.on or day, hours, (), turns if turns[1:] else ()
            )
        later = tuple(moment.pricing_day if moment.day is None else PricingDay(moment.day) for moment in inside)
        return self._tell((SPREAD, len(ahead), len(inside)), self.on or day, None, later)

    def _turns(self, start: datetime, end: datetime) -> tuple[Turn, ...]:
        """A moment of each kind that lie between two, as far as boundaries tell them apart."""
        if self.on is not None and self.on.instant is not None:
            return ()
        monday = datetime.combine(start.date() - timedelta(days=start.weekday()), time(), start.tzinfo)
        found: dict[Hashable, Turn] = {}
        for week in range(min(MOST_WEEKS, ceil((end - monday) / WEEKLY))):
            weeks = self._weeks or [
                week_spans(each, (monday + week * WEEKLY).date()) for each in self.boundaries.windows
            ]
            edges = {edge for spans in weeks for span in spans for edge in span}
            moments = [start, *(monday + week * WEEKLY + timedelta(minutes=edge) for edge in sorted(edges))]
            for moment in (each for each in moments if start <= each < end):
                if self.on is None:
                    found.setdefault(self.part(moment), (PricingDay(moment.date(), moment), None))
                else:
                    minute = moment.weekday() * DAY + moment.hour * 60 + moment.minute
                    held = tuple(contains(spans, minute) for spans in self._weeks)
                    found.setdefault(held, (self.on, (_minute(minute),)))
        return tuple(found.values())

    def _tell(
        self,
        key: Hashable,
        day: PricingDay,
        hours: tuple[Window, ...] | None = None,
        later: tuple[PricingDay, ...] = (),
        turns: tuple[Turn, ...] = (),
    ) -> UsageTime:
        return self._told.setdefault(key, UsageTime(len(self._told), day, hours, later, turns))

    def part(self, start: datetime) -> Hashable:
        """Between which boundaries a moment lies."""
        held = tuple(any(window.holds(start) for window in each) for each in self.boundaries.windows)
        return bisect_right(self._instants, start), held


def hours_between(start: datetime, end: datetime) -> tuple[Window, ...] | None:
    """The hours of the week between two moments less than a week apart, which tell nothing of more: then None."""
    if end - start >= WEEKLY:
        return None
    found = []
    while start < end:
        midnight = datetime.combine(start.date() + timedelta(days=1), time(), start.tzinfo)
        till = min(end, midnight)
        minutes = ceil((till - start) / timedelta(minutes=1))
        begin = start.hour * 60 + start.minute
        found.append(Window((start.weekday(),), begin, min(DAY, begin + minutes), "UTC", SENT))
        start = till
    return tuple(found)


def _minute(of_week: int) -> Window:
    weekday, minute = divmod(of_week, DAY)
    return Window((weekday,), minute, minute + 1, "UTC", SENT)
