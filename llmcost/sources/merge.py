"""Several public tables as one set of price sheets, beside the sheets that people keep by hand."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from llmcost.core.offers.offer import Listing
from llmcost.sources.price_sheets import ID, PLACE, Origin, entries_of, keep_names_apart, model_of, printable, sheet_of
from llmcost.sources.table import LeftOut, SourceOffer, SourceTable

DATED = re.compile(r"(.+?)[-@](?:20[0-9]{2}-[01][0-9]-[0-3][0-9]|20[0-9]{6}|latest)")
"""A name that ends in the day of a snapshot."""
SELLER = re.compile("[a-z0-9][a-z0-9-]{0,49}")
NO_SELLERS = ("names", "fx")
"""What the sheets of names and of exchange rates are called, which are no sellers."""
Key = tuple[str, str]
"""A seller and an id."""


class Merged(NamedTuple):
    """What tables add to the sheets kept by hand: sheets of sellers and of names, and what no sheet can hold."""

    sheets: list[dict[str, Any]]
    left_out: list[LeftOut]


def merge_tables(tables: Sequence[tuple[Origin, SourceTable]], curated: Iterable[Listing]) -> Merged:
    """Several tables, of which the first that has an offer says what it costs; ``curated`` are the sheets kept by hand.

    What a curated sheet has is left to it, and only gets the names that the tables have for it.
    """
    known = Known(curated)
    left_out = [each for _, table in tables for each in table.left_out]
    found: dict[Key, list[tuple[Origin, SourceOffer]]] = {}
    targets: list[tuple[Key, SourceOffer]] = []
    for origin, table in tables:
        plain = {(offer.seller, offer.id): offer for offer in table.offers if offer.place is None}
        for offer in table.offers:
            listing = known.listing(offer, plain)
            if listing is not None and offer.place not in (None, *listing.places):
                left_out.append(LeftOut(offer.name, "the sheet kept by hand has no such place"))
            elif listing is not None:
                targets.append(((listing.seller, listing.id), offer))
            elif not SELLER.fullmatch(offer.seller) or offer.seller in NO_SELLERS:
                left_out.append(LeftOut(printable(offer.name), "its seller's name is none that a sheet may have"))
            elif ID.fullmatch(offer.id):
                key = (offer.seller, offer.id)
                found.setdefault(key, []).append((origin, offer))
                targets.append((key, offer))
            else:
                left_out.append(LeftOut(printable(offer.name), "its name holds what no id of a sheet may"))
    sheets = list(_sheets(found, known))
    names = _names_sheet(targets, sheets, known)
    return Merged([*sheets, *([] if names is None else [names])], left_out)


class Known:
    """The sheets kept by hand, by every name of a model at its seller."""

    def __init__(self, curated: Iterable[Listing]) -> None:
        self._listings: dict[Key, Listing] = {}
        self._models: dict[str, Listing] = {}
        self._places: dict[str, str] = {}
        self._makers: dict[str, set[str | None]] = {}
        self._names: set[str] = set()
        self._families: dict[str, set[str]] = {}
        every = [*curated]
        for listing in every:
            self._places[listing.seller] = listing.default_place
            self._makers.setdefault(listing.seller, set()).add(listing.developer)
            self._names |= {*listing.names(), *(f"{listing.seller}/{name}" for name in listing.names())}
            for name in listing.names():
                if listing.developer == listing.seller:
                    self._models.setdefault(name, listing)
                    self._families.setdefault(_family(name), set()).add(listing.seller)
        # An id is its model's before an alias, and that before the key that models share across sellers.
        for names in (_id, _aliases, _model_key):
            for listing in every:
                for name in names(listing):
                    self._listings.setdefault((listing.seller, name), listing)

    def listing(self, offer: SourceOffer, table: Mapping[Key, SourceOffer]) -> Listing | None:
        """The model kept by hand that an offer is: the same id, or a snapshot of it that its table prices alike."""
        bare = offer.name.partition("/")[2]
        own = self._listings.get((offer.seller, offer.id)) or self._listings.get((offer.seller, bare))
        dated = DATED.fullmatch(offer.id)
        if own is not None or dated is None:
            return own
        plain = table.get((offer.seller, dated[1]))
        alike = plain is not None and plain.entry["rates"] == offer.entry["rates"]
        return self._listings.get((offer.seller, dated[1])) if alike else None

    def model(self, name: str) -> Listing | None:
        """The model, by its developer, that the last part of an id names exactly."""
        return self._models.get(name.rpartition("/")[2])

    def place(self, seller: str) -> str:
        """Where a seller's offers are sold, as no table names places: at its default place."""
        return self._places.get(seller, PLACE)

    @property
    def sellers(self) -> set[str]:
        """The sellers that have a sheet kept by hand; what begins with one names that one."""
        return {*self._places}

    def has(self, name: str) -> bool:
        """Whether the sheets kept by hand know a name."""
        return name in self._names

    def maker(self, seller: str, name: str) -> str | None:
        """The seller itself, where all that it is known to sell is its own, and no other names its models so."""
        family = _family(name)
        makers = self._families.get(family, {seller}) if family not in COMMON_WORDS else {seller}
        return seller if self._makers.get(seller) == {seller} and seller in makers else None


COMMON_WORDS = frozenset({"text"})
"""With what the names of models begin and which is no developer's own word."""


def _family(name: str) -> str:
    """The word with which a developer begins the names of its models, such as claude."""
    return re.split("[^a-z]", name.lower(), maxsplit=1)[0]


def _id(listing: Listing) -> tuple[str, ...]:
    return (listing.id,)


def _aliases(listing: Listing) -> tuple[str, ...]:
    return listing.aliases


def _model_key(listing: Listing) -> tuple[str, ...]:
    return (listing.model,)


def _sheets(found: Mapping[Key, list[tuple[Origin, SourceOffer]]], known: Known) -> Iterator[dict[str, Any]]:
    by_seller: dict[str, list[dict[str, Any]]] = {}
    for (seller, _), offers in sorted(found.items()):
        by_seller.setdefault(seller, []).append(_model(offers, known))
    for seller, models in by_seller.items():
        keep_names_apart(models)
        yield sheet_of(seller, models, place=known.place(seller))


def _model(offers: Sequence[tuple[Origin, SourceOffer]], known: Known) -> dict[str, Any]:
    """One model at every place, with the names of all tables that do not go with a place."""
    by_place: dict[str | None, list[tuple[Origin, SourceOffer]]] = {}
    for origin, offer in offers:
        by_place.setdefault(offer.place, []).append((origin, offer))
    placed = sorted(by_place.items(), key=lambda item: item[0] or "")
    prices = [entry for _, here in placed for entry in _entries(here)]
    first = offers[0][1]
    doubt = "; ".join(dict.fromkeys(offer.doubt for _, offer in offers if offer.doubt))
    names = [name for _, offer in by_place.get(None, ()) for name in (offer.name, *offer.names)]
    named, maker = known.model(first.id), known.maker(first.seller, first.id)
    same = {"model": named.model, "developer": named.developer} if named is not None else {}
    same = same or ({"developer": maker} if maker is not None else {})
    more = {"doubt": doubt} if doubt else {}
    return {"id": first.id, **same, **model_of(first, names, prices), **more}


def _entries(offers: Sequence[tuple[Origin, SourceOffer]]) -> list[dict[str, Any]]:
    """The entries of one place as the first table has them, and who else has its rates or has others."""
    origin, first = offers[0]
    alike = [each for each, offer in offers if offer.entry["rates"] == first.entry["rates"]]
    others = [(each, offer) for each, offer in offers if offer.entry["rates"] != first.entry["rates"]]
    *history, entry = entries_of(first, origin)
    entry["witnesses"] = list(dict.fromkeys(each.name for each in alike))
    entry["variants"] = [_with_witnesses(variant, entry["witnesses"], offers) for variant in entry.get("variants", ())]
    if others:
        said = [entry["note"]] if "note" in entry else []
        said += [f"{each.name} has {_rates_text(offer)}" for each, offer in others]
        entry["note"] = "; ".join(said)[:1000]
    return [*history, {key: value for key, value in entry.items() if value}]


def _with_witnesses(
    variant: Mapping[str, Any], witnesses: Sequence[str], offers: Sequence[tuple[Origin, SourceOffer]]
) -> dict[str, Any]:
    """A variant with the tables that have its very rates, where they are not those of the base rates."""
    found = [
        origin.name
        for origin, offer in offers
        if any((each["when"], each["rates"]) == (variant["when"], variant["rates"]) for each in _variants(offer))
    ]
    own = list(dict.fromkeys(found))
    return {**variant, **({} if own == list(witnesses) else {"witnesses": own})}


def _variants(offer: SourceOffer) -> Sequence[Mapping[str, Any]]:
    variants: Sequence[Mapping[str, Any]] = offer.entry.get("variants", ())
    return variants


def _rates_text(offer: SourceOffer) -> str:
    return ", ".join(f"{meter} {text}" for meter, text in offer.entry["rates"].items())


def _names_sheet(
    targets: Sequence[tuple[Key, SourceOffer]], sheets: Iterable[Mapping[str, Any]], known: Known
) -> dict[str, Any] | None:
    """The sheet of the names whose offer nothing else tells.

    A table's own name of an offer comes first, then what else it calls it, where it calls nothing else so.
    """
    called, owners = _called(sheets), _owners(sheets)
    uses = Counter(name for name, _ in {(name, key) for key, offer in targets for name in offer.names})
    first = [(offer.name, key, offer.place) for key, offer in targets]
    further = [(name, key, offer.place) for key, offer in targets for name in offer.names if uses[name] == 1]
    chosen: dict[str, tuple[Key, str]] = {}
    for name, key, place in (*first, *further):
        names_another = "/" in name and name.partition("/")[0] in known.sellers - {key[0]}
        names_another = names_another or any(
            own != key and (own[0] == key[0] or name == "/".join(own)) for own in owners.get(name, ())
        )
        if ID.fullmatch(name) and not names_another and not known.has(name) and (place or called.get(name) != {key}):
            chosen.setdefault(name, (key, place or ""))
    offers: dict[tuple[Key, str], list[str]] = {}
    for name, target in sorted(chosen.items()):
        offers.setdefault(target, []).append(name)
    rows = [
        {"seller": seller, "id": own, **({"place": place} if place else {}), "names": names}
        for ((seller, own), place), names in sorted(offers.items())
    ]
    return {"kind": "names", "offers": rows} if rows else None


def _owners(sheets: Iterable[Mapping[str, Any]]) -> dict[str, set[Key]]:
    """Which models of some sheets have a name as their own id, with or without their seller before it."""
    found: dict[str, set[Key]] = {}
    for sheet in sheets:
        for model in sheet["models"]:
            key = (sheet["seller"], model["id"])
            for name in (model["id"], f"{sheet['seller']}/{model['id']}"):
                found.setdefault(name, set()).add(key)
    return found


def _called(sheets: Iterable[Mapping[str, Any]]) -> dict[str, set[Key]]:
    """Which models of some sheets go by a name, as a catalogue finds them."""
    found: dict[str, set[Key]] = {}
    for sheet in sheets:
        for model in sheet["models"]:
            key = (sheet["seller"], model["id"])
            for name in (model["id"], model.get("model", model["id"]), *model.get("aliases", ())):
                found.setdefault(name, set()).add(key)
                found.setdefault(f"{sheet['seller']}/{name}", set()).add(key)
    return found
