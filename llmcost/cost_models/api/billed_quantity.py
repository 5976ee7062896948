"""How much of a meter requests are billed for that have a minimum, a free part, or are rounded up to steps."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from llmcost.core.pricing.rating import PricesInForce
from llmcost.core.values.meters import Count
from llmcost.core.workload.requests import RequestGroup
from llmcost.cost_models.api.builder import QuoteBuilder


class QuantityRange(NamedTuple):
    """How much of a meter is billed: the least and the most it may be."""

    least: Count
    most: Count


def bounds_of(
    active: PricesInForce, group: RequestGroup, meter: str, held: Count, tally: QuoteBuilder
) -> QuantityRange:
    """What a mean request is billed for of a meter that has a minimum, a free part, or is rounded up to steps."""
    billed = QuantityRange(held, held)
    version = active.version
    bottom, free, step = version.minimum.get(meter), version.included.get(meter), version.step.get(meter)
    if bottom is not None:
        billed = _at_least(group, held, bottom)
        if billed.most > held:
            below = f"{meter}: a request below the minimum of {bottom} is billed as that"
            known = billed.least == billed.most
            tally.note("minimum-billed", below if known else f"{below}; how many there are is not known")
    if free is not None:
        billed = _beyond(group, billed, free)
        tally.note("included", f"{meter}: the first {free} of each request are not billed")
    if step is not None:
        billed = _in_steps(group, billed, step)
        tally.note("rounded-up", f"{meter}: each request is rounded up to steps of {step}")
    return billed


def _at_least(group: RequestGroup, held: Count, bottom: int) -> QuantityRange:
    """The least and the most that a mean request is billed for with a minimum for each.

    It depends on how the requests differ: least when all are like the mean, most when one of them holds everything.
    """
    # With n requests of which one holds all n × held, the other n - 1 are billed at the bottom; divided by n, that is
    # held + bottom - bottom / n.
    least = max(held, bottom)
    if group.alike or group.requests <= 1:
        return QuantityRange(least, least)
    return QuantityRange(least, max(least, bottom + held - bottom / Fraction(group.requests)))


def _beyond(group: RequestGroup, billed: QuantityRange, free: int) -> QuantityRange:
    """What is left of a mean request when a part of each is free.

    Least when all are like the mean, most when one of them holds everything, so that only its own part is free.
    """
    # With n requests of which one holds all n × billed, n × billed - free are left; divided by n, that is
    # billed - free / n.
    least = max(0, billed.least - free)
    if group.alike or group.requests <= 1:
        return QuantityRange(least, max(0, billed.most - free))
    return QuantityRange(least, max(least, billed.most - free / Fraction(group.requests)))


def _in_steps(group: RequestGroup, billed: QuantityRange, step: int) -> QuantityRange:
    """What a mean request is billed for in whole steps, each request rounded up.

    Exactly so where all are alike; else each gains less than a step, and may gain nothing.
    """
    if group.alike or group.requests <= 1:
        return QuantityRange(_rounded_up(billed.least, step), _rounded_up(billed.most, step))
    return QuantityRange(billed.least, billed.most + step)


def _rounded_up(count: Count, step: int) -> Count:
    return -(-count // step) * step
