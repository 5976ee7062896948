"""Instances that come and go with their requests: for how many hours of a month they are up, and billed.

Requests come by chance (Poisson), L a second, and take S seconds each; the instance stays for T seconds after its last
one and takes C to start. It is gone for 1 / L on average, then starts, then is up for (exp(L (S + T)) - 1) / L, the
busy time of a queue with servers without end (M/G/oo) whose requests take T longer. Of such a round all but the first
part is billed: with g = exp(-L (S + T)), (1 - g + L C g) / (1 + L C g). Where the work fills more than one, as many are
up as it fills.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import exp

from llmcost.core.offers.hosts import Instance, Scaling
from llmcost.core.quotes.fleet import Fleet
from llmcost.core.quotes.notes import Note
from llmcost.core.workload.requests import HOURS_PER_MONTH, Workload
from llmcost.core.workload.serving import Serving
from llmcost.cost_models.self_hosted.sizing import (
    SECONDS_PER_HOUR,
    SizedDemand,
    exact,
    fleet_of,
    opened_hours,
)


def scaled_fleet(kinds: Sequence[SizedDemand], workload: Workload, instance: Instance, count: int) -> Fleet:
    """The fleet of an instance that scales to nothing: what is up on average, without spares. Raises CannotServe."""
    assert instance.scaling is not None
    own = fleet_of(kinds, workload, instance, count)
    opened = opened_hours(workload.serving)
    part = opened / HOURS_PER_MONTH
    seconds = HOURS_PER_MONTH * SECONDS_PER_HOUR * part * workload.part
    rates = [each.demand.requests / seconds for each in kinds]
    taken = [each.sized.concurrency / each.requests_per_second(each.sized.tokens_per_second) for each in kinds]
    arrivals = sum(rates, Fraction(0))
    under_way = sum((rate * time for rate, time in zip(rates, taken, strict=True)), Fraction(0))
    gone = exact(exp(-float(under_way + arrivals * instance.scaling.idle)))
    starts = arrivals * gone * cold_start_of(instance.scaling, workload.serving)
    there = (1 - gone + starts) / (1 + starts)
    assert workload.peak is not None
    highest = workload.peak * (1 + workload.serving.headroom)

    def hours(work: Fraction) -> Fraction:
        filled = work / highest / own.per_instance / part
        return max(there, filled) * opened * workload.part

    up = hours(own.work)
    busy = own.work / highest / own.per_instance * HOURS_PER_MONTH * workload.part
    return own._replace(
        spares=0,
        instances=1,
        hours=up,
        load=min(Fraction(1), busy / up) if up else Fraction(0),
        hours_range=(hours(own.work_low), hours(own.work_high)),
    )


def cold_start_of(scaling: Scaling, serving: Serving) -> Fraction:
    """Seconds that a start bills: as the workload says, else as stated, else the workload's usual ones."""
    given = serving.cold_start != Serving().cold_start
    return serving.cold_start if given or scaling.cold_start is None else scaling.cold_start


def scaling_note(scaling: Scaling, serving: Serving) -> Note:
    """What a reader should know of an instance that comes and goes."""
    start = float(cold_start_of(scaling, serving))
    taken = "" if scaling.cold_start is not None else ", which nobody states and is taken"
    text = (
        f"billed while it is up: it stays {float(scaling.idle):g} s after a request, and a start takes {start:g} s"
        f"{taken}; requests are taken to come by chance, and those that meet a start wait for it"
    )
    return Note("scaling", text)
