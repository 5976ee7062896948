"""A neutral table, built once and laid out by every row-shaped format."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import partial
from typing import NamedTuple

from llmcost.core.quotes.comparison import Comparison, Row
from llmcost.core.quotes.quote import Month
from llmcost.errors import LlmcostError
from llmcost.reports.numbers import fixed, plain_count


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
    "monthly_cost": lambda _, row: fixed(row.quote.monthly) if row.quote.complete else "",
    "low": lambda _, row: "" if (low := row.quote.monthly_range[0]) is None else fixed(low),
    "high": lambda _, row: "" if (high := row.quote.monthly_range[1]) is None else fixed(high),
    "cost_per_request": lambda comparison, row: per_request(comparison, row) or "",
    "cost_per_1m_tokens": lambda _, row: per_1m_tokens(row) or "",
    "ratio_to_baseline": lambda _, row: "" if row.ratio is None else fixed(row.ratio),
    "difference_to_baseline": lambda _, row: "" if (more := monthly_difference(row)) is None else fixed(more),
    "requests": lambda comparison, row: requests_of(comparison, row) or "",
    "complete": lambda _, row: "true" if row.quote.complete else "false",
    "gaps": lambda _, row: "; ".join(dict.fromkeys(f"{gap.meter}: {gap.reason}" for gap in row.quote.gaps)),
    "notes": lambda _, row: "; ".join(row.quote.notes),
    "doubts": lambda _, row: "; ".join(row.quote.doubts),
    "marks": lambda _, row: " ".join(row.quote.marks),
    "grade": lambda _, row: row.quote.grade or "",
    "cost_per_session": lambda comparison, row: (
        "" if (cost := comparison.cost_per_session(row)) is None else fixed(cost)
    ),
    "on": lambda comparison, _: str(comparison.on),
}
ASKED_COLUMNS: dict[str, Cell] = {
    "workload": lambda comparison, _: comparison.workload.name,
    "context_window": lambda comparison, row: str(row.quote.offer.window_on(comparison.on) or ""),
    "developer": lambda _, row: row.quote.offer.developer or "",
}
"""Columns that stand only where they are asked for; ``digest`` is one too."""
SERIES_COLUMNS: dict[str, Cell] = {
    "months": lambda _, row: str(len(row.quote.months)),
    "total_cost": lambda _, row: fixed(row.quote.cost) if row.quote.complete else "",
    "total_requests": lambda _, row: plain_count(row.quote.requests),
}
"""Columns of a series of months, all of it; one for each month follows them, and the others are of a mean month."""
REQUEST_COLUMNS = {"monthly_cost": "cost"}
"""What columns are called where one request is priced."""
WHAT_IF_COLUMNS: dict[str, Cell] = {
    "monthly_cost_before": lambda _, row: "" if (cost := monthly_before(row)) is None else fixed(cost),
}
"""Columns of supposed price changes."""
MARKDOWN_COLUMNS = (
    "rank",
    "offer",
    "currency",
    "monthly_cost",
    "low",
    "high",
    "months",
    "total_cost",
    "monthly_cost_before",
    "ratio_to_baseline",
    "cost_per_1m_tokens",
    "gaps",
    "doubts",
    "marks",
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
        "months",
        "total_cost",
        "total_requests",
        "cost",
        "cost_per_session",
        "monthly_cost_before",
    ]
)


def markdown_columns(comparison: Comparison) -> tuple[str, ...]:
    """The columns that people read when they name none; those of a series and of price changes where there are any."""
    known = {**COLUMNS, **_extra_columns(comparison)}
    above = any((row.quote.high or row.quote.cost) > row.quote.cost for row in comparison.rows)
    return tuple(name for name in MARKDOWN_COLUMNS if name in known and (above or name != "high"))


def comparison_table(
    comparison: Comparison, columns: tuple[str, ...] = (), *, by_request: bool = False, digest: str = ""
) -> Table:
    """A comparison as rows of text; the usual columns unless some are named. Raises LlmcostError for an unknown one.

    A name with ``+`` before it is one more than the usual. ``by_request``: the cost is that of a request, and not of a
    month. ``digest`` is that of the prices.
    """
    usual = {**COLUMNS, **_extra_columns(comparison)}
    identity: Cell = lambda _comparison, _row: digest  # noqa: E731 - a cell as the others
    known = {**usual, **ASKED_COLUMNS, "digest": identity}
    if by_request:
        known = {REQUEST_COLUMNS.get(name, name): cell for name, cell in known.items()}
        usual = {REQUEST_COLUMNS.get(name, name): cell for name, cell in usual.items()}
    names = named_columns(columns, tuple(usual), tuple(known), REQUEST_COLUMNS if by_request else {})
    rows = tuple(tuple(known[name](comparison, row) for name in names) for row in comparison.rows)
    months = {name for name in names if name.startswith("month_")}
    return Table(names, rows, NUMERIC | months | _fleet_numeric(comparison))


def named_columns(
    asked: tuple[str, ...], usual: tuple[str, ...], known: tuple[str, ...], others: Mapping[str, str]
) -> tuple[str, ...]:
    """The columns that are asked for; ``others`` are names that some have for others. Raises LlmcostError."""
    more = [name.startswith("+") for name in asked]
    if any(more) and not all(more):
        raise LlmcostError("--columns has names with + and without", "write + before all of them, or before none")
    plain = tuple(others.get(name, name) for name in (each.removeprefix("+") for each in asked))
    unknown = [name for name in plain if name not in known]
    if unknown:
        raise LlmcostError(f'unknown column "{unknown[0]}"', f"columns: {', '.join(known)}")
    return tuple(dict.fromkeys((*usual, *plain))) if any(more) else plain or usual


LONG_COLUMNS = ("rank", "offer", "kind", "seller", "model", "place", "terms", "currency")
"""What a row of an offer's month says of the offer."""


def long_table(comparison: Comparison) -> Table:
    """A series of months with a row for each month of each offer, as pivot tables want it. Raises LlmcostError."""
    if not any(row.quote.months for row in comparison.rows):
        raise LlmcostError("--long has a row for each month, and there is one only", "add --months N")
    rows = [
        (*(COLUMNS[name](comparison, row) for name in LONG_COLUMNS), *_long_cells(month))
        for row in comparison.rows
        for month in row.quote.months
    ]
    return Table((*LONG_COLUMNS, "month", "monthly_cost", "complete"), tuple(rows), NUMERIC)


def _long_cells(month: Month) -> tuple[str, str, str]:
    cost = fixed(month.cost) if month.complete else ""
    return month.starts.isoformat(), cost, "true" if month.complete else "false"


def _has_fleets(comparison: Comparison) -> bool:
    return any(row.quote.fleet is not None for row in comparison.rows)


def _fleet_numeric(comparison: Comparison) -> frozenset[str]:
    if not _has_fleets(comparison):
        return frozenset()
    from llmcost.reports.views.fleet import FLEET_NUMERIC

    return FLEET_NUMERIC


def _extra_columns(comparison: Comparison) -> dict[str, Cell]:
    """The columns that only this comparison has."""
    extra: dict[str, Cell] = {}
    if _has_fleets(comparison):
        from llmcost.reports.views.fleet import FLEET_COLUMNS

        extra |= FLEET_COLUMNS
    if any(row.before is not None for row in comparison.rows):
        extra |= WHAT_IF_COLUMNS
    series = next((row.quote.months for row in comparison.rows if row.quote.months), ())
    if series:
        extra |= SERIES_COLUMNS
        extra |= {f"month_{place + 1}": partial(_month_cell, place) for place in range(len(series))}
    return extra


def _month_cell(place: int, _comparison: Comparison, row: Row) -> str:
    month = row.quote.months[place]
    return fixed(month.cost) if month.complete else ""


def monthly_before(row: Row) -> Fraction | None:
    """What a month would cost without the supposed price changes; None without any, or for a lower bound."""
    return None if row.before is None else row.before / max(1, len(row.quote.months))


def monthly_difference(row: Row) -> Fraction | None:
    """How much more a month costs than the baseline's; None without a complete baseline or for a lower bound."""
    return None if row.difference is None else row.difference / max(1, len(row.quote.months))


def requests_of(comparison: Comparison, row: Row) -> str | None:
    """How many requests a month; None where that is not known."""
    return plain_count(row.quote.monthly_requests) if comparison.workload.number_known else None


def per_request(comparison: Comparison, row: Row) -> str | None:
    """The mean cost of a request; None for a lower bound, without requests, or where their number is not known."""
    each = comparison.cost_per_request(row)
    return None if each is None else fixed(each)


def per_1m_tokens(row: Row) -> str | None:
    """The mean cost of a million tokens, input and output together; None for a lower bound or without tokens."""
    quote = row.quote
    return fixed(quote.cost / quote.total_tokens * 10**6) if quote.complete and quote.total_tokens else None
