"""What is said beside a comparison: how it was understood, the exchange rates that were used, the notes of its rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from llmcost.core.analysis.report import ComparisonReport
from llmcost.core.quotes.comparison import Comparison
from llmcost.core.quotes.notes import MARKED, Code, Note
from llmcost.core.values.money import ExchangeRate
from llmcost.reports.numbers import fixed

MOST_NAMED = 3
"""Offers that a note names; the others are counted."""
MOST_RATES = 3
"""Exchange rates from one currency to another that are said one by one."""
URGENT: tuple[Code, ...] = (
    "name-guessed",
    "sessions",
    "override",
    "one-side",
    "image-size",
    "contract",
    "alternative",
    "withdrawn",
    "price-change",
)
"""What a reader has to know first."""
BACKGROUND: tuple[Code, ...] = (
    "name",
    "rate-note",
    "sheet-note",
    "promotion",
    "volume",
    "cache-lifetime",
    "exchange-rate",
)
"""What a reader may look up."""
FOR_PEOPLE = ("table", "html")
"""Formats in which marks beside a row, with a legend, say what notes say elsewhere."""


def all_warnings(report: ComparisonReport) -> list[Note]:
    """All that is said beside a comparison, in the order in which it arose."""
    return [*report.said, *comparison_warnings(report.comparison)]


def shown_warnings(report: ComparisonReport, form: str) -> list[Note]:
    """What is said beside a comparison in a format.

    A table says by itself which offer a name means, and marks rows whose price is old or second-hand.
    """
    if form not in FOR_PEOPLE:
        return all_warnings(report)
    said = [note for note in report.said if note.code != "name"]
    of_rows = [note for note in comparison_warnings(report.visible) if note.code not in MARKED]
    return [*said, *of_rows]


def urgency(note: str) -> int:
    """How early a note is said: 0 for what a reader has to know first, 2 for what he may look up."""
    if not isinstance(note, Note):
        return 1
    return 0 if note.code in URGENT else 2 if note.code in BACKGROUND else 1


def comparison_warnings(comparison: Comparison) -> list[Note]:
    """The exchange rates that were used, then the notes of the rows, each once."""
    exchanges = (charge.exchange for row in comparison.rows for charge in row.quote.charges)
    pairs = [(row.quote.offer.name, note) for row in comparison.rows for note in row.quote.notes]
    return [*exchange_notes(each for each in exchanges if each is not None), *group_notes(pairs)]


def exchange_notes(exchanges: Iterable[ExchangeRate]) -> list[Note]:
    """The exchange rates that were used, each once; of many from one currency to another, of which days they are."""
    pairs: dict[tuple[str, str], dict[ExchangeRate, None]] = {}
    for each in exchanges:
        pairs.setdefault((each.base, each.quote), {})[each] = None
    said = []
    for (base, quote), rates in pairs.items():
        if len(rates) <= MOST_RATES:
            said += [f"1 {base} = {fixed(each.rate)} {quote} of {each.day}, {each.source}" for each in rates]
        else:
            days = sorted(each.day for each in rates)
            sources = ", ".join(dict.fromkeys(each.source for each in rates))
            said.append(f"{len(rates)} rates of {base} in {quote} of {days[0]} to {days[-1]}, {sources}")
    return [Note("exchange-rate", f"converted at {text}") for text in said]


def group_notes(notes: Iterable[tuple[str, Note]]) -> list[Note]:
    """Notes on offers, each said once with the offers it is about."""
    about: dict[Note, list[str]] = {}
    for offer, note in notes:
        about.setdefault(note, []).append(offer)
    return [note.of(_listed(offers)) for note, offers in about.items()]


def _listed(offers: Sequence[str]) -> str:
    more = f" and {len(offers) - MOST_NAMED} more" if len(offers) > MOST_NAMED else ""
    return f"{', '.join(offers[:MOST_NAMED])}{more}"
