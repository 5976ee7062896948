"""What offers do with their caches, and what usage is that meets another one."""

from __future__ import annotations

from typing import NamedTuple

from llmcost.core.offers.offer import Offer
from llmcost.core.values.dates import PricingDay
from llmcost.core.values.rates import Rate
from llmcost.core.workload.usage_record import WRITES, UsageRecord

KEPT_LONG = ("cache_write_1h", "cache_write_12h")
"""The meters of what is written to be kept for longer than usual."""


class CacheHabit(NamedTuple):
    """What an offer does with its cache on a day: how long it sells keeping for, and whether it writes unasked."""

    kept: frozenset[str]
    writes_unasked: bool


def cache_alike(own: Offer, offer: Offer) -> bool:
    """Whether two offers cache alike: by the same policies, of which both bill writing or neither does."""
    kinds, writes = ([policy.kind for policy in each.cache] for each in (own, offer)), map(_bills_writing, (own, offer))
    return len({*map(tuple, kinds)}) == 1 and len({*writes}) == 1


def tells_cached(offer: Offer) -> bool:
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


def counts_writing(offer: Offer) -> bool:
    """Whether all that is written to an offer's caches is billed: none of them caches by itself free of charge."""
    free = any(policy.kind == "automatic" for policy in offer.cache) and not any(
        isinstance(version.base.get("cache_write"), Rate) for version in offer.history.versions
    )
    return _bills_writing(offer) and not free


def bills(offer: Offer, meter: str, on: PricingDay) -> bool:
    """Whether an offer has a rate for a meter on a day, under any condition."""
    return offer.history.sold(on) and meter in offer.history.on(on).meters


def writes_by_itself(offer: Offer, on: PricingDay) -> bool:
    """Whether an offer caches unasked and bills that, so that what is never found was written all the same."""
    unasked = any(policy.kind == "automatic" for policy in offer.cache)
    return unasked and offer.history.sold(on) and "cache_write" in offer.history.on(on).version.base


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
        written, fresh = written + fresh, 0
    return record._replace(
        input_uncached=fresh,
        cache_write_5m=0,
        cache_write_1h=hour,
        cache_write_12h=half_day,
        cache_write_unspecified=written,
    )


def with_short_ones(record: UsageRecord, room: int, *, most: bool) -> UsageRecord:
    """A sum of which some requests are shorter than a cache takes: what they wrote is input and is not billed as such.

    Or, at the ``most``, what they read. That is no more than so many tokens as all of them may hold then.
    """
    count = record.cache_read if most else record.written
    limit = count if record.requests is None else record.requests * (room - 1)
    moved = min(count, limit)
    if most:
        return record._replace(
            input_uncached=record.input_uncached + moved,
            cache_read=record.cache_read - moved,
            audio_cache_read=None,
            image_cache_read=None,
            video_cache_read=None,
        )
    left = {}
    for name in WRITES:
        part = min(getattr(record, name), moved)
        left[name] = getattr(record, name) - part
        moved -= part
    return record._replace(input_uncached=record.input_uncached + record.written - sum(left.values()), **left)


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
        audio_cache_read=None,
        image_cache_read=None,
        video_cache_read=None,
    )
