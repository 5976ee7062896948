"""Which part of a bill some usage is held against: by its model, its place and its time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from llmcost.api.usage.pricer import UsagePricer
from llmcost.core.offers.offer import Offer
from llmcost.core.offers.sellers import seller_of
from llmcost.core.offers.spellings import plain
from llmcost.core.values.rates import Rate
from llmcost.core.workload.billed_cost import BilledCost
from llmcost.core.workload.usage_record import UsageRecord

Span = tuple[datetime, datetime]
NO_MODEL = "no model"


class Key(NamedTuple):
    """What a model is in both: its seller and id, or its name without case and signs where no offer is known.

    The model is "" for what is billed without one.
    """

    seller: str
    model: str


class Names:
    """What a model is called in both, and how it is shown: with its seller where several are called so.

    ``asked`` are all sellers and models that either side names. A model without a seller is that of the one seller
    that the other side has it at, and its developer's where there are none or several.
    """

    def __init__(self, pricer: UsagePricer, asked: Iterable[tuple[str | None, str]]) -> None:
        self.pricer = pricer
        self.names: dict[Key, str] = {}
        self.known: dict[tuple[str | None, str], Key] = {}
        self.sold: dict[str, dict[Key, None]] = {}
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

    def of(self, provider: str | None, model: str) -> Key:
        """What a seller's model is in both."""
        return self.known[provider, model]

    def _find(self, provider: str | None, model: str) -> Key:
        offer = self.pricer.offer_of((provider, model, None, None)) if model else ""
        seller = seller_of(provider) if provider else None
        key = Key(offer.seller, offer.id) if isinstance(offer, Offer) else Key(seller or "", plain(model))
        self.names.setdefault(key, offer.id if isinstance(offer, Offer) else model)
        return key

    def shown(self, key: Key) -> str:
        """What a model is called, with its seller where several are called so."""
        name = self.names[key] or NO_MODEL
        alike = [other for other, called in self.names.items() if called == self.names[key]]
        return f"{key.seller}/{name}" if key.seller and key.model and len(alike) > 1 else name


class Places:
    """Where usage was that does not say so: as the bill says, else where the list is in its currency.

    DeepSeek bills accounts in China by a list in CNY, others by one in USD.
    """

    def __init__(self, pricer: UsagePricer, names: Names, bill: Iterable[BilledCost]) -> None:
        self.pricer = pricer
        self.names = names
        self.billed: dict[Key, set[str]] = {}
        of_model = [cost for cost in bill if cost.model is not None]
        named = {names.of(cost.provider, cost.model or "") for cost in of_model if cost.place is not None}
        for cost in of_model:  # of a model that is billed by place, a row without one is of the usual place
            key = names.of(cost.provider, cost.model or "")
            offer = pricer.offer_of((cost.provider, cost.model or "", None, cost.place))
            if key in named and isinstance(offer, Offer):
                self.billed.setdefault(key, set()).add(offer.place)
        self.known: dict[tuple[str | None, str], str | None] = {}

    def settle(self, record: UsageRecord) -> UsageRecord:
        """A record with its place, where that is found."""
        if record.place is not None:
            return record
        key = (record.provider, record.model)
        if key not in self.known:
            self.known[key] = self._find(*key)
        return record if self.known[key] is None else record._replace(place=self.known[key])

    def billed_at(self, rows: Sequence[BilledCost]) -> list[str]:
        """The places that some rows of one model are billed at, of which one says so; [] where none does."""
        if all(cost.place is None for cost in rows):
            return []
        offers = [self.pricer.offer_of((cost.provider, cost.model or "", None, cost.place)) for cost in rows]
        return sorted({offer.place for offer in offers if isinstance(offer, Offer)})

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
        found = sorted(place for place, each in offers.items() if _currencies(each) == {currency})
        if not found:
            return None
        others = f"; it has such lists at {', '.join(found[1:])} too" if found[1:] else ""
        self.pricer.said[f"{model} is taken as {offers[found[0]].name}, as the bill is in {currency}{others}"] = None
        return found[0]


def _currencies(offer: Offer) -> set[str]:
    rates = (rate for version in offer.history.versions for rate in version.base.values())
    return {rate.currency for rate in rates if isinstance(rate, Rate)}


class Spans:
    """The spans of a bill: usage is held against the shortest one that its model was billed for.

    Spans that a sum of usage goes on over are one for its model, as nobody knows what of it was when.
    """

    def __init__(
        self, names: Names, bill: Iterable[BilledCost], records: Iterable[UsageRecord], said: dict[str, None]
    ) -> None:
        self.every: dict[Span, None] = {}
        self.of_model: dict[Key, dict[Span, Span]] = {}
        for span, key in sorted((_span_of(cost), names.of(cost.provider, cost.model or "")) for cost in bill):
            self.every[span] = None
            self.of_model.setdefault(key, {})[span] = span
        for record in records:
            key = names.of(record.provider, record.model)
            if record.end is None:
                continue
            self._join(self.of_model.get(Key(key.seller, ""), {}), record.start, record.end)
            if self._join(self.of_model.get(key, {}), record.start, record.end):
                said[f"{record.model}: a sum of its usage is over several spans of the bill, held against as one"] = (
                    None
                )

    def _join(self, spans: dict[Span, Span], start: datetime, end: datetime) -> bool:
        """Whether a time goes on over several spans, which are one from now on."""
        if any(first <= start and end <= last for first, last in spans):
            return False
        parts = {spans[span] for span in spans if span[0] < end and start < span[1]}
        if len(parts) > 1:
            whole = min(first for first, _ in parts), max(last for _, last in parts)
            spans.update({span: whole for span, part in spans.items() if part in parts})
        return len(parts) > 1

    def of(self, record: UsageRecord, key: Key) -> Span:
        """The span of a record; its own day where nothing was billed then."""
        start, own = record.start, self.of_model.get(key, {})
        end = record.end or start
        for spans in (own, self.every):
            touched = [span for span in spans if span[0] <= start < span[1] or start <= span[0] < end]
            around = [span for span in touched if span[0] <= start and end <= span[1]] or touched
            if around:
                found = min(around, key=lambda span: (span[1] - span[0], span))
                return own.get(found, found)
        day = start.replace(hour=0, minute=0, second=0, microsecond=0)
        return day, day + timedelta(days=1)

    def billed(self, cost: BilledCost, key: Key) -> Span:
        """The span of a row of the bill."""
        return self.of_model[key][_span_of(cost)]


def _span_of(cost: BilledCost) -> Span:
    return cost.start, cost.end or cost.start + timedelta(hours=1)
