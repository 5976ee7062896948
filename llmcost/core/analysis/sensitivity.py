"""How a ranking changes when one figure of the workload does, and where offers cross."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import partial
from itertools import combinations, pairwise
from typing import NamedTuple

Costs = Mapping[str, Fraction]
"""Cost by offer; an offer that cannot be priced in full is left out."""


class Outcome(NamedTuple):
    """The costs at one value, and the offers of them whose notes leave a doubt."""

    costs: Costs
    doubtful: frozenset[str]

    @property
    def sure(self) -> Costs:
        """The costs of the offers that are not in doubt."""
        return {name: cost for name, cost in self.costs.items() if name not in self.doubtful}

    @property
    def cheapest(self) -> str | None:
        """The offer that costs least of those not in doubt; None without any."""
        return min(self.sure, key=lambda name: (self.costs[name], name), default=None)

    def ranks(self) -> dict[str, int | None]:
        """The place of every offer by cost, ties by id; None for those in doubt, which come last."""
        ordered = sorted(self.costs, key=lambda name: (name in self.doubtful, self.costs[name], name))
        return {name: None if name in self.doubtful else place for place, name in enumerate(ordered, start=1)}


Evaluate = Callable[[Fraction], Outcome]

STEPS = 32
"""Even parts in which a range is looked at; offers that cross twice within one of them are not seen to cross."""
SHOWN_POINTS = 5
"""Values of a range that are shown with their costs."""
MUCH = 20
"""From this factor between its ends on a range is shown in equal factors, not in equal steps."""
MOST_COMPARED = 12
"""With more offers than this only changes of the cheapest one are looked for."""


class OfferCrossing(NamedTuple):
    """From ``value`` on, ``above`` costs less than ``below``, which was the cheaper of the two until then."""

    value: Fraction
    below: str
    above: str


class Lead(NamedTuple):
    """From ``first`` on one offer is the cheapest, until the next lead; None where nothing could be priced in full."""

    first: Fraction
    offer: str | None


class Sweep(NamedTuple):
    """One figure moved from ``low`` to ``high``: what comes of it at ``points``, who leads where, and the crossings.

    Leads and crossings are of offers that are not in doubt.
    """

    parameter: str
    low: Fraction
    high: Fraction
    points: tuple[tuple[Fraction, Outcome], ...]
    leads: tuple[Lead, ...]
    crossings: tuple[OfferCrossing, ...]


def sweep(
    parameter: str, low: Fraction, high: Fraction, step: Fraction, edges: Iterable[int], evaluate: Evaluate
) -> Sweep:
    """Move one figure over a range.

    ``step`` is the smallest difference that matters, such as one token; ``edges`` are values at which a price jumps.
    Crossings are found between neighbouring points by halving, so one that comes and goes between two points is missed.
    """
    values = _values(low, high, step, edges)
    known: dict[Fraction, Outcome] = {}

    def at(value: Fraction) -> Outcome:
        if value not in known:
            known[value] = evaluate(value)
        return known[value]

    def costs(value: Fraction) -> Costs:
        return at(value).sure

    everywhere = [at(value) for value in values]
    names = {name for each in everywhere for name in each.sure}
    if len(names) > MOST_COMPARED:
        names = {first for each in everywhere if (first := each.cheapest) is not None}
    crossings = [found for a, b in combinations(names, 2) for found in _crossings(values, step, costs, a, b)]
    crossings.sort(key=lambda each: (each.value, each.below, each.above))
    leads = _leads(sorted(known), step, at)
    marks = _marks(low, high, step)
    points = tuple((value, at(value)) for value in marks)
    return Sweep(parameter, low, high, points, tuple(leads), tuple(crossings))


def _leads(values: Sequence[Fraction], step: Fraction, at: Evaluate) -> list[Lead]:
    """Who is the cheapest from where on; each change between two values is found to a step."""
    leads = [Lead(values[0], at(values[0]).cheapest)]
    for left, right in pairwise(values):
        while leads[-1].offer != at(right).cheapest:
            begins = _halved(max(left, leads[-1].first), right, step, partial(_led_otherwise, at, leads[-1].offer))
            leads.append(Lead(begins, at(begins).cheapest))
    return leads


def _led_otherwise(at: Evaluate, leader: str | None, value: Fraction) -> bool:
    return at(value).cheapest != leader


def _marks(low: Fraction, high: Fraction, step: Fraction) -> list[Fraction]:
    """A few points to show: evenly spaced, or by equal factors where the range spans orders of magnitude."""
    if low > 0 and high / low >= MUCH:
        inner = [_short(low * round(float(high / low) ** (n / (SHOWN_POINTS - 1)))) for n in range(1, SHOWN_POINTS - 1)]
    else:
        inner = [_rounded(low + (high - low) * n / (SHOWN_POINTS - 1), step) for n in range(1, SHOWN_POINTS - 1)]
    return sorted(value for value in {low, *inner, high} if low <= value <= high)


def _short(value: Fraction) -> Fraction:
    """A value cut to its first two digits."""
    digits = len(str(int(value)))
    unit = 10 ** max(0, digits - 2)
    return Fraction(int(value) // unit * unit)


def _values(low: Fraction, high: Fraction, step: Fraction, edges: Iterable[int]) -> list[Fraction]:
    """Points over the range: evenly spaced, closer where the range spans orders of magnitude, and on each edge."""
    values = {low, high}
    for number in range(1, STEPS):
        values.add(_rounded(low + (high - low) * number / STEPS, step))
    start = max(low, step)
    while start * 2 < high:
        values.add(_rounded(start, step))
        start *= 2
    for edge in edges:
        values |= {Fraction(edge) - step, Fraction(edge)}
    return sorted(value for value in values if low <= value <= high)


def _rounded(value: Fraction, step: Fraction) -> Fraction:
    return round(value / step) * step


def _crossings(
    values: Sequence[Fraction], step: Fraction, costs: Callable[[Fraction], Costs], a: str, b: str
) -> Iterator[OfferCrossing]:
    """Where the cheaper of two offers becomes the dearer one; a stretch of equal costs belongs to what came before."""
    last: tuple[Fraction, int] | None = None
    for value in values:
        here = costs(value)
        if a not in here or b not in here:
            last = None
            continue
        sign = _sign(here, a, b)
        if not sign:
            continue
        if last is not None and last[1] != sign:
            at = _halved(last[0], value, step, partial(_turned, costs, a, b, sign))
            yield OfferCrossing(at, *((a, b) if last[1] < 0 else (b, a)))
        last = value, sign


def _turned(costs: Callable[[Fraction], Costs], a: str, b: str, sign: int, value: Fraction) -> bool:
    here = costs(value)
    return a in here and b in here and _sign(here, a, b) == sign


def _halved(low: Fraction, high: Fraction, step: Fraction, reached: Callable[[Fraction], bool]) -> Fraction:
    """The first value, to a step, at which something holds that holds at ``high`` and not at ``low``."""
    while high - low > step:
        middle = _rounded((low + high) / 2, step)
        if middle in (low, high):
            break
        low, high = (low, middle) if reached(middle) else (middle, high)
    return high


def _sign(costs: Costs, a: str, b: str) -> int:
    return (costs[a] > costs[b]) - (costs[a] < costs[b])
