"""A vendor's bill against list prices of the usage it is for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from functools import partial
from typing import NamedTuple

from llmcost.api.usage.alternatives import Alternative, ListCost, alternatives_of, list_usage
from llmcost.api.usage.pricer import UsagePricer
from llmcost.core.analysis.reconciliation import BilledPart, Cause, Reconciliation, reconcile
from llmcost.core.offers.offer import Offer
from llmcost.core.offers.sellers import seller_of
from llmcost.core.offers.spellings import plain
from llmcost.core.values.meters import METERS
from llmcost.core.values.rates import Rate
from llmcost.core.workload.billed_cost import BilledCost
from llmcost.core.workload.usage_record import UsageRecord
from llmcost.errors import CurrencyError

Span = tuple[datetime, datetime]
EXACT = Fraction(1, 10**9)
"""How far apart amounts are that are the same, as a share of them: bills are written with few digits."""
OTHER = "other"
"""The meter of what a bill tells apart by a name that is not known."""
KINDS = ("audio_", "image_", "video_")
"""How meters of content begin that is no text."""


class _Key(NamedTuple):
    """What a model is in both: its seller and id, or its name without case and signs where no offer is known.

    The model is "" for what is billed without one.
    """

    seller: str
    model: str


def reconcile_usage(pricer: UsagePricer, records: Sequence[UsageRecord], bill: Sequence[BilledCost]) -> Reconciliation:
    """The bill against list prices of the usage, part by part: by span of the bill, model and meter.

    Usage that does not say where it was is taken to be where the bill says, or else where its seller's list is in the
    currency of the bill. Raises CurrencyError for a bill in several currencies, or in another than the pricer's.
    """
    currencies = {cost.currency for cost in bill}
    if currencies != {pricer.currency}:
        raise CurrencyError(f"the bill is in {', '.join(sorted(currencies))}", "hold bills of one currency at a time")
    sellers = [(record.provider, record.model) for record in records]
    names = _Names(pricer, [*sellers, *((cost.provider, cost.model or "") for cost in bill)])
    places, spans = _Places(pricer, names, bill), _Spans(names, bill)
    used: dict[_Place, list[UsageRecord]] = {}
    for record in map(places.settle, records):
        key = names.of(record.provider, record.model)
        if record.provider is None and key.seller:  # it is priced where it is billed
            record = record._replace(provider=key.seller)
        used.setdefault((spans.of(record, key), key), []).append(record)
    billed: dict[_Place, list[BilledCost]] = {}
    for cost in bill:
        billed.setdefault((_span(cost), names.of(cost.provider, cost.model or "")), []).append(cost)
    listed = {place: list_usage(pricer, used.get(place, [])) for place in sorted({*used, *billed})}
    told = _pool(listed, billed)
    parts: list[BilledPart] = []
    for (span, key), prices in told.items():
        own, rows = used.get((span, key), []), billed.get((span, key), [])
        others = alternatives_of(pricer, own) if own and rows and "" not in prices.gaps else []
        moved = listed[span, key].costs.keys() - prices.costs.keys()
        others = [each.without(moved) for each in others]
        parts += _parts(span, names.shown(key), prices, others, own, rows)
    return reconcile(pricer.currency, parts)


_Place = tuple[Span, _Key]
"""Where usage is held against a bill."""


def _pool(listed: Mapping[_Place, ListCost], billed: Mapping[_Place, Sequence[BilledCost]]) -> dict[_Place, ListCost]:
    """The list prices, with what a bill has by meter and without a model, such as searches, moved there.

    It is taken from the seller's models of the same span that are not billed for it themselves.
    """
    told = dict(listed)
    for (span, key), rows in billed.items():
        for meter in dict.fromkeys(row.meter for row in rows if row.meter is not None) if not key.model else ():
            for place in listed:
                own = any(row.meter == meter for row in billed.get(place, ()))
                if place[0] == span and place[1].seller == key.seller and place[1].model and not own:
                    told[span, key] = told[span, key].with_meter(meter, told[place])
                    told[place] = told[place].without_meter(meter)
    return told


class _Names:
    """What a model is called in both, and how it is shown: with its seller where several are called so.

    ``asked`` are all sellers and models that either side names. A model without a seller is that of the one seller
    that the other side has it at, and its developer's where there are none or several.
    """

    def __init__(self, pricer: UsagePricer, asked: Iterable[tuple[str | None, str]]) -> None:
        self.pricer = pricer
        self.names: dict[_Key, str] = {}
        self.known: dict[tuple[str | None, str], _Key] = {}
        self.sold: dict[str, dict[_Key, None]] = {}
        pairs = dict.fromkeys(asked)
        for provider, model in (each for each in pairs if each[0] is not None):
            self.known[provider, model] = key = self._find(provider, model)
            self.sold.setdefault(plain(model), {})[key] = None
        for provider, model in (each for each in pairs if each[0] is None):
            sold = list(self.sold.get(plain(model), ()))
            if len(sold) > 1:
                sellers = ", ".join(sorted(key.seller or "one that is not known" for key in sold))
                pricer.said[f"{model} is named with {sellers} and without a seller: which is meant is not said"] = None
            self.known[provider, model] = sold[0] if len(sold) == 1 else self._find(provider, model)

    def of(self, provider: str | None, model: str) -> _Key:
        return self.known[provider, model]

    def _find(self, provider: str | None, model: str) -> _Key:
        offer = self.pricer.offer_of((provider, model, None, None)) if model else ""
        seller = seller_of(provider) if provider else None
        key = _Key(offer.seller, offer.id) if isinstance(offer, Offer) else _Key(seller or "", plain(model))
        self.names.setdefault(key, offer.id if isinstance(offer, Offer) else model)
        return key

    def shown(self, key: _Key) -> str:
        name = self.names[key] or "no model"
        alike = [other for other, called in self.names.items() if called == self.names[key]]
        return f"{key.seller}/{name}" if key.seller and key.model and len(alike) > 1 else name


class _Places:
    """Where usage was that does not say so: as the bill says, else where the list is in its currency.

    DeepSeek bills accounts in China by a list in CNY, others by one in USD.
    """

    def __init__(self, pricer: UsagePricer, names: _Names, bill: Iterable[BilledCost]) -> None:
        self.pricer = pricer
        self.names = names
        self.billed: dict[_Key, set[str]] = {}
        of_model = [cost for cost in bill if cost.model is not None]
        named = {names.of(cost.provider, cost.model or "") for cost in of_model if cost.place is not None}
        for cost in of_model:  # of a model that is billed by place, a row without one is of the usual place
            key = names.of(cost.provider, cost.model or "")
            offer = pricer.offer_of((cost.provider, cost.model or "", None, cost.place))
            if key in named and isinstance(offer, Offer):
                self.billed.setdefault(key, set()).add(offer.place)
        self.known: dict[tuple[str | None, str], str | None] = {}

    def settle(self, record: UsageRecord) -> UsageRecord:
        if record.place is not None:
            return record
        key = (record.provider, record.model)
        if key not in self.known:
            self.known[key] = self._find(*key)
        return record if self.known[key] is None else record._replace(place=self.known[key])

    def _find(self, provider: str | None, model: str) -> str | None:
        """The one place that the bill names, or whose list is in its currency, if that of the usual place is not."""
        offer, currency = self.pricer.offer_of((provider, model, None, None)), self.pricer.currency
        if not isinstance(offer, Offer):
            return None
        listing = self.pricer.catalogue.widest.named(f"{offer.seller}/{offer.id}")
        offers = listing.load() if listing is not None else {}
        billed = self.billed.get(self.names.of(provider, model), set()) & offers.keys()
        if len(billed) == 1:
            (place,) = billed
            if place != offer.place:
                self.pricer.said[f"{model} is taken as {offers[place].name}, as the bill is of that place"] = None
            return place
        if currency in _currencies(offer):
            return None
        found = [place for place, each in offers.items() if _currencies(each) == {currency}]
        if len(found) == 1:
            self.pricer.said[f"{model} is taken as {offers[found[0]].name}, as the bill is in {currency}"] = None
            return found[0]
        if found:
            places = ", ".join(sorted(found))
            self.pricer.said[f"{model} has lists in {currency} at {places}: where it was is not said"] = None
        return None


def _currencies(offer: Offer) -> set[str]:
    rates = (rate for version in offer.history.versions for rate in version.base.values())
    return {rate.currency for rate in rates if isinstance(rate, Rate)}


class _Spans:
    """The spans of a bill: usage is held against the shortest one that its model was billed for."""

    def __init__(self, names: _Names, bill: Iterable[BilledCost]) -> None:
        self.every: dict[Span, None] = {}
        self.of_model: dict[_Key, dict[Span, None]] = {}
        for span, key in sorted((_span(cost), names.of(cost.provider, cost.model or "")) for cost in bill):
            self.every[span] = None
            self.of_model.setdefault(key, {})[span] = None

    def of(self, record: UsageRecord, key: _Key) -> Span:
        """The span of a record; its own day where nothing was billed then."""
        for spans in (self.of_model.get(key, {}), self.every):
            around = [span for span in spans if span[0] <= record.start < span[1]]
            if around:
                return min(around, key=lambda span: span[1] - span[0])
        start = record.start.replace(hour=0, minute=0, second=0, microsecond=0)
        return start, start + timedelta(days=1)


def _span(cost: BilledCost) -> Span:
    return cost.start, cost.end or cost.start + timedelta(hours=1)


def _parts(
    span: Span,
    model: str,
    listed: ListCost,
    others: Sequence[Alternative],
    records: Sequence[UsageRecord],
    bill: Sequence[BilledCost],
) -> Iterator[BilledPart]:
    """What one model used in one span, meter by meter where the bill tells them apart."""
    by_meter: dict[str | None, list[BilledCost]] = {}
    sizes_known = all(record.requests == 1 or record.input_range is not None for record in records)
    is_whole = all(cost.meter is None for cost in bill)
    for cost in bill:
        by_meter.setdefault(None if is_whole else cost.meter or OTHER, []).append(cost)
    if not is_whole:
        listed = listed.by_names(partial(_billed_meter, meters=by_meter))
        others = [each.by_names(partial(_billed_meter, meters=by_meter)) for each in others]
    told = sorted({each for each in (*listed.costs, *listed.gaps, *by_meter) if each}, key=_rank)
    for meter in [None] if is_whole else told:
        rows = by_meter.get(meter, [])
        amount = sum((Fraction(row.cost) for row in rows), Fraction(0))
        quoted = [Fraction(row.list_cost) for row in rows if row.list_cost is not None]
        rounding = sum((Fraction(row.step) / 2 for row in rows if row.step is not None), Fraction(0))
        whole_quote = sum(quoted, Fraction(0)) if rows and len(quoted) == len(rows) else None
        meant = amount if whole_quote is None else whole_quote
        mixed = () if sizes_known else _mixed(others, meter, listed, meant)
        yield BilledPart(
            start=span[0],
            end=span[1],
            model=model,
            meter=meter,
            listed=listed.cost(meter) if records or listed.costs or listed.gaps else None,
            billed=amount if rows else None,
            quoted=whole_quote,
            step=rounding + EXACT * abs(amount),
            others=(*_meant(others, meter), *mixed),
            why=listed.why(meter),
            reach=listed.reach if meter is None else None,
        )


def _rank(meter: str) -> tuple[int, str]:
    """The place of a meter among all, those that only the bill knows last."""
    known = list(METERS)
    return known.index(meter) if meter in known else len(known), meter


def _meant(others: Iterable[Alternative], meter: str | None) -> Iterator[tuple[Cause, str, Fraction]]:
    """What one meter, or all, would cost in other ways in which it has a price."""
    for each in others:
        cost = each.cost(meter)
        if cost is not None:
            yield each.cause, each.words, cost


def _billed_meter(meter: str, meters: Collection[str | None]) -> str:
    """What a bill calls a meter: reasoning is output, and content that is no text input or output, if not told apart.

    What a bill has none of by either name keeps its own.
    """
    whole = "output" if meter == "reasoning" else next((meter[len(k) :] for k in KINDS if meter.startswith(k)), meter)
    return whole if meter not in meters and whole in meters else meter


def _mixed(
    others: Sequence[Alternative], meter: str | None, listed: ListCost, billed: Fraction
) -> Iterator[tuple[Cause, str, Fraction]]:
    """Any cost from that of small inputs to that of the largest ones that there may be, which is the list price."""
    tiers = [cost for cause, _, cost in _meant(others, meter) if cause == "tier"]
    most = listed.cost(meter) or Fraction(0)
    low, high = (listed.low, listed.high) if meter is None else (Fraction(0), most)
    if listed.reach and tiers and max(low, min(tiers)) <= billed <= min(high, max(tiers)):
        yield "tier", "sizes of requests that the usage does not tell", billed
