"""Whether offers keep their budgets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import NamedTuple

from llmcost.api.context import RunContext
from llmcost.core.analysis.budget import Budget, CheckReport, Verdict
from llmcost.core.analysis.judge import judge
from llmcost.core.analysis.saved_result import SavedResult
from llmcost.core.offers.offer import Offer
from llmcost.core.quotes.comparison import Comparison
from llmcost.core.workload.requests import Workload
from llmcost.errors import LlmcostError
from llmcost.reports.views.warnings import comparison_warnings


class BudgetCase(NamedTuple):
    """A budget with all that it is judged on.

    ``baseline`` of None: the budget names none. ``alternatives`` are what ``cheapest_within`` looks at, None for the
    offers themselves; those in ``named`` were named one by one, so each needs a full price. ``notes`` are sentences on
    how names and quantities were understood.
    """

    budget: Budget
    workload: Workload
    offers: tuple[Offer, ...]
    baseline: SavedResult | None = None
    alternatives: tuple[Offer, ...] | None = None
    named: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def check(cases: Iterable[BudgetCase], run: RunContext, notes: Iterable[str] = ()) -> CheckReport:
    """The verdicts on every budget, one case after the other; ``notes`` come before what is said of them.

    Raises LlmcostError where there can be no verdict: an offer without a full price, another currency, nothing to
    compare with.
    """
    verdicts: list[Verdict] = []
    comparisons: list[Comparison] = []
    warnings = dict.fromkeys(notes)
    for case in cases:
        with about(case.budget):
            comparison = run.compare(case.offers, case.workload)
            others = _alternatives(case, replace(run, currency=comparison.currency))
            verdicts += judge(case.budget, comparison, case.baseline, others)
        comparisons.append(comparison)
        left_out = _left_out(others) if others is not None else []
        warnings.update(dict.fromkeys([*case.notes, *left_out, *comparison_warnings(comparison)]))
    return CheckReport(tuple(verdicts), tuple(comparisons), run.catalogue.identity, tuple(warnings))


@contextmanager
def about(budget: Budget) -> Iterator[None]:
    """Give an error inside the place of the budget it is about."""
    try:
        yield
    except LlmcostError as error:
        if budget.line is not None:
            error.place = budget.path, budget.line
        raise


def _alternatives(case: BudgetCase, run: RunContext) -> Comparison | None:
    """The comparison of the alternatives. Raises LlmcostError for one that was named and has no full price."""
    if case.alternatives is None:
        return None
    others = run.compare(case.alternatives, case.workload)
    for row in others.rows:
        quote = row.quote
        if not quote.complete and quote.offer.name in case.named:
            raise LlmcostError(
                f"no full price for the alternative {quote.offer.name}: {quote.incomplete_reason}",
                "take it out of `alternatives:`",
            )
    return others


def _left_out(others: Comparison) -> list[str]:
    """What is said of alternatives without a full price."""
    quotes = (row.quote for row in others.rows if not row.quote.complete)
    return [f"{quote.offer.name} is no alternative: {quote.incomplete_reason}" for quote in quotes]
