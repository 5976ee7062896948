"""Sheet data as plain text, made into the core's types.

The data has passed ``schema`` and ``checks`` before, or comes from the snapshot of data that has.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from llmcost.core.offers.offer import CachePolicy, Offer, TokenRules, no_rules
from llmcost.core.pricing.conditions import Condition
from llmcost.core.pricing.entries import PriceEntry, Unpriced, Variant, VolumePrice
from llmcost.core.pricing.evidence import PAGE
from llmcost.core.pricing.history import PriceHistory
from llmcost.core.pricing.tiers import parse_sizes
from llmcost.core.values.dates import parse_moment
from llmcost.core.values.numerals import parse_decimal, parse_whole
from llmcost.core.values.rates import DERIVED, QUOTED, Origin, Rate, SameAs, parse_rate
from llmcost.core.values.schedule import parse_window
from llmcost.core.workload.tasks import CHAT
from llmcost.sheets.evidence import evidence_of

Plain = Mapping[str, Any]


def build_offers(sheet: Plain, model: Plain, token_rules: Callable[[], TokenRules] = no_rules) -> dict[str, Offer]:
    """One model's offers on standard terms, by place."""
    by_place: dict[str, list[PriceEntry]] = {}
    for entry in model["prices"]:
        version = build_version(entry, sheet.get("timezone") or "UTC")
        for place in places_of(entry, sheet):
            by_place.setdefault(place, []).append(version)
    modalities = model.get("modalities")
    window = model.get("context_window")
    return {
        place: Offer(
            seller=sheet["seller"],
            seller_name=sheet["name"],
            id=model["id"],
            model=model.get("model") or model["id"],
            developer=model.get("developer"),
            place=place,
            history=PriceHistory(tuple(versions)),
            context_window=parse_whole(window) if window else None,
            input_kinds=tuple(modalities["input"]) if modalities else None,
            output_kinds=tuple(modalities["output"]) if modalities else None,
            default_mode=model.get("default_mode"),
            default_options=tuple(sorted((model.get("default_options") or {}).items())),
            cache=tuple(_policy(each) for each in model.get("cache") or ()),
            note=model.get("note"),
            doubt=model.get("doubt"),
            task=model.get("task") or CHAT,
            token_rules=token_rules,
        )
        for place, versions in by_place.items()
    }


def places_of(entry: Plain, sheet: Plain) -> list[str]:
    """Where the prices of an entry hold."""
    return list(entry.get("places") or ()) or [entry.get("place") or sheet["default_place"]]


def build_version(entry: Plain, zone: str = "UTC") -> PriceEntry:
    """One dated price entry."""
    starts, ends = entry.get("effective_from"), entry.get("withdrawn_on")
    window = entry.get("context_window")
    return PriceEntry(
        checked_on=date.fromisoformat(entry["checked_on"]),
        source=entry["source"],
        base=build_rates(entry.get("rates") or {}),
        variants=tuple(build_variant(each, zone) for each in entry.get("variants") or ()),
        starts=parse_moment(starts, zone) if starts else None,
        ends=parse_moment(ends, zone) if ends else None,
        via=entry.get("via"),
        evidence=evidence_of(entry) or PAGE,
        witnesses=tuple(entry.get("witnesses") or ()),
        status=entry.get("status"),
        context_window=parse_whole(window) if window else None,
        multiply=parse_decimal(entry["multiply"]) if entry.get("multiply") else None,
        minimum={meter: parse_whole(least) for meter, least in (entry.get("minimum") or {}).items()},
        included={meter: parse_whole(free) for meter, free in (entry.get("included") or {}).items()},
        step={meter: parse_whole(step) for meter, step in (entry.get("step") or {}).items()},
        volume=tuple(_volume(each) for each in entry.get("volume") or ()),
        plans=tuple(_plan(each) for each in entry.get("plans") or ()),
        not_sold=tuple(build_condition(each) for each in entry.get("not_sold") or ()),
        unpriced=tuple(
            Unpriced(build_condition(each), tuple(each.get("meters") or ())) for each in entry.get("unpriced") or ()
        ),
        note=entry.get("note"),
    )


def _volume(each: Plain) -> VolumePrice:
    """A price by volume."""
    span = f"above {each['above']}" if each.get("above") else f"the first {each['up_to']}"
    note = f" ({each['note']})" if each.get("note") else ""
    rate = None if each["price"] == "free" else parse_rate(each["meter"], each["price"])
    return VolumePrice(
        meter=each["meter"],
        first=parse_whole(each["above"]) if each.get("above") else 0,
        last=parse_whole(each["up_to"]) if each.get("up_to") else None,
        rate=rate if isinstance(rate, Rate) else None,
        said=f"{span} {each['meter']} a month: {each['price']}{note}",
    )


def _plan(each: Plain) -> str:
    """A plan, as it is said."""
    term = f", for {each['term']}" if each.get("term") else ""
    includes = f", includes {each['includes']}" if each.get("includes") else ""
    return f"{each['name']}: {each['price']}{term}{includes}"


def build_variant(variant: Plain, zone: str) -> Variant:
    """One variant of an entry."""
    starts, ends, checked = variant.get("effective_from"), variant.get("withdrawn_on"), variant.get("checked_on")
    return Variant(
        when=build_condition(variant["when"]),
        rates=build_rates(variant["rates"]),
        starts=parse_moment(starts, zone) if starts else None,
        ends=parse_moment(ends, zone) if ends else None,
        checked_on=date.fromisoformat(checked) if checked else None,
        source=variant.get("source"),
        via=variant.get("via"),
        evidence=evidence_of(variant),
        witnesses=tuple(variant["witnesses"]) if "witnesses" in variant else None,
    )


def build_rates(rates: Plain) -> dict[str, Rate | SameAs]:
    """Rates by meter."""
    return {meter: build_rate(meter, value) for meter, value in rates.items()}


def build_rate(meter: str, value: Any) -> Rate | SameAs:
    """One rate, from its text or from a mapping with `rate` and more."""
    if isinstance(value, str):
        return parse_rate(meter, value)
    rate = parse_rate(meter, value["rate"])
    if isinstance(rate, SameAs):
        return rate
    rule = value.get("derived")
    origin: Origin = QUOTED if rule is None else DERIVED
    return Rate(
        rate.amount,
        rate.currency,
        rate.unit,
        derived=rule,
        note=value.get("note"),
        source=value.get("source"),
        promotion=_promotion(value),
        origin=origin,
    )


def _promotion(value: Plain) -> str | None:
    """A lower price for a limited time, as it is said; None without one."""
    if not value.get("promotion"):
        return None
    return f"{value['promotion']} until {value.get('until') or 'a day not stated'}"


def build_condition(when: Plain) -> Condition:
    """What is written under `when`."""
    asked = when.get("modalities")
    time = when.get("time")
    options = when.get("options")
    kinds = None
    if asked is not None:
        kinds = frozenset((side, kind) for side in ("input", "output") for kind in asked.get(side) or ())
    return Condition(
        terms=when.get("terms"),
        mode=when.get("mode"),
        cache=when.get("cache"),
        input_tokens=parse_sizes(when["input_tokens"]) if when.get("input_tokens") else None,
        output_tokens=parse_sizes(when["output_tokens"]) if when.get("output_tokens") else None,
        kinds=kinds,
        time=tuple(parse_window(each) for each in time) if time else None,
        options=tuple(sorted(options.items())) if options else None,
    )


def _policy(policy: Plain) -> CachePolicy:
    least, step = policy.get("minimum_tokens"), policy.get("step_tokens")
    return CachePolicy(
        kind=policy["kind"],
        minimum_tokens=parse_whole(least) if least else None,
        ttl=policy.get("ttl"),
        step_tokens=parse_whole(step) if step else None,
        keeps_output=policy.get("keeps_output") == "true",
        source=policy.get("source"),
        note=policy.get("note"),
        via=policy.get("via"),
        billed_as=policy.get("billed_as"),
    )
