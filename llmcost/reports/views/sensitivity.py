"""How a ranking changes as a figure of the workload moves: for people, as rows, and as data."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from llmcost.core.analysis.report import ComparisonReport
from llmcost.core.analysis.sensitivity import Sweep
from llmcost.core.quotes.comparison import Comparison
from llmcost.errors import LlmcostError
from llmcost.reports.numbers import fixed, places_for, plain_count, shown_count, shown_money
from llmcost.reports.views.comparison import Table

COLUMNS = ("parameter", "value", "rank", "offer", "currency", "monthly_cost", "on", "in_doubt")
NUMERIC = frozenset(("value", "rank", "monthly_cost"))
MOST_CROSSINGS = 12


def sweep_lines(sweep: Sweep, comparison: Comparison, width: int) -> list[str]:
    """Who is cheapest where, what the compared offers cost at some points, and the crossings."""
    lines = [f"When {sweep.parameter} goes from {_value(sweep, sweep.low)} to {_value(sweep, sweep.high)}"]
    starts = [_value(sweep, lead.first) for lead in sweep.leads]
    wide = max(len(start) for start in starts)
    lines += [
        f"  from {start.rjust(wide)} on  cheapest: {lead.offer or 'none, without a doubt and in full'}"
        for start, lead in zip(starts, sweep.leads, strict=True)
    ]
    lines += ["", *_costs(sweep, comparison, width)]
    shown = sweep.crossings[:MOST_CROSSINGS]
    if shown:
        lines.append("")
    lines += [
        f"  from {sweep.parameter} {_value(sweep, each.value)} on, {each.above} costs less than {each.below}"
        for each in shown
    ]
    if len(sweep.crossings) > len(shown):
        lines.append(f"  and {len(sweep.crossings) - len(shown)} more crossings; -f json has them all")
    return lines


def _costs(sweep: Sweep, comparison: Comparison, width: int) -> list[str]:
    """A table of costs at the points, with the rank behind each; points are dropped where the width runs out."""
    names = sorted(
        {name for _, found in sweep.points for name in found.costs} & _shown(comparison),
        key=lambda name: ([found.costs.get(name, Fraction(10**30)) for _, found in sweep.points], name),
    )
    places = places_for([cost for _, found in sweep.points for cost in found.costs.values()])
    columns = []
    for value, found in sweep.points:
        ranks = found.ranks()
        cells = [
            f"{shown_money(found.costs[name], places)} #{ranks[name] or '-'}" if name in ranks else "-"
            for name in names
        ]
        columns.append([_value(sweep, value), *cells])
    first = [f"{comparison.currency} a month", *names]
    widest = max(len(name) for name in first)
    columns = next((some for some in _selections(columns) if _wide(some, widest) <= width), [columns[0], columns[-1]])
    sizes = [max(map(len, column)) for column in columns]
    return [
        "  "
        + "  ".join(
            [name.ljust(widest), *(column[row].rjust(size) for column, size in zip(columns, sizes, strict=True))]
        )
        for row, name in enumerate(first)
    ]


def _shown(comparison: Comparison) -> set[str]:
    """The offers that are among the rows."""
    return {row.quote.offer.name for row in comparison.rows}


def _selections(columns: list[list[str]]) -> list[list[list[str]]]:
    """All columns, then fewer of them, always the first and the last and evenly spread between."""
    last = len(columns) - 1
    return [[columns[round(last * n / (count - 1))] for n in range(count)] for count in range(len(columns), 1, -1)]


def _wide(columns: list[list[str]], first: int) -> int:
    return 2 + first + sum(2 + max(map(len, column)) for column in columns)


def sweep_table(result: ComparisonReport, names: tuple[str, ...]) -> Table:
    """One row for every offer at every point. Raises LlmcostError for an unknown column."""
    unknown = [name for name in names if name not in COLUMNS]
    if unknown:
        raise LlmcostError(f'unknown column "{unknown[0]}"', f"columns with --vary: {', '.join(COLUMNS)}")
    rows = []
    for sweep in result.sweeps:
        for value, found in sweep.points:
            shown = _shown(result.comparison)
            for name, rank in found.ranks().items():
                if name not in shown:
                    continue
                cells = {
                    "parameter": sweep.parameter,
                    "value": plain_count(value),
                    "rank": str(rank or ""),
                    "offer": name,
                    "currency": result.comparison.currency,
                    "monthly_cost": fixed(found.costs[name]),
                    "on": str(result.comparison.on),
                    "in_doubt": "true" if name in found.doubtful else "false",
                }
                rows.append(tuple(cells[column] for column in names or COLUMNS))
    return Table(names or COLUMNS, tuple(rows), NUMERIC)


def sweep_data(sweep: Sweep) -> dict[str, Any]:
    """A sweep as plain data."""
    return {
        "parameter": sweep.parameter,
        "low": plain_count(sweep.low),
        "high": plain_count(sweep.high),
        "leads": [{"from": plain_count(lead.first), "offer": lead.offer} for lead in sweep.leads],
        "points": [
            {
                "value": plain_count(value),
                "rows": [
                    {"rank": rank, "offer": name, "monthly_cost": fixed(found.costs[name])}
                    for name, rank in found.ranks().items()
                ],
            }
            for value, found in sweep.points
        ],
        "crossings": [
            {"value": plain_count(each.value), "cheaper_below": each.below, "cheaper_from_here": each.above}
            for each in sweep.crossings
        ],
    }


def _value(sweep: Sweep, value: Fraction) -> str:
    if sweep.high <= 1 and sweep.parameter not in ("requests", "input", "output"):
        return f"{shown_count(value * 100)}%"
    return shown_count(value)
