"""What a table comes to, in sentences below it: its marks, the cheapest offer, and what was left out."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from llmcost.core.quotes.comparison import Comparison, Row
from llmcost.core.quotes.freshness import STALE_AFTER_DAYS
from llmcost.core.quotes.notes import (
    CACHE_MOVED,
    PRICED_STANDARD,
    SECOND_HAND_MARK,
    STALE,
    TOKENS_MOVED,
    UNDATED,
)
from llmcost.reports.numbers import places_for, shown_money

MOST_LISTED = 3
MEANINGS = {
    STALE: f"* a price seen more than {STALE_AFTER_DAYS} days before",
    UNDATED: "? a price whose source has no date",
    SECOND_HAND_MARK: "^ a price that only one third party states, or that is worked out",
    PRICED_STANDARD: "= a share on other terms is priced standard",
}
"""What each mark means, by its code; the first letter is the mark itself."""
SUPPOSED = {
    CACHE_MOVED: "Their caches are taken to be hit as those that were used, and at the most never.",
    TOKENS_MOVED: "Where both tokenizers are known, tokens are as samples of text show (of some kinds: --language), "
    "elsewhere as they were counted.",
}
"""What is supposed of usage that is moved, by its code."""


def conclusions(comparison: Comparison) -> list[str]:
    """The sentences, none where there is nothing to say."""
    found = (
        _legend(comparison),
        _cheapest(comparison),
        _moved(comparison),
        *_unranked(comparison),
        _hidden(comparison),
    )
    return [each for each in found if each]


def _unranked(comparison: Comparison) -> list[str]:
    if all(row.sure for row in comparison.compared):
        return []
    from llmcost.reports.views.unranked import unranked_lines

    return unranked_lines(comparison)


def _legend(comparison: Comparison) -> str | None:
    """What the marks beside offers mean; None without any."""
    marks = {mark for row in comparison.rows for mark in row.quote.marks}
    return "   ".join(text for mark, text in MEANINGS.items() if mark in marks) or None


def _cheapest(comparison: Comparison) -> str | None:
    """The cheapest offer in words, with those at the same cost and those that would be cheaper if they could serve."""
    best = comparison.cheapest
    complete = [row for row in comparison.compared if row.quote.complete]
    if best is None or len(complete) < 2:
        return None
    base = next((row for row in complete if row.is_baseline), None)
    among = " of those priced in full" if any(_may_be_less(row, best) for row in comparison.compared) else ""
    text = f"Cheapest{among}: {best.quote.offer.name}"
    if len(comparison.best) > 1:
        text += f", and at the same cost {_listed(comparison.best[1:])}"
    if base is not None and base.quote.cost > best.quote.cost and best.ratio is not None:
        less = round((1 - best.ratio) * 100)
        saved = shown_money(base.quote.cost - best.quote.cost, places_for([base.quote.cost - best.quote.cost]))
        text += f", {saved} {comparison.currency} ({less}%) less than {base.quote.offer.name}"
        if _high(best) >= _low(base):
            text += ", though their ranges overlap"
    elif len(comparison.best) == 1 and (
        below := [row for row in complete if row is not best and _low(row) < best.quote.cost <= row.quote.cost]
    ):
        text += f", though the range of {_listed(below)} reaches below it"
    doubtful = [row for row in complete if row.quote.cost < best.quote.cost]
    if doubtful:
        text += f"\nNot counted, as a doubt is left: {_listed(doubtful)}"
    return text


def _low(row: Row) -> Fraction:
    return row.quote.cost if row.quote.low is None else row.quote.low


def _high(row: Row) -> Fraction:
    return row.quote.cost if row.quote.high is None else row.quote.high


def _moved(comparison: Comparison) -> str | None:
    """What is supposed of usage that was moved, and between what it may cost; None without any."""
    moved = [row for row in comparison.rows if row.priced and row.quote.moved_by]
    by = {code for row in moved for code in row.quote.moved_by}
    if not moved:
        return None
    ranges = [(row.quote.offer.name, row.quote.low, row.quote.high) for row in moved]
    places = places_for([cost for _, *ends in ranges for cost in ends if cost is not None])
    named = [
        f"{name} {shown_money(low, places)} to {shown_money(high, places)}"
        for name, low, high in ranges
        if low is not None and high is not None
    ]
    more = f" and {len(named) - MOST_LISTED} more" if len(named) > MOST_LISTED else ""
    supposed = [text for code, text in SUPPOSED.items() if code in by]
    ends = f" From the least to the most: {', '.join(named[:MOST_LISTED])}{more}" if named else ""
    return f"{' '.join(supposed)}{ends}"


def _may_be_less(row: Row, best: Row) -> bool:
    """Whether a row that is only a lower bound starts below the cheapest full price."""
    return row.rank is not None and not row.quote.complete and row.quote.cost < best.quote.cost


def _hidden(comparison: Comparison) -> str | None:
    """How many of those that can be ranked are not shown; None for none."""
    hidden = sum(row.sure for row in comparison.compared) - sum(row.sure for row in comparison.rows)
    return (
        f"{hidden} of {len(comparison.compared)} offers not shown; --top N or --all-rows shows more" if hidden else None
    )


def _listed(rows: Sequence[Row]) -> str:
    shown = ", ".join(row.quote.offer.name for row in rows[:MOST_LISTED])
    return shown + (f" and {len(rows) - MOST_LISTED} more" if len(rows) > MOST_LISTED else "")
