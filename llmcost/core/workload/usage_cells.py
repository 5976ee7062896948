"""Usage cut at the boundaries of prices and added up between them, so that millions of requests are priced as a few."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Hashable, Iterable
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any, NamedTuple

from llmcost.core.pricing.boundaries import Boundaries
from llmcost.core.values.dates import Moment, PricingDay
from llmcost.core.values.schedule import DAY, Window, contains, week_spans
from llmcost.core.workload.usage_record import COUNTS, MEDIA_COUNTS, UsageRecord

INSTANT = timedelta(microseconds=1)
AT_ONCE, SPREAD = "at once", "spread"
HOUR = timedelta(hours=1)
"""The longest span of a record that counts as its moment."""

Sizes = tuple[int, int | None]
Edges = tuple[int, ...]


class UsageCell(NamedTuple):
    """Usage between the same boundaries, added up into one record, and when it is priced.

    ``hours`` are those of the week in which it was sent, on ``day`` of a whole day; None for an even spread. ``later``
    are the days on which its prices change again while it goes on, so that it is of no single day.
    """

    record: UsageRecord
    day: PricingDay
    hours: tuple[Window, ...] | None
    later: tuple[PricingDay, ...] = ()


def cut(records: Iterable[UsageRecord], boundaries: Boundaries, on: PricingDay | None = None) -> list[UsageCell]:
    """The records added up between boundaries, by what they name: model, provider, terms and place.

    ``on`` is the day whose prices count; None: each request's own. What a cell adds up costs what its records cost, as
    pricing is linear between boundaries. A record that may lie on both sides of one keeps its range.
    """
    return Cutter(records).cells(boundaries, on)


class Cutter:
    """Usage that is cut at the boundaries of one offer after the other; what offers that cut alike share is kept."""

    def __init__(self, records: Iterable[UsageRecord]) -> None:
        self.records = list(records)
        names: dict[Hashable, int] = {}
        self._apart = [names.setdefault(_apart(record), len(names)) for record in self.records]
        self._sizes = list(map(_sizes, self.records))
        self._outputs = [-(-record.output // (record.requests or 1)) for record in self.records]
        self._counts = list(map(_counts, self.records))
        starts = [record.start for record in self.records]
        ends = [record.end for record in self.records if record.end is not None]
        self._span = (min(starts), max(*starts, *ends, starts[0])) if starts else None
        self._most = max((high or 0 for _, high in self._sizes), default=0)
        self._most_output = max(self._outputs, default=0)
        self._cells: dict[Hashable, list[UsageCell]] = {}
        self._brackets: dict[Edges, list[Hashable]] = {}
        self._made: dict[Edges, list[int]] = {}
        self._times: dict[Hashable, list[_Time]] = {}

    def cells(self, boundaries: Boundaries, on: PricingDay | None = None) -> list[UsageCell]:
        """As ``cut``."""
        if self._span is None:
            return []
        within = boundaries.within(*self._span, self._most, self._most_output)
        if on is not None:
            within = within._replace(moments=())
        key = (within, on)
        if key not in self._cells:
            self._cells[key] = self._cut(within, on)
        return self._cells[key]

    def _cut(self, boundaries: Boundaries, on: PricingDay | None) -> list[UsageCell]:
        brackets, made = self._brackets_at(boundaries.inputs), self._made_at(boundaries.outputs)
        times = self._times_at(boundaries, on)
        parts: dict[Hashable, list[int]] = {}
        for number, key in enumerate(zip(self._apart, brackets, made, map(KEY, times), strict=True)):
            parts.setdefault(key, []).append(number)
        return [self._sum(part, times[part[0]]) for part in parts.values()]

    def _sum(self, part: list[int], time: _Time) -> UsageCell:
        """Records that are alike as one, by their numbers."""
        requests, reasoning, *counts = map(sum, zip(*(self._counts[number] for number in part), strict=True))
        ranges = [self._sizes[number] for number in part]
        highs = [high for _, high in ranges if high is not None]
        first = self.records[part[0]]
        record = UsageRecord(
            start=first.start,
            end=first.end,
            provider=first.provider,
            model=first.model,
            terms=first.terms,
            place=first.place,
            cached_unknown=first.cached_unknown,
            requests=None if first.requests is None else requests,
            reasoning=None if first.reasoning is None else reasoning,
            input_range=(min(ranges)[0], max(highs) if len(highs) == len(ranges) else None),
            **dict[str, Any](zip(SUMS, counts, strict=True)),
        )
        return UsageCell(record, time.day, time.hours, time.later)

    def _brackets_at(self, edges: Edges) -> list[Hashable]:
        if edges not in self._brackets:
            self._brackets[edges] = [_bracket(edges, sizes) for sizes in self._sizes] if edges else self._nowhere()
        return self._brackets[edges]

    def _made_at(self, edges: Edges) -> list[int]:
        if edges not in self._made:
            self._made[edges] = [bisect_right(edges, output) for output in self._outputs] if edges else self._nowhere()
        return self._made[edges]

    def _nowhere(self) -> list[Any]:
        """Between which edges each record lies where there are none."""
        return [0] * len(self.records)

    def _times_at(self, boundaries: Boundaries, on: PricingDay | None) -> list[_Time]:
        key = boundaries.moments, boundaries.windows, on
        if key not in self._times:
            self._times[key] = list(map(Clock(boundaries, on).time, self.records))
        return self._times[key]


SUMS = (*COUNTS, *MEDIA_COUNTS, "web_searches")
SUMMED = attrgetter(*SUMS)
KEY = attrgetter("key")
NAMES = attrgetter("model", "provider", "terms", "place", "cached_unknown")


def _apart(record: UsageRecord) -> Hashable:
    """What keeps a record apart from others, wherever it lies."""
    return (
        NAMES(record),
        record.requests is None,
        record.reasoning is None,
        # Another seller counts a record by whether anything of it was read or written, so a sum has to say so as well.
        record.cache_read > 0,
        record.cache_write_5m + record.cache_write_1h + record.cache_write_unspecified > 0,
        _media(record),
    )


def _counts(record: UsageRecord) -> tuple[int, ...]:
    return (record.requests or 0, record.reasoning or 0, *SUMMED(record))


def _sizes(record: UsageRecord) -> Sizes:
    """How large the input of its requests was: the least and the most; of one request what it is."""
    size = record.input
    if record.requests == 1:
        return size, size
    low, high = record.input_range or (0, None)
    most = size if high is None else min(high, size)
    return min(low, most), most


CONTENT = attrgetter(*MEDIA_COUNTS)
NO_MEDIA = (0,) * len(MEDIA_COUNTS)


def _media(record: UsageRecord) -> Hashable:
    """What kinds of content it has.

    Where some of its input is no text and some is cached, how much is both is not known. What that leaves open is the
    least and the most of each record, which a sum of several no longer tells; so only such as are alike are added up.
    """
    media = CONTENT(record)
    if media == NO_MEDIA:
        return None
    if any(media[:3]) and record.input > record.input_uncached:
        return SUMMED(record)
    return tuple(count > 0 for count in media)


def _bracket(firsts: tuple[int, ...], sizes: Sizes) -> Hashable:
    """Between which edges all the sizes lie; the sizes themselves where that is not known."""
    low, high = sizes
    at = bisect_right(firsts, low)
    inside = low == high or (high is not None and bisect_right(firsts, high) == at)
    return at if inside else sizes


class _Time(NamedTuple):
    """When a record is priced, as ``UsageCell`` has it; ``key`` is the same for all between the same boundaries."""

    key: int
    day: PricingDay
    hours: tuple[Window, ...] | None = None
    later: tuple[PricingDay, ...] = ()


class Clock:
    """Finds between which boundaries of time a record lies."""

    def __init__(self, boundaries: Boundaries, on: PricingDay | None) -> None:
        self.boundaries = boundaries
        self.on = on
        self._instants = [moment.instant for moment in boundaries.moments]
        self._weeks = [] if on is None else [week_spans(windows, on.day) for windows in boundaries.windows]
        self._known: dict[Hashable, _Time] = {}
        self._told: dict[Hashable, _Time] = {}
        self._is_even = not boundaries.windows and not (on is None and boundaries.moments)

    def time(self, record: UsageRecord) -> _Time:
        """When a record is priced: of what lies between the same boundaries at the first moment that was asked for."""
        start, end = record.start, record.end
        short = end is None or end - start <= HOUR
        # Where no boundary of time cuts, any moment will do.
        at: Hashable = short if self._is_even else start if short else (start.date(), end)
        found = self._known.get(at)
        if found is None:
            found = self._known[at] = self._moment(start) if end is None or short else self._span(start, end)
        return found

    def _moment(self, start: datetime) -> _Time:
        if self.on is None:
            part = self.part(start)
            return self._told.get(part) or self._tell(part, PricingDay(start.date(), start))
        if not self.boundaries.windows or self.on.instant is not None:
            return self._tell(AT_ONCE, self.on)
        minute = start.hour * 60 + start.minute
        hours = (Window((start.weekday(),), minute, minute + 1, "UTC", "when it was sent"),)
        held = tuple(contains(spans, start.weekday() * DAY + minute) for spans in self._weeks)
        return self._tell(held, self.on, hours)

    def _span(self, start: datetime, end: datetime) -> _Time:
        windows = self.boundaries.windows
        if self.on is not None:
            return self._tell(SPREAD if windows else AT_ONCE, self.on)
        day, last = PricingDay(start.date()), PricingDay((end - INSTANT).date())
        ahead = [moment for moment in self.boundaries.moments if not moment.reached(day)]
        # A day of the source is compared with days, as nobody says in which zone it has them.
        inside = [each for each in ahead if (each.instant < end if each.day is None else each.reached(last))]
        key = SPREAD, len(ahead), len(inside), start.date() if windows else None
        return self._tell(key, day, None, tuple(_first_day(moment, whole=bool(windows)) for moment in inside))

    def _tell(
        self,
        key: Hashable,
        day: PricingDay,
        hours: tuple[Window, ...] | None = None,
        later: tuple[PricingDay, ...] = (),
    ) -> _Time:
        return self._told.setdefault(key, _Time(len(self._told), day, hours, later))

    def part(self, start: datetime) -> Hashable:
        """Between which boundaries a moment lies."""
        held = tuple(any(window.holds(start) for window in each) for each in self.boundaries.windows)
        return bisect_right(self._instants, start), held


def _first_day(moment: Moment, *, whole: bool) -> PricingDay:
    """When the prices from a moment on are in force; ``whole``: a whole day, as an instant is at one hour of a week."""
    if moment.day is not None:
        return PricingDay(moment.day)
    return PricingDay(moment.instant.date() + timedelta(days=1)) if whole else moment.pricing_day
