"""Prices of a part of a month's use: free allowances and steps by volume, where a contract counts them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from llmcost.core.pricing.entries import VolumePrice
from llmcost.core.quotes.quote import Charge, Quote
from llmcost.core.values.meters import Count


class Step(NamedTuple):
    """A part of a month's use of one meter, from ``first`` up to ``last``, None without an end.

    ``price`` is what holds for it, None for the list price.
    """

    first: Count
    last: Count | None
    price: VolumePrice | None


def with_volume_prices(quote: Quote, volume: Sequence[VolumePrice], part: Fraction = Fraction(1)) -> Quote:
    """The quote of a month with each meter's steps at their own prices; the rest stays at the list price.

    A quote of a ``part`` of a month has as much of each step, as its use is spread evenly over the month. Where a meter
    is billed at several rates, the cheapest units come first: so an allowance is never worth more than the seller may
    grant.
    """
    charges: list[Charge] = []
    done: set[str] = set()
    for charge in quote.charges:
        prices = [price for price in volume if price.meter == charge.meter]
        if not prices:
            charges.append(charge)
        elif charge.meter not in done:  # all charges of a meter at the place of its first
            done.add(charge.meter)
            mine = sorted((each for each in quote.charges if each.meter == charge.meter), key=_unit_cost)
            charges += _stepped(mine, steps_of(prices, part))
    return quote._replace(charges=tuple(charges))


def steps_of(prices: Sequence[VolumePrice], part: Fraction = Fraction(1)) -> list[Step]:
    """The steps of a part of a month's use, in order, each with the price that holds there: the last to begin."""
    edges = sorted({0, *(price.first for price in prices), *(price.last for price in prices if price.last is not None)})
    found = []
    for first, last in zip(edges, [*edges[1:], None], strict=True):
        holding = [price for price in prices if price.first <= first and (price.last is None or first < price.last)]
        ends = None if last is None else last * part
        found.append(Step(first * part, ends, max(holding, key=lambda price: price.first, default=None)))
    return found


def _unit_cost(charge: Charge) -> Fraction:
    return charge.cost / charge.quantity if charge.quantity else Fraction(0)


def _stepped(charges: Sequence[Charge], steps: Sequence[Step]) -> Iterator[Charge]:
    """Charges of one meter cut at the steps of a month's use."""
    used: Count = 0
    for charge in charges:
        left = charge.quantity
        for step in steps:
            room = left if step.last is None else min(left, max(step.last - max(used, step.first), 0))
            if not room or used < step.first:
                continue
            yield _part(charge, room, step)
            used, left = used + room, left - room
            if not left:
                break


def _part(charge: Charge, quantity: Count, step: Step) -> Charge:
    """A part of a charge, at the price of its step."""
    if step.price is None:
        return charge._replace(quantity=quantity, cost=charge.cost * quantity / charge.quantity)
    said = " and ".join(part for part in (charge.condition, step.price.said) if part)
    rate = step.price.rate
    if rate is None:
        free = replace(charge.rate, amount=Decimal(0))
        return charge._replace(quantity=quantity, cost=Fraction(0), rate=free, condition=said)
    up, down = rate.per_base_unit()
    return charge._replace(quantity=quantity, cost=Fraction(up * quantity, down), rate=rate, condition=said)
