"""Differences between two results: for people, as rows, and as data."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from llmcost.core.analysis.difference import REASONS, Difference, OfferChange
from llmcost.core.offers.price_identity import PriceIdentity
from llmcost.reports.numbers import MAX_PLACES, fixed, places_for, shown_money
from llmcost.reports.views.comparison import Table
from llmcost.reports.views.view import Comment, View

MOST_PLACES = 6
COLUMNS = ("offer", "meter", "reason", "amount", "currency", "before", "after", "price_before", "price_after")


def difference_view(found: Difference) -> View:
    """What changed between two results."""
    head: dict[str, Any] = {
        "on": found.head.on,
        "currency": found.head.currency,
        "complete": all(each.difference is not None for each in found.offers),
    }
    for side, result in (("base", found.base), ("head", found.head)):
        head[side] = {"name": result.name, "on": result.on, "digest": result.digest}
    return View(
        "diff",
        PriceIdentity(found.head.digest, ()),
        head,
        rows=lambda: difference_data(found),
        tables=lambda: {"difference": difference_table(found)},
        blocks=lambda: ["\n".join(difference_lines(found))],
        comment=lambda: difference_comment(found),
    )


def difference_comment(found: Difference) -> Comment:
    """What moved and why, in a table that fits; meter by meter to unfold."""
    currency = found.head.currency
    moved = [change for change in found.offers if change.changed]
    rows = [(change.offer, *_moved(change), _why(change)) for change in moved]
    effects = [
        (change.offer, each.meter, REASONS[each.reason], signed(each.amount, _places(change)), each.was, each.now)
        for change in moved
        for each in change.effects
    ]
    sides = f"{_side(found.base.name, found.base.on)} → {_side(found.head.name, found.head.on)}"
    money = frozenset(("before", "after", "change"))
    columns = ("offer", "meter", "why", "change", "price before", "price after")
    return Comment(
        f"Monthly cost: {_title(found, moved)}",
        Table(("offer", "before", "after", "change", "why"), tuple(rows), money),
        (("Meter by meter", Table(columns, tuple(effects), money)),),
        f"{sides}, in {currency}; list prices before tax unless contracted.",
    )


def _title(found: Difference, moved: list[OfferChange]) -> str:
    """The sum of it: the figures of the only offer, else how many moved."""
    currency = found.head.currency
    if not moved:
        return "as before"
    if len(found.offers) == 1:
        before, after, change = _moved(moved[0])
        return f"{before} → {after} {currency}, {change}" if change else f"{before} → {after} {currency}"
    return f"{len(moved)} of {len(found.offers)} offers changed"


def _moved(change: OfferChange) -> tuple[str, str, str]:
    """The cost before and after, and how far it moved."""
    places = places_for([cost for cost in (change.before, change.after) if cost])
    before, after = _figures(change, places)
    if change.difference is None:
        return before, after, ""
    part = f" ({_signed_percent(change.difference / change.before)})" if change.before else ""
    return before, after, f"{signed(change.difference, places)}{part}"


def _figures(change: OfferChange, places: int = 2) -> list[str]:
    """The cost on each side, and what stands where there is none."""
    sides = (("base", change.before), ("head", change.after))
    return [
        "not there" if side == change.absent else "no full price" if cost is None else shown_money(cost, places)
        for side, cost in sides
    ]


def _why(change: OfferChange) -> str:
    """The reasons, those that moved most first."""
    reasons = sorted(change.by_reason().items(), key=lambda item: -abs(item[1]))
    if not reasons:
        if change.absent is not None:
            return "new" if change.absent == "base" else "gone"
        return "" if change.difference is not None else "no full price on one side"
    if len(reasons) == 1:
        return REASONS[reasons[0][0]]
    return "; ".join(f"{REASONS[reason]} {signed(amount, _places(change))}" for reason, amount in reasons)


def _places(change: OfferChange) -> int:
    return min(MOST_PLACES, places_for([each.amount for each in change.effects]))


def difference_lines(found: Difference) -> list[str]:
    """Each offer that changed with its reasons, meter by meter, and how many did not."""
    currency = found.head.currency
    lines = [
        f"{_side(found.base.name, found.base.on)} → {_side(found.head.name, found.head.on)}, a month in {currency}",
        "",
    ]
    same = 0
    for change in found.offers:
        if not change.changed:
            same += 1
            continue
        lines += [*_offer(change), ""]
    if same:
        lines.append(f"{same} offer{'' if same == 1 else 's'} as before")
    return lines if lines[-1] else lines[:-1]


def _side(name: str, on: str) -> str:
    return name if name == on else f"{name} (prices of {on})"


def _offer(change: OfferChange) -> list[str]:
    more = change.difference
    if more is None or change.before is None or change.after is None:
        return [f"{change.offer}: {' → '.join(_figures(change))}"]
    places = places_for([change.before, change.after])
    part = f" ({_signed_percent(more / change.before)})" if change.before else ""
    before, after = shown_money(change.before, places), shown_money(change.after, places)
    lines = [f"{change.offer}: {before} → {after}, {signed(more, places)}{part}"]
    width = max(len(each.meter) for each in change.effects) if change.effects else 0
    places = min(MOST_PLACES, places_for([each.amount for each in change.effects])) if change.effects else places
    amounts = [signed(each.amount, places) for each in change.effects]
    wide = max((len(amount) for amount in amounts), default=0)
    for each, amount in zip(change.effects, amounts, strict=True):
        prices = f": {each.was} → {each.now}" if each.was else ""
        lines.append(f"  {amount:>{wide}}  {each.meter:<{width}}  {each.reason}, {REASONS[each.reason]}{prices}")
    return lines


def signed(amount: Fraction, places: int) -> str:
    """An amount with its sign."""
    text = shown_money(amount, places)
    return text if text.startswith("-") else f"+{text}"


def _signed_percent(share: Fraction) -> str:
    text = shown_money(share * 100, 2)
    text = text.rstrip("0").rstrip(".")
    return f"{'' if text.startswith('-') else '+'}{text}%"


def _to_the_digit(change: OfferChange) -> OfferChange:
    """The change with its effects at twelve decimals, the largest with the rest, so that what is written adds up."""
    unit = 10**MAX_PLACES
    parts = [round(each.amount * unit) for each in change.effects]
    if not parts or change.difference is None:
        return change
    largest = max(range(len(parts)), key=lambda place: abs(parts[place]))
    parts[largest] += round(change.difference * unit) - sum(parts)
    effects = (each._replace(amount=Fraction(part, unit)) for each, part in zip(change.effects, parts, strict=True))
    return change._replace(effects=tuple(effects))


def difference_table(found: Difference) -> Table:
    """A row for each effect; one without a meter for an offer that has no full price on one side."""
    rows = []
    for change in map(_to_the_digit, found.offers):
        costs = ["" if cost is None else fixed(cost) for cost in (change.before, change.after)]
        if change.difference is None:
            rows.append((change.offer, "", "", "", found.head.currency, *costs, "", ""))
        for each in change.effects:
            rows.append(
                (
                    change.offer,
                    each.meter,
                    each.reason,
                    fixed(each.amount),
                    found.head.currency,
                    *costs,
                    each.was,
                    each.now,
                )
            )
    return Table(COLUMNS, tuple(rows), frozenset(("amount", "before", "after")))


def difference_data(found: Difference) -> list[dict[str, Any]]:
    """Each offer as plain data."""
    return [
        {
            "offer": change.offer,
            "before": None if change.before is None else fixed(change.before),
            "after": None if change.after is None else fixed(change.after),
            "difference": None if change.difference is None else fixed(change.difference),
            "changed": change.changed,
            "by_reason": {reason: fixed(amount) for reason, amount in change.by_reason().items()},
            "effects": [
                {
                    "meter": each.meter,
                    "reason": each.reason,
                    "amount": fixed(each.amount),
                    "price_before": each.was or None,
                    "price_after": each.now or None,
                }
                for each in change.effects
            ],
        }
        for change in map(_to_the_digit, found.offers)
    ]
