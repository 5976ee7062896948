"""A neutral table, built once and laid out by every row-shaped format."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from llmcost.core.comparison import Comparison, Row
from llmcost.errors import LlmcostError
from llmcost.reports.figures import fixed, plain_count


class Table(NamedTuple):
    """Column names and rows of text; ``numeric`` names the columns that hold figures."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: frozenset[str] = frozenset()


Cell = Callable[[Comparison, Row], str]

COLUMNS: dict[str, Cell] = {
    "rank": lambda _, row: "" if row.rank is None else str(row.rank),
    "offer": lambda _, row: row.quote.offer.name,
    "kind": lambda _, row: row.quote.offer.kind,
    "seller": lambda _, row: row.quote.offer.seller,
    "model": lambda _, row: row.quote.offer.model,
    "place": lambda _, row: row.quote.offer.place,
    "terms": lambda _, row: row.quote.offer.terms,
    "currency": lambda comparison, _: comparison.currency,
    "monthly_cost": lambda _, row: fixed(row.quote.cost) if row.quote.complete else "",
    "low": lambda _, row: "" if row.quote.low is None else fixed(row.quote.low),
    "high": lambda _, row: "" if row.quote.high is None else fixed(row.quote.high),
    "cost_per_request": lambda _, row: per_request(row) or "",
    "cost_per_1m_tokens": lambda _, row: per_1m_tokens(row) or "",
    "ratio_to_baseline": lambda _, row: "" if row.ratio is None else fixed(row.ratio),
    "difference_to_baseline": lambda _, row: "" if row.difference is None else fixed(row.difference),
    "requests": lambda _, row: plain_count(row.quote.requests),
    "complete": lambda _, row: "true" if row.quote.complete else "false",
    "gaps": lambda _, row: "; ".join(dict.fromkeys(f"{gap.meter}: {gap.reason}" for gap in row.quote.gaps)),
    "notes": lambda _, row: "; ".join(row.quote.notes),
}
MARKDOWN_COLUMNS = (
    "rank",
    "offer",
    "currency",
    "monthly_cost",
    "low",
    "ratio_to_baseline",
    "cost_per_1m_tokens",
    "gaps",
)
NUMERIC = frozenset(
    [
        "rank",
        "monthly_cost",
        "low",
        "high",
        "cost_per_request",
        "cost_per_1m_tokens",
        "ratio_to_baseline",
        "difference_to_baseline",
        "requests",
    ]
)


def comparison_table(comparison: Comparison, columns: tuple[str, ...] = ()) -> Table:
    """A comparison as rows of text; all columns unless some are named. Raises LlmcostError for an unknown one."""
    names = columns or tuple(COLUMNS)
    unknown = [name for name in names if name not in COLUMNS]
    if unknown:
        raise LlmcostError(f'unknown column "{unknown[0]}"', f"columns: {', '.join(COLUMNS)}")
    rows = tuple(tuple(COLUMNS[name](comparison, row) for name in names) for row in comparison.rows)
    return Table(names, rows, NUMERIC)


def per_request(row: Row) -> str | None:
    """The mean cost of a request; None for a lower bound or without requests."""
    quote = row.quote
    return fixed(quote.cost / quote.requests) if quote.complete and quote.requests else None


def per_1m_tokens(row: Row) -> str | None:
    """The mean cost of a million tokens, input and output together; None for a lower bound or without tokens."""
    quote = row.quote
    return fixed(quote.cost / quote.total_tokens * 10**6) if quote.complete and quote.total_tokens else None
