"""What is said beside a comparison: the exchange rates that were used, and the notes of its rows."""

from __future__ import annotations

from collections.abc import Iterable

from llmcost.core.quotes.comparison import Comparison
from llmcost.reports.numbers import fixed

MOST_NAMED = 3
"""Offers that a note names; the others are counted."""


def comparison_warnings(comparison: Comparison) -> list[str]:
    """The exchange rates that were used, then the notes of the rows, each once."""
    exchanges = dict.fromkeys(
        charge.exchange for row in comparison.rows for charge in row.quote.charges if charge.exchange is not None
    )
    converted = [
        f"converted at 1 {each.base} = {fixed(each.rate)} {each.quote} of {each.day}, {each.source}"
        for each in exchanges
    ]
    pairs = [(row.quote.offer.name, note) for row in comparison.rows for note in row.quote.notes]
    return [*converted, *group_notes(pairs)]


def group_notes(notes: Iterable[tuple[str, str]]) -> list[str]:
    """Notes on offers, each said once with the offers it is about."""
    about: dict[str, list[str]] = {}
    for offer, note in notes:
        about.setdefault(note, []).append(offer)
    lines = []
    for note, offers in about.items():
        more = f" and {len(offers) - MOST_NAMED} more" if len(offers) > MOST_NAMED else ""
        lines.append(f"{', '.join(offers[:MOST_NAMED])}{more}: {note}")
    return lines
