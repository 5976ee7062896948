"""The months that a comparison covers, each cut where a price changes, and the quotes in each cut."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from itertools import pairwise

from llmcost import cost_models
from llmcost.core.offers.offer import MIX, SELF_HOSTED, Offer
from llmcost.core.quotes.notes import Note
from llmcost.core.quotes.quote import Quote
from llmcost.core.values.dates import PricingDay, months_later
from llmcost.core.workload.requests import Workload


def series_of(offer: Offer, workload: Workload, day: PricingDay, months: int) -> list[tuple[date, list[list[Quote]]]]:
    """The quotes of every month, each cut where a price changes, and in each cut those of every offer involved."""
    if months == 1:
        return [(day.day, [quotes_at_once(offer, workload, day)])]
    series = []
    for number in range(months):
        starts, ends = months_later(day.day, number), months_later(day.day, number + 1)
        cuts = [starts, *_changes(offer, workload, starts, ends), ends]
        month = []
        for first, last in pairwise(cuts):
            part = Fraction((last - first).days, (ends - starts).days)
            month.append(quotes_at_once(offer, workload.in_month(number, part), PricingDay(first)))
        series.append((starts, month))
    return series


def _changes(offer: Offer, workload: Workload, after: date, before: date) -> list[date]:
    """The days between two on which a price of any offer involved changes."""
    involved = [each for each in (offer, *workload.fixed) if each.kind != MIX]
    return sorted({change for each in involved for change in each.history.changes(after, before)})


def change_notes(offer: Offer, workload: Workload, day: PricingDay, months: int) -> list[Note]:
    """What is said of the price changes within so many months."""
    changes = _changes(offer, workload, day.day, months_later(day.day, months))
    ends = [] if offer.kind == MIX else [day for day in changes if not offer.history.sold(PricingDay(day))]
    return [
        Note("withdrawn", f"it is withdrawn on {change}")
        if change in ends
        else Note("price-change", f"its prices change on {change}; each month is priced with those in force then")
        for change in changes
    ]


def quotes_at_once(offer: Offer, workload: Workload, day: PricingDay) -> list[Quote]:
    """The quotes of the offer, and of those that classes are fixed to."""
    if all(group.offer is None for group in workload.groups):
        return [cost_models.quote(offer, workload, day)]
    parts = {offer.name: (offer, workload.free)} if offer.kind != MIX else {}
    for each, part in workload.fixed.items():
        each = cost_models.pin(each, part, day)
        had = parts.get(each.name)
        parts[each.name] = (each, part) if had is None else (had[0], had[1].joined(part))
    serving = workload.serving
    quotes = []
    for each, part in parts.values():
        if each.kind == SELF_HOSTED:
            part, serving = replace(part, serving=serving), serving.shared
        quotes.append(cost_models.quote(each, part, day))
    return quotes
