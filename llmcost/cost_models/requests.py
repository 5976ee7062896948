"""From what a class of requests holds to requests in tokens, as one offer's model and cache policy make them.

Sizes are cut where the offer's tiers begin, text and media are counted by its model's rules, a conversation is
unrolled and its turns summed by how they are billed; what comes out is priced like any other group.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import NamedTuple

from llmcost.core.billing import Active
from llmcost.core.catalogue import Offer
from llmcost.core.conditions import Situation
from llmcost.core.content import Content
from llmcost.core.conversation import Conversation, Turn, unroll
from llmcost.core.distribution import pieces
from llmcost.core.quote import Counted, Sent
from llmcost.core.usage import WHOLES, Count, Usage
from llmcost.core.workload import RequestGroup
from llmcost.cost_models.caching import HOURS_KEPT, Caching, Use, caching_at, uses
from llmcost.cost_models.media import Uncounted, count_media, count_text
from llmcost.errors import UsageError


class Part(NamedTuple):
    """Requests of a class that are billed alike at an offer, in tokens.

    ``label`` says which of the class they are; empty when they are all of it.
    """

    group: RequestGroup
    label: str

    @property
    def sent(self) -> Sent:
        """What a mean one of the requests holds, for the explanation."""
        usage = self.group.usage
        read, written = usage.cache_read_input_tokens, usage.cache_creation_input_tokens
        counts = (self.group.requests, usage.input_tokens, read, written, usage.output_tokens)
        return Sent(self.group.name, self.label, *counts)


class Parts(NamedTuple):
    """What a class becomes at an offer: its parts, how text and media were counted, and what a reader should know.

    ``problem`` says why it cannot be counted there at all; None when it can. ``estimated`` says that the other
    reading of the text may differ. ``uncounted`` is what no rule and no rate covers.
    """

    parts: list[Part]
    counted: list[Counted]
    notes: list[str]
    problem: str | None = None
    estimated: bool = False
    uncounted: tuple[Uncounted, ...] = ()


class Where(NamedTuple):
    """An offer on a day, and where a class stands there."""

    offer: Offer
    active: Active
    at: Situation
    window: int | None


def parts_of(where: Where, group: RequestGroup, most: bool) -> Parts:
    """The requests of a class at an offer; ``most`` takes the larger count where text is estimated."""
    out = Parts([], [], [])
    content = group.content or Content()
    try:
        usage, uncounted = count_media(where.offer, where.active, group.usage, content, out.counted)
        usage, estimated = count_text(where.offer, usage, content, most, out.counted)
    except UsageError as error:
        return out._replace(problem=error.message)
    counted = replace(group, usage=usage, content=None)
    try:
        if content.conversation is not None:
            parts = list(_turns(where, counted, content, content.conversation, out.notes))
        else:
            parts = [
                part
                for sized in _sized(where, counted, content, out.notes)
                for part in _reused(where, sized, content, out.notes)
            ]
    except UsageError as error:
        return out._replace(problem=error.message)
    return Parts(parts, out.counted, out.notes, None, estimated, uncounted)


def _sized(where: Where, group: RequestGroup, content: Content, notes: list[str]) -> Iterator[Part]:
    """The class cut where tiers begin and where the context window ends; parts of what is now known become tokens."""
    if content.input_sizes is None:
        yield Part(replace(group, usage=_with_parts(group.usage, content)), "")
        return
    known = group.usage.input_tokens
    firsts = {*where.active.edges, *([where.window + 1] if where.window is not None else [])}
    shifted = tuple(sorted(first - -int(-known // 1) for first in firsts if first > known))
    answer = -int(-group.usage.output_tokens // 1)
    room = where.window - -int(-known // 1) - answer if where.window is not None else None
    found, held = pieces(content.input_sizes, shifted, room)
    if held * group.requests >= 1:
        notes.append(
            f"{_percent(held)} of the requests, beyond the sizes given, would exceed its context window "
            f"and are taken to fill it"
        )
    for piece in found:
        if not piece.share:
            continue
        usage = replace(group.usage, input_tokens=known + piece.mean)
        label = f"input {int(known) + piece.low:,} to {-int(-known // 1) + piece.high:,}" if len(found) > 1 else ""
        yield Part(
            replace(
                group,
                usage=_with_parts(usage, content),
                requests=group.requests * piece.share,
                input_range=(int(known) + piece.low, -int(-known // 1) + piece.high),
            ),
            label,
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


def _reused(where: Where, part: Part, content: Content, notes: list[str]) -> Iterator[Part]:
    """Requests that begin alike: what a cache finds of that beginning, and what it writes."""
    if not content.reuses:
        yield part
        return
    group = part.group
    usage = group.usage
    at = where.at._replace(input_tokens=where.active.sizes(*group.sizes)[0], kinds=usage.kinds)
    known = usage.input_tokens * content.reusable_share if content.reusable_share is not None else content.reusable or 0
    if known > usage.input_tokens:
        raise UsageError(f"the {_tokens(known)} reusable tokens exceed the input of {_tokens(usage.input_tokens)}")
    caching = caching_at(where.offer, where.active, at, group)
    hit = Fraction(0)
    if caching is not None:
        hit, assumed = caching.hit_rate(content)
        notes += [assumed] if assumed else []
        if not caching.read(known):
            notes.append(_too_short(caching, known))
    upto = known if caching is not None and caching.policy.kind == "explicit" else usage.input_tokens
    found = list(uses(caching, known, upto, hit, part.label or "requests"))
    for use in found:
        if use.share:
            yield _part(group, use, caching, use.share * group.requests, usage, part.label if caching is None else None)
    if caching is not None and caching.stored and caching.read(known):
        hours = caching.hours_kept(content)
        held = HOURS_KEPT if hours is None else min(Fraction(HOURS_KEPT), hours * group.requests)
        yield Part(_storage(group, caching.read(known) * held), "kept in cache")


def _part(
    group: RequestGroup, use: Use, caching: Caching | None, requests: Count, usage: Usage, label: str | None
) -> Part:
    written = {
        "cache_read_input_tokens": use.read,
        "cache_creation_input_tokens": use.written,
        "cache_creation_1h_input_tokens": use.written if caching is not None and caching.one_hour else 0,
    }
    kind = caching.policy.kind if caching is not None else group.cache
    return Part(
        replace(group, usage=usage.with_tokens(written), requests=requests, cache=kind),
        use.name if label is None else label,
    )


def _storage(group: RequestGroup, token_hours: Count) -> RequestGroup:
    """Keeping tokens in a cache that bills by the hour, as a group of its own."""
    usage = Usage(counts={"cache_storage": token_hours})
    return replace(group, usage=usage, requests=1, input_range=None, cache="explicit")


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

    def add(self, turn: Turn, use: Use) -> None:
        """Add a turn."""
        self.count += 1
        self.low, self.high = min(self.low, turn.prompt), max(self.high, turn.prompt)
        self.prompt += turn.prompt
        self.read += use.read
        self.written += use.written
        self.output += turn.output
        self.reasoning += turn.reasoning

    def usage(self, usage: Usage, one_hour: bool) -> Usage:
        """What a mean one of the turns holds."""
        written = Fraction(self.written) / self.count
        return usage.with_tokens(
            {
                "input_tokens": Fraction(self.prompt) / self.count,
                "output_tokens": Fraction(self.output) / self.count,
                "reasoning_output_tokens": Fraction(self.reasoning) / self.count,
                "cache_read_input_tokens": Fraction(self.read) / self.count,
                "cache_creation_input_tokens": written,
                "cache_creation_1h_input_tokens": written if one_hour else 0,
            }
        )


NAMES = {"first": "first turn", "later": "later turns", "compaction": "summing up", "resumed": "after summing up"}


def _turns(where: Where, group: RequestGroup, content: Content, talk: Conversation, notes: list[str]) -> Iterator[Part]:
    """The turns of all sessions, summed by tier, by kind and by what the cache did."""
    firsts = sorted({*where.active.edges, *([where.window + 1] if where.window is not None else [])})
    sums: dict[tuple[str, int, Fraction], _Sum] = {}
    kept: Count = 0
    longest: Count = 0
    cachings: dict[int, Caching | None] = {}
    hits: dict[int, Fraction] = {}
    for turn in unroll(talk):
        tier = bisect_right(firsts, turn.prompt)
        if tier not in cachings:
            at = where.at._replace(input_tokens=where.active.sizes(-int(-turn.prompt // 1), None)[0])
            here = cachings[tier] = caching_at(where.offer, where.active, at, group)
            hits[tier], assumed = here.hit_rate(content) if here is not None else (Fraction(0), None)
            notes += [assumed] if assumed and assumed not in notes else []
        caching = cachings[tier]
        for use in _turn_uses(caching, turn, talk.opening, hits[tier], content.warm_start):
            key = (use.name, tier, use.share)
            if key not in sums:
                sums[key] = _Sum(turn.prompt)
            sums[key].add(turn, use)
        longest = max(longest, turn.prompt)
        if caching is not None and caching.stored:
            kept += caching.read(turn.prompt)
    last = cachings[max(cachings)]
    if last is not None and not last.read(longest):
        notes.append(_too_short(last, longest))
    tiers = {tier for _, tier, _ in sums}
    for (name, tier, share), one in sums.items():
        low, high = int(one.low), -int(-one.high // 1)
        caching = cachings[tier]
        yield Part(
            replace(
                group,
                usage=one.usage(group.usage, caching is not None and caching.one_hour),
                requests=group.requests * one.count * share,
                input_range=(low, high),
                cache=caching.policy.kind if caching is not None else group.cache,
            ),
            f"{name}, input {low:,} to {high:,}" if len(tiers) > 1 else name,
        )
    if kept:
        hours = next(c for c in cachings.values() if c is not None).hours_kept(content)
        if hours is None:
            raise UsageError("it bills its cache by the hour, and no pause between turns is given")
        yield Part(_storage(group, kept * hours * group.requests), "kept in cache")


def _turn_uses(caching: Caching | None, turn: Turn, opening: Count, hit: Fraction, warm: Fraction) -> Iterator[Use]:
    """What the cache may do with one turn.

    A first turn finds the opening when another session left it there; so does a later one whose own part has gone.
    Right after summing up the opening is still there.
    """
    name = NAMES[turn.kind]
    if turn.kind == "first":
        yield from uses(caching, opening, turn.prompt, warm, name)
        return
    if turn.kind == "resumed":
        yield from uses(caching, opening, turn.prompt, Fraction(1), name)
        return
    known = turn.answered if caching is not None and caching.policy.keeps_output else turn.kept
    for use in uses(caching, known, turn.prompt, hit, name):
        if use.read or not warm or caching is None:
            yield use
        else:
            for again in uses(caching, opening, turn.prompt, warm, name):
                share = again.share * use.share
                yield again._replace(share=share, name=f"{name}, opening in cache" if again.read else again.name)


def _too_short(caching: Caching, known: Count) -> str:
    return f"its caching begins at {caching.policy.minimum_tokens} tokens; {_tokens(known)} are paid in full"


def _tokens(count: Count) -> str:
    return f"{-int(-count // 1):,}"


def _percent(share: Fraction) -> str:
    return f"{float(share * 100):.2g}%"
