"""The verdict on a budget: each offer against each limit, exactly. A partial result gets none."""

from __future__ import annotations

from llmcost.core.analysis.budget import FAIL, OK, WARN, Budget, Limit, Verdict
from llmcost.core.analysis.limits import RULES, Case
from llmcost.core.analysis.saved_result import SavedResult
from llmcost.core.quotes.comparison import Comparison
from llmcost.errors import LlmcostError


def judge(
    budget: Budget, comparison: Comparison, baseline: SavedResult | None, others: Comparison | None
) -> list[Verdict]:
    """The verdicts on every offer of a comparison, limit by limit.

    ``others`` are what ``cheapest_within`` may choose from; None for the comparison itself. Raises LlmcostError when
    there can be no verdict: an offer without a full price, another currency, nothing to compare with.
    """
    quotes = [row.quote for row in comparison.rows]
    for quote in quotes:
        if not quote.complete:
            why = f"no full price for {quote.offer.name}: {quote.incomplete_reason}"
            raise LlmcostError(f'budget "{budget.name}": {why}', "there is no verdict")
    if not quotes:
        raise LlmcostError(f'budget "{budget.name}" concerns no offer', "name one under `models:`")
    found = []
    for limit in budget.limits:
        _check_currency(budget, limit, comparison.currency)
        for quote in quotes:
            found.append(_verdict(Case(budget, limit, quote, comparison, baseline, others or comparison)))
    return found


def _check_currency(budget: Budget, limit: Limit, currency: str) -> None:
    if limit.currency not in (None, currency):
        raise LlmcostError(
            f'budget "{budget.name}": {limit.kind} is in {limit.currency}, and the result in {currency}',
            f"convert the result to {limit.currency} (`currency`), or write the budget in {currency}",
        )


def _verdict(case: Case) -> Verdict:
    budget, limit = case.budget, case.limit
    value, against, high, doubts, before, after = RULES[limit.kind].measure(case)
    status = OK if value <= limit.amount else FAIL
    near = budget.warn_at is not None and value > budget.warn_at * limit.amount
    if status == OK and (near or doubts or (high is not None and high > limit.amount)):
        status = WARN
    return Verdict(
        budget=budget,
        limit=limit,
        offer=case.quote.offer.name,
        status=status,
        value=value,
        against=against,
        high=high,
        doubts=doubts,
        before=before,
        after=after,
    )
