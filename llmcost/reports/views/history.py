"""The price history of offers as a table: one row for each rate of each price entry."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from llmcost.core.offers.offer import Offer
from llmcost.core.offers.price_identity import PriceIdentity
from llmcost.core.pricing.entries import PriceEntry
from llmcost.core.values.dates import Moment, PricingDay
from llmcost.core.values.rates import Rate, SameAs
from llmcost.reports.views.comparison import Table
from llmcost.reports.views.description import describe_offer
from llmcost.reports.views.offers import offer_data
from llmcost.reports.views.view import View

HISTORY_COLUMNS = (
    "offer",
    "effective_from",
    "withdrawn_on",
    "condition",
    "meter",
    "currency",
    "unit_price",
    "unit",
    "same_as",
    "multiplier",
    "status",
    "checked_on",
    "source",
    "via",
    "evidence",
    "derived",
    "note",
)
HISTORY_NUMERIC = frozenset(("unit_price", "multiplier"))


def history_view(offers: list[Offer], on: PricingDay, prices: PriceIdentity) -> View:
    """The whole price history of offers; the day is that of self-hosted ones, whose prices are those of instances."""
    return View(
        "prices show",
        prices,
        {"on": str(on), "complete": True},
        rows=lambda: [offer_data(offer, list(offer.history.versions)) for offer in offers],
        tables=lambda: {"prices": history_table(offers)},
        blocks=lambda: ["\n".join(_lines(offer)) for offer in offers],
    )


def _lines(offer: Offer) -> list[str]:
    if offer.deployment is None:
        return describe_offer(offer)
    from llmcost.reports.views.self_hosting import describe_self_offer

    return describe_self_offer(offer)


def history_table(offers: list[Offer]) -> Table:
    """A row for each rate, as the sheet states it; a row without a meter where an entry or a combination has none.

    ``multiplier`` is the place's uplift, which is not in ``unit_price``. ``condition`` is empty for base rates.
    """
    rows = [
        (f"{offer.seller}/{offer.id}@{offer.place}", *row)
        for offer in offers
        for version in offer.history.versions
        for row in _version_rows(version)
    ]
    return Table(HISTORY_COLUMNS, tuple(rows), HISTORY_NUMERIC)


def _version_rows(version: PriceEntry) -> Iterator[tuple[str, ...]]:
    dates = (_text(version.starts), _text(version.ends))
    seen = (_text(version.checked_on), version.source)
    way = (version.via or "", version.evidence)
    uplift = "" if version.multiply is None else f"{version.multiply:f}"
    status = version.status or "priced"
    if not version.base:
        yield (*dates, "", "", "", "", "", "", uplift, status, *seen, *way, "", version.note or "")
    for meter, rate in version.base.items():
        yield (*dates, "", *_price(meter, rate), uplift, status, seen[0], *_words(rate, seen[1], way))
    for variant in version.variants:
        own = (_text(variant.starts) or dates[0], _text(variant.ends) or dates[1])
        if variant.checked_on is not None and variant.starts is None:
            own = ("", own[1])
        where = (_text(variant.checked_on) or seen[0], variant.source or seen[1])
        read = (variant.via or "", variant.evidence) if variant.evidence else way
        for meter, rate in variant.rates.items():
            words = _words(rate, where[1], read)
            yield (*own, str(variant.when), *_price(meter, rate), uplift, status, where[0], *words)
    for condition in version.not_sold:
        yield (*dates, str(condition), "", "", "", "", "", "", "not sold", *seen, *way, "", "")
    for unpriced in version.unpriced:
        for meter in unpriced.meters or ("",):
            yield (*dates, str(unpriced.when), meter, "", "", "", "", "", "unknown", *seen, *way, "", "")


def _price(meter: str, rate: Rate | SameAs) -> tuple[str, ...]:
    """Meter, currency, price and unit, or the meter whose rate it is."""
    if isinstance(rate, Rate):
        return meter, rate.currency, f"{rate.amount:f}", rate.unit.text, ""
    return meter, "", "", "", rate.meter


def _words(rate: Rate | SameAs, source: str, way: tuple[str, str]) -> tuple[str, ...]:
    """The source of a rate, how that was read, how it was derived, and its note."""
    if isinstance(rate, Rate):
        return rate.source or source, *way, rate.derived or "", rate.note or ""
    return source, *way, "", ""


def _text(day: date | Moment | None) -> str:
    return "" if day is None else str(day)
