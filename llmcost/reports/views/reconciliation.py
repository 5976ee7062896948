"""A bill against list prices: what it comes to by cause, and each part that is not as listed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from llmcost.core.analysis.bills.part import CAUSES, BilledPart
from llmcost.core.analysis.bills.reconciliation import Effect, ReconciledPart, Reconciliation, price_name
from llmcost.core.offers.price_identity import PriceIdentity
from llmcost.reports.numbers import fixed, places_for, shown_money
from llmcost.reports.views.comparison import Table
from llmcost.reports.views.difference import signed
from llmcost.reports.views.view import Block, View

PART = ("from", "until", "model", "meter", "listed", "billed", "difference")
EFFECT = ("cause", "amount", "words")
COLUMNS = (*PART, *EFFECT, "currency", "low", "high")
FIGURES = ("listed", "billed", "difference", "low", "high")
MOST_PLACES = 6
MOST_DAYS = 3
"""Days that are named one by one."""
AS_LISTED = {"cause": "as-listed", "amount": "0.000000", "words": ""}


def reconciliation_view(found: Reconciliation, prices: PriceIdentity, said: Sequence[str]) -> View:
    """The bill as a whole, by cause, and by model and meter; formats of rows get every part with each of its causes."""
    head = {
        "currency": found.currency,
        "discounts": list(found.agreed),
        "complete": found.explained,
        "listed": fixed(found.listed) if found.held else None,
        "billed": fixed(found.billed),
        "causes": {cause: fixed(amount) for cause, amount in found.by_cause().items()},
    }
    return View(
        "reconcile",
        prices,
        head,
        rows=lambda: [_data(part) for part in found.parts],
        tables=lambda: {"reconciliation": _table(found)},
        blocks=lambda: _blocks(found),
        warnings=tuple(said),
    )


def _data(part: ReconciledPart) -> dict[str, Any]:
    own = part.part
    return {
        **_span(own),
        "model": own.model,
        "meter": own.meter,
        "listed": None if own.listed is None else fixed(own.listed),
        "low": None if own.reach is None else fixed(own.reach[0]),
        "high": None if own.reach is None else fixed(own.reach[1]),
        "billed": None if own.billed is None else fixed(own.billed),
        "difference": fixed(part.difference),
        "causes": [{"cause": each.cause, "amount": fixed(each.amount), "words": each.words} for each in part.effects],
    }


def _span(part: BilledPart) -> dict[str, str]:
    end = "" if part.end is None else part.end.isoformat().replace("+00:00", "Z")
    return {"from": part.start.isoformat().replace("+00:00", "Z"), "until": end}


def _table(found: Reconciliation) -> Table:
    rows = []
    for part in found.parts:
        data = {**_data(part), "currency": found.currency}
        for number, each in enumerate(data["causes"] or [AS_LISTED]):
            once = dict.fromkeys(FIGURES, "") if number else {}  # so that a column adds up to what was billed
            line = {**data, **each, **once}
            rows.append(tuple("" if line[name] is None else str(line[name]) for name in COLUMNS))
    return Table(COLUMNS, tuple(rows), frozenset((*FIGURES, "amount")))


def _blocks(found: Reconciliation) -> list[Block]:
    causes = found.by_cause()
    more = found.billed - found.listed
    shown = (found.listed, found.billed, *([more] if causes else []), *causes.values())
    places = min(MOST_PLACES, places_for([abs(each) for each in shown if each]))
    low, high = found.reach
    least = "≥ " if "unpriced" in {each.cause for part in found.parts for each in part.effects} else ""
    within = f", of {shown_money(low, places)} to {shown_money(high, places)} that it may be" if low != high else ""
    differs = signed(more, places) if causes else "the same"
    price = "as agreed" if found.agreed else "at list price"
    listed = f"{price} {least}{shown_money(found.listed, places)}{within}: {differs}"
    listed = listed if found.held else "of which nothing could be held against a price"
    lines = [f"Billed {shown_money(found.billed, places)} {found.currency}, {listed}"]
    width = max((len(signed(amount, places)) for amount in causes.values()), default=0)
    lines += [
        f"  {signed(amount, places):>{width}}  {CAUSES[cause].format(price=price_name(found.agreed))}"
        for cause, amount in causes.items()
    ]
    kind = f"Prices before tax, as agreed ({'; '.join(found.agreed)})" if found.agreed else "List prices before tax"
    foot = f"{kind}, of the day of each request. A bill may hold what no usage has, such as tax."
    return ["\n".join(lines), *(["\n".join(rows)] if (rows := _by_meter(found, places)) else []), foot]


def _by_meter(found: Reconciliation, places: int) -> list[str]:
    """Each model and meter that is not as listed, those that differ most first; rounding alone is not worth a line."""
    together: dict[tuple[str, str | None], list[ReconciledPart]] = {}
    for part in found.parts:
        together.setdefault((part.part.model, part.part.meter), []).append(part)
    days: dict[str, set[date]] = {}
    for part in found.parts:
        days.setdefault(part.part.model, set()).add(part.part.start.date())
    lines: list[tuple[Fraction, str]] = []
    for (model, meter), parts in together.items():
        effects = [each for part in parts for each in part.effects if each.amount or _has_no_price(each)]
        if all(each.cause == "rounding" for each in effects):
            continue
        listed = sum((part.part.listed or Fraction(0) for part in parts), Fraction(0))
        billed = sum((part.part.billed or Fraction(0) for part in parts), Fraction(0))
        priced = "no price" if any(each.cause == "unpriced" for each in effects) else shown_money(listed, places)
        figures = f"{priced} → {shown_money(billed, places)}"
        name = model if meter is None else f"{model} {meter}"
        whys = [
            f"  {signed(sum((e.amount for e in effects if e.words == words), Fraction(0)), places)}  {words}"
            f"{_days(parts, words, days[model])}"
            for words in dict.fromkeys(each.words for each in effects)
        ]
        lines.append((abs(billed - listed), "\n".join([f"{name}: {figures}", *whys])))
    return [text for _, text in sorted(lines, key=lambda each: (-each[0], each[1]))]


def _has_no_price(effect: Effect) -> bool:
    """Whether something has no list price, which matters where nothing was billed for it too."""
    return effect.cause == "unpriced"


def _days(parts: Sequence[ReconciledPart], words: str, every: set[date]) -> str:
    """On which days something explains a difference, where that is not on all; those of rounding do not matter."""
    effects = {(part.part.start.date(), each) for part in parts for each in part.effects if each.amount}
    days = sorted({day for day, each in effects if each.words == words and each.cause != "rounding"})
    if not days or set(days) == every:
        return ""
    if len(days) <= MOST_DAYS:
        return f" ({', '.join(map(str, days))})"
    span = f"{days[0]} to {days[-1]}"
    return f" ({span})" if (days[-1] - days[0]).days == len(days) - 1 else f" ({len(days)} days of {span})"
