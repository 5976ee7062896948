"""The parts a class of requests falls into at an offer."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import ceil
from typing import NamedTuple

from llmcost.core.offers.offer import Offer
from llmcost.core.pricing.conditions import RatingContext
from llmcost.core.pricing.rating import PricesInForce
from llmcost.core.quotes.notes import Note
from llmcost.core.values.distribution import Segment
from llmcost.core.values.meters import Count
from llmcost.core.workload.content import Content
from llmcost.core.workload.requests import RequestGroup
from llmcost.cost_models.requests.caching import ONLY_TURNS, SESSION, Caching, unmarked

UNMARKED = Note(
    "cache-unmarked",
    "its cache keeps only what requests mark, and nothing asks for that: `cache: explicit` counts it in",
)


class RequestPart(NamedTuple):
    """Requests of a class that are billed alike at an offer, in tokens.

    ``label`` says which of the class they are; empty when they are all of it. ``sizes`` is how their input sizes differ
    above what they share; empty when they do not.
    """

    group: RequestGroup
    label: str
    sizes: tuple[Segment, ...] = ()


class Remarks(NamedTuple):
    """What a reader should know of how a class was counted: plain notes, and those that leave a doubt."""

    notes: list[Note]
    doubts: list[Note]

    def add(self, *notes: Note) -> None:
        """Add notes, each once."""
        self.notes.extend(note for note in notes if note not in self.notes)

    def of_caching(self, caching: Caching | None, where: OfferContext, wanted: str | None, content: Content) -> None:
        """Add what had to be taken for granted of a cache, or why one that the offer has is not used."""
        if caching is None:
            if unmarked(where.offer, where.active, where.at, wanted, content):
                self.add(UNMARKED)
            elif wanted == SESSION and content.conversation is None:
                self.add(Note("cache-kind", f"{ONLY_TURNS}: everything is paid in full"))
            elif wanted in [policy.kind for policy in where.offer.cache]:
                self.add(Note("cache-not-sold", f"{wanted} caching is not sold here: everything is paid in full"))
            return
        self.add(*caching.remarks(wanted, content, where.offer))
        doubt = caching.doubt(content)
        if doubt is not None and doubt not in self.doubts:
            self.doubts.append(doubt)


class OfferContext(NamedTuple):
    """An offer on a day, and where a class stands there."""

    offer: Offer
    active: PricesInForce
    at: RatingContext
    window: int | None


def with_storage(part: RequestPart, token_hours: Count) -> RequestPart:
    """The part with what keeping tokens in a cache comes to, where that is billed by the hour."""
    if not part.group.requests:
        return part
    usage = part.group.usage
    counts = {**usage.counts, "cache_storage": token_hours / Fraction(part.group.requests)}
    return part._replace(group=replace(part.group, usage=replace(usage, counts=counts)))


def too_short(caching: Caching) -> list[Note]:
    """What is said when a beginning is too short to be cached."""
    least = caching.policy.minimum_tokens
    text = f"its caching begins at {least} tokens; shorter prompts are paid in full"
    return [Note("cache-minimum", text)] if least else []


def tokens_text(count: Count) -> str:
    """A count of tokens, rounded up to a whole one."""
    return f"{ceil(count):,}"
