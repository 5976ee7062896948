"""What changed between two results, and why: volume, fleet, mix, offers, tier, price or exchange rate.

A cost is, summed over meters and conditions, requests x units a request x part of them in the condition x price x
exchange rate. One factor after the other is moved from the old to the new, in this order, so the parts add up to the
whole difference exactly. Of a meter or condition that only one side has, the missing factors are the other side's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Literal, NamedTuple

from llmcost.core.analysis.saved_result import SavedCharge, SavedResult, SavedRow
from llmcost.core.values.meters import METER
from llmcost.errors import CurrencyError

VOLUME, FLEET, MIX, OFFERS, TIER, PRICE, EXCHANGE = "volume", "fleet", "mix", "offers", "tier", "price", "exchange"
REASONS = {
    VOLUME: "more or fewer requests",
    FLEET: "other servers, or other hours of them",
    MIX: "requests that hold more or less",
    OFFERS: "other shares of the offers",
    TIER: "other tiers or conditions",
    PRICE: "other prices",
    EXCHANGE: "other exchange rates",
}
"""Why a cost can change, in the order in which the factors are moved; of a fleet's meters the first is the fleet."""
ROUNDING = Fraction(1, 10**10)
"""Part of a cost below which nothing has changed: what is saved is rounded to twelve decimals."""


class Effect(NamedTuple):
    """A part of a difference: the meter and why it changed; ``was`` and ``now`` are prices where they say more."""

    meter: str
    reason: str
    amount: Fraction
    was: str = ""
    now: str = ""


Side = Literal["base", "head"]


class OfferChange(NamedTuple):
    """What changed at one offer; None for a side on which it has no full price or does not stand at all.

    ``effects`` add up to the difference, and are empty when one side is missing. ``absent`` is the side that does not
    have it at all, ``base`` or ``head``.
    """

    offer: str
    before: Fraction | None
    after: Fraction | None
    effects: tuple[Effect, ...]
    absent: Side | None = None

    @property
    def difference(self) -> Fraction | None:
        """How much more it costs; None when one side is missing."""
        return None if self.before is None or self.after is None else self.after - self.before

    @property
    def changed(self) -> bool:
        """Whether anything is not as it was."""
        return self.before != self.after or self.absent is not None or any(each.amount for each in self.effects)

    def by_reason(self) -> dict[str, Fraction]:
        """The difference by reason; those that moved nothing are left out."""
        sums = {reason: sum((e.amount for e in self.effects if e.reason == reason), Fraction(0)) for reason in REASONS}
        return {reason: amount for reason, amount in sums.items() if amount}


class Difference(NamedTuple):
    """Two results set against each other, in one currency."""

    base: SavedResult
    head: SavedResult
    offers: tuple[OfferChange, ...]

    @property
    def changed(self) -> bool:
        """Whether any offer costs other than it did, or for other reasons."""
        return any(each.changed for each in self.offers)


def difference(base: SavedResult, head: SavedResult) -> Difference:
    """Every offer of either result. Raises CurrencyError for results in two currencies."""
    if base.currency != head.currency:
        raise CurrencyError(
            f"{base.name} is in {base.currency}, {head.name} in {head.currency}",
            "make one of them anew in the currency of the other",
        )
    rows = dict(base.rows)
    if (renamed := _mixes_alone(base, head)) is not None:
        rows = {renamed[1] if name == renamed[0] else name: row for name, row in rows.items()}
    names = dict.fromkeys([*rows, *head.rows])
    return Difference(base, head, tuple(_offer(name, rows.get(name), head.rows.get(name)) for name in names))


def _mixes_alone(base: SavedResult, head: SavedResult) -> tuple[str, str] | None:
    """The names of the one workload's own row on each side, which are those of files, where they differ."""
    sides = [[name for name, row in side.rows.items() if row.is_mix] for side in (base, head)]
    if any(len(names) != 1 for names in sides) or sides[0] == sides[1]:
        return None
    return sides[0][0], sides[1][0]


def _offer(name: str, base: SavedRow | None, head: SavedRow | None) -> OfferChange:
    before = base.monthly if base is not None else None
    after = head.monthly if head is not None else None
    if base is None or head is None or before is None or after is None:
        absent: Side | None = "base" if base is None else "head" if head is None else None
        return OfferChange(name, before, after, (), absent)
    effects: list[Effect] = []
    meters = dict.fromkeys(charge.meter for charge in (*base.charges, *head.charges))
    for meter in meters:
        sides = [[charge for charge in row.charges if charge.meter == meter] for row in (base, head)]
        effects += _meter(meter, _Side(meter, base.requests, sides[0]), _Side(meter, head.requests, sides[1]))
    effects = [each for each in effects if abs(each.amount) > ROUNDING * max(before, after)]
    if not effects:
        return OfferChange(name, before, before, ())
    rest = after - before - sum((each.amount for each in effects), Fraction(0))
    largest = max(range(len(effects)), key=lambda at: abs(effects[at].amount))
    effects[largest] = effects[largest]._replace(amount=effects[largest].amount + rest)
    return OfferChange(name, before, after, tuple(effects))


class _Side:
    """One meter on one side: requests, units a request, and by condition the part, price and exchange rate.

    What is not bought by the request, such as hours of a server, is all of the first factor.
    """

    def __init__(self, meter: str, requests: Fraction, charges: Sequence[SavedCharge]) -> None:
        quantities: dict[str, Fraction] = {}
        paid: dict[str, Fraction] = {}
        self.prices: dict[str, str] = {}
        self.exchanges: dict[str, tuple[str, Fraction]] = {}
        self.keys = {charge.keys for charge in charges}
        self.starts = {charge.starts for charge in charges}
        self.offers = {charge.where: charge.offer for charge in charges}
        for charge in charges:
            quantities[charge.where] = quantities.get(charge.where, Fraction(0)) + charge.quantity
            paid[charge.where] = paid.get(charge.where, Fraction(0)) + charge.quantity * charge.rate
            self.prices[charge.where] = charge.price
            self.exchanges[charge.where] = (charge.price_currency, charge.exchange)
        total = sum(quantities.values(), Fraction(0))
        if meter in METER and METER[meter].by_time:
            requests = total
        self.requests = requests
        self.units = total / requests if requests else Fraction(0)
        self.parts = {where: quantity / total for where, quantity in quantities.items()} if total else {}
        self.rates = {where: paid[where] / quantity for where, quantity in quantities.items() if quantity}


def _meter(meter: str, base: _Side, head: _Side) -> Iterable[Effect]:
    """The effects on one meter, each factor moved in its turn."""
    parts0, parts1 = base.parts or head.parts, head.parts or base.parts
    where = dict.fromkeys([*parts0, *parts1])
    # What only one side has takes the other side's price and exchange rate, so that its appearance counts as volume or
    # tier, and never as a price that changed from nothing.
    rates0 = {each: base.rates.get(each, head.rates.get(each, Fraction(0))) for each in where}
    rates1 = {each: head.rates.get(each, base.rates.get(each, Fraction(0))) for each in where}
    exchange0, exchange1 = {}, {}
    for each in where:
        one, other = base.exchanges.get(each), head.exchanges.get(each)
        one, other = one or other, other or one
        assert one is not None
        assert other is not None
        if one[0] != other[0]:  # billed in another currency now: that is another price
            rates0[each], rates1[each] = rates0[each] * one[1], rates1[each] * other[1]
            one, other = ("", Fraction(1)), ("", Fraction(1))
        exchange0[each], exchange1[each] = one[1], other[1]

    # A list that asks about other things is another list: what it moves is the price, not where the requests stand.
    relisted = base.keys.isdisjoint(head.keys) and base.starts.isdisjoint(head.starts)

    def cost(
        requests: Fraction,
        units: Fraction,
        parts: dict[str, Fraction],
        rates: dict[str, Fraction],
        exchanges: dict[str, Fraction],
    ) -> Fraction:
        each = sum((parts.get(at, Fraction(0)) * rates[at] * exchanges[at] for at in where), Fraction(0))
        return requests * units * each

    moved = parts0 if relisted else _by_offers(parts0, parts1, {**base.offers, **head.offers})
    steps = (
        (None, (base.requests, base.units, parts0, rates0, exchange0)),
        (FLEET if _is_of_a_fleet(meter) else VOLUME, (head.requests, base.units, parts0, rates0, exchange0)),
        (MIX, (head.requests, head.units, parts0, rates0, exchange0)),
        (OFFERS, (head.requests, head.units, moved, rates0, exchange0)),
        (TIER, (head.requests, head.units, parts0 if relisted else parts1, rates0, exchange0)),
        (PRICE, (head.requests, head.units, parts1, rates1, exchange0)),
        (EXCHANGE, (head.requests, head.units, parts1, rates1, exchange1)),
    )
    last = cost(*steps[0][1])
    for reason, factors in steps[1:]:
        now = cost(*factors)
        assert reason is not None
        texts = _prices(base, head) if reason == PRICE and now != last else ("", "")
        yield Effect(meter, reason, now - last, *texts)
        last = now


def _by_offers(before: dict[str, Fraction], after: dict[str, Fraction], offers: dict[str, str]) -> dict[str, Fraction]:
    """The parts as before within each offer, and each offer's own part as after."""

    def whole(parts: dict[str, Fraction], offer: str) -> Fraction:
        return sum((part for where, part in parts.items() if offers.get(where) == offer), Fraction(0))

    found: dict[str, Fraction] = {}
    for offer in set(offers.values()):
        old, new = whole(before, offer), whole(after, offer)
        for where, part in (before if old else after).items():
            if offers.get(where) == offer:
                found[where] = part * new / old if old else part
    return found


def _is_of_a_fleet(meter: str) -> bool:
    return meter in METER and not METER[meter].of_requests


def _prices(base: _Side, head: _Side) -> tuple[str, str]:
    """The prices of the first condition that both sides have and that changed."""
    for where, price in base.prices.items():
        if head.prices.get(where, price) != price:
            return price, head.prices[where]
    return "", ""
