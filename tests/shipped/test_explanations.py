"""The explained differences: each of one offer that is sold, with a reason of its own."""

from __future__ import annotations

from datetime import date

import pytest

from llmcost.core.analysis.drift import Explanation
from llmcost.core.offers.catalogue import Catalogue
from llmcost.core.values.dates import PricingDay
from llmcost.sheets.load import load_explanations

ON = PricingDay(date(2026, 11, 29))


@pytest.mark.parametrize(
    "explanation", load_explanations(), ids=lambda each: f"{each.offer}-{each.source}-{each.meter}"
)
def test_an_explanation_is_of_an_offer_that_is_sold(explanation: Explanation, shipped: Catalogue) -> None:
    """It names an offer as the program prints it, and a day that has been."""
    offer = shipped.find(explanation.offer)
    assert offer.name == explanation.offer
    assert offer.history.sold(ON)
    assert explanation.meter in offer.history.on(ON).meters
    assert explanation.checked_on <= ON.day


def test_a_reason_is_of_one_offer() -> None:
    """No sentence stands for several offers, so that nothing is explained away at large."""
    offers: dict[str, set[str]] = {}
    for each in load_explanations():
        offers.setdefault(each.why, set()).add(each.offer)
    assert not {why for why, named in offers.items() if len(named) > 1}
