"""Break-even: every crossing of a staircase and a line, and what is said of the range."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.examples import examples

from llmcost import LlmcostError, Quote, RequestGroup, Usage, Workload, quote
from llmcost.core.analysis.breakeven import Breakeven, breakeven
from llmcost.core.offers.catalogue import Catalogue
from llmcost.core.workload.serving import Serving

DAY = date(2026, 9, 15)
FOUR_A_SECOND = 10_512_000
many = examples(0.6)


def both(small: Catalogue, requests: int = FOUR_A_SECOND, spares: int = 1, host: str = "grid") -> tuple[Quote, Quote]:
    """Pebble at a host and an API, for requests of 1,000 tokens in and 200 out at twice the mean."""
    group = RequestGroup(Usage(input_tokens=1000, output_tokens=200), requests)
    work = Workload((group,), peak_to_mean=Fraction(2), serving=Serving(spares=spares))
    ours = quote(small.find(f"self/pebble-8b:fp8@{host}/ax1x1"), work, DAY)
    return ours, quote(small.find("example-small"), work, DAY)


def at_price(theirs: Quote, cost: Fraction) -> Quote:
    """The API's quote with another cost."""
    only = theirs.charges[0]._replace(cost=cost)
    return theirs._replace(charges=(only,))


def test_the_first_crossing_by_hand(small: Catalogue) -> None:
    """At 0.0009 a request two instances of 730 x 2.00 cost 2,920: 2,920 / 0.0009 = 3,244,444 requests.

    One replica of 8 a second carries 8 / 2.4 = 3.33 a second on average, 8,760,000 a month, so one is enough there.
    """
    ours, theirs = both(small)
    found = breakeven(ours, at_price(theirs, Fraction(9, 10_000) * FOUR_A_SECOND))
    first = found.crossings[0]
    assert first.volume * found.requests == 2920 / Fraction(9, 10_000)
    assert (first.to_self, first.cost, first.instances) == (True, 2920, 2)
    assert found.complete
    assert first.load == first.volume * found.requests / (2_628_000 * 8 * 2)


def test_the_stairs_by_hand(small: Catalogue) -> None:
    """A replica takes 8,760,000 requests a month; with a spare the steps cost 2,920, 4,380 and 5,840."""
    ours, theirs = both(small)
    steps = breakeven(ours, at_price(theirs, Fraction(10**6))).steps(Fraction(2))
    assert [(step.upto * FOUR_A_SECOND, step.instances, step.cost) for step in steps] == [
        (8_760_000, 2, 2920),
        (17_520_000, 3, 4380),
        (26_280_000, 4, 5840),
    ]


def test_an_api_below_the_cost_of_a_full_replica_is_never_beaten(small: Catalogue) -> None:
    """A full replica serves 8,760,000 requests for 1,460; an API that takes 1,460 for as many always wins by the spare."""
    ours, theirs = both(small)
    found = breakeven(ours, at_price(theirs, Fraction(1460, 8_760_000) * FOUR_A_SECOND))
    assert (found.crossings, found.complete) == ((), True)


def brute(found: Breakeven, upto: Fraction) -> list[tuple[Fraction, bool]]:
    """The crossings up to a volume, by looking at both ends of every step."""
    line = found.api_quote.cost
    changes = []
    ours_is_cheaper = False
    for step in found.steps(upto):
        begins, ends = step.cost < line * step.after, step.cost <= line * step.upto
        if ours_is_cheaper and not begins and step.cost != line * step.after:
            changes.append((step.after, False))
            ours_is_cheaper = False
        if not ours_is_cheaper and ends:
            changes.append((max(step.cost / line, step.after), True))
            ours_is_cheaper = True
    return changes


@many
@given(price=st.fractions(Fraction(1, 20), 30, max_denominator=50), spares=st.integers(0, 2))
def test_every_crossing_is_found(small: Catalogue, price: Fraction, spares: int) -> None:
    """Whatever the API's price, the crossings are those a walk up the stairs meets, and they alternate."""
    ours, theirs = both(small, spares=spares)
    found = breakeven(ours, at_price(theirs, price * 1460))
    upto = Fraction(60)
    assert [(each.volume, each.to_self) for each in found.crossings if each.volume < upto] == [
        each for each in brute(found, upto) if each[0] < upto
    ]
    assert all(one.to_self != other.to_self for one, other in zip(found.crossings, found.crossings[1:], strict=False))
    assert not found.crossings or found.crossings[0].to_self


@many
@given(price=st.fractions(Fraction(1, 2), 30, max_denominator=20), factor=st.integers(1, 50))
def test_a_crossing_is_a_volume_whatever_the_workload_is(small: Catalogue, price: Fraction, factor: int) -> None:
    """The same mix at another volume has its crossings at the same requests a month, the same servers being rented."""
    one, other = both(small, host="barn"), both(small, FOUR_A_SECOND * factor, host="barn")
    first = breakeven(one[0], at_price(one[1], price * 1460))
    second = breakeven(other[0], at_price(other[1], price * 1460 * factor))
    volumes = [[each.volume * found.requests for each in found.crossings] for found in (first, second)]
    assert volumes[0] == volumes[1]


def test_a_step_is_found_without_climbing_to_it(small: Catalogue) -> None:
    """The step at any volume is the one of the staircase, at its edges the lower one, however far up it lies."""
    ours, theirs = both(small)
    found = breakeven(ours, at_price(theirs, Fraction(10**6)))
    stairs = found.steps(Fraction(40))
    for step in stairs:
        assert found.step_at(step.upto) == step
        assert found.step_at((step.after + step.upto) / 2) == step
    assert found.step_at(Fraction(0)) == stairs[0]
    # a replica carries 8,760,000 a month: 10^12 times four a second are 1.2 x 10^12 of them, and a spare
    assert found.step_at(Fraction(10**12)).instances == 1_200_000_000_001


def test_the_range_of_the_speed_moves_the_first_crossing(small: Catalogue) -> None:
    """Where a second replica is needed or not, the first crossing lies between those of fast and slow hardware."""
    group = RequestGroup(Usage(input_tokens=1000, output_tokens=200), FOUR_A_SECOND)
    work = Workload((group,), peak_to_mean=Fraction(2))
    ours = quote(small.find("self/boulder-200b@grid/ax1"), work, DAY)
    found = breakeven(ours, at_price(quote(small.find("example-small"), work, DAY), Fraction(25_000)))
    first = next(each.volume for each in found.crossings if each.to_self)
    assert found.earliest is not None
    assert found.earliest <= first
    assert found.latest is None or first <= found.latest


def test_both_sides_must_be_priced_in_full(small: Catalogue) -> None:
    """A gap on either side is no verdict; so is an API that costs nothing, or two that are not self-hosted."""
    ours, theirs = both(small)
    with pytest.raises(LlmcostError, match="no full price for example-ai/example-small@global: its window is small"):
        breakeven(ours, theirs._replace(unserved="its window is small"))
    with pytest.raises(LlmcostError, match="costs nothing"):
        breakeven(ours, at_price(theirs, Fraction(0)))
    with pytest.raises(LlmcostError, match="is not self-hosted"):
        breakeven(theirs, theirs)
