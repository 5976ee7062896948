"""Any report in any of its formats, for Python; the command line goes the same way, and says more beside it."""

from __future__ import annotations

from llmcost import late
from llmcost.core.analysis.budget import CheckReport
from llmcost.core.analysis.report import ComparisonReport
from llmcost.errors import LlmcostError
from llmcost.reports.registry import CHECK_FORMATS, COMPARISON_FORMATS, FORMATS
from llmcost.reports.style import Style
from llmcost.reports.views.view import View


def render(report: ComparisonReport | CheckReport | View, form: str, style: Style) -> str | bytes:
    """The report as text, or as bytes for a workbook. Raises LlmcostError for a format it has not."""
    if isinstance(report, CheckReport):
        check_form = CHECK_FORMATS.get(form)
        if check_form is None:
            raise _unknown(form, tuple(CHECK_FORMATS))
        function = late.load(f"reports.formats.{check_form.module}", check_form.function)
        text: str = function(report, style) if check_form.styled else function(report)
        return text
    if isinstance(report, View):
        if form not in FORMATS:
            raise _unknown(form, FORMATS)
        from llmcost.reports.formats.view import render_view

        return render_view(report, form, style)
    comparison_form = COMPARISON_FORMATS.get(form)
    if comparison_form is None:
        raise _unknown(form, tuple(COMPARISON_FORMATS))
    written: str | bytes = late.load(f"reports.formats.{comparison_form.module}", comparison_form.function)(
        report, style
    )
    return written


def _unknown(form: str, known: tuple[str, ...]) -> LlmcostError:
    return LlmcostError(f'the format "{form}" is not known here', f"write one of: {', '.join(known)}")
