"""What real usage costs: at list price where it was used, and what it would on any other offer."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from llmcost import cost_models
from llmcost.api.builtin import builtin_rates
from llmcost.api.usage.asked_cache import asked_caches, part_sums
from llmcost.api.usage.used import Used, UsedOffers, parts_of
from llmcost.api.usage.work import Work, with_all_read, with_all_written, work_of
from llmcost.core.offers.catalogue import Catalogue
from llmcost.core.offers.offer import Offer
from llmcost.core.pricing.boundaries import Boundaries, boundaries_of
from llmcost.core.quotes.combine import sum_periods
from llmcost.core.quotes.notes import Note
from llmcost.core.quotes.quote import Gap, Quote
from llmcost.core.quotes.usage_cost import UsageCost
from llmcost.core.values.dates import PricingDay
from llmcost.core.values.money import ExchangeRate, ExchangeRates
from llmcost.core.values.rates import Rate
from llmcost.core.workload.usage_cells import Cutter, UsageCell
from llmcost.core.workload.usage_record import UsageRecord
from llmcost.errors import CurrencyError

if TYPE_CHECKING:
    from llmcost.core.analysis.contract import Contract

MOST_CUTTERS = 4
FEW_CELLS = 500
"""Work of more is made anew each time, as keeping that of every way to cut would take the memory of many logs."""
ASKED = Note(
    "cache-asked",
    "what was written shows that its cache was asked for; what only read may have read from that or from the usual one",
)
ANY_TIME = Note("schedule", "a sum of usage is spread evenly over its time; the range is of all prices that it meets")


class Supposition(NamedTuple):
    """What usage is supposed to be, such as what another seller would count.

    ``change`` makes of a record what it is then. ``key`` tells it from other suppositions; what ``change`` goes by
    besides, as an offer has it on a day, is ``habit``. ``stays`` tells whether a record stays with the kind of cache
    that it used.
    """

    key: Hashable
    change: Callable[[UsageRecord, Any], UsageRecord]
    habit: Callable[[PricingDay], Hashable] = lambda _: None
    stays: Callable[[UsageRecord], bool] = lambda _: True


class UsagePricer:
    """Prices usage by the offers of a catalogue, in one currency; what was found for a model is kept.

    ``on`` of None means the day of each request, ``contract`` of None list prices.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        currency: str,
        exchange_rates: ExchangeRates | None,
        on: PricingDay | None = None,
        contract: Contract | None = None,
    ) -> None:
        self.catalogue = catalogue
        self.currency = currency
        self.exchange_rates = exchange_rates or builtin_rates()
        self.on = on
        self.contract = contract
        self.contracted: dict[Offer, Offer] = {}
        """The offers that were priced as agreed on, as they are then."""
        self.said: dict[str, None] = {}
        self._said: set[tuple[Offer, str]] = set()
        self.exchanges: dict[ExchangeRate, None] = {}
        """The exchange rates that prices were converted at."""
        self._offers = UsedOffers(catalogue, self.said)
        self._boundaries: dict[Offer, Boundaries] = {}
        self._works: dict[Hashable, tuple[list[UsageCell], Work]] = {}
        self._cutters: dict[int, tuple[Iterable[UsageRecord], Cutter]] = {}

    def cost(self, records: Iterable[UsageRecord]) -> UsageCost:
        """The list price of some usage, each model at the offer that was used."""
        low = high = Fraction(0)
        gaps: dict[str, None] = {}
        offers: dict[str, None] = {}
        for used, part in parts_of(records).items():
            offer = self.offer_of(used)
            if isinstance(offer, str):
                gaps[offer] = None
                continue
            try:
                quote = self.quote(offer, part)
            except CurrencyError as error:
                gaps[error.message] = None
                continue
            if quote.charges or quote.complete:
                offers[offer.name] = None
            for note in (*quote.notes, *quote.doubts):
                if note.code in ("start-unknown", ASKED.code) and (offer, note.code) not in self._said:
                    self._said.add((offer, note.code))  # of another day it says the same of another moment
                    self.said[f"{offer.name}: {note}"] = None
            low += quote.cost if quote.low is None else quote.low
            high += quote.cost if quote.high is None else quote.high
            if quote.low is not None and quote.low != quote.high:
                self.said[f"{offer.name}: its price is a range, as {_open_reason(part, quote)}"] = None
            if quote.incomplete_reason:
                gaps[quote.incomplete_reason] = None
        return UsageCost(low, high, tuple(sorted(gaps)), tuple(sorted(offers)))

    def quote(self, offer: Offer, records: Iterable[UsageRecord], supposed: Supposition | None = None) -> Quote:
        """What an offer charges for some usage, in the pricer's currency; ``supposed`` of None: as it is.

        Where a record does not say how much of its input was read from a cache, the quote is the dearer of none and
        all, with the range between them, and up to what it costs if all was written to one; so it is where it may have
        been read from a cache that is asked for or from the usual one, and where a sum goes on while prices change, of
        the prices that it meets.
        Raises CurrencyError when a price cannot be converted on its day.
        """
        return self.quote_cells(offer, self.cells(offer, records), supposed)

    def cells(self, offer: Offer, records: Iterable[UsageRecord]) -> list[UsageCell]:
        """Some usage, cut at an offer's boundaries."""
        return self._cutter(records).cells(self.boundaries_at(offer), self.on)

    def quote_cells(self, offer: Offer, cells: list[UsageCell], supposed: Supposition | None = None) -> Quote:
        """As ``quote``, of usage that is cut at the offer's boundaries."""
        works, caches = self.readings_of(offer, cells, supposed)
        quotes = [self._at_any_time(offer, work) for work in works]
        shown = max(quotes[: len(quotes) - works[0].cached_unknown], key=lambda each: each.cost)
        found = _between(shown, quotes)
        if not caches:
            return found
        requests = sum(cell.record.requests or 1 for cell in cells)  # of which parted sums have twice as many
        return found._replace(requests=requests, notes=(*found.notes, ASKED))

    def readings_of(
        self, offer: Offer, cells: list[UsageCell], supposed: Supposition | None = None
    ) -> tuple[list[Work], tuple[Any, ...] | None]:
        """What cells may be as work, and the caches that were asked for, if any.

        The last one, of usage that does not say what was cached, is that all was written, and is no more than an end.
        """
        work = self._work(cells, supposed)
        caches = asked_caches(offer, cells, supposed.stays if supposed else lambda _: True)
        works = [work]
        if caches:
            works = [work_of(*part_sums(work.cells, kinds)) for kinds in dict.fromkeys(map(tuple, caches))]
        if work.cached_unknown:
            for way in (with_all_read, with_all_written):
                works.append(work_of([way(cell) for cell in work.cells], works[0].caches))
        return works, caches

    def _at_any_time(self, offer: Offer, work: Work) -> Quote:
        """The quote of some work, with the range of the times at which sums may have been sent, as prices change."""
        found = self.quote_work(offer, work)
        low = high = Fraction(0)
        for cell, kind in zip(work.cells, work.caches, strict=True):
            if cell.turns:
                days = [UsageCell(cell.record, day) for day, _ in cell.turns]
                ends = [_ends(self.quote_work(offer, work_of([day], [kind]))) for day in days]
                shares = [share for _, share in cell.turns]
                least, most = ([each[end] for each in ends] for end in (0, 1))
                low += min(least) - _spread(least, shares)
                high += max(most) - _spread(most, shares)
        if low == high:
            return found
        least_of_all, most_of_all = _ends(found)
        spread = (least_of_all + low, most_of_all + high)
        return found._replace(spread=spread, notes=(*found.notes, ANY_TIME))

    def _work(self, cells: list[UsageCell], supposed: Supposition | None) -> Work:
        """What cells are as work to price; few are kept, as offers that cut alike and suppose the same ask for them."""
        habits = tuple(supposed.habit(cell.day) for cell in cells) if supposed else ()
        key = (id(cells), supposed.key if supposed else None, habits)
        if key in self._works:
            return self._works[key][1]
        changed = cells
        if supposed is not None:
            pairs = zip(cells, habits, strict=True)
            changed = [cell._replace(record=supposed.change(cell.record, habit)) for cell, habit in pairs]
        work = work_of(changed)
        if len(cells) <= FEW_CELLS:
            self._works[key] = cells, work  # with the cells, so that no others get their id
        return work

    def boundaries_at(self, offer: Offer) -> Boundaries:
        """Where an offer's prices change, in the pricer's currency."""
        if offer not in self._boundaries:
            self._boundaries[offer] = self._own_boundaries(offer)
        return self._boundaries[offer]

    def _own_boundaries(self, offer: Offer) -> Boundaries:
        found = boundaries_of([(offer.history, offer.context_window)])
        rates = (rate for version in offer.history.versions for rate in version.base.values())
        foreign = any(isinstance(rate, Rate) and rate.currency != self.currency for rate in rates)
        return found.with_days(self.exchange_rates.days) if foreign else found

    def boundaries(self, asked: Iterable[Offer] = (), *, widest: bool = False) -> Boundaries:
        """Where the prices of any offer that may be meant change, for adding up usage before it is known what was used.

        ``asked`` are further offers; ``widest``: also of what only public tables have.
        """
        catalogue = self.catalogue.widest if widest else self.catalogue
        offers = (offer for offer in (*catalogue.offers(), *asked) if offer.deployment is None)
        every = boundaries_of((offer.history, offer.context_window) for offer in offers)
        return every.with_days(self.exchange_rates.days)

    def sizes(self) -> Boundaries:
        """The sizes at which any price changes, or beyond which no request fits, also on servers of one's own."""
        every = self.boundaries()
        windows = {model.context_window + 1 for model in self.catalogue.self_hosting.models.values()}
        return Boundaries(tuple(sorted({*every.inputs, *windows})), every.outputs)

    def _cutter(self, records: Iterable[UsageRecord]) -> Cutter:
        """The records ready to be cut; the last few are kept, as one offer after the other asks for them."""
        key = id(records)
        if key not in self._cutters:
            while len(self._cutters) >= MOST_CUTTERS:
                del self._cutters[next(iter(self._cutters))]
            self._cutters[key] = (records, Cutter(records))  # with the records, so that no others get their id
        return self._cutters[key][1]

    def quote_work(self, offer: Offer, work: Work) -> Quote:
        """What an offer charges for work, in the pricer's currency. Raises CurrencyError as ``quote`` does."""
        priced = self._as_contracted(offer)
        quotes = [
            cost_models.quote(priced, workload, day)._replace(offer=offer) for day, workload in work.by_day.items()
        ]
        quotes = [quote._replace(notes=tuple(filter(self._is_of_usage, quote.notes))) for quote in quotes]
        if work.requests_unknown:
            quotes = list(map(_without_requests, quotes))
        converted = [quote.in_currency(self.currency, self.exchange_rates) for quote in quotes]
        self.exchanges |= {c.exchange: None for quote in converted for c in quote.charges if c.exchange is not None}
        return converted[0] if len(converted) == 1 else sum_periods(converted)

    def _is_of_usage(self, note: Note) -> bool:
        """Whether a note has a meaning for what was used, of which writes to a cache are counted.

        Where each request has the prices of its own day, no later ones are to be asked for.
        """
        return note.code != "cache-writes" and (self.on is not None or note.code != "price-change")

    def _as_contracted(self, offer: Offer) -> Offer:
        """The offer at the prices that were agreed on."""
        if self.contract is None:
            return offer
        if offer not in self.contracted:
            self.contracted[offer] = self.contract.offer(offer)
        return self.contracted[offer]

    def on_day(self, day: PricingDay) -> UsagePricer:
        """The same with the prices of one day for every request."""
        return UsagePricer(self.catalogue, self.currency, self.exchange_rates, day, self.contract)

    def offer_of(self, used: Used) -> Offer | str:
        """The offer that was used, which refuses nothing for its size; why there is none."""
        return self._offers.find(used)


def _open_reason(records: Iterable[UsageRecord], quote: Quote) -> str:
    """Why what was used at an offer has a range."""
    kept = list(records)
    reasons = []
    if any(record.cached_unknown for record in kept):
        reasons.append("how much was read from a cache")
    if ANY_TIME in quote.notes:
        reasons.append("when in its time it was sent")
    if ASKED in quote.notes:
        reasons.append("which of its caches was read")
    if (not reasons or quote.uncertainty) and any(record.is_sum for record in kept):
        reasons.append("how large each request was")
    if not reasons:
        reasons.append("which kinds of its content were cached")
    return f"it is not told {', nor '.join(reasons)}"


def _ends(quote: Quote) -> tuple[Fraction, Fraction]:
    """The least and the most of a quote."""
    low, high = quote.low, quote.high
    return quote.cost if low is None else low, quote.cost if high is None else high


def _spread(costs: Sequence[Fraction], shares: Sequence[Fraction]) -> Fraction:
    """What usage costs that is spread evenly over times at which it costs so much."""
    return sum((cost * share for cost, share in zip(costs, shares, strict=True)), Fraction(0))


def _between(shown: Quote, readings: Sequence[Quote]) -> Quote:
    """A quote with the range of all readings; that of one that has no full price is left out."""
    whole = [each for each in readings if each.complete] if shown.complete else [shown]
    ends = list(map(_ends, whole))
    low, high = min(low for low, _ in ends), max(high for _, high in ends)
    if high == shown.cost and shown.spread is None:
        return shown._replace(uncertainty=shown.cost - low)
    notes = tuple(dict.fromkeys(note for each in (shown, *whole) for note in each.notes if note == ANY_TIME))
    kept = tuple(note for note in shown.notes if note != ANY_TIME)
    return shown._replace(spread=None if low == high else (low, high), notes=(*kept, *notes))


def _without_requests(quote: Quote) -> Quote:
    """A quote of usage that does not say how many requests it was: what is charged for each is not known."""
    if not any(charge.meter == "requests" for charge in quote.charges):
        return quote
    gap = Gap("requests", 0, "the usage does not say how many requests there were", "usage")
    return quote._replace(
        charges=tuple(charge for charge in quote.charges if charge.meter != "requests"), gaps=(*quote.gaps, gap)
    )
