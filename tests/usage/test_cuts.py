"""Where usage is cut by an engine: look-ups find the part of time and the bracket of sizes as counting would."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Hashable
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from hypothesis import example, given
from hypothesis import strategies as st
from support.examples import examples

from llmcost.core.pricing.boundaries import Boundaries
from llmcost.core.quotes.usage_cost import TIMES
from llmcost.core.values.dates import Moment
from llmcost.core.values.schedule import parse_window
from llmcost.core.workload.usage_clock import Clock
from llmcost.usage.engine.brackets import brackets_of
from llmcost.usage.engine.slots import Slots, slots_of

few = examples(0.3)
START = datetime(2026, 10, 20, tzinfo=timezone.utc)
SPAN = 14 * 86_400
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Asia/Kolkata", "Australia/Lord_Howe")
HOURS = ("00:00", "01:30", "02:15", "08:00", "17:45", "23:59")
seconds = st.integers(0, SPAN)
windows = st.builds(
    lambda weekdays, begin, end, zone: parse_window({"weekdays": weekdays, "from": begin, "to": end, "timezone": zone}),
    st.sampled_from(("mon-fri", "sat-sun", "mon-sun")),
    st.sampled_from(HOURS),
    st.sampled_from(HOURS),
    st.sampled_from(ZONES),
)
TWICE = parse_window({"weekdays": "mon-sun", "from": "01:30", "to": "02:15", "timezone": "Europe/Berlin"})
"""Hours of which a quarter comes twice on 2026-10-25, when clocks there are put back."""


@few
@given(
    st.sets(seconds, max_size=4),
    st.lists(st.tuples(windows), max_size=3),
    st.sampled_from(ZONES),
    st.sampled_from((*TIMES, None)),
    st.lists(seconds, min_size=1, max_size=30),
)
@example(set(), [(TWICE,)], "UTC", None, [5 * 86_400 + 3_600, 5 * 86_400 + 4_499, 5 * 86_400 + 4_500])
@example({5_941}, [], "Asia/Kathmandu", "day", [18 * 3_600 + 899, 18 * 3_600 + 900, 18 * 3_600 + 1_800])
def test_the_slot_of_a_moment_tells_its_part_of_time(
    moments: set[int], hours: list[tuple[object]], zone: str, key: str | None, asked: list[int]
) -> None:
    """At any second of a span in which clocks change: prices may change at odd seconds, and days end as zones have it."""
    boundaries = Boundaries(moments=tuple(map(at, sorted(moments))), windows=tuple(hours))  # type: ignore[arg-type]
    apart: Callable[[datetime], Hashable] = (
        (lambda start: TIMES[key](start.astimezone(ZoneInfo(zone)))) if key else lambda _: None
    )
    first, clock = int(START.timestamp()), Clock(boundaries, None)
    found = slots_of(first, first + SPAN, boundaries, apart)
    for second in (*asked, *moments, *(moment - 1 for moment in moments if moment)):
        start = found.starts[part_of(found, first + second)]
        when = START + timedelta(seconds=second)
        assert (clock.part(start), apart(start)) == (clock.part(when), apart(when))


def at(second: int) -> Moment:
    when = START + timedelta(seconds=second)
    return Moment(when, when.date())


def part_of(slots: Slots, second: int) -> int:
    """As the expression has it."""
    slot = second // slots.step - slots.first
    return slots.parts[slot] + sum(turn.more for turn in slots.turns[slot] if second >= turn.second)


def test_a_price_that_changes_at_an_odd_second_makes_no_more_slots() -> None:
    """A year is looked up in slots of a quarter of an hour at the least, whatever changes within one."""
    first = int(START.timestamp())
    odd = Boundaries(moments=(at(3_601), at(3_659)))
    found = slots_of(first, first + 365 * 86_400 - 1, odd, lambda _: None)
    assert len(found.parts) == 365 * 96
    assert {len(turns) for turns in found.turns} == {2}
    assert len(found.starts) == 3


@few
@given(st.sets(st.integers(1, 3_000_000), max_size=60).map(sorted), st.lists(st.integers(0, 4_000_000), max_size=20))
def test_a_look_up_and_a_few_comparisons_find_the_bracket_of_any_size(edges: list[int], sizes: list[int]) -> None:
    """As counting the edges that a size reaches would, also at an edge, and beyond the last."""
    most = max(sizes, default=0)
    found = brackets_of(edges, most)
    for size in (*sizes, *(edge for edge in edges if edge <= most), *(edge - 1 for edge in edges if edge <= most)):
        bucket = min(size >> found.shift, len(found.below) - 1)
        bracket = found.below[bucket] + sum(size >= edge for edge in found.inside[bucket])
        assert bracket == bisect_right(edges, size)
        least, largest = found.sizes(bracket, 5_000_000)
        assert least <= size <= largest
