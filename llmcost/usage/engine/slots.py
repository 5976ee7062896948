"""Time in slots that no boundary of prices cuts, and to which part of time each belongs."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from datetime import datetime, timedelta, timezone
from math import gcd
from typing import NamedTuple

from llmcost.core.pricing.boundaries import Boundaries
from llmcost.core.workload.usage_clock import Clock


class Slots(NamedTuple):
    """A span of time in slots of ``step`` seconds, counted since 1970: to which part of time each slot belongs.

    ``first`` is the number of the first slot, ``parts`` the part of each from there on, and ``starts`` a moment in each
    part.
    """

    step: int
    first: int
    parts: Sequence[int]
    starts: Sequence[datetime]


def slots_of(first: int, last: int, boundaries: Boundaries, apart: Callable[[datetime], Hashable]) -> Slots:
    """The slots from one second to another, those between the same boundaries being one part.

    ``apart`` tells further parts from each other, such as days.
    """
    step = step_of(boundaries)
    clock = Clock(boundaries, None)
    numbers: dict[Hashable, int] = {}
    parts, starts = [], []
    for slot in range(first // step, last // step + 1):
        start = datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(seconds=slot * step)
        key = (clock.part(start), apart(start))
        if key not in numbers:
            numbers[key] = len(numbers)
            starts.append(start)
        parts.append(numbers[key])
    return Slots(step, first // step, parts, starts)


def step_of(boundaries: Boundaries) -> int:
    """Seconds of the slots of time in which no boundary lies inside; never more than an hour."""
    seconds = [int(moment.instant.timestamp()) for moment in boundaries.moments]
    minutes = [edge * 60 for windows in boundaries.windows for each in windows for edge in (each.start, each.end)]
    return gcd(3600, *seconds, *minutes, *([900] if any(_odd(w.zone) for ws in boundaries.windows for w in ws) else []))


def _odd(zone: str) -> bool:
    """Whether a zone may be off by quarters of an hour."""
    return zone.startswith(("Asia/Kolkata", "Asia/Kathmandu", "Australia/", "Asia/Kabul", "Asia/Tehran", "America/St_"))
