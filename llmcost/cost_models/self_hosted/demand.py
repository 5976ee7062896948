"""What a workload asks of a self-hosted fleet: kinds of requests in tokens, and how many at the busiest time."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from llmcost.core.offers.offer import Offer
from llmcost.core.pricing.conditions import STANDARD, RatingContext
from llmcost.core.pricing.entries import PriceEntry
from llmcost.core.pricing.history import PriceHistory
from llmcost.core.quotes.notes import Note
from llmcost.core.quotes.quote import TokenCount
from llmcost.core.values.dates import PricingDay
from llmcost.core.values.memory import keep_about
from llmcost.core.values.meters import Count
from llmcost.core.workload.content import Content
from llmcost.core.workload.requests import RequestGroup, Workload
from llmcost.cost_models.requests.expand import parts_of
from llmcost.cost_models.requests.parts import OfferContext

_NO_RATES = PriceHistory((PriceEntry(checked_on=None, source="", base={}),))
"""Self-hosting has no price for a token, so no tier or minimum cuts a class apart."""


class Demand(NamedTuple):
    """Requests of one kind: how many in the time that is asked for, and the mean tokens of one.

    ``cached`` is the part of ``input`` that the engine finds in its prefix cache, and ``own`` what of it no other
    session has, which waits in memory for ``pause`` seconds; None where nobody says how long.
    """

    group: str
    requests: Fraction
    input: Fraction
    cached: Fraction
    output: Fraction
    own: Fraction = Fraction(0)
    pause: Fraction | None = None


@dataclass(slots=True, kw_only=True)
class Demands:
    """All of a workload as it reaches the engine; ``problem`` says why it cannot be served."""

    kinds: list[Demand]
    counted: list[TokenCount]
    notes: list[Note]
    doubts: list[Note]
    requests: Count = 0
    tokens: Count = 0
    problem: str | None = None


def demands_of(offer: Offer, workload: Workload, on: PricingDay, *, most: bool = True) -> Demands:
    """The kinds of requests that a workload is made of at an offer; ``most`` as for counting text."""
    question = (demands_of, offer.model, offer.context_window, on, most)
    return keep_about(offer.hosted.hosting, question, workload, lambda: _demands(offer, workload, on, most=most))


def _demands(offer: Offer, workload: Workload, on: PricingDay, *, most: bool) -> Demands:
    found = Demands(kinds=[], counted=[], notes=[], doubts=[])
    for group in workload.groups:
        found.requests += group.requests if group.in_tokens else 0
        _say_terms(group, found)
        made = _in_tokens(offer, group, on, found, most=most)
        total = sum((each.requests for each in made), 0)
        for each in made:
            _take(offer, each, group, total, found)
    return found


def _say_terms(group: RequestGroup, found: Demands) -> None:
    for terms, share in group.terms.items():
        note = Note("same-fleet", f"no {terms} terms here: that share is served with the rest")
        if share and terms != STANDARD and note not in found.notes:
            found.notes.append(note)


def _in_tokens(offer: Offer, group: RequestGroup, on: PricingDay, found: Demands, *, most: bool) -> list[RequestGroup]:
    if group.in_tokens:
        return [group]
    active = _NO_RATES.on(on)
    at = RatingContext(
        terms=STANDARD, mode=None, cache="automatic", input_tokens=0, kinds=frozenset(), windows=frozenset(), options=()
    )
    made = parts_of(OfferContext(offer, active, at, offer.context_window), group, most=most)
    found.counted += [each for each in made.counted if each not in found.counted]
    found.notes += [note for note in made.said.notes if not note.about_caching and note not in found.notes]
    found.problem = found.problem or made.problem
    found.requests += sum((part.group.requests for part in made.parts), 0) if made.parts else group.requests
    return [part.group for part in made.parts]


def _take(offer: Offer, each: RequestGroup, group: RequestGroup, total: Count, found: Demands) -> None:
    usage = each.usage
    if usage.kinds or usage.counts:
        found.problem = found.problem or "speed is estimated for text only, and this holds more than text"
        return
    if group.cache == "none":
        cached: Count = 0
    else:
        cached = usage.cache_read_input_tokens
    low, high = each.sizes
    window = offer.context_window
    if window is not None and low + usage.output_tokens > window:
        some = "" if each.requests == total else f" ({_percent(Fraction(each.requests) / Fraction(total))} are so long)"
        written = f"{float(usage.output_tokens):.10g} out"
        reason = f"its context window of {window} tokens is smaller than {low} in and {written}{some}"
        found.problem = found.problem or f"{reason}; shorten it, or name a model with a larger window"
        return
    if window is not None and (high or low) + usage.output_tokens > window:
        text = f"input and output together exceed its context window of {window} tokens"
        doubt = Note("context-exceeded", text)
        found.doubts += [doubt] if doubt not in found.doubts else []
    found.tokens += usage.total_tokens * each.requests
    found.kinds.append(
        Demand(
            group.name,
            Fraction(each.requests),
            Fraction(usage.input_tokens),
            Fraction(cached),
            Fraction(usage.output_tokens),
            *_waiting(group.content, Fraction(cached)),
        )
    )


def _waiting(content: Content | None, cached: Fraction) -> tuple[Fraction, Fraction | None]:
    """What of the cached tokens is a session's own, and for how many seconds it waits between two requests.

    None of them where the user says how often they are found.
    """
    talk = None if content is None else content.conversation
    if content is None or talk is None or content.hit_rate is not None:
        return Fraction(0), None
    own = max(Fraction(0), cached - talk.opening)
    return own, None if content.pause is None else content.pause.mean


def _percent(share: Fraction) -> str:
    return f"{float(share) * 100:.2g}%"
