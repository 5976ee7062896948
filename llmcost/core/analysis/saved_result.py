"""A result that was saved, as far as it is needed again: what each offer cost, charge by charge."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

PLACES = 12
"""Decimals that a result keeps of a cost."""


def as_saved(cost: Fraction) -> Fraction:
    """A cost as a result keeps it, so that an unchanged one is no increase; half-even."""
    return Fraction(round(cost * 10**PLACES), 10**PLACES)


class SavedCharge(NamedTuple):
    """One charge: ``quantity`` in base units, ``cost`` in the result's currency.

    ``rate`` is the price of one base unit in ``price_currency``, which ``exchange`` converts to the result's (1 where
    that is the same). ``where`` is the condition, with the offer it belongs to when that is another one; ``keys`` are
    what it asks about, such as input_tokens. ``starts`` is when the price began, empty when that is not known.
    """

    meter: str
    where: str
    quantity: Fraction
    cost: Fraction
    rate: Fraction
    price: str
    price_currency: str
    exchange: Fraction
    keys: frozenset[str] = frozenset()
    starts: str = ""


class SavedRow(NamedTuple):
    """One offer: its cost in a month, None when it was not priced in full, and its charges.

    ``requests`` is what the charges are for.
    """

    offer: str
    monthly: Fraction | None
    requests: Fraction
    charges: tuple[SavedCharge, ...]


class SavedResult(NamedTuple):
    """A result: where it is from, the day of its prices, its currency, and its rows by offer."""

    name: str
    on: str
    currency: str
    digest: str
    rows: dict[str, SavedRow]
