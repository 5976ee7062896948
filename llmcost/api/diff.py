"""What changed between two results, and why."""

from __future__ import annotations

from llmcost.api.answers import DifferenceAnswer
from llmcost.core.analysis.difference import difference
from llmcost.core.analysis.saved_result import SavedResult
from llmcost.core.quotes.comparison import Comparison


def diff(base: SavedResult | Comparison, head: SavedResult | Comparison) -> DifferenceAnswer:
    """Every difference of a month's cost, taken apart into volume, fleet, mix, offers, tier, price and exchange rate.

    Raises CurrencyError for results in two currencies.
    """
    return DifferenceAnswer(*difference(_saved(base, "base"), _saved(head, "head")))


def _saved(result: SavedResult | Comparison, name: str) -> SavedResult:
    return result if isinstance(result, SavedResult) else SavedResult.of(result, name, "")
