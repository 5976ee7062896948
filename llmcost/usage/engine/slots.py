"""Time in slots, each of which begins in one part of time and goes over to others at seconds that are known."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Hashable, Sequence
from datetime import datetime, timedelta, timezone
from math import gcd
from typing import NamedTuple

from llmcost.core.pricing.boundaries import Boundaries
from llmcost.core.workload.usage_clock import Clock

HOUR, QUARTER = 3600, 900
"""Seconds of the longest and the shortest slots; all clocks differ from UTC by whole quarters of an hour."""
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


class Turn(NamedTuple):
    """Where another part of time begins within a slot: its second since 1970, and how much more its number is."""

    second: int
    more: int


NO_TURN = Turn(2**62, 0)
"""One that no request reaches."""


class Slots(NamedTuple):
    """A span of time in slots of ``step`` seconds, counted since 1970.

    ``first`` is the number of the first slot, ``parts`` the part of time in which each begins from there on, and
    ``turns`` what lies within each, as many for one as for another. ``starts`` is a moment in each part.
    """

    step: int
    first: int
    parts: Sequence[int]
    turns: Sequence[Sequence[Turn]]
    starts: Sequence[datetime]


def slots_of(first: int, last: int, boundaries: Boundaries, apart: Callable[[datetime], Hashable]) -> Slots:
    """The slots from one second to another, all that lies between the same boundaries being one part.

    ``apart`` tells further parts from each other, such as days, which change at whole quarters of an hour.
    """
    clock = Clock(boundaries, None)
    numbers: dict[Hashable, int] = {}
    starts: list[datetime] = []
    edges: list[int] = []
    parts: list[int] = []
    for second in _edges(first, last, clock, apart):
        start = _moment(second)
        key = (clock.part(start), apart(start))
        if key not in numbers:
            numbers[key] = len(numbers)
            starts.append(start)
        if not parts or parts[-1] != numbers[key]:
            edges.append(second)
            parts.append(numbers[key])
    step = max(QUARTER, gcd(HOUR, *edges[1:]))

    def reached(second: int) -> int:
        return max(bisect_right(edges, second) - 1, 0)

    slots = range(first // step, last // step + 1)
    begins = [reached(slot * step) for slot in slots]
    ends = [reached(slot * step + step - 1) for slot in slots]
    within = [
        [Turn(edges[at], parts[at] - parts[at - 1]) for at in range(begin + 1, end + 1)]
        for begin, end in zip(begins, ends, strict=True)
    ]
    most = max(map(len, within))
    turns = [(*each, *[NO_TURN] * (most - len(each))) for each in within]
    return Slots(step, slots.start, [parts[begin] for begin in begins], turns, starts)


def _edges(first: int, last: int, clock: Clock, apart: Callable[[datetime], Hashable]) -> list[int]:
    """The seconds of a span at which another part may begin, in order, from its first on."""
    since, until = _moment(first), _moment(last)
    found = {first, *(int(edge.timestamp()) for edge in clock.edges(since, until) if since < edge <= until)}
    before = apart(since)
    for second in range((first // QUARTER + 1) * QUARTER, last + 1, QUARTER):
        if (other := apart(_moment(second))) != before:
            before = other
            found.add(second)
    return sorted(found)


def _moment(second: int) -> datetime:
    return EPOCH + timedelta(seconds=second)
