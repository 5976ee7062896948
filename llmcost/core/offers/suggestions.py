"""Names that a mistaken one may have meant, the likeliest first."""

from __future__ import annotations

import re
from collections.abc import Iterable
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


def suggest(name: str, listings: Iterable[Listing], shown: dict[tuple[str, str], str]) -> list[str]:
    """Up to three names like one that nothing has, each of another model.

    The likeliest come first, then those of the default set, then the newest.
    ``shown`` is how each listing is written, by its seller and id.
    """
    wanted = plain(name)
    if not wanted:
        return []
    ranked = []
    for listing in listings:
        alike = max(_likeness(name, own) for own in (f"{listing.seller}/{listing.id}", *listing.names()))
        if alike:
            own = listing.seller == listing.developer
            key = (-alike, not own, not listing.featured, _newest_first(listing.id), len(listing.id))
            ranked.append((key, listing.model, shown[listing.seller, listing.id]))
    first: dict[str, str] = {}
    for _, model, called in sorted(ranked):
        first.setdefault(model, called)
    return list(first.values())[:MOST]


def version(name: str) -> tuple[int, ...]:
    """The version that a model's name states, such as (4, 5) of claude-sonnet-4-5; () for none."""
    found = VERSION.search(SNAPSHOT.sub("", name))
    return tuple(int(part) for part in found.groups() if part) if found else ()


def _newest_first(name: str) -> tuple[int, int]:
    major, minor = (*version(name), 0, 0)[:2]
    return -major, -minor


def _likeness(asked: str, name: str) -> float:
    """How alike two names are: 3 for the same words in any order, 2 for a part of them, else below 1; 0 for none."""
    from difflib import SequenceMatcher

    words, own = WORD.findall(asked.lower()), WORD.findall(name.lower())
    if sorted(words) == sorted(own):
        return 3
    short, long = plain(asked), plain(name)
    if set(words) <= set(own) or short in long:
        return 2
    matcher = SequenceMatcher(None, short, long)
    if matcher.real_quick_ratio() < LEAST_ALIKE or matcher.quick_ratio() < LEAST_ALIKE:
        return 0
    ratio = matcher.ratio()
    return ratio if ratio >= LEAST_ALIKE else 0
