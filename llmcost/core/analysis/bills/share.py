"""The one share of the list price at which all parts of a bill were billed, as a discount is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import ceil, floor
from typing import NamedTuple

from llmcost.core.analysis.bills.part import BilledPart, listed, meant, smallest

STEPS = (Fraction(1, 20), Fraction(1, 100), Fraction(1, 200))
"""What discounts are mostly multiples of, the coarser ones first."""
CLEAR = Fraction(1, 2000)
"""How far off a share may be by rounding that a bill does not state; small amounts in cents have many shares."""
NOISE = Fraction(1, 10**9)
Base = Callable[[BilledPart], Fraction]
"""The price that a share is of."""


class BilledShare(NamedTuple):
    """A share of the list price; ``base`` is what of each part it is of.

    ``is_clear``: several parts of different prices have it closely, and it is a round one, so that it is no accident.
    """

    value: Fraction
    base: Base
    is_clear: bool

    def holds(self, part: BilledPart) -> bool:
        """Whether a part was billed at it, but for rounding."""
        whole = self.base(part)
        return abs(meant(part) - self.value * whole) <= part.step + NOISE * whole


def share_of(parts: Sequence[BilledPart]) -> BilledShare | None:
    """The share that all parts of a model have; None without one.

    Of small inputs only a share below their price counts: above it the sizes explain it. A single part has some share
    in any case, so of one it counts only where it is a round one that no rounding makes.
    """
    own = [part for part in parts if part.listed]
    if any(part.small is not None for part in own):
        found = _common(own, smallest)
        if found is not None and found.value < 1:
            return found
    return _common(own, listed)


def _common(parts: Sequence[BilledPart], base: Base) -> BilledShare | None:
    """The share of a price that lies within what rounding leaves open of every part."""
    priced = [part for part in parts if base(part)]
    if not priced:
        return None
    alone = len(priced) == 1
    ends = [_ends(part, base(part), alone=alone) for part in priced]
    low, high = max(low for low, _ in ends), min(high for _, high in ends)
    if low > high or high <= 0:
        return None
    value = _round_one(low, high)
    if value is None and not alone and high - low <= 2 * CLEAR and not _holds_round_ones(low, high):
        largest = max(priced, key=base)
        value = min(max(meant(largest) / base(largest), low), high)
        return BilledShare(value, base, is_clear=False) if value > 0 else None
    if value is None or value <= 0:
        return None
    differ = len({base(part) for part in priced}) > 1
    return BilledShare(value, base, is_clear=differ and high - low <= STEPS[-1])


def _ends(part: BilledPart, whole: Fraction, *, alone: bool) -> tuple[Fraction, Fraction]:
    """The least and the most share that a part may have been billed at."""
    step = part.step if not alone or part.step / whole <= CLEAR else part.stated_step
    return (meant(part) - step) / whole - NOISE, (meant(part) + step) / whole + NOISE


def _round_one(low: Fraction, high: Fraction) -> Fraction | None:
    """The one multiple of a step between two shares; None for none, and for several."""
    for step in STEPS:
        first, last = ceil(low / step), floor(high / step)
        if first <= last:
            return first * step if first == last else None
    return None


def _holds_round_ones(low: Fraction, high: Fraction) -> bool:
    return any(ceil(low / step) <= floor(high / step) for step in STEPS)
