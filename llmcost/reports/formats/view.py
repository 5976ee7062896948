"""A view in each of the usual formats."""

from __future__ import annotations

from llmcost.reports.style import Style
from llmcost.reports.views.view import View


def render_view(view: View, form: str, style: Style) -> str:
    """The view as text in one of ``FORMATS``."""
    if form == "table":
        from llmcost.reports.formats.plain_table import render_blocks

        return render_blocks(view.blocks(), style.screen)
    if form in ("json", "jsonl"):
        from llmcost.reports.formats.json import document, dump_lines

        rows = view.rows()
        if form == "jsonl":
            return dump_lines(rows)
        return document(view.command, view.prices, view.head, rows, view.warnings_in(form))
    if form == "html":
        from llmcost.reports.formats.page.html import write_view

        return write_view(view, style)
    tables = list(view.tables().values())
    if form == "markdown":
        from llmcost.reports.formats.markdown import render_comment, render_markdown

        if view.comment is not None:
            return render_comment(view.comment())

        return "\n".join(render_markdown(table, header=style.header) for table in tables)
    from llmcost.reports.formats.csv import DIALECTS, render_csv, render_tsv

    if form == "tsv":
        return render_tsv(tables[-1], header=style.header)
    assert form == "csv", f"{form} is said to write any view, and nothing here writes one so"
    return render_csv(tables[-1], header=style.header, dialect=DIALECTS[style.dialect])


def other_tables(view: View, form: str) -> str | None:
    """What is said of the tables that a format of rows has no room for; None where it holds all there is."""
    if form not in ("csv", "tsv"):
        return None
    *others, last = view.tables()
    if not others:
        return None
    return f"{form} holds one table, the {last}; the {' and '.join(others)} are in -f json"
