"""Every published figure once more, in a form of its own, and found through the catalogue on its day."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from llmcost.core.offers.catalogue import Catalogue
from llmcost.core.offers.offer import Offer
from llmcost.core.pricing.conditions import RatingContext
from llmcost.core.pricing.rating import PricesInForce, ResolvedRate
from llmcost.core.values.dates import parse_pricing_day
from llmcost.core.values.rates import Rate

TABLE = Path(__file__).parent / "rates.csv"


def rows() -> Iterator[dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream)


def situation(offer: Offer, active: PricesInForce, row: dict[str, str]) -> RatingContext:
    """Where the row's request stands: its size, its content, its cache policy, its hour."""
    size = int(row["input_tokens"] or 1000)
    kinds = frozenset((side, kind) for side in ("input", "output") for kind in row[f"{side}_kinds"].split())
    policies = sorted((policy.kind for policy in offer.cache), key=lambda kind: kind != "automatic")
    windows = active.time_shares(None)[0][0] if row["time"] else frozenset()
    return RatingContext(
        terms=offer.terms,
        mode=row["mode"] or offer.default_mode,
        cache=row["cache"] or (policies[0] if policies else None),
        input_tokens=active.sizes(size, size)[0],
        kinds=kinds,
        windows=windows,
        options=offer.default_options,
    )


def test_the_table_covers_every_seller(shipped: Catalogue) -> None:
    """The table and the sheets have the same sellers."""
    sellers = {row["offer"].split("/")[0] for row in rows()}
    assert sellers == {listing.seller for listing in shipped.listings}


@pytest.mark.parametrize("seller", sorted({row["offer"].split("/")[0] for row in rows()}))
def test_every_figure_of_a_seller_is_found(shipped: Catalogue, seller: str) -> None:
    """Each figure of the table is the one that bills its meter on its day, digit for digit, and is marked as it should be."""
    wrong = []
    for row in rows():
        if not row["offer"].startswith(f"{seller}/"):
            continue
        offer = shipped.find(row["offer"])
        active = offer.history.on(parse_pricing_day(row["time"] or row["on"]))
        assert offer.terms in active.terms(), row
        billing = active.billing(situation(offer, active, row), row["meter"])
        expected = (Decimal(row["amount"]), row["currency"], row["per"], row["kind"] == "derived")
        if not isinstance(billing, ResolvedRate) or figures(billing.rate) != expected:
            wrong.append((row, billing))
    assert not wrong


def figures(rate: Rate) -> tuple[Decimal, str, str, bool]:
    return rate.amount, rate.currency, rate.unit.text, rate.derived is not None
