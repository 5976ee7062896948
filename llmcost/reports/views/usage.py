"""What was used, added up by day, model and others, and what it costs at list price."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from llmcost.core.offers.price_identity import PriceIdentity
from llmcost.core.quotes.usage_cost import UsageLine
from llmcost.reports.numbers import fixed, places_for, short_count, shown_money
from llmcost.reports.views.comparison import Table
from llmcost.reports.views.view import Block, View

COUNTS = ("input_uncached", "cache_read", "cache_write_5m", "cache_write_1h", "cache_write_unspecified", "output")
LATER = ("cache_write_12h",)
"""Counts that stand behind all other columns, as they were not there at first."""
FIGURES = (
    "requests",
    *COUNTS,
    "reasoning",
    "reported_cost",
    "reported_currency",
    "list_cost",
    "low",
    "high",
)
LIST_PRICES = "List prices before tax, of the day of each request. Says nothing about quality."


def usage_view(
    lines: Sequence[UsageLine],
    total: UsageLine,
    keys: tuple[str, ...],
    currency: str,
    prices: PriceIdentity,
    said: Sequence[str],
) -> View:
    """Lines of usage with their total, which people see and formats of rows leave out."""
    gaps = tuple(dict.fromkeys(f"no price for a part: {gap}" for gap in total.cost.gaps))
    return View(
        "usage",
        prices,
        {"currency": currency, "complete": not total.cost.gaps, "total": _data(total, ())},
        rows=lambda: [{**_data(line, keys), "currency": currency} for line in lines],
        tables=lambda: {"usage": _table(lines, keys, currency)},
        blocks=lambda: _blocks(lines, total, keys, currency),
        warnings=(*said, *gaps),
    )


def _blocks(lines: Sequence[UsageLine], total: UsageLine, keys: tuple[str, ...], currency: str) -> list[Block]:
    shown = (*_with_short_names(lines, keys), total._replace(keys=("total", *[""] * (len(keys) - 1))))
    reported = any(line.sum.cost for line in lines)
    money = ("list price", "reported") if reported else ("list price",)
    columns = (*keys, *money, "requests", "fresh", "output", "cache read", "cache write")
    places = places_for([each for line in shown for each in (line.cost.low, line.cost.high) if each])
    rows = tuple(_shown(line, places, reported=reported) for line in shown)
    return [
        f"Usage and its list price in {currency}",
        Table(columns, rows, frozenset(columns[len(keys) :])),
        LIST_PRICES,
    ]


LONGEST = 32
"""Letters of the name of a project or session that people see; longer ones would push the figures aside."""


def _with_short_names(lines: Sequence[UsageLine], keys: tuple[str, ...]) -> list[UsageLine]:
    """The lines with the ends of long names alone, where those tell them apart as well; data has them whole."""
    places = [place for place, key in enumerate(keys) if key in ("project", "session")]
    names = {line.keys[place] for line in lines for place in places}
    short = {name: f"…{name[1 - LONGEST :]}" if len(name) > LONGEST else name for name in names}
    if len(set(short.values())) < len(names):
        return list(lines)
    return [
        line._replace(keys=tuple(short[name] if place in places else name for place, name in enumerate(line.keys)))
        for line in lines
    ]


def _shown(line: UsageLine, places: int, *, reported: bool) -> tuple[str, ...]:
    used = line.sum
    counts = (used.input_uncached, used.output, used.cache_read, used.written)
    cost = (
        ()
        if not reported
        else ("" if used.cost is None else f"{shown_money(Fraction(used.cost), places)} {used.currency}",)
    )
    requests = "" if used.requests is None else short_count(used.requests)
    return (*line.keys, _price(line, places), *cost, requests, *(short_count(count) for count in counts))


def _price(line: UsageLine, places: int) -> str:
    low, high = shown_money(line.cost.low, places), shown_money(line.cost.high, places)
    if line.cost.gaps:
        return f"≥ {low}" if line.cost.offers else "no price"
    return low if low == high else f"{low} to {high}"


def _table(lines: Sequence[UsageLine], keys: tuple[str, ...], currency: str) -> Table:
    columns = (*keys, *FIGURES, "complete", "offers", "gaps", "currency", *LATER)
    return Table(
        columns,
        tuple(
            (*line.keys, *_cells(line), currency, *(str(getattr(line.sum, name)) for name in LATER)) for line in lines
        ),
        frozenset((*FIGURES, *LATER)) - {"reported_currency"},
    )


def _cells(line: UsageLine) -> tuple[str, ...]:
    data = _data(line, ())
    figures = ("" if data[name] is None else str(data[name]) for name in FIGURES)
    return (*figures, "false" if line.cost.gaps else "true", "; ".join(line.cost.offers), "; ".join(line.cost.gaps))


def _data(line: UsageLine, keys: tuple[str, ...]) -> dict[str, Any]:
    used, known = line.sum, not line.cost.gaps
    exact = line.cost.low == line.cost.high
    return {
        **dict(zip(keys, line.keys, strict=False)),
        "requests": used.requests,
        **{count: getattr(used, count) for count in (*COUNTS, *LATER)},
        "reasoning": used.reasoning,
        "reported_cost": None if used.cost is None else fixed(Fraction(used.cost)),
        "reported_currency": used.currency,
        "list_cost": fixed(line.cost.low) if known and exact else None,
        "low": fixed(line.cost.low) if line.cost.offers and not (known and exact) else None,
        "high": fixed(line.cost.high) if known and not exact else None,
        "complete": known,
        "offers": list(line.cost.offers),
        "gaps": list(line.cost.gaps),
    }
