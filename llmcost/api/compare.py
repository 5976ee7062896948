"""What one offer costs, and many offers compared."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from llmcost import cost_models
from llmcost.api.builtin import builtin_catalogue, builtin_rates
from llmcost.api.months import change_notes, quotes_at_once, series_of
from llmcost.core.offers.offer import Offer, mix
from llmcost.core.quotes.combine import combine_offers, sum_periods
from llmcost.core.quotes.comparison import Comparison, QuoteSet, rank
from llmcost.core.quotes.notes import STALE
from llmcost.core.quotes.quote import Gap, Month, Quote
from llmcost.core.values.dates import PricingDay, pricing_day
from llmcost.core.values.money import NO_RATES, ExchangeRates, check_currency
from llmcost.core.values.reasons import Reason
from llmcost.core.workload.requests import Workload
from llmcost.core.workload.usage import Usage
from llmcost.errors import CurrencyError, LlmcostError, OfferError

if TYPE_CHECKING:
    from llmcost.core.analysis.adjustments import Adjustment
    from llmcost.core.analysis.contract import Commitment, Contract

COMMON_CURRENCY = "USD"


def quote(offer: Offer | str, workload: Workload | Usage, on: date | PricingDay | str) -> Quote:
    """What an offer charges on a day, in its own currency.

    ``offer`` may be a selector, of the built-in prices. ``workload`` is a month of requests, or a Usage for a single
    request. ``on`` is a date (prices are spread over the hours of its week) or an aware datetime (everything at that
    instant), or the text of one. A price that is not known is a gap in the quote, never zero.
    Raises CurrencyError when a class is fixed to an offer in another currency: ``compare`` converts, this does not.
    """
    day = pricing_day(on)
    if isinstance(offer, str):
        offer = builtin_catalogue().find(offer)
    if isinstance(workload, Usage):
        return cost_models.quote(offer, Workload.of(workload), day)
    offer = cost_models.pin(offer, workload.free, day)
    quotes = quotes_at_once(offer, workload, day)
    return quotes[0] if len(quotes) == 1 else combine_offers(offer, quotes)


def compare(  # noqa: PLR0913 - keyword-only options of the front door
    offers: Iterable[Offer | str],
    workload: Workload | Usage,
    on: date | PricingDay | str,
    *,
    currency: str | None = None,
    exchange_rates: ExchangeRates | None = None,
    baseline: str | None = None,
    label: str | None = None,
    months: int = 1,
    adjustments: Sequence[Adjustment] = (),
    contract: Contract | None = None,
) -> Comparison:
    """Quote every offer and rank them, cheapest first.

    ``offers`` may be selectors, of the built-in prices, and ``on`` may be the text of a day.
    ``currency`` of None means the offers' own when they share one, else USD.
    ``exchange_rates`` of None are the built-in ones, see ``load_exchange_rates``.
    ``baseline`` is the full id the ratios refer to; None means the cheapest.
    ``months`` above one adds up as many months, each with its growth and the prices in force then.
    ``adjustments`` are supposed price changes; each row then also holds its cost without them.
    ``contract`` is what was negotiated with sellers; None means list prices.
    A workload whose classes are all fixed to offers is one row, whatever ``offers`` are.
    An offer whose currency cannot be converted on that day comes back unserved, with the reason.
    Raises CurrencyError for a code that is no currency or when no offer can be converted to it, OfferError for a
    ``baseline`` that is not among the offers, and LlmcostError for months from an instant on.
    """
    whole = Workload.of(workload) if isinstance(workload, Usage) else workload
    day = pricing_day(on)
    if months > 1 and day.instant is not None:
        raise LlmcostError("a series of months cannot start at an instant", "give a day without a time")
    listed = [builtin_catalogue().find(each) if isinstance(each, str) else each for each in offers]
    listed = listed if whole.free.groups or not whole.groups else [mix(whole.name)]
    listed = [cost_models.pin(each, whole.free, day) for each in listed]
    if baseline is not None and baseline not in {each.name for each in listed}:
        raise OfferError(f"the baseline {baseline} is not among the offers compared", "give the full id of one of them")
    chosen = check_currency(currency) if currency else None
    owed = contract.commitments if contract is not None else ()
    if contract is not None:
        listed = [contract.offer(each) for each in listed]
        whole = whole.with_offers(contract.offer)
    basis = QuoteBasis(day=day, months=months, currency=chosen, exchange_rates=exchange_rates, commitments=owed)
    if not adjustments:
        return rank(whole, day, _quoted(listed, whole, basis), baseline, label)
    from llmcost.core.analysis.adjustments import adjusted

    supposed = [adjusted(each, adjustments) for each in listed]
    changed = whole.with_offers(lambda offer: adjusted(offer, adjustments))
    found = _quoted(supposed, changed, basis)
    unchanged = _quoted(listed, whole, basis._replace(currency=found.currency)).quotes
    before = {each.offer.name: each.cost for each in unchanged if each.complete}
    return rank(whole, day, found, baseline, label, before)


class QuoteBasis(NamedTuple):
    """What every offer of a comparison is quoted on: from which day, for how long, in which money, with what is owed.

    ``currency`` of None means the offers' own when they share one, else USD. ``exchange_rates`` of None are the
    built-in ones.
    """

    day: PricingDay
    months: int
    currency: str | None
    exchange_rates: ExchangeRates | None
    commitments: Sequence[Commitment]


def _quoted(offers: Sequence[Offer], workload: Workload, basis: QuoteBasis) -> QuoteSet:
    """Every offer's quote for all the months, in one currency."""
    day, months, owed = basis.day, basis.months, basis.commitments
    if owed:
        from llmcost.core.analysis.contract import committed
    raw = [(offer, series_of(offer, workload, day, months)) for offer in offers]
    parts = [each for _, series in raw for _, month in series for quotes in month for each in quotes]
    chosen = basis.currency or _common_currency(parts)
    priced = [each for each in parts if each.charges]
    rates = basis.exchange_rates
    if rates is None:
        rates = builtin_rates() if any(each.currency != chosen for each in priced) else NO_RATES
    # By identity, as hashing a quote would hash every charge of it; `parts` keeps them all alive meanwhile.
    converted = {id(each): _converted(each, chosen, rates) for each in parts}
    if priced and not any(converted[id(each)].charges for each in priced):
        priced[0].in_currency(chosen, rates)  # none can be converted: this raises the CurrencyError that says why
    quotes = []
    for offer, series in raw:
        totals = []
        for starts, month in series:
            joined = [[converted[id(each)] for each in at_once] for at_once in month]
            total = _one([_joined(offer, each) for each in joined])
            totals.append((starts, committed(total, owed) if owed else total))
        whole = _one([total for _, total in totals])
        if months > 1:
            line = tuple(Month(starts, total.cost, total.complete) for starts, total in totals)
            said = totals[0][1].notes
            later = [note for note in whole.notes if note not in said and note.code != STALE]
            ahead = [note for note in (*said, *later) if note.code != "price-change"]
            notes = dict.fromkeys((*ahead, *change_notes(offer, workload, day, months)))
            whole = whole._replace(months=line, notes=tuple(notes))
        quotes.append(whole)
    return QuoteSet(chosen, quotes)


def _joined(offer: Offer, quotes: list[Quote]) -> Quote:
    return quotes[0] if len(quotes) == 1 and quotes[0].offer == offer else combine_offers(offer, quotes)


def _one(quotes: list[Quote]) -> Quote:
    return quotes[0] if len(quotes) == 1 else sum_periods(quotes)


def _common_currency(quotes: list[Quote]) -> str:
    currencies = {quote.currency for quote in quotes if quote.charges}
    return currencies.pop() if len(currencies) == 1 else COMMON_CURRENCY


def _converted(quote: Quote, currency: str, rates: ExchangeRates) -> Quote:
    try:
        return quote.in_currency(currency, rates)
    except CurrencyError as error:
        why = Reason("currency", error.message)
        gap = Gap("requests", quote.requests, why, "conversion")
        return quote._replace(currency=currency, charges=(), gaps=(gap,), unserved=why)
