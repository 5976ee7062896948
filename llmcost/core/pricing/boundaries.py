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


class Boundaries(NamedTuple):
    """Requests between the same boundaries are priced alike, so they may be added up before they are priced.

    ``inputs`` and ``outputs`` are the smallest sizes above each edge, ``moments`` when a price begins or ends, all in
    order; ``windows`` are the hours of the week that conditions name.
    """

    inputs: tuple[int, ...] = ()
    outputs: tuple[int, ...] = ()
    moments: tuple[Moment, ...] = ()
    windows: tuple[tuple[Window, ...], ...] = ()

    def within(self, first: datetime, last: datetime, most_input: int, most_output: int) -> Boundaries:
        """Those that cut usage of some span of time and of sizes up to some; the others leave it whole."""
        return self._replace(
            inputs=tuple(size for size in self.inputs if size <= most_input),
            outputs=tuple(size for size in self.outputs if size <= most_output),
            moments=tuple(moment for moment in self.moments if first < moment.instant <= last),
        )

    def stretched(self, ratios: Iterable[Fraction]) -> Boundaries:
        """The sizes that reach one of these when there are ``ratio`` tokens for each; these themselves without ratios.

        Of several ratios it is what reaches one by any of them.
        """
        wanted = tuple(ratios)

        def less(sizes: tuple[int, ...]) -> tuple[int, ...]:
            return tuple(sorted({ceil(size / ratio) for size in sizes for ratio in wanted}))

        return self._replace(inputs=less(self.inputs), outputs=less(self.outputs)) if wanted else self

    def with_days(self, days: Iterable[date]) -> Boundaries:
        """These and the beginnings of some days in UTC, such as those from which an exchange rate is another."""
        more = [Moment(datetime.combine(day, time(), timezone.utc), day) for day in days]
        return self._replace(moments=_in_order({*self.moments, *more}))


def _in_order(moments: Iterable[Moment]) -> tuple[Moment, ...]:
    return tuple(sorted(moments, key=lambda moment: (moment.instant, str(moment))))


def union_of(several: Iterable[Boundaries]) -> Boundaries:
    """All of some boundaries."""
    every = list(several)
    return Boundaries(
        tuple(sorted({size for each in every for size in each.inputs})),
        tuple(sorted({size for each in every for size in each.outputs})),
        _in_order({moment for each in every for moment in each.moments}),
        tuple(dict.fromkeys(window for each in every for window in each.windows)),
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
