"""Usage cut at the boundaries of prices and added up between them, so that millions of requests are priced as a few."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Hashable, Iterable
from operator import attrgetter, itemgetter
from typing import Any, NamedTuple

from llmcost.core.pricing.boundaries import Boundaries
from llmcost.core.values.dates import PricingDay
from llmcost.core.workload.usage_clock import Clock, Turn, UsageTime
from llmcost.core.workload.usage_record import COUNTS, MEDIA_COUNTS, UsageRecord

Sizes = tuple[int, int]
Edges = tuple[int, ...]


class UsageCell(NamedTuple):
    """Usage between the same boundaries, added up into one record, and when it is priced.

    ``turns`` are the days and moments that it goes on over, each with its share, where prices change meanwhile.
    """

    record: UsageRecord
    day: PricingDay
    turns: tuple[Turn, ...] = ()


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
        starts = [record.start for record in self.records]
        ends = [record.end for record in self.records if record.end is not None]
        self._span = (min(starts), max(*starts, *ends, starts[0])) if starts else None
        self._most = max((high for _, high in self._sizes), default=0)
        self._most_output = max(self._outputs, default=0)
        columns = ((name, list(map(attrgetter(name), self.records))) for name in SUMS)
        self._columns = {name: column for name, column in columns if any(column)}
        self._cells: dict[Hashable, list[UsageCell]] = {}
        self._brackets: dict[Edges, list[Hashable]] = {}
        self._made: dict[Edges, list[int]] = {}
        self._times: dict[Hashable, list[UsageTime]] = {}

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

    def _sum(self, part: list[int], time: UsageTime) -> UsageCell:
        """Records that are alike as one, by their numbers."""
        pick = itemgetter(*part, part[0])  # once more, as of one number it would give no tuple
        *alike, first = pick(self.records)
        *sizes, _ = pick(self._sizes)
        record = UsageRecord(
            start=first.start,
            end=first.end,
            provider=first.provider,
            model=first.model,
            terms=first.terms,
            place=first.place,
            cached_unknown=first.cached_unknown,
            requests=None if first.requests is None else _sum_of("requests", alike),
            reasoning=None if first.reasoning is None else _sum_of("reasoning", alike),
            input_range=(min(sizes)[0], max(map(MOST, sizes))),
            **dict[str, Any]((name, sum(pick(column)[:-1])) for name, column in self._columns.items()),
        )
        return UsageCell(record, time.day, time.turns)

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

    def _times_at(self, boundaries: Boundaries, on: PricingDay | None) -> list[UsageTime]:
        key = boundaries.moments, boundaries.windows, on
        if key not in self._times:
            self._times[key] = list(map(Clock(boundaries, on).time, self.records))
        return self._times[key]


SUMS = (*COUNTS, *MEDIA_COUNTS, "web_searches")
SUMMED = attrgetter(*SUMS)
KEY = attrgetter("key")
MOST = itemgetter(1)
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


def _sum_of(name: str, records: Iterable[UsageRecord]) -> int:
    return sum(map(attrgetter(name), records))


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
    """Between which edges the least and the most size lie: sums that reach from one to the other are priced alike."""
    low, high = sizes
    at = bisect_right(firsts, low)
    till = at if low == high else bisect_right(firsts, high)
    return at if till == at else (at, till)
