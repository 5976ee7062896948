"""When usage is priced: between which boundaries of time it lies, and for which part of its time between which."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Hashable, Iterator
from datetime import datetime, time, timedelta, timezone
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from llmcost.core.pricing.boundaries import Boundaries
from llmcost.core.values.dates import PricingDay
from llmcost.core.values.schedule import Window
from llmcost.core.workload.usage_record import UsageRecord

Turn = tuple[PricingDay, Fraction]
"""When a part of a sum is priced, and how large that part is."""
DAY = timedelta(days=1)


class UsageTime(NamedTuple):
    """When a record is priced, as ``UsageCell`` has it; ``key`` is the same for all between the same boundaries."""

    key: int
    day: PricingDay
    turns: tuple[Turn, ...] = ()


class Clock:
    """Finds between which boundaries of time a record lies.

    ``on`` is the day whose prices count, at the hour of each record; None: each record's own day. ``is_even``: there
    are no boundaries, so that all records lie between the same.
    """

    def __init__(self, boundaries: Boundaries, on: PricingDay | None) -> None:
        self.on = on
        at_once = on is not None and on.instant is not None
        self.windows = () if at_once else boundaries.windows
        self._instants = [] if on else [moment.instant for moment in boundaries.moments]
        self._known: dict[Hashable, UsageTime] = {}
        self._told: dict[Hashable, UsageTime] = {}
        self.is_even = not self.windows and not self._instants

    def time(self, record: UsageRecord) -> UsageTime:
        """When a record is priced: of what lies between the same boundaries at the first moment that was asked for."""
        at = None if self.is_even else (record.start, record.end)  # without boundaries any moment will do
        found = self._known.get(at)
        if found is None:
            found = self._known[at] = self._time(record.start, record.end)
        return found

    def _time(self, start: datetime, end: datetime | None) -> UsageTime:
        parts = {self.part(start): Fraction(1)} if self.is_even or end is None else self._parts(start, end)
        if len(parts) == 1:
            (part,) = parts
            return self._tell(part, start)
        turns = tuple((self._told[part].day, share) for part, share in parts.items())
        return self._told.setdefault((*parts.items(),), UsageTime(len(self._told), turns[0][0], turns))

    def _parts(self, start: datetime, end: datetime) -> dict[Hashable, Fraction]:
        """The parts of a span, each with its share of the time, in order of when they begin."""
        if end <= start:
            return {self.part(start): Fraction(1)}
        edges = sorted({start, end, *(each for each in self.edges(start, end) if start < each < end)})
        found: dict[Hashable, Fraction] = {}
        for begin, till in pairwise(edges):
            part = self.part(begin)
            self._tell(part, begin)
            found[part] = found.get(part, Fraction(0)) + Fraction(
                (till - begin) // MICROSECOND, (end - start) // MICROSECOND
            )
        return found

    def edges(self, start: datetime, end: datetime) -> Iterator[datetime]:
        """When another part may begin in a span, and around it: prices begin or end, or hours of the week do."""
        yield from self._instants
        for windows in self.windows:
            for window in windows:
                yield from _edges_of(window, start, end)

    def _tell(self, part: Hashable, start: datetime) -> UsageTime:
        """When what lies in a part is priced: as the first moment in it that was asked for."""
        found = self._told.get(part)
        if found is None:
            found = self._told[part] = UsageTime(len(self._told), self.day(start))
        return found

    def day(self, start: datetime) -> PricingDay:
        """The day whose prices count for what began at a moment."""
        if self.on is None:
            return PricingDay(start.date(), start)
        return self.on._replace(hour=start) if self.windows else self.on

    def part(self, start: datetime) -> Hashable:
        """Between which boundaries a moment lies."""
        held = tuple(any(window.holds(start) for window in each) for each in self.windows)
        return bisect_right(self._instants, start), held


MICROSECOND, QUARTER = timedelta(microseconds=1), timedelta(minutes=15)


def _edges_of(window: Window, start: datetime, end: datetime) -> Iterator[datetime]:
    """When a window begins and ends on each day of a span, and on the days before and after it.

    On days on which its clock is put forward or back, any quarter of an hour.
    """
    midnight = datetime.combine(start.date() - DAY, time(), window.clock)
    while midnight.date() <= end.date() + DAY:
        for minute in (window.start, window.end):
            yield (midnight + timedelta(minutes=minute)).astimezone(timezone.utc)
        if (midnight + DAY).utcoffset() != midnight.utcoffset():
            begin = midnight.astimezone(timezone.utc)
            yield from (begin + quarter * QUARTER for quarter in range(26 * 4))
        midnight += DAY
