"""The share of the list price that all parts of a bill have, found in amounts that are rounded."""

from __future__ import annotations

from datetime import datetime, timezone
from fractions import Fraction

import pytest

from llmcost.core.analysis.bills.part import BilledPart
from llmcost.core.analysis.bills.share import share_of

CENTS = "0.005"


def part(
    listed: str, billed: str, step: str = "0", *, small: str | None = None, quoted: str | None = None, stated: str = "0"
) -> BilledPart:
    """A part of a bill; ``step`` is by how much rounding may move it, half of a cent for cents."""
    return BilledPart(
        start=datetime(2026, 11, 2, tzinfo=timezone.utc),
        end=None,
        model="m",
        meter=None,
        listed=Fraction(listed),
        billed=Fraction(billed),
        step=Fraction(step),
        stated_step=Fraction(stated),
        small=None if small is None else Fraction(small),
        quoted=None if quoted is None else Fraction(quoted),
    )


@pytest.mark.parametrize(
    ("parts", "value"),
    [
        ([part("10", "9"), part("20", "18")], "0.9"),
        ([part("10", "10.73"), part("20", "21.46")], "1.073"),  # no round one, and all have it exactly
        ([part("10", "9"), part("20", "17")], None),
        ([part("0.32", "0.26", CENTS), part("2.88", "2.30", CENTS)], "0.8"),  # 79.7% to 80.03%
        ([part("100", "99.5", CENTS), part("200", "199", CENTS)], "0.995"),  # half a percent off
        ([part("100", "97", CENTS), part("10", "9.7", CENTS)], "0.97"),  # a whole percent, and no multiple of five
        ([part("0.04", "0.03", CENTS), part("0.05", "0.04", CENTS)], None),  # 70% to 87.5%: many round ones
        ([part("10", "9", "0.01"), part("20", "18.003", "0.01")], "0.9"),
        ([part("10", "9.1234", "0.0001"), part("20", "18.2468", "0.0001")], "0.91234"),  # closely, and no round one
        ([part("10", "9.12", "0.02"), part("10", "9.14", "0.02")], None),  # none round, and not closely
        ([part("10", "-5"), part("20", "-10")], None),  # of a credit
        ([part("0", "5"), part("10", "9")], "0.9"),  # what is free votes on nothing
    ],
)
def test_a_share_is_what_all_parts_allow(parts: list[BilledPart], value: str | None) -> None:
    """The one round share between what rounding leaves open, else the exact one that all have closely."""
    for rows in (parts, parts[::-1]):
        found = share_of(rows)
        assert (None if found is None else found.value) == (None if value is None else Fraction(value))


@pytest.mark.parametrize(
    ("listed", "billed", "step", "stated", "value"),
    [
        ("10", "9", "0", "0", "0.9"),
        ("10", "9.13", "0", "0", None),  # any amount has some share
        ("0.10", "0.08", "0.005", "0.005", None),  # in cents that the bill states: 75% to 85%, of which three are round
        ("0.30", "0.27", "0.005", "0", "0.9"),  # the bill states none, and it is exact
        ("100", "90.004", "0.005", "0", "0.9"),  # a step that moves the share by little counts as well
    ],
)
def test_a_part_alone_has_a_round_share_or_none(
    listed: str, billed: str, step: str, stated: str, value: str | None
) -> None:
    """Rounding that the bill does not state makes no share of one amount."""
    found = share_of([part(listed, billed, step, stated=stated)])
    assert (None if found is None else found.value) == (None if value is None else Fraction(value))


def test_a_share_is_clear_where_several_prices_have_it_closely() -> None:
    """One price says the same twice, and wide amounts say little."""
    assert share_of([part("10", "9"), part("20", "18")]).is_clear  # type: ignore[union-attr]
    assert not share_of([part("10", "9"), part("10", "9")]).is_clear  # type: ignore[union-attr]
    assert not share_of([part("0.5", "0.45", CENTS), part("0.6", "0.54", CENTS)]).is_clear  # type: ignore[union-attr]
    exact = share_of([part("10", "9.1234"), part("20", "18.2468")])
    assert exact is not None
    assert not exact.is_clear  # no round one


def test_small_inputs_have_shares_below_their_price_alone() -> None:
    """Above it the sizes explain it; the share of the list price is then as before."""
    below = [part("20", "9", small="10"), part("40", "18", small="20")]
    found = share_of(below)
    assert found is not None
    assert (found.value, [found.base(each) for each in below]) == (Fraction("0.9"), [10, 20])
    assert found.holds(below[0])
    above = [part("20", "11", small="10"), part("40", "22", small="20")]
    found = share_of(above)
    assert found is not None
    assert (found.value, [found.base(each) for each in above]) == (Fraction("0.55"), [20, 40])


def test_what_the_bill_says_of_list_prices_is_what_a_share_is_of() -> None:
    """What it takes off itself is beside that."""
    found = share_of([part("10", "5", quoted="11"), part("20", "9", quoted="22")])
    assert found is not None
    assert found.value == Fraction("1.1")
    assert found.holds(part("30", "1", quoted="33"))
    assert not found.holds(part("30", "33", quoted="1"))
