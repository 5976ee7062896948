"""What every question needs beside offers and a workload: prices, a day, a currency, what was negotiated."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from llmcost.api.compare import compare
from llmcost.core.offers.catalogue import Catalogue
from llmcost.core.offers.offer import Offer
from llmcost.core.quotes.comparison import Comparison, only_sure
from llmcost.core.values.dates import PricingDay, pricing_day
from llmcost.core.values.money import ExchangeRates, check_currency
from llmcost.core.workload.requests import Workload
from llmcost.core.workload.usage import Usage
from llmcost.errors import LlmcostError

if TYPE_CHECKING:
    from llmcost.core.analysis.adjustments import Adjustment
    from llmcost.core.analysis.contract import Contract


NOBODY = "name a seller, kind, model, place or terms of an offer that is compared"
"""How to mend a change of prices that concerns none of the offers."""


def check_names(contract: Contract, catalogue: Catalogue) -> None:
    """Raise LlmcostError for a contract with somebody whom no price sheet knows, which must be a slip."""
    from llmcost.core.analysis.contract import unknown_name

    unknown = unknown_name(contract, catalogue)
    if unknown is not None:
        text, word, remedy = unknown
        raise LlmcostError(f'"{text}": no price sheet knows "{word}"', remedy)


class RunContext(NamedTuple):
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

    @classmethod
    def of(  # noqa: PLR0913 - keyword-only options of the front door
        cls,
        catalogue: Catalogue,
        on: date | PricingDay | str,
        *,
        currency: str | None = None,
        exchange_rates: ExchangeRates | None = None,
        discounts: Sequence[str] = (),
        commitments: Sequence[str] = (),
        adjust: Sequence[str] = (),
        contract: Contract | None = None,
        adjustments: Sequence[Adjustment] = (),
    ) -> RunContext:
        """As the command line's options of the same names say; ``contract`` and ``adjustments`` are such, already read.

        Raises LlmcostError for one that cannot be read.
        """
        if discounts or commitments:
            from llmcost.core.analysis.adjustments import parse_adjustments
            from llmcost.core.analysis.contract import Contract, parse_commitments

            read = Contract(tuple(parse_adjustments(discounts)), parse_commitments(commitments))
            check_names(read, catalogue)
            known = Contract() if contract is None else contract
            contract = Contract((*known.discounts, *read.discounts), (*known.commitments, *read.commitments))
        if adjust:
            from llmcost.core.analysis.adjustments import parse_adjustments

            adjustments = (*adjustments, *parse_adjustments(adjust))
        return cls(
            catalogue=catalogue,
            day=pricing_day(on),
            currency=check_currency(currency) if currency else None,
            exchange_rates=exchange_rates,
            contract=contract,
            adjustments=tuple(adjustments),
        )

    def check_changes(self, offers: Iterable[Offer], workload: Workload | Usage) -> None:
        """Raise LlmcostError for a supposed change that must be a slip, as it concerns none of the offers."""
        fixed = workload.fixed if isinstance(workload, Workload) else ()
        known = [*offers, *fixed]
        for change in self.adjustments:
            if not any(change.concerns(offer) for offer in known):
                raise LlmcostError(f'"{change.text}" concerns none of the offers', NOBODY)

    def find(self, offers: Iterable[Offer | str]) -> list[Offer]:
        """The offers, as ``find_offers`` has them."""
        return find_offers(self.catalogue, offers)

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
            self.find(offers),
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


def find_offers(catalogue: Catalogue, offers: Iterable[Offer | str]) -> list[Offer]:
    """The offers, those that are selectors looked up; one with ``*`` or ``?`` names every match."""
    found: list[Offer] = []
    for offer in offers:
        if not isinstance(offer, str):
            found.append(offer)
        elif "*" in offer or "?" in offer:
            found += catalogue.match(offer)
        else:
            found.append(catalogue.find(offer))
    return found
