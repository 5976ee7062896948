"""What a cache policy makes of a prompt: tokens read, tokens written, and the rest paid in full."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Final, NamedTuple

from llmcost.core.offers.offer import CachePolicy, Offer
from llmcost.core.pricing.conditions import RatingContext
from llmcost.core.pricing.rating import PricesInForce, ResolvedRate
from llmcost.core.quotes.notes import Note
from llmcost.core.values.dates import parse_duration
from llmcost.core.values.meters import LIFETIMES, Count

if TYPE_CHECKING:
    from llmcost.core.workload.content import Content

SHORTEST_TIME = Fraction(300)
"""Seconds that every seller who states a time keeps a cache for."""
FEW = Fraction(1, 10)
HOURS_KEPT = 730
"""How long a shared beginning is kept in a cache that bills by the hour when no pause says otherwise: all month."""


SESSION: Final = "session"
"""The kind of cache that finds what the turns of the same conversation sent."""
ASKED_FOR: Final = ("explicit", SESSION)
"""Kinds of cache that are used only by requests that ask for them."""

ONLY_TURNS: Final = "session caching finds only what a conversation's own turns sent"


def choose_policy(
    offer: Offer, active: PricesInForce, at: RatingContext, wanted: str | None, content: Content | None = None
) -> CachePolicy | None:
    """The policy that is used where a request stands; None when there is none or caching is switched off.

    The kind asked for goes before the lifetime asked for, that before an automatic one, and that before the order in
    which they are listed. One for sessions serves only the turns of a conversation, or counts that name it.
    """
    if wanted == "none" or not offer.cache:
        return None
    sold = offer.cache
    ttl = content.ttl if content is not None else None
    talks = content.conversation is not None if content is not None else wanted == SESSION
    if not talks:
        sold = tuple(policy for policy in sold if policy.kind != SESSION)
    if active.limits(at.terms, by_cache=True):
        sold = tuple(p for p in sold if active.refused(at._replace(cache=p.priced_as), by_cache=True) is None)
    if len(sold) < 2:
        return sold[0] if sold else None

    def further(policy: CachePolicy) -> tuple[bool, bool, bool]:
        other_kind = wanted is not None and policy.kind != wanted
        return other_kind, not _kept_for(policy, ttl), policy.kind != "automatic"

    return min(sold, key=further)


def _kept_for(policy: CachePolicy, ttl: str | None) -> bool:
    """Whether a policy has the lifetime asked for, however it is written; any has where none is asked for."""
    return ttl is None or (policy.ttl is not None and parse_duration(policy.ttl) == parse_duration(ttl))


class PrefixLength(NamedTuple):
    """How long something is in requests that differ: parts of them, with their mean and how far they are spread."""

    parts: tuple[tuple[Fraction, Count, Count], ...]


class Caching(NamedTuple):
    """One policy at the rates of one situation.

    ``writes`` says whether what is written is billed as written rather than as input, ``lifetime`` at the rate of
    which of LIFETIMES, None for that of none; ``stored`` whether keeping it is billed by the hour.
    """

    policy: CachePolicy
    writes: bool
    lifetime: str | None
    stored: bool

    def doubt(self, content: Content) -> Note | None:
        """Why the hit rate may be lower than it is taken to be; None when there is little to doubt.

        A time that is not stated is in doubt when many pauses are longer than the shortest time any seller states.
        """
        if content.hit_rate is not None or content.pause is None or self.policy.ttl is not None:
            return None
        longer = 1 - content.pause.share_below(SHORTEST_TIME)
        if longer <= FEW:
            return None
        share = f"{round(float(longer) * 100)}%"
        text = f"{share} of the pauses are longer than 5 minutes, and how long its cache is kept is not stated"
        return Note("cache-lifetime", text)

    def read(self, known: Count | PrefixLength) -> Count:
        """How many tokens of a beginning that is in the cache are billed as read; the mean where lengths differ."""
        if isinstance(known, PrefixLength):
            return sum((share * self._read(mean, spread) for share, mean, spread in known.parts), Fraction(0))
        return self._read(known, 0)

    def _read(self, known: Count, spread: Count) -> Count:
        if known < (self.policy.minimum_tokens or 1):
            return 0
        step = self.policy.step_tokens
        if step is None:
            return known
        # of lengths that are spread wider than a step, each loses half of it on average
        return max(Fraction(0), known - Fraction(step - 1, 2)) if spread > step else known // step * step

    def written(self, upto: Count | PrefixLength, read: Count) -> Count:
        """How many tokens are billed as written when the prompt is kept up to a point."""
        return max(0, self.read(upto) - read) if self.writes else 0

    def hit_rate(self, content: Content) -> Fraction:
        """How often the cache still holds what was sent before."""
        if content.hit_rate is not None:
            return content.hit_rate
        if content.pause is None or self.policy.ttl is None:
            return Fraction(1)
        return content.pause.share_below(parse_duration(self.policy.ttl))

    def remarks(self, wanted: str | None, content: Content, offer: Offer) -> list[Note]:
        """What had to be taken for granted, and what is not as it was asked for."""
        policy = self.policy
        said = []
        usual = min(offer.cache, key=lambda each: each.kind != "automatic").kind
        if wanted is None and content.ttl is not None and policy.kind != usual:
            text = f"{policy.kind} caching is used, because it is the one kept for {content.ttl}"
            said.append(Note("cache-kind", text))
        if wanted not in (None, policy.kind):
            has = any(each.kind == wanted for each in offer.cache) and wanted == SESSION
            why = ONLY_TURNS if has else f"it has no {wanted} caching"
            said.append(Note("cache-kind", f"{why}; {policy.kind} caching is used"))
        if not _kept_for(policy, content.ttl):
            kept = f"the one kept for {policy.ttl}" if policy.ttl else "one whose time is not stated"
            said.append(Note("cache-lifetime", f"it has no cache kept for {content.ttl}; {kept} is used"))
        if content.hit_rate is None and content.pause is None:
            text = "no pause is given: each is taken to be shorter than a cache is kept"
            said.append(Note("cache-lifetime", text))
        elif content.hit_rate is None and policy.ttl is None:
            text = "how long its cache is kept is not stated: each pause is taken to be shorter"
            said.append(Note("cache-lifetime", text))
        return said

    def hours_kept(self, content: Content) -> Fraction | None:
        """How long a cached prompt is kept after a request, in hours; None when no pause is given."""
        if content.pause is None:
            return None
        if self.policy.ttl is None:
            return content.pause.mean / 3600
        return content.pause.mean_up_to(parse_duration(self.policy.ttl)) / 3600

    def hours_left(self, otherwise: Fraction) -> Fraction:
        """How long a cached prompt is kept when nothing follows, in hours."""
        return otherwise if self.policy.ttl is None else parse_duration(self.policy.ttl) / 3600


def unmarked(offer: Offer, active: PricesInForce, at: RatingContext, wanted: str | None, content: Content) -> bool:
    """Whether only a cache that has to be asked for is sold where a request stands, and nothing asks for it."""
    policy = choose_policy(offer, active, at, wanted, content)
    return policy is not None and policy.kind in ASKED_FOR and not marks_cache(wanted, content)


def marks_cache(wanted: str | None, content: Content) -> bool:
    """Whether requests ask for a cache, as one that is not automatic needs: said so, or shown by its figures."""
    return wanted in ASKED_FOR or (wanted is None and (content.ttl is not None or content.hit_rate is not None))


def caching_at(
    offer: Offer, active: PricesInForce, at: RatingContext, wanted: str | None, content: Content
) -> Caching | None:
    """The caching that applies where a request stands; None when there is none, or only one that nobody asks for."""
    policy = choose_policy(offer, active, at, wanted, content)
    if policy is None or (policy.kind in ASKED_FOR and not marks_cache(wanted, content)):
        return None
    here = at._replace(cache=policy.priced_as)

    def priced(meter: str) -> bool:
        found = active.billing(here, meter)
        return found.billed_as is None if isinstance(found, ResolvedRate) else found.why == "unpriced"

    stored = priced("cache_storage") and policy.kind == "explicit"
    lifetime = next((each for each in LIFETIMES if _kept_for(policy, each) and priced(f"cache_write_{each}")), None)
    writes = lifetime is not None or active.charges_writing(here)
    return Caching(policy, writes, lifetime, stored)


def created(caching: Caching | None, written: Count) -> dict[str, Count]:
    """The token counts of Usage that say how much is written to a cache, and of it how much for how long."""
    lifetime = caching.lifetime if caching is not None else None
    kept = {f"cache_creation_{each}_input_tokens": written if each == lifetime else 0 for each in LIFETIMES}
    return {"cache_creation_input_tokens": written, **kept}


class CacheOutcome(NamedTuple):
    """One way a request may go: how often, what of its prompt is read and written, and how it is called."""

    share: Fraction
    read: Count
    written: Count
    name: str


def cache_outcomes(
    caching: Caching | None, known: Count | PrefixLength, upto: Count | PrefixLength, hit: Fraction, name: str
) -> Iterator[CacheOutcome]:
    """A prompt whose first ``known`` tokens were sent before and that is kept ``upto`` a point: found, or not."""
    read = caching.read(known) if caching is not None else 0
    if caching is None:
        yield CacheOutcome(Fraction(1), 0, 0, name)
        return
    if hit and read:
        yield CacheOutcome(hit, read, caching.written(upto, read), f"{name}, found in cache")
    if hit < 1 or not read:
        yield CacheOutcome(1 - hit if read else Fraction(1), 0, caching.written(upto, 0), f"{name}, not in cache")
