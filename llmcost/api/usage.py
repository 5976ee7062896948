"""What real usage costs at list price, each record at the prices of its own day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

from llmcost import cost_models
from llmcost.api.builtin import builtin_rates
from llmcost.core.offers.catalogue import Catalogue
from llmcost.core.offers.offer import Offer
from llmcost.core.offers.sellers import seller_of
from llmcost.core.quotes.quote import Quote
from llmcost.core.quotes.usage_cost import UsageCost
from llmcost.core.values.dates import PricingDay
from llmcost.core.values.money import ExchangeRates
from llmcost.core.workload.requests import RequestGroup, Workload
from llmcost.core.workload.usage import Usage
from llmcost.core.workload.usage_record import UsageRecord
from llmcost.errors import LlmcostError

HOUR = timedelta(hours=1)


class UsagePricer:
    """Prices records by the offers of a catalogue, in one currency; what was found for a model is kept.

    ``on`` of None means the day of each record.
    """

    def __init__(
        self, catalogue: Catalogue, currency: str, exchange_rates: ExchangeRates | None, on: PricingDay | None = None
    ) -> None:
        self.catalogue = catalogue
        self.currency = currency
        self.exchange_rates = exchange_rates or builtin_rates()
        self.on = on
        self.said: dict[str, None] = {}
        self._found: dict[tuple[str | None, ...], Offer | str] = {}
        self._sellers = {listing.seller for listing in catalogue.widest.listings}

    def price(self, records: Iterable[UsageRecord]) -> list[UsageCost]:
        """Each record with its list price."""
        return [self._priced(record) for record in records]

    def _priced(self, record: UsageRecord) -> UsageCost:
        offer = self._offer(record)
        if isinstance(offer, str):
            return UsageCost(record, None, Fraction(0), Fraction(0), offer)
        day = self.on or _day_of(record)
        try:
            quotes = [self._quote(offer, reading, day) for reading in _readings(record)]
        except LlmcostError as error:
            return UsageCost(record, offer.name, Fraction(0), Fraction(0), error.message)
        low = min(quote.cost if quote.low is None else quote.low for quote in quotes)
        high = max(quote.cost for quote in quotes)
        gap = next((quote.incomplete_reason for quote in quotes if not quote.complete), None)
        return UsageCost(record, offer.name, low, high, gap)

    def _quote(self, offer: Offer, record: UsageRecord, day: PricingDay) -> Quote:
        quote = cost_models.quote(offer, Workload((_group(record),)), day)
        return quote.in_currency(self.currency, self.exchange_rates)

    def _offer(self, record: UsageRecord) -> Offer | str:
        key = (record.provider, record.model, record.terms, record.place)
        if key not in self._found:
            self._found[key] = self._look_up(record)
        return self._found[key]

    def _look_up(self, record: UsageRecord) -> Offer | str:
        """The offer of a record; why there is none.

        A model is priced at the seller that the record names, and at its developer where it names none that is known.
        """
        seller = seller_of(record.provider) if record.provider else None
        known = seller in self._sellers
        bare = record.model.startswith(f"{seller}/") or not known
        name = record.model if bare else f"{seller}/{record.model}"
        name += f"@{record.place}" if record.place else ""
        try:
            found = self.catalogue.understand(name)
            offer = found.offer if record.terms is None else found.offer.on_terms(record.terms)
        except LlmcostError:
            on = f" on {record.terms} terms" if record.terms else ""
            place = f" in {record.place}" if record.place else ""
            return f"no offer of {record.model} is known{on}" + (f" at {seller}" if known else "") + place
        if found.guessed or not known:
            self.said[f"{record.model} is taken as {offer.name}"] = None
        return offer


def _day_of(record: UsageRecord) -> PricingDay:
    """When a record is priced: at its own moment, or spread over the hours of the week where it spans more than one."""
    short = record.end is None or record.end - record.start <= HOUR
    return PricingDay(record.start.date(), record.start if short else None)


def _readings(record: UsageRecord) -> list[UsageRecord]:
    """What a record may mean: with none of its input read from a cache, and with all, where it does not say."""
    if not record.cached_unknown:
        return [record]
    return [record, replace(record, input_uncached=0, cache_read=record.cache_read + record.input_uncached)]


def _group(record: UsageRecord) -> RequestGroup:
    """The requests of a record; where their sizes are not stated, none is larger than all of them together."""
    requests = record.requests or 1
    written = record.cache_write_5m + record.cache_write_1h + record.cache_write_unspecified
    usage = Usage(
        Fraction(record.input, requests),
        Fraction(record.output, requests),
        cache_read_input_tokens=Fraction(record.cache_read, requests),
        cache_creation_input_tokens=Fraction(written, requests),
        cache_creation_1h_input_tokens=Fraction(record.cache_write_1h, requests),
        reasoning_output_tokens=Fraction(min(record.reasoning or 0, record.output), requests),
    )
    sizes = record.input_range if record.requests != 1 else None
    if sizes is None and record.requests != 1:
        sizes = (0, record.input)
    return RequestGroup(usage, requests, input_range=sizes)
