"""A conversation played request by request, to hold the program's sums against.

It is written from the rules of conversations and caches alone and shares no line with the program: it runs every request
of as many sessions as it takes for each pause, and each warm or cold start, to come up exactly as often as it should.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

MILLION = 10**6
HOUR = 3600


class NoRate(Exception):
    """Some tokens cannot be priced."""


class Rates(NamedTuple):
    """Prices of a million tokens; None where the seller has no such rate."""

    input: Fraction | str
    output: Fraction | str
    cache_read: Fraction | str | None = None
    cache_write: Fraction | str | None = None
    cache_write_1h: Fraction | str | None = None
    reasoning: Fraction | str | None = None


class Policy(NamedTuple):
    """How a cache works: what it keeps at least, in which steps, and for how many seconds (None: always)."""

    kind: str
    minimum: int | None = None
    step: int | None = None
    ttl: int | None = None
    keeps_output: bool = False


class Seller(NamedTuple):
    """Rates by tier, each from a prompt of so many tokens on, the first from zero; and the cache, if it is used."""

    tiers: tuple[tuple[int, Rates], ...]
    policy: Policy | None = None

    def rates(self, prompt: int) -> Rates:
        """The rates of the highest tier that a prompt reaches."""
        reached = [rates for start, rates in self.tiers if prompt >= start]
        return reached[-1]


class Talk(NamedTuple):
    """A conversation. ``pauses`` are seconds, each as likely as the others; ``hit_rate`` stands in their place."""

    turns: int
    system: int = 0
    tools: int = 0
    user: int = 0
    tool_results: int = 0
    output: int = 0
    reasoning: int = 0
    compact_at: int | None = None
    summary: int | None = None
    pauses: tuple[int, ...] = ()
    hit_rate: Fraction | None = None
    warm_start: Fraction = Fraction(0)

    @property
    def opening(self) -> int:
        """What every prompt begins with."""
        return self.system + self.tools


class Request(NamedTuple):
    """One request: its prompt, how much of that a cache may hold, and what is made, of which some is reasoning."""

    prompt: int
    found: int
    output: int
    reasoning: int = 0
    sums_up: bool = False


class Month(NamedTuple):
    """What a month costs, how many requests it holds, and how many tokens are billed at each price of a million."""

    cost: Fraction
    requests: Fraction
    tokens: dict[Fraction, Fraction]


class Session:
    """One session: whether its start is warm, and which of the equally likely pauses each request meets."""

    def __init__(self, talk: Talk, policy: Policy, number: int, is_warm: bool) -> None:
        self.talk = talk
        self.policy = policy
        self.number = number
        self.opening_if_warm = talk.opening if is_warm else 0
        self.asked = 0

    def holds(self) -> bool:
        """Whether the cache outlives the pause before the next request."""
        draw = self.number + self.asked
        if self.talk.hit_rate is not None:
            return draw % self.talk.hit_rate.denominator < self.talk.hit_rate.numerator
        if not self.talk.pauses or self.policy.ttl is None:
            return True
        return self.talk.pauses[draw % len(self.talk.pauses)] <= self.policy.ttl

    def found(self, left: int) -> int:
        """What a request after a pause can find, when the one before left so many tokens."""
        held = self.holds()
        self.asked += 1
        return left if held else self.opening_if_warm

    def requests(self) -> Iterator[Request]:
        """Every request of the session in its order."""
        talk = self.talk
        carried = talk.output - talk.reasoning
        added = talk.user + talk.tool_results
        history = 0
        left = 0
        for turn in range(talk.turns):
            prompt = talk.opening + history + added
            if turn == 0:
                found = self.opening_if_warm
            elif talk.compact_at is not None and prompt > talk.compact_at:
                summary = talk.compact_at // 20 if talk.summary is None else talk.summary
                yield Request(talk.opening + history, self.found(left), summary, sums_up=True)
                history = summary
                prompt = talk.opening + history + added
                found = talk.opening
            else:
                found = self.found(left)
            yield Request(prompt, found, talk.output, talk.reasoning)
            history += added + carried
            left = prompt + (carried if self.policy.keeps_output else 0)


def simulate(talk: Talk, seller: Seller, sessions: Fraction | int = 1) -> Month:
    """Play sessions until every outcome has come up as often as it should, and scale them to a month."""
    policy = seller.policy or Policy("none")
    draws = talk.hit_rate.denominator if talk.hit_rate is not None else max(1, len(talk.pauses))
    starts = talk.warm_start.denominator
    cost, requests = Fraction(0), 0
    tokens: Counter[Fraction] = Counter()
    for number in range(draws):
        for start in range(starts):
            for request in Session(talk, policy, number, is_warm=start < talk.warm_start.numerator).requests():
                cost += bill(request, seller, tokens)
                requests += 1
    scale = Fraction(sessions) / (draws * starts)
    return Month(cost * scale, requests * scale, {price: count * scale for price, count in tokens.items()})


def bill(request: Request, seller: Seller, tokens: Counter[Fraction]) -> Fraction:
    """What one request costs; its tokens are added to those billed at their prices."""
    rates = seller.rates(request.prompt)
    read, written = cached(request, seller.policy, rates)
    write_meter = "cache_write"
    if seller.policy is not None and seller.policy.ttl == HOUR and rates.cache_write_1h is not None:
        write_meter = "cache_write_1h"
    counts = {
        "input": request.prompt - read - written,
        "cache_read": read,
        write_meter: written,
        "output": request.output - request.reasoning,
        "reasoning": request.reasoning,
    }
    prices = {
        "input": rates.input,
        "cache_read": rates.input if rates.cache_read is None else rates.cache_read,
        "cache_write": rates.cache_write,
        "cache_write_1h": rates.cache_write_1h,
        "output": rates.output,
        "reasoning": rates.output if rates.reasoning is None else rates.reasoning,
    }
    cost = Fraction(0)
    for meter, count in counts.items():
        if count:
            price = prices[meter]
            if price is None:
                raise NoRate(f"{count} tokens of {meter} have no rate")
            tokens[Fraction(price)] += count
            cost += count * Fraction(price) / MILLION
    return cost


def cached(request: Request, policy: Policy | None, rates: Rates) -> tuple[int, int]:
    """How many tokens of a request are read from the cache, and how many are written to it and billed for that."""
    if policy is None:
        return 0, 0
    read = whole_steps(request.found, policy)
    if policy.kind == "automatic" and rates.cache_write is None:
        return read, 0
    return read, max(0, whole_steps(request.prompt, policy) - read)


def whole_steps(length: int, policy: Policy) -> int:
    """How much of a beginning of a prompt a cache keeps."""
    if length < (policy.minimum or 1):
        return 0
    step = policy.step or 1
    return length // step * step
