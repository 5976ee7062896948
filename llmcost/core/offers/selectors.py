"""How an offer is named: ``[seller/]model[@place][+terms]``, read in every way that it can be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from llmcost.core.pricing.conditions import STANDARD, USUAL_TERMS
from llmcost.errors import OfferError

LONGEST_NAME = 400
"""Characters of the longest selector; an id has at most 200."""
MOST_READINGS = 100
"""Ways to read a selector that are tried; every ``+`` and every ``@`` may be part of an id, or not."""


def readings(selector: str) -> Iterator[tuple[str, str | None, str]]:
    """Every way to read a selector as name, place and terms; the whole text as a name comes first.

    So a vendor's id that contains ``@`` or ``+`` works as it is. Raises OfferError for a text that is no name.
    """
    if len(selector) > LONGEST_NAME:
        raise OfferError(f"a name of {len(selector)} characters is too long", f"names have at most {LONGEST_NAME}")
    yield selector, None, STANDARD
    if (selector.count("+") + 1) * (selector.count("@") + 1) > MOST_READINGS:
        raise OfferError(f'"{selector}" has too many + and @ to be a name', "write it like seller/model@place+terms")
    heads: list[tuple[str, str]] = [(selector, STANDARD)]
    for at, letter in enumerate(selector):
        if letter == "+" and 0 < at < len(selector) - 1:
            heads.append((selector[:at], selector[at + 1 :]))
    for head, terms in heads:
        if terms != STANDARD:
            yield head, None, terms
        for at in range(len(head) - 1, 0, -1):
            if head[at] == "@" and at < len(head) - 1:
                yield head[:at], head[at + 1 :], terms


def close_terms(terms: str, known: Sequence[str]) -> str | None:
    """The known terms that a word is a slip of; None for none."""
    from difflib import get_close_matches

    usual = [*known, *(each for each in USUAL_TERMS if each not in known)]
    return next(iter(get_close_matches(terms, [each for each in usual if each != terms], n=1, cutoff=0.75)), None)
