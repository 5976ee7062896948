"""What real usage would have cost on other offers, each model of it moved to one of theirs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from llmcost.api.usage.moves import Mover, UsageParts
from llmcost.api.usage.pricer import UsagePricer
from llmcost.api.usage.tables import read_cut
from llmcost.api.usage.used import Used, used_of
from llmcost.api.usage.work import group_of
from llmcost.core.offers.offer import Listing, Offer, mix
from llmcost.core.offers.spellings import plain
from llmcost.core.pricing.boundaries import Boundaries, union_of
from llmcost.core.quotes.combine import combine_offers
from llmcost.core.quotes.comparison import Comparison, QuoteSet, rank
from llmcost.core.quotes.quote import Quote, unserved_quote
from llmcost.core.values.dates import PricingDay
from llmcost.core.values.reasons import Reason
from llmcost.core.workload.requests import Workload
from llmcost.core.workload.text import KINDS
from llmcost.core.workload.usage_cells import Cutter, cut
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


def records_from(used: Any, pricer: UsagePricer, asked: Sequence[Offer] = ()) -> list[UsageRecord]:
    """The usage of a file, a folder or a table of Ibis, to be priced at offers that are ``asked`` about too.

    Raises LlmcostError for what cannot be read, or holds none.
    """
    if isinstance(used, (str, Path)):
        from llmcost.usage.many import read_all

        records = each_once(read_all([Path(used)]).records)
    else:
        from llmcost.usage.engine.connections import engine_on
        from llmcost.usage.engine.sources import sum_up

        engine = engine_on(used.get_backend())
        records = read_cut(pricer, lambda boundaries: sum_up(used, boundaries, engine), asked).records
    if not records:
        raise LlmcostError("there is no usage in it", "name another file, folder or table")
    return records


class UsageQuestion(NamedTuple):
    """What is asked of some usage: its name, a row to count from (None: the first), and what kinds of text it is of."""

    name: str = "usage"
    baseline: str | None = None
    kinds: tuple[str, ...] = KINDS


def compare_usage(
    pricer: UsagePricer,
    records: Sequence[UsageRecord],
    plans: Iterable[Plan],
    question: UsageQuestion | None = None,
) -> Comparison:
    """What the usage costs by each plan, cheapest first, at the prices of each request's own day or of the pricer's.

    On another seller's offer the hits of the cache are taken to be the same, and the quote has a range from there to no
    caching at all. Of another tokenizer it has the range of what samples say that it counts, and the cost is that of
    the middle.
    """
    asked = question or UsageQuestion()
    chosen = list(plans)
    mover = Mover(pricer, asked.kinds)
    sent: dict[Used, dict[str, Offer]] = {}
    for plan in chosen:
        for used, offer in plan.offers.items():
            offers = sent.setdefault(used, {})
            if isinstance(offer, Offer):
                offers[offer.name] = offer
    every = {
        used: union_of(mover.boundaries(used, offer) for offer in offers.values()).with_days(pricer.exchange_rates.days)
        for used, offers in sent.items()
    }
    # Cut once by the boundaries of all of them, so that each cuts a few cells and not every record again.
    few = Cutter(records).cells_by(lambda record: every[used_of(record)], pricer.on)
    parts = UsageParts(cell.record for cell in few)
    quotes: dict[str, Quote] = {}
    for plan in chosen:
        row = plan.row
        if row.name not in quotes:
            quotes[row.name] = _planned(mover, parts, plan, row)
    sums = any(record.is_sum for record in records)
    sold = [_as_sold(quote, ("start-unknown", *(UNKNOWN_SIZES if sums else ()))) for quote in quotes.values()]
    workload = workload_of(records, asked.name)
    day = pricer.on or PricingDay(max(record.start for record in records).date())
    return rank(workload, day, QuoteSet(pricer.currency, sold), asked.baseline)


UNKNOWN_SIZES = ("context-unknown", "context-exceeded", "sizes-not-sold")
"""Doubts that a sum of many requests raises, of which nobody says that any was so large."""


def _as_sold(quote: Quote, codes: Sequence[str]) -> Quote:
    """The quote with some of its doubts as notes: what is asked is what it would have cost."""
    early = tuple(doubt for doubt in quote.doubts if doubt.code in codes)
    kept = tuple(doubt for doubt in quote.doubts if doubt not in early)
    return quote._replace(doubts=kept, notes=(*quote.notes, *(note for note in early if note not in quote.notes)))


def _planned(mover: Mover, parts: UsageParts, plan: Plan, row: Offer) -> Quote:
    by_offer: dict[str, tuple[Offer, set[Used]]] = {}
    open_parts: list[Quote] = []
    for used, records in parts.of.items():
        offer = plan.offers[used]
        if isinstance(offer, str):
            why = Reason("offer-unknown", offer)
            part = unserved_quote(row, workload_of(records, used[1]), _day(mover.pricer, records), why)
            open_parts.append(part._replace(currency=mover.pricer.currency))
        else:
            by_offer.setdefault(offer.name, (offer, set()))[1].add(used)
    quotes = [mover.quote(offer, parts, frozenset(moved)) for offer, moved in by_offer.values()]
    if len(quotes) == 1 and not open_parts and quotes[0].offer == row:
        return quotes[0]
    whole = combine_offers(row, [*quotes, *(part._replace(offer=row, unserved=None) for part in open_parts)])
    return whole if quotes else whole._replace(unserved="; ".join(part.unserved or "" for part in open_parts))


def _day(pricer: UsagePricer, records: Sequence[UsageRecord]) -> PricingDay:
    return pricer.on or PricingDay(records[0].start.date())


def workload_of(records: Iterable[UsageRecord], name: str) -> Workload:
    """The usage as a workload of a class for each model, for showing what was asked."""
    return Workload(tuple(group_of(cell).of_one for cell in cut(records, Boundaries())), name)


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
        meant = {_used_name(pricer, name, used): offer for name, offer in moves.items()}
        plans.append(Plan(MAPPED, {each: meant.get(each[1], own[each]) for each in used}))
    plans += [Plan(offer.name, dict.fromkeys(used, offer)) for offer in offers]
    return [*plans, *(_elsewhere(pricer, own) if elsewhere else ())]


def _used_name(pricer: UsagePricer, name: str, used: Sequence[Used]) -> str:
    """What the source calls a model that is named, also in another way of writing, which is said. Raises OfferError."""
    names = sorted({model for _, model, _, _ in used})
    if name in names:
        return name
    alike = [each for each in names if plain(each) == plain(name)]
    if len(alike) != 1:
        raise OfferError(f"--map: {name} was not used", f"used were {', '.join(names)}")
    pricer.said[f"--map: {name} is taken as {alike[0]}"] = None
    return alike[0]


def _elsewhere(pricer: UsagePricer, own: Mapping[Used, Offer | str]) -> list[Plan]:
    """Every model at each other seller that has all of them, under the same key; [] where a model is not known."""
    known = {used: offer for used, offer in own.items() if isinstance(offer, Offer)}
    if len(known) < len(own):
        return []
    wanted, sellers = {offer.model for offer in known.values()}, {offer.seller for offer in known.values()}
    by_seller: dict[str, dict[str, list[Listing]]] = {}
    for listing in pricer.catalogue.listings:
        if listing.model in wanted:
            by_seller.setdefault(listing.seller, {}).setdefault(listing.model, []).append(listing)
    return [
        Plan(f"at {seller}", {used: _at(pricer, offer, models[offer.model]) for used, offer in known.items()})
        for seller, models in sorted(by_seller.items())
        if wanted <= models.keys() and sellers != {seller}
    ]


def _at(pricer: UsagePricer, own: Offer, listings: Sequence[Listing]) -> Offer:
    """What a seller has of a model, at the place where it was used if that is sold; which of several ids is said."""
    listing = next((each for each in listings if own.place in each.places), listings[0])
    place = own.place if own.place in listing.places else listing.home or listing.places[0]
    offer = listing.load()[place]
    if len(listings) > 1:
        what = f"at {offer.seller}: {own.model} is taken as {offer.name}, of {len(listings)} ids that it is sold by"
        pricer.said[what] = None
    return offer
