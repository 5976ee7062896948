"""The four functions of the front door: load prices, quote one offer, compare many."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path

from llmcost import cost_models
from llmcost.core.catalogue import Catalogue, Offer
from llmcost.core.comparison import Comparison, rank
from llmcost.core.dates import PricingDay, pricing_day
from llmcost.core.money import NO_RATES, ExchangeRates, check_currency
from llmcost.core.quote import Gap, Quote
from llmcost.core.usage import Usage
from llmcost.core.workload import Workload
from llmcost.errors import CurrencyError, OfferError

COMMON_CURRENCY = "USD"


def load_catalogue(*paths: str | Path, builtin: bool = True) -> Catalogue:
    """Every offer of the built-in sheets and of those at ``paths`` (files or folders; a later one wins).

    Raises LlmcostError when a sheet is unsound.
    """
    from llmcost.sheets.load import load_prices

    return load_prices(paths, builtin).catalogue


def load_exchange_rates(*paths: str | Path, builtin: bool = True) -> ExchangeRates:
    """The dated exchange rates of the sheets, for ``compare``."""
    from llmcost.sheets.load import load_prices

    return load_prices(paths, builtin).exchange_rates


def quote(offer: Offer, workload: Workload | Usage, on: date | PricingDay) -> Quote:
    """What an offer charges on a day, in its own currency.

    ``workload`` is a month of requests, or a Usage for a single request. ``on`` is a date (prices are spread over the
    hours of its week) or an aware datetime (everything at that instant). A price that is not known is a gap in the
    quote, never zero.
    """
    whole = Workload.of(workload) if isinstance(workload, Usage) else workload
    return cost_models.quote(offer, whole, pricing_day(on))


def compare(
    offers: Iterable[Offer],
    workload: Workload | Usage,
    on: date | PricingDay,
    *,
    currency: str | None = None,
    exchange_rates: ExchangeRates = NO_RATES,
    baseline: str | None = None,
    label: str | None = None,
) -> Comparison:
    """Quote every offer and rank them, cheapest first.

    ``currency`` of None means the offers' own when they share one, else USD.
    ``baseline`` is the full id the ratios refer to; None means the cheapest.
    An offer whose currency cannot be converted on that day comes back unserved, with the reason.
    Raises CurrencyError for a code that is no currency or when no offer can be converted to it, and OfferError for a
    ``baseline`` that is not among the offers.
    """
    whole = Workload.of(workload) if isinstance(workload, Usage) else workload
    day = pricing_day(on)
    quotes = [cost_models.quote(offer, whole, day) for offer in offers]
    if baseline is not None and baseline not in {each.offer.name for each in quotes}:
        raise OfferError(f"the baseline {baseline} is not among the offers compared", "give the full id of one of them")
    chosen = check_currency(currency) if currency else _common_currency(quotes)
    converted = [_converted(each, chosen, exchange_rates) for each in quotes]
    priced = [each for each in quotes if each.charges]
    if priced and not any(each.charges for each in converted):
        priced[0].in_currency(chosen, exchange_rates)  # raises the reason
    return rank(whole, day, chosen, converted, baseline, label)


def _common_currency(quotes: list[Quote]) -> str:
    currencies = {quote.currency for quote in quotes if quote.charges}
    return currencies.pop() if len(currencies) == 1 else COMMON_CURRENCY


def _converted(quote: Quote, currency: str, rates: ExchangeRates) -> Quote:
    try:
        return quote.in_currency(currency, rates)
    except CurrencyError as error:
        gap = Gap("requests", quote.requests, error.message, "conversion")
        return replace(quote, currency=currency, charges=(), gaps=(gap,), unserved=error.message)
