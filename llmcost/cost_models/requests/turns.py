"""Conversations at an offer: their turns, summed by how they are billed."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from math import ceil

from llmcost.core.quotes.notes import Note
from llmcost.core.values.meters import Count
from llmcost.core.workload.content import Content
from llmcost.core.workload.conversation import Conversation, Turn, unroll
from llmcost.core.workload.requests import RequestGroup
from llmcost.core.workload.usage import Usage
from llmcost.cost_models.requests.caching import SESSION, CacheOutcome, Caching, cache_outcomes, caching_at, created
from llmcost.cost_models.requests.parts import OfferContext, Remarks, RequestPart, too_short, with_storage
from llmcost.errors import UsageError

NAMES = {"first": "first turn", "later": "later turns", "compaction": "summing up", "resumed": "after summing up"}


class _Sum:
    """Turns that are billed alike: how many a session has, and the sums of what they hold."""

    __slots__ = ("count", "high", "low", "output", "prompt", "read", "reasoning", "written")

    def __init__(self, prompt: Count) -> None:
        self.count = 0
        self.low = self.high = prompt
        self.prompt: Count = 0
        self.read: Count = 0
        self.written: Count = 0
        self.output: Count = 0
        self.reasoning: Count = 0

    def add(self, turn: Turn, use: CacheOutcome) -> None:
        """Add a turn."""
        self.count += 1
        self.low, self.high = min(self.low, turn.prompt), max(self.high, turn.prompt)
        self.prompt += turn.prompt
        self.read += use.read
        self.written += use.written
        self.output += turn.output
        self.reasoning += turn.reasoning

    def usage(self, usage: Usage, caching: Caching | None) -> Usage:
        """What a mean one of the turns holds."""
        written = Fraction(self.written) / self.count
        return usage.with_tokens(
            {
                "input_tokens": Fraction(self.prompt) / self.count,
                "output_tokens": Fraction(self.output) / self.count,
                "reasoning_output_tokens": Fraction(self.reasoning) / self.count,
                "cache_read_input_tokens": Fraction(self.read) / self.count,
                **created(caching, written),
            }
        )


def turns_of(
    where: OfferContext, group: RequestGroup, content: Content, talk: Conversation, said: Remarks
) -> list[RequestPart]:
    """The turns of all sessions, summed by tier, by kind and by what the cache did."""
    firsts = sorted({*where.active.edges, *([where.window + 1] if where.window is not None else [])})
    sums: dict[tuple[str, int, int, int], _Sum] = {}
    kept: Count = 0
    final: Count = 0
    longest: Count = 0
    cachings: dict[int, Caching | None] = {}
    hits: dict[int, Fraction] = {}
    for turn in unroll(talk):
        tier = bisect_right(firsts, turn.prompt)
        if tier not in cachings:
            at = where.at._replace(input_tokens=where.active.sizes(ceil(turn.prompt), None)[0])
            here = cachings[tier] = caching_at(where.offer, where.active, at, group.cache, content)
            hits[tier] = here.hit_rate(content) if here is not None else Fraction(0)
            said.of_caching(here, where, group.cache, content)
        caching = cachings[tier]
        shared = caching is not None and caching.policy.kind != SESSION
        for use in _turn_uses(caching, turn, talk.opening, hits[tier], content.warm_start if shared else Fraction(0)):
            key = (use.name, tier, use.share.numerator, use.share.denominator)  # a fraction is slow to hash
            if key not in sums:
                sums[key] = _Sum(turn.prompt)
            sums[key].add(turn, use)
        longest = max(longest, turn.prompt)
        if caching is not None and caching.stored:
            final = caching.read(turn.prompt)
            kept += final
    last = cachings[max(cachings)]
    if last is not None and not last.read(longest):
        said.add(*too_short(last))
    tiers = {tier for _, tier, *_ in sums}
    parts = []
    for (name, tier, *share), one in sums.items():
        low, high = int(one.low), ceil(one.high)
        caching = cachings[tier]
        turns = replace(
            group,
            usage=one.usage(group.usage, caching),
            requests=group.requests * one.count * Fraction(*share),
            input_range=(low, high),
            cache=caching.policy.kind if caching is not None else group.cache,
        )
        parts.append(RequestPart(turns, f"{name}, input {low:,} to {high:,}" if len(tiers) > 1 else name))
    if kept:
        some = next(c for c in cachings.values() if c is not None)
        hours = some.hours_kept(content)
        if hours is None:
            raise UsageError("it bills its cache by the hour, and no pause between turns is given")
        token_hours = (kept - final) * hours + final * some.hours_left(hours)
        parts[0] = with_storage(parts[0], token_hours * group.requests)
        text = "its cache is billed by the hour, after the last turn until its time has run out"
        said.add(Note("cache-kept", text))
    return parts


def _turn_uses(
    caching: Caching | None, turn: Turn, opening: Count, hit: Fraction, warm: Fraction
) -> Iterator[CacheOutcome]:
    """What the cache may do with one turn.

    A first turn finds the opening when another session left it there; so does a later one whose own part has gone.
    Right after summing up the opening is still there.
    """
    name = NAMES[turn.kind]
    if turn.kind == "first":
        yield from cache_outcomes(caching, opening, turn.prompt, warm, name)
        return
    if turn.kind == "resumed":
        yield from cache_outcomes(caching, opening, turn.prompt, Fraction(1), name)
        return
    known = turn.answered if caching is not None and caching.policy.keeps_output else turn.kept
    for use in cache_outcomes(caching, known, turn.prompt, hit, name):
        if use.read or not warm or caching is None:
            yield use
        else:
            for again in cache_outcomes(caching, opening, turn.prompt, warm, name):
                share = again.share * use.share
                yield again._replace(share=share, name=f"{name}, opening in cache" if again.read else again.name)
