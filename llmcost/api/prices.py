"""Prices that can be asked from Python: every question by name and day."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from llmcost.api.answers import BreakevenAnswer, CheckAnswer, ComparisonAnswer, QuoteAnswer
from llmcost.api.compare import quote
from llmcost.api.context import RunContext, find_offers
from llmcost.core.offers.catalogue import Catalogue
from llmcost.core.offers.offer import Offer
from llmcost.core.values.dates import PricingDay, pricing_day
from llmcost.core.values.money import ExchangeRates, check_currency
from llmcost.core.workload.requests import Workload
from llmcost.core.workload.usage import Usage

if TYPE_CHECKING:
    from llmcost.core.analysis.budget import Budget
    from llmcost.core.analysis.sensitivity import Sweep

Day = date | PricingDay | str


class PriceCatalogue(Catalogue):
    """All offers with their prices, which can be asked by name.

    ``on`` is a day or an instant, or the text of one. The ``options`` of a question are ``currency``,
    ``exchange_rates``, ``discounts``, ``commitments`` and ``adjust``, as the command line's of the same names, and
    ``contract`` and ``adjustments`` as ``llmcost.compare`` takes them.
    """

    exchange_rates: ExchangeRates | None = None

    def _run(self, on: Day, options: dict[str, Any]) -> RunContext:
        return RunContext.of(self, on, **{"exchange_rates": self.exchange_rates, **options})

    def _run_of(
        self, offers: Iterable[Offer | str], workload: Workload | Usage, on: Day, options: dict[str, Any]
    ) -> tuple[RunContext, list[Offer]]:
        """What a question about some offers is asked in, and the offers; a change as text concerns one of them."""
        run = self._run(on, options)
        found = run.find(offers)
        if options.get("adjust"):
            run.check_changes(found, workload)
        return run, found

    def quote(self, offer: Offer | str, workload: Workload | Usage, on: Day) -> QuoteAnswer:
        """What an offer charges on a day, as ``llmcost.quote`` says; the offer may be named by a selector."""
        return QuoteAnswer(*quote(self.find(offer) if isinstance(offer, str) else offer, workload, on))

    def compare(
        self,
        offers: Iterable[Offer | str],
        workload: Workload | Usage,
        on: Day,
        *,
        baseline: str | None = None,
        label: str | None = None,
        months: int = 1,
        **options: Any,
    ) -> ComparisonAnswer:
        """Offers ranked, as ``llmcost.compare`` says; a selector with ``*`` names every match."""
        run, found = self._run_of(offers, workload, on, options)
        made = run.compare(found, workload, baseline=baseline, label=label, months=months)
        answer = ComparisonAnswer(**{field.name: getattr(made, field.name) for field in fields(made)})
        object.__setattr__(answer, "prices", self.identity)
        return answer

    def compare_used(
        self,
        used: Any,
        offers: Iterable[Offer | str] = (),
        on: Day | None = None,
        *,
        moves: Mapping[str, Offer | str] | None = None,
        currency: str = "USD",
    ) -> ComparisonAnswer:
        """What real usage would have cost on some offers, or on other sellers of the same models where none are named.

        ``used`` is a file or folder, as ``llmcost usage`` reads it, or a table of Ibis, which is added up where it is.
        ``on`` of None: each request at the prices of its own day. ``moves`` says for a model that was used to which
        offer it goes. Raises LlmcostError for what cannot be read.
        """
        from llmcost.api.usage.comparison import UsageQuestion, compare_usage, plans_of, records_from
        from llmcost.api.usage.pricer import UsagePricer

        day = None if on is None else pricing_day(on)
        chosen = find_offers(self, offers)
        moved = {model: find_offers(self, [offer])[0] for model, offer in (moves or {}).items()}
        asked = (*chosen, *moved.values())
        pricer = UsagePricer(self, check_currency(currency), self.exchange_rates, day)
        records = records_from(used, pricer, asked)
        plans = plans_of(pricer, records, offers=chosen, moves=moved, elsewhere=not chosen and not moved)
        made = compare_usage(pricer, records, plans, UsageQuestion(baseline=plans[0].row.name))
        answer = ComparisonAnswer(**{field.name: getattr(made, field.name) for field in fields(made)})
        object.__setattr__(answer, "prices", self.identity)
        object.__setattr__(answer, "used", "what was used")
        return answer

    def breakeven(
        self, self_offer: Offer | str, api_offer: Offer | str, workload: Workload, on: Day, **options: Any
    ) -> BreakevenAnswer:
        """Every volume at which the cheaper of a self-hosted offer and an API changes."""
        from llmcost.api.breakeven import breakeven

        sides = [self.find(each) if isinstance(each, str) else each for each in (self_offer, api_offer)]
        run, (ours, theirs) = self._run_of(sides, workload, on, options)
        return BreakevenAnswer(*breakeven(ours, theirs, workload, run))

    def check(
        self,
        budgets: Iterable[Budget],
        workload: Workload | None,
        offers: Sequence[Offer | str],
        on: Day,
        **options: Any,
    ) -> CheckAnswer:
        """Whether offers keep budgets; a budget's own workload and offers count before these.

        ``workload`` of None: each budget has one. Raises LlmcostError where there can be no verdict.
        """
        from llmcost.api.check import case_of, check

        run = self._run(on, options)
        cases = [case_of(budget, workload, offers, run) for budget in budgets]
        if options.get("adjust"):
            for case in cases:
                run.check_changes(case.offers, case.workload)
        return CheckAnswer(*check(cases, run))

    def sweep(
        self,
        figure: str,
        low: Fraction | int,
        high: Fraction | int,
        workload_at: Callable[[Fraction], Workload],
        offers: Iterable[Offer | str],
        on: Day,
        **options: Any,
    ) -> Sweep:
        """Who leads where, and where offers cross, as one figure moves; ``workload_at`` makes the workload at a value.

        Of the figure "input" the edges of context tiers are looked at on both sides.
        """
        from llmcost.api.sweep import sweep

        run, found = self._run_of(offers, workload_at(Fraction(low)), on, options)
        return sweep(figure, low, high, workload_at, found, run)
