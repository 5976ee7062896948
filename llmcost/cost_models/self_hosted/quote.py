"""The self-hosting cost model: an offer of open weights turned into the charges of a workload."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor

from llmcost.core.offers.offer import Offer
from llmcost.core.offers.self_hosting.hosts import Instance
from llmcost.core.offers.self_hosting.precisions import GGUF
from llmcost.core.quotes.fleet import BUSY, EVIDENCE, Fleet
from llmcost.core.quotes.freshness import NO_DATE, age_note
from llmcost.core.quotes.notes import Note, change_note
from llmcost.core.quotes.quote import Gap, Quote, unserved_quote
from llmcost.core.values.dates import PricingDay
from llmcost.core.workload.requests import Workload
from llmcost.core.workload.serving import Serving
from llmcost.cost_models.self_hosted.bill import Bill
from llmcost.cost_models.self_hosted.choose import (
    bill_fleet,
    choose_setup,
    fleet_for,
    is_always_paid,
    parts_of,
)
from llmcost.cost_models.self_hosted.demand import Demands, demands_of
from llmcost.cost_models.self_hosted.home import AT_HOME, as_asked_of
from llmcost.cost_models.self_hosted.peak import SPOT, is_up, lost_share, split_of
from llmcost.cost_models.self_hosted.replicas import kinds_of
from llmcost.cost_models.self_hosted.scaling import scaling_note
from llmcost.cost_models.self_hosted.sizing import SizedDemand
from llmcost.cost_models.self_hosted.speed.roofline import LLAMA_CPP
from llmcost.errors import CannotServe, LlmcostError

NO_PEAK = "the workload does not say how high its peak is, so replicas cannot be counted"
NOT_OWN = "runs files made for llama.cpp at a speed that nobody measured, or not at all"
LATE = 5
"""Seconds to the first token that few would wait for."""
STATEFUL = (
    "some of its layers keep a state for each request, for which SGLang leaves room for a third of the requests that "
    "would fit; that is taken where no engine is named, and `engine: vllm` takes all"
)
APART = Note(
    "disaggregated",
    "prompts are read on other accelerators than answered on, as it was measured; its servers need a network as fast",
)
GUESSED_APART = Note(
    "disaggregated", "it was measured with guessed tokens whose number its source does not state, whatever is asked for"
)
UNCACHED = Note("prefix-cache", "it was measured without a prefix cache, so all of each prompt is read")
SAY_PEAK = "give it a `peak_to_mean`, such as 4"


def quote_self_hosted(offer: Offer, workload: Workload, on: PricingDay) -> Quote:
    """What it costs to run open weights for a workload on a day's prices, in the host's currency.

    What the offer leaves open is settled first: the smallest count that fits and meets the targets, the cheapest
    listed host. An offer that cannot serve comes back unserved with the reason.
    """
    workload = as_asked_of(offer, workload)
    if workload.peak is None:
        return _unserved(offer, workload, on, f"{NO_PEAK}: {SAY_PEAK}")
    demands = demands_of(offer, workload, on)
    if demands.problem is not None:
        return _unserved(offer, workload, on, demands.problem)
    if not demands.kinds:
        return _unserved(offer, workload, on, "nothing is sent to it")
    try:
        offer, kinds = choose_setup(offer, workload, demands, on)
        return _quote(offer, workload, demands, kinds, _least(offer, workload, demands, kinds, on), on)
    except LlmcostError as error:
        reason = error.message if error.remedy is None else f"{error.message}; {error.remedy}"
        return _unserved(offer, workload, on, reason)


def _least(
    offer: Offer, workload: Workload, demands: Demands, kinds: list[SizedDemand], on: PricingDay
) -> list[SizedDemand]:
    """The kinds of requests with the smaller count where text is estimated."""
    made, _, count = parts_of(offer)
    if all(each.low == each.high for each in demands.counted):
        return kinds
    try:
        return kinds_of(made, count, demands_of(offer, workload, on, most=False), workload)
    except CannotServe:  # shorter requests may be such as nobody measured
        return kinds


def _quote(
    offer: Offer,
    workload: Workload,
    demands: Demands,
    kinds: list[SizedDemand],
    least: list[SizedDemand],
    on: PricingDay,
) -> Quote:
    _, instance, count = parts_of(offer)
    always = is_always_paid(instance, offer.terms, on)
    lost = lost_share(offer.terms, workload.serving)
    fleet = fleet_for(kinds, workload, instance, count, always=always, lost=lost)
    lightest = fleet if least is kinds else fleet_for(least, workload, instance, count, always=always, lost=lost)
    fleet = fleet._replace(work_low=min(fleet.work_low, lightest.work_low))
    bill = bill_fleet(offer, workload, fleet.instances, fleet, on)
    costs = {(fleet.instances, fleet.load): bill.cost}

    def cost(instances: int, work: Fraction) -> Fraction:
        load = fleet.load  # what changes with the work at home is how long its machines take power
        if instance.at_home and fleet.work:
            load *= work / fleet.work * fleet.instances / instances
        if (instances, load) not in costs:
            costs[instances, load] = bill_fleet(offer, workload, instances, fleet._replace(load=load), on).cost
        return costs[instances, load]

    if fleet.hours_range is None:
        low, high = (cost(fleet.instances_for(work), work) for work in (fleet.work_low, fleet.work_high))
    else:
        ends = (min(fleet.hours_range[0], (lightest.hours_range or fleet.hours_range)[0]), fleet.hours_range[1])
        low, high = (bill_fleet(offer, workload, 1, fleet._replace(hours=hours), on).cost for hours in ends)
    read, written = split_of(kinds, fleet, bill.cost)
    alone = ceil(max(1, fleet.replicas) / fleet.per_instance)
    without = cost(alone, fleet.work) if fleet.spares else bill.cost
    moving = sum((each.cost for each in bill.charges if instance.at_home and each.meter == "power"), Fraction(0))
    whole = (bill.cost - moving) * fleet.load / BUSY + moving
    busy = whole / demands.tokens * 10**6 if demands.tokens else None
    gaps = tuple(Gap(each.meter, fleet.instances, each.reason, workload.name) for each in bill.missing)
    unserved = gaps[0].reason if gaps and not bill.charges else None
    return Quote(
        offer=offer,
        on=on,
        currency=bill.charges[0].currency if bill.charges else "USD",
        charges=bill.charges,
        gaps=gaps,
        requests=demands.requests,
        total_tokens=demands.tokens,
        unserved=unserved,
        notes=(*_notes(offer, workload, demands, fleet, bill, on), *_doubts(instance)),
        doubts=(*demands.doubts, *_doubts(instance)),
        counted=tuple(demands.counted),
        spread=None if low == high == bill.cost else (low, high),
        fleet=fleet._replace(
            input_cost=read,
            output_cost=written,
            spares_cost=bill.cost - without,
            busy_cost=busy,
            at_home=instance.at_home,
        ),
    )


def _notes(offer: Offer, workload: Workload, demands: Demands, fleet: Fleet, bill: Bill, on: PricingDay) -> list[Note]:
    """What a reader should know beside the figure."""
    _, instance, _ = parts_of(offer)
    notes = [*demands.notes, *demands.doubts, *bill.notes, *_ways(instance, workload)]
    notes += _without_effect(offer, instance, workload.serving)
    notes += [_spot_note(workload.serving, fleet)] if offer.terms == SPOT else []
    notes += _speed_notes(offer, workload, fleet)
    if any(each.output <= 1 for each in demands.kinds):
        text = "an answer of one token has no time between tokens: no target limits its wait, `max_batch` does"
        notes.append(Note("latency", text))
    if workload.serving.disaggregated:
        notes += [APART] if workload.serving.speculative is None else [APART, GUESSED_APART]
    if any(each.cached for each in demands.kinds):
        notes.append(UNCACHED if workload.serving.disaggregated else _waiting_note(fleet))
    if workload.serving.hours is not None and instance.owned is None and is_always_paid(instance, offer.terms, on):
        notes.append(Note("schedule", "it is paid for at all hours, whatever the schedule"))
    notes += _hours_notes(instance, workload)
    notes += _age(instance, bill, on)
    if any(charge.rate.derived for charge in bill.charges):
        notes.append(Note("derived", "some rates are not what the host quotes; the explanation says which"))
    change = offer.history.next_change(on)
    if change is not None:
        notes.append(change_note(change))
    return notes


def _speed_notes(offer: Offer, workload: Workload, fleet: Fleet) -> list[Note]:
    """What its speed rests on that is not the same on every engine."""
    made = offer.hosted
    model = made.hosting.models[made.model]
    accelerator = made.hosting.accelerators[made.accelerator]
    notes = _span_notes(fleet)
    serving = workload.serving
    if serving.expert_parallel is not None and fleet.evidence in EVIDENCE[2:]:
        text = f"nobody measured it with experts over {serving.expert_parallel}: they are taken as spread over all"
        notes.append(Note("engine", text))
    if made.precision in GGUF:  # anybody makes them of any weights, and llama.cpp runs them anywhere
        elsewhere = serving.engine not in (None, LLAMA_CPP)
        return [*notes, Note("precision", f"{serving.engine} {NOT_OWN}")] if elsewhere else notes
    if made.precision not in model.precisions:
        notes.append(Note("precision", f"no source here shows its weights in {made.precision}"))
    if accelerator.lacks(made.precision) and made.precision != "bf16":
        units = f"no {made.precision} units of {accelerator.id} are stated"
        text = f"{units}: weights are kept small, sums run in another format"
        notes.append(Note("precision", text))
    if fleet.evidence == EVIDENCE[-1] and made.precision != "bf16":
        text = f"its speed in {made.precision} is modelled: an engine without kernels for it can be far slower"
        notes.append(Note("precision", text))
    keeps_state = model.architecture.linear_layers > 0 and workload.serving.engine is None
    if keeps_state and fleet.evidence in EVIDENCE[2:]:
        notes.append(Note("engine", STATEFUL))
    return notes


def _span_notes(fleet: Fleet) -> list[Note]:
    """What a reader should know of how many requests are taken to run at once."""
    notes = []
    for each in fleet.sized:
        if each.beyond is not None:
            more = f"nobody measured more than {each.concurrency} at once; as many as {each.beyond} may run"
            notes.append(Note("measured-span", f"{more}, and the range of its cost holds what that would save"))
        if each.ttft is not None and each.ttft > LATE:
            text = f"at {each.concurrency} at once the first token takes {float(each.ttft):.3g} s; `ttft` asks for less"
            notes.append(Note("latency", text))
    return notes


def _waiting_note(fleet: Fleet) -> Note:
    """What is said of prompts that are found in the prefix cache, and of the memory that they wait in."""
    kept = [each.kept for each in fleet.sized if each.kept is not None]
    text = "prompts found in the prefix cache are not read again"
    if not kept:
        return Note("prefix-cache", f"{text}; memory for waiting sessions is not counted, as no pause is given")
    least = min(kept)
    if least == 1:
        return Note("prefix-cache", f"{text}; the sessions that wait fit in memory beside those that run")
    part = f"{floor(least * 100)}% at full load"
    return Note("prefix-cache", f"{text}; of the sessions that wait {part} fit in memory, the others are read again")


def _spot_note(serving: Serving, fleet: Fleet) -> Note:
    """What is said of servers that may be taken back."""
    if serving.interruptions is None:
        text = "how often its servers are taken back is not known and not counted: say it by `interruptions`"
        return Note("interruptions", text)
    often, minutes = float(serving.interruptions * fleet.instances), float(serving.start / 60)
    text = f"its servers are taken back {often:,.4g} times a month in all, each time for {minutes:.3g} minutes"
    return Note("interruptions", f"{text} of the hours that are billed, until another one has started")


def _hours_notes(instance: Instance, workload: Workload) -> list[Note]:
    """What is said of classes that keep hours."""
    kept = [group.hours for group in workload.groups if group.hours]
    if not kept:
        return []
    notes = [Note("schedule", "sized for the peak of the whole week, whatever hours its classes keep")]
    if instance.scaling is not None:
        text = (
            "its hours are those of requests spread over the month; in the hours that classes keep they would be fewer"
        )
        notes.append(Note("schedule", text))
    if any(is_up(hours, workload.serving) is None for hours in kept):
        notes.append(Note("schedule", "some of its requests are sent while it is not up"))
    return notes


def _without_effect(offer: Offer, instance: Instance, serving: Serving) -> list[Note]:
    """What is asked for and means nothing here."""
    notes = []
    if serving.interruptions and offer.terms != SPOT:
        notes.append(Note("interruptions", "servers on these terms are not taken back, so interruptions count nothing"))
    if serving.spares and instance.scaling is not None:
        notes.append(Note("scaling", "nothing stands by where servers come and go, so spares count nothing"))
    return notes


def _ways(instance: Instance, workload: Workload) -> list[Note]:
    """What is particular about the way an instance is had."""
    found = [AT_HOME] if instance.at_home else []
    if instance.scaling is not None:
        found.append(scaling_note(instance.scaling, workload.serving))
    if instance.note is not None:
        found.append(Note("sheet-note", f"its host's price sheet says: {instance.note}"))
    return found


def _age(instance: Instance, bill: Bill, on: PricingDay) -> list[Note]:
    """What is to be said of the age of its prices."""
    listed = [charge for charge in bill.charges if charge.from_page]
    undated = instance.owned is None and any(charge.checked_on is None for charge in listed)
    known = [(charge.checked_on, charge.evidence) for charge in listed if charge.checked_on is not None]
    aged = age_note(*min(known), on) if known else None
    return [*([NO_DATE] if undated else []), *([aged] if aged else [])]


def _doubts(instance: Instance) -> list[Note]:
    """Why nobody may be able to have it at all."""
    text = f"{instance.host_name}: a published figure, not an offer"
    return [Note("reference", text)] if instance.reference else []


def _unserved(offer: Offer, workload: Workload, on: PricingDay, reason: str) -> Quote:
    return unserved_quote(offer, workload, on, reason, "gpu_hours")
