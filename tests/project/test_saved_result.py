"""Saved results read again: what a charge says of itself, and what was changed by hand."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from llmcost.core.analysis.saved_result import as_saved
from llmcost.errors import LlmcostError
from llmcost.project.saved_result import result_of

RENT = {
    "meter": "gpu_hours",
    "condition": "on demand",
    "quantity": "1460",
    "unit": "GPU",
    "unit_price": "2.00",
    "price_currency": "EUR",
    "exchange_rate": "1.25",
    "cost": "3650",
}
"""Two servers for a month at 2 EUR an hour, a EUR at 1.25 USD: 2 x 730 x 2 x 1.25."""


def result(*charges: dict[str, Any], **row: Any) -> dict[str, Any]:
    """What `-f json` wrote of one offer."""
    cost = str(sum(int(each["cost"]) for each in charges))
    rows = [{"offer": "a", "monthly_cost": cost, "requests": "100", "charges": list(charges), **row}]
    return {"schema_version": 1, "on": "2026-09-15", "currency": "USD", "prices": {"digest": "sha256:0"}, "rows": rows}


def test_a_charge_of_an_unknown_unit_is_known_by_its_cost() -> None:
    """Quantity, rate and exchange rate of what is not sold by a unit of requests multiply to its cost."""
    (charge,) = result_of(result(RENT), "x.json").rows["a"].charges
    assert (charge.quantity, charge.rate, charge.exchange) == (1460, 2, Fraction(5, 4))
    assert charge.quantity * charge.rate * charge.exchange == charge.cost == 3650


def test_nothing_of_an_unknown_unit_has_no_rate() -> None:
    """Where nothing was bought there is no cost to know a rate by, and it is zero."""
    (charge,) = result_of(result({**RENT, "quantity": "0", "cost": "0"}), "x.json").rows["a"].charges
    assert (charge.quantity, charge.rate, charge.cost) == (0, 0, 0)


def test_a_result_of_several_months_is_read_by_the_month() -> None:
    """Of two months a charge is halved, its rate is not; the requests of both are halved too."""
    row = result_of(result(RENT, months=["2026-09", "2026-10"], monthly_cost="1825", total_requests="200"), "x").rows[
        "a"
    ]
    (charge,) = row.charges
    assert (row.monthly, row.requests) == (1825, 100)
    assert (charge.quantity, charge.rate, charge.cost) == (730, 2, 1825)


@pytest.mark.parametrize("off", ["3650.000000000003", "3649.999999999997", "3651"])
def test_charges_that_do_not_add_up_are_refused(off: str) -> None:
    """A cost may be off by what its twelve decimals leave out, and by no more."""
    with pytest.raises(LlmcostError, match="was changed"):
        result_of(result(RENT, monthly_cost=off), "x.json")
    assert result_of(result(RENT, monthly_cost="3650.000000000002"), "x.json").rows["a"].monthly


@pytest.mark.parametrize(
    ("cost", "kept"),
    [
        (Fraction(1, 3), "0.333333333333"),
        (Fraction(2, 3), "0.666666666667"),
        (Fraction(5, 10**13), "0.000000000000"),  # half of the last digit goes to the even one
        (Fraction(15, 10**13), "0.000000000002"),
        (Fraction(900), "900"),
    ],
)
def test_a_cost_is_compared_as_it_is_kept(cost: Fraction, kept: str) -> None:
    """A result keeps twelve decimals, and a cost that is set against one is cut in the same way."""
    assert as_saved(cost) == Fraction(kept)
