"""The table for people; the only door to the rich library.

Money is never cut: when the width runs out columns are dropped, then each row is stacked over several lines.
"""

from __future__ import annotations

import io
from fractions import Fraction
from typing import NamedTuple

from llmcost.core.analysis.report import ComparisonReport
from llmcost.core.quotes.comparison import Comparison, Row
from llmcost.reports.numbers import places_for, shown_money, shown_ratio
from llmcost.reports.style import GAP, Screen, Style
from llmcost.reports.views.conclusions import MEANINGS, conclusions
from llmcost.reports.views.explanation import explain
from llmcost.reports.views.footer import footer
from llmcost.reports.views.workload import describe_workload

LEAST_OFFER = 18
LEAST_BAR = 6
MOST_BAR = 24
BLOCKS = "▏▎▍▌▋▊▉█"


class TableRow(NamedTuple):
    """One row as text, by column, and its offer's name.

    ``share`` is its cost as a part of the dearest, None without a figure.
    """

    cells: dict[str, str]
    share: Fraction | None
    style: str
    remark: str | None
    name: str


def write_table(report: ComparisonReport, style: Style) -> str:
    """A comparison as a terminal shows it."""
    return render_table(report, style.screen)


def render_table(result: ComparisonReport, screen: Screen) -> str:
    """The comparison as a table, with what was asked above it and what it leaves out below."""
    comparison = result.visible
    parts = [_heading(result)]
    if result.command != "price":
        parts += [_table(comparison, screen, _unit(result))] if comparison.rows else []
        said = conclusions(comparison)
        if said:
            parts.append("\n".join(said))
        if any(row.quote.fleet is not None for row in comparison.rows):
            from llmcost.reports.formats.plain_table import render_plain_table
            from llmcost.reports.views.fleet import fleet_table, sizing_of

            parts.append(f"{sizing_of(comparison)}\n{render_plain_table(fleet_table(comparison), screen, 3)}")
        series = _series(comparison, screen)
        if series:
            parts.append(series)
    if result.sweeps:
        from llmcost.reports.views.sensitivity import sweep_lines

        parts += ["\n".join(sweep_lines(each, comparison, screen.width)) for each in result.sweeps]
    if result.explain:
        parts += ["\n".join(explain(row.quote)) for row in comparison.rows]
    parts.append(footer(row.quote for row in comparison.rows))
    return screen.safe("\n\n".join(part.rstrip("\n") for part in parts)) + "\n"


def _heading(result: ComparisonReport) -> str:
    comparison = result.comparison
    what = "Cost" if result.by_request else "Monthly cost"
    what += " of 1,000 requests" if result.per_thousand else ""
    prices = f"prices of {comparison.on}"
    months = max((len(row.quote.months) for row in comparison.rows), default=0)
    if months:
        what, prices = f"Cost of {months} months", f"from {comparison.on} on, each with the prices in force then"
    if result.used is not None:
        prices = result.used
    lines = [f"{what} in {comparison.currency}, {prices}", *describe_workload(comparison.workload)]
    if comparison.label:
        lines.append(comparison.label)
    return "\n".join(lines)


def _unit(result: ComparisonReport) -> str:
    """What a column beside the cost is of: a session, one request, or 1,000."""
    if result.per_thousand:
        return "per request"
    return "per session" if result.comparison.workload.sessions else "per 1K requests"


def _table(comparison: Comparison, screen: Screen, unit: str) -> str:
    lines = _lines(comparison)
    supposed = any(line.cells["before"] for line in lines)
    for columns, bar in (
        *([(["#", "offer", "before", "cost", "supposed"], 0)] if supposed else []),
        *([(["offer", "before", "cost"], 0)] if supposed else []),
        *([] if unit == "per 1K requests" else [(["#", "offer", "cost", unit, "change"], LEAST_BAR)]),
        *([] if unit == "per 1K requests" else [(["#", "offer", "cost", unit], 0)]),
        (["#", "offer", "cost", "change", "per 1K requests"], LEAST_BAR * 2),
        (["#", "offer", "cost", "change"], LEAST_BAR),
        (["#", "offer", "cost", "change"], 0),
        (["#", "offer", "cost"], 0),
        (["offer", "cost"], 0),
    ):
        taken = sum(_width(lines, name) + GAP for name in columns if name != "offer") + bar
        left = screen.width - taken
        offer = _width(lines, "offer")
        if left >= offer or (not bar and left >= max(LEAST_OFFER, offer // 2)):
            return _laid_out(lines, columns, min(left, offer), screen)
    return _stacked(lines, comparison.currency)


def _series(comparison: Comparison, screen: Screen) -> str | None:
    """The cost of every month, for as many of the first offers as the width holds; None without a series."""
    rows = [row for row in comparison.rows if row.quote.months and row.priced]
    if not rows:
        return None
    places = places_for([month.cost for row in rows for month in row.quote.months])
    starts = ["month from", *(str(month.starts) for month in rows[0].quote.months), "total"]
    columns = []
    for row in rows:
        costs = [("" if m.complete else "≥ ") + shown_money(m.cost, places) for m in row.quote.months]
        total = ("" if row.quote.complete else "≥ ") + shown_money(row.quote.cost, places)
        columns.append([row.quote.offer.name, *costs, total])
    widths = [max(map(len, column)) for column in columns]
    first = max(map(len, starts))
    shown = len(columns)
    while shown > 1 and first + sum(width + GAP for width in widths[:shown]) > screen.width:
        shown -= 1
    lines = [
        (" " * GAP).join([start.ljust(first), *(columns[n][place].rjust(widths[n]) for n in range(shown))])
        for place, start in enumerate(starts)
    ]
    if shown < len(columns):
        more = f"{len(columns) - shown} more offer{'s' if len(columns) - shown > 1 else ''}"
        lines.append(f"{more}; -f csv and -f json have every month of all")
    return "\n".join(lines)


def _lines(comparison: Comparison) -> list[TableRow]:
    figures = [row.quote.cost for row in comparison.rows if row.quote.charges]
    places = places_for(figures)
    dearest = max(figures, default=Fraction(0))
    best = {row.quote.offer.name for row in comparison.best}
    lines = []
    for row in comparison.rows:
        quote = row.quote
        figure = row.priced
        cost = shown_money(quote.cost, places) if figure else "not priced"
        each = comparison.cost_per_request(row)
        session = comparison.cost_per_session(row)
        style = "bold green" if quote.offer.name in best else ("" if quote.complete and not quote.doubts else "yellow")
        lines.append(
            TableRow(
                {
                    "#": str(row.rank or "-"),
                    "offer": " ".join((quote.offer.name, *(MEANINGS[mark][0] for mark in quote.marks))),
                    "cost": cost if quote.complete or not figure else f"≥ {cost}",
                    "change": _change(row),
                    "before": "" if row.before is None else shown_money(row.before, places),
                    "supposed": _supposed(row),
                    "per request": "" if each is None else shown_money(each, places_for([each])),
                    "per 1K requests": "" if each is None else shown_money(each * 1000, places_for([each * 1000])),
                    "per session": "" if session is None else shown_money(session, places_for([session])),
                },
                (quote.cost / dearest if dearest else Fraction(0)) if figure else None,
                style,
                _remark(row),
                quote.offer.name,
            )
        )
    return lines


def _change(row: Row) -> str:
    if row.is_baseline:
        return "baseline"
    if row.ratio is None:
        return ""
    return shown_ratio(row.ratio)


def _supposed(row: Row) -> str:
    """How far the supposed prices move the cost."""
    if not row.before or not row.quote.complete:
        return ""
    percent = round((row.quote.cost / row.before - 1) * 100)
    return f"{'+' if percent > 0 else ''}{percent}%"


def _remark(row: Row) -> str | None:
    quote = row.quote
    if quote.unserved is not None:
        return quote.unserved
    gaps = dict.fromkeys(gap.reason if gap.meter in gap.reason else f"{gap.meter}: {gap.reason}" for gap in quote.gaps)
    doubts = [f"in doubt: {'; '.join(quote.doubts)}"] if quote.doubts else []
    if gaps or doubts:
        return "; ".join([*gaps, *doubts])
    if quote.low is not None and quote.high is not None and not quote.moved_by:
        places = places_for([quote.low, quote.high])
        span = f"between {shown_money(quote.low, places)} and {shown_money(quote.high, places)}"
        plain = not quote.counted and quote.spread is None
        return f"{span}: {'the counts leave it open' if plain else quote.open_reason}"
    return None


def _width(lines: list[TableRow], name: str) -> int:
    return max([len(name), *(len(line.cells[name]) for line in lines)])


def _laid_out(lines: list[TableRow], columns: list[str], offer_width: int, screen: Screen) -> str:
    widths = {name: offer_width if name == "offer" else _width(lines, name) for name in columns}
    bar = min(MOST_BAR, screen.width - sum(width + GAP for width in widths.values()))
    painted = [_row_spans({name: name for name in columns}, widths, "bold")]
    for line in lines:
        folded = [line.cells["offer"][at : at + offer_width] for at in range(0, len(line.cells["offer"]), offer_width)]
        first = _row_spans({**line.cells, "offer": folded[0]}, widths, line.style)
        if bar >= LEAST_BAR:
            first.append((" " * GAP + _bar(line.share, bar, screen), "cyan"))
        painted.append(first)
        for part in folded[1:]:
            painted.append(_row_spans({**dict.fromkeys(columns, ""), "offer": part}, widths, line.style))
    painted += [[(f"  {line.name}: {line.remark}", "")] for line in lines if line.remark]
    return _paint(painted, screen)


StyledText = tuple[str, str]


def _row_spans(cells: dict[str, str], widths: dict[str, int], style: str) -> list[StyledText]:
    spans: list[StyledText] = []
    for number, (name, width) in enumerate(widths.items()):
        text = cells[name].ljust(width) if name == "offer" else cells[name].rjust(width)
        spans.append(((" " * GAP if number else "") + text, style if name in ("offer", "cost") else ""))
    return spans


def _paint(lines: list[list[StyledText]], screen: Screen) -> str:
    """Lines of styled spans as text; the styles need rich, so it is imported only where there is colour."""
    if not screen.colour:
        return "\n".join("".join(text for text, _ in spans).rstrip() for spans in lines)
    from rich.console import Console
    from rich.text import Text

    stream = io.StringIO()
    console = Console(
        file=stream,
        width=10_000,
        force_terminal=True,
        color_system="standard",
        legacy_windows=False,
        markup=False,
        emoji=False,
        highlight=False,
    )
    for spans in lines:
        console.print(Text.assemble(*spans), soft_wrap=True)
    return stream.getvalue().rstrip("\n")


def _bar(share: Fraction | None, width: int, screen: Screen) -> str:
    if share is None:
        return "?"
    eighths = max(1, round(share * width * 8))
    if not screen.can_show(BLOCKS):
        return "#" * max(1, round(share * width))
    full, rest = divmod(eighths, 8)
    return BLOCKS[-1] * full + (BLOCKS[rest - 1] if rest else "")


def _stacked(lines: list[TableRow], currency: str) -> str:
    out = []
    for line in lines:
        out.append(line.cells["offer"])
        out.append(f"  {line.cells['cost']}" + ("" if line.share is None else f" {currency}"))
        if line.remark:
            out.append(f"  {line.remark}")
    return "\n".join(out)
