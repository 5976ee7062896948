"""Input tokens of which only the sums are known: so many cached, so many of an image, and nothing on both together.

Where the rates make no difference the cost is exact all the same; otherwise it lies between the cheapest and the
dearest way to fill the table, and both are found exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Protocol

from llmcost.core.pricing.conditions import RatingContext
from llmcost.core.pricing.rating import PricesInForce, ResolvedRate, UnresolvedRate
from llmcost.core.values.meters import Count
from llmcost.core.workload.usage import Overlap

Cell = tuple[str, str]


class Assignment(Protocol):
    """Where charges, gaps and open differences are added up."""

    uncertainty: Fraction | int

    def bill(self, billing: ResolvedRate, quantity: Count) -> None:
        """Add a quantity at a rate."""

    def miss(self, missing: UnresolvedRate, quantity: Count, group: str) -> None:
        """Add a quantity that has no rate."""


def bill_overlap(
    active: PricesInForce, ats: list[RatingContext], overlap: Overlap, requests: Count, group: str, tally: Assignment
) -> None:
    """Bill the dearest filling of the table and keep how much less the cheapest would be."""
    dearest: tuple[Fraction, dict[Cell, Count], dict[Cell, ResolvedRate]] | None = None
    cheapest: Fraction | None = None
    for at in ats:
        billings = {}
        for prefix in overlap.rows:
            for kind in overlap.columns:
                if (prefix, kind) in overlap.closed:
                    continue
                found = active.billing(at, prefix + kind)
                if isinstance(found, UnresolvedRate):
                    total = sum(overlap.rows.values(), 0) * requests
                    tally.miss(
                        UnresolvedRate(prefix + kind, f"{found.reason}, and the counts do not say how many there are"),
                        total,
                        group,
                    )
                    return
                billings[prefix, kind] = found
        rows, alias = _merge_rows(overlap, billings)
        prices = {cell: Fraction(each.numerator, each.denominator) for cell, each in billings.items()}
        high, filling = fill(rows, overlap.columns, prices, overlap.closed, max)
        low, _ = fill(rows, overlap.columns, prices, overlap.closed, min)
        if dearest is None or high > dearest[0]:
            dearest = high, filling, {cell: billings[alias[cell[0]], cell[1]] for cell in billings}
        cheapest = low if cheapest is None else min(low, cheapest)
    if dearest is None or cheapest is None:
        return
    high, filling, billings = dearest
    for cell, count in filling.items():
        tally.bill(billings[cell], count * requests)
    tally.uncertainty += (high - cheapest) * requests


def fill(
    rows: Mapping[str, Count],
    columns: Mapping[str, Count],
    prices: Mapping[Cell, Fraction],
    closed: frozenset[Cell],
    best: Callable[..., tuple[Fraction, dict[Cell, Count]]],
) -> tuple[Fraction, dict[Cell, Count]]:
    """The best (``min`` or ``max``) filling of a table whose row and column sums are given.

    Every corner of the set of fillings is reached by giving some open cell all that its row and column allow, and
    going on with the rest; the tables are at most four by five, so all of them are tried.
    """
    memo: dict[tuple[tuple[Count, ...], tuple[Count, ...]], tuple[Fraction, dict[Cell, Count]] | None] = {}
    names, kinds = list(rows), list(columns)

    # Four rows and five columns have at most 20 open cells, and each step empties a row or a column, so eight steps
    # end it; what was filled before is kept.
    def best_filling(left: tuple[Count, ...], down: tuple[Count, ...]) -> tuple[Fraction, dict[Cell, Count]] | None:
        if not any(left):
            return Fraction(0), {}
        if (left, down) not in memo:
            found = []
            for i, row in enumerate(names):
                for j, kind in enumerate(kinds):
                    count = min(left[i], down[j])
                    if not count or (row, kind) in closed:
                        continue
                    rest = best_filling(_less(left, i, count), _less(down, j, count))
                    if rest is not None:
                        found.append((rest[0] + prices[row, kind] * count, {(row, kind): count, **rest[1]}))
            memo[left, down] = best(found, key=lambda each: each[0]) if found else None
        return memo[left, down]

    filled = best_filling(tuple(rows.values()), tuple(columns.values()))
    assert filled is not None, "a usage whose counts contradict each other"
    return filled


def _less(counts: tuple[Count, ...], index: int, count: Count) -> tuple[Count, ...]:
    return (*counts[:index], counts[index] - count, *counts[index + 1 :])


def _merge_rows(overlap: Overlap, billings: Mapping[Cell, ResolvedRate]) -> tuple[dict[str, Count], dict[str, str]]:
    """Rows open to the same columns at the same rates are one: it does not matter which token is which."""
    rows: dict[str, Count] = {}
    alias: dict[str, str] = {}
    open_rates = {
        prefix: {kind: billings[prefix, kind].rate for kind in overlap.columns if (prefix, kind) in billings}
        for prefix in overlap.rows
    }
    for prefix, count in overlap.rows.items():
        same = next((other for other in rows if open_rates[other] == open_rates[prefix]), prefix)
        rows[same] = rows.get(same, 0) + count
        alias[prefix] = same
    return rows, alias
