"""Excel workbooks; the only door to the XlsxWriter library, which comes with the extra `xlsx`.

A workbook keeps figures as Excel does, with 15 digits; CSV and JSON have them all.
"""

from __future__ import annotations

import io
from datetime import datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from llmcost import __version__
from llmcost.core.analysis.report import ComparisonReport
from llmcost.errors import LlmcostError
from llmcost.reports.formats.csv import is_figure
from llmcost.reports.style import Style
from llmcost.reports.views.charges import charges_table
from llmcost.reports.views.comparison import Table, comparison_table
from llmcost.reports.views.warnings import all_warnings

if TYPE_CHECKING:
    from xlsxwriter import Workbook

WIDEST = 60


def write_xlsx(report: ComparisonReport, style: Style) -> bytes:
    """A comparison as a workbook."""
    return render_xlsx(report, style.columns)


def render_xlsx(result: ComparisonReport, columns: tuple[str, ...] = ()) -> bytes:
    """A workbook: a sheet with a row for each offer, one with a row for each charge, and one on where they are from.

    ``columns`` are those of the first sheet, () for all. The same result makes the same bytes. Raises LlmcostError
    where the library is missing.
    """
    try:
        from xlsxwriter import Workbook
    except ImportError:
        raise LlmcostError(
            "xlsx is written by a library that is not installed",
            "install xlsxwriter beside llmcost; in a checkout: pip install '.[xlsx]'",
        ) from None
    stream = io.BytesIO()
    comparison = result.comparison
    book = Workbook(stream, {"in_memory": True})
    book.set_properties({"created": datetime.combine(comparison.on.day, time()), "author": f"llmcost {__version__}"})
    _add(book, "offers", comparison_table(comparison, columns, by_request=result.by_request))
    _add(book, "charges", charges_table(comparison))
    _add(book, "about", _about(result))
    book.close()
    return stream.getvalue()


def _about(result: ComparisonReport) -> Table:
    """What a reader of the workbook has to know beside the figures."""
    every = result.comparison.compared
    hidden = len(result.comparison.rows) < len(every)
    lines = [
        ("tool", f"llmcost {__version__}"),
        ("prices of", str(result.comparison.on)),
        ("currency", result.comparison.currency),
        ("prices digest", result.prices.digest),
        *(("prices source", each) for each in result.prices.sources),
        ("kind of prices", "list prices before tax, unless contracted"),
        ("priced in full", f"{sum(row.quote.complete for row in every)} of {len(every)} offers compared"),
        *((("shown", f"{len(result.comparison.rows)} of {len(every)} offers compared"),) if hidden else ()),
        *(("note", each) for each in all_warnings(result)),
    ]
    return Table(("what", "value"), tuple(lines))


def _add(book: Workbook, name: str, table: Table) -> None:
    sheet: Any = book.add_worksheet(name)
    head, whole, broken = (
        book.add_format({"bold": True, "bottom": 1}),
        book.add_format({"num_format": "#,##0"}),
        book.add_format({"num_format": "#,##0.00##########"}),
    )
    for place, column in enumerate(table.columns):
        sheet.write_string(0, place, column, head)
        for line, row in enumerate(table.rows, start=1):
            cell = row[place]
            if column in table.numeric and is_figure(cell):
                sheet.write_number(line, place, Decimal(cell), broken if "." in cell else whole)
            elif cell:
                sheet.write_string(line, place, cell)
        widest = max(len(cell) for cell in (column, *(row[place] for row in table.rows)))
        sheet.set_column(place, place, min(WIDEST, widest + 2))
    sheet.freeze_panes(1, 0)
    if table.rows:
        sheet.autofilter(0, 0, len(table.rows), len(table.columns) - 1)
