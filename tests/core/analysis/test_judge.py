"""The age of prices against a limit: the oldest that was checked, of what was checked at all."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from llmcost import RequestGroup, Usage, Workload, compare
from llmcost.core.analysis.budget import DAYS, FAIL, MONEY, OK, WARN, Budget, Limit, Verdict
from llmcost.core.analysis.judge import judge
from llmcost.core.offers.catalogue import Catalogue
from llmcost.core.values.numerals import parse_decimal
from llmcost.core.values.rates import Rate
from llmcost.core.values.units import PricingUnit
from llmcost.core.workload.serving import Serving

STAFF = Rate(parse_decimal("4000"), "USD", PricingUnit("month", "month", 1))


def aged(catalogue: Catalogue, offer: str, on: date, most: int = 25, requests: int = 1000) -> Verdict:
    """The verdict on the age of the prices of one offer; grid and example-ai were checked on 2026-08-20."""
    group = RequestGroup(Usage(input_tokens=1000, output_tokens=200), requests)
    work = Workload((group,), peak_to_mean=Fraction(2), serving=Serving(staff=STAFF))
    limit = Limit("max_price_age_days", DAYS, Fraction(most), None, f"{most} days")
    (verdict,) = judge(Budget("age", (limit,)), compare([catalogue.find(offer)], work, on), None, None)
    return verdict


@pytest.mark.parametrize("offer", ["example-small", "self/pebble-8b:fp8@grid/ax1x1"])
@pytest.mark.parametrize(
    ("on", "days", "status"),
    [(date(2026, 9, 14), 25, OK), (date(2026, 9, 15), 26, FAIL), (date(2026, 8, 1), 0, OK)],
)
def test_the_oldest_price_that_was_checked_counts(
    small: Catalogue, offer: str, on: date, days: int, status: str
) -> None:
    """Days are counted from the check and never negative; what the workload gives itself, such as staff, has no day."""
    verdict = aged(small, offer, on)
    assert (verdict.value, verdict.status) == (days, status)
    assert "checked 2026-08-20" in (verdict.against or "")


@pytest.mark.parametrize("months", [1, 3])
def test_how_far_a_month_may_go_is_of_one_month(small: Catalogue, months: int) -> None:
    """The bill of an estimated fleet has a range, and a limit on a month is held against a month's part of it."""
    group = RequestGroup(Usage(input_tokens=1000, output_tokens=200), 30_000_000)
    work = Workload((group,), peak_to_mean=Fraction(2))
    offers = [small.find("self/pebble-8b:bf16@grid/ax1x1")]
    found = compare(offers, work, date(2026, 9, 15), months=months)
    (row,) = found.rows
    assert row.quote.high is not None
    assert row.quote.high > row.quote.cost
    limit = Limit("max_monthly", MONEY, row.quote.monthly, "USD", "as it is")
    (verdict,) = judge(Budget("month", (limit,)), found, None, None)
    assert (verdict.value, verdict.high) == (row.quote.cost / months, row.quote.high / months)
    assert verdict.status == WARN


def test_what_costs_nothing_has_no_age(small: Catalogue) -> None:
    """Where nothing is billed no price is too old."""
    verdict = aged(small, "night-gift", date(2027, 9, 15), most=0)
    assert (verdict.value, verdict.status, verdict.against) == (0, OK, "")
