"""How a name leads to an offer, and what others call the offers of a catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from llmcost.core.offers.offer import Listing, Offer
from llmcost.errors import OfferError


class Resolution(NamedTuple):
    """An offer and how its selector led to it.

    ``said`` is None for a full id, else a sentence such as which seller and place a bare name was taken to mean.
    ``guessed`` says that nothing has exactly the name that was given.
    """

    offer: Offer
    said: str | None
    guessed: bool = False


class OpenName(OfferError):
    """A name that several offers have, letter for letter."""


class NameOf(NamedTuple):
    """The offer that a name stands for; a ``place`` of None is the seller's default one."""

    seller: str
    id: str
    place: str | None


class ThirdParty(NamedTuple):
    """What only others than the sellers state: offers that no sheet kept by hand has, and names for those it has."""

    listings: tuple[Listing, ...]
    names: Mapping[str, NameOf]
