"""Freshness: whether a price was seen lately enough to be trusted, and what is said of one that was not."""

from __future__ import annotations

from datetime import date

from llmcost.core.pricing.evidence import seen_on
from llmcost.core.quotes.notes import STALE, UNDATED, Note
from llmcost.core.values.dates import PricingDay

STALE_AFTER_DAYS = 90
"""A price seen longer before the day it is used for is stale."""
NO_DATE = Note(UNDATED, "the source of its price has no date, so how old it is cannot be told")


def age_note(seen: date | None, evidence: str, on: PricingDay) -> Note | None:
    """The note on a price seen too long before a day to be trusted; ``seen`` of None: its source has no date.

    None for one that is fresh.
    """
    if seen is None:
        return NO_DATE
    age = (on.day - seen).days
    if age <= STALE_AFTER_DAYS:
        return None
    return Note(STALE, f"stale: {seen_on(seen, evidence)}, {age} days before {on.day}")
