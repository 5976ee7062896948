"""A vendor's bill against list prices of the usage it is for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import partial
from typing import NamedTuple

from llmcost.api.usage.moves import without_cache
from llmcost.api.usage.pricer import Supposition, UsagePricer, used_of
from llmcost.core.analysis.reconciliation import BilledPart, Cause, Reconciliation, reconcile
from llmcost.core.offers.offer import Offer
from llmcost.core.offers.spellings import plain
from llmcost.core.quotes.quote import Quote
from llmcost.core.values.dates import PricingDay
from llmcost.core.values.rates import Rate
from llmcost.core.workload.billed_cost import BilledCost
from llmcost.core.workload.usage_record import UsageRecord
from llmcost.errors import CurrencyError

Span = tuple[datetime, datetime]
SMALL, LARGE = (0, 1), (10**9, 10**9)
"""Sizes of input below and above every tier."""
EXACT = Fraction(1, 10**9)
"""How far apart amounts are that are the same, as a share of them: bills are written with few digits."""


def reconcile_usage(pricer: UsagePricer, records: Sequence[UsageRecord], bill: Sequence[BilledCost]) -> Reconciliation:
    """The bill against list prices of the usage, part by part: by span of the bill, model and meter.

    Usage that does not say where it was is taken to be where its seller's list is in the currency of the bill.
    Raises CurrencyError for a bill in several currencies, or in another than the pricer's.
    """
    currencies = {cost.currency for cost in bill}
    if currencies != {pricer.currency}:
        raise CurrencyError(f"the bill is in {', '.join(sorted(currencies))}", "hold bills of one currency at a time")
    names = _Names(pricer)
    spans = sorted({_span(cost) for cost in bill})
    by_span: dict[tuple[Span, str], list[UsageRecord]] = {}
    outside: dict[tuple[Span, str], list[UsageRecord]] = {}
    places = _Places(pricer)
    for record in map(places.settle, records):
        span = next((span for span in spans if span[0] <= record.start < span[1]), None)
        kept = by_span if span is not None else outside
        kept.setdefault((span or _day_of(record), names.of(record.provider, record.model)), []).append(record)
    billed: dict[tuple[Span, str], list[BilledCost]] = {}
    for cost in bill:
        billed.setdefault((_span(cost), names.of(cost.provider, cost.model or "")), []).append(cost)
    parts: list[BilledPart] = []
    for key in sorted({*by_span, *billed}):
        parts += _parts(pricer, key, by_span.get(key, []), billed.get(key, []))
    for key in sorted(outside):
        parts += _parts(pricer, key, outside[key], [])
    return reconcile(pricer.currency, parts)


class _Names:
    """What a model is called in both: the offer that it means, else its name without case and signs."""

    def __init__(self, pricer: UsagePricer) -> None:
        self.pricer = pricer
        self.known: dict[tuple[str | None, str], str] = {}

    def of(self, provider: str | None, model: str) -> str:
        key = (provider, model)
        if key not in self.known:
            offer = self.pricer.offer_of((provider, model, None, None)) if model else ""
            self.known[key] = offer.id if isinstance(offer, Offer) else plain(model)
        return self.known[key]


class _Places:
    """Where usage was that does not say so: DeepSeek bills accounts in China by a list in CNY, others by one in USD."""

    def __init__(self, pricer: UsagePricer) -> None:
        self.pricer = pricer
        self.known: dict[tuple[str | None, str], str | None] = {}

    def settle(self, record: UsageRecord) -> UsageRecord:
        if record.place is not None:
            return record
        key = (record.provider, record.model)
        if key not in self.known:
            self.known[key] = self._find(*key)
        return record if self.known[key] is None else record._replace(place=self.known[key])

    def _find(self, provider: str | None, model: str) -> str | None:
        """The one place whose list is in the currency of the bill, if that of the usual place is not."""
        offer, currency = self.pricer.offer_of((provider, model, None, None)), self.pricer.currency
        if not isinstance(offer, Offer) or currency in _currencies(offer):
            return None
        listing = self.pricer.catalogue.widest.named(f"{offer.seller}/{offer.id}")
        offers = listing.load() if listing is not None else {}
        found = [place for place, each in offers.items() if _currencies(each) == {currency}]
        if len(found) != 1:
            return None
        self.pricer.said[f"{model} is taken as {offers[found[0]].name}, as the bill is in {currency}"] = None
        return found[0]


def _currencies(offer: Offer) -> set[str]:
    rates = (rate for version in offer.history.versions for rate in version.base.values())
    return {rate.currency for rate in rates if isinstance(rate, Rate)}


def _span(cost: BilledCost) -> Span:
    return cost.start, cost.end or cost.start + timedelta(hours=1)


def _day_of(record: UsageRecord) -> Span:
    start = record.start.replace(hour=0, minute=0, second=0, microsecond=0)
    return start, start + timedelta(days=1)


class _Listed(NamedTuple):
    """What usage costs at list price by meter, and why a meter, or by "" all of it, has no price."""

    costs: dict[str, Fraction]
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


def _parts(
    pricer: UsagePricer, key: tuple[Span, str], records: Sequence[UsageRecord], bill: Sequence[BilledCost]
) -> Iterator[BilledPart]:
    """What one model used in one span, meter by meter where the bill tells them apart."""
    (start, end), model = key
    listed = _listed(pricer, records)
    others = list(_others(pricer, records)) if records and bill and "" not in listed.gaps else []
    by_meter: dict[str | None, list[BilledCost]] = {}
    for cost in bill:
        by_meter.setdefault(cost.meter, []).append(cost)
    if not bill or None in by_meter:
        by_meter = {None: list(bill)}
    meters = by_meter if None in by_meter else dict.fromkeys((*listed.costs, *listed.gaps, *by_meter))
    for meter in (each for each in meters if each != ""):
        rows = by_meter.get(meter, [])
        amount = sum((Fraction(row.cost) for row in rows), Fraction(0))
        quoted = [Fraction(row.list_cost) for row in rows if row.list_cost is not None]
        rounding = sum((Fraction(row.step) / 2 for row in rows if row.step is not None), Fraction(0))
        yield BilledPart(
            start=start,
            end=end,
            model=model or "no model",
            meter=meter,
            listed=listed.cost(meter) if records else None,
            billed=amount if rows else None,
            quoted=sum(quoted, Fraction(0)) if rows and len(quoted) == len(rows) else None,
            step=rounding + EXACT * abs(amount),
            others=(*_meant(others, meter), *_mixed(others, meter, records, amount)),
            why=listed.why(meter),
            reach=listed.reach if meter is None else None,
        )


Other = tuple[Cause, str, dict[str, Fraction]]


def _meant(others: Iterable[Other], meter: str | None) -> Iterator[tuple[Cause, str, Fraction]]:
    """What one meter, or all, would cost in other ways."""
    for cause, words, costs in others:
        yield cause, words, sum(costs.values(), Fraction(0)) if meter is None else costs.get(meter, Fraction(0))


def _mixed(
    others: Sequence[Other], meter: str | None, records: Sequence[UsageRecord], billed: Fraction
) -> Iterator[tuple[Cause, str, Fraction]]:
    """Any cost between that of the smallest and of the largest inputs, where the usage does not tell the sizes."""
    if all(record.requests == 1 or record.input_range is not None for record in records):
        return
    reached = [cost for cause, _, cost in _meant(others, meter) if cause == "tier"]
    if reached and min(reached) <= billed <= max(reached):
        yield "tier", "sizes of requests that the usage does not tell", billed


def _listed(pricer: UsagePricer, records: Sequence[UsageRecord]) -> _Listed:
    """The list price of usage of one model."""
    found = _Listed({}, {})
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


def _add(costs: dict[str, Fraction], quote: Quote) -> None:
    for charge in quote.charges:
        costs[charge.meter] = costs.get(charge.meter, Fraction(0)) + charge.cost


def _others(pricer: UsagePricer, records: Sequence[UsageRecord]) -> Iterator[Other]:
    """What the same usage would cost in other ways: on other days, in other tiers, on other terms, without a cache."""
    first = records[0]
    offer = pricer.offer_of((first.provider, first.model, None, first.place))
    if isinstance(offer, str):
        return
    for day in _days(offer):
        at = UsagePricer(pricer.catalogue, pricer.currency, pricer.exchange_rates, PricingDay(day))
        yield "price-date", f"the prices of {day}", _costs(at, offer, records)
    for words, sizes in (("the price of small inputs", SMALL), ("the price of the largest inputs", LARGE)):
        yield "tier", words, _costs(pricer, offer, records, partial(_of_sizes, sizes=sizes))
    plainly = [record._replace(terms=None) for record in records]
    for terms in offer.history.terms():
        yield "terms", f"the price of {terms} terms", _costs(pricer, offer.on_terms(terms), plainly)
    yield "cache", "all input in full, nothing from a cache", _costs(pricer, offer, list(map(without_cache, records)))


def _days(offer: Offer) -> list[date]:
    """The days on which prices of an offer began."""
    return sorted({version.starts.instant.date() for version in offer.history.versions if version.starts is not None})


def _of_sizes(record: UsageRecord, sizes: tuple[int, int]) -> UsageRecord:
    """A record as if the input of each of its requests had some size."""
    return record._replace(input_range=sizes)


def _costs(
    pricer: UsagePricer,
    offer: Offer,
    records: Iterable[UsageRecord],
    change: Callable[[UsageRecord], UsageRecord] | None = None,
) -> dict[str, Fraction]:
    costs: dict[str, Fraction] = {}
    supposed = Supposition(change, lambda record, _: change(record)) if change else None
    _add(costs, pricer.quote(offer, records, supposed))
    return costs
