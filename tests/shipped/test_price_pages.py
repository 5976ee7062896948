"""Price pages, typed a second time from their copies by another reader, held against the sheets."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import pytest

from llmcost.core.offers.catalogue import Catalogue
from llmcost.core.offers.offer import Listing
from llmcost.core.pricing.conditions import STANDARD, RatingContext
from llmcost.core.pricing.rating import ResolvedRate
from llmcost.core.values.dates import PricingDay

PER = {"1M tokens": 10**6, "10K characters": 10**4, "1K searches": 10**3}
CNY_PER_USD = [Fraction(each) for each in ("7.339", "7.4942", "7.2917")]
"""What Alibaba's page, which quotes Singapore in CNY, implies in its rows of 2025, of early and of late 2026."""
ROUNDED = Fraction("0.02")
"""How far a round USD figure may lie beside its CNY figure."""


def as_printed(page: Fraction, found: ResolvedRate) -> bool:
    """Whether a rate is the page's, to the digit."""
    return Fraction(found.numerator, found.denominator) == page


def as_printed_or_in_usd(page: Fraction, found: ResolvedRate) -> bool:
    """Whether a rate is the page's in CNY, or near to it in USD."""
    ours = Fraction(found.numerator, found.denominator)
    if found.rate.currency == "CNY":
        return ours == page
    return any(abs(page / ours / rate - 1) <= ROUNDED for rate in CNY_PER_USD)


class Page(NamedTuple):
    """A second reading: its file, a day of the copy, how a rate has to be the page's, and the least it holds."""

    seller: str
    read: date
    right: Callable[[Fraction, ResolvedRate], bool]
    figures: int
    models: int

    def rows(self) -> list[dict[str, str]]:
        with (Path(__file__).parent / f"{self.seller}_page.csv").open(encoding="utf-8", newline="") as stream:
            return list(csv.DictReader(stream))


PAGES = [
    # a day before the models that the page still lists ended
    Page("alibaba", date(2026, 9, 1), as_printed_or_in_usd, 1000, 300),
    Page("google", date(2026, 9, 4), as_printed, 180, 30),
]


def billed(page: Page, listing: Listing, row: dict[str, str]) -> ResolvedRate:
    """What bills a row's meter where the row says."""
    offer = listing.load()[row["place"]]
    chosen = dict(offer.default_options) | dict(each.split("=", 1) for each in row["option"].split())
    at = RatingContext(
        terms=row.get("terms") or STANDARD,
        mode=row.get("mode") or offer.default_mode,
        cache=None,
        input_tokens=int(row["above"]) + 1 if row["above"] else 0,
        kinds=frozenset({("input", "image")}) if row["meter"] == "multimodal_output" else frozenset(),
        windows=frozenset(),
        options=tuple(sorted(chosen.items())),
    )
    meter = "output" if row["meter"] == "multimodal_output" else row["meter"]
    on = date.fromisoformat(row["on"]) if "on" in row else page.read
    found = offer.history.on(PricingDay(on)).billing(at, meter)
    assert isinstance(found, ResolvedRate), (row, found)
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.seller)
def test_every_figure_of_a_page_bills_its_meter(shipped: Catalogue, page: Page) -> None:
    """Each of a page's figures is the sheet's."""
    listings = [listing for listing in shipped.listings if listing.seller == page.seller]
    sold = {name: listing for listing in listings for name in (*listing.aliases, listing.id)}
    wrong = []
    for row in page.rows():
        found = billed(page, sold[row["model"]], row)
        if not page.right(Fraction(row["amount"]) / PER.get(row["per"], 1), found):
            wrong.append((row, str(found.rate)))
    assert not wrong


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.seller)
def test_a_page_was_read_in_full(page: Page) -> None:
    """A second reading has about as many figures and models as the page."""
    assert len(page.rows()) > page.figures
    assert len({row["model"] for row in page.rows()}) > page.models
