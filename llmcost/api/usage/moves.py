"""Usage moved to an offer of another seller or model: what is supposed of its cache and of its tokens."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from math import ceil, floor
from typing import NamedTuple

from llmcost.api.usage.asked_cache import writes_when_asked
from llmcost.api.usage.cache_habits import (
    cache_alike,
    counts_writing,
    tells_cached,
)
from llmcost.api.usage.pricer import UsagePricer
from llmcost.api.usage.readings import AS_COUNTED, LEAST, MOST, Readings, may_be_shorter
from llmcost.api.usage.used import Used, parts_of, used_of
from llmcost.core.offers.offer import NO_CACHE, Offer
from llmcost.core.pricing.boundaries import Boundaries
from llmcost.core.quotes.notes import Note
from llmcost.core.quotes.quote import Quote
from llmcost.core.workload.text import Span, Tokenizer
from llmcost.core.workload.usage_cells import Cutter
from llmcost.core.workload.usage_record import UsageRecord


class UsageParts:
    """The usage by what it is of, and together, ready to be cut; made once, as many offers ask for the same."""

    def __init__(self, records: Iterable[UsageRecord]) -> None:
        self.of = parts_of(records)
        self.reading_sums = {
            used for used, part in self.of.items() if any(one.is_sum and one.cache_read for one in part)
        }
        """The parts with sums that read from a cache."""
        self.caching_sums = {
            used
            for used, part in self.of.items()
            if any(one.is_sum and (one.cache_read or one.written) for one in part)
        }
        """Those with sums that read from one or wrote to it."""
        self._made: dict[frozenset[Used], Cutter] = {}
        self._sizes: dict[Used, list[int]] = {}

    def together(self, wanted: frozenset[Used]) -> Cutter:
        """Some parts as one, the same one each time."""
        if wanted not in self._made:
            self._made[wanted] = Cutter(record for used, part in self.of.items() if used in wanted for record in part)
        return self._made[wanted]

    def reads_at(self, used: Used, low: Fraction, high: Fraction) -> bool:
        """Whether anything that read from a cache was at most of some size."""
        if used not in self._sizes:
            ends = {
                one.input if one.input_range is None else one.input_range[1] for one in self.of[used] if one.cache_read
            }
            self._sizes[used] = sorted(end for end in ends if end is not None)
        sizes = self._sizes[used]
        return bisect_left(sizes, low) < bisect_right(sizes, high)


class Move(NamedTuple):
    """How usage gets to an offer: whether it meets another cache, and which tokenizers count it there and here.

    ``counts_writing``: where it was, what is written to a cache is billed, and so counted, whoever asked for it.
    ``ratio`` is how many tokens there are here for each there; None where that is not known.
    """

    new_cache: bool
    counts_writing: bool
    there: Tokenizer | None
    here: Tokenizer | None
    ratio: Span | None


class Mover:
    """Prices usage at offers it was not sent to; ``kinds`` are the kinds of text that it may be of."""

    def __init__(self, pricer: UsagePricer, kinds: Sequence[str]) -> None:
        self.pricer = pricer
        self.kinds = kinds
        self._known: dict[tuple[Used, str, str, str | None], Move] = {}

    def move(self, used: Used, offer: Offer) -> Move:
        """How what was used gets to an offer."""
        key = used, offer.seller, offer.model, offer.caching
        if key not in self._known:
            self._known[key] = self._move(used, offer)
        return self._known[key]

    def _move(self, used: Used, offer: Offer) -> Move:
        own, here = self.pricer.offer_of(used), offer.token_rules().tokenizer
        if isinstance(own, str):
            return Move(new_cache=True, counts_writing=False, there=None, here=here, ratio=None)
        there = own.token_rules().tokenizer
        new_cache = own.seller != offer.seller or not cache_alike(own, offer) or _asks_for_another(own, offer)
        ratio = AS_COUNTED if own.model == offer.model else None
        if ratio is None and here is not None and there is not None:
            ratio = here.tokens_for_each_of(there, self.kinds)
        return Move(new_cache, counts_writing(own), there, here, ratio)

    def ratios(self, useds: Iterable[Used], offer: Offer) -> frozenset[Fraction]:
        """By how much requests may be larger at an offer."""
        spans = {self.move(used, offer).ratio for used in useds} - {None, AS_COUNTED}
        return frozenset(end for span in spans if span for end in (span.low, _middle(span), span.high))

    def boundaries(self, used: Used, offer: Offer) -> Boundaries:
        """Where the prices of an offer change for what was used, and from where its cache keeps what is sent."""
        own = self.pricer.boundaries_at(offer)
        if rooms := {self.room(used, offer, asks=asks) for asks in (False, True)} - {0}:
            own = own._replace(inputs=tuple(sorted({*own.inputs, *rooms})))
        return own.moved_by(self.ratios((used,), offer))

    def room(self, used: Used, offer: Offer, *, asks: bool) -> int:
        """The shortest prompt that an offer's cache takes of what was used at another; 0 where any is taken.

        ``asks``: a cache was asked for there, as is another one here. All else has the cache that comes by itself.
        """
        own = self.pricer.offer_of(used)
        own_cache = isinstance(own, Offer) and (own.seller, own.model) == (offer.seller, offer.model)
        if own_cache and offer.caching is None:
            return 0
        asks = asks and writes_when_asked(offer)
        usual = [policy for policy in offer.cache if policy.kind == offer.caching]
        usual = usual or [policy for policy in offer.cache if asks or policy.kind == "automatic"] or list(offer.cache)
        return min((policy.minimum_tokens or 0 for policy in usual), default=0)

    def quote(self, offer: Offer, parts: UsageParts, wanted: frozenset[Used]) -> Quote:
        """What an offer charges for parts of the usage: with the same hits of its cache, and the middle of its tokens.

        It has the range from there to no caching at all, and of all the tokens that samples leave open.
        """
        moves = {used: self.move(used, offer) for used in parts.of if used in wanted}
        ratios = self.ratios(wanted, offer)
        edges = {used: self.boundaries(used, offer) for used in moves}
        cells = parts.together(wanted).cells_by(lambda record: edges[used_of(record)], self.pricer.on)
        said = _token_notes(moves)
        caches = {used for used, move in moves.items() if move.new_cache}
        asking = {used for used in moves if used not in caches and any(record.written for record in parts.of[used])}
        rooms = {used: self.room(used, offer, asks=used in asking) for used in moves}
        if not caches and not ratios and not any(rooms.values()) and offer.caching != NO_CACHE:
            as_used = self.pricer.quote_cells(offer, cells)
            return as_used._replace(notes=(*as_used.notes, *said))
        readings = Readings(self.pricer, offer, cells, moves, rooms)
        quote = readings.read(_middle, cached=True)
        ends = (_low, _high) if ratios and quote.complete else (_middle,)
        hits = [readings.read(end, cached=True) for end in ends]
        is_open = (caches and tells_cached(offer)) or any(
            may_be_shorter(record, room) for used, room in rooms.items() for record in parts.of[used]
        )
        none = [readings.read(end, cached=False) for end in ends] if is_open else hits
        if any(one.cost != other.cost for one, other in zip(hits, none, strict=True)):
            said.append(Note("cache-moved", CACHE_SUPPOSED))
        may_be_short = any(rooms[used] for used in parts.caching_sums if used in moves)
        more = [readings.read(ends[-1], cached=True, kind=MOST)] if may_be_short else []
        if may_be_short or _may_be_less(moves, parts, rooms):
            more.append(readings.read(ends[0], cached=True, kind=LEAST))
        if not all(each.complete for each in none):  # such as where the most tokens do not fit
            more.append(readings.read(_middle, cached=False))
        return _between(quote, [quote, *hits, *none, *more], said)


def _may_be_less(moves: Mapping[Used, Move], parts: UsageParts, rooms: Mapping[Used, int]) -> bool:
    """Whether usage may cost less than if all of it is hit that was, and by the fewest tokens.

    So may sums, whose input that was not read from a cache may be of requests that read nothing, and wrote nothing; and
    requests of which a cache takes the prompt only by the most tokens that it may have.
    """
    for used, move in moves.items():
        if used in parts.reading_sums and move.new_cache and not move.counts_writing:
            return True
        room, ratio = rooms[used], move.ratio
        if not room or ratio is None or ratio == AS_COUNTED:
            continue
        if parts.reads_at(used, room / ratio.high, room / ratio.low):
            return True
    return False


def _asks_for_another(own: Offer, offer: Offer) -> bool:
    """Whether an offer is named by a kind of cache that is not the usual one of the other."""
    usual = own.caching or next((policy.kind for policy in own.cache if policy.kind == "automatic"), None)
    return offer.caching not in (None, usual)


def _between(quote: Quote, readings: Sequence[Quote], said: Sequence[Note]) -> Quote:
    """A quote with the range of those of several readings that can be priced in full; that others cannot is a doubt."""
    open_end = next((each.incomplete_reason for each in readings if not each.complete), None)
    if not quote.complete:
        return quote._replace(notes=(*quote.notes, *said))
    doubts: tuple[Note, ...] = ()
    if open_end is not None:
        beyond = f"the range leaves out an end of what is supposed, at which it has no price: {open_end}"
        doubts = (Note("tokens-moved", beyond),)
        readings = [quote, *(each for each in readings if each.complete)]
    low = min(each.cost if each.low is None else each.low for each in readings)
    high = max(each.cost if each.high is None else each.high for each in readings)
    notes, doubts = (*quote.notes, *said, *doubts), (*quote.doubts, *doubts)
    return quote._replace(notes=notes, doubts=doubts, spread=None if low == high else (low, high))


CACHE_SUPPOSED = "its cache is taken to be hit as often as that which was used; the range ends where it never is"
KEPT = "tokens are taken as they were counted, as it is not known how many another tokenizer makes of the same text"


def _token_notes(moves: Mapping[Used, Move]) -> list[Note]:
    """What is supposed of how tokens are counted; where that is not known of some models alone, of which."""
    notes: dict[Note, None] = {}
    kept = [used[1] for used, move in moves.items() if not _is_counted(move)]
    if kept:
        whose = f"{', '.join(dict.fromkeys(kept))}: " if len(kept) < len(moves) else ""
        notes[Note("tokens-kept", whose + KEPT)] = None
    for move in moves.values():
        if move.ratio is None or move.there is None or move.here is None:
            continue
        if move.ratio != AS_COUNTED:
            low, high = _hundredths(floor(move.ratio.low * 100)), _hundredths(ceil(move.ratio.high * 100))
            text = f"each token of {move.there.name} is taken as {low} to {high} of {move.here.name}"
            notes[Note("tokens-moved", text)] = None
    return list(notes)


def _is_counted(move: Move) -> bool:
    """Whether it is known how tokens are counted there and here."""
    return move.ratio is not None and move.there is not None and move.here is not None


def _hundredths(number: int) -> str:
    return f"{number // 100}.{number % 100:02}"


def _low(span: Span) -> Fraction:
    return span.low


def _middle(span: Span) -> Fraction:
    return (span.low + span.high) / 2


def _high(span: Span) -> Fraction:
    return span.high
