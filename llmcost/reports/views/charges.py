"""The charges of a comparison as rows, one for each, for pivot tables and spreadsheets."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from llmcost.core.quotes.comparison import Comparison, Row
from llmcost.core.quotes.quote import Charge, Gap
from llmcost.errors import LlmcostError
from llmcost.reports.numbers import fixed, plain_count
from llmcost.reports.views.comparison import COLUMNS, Table

OFFER_COLUMNS = ("rank", "offer", "kind", "seller", "model", "place", "terms", "currency")
"""What every row says of its offer, as in a comparison."""
CHARGE_COLUMNS: dict[str, Callable[[Charge], str]] = {
    "meter": lambda charge: charge.meter,
    "quantity": lambda charge: plain_count(charge.quantity),
    "pricing_quantity": lambda charge: fixed(Fraction(charge.quantity) / charge.rate.unit.size),
    "unit": lambda charge: charge.rate.unit.text,
    "unit_price": lambda charge: f"{charge.unit_price:f}",
    "price_currency": lambda charge: charge.rate.currency,
    "exchange_rate": lambda charge: "" if charge.exchange is None else fixed(charge.exchange.rate),
    "cost": lambda charge: fixed(charge.cost),
    "list_cost": lambda charge: fixed(charge.list_cost),
    "condition": lambda charge: charge.condition,
    "effective_from": lambda charge: "" if charge.starts is None else str(charge.starts),
    "checked_on": lambda charge: "" if charge.checked_on is None else charge.checked_on.isoformat(),
    "source": lambda charge: charge.source,
    "via": lambda charge: charge.via or "",
    "evidence": lambda charge: charge.evidence,
    "grade": lambda charge: charge.grade or "",
    "derived": lambda charge: charge.rate.derived or "",
    "charged_by": lambda charge: charge.offer or "",
}
"""``pricing_quantity`` × ``unit_price`` (× ``exchange_rate``) is ``cost``; ``charged_by`` is another offer's id."""
ON = "on"
"""The column of the day of the prices."""
GAP = "gap"
"""The last column: why there is no cost. Such a row is a hole in the offer's sum, never a zero."""
NUMERIC = frozenset(
    ["rank", "quantity", "pricing_quantity", "unit_price", "exchange_rate", "cost", "list_cost"],
)


def charges_table(comparison: Comparison, columns: tuple[str, ...] = ()) -> Table:
    """A row for each charge and each gap; all columns unless some are named. Raises LlmcostError for an unknown one."""
    series = ("months",) if any(row.quote.months for row in comparison.rows) else ()
    known = (*OFFER_COLUMNS, *CHARGE_COLUMNS, ON, *series, GAP)
    names = columns or known
    unknown = [name for name in names if name not in known]
    if unknown:
        raise LlmcostError(f'unknown column "{unknown[0]}"', f"columns of --wide: {', '.join(known)}")
    rows = []
    for row in comparison.rows:
        head = {name: COLUMNS[name](comparison, row) for name in (*OFFER_COLUMNS, ON)}
        head |= {name: str(len(row.quote.months)) for name in series}
        rows += [tuple((head | line)[name] for name in names) for line in _lines(row)]
    return Table(names, tuple(rows), NUMERIC)


def _lines(row: Row) -> list[dict[str, str]]:
    quote = row.quote
    lines = [{**{name: cell(charge) for name, cell in CHARGE_COLUMNS.items()}, GAP: ""} for charge in quote.charges]
    lines += [_gap(gap) for gap in quote.gaps]
    if quote.unserved is not None and quote.unserved not in [gap.reason for gap in quote.gaps]:
        lines.append({**dict.fromkeys(CHARGE_COLUMNS, ""), GAP: quote.unserved})
    return lines


def _gap(gap: Gap) -> dict[str, str]:
    known = {"meter": gap.meter, "quantity": plain_count(gap.quantity)}
    return {**dict.fromkeys(CHARGE_COLUMNS, ""), **known, GAP: gap.reason}
