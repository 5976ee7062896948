"""A comparison: quotes ranked, with their ratio to a baseline; computed once, here, and only laid out by reports."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import NamedTuple

from llmcost.core.quotes.quote import Quote
from llmcost.core.values.dates import PricingDay
from llmcost.core.values.money import Money, sum_money
from llmcost.core.workload.requests import Workload


class Row(NamedTuple):
    """One quote in its place.

    ``rank`` is None when the offer cannot serve the workload, may not serve it, or nothing of it could be priced; rows
    of the same cost share one.
    ``ratio`` and ``difference`` are against the baseline; None without a complete baseline or for a lower bound.
    ``before`` is the cost without the price changes that were supposed; None when none were.
    """

    rank: int | None
    quote: Quote
    ratio: Fraction | None
    difference: Fraction | None
    is_baseline: bool
    before: Fraction | None = None

    @property
    def priced(self) -> bool:
        """Whether it has a figure, be it a lower bound or in doubt."""
        return _standing(self.quote) <= IN_DOUBT

    @property
    def sure(self) -> bool:
        """Whether it is priced in full and leaves no doubt that the offer serves the workload."""
        return _standing(self.quote) == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Quotes of many offers for one workload, cheapest first: complete ones, lower bounds, those in doubt, unserved.

    ``rows`` are those that are shown, ``compared`` all of them. ``best`` holds the complete rows of the least cost
    among all; none that is in doubt.
    """

    workload: Workload
    on: PricingDay
    currency: str
    rows: tuple[Row, ...]
    label: str | None = None
    best: tuple[Row, ...] = ()
    compared: tuple[Row, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether everything compared was priced in full, shown or not."""
        return all(row.quote.complete for row in self.compared)

    def cost_per_request(self, row: Row) -> Fraction | None:
        """The mean cost of a request; None for a lower bound, without requests, or where their number is not known."""
        quote = row.quote
        known = quote.complete and quote.requests and self.workload.number_known
        return quote.cost / quote.requests if known else None

    def cost_per_session(self, row: Row) -> Fraction | None:
        """The mean cost of a session; None for a lower bound, or where not all that is sent are sessions."""
        sessions = self.workload.sessions
        return row.quote.monthly / sessions if sessions and row.quote.complete else None

    @property
    def cheapest(self) -> Row | None:
        """The first of the cheapest complete rows; None when there is none."""
        return self.best[0] if self.best else None


SORTS = ("cost", "offer", "seller", "model", "context")


def arranged(comparison: Comparison, sort: str = "cost", top: int | None = None) -> Comparison:
    """The same comparison with its rows in another order, or only the first ones; ranks stay those by cost."""
    rows = list(comparison.rows)
    if sort == "offer":
        rows.sort(key=lambda row: row.quote.offer.name)
    elif sort == "seller":
        rows.sort(key=lambda row: (row.quote.offer.seller, row.rank is None, row.rank or 0))
    elif sort == "model":
        rows.sort(key=lambda row: (row.quote.offer.model, row.rank is None, row.rank or 0))
    elif sort == "context":
        rows.sort(key=lambda row: -(row.quote.offer.window_on(comparison.on) or 0))
    return replace(comparison, rows=tuple(rows[:top]))


def only_sure(comparison: Comparison) -> Comparison:
    """A comparison of the offers alone that are priced in full and leave no doubt that they serve the workload."""
    sure = tuple(row for row in comparison.rows if row.sure)
    return replace(comparison, rows=sure, compared=sure)


MANY_ROWS, FEW_ROWS = 20, 12
"""Of more ranked rows than the first, in a set that nobody named, people are shown the second."""


def for_people(comparison: Comparison, named: Collection[str] = (), *, few: bool = False) -> Comparison:
    """The comparison without the rows of offers that cannot, or may not, serve the workload.

    Those that were ``named``, by full id, stay; so do all that have a figure where nothing is priced in full.
    ``few``: of very many only the first.
    """
    sure = [row for row in comparison.rows if row.sure]
    first = sure[:FEW_ROWS] if few and len(sure) > MANY_ROWS else sure
    kept = {row.quote.offer.name for row in first} | {*named}
    rows = tuple(
        row
        for row in comparison.rows
        if row.quote.offer.name in kept or (row.is_baseline and not few) or (row.priced and not sure)
    )
    return replace(comparison, rows=rows)


class QuoteSet(NamedTuple):
    """Quotes for one workload that charge in one currency."""

    currency: str
    quotes: Iterable[Quote]


def rank(
    workload: Workload,
    on: PricingDay,
    priced: QuoteSet,
    baseline: str | None = None,
    label: str | None = None,
    before: Mapping[str, Fraction] | None = None,
) -> Comparison:
    """Order quotes by cost and set each against the baseline; ties go by id.

    ``baseline`` is an offer's full id; None means the cheapest complete one that is not free. ``before`` is what
    complete offers cost without supposed price changes, by full id.
    Raises CurrencyError for a quote that charges in another currency than theirs.
    """
    currency, quotes = priced.currency, list(priced.quotes)
    sum_money([Money(Fraction(0), currency), *(quote.total for quote in quotes if quote.charges)])
    ordered = sorted(quotes, key=lambda quote: (_standing(quote), quote.cost, quote.offer.name))
    base = next((quote for quote in ordered if quote.offer.name == baseline), None)
    if baseline is None:
        base = next((quote for quote in ordered if quote.complete and quote.cost), None)
    reference = base.cost if base is not None and base.complete else None
    rows: list[Row] = []
    for place, quote in enumerate(ordered, start=1):
        comparable = reference is not None and quote.complete
        before_it = rows[-1] if rows else None
        tied = before_it is not None and _tie(before_it.quote, quote)
        rows.append(
            Row(
                rank=None if _standing(quote) >= IN_DOUBT else before_it.rank if before_it and tied else place,
                quote=quote,
                ratio=quote.cost / reference if comparable and reference else None,
                difference=quote.cost - reference if comparable and reference is not None else None,
                is_baseline=quote is base,
                before=(before or {}).get(quote.offer.name),
            )
        )
    sure = [row for row in rows if row.sure]
    best = tuple(row for row in sure if row.quote.cost == sure[0].quote.cost)
    return Comparison(
        workload=workload, on=on, currency=currency, rows=tuple(rows), label=label, best=best, compared=tuple(rows)
    )


def _tie(one: Quote, other: Quote) -> bool:
    return _standing(one) == _standing(other) and one.cost == other.cost


IN_DOUBT = 2
"""The standing of a quote that is priced, where it is not known whether the offer serves the workload."""


def _standing(quote: Quote) -> int:
    """0 for a complete quote, 1 for a lower bound, 2 for either in doubt, 3 for one without any figure."""
    if quote.unserved is not None or not (quote.charges or quote.complete):
        return 3
    if quote.doubts:
        return IN_DOUBT
    return 0 if quote.complete else 1
