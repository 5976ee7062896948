"""Evidence: how a price is known, and how far that can be relied on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Literal, get_args

PAGE = "page"
"""The evidence of a figure that was read on the vendor's own page."""
COPY = "copy"
"""The evidence of one that was read in a copy of that page."""
THIRD_PARTY = "third-party"
"""The evidence of one that somebody else states, such as a data file."""

Grade = Literal["vendor page", "copy of the page", "agreed by two independent sources", "one third party", "derived"]
"""How well a price is known, best first."""
GRADES: tuple[Grade, ...] = get_args(Grade)
SECOND_HAND: tuple[Grade, ...] = ("one third party", "derived")
"""What nobody but one source states, or no source at all; a row that rests on it is marked."""

DESCENDS_FROM = {
    "litellm": (),
    "genai-prices": (),
    "models.dev": (),
    "openrouter": (),
    "openai-cost-calculator": (),
    "model-prices": ("models.dev",),
    "pi-ai": ("models.dev", "openrouter"),
    "tokencost": ("litellm",),
}
"""The public tables that prices are held against, each with those that it takes figures from."""


def seen_on(day: date | str | None, evidence: str) -> str:
    """When a figure was seen, in words: checked on the vendor's page or a copy of it, else as of a day."""
    return f"{'as of' if evidence == THIRD_PARTY else 'checked'} {'a day not known' if day is None else day}"


def grade_of(evidence: str, witnesses: Iterable[str], *, derived: bool = False) -> Grade:
    """How well a price is known.

    What is derived is no more than that. A price read on the vendor's page, or in a copy of it, is as good as that;
    else it counts how many tables have it, those that take figures from each other as one.
    """
    if derived:
        return "derived"
    if evidence == PAGE:
        return "vendor page"
    if evidence == COPY:
        return "copy of the page"
    return "agreed by two independent sources" if independent(witnesses) > 1 else "one third party"


def independent(witnesses: Iterable[str]) -> int:
    """How many of some tables can have seen a price for themselves: those with an origin in common are one."""
    groups: list[set[str]] = []
    for name in witnesses:
        origins = {name, *DESCENDS_FROM.get(name, ())}
        apart = [group for group in groups if not group & origins]
        groups = [*apart, origins.union(*(group for group in groups if group & origins))]
    return len(groups)
