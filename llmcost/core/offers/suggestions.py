"""Names that a mistaken one may have meant, the likeliest first."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from functools import cache
from typing import TYPE_CHECKING

from llmcost.core.offers.spellings import SNAPSHOT, plain

if TYPE_CHECKING:
    from llmcost.core.offers.offer import Listing

MOST = 3
"""Names that are suggested."""
LEAST_ALIKE = 0.6
"""How alike two spellings are at least, from 0 to 1, to be taken for a slip."""
WORD = re.compile("[a-z]+|[0-9]+")
VERSION = re.compile(r"(?<![0-9])([0-9]{1,2})(?:[.-]([0-9]{1,2}))?(?![0-9a-z])")


def suggest(
    name: str, listings: Iterable[Listing], kept: Collection[tuple[str, str]], shown: Callable[[Listing], str]
) -> list[str]:
    """Up to three names like one that nothing has, each of another model.

    The likeliest come first, then those of the default set, then the newest; what only third parties state, which is
    not in ``kept``, only where it is spelt more like the name. ``shown`` is how a listing is written.
    """
    if not plain(name):
        return []
    likeness = _Likeness(name)
    ranked: list[tuple[tuple[object, ...], Listing]] = []
    for listing in listings:
        apart = (listing.seller, listing.id) not in kept  # their further names are mostly routes of one tool
        names = (listing.id,) if apart else (f"{listing.seller}/{listing.id}", *listing.names())
        alike = max(map(likeness, names))
        if alike:
            own = listing.seller == listing.developer
            age = _newest_first(listing.id)
            ranked.append(((-alike, apart, not own, not listing.featured, age, len(listing.id), listing.id), listing))
    first: dict[str, Listing] = {}
    for _, listing in sorted(ranked, key=lambda each: each[0]):
        first.setdefault(plain(listing.model.rpartition("/")[2]), listing)
    return [shown(listing) for listing in list(first.values())[:MOST]]


def version(name: str) -> tuple[int, ...]:
    """The version that a model's name states, such as (4, 5) of claude-sonnet-4-5; () for none."""
    found = VERSION.search(SNAPSHOT.sub("", name))
    return tuple(int(part) for part in found.groups() if part) if found else ()


def _newest_first(name: str) -> tuple[int, int]:
    major, minor = (*version(name), 0, 0)[:2]
    return -major, -minor


class _Likeness:
    """How alike names are to one: 3 for the same words in any order, 2 for a part of them, else below 1; 0 for none."""

    def __init__(self, asked: str) -> None:
        from difflib import SequenceMatcher

        self.words = _words(asked)
        self.short = plain(asked)
        self.matcher = SequenceMatcher(None, "", self.short)  # it prepares its second text, and that once

    def __call__(self, name: str) -> float:
        own = _words(name)
        if self.words == own:
            return 3
        long = plain(name)
        if {*self.words} <= {*own} or self.short in long:
            return 2
        self.matcher.set_seq1(long)
        if self.matcher.real_quick_ratio() < LEAST_ALIKE or self.matcher.quick_ratio() < LEAST_ALIKE:
            return 0
        ratio = self.matcher.ratio()
        return ratio if ratio >= LEAST_ALIKE else 0


@cache
def _words(name: str) -> tuple[str, ...]:
    return tuple(sorted(WORD.findall(name.lower())))
