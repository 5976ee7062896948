"""Instances that come and go with their requests: for how many hours of a month they are up, and billed.

Requests come by chance (Poisson), L a second, and take S seconds each; the instance stays for T seconds after its last
one and takes C to start. It is gone for 1 / L on average, then starts, then is up for (exp(L (S + T)) - 1) / L, the
busy time of a queue with servers without end (M/G/oo) whose requests take T longer. Of such a round all but the first
part is billed: with g = exp(-L (S + T)), (1 - g + L C g) / (1 + L C g). Where the peak with its headroom fills more
than one, whole ones are up for each moment's work with its headroom: of work that comes and goes a half more than it
fills on average, at the least nothing more and at the most one, and never more than the peak fills. Work that nobody
waits for is done at once, with one start.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import expm1

from llmcost.core.offers.self_hosting.hosts import Instance, Scaling
from llmcost.core.quotes.fleet import Fleet
from llmcost.core.quotes.notes import Note
from llmcost.core.workload.requests import Workload
from llmcost.core.workload.serving import Serving
from llmcost.cost_models.self_hosted.peak import SECONDS_PER_HOUR, fleet_of, opened_hours
from llmcost.cost_models.self_hosted.sizing import SizedDemand, exact

HALF = Fraction(1, 2)
UNSTATED = Fraction(96)
"""Seconds of a start that nobody states: what one host states for vLLM."""


def scaled_fleet(kinds: Sequence[SizedDemand], workload: Workload, instance: Instance, count: int) -> Fleet:
    """The fleet of an instance that scales to nothing: what is up on average, without spares. Raises CannotServe."""
    assert instance.scaling is not None
    own = fleet_of(kinds, workload, instance, count)
    opened = opened_hours(workload.serving)
    seconds = SECONDS_PER_HOUR * opened * workload.part
    rates = [each.demand.requests / seconds for each in kinds]
    arrivals = sum(rates, Fraction(0))
    under_way = sum((rate * each.alone for rate, each in zip(rates, kinds, strict=True)), Fraction(0))
    met = exact(-expm1(-float(under_way + arrivals * instance.scaling.idle)))
    start = cold_start_of(instance.scaling, workload.serving)
    starts = arrivals * (1 - met) * start
    there = (met + starts) / (1 + starts)
    once = (instance.scaling.idle + start) / SECONDS_PER_HOUR
    at_once = own.load * own.instances * own.hours  # the hours of work, which do not depend on how it is spread

    reserve, lot = workload.serving.reserve, own.lot

    def hours(work: Fraction, part_filled: Fraction) -> Fraction:
        busy = at_once * work / own.work if own.work else Fraction(0)
        if workload.serving.offline:  # it waits until there is enough to do all of it at once
            return busy + lot * once
        begun = part_filled if work > 1 else Fraction(0)
        alone = lot * opened * workload.part  # of the instances that a replica spans, each is up and billed
        most = own._replace(spares=0).instances_for(work) * opened * workload.part
        return min(most, max(there * alone, busy * (1 + reserve) + begun * alone))

    up = hours(own.work, HALF)
    return own._replace(
        spares=0,
        instances=1,
        hours=up,
        load=min(Fraction(1), at_once / up) if up else Fraction(0),
        at_once=workload.serving.offline,
        hours_range=(hours(own.work_low, Fraction(0)), hours(own.work_high, Fraction(1))),
    )


def cold_start_of(scaling: Scaling, serving: Serving) -> Fraction:
    """Seconds that a start bills: as the workload says, else as stated, else as elsewhere."""
    if serving.cold_start is not None:
        return serving.cold_start
    return UNSTATED if scaling.cold_start is None else scaling.cold_start


def scaling_note(scaling: Scaling, serving: Serving) -> Note:
    """What a reader should know of an instance that comes and goes."""
    start = float(cold_start_of(scaling, serving))
    known = scaling.cold_start is not None or serving.cold_start is not None
    taken = "" if known else ", as elsewhere, for nobody states it"
    by = "" if scaling.source is None else f" ({scaling.source})"
    how = "requests are taken to come by chance, and those that meet a start wait for it"
    if serving.offline:
        how = "all is done at once, with one start"
    text = (
        f"billed while it is up: it stays {float(scaling.idle):g} s after a request{by}, and a start takes {start:g} s"
        f"{taken}; {how}"
    )
    return Note("scaling", text)
