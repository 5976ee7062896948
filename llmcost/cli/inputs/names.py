"""From names to offers: what is asked for by name, and how each name was understood."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from llmcost.core.offers.catalogue import Catalogue
from llmcost.core.offers.name_index import list_names
from llmcost.core.offers.offer import Offer
from llmcost.core.offers.resolution import Resolution
from llmcost.core.quotes.notes import Note
from llmcost.core.values.dates import PricingDay
from llmcost.errors import NotPricedError, OfferError


def named_offers(
    catalogue: Catalogue, selectors: Sequence[str], on: PricingDay, *, exactly: bool
) -> tuple[dict[str, Offer], dict[str, None], list[Note]]:
    """The offers that selectors name by their full ids, those named one by one, and what is said of how they were.

    ``exactly``: names are ids and declared aliases, and nothing is guessed. Raises OfferError for a name that means
    nothing, or several offers.
    """
    offers: dict[str, Offer] = {}
    named: dict[str, None] = {}
    notes: list[Note] = []
    for selector in selectors if exactly else _apart(selectors):
        if "*" in selector or "?" in selector:
            found = catalogue.match(selector)
        else:
            meant = catalogue.look_up(selector) if exactly else catalogue.understand(selector)
            found = [meant.offer]
            named[meant.offer.name] = None
            notes += _name_note(selector, meant)
        offers.update((offer.name, offer) for offer in found)
    notes += [note for name in named for note in _elsewhere(catalogue, offers[name], offers, on)]
    return offers, named, notes


def _name_note(selector: str, meant: Resolution) -> list[Note]:
    """What is said of how a name was taken; a table shows it where the name is the model's own."""
    if meant.said is None:
        return []
    plain = not meant.guessed and selector.partition("@")[0].partition("+")[0].endswith(meant.offer.id)
    return [Note("name" if plain else "name-guessed", meant.said)]


def _elsewhere(catalogue: Catalogue, offer: Offer, offers: Collection[str], on: PricingDay) -> list[Note]:
    """Who else is listed with a price for the model of an offer that is not sold on a day."""
    if offer.deployment or not offer.history.versions:
        return []
    try:
        offer.history.on(on)
    except NotPricedError as error:
        others = _others(catalogue, offer, offers, on)
        said = f"{offer.name}: {error.message}; others are listed with a price: {list_names(others)}"
        return [Note("alternative", said)] if others else []
    return []


def _others(catalogue: Catalogue, offer: Offer, offers: Collection[str], on: PricingDay) -> list[str]:
    try:
        same = catalogue.with_third_party().match(f"*/{offer.id.rpartition('/')[2]}")
    except OfferError:
        return []
    return [each.name for each in same if each.name not in offers and each.history.sold(on)]


def _apart(selectors: Sequence[str]) -> list[str]:
    """The selectors, several in one text set apart: people write them with commas. Raises OfferError for none."""
    if selectors and not any(text.strip(", ") for text in selectors):
        raise OfferError("a name is empty", "name an offer: [seller/]model[@place][+terms]")
    return [part for text in selectors for part in (text.split(",") if "," in text else [text]) if part.strip()]
