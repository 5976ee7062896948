"""One figure of a workload moved over a range: who leads where, and where offers cross."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction

from llmcost.api.context import RunContext
from llmcost.core.analysis import sensitivity
from llmcost.core.analysis.sensitivity import Outcome, Sweep
from llmcost.core.offers.offer import Offer
from llmcost.core.values.dates import PricingDay
from llmcost.core.workload.requests import Workload
from llmcost.errors import NotPricedError

FINEST_SHARE = Fraction(1, 10_000)
"""The smallest difference of a share that is looked at."""
TIERED = "input"
"""The figure by which prices jump."""


def sweep(  # noqa: PLR0913 - keyword-only options of the front door
    figure: str,
    low: Fraction | int,
    high: Fraction | int,
    workload_at: Callable[[Fraction], Workload],
    offers: Sequence[Offer],
    run: RunContext,
    *,
    step: Fraction = Fraction(1),
    months: int = 1,
) -> Sweep:
    """Price offers as one figure moves from ``low`` to ``high``.

    ``workload_at`` makes the workload with the figure at a value. ``figure`` names it; of "input" the edges of every
    offer's context tiers are looked at on both sides. ``step`` is the smallest difference that matters.
    """

    def evaluate(value: Fraction) -> Outcome:
        comparison = run.compare(offers, workload_at(value), months=months)
        priced = [row.quote for row in comparison.rows if row.quote.complete]
        doubtful = frozenset(quote.offer.name for quote in priced if quote.doubts)
        return Outcome({quote.offer.name: quote.monthly for quote in priced}, doubtful)

    edges = _edges(offers, run.day) if figure == TIERED else []
    return sensitivity.sweep(figure, Fraction(low), Fraction(high), step, edges, evaluate)


def _edges(offers: Iterable[Offer], day: PricingDay) -> list[int]:
    """The input sizes at which a price of any offer jumps."""
    edges: set[int] = set()
    for offer in offers:
        try:
            edges |= set(offer.history.on(day).edges)
        except NotPricedError:
            continue
    return sorted(edges)
