"""Usage of tables that an engine adds up, cut where the prices change that are asked about."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from llmcost.api.usage.moves import Mover
from llmcost.api.usage.pricer import UsagePricer
from llmcost.api.usage.used import used_of
from llmcost.core.offers.offer import Offer
from llmcost.core.pricing.boundaries import Boundaries, union_of
from llmcost.core.workload.text import KINDS

if TYPE_CHECKING:
    from llmcost.usage.engine.sources import TableRead

MOST_MOVED = 40
"""Offers for whose tokenizers sizes are cut too; of more, a sum may be of requests on both sides of an edge."""


def read_cut(
    pricer: UsagePricer,
    read: Callable[[Boundaries], TableRead],
    asked: Sequence[Offer] = (),
    kinds: Sequence[str] = KINDS,
) -> TableRead:
    """The usage of a table that ``read`` adds up between boundaries, for pricing where it was used and at some offers.

    It is read again where what was used shows that it has to be cut at more places: where something is known from
    public tables alone, whose edges are many, and where an offer's tokenizer moves sizes across its edges.
    """
    boundaries = pricer.boundaries(asked)
    found = read(boundaries)
    used = {used_of(record) for record in found.records}
    offers = [pricer.offer_of(each) for each in used]
    listed = {(listing.seller, listing.id) for listing in pricer.catalogue.listings}
    mover = Mover(pricer, kinds)
    more = [pricer.boundaries(widest=True)] if any(_is_public(offer, listed) for offer in offers) else []
    if len(asked) <= MOST_MOVED:
        sold = {offer.name: offer for offer in asked if offer.deployment is None}.values()
        moved = ((pricer.boundaries_at(offer), mover.boundaries(each, offer)) for offer in sold for each in used)
        more += [found for own, found in moved if found != own]
    return read(union_of([boundaries, *more])) if more else found


def _is_public(offer: Offer | str, listed: set[tuple[str, str]]) -> bool:
    """Whether an offer is known from public tables alone."""
    return isinstance(offer, Offer) and (offer.seller, offer.id) not in listed
