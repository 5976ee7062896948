"""Offers that a table for people leaves out, in one line: how many, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from llmcost.core.quotes.comparison import Comparison, Row
from llmcost.core.quotes.notes import Code, Note
from llmcost.core.values.reasons import Cause, Reason

WORDS: dict[Cause, str] = {
    "withdrawn": "withdrawn",
    "not-yet": "not priced before a later day",
    "not-stated": "not stated",
    "price-unknown": "at a price not known",
    "subscription": "sold by subscription",
    "terms": "not sold on these terms",
    "option": "without {about}",
    "modality": "without {about}",
    "modality-unknown": "not known to have {about}",
    "no-rule": "without a known rule for {about}",
    "image-size": "counting an image by its size",
    "video-size": "counting a video by its size",
    "window": "with too small a context window",
    "no-rate": "without a rate for {about}",
    "unpriced": "without a price for {about}",
    "currency": "in a currency without an exchange rate",
}
"""How each reason is said of several offers."""
DOUBTS: dict[Code, str] = {
    "context-unknown": "with a context window not stated",
    "context-exceeded": "whose context window holds the input, and not the answer as well",
    "sizes-not-sold": "not sold for requests of some sizes",
    "no-text": "making no text",
    "perhaps-ended": "perhaps no longer sold",
    "start-unknown": "with a price of a later day",
}
"""How each doubt is said of several offers."""
ADVICE: dict[str | None, str] = {
    "image-size": "give the size of an image, such as --image-size 1024x768",
    "video-size": "give the size of the video, such as --video-size 1280x720",
}
SPEECH = "count sound in tokens, with --audio-in and --audio-out beside --input and --output"
"""What mends a reason with one flag."""
MOST_REASONS = 6


class WhyNot(NamedTuple):
    """A reason and how many offers it keeps out; ``code`` of None: one that has no code."""

    words: str
    number: int
    code: str | None


def unranked_lines(comparison: Comparison) -> list[str]:
    """What is said of the offers that are not shown because they cannot be ranked; [] without any.

    A flag that would answer most of them comes first.
    """
    shown = {row.quote.offer.name for row in comparison.rows}
    left = [row for row in comparison.compared if not row.sure and row.quote.offer.name not in shown]
    if not left:
        return []
    reasons = _reasons(left)
    ranked = sum(row.sure for row in comparison.compared)
    lines = []
    for each in reasons:
        advice = SPEECH if each.words.endswith("speech") else ADVICE.get(each.code)
        if advice is not None and each.number > max(ranked, len(left) // 2):
            lines.append(f"Of {each.number} offers the answer needs more: {advice}.")
    said = ", ".join(f"{each.number} {each.words}" for each in reasons[:MOST_REASONS])
    more = sum(each.number for each in reasons[MOST_REASONS:])
    others = f", {more} for other reasons" if more else ""
    lines.append(f"Not ranked: {len(left)} of {len(comparison.compared)} offers ({said}{others}); see --all-rows")
    return lines


def _reasons(rows: Sequence[Row]) -> list[WhyNot]:
    """The reasons, the commonest first."""
    counts = Counter(_reason(row) for row in rows)
    return [WhyNot(words, number, code) for (words, code), number in counts.most_common()]


def _reason(row: Row) -> tuple[str, str | None]:
    """Why a row cannot be ranked, in words for several, and its code."""
    quote = row.quote
    texts = [quote.unserved] if quote.unserved is not None else [gap.reason for gap in quote.gaps]
    for text in (*texts, *quote.doubts):
        if isinstance(text, Reason):
            return WORDS[text.code].format(about=text.about), text.code
        if isinstance(text, Note):
            return DOUBTS.get(text.code, str(text)), text.code
    return f"where {texts[0]}" if texts else "not priced", None
