"""Usage cut at the boundaries of prices and added up between them, so that millions of requests are priced as a few."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Hashable, Iterable, Iterator
from operator import attrgetter
from typing import Any, NamedTuple

from llmcost.core.pricing.boundaries import Boundaries
from llmcost.core.values.dates import PricingDay
from llmcost.core.workload.usage_clock import Clock, Turn, UsageTime
from llmcost.core.workload.usage_columns import UsageColumns, number_rows
from llmcost.core.workload.usage_record import UsageRecord

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
        self._columns = UsageColumns(self.records)
        self._span = self._columns.span
        self._most = max(self._columns.highs, default=0)
        self._most_output = max(self._columns.answers, default=0)
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
        times = self._times_at(boundaries, on)
        brackets, made = self._brackets_at(boundaries.inputs), self._made_at(boundaries.outputs)
        parts: dict[int, list[int]] = {}
        for place, part in enumerate(number_rows([self._columns.apart, brackets, made, list(map(KEY, times))])):
            parts.setdefault(part, []).append(place)
        return [self._sum(part, times[part[0]]) for part in parts.values()]

    def _sum(self, places: list[int], time: UsageTime) -> UsageCell:
        """Records that are alike as one, by their places."""
        first, columns = self.records[places[0]], self._columns

        def picked(column: list[Any]) -> Iterator[Any]:
            return map(column.__getitem__, places)

        record = UsageRecord(
            start=first.start,
            end=first.end,
            provider=first.provider,
            model=first.model,
            terms=first.terms,
            place=first.place,
            cached_unknown=first.cached_unknown,
            requests=None if first.requests is None else sum(picked(columns.requests)),
            reasoning=None if first.reasoning is None else sum(picked(columns.reasoning)),
            input_range=(min(picked(columns.lows)), max(picked(columns.highs))),
            **dict[str, Any]((name, sum(picked(column))) for name, column in columns.counts.items()),
        )
        return UsageCell(record, time.day, time.turns)

    def _brackets_at(self, edges: Edges) -> list[Hashable]:
        if edges not in self._brackets:
            lows, highs = self._columns.lows, self._columns.highs
            at = [bisect_right(edges, low) for low in lows] if edges else self._nowhere()
            if edges and highs is not lows:
                at = list(map(_bracket, at, [bisect_right(edges, high) for high in highs]))
            self._brackets[edges] = at
        return self._brackets[edges]

    def _made_at(self, edges: Edges) -> list[int]:
        if edges not in self._made:
            answers = self._columns.answers
            self._made[edges] = [bisect_right(edges, answer) for answer in answers] if edges else self._nowhere()
        return self._made[edges]

    def _nowhere(self) -> list[Any]:
        """Between which edges each record lies where there are none."""
        return [0] * len(self.records)

    def _times_at(self, boundaries: Boundaries, on: PricingDay | None) -> list[UsageTime]:
        key = boundaries.moments, boundaries.windows, on
        if key not in self._times:
            clock = Clock(boundaries, on)
            few = self.records[:1] if clock.is_even else self.records
            times = list(map(clock.time, few))
            self._times[key] = times * len(self.records) if clock.is_even else times
        return self._times[key]


KEY = attrgetter("key")


def _bracket(low: int, high: int) -> Hashable:
    """Between which edges the least and the most size lie: sums that reach from one to the other are priced alike."""
    return low if low == high else (low, high)
