"""Usage cut at the boundaries of prices and added up between them, so that millions of requests are priced as a few."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any, NamedTuple

from llmcost.core.pricing.boundaries import Boundaries, union_of
from llmcost.core.values.dates import PricingDay
from llmcost.core.workload.usage_clock import Clock, Turn, UsageTime
from llmcost.core.workload.usage_columns import Places, UsageColumns, number_rows
from llmcost.core.workload.usage_record import UsageRecord


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
        self._parts = self._columns.parts
        self._span = self._columns.span
        self._most = max(self._columns.highs, default=0)
        self._most_output = max(self._columns.answers, default=0)
        self._cells: dict[Hashable, list[UsageCell]] = {}
        self._sizes: dict[Hashable, list[Any]] = {}
        self._times: dict[Hashable, tuple[Clock, list[UsageTime]]] = {}

    def cells(self, boundaries: Boundaries, on: PricingDay | None = None) -> list[UsageCell]:
        """As ``cut``."""
        return self.cells_by(lambda _: boundaries, on)

    def cells_by(
        self, boundaries: Callable[[UsageRecord], Boundaries], on: PricingDay | None = None
    ) -> list[UsageCell]:
        """As ``cells``, of records that are cut at other sizes by what they name."""
        if self._span is None:
            return []
        several = [self._within(boundaries(self.records[part[0]]), part, on) for part in self._parts]
        key = (*several, on)
        if key not in self._cells:
            self._cells[key] = self._cut(several, on)
        return self._cells[key]

    def _within(self, boundaries: Boundaries, part: Places, on: PricingDay | None) -> Boundaries:
        """Boundaries that cut a part of the usage."""
        assert self._span is not None
        within = boundaries.within(*self._span, self._most, self._most_output)
        if on is not None:
            within = within._replace(moments=())
        return within if self._columns.holds_media(part) else within._replace(moved=())

    def _cut(self, several: Sequence[Boundaries], on: PricingDay | None) -> list[UsageCell]:
        clock, times = self._times_at(union_of(several), on)
        told = [self._columns.apart, self._sizes_at(several), list(map(KEY, times))]
        parts: dict[int, list[int]] = {}
        for number, part in enumerate(number_rows(told)):
            parts.setdefault(part, []).append(number)
        starts = self._columns.starts
        firsts = [min(places, key=starts.__getitem__) for places in parts.values()]
        # Of what lies between the same boundaries, the first moment is that of any notes about its price.
        begun: dict[int, datetime] = {}
        for first in firsts:
            key, start = times[first].key, starts[first]
            begun[key] = min(begun.get(key, start), start)
        found = []
        for places, first in zip(parts.values(), firsts, strict=True):
            time = times[first]
            day = time.day if time.turns else clock.day(begun[time.key])
            found.append(UsageCell(self._sum(places, first), day, time.turns))
        return found

    def _sum(self, places: list[int], earliest: int) -> UsageRecord:
        """Records that are alike as one, by their places, of which one began first."""
        first, columns = self.records[earliest], self._columns

        def picked(column: list[Any]) -> Iterator[Any]:
            return map(column.__getitem__, places)

        return UsageRecord(
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
            each_known=not first.is_sum,
            **dict[str, Any]((name, sum(picked(column))) for name, column in columns.counts.items()),
            **dict[str, Any](
                (name, sum(picked(column)))
                for name, column in columns.cached_media.items()
                if getattr(first, name) is not None
            ),
        )

    def _sizes_at(self, several: Sequence[Boundaries]) -> list[Any]:
        """Between which edges of size each record lies, by the boundaries of each part."""
        if len(several) == 1:
            return self._sizes_of(0, several[0])
        found: list[Any] = [()] * len(self.records)
        for number, (part, boundaries) in enumerate(zip(self._parts, several, strict=True)):
            for place, sizes in zip(part, self._sizes_of(number, boundaries), strict=True):
                found[place] = sizes
        return found

    def _sizes_of(self, number: int, boundaries: Boundaries) -> list[Any]:
        """As ``_sizes_at``, of the records of one part, which is named by its number."""
        key = number, boundaries.inputs, boundaries.outputs, boundaries.moved
        if key not in self._sizes:
            part = self._parts[number]
            columns = list(self._columns.brackets(part, boundaries.inputs, boundaries.outputs))
            for edges in boundaries.moved:
                columns += self._columns.moved_brackets(part, edges)
            self._sizes[key] = list(zip(*columns, strict=True)) if columns else [()] * len(part)
        return self._sizes[key]

    def _times_at(self, boundaries: Boundaries, on: PricingDay | None) -> tuple[Clock, list[UsageTime]]:
        key = boundaries.moments, boundaries.windows, on
        if key not in self._times:
            clock = Clock(boundaries, on)
            few = self.records[:1] if clock.is_even else self.records
            times = list(map(clock.time, few))
            self._times[key] = clock, times * len(self.records) if clock.is_even else times
        return self._times[key]


KEY = attrgetter("key")
