"""Break-even: the line of an API against the staircase of a fleet, and every volume at which the cheaper one changes.

Along the whole way the mix of requests stays what the workload says and only its volume moves. An API costs in
proportion to the volume. A fleet costs the same until the peak needs another instance.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import count, islice
from math import ceil
from typing import NamedTuple

from llmcost.core.quotes.fleet import Fleet
from llmcost.core.quotes.quote import Quote
from llmcost.core.values.meters import METER
from llmcost.errors import LlmcostError

VARY = "compare both at several volumes instead, by varying the requests"
MOST_STEPS = 20_000
"""Steps of the staircase that are looked at before giving up."""


class VolumeCrossing(NamedTuple):
    """A volume from which on the other side is the cheaper one.

    ``volume`` is in parts of the workload; ``to_self`` says that self-hosting is cheaper from there on; ``cost`` is
    what the cheaper one costs there, ``instances`` the fleet, ``load`` the mean part of it that works.
    """

    volume: Fraction
    to_self: bool
    cost: Fraction
    instances: int
    load: Fraction


class Step(NamedTuple):
    """A part of the staircase: one fleet from a volume (exclusive) up to another, at one cost."""

    after: Fraction
    upto: Fraction
    instances: int
    cost: Fraction


class Breakeven(NamedTuple):
    """Both sides of the question, in one currency.

    ``crossings`` are by volume. ``earliest`` and ``latest`` are the first crossing to self-hosting were the hardware as
    fast or as slow as the range allows; None where there is none. ``complete`` says that there is no further crossing.
    """

    self_quote: Quote
    api_quote: Quote
    crossings: tuple[VolumeCrossing, ...]
    earliest: Fraction | None
    latest: Fraction | None
    complete: bool

    @property
    def first(self) -> Fraction | None:
        """The smallest volume from which on self-hosting is cheaper; None when there is none."""
        return next((each.volume for each in self.crossings if each.to_self), None)

    @property
    def requests(self) -> Fraction:
        """Requests a month of the workload as it stands."""
        return Fraction(self.api_quote.requests)

    @property
    def tokens(self) -> Fraction:
        """Tokens a month of the workload as it stands."""
        return Fraction(self.api_quote.total_tokens)

    def steps(self, upto: Fraction, most: int = MOST_STEPS) -> list[Step]:
        """The staircase up to a volume, or its first steps."""
        return list(islice(_stairs(self.self_quote, _fleet(self.self_quote).work, upto), most))

    def step_at(self, volume: Fraction, work: Fraction | None = None) -> Step:
        """The step a volume stands on, the lower one at an edge; ``work`` of None is that of the estimate itself."""
        fleet = _fleet(self.self_quote)
        work = work or fleet.work
        first = fleet.instances_for(Fraction(0))
        needed = (volume * work + fleet.spares) / fleet.per_instance - first
        return _step(self.self_quote, work, max(0, ceil(needed / fleet.lot)))


def breakeven(self_quote: Quote, api_quote: Quote) -> Breakeven:
    """Every volume at which the cheaper of the two changes; both quotes are for the same workload, in one currency.

    Raises LlmcostError when one of them is not priced in full, or no request is sent.
    """
    for quote in (self_quote, api_quote):
        if not quote.complete:
            why = f"no full price for {quote.offer.name}: {quote.incomplete_reason}"
            raise LlmcostError(why, "there is no verdict without it")
    if not api_quote.cost or not api_quote.requests:
        raise LlmcostError(f"{api_quote.offer.name} costs nothing for this workload", "name an offer that has a price")
    fleet = _fleet(self_quote)
    if fleet.hours_range is not None:
        message = f"{self_quote.offer.name} is billed while it is up, so its cost has no steps"
        raise LlmcostError(message, VARY)
    if fleet.at_home and any(charge.meter == "power" for charge in self_quote.charges):
        message = f"the power of {self_quote.offer.name} is billed while it works, so its cost has no steps"
        raise LlmcostError(message, VARY)
    crossings, complete = _crossings(self_quote, api_quote.cost, fleet.work)
    earliest, latest = (_first(self_quote, api_quote.cost, work) for work in (fleet.work_low, fleet.work_high))
    return Breakeven(self_quote, api_quote, tuple(crossings), earliest, latest, complete)


def _first(quote: Quote, line: Fraction, work: Fraction) -> Fraction | None:
    crossings, _ = _crossings(quote, line, work)
    return next((each.volume for each in crossings if each.to_self), None)


def _crossings(quote: Quote, line: Fraction, work: Fraction) -> tuple[list[VolumeCrossing], bool]:
    """Every crossing, and whether there is surely no further one; ``line`` is what the API costs at volume 1."""
    fleet = _fleet(quote)
    one, _ = _costs(quote)
    found: list[VolumeCrossing] = []
    cheaper = False
    # how much more a step brings in, on an API's bill, than it costs
    gain = line * fleet.per_instance * fleet.lot / work - one
    for number, step in enumerate(_stairs(quote, work, None)):
        if number >= MOST_STEPS:
            return found, False
        meets = step.cost / line
        if cheaper and meets > step.after:
            cheaper = False
            found.append(
                VolumeCrossing(
                    volume=step.after,
                    to_self=False,
                    cost=line * step.after,
                    instances=step.instances,
                    load=_load(quote, work, step, step.after),
                )
            )
        if not cheaper and meets <= step.upto:
            cheaper = True
            at = max(meets, step.after)
            found.append(
                VolumeCrossing(
                    volume=at,
                    to_self=True,
                    cost=step.cost,
                    instances=step.instances,
                    load=_load(quote, work, step, at),
                )
            )
        # A further step adds `gain` to what self-hosting saves at its end, and costs `one` more from its beginning on.
        # So where it saves at least `one` now and gains from each step, or loses now and gains from none, it stays so.
        stays_cheaper = line * step.upto - step.cost >= one if cheaper else False
        if (gain >= 0 and stays_cheaper) or (gain <= 0 and not cheaper):
            return found, True
    return found, False


def _stairs(quote: Quote, work: Fraction, upto: Fraction | None) -> Iterator[Step]:
    """The steps of the staircase in order; without an end where no volume is given."""
    for number in count():
        step = _step(quote, work, number)
        if upto is not None and step.after >= upto:
            return
        yield step


def _step(quote: Quote, work: Fraction, number: int) -> Step:
    """A step of the staircase by its number, from zero."""
    fleet = _fleet(quote)
    one, rest = _costs(quote)
    instances = fleet.instances_for(Fraction(0)) + number * fleet.lot
    ends = [(each * fleet.per_instance - fleet.spares) / work for each in (instances - fleet.lot, instances)]
    return Step(ends[0] if number else Fraction(0), ends[1], instances, one * instances / fleet.lot + rest)


def _load(quote: Quote, work: Fraction, step: Step, volume: Fraction) -> Fraction:
    """The mean part of the fleet that works at a volume."""
    fleet = _fleet(quote)
    mean = fleet.load * fleet.instances / fleet.work if fleet.work else Fraction(0)
    return mean * work * volume / step.instances


def _costs(quote: Quote) -> tuple[Fraction, Fraction]:
    """What a step of the staircase costs, and what stays the same."""
    fleet = _fleet(quote)
    grows = sum((charge.cost for charge in quote.charges if METER[charge.meter].by_instance), Fraction(0))
    return grows / fleet.instances * fleet.lot, quote.cost - grows


def _fleet(quote: Quote) -> Fleet:
    """The fleet of a self-hosted quote. Raises LlmcostError for another one."""
    if quote.fleet is None:
        raise LlmcostError(f"{quote.offer.name} is not self-hosted", "name the self-hosted offer first, then the API's")
    return quote.fleet
