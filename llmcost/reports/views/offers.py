"""What can be priced: offers with their rates, conditions, dates and sources, as a table and as data."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from llmcost.core.offers.offer import Offer
from llmcost.core.offers.price_identity import PriceIdentity
from llmcost.core.pricing.conditions import RatingContext
from llmcost.core.pricing.entries import PriceEntry
from llmcost.core.pricing.evidence import SECOND_HAND
from llmcost.core.quotes.freshness import STALE_AFTER_DAYS
from llmcost.core.quotes.notes import SECOND_HAND_MARK, STALE
from llmcost.core.values.dates import PricingDay
from llmcost.core.values.meters import METERS
from llmcost.core.values.rates import Rate, Rates
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
