"""How prices differ from public tables: for people, as rows, and as data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from llmcost.core.analysis.drift import RateDrift
from llmcost.core.offers.price_identity import PriceIdentity
from llmcost.core.values.dates import PricingDay
from llmcost.reports.views.comparison import Table
from llmcost.reports.views.view import View

SHOWN = ("differs", "retired there", "other currency", "not needed")
"""What is listed one by one for people; the rest is counted."""
WORDS = {
    "other day": "of another day of ours",
    "other currency": "in another currency",
    "not needed": "explained in vain",
}
"""How a status is counted, where it is not called so."""
COLUMNS = (
    "status",
    "source",
    "offer",
    "condition",
    "meter",
    "ours",
    "theirs",
    "ours_on",
    "theirs_on",
    "newer",
    "votes",
    "why",
)


def drift_view(found: Sequence[RateDrift], on: PricingDay, prices: PriceIdentity) -> View:
    """Every rate that was held against a table; people and formats of rows get what is not the same."""
    listed = [each for each in found if each.status in SHOWN]
    return View(
        "prices drift",
        prices,
        {"on": str(on), "complete": True, "counts": dict(sorted(_counts(found).items()))},
        rows=lambda: [_data(each) for each in found if each.status != "same"],
        tables=lambda: {"drift": Table(COLUMNS, tuple(_cells(each) for each in listed))},
        blocks=lambda: ["\n".join(_lines(found, listed))],
    )


def _counts(found: Sequence[RateDrift]) -> Counter[str]:
    return Counter(each.status for each in found)


def _lines(found: Sequence[RateDrift], listed: Sequence[RateDrift]) -> list[str]:
    lines: list[str] = []
    offers = dict.fromkeys(each.offer for each in listed)
    for offer in offers:
        lines.append(offer)
        lines += [f"  {_sentence(each)}" for each in listed if each.offer == offer]
    compared = sum(1 for each in found if each.meter and each.status != "not needed")
    counts = _counts(found)
    same = f"{counts['same']} of {compared} rates are the same"
    others = [f"{number} {_verb(status, number)}" for status, number in sorted(counts.items()) if status != "same"]
    return [*lines, *([""] if lines else []), "; ".join([same, *others])]


def _verb(status: str, number: int) -> str:
    return "differ" if status == "differs" and number > 1 else WORDS.get(status, status)


def _sentence(each: RateDrift) -> str:
    if each.status == "retired there":
        return f"{each.source}: {each.condition}"
    where = f" ({each.condition})" if each.condition else ""
    if each.status == "not needed":
        return f"{each.meter}{where}: {each.source} no longer has {each.theirs}, so its explanation can go"
    newer = f", {each.newer} is newer" if each.newer else ""
    days = f"{each.ours_on or 'a day not known'} and {each.theirs_on or 'a day not known'}"
    votes = f"; so do {', '.join(other for other in each.votes if other != each.source)}" if len(each.votes) > 1 else ""
    return f"{each.meter}{where}: ours {each.ours}, {each.source} has {each.theirs}; of {days}{newer}{votes}"


def _cells(each: RateDrift) -> tuple[str, ...]:
    data = _data(each)
    return tuple(" ".join(data[name]) if name == "votes" else data[name] or "" for name in COLUMNS)


def _data(each: RateDrift) -> dict[str, Any]:
    return {
        "status": each.status,
        "source": each.source,
        "offer": each.offer,
        "condition": each.condition or None,
        "meter": each.meter or None,
        "ours": each.ours or None,
        "theirs": each.theirs or None,
        "ours_on": None if each.ours_on is None else each.ours_on.isoformat(),
        "theirs_on": None if each.theirs_on is None else each.theirs_on.isoformat(),
        "newer": each.newer or None,
        "votes": list(each.votes),
        "why": each.why or None,
    }
