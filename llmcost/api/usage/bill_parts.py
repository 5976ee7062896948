"""The parts that a bill and the usage it is for have in common: a model in a span of time, meter by meter."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import NamedTuple

from llmcost.api.usage.alternatives import Alternative
from llmcost.api.usage.cache_habits import KEPT_LONG
from llmcost.api.usage.counterparts import Span
from llmcost.api.usage.list_cost import ListCost, Reach
from llmcost.core.analysis.bills.part import BilledPart, Cause
from llmcost.core.analysis.bills.reconciliation import EXACT
from llmcost.core.values.meters import METERS
from llmcost.core.workload.billed_cost import BilledCost

GOES_ON = "the usage is a sum that goes on for longer than what is billed"
SOMEWHERE = "the usage does not tell at which of the places it was that are billed"
FINE = Fraction(1, 20)
"""What part of what sizes make rounding may be, so that an amount shows which they were."""
OTHER = "other"
"""The meter of what a bill has no words for beside others that it tells apart."""
KINDS = ("audio_", "image_", "video_")
"""How meters of content begin that is no text."""


class Use(NamedTuple):
    """What one model used in one span of a bill: its list price, what it costs in other ways, and what it tells.

    ``is_open``: some of it may be of a time that is not billed. ``elsewhere`` is the list price at each place that it
    may have been at, where several are billed.
    """

    listed: ListCost
    others: Sequence[Alternative] = ()
    told: frozenset[Cause] = frozenset()
    is_open: bool = False
    elsewhere: Sequence[ListCost] = ()

    def by_names(self, name: Callable[[str], str]) -> Use:
        """The same by other names of its meters."""
        return self._replace(
            listed=self.listed.by_names(name),
            others=[each.by_names(name) for each in self.others],
            elsewhere=[each.by_names(name) for each in self.elsewhere],
        )

    @property
    def left_open(self) -> str:
        """What makes its price a range, where that is not what usage mostly leaves open."""
        return GOES_ON if self.is_open else SOMEWHERE if self.elsewhere and not self.listed.kept else ""

    def of_tiers(self) -> list[Alternative]:
        """What it costs at the sizes that requests may have."""
        return [each for each in self.others if each.cause == "tier"]

    def price(self, meter: str | None) -> Fraction | None:
        """The list price of a meter, or of all; None where nothing of it was used."""
        known = self.listed.costs or self.listed.gaps or self.told
        return self.listed.cost(meter) if known else None

    def reach(self, meter: str | None, sizes: Reach | None) -> Reach | None:
        """The least and the most that a meter, or all, may cost at list price; None where that is one figure."""
        price, listed = self.price(meter), self.listed
        if price is None:
            return None
        own = listed.ends(meter)
        if sizes is not None and sizes[0] == sizes[1]:  # as another meter shows
            own = sizes[0], sizes[1] + (listed.kept if meter == "cache_write" else 0)
        ends = [own, *(each.ends(meter) for each in self.elsewhere)]
        known = [each for each in (sizes, *ends) if each is not None] or [(price, price)]
        low, high = min(low for low, _ in known), max(high for _, high in known)
        if self.is_open:
            low = Fraction(0)
        return None if low == high else (low, high)


def parts_of_bill(span: Span, model: str, use: Use, bill: Bill) -> Iterator[BilledPart]:
    """What one model used in one span, meter by meter where the bill tells them apart."""
    by_meter: dict[str | None, list[BilledCost]] = {}
    is_whole = all(cost.meter is None and cost.label is None for cost in bill.rows)
    for cost in bill.rows:
        meter = "cache_write" if use.listed.kept and cost.meter in KEPT_LONG else cost.meter
        by_meter.setdefault(None if is_whole else meter or cost.label or OTHER, []).append(cost)
    if not is_whole:
        use = use.by_names(partial(_billed_meter, meters=by_meter))
    listed = use.listed
    meters = sorted({each for each in (*listed.costs, *listed.gaps, *by_meter) if each}, key=_rank)
    asked = {meter: _Amount.of(by_meter.get(meter, []), bill.step) for meter in ([None] if is_whole else meters)}
    # What requests of any size cost is a range where nobody says how large they were, and no other way of billing.
    sizes = {} if "tier" in use.told else _reaches(listed, use.of_tiers(), asked)
    others = [each for each in use.others if "tier" in use.told or each.cause != "tier"]
    for meter, billed in asked.items():
        low, high = sizes.get(meter, (None, None))
        is_one = low is not None and low == high  # as another meter shows
        price = low if is_one else use.price(meter)
        yield BilledPart(
            start=span[0],
            end=span[1],
            model=model,
            meter=meter,
            listed=price,
            billed=billed.amount if by_meter.get(meter) else None,
            quoted=billed.quoted,
            step=billed.step,
            stated_step=billed.stated_step,
            others=() if use.is_open else (*_of_sizes(billed, sizes.get(meter)), *_meant(others, meter)),
            why=listed.why(meter),
            reach=use.reach(meter, sizes.get(meter)),
            told=use.told,
            small=None if is_one else low,
            left_open=use.left_open,
        )


Way = tuple[Cause, str, Fraction]
"""What something would cost in another way: by what would explain it, in words, and how much."""


class Bill(NamedTuple):
    """Some rows of a bill, and to what it is rounded where a row does not say so."""

    rows: Sequence[BilledCost]
    step: Decimal


class _Amount(NamedTuple):
    """What was billed for a meter, what the bill says of its list price, and how far rounding may move it."""

    amount: Fraction
    quoted: Fraction | None
    step: Fraction
    stated_step: Fraction

    @classmethod
    def of(cls, rows: Sequence[BilledCost], step: Decimal) -> _Amount:
        amount = sum((Fraction(row.cost) for row in rows), Fraction(0))
        quoted = [Fraction(row.list_cost) for row in rows if row.list_cost is not None]
        stated = sum((Fraction(row.step) / 2 for row in rows if row.step is not None), EXACT * abs(amount))
        others = sum(Fraction(step) / 2 for row in rows if row.step is None)
        whole_quote = sum(quoted, Fraction(0)) if rows and len(quoted) == len(rows) else None
        return cls(amount, whole_quote, stated + others, stated)

    @property
    def meant(self) -> Fraction:
        """What is held against list prices."""
        return self.amount if self.quoted is None else self.quoted


def _of_sizes(billed: _Amount, reach: Reach | None) -> Iterator[Way]:
    """What sizes that the usage does not tell explain."""
    if reach is not None and reach[0] - billed.step <= billed.meant <= reach[1] + billed.step:
        yield "tier", "sizes of requests that the usage does not tell", billed.meant


def _reaches(
    listed: ListCost, tiers: Sequence[Alternative], billed: Mapping[str | None, _Amount]
) -> dict[str | None, Reach]:
    """From what small inputs cost to the largest ones that there may be, for each meter, which is the list price.

    Where one meter is billed at an end of that, all requests were of that end, and so is the list price of every meter.
    """
    ends: dict[str | None, Reach] = {}
    for meter in billed if listed.reach else ():
        most = listed.cost(meter) or Fraction(0)
        least, most = (listed.low, listed.high) if meter is None else (Fraction(0), most)
        costs = [cost for _, _, cost in _meant(tiers, meter)]
        if costs and (low := max(least, min(costs))) < (high := min(most, max(costs))):
            ends[meter] = low, high
    for end in (0, 1):
        fits = [
            abs(billed[meter].meant - reach[end]) <= billed[meter].step <= FINE * (reach[1] - reach[0])
            for meter, reach in ends.items()
            if meter in (None, "input", "output")  # which all requests have
        ]
        if listed.reaches:  # what else is open may be what is seen
            break
        if any(fits):
            return {meter: (reach[end], reach[end]) for meter, reach in ends.items()}
    return ends


def _rank(meter: str) -> tuple[int, str]:
    """The place of a meter among all, those that only the bill knows last."""
    known = list(METERS)
    return known.index(meter) if meter in known else len(known), meter


def _meant(others: Iterable[Alternative], meter: str | None) -> Iterator[Way]:
    """What one meter, or all, would cost in other ways in which it has a price."""
    for each in others:
        cost = each.cost(meter)
        if cost is not None:
            yield each.cause, each.words, cost


def _billed_meter(meter: str, meters: Collection[str | None]) -> str:
    """What a bill calls a meter: reasoning is output, and content that is no text input or output, if not told apart.

    What a bill has none of by either name keeps its own.
    """
    whole = next((meter[len(kind) :] for kind in KINDS if meter.startswith(kind)), meter)
    whole = {"reasoning": "output", **dict.fromkeys(KEPT_LONG, "cache_write")}.get(whole, whole)
    return whole if meter not in meters and whole in meters else meter
