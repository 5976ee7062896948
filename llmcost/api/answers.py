"""Answers for Python: prices that can be asked, a quote that explains itself, a comparison that can be written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from datetime import date
from typing import Any

from llmcost.core.offers.catalogue import Catalogue
from llmcost.core.offers.offer import Offer
from llmcost.core.quotes.comparison import Comparison
from llmcost.core.quotes.quote import Quote
from llmcost.core.values.dates import PricingDay
from llmcost.core.values.money import ExchangeRates
from llmcost.core.workload.requests import Workload
from llmcost.core.workload.usage import Usage


class QuoteAnswer(Quote):
    """A quote that can say how it was worked out."""

    __slots__ = ()

    def explain(self) -> str:
        """The arithmetic: each charge with its condition, dates and source, each gap with its reason, the total."""
        from llmcost.reports.views.explanation import explain

        return "\n".join(explain(self))


class ComparisonAnswer(Comparison):
    """A comparison that can be written as the command line writes it."""

    prices: PriceCatalogue

    def to_markdown(self) -> str:
        """A table in GitHub's Markdown."""
        from llmcost.reports.formats.markdown import render_markdown
        from llmcost.reports.views.comparison import comparison_table, markdown_columns

        return render_markdown(comparison_table(self, markdown_columns(self)))

    def to_csv(self) -> str:
        """A header and a row for each offer, with every column."""
        from llmcost.reports.formats.csv import render_csv
        from llmcost.reports.views.comparison import comparison_table

        return render_csv(comparison_table(self))

    def to_json(self) -> str:
        """The document that ``llmcost compare -f json`` prints, without the warnings of a command line."""
        from llmcost.core.analysis.report import ComparisonReport
        from llmcost.reports.formats.json import render_json

        known = self.prices
        return render_json(ComparisonReport("compare", self, known.identity))


class PriceCatalogue(Catalogue):
    """All offers with their prices, which can be asked by name."""

    exchange_rates: ExchangeRates | None = None

    def quote(self, offer: Offer | str, workload: Workload | Usage, on: date | PricingDay | str) -> QuoteAnswer:
        """What an offer charges on a day, as ``llmcost.quote`` says; the offer may be named by a selector."""
        from llmcost.api.compare import quote

        return QuoteAnswer(*quote(self._offer(offer), workload, on))

    def compare(
        self, offers: Iterable[Offer | str], workload: Workload | Usage, on: date | PricingDay | str, **options: Any
    ) -> ComparisonAnswer:
        """Offers ranked, as ``llmcost.compare`` says and with its options; a selector with ``*`` names every match."""
        from llmcost.api.compare import compare

        found = [each for offer in offers for each in self._offers(offer)]
        options.setdefault("exchange_rates", self.exchange_rates)
        made = compare(found, workload, on, **options)
        answer = ComparisonAnswer(**{field.name: getattr(made, field.name) for field in fields(made)})
        object.__setattr__(answer, "prices", self)
        return answer

    def _offer(self, offer: Offer | str) -> Offer:
        return self.find(offer) if isinstance(offer, str) else offer

    def _offers(self, offer: Offer | str) -> list[Offer]:
        if isinstance(offer, str) and ("*" in offer or "?" in offer):
            return self.match(offer)
        return [self._offer(offer)]
