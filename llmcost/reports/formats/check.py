"""A check as plain text, as Markdown for a job summary, and as JSON."""

from __future__ import annotations

from llmcost.core.analysis.budget import FAIL, WARN, CheckReport, NoVerdict
from llmcost.reports.formats.json import codes_of, dump, envelope, row_data
from llmcost.reports.formats.markdown import code_block, escape, render_markdown
from llmcost.reports.views.comparison import Table
from llmcost.reports.views.verdicts import BASIS, MARKS, ages, amounts, moves, sentence, summary, verdict_data

MOST_MARKDOWN = 900_000
"""Bytes of a job summary, below what the services take."""


def render_text(checked: CheckReport) -> str:
    """A line for each verdict, the broken ones first, and one line in sum."""
    order = [FAIL, WARN]
    ranked = sorted(checked.verdicts, key=lambda each: order.index(each.status) if each.status in order else 2)
    width = max(len(each.budget.name) for each in ranked)
    lines = [f"{MARKS.get(each.status, 'ok'):<4}  {each.budget.name:<{width}}  {sentence(each)}" for each in ranked]
    prices = " ".join([f"Prices of {checked.comparisons[0].on}; {BASIS}.", *ages(checked)])
    return "\n".join([*lines, "", prices, summary(checked)]) + "\n"


def render_markdown_report(checked: CheckReport) -> str:
    """A section for a job summary, cut where the services would refuse it."""
    rows = [
        (MARKS.get(each.status, "ok"), each.budget.name, each.offer, each.limit.kind, *amounts(each))
        for each in checked.verdicts
    ]
    shown = list(rows)
    while True:
        table = render_markdown(
            Table(("verdict", "budget", "offer", "limit", "is", "may"), tuple(shown), frozenset(("is", "may")))
        )
        more = f"\n{len(rows) - len(shown)} more limits are left out here.\n" if len(shown) < len(rows) else ""
        head = f"### llmcost: {'over budget' if checked.failed else 'within budget'}\n\n{escape(summary(checked))}\n\n"
        prices = " ".join([f"Prices of {checked.comparisons[0].on}, {checked.prices.digest}; {BASIS}.", *ages(checked)])
        text = f"{head}{_before_and_after(checked)}{table}{more}\n{escape(prices)}\n"
        if len(text.encode()) <= MOST_MARKDOWN or not shown:
            return text
        shown = shown[: len(shown) // 2]


def _before_and_after(checked: CheckReport) -> str:
    """A table of what moved since the baselines; "" where no budget has one."""
    rows = tuple(moves(checked))
    columns = ("offer", "before", "after", "change")
    return f"{render_markdown(Table(columns, rows, frozenset(columns[1:])))}\n" if rows else ""


def render_markdown_failure(found: NoVerdict) -> str:
    """A section for a job summary that says why there is no verdict."""
    shown = list(found.problems)
    while True:
        left = len(found.problems) - len(shown)
        lines = [each.render() for each in shown] + ([f"{left} more problems are left out here"] if left else [])
        text = "### llmcost: no verdict\n\n" + code_block("\n".join(lines))
        if len(text.encode()) <= MOST_MARKDOWN or not shown:
            return text
        shown = shown[: len(shown) // 2]


def render_json_failure(found: NoVerdict) -> str:
    """The envelope of every command, with what is wrong in place of verdicts."""
    head = {"on": None, "currency": None, "complete": False, "verdict": "none"}
    errors = [
        {
            "message": each.message,
            "remedy": each.remedy,
            "file": each.file or None,
            "line": each.line or None,
            "column": each.column or None,
        }
        for each in found.problems
    ]
    return dump({**envelope("check", None, head), "verdicts": [], "rows": [], "errors": errors, "warnings": []})


def render_json_report(checked: CheckReport) -> str:
    """The envelope of every command, with the verdicts beside the rows they rest on."""
    first = checked.comparisons[0]
    rows = {row.quote.offer.name: row_data(each, row) for each in reversed(checked.comparisons) for row in each.rows}
    head = {
        "on": str(first.on),
        "currency": first.currency,
        "complete": True,
        "verdict": FAIL if checked.failed else WARN if checked.warned else "ok",
    }
    return dump(
        {
            **envelope("check", checked.prices, head),
            "verdicts": [verdict_data(each) for each in checked.verdicts],
            "rows": list(rows.values()),
            "warnings": list(checked.warnings),
            "warning_codes": codes_of(checked.warnings),
        }
    )
