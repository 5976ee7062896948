"""What usage would cost in other ways: on other days, in other tiers, on other terms, without a cache."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from functools import partial
from typing import NamedTuple

from llmcost.api.usage.moves import without_cache
from llmcost.api.usage.pricer import Supposition, UsagePricer, used_of
from llmcost.core.analysis.reconciliation import Cause
from llmcost.core.offers.offer import Offer
from llmcost.core.quotes.quote import Quote
from llmcost.core.values.dates import PricingDay
from llmcost.core.workload.usage_record import UsageRecord

SMALL, LARGE = (0, 1), (10**9, 10**9)
"""Sizes of input below and above every tier."""
CAUSES: tuple[Cause, ...] = ("price-date", "tier", "terms", "cache")
"""The order in which other ways are tried."""
DAY = timedelta(days=1)
Costs = dict[str, Fraction]
"""Costs by meter."""


class Alternative(NamedTuple):
    """Another way in which usage may have been billed, and what each meter costs then."""

    cause: Cause
    words: str
    costs: Costs

    def cost(self, meter: str | None) -> Fraction:
        """What one meter costs, or all by None."""
        return sum(self.costs.values(), Fraction(0)) if meter is None else self.costs.get(meter, Fraction(0))


class Listed(NamedTuple):
    """What usage costs at list price by meter, and why a meter, or by "" all of it, has no price."""

    costs: Costs
    gaps: dict[str, str]
    low: Fraction = Fraction(0)
    high: Fraction = Fraction(0)

    @property
    def reach(self) -> tuple[Fraction, Fraction] | None:
        """The least and the most that all of it may be; None where that is one figure, or not known."""
        return None if self.gaps or self.low == self.high else (self.low, self.high)

    def cost(self, meter: str | None) -> Fraction | None:
        """The cost of a meter, or of all; None where it is not used or has no price."""
        if meter is None:
            return None if self.gaps else sum(self.costs.values(), Fraction(0))
        return None if self.why(meter) else self.costs.get(meter)

    def why(self, meter: str | None) -> str:
        """Why there is no price; "" where there is one."""
        if meter is None or "" in self.gaps:
            return next(iter(self.gaps.values()), "")
        return self.gaps.get(meter, "")


def list_usage(pricer: UsagePricer, records: Sequence[UsageRecord]) -> Listed:
    """The list price of usage, each record at the offer that was used."""
    found = Listed({}, {})
    low = high = Fraction(0)
    for used in dict.fromkeys(map(used_of, records)):
        offer = pricer.offer_of(used)
        if isinstance(offer, str):
            found.gaps[""] = offer
            continue
        quote = pricer.quote(offer, [record for record in records if used_of(record) == used])
        _add(found.costs, quote)
        low += quote.cost if quote.low is None else quote.low
        high += quote.cost if quote.high is None else quote.high
        found.gaps.update({"": quote.unserved} if quote.unserved else {gap.meter: gap.reason for gap in quote.gaps})
    return found._replace(low=low, high=high)


def alternatives_of(pricer: UsagePricer, records: Iterable[UsageRecord]) -> list[Alternative]:
    """What usage would cost in other ways; where a part of it was elsewhere, and has no such way, that is as listed."""
    by_place: dict[tuple[str, ...], list[UsageRecord]] = {}
    for record in records:
        by_place.setdefault((record.provider or "", record.model, record.place or ""), []).append(record)
    parts = [_Part(pricer, part) for _, part in sorted(by_place.items())]
    ways = dict.fromkeys(way for part in parts for way in part.ways)
    return [
        Alternative(cause, words, _sum(part.ways.get((cause, words), part.listed) for part in parts))
        for wanted in CAUSES
        for cause, words in ways
        if cause == wanted
    ]


class _Part:
    """Usage at one place: what it costs as listed, and in other ways."""

    def __init__(self, pricer: UsagePricer, records: Sequence[UsageRecord]) -> None:
        self.listed = list_usage(pricer, records).costs
        self.ways = {(cause, words): costs for cause, words, costs in _ways(pricer, records)}


def _sum(costs: Iterable[Mapping[str, Fraction]]) -> Costs:
    found: Costs = {}
    for each in costs:
        for meter, cost in each.items():
            found[meter] = found.get(meter, Fraction(0)) + cost
    return found


def _ways(pricer: UsagePricer, records: Sequence[UsageRecord]) -> Iterator[Alternative]:
    first = records[0]
    offer = pricer.offer_of((first.provider, first.model, None, first.place))
    if isinstance(offer, str):
        return
    for day in _days(offer):
        at = UsagePricer(pricer.catalogue, pricer.currency, pricer.exchange_rates, PricingDay(day))
        yield Alternative("price-date", f"the prices of {day}", _costs(at, offer, records))
    for words, sizes in (("the price of small inputs", SMALL), ("the price of the largest inputs", LARGE)):
        yield Alternative("tier", words, _costs(pricer, offer, records, partial(_of_sizes, sizes=sizes)))
    plainly = [record._replace(terms=None) for record in records]
    for terms in offer.history.terms():
        yield Alternative("terms", f"the price of {terms} terms", _costs(pricer, offer.on_terms(terms), plainly))
    uncached = list(map(without_cache, records))
    yield Alternative("cache", "all input in full, nothing from a cache", _costs(pricer, offer, uncached))


def _days(offer: Offer) -> list[date]:
    """A whole day of each of an offer's prices: the first one, and that before the first change."""
    changes = offer.history.changes(date.min, date.max)
    days = [changes[0] - DAY, *changes] if changes else []
    return [day for day in days if offer.history.sold(PricingDay(day))]


def _of_sizes(record: UsageRecord, sizes: tuple[int, int]) -> UsageRecord:
    """A record as if the input of each of its requests had some size."""
    return record._replace(input_range=sizes)


def _costs(
    pricer: UsagePricer,
    offer: Offer,
    records: Iterable[UsageRecord],
    change: Callable[[UsageRecord], UsageRecord] | None = None,
) -> Costs:
    costs: Costs = {}
    supposed = Supposition(change, lambda record, _: change(record)) if change else None
    _add(costs, pricer.quote(offer, records, supposed))
    return costs


def _add(costs: Costs, quote: Quote) -> None:
    for charge in quote.charges:
        costs[charge.meter] = costs.get(charge.meter, Fraction(0)) + charge.cost
