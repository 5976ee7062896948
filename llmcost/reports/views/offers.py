"""What can be priced: offers with their rates, conditions, dates and sources, as a table, as data and as prose."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from llmcost.core.offers.offer import CachePolicy, Offer
from llmcost.core.offers.price_identity import PriceIdentity
from llmcost.core.pricing.conditions import RatingContext
from llmcost.core.pricing.entries import PriceEntry
from llmcost.core.pricing.evidence import SECOND_HAND, seen_on
from llmcost.core.quotes.freshness import STALE_AFTER_DAYS
from llmcost.core.quotes.notes import SECOND_HAND_MARK, STALE
from llmcost.core.values.dates import PricingDay
from llmcost.core.values.meters import METERS
from llmcost.core.values.rates import Rate, Rates
from llmcost.core.workload.tasks import CHAT
from llmcost.errors import NotPricedError
from llmcost.reports.views.comparison import Table
from llmcost.reports.views.conclusions import MEANINGS
from llmcost.reports.views.view import View

OFFER_COLUMNS = (
    "offer",
    "currency",
    "input",
    "output",
    "unit",
    "cache_read",
    "terms",
    "context_window",
    "effective_from",
    "checked_on",
    "model",
    "developer",
    "status",
    "source",
    "evidence",
    "grade",
    "via",
    "on",
    "other_rates",
)
OFFER_NUMERIC = frozenset(("input", "output", "cache_read", "context_window"))


def offers_table(offers: list[Offer], on: PricingDay) -> Table:
    """One row per offer with its base rates on a day."""
    return Table(OFFER_COLUMNS, tuple(_offer_row(offer, on) for offer in offers), OFFER_NUMERIC)


def for_people(table: Table) -> Table:
    """The columns a person looks for first; currency and unit are one, and what tokens do not bill says its rates."""
    names = ("offer", "input", "output", "unit", "cache_read", "terms", "context_window", "checked_on")
    rows = []
    for row in table.rows:
        cells = dict(zip(table.columns, row, strict=True))
        if cells["other_rates"] and not cells["input"] and not cells["output"]:
            cells["unit"] = cells["other_rates"]
        elif cells["currency"]:
            cells["unit"] = f"{cells['currency']} / {cells['unit']}"
        elif cells["status"] != "priced":
            cells["unit"] = cells["status"]
        rows.append(tuple(cells[name] for name in names))
    return Table(names, tuple(rows), table.numeric)


def _for_people(offers: list[Offer], on: PricingDay) -> list[Any]:
    """The table with marks behind the names of offers, and below it what these mean."""
    table = offers_table(offers, on)
    marked, rows = set(), []
    for offer, row in zip(offers, table.rows, strict=True):
        cells = dict(zip(table.columns, row, strict=True))
        marks = [mark for mark, holds in _marks(cells, on) if holds]
        marks += [OTHER_PRICES] if _has_other_prices(_in_force(offer, on)) else []
        marked |= {*marks}
        rows.append(((" ".join((cells["offer"], *(MARKS[mark][0] for mark in marks)))), *row[1:]))
    legend = "\n".join(MARKS[mark] for mark in MARKS if mark in marked)
    return [for_people(Table(table.columns, tuple(rows), table.numeric)), *([legend] if legend else [])]


OTHER_PRICES = "other-prices"
MARKS = {**MEANINGS, OTHER_PRICES: "+ has other prices at some sizes, hours or modes: see llmcost price, or -f json"}
"""What each mark means, by its code; the first letter is the mark itself."""
PLAIN_KEYS = frozenset(("terms", "cache"))
"""What conditions ask about that the table has columns for."""


def _has_other_prices(version: PriceEntry | None) -> bool:
    """Whether what tokens cost depends on more than the table says."""
    return version is not None and any(each.when.asks - PLAIN_KEYS for each in version.variants)


def _marks(cells: Mapping[str, str], on: PricingDay) -> list[tuple[str, bool]]:
    seen = cells["checked_on"]
    old = bool(seen) and (on.day - date.fromisoformat(seen)).days > STALE_AFTER_DAYS
    return [(STALE, old), (SECOND_HAND_MARK, cells["grade"] in SECOND_HAND)]


def offers_view(offers: list[Offer], on: PricingDay, prices: PriceIdentity) -> View:
    """What can be priced on a day."""
    return View(
        "models",
        prices,
        {"on": str(on), "complete": True},
        rows=lambda: offers_data(offers, on),
        tables=lambda: {"offers": offers_table(offers, on)},
        blocks=lambda: _for_people(offers, on),
    )


def offers_data(offers: list[Offer], on: PricingDay) -> list[dict[str, Any]]:
    """Every offer with its price entry in force on a day, in full."""
    return [offer_data(offer, [_in_force(offer, on)]) for offer in offers]


def offer_data(offer: Offer, versions: list[PriceEntry | None]) -> dict[str, Any]:
    """One offer and some of its price entries as plain data."""
    return {
        "offer": offer.name,
        "seller": offer.seller,
        "model": offer.model,
        "developer": offer.developer,
        "place": offer.place,
        "terms": offer.history.terms(),
        "context_window": offer.context_window,
        "task": offer.task,
        "input_modalities": list(offer.input_kinds) if offer.input_kinds else None,
        "output_modalities": list(offer.output_kinds) if offer.output_kinds else None,
        "cache": [policy.kind for policy in offer.cache],
        "cache_policies": [policy._asdict() for policy in offer.cache],
        "note": offer.note,
        "doubt": offer.doubt,
        "prices": [_version_data(version) for version in versions if version is not None],
    }


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


def _version_data(version: PriceEntry) -> dict[str, Any]:
    return {
        "effective_from": None if version.starts is None else str(version.starts),
        "withdrawn_on": None if version.ends is None else str(version.ends),
        "checked_on": _day(version.checked_on),
        "source": version.source,
        "via": version.via,
        "evidence": version.evidence,
        "grade": version.grade,
        "witnesses": list(version.witnesses),
        "status": version.status or "priced",
        "context_window": version.context_window,
        "multiply": None if version.multiply is None else f"{version.multiply:f}",
        "minimum": {meter: str(least) for meter, least in version.minimum.items()},
        "included": {meter: str(free) for meter, free in version.included.items()},
        "step": {meter: str(step) for meter, step in version.step.items()},
        "volume": [{"meter": price.meter, "price": price.said} for price in version.volume],
        "plans": list(version.plans),
        "rates": _rates_data(version.base),
        "variants": [
            {
                "when": str(variant.when),
                "effective_from": None if variant.starts is None else str(variant.starts),
                "withdrawn_on": None if variant.ends is None else str(variant.ends),
                "checked_on": _day(variant.checked_on or version.checked_on),
                "source": variant.source or version.source,
                "via": variant.via if variant.evidence else version.via,
                "evidence": variant.evidence or version.evidence,
                "rates": _rates_data(variant.rates),
            }
            for variant in version.variants
        ],
        "not_sold": [str(condition) for condition in version.not_sold],
        "unpriced": [{"when": str(unpriced.when), "meters": list(unpriced.meters)} for unpriced in version.unpriced],
        "note": version.note,
    }


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _rates_data(rates: Rates) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for meter, rate in rates.items():
        if isinstance(rate, Rate):
            data[meter] = {
                "unit_price": f"{rate.amount:f}",
                "price_currency": rate.currency,
                "unit": rate.unit.text,
                "derived": rate.derived,
                "note": rate.note,
                "source": rate.source,
            }
        else:
            data[meter] = {"same_as": rate.meter}
    return data


def _in_force(offer: Offer, on: PricingDay) -> PriceEntry | None:
    try:
        return offer.history.on(on).version
    except NotPricedError:
        return None


def _offer_row(offer: Offer, on: PricingDay) -> tuple[str, ...]:
    version = _in_force(offer, on)
    rates = _usual_rates(offer, on) if version else {}
    shown = {meter: rates[meter] for meter in ("input", "output", "cache_read") if meter in rates}
    unit = next((rate.unit.text for rate in (*shown.values(), *rates.values())), "")
    currency = next((rate.currency for rate in rates.values()), "")
    uplift = (version.multiply if version else None) or 1
    amounts = {meter: f"{rate.amount * uplift:f}" for meter, rate in shown.items() if rate.unit.text == unit}
    return (
        offer.name,
        currency,
        amounts.get("input", ""),
        amounts.get("output", ""),
        unit,
        amounts.get("cache_read", ""),
        " ".join(offer.history.terms()),
        str((version.context_window if version else None) or offer.context_window or ""),
        str(version.starts or "") if version else "",
        (_day(version.checked_on) or "") if version else "",
        offer.model,
        offer.developer or "",
        (version.status or "priced") if version else "not in force",
        version.source if version else "",
        version.evidence if version else "",
        version.grade if version else "",
        (version.via or "") if version else "",
        str(on),
        "; ".join(f"{meter} {rate}" for meter, rate in rates.items() if meter not in amounts),
    )


def _usual_rates(offer: Offer, on: PricingDay) -> dict[str, Rate]:
    """The rates of a small request of text on the offer's own terms, with its defaults, outside any special hours."""
    active = offer.history.on(on)
    cache = next((policy.priced_as for policy in offer.cache), None)
    at = RatingContext(
        terms=offer.terms,
        mode=offer.default_mode,
        cache=cache,
        input_tokens=0,
        kinds=frozenset(),
        windows=frozenset(),
        options=tuple(offer.default_options),
    )
    picked = {meter: active.rate_for(at, meter) for meter in METERS}
    return {meter: each[0] for meter, each in picked.items() if each is not None and isinstance(each[0], Rate)}
