"""CSV and Markdown: nothing in the data becomes structure."""

from __future__ import annotations

import csv
import io

import pytest

from llmcost.reports.formats.csv import render_csv, render_tsv
from llmcost.reports.formats.markdown import render_markdown
from llmcost.reports.views.comparison import Table

TABLE = Table(
    ("offer", "monthly_cost"),
    (("a|b", "1e5"), ("`x`", "0042"), ("<b>\n*c*", "1234567.891000")),
    frozenset({"monthly_cost"}),
)


def test_markdown_cells_stay_cells() -> None:
    """Pipes, code marks, tags and line breaks in data neither split a cell nor format it."""
    lines = render_markdown(TABLE).splitlines()

    assert len(lines) == 5
    assert "a\\|b" in lines[2]
    assert "| `` `x` `` " in lines[3]
    assert "\\<b\\> \\*c\\*" in lines[4]


def test_markdown_keeps_figures_as_written() -> None:
    """Text that looks like a number is not read as one: 1e5 stays 1e5 and 0042 stays 0042."""
    text = render_markdown(TABLE)

    assert all(figure in text for figure in ("1e5", "0042", "1234567.891000"))


@pytest.mark.parametrize(("render", "delimiter"), [(render_csv, ","), (render_tsv, "\t")])
def test_delimited_text_reads_back(render: object, delimiter: str) -> None:
    """What is written reads back cell by cell, line breaks and quotes included."""
    table = Table(("a", "b"), (('say "hi"', "x,y"), ("tab\there", "line\nbreak")))
    text = render(table)  # type: ignore[operator]

    assert list(csv.reader(io.StringIO(text), delimiter=delimiter)) == [list(table.columns), *map(list, table.rows)]
