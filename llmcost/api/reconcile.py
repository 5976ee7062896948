"""A vendor's bill against list prices of the usage it is for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal

from llmcost.api.usage.alternatives import alternatives_of, told_by
from llmcost.api.usage.bill_parts import Bill, Use, parts_of_bill
from llmcost.api.usage.counterparts import Key, Names, Places, Span, Spans
from llmcost.api.usage.list_cost import ListCost, list_usage
from llmcost.api.usage.pricer import UsagePricer
from llmcost.core.analysis.bills.part import BilledPart
from llmcost.core.analysis.bills.reconciliation import Reconciliation, reconcile
from llmcost.core.workload.billed_cost import BilledCost
from llmcost.core.workload.usage_record import UsageRecord
from llmcost.errors import CurrencyError

ONE_DAY = timedelta(days=1)


def reconcile_usage(pricer: UsagePricer, records: Sequence[UsageRecord], bill: Sequence[BilledCost]) -> Reconciliation:
    """The bill against list prices of the usage, part by part: by span of the bill, model and meter.

    With a contract of the pricer it is held against what was agreed on, whatever the bill itself says of its list
    prices. Usage that does not say where it was is taken to be where the bill says, or else where its seller's list is
    in the currency of the bill. Raises CurrencyError for a bill in several currencies, or in another than the pricer's.
    """
    currencies = {cost.currency for cost in bill}
    if currencies != {pricer.currency}:
        raise CurrencyError(f"the bill is in {', '.join(sorted(currencies))}", "hold bills of one currency at a time")
    agreed = () if pricer.contract is None else tuple(each.text for each in pricer.contract.discounts)
    if agreed:
        bill = [cost._replace(list_cost=None) for cost in bill]
    sellers = [(record.provider, record.model) for record in records]
    names = Names(pricer, [*sellers, *((cost.provider, cost.model or "") for cost in bill)])
    places = Places(pricer, names, bill)
    settled = list(map(places.settle, records))
    spans = Spans(names, bill, settled, pricer.said)
    used: dict[_Place, list[UsageRecord]] = {}
    for record in settled:
        key = names.of(record.provider, record.model)
        if record.provider is None and key.seller:  # it is priced where it is billed
            record = record._replace(provider=key.seller)
        used.setdefault((spans.of(record, key), key), []).append(record)
    billed: dict[_Place, list[BilledCost]] = {}
    for cost in bill:
        key = names.of(cost.provider, cost.model or "")
        billed.setdefault((spans.billed(cost, key), key), []).append(cost)
    for place, rows in billed.items():
        if len(there := places.billed_at(rows)) == 1:  # of this span, whatever others are of
            used[place] = [each if each.place else each._replace(place=there[0]) for each in used.get(place, [])]
    listed = {place: list_usage(pricer, used.get(place, [])) for place in sorted({*used, *billed})}
    told, step = _pool(listed, billed), _step_of(bill)
    parts: list[BilledPart] = []
    for (span, key), prices in told.items():
        own, rows = used.get((span, key), []), billed.get((span, key), [])
        others = alternatives_of(pricer, own) if own and rows and "" not in prices.gaps else []
        moved = listed[span, key].costs.keys() - prices.costs.keys()
        others = [each.without(moved) for each in others]
        use = Use(
            prices,
            others,
            told_by(pricer, own) if own else frozenset(),
            is_open=any(_goes_beyond(record, span) for record in own or _of_seller(used, span, key)),
            elsewhere=_at_places(pricer, own, places.billed_at(rows)),
        )
        parts += parts_of_bill(span, names.shown(key), use, Bill(rows, step))
    return reconcile(pricer.currency, parts, agreed)


def _of_seller(used: Mapping[_Place, Sequence[UsageRecord]], span: Span, key: Key) -> list[UsageRecord]:
    """All that a seller's models used in a span, of which a line without a model is."""
    if key.model:
        return []
    places = [place for place in used if place[1].seller == key.seller and _meet(place[0], span)]
    return [record for place in places for record in used[place]]


def _meet(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _at_places(pricer: UsagePricer, records: Sequence[UsageRecord], places: Sequence[str]) -> list[ListCost]:
    """What usage costs if all that does not say where it was was at one of several places that are billed, for each."""
    if len(places) < 2 or all(record.place is not None for record in records):
        return []
    return [
        list_usage(pricer, [record if record.place else record._replace(place=place) for record in records])
        for place in places
    ]


def _step_of(bill: Iterable[BilledCost]) -> Decimal:
    """To what a bill is rounded that does not say so: as many decimals as its amounts have, and at least cents."""
    places = [int(cost.cost.as_tuple().exponent) for cost in bill]
    return Decimal(1).scaleb(min(-2, *places))


_Place = tuple[Span, Key]
"""Where usage is held against a bill."""


def _pool(listed: Mapping[_Place, ListCost], billed: Mapping[_Place, Sequence[BilledCost]]) -> dict[_Place, ListCost]:
    """The list prices, with what a bill has by meter and without a model, such as searches, moved there.

    It is taken from the seller's models of spans that meet its own and that are not billed for it themselves.
    """
    told = dict(listed)
    for (span, key), rows in billed.items():
        for meter in dict.fromkeys(row.meter for row in rows if row.meter is not None) if not key.model else ():
            for place in listed:
                own = any(row.meter == meter for row in billed.get(place, ()))
                if _meet(place[0], span) and place[1].seller == key.seller and place[1].model and not own:
                    told[span, key] = told[span, key].with_meter(meter, told[place])
                    told[place] = told[place].without_meter(meter)
    return told


def _goes_beyond(record: UsageRecord, span: Span) -> bool:
    """Whether a sum has a day or more that is no part of the span that it is held against."""
    return record.end is not None and (record.end - span[1] >= ONE_DAY or span[0] - record.start >= ONE_DAY)
