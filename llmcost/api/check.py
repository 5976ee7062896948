"""Whether offers keep their budgets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from llmcost.api.context import RunContext
from llmcost.api.load import load_workload
from llmcost.core.analysis.budget import Budget, CheckReport, Verdict
from llmcost.core.analysis.judge import judge
from llmcost.core.analysis.limits import RULES, parse_limit
from llmcost.core.analysis.saved_result import SavedResult
from llmcost.core.offers.offer import Offer
from llmcost.core.quotes.comparison import Comparison
from llmcost.core.quotes.notes import Note
from llmcost.core.values.numerals import parse_share
from llmcost.core.workload.requests import Workload
from llmcost.errors import LlmcostError
from llmcost.project.saved_result import read_result
from llmcost.reports.views.warnings import comparison_warnings

AGE = "max_price_age_days"


def budget(
    name: str,
    *,
    baseline: str | None = None,
    models: Iterable[str] = (),
    alternatives: Iterable[str] = (),
    warn_at: str | None = None,
    **limits: str,
) -> Budget:
    """A budget as ``llmcost.yaml`` has it, such as ``budget("app", max_monthly="500 USD", warn_at="90%")``.

    Raises LlmcostError for a limit there is not, or that cannot be read.
    """
    unknown = [kind for kind in limits if kind not in RULES]
    if unknown or not limits:
        what = f"there is no limit {unknown[0]}" if unknown else "the budget limits nothing"
        raise LlmcostError(what, f"limits: {', '.join(RULES)}")
    return Budget(
        name,
        tuple(parse_limit(kind, text) for kind, text in limits.items()),
        tuple(models),
        baseline=baseline,
        alternatives=tuple(alternatives),
        warn_at=None if warn_at is None else parse_share(warn_at),
    )


def with_age(budget: Budget, days: int | None) -> Budget:
    """The budget with a limit on the age of prices, where it has none of its own; None adds none."""
    if days is None or any(limit.kind == AGE for limit in budget.limits):
        return budget
    return budget._replace(limits=(*budget.limits, parse_limit(AGE, str(days))))


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
    notes: tuple[Note, ...] = ()


def case_of(budget: Budget, workload: Workload | None, offers: Sequence[Offer | str], run: RunContext) -> BudgetCase:
    """A budget with its own workload, offers and alternatives, else those given.

    Raises LlmcostError for what there is not, and where nothing says what is sent or which offers are meant.
    """
    with about(budget):
        asked = workload if budget.workload is None else load_workload(budget.workload, run.catalogue)
        if asked is None:
            raise LlmcostError("nothing says what is sent", "give a workload, or `workload:` in llmcost.yaml")
        meant = budget.models or offers
        if asked.free.groups and not meant:
            raise LlmcostError("nothing says which offers the budget is about", "give some, or `models:` of it")
        baseline = None if budget.baseline is None else read_result(budget.baseline, budget.path)
        others = tuple(run.find(budget.alternatives)) if budget.alternatives else None
        named = tuple(run.catalogue.find(each).name for each in budget.alternatives if not set("*?") & set(each))
        return BudgetCase(budget, asked, tuple(run.find(meant)), baseline, others, named)


def check(cases: Iterable[BudgetCase], run: RunContext, notes: Iterable[Note] = ()) -> CheckReport:
    """The verdicts on every budget, one case after the other; ``notes`` come before what is said of them.

    Raises LlmcostError where there can be no verdict: no budget, an offer without a full price, another currency,
    nothing to compare with.
    """
    verdicts: list[Verdict] = []
    comparisons: list[Comparison] = []
    warnings = dict.fromkeys(notes)
    for case in cases:
        with about(case.budget):
            comparison = run.compare(case.offers, case.workload)
            others = _alternatives(case, run._replace(currency=comparison.currency))
            verdicts += judge(case.budget, comparison, case.baseline, others)
        comparisons.append(comparison)
        left_out = _left_out(others) if others is not None else []
        warnings.update(dict.fromkeys([*case.notes, *left_out, *comparison_warnings(comparison)]))
    if not comparisons:
        raise LlmcostError("there is no budget to check", "give one, or `budgets:` in llmcost.yaml")
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


def _left_out(others: Comparison) -> list[Note]:
    """What is said of alternatives without a full price."""
    quotes = (row.quote for row in others.rows if not row.quote.complete)
    return [Note("alternative", f"{quote.offer.name} is no alternative: {quote.incomplete_reason}") for quote in quotes]
