"""What moved usage may be at an offer: by how many tokens, and how its cache is hit."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING

from llmcost.api.usage.cache_habits import (
    KEPT_LONG,
    CacheHabit,
    bills,
    with_same_hits,
    with_short_ones,
    without_cache,
    writes_by_itself,
)
from llmcost.api.usage.pricer import Supposition, UsagePricer
from llmcost.api.usage.used import Used, used_of
from llmcost.core.offers.offer import NO_CACHE, Offer
from llmcost.core.quotes.quote import Quote
from llmcost.core.values.dates import PricingDay
from llmcost.core.workload.recount import recount
from llmcost.core.workload.text import Span
from llmcost.core.workload.usage_cells import UsageCell
from llmcost.core.workload.usage_record import UsageRecord

if TYPE_CHECKING:
    from llmcost.api.usage.moves import Move

AS_COUNTED = Span(Fraction(1), Fraction(1))
"""The tokens of a tokenizer in its own."""
LEAST, MOST = "least", "most"
"""Readings with the least or the most of what sums leave open about a cache."""


class Readings:
    """What usage may be at an offer: by how many tokens, and whether its cache is hit. Each is priced once."""

    def __init__(
        self,
        pricer: UsagePricer,
        offer: Offer,
        cells: list[UsageCell],
        moves: Mapping[Used, Move],
        rooms: Mapping[Used, int],
    ) -> None:
        self.pricer = pricer
        self.offer = offer
        self.cells = cells
        self.moves = moves
        self.rooms = rooms
        self._told = frozenset((used, move.new_cache, move.ratio, rooms[used]) for used, move in moves.items())
        self._habits: dict[PricingDay, CacheHabit] = {}
        self._found: dict[Hashable, Quote] = {}

    def read(self, end: Callable[[Span], Fraction], *, cached: bool, kind: str = "") -> Quote:
        """The quote of one of them; ``kind``: with the least or the most of what is open about a cache."""
        key = (end, cached, kind)
        if key not in self._found:

            def change(record: UsageRecord, habit: CacheHabit) -> UsageRecord:
                return self._changed(record, habit, end, cached=cached, kind=kind)

            asked = (*key, self.offer.caching, self._told)
            supposed = Supposition(asked, change, self._habit, lambda record: not self.moves[used_of(record)].new_cache)
            self._found[key] = self.pricer.quote_cells(self.offer, self.cells, supposed)
        return self._found[key]

    def _habit(self, day: PricingDay) -> CacheHabit:
        if day not in self._habits:
            kept = frozenset(meter for meter in KEPT_LONG if bills(self.offer, meter, day))
            asks = self.offer.caching is not None and bills(self.offer, "cache_write", day)
            self._habits[day] = CacheHabit(kept, asks or writes_by_itself(self.offer, day))
        return self._habits[day]

    def _changed(
        self, record: UsageRecord, habit: CacheHabit, end: Callable[[Span], Fraction], *, cached: bool, kind: str
    ) -> UsageRecord:
        used = used_of(record)
        move, room = self.moves[used], self.rooms[used]
        longest = record
        if move.ratio is not None and move.ratio != AS_COUNTED:
            longest, record = recount(record, move.ratio.high), recount(record, end(move.ratio))
        if self.offer.caching == NO_CACHE or is_shorter(longest if kind == LEAST else record, room):
            return without_cache(record)
        if not move.new_cache:
            found = record if cached or not may_be_shorter(record, room) else without_cache(record)
        elif not cached:
            return without_cache(record, written=habit.writes_unasked)
        else:
            found = with_same_hits(record, counts_writing=self._counts_writing(record, kind), kept=habit.kept)
        if kind and record.is_sum and may_be_shorter(record, room):
            return with_short_ones(found, room, most=kind == MOST)
        return found

    def _counts_writing(self, record: UsageRecord, kind: str) -> bool:
        """Whether what was not read was not written either: a seller that bills it says so, or one request that did.

        Of a sum it may be of requests that read nothing, at the least.
        """
        if self.moves[used_of(record)].counts_writing:
            return True
        return kind == LEAST if record.is_sum else record.written > 0


def is_shorter(record: UsageRecord, room: int) -> bool:
    """Whether each request is surely shorter than some size."""
    most = None if record.input_range is None else record.input_range[1]
    return most is not None and most < room


def may_be_shorter(record: UsageRecord, room: int) -> bool:
    """Whether some of its requests may be shorter than some size, as nobody says how large each was."""
    low = 0 if record.input_range is None else record.input_range[0]
    return record.requests != 1 and (record.cache_read > 0 or record.written > 0) and low < room
