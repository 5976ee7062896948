"""An offer in words: what it is, how it counts and caches, and its whole price history."""

from __future__ import annotations

from llmcost.core.offers.offer import CachePolicy, Offer
from llmcost.core.pricing.entries import PriceEntry
from llmcost.core.pricing.evidence import seen_on
from llmcost.core.values.rates import Rate, Rates
from llmcost.core.workload.tasks import CHAT


def describe_offer(offer: Offer) -> list[str]:
    """Lines of plain text with an offer's whole price history."""
    lines = [f"{offer.seller}/{offer.id}@{offer.place} ({offer.seller_name})"]
    facts = [
        f"model {offer.model}" if offer.model != offer.id else "",
        f"developer {offer.developer}" if offer.developer else "",
        f"context window {offer.context_window}" if offer.context_window else "",
        f"takes {', '.join(offer.input_kinds)}" if offer.input_kinds else "",
        f"makes {', '.join(offer.output_kinds)}" if offer.output_kinds else "",
        f"made for {offer.task}" if offer.task != CHAT else "",
        *(line for policy in offer.cache for line in _policy_lines(policy)),
        f"default mode {offer.default_mode}" if offer.default_mode else "",
    ]
    lines += [f"  {fact}" for fact in facts if fact]
    lines += [f"  {fact}" for fact in _counting(offer)]
    if offer.doubt:
        lines.append(f"  in doubt: {offer.doubt}")
    if offer.note:
        lines.append(f"  note: {offer.note}")
    for version in offer.history.versions:
        lines += version_lines(version)
    return lines


def _policy_lines(policy: CachePolicy) -> list[str]:
    """A cache policy in words, and what else is known of it."""
    facts = [
        f"caching {policy.kind}",
        f"billed as {policy.billed_as}" if policy.billed_as else "",
        f"from {policy.minimum_tokens} tokens on" if policy.minimum_tokens else "",
        f"in steps of {policy.step_tokens}" if policy.step_tokens else "",
        f"kept {policy.ttl}" if policy.ttl else "kept for a time not stated",
        "with the answer" if policy.keeps_output else "",
        policy.source or "",
    ]
    more = (f"via {policy.via}" if policy.via else None, policy.note)
    return [", ".join(fact for fact in facts if fact), *(f"  {each}" for each in more if each)]


def _counting(offer: Offer) -> list[str]:
    """How the model counts text and media, and where that is from."""
    rules = offer.token_rules()
    lines = []
    if rules.tokenizer is not None:
        lines.append(f"text counted by {rules.tokenizer.name}, checked {rules.tokenizer.checked_on}")
    for modality, rule in rules.media.items():
        seen = seen_on(rule.checked_on, rule.evidence)
        way = f" (via {rule.via})" if rule.via else ""
        lines.append(f"{modality} counted by the {rule.method} rule, {seen}, {rule.source}{way}")
    return lines


def version_lines(version: PriceEntry) -> list[str]:
    """Lines of plain text on one price entry."""
    until = f", until {version.ends}" if version.ends else ""
    lines = [f"  from {version.starts or 'a day not known'}{until}, {seen_on(version.checked_on, version.evidence)}"]
    lines.append(f"    {version.source}" + (f" (via {version.via})" if version.via else ""))
    if version.status:
        lines.append(f"    {version.status}")
    if version.context_window:
        lines.append(f"    context window {version.context_window}")
    if version.multiply is not None:
        lines.append(f"    token rates × {version.multiply:f}")
    for meter, least in version.minimum.items():
        lines.append(f"    at least {least} {meter} per request")
    lines += [f"    the first {free} {meter} of a request are not billed" for meter, free in version.included.items()]
    lines += [f"    {meter} in steps of {step} per request" for meter, step in version.step.items()]
    lines += [f"    {price.said}" for price in version.volume]
    lines += [f"    {plan}" for plan in version.plans]
    lines += [f"    {line}" for line in _rate_lines(version.base)]
    for variant in version.variants:
        dates = f" from {variant.starts}" if variant.starts else ""
        dates += f" until {variant.ends}" if variant.ends else ""
        if variant.checked_on:
            dates += f", {seen_on(variant.checked_on, variant.evidence or version.evidence)}"
        lines.append(f"    when {variant.when}{dates}")
        if variant.source or variant.via:
            way = f" (via {variant.via})" if variant.via else ""
            lines.append(f"      {variant.source or version.source}{way}")
        lines += [f"      {line}" for line in _rate_lines(variant.rates)]
    lines += [f"    not sold: {condition}" for condition in version.not_sold]
    for unpriced in version.unpriced:
        meters = f" ({', '.join(unpriced.meters)})" if unpriced.meters else ""
        lines.append(f"    price not known: {unpriced.when}{meters}")
    if version.note:
        lines.append(f"    note: {version.note}")
    return lines


def _rate_lines(rates: Rates) -> list[str]:
    width = max((len(meter) for meter in rates), default=0)
    lines = []
    for meter, rate in rates.items():
        if isinstance(rate, Rate):
            more = f"  (derived: {rate.derived})" if rate.derived else ""
            more += f"  ({rate.note})" if rate.note else ""
            lines.append(f"{meter:<{width}}  {rate}{more}")
        else:
            lines.append(f"{meter:<{width}}  = {rate.meter}")
    return lines
