"""What every question needs beside offers and a workload: prices, a day, a currency, what was negotiated."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from llmcost.api.compare import compare
from llmcost.core.offers.catalogue import Catalogue
from llmcost.core.offers.offer import Offer
from llmcost.core.quotes.comparison import Comparison, only_sure
from llmcost.core.values.dates import PricingDay
from llmcost.core.values.money import ExchangeRates
from llmcost.core.workload.requests import Workload
from llmcost.core.workload.usage import Usage

if TYPE_CHECKING:
    from llmcost.core.analysis.adjustments import Adjustment
    from llmcost.core.analysis.contract import Contract


@dataclass(frozen=True, slots=True, kw_only=True)
class RunContext:
    """What a question is asked in.

    ``currency`` of None means the offers' own when they share one, else USD. ``exchange_rates`` of None are the
    built-in ones. ``contract`` of None means list prices. ``adjustments`` are supposed price changes.
    """

    catalogue: Catalogue
    day: PricingDay
    currency: str | None = None
    exchange_rates: ExchangeRates | None = None
    contract: Contract | None = None
    adjustments: tuple[Adjustment, ...] = ()

    def compare(
        self,
        offers: Iterable[Offer | str],
        workload: Workload | Usage,
        *,
        baseline: str | None = None,
        label: str | None = None,
        months: int = 1,
    ) -> Comparison:
        """Offers ranked, as ``llmcost.compare`` says, selectors being of this catalogue."""
        return compare(
            [self.catalogue.find(each) if isinstance(each, str) else each for each in offers],
            workload,
            self.day,
            currency=self.currency,
            exchange_rates=self.exchange_rates,
            baseline=baseline,
            label=label,
            months=months,
            adjustments=self.adjustments,
            contract=self.contract,
        )

    def compare_set(
        self,
        offers: Iterable[Offer],
        workload: Workload,
        *,
        baseline: str | None = None,
        label: str | None = None,
        months: int = 1,
    ) -> Comparison:
        """A set that nobody named, ranked; where none of it surely serves the workload, every offer that does."""
        chosen = self.compare(offers, workload, baseline=baseline, label=label, months=months)
        if chosen.best:
            return chosen
        able = [offer for offer in self.catalogue.offers() if offer.task in workload.tasks]
        every = self.compare(able, workload, baseline=baseline, months=months)
        if not every.best:
            return chosen
        doubtful = sum(1 for row in every.rows if row.quote.doubts and row.quote.unserved is None)
        more = f"; {doubtful} more may, see --all" if doubtful else ""
        label = f"None of the default set is known to serve this: these are all offers that are{more}."
        return replace(only_sure(every), label=label)
