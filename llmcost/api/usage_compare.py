"""What real usage would have cost on other offers, each model of it moved to one of theirs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from llmcost.api.usage import UsagePricer, Used, group_of, used_of
from llmcost.core.offers.offer import Offer, mix
from llmcost.core.pricing.boundaries import Boundaries, boundaries_of
from llmcost.core.quotes.combine import combine_offers
from llmcost.core.quotes.comparison import Comparison, QuoteSet, rank
from llmcost.core.quotes.notes import Note
from llmcost.core.quotes.quote import Quote, unserved_quote
from llmcost.core.values.dates import PricingDay
from llmcost.core.values.reasons import Reason
from llmcost.core.workload.requests import Workload
from llmcost.core.workload.usage_cells import cut
from llmcost.core.workload.usage_record import UsageRecord, each_once
from llmcost.errors import LlmcostError, OfferError

AS_USED = "as used"
MAPPED = "as mapped"


class Plan(NamedTuple):
    """A row of the comparison: the offer that each model which was used goes to, by what the source calls the model.

    Where no offer is known there is the reason why. ``name`` is the row's, where it is of several offers.
    """

    name: str
    offers: Mapping[Used, Offer | str]

    @property
    def row(self) -> Offer:
        """The one offer of the row, or a mixture of several."""
        found = {offer.name: offer for offer in self.offers.values() if isinstance(offer, Offer)}
        return next(iter(found.values())) if len(found) == 1 and self.whole else mix(self.name)

    @property
    def whole(self) -> bool:
        """Whether an offer is known for everything."""
        return all(isinstance(offer, Offer) for offer in self.offers.values())


def records_from(used: Any, pricer: UsagePricer) -> list[UsageRecord]:
    """The usage of a file, a folder or a table of Ibis. Raises LlmcostError for what cannot be read, or holds none."""
    if isinstance(used, (str, Path)):
        from llmcost.usage.read import read_all

        records = each_once(read_all([Path(used)]).records)
    else:
        from llmcost.usage.engine.sources import engine_on, sum_up

        records = sum_up(used, pricer.boundaries(), engine_on(used.get_backend())).records
    if not records:
        raise LlmcostError("there is no usage in it", "name another file, folder or table")
    return records


def compare_usage(
    pricer: UsagePricer,
    records: Sequence[UsageRecord],
    plans: Iterable[Plan],
    name: str = "usage",
    baseline: str | None = None,
) -> Comparison:
    """What the usage costs by each plan, cheapest first, at the prices of each request's own day or of the pricer's.

    On another seller's offer the hits of the cache are taken to be the same, and the quote has a range from there to no
    caching at all. ``baseline`` is a row's name.
    """
    chosen = list(plans)
    offers = {offer.name: offer for plan in chosen for offer in plan.offers.values() if isinstance(offer, Offer)}
    every = boundaries_of((offer.history, offer.context_window) for offer in offers.values())
    every = every.with_days(pricer.exchange_rates.days)
    # Cut once by the boundaries of all of them, so that each cuts a few cells and not every record again.
    parts = _Parts(cell.record for cell in cut(records, every, pricer.on))
    quotes: dict[str, Quote] = {}
    for plan in chosen:
        row = plan.row
        if row.name not in quotes:
            quotes[row.name] = _planned(pricer, parts, plan, row)
    sums = any(record.requests != 1 and record.input_range is None for record in records)
    sold = [_as_sold(quote, ("start-unknown", *(UNKNOWN_SIZES if sums else ()))) for quote in quotes.values()]
    workload = workload_of(records, name)
    day = pricer.on or PricingDay(max(record.start for record in records).date())
    return rank(workload, day, QuoteSet(pricer.currency, sold), baseline)


UNKNOWN_SIZES = ("context-unknown", "context-exceeded")
"""Doubts that a sum of many requests raises, of which nobody says that any was so large."""


def _as_sold(quote: Quote, codes: Sequence[str]) -> Quote:
    """The quote with some of its doubts as notes: what is asked is what it would have cost."""
    early = tuple(doubt for doubt in quote.doubts if doubt.code in codes)
    kept = tuple(doubt for doubt in quote.doubts if doubt not in early)
    return quote._replace(doubts=kept, notes=(*quote.notes, *(note for note in early if note not in quote.notes)))


class _Parts:
    """The usage by what it is of, and together; made once, as many offers ask for the same."""

    def __init__(self, records: Iterable[UsageRecord]) -> None:
        self.of: dict[Used, list[UsageRecord]] = {}
        for record in records:
            self.of.setdefault(used_of(record), []).append(record)
        self.writing = {used for used, part in self.of.items() if any(map(_has_written, part))}
        """Of which the source counts what is written to a cache: some of it is."""
        self._made: dict[frozenset[Used], list[UsageRecord]] = {}

    def together(self, wanted: frozenset[Used]) -> list[UsageRecord]:
        """Some parts as one list, the same one each time."""
        if wanted not in self._made:
            self._made[wanted] = [record for used, part in self.of.items() if used in wanted for record in part]
        return self._made[wanted]


def _has_written(record: UsageRecord) -> bool:
    return record.cache_write_5m + record.cache_write_1h + record.cache_write_unspecified > 0


def _planned(pricer: UsagePricer, parts: _Parts, plan: Plan, row: Offer) -> Quote:
    by_offer: dict[str, tuple[Offer, set[Used], set[Used]]] = {}
    open_parts: list[Quote] = []
    for used, records in parts.of.items():
        offer = plan.offers[used]
        if isinstance(offer, str):
            why = Reason("offer-unknown", offer)
            part = unserved_quote(row, workload_of(records, used[1]), _day(pricer, records), why)
            open_parts.append(part._replace(currency=pricer.currency))
            continue
        own = pricer.offer_of(used)
        at_home = isinstance(own, Offer) and own.seller == offer.seller
        _, same, moved = by_offer.setdefault(offer.name, (offer, set(), set()))
        (same if at_home else moved).add(used)
    quotes = [
        _on_offer(pricer, offer, parts, frozenset(same), frozenset(moved)) for offer, same, moved in by_offer.values()
    ]
    if len(quotes) == 1 and not open_parts and quotes[0].offer == row:
        return quotes[0]
    whole = combine_offers(row, [*quotes, *(part._replace(offer=row, unserved=None) for part in open_parts)])
    return whole if quotes else whole._replace(unserved="; ".join(part.unserved or "" for part in open_parts))


def _day(pricer: UsagePricer, records: Sequence[UsageRecord]) -> PricingDay:
    return pricer.on or PricingDay(records[0].start.date())


def _on_offer(pricer: UsagePricer, offer: Offer, parts: _Parts, same: frozenset[Used], moved: frozenset[Used]) -> Quote:
    """The quote of an offer for usage of its own seller, which counts as it does, and for usage of others."""
    records = parts.together(same | moved)
    if not moved:
        return pricer.quote(offer, records)

    def hit(record: UsageRecord) -> UsageRecord:
        used = used_of(record)
        return with_same_hits(record, counts_writing=used in parts.writing) if used in moved else record

    hits = pricer.quote(offer, records, hit)
    none = pricer.quote(offer, records, lambda record: without_cache(record) if used_of(record) in moved else record)
    if hits.cost == none.cost or not (hits.complete and none.complete):
        return hits
    low, high = (hits.cost if hits.low is None else hits.low), (none.cost if none.high is None else none.high)
    said = Note(
        "cache-moved",
        "its cache is taken to be hit as often as that which was used; the range ends where it never is",
    )
    return hits._replace(spread=(min(low, high), max(low, high)), notes=(*hits.notes, said))


def with_same_hits(record: UsageRecord, *, counts_writing: bool) -> UsageRecord:
    """A record as another seller would count it with the same hits.

    How long the cache keeps what was written is the other seller's own. Where the source does not count what is
    written, as it charges nothing for that, all that was not read is taken as written; a seller that does not charge
    either bills it as input.
    """
    written = record.cache_write_5m + record.cache_write_1h + record.cache_write_unspecified
    fresh = record.input_uncached
    if record.cache_read and not counts_writing:
        written, fresh = fresh, 0
    return record._replace(input_uncached=fresh, cache_write_5m=0, cache_write_1h=0, cache_write_unspecified=written)


def without_cache(record: UsageRecord) -> UsageRecord:
    """A record with all its input paid in full."""
    return record._replace(
        input_uncached=record.input,
        cache_read=0,
        cache_write_5m=0,
        cache_write_1h=0,
        cache_write_unspecified=0,
        cached_unknown=False,
    )


def workload_of(records: Iterable[UsageRecord], name: str) -> Workload:
    """The usage as a workload of a class for each model, for showing what was asked."""
    return Workload(tuple(map(group_of, cut(records, Boundaries()))), name)


def plans_of(
    pricer: UsagePricer,
    records: Iterable[UsageRecord],
    *,
    offers: Sequence[Offer] = (),
    moves: Mapping[str, Offer] | None = None,
    elsewhere: bool = True,
) -> list[Plan]:
    """The rows to compare: what was used, and the usage moved.

    To each of ``offers`` everything is moved; by ``moves`` each model to an offer, the others staying where they are;
    and with ``elsewhere`` each model to every other seller that has all of them. Raises OfferError for a move of a
    model that was not used.
    """
    used = list(dict.fromkeys(map(used_of, records)))
    own = {each: pricer.offer_of(each) for each in used}
    plans = [Plan(AS_USED, own)]
    if moves:
        _check_moves(moves, used)
        plans.append(Plan(MAPPED, {each: moves.get(each[1], own[each]) for each in used}))
    plans += [Plan(offer.name, dict.fromkeys(used, offer)) for offer in offers]
    return [*plans, *(_elsewhere(pricer, own) if elsewhere else ())]


def _check_moves(moves: Mapping[str, Offer], used: Sequence[Used]) -> None:
    names = sorted({model for _, model, _, _ in used})
    for name in moves:
        if name not in names:
            raise OfferError(f"{name} was not used", f"used were {', '.join(names)}")


def _elsewhere(pricer: UsagePricer, own: Mapping[Used, Offer | str]) -> list[Plan]:
    """Every model at each other seller that has all of them, under the same key; [] where a model is not known."""
    known = [offer for offer in own.values() if isinstance(offer, Offer)]
    if len(known) < len(own):
        return []
    by_seller: dict[str, dict[str, Offer]] = {}
    for listing in pricer.catalogue.listings:
        if listing.model in {offer.model for offer in known}:
            offer = listing.load()[listing.home or listing.places[0]]
            by_seller.setdefault(listing.seller, {}).setdefault(listing.model, offer)
    sellers = {offer.seller for offer in known}
    return [
        Plan(f"at {seller}", {used: models[offer.model] for used, offer in own.items() if isinstance(offer, Offer)})
        for seller, models in sorted(by_seller.items())
        if {offer.model for offer in known} <= models.keys() and sellers != {seller}
    ]
