"""Reports as a page: what a comparison, a check or any view says, with its charts and every explanation on demand."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from html import escape

from llmcost.core.analysis.breakeven import Breakeven
from llmcost.core.analysis.budget import CheckReport, NoVerdict
from llmcost.core.analysis.report import ComparisonReport
from llmcost.core.analysis.sensitivity import Sweep
from llmcost.core.quotes.comparison import Comparison, Row
from llmcost.reports.formats.page.charts import Bar, Line, curves, stacked_bars
from llmcost.reports.formats.page.document import (
    basis,
    cell,
    folded,
    heading,
    page,
    paragraphs,
    section,
    sortable,
    table_of,
    text_block,
)
from llmcost.reports.numbers import fixed, places_for, shown_money, shown_ratio
from llmcost.reports.style import Style
from llmcost.reports.views.breakeven import reach
from llmcost.reports.views.comparison import Table
from llmcost.reports.views.conclusions import MEANINGS, conclusions
from llmcost.reports.views.explanation import explain
from llmcost.reports.views.footer import footer
from llmcost.reports.views.verdicts import BASIS, MARKS, ages, amounts, sentence, summary
from llmcost.reports.views.view import View
from llmcost.reports.views.warnings import all_warnings
from llmcost.reports.views.workload import describe_workload

MOST_BARS = 30
MOST_LINES = 8
MOST_CORNERS = 400


def write_html(report: ComparisonReport, style: Style) -> str:
    """A comparison as a page: the ranking, charts, and the arithmetic of each row to unfold."""
    comparison = report.visible
    what = ("Cost of 1,000 requests" if report.per_thousand else "Cost") if report.by_request else "Monthly cost"
    title = f"{what} in {comparison.currency}, {report.used or f'prices of {comparison.on}'}"
    asked = [*describe_workload(comparison.workload), *([comparison.label] if comparison.label else [])]
    ranked = [row for row in comparison.rows if row.priced]
    shown = {row.quote.offer.name for row in ranked}
    others = [row for row in report.comparison.compared if row.quote.offer.name not in shown and not row.sure]
    parts = [
        heading(title, asked),
        paragraphs(line for text in conclusions(comparison) for line in text.split("\n")),
        section("Ranking", _ranking(comparison, ranked) if ranked else ""),
        section("Cost by what is billed", _bars(comparison, ranked)),
        section("Month by month", _months(comparison, ranked)),
        *(section(f"When {sweep.parameter} moves", _sweep(sweep, comparison)) for sweep in report.sweeps),
        section("Not ranked", _unranked(others)),
        section("Notes", _notes(all_warnings(report))),
    ]
    said = footer(row.quote for row in comparison.rows)
    return page(title, parts, basis(report.prices, str(comparison.on), style.command, said))


def _ranking(comparison: Comparison, rows: Sequence[Row]) -> str:
    places = places_for([row.quote.cost for row in rows if row.quote.charges])
    best = {row.quote.offer.name for row in comparison.best}
    sessions = bool(comparison.workload.sessions)
    heads = [("rank", True), ("offer", False), ("cost", True), ("change", True)]
    heads.append(("per session" if sessions else "per 1K requests", True))
    cells = [[*_row_cells(row, places), _unit_cell(comparison, row)] for row in rows]
    chosen = frozenset(at for at, row in enumerate(rows) if row.quote.offer.name in best)
    return sortable("Ranking", heads, cells, chosen)


def _row_cells(row: Row, places: int) -> list[str]:
    quote = row.quote
    marks = " ".join(MEANINGS[mark][0] for mark in quote.marks)
    named = escape(f"{quote.offer.name} {marks}".strip())
    shown = ("" if quote.complete else "≥ ") + shown_money(quote.cost, places)
    change = "baseline" if row.is_baseline else "" if row.ratio is None else shown_ratio(row.ratio)
    return [
        cell(str(row.rank or "-"), numeric=True, value=str(row.rank or "")),
        f'<td data-value="{escape(quote.offer.name, quote=True)}">'
        f"<details><summary>{named}</summary>{text_block(explain(quote))}</details></td>",
        cell(escape(shown), numeric=True, value=fixed(quote.cost)),
        cell(escape(change), numeric=True, value="" if row.ratio is None else fixed(row.ratio)),
    ]


def _unit_cell(comparison: Comparison, row: Row) -> str:
    each = comparison.cost_per_session(row)
    if not comparison.workload.sessions and (one := comparison.cost_per_request(row)) is not None:
        each = one * 1000
    return cell("" if each is None else shown_money(each, places_for([each])), numeric=True, value=_value(each))


def _value(cost: Fraction | None) -> str:
    return "" if cost is None else fixed(cost)


def _bars(comparison: Comparison, rows: Sequence[Row]) -> str:
    """The first rows as bars, each meter of them a part."""
    first = [row for row in rows if row.quote.charges][:MOST_BARS]
    if not first:
        return ""
    meters = list(dict.fromkeys(charge.meter for row in first for charge in row.quote.charges))
    bars = []
    for row in first:
        costs = {meter: Fraction(0) for meter in meters}
        for charge in row.quote.charges:
            costs[charge.meter] += charge.cost
        bars.append(Bar(row.quote.offer.name, tuple((meters.index(m), cost) for m, cost in costs.items() if cost > 0)))
    more = f"<p class='soft'>The first {len(first)} of {len(rows)}.</p>" if len(first) < len(rows) else ""
    return stacked_bars("Cost of each offer by meter", bars, meters, comparison.currency) + more


def _months(comparison: Comparison, rows: Sequence[Row]) -> str:
    """The cost of each month as a line for each of the first offers; "" without a series."""
    series = [row for row in rows if row.quote.months][:MOST_LINES]
    if not series:
        return ""
    lines = [
        Line(
            row.quote.offer.name,
            tuple((Fraction(number), month.cost) for number, month in enumerate(row.quote.months, start=1)),
        )
        for row in series
    ]
    table = Table(
        ("month from", *(row.quote.offer.name for row in series)),
        tuple(
            (str(month.starts), *(shown_money(row.quote.months[at].cost) for row in series))
            for at, month in enumerate(series[0].quote.months)
        ),
        frozenset(row.quote.offer.name for row in series),
    )
    chart = curves("Cost of each month", lines, "month", f"{comparison.currency} a month")
    return chart + folded("The figures", table_of(table, "Cost of each month"))


def _sweep(sweep: Sweep, comparison: Comparison) -> str:
    """Costs at the points of a sweep as lines, with marks where offers cross."""
    shown = [row.quote.offer.name for row in comparison.rows][:MOST_LINES]
    lines = [
        Line(name, tuple((value, found.costs[name]) for value, found in sweep.points if name in found.costs))
        for name in shown
    ]
    crossings = [(each.value, f"from {fixed(each.value, 0)} on {each.above} costs less") for each in sweep.crossings]
    leads = [
        f"From {fixed(lead.first, 0)} on the cheapest is {lead.offer or 'none, without a doubt and in full'}"
        for lead in sweep.leads
    ]
    rows = tuple((fixed(value, 0), name, fixed(cost)) for value, f in sweep.points for name, cost in f.costs.items())
    table = Table((sweep.parameter, "offer", "cost"), rows, frozenset((sweep.parameter, "cost")))
    drawn = [line for line in lines if line.points]
    chart = curves(f"Cost by {sweep.parameter}", drawn, sweep.parameter, f"{comparison.currency} a month", crossings)
    return chart + paragraphs(leads) + folded("The figures", table_of(table, f"Cost by {sweep.parameter}"))


def _unranked(rows: Sequence[Row]) -> str:
    if not rows:
        return ""
    reasons = tuple((row.quote.offer.name, row.quote.incomplete_reason or "; ".join(row.quote.doubts)) for row in rows)
    table = table_of(Table(("offer", "why"), reasons), "Offers that are not ranked")
    return folded(f"{len(rows)} offers, each with its reason", table)


def _notes(notes: Sequence[str]) -> str:
    if not notes:
        return ""
    return folded(f"{len(notes)} notes", "<ul>" + "".join(f"<li>{escape(note)}</li>" for note in notes) + "</ul>")


def write_view(view: View, style: Style) -> str:
    """Any other report as a page: what people read of it, its picture, and its tables."""
    title = f"llmcost {view.command}"
    parts = [heading(title, [])]
    if view.comment is not None:
        comment = view.comment()
        parts = [heading(comment.title, []), table_of(comment.table, comment.title) if comment.table.rows else ""]
        parts += [section(name, table_of(table, name)) for name, table in comment.details if table.rows]
    else:
        for block in view.blocks():
            if isinstance(block, Breakeven):
                parts.append(section("The staircase and the line", _staircase(block)))
            elif isinstance(block, Table):
                parts.append(table_of(block, title))
            else:
                parts.append(text_block([block]))
        parts += [section("Figures", folded(name, table_of(each, name))) for name, each in view.tables().items()]
    parts.append(section("Notes", _notes(view.warnings)))
    on = str(view.head.get("on") or "")
    return page(title, parts, basis(view.prices, on, style.command, "List prices before tax unless contracted."))


def _staircase(found: Breakeven) -> str:
    """What both sides cost as the volume grows, with the band of the speed's range and the crossings."""
    upto = reach(found)
    fleet = found.self_quote.sized_fleet

    def edge(work: Fraction | None) -> tuple[tuple[Fraction, Fraction], ...]:
        steps = [found.step_at(upto * at / MOST_CORNERS, work) for at in range(MOST_CORNERS + 1)]
        return tuple((upto * at / MOST_CORNERS * found.requests, step.cost) for at, step in enumerate(steps))

    ends = ((Fraction(0), Fraction(0)), (upto * found.requests, found.api_quote.cost * upto))
    ours = Line(found.self_quote.offer.name, edge(None), edge(fleet.work_high), edge(fleet.work_low))
    theirs = Line(found.api_quote.offer.name, ends)
    crossings = [(each.volume * found.requests, "they cross here") for each in found.crossings if each.volume <= upto]
    return curves("Cost by volume", [ours, theirs], "requests a month", found.api_quote.currency, crossings)


def write_check(checked: CheckReport, style: Style) -> str:
    """Verdicts as a page, with the arithmetic of each row that they rest on."""
    title = f"llmcost: {'over budget' if checked.failed else 'within budget'}"
    rows = tuple(
        (MARKS.get(each.status, "ok"), each.budget.name, each.offer, each.limit.kind, *amounts(each), sentence(each))
        for each in checked.verdicts
    )
    table = Table(("verdict", "budget", "offer", "limit", "is", "may", "in words"), rows, frozenset())
    quotes = {row.quote.offer.name: row.quote for comparison in checked.comparisons for row in comparison.rows}
    parts = [
        heading(title, [summary(checked), *ages(checked)]),
        section("Verdicts", table_of(table, "Verdicts")),
        section("What they rest on", "".join(folded(name, text_block(explain(q))) for name, q in quotes.items())),
        section("Notes", _notes(checked.warnings)),
    ]
    on = str(checked.comparisons[0].on)
    return page(title, parts, basis(checked.prices, on, style.command, f"{BASIS[0].upper()}{BASIS[1:]}."))


def write_failure(found: NoVerdict) -> str:
    """A page that says why there is no verdict."""
    lines = [each.render() for each in found.problems]
    return page("llmcost: no verdict", [heading("llmcost: no verdict", []), text_block(lines)], [])
