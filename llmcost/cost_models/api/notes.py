"""What a reader should know beside the figure: limits, caches, dates, and why an offer cannot serve."""

from __future__ import annotations

from datetime import date
from math import ceil

from llmcost.core.offers.offer import Offer
from llmcost.core.pricing.conditions import RatingContext
from llmcost.core.pricing.entries import PriceEntry
from llmcost.core.pricing.rating import PricesInForce, ResolvedRate
from llmcost.core.quotes.freshness import age_note
from llmcost.core.quotes.notes import change_note
from llmcost.core.values.dates import PricingDay
from llmcost.core.values.rates import CONTRACTED, DERIVED, QUOTED, SUPPOSED, Origin, Rate
from llmcost.core.values.reasons import Reason
from llmcost.core.workload.requests import RequestGroup
from llmcost.cost_models.api.builder import QuoteBuilder
from llmcost.cost_models.requests.modalities import refusal

ORIGINS: dict[Origin, str] = {
    DERIVED: "derived, not quoted by the vendor",
    SUPPOSED: "supposed, not the vendor's",
    CONTRACTED: "contracted, below or above the list",
}
SURELY_TAKEN = 8_000
"""Tokens that every listed model takes, also where its context window is not stated."""


def cannot_serve(offer: Offer, active: PricesInForce, group: RequestGroup) -> str | None:
    """Why an offer cannot serve a group at all; None when it can."""
    window = active.version.context_window or offer.context_window
    if window is not None and group.sizes[0] > window:
        return _too_large(window, group)
    if window is not None and group.sum_of != 1 and group.number_known:
        mean = ceil(group.mean(group.usage.input_tokens))
        if mean > window:  # and so is one of them at least
            return Reason("window", f"its context window of {window} tokens is smaller than the mean input of {mean}")
    for name, default in offer.default_options:
        chosen = dict(group.options).get(name, default)
        known = active.option_values(name) | {default}
        if chosen not in known:
            return Reason("option", f"it has no {name} {chosen}, only {', '.join(sorted(known))}", f"{name} {chosen}")
    for side, kind in sorted(group.usage.kinds):
        reason = refusal(offer, active, side, kind)
        if reason is not None:
            return reason
    return None


def _too_large(window: int, group: RequestGroup) -> Reason:
    if group.input_range is not None:
        return Reason("window", f"inputs beyond its context window of {window} tokens do not fit")
    total = (
        "; of a total of many requests, give their number, and what one of them holds" if group.requests == 1 else ""
    )
    why = f"its context window of {window} tokens is smaller than the input of {group.sizes[0]}{total}"
    return Reason("window", why)


def say_limits(offer: Offer, active: PricesInForce, group: RequestGroup, tally: QuoteBuilder) -> None:
    """Say where a context window or the beginning of caching leaves a doubt."""
    low, high = group.sizes
    # of a sum that tells nothing of sizes the mean is all that is known
    size = ceil(group.mean(group.usage.input_tokens)) if group.sum_of != 1 and not low else high or low
    window = active.version.context_window or offer.context_window
    if window is None and size > SURELY_TAKEN:
        # of many sizes one text for all of them, not one for each
        what = f"{size} tokens" if group.input_range is None else f"inputs of more than {SURELY_TAKEN} tokens"
        tally.doubt("context-unknown", f"its context window is not stated; whether it takes {what} is not known")
    made = group.mean(group.usage.output_tokens) if group.number_known else 0  # else it is that of all of them
    if window is not None and size + made > window:
        tally.doubt("context-exceeded", f"input and output together exceed its context window of {window} tokens")
    if offer.output_kinds and "text" not in offer.output_kinds and group.usage.split.meters.get("output"):
        tally.doubt("no-text", f"it makes {' and '.join(offer.output_kinds)}, and the output asked for is text")
    if not group.suits(offer.task):
        tally.note("other-task", f"it is made for {offer.task}")
    cached = group.usage.cache_read_input_tokens or group.usage.cache_creation_input_tokens
    if not cached:
        _say_unasked_writes(offer, active, group, tally)
        return
    begins = min((policy.minimum_tokens or 0 for policy in offer.cache), default=0)
    if high is not None and high < begins:
        tally.note(
            "cache-minimum",
            f"its caching begins at {begins} tokens; the cached tokens are billed as given all the same",
        )
    if group.cache and group.cache not in [policy.kind for policy in offer.cache]:
        used = next((policy.kind for policy in offer.cache), None)
        instead = f"; {used} caching is used" if used else ""
        tally.note("cache-kind", f"it has no {group.cache} caching{instead}")


def say_unstored(offer: Offer, active: PricesInForce, group: RequestGroup, tally: QuoteBuilder) -> None:
    """Say that keeping what is cached is billed by the hour, where that is the policy and nobody says for how long.

    For a group whose cached tokens are given; those of conversations and common beginnings are kept for a known time.
    """
    usage = group.usage
    if not (usage.cache_read_input_tokens or usage.cache_creation_input_tokens) or "cache_storage" in usage.counts:
        return
    if "cache_storage" not in active.meters:
        return
    kinds = [policy.kind for policy in offer.cache]
    if group.cache == "explicit" or (kinds and "automatic" not in kinds and group.cache is None):
        tally.note(
            "cache-storage",
            "its cache is billed by the hour as well, and how long it is kept is not given: not counted",
        )


def _say_unasked_writes(offer: Offer, active: PricesInForce, group: RequestGroup, tally: QuoteBuilder) -> None:
    """Say that an automatic cache bills what it writes, where nobody said what it does with these requests."""
    if group.cache == "none" or not isinstance(active.version.base.get("cache_write"), Rate):
        return
    automatic = next((policy for policy in offer.cache if policy.kind == "automatic"), None)
    if automatic is None:
        return
    if group.sizes[0] >= (automatic.minimum_tokens or 1):
        tally.note(
            "cache-writes", "its automatic cache bills what it writes; `cache_hit_rate` or `cache_write` counts that in"
        )


def say_cache(offer: Offer, active: PricesInForce, group: RequestGroup, at: RatingContext, tally: QuoteBuilder) -> None:
    """Say when the caching asked for, or any at all, is not sold where the request stands."""
    if not (group.usage.cache_read_input_tokens or group.usage.cache_creation_input_tokens):
        return
    wanted = next((policy.priced_as for policy in offer.cache if policy.kind == group.cache), None)
    wanted = wanted or next((policy.priced_as for policy in offer.cache), None)
    if wanted is None or at.cache == wanted or (not group.cache and at.cache):
        return
    refused = active.refused(at._replace(cache=wanted), by_cache=True)
    if refused is not None:
        instead = f"{at.cache} caching is used" if at.cache else "cached tokens are billed without a cache policy"
        tally.note("cache-not-sold", f"not sold with {refused}; {instead}")


def say_dates(offer: Offer, active: PricesInForce, on: PricingDay, tally: QuoteBuilder) -> None:
    """Say how far the dates and the origin of the rates can be relied on."""
    version = active.version
    if version.status == "free":
        tally.note("free", "free of charge")
    if offer.doubt is not None:
        tally.doubt("perhaps-ended", offer.doubt)
    oldest, evidence = version.checked_on, version.evidence
    for billing, _ in tally.quantities.values():
        checked = billing.checked_on
        if checked is not None and (oldest is None or checked < oldest):
            oldest, evidence = checked, billing.evidence
        if billing.starts is None and checked is not None and on.day < checked:
            _say_start(checked, (version.note, offer.note), on, tally)
        _say_rate(billing, tally)
    if version.volume:
        _say_volume(version, tally)
    change = offer.history.next_change(on, offer.terms)
    if change is not None:
        tally.add(change_note(change))
    aged = age_note(oldest, evidence, on)
    if aged is not None:
        tally.add(aged)


def _say_volume(version: PriceEntry, tally: QuoteBuilder) -> None:
    """Say which other prices hold for a part of a month, of what was billed."""
    billed = {billing.meter for billing, _ in tally.quantities.values()}
    for price in version.volume:
        if price.meter in billed:
            how = "counted" if version.counts_volume else "not counted"
            tally.note("volume", f"{how}: {price.said}")


def _say_start(checked: date, known: tuple[str | None, ...], on: PricingDay, tally: QuoteBuilder) -> None:
    """Say that a rate is used for a day before its first check, with what its sheet says of it."""
    tally.doubt("start-unknown", f"the price of {checked} is used for {on}: when it began is not known")
    for note in known:
        if note:
            tally.note("sheet-note", f"its price sheet says: {note}")


def _say_rate(billing: ResolvedRate, tally: QuoteBuilder) -> None:
    """Say what is unusual about a rate: its own note, its tier, and where it was not quoted as it is."""
    if billing.meter == "input":
        if billing.rate.note is not None:
            tally.note("rate-note", f"its price of input: {billing.rate.note}")
        if billing.upper_tier:
            tally.note("tier", f"tier: {billing.condition} moves every rate of the whole request")
    if billing.rate.promotion is not None:
        tally.note("promotion", f"for a limited time its {billing.meter} costs {billing.rate.promotion}; not counted")
    if billing.rate.origin != QUOTED:
        tally.note("derived", f"some rates are {ORIGINS[billing.rate.origin]}; the explanation says which")
