"""CSV and TSV: a header, decimal points, no symbols; or the dialect of a spreadsheet.

Text that a spreadsheet would run as a formula gets an apostrophe in front, in every dialect; figures never do.
"""

from __future__ import annotations

import csv
import io
import re
from typing import NamedTuple

from llmcost.core.analysis.report import ComparisonReport
from llmcost.reports.style import Style
from llmcost.reports.views.comparison import Table
from llmcost.reports.views.rows import rows_of


class Dialect(NamedTuple):
    """How cells and lines are told apart, how a figure is written, and whether the file begins with a mark."""

    delimiter: str = ","
    line_end: str = "\n"
    decimal_mark: str = "."
    byte_order_mark: bool = False


DIALECTS = {
    "unix": Dialect(),
    "rfc4180": Dialect(line_end="\r\n"),
    "excel": Dialect(line_end="\r\n", byte_order_mark=True),
    "excel-eu": Dialect(";", "\r\n", ",", byte_order_mark=True),
}
"""What ``--csv-dialect`` takes; ``excel-eu`` is for settings that write a decimal comma."""
_UNSEEN = (
    r"\s\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200d"
    r"\u2060-\u2064\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0"
)
FORMULA = re.compile(f"[\t\r\n]|[{_UNSEEN}]*[=+\\-@＝＋－＠]")
"""How a cell begins that a spreadsheet may run, with the full-width forms; blanks before them change nothing."""
LEAST_DECIMALS = 6
"""Decimals of a figure that has any: where a point marks thousands, 0.125 would be read as 125."""
_FIGURE = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def write_csv(report: ComparisonReport, style: Style) -> str:
    """A comparison as comma-separated rows, in the dialect that is asked for."""
    return render_csv(rows_of(report, style), header=style.header, dialect=DIALECTS[style.dialect])


def write_tsv(report: ComparisonReport, style: Style) -> str:
    """A comparison as tab-separated rows."""
    return render_tsv(rows_of(report, style), header=style.header)


def render_csv(table: Table, *, header: bool = True, dialect: Dialect = DIALECTS["unix"]) -> str:
    """The table as delimited text."""
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=dialect.delimiter, lineterminator=dialect.line_end)
    if header:
        writer.writerow(table.columns)
    numeric = [name in table.numeric for name in table.columns]
    for row in table.rows:
        writer.writerow([_cell(cell, dialect, numeric=figures) for cell, figures in zip(row, numeric, strict=True)])
    return ("\ufeff" if dialect.byte_order_mark else "") + stream.getvalue()


def render_tsv(table: Table, *, header: bool = True) -> str:
    """The table as tab-separated text."""
    return render_csv(table, header=header, dialect=Dialect("\t"))


def is_figure(cell: str) -> bool:
    """Whether a cell of a numeric column holds a number; it may be empty or say why there is none."""
    return _FIGURE.fullmatch(cell) is not None


def harmless_cell(cell: str) -> str:
    """Text that no spreadsheet takes for a formula, with one kind of line break."""
    cell = cell.replace("\r\n", "\n").replace("\r", "\n")  # the writer would leave a lone CR unquoted
    return f"'{cell}" if FORMULA.match(cell) and not is_figure(cell) else cell


def _cell(cell: str, dialect: Dialect, *, numeric: bool) -> str:
    if not numeric or not is_figure(cell):
        return harmless_cell(cell)
    whole, point, decimals = cell.partition(".")
    return f"{whole}{dialect.decimal_mark}{decimals.ljust(LEAST_DECIMALS, '0')}" if point else whole
