"""Usage cut at the boundaries of prices and added up between them, so that millions of requests are priced as a few."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Hashable, Iterable
from datetime import datetime, timedelta
from operator import add, attrgetter
from typing import Any, NamedTuple

from llmcost.core.pricing.boundaries import Boundaries
from llmcost.core.values.dates import PricingDay
from llmcost.core.values.schedule import DAY, Window, contains, week_spans
from llmcost.core.workload.usage_record import COUNTS, MEDIA_COUNTS, UsageRecord

HOUR = timedelta(hours=1)
"""The longest span of a record that counts as its moment."""

Sizes = tuple[int, int | None]


class UsageCell(NamedTuple):
    """Usage between the same boundaries, added up into one record, and when it is priced.

    ``hours`` are those of the week in which it was sent, on ``day`` of a whole day; None for an even spread.
    """

    record: UsageRecord
    day: PricingDay
    hours: tuple[Window, ...] | None


def cut(records: Iterable[UsageRecord], boundaries: Boundaries, on: PricingDay | None = None) -> list[UsageCell]:
    """The records added up between boundaries, by what they name: model, provider, terms and place.

    ``on`` is the day whose prices count; None: each request's own. What a cell adds up costs what its records cost, as
    pricing is linear between boundaries. A record that may lie on both sides of one keeps its range.
    """
    clock = _Clock(boundaries, on)
    sums: dict[Hashable, list[int]] = {}
    firsts: dict[Hashable, UsageCell] = {}
    ranges: dict[Hashable, Sizes] = {}
    for record in records:
        when, day, hours = clock.cell(record)
        sizes = sizes_of(record)
        key = (
            (record.model, record.provider, record.terms, record.place),
            (record.requests is None, record.reasoning is None, record.cached_unknown),
            _media(record),
            _bracket(boundaries.inputs, sizes),
            _output_bracket(boundaries.outputs, record),
            when,
        )
        total = sums.get(key)
        if total is None:
            sums[key] = _counts(record)
            firsts[key] = UsageCell(record, day, hours)
            ranges[key] = sizes
            continue
        sums[key] = list(map(add, total, _counts(record)))
        ranges[key] = _joined(ranges[key], sizes)
    return [cell._replace(record=_record(cell.record, sums[key], ranges[key])) for key, cell in firsts.items()]


SUMS = (*COUNTS, *MEDIA_COUNTS, "web_searches")
SUMMED = attrgetter(*SUMS)


def _counts(record: UsageRecord) -> list[int]:
    return [record.requests or 0, record.reasoning or 0, *SUMMED(record)]


def sizes_of(record: UsageRecord) -> Sizes:
    """How large the input of its requests was: the least and the most; of one request what it is."""
    if record.requests == 1:
        return record.input, record.input
    low, high = record.input_range or (0, None)
    most = record.input if high is None else min(high, record.input)
    return min(low, most), most


CONTENT = attrgetter(*MEDIA_COUNTS)


def _media(record: UsageRecord) -> Hashable:
    """What kinds of content it has.

    Where some of its input is no text and some is cached, how much is both is not known. What that leaves open is the
    least and the most of each record, which a sum of several no longer tells; so only such as are alike are added up.
    """
    media = CONTENT(record)
    if not any(media):
        return None
    if any(media[:3]) and record.input > record.input_uncached:
        return SUMMED(record)
    return tuple(count > 0 for count in media)


def _joined(one: Sizes, other: Sizes) -> Sizes:
    most = None if one[1] is None or other[1] is None else max(one[1], other[1])
    return min(one[0], other[0]), most


def _bracket(firsts: tuple[int, ...], sizes: Sizes) -> Hashable:
    """Between which edges all the sizes lie; the sizes themselves where that is not known."""
    low, high = sizes
    at = bisect_right(firsts, low)
    inside = high is not None and bisect_right(firsts, high) == at
    return at if inside or not firsts else sizes


def _output_bracket(firsts: tuple[int, ...], record: UsageRecord) -> int:
    return bisect_right(firsts, -(-record.output // (record.requests or 1))) if firsts else 0


def _record(first: UsageRecord, sums: list[int], sizes: Sizes) -> UsageRecord:
    requests, reasoning, *counts = sums
    return UsageRecord(
        start=first.start,
        end=first.end,
        provider=first.provider,
        model=first.model,
        terms=first.terms,
        place=first.place,
        cached_unknown=first.cached_unknown,
        requests=None if first.requests is None else requests,
        reasoning=None if first.reasoning is None else reasoning,
        input_range=sizes,
        **dict[str, Any](zip(SUMS, counts, strict=True)),
    )


class _Clock:
    """Finds between which boundaries of time a record lies."""

    def __init__(self, boundaries: Boundaries, on: PricingDay | None) -> None:
        self.boundaries = boundaries
        self.on = on
        self._instants = [moment.instant for moment in boundaries.moments]
        self._weeks = [] if on is None else [week_spans(windows, on.day) for windows in boundaries.windows]
        self._known: dict[Hashable, tuple[Hashable, PricingDay, tuple[Window, ...] | None]] = {}

    def cell(self, record: UsageRecord) -> tuple[Hashable, PricingDay, tuple[Window, ...] | None]:
        """What tells its cell from others, when it is priced, and at which hours of the week."""
        start = record.start
        short = record.end is None or record.end - start <= HOUR
        at = start.replace(second=0, microsecond=0) if short else start.date()
        found = self._known.get(at)
        if found is None:
            found = self._known[at] = self._of(start.replace(second=0, microsecond=0), short=short)
        return found

    def _of(self, start: datetime, *, short: bool) -> tuple[Hashable, PricingDay, tuple[Window, ...] | None]:
        windows = self.boundaries.windows
        if self.on is not None:
            if not short or not windows or self.on.instant is not None:
                return short or not windows, self.on, None
            minute = start.hour * 60 + start.minute
            hours = (Window((start.weekday(),), minute, minute + 1, "UTC", "when it was sent"),)
            held = [contains(spans, start.weekday() * DAY + minute) for spans in self._weeks]
            return tuple(held), self.on, hours
        if short:
            held = [any(window.holds(start) for window in each) for each in windows]
            passed = bisect_right(self._instants, start)
            return (passed, tuple(held)), PricingDay(start.date(), start), None
        day = PricingDay(start.date())
        reached = tuple(moment.reached(day) for moment in self.boundaries.moments)
        return (reached, start.date() if windows else None), day, None
