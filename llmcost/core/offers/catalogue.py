"""The catalogue: every offer that can be bought, found by exact id or declared alias.

Close names are only ever suggestions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from functools import cached_property
from typing import TYPE_CHECKING, Self

from llmcost.core.offers.name_index import NameIndex, list_names
from llmcost.core.offers.offer import Listing, Offer
from llmcost.core.offers.price_identity import PriceIdentity
from llmcost.core.offers.resolution import NameOf, OpenName, Resolution, ThirdParty
from llmcost.core.offers.selectors import readings
from llmcost.errors import OfferError

if TYPE_CHECKING:
    from llmcost.core.offers.self_hosting.hosts import SelfHosting
    from llmcost.core.offers.spellings import Spellings


SNAPSHOT_DAY = re.compile("[0-9]{8}|[0-9]{4}-[0-9]{2}-[0-9]{2}")
"""How other tools write which snapshot of a model they mean, such as 20250929."""


class Catalogue:
    """All listings, with exact look-up and suggestions.

    ``digest`` identifies the prices; ``sources`` names where they came from; ``newest_check`` is the latest day any
    price was checked (ISO text; empty when there is none). ``names`` are further ones of offers. ``third_party`` is
    looked into for names that nothing else has; ``with_third_party`` counts its offers among all, ``with_agreed`` those
    of them whose price has two independent sources.
    """

    def __init__(  # noqa: PLR0913 - what a catalogue is made of, each with a default
        self,
        listings: Iterable[Listing],
        digest: str | Callable[[], str] = "",
        sources: tuple[str, ...] = (),
        newest_check: str = "",
        self_hosting: Callable[[], SelfHosting] | None = None,
        third_party: Callable[[], ThirdParty] | None = None,
        names: Mapping[str, NameOf] | None = None,
    ) -> None:
        self.listings = tuple(sorted(listings, key=lambda item: (item.seller, item.id)))
        self.identity = PriceIdentity(digest, sources)
        """Which prices these are."""
        self.sources = sources
        self.newest_check = newest_check
        self._self_hosting = self_hosting
        self._third_party = third_party
        self._wider: Catalogue | None = None
        self._names = names or {}
        self._index = NameIndex(self.listings)
        self._index.give(self._names)

    @property
    def digest(self) -> str:
        """What identifies the prices."""
        return self.identity.digest

    @property
    def self_hosting(self) -> SelfHosting:
        """What open weights can be run on."""
        if self._self_hosting is None:
            from llmcost.core.offers.self_hosting.hosts import NOTHING

            return NOTHING
        return self._self_hosting()

    def with_third_party(self) -> Self:
        """The same catalogue with every offer that only third parties state."""
        found = self._stated_elsewhere()
        wide = self._with(found.listings, None)
        wide._index.give(found.names, frozenset(self.names()))  # noqa: SLF001 - its own class
        return wide

    def with_agreed(self) -> Self:
        """The same catalogue with those offers of third parties on whose price two independent ones agree."""
        agreed = [each._replace(places=each.agreed) for each in self._stated_elsewhere().listings if each.agreed]
        return self._with(agreed, self._third_party)

    def _stated_elsewhere(self) -> ThirdParty:
        """What only third parties state."""
        return ThirdParty((), {}) if self._third_party is None else self._third_party()

    def _with(self, listings: Iterable[Listing], third_party: Callable[[], ThirdParty] | None) -> Self:
        """The same catalogue with more listings, but for those that it has."""
        known = {(listing.seller, name) for listing in self.listings for name in listing.names()}
        every = (*self.listings, *(each for each in listings if (each.seller, each.id) not in known))
        about = (lambda: self.digest, self.sources, self.newest_check, self._self_hosting)
        return type(self)(every, *about, third_party, names=self._names)

    @property
    def widest(self) -> Catalogue:
        """The same with what third parties state, made when a name is not found without; itself without any."""
        if self._wider is None and self._third_party is not None:
            self._wider = self.with_third_party()
        return self._wider or self

    def offers(self) -> Iterator[Offer]:
        """Every offer on standard terms, at every place."""
        for listing in self.listings:
            offers = listing.load()
            for place in listing.places:
                yield offers[place]

    def featured(self) -> list[Offer]:
        """The default set: widely used chat models, at their own developer's default place."""
        return [listing.load()[listing.home or listing.places[0]] for listing in self.listings if listing.featured]

    def find(self, selector: str) -> Offer:
        """The one offer a selector names: ``[seller/]model[@place][+terms]``.

        Raises OfferError when nothing, or more than one offer, has that name.
        """
        return self.look_up(selector).offer

    def look_up(self, selector: str) -> Resolution:
        """As ``find``, and how a bare name was understood."""
        found = self._exactly(selector)
        if isinstance(found, Resolution):
            return found
        meant = self._likely(selector, found)
        if len(meant) == 1:
            raise OfferError(
                f'unknown model "{selector}"', f"write {self.short_name(meant[0])}: names are taken exactly here"
            )
        raise found or self._unknown(selector)

    def understand(self, selector: str) -> Resolution:
        """As ``look_up``, and a name that nothing has exactly is read as people and other tools write it.

        Raises OfferError when it may be read in several ways, or in none.
        """
        found = self._exactly(selector)
        if isinstance(found, Resolution) and not (found.said and self._sells_elsewhere(found.offer)):
            return found
        meant = self._likely(selector, found)
        guess = _guess(selector, meant[0]) if meant else None
        if isinstance(found, Resolution):  # a bare name is its developer's own offer before it is a stranger's id
            own = len(meant) == 1 and meant[0].seller == meant[0].developer
            return guess if guess is not None and own else found
        if guess is not None and len(meant) == 1:
            return guess
        if meant and found is None:
            ids = list_names([offer.name for offer in meant])
            raise OfferError(f'"{selector}" may be read in {len(meant)} ways', f"name one of: {ids}")
        raise found or self._unknown(selector)

    def _likely(self, selector: str, found: OfferError | Resolution | None) -> list[Offer]:
        """The offers that a selector means as people write; of one that several have exactly, the named seller's."""
        from llmcost.core.offers.spellings import likely_offers, seller_named

        meant = likely_offers(self, selector)
        if not isinstance(found, OpenName):
            return meant
        seller = seller_named(self, selector)
        return [offer for offer in meant if offer.seller == seller]

    def _exactly(self, selector: str) -> Resolution | OfferError | None:
        """The offer of exactly that name; the error of a name that is known and leads to no offer, None for neither."""
        failed: OfferError | None = None
        for read, place, terms in readings(selector):
            name = self._index.known(read)
            if name is None:
                continue
            try:
                listing = self._by_its_developer(name, place, self._index.choose(name))
                offer = self._at(listing, place or self._index.places.get(name)).on_terms(terms)
            except OfferError as error:
                failed = error
                continue
            said = None if selector == offer.name else f"{selector} is taken as {offer.name}"
            if said and "/" not in name and listing.developer == listing.seller:
                said += ", its developer's own offer"
            return Resolution(offer, said)
        if selector.startswith("self/"):
            from llmcost.core.offers.self_hosting.deployments import find_self_offer, what_is_taken

            try:
                offer = find_self_offer(self.self_hosting, selector)
                return Resolution(offer, what_is_taken(offer, selector))
            except OfferError as error:
                return error
        if failed is None and self.widest is not self:
            return self.widest._exactly(selector)  # noqa: SLF001 - its own class
        return failed

    def _by_its_developer(self, name: str, place: str | None, listing: Listing) -> Listing:
        """What a bare name means: its developer's own, as third parties have it, where only a stranger is on record."""
        if "/" in name or listing.developer in (None, listing.seller):
            return listing
        own = self.widest._index.owned(name, listing.developer)  # noqa: SLF001 - its own class
        return listing if own is None or (place is not None and place not in own.places) else own

    def _sells_elsewhere(self, offer: Offer) -> bool:
        """Whether only third parties state an offer, and it is not of its developer."""
        return offer.seller != offer.developer and all(
            (listing.seller, listing.id) != (offer.seller, offer.id) for listing in self.listings
        )

    @cached_property
    def spellings(self) -> Spellings:
        """Its names as people may write them, made when one is not found."""
        from llmcost.core.offers.spellings import Spellings

        return Spellings(self)

    def names(self) -> Iterable[str]:
        """Every name that some offer answers to."""
        return self._index.names()

    def named(self, name: str) -> Listing | None:
        """The listing that exactly a name means; None when nothing has it, or several do."""
        return self._index.named(name)

    def short_name(self, offer: Offer) -> str:
        """The shortest name of an offer: its model's id where that alone means it, else the full id."""
        found = self.named(offer.id)
        bare = found is not None and found.seller == offer.seller and found.home == offer.place
        return offer.id + offer.name.partition(f"@{offer.place}")[2] if bare else offer.name

    def match(self, pattern: str) -> list[Offer]:
        """Every offer a pattern with ``*`` or ``?`` names, in order of id; without ``@`` at each default place.

        Raises OfferError when nothing matches.
        """
        for name, place, terms in readings(pattern):
            offers = []
            for listing in self._index.matching(name):
                if place is None:
                    places: tuple[str, ...] = (listing.home or listing.places[0],)
                else:
                    places = tuple(p for p in listing.places if fnmatchcase(p, place))
                loaded = listing.load()
                for at in places:
                    known = loaded[at].history.terms()
                    offers += [loaded[at].on_terms(term) for term in known if fnmatchcase(term, terms)]
            if offers:
                return offers
        if pattern.startswith("self/"):
            from llmcost.core.offers.self_hosting.deployments import match_self_offers

            return match_self_offers(self.self_hosting, pattern)
        if self.widest is not self:
            return self.widest.match(pattern)
        raise OfferError(f'no offer matches "{pattern}"', "list what can be priced with `llmcost models`")

    def _at(self, listing: Listing, place: str | None) -> Offer:
        wanted = place or listing.home
        if wanted is None:
            ids = ", ".join(f"{listing.seller}/{listing.id}@{at}" for at in listing.places)
            raise OfferError(
                f"{listing.seller}/{listing.id} is not sold at {listing.default_place}", f"name one of: {ids}"
            )
        if place is not None and wanted not in listing.places and SNAPSHOT_DAY.fullmatch(place):
            names = (f"{listing.seller}/{listing.id}-{day}" for day in (place, place.replace("-", "")))
            known = next((name for name in names if self.named(name) is not None), None)
            raise OfferError(
                f"@{place} is the day of a snapshot, and what stands behind @ is a place",
                f"write {known}" if known else f"no sheet lists that snapshot of {listing.id}",
            )
        if wanted not in listing.places:
            raise OfferError(
                f"{listing.seller}/{listing.id} is not sold at {wanted}", f"places: {', '.join(listing.places)}"
            )
        return listing.load()[wanted]

    def _unknown(self, selector: str) -> OfferError:
        from llmcost.core.offers.spellings import seller_named

        counted = f"{len(self.listings)} models known; list them with `llmcost models`"
        name = next(iter(list(readings(selector))[::-1]))[0]
        seller, own = seller_named(self, selector), name.partition("/")[2]
        if seller is not None and (known := self._index.known(f"{seller}/{own}")) is not None:
            try:
                return OfferError(f'"{selector}" is not read', f"write {self._index.choose(known).names()[0]}")
            except OpenName as error:
                return error
        elsewhere = self.named(own) if seller is not None else None
        if elsewhere is not None:
            return OfferError(f'no sheet has "{own}" at {seller}', f"it is sold by {elsewhere.seller}")
        close = self.suggest(name) or (self.suggest(own) if seller is not None else [])
        remedy = f"did you mean: {', '.join(close)}?\n{counted}" if close else counted
        if seller is not None:
            return OfferError(f'no sheet has "{own}" at {seller}', remedy)
        return OfferError(f'unknown model "{selector}"', remedy)

    def suggest(self, name: str) -> list[str]:
        """Up to three known names close to one that is not, the likeliest first."""
        from llmcost.core.offers.suggestions import suggest

        wide = self.widest
        kept = {(listing.seller, listing.id) for listing in self.listings}
        return suggest(name, wide.listings, kept, wide.bare_name)

    def bare_name(self, listing: Listing) -> str:
        """The id of a listing where that alone means it, else with its seller."""
        return listing.id if self.named(listing.id) is listing else f"{listing.seller}/{listing.id}"


def _guess(selector: str, offer: Offer) -> Resolution:
    said = f"{selector.strip()} is taken as {offer.name}"
    if offer.deployment is not None:
        from llmcost.core.offers.self_hosting.deployments import is_named_by_another

        said += ", which is built alike" if is_named_by_another(offer, selector) else ""
    return Resolution(offer, said, guessed=True)
