"""From what a class of requests holds to requests in tokens, as one offer's model and cache policy make them.

Sizes are cut where the offer's tiers begin, text and media are counted by its model's rules, a conversation is
unrolled and its turns summed by how they are billed; what comes out is priced like any other group.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from math import ceil
from typing import NamedTuple

from llmcost.core.quotes.notes import Note
from llmcost.core.quotes.quote import TokenCount
from llmcost.core.values.distribution import pieces
from llmcost.core.values.meters import Count
from llmcost.core.workload.content import Content
from llmcost.core.workload.requests import RequestGroup
from llmcost.core.workload.usage import WHOLES, Usage
from llmcost.cost_models.requests.caching import (
    HOURS_KEPT,
    CacheOutcome,
    Caching,
    PrefixLength,
    cache_outcomes,
    caching_at,
    created,
)
from llmcost.cost_models.requests.media_counter import Uncounted, count_media, count_text
from llmcost.cost_models.requests.parts import OfferContext, Remarks, RequestPart, tokens_text, too_short, with_storage
from llmcost.cost_models.requests.turns import turns_of
from llmcost.errors import UsageError


class ExpandedClass(NamedTuple):
    """What a class becomes at an offer: its parts, how text and media were counted, and what a reader should know.

    ``problem`` says why it cannot be counted there at all; None when it can. ``estimated`` says that the other
    reading of the text may differ. ``uncounted`` is what no rule and no rate covers.
    """

    parts: list[RequestPart]
    counted: list[TokenCount]
    said: Remarks
    problem: str | None = None
    estimated: bool = False
    uncounted: tuple[Uncounted, ...] = ()


def parts_of(where: OfferContext, group: RequestGroup, *, most: bool) -> ExpandedClass:
    """The requests of a class at an offer; ``most`` takes the larger count where text is estimated."""
    out = ExpandedClass([], [], Remarks([], []))
    content = group.content or Content()
    try:
        usage, uncounted = count_media(where.offer, where.active, group.usage, content, out.counted)
        usage, estimated = count_text(where.offer, usage, content, out.counted, most=most)
    except UsageError as error:
        return out._replace(problem=error.message)
    counted = replace(group, usage=usage, content=None)
    try:
        if content.conversation is not None:
            parts = turns_of(where, counted, content, content.conversation, out.said)
        else:
            parts = [
                part
                for sized in _sized(where, counted, content, out.said)
                for part in _reused(where, sized, content, group.requests, out.said)
            ]
    except UsageError as error:
        return out._replace(problem=error.message)
    return ExpandedClass(parts, out.counted, out.said, None, estimated, uncounted)


def _sized(where: OfferContext, group: RequestGroup, content: Content, said: Remarks) -> Iterator[RequestPart]:
    """The class cut where tiers begin and where the context window ends; parts of what is now known become tokens."""
    if content.input_sizes is None:
        yield RequestPart(replace(group, usage=_with_parts(group.usage, content)), "")
        return
    known = group.usage.input_tokens
    firsts = {*where.active.edges, *([where.window + 1] if where.window is not None else [])}
    if content.reusable_share:
        minimums = {policy.minimum_tokens for policy in where.offer.cache if policy.minimum_tokens}
        firsts |= {ceil(minimum / content.reusable_share) for minimum in minimums}
    base = ceil(known)
    shifted = tuple(sorted(first - base for first in firsts if first > known))
    room = where.window - base - ceil(group.usage.output_tokens) if where.window is not None else None
    found, held = pieces(content.input_sizes, shifted, room)
    if held * group.requests >= 1:
        beyond = f"{_percent(held)} of the requests, beyond the sizes given, would exceed its context window"
        said.add(Note("sizes-cut", f"{beyond} and are taken to fill it"))
    for piece in found:
        if not piece.share:
            continue
        usage = replace(group.usage, input_tokens=known + piece.mean)
        low, high = int(known) + piece.low, base + piece.high
        label = f"input {low:,} to {high:,}" if len(found) > 1 else ""
        yield RequestPart(
            replace(
                group,
                usage=_with_parts(usage, content),
                requests=group.requests * piece.share,
                input_range=(low, high),
            ),
            label,
            piece.segments,
        )


def _with_parts(usage: Usage, content: Content) -> Usage:
    """The usage with the parts that had to wait for their wholes; a whole comes before its own parts."""
    if not (content.shares or content.amounts):
        return usage
    sums: dict[str, Count] = {}
    for field, whole in WHOLES.items():
        had = getattr(usage, field)
        if field in content.amounts:
            sums[field] = (had or 0) + content.amounts[field]
        elif field in content.shares:
            sums[field] = (had or 0) + content.shares[field] * sums.get(whole, getattr(usage, whole))
    return usage.with_tokens(sums)


def _reused(
    where: OfferContext, part: RequestPart, content: Content, total: Count, said: Remarks
) -> Iterator[RequestPart]:
    """Requests that begin alike: what a cache finds of that beginning, and what it writes.

    ``total`` are the requests of the whole class, which keep one cache alive together.
    """
    if not content.reuses:
        yield part
        return
    group = part.group
    usage = group.usage
    at = where.at._replace(input_tokens=where.active.sizes(*group.sizes)[0], kinds=usage.kinds)
    whole = _length(part, Fraction(1))
    known = content.reusable or 0 if content.reusable_share is None else _length(part, content.reusable_share)
    if not isinstance(known, PrefixLength) and known > usage.input_tokens:
        raise UsageError(
            f"the {tokens_text(known)} reusable tokens exceed the input of {tokens_text(usage.input_tokens)}"
        )
    caching = caching_at(where.offer, where.active, at, group.cache, content)
    hit = Fraction(0)
    said.of_caching(caching, where, group.cache, content)
    if caching is not None:
        hit = caching.hit_rate(content)
        if not caching.read(known):
            said.add(*too_short(caching))
    upto = known if caching is not None and caching.policy.kind == "explicit" else whole
    parts = [
        _part(group, use, caching, use.share * group.requests, usage, part.label if caching is None else None)
        for use in cache_outcomes(caching, known, upto, hit, part.label or "requests")
        if use.share
    ]
    if caching is not None and caching.stored and total:
        hours = caching.hours_kept(content)
        held = HOURS_KEPT if hours is None else min(Fraction(HOURS_KEPT), hours * total)
        parts[0] = with_storage(parts[0], caching.read(known) * held * group.requests / Fraction(total))
    yield from parts


def _length(part: RequestPart, share: Fraction) -> Count | PrefixLength:
    """A share of the input: one number, or how it differs from request to request."""
    tokens = part.group.usage.input_tokens
    if not part.sizes:
        return tokens * share
    total = sum((segment.share for segment in part.sizes), Fraction(0))
    mean = sum((segment.share * segment.mean for segment in part.sizes), Fraction(0)) / total
    base = tokens - mean
    return PrefixLength(
        tuple(
            (each.share / total, (base + each.mean) * share, (each.bounds[1] - each.bounds[0]) * share)
            for each in part.sizes
        )
    )


def _part(
    group: RequestGroup, use: CacheOutcome, caching: Caching | None, requests: Count, usage: Usage, label: str | None
) -> RequestPart:
    written = {"cache_read_input_tokens": use.read, **created(caching, use.written)}
    kind = caching.policy.kind if caching is not None else group.cache
    return RequestPart(
        replace(group, usage=usage.with_tokens(written), requests=requests, cache=kind),
        use.name if label is None else label,
    )


def _percent(share: Fraction) -> str:
    return f"{float(share * 100):.2g}%"
