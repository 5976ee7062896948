"""The price page of Model Studio, typed a second time from its copy by another reader, held against the sheets."""

from __future__ import annotations

import csv
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from llmcost.core.offers.catalogue import Catalogue
from llmcost.core.offers.offer import Listing
from llmcost.core.pricing.conditions import STANDARD, RatingContext
from llmcost.core.pricing.rating import ResolvedRate
from llmcost.core.values.dates import PricingDay

TABLE = Path(__file__).parent / "alibaba_page.csv"
READ = date(2026, 9, 1)
"""A day of the copy, before the models that it still lists ended."""
PER = {"1M tokens": 10**6, "10K characters": 10**4}
CNY_PER_USD = [Fraction(each) for each in ("7.339", "7.4942", "7.2917")]
"""What the page, which quotes Singapore in CNY, implies in its rows of 2025, of early and of late 2026."""
ROUNDED = Fraction("0.02")
"""How far a round USD figure may lie beside its CNY figure."""


@pytest.fixture(scope="module")
def sold(shipped: Catalogue) -> dict[str, Listing]:
    listings = [listing for listing in shipped.listings if listing.seller == "alibaba"]
    return {name: listing for listing in listings for name in (*listing.aliases, listing.id)}


def rows() -> list[dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def billed(listing: Listing, row: dict[str, str]) -> ResolvedRate:
    """What bills a row's meter where the row says."""
    offer = listing.load()[row["place"]]
    chosen = dict(offer.default_options) | dict(each.split("=", 1) for each in row["option"].split())
    at = RatingContext(
        terms=STANDARD,
        mode=row["mode"] or offer.default_mode,
        cache=None,
        input_tokens=int(row["above"]) + 1 if row["above"] else 0,
        kinds=frozenset({("input", "image")}) if row["meter"] == "multimodal_output" else frozenset(),
        windows=frozenset(),
        options=tuple(sorted(chosen.items())),
    )
    meter = "output" if row["meter"] == "multimodal_output" else row["meter"]
    found = offer.history.on(PricingDay(READ)).billing(at, meter)
    assert isinstance(found, ResolvedRate), (row, found)
    return found


def test_every_figure_of_the_page_bills_its_meter(sold: dict[str, Listing]) -> None:
    """Each of the page's figures is the sheet's, to the digit; where the sheet has USD, it is that CNY in USD."""
    wrong = []
    for row in rows():
        found = billed(sold[row["model"]], row)
        ours = Fraction(found.numerator, found.denominator)
        page = Fraction(row["amount"]) / PER.get(row["per"], 1)
        if found.rate.currency == "CNY":
            right = ours == page
        else:
            right = any(abs(page / ours / rate - 1) <= ROUNDED for rate in CNY_PER_USD)
        if not right:
            wrong.append((row, str(found.rate)))
    assert not wrong


def test_the_page_was_read_in_full() -> None:
    """The second reading has more than a thousand figures of more than three hundred models."""
    assert len(rows()) > 1000
    assert len({row["model"] for row in rows()}) > 300
