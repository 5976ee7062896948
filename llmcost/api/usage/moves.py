"""Usage moved to an offer of another seller or model: what is supposed of its cache and of its tokens."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from functools import cache
from math import ceil, floor
from typing import NamedTuple

from llmcost.api.usage.asked_cache import writes_when_asked
from llmcost.api.usage.pricer import Supposition, UsagePricer
from llmcost.api.usage.used import Used, parts_of, used_of
from llmcost.core.offers.offer import Offer
from llmcost.core.pricing.boundaries import Boundaries
from llmcost.core.quotes.notes import Note
from llmcost.core.quotes.quote import Quote
from llmcost.core.values.dates import PricingDay
from llmcost.core.values.rates import Rate
from llmcost.core.workload.recount import recount
from llmcost.core.workload.text import Span, Tokenizer
from llmcost.core.workload.usage_cells import Cutter
from llmcost.core.workload.usage_record import UsageRecord

KEPT_LONG = ("cache_write_1h", "cache_write_12h")
"""The meters of what is written to be kept for longer than usual."""
AS_COUNTED = Span(Fraction(1), Fraction(1))


class UsageParts:
    """The usage by what it is of, and together, ready to be cut; made once, as many offers ask for the same."""

    def __init__(self, records: Iterable[UsageRecord]) -> None:
        self.of = parts_of(records)
        self._made: dict[frozenset[Used], Cutter] = {}

    def together(self, wanted: frozenset[Used]) -> Cutter:
        """Some parts as one, the same one each time."""
        if wanted not in self._made:
            self._made[wanted] = Cutter(record for used, part in self.of.items() if used in wanted for record in part)
        return self._made[wanted]


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


class CacheHabit(NamedTuple):
    """What an offer does with its cache on a day: how long it sells keeping for, and whether it writes unasked."""

    kept: frozenset[str]
    writes_unasked: bool


class Mover:
    """Prices usage at offers it was not sent to; ``kinds`` are the kinds of text that it may be of."""

    def __init__(self, pricer: UsagePricer, kinds: Sequence[str]) -> None:
        self.pricer = pricer
        self.kinds = kinds
        self._known: dict[tuple[Used, str, str], Move] = {}

    def move(self, used: Used, offer: Offer) -> Move:
        """How what was used gets to an offer."""
        key = used, offer.seller, offer.model
        if key not in self._known:
            self._known[key] = self._move(used, offer)
        return self._known[key]

    def _move(self, used: Used, offer: Offer) -> Move:
        own, here = self.pricer.offer_of(used), offer.token_rules().tokenizer
        if isinstance(own, str):
            return Move(new_cache=True, counts_writing=False, there=None, here=here, ratio=None)
        there = own.token_rules().tokenizer
        new_cache = own.seller != offer.seller or not _cache_alike(own, offer)
        ratio = AS_COUNTED if own.model == offer.model else None
        if ratio is None and here is not None and there is not None:
            ratio = here.tokens_for_each_of(there, self.kinds)
        return Move(new_cache, _counts_writing(own), there, here, ratio)

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
        if isinstance(own, Offer) and (own.seller, own.model) == (offer.seller, offer.model):
            return 0
        asks = asks and writes_when_asked(offer)
        usual = [policy for policy in offer.cache if asks or policy.kind == "automatic"] or offer.cache
        return min((policy.minimum_tokens or 0 for policy in usual), default=0)

    def quote(self, offer: Offer, parts: UsageParts, wanted: frozenset[Used]) -> Quote:
        """What an offer charges for parts of the usage: with the same hits of its cache, and the middle of its tokens.

        It has the range from there to no caching at all, and of all the tokens that samples leave open.
        """
        moves = {used: self.move(used, offer) for used in parts.of if used in wanted}
        caches = {used for used, move in moves.items() if move.new_cache}
        ratios = self.ratios(wanted, offer)
        edges = {used: self.boundaries(used, offer) for used in moves}
        cells = parts.together(wanted).cells_by(lambda record: edges[used_of(record)], self.pricer.on)
        said = _token_notes(moves.values())
        asking = {used for used in moves if used not in caches and any(record.written for record in parts.of[used])}
        rooms = {used: self.room(used, offer, asks=used in asking) for used in moves}
        told = frozenset((used, move.new_cache, move.ratio, rooms[used]) for used, move in moves.items())
        if not caches and not ratios and not any(rooms.values()):
            as_used = self.pricer.quote_cells(offer, cells)
            return as_used._replace(notes=(*as_used.notes, *said))

        @cache
        def habit(day: PricingDay) -> CacheHabit:
            kept = frozenset(meter for meter in KEPT_LONG if _bills(offer, meter, day))
            return CacheHabit(kept, _writes_by_itself(offer, day))

        @cache
        def read(end: Callable[[Span], Fraction], *, cached: bool) -> Quote:
            def change(record: UsageRecord, habit: CacheHabit) -> UsageRecord:
                used = used_of(record)
                ratio = moves[used].ratio
                if ratio is not None and ratio != AS_COUNTED:
                    record = recount(record, end(ratio))
                if _is_shorter(record, rooms[used]):
                    return without_cache(record)
                if used in caches and cached:
                    counts_writing = moves[used].counts_writing or record.written > 0
                    return with_same_hits(record, counts_writing=counts_writing, kept=habit.kept)
                if used in caches:
                    return without_cache(record, written=habit.writes_unasked)
                return record if cached or not _may_be_shorter(record, rooms[used]) else without_cache(record)

            supposed = Supposition((end, cached, told), change, habit, lambda each: used_of(each) not in caches)
            return self.pricer.quote_cells(offer, cells, supposed)

        quote = read(_middle, cached=True)
        ends = (_low, _high) if ratios and quote.complete else (_middle,)
        hits = [read(end, cached=True) for end in ends]
        is_open = (caches and _tells_cached(offer)) or any(
            _may_be_shorter(record, room) for used, room in rooms.items() for record in parts.of[used]
        )
        none = [read(end, cached=False) for end in ends] if is_open else hits
        if any(one.cost != other.cost for one, other in zip(hits, none, strict=True)):
            said.append(Note("cache-moved", CACHE_SUPPOSED))
        return _between(quote, [*hits, *none], said)


def _is_shorter(record: UsageRecord, room: int) -> bool:
    """Whether each request is surely shorter than some size."""
    most = None if record.input_range is None else record.input_range[1]
    return most is not None and most < room


def _may_be_shorter(record: UsageRecord, room: int) -> bool:
    """Whether some of its requests may be shorter than some size, as nobody says how large each was."""
    low = 0 if record.input_range is None else record.input_range[0]
    return record.requests != 1 and record.cache_read > 0 and low < room


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


def _cache_alike(own: Offer, offer: Offer) -> bool:
    """Whether two offers cache alike: by the same policies, of which both bill writing or neither does."""
    kinds, writes = ([policy.kind for policy in each.cache] for each in (own, offer)), map(_bills_writing, (own, offer))
    return len({*map(tuple, kinds)}) == 1 and len({*writes}) == 1


def _tells_cached(offer: Offer) -> bool:
    """Whether anything may be billed otherwise for being cached: there is a policy, a rate or a doubt about one."""
    doubts = any(version.unpriced or version.not_sold for version in offer.history.versions)
    return bool(offer.cache) or doubts or any("cache" in meter for meter in _rated(offer))


def _bills_writing(offer: Offer) -> bool:
    """Whether any condition of an offer has a rate for what is written to a cache."""
    return "cache_write" in _rated(offer)


def _rated(offer: Offer) -> set[str]:
    """The meters that an offer has a rate for under any condition."""
    versions = offer.history.versions
    return {meter for each in versions for rates in (each.base, *(v.rates for v in each.variants)) for meter in rates}


def _counts_writing(offer: Offer) -> bool:
    """Whether all that is written to an offer's caches is billed: none of them caches by itself free of charge."""
    free = any(policy.kind == "automatic" for policy in offer.cache) and not any(
        isinstance(version.base.get("cache_write"), Rate) for version in offer.history.versions
    )
    return _bills_writing(offer) and not free


def _bills(offer: Offer, meter: str, on: PricingDay) -> bool:
    """Whether an offer has a rate for a meter on a day, under any condition."""
    return offer.history.sold(on) and meter in offer.history.on(on).meters


def _writes_by_itself(offer: Offer, on: PricingDay) -> bool:
    """Whether an offer caches unasked and bills that, so that what is never found was written all the same."""
    unasked = any(policy.kind == "automatic" for policy in offer.cache)
    return unasked and offer.history.sold(on) and "cache_write" in offer.history.on(on).version.base


CACHE_SUPPOSED = "its cache is taken to be hit as often as that which was used; the range ends where it never is"
KEPT = "tokens are taken as they were counted, as it is not known how many another tokenizer makes of the same text"


def _token_notes(moves: Iterable[Move]) -> list[Note]:
    """What is supposed of how tokens are counted."""
    notes: dict[Note, None] = {}
    for move in moves:
        if move.ratio is None or move.there is None or move.here is None:
            notes[Note("tokens-kept", KEPT)] = None
        elif move.ratio != AS_COUNTED:
            low, high = _hundredths(floor(move.ratio.low * 100)), _hundredths(ceil(move.ratio.high * 100))
            text = f"each token of {move.there.name} is taken as {low} to {high} of {move.here.name}"
            notes[Note("tokens-moved", text)] = None
    return list(notes)


def _hundredths(number: int) -> str:
    return f"{number // 100}.{number % 100:02}"


def _low(span: Span) -> Fraction:
    return span.low


def _middle(span: Span) -> Fraction:
    return (span.low + span.high) / 2


def _high(span: Span) -> Fraction:
    return span.high


def with_same_hits(record: UsageRecord, *, counts_writing: bool, kept: frozenset[str] = frozenset()) -> UsageRecord:
    """A record as another seller would count it with the same hits.

    How long the cache keeps what was written is the other seller's own; where it sells keeping for an hour or for 12
    as well (``kept``), what was written for so long is again. Where the source does not count what is written, as it
    charges nothing for that, all that was not read is taken as written; a seller that does not charge either bills it
    as input.
    """
    hour = record.cache_write_1h if "cache_write_1h" in kept else 0
    half_day = record.cache_write_12h if "cache_write_12h" in kept else 0
    written = record.written - hour - half_day
    fresh = record.input_uncached
    if record.cache_read and not counts_writing:
        written, fresh = fresh, 0
    return record._replace(
        input_uncached=fresh,
        cache_write_5m=0,
        cache_write_1h=hour,
        cache_write_12h=half_day,
        cache_write_unspecified=written,
    )


def without_cache(record: UsageRecord, *, written: bool = False) -> UsageRecord:
    """A record that finds nothing in a cache: all its input is paid in full, or ``written`` to a cache in vain."""
    return record._replace(
        input_uncached=0 if written else record.input,
        cache_read=0,
        cache_write_5m=0,
        cache_write_1h=0,
        cache_write_12h=0,
        cache_write_unspecified=record.input if written else 0,
        cached_unknown=False,
    )
