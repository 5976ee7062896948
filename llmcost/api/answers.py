"""Answers for Python: what a question came to, which explains itself and can be written in any format."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmcost.core.analysis.budget import CheckReport
from llmcost.core.analysis.difference import Difference
from llmcost.core.analysis.report import BreakevenReport, ComparisonReport
from llmcost.core.quotes.comparison import Comparison
from llmcost.core.quotes.quote import Quote
from llmcost.reports.render import render
from llmcost.reports.style import Screen, Style

if TYPE_CHECKING:
    from llmcost.core.offers.price_identity import PriceIdentity
    from llmcost.reports.views.view import View


class Rendering:
    """What every answer can do: be written as the command line writes it, without what that says beside it."""

    __slots__ = ()

    def _report(self) -> ComparisonReport | CheckReport | View:
        raise NotImplementedError

    def render(self, form: str = "table", width: int = 80) -> str | bytes:
        """The answer in a format; bytes for a workbook. Raises LlmcostError for a format it has not."""
        return render(self._report(), form, Style(Screen(width)))

    def to_markdown(self) -> str:
        """A table in GitHub's Markdown."""
        return str(self.render("markdown"))

    def to_csv(self) -> str:
        """A header and rows, with every column."""
        return str(self.render("csv"))

    def to_json(self) -> str:
        """The document that the command line prints with ``-f json``."""
        return str(self.render("json"))


class QuoteAnswer(Quote):
    """A quote that can say how it was worked out."""

    __slots__ = ()

    def explain(self) -> str:
        """The arithmetic: each charge with its condition, dates and source, each gap with its reason, the total."""
        from llmcost.reports.views.explanation import explain

        return "\n".join(explain(self))


class ComparisonAnswer(Rendering, Comparison):
    """A comparison that can be written."""

    prices: PriceIdentity
    used: str | None = None
    """What it is the cost of, where it is of real usage; None: of a month."""

    def _report(self) -> ComparisonReport:
        return ComparisonReport("compare", self, self.prices, used=self.used)


class BreakevenAnswer(Rendering, BreakevenReport):
    """A break-even that can be written."""

    def _report(self) -> View:
        from llmcost.reports.views.breakeven import breakeven_view

        return breakeven_view(self)


class DifferenceAnswer(Rendering, Difference):
    """A difference that can be written."""

    def _report(self) -> View:
        from llmcost.reports.views.difference import difference_view

        return difference_view(self)


class CheckAnswer(Rendering, CheckReport):
    """The verdicts on budgets, which can be written in the formats of ``check``; the one for people is ``text``."""

    def _report(self) -> CheckReport:
        return self
