"""Where a sheet departs from what its source says at first sight: each with its reason, and what is priced instead."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

import pytest

from llmcost import Usage, quote
from llmcost.core.offers.catalogue import Catalogue
from llmcost.core.values.dates import parse_pricing_day


class Departure(NamedTuple):
    """A stated change, read otherwise: the price of 1M input tokens before and from ``moment``; None: not for sale."""

    offer: str
    stated: str
    reason: str
    before: str
    moment: str
    old: str | None
    new: str | None


DEPARTURES = [
    Departure(
        "deepseek/deepseek-v4-flash",
        "new rates from 2026-08-17",
        "read as a day in Beijing, as the page dates its weekend rule; it begins at 16:00 UTC of the day before",
        "2026-08-16T15:59:59Z",
        "2026-08-16T16:00:00Z",
        "0.14",
        "0.22",
    ),
    Departure(
        "deepseek/deepseek-v4-flash",
        "new rates from 2026-09-10",
        "the vendor's notice has 04:00 UTC of that day",
        "2026-09-10T03:59:59Z",
        "2026-09-10T04:00:00Z",
        "0.44",  # the old peak ends with the minute
        "0.15",
    ),
    Departure(
        "deepseek/deepseek-chat",
        "deprecated on 2026-07-24",
        "the page has 15:59 UTC of that day",
        "2026-07-24T15:58:59Z",
        "2026-07-24T15:59:00Z",
        "0.14",
        None,
    ),
    Departure(
        "bigmodel/glm-5.3-flash",
        "list prices from 2026-09-10, a day in UTC",
        "the promotion ended at 24:00 on 2026-09-09 at UTC+8, so the last eight hours of that day in UTC are at list price",
        "2026-09-09T15:59:59Z",
        "2026-09-09T16:00:00Z",
        "0.4",
        "0.8",
    ),
]


@pytest.mark.parametrize("case", DEPARTURES, ids=lambda case: case.offer)
def test_a_departure_is_priced_as_its_reason_says(shipped: Catalogue, case: Departure) -> None:
    """The old price holds to the last moment before, and the new one, or none, from the moment on."""
    offer = shipped.find(case.offer)
    for moment, price in ((case.before, case.old), (case.moment, case.new)):
        found = quote(offer, Usage(input_tokens=1_000_000), parse_pricing_day(moment))
        assert (None if found.unserved else found.cost) == (None if price is None else Fraction(price)), moment
