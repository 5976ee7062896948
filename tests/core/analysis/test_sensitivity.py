"""One figure moved over a range: the points that are shown, who leads from where on, and where offers cross."""

from __future__ import annotations

from fractions import Fraction

import pytest

from llmcost.core.analysis.sensitivity import MOST_COMPARED, Lead, OfferCrossing, Outcome, Sweep, sweep


def moved(low: object, high: object, step: object = 1, *edges: int, **rates: tuple[int, int]) -> Sweep:
    """A sweep over offers that cost ``rates[0] + rates[1]`` a unit."""

    def evaluate(value: Fraction) -> Outcome:
        return Outcome({name: fixed + each * value for name, (fixed, each) in rates.items()}, frozenset())

    return sweep("input", Fraction(str(low)), Fraction(str(high)), Fraction(str(step)), edges, evaluate)


@pytest.mark.parametrize(
    ("low", "high", "step", "shown"),
    [
        # even steps, on whole units, up to a factor of twenty
        (0, 100, 1, ["0", "25", "50", "75", "100"]),
        (1, 19, 1, ["1", "6", "10", "14", "19"]),
        (10, 14, 1, ["10", "11", "12", "13", "14"]),
        (0, 1, "0.0001", ["0", "0.25", "0.5", "0.75", "1"]),
        # equal factors beyond that, the fourth root of 10,000 and of 20, cut to two digits
        (1, 10_000, 1, ["1", "10", "100", "1000", "10000"]),
        (7, 140, 1, ["7", "14", "28", "63", "140"]),
        (123, 1_230_000, 1, ["123", "1200", "12000", "120000", "1230000"]),
        # a range that holds fewer values than five shows those it has, and none outside of it
        (4, 5, 1, ["4", "5"]),
        ("0.00011", "0.00014", "0.0001", ["0.00011", "0.00014"]),
    ],
)
def test_the_points_shown(low: object, high: object, step: object, shown: list[str]) -> None:
    """Both ends and three points between them, evenly or by equal factors, and never one outside."""
    made = moved(low, high, step, a=(0, 1))
    assert [value for value, _ in made.points] == [Fraction(each) for each in shown]
    assert all(found.costs == {"a": value} for value, found in made.points)


def test_a_crossing_and_a_lead_by_hand() -> None:
    """100 + x and 3x cost the same at 50, so from 51 on the first is the cheaper one; a tie goes by name."""
    made = moved(0, 100, 1, rising=(0, 3), steady=(100, 1))
    assert made.crossings == (OfferCrossing(Fraction(51), below="rising", above="steady"),)
    assert made.leads == (Lead(Fraction(0), "rising"), Lead(Fraction(51), "steady"))


def test_crossings_are_in_order() -> None:
    """From the lowest value to the highest, and at one value by name, whatever order the offers come in.

    Offer n costs 100 x n and falls by n a unit, so each two of them cost the same at 100, and from 101 on all are turned
    at once. A steady offer is crossed by each in its turn: from 50 on by the cheapest, and so on.
    """
    falling = {f"offer{number}": (100 * number, -number) for number in range(1, 9)}
    together = moved(0, 200, 1, **falling).crossings
    assert [each.value for each in together] == [101] * 28
    assert list(together) == sorted(together)
    one_by_one = moved(0, 200, 1, steady=(50, 0), **{name: (fixed, -1) for name, (fixed, _) in falling.items()})
    expected = [(100 * number - 50 + 1, "steady", f"offer{number}") for number in (1, 2)]
    assert [tuple(each) for each in one_by_one.crossings] == expected


def test_where_nothing_has_a_price_nobody_leads() -> None:
    """A value at which no offer can be priced in full has no leader, and it is no error."""

    def evaluate(value: Fraction) -> Outcome:
        return Outcome({"a": value} if value <= 40 else {}, frozenset())

    made = sweep("input", Fraction(0), Fraction(100), Fraction(1), (), evaluate)
    assert made.leads == (Lead(Fraction(0), "a"), Lead(Fraction(41), None))
    assert made.crossings == ()


def test_who_is_in_doubt_does_not_lead() -> None:
    """An offer whose notes leave a doubt leads nowhere, and its place is after the sure ones, without a number."""
    some = Outcome({"a": Fraction(1), "b": Fraction(2)}, frozenset({"a"}))
    assert (some.cheapest, some.ranks()) == ("b", {"b": 1, "a": None})
    assert Outcome({"a": Fraction(1), "b": Fraction(2)}, frozenset({"a", "b"})).cheapest is None


@pytest.mark.parametrize("more", [0, 1])
def test_of_many_offers_only_those_that_lead_are_compared(more: int) -> None:
    """Up to a dozen offers every crossing is looked for; of more only those between offers that lead somewhere."""
    rest = {f"dear{number}": (1000 - 10 * number, number) for number in range(MOST_COMPARED - 2 + more)}
    made = moved(0, 100, 1, rising=(0, 3), steady=(100, 1), **rest)
    found = {(each.below, each.above) for each in made.crossings}
    assert ("rising", "steady") in found
    assert (len(found) == 1) == bool(more)
