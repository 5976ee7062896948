"""What usage is of, as its source names it, and the offer that this was."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from operator import attrgetter

from llmcost.core.offers.catalogue import Catalogue
from llmcost.core.offers.offer import Offer
from llmcost.core.offers.resolution import Resolution
from llmcost.core.offers.sellers import seller_of
from llmcost.core.pricing.history import PriceHistory
from llmcost.core.workload.usage_record import UsageRecord
from llmcost.errors import LlmcostError

ANY_SIZE = 10**15
"""A context window that nothing exceeds."""

Used = tuple[str | None, str, str | None, str | None]
"""What usage is of: provider, model, terms and place."""
used_of: Callable[[UsageRecord], Used] = attrgetter("provider", "model", "terms", "place")
"""What a record is of."""


def parts_of(records: Iterable[UsageRecord]) -> dict[Used, list[UsageRecord]]:
    """The records by what they are of."""
    every = list(records)
    names = list(map(used_of, every))
    if names and names.count(names[0]) == len(names):  # as most are that are asked about together
        return {names[0]: every}
    found: dict[Used, list[UsageRecord]] = {}
    for used, record in zip(names, every, strict=True):
        found.setdefault(used, []).append(record)
    return found


class UsedOffers:
    """Finds the offers that were used; ``said`` takes what a reader has to know of it."""

    def __init__(self, catalogue: Catalogue, said: dict[str, None]) -> None:
        self.catalogue = catalogue
        self.said = said
        self._found: dict[Used, Offer | str] = {}

    def find(self, used: Used) -> Offer | str:
        """The offer that was used, which refuses nothing for its size; why there is none."""
        if used not in self._found:
            self._found[used] = self._look_up(*used)
        return self._found[used]

    def _look_up(self, provider: str | None, model: str, terms: str | None, place: str | None) -> Offer | str:
        """The offer of a model at the seller that is named, and at its developer where none is named that is known."""
        model = model.rpartition("/")[2] if model.startswith("arn:") else model  # AWS's name of an id
        seller = seller_of(provider) if provider else None
        # Public tables are asked last, as reading them takes as long as all else here.
        known = _sells(self.catalogue, seller) or _sells(self.catalogue.widest, seller)
        bare = model.startswith(f"{seller}/") or not known
        name = model if bare else f"{seller}/{model}"
        name += f"@{place}" if place else ""
        try:
            otherwise = f"{model}@{place}" if place else model
            found = self._understood(name, otherwise, seller if known and not bare else None)
            offer = found.offer if terms is None else found.offer.on_terms(terms)
        except LlmcostError:
            on = f" on {terms} terms" if terms else ""
            where = f" in {place}" if place else ""
            return f"no offer of {model} is known{on}" + (f" at {seller}" if known else "") + where
        if found.guessed or not known:
            self.said[f"{model} is taken as {offer.name}"] = None
        return as_served(offer)

    def _understood(self, name: str, otherwise: str, seller: str | None) -> Resolution:
        """What a name means; where it means nothing at a seller, what the one without it means if that sells it.

        Raises LlmcostError for neither.
        """
        try:
            return self.catalogue.understand(name)
        except LlmcostError:
            if seller is None:
                raise
            found = self.catalogue.understand(otherwise)
            if found.offer.seller != seller:
                raise
            return found


def _sells(catalogue: Catalogue, seller: str | None) -> bool:
    """Whether a catalogue has anything of a seller."""
    return any(listing.seller == seller for listing in catalogue.listings)


def as_served(offer: Offer) -> Offer:
    """An offer whose context window refuses nothing, for requests that it has answered."""
    history = PriceHistory(tuple(replace(version, context_window=None) for version in offer.history.versions))
    return replace(offer, context_window=ANY_SIZE, history=history)
