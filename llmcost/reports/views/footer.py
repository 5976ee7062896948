"""What stands below every report for people: what the prices are, and what they leave out."""

from __future__ import annotations

from collections.abc import Iterable

from llmcost.core.quotes.quote import COMMITMENT, Quote

FOOTER = "List prices before tax. Free quotas and private contracts are left out. Says nothing about quality."
CONTRACTED_FOOTER = (
    "Prices before tax, with the discounts and commitments named. Free quotas are left out. Says nothing about quality."
)


def footer(quotes: Iterable[Quote]) -> str:
    """What the prices leave out."""
    charges = (charge for quote in quotes for charge in quote.charges)
    contracted = any(charge.rate.listed is not None or charge.meter == COMMITMENT for charge in charges)
    return CONTRACTED_FOOTER if contracted else FOOTER
