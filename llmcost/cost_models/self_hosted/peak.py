"""From demand to a fleet: replicas for the peak, spares, what is rented for them, and how much of it works.

replicas = ceil(sum over kinds of peak requests a second x (1 + headroom) / requests a second of one replica), at least
one. Reserved hours are billed, not busy ones. The peak is that of the busiest hour against the mean one of all 730,
whatever the schedule.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import ceil

from llmcost.core.offers.self_hosting.hosts import Instance
from llmcost.core.quotes.fleet import Fleet
from llmcost.core.values.schedule import ANY_MONDAY, WEEK, Window, covers, week_spans
from llmcost.core.workload.requests import HOURS_PER_MONTH, Workload
from llmcost.core.workload.serving import Serving
from llmcost.cost_models.self_hosted.sizing import SizedDemand
from llmcost.errors import CannotServe

SECONDS_PER_HOUR = 3600
WEEKS_PER_MONTH = Fraction(365, 12 * 7)
SPOT = "spot"
"""Terms on which servers may be taken back at any time."""


def lost_share(terms: str, serving: Serving) -> Fraction:
    """The part of the time in which a server on some terms starts again after it was taken back, and serves nothing.

    Raises CannotServe where it would never serve.
    """
    if terms != SPOT or not serving.interruptions:
        return Fraction(0)
    lost = serving.interruptions * serving.start / (HOURS_PER_MONTH * SECONDS_PER_HOUR)
    if lost >= 1:
        raise CannotServe("its servers are taken back before they have started", "lower `interruptions`")
    return lost


def fleet_of(
    kinds: Sequence[SizedDemand],
    workload: Workload,
    instance: Instance,
    count: int,
    *,
    always: bool = False,
    lost: Fraction = Fraction(0),
) -> Fleet:
    """The fleet for the busiest time, without its costs. The workload must say how high its peak is.

    ``always`` is for what is paid for at all hours, whatever the schedule; ``lost`` is the part of them that is paid
    and serves nothing.
    Raises CannotServe when the month's requests do not fit in the hours of the schedule at that peak.
    """
    serving = workload.serving
    assert workload.peak is not None
    opened, up = _hours(serving)
    peak = Fraction(HOURS_PER_MONTH) / opened if workload.peak_to_mean is None else workload.peak_to_mean
    up = Fraction(HOURS_PER_MONTH) if always else up
    if peak * opened < HOURS_PER_MONTH:
        level = ceil(HOURS_PER_MONTH / opened * 10) / 10
        raise CannotServe(
            f"it is up for {float(opened):.4g} of {HOURS_PER_MONTH} hours, in which the mean alone is {level:g} times "
            f"that of the month, and the peak is said to be {float(peak):.4g} times",
            f"say a peak of at least {level:g} (`peak_to_mean`), or more `hours`",
        )
    _check_peak(workload, peak)
    _check_hours(workload)
    highest = peak * (1 + serving.reserve) / (1 - lost)
    seconds = workload.part * HOURS_PER_MONTH * SECONDS_PER_HOUR
    made = [each.demand.requests * each.tokens / seconds for each in kinds]  # output tokens a second on average
    shares = [rate / each.sized.tokens_per_second for rate, each in zip(made, kinds, strict=True)]
    total = _sum(shares)
    fast, slow = (
        _sum([rate / getattr(each.sized, of) for rate, each in zip(made, kinds, strict=True)]) for of in ("high", "low")
    )
    replicas = max(1, ceil(total * highest))
    per_instance = instance.holds(count)
    instances = ceil((replicas + serving.stand_by) / per_instance)
    return Fleet(
        accelerators=count,
        replicas=replicas,
        spares=serving.stand_by,
        instance=instance.id,
        instances=instances,
        hours=up * workload.part,
        load=total / (instances * per_instance) / (up / HOURS_PER_MONTH),
        input_cost=None,
        output_cost=None,
        sized=tuple(
            each.written()._replace(share=share / total if total else Fraction(0))
            for each, share in zip(kinds, shares, strict=True)
        ),
        per_instance=per_instance,
        work=total * highest,
        work_low=fast * highest,
        work_high=slow * highest,
    )


def _sum(parts: list[Fraction]) -> Fraction:
    return parts[0] if len(parts) == 1 else sum(parts, Fraction(0))


def _check_peak(workload: Workload, peak: Fraction) -> None:
    """Raise CannotServe where classes keep such hours that their mean then is above the peak that is said."""
    kept = [group.hours for group in workload.groups]
    if workload.peak_to_mean is None or not kept or None in kept:
        return
    windows = tuple(window for hours in kept for window in hours or ())
    minutes = sum(end - begin for begin, end in week_spans(windows, ANY_MONDAY))
    level = Fraction(WEEK, minutes)
    if peak < level:
        least = ceil(level * 10) / 10
        raise CannotServe(
            f"its classes are sent in {minutes / 60:.4g} hours of a week, in which the mean alone is {least:g} times "
            f"that of the whole week, and the peak is said to be {float(peak):.4g} times",
            f"say a peak of at least {least:g} (`peak_to_mean`), or more `hours`",
        )


def _check_hours(workload: Workload) -> None:
    """Raise CannotServe where it is up at no moment in which a class is sent."""
    for group in workload.groups:
        if group.hours is not None and is_up(group.hours, workload.serving) is False:
            what = f"it is not up in any of the hours in which {group.name or 'its class'} is sent"
            raise CannotServe(what, "say other `hours` of serving, or of the class")


def is_up(hours: tuple[Window, ...], serving: Serving) -> bool | None:
    """Whether it is up in some hours: in all of them, in none, or None for a part."""
    if serving.hours is None:
        return True
    sent, up = week_spans(hours, ANY_MONDAY), week_spans(serving.hours, ANY_MONDAY)
    if covers(up, sent):
        return True
    met = any(begin < till and start < end for begin, end in sent for start, till in up)
    return None if met else False


def opened_hours(serving: Serving) -> Fraction:
    """Hours of a month in which requests are taken in."""
    return _hours(serving)[0]


def _hours(serving: Serving) -> tuple[Fraction, Fraction]:
    """Hours of a month that requests are taken in, and those that are paid for: with a schedule, its starts too."""
    if serving.hours is None:
        return Fraction(HOURS_PER_MONTH), Fraction(HOURS_PER_MONTH)
    spans = week_spans(serving.hours, ANY_MONDAY)
    minutes = sum(end - begin for begin, end in spans)
    joined = spans[0][0] == 0 and spans[-1][1] == WEEK
    starts = len(spans) - joined if minutes < WEEK else 0
    opened = Fraction(minutes, 60)
    paid = opened + starts * serving.start / SECONDS_PER_HOUR
    opened, paid = opened * WEEKS_PER_MONTH, paid * WEEKS_PER_MONTH
    return min(opened, Fraction(HOURS_PER_MONTH)), min(paid, Fraction(HOURS_PER_MONTH))


def split_of(kinds: Sequence[SizedDemand], fleet: Fleet, cost: Fraction) -> tuple[Fraction | None, Fraction | None]:
    """The bill per 1M input and per 1M output tokens, by how much of the work is reading prompts; they add up to it."""
    reading = sum((each.prefill_share * one.share for each, one in zip(kinds, fleet.sized, strict=True)), Fraction(0))
    read = sum((each.demand.input * each.demand.requests for each in kinds), Fraction(0))
    written = sum((each.demand.output * each.demand.requests for each in kinds), Fraction(0))
    if not written:
        reading = Fraction(1)
    elif not read:
        reading = Fraction(0)
    million = 10**6
    return (
        cost * reading / read * million if read else None,
        cost * (1 - reading) / written * million if written else None,
    )
