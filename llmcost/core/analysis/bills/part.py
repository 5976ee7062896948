"""A part of a bill and the usage that it is held against."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction
from typing import Literal, NamedTuple

Cause = Literal[
    "price-date",
    "tier",
    "terms",
    "cache",
    "discount",
    "surcharge",
    "range",
    "rounding",
    "unpriced",
    "not-used",
    "not-billed",
    "left",
]
CAUSES: dict[Cause, str] = {
    "price-date": "prices of another day",
    "tier": "another tier of input",
    "terms": "other terms",
    "cache": "another count of what was cached",
    "discount": "a share below {price}",
    "surcharge": "a share above {price}",
    "range": "what the usage does not tell: when and where requests were, how large, what was cached",
    "rounding": "the bill is rounded",
    "unpriced": "no list price is known",
    "not-used": "billed, and the usage has none of it",
    "not-billed": "used, and the bill has none of it",
    "left": "not explained",
}
"""What explains a difference, in the order in which it is told; ``price`` is what it is a difference to."""


class BilledPart(NamedTuple):
    """What is to be explained: usage of one model in one span of time at list price, and what was billed for it.

    ``meter`` of None: all of it. ``listed`` of None: no list price is known, and ``why`` says why. ``billed`` of None:
    the bill has none of it. ``quoted`` is what the bill itself says that it costs at list price, None where it does
    not. ``step`` is by how much rounding alone may move the amount, ``stated_step`` that by what the bill itself says
    it is rounded to. ``others`` are what the usage would cost in other ways: by what would explain it, in words, and
    how much. ``reach`` is the least and the most that the list price may be, as sums do not tell all; None where it is
    exact. ``small`` is what it costs if all requests are small, where nobody says how large they were and it is not the
    list price. ``told`` are the causes of which the usage itself says how it was, such as its tier where it has the
    size of each request. ``left_open`` is in words what makes the price a range, "" for what usage mostly leaves open.
    """

    start: datetime
    end: datetime | None
    model: str
    meter: str | None
    listed: Fraction | None
    billed: Fraction | None
    quoted: Fraction | None = None
    step: Fraction = Fraction(0)
    stated_step: Fraction = Fraction(0)
    others: tuple[tuple[Cause, str, Fraction], ...] = ()
    why: str = ""
    reach: tuple[Fraction, Fraction] | None = None
    told: frozenset[Cause] = frozenset()
    small: Fraction | None = None
    left_open: str = ""


def meant(part: BilledPart) -> Fraction:
    """What is held against list prices: what the bill itself says of them, else what it bills."""
    return (part.billed or Fraction(0)) if part.quoted is None else part.quoted


def listed(part: BilledPart) -> Fraction:
    """The list price of a part."""
    return part.listed or Fraction(0)


def smallest(part: BilledPart) -> Fraction:
    """What a part costs if all its requests are small, where nobody says how large they were; else its list price."""
    return listed(part) if part.small is None else part.small
