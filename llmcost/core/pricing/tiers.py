"""Context tiers: ranges of a request's size, between edges that belong to the sheet.

The edges of all conditions of an entry cut sizes into tiers, each named by its smallest size, and ``tiers_touched``
says in which a request is. Which variant then bills it is decided in ``rating``.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from llmcost.core.values.numerals import parse_whole
from llmcost.errors import NumberError


class Edge(NamedTuple):
    """A boundary between two sizes: ``first`` is the smallest size above it, ``above`` and ``below`` its two texts."""

    first: int
    above: str
    below: str


@dataclass(frozen=True, slots=True)
class Sizes:
    """A range of whole sizes; a missing edge leaves that side open."""

    low: Edge | None
    high: Edge | None

    def holds(self, size: int) -> bool:
        """Whether one size lies in the range."""
        return (self.low is None or size >= self.low.first) and (self.high is None or size < self.high.first)

    def within(self, other: Sizes) -> bool:
        """Whether every size of this range lies in the other."""
        above = other.low is None or (self.low is not None and self.low.first >= other.low.first)
        below = other.high is None or (self.high is not None and self.high.first <= other.high.first)
        return above and below

    def said_of(self, what: str) -> str:
        """The range in words, of what is counted."""
        parts = [self.low.above if self.low else "", self.high.below if self.high else ""]
        return " and ".join(f"{what} {part}" for part in parts if part)


_SIDE = re.compile(r"(>=|<=|>|<)\s*(\S+)")


def parse_sizes(text: str) -> Sizes:
    """Read ``> 200000``, ``>= 200000``, ``<= 256000`` or two sides joined by a comma.

    Raises NumberError for other forms and for empty ranges.
    """
    low = high = None
    for part in text.split(","):
        match = _SIDE.fullmatch(part.strip())
        if not match:
            raise NumberError(f'"{text}" is not a range of sizes', 'write it like "> 200000" or "> 128000, <= 256000"')
        sign, number = match.groups()
        size = parse_whole(number)
        first = size + 1 if sign in (">", "<=") else size
        above, below = (f"> {size}", f"<= {size}") if sign in (">", "<=") else (f">= {size}", f"< {size}")
        if (low if sign[0] == ">" else high) is not None:
            raise NumberError(f'"{text}" bounds the same side twice', "give one lower and one upper bound")
        if sign[0] == ">":
            low = Edge(first, above, below)
        else:
            high = Edge(first, above, below)
    if (high and high.first <= 0) or (low and high and low.first >= high.first):
        raise NumberError(f'"{text}" holds no size at all', "the upper bound lies above the lower one")
    return Sizes(low, high)


def edges_of(ranges: Iterable[Sizes | None]) -> dict[int, Edge]:
    """The edges of some ranges, by the smallest size above each."""
    found: dict[int, Edge] = {}
    for sizes in ranges:
        for edge in (sizes.low, sizes.high) if sizes is not None else ():
            if edge is not None:
                found.setdefault(edge.first, edge)
    return found


def tiers_touched(firsts: Sequence[int], low: int, high: int | None) -> list[int]:
    """The smallest size of every tier that ``low`` to ``high`` touches; a None ``high`` is open.

    ``firsts`` are the smallest sizes above each edge, in order.
    """
    if not firsts:
        return [0]
    first = bisect_right(firsts, low)
    last = len(firsts) if high is None else bisect_right(firsts, high)
    return [0 if index == 0 else firsts[index - 1] for index in range(first, last + 1)]


def tier_of(ranges: Iterable[Sizes], size: int) -> Sizes:
    """The narrowest range between any two edges of some ranges, where a size lies, for explaining a rate."""
    edges = [edge for sizes in ranges for edge in (sizes.low, sizes.high) if edge is not None]
    low = max((edge for edge in edges if edge.first <= size), default=None)
    high = min((edge for edge in edges if edge.first > size), default=None)
    return Sizes(low, high)
