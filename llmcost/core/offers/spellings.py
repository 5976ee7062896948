"""Names as people and other tools write them, read as the one offer that they can mean.

A name is tried with case, blanks and the difference of ``.``, ``-`` and ``_`` ignored, then without the route that
another tool puts before it, then without an ending that does not change the price. A different word is never a match.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from llmcost.core.offers.selectors import readings
from llmcost.core.offers.sellers import seller_of
from llmcost.errors import OfferError

if TYPE_CHECKING:
    from llmcost.core.offers.catalogue import Catalogue
    from llmcost.core.offers.offer import Listing, Offer

ROUTES = ("chat", "converse", "litellm_proxy", "model", "models", "publishers", "responses")
"""What other tools put before a name without saying by it whose offer is meant."""
IGNORED = re.compile(r"[.\-_\s]+")
OTHER_PLACES = {
    "singapore": "intl",
    "sg": "intl",
    "apsoutheast1": "intl",
    "international": "intl",
    "china": "cn-beijing",
    "mainland": "cn-beijing",
}
"""Other words for a place, where it is sold at it: Alibaba's international offers are served from Singapore."""
WINDOW = re.compile(r"\[1m\]$", re.IGNORECASE)
"""The context that coding tools ask for behind a name; what it costs is a tier of the sheet."""
HANGING = re.compile(r"[.\-_](?![0-9a-z])|(?<![0-9a-z~])[.\-_]", re.IGNORECASE)
"""A sign with nothing on one side, where a letter was lost: gpt-5. is no way to write gpt-5."""
REGION = re.compile("[a-z]{2}(-[a-z]+)+-[0-9]")
DEPLOYED = re.compile("self/([^:@]+)(?::([^@]+))?@(.+)")
SIZE = re.compile(r"[0-9.]+b(-a[0-9.]+b)?")
LATEST = re.compile("-latest$", re.IGNORECASE)
SNAPSHOT = re.compile(r"-(20[0-9]{2}-[01][0-9]-[0-3][0-9]|20[0-9]{2}[01][0-9][0-3][0-9])$")


class Candidate(NamedTuple):
    """A name to be tried, the seller it has to be of (None for any), and whether a day was taken off its end."""

    name: str
    seller: str | None = None
    undated: bool = False


def plain(name: str) -> str:
    """A name without what people write in different ways."""
    return IGNORED.sub("", name.casefold())


def likely_offers(catalogue: Catalogue, selector: str) -> list[Offer]:
    """The offers that a selector means when it is read as people write; [] when none, several when it is open.

    Of what only third parties state, a name without a seller means the developer's own alone.
    """
    text = selector.strip()
    if HANGING.search(text):
        return []
    if text.lower().startswith("self/"):
        return _self_hosted(catalogue, text.lower())
    wide = catalogue.widest
    every = wide.spellings
    known = [every] if wide is catalogue else [catalogue.spellings, every]
    for candidate in _candidates(text, every.sellers):
        if candidate.undated and plain(candidate.name) in every.dated:
            continue
        for spellings in known:
            found = spellings.offers(candidate)
            if candidate.seller is None and spellings.catalogue is not catalogue:
                found = [offer for offer in found if offer.seller == offer.developer]
            if found:
                return found
    return []


def seller_named(catalogue: Catalogue, selector: str) -> str | None:
    """The seller that stands before a name, where it is one that is known; None without."""
    word, slash, _ = selector.strip().partition("/")
    sellers = {plain(listing.seller): listing.seller for listing in catalogue.widest.listings}
    return _seller(word, sellers) if slash else None


def _self_hosted(catalogue: Catalogue, selector: str) -> list[Offer]:
    """The deployment that a selector means, whose model or hardware may be written in another way."""
    from llmcost.core.offers.self_hosting.deployments import find_self_offer
    from llmcost.core.offers.self_hosting.hardware_names import where_meant
    from llmcost.core.offers.self_hosting.weight_names import check_precision, models_meant, precision_said

    parts = DEPLOYED.fullmatch(selector)
    if parts is None:
        return []
    name, asked, text = parts.groups()
    hosting = catalogue.self_hosting
    where = where_meant(hosting, text)
    if where is None:
        return []
    if asked and SIZE.fullmatch(asked):  # as in qwen3:8b
        name, asked = f"{name}-{asked}", None
    if asked:
        check_precision(name, asked)
    precision = asked or precision_said(name)
    narrowed = f":{precision}" if precision is not None else ""
    try:
        found = models_meant(hosting.models.values(), name)
        return [find_self_offer(hosting, f"self/{model}{narrowed}@{where}") for model in found]
    except OfferError:
        return []


def _candidates(text: str, sellers: dict[str, str]) -> Iterator[Candidate]:
    """The names that a text may stand for, the likeliest first."""
    routed = [Candidate(text), *_without_route(text, sellers)]
    yield from routed
    for each in routed:
        short = WINDOW.sub("", each.name)
        for name in dict.fromkeys((short, LATEST.sub("", short))):
            if name != each.name:
                yield each._replace(name=name)
        if SNAPSHOT.search(short):
            yield each._replace(name=SNAPSHOT.sub("", short), undated=True)


def _without_route(text: str, sellers: dict[str, str]) -> Iterator[Candidate]:
    """The text without a route, and with the seller that it names; then without what stands between the two."""
    word, slash, rest = text.partition("/")
    if not slash and ":" in text:  # as in openai:gpt-5
        word, _, rest = (part.strip() for part in text.partition(":"))
        if _seller(word, sellers) is None:
            return
    if not rest:
        return
    if word.lower() in ROUTES:
        yield Candidate(rest)
        yield from _without_route(rest, sellers)
        return
    seller = _seller(word, sellers)
    if seller is not None:
        yield Candidate(f"{seller}/{rest}", seller)
        between, _, name = rest.rpartition("/")
        if REGION.fullmatch(between):
            yield Candidate(f"{seller}/{name}@{between}", seller)
        elif between:
            yield Candidate(f"{seller}/{name}", seller)


def _seller(word: str, sellers: dict[str, str]) -> str | None:
    return sellers.get(plain(seller_of("_".join(word.lower().split())))) or sellers.get(plain(word))


class Spellings:
    """The names of a catalogue by what is left of them when case and signs are ignored."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.sellers = {plain(listing.seller): listing.seller for listing in catalogue.listings}
        self.names: dict[str, list[str]] = {}
        for name in catalogue.names():
            self.names.setdefault(plain(name), []).append(name)

    @cached_property
    def dated(self) -> set[str]:
        """The names of which a snapshot of some day is known, so that another day is another snapshot."""
        return {
            plain(SNAPSHOT.sub("", name)) for spelt in self.names.values() for name in spelt if SNAPSHOT.search(name)
        }

    def offers(self, candidate: Candidate) -> list[Offer]:
        """The offers that a name means; several when that is open."""
        for name, place, terms in readings(candidate.name):
            listings = self._listings(name, candidate.seller)
            found = [offer for listing in listings for offer in self._at(listing, place, terms)]
            if found:
                return found
        return []

    def _listings(self, name: str, seller: str | None) -> list[Listing]:
        """The listings that a name means: its developer's own, else all."""
        found = {}
        for spelt in self.names.get(plain(name), ()):
            listing = self.catalogue.named(spelt)
            if listing is not None and seller in (None, listing.seller):
                found[listing.seller, listing.id] = listing
        own = [listing for listing in found.values() if listing.seller == listing.developer]
        return own or list(found.values())

    def _at(self, listing: Listing, place: str | None, terms: str) -> list[Offer]:
        """The offer of a listing at a place and on terms; [] where it is not sold so."""
        wanted = listing.home if place is None else place_meant(place, listing.places)
        if wanted is None:
            return []
        try:
            return [listing.load()[wanted].on_terms(terms.strip().lower())]
        except OfferError:
            return []


def seller_meant(word: str, sellers: Iterable[str]) -> str | None:
    """The one seller that a word names, however it is written; None for none."""
    return _seller(word.strip(), {plain(seller): seller for seller in sellers})


def place_meant(word: str, places: Collection[str]) -> str | None:
    """The one place that a word names, or names a part of, as ``beijing`` does of cn-beijing; None for none."""
    for meets in (
        lambda place: place == word,
        lambda place: plain(place) == plain(word),
        lambda place: plain(word) in place.split("-"),
        lambda place: place == OTHER_PLACES.get(plain(word)),
    ):
        found = [place for place in places if meets(place)]
        if len(found) == 1:
            return found[0]
    return None
