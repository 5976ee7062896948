"""Which listing a name means, exactly: an id or a declared alias, alone or behind its seller."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from fnmatch import fnmatchcase

from llmcost.core.offers.offer import Listing
from llmcost.core.offers.resolution import NameOf, OpenName

MOST_LISTED = 12
"""Offers that an error lists; the others are counted."""


class NameIndex:
    """The names of listings; ``places`` are those that a name means beside its listing."""

    def __init__(self, listings: Sequence[Listing]) -> None:
        self.listings = listings
        self.places: dict[str, str] = {}
        self._by_name: dict[str, list[Listing]] = {}
        for listing in listings:
            for own in listing.names():
                for name in (own, f"{listing.seller}/{own}"):
                    called = self._by_name.setdefault(name, [])
                    if not called or called[-1] is not listing:
                        called.append(listing)

    def give(self, names: Mapping[str, NameOf], known: Collection[str] | None = None) -> None:
        """Let names mean offers, but for those ``known`` for others (None: here); such may still mean a place."""
        taken = frozenset(self._by_name) if known is None else known
        by_key = {(listing.seller, listing.id): listing for listing in self.listings} if names else {}
        for name, meant in names.items():
            listing = by_key.get((meant.seller, meant.id))
            if listing is None or (name in taken and self._by_name[name] != [listing]):
                continue
            self._by_name[name] = [listing]
            if meant.place is not None:
                self.places[name] = meant.place

    def names(self) -> Iterable[str]:
        """Every name that some listing answers to."""
        return self._by_name.keys()

    def known(self, name: str) -> str | None:
        """The name that stands for this one: itself, else the longest that goes on in any way after a colon."""
        if name in self._by_name:
            return name
        heads = (name[: at + 1] + "*" for at in range(len(name) - 1, 0, -1) if name[at] == ":")
        return next((head for head in heads if head in self._by_name), None)

    def named(self, name: str) -> Listing | None:
        """The listing that exactly a name means; None when nothing has it, or several do."""
        try:
            return self.choose(name) if name in self._by_name else None
        except OpenName:
            return None

    def owned(self, name: str, developer: str) -> Listing | None:
        """The one listing of a developer's own that has a name; None without one."""
        own = [each for each in self._by_name.get(name, ()) if each.seller == each.developer == developer]
        return own[0] if len(own) == 1 else None

    def choose(self, name: str) -> Listing:
        """The listing that a known name means. Raises OpenName where that is open."""
        found = self._by_name[name]
        if len(found) == 1:
            return found[0]
        exact = [listing for listing in found if f"{listing.seller}/{listing.id}" == name]
        if len(exact) == 1:
            return exact[0]
        own = [listing for listing in found if listing.seller == listing.developer]
        for narrower in (own, [listing for listing in own if listing.id == name]):
            if len(narrower) == 1:
                return narrower[0]
        ids = list_names([f"{listing.seller}/{listing.id}" for listing in (own or found)])
        why = "more than one offer has that name" if own else "no sheet has an offer of its developer's own"
        if len({listing.seller for listing in found}) == 1:
            why = f"{found[0].seller} has it under several ids"
        raise OpenName(f'"{name}" does not say whose offer is meant: {why}', f"name one of: {ids}")

    def matching(self, pattern: str) -> list[Listing]:
        """The listings whose name matches; what stands before a slash is a seller before it is part of an id."""
        if "/" in pattern:
            sold = [
                listing
                for listing in self.listings
                if any(fnmatchcase(f"{listing.seller}/{own}", pattern) for own in listing.names())
            ]
            if sold:
                return sold
        return [listing for listing in self.listings if any(fnmatchcase(own, pattern) for own in listing.names())]


def list_names(names: list[str]) -> str:
    """The first of some names, and how many more there are."""
    more = len(names) - MOST_LISTED
    return ", ".join(names[:MOST_LISTED]) + (f" and {more} more" if more > 0 else "")
