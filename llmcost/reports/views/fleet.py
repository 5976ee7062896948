"""How self-hosted offers are sized: lines for people, columns for spreadsheets, data for programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from fractions import Fraction
from typing import Any

from llmcost.core.quotes.comparison import Comparison, Row
from llmcost.core.quotes.fleet import BUSY, Fleet, MemoryPlan, ReplicaSize
from llmcost.core.quotes.quote import Quote
from llmcost.core.workload.requests import HOURS_PER_MONTH, Workload
from llmcost.reports.numbers import fixed, places_for, plain_count, shown_count, shown_money
from llmcost.reports.views.comparison import Table

Cell = Callable[[Comparison, Row], str]
AT_BUSY = f"1M at {int(BUSY * 100)}%"
"""The heading of what 1M tokens would cost at a usual load."""


def sizing_of(comparison: Comparison) -> str:
    """What the fleets of a comparison are sized by, and in which month, in one line; empty where it has none."""
    fleets = [row.quote.fleet for row in comparison.rows if row.quote.fleet is not None]
    if not fleets:
        return ""
    months = next((row.quote.months for row in comparison.rows if row.quote.months), ())
    month = f"; figures are of the month from {months[-1].starts}" if months else ""
    return sizing_line(comparison.workload, fleets) + month


def sizing_line(workload: Workload, fleets: Iterable[Fleet]) -> str:
    """What the fleets are sized by, in one line; those at home in their own way."""
    found = list(fleets)
    if found and all(fleet.hours_range is not None for fleet in found):
        return "Sized for what comes, billed while it is up"
    homes = [fleet.at_home for fleet in found]
    if homes and all(homes):
        return f"Sized for {_policy_at_home(workload)}"
    return f"Sized for {_policy(workload)}" + (f"; at home for {_policy_at_home(workload)}" if any(homes) else "")


def _policy_at_home(workload: Workload) -> str:
    """What a machine for one person is sized by."""
    serving = workload.serving.at_home
    asked = (serving.reserve, serving.stand_by, serving.most_tpot, serving.ttft, serving.max_batch != 1)
    if not any(asked) and workload.peak_to_mean in (None, 1):
        return "one request at a time, without spares"
    return _policy(replace(workload, serving=serving))


def _policy(workload: Workload) -> str:
    """What a service is sized by."""
    serving = workload.serving
    parts = [f"peak {shown_count(workload.peak or 1)}x the mean", f"{shown_percent(serving.reserve)} headroom"]
    spares = serving.stand_by
    parts.append(f"{spares} spare" + ("s" if spares > 1 else "") if spares else "no spare")
    usual = "" if serving.tpot is not None else ", the default"
    target = serving.most_tpot
    parts.append("nobody waiting" if target is None else f"{_ms(target)} a token at most{usual}")
    if serving.speculative is not None and serving.disaggregated:
        parts.append("guessed tokens")
    elif serving.speculative is not None:
        drafts = serving.speculative.drafts
        parts.append(f"{drafts} token{'s' if drafts > 1 else ''} guessed each step")
    if serving.disaggregated:
        parts.append("prompts and answers on separate accelerators")
    for name, number in (
        ("tensor", serving.tensor_parallel),
        ("data", serving.data_parallel),
        ("expert", serving.expert_parallel),
    ):
        parts += [] if number is None else [f"{name} parallel {number}"]
    if serving.kv_precision is not None:
        parts.append(f"a cache in {serving.kv_precision}")
    if serving.ttft is not None:
        parts.append(f"{_ms(serving.ttft)} to the first")
    if serving.max_batch is not None:
        parts.append(f"{shown_count(serving.max_batch)} request{'s' if serving.max_batch > 1 else ''} at once at most")
    return ", ".join(parts)


def fleet_table(comparison: Comparison) -> Table:
    """The fleets of the self-hosted rows by their number in the comparison: what they consist of, do and cost."""
    rows = [(row, row.quote.fleet) for row in comparison.rows if row.quote.fleet is not None]
    costs = [cost for _, fleet in rows for cost in (fleet.input_cost, fleet.output_cost, fleet.busy_cost) if cost]
    places = min(4, places_for(costs)) if costs else 2
    lines = [
        (
            str(row.rank or "-"),
            _replicas(fleet),
            str(fleet.accelerators),
            _rate(max(fleet.sized, key=lambda each: each.share)),
            shown_percent(fleet.load),
            shown_money(fleet.spares_cost, 2),
            _cost(fleet.busy_cost, places),
            fleet.evidence,
            _cost(fleet.input_cost, places),
            _cost(fleet.output_cost, places),
            f"{fleet.instances} x {fleet.instance}",
        )
        for row, fleet in rows
    ]
    words = frozenset({"replicas", "speed from", "rented"})
    figures = ("tokens/s each", "load", "spares", AT_BUSY)
    names = ("#", "replicas", "GPUs", *figures, "speed from", "1M in", "1M out", "rented")
    return Table(names, tuple(lines), frozenset(names) - words)


def fleet_lines(quote: Quote, fleet: Fleet) -> list[str]:
    """The sizing of one offer, line by line, for the explanation."""
    currency = quote.currency
    reserved = "all the time" if fleet.hours == HOURS_PER_MONTH else f"{shown_count(round(fleet.hours, 2))} hours"
    each_has = f"{shown_count(fleet.accelerators)} accelerator" + ("s" if fleet.accelerators > 1 else "")
    where = f"{_replicas(fleet)} of {each_has} on {fleet.instances} x {fleet.instance}, reserved {reserved}"
    if fleet.hours_range is not None:
        where = f"at most {fleet.replicas} of {each_has} on {fleet.instance}, up {reserved} in all"
    month = f"in the month from {quote.months[-1].starts}: " if quote.months else ""
    lines = [f"{month}{where}; {shown_percent(fleet.load)} of it works on average, {shown_percent(fleet.idle)} waits"]
    names = Counter(each.group for each in fleet.sized)
    for each in fleet.sized:
        name = each.group if names[each.group] == 1 else f"{each.group}, {shown_count(round(each.prompt))} in"
        first = "" if each.ttft is None else f", {_ms(each.ttft)} to the first"
        between = "" if each.tpot is None else f", {_ms(each.tpot)} a token"
        source = "" if each.source is None else f", {each.source}"
        lines.append(
            f"{name}: {_rate(each)} output tokens/s a replica ({_round(each.low)} to {_round(each.high)}) at "
            f"{shown_count(each.concurrency)} at once{between}{first}; {each.evidence}{source}"
        )
    if (plan := max(fleet.sized, key=lambda each: each.share).memory) is not None:
        lines.append(_memory(plan))
    if fleet.spares:
        lines.append(f"{shown_money(fleet.spares_cost, 2)} {currency} of the fleet's cost are for what stands by")
    if fleet.busy_cost is not None:
        lines.append(
            f"{_cost(fleet.busy_cost, 4)} {currency} per 1M tokens would be its cost at {shown_percent(BUSY)} load"
        )
    if fleet.input_cost is not None and fleet.output_cost is not None:
        lines.append(
            f"{_cost(fleet.input_cost, 4)} {currency} per 1M input and {_cost(fleet.output_cost, 4)} per 1M output "
            "tokens, which add up to the fleet's cost"
        )
    return lines


GIB = 2**30


def _memory(plan: MemoryPlan) -> str:
    """What an accelerator keeps, of the requests that are most of the work."""
    sizes = (plan.weights, plan.reserved, plan.room, plan.request)
    weights, reserved, room, request = (f"{float(each / GIB):.3g} GiB" for each in sizes)
    kept = f"{weights} of weights, {reserved} set aside for all else, {room} for a cache in {plan.precision}"
    return f"memory of each: {kept}, {request} a request: {shown_count(plan.fits)} fit in a replica"


def _replicas(fleet: Fleet) -> str:
    return f"{fleet.replicas}" + (f" + {fleet.spares}" if fleet.spares else "")


def _rate(each: ReplicaSize) -> str:
    return _round(each.tokens_per_second)


def _round(rate: Fraction) -> str:
    return shown_count(round(rate)) if rate >= 100 else shown_count(round(rate, 1))


def _cost(cost: Fraction | None, places: int) -> str:
    return "" if cost is None else shown_money(cost, places)


def shown_percent(share: Fraction) -> str:
    """A share for people: whole percents, tenths near the ends."""
    percent = share * 100
    whole = 10 <= percent <= 99 or percent in (0, 100)
    return f"{round(percent) if whole else shown_count(round(percent, 1))}%"


def _ms(seconds: Fraction) -> str:
    return f"{shown_count(round(seconds * 1000, 1))} ms"


def _fleet(cell: Callable[[Fleet], str]) -> Cell:
    return lambda _, row: "" if row.quote.fleet is None else cell(row.quote.fleet)


def _first(cell: Callable[[ReplicaSize], str]) -> Cell:
    """A figure of the kind of requests that is most of the work."""

    def made(_: Comparison, row: Row) -> str:
        fleet = row.quote.fleet
        return "" if fleet is None else cell(max(fleet.sized, key=lambda each: each.share))

    return made


FLEET_COLUMNS: dict[str, Cell] = {
    "accelerators_per_replica": _fleet(lambda fleet: str(fleet.accelerators)),
    "replicas": _fleet(lambda fleet: str(fleet.replicas)),
    "spares": _fleet(lambda fleet: str(fleet.spares)),
    "instance": _fleet(lambda fleet: fleet.instance),
    "instances": _fleet(lambda fleet: str(fleet.instances)),
    "load": _fleet(lambda fleet: fixed(fleet.load)),
    "idle": _fleet(lambda fleet: fixed(fleet.idle)),
    "cost_per_1m_input_tokens": _fleet(lambda fleet: "" if fleet.input_cost is None else fixed(fleet.input_cost)),
    "cost_per_1m_output_tokens": _fleet(lambda fleet: "" if fleet.output_cost is None else fixed(fleet.output_cost)),
    "evidence": _fleet(lambda fleet: fleet.evidence),
    "output_tokens_per_second": _first(lambda each: plain_count(each.tokens_per_second)),
    "concurrency": _first(lambda each: str(each.concurrency)),
    "spares_cost": _fleet(lambda fleet: fixed(fleet.spares_cost)),
    "cost_per_1m_tokens_at_60_percent_load": _fleet(
        lambda fleet: "" if fleet.busy_cost is None else fixed(fleet.busy_cost)
    ),
}
"""Columns of self-hosted offers; speed and concurrency are of the class that is most of the work."""
FLEET_NUMERIC = frozenset(FLEET_COLUMNS) - {"instance", "evidence"}


def _memory_data(plan: MemoryPlan) -> dict[str, Any]:
    """What an accelerator keeps, in whole bytes."""
    return {
        "weights_bytes": round(plan.weights),
        "reserved_bytes": round(plan.reserved),
        "cache_room_bytes": round(plan.room),
        "request_bytes": round(plan.request),
        "cache_precision": plan.precision,
        "requests_that_fit": plan.fits,
    }


def fleet_data(fleet: Fleet) -> dict[str, Any]:
    """The sizing of one offer as plain data; times in milliseconds."""
    return {
        "accelerators_per_replica": fleet.accelerators,
        "replicas": fleet.replicas,
        "spares": fleet.spares,
        "instance": fleet.instance,
        "instances": fleet.instances,
        "hours": plain_count(fleet.hours),
        "load": fixed(fleet.load),
        "idle": fixed(fleet.idle),
        "spares_cost": fixed(fleet.spares_cost),
        "cost_per_1m_tokens_at_60_percent_load": None if fleet.busy_cost is None else fixed(fleet.busy_cost),
        "cost_per_1m_input_tokens": None if fleet.input_cost is None else fixed(fleet.input_cost),
        "cost_per_1m_output_tokens": None if fleet.output_cost is None else fixed(fleet.output_cost),
        "evidence": fleet.evidence,
        "classes": [
            {
                "class": each.group,
                "input_tokens": plain_count(each.prompt),
                "evidence": each.evidence,
                "output_tokens_per_second": plain_count(each.tokens_per_second),
                "low": plain_count(each.low),
                "high": plain_count(each.high),
                "concurrency": each.concurrency,
                "tpot_ms": None if each.tpot is None else plain_count(each.tpot * 1000),
                "ttft_ms": None if each.ttft is None else plain_count(each.ttft * 1000),
                "share_of_work": fixed(each.share),
                "source": each.source,
                "memory": None if each.memory is None else _memory_data(each.memory),
            }
            for each in fleet.sized
        ],
    }
