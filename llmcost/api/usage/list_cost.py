"""What usage costs at list price, meter by meter, and what it leaves open of that."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from types import MappingProxyType
from typing import NamedTuple

from llmcost.api.usage.cache_habits import KEPT_LONG
from llmcost.api.usage.pricer import UsagePricer
from llmcost.api.usage.used import used_of
from llmcost.api.usage.work import work_of
from llmcost.core.offers.offer import Offer
from llmcost.core.quotes.quote import Quote
from llmcost.core.workload.usage_cells import UsageCell
from llmcost.core.workload.usage_record import UsageRecord

SMALL = (0, 1)
"""Sizes of input below every tier."""
Costs = dict[str, Fraction]
"""Costs by meter."""
Reach = tuple[Fraction, Fraction]
"""The least and the most that something may cost."""


class ListCost(NamedTuple):
    """What usage costs at list price by meter, and why a meter, or by "" all of it, has no price.

    ``kept`` is how much more it costs if all that was written to a cache, for a time that nobody says, was for longer
    than usual; ``high`` holds it. ``reaches`` are the least and the most of meters, where the usage does not say what
    was cached, or when.
    """

    costs: Costs
    gaps: dict[str, str]
    low: Fraction = Fraction(0)
    high: Fraction = Fraction(0)
    kept: Fraction = Fraction(0)
    reaches: Mapping[str, Reach] = MappingProxyType({})

    @property
    def reach(self) -> Reach | None:
        """The least and the most that all of it may be; None where that is one figure, or not known."""
        return None if self.gaps or self.low == self.high else (self.low, self.high)

    def cost(self, meter: str | None) -> Fraction | None:
        """The cost of a meter, or of all; None where it is not used or has no price."""
        if meter is None:
            return None if self.gaps else sum(self.costs.values(), Fraction(0))
        if self.why(meter):
            return None
        return self.costs.get(meter, Fraction(0) if meter in self.reaches else None)

    def ends(self, meter: str | None) -> Reach | None:
        """The least and the most of a meter, or of all; None where it has no price."""
        cost = self.cost(meter)
        if cost is None:
            return None
        low, high = (self.low, self.high) if meter is None else self.reaches.get(meter, (cost, cost))
        return low, high + (self.kept if meter == "cache_write" else 0)

    def why(self, meter: str | None) -> str:
        """Why there is no price; "" where there is one."""
        if meter is None or "" in self.gaps:
            return next(iter(self.gaps.values()), "")
        return self.gaps.get(meter, "")

    def by_names(self, name: Callable[[str], str]) -> ListCost:
        """The same by other names of its meters, those of one name together."""
        gaps = {name(meter): why for meter, why in reversed(self.gaps.items())}
        ends = [sum_by({meter: reach[end] for meter, reach in self.reaches.items()}, name) for end in (0, 1)]
        reaches = {meter: (low, ends[1][meter]) for meter, low in ends[0].items()}
        return self._replace(costs=sum_by(self.costs, name), gaps=gaps, reaches=reaches)

    def without_meter(self, meter: str) -> ListCost:
        """The same but for a meter."""
        cost = self.costs.get(meter, Fraction(0))
        costs = {key: each for key, each in self.costs.items() if key != meter}
        gaps = {key: why for key, why in self.gaps.items() if key != meter}
        return self._replace(costs=costs, gaps=gaps, low=self.low - cost, high=self.high - cost)

    def with_meter(self, meter: str, other: ListCost) -> ListCost:
        """The same and what another has of a meter."""
        cost = other.costs.get(meter)
        gaps = {**self.gaps, **({meter: other.gaps[meter]} if meter in other.gaps else {})}
        if cost is None:
            return self._replace(gaps=gaps)
        costs = {**self.costs, meter: self.costs.get(meter, Fraction(0)) + cost}
        return self._replace(costs=costs, gaps=gaps, low=self.low + cost, high=self.high + cost)


def sum_by(costs: Costs, name: Callable[[str], str]) -> Costs:
    """Costs by other names of their meters."""
    found: Costs = {}
    for meter, cost in costs.items():
        found[name(meter)] = found.get(name(meter), Fraction(0)) + cost
    return found


def costs_of(quote: Quote) -> Costs:
    """What a quote charges by meter."""
    found: Costs = {}
    for charge in quote.charges:
        found[charge.meter] = found.get(charge.meter, Fraction(0)) + charge.cost
    return found


def list_usage(pricer: UsagePricer, records: Sequence[UsageRecord]) -> ListCost:
    """The list price of usage, each record at the offer that was used."""
    found = ListCost({}, {})
    low = high = kept = Fraction(0)
    ends: tuple[Costs, Costs] = ({}, {})
    for used in dict.fromkeys(map(used_of, records)):
        offer = pricer.offer_of(used)
        if isinstance(offer, str):
            found.gaps[""] = offer
            continue
        own = [record for record in records if used_of(record) == used]
        quote = pricer.quote(offer, own)
        kept += _more_if_kept(pricer, offer, own, quote)
        charged = costs_of(quote)
        for meter, cost in charged.items():
            found.costs[meter] = found.costs.get(meter, Fraction(0)) + cost
        reaches = _reaches(pricer, offer, own)
        for meter in {*reaches, *charged}:
            cost = charged.get(meter, Fraction(0))
            for end, amount in zip(ends, reaches.get(meter, (cost, cost)), strict=True):
                end[meter] = end.get(meter, Fraction(0)) + amount
        low += quote.cost if quote.low is None else quote.low
        high += quote.cost if quote.high is None else quote.high
        found.gaps.update({"": quote.unserved} if quote.unserved else {gap.meter: gap.reason for gap in quote.gaps})
    reaches = {meter: (ends[0][meter], ends[1][meter]) for meter in ends[0] if ends[0][meter] != ends[1][meter]}
    return found._replace(low=low, high=high + kept, kept=kept, reaches=reaches)


def _more_if_kept(pricer: UsagePricer, offer: Offer, records: Sequence[UsageRecord], quote: Quote) -> Fraction:
    """How much more usage costs if all that was written for a time that it does not say was written for long."""
    if not any(record.cache_write_unspecified or record.cached_unknown for record in records):
        return Fraction(0)
    if not quote.complete:
        return Fraction(0)
    more = [Fraction(0)]
    for meter in KEPT_LONG:
        longer = [_written_for(record, meter) for record in records]
        found = pricer.quote(offer, longer)
        more += [found.cost - (quote.high or quote.cost)] if found.complete else []
    return max(more)


def _written_for(record: UsageRecord, meter: str) -> UsageRecord:
    """A record with all that was written for a time that it does not say under another meter."""
    written = getattr(record, meter) + record.cache_write_unspecified
    if not record.cached_unknown:
        return record._replace(**{"cache_write_unspecified": 0, meter: written})
    counts = {"input_uncached": 0, "cache_write_unspecified": 0, meter: written + record.input_uncached}
    return record._replace(cached_unknown=False, **counts)


def _reaches(pricer: UsagePricer, offer: Offer, records: Sequence[UsageRecord]) -> dict[str, Reach]:
    """The least and the most that each meter may cost, where the usage does not say what was cached, or when.

    Raises CurrencyError as ``quote`` does.
    """
    works, _ = pricer.readings_of(offer, pricer.cells(offer, records))
    if len(works) == 1 and not any(cell.turns for cell in works[0].cells):
        return {}
    small = list(map(_small, records))
    if small != list(records):  # what nobody says of sizes lowers the least, and the dearest is taken already
        works += pricer.readings_of(offer, pricer.cells(offer, small))[0]
    reaches: list[dict[str, Reach]] = []
    for work in works:
        reach: dict[str, Reach] = {}
        for cell, kind in zip(work.cells, work.caches, strict=True):
            days = [day for day, _ in cell.turns] or [cell.day]
            ways = [costs_of(pricer.quote_work(offer, work_of([UsageCell(cell.record, day)], [kind]))) for day in days]
            for meter in {meter for way in ways for meter in way}:
                costs = [way.get(meter, Fraction(0)) for way in ways]
                low, high = reach.get(meter, (Fraction(0), Fraction(0)))
                reach[meter] = low + min(costs), high + max(costs)
        reaches.append(reach)
    none = (Fraction(0), Fraction(0))
    return {
        meter: (
            min(reach.get(meter, none)[0] for reach in reaches),
            max(reach.get(meter, none)[1] for reach in reaches),
        )
        for meter in dict.fromkeys(meter for reach in reaches for meter in reach)
    }


def _small(record: UsageRecord) -> UsageRecord:
    """A record of which nobody says how large its requests were, as if all were small."""
    return record if record.requests == 1 or record.input_range else record._replace(input_range=SMALL)
