"""A comparison as rows of text, whatever its rows are: offers, charges, or the points of a sweep."""

from __future__ import annotations

from llmcost.core.analysis.report import ComparisonReport
from llmcost.reports.style import Style
from llmcost.reports.views.comparison import Table, comparison_table


def rows_of(report: ComparisonReport, style: Style, usual: tuple[str, ...] = ()) -> Table:
    """The rows that are asked for; ``usual`` are the columns where none are named, () for all.

    Raises LlmcostError for an unknown column.
    """
    if style.wide:
        from llmcost.reports.views.charges import charges_table

        return charges_table(report.comparison, style.columns)
    if report.sweeps:
        from llmcost.reports.views.sensitivity import sweep_table

        return sweep_table(report, style.columns)
    if style.long:
        from llmcost.reports.views.comparison import long_table

        return long_table(report.comparison)
    return comparison_table(
        report.comparison, style.columns or usual, by_request=report.by_request, digest=report.prices.digest
    )
