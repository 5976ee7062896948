"""Differences between two results: every part has its reason, and they add up to the whole."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.examples import examples

from llmcost.core.analysis.difference import (
    EXCHANGE,
    FLEET,
    MIX,
    OFFERS,
    PRICE,
    REASONS,
    TIER,
    VOLUME,
    OfferChange,
    difference,
)
from llmcost.core.analysis.saved_result import SavedCharge, SavedResult, SavedRow

many = examples(1)


def charge(
    meter: str,
    quantity: object,
    rate: object,
    where: str = "",
    exchange: object = 1,
    currency: str = "USD",
    starts: str = "2026-01-01",
    offer: str = "",
) -> SavedCharge:
    amounts = Fraction(str(quantity)), Fraction(str(rate)), Fraction(str(exchange))
    cost = amounts[0] * amounts[1] * amounts[2]
    keys = frozenset(part.split(" ")[0] for part in where.split(" and ") if part)
    return SavedCharge(
        meter,
        where,
        amounts[0],
        cost,
        amounts[1],
        f"{rate}",
        currency,
        amounts[2],
        keys=keys,
        starts=starts,
        offer=offer,
    )


def saved(*charges: SavedCharge, requests: int = 100) -> SavedResult:
    row = SavedRow("a", sum((each.cost for each in charges), Fraction(0)), Fraction(requests), charges)
    return SavedResult("x.json", "2026-11-23", "USD", "sha256:0", {"a": row})


def change(base: SavedResult, head: SavedResult) -> OfferChange:
    (found,) = difference(base, head).offers
    return found


def test_a_price_by_hand() -> None:
    """1,000 units at 2 and then at 3: 1,000 more, all of it price."""
    found = change(saved(charge("input", 1000, 2)), saved(charge("input", 1000, 3)))
    assert found.by_reason() == {PRICE: 1000}
    (effect,) = found.effects
    assert (effect.was, effect.now) == ("2", "3")


def test_volume_and_mix_by_hand() -> None:
    """100 requests of 10 and then 150 of 12, at 2: 50 x 10 x 2 of volume, 150 x 2 x 2 of mix."""
    found = change(saved(charge("input", 1000, 2)), saved(charge("input", 1800, 2), requests=150))
    assert found.by_reason() == {VOLUME: 1000, MIX: 600}


def test_shares_of_offers_by_hand() -> None:
    """Of 1,000 units half are at each of two offers, at 4 and 2; then 750 are at the dearer: 250 x 2 more, no tier."""
    base = saved(charge("input", 500, 4, "x: ", offer="x"), charge("input", 500, 2, "y: ", offer="y"))
    head = saved(charge("input", 750, 4, "x: ", offer="x"), charge("input", 250, 2, "y: ", offer="y"))
    assert change(base, head).by_reason() == {OFFERS: 500}


def test_a_tier_within_an_offer_is_one() -> None:
    """Of 500 units at one of two offers 100 move from 4 to 8: 100 x 4."""
    base = saved(charge("input", 500, 4, "x: small", offer="x"), charge("input", 500, 2, "y: ", offer="y"))
    head = saved(
        charge("input", 400, 4, "x: small", offer="x"),
        charge("input", 100, 8, "x: large", offer="x"),
        charge("input", 500, 2, "y: ", offer="y"),
    )
    assert change(base, head).by_reason() == {TIER: 400}


def test_the_mixes_of_two_files_are_set_against_each_other() -> None:
    """Their rows are called as the files are."""
    base, head = saved(charge("input", 1000, 2)), saved(charge("input", 1000, 3))
    rows = [SavedResult("x", "2026-11-23", "USD", "sha256:0", {}) for _ in range(2)]
    one, other = (
        each._replace(rows={name: side.rows["a"]._replace(offer=name, is_mix=True)})
        for each, name, side in zip(rows, ("october", "november"), (base, head), strict=True)
    )
    (found,) = difference(one, other).offers
    assert (found.offer, found.by_reason()) == ("november", {PRICE: 1000})


def test_a_tier_by_hand() -> None:
    """Half of 1,000 units move from a price of 2 to one of 4: 500 x 2."""
    base = saved(charge("input", 1000, 2, "small"))
    head = saved(charge("input", 500, 2, "small"), charge("input", 500, 4, "large"))
    assert change(base, head).by_reason() == {TIER: 1000}


def test_a_list_with_other_conditions_is_a_price_by_hand() -> None:
    """1,000 units at 2, and from a later day 400 of them at 5 by day and 600 at 3 by night: 400 x 3 + 600 x 1."""
    base = saved(charge("input", 1000, 2))
    later = [
        charge("input", 400, 5, "time = day", starts="2026-08-16"),
        charge("input", 600, 3, "time = other hours", starts="2026-08-16"),
    ]
    assert change(base, saved(*later)).by_reason() == {PRICE: 1800}
    same = [each._replace(starts="2026-01-01") for each in later]
    assert change(base, saved(*same)).by_reason() == {TIER: 1800}


def test_an_exchange_rate_by_hand() -> None:
    """1,000 units at 7 CNY, and a CNY that goes from 0.14 to 0.15 USD: 70."""
    base, head = (saved(charge("input", 1000, 7, exchange=rate, currency="CNY")) for rate in ("0.14", "0.15"))
    assert change(base, head).by_reason() == {EXCHANGE: 70}


def test_another_currency_is_another_price() -> None:
    """A seller that bills in CNY and then in USD: whatever it comes to is price, as no rate joins the two."""
    base = saved(charge("input", 1000, 7, exchange="0.14", currency="CNY"))
    head = saved(charge("input", 1000, 1))
    assert change(base, head).by_reason() == {PRICE: 20}


def test_a_new_meter_is_mix_and_a_larger_fleet_is_fleet() -> None:
    """What a request did not hold before is mix; hours of servers are not bought by the request."""
    base = saved(charge("output", 100, 1))
    assert change(base, saved(charge("output", 100, 1), charge("input", 10, 5))).by_reason() == {MIX: 50}
    fleet = saved(charge("gpu_hours", 1460, 2), requests=100)
    assert change(fleet, saved(charge("gpu_hours", 2190, 2), requests=900)).by_reason() == {FLEET: 1460}


@pytest.mark.parametrize(
    ("base", "head"), [(("1000", "2"), ("1000", "2.000000000001")), (("1000", "2"), ("1001", "2"))]
)
def test_what_is_rounded_has_not_changed(base: tuple[str, str], head: tuple[str, str]) -> None:
    """Saved figures are cut to twelve decimals: a rate that differs in the last of them is the same rate."""
    found = change(saved(charge("input", *base)), saved(charge("input", *head)))
    assert set(found.by_reason()) == (set() if base[0] == head[0] else {MIX})
    assert found.changed is (base[0] != head[0])


def test_what_stands_on_one_side_only_has_no_difference() -> None:
    """A missing offer, or one without a full price, is said and not counted as zero."""
    one = saved(charge("input", 1, 1))
    none = one._replace(rows={})
    found = change(one, none)
    assert (found.before, found.after, found.difference, found.effects, found.changed) == (1, None, None, (), True)
    unpriced = one._replace(rows={"a": one.rows["a"]._replace(monthly=None)})
    assert change(unpriced, one).difference is None
    assert not difference(one, one).changed


@pytest.mark.parametrize("rest", ["0.000000000001", "-0.000000000003"])
def test_what_rounding_leaves_is_put_on_the_largest_effect(rest: str) -> None:
    """Saved costs are cut to twelve decimals: of 1,000 and 100 more, a rest stands with the 1,000, so that the sum holds."""
    base = saved(charge("input", 1000, 2), charge("output", 100, 5))
    head = saved(charge("input", 1000, 3), charge("output", 100, 6))
    row = head.rows["a"]
    assert row.monthly is not None
    found = change(base, head._replace(rows={"a": row._replace(monthly=row.monthly + Fraction(rest))}))
    assert [(each.meter, each.amount) for each in found.effects] == [("input", 1000 + Fraction(rest)), ("output", 100)]
    assert sum(each.amount for each in found.effects) == found.difference


rates = st.fractions(min_value=0, max_value=10, max_denominator=100)
charges = st.lists(
    st.tuples(
        st.sampled_from(["input", "output", "gpu_hours"]),
        st.integers(0, 1000),
        rates,
        st.sampled_from(["", "large"]),
        st.sampled_from([("USD", "1"), ("CNY", "0.14"), ("CNY", "0.15")]),
    ),
    max_size=6,
)


def made(items: list[tuple[str, int, Fraction, str, tuple[str, str]]], requests: int) -> SavedResult:
    seen = {}
    for meter, quantity, rate, where, (currency, exchange) in items:
        seen[meter, where] = charge(meter, quantity, rate, where, exchange, currency)
    return saved(*seen.values(), requests=requests)


@many
@given(base=charges, head=charges, requests=st.tuples(st.integers(1, 500), st.integers(1, 500)))
def test_the_parts_are_the_whole(base: list, head: list, requests: tuple[int, int]) -> None:  # type: ignore[type-arg]
    """Whatever changed, the effects add up to the difference exactly, and backwards to its opposite."""
    one, other = made(base, requests[0]), made(head, requests[1])
    found, back = change(one, other), change(other, one)
    assert sum((each.amount for each in found.effects), Fraction(0)) == found.difference
    assert found.difference == -back.difference  # type: ignore[operator]
    assert set(found.by_reason()) <= set(REASONS)


@many
@given(items=charges, factor=st.integers(2, 9), requests=st.integers(1, 100))
def test_more_of_the_same_is_volume_only(items: list, factor: int, requests: int) -> None:  # type: ignore[type-arg]
    """All counts times a factor: nothing but volume, and the fleet of what is not bought by the request."""
    scaled = [(meter, quantity * factor, *rest) for meter, quantity, *rest in items]
    found = change(made(items, requests), made(scaled, requests * factor))
    assert set(found.by_reason()) <= {VOLUME, FLEET}
    assert {each.meter for each in found.effects if each.reason == FLEET} <= {"gpu_hours"}
