"""A result that was saved, as far as it is needed again: what each offer cost, charge by charge."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from llmcost.core.offers.offer import MIX
from llmcost.core.quotes.comparison import Comparison, Row
from llmcost.core.quotes.quote import Charge
from llmcost.core.values.units import parse_unit
from llmcost.errors import UnitError

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
    ``offer`` is the other offer, empty for the row's own.
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
    offer: str = ""


class SavedRow(NamedTuple):
    """One offer: its cost in a month, None when it was not priced in full, and its charges.

    ``requests`` is what the charges are for. ``is_mix``: its name is that of the workload, whose classes have offers.
    """

    offer: str
    monthly: Fraction | None
    requests: Fraction
    charges: tuple[SavedCharge, ...]
    is_mix: bool = False


class SavedResult(NamedTuple):
    """A result: where it is from, the day of its prices, its currency, and its rows by offer."""

    name: str
    on: str
    currency: str
    digest: str
    rows: dict[str, SavedRow]

    @classmethod
    def of(cls, comparison: Comparison, name: str, digest: str) -> SavedResult:
        """A comparison as it would be read from its JSON: each figure at twelve decimals."""
        rows = [_saved_row(row) for row in comparison.rows]
        return cls(name, str(comparison.on), comparison.currency, digest, {row.offer: row for row in rows})


def _saved_row(row: Row) -> SavedRow:
    quote = row.quote
    months = len(quote.months) or 1
    return SavedRow(
        quote.offer.name,
        as_saved(quote.monthly) if quote.complete else None,
        as_saved(Fraction(quote.requests)) / months,
        tuple(_saved_charge(charge, months) for charge in quote.charges),
        is_mix=quote.offer.kind == MIX,
    )


def _saved_charge(charge: Charge, months: int) -> SavedCharge:
    quantity, cost = as_saved(Fraction(charge.quantity)), as_saved(charge.cost)
    exchange = Fraction(1) if charge.exchange is None else as_saved(charge.exchange.rate)
    price, unit = charge.unit_price, charge.rate.unit.text
    return SavedCharge(
        meter=charge.meter,
        where=f"{charge.offer}: {charge.condition}" if charge.offer else charge.condition,
        quantity=quantity / months,
        cost=cost / months,
        rate=unit_rate(Fraction(price), unit, quantity, cost / exchange),
        price=f"{price:f} {charge.rate.currency} / {unit}",
        price_currency=charge.rate.currency,
        exchange=exchange,
        keys=keys_of(charge.condition),
        starts="" if charge.starts is None else str(charge.starts),
        offer=charge.offer or "",
    )


def unit_rate(price: Fraction, unit: str, quantity: Fraction, cost: Fraction) -> Fraction:
    """The price of one base unit of what was billed; ``cost`` is in the price's currency.

    Units of hosting are known by their cost only.
    """
    try:
        return price / parse_unit(unit).size
    except UnitError:
        return cost / quantity if quantity else Fraction(0)


def keys_of(condition: str) -> frozenset[str]:
    """What a condition asks about, such as input_tokens."""
    return frozenset(part.split(" ", 1)[0] for part in condition.split(" and ") if part)
