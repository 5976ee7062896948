"""The functions of the front door: load prices and workloads, quote one offer, compare many."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from llmcost import cost_models
from llmcost.core.offers.catalogue import MIX, SELF_HOSTED, Catalogue, Offer, mix
from llmcost.core.quotes.comparison import Comparison, rank
from llmcost.core.quotes.quote import SHOWS_NEW, Gap, Month, Quote, summed, together
from llmcost.core.values.dates import PricingDay, months_later, pricing_day
from llmcost.core.values.money import NO_RATES, ExchangeRates, check_currency
from llmcost.core.workload.requests import Workload
from llmcost.core.workload.usage import Usage
from llmcost.errors import CurrencyError, LlmcostError, OfferError

if TYPE_CHECKING:
    from llmcost.core.analysis.adjustments import Adjustment
    from llmcost.core.analysis.contract import Commitment, Contract
    from llmcost.cost_models.self_hosted.throughput import Throughput

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


@cache
def _builtin_rates() -> ExchangeRates:
    return load_exchange_rates()


def load_workload(path: str | Path, catalogue: Catalogue | None = None) -> Workload:
    """The workload in a file, or a ready-made one by its name, such as ``chat-support``.

    ``catalogue`` finds the offers that classes are fixed to. Raises LlmcostError when the file is unsound.
    """
    from llmcost.sheets.load import builtin_folder
    from llmcost.workloads.file import read_workload
    from llmcost.workloads.presets import workload_path

    found = workload_path(str(path), builtin_folder())
    return read_workload(found, find=catalogue.find if catalogue is not None else None)


def quote(offer: Offer, workload: Workload | Usage, on: date | PricingDay) -> Quote:
    """What an offer charges on a day, in its own currency.

    ``workload`` is a month of requests, or a Usage for a single request. ``on`` is a date (prices are spread over the
    hours of its week) or an aware datetime (everything at that instant). A price that is not known is a gap in the
    quote, never zero.
    Raises CurrencyError when a class is fixed to an offer in another currency: ``compare`` converts, this does not.
    """
    day = pricing_day(on)
    if isinstance(workload, Usage):
        return cost_models.quote(offer, Workload.of(workload), day)
    offer = cost_models.settled(offer, workload.free, day)
    quotes = _quotes(offer, workload, day)
    currencies = {each.currency for each in quotes if each.charges}
    if len(currencies) > 1:
        raise CurrencyError(f"the offers charge in {' and '.join(sorted(currencies))}", "use compare, which converts")
    return quotes[0] if len(quotes) == 1 else together(offer, quotes)


def compare(
    offers: Iterable[Offer],
    workload: Workload | Usage,
    on: date | PricingDay,
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
    listed = list(offers) if whole.free.groups or not whole.groups else [mix(whole.name)]
    listed = [cost_models.settled(each, whole.free, day) for each in listed]
    if baseline is not None and baseline not in {each.name for each in listed}:
        raise OfferError(f"the baseline {baseline} is not among the offers compared", "give the full id of one of them")
    chosen = check_currency(currency) if currency else None
    owed = contract.commitments if contract is not None else ()
    if contract is not None:
        listed = [contract.offer(each) for each in listed]
        whole = whole.with_offers(contract.offer)
    if not adjustments:
        return rank(whole, day, *_quoted(listed, whole, day, months, chosen, exchange_rates, owed), baseline, label)
    from llmcost.core.analysis.adjustments import adjusted  # imported late: only a what-if needs it

    supposed = [adjusted(each, adjustments) for each in listed]
    changed = whole.with_offers(lambda offer: adjusted(offer, adjustments))
    chosen, quotes = _quoted(supposed, changed, day, months, chosen, exchange_rates, owed)
    _, unchanged = _quoted(listed, whole, day, months, chosen, exchange_rates, owed)
    before = {each.offer.name: each.cost for each in unchanged if each.complete}
    return rank(whole, day, chosen, quotes, baseline, label, before)


def predict_throughput(
    model: str,
    precision: str,
    accelerator: str,
    count: int,
    input_tokens: float,
    output_tokens: float,
    concurrency: float,
    *,
    engine: str | None = None,
    tensor_parallel: int | None = None,
    data_parallel: int | None = None,
    expert_parallel: int | None = None,
    use_measurements: bool = True,
    catalogue: Catalogue | None = None,
) -> Throughput:
    """How many output tokens a second one replica of open weights makes, from the best evidence there is.

    ``model`` is a public name such as ``Qwen/Qwen3.6-27B`` or an id, ``precision`` bf16, fp8, fp4 or int4,
    ``count`` the accelerators of the replica, ``concurrency`` the requests under way at once. ``engine`` of None takes
    any; the parallelism of None is one tensor-parallel group. ``use_measurements`` of False asks the calibrated model
    alone. ``catalogue`` of None is the built-in sheets.
    Raises OfferError for an unknown model, precision or accelerator, and LlmcostError when it does not fit or
    a number makes no sense.
    """
    from llmcost.core.offers.open_weights import parse_precision
    from llmcost.cost_models.self_hosted.throughput import estimate

    hosting = (catalogue if catalogue is not None else load_catalogue()).self_hosting
    try:
        load = (float(input_tokens), float(output_tokens), float(concurrency))
    except (TypeError, ValueError):
        raise LlmcostError("lengths and concurrency are numbers", "check the arguments") from None
    return estimate(
        hosting,
        model,
        parse_precision(precision),
        accelerator,
        count,
        load,
        engine=engine,
        parallel=(tensor_parallel, data_parallel, expert_parallel),
        use_measurements=use_measurements,
    )


def _quoted(
    offers: Sequence[Offer],
    workload: Workload,
    day: PricingDay,
    months: int,
    currency: str | None,
    rates: ExchangeRates | None,
    owed: Sequence[Commitment] = (),
) -> tuple[str, list[Quote]]:
    """Every offer's quote for all the months, in one currency, and which that is."""
    if owed:
        from llmcost.core.analysis.contract import committed  # imported late: few have committed a spend
    raw = [(offer, _series(offer, workload, day, months)) for offer in offers]
    parts = [each for _, series in raw for _, month in series for quotes in month for each in quotes]
    chosen = currency or _common_currency(parts)
    priced = [each for each in parts if each.charges]
    if rates is None:
        rates = _builtin_rates() if any(each.currency != chosen for each in priced) else NO_RATES
    converted = {id(each): _converted(each, chosen, rates) for each in parts}
    if priced and not any(converted[id(each)].charges for each in priced):
        priced[0].in_currency(chosen, rates)  # raises the reason
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
            later = [note for note in whole.notes if note not in said and "stale: " not in note]
            ahead = [note for note in (*said, *later) if not note.endswith(SHOWS_NEW)]
            notes = dict.fromkeys((*ahead, *_change_notes(offer, workload, day, months)))
            whole = whole._replace(months=line, notes=tuple(notes), marks=totals[0][1].marks)
        quotes.append(whole)
    return chosen, quotes


def _joined(offer: Offer, quotes: list[Quote]) -> Quote:
    return quotes[0] if len(quotes) == 1 and quotes[0].offer == offer else together(offer, quotes)


def _one(quotes: list[Quote]) -> Quote:
    return quotes[0] if len(quotes) == 1 else summed(quotes)


def _series(offer: Offer, workload: Workload, day: PricingDay, months: int) -> list[tuple[date, list[list[Quote]]]]:
    """The quotes of every month, each cut where a price changes, and in each cut those of every offer involved."""
    if months == 1:
        return [(day.day, [_quotes(offer, workload, day)])]
    series = []
    for number in range(months):
        starts, ends = months_later(day.day, number), months_later(day.day, number + 1)
        cuts = [starts, *_changes(offer, workload, starts, ends), ends]
        month = []
        for first, last in pairwise(cuts):
            part = Fraction((last - first).days, (ends - starts).days)
            month.append(_quotes(offer, workload.in_month(number, part), PricingDay(first)))
        series.append((starts, month))
    return series


def _changes(offer: Offer, workload: Workload, after: date, before: date) -> list[date]:
    """The days between two on which a price of any offer involved changes."""
    involved = [each for each in (offer, *workload.fixed) if each.kind != MIX]
    return sorted({change for each in involved for change in each.history.changes(after, before)})


def _change_notes(offer: Offer, workload: Workload, day: PricingDay, months: int) -> list[str]:
    changes = _changes(offer, workload, day.day, months_later(day.day, months))
    ends = [] if offer.kind == MIX else [day for day in changes if not offer.history.sold(PricingDay(day))]
    return [
        f"it is withdrawn on {change}"
        if change in ends
        else f"its prices change on {change}; each month is priced with those in force then"
        for change in changes
    ]


def _quotes(offer: Offer, workload: Workload, day: PricingDay) -> list[Quote]:
    """The quotes of the offer, and of those that classes are fixed to."""
    if all(group.offer is None for group in workload.groups):
        return [cost_models.quote(offer, workload, day)]
    parts = {offer.name: (offer, workload.free)} if offer.kind != MIX else {}
    for each, part in workload.fixed.items():
        each = cost_models.settled(each, part, day)
        had = parts.get(each.name)
        parts[each.name] = (each, part) if had is None else (had[0], had[1].joined(part))
    serving = workload.serving
    quotes = []
    for each, part in parts.values():
        if each.kind == SELF_HOSTED:
            part, serving = replace(part, serving=serving), serving.shared
        quotes.append(cost_models.quote(each, part, day))
    return quotes


def _common_currency(quotes: list[Quote]) -> str:
    currencies = {quote.currency for quote in quotes if quote.charges}
    return currencies.pop() if len(currencies) == 1 else COMMON_CURRENCY


def _converted(quote: Quote, currency: str, rates: ExchangeRates) -> Quote:
    try:
        return quote.in_currency(currency, rates)
    except CurrencyError as error:
        gap = Gap("requests", quote.requests, error.message, "conversion")
        return quote._replace(currency=currency, charges=(), gaps=(gap,), unserved=error.message)
