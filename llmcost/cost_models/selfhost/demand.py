"""What a workload asks of a self-hosted fleet: kinds of requests in tokens, and how many at the busiest time."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from llmcost.core.catalogue import Offer
from llmcost.core.conditions import STANDARD, Situation
from llmcost.core.dates import PricingDay
from llmcost.core.history import PriceHistory
from llmcost.core.prices import PriceVersion
from llmcost.core.quote import Counted
from llmcost.core.usage import Count
from llmcost.core.workload import RequestGroup, Workload
from llmcost.cost_models.parts import Where
from llmcost.cost_models.requests import parts_of

_NO_RATES = PriceHistory((PriceVersion(None, "", {}),))
"""Self-hosting has no price for a token, so no tier or minimum cuts a class apart."""


class Demand(NamedTuple):
    """Requests of one kind: how many in the time that is asked for, and the mean tokens of one.

    ``cached`` is the part of ``input`` that the engine finds in its prefix cache.
    """

    group: str
    requests: Fraction
    input: Fraction
    cached: Fraction
    output: Fraction


@dataclass(slots=True)
class Demands:
    """All of a workload as it reaches the engine; ``problem`` says why it cannot be served."""

    kinds: list[Demand]
    counted: list[Counted]
    notes: list[str]
    requests: Count = 0
    tokens: Count = 0
    problem: str | None = None


def demands_of(offer: Offer, workload: Workload, on: PricingDay) -> Demands:
    """The kinds of requests that a workload is made of at an offer."""
    found = Demands([], [], [])
    for group in workload.groups:
        found.requests += group.requests if group.in_tokens else 0
        for each in _in_tokens(offer, group, on, found):
            _take(offer, each, group, found)
    return found


def _in_tokens(offer: Offer, group: RequestGroup, on: PricingDay, found: Demands) -> list[RequestGroup]:
    if group.in_tokens:
        return [group]
    active = _NO_RATES.on(on)
    at = Situation(STANDARD, None, "automatic", 0, frozenset(), frozenset(), ())
    made = parts_of(Where(offer, active, at, offer.context_window), group, most=True)
    found.counted += [each for each in made.counted if each not in found.counted]
    found.notes += [note for note in made.said.notes if "cache" not in note and note not in found.notes]
    found.problem = found.problem or made.problem
    found.requests += sum((part.group.requests for part in made.parts), 0) if made.parts else group.requests
    for meter, why in made.uncounted:
        found.problem = found.problem or f"{meter}: {why}"
    return [part.group for part in made.parts]


def _take(offer: Offer, each: RequestGroup, group: RequestGroup, found: Demands) -> None:
    usage = each.usage
    if usage.kinds or usage.counts:
        found.problem = found.problem or "speed is estimated for text only, and this holds more than text"
        return
    if group.cache == "none":
        cached: Count = 0
    else:
        cached = usage.cache_read_input_tokens
    size = each.sizes[1] or each.sizes[0]
    window = offer.context_window
    if window is not None and size + usage.output_tokens > window:
        reason = f"its context window of {window} tokens is smaller than {size} in and {usage.output_tokens} out"
        found.problem = found.problem or reason
        return
    found.tokens += usage.total_tokens * each.requests
    found.kinds.append(
        Demand(
            group.name,
            Fraction(each.requests),
            Fraction(usage.input_tokens),
            Fraction(cached),
            Fraction(usage.output_tokens),
        )
    )
