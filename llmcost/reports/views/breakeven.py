"""Break-even for people and programs: what stands where, every crossing, and the staircase as rows."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from llmcost.core.analysis.breakeven import Breakeven, Step, VolumeCrossing
from llmcost.core.analysis.report import BreakevenReport
from llmcost.reports.numbers import fixed, places_for, plain_count, shown_count, shown_money
from llmcost.reports.views.comparison import Table
from llmcost.reports.views.conclusions import MEANINGS
from llmcost.reports.views.fleet import shown_percent, sizing_line
from llmcost.reports.views.footer import footer
from llmcost.reports.views.view import Block, View
from llmcost.reports.views.workload import describe_workload, workload_data

MOST_LISTED = 8
MOST_ROWS = 1000
"""Steps of the staircase in a table."""
SHOWN_BEYOND = Fraction(3, 2)
"""How far beyond the last crossing, the workload itself and the first step the staircase is drawn."""
ROWS = (
    "event",
    "requests",
    "tokens",
    "currency",
    "api_cost",
    "self_cost",
    "self_low",
    "self_high",
    "instances",
    "load",
    "on",
)


def breakeven_view(report: BreakevenReport) -> View:
    """Break-even for a workload, with the staircase as rows."""
    found = report.breakeven
    head: dict[str, Any] = {
        "on": str(report.on),
        "currency": found.api_quote.currency,
        "complete": True,
        "workload": workload_data(report.workload),
        "breakeven": breakeven_data(found),
    }
    if report.before is not None:
        head["breakeven_before"] = breakeven_data(report.before)

    def rows() -> list[dict[str, Any]]:
        table = breakeven_table(found)
        return [dict(zip(table.columns, row, strict=True)) for row in table.rows]

    return View(
        "breakeven",
        report.prices,
        head,
        rows,
        tables=lambda: {"staircase": breakeven_table(found)},
        blocks=lambda: _blocks(report),
        warnings=report.warnings,
        cut=f"of the staircase the first {MOST_ROWS:,} steps are listed" if cut_short(found) else "",
    )


def _blocks(report: BreakevenReport) -> list[Block]:
    found = report.breakeven
    question = [
        f"Break-even in {found.api_quote.currency}, prices of {report.on}",
        *describe_workload(report.workload),
        sizing_line(report.workload, [fleet] if (fleet := found.self_quote.fleet) is not None else []),
    ]
    answer = breakeven_lines(found, report.before)
    return ["\n".join(question), "\n".join(answer), found, footer([found.self_quote, found.api_quote])]


def reach(found: Breakeven) -> Fraction:
    """Up to which volume the picture goes, in parts of the workload."""
    known = [each.volume for each in found.crossings[:MOST_LISTED]]
    known += [each for each in (found.earliest, found.latest) if each is not None]
    first = found.step_at(Fraction(0)).upto
    return max([Fraction(1), *known, first]) * SHOWN_BEYOND


def breakeven_lines(found: Breakeven, before: Breakeven | None = None) -> list[str]:
    """What the question comes to, in sentences; ``before`` is the same without supposed prices."""
    ours, theirs = found.self_quote, found.api_quote
    places = places_for([ours.cost, theirs.cost])
    lines = [
        f"{theirs.offer.name}: {shown_money(theirs.cost, places)} {theirs.currency} a month for this workload",
        f"{ours.offer.name}: {shown_money(ours.cost, places)} {ours.currency} a month" + _range(found, places),
        _standing(found, places),
    ]
    if not found.crossings:
        lines.append("Self-hosting is never cheaper: a full instance serves less than its price buys at the API")
    for number, each in enumerate(found.crossings[:MOST_LISTED]):
        lines.append(f"  {number + 1}  {_crossing(found, each, places)}")
    more = len(found.crossings) - MOST_LISTED
    if more > 0:
        lines.append(f"  and {more} more crossings; -f csv and -f json have them all")
    if not found.complete:
        lines.append("  further crossings may follow; the staircase was looked at for 20,000 steps")
    if found.crossings or found.earliest is not None:
        lines.append(_band(found))
    for quote in (theirs, ours):
        lines += [f"{quote.offer.name}: {MEANINGS[mark]}" for mark in quote.marks]
        lines += [f"{quote.offer.name}: in doubt: {doubt}" for doubt in quote.doubts]
    if before is not None:
        lines.append(f"Without the supposed prices: {_first(before)}")
    return lines


def _range(found: Breakeven, places: int) -> str:
    spread = found.self_quote.spread
    if spread is None:
        return ", whatever the speed within its range"
    return f", between {shown_money(spread[0], places)} and {shown_money(spread[1], places)}"


def _standing(found: Breakeven, places: int) -> str:
    ours, theirs = found.self_quote.cost, found.api_quote.cost
    gap = shown_money(abs(ours - theirs), places)
    if ours == theirs:
        return "This workload stands at the break-even itself"
    cheaper = "self-hosting" if ours < theirs else "the API"
    text = f"At this workload {cheaper} is cheaper by {gap} {found.api_quote.currency} a month"
    ahead = next((each for each in found.crossings if each.volume > 1), None)
    if ahead is None:
        return text
    return f"{text}; that changes at {shown_count(round(ahead.volume, 2))} times its volume"


def _crossing(found: Breakeven, each: VolumeCrossing, places: int) -> str:
    side = "self-hosting" if each.to_self else "the API"
    volume = volume_text(found, each.volume)
    fleet = (
        f"{each.instances} instance{'s' if each.instances > 1 else ''}, {shown_percent(each.load)} of the fleet at work"
    )
    return f"from {volume} on {side} is cheaper: {shown_money(each.cost, places)} {found.api_quote.currency}, {fleet}"


def volume_text(found: Breakeven, volume: Fraction) -> str:
    """A volume in requests and tokens a month."""
    requests, tokens = found.requests * volume, found.tokens * volume / 10**6
    shown = shown_count(round(tokens)) if tokens >= 100 else shown_count(round(tokens, 2))
    return f"{shown_count(round(requests))} requests ({shown}M tokens) a month"


def _band(found: Breakeven) -> str:
    ends = [volume_text(found, each) if each is not None else "no volume" for each in (found.earliest, found.latest)]
    if ends[0] == ends[1]:
        return f"Within the range of the speed the first crossing stays at {ends[0]}"
    return f"Within the range of the speed the first crossing lies between {ends[0]} and {ends[1]}"


def _first(found: Breakeven) -> str:
    if found.first is None:
        return "self-hosting is never cheaper"
    return f"self-hosting is cheaper from {volume_text(found, found.first)} on"


def cut_short(found: Breakeven) -> bool:
    """Whether the staircase has more steps than a table lists."""
    return len(found.steps(reach(found), MOST_ROWS + 1)) > MOST_ROWS


def breakeven_table(found: Breakeven) -> Table:
    """The staircase (its first thousand steps), the line, the crossings and the workload itself, by volume."""
    rows: list[tuple[Fraction, int, str, Fraction, int, Fraction]] = []
    upto = reach(found)
    steps = found.steps(upto, MOST_ROWS)
    rows += [(min(each.upto, upto), 0, "step ends", each.cost, each.instances, _load(found, each)) for each in steps]
    for each in found.crossings:
        name = "self-hosting becomes cheaper" if each.to_self else "API becomes cheaper"
        step = found.step_at(each.volume)
        rows.append((each.volume, 1, name, step.cost, each.instances, each.load))
    fleet = found.self_quote.sized_fleet
    rows.append((Fraction(1), 2, "this workload", found.self_quote.cost, fleet.instances, fleet.load))
    rows.sort(key=lambda row: row[:2])
    return Table(ROWS, tuple(_row(found, *row) for row in rows), frozenset(ROWS[1:]) - {"currency", "on"})


def _row(
    found: Breakeven, volume: Fraction, _: int, event: str, cost: Fraction, instances: int, load: Fraction
) -> tuple[str, ...]:
    fleet = found.self_quote.sized_fleet
    low, high = (found.step_at(volume, work).cost for work in (fleet.work_low, fleet.work_high))
    money = (found.api_quote.cost * volume, cost, low, high)
    return (
        event,
        fixed(found.requests * volume, least=0),
        fixed(found.tokens * volume, least=0),
        found.api_quote.currency,
        *(fixed(each) for each in money),
        str(instances),
        fixed(load),
        str(found.api_quote.on),
    )


def _load(found: Breakeven, step: Step) -> Fraction:
    fleet = found.self_quote.sized_fleet
    return fleet.load * fleet.instances * min(step.upto, reach(found)) / step.instances


def breakeven_data(found: Breakeven) -> dict[str, Any]:
    """The question and its answer as plain data, beside the rows of the staircase."""
    ours, theirs = found.self_quote, found.api_quote
    return {
        "self": ours.offer.name,
        "api": theirs.offer.name,
        "requests": plain_count(found.requests),
        "tokens": plain_count(found.tokens),
        "self_cost": fixed(ours.cost),
        "self_low": None if ours.low is None else fixed(ours.low),
        "self_high": None if ours.high is None else fixed(ours.high),
        "api_cost": fixed(theirs.cost),
        "cheaper": "equal" if ours.cost == theirs.cost else ("self" if ours.cost < theirs.cost else "api"),
        "first_crossing_earliest_requests": _requests(found, found.earliest),
        "first_crossing_latest_requests": _requests(found, found.latest),
        "all_crossings_found": found.complete,
        "crossings": [
            {
                "requests": fixed(found.requests * each.volume, least=0),
                "tokens": fixed(found.tokens * each.volume, least=0),
                "cheaper_from_here": "self" if each.to_self else "api",
                "cost": fixed(each.cost),
                "instances": each.instances,
                "load": fixed(each.load),
            }
            for each in found.crossings
        ],
    }


def _requests(found: Breakeven, volume: Fraction | None) -> str | None:
    return None if volume is None else fixed(found.requests * volume, least=0)
