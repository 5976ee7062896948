"""Figures as text: the only place where a number is rounded."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

MIN_PLACES = 6
MAX_PLACES = 12


def fixed(value: Fraction | int, least: int = MIN_PLACES, most: int = MAX_PLACES) -> str:
    """Fixed point with at least ``least`` decimals and as many more as the exact value needs, half-even at ``most``."""
    scaled = round(Fraction(value) * 10**most)
    sign, digits = ("-" if scaled < 0 else ""), str(abs(scaled)).rjust(most + 1, "0")
    whole, decimals = digits[: len(digits) - most], digits[len(digits) - most :]
    decimals = decimals.rstrip("0").ljust(least, "0")
    return f"{sign}{whole}.{decimals}" if decimals else f"{sign}{whole}"


def plain_count(value: Fraction | int) -> str:
    """A count with no separators: whole when it is whole, else fixed point."""
    return fixed(value, least=0)


def grouped(text: str) -> str:
    """A plain figure with thousands marks, for people."""
    whole, point, decimals = text.partition(".")
    sign = "-" if whole.startswith("-") else ""
    return f"{sign}{int(whole.lstrip('-')):,}{point}{decimals}"


def short_count(value: int) -> str:
    """A count for people in narrow tables: from a million on in millions, from a billion on in billions."""
    for size, sign in ((10**9, "B"), (10**6, "M")):
        if value >= size:
            return f"{shown_money(Fraction(value, size), 2)}{sign}"
    return shown_count(value)


def shown_count(value: Fraction | int) -> str:
    """A count for people: thousands marks, at most two decimals, or two digits of a count that is all but nothing."""
    tiny = value and abs(Fraction(value)) < Fraction(1, 100)
    return grouped(fixed(value, least=0, most=places_for([Fraction(value)]) if tiny else 2))


def places_for(values: Iterable[Fraction]) -> int:
    """How many decimals a column of money needs, so that its smallest figure still shows two digits."""
    smallest = min((abs(value) for value in values if value), default=Fraction(1))
    places = 2
    while smallest * 10**places < 10 and places < MAX_PLACES:
        places += 1
    return places


def shown_money(value: Fraction, places: int = 2) -> str:
    """Money for people: thousands marks and a fixed number of decimals, half-even."""
    return grouped(fixed(value, least=places, most=places))


def shown_ratio(value: Fraction) -> str:
    """How many times another figure one is, for people: about three digits."""
    places = 2 if value < 10 else 1 if value < 100 else 0
    return f"{shown_money(value, max(places, places_for([value])) if value < 1 else places)}x"


MOST_TOLD = 40


def told_apart(one: Fraction, other: Fraction, places: int = 2) -> tuple[str, str]:
    """Two figures for people with as many decimals as it takes to see that they differ; the same text only if equal."""
    while True:
        texts = shown_money(one, places), shown_money(other, places)
        if texts[0] != texts[1] or one == other or places >= MOST_TOLD:
            return texts
        places += 1


def exact_money(value: Fraction) -> str:
    """Money for a reader who redoes the sum: all decimals up to twelve, with thousands marks."""
    return grouped(fixed(value, least=2))
