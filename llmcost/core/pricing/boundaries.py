"""Where prices change: the sizes, moments and hours at which a request meets other conditions than its neighbour."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timezone
from fractions import Fraction
from math import ceil
from typing import NamedTuple

from llmcost.core.pricing.conditions import Condition
from llmcost.core.pricing.entries import PriceEntry, Variant
from llmcost.core.pricing.history import PriceHistory
from llmcost.core.pricing.tiers import edges_of
from llmcost.core.values.dates import Moment
from llmcost.core.values.schedule import Window


class MovedEdges(NamedTuple):
    """The smallest sizes above each edge, of requests with ``ratio`` tokens of text for each where they are priced."""

    ratio: Fraction
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]


class Boundaries(NamedTuple):
    """Requests between the same boundaries are priced alike, so they may be added up before they are priced.

    ``inputs`` and ``outputs`` are the smallest sizes above each edge, ``moments`` when a price begins or ends, all in
    order; ``windows`` are the hours of the week that conditions name. ``moved`` are the edges of requests that are
    larger where they are priced, which depends on how much of each is text.
    """

    inputs: tuple[int, ...] = ()
    outputs: tuple[int, ...] = ()
    moments: tuple[Moment, ...] = ()
    windows: tuple[tuple[Window, ...], ...] = ()
    moved: tuple[MovedEdges, ...] = ()

    def within(self, first: datetime, last: datetime, most_input: int, most_output: int) -> Boundaries:
        """Those that cut usage of some span of time and of sizes up to some; the others leave it whole."""
        return self._replace(
            inputs=tuple(size for size in self.inputs if size <= most_input),
            outputs=tuple(size for size in self.outputs if size <= most_output),
            moved=tuple(
                MovedEdges(
                    ratio,
                    tuple(size for size in inputs if size <= most_input * max(ratio, Fraction(1))),
                    tuple(size for size in outputs if size <= most_output * max(ratio, Fraction(1))),
                )
                for ratio, inputs, outputs in self.moved
            ),
            moments=tuple(moment for moment in self.moments if first < moment.instant <= last),
        )

    def moved_by(self, ratios: Iterable[Fraction]) -> Boundaries:
        """Those of requests with ``ratio`` tokens of text for each where they are priced, by any of several ratios.

        ``inputs`` and ``outputs`` are then where requests of text alone reach them. These themselves without ratios.
        """
        wanted = tuple(sorted(ratios))

        def reached(sizes: tuple[int, ...]) -> tuple[int, ...]:
            return tuple(sorted({ceil(size / ratio) for size in sizes for ratio in wanted}))

        if not wanted:
            return self
        moved = tuple(MovedEdges(ratio, self.inputs, self.outputs) for ratio in wanted)
        return self._replace(inputs=reached(self.inputs), outputs=reached(self.outputs), moved=moved)

    def with_days(self, days: Iterable[date]) -> Boundaries:
        """These and the beginnings of some days in UTC, such as those from which an exchange rate is another."""
        more = [Moment(datetime.combine(day, time(), timezone.utc), day) for day in days]
        return self._replace(moments=_in_order({*self.moments, *more}))


def _in_order(moments: Iterable[Moment]) -> tuple[Moment, ...]:
    return tuple(sorted(moments, key=lambda moment: (moment.instant, str(moment))))


def union_of(several: Iterable[Boundaries]) -> Boundaries:
    """All of some boundaries."""
    every = list(several)
    by_ratio: dict[Fraction, list[MovedEdges]] = {}
    for edges in (edges for each in every for edges in each.moved):
        by_ratio.setdefault(edges.ratio, []).append(edges)
    return Boundaries(
        tuple(sorted({size for each in every for size in each.inputs})),
        tuple(sorted({size for each in every for size in each.outputs})),
        _in_order({moment for each in every for moment in each.moments}),
        tuple(dict.fromkeys(window for each in every for window in each.windows)),
        tuple(
            MovedEdges(
                ratio,
                tuple(sorted({size for edges in found for size in edges.inputs})),
                tuple(sorted({size for edges in found for size in edges.outputs})),
            )
            for ratio, found in sorted(by_ratio.items())
        ),
    )


def boundaries_of(histories: Iterable[tuple[PriceHistory, int | None]]) -> Boundaries:
    """The boundaries of some offers together; of each its prices and its context window, None where it has none."""
    inputs: set[int] = set()
    outputs: set[int] = set()
    moments: dict[Moment, None] = {}
    windows: dict[tuple[Window, ...], None] = {}
    for history, window in histories:
        for version in history.versions:
            asked = _conditions(version)
            inputs |= edges_of(each.input_tokens for each in asked).keys()
            outputs |= edges_of(each.output_tokens for each in asked).keys()
            inputs |= {size + 1 for size in (window, version.context_window) if size is not None}
            windows.update(dict.fromkeys(each.time for each in asked if each.time is not None))
            dated: list[PriceEntry | Variant] = [version, *version.variants]
            moments.update((moment, None) for each in dated for moment in (each.starts, each.ends) if moment)
    return Boundaries(tuple(sorted(inputs)), tuple(sorted(outputs)), _in_order(moments), tuple(windows))


def _conditions(version: PriceEntry) -> list[Condition]:
    return [*(v.when for v in version.variants), *(u.when for u in version.unpriced), *version.not_sold]
