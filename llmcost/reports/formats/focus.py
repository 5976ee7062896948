"""FOCUS 1.0: an estimate as rows of cost and usage, for FinOps tools.

A row is a charge. Nothing was billed, so ``BilledCost`` is 0; ``ListCost`` is at the vendor's rate, ``ContractedCost``
and ``EffectiveCost`` are the estimate. The columns are those of the FOCUS 1.0 validator, which asks for four of them by
their display names (``Provider``, ``Publisher``, ``InvoiceIssuer``, ``ResourceID``); the first three stand under the
column ids of the specification as well. Unit prices are in the billing currency. Columns of our own begin with ``x_``.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple

from llmcost.core.analysis.report import ComparisonReport
from llmcost.core.offers.offer import SELF_HOSTED
from llmcost.core.quotes.quote import COMMITMENT, Charge, Quote
from llmcost.core.values.meters import METER
from llmcost.core.values.rates import Rate
from llmcost.core.values.units import PricingUnit
from llmcost.errors import LlmcostError
from llmcost.foreign import escaped_json
from llmcost.reports.formats.csv import render_csv
from llmcost.reports.numbers import fixed, plain_count
from llmcost.reports.style import Style
from llmcost.reports.views.comparison import Table

UNITS = {
    "token": "Tokens",
    "token-hour": "Token-Hours",
    "request": "Requests",
    "search": "Searches",
    "image": "Images",
    "character": "Characters",
    "page": "Pages",
    "second": "Seconds",
    "gpu-hour": "GPU-Hours",
    "server": "Servers",
    "kwh": "kWh",
    "kw-month": "kW-Months",
    "gb-month": "GB-Months",
    "month": "Months",
    "fetch": "Fetches",
    "gb-day": "GB-Days",
    **{each: f"{each.capitalize()}s" for each in ("session", "voice", "unit", "message", "byte", "megapixel")},
    **{each: f"{each.capitalize()}s" for each in ("video", "track", "item")},
}
"""Names of units as FOCUS writes them, by dimension."""


def _noun(unit: PricingUnit) -> str:
    """What a unit counts, as FOCUS writes it; its own word where FOCUS knows none."""
    return UNITS.get(unit.dimension) or f"{unit.dimension.capitalize()}s"


class FocusRow(NamedTuple):
    """One row: a charge of a quote of a result."""

    result: ComparisonReport
    quote: Quote
    charge: Charge
    rank: int | None

    @property
    def purchased(self) -> bool:
        """Whether it is owed by the month."""
        return METER[self.charge.meter].owed

    @property
    def unused(self) -> bool:
        """Whether it is the part of a commitment that nothing was used of."""
        return self.charge.meter == COMMITMENT

    @property
    def seller(self) -> str:
        """Who is paid: the offer's seller, or that of the offer the charge belongs to."""
        return self.quote.offer.seller_name if self.charge.offer is None else self.charge.offer.partition("/")[0]

    @property
    def publisher(self) -> str:
        """Who made what is used; the seller where that is not stated."""
        return self.quote.offer.developer or self.seller

    @property
    def offer(self) -> str:
        """The full id of the offer that is charged for."""
        return self.charge.offer or self.quote.offer.name


COLUMNS: dict[str, Callable[[FocusRow], str]] = {
    "AvailabilityZone": lambda _: "",
    "BilledCost": lambda _: fixed(0),
    "BillingAccountId": lambda _: "llmcost-estimate",
    "BillingAccountName": lambda _: "llmcost estimate",
    "BillingCurrency": lambda line: line.result.comparison.currency,
    "BillingPeriodEnd": lambda line: _instant(_months_on(line.result.comparison.on.day, 1)),
    "BillingPeriodStart": lambda line: _instant(_months_on(line.result.comparison.on.day, 0)),
    "ChargeCategory": lambda line: "Purchase" if line.purchased else "Usage",
    "ChargeClass": lambda _: "",
    "ChargeDescription": lambda line: _description(line),
    "ChargeFrequency": lambda line: "Recurring" if line.purchased or line.unused else "Usage-Based",
    "ChargePeriodEnd": lambda line: _instant(_months_on(line.result.comparison.on.day, 1)),
    "ChargePeriodStart": lambda line: _instant(_months_on(line.result.comparison.on.day, 0)),
    "CommitmentDiscountCategory": lambda line: "Spend" if line.unused else "",
    "CommitmentDiscountId": lambda line: f"{line.seller} commitment" if line.unused else "",
    "CommitmentDiscountName": lambda line: f"{line.seller} commitment" if line.unused else "",
    "CommitmentDiscountStatus": lambda line: "Unused" if line.unused else "",
    "CommitmentDiscountType": lambda line: "Spend commitment" if line.unused else "",
    "ConsumedQuantity": lambda line: "" if line.purchased or line.unused else fixed(line.charge.quantity),
    "ConsumedUnit": lambda line: "" if line.purchased or line.unused else _noun(line.charge.rate.unit),
    "ContractedCost": lambda line: fixed(line.charge.cost),
    "ContractedUnitPrice": lambda line: _unit_price(line.charge, line.charge.rate),
    "EffectiveCost": lambda line: fixed(line.charge.cost),
    "InvoiceIssuer": lambda line: line.seller,
    "InvoiceIssuerName": lambda line: line.seller,
    "ListCost": lambda line: fixed(line.charge.list_cost),
    "ListUnitPrice": lambda line: _unit_price(line.charge, line.charge.rate.listed or line.charge.rate),
    "PricingCategory": lambda line: "Committed" if line.unused else _pricing_category(line.quote.offer.terms),
    "PricingQuantity": lambda line: fixed(Fraction(line.charge.quantity) / line.charge.rate.unit.size),
    "PricingUnit": lambda line: _unit(line.charge.rate.unit),
    "Provider": lambda line: line.seller,
    "ProviderName": lambda line: line.seller,
    "Publisher": lambda line: line.publisher,
    "PublisherName": lambda line: line.publisher,
    "RegionId": lambda line: line.quote.offer.place,
    "RegionName": lambda line: line.quote.offer.place,
    "ResourceID": lambda line: line.offer,
    "ResourceName": lambda line: line.offer,
    "ResourceType": lambda line: "Model deployment" if line.quote.offer.kind == SELF_HOSTED else "Model API",
    "ServiceCategory": lambda _: "AI and Machine Learning",
    "ServiceName": lambda line: f"{line.seller} models",
    "SkuId": lambda line: f"{line.offer} {line.charge.meter}",
    "SkuPriceId": lambda line: " ".join(
        part for part in (line.offer, line.charge.meter, line.charge.condition, str(line.charge.starts or "")) if part
    ),
    "SubAccountId": lambda line: line.result.comparison.workload.name or "",
    "SubAccountName": lambda line: line.result.comparison.workload.name or "",
    "Tags": lambda line: _json({"model": line.quote.offer.model, "meter": line.charge.meter}),
    "x_Estimate": lambda _: "true",
    "x_Rank": lambda line: "" if line.rank is None else str(line.rank),
    "x_Offer": lambda line: line.quote.offer.name,
    "x_Model": lambda line: line.quote.offer.model,
    "x_Terms": lambda line: line.quote.offer.terms,
    "x_Meter": lambda line: line.charge.meter,
    "x_Condition": lambda line: line.charge.condition,
    "x_PriceEffectiveFrom": lambda line: "" if line.charge.starts is None else str(line.charge.starts),
    "x_PriceCheckedOn": lambda line: "" if line.charge.checked_on is None else line.charge.checked_on.isoformat(),
    "x_PriceSource": lambda line: line.charge.source,
    "x_PriceVia": lambda line: line.charge.via or "",
    "x_PriceEvidence": lambda line: line.charge.evidence,
    "x_PriceGrade": lambda line: line.charge.grade or "",
    "x_PricesDigest": lambda line: line.result.prices.digest,
}
NUMERIC = frozenset(
    [
        "BilledCost",
        "ConsumedQuantity",
        "ContractedCost",
        "ContractedUnitPrice",
        "EffectiveCost",
        "ListCost",
        "ListUnitPrice",
        "PricingQuantity",
        "x_Rank",
    ]
)


def write_focus(report: ComparisonReport, _style: Style) -> str:
    """The charges of a comparison as FOCUS has them."""
    return render_focus(report)


def render_focus(result: ComparisonReport) -> str:
    """The charges of the offers that are priced in full, as CSV; an offer with a gap is left out as a whole.

    The period is the calendar month of the prices' day. Raises LlmcostError for a series of months.
    """
    if any(row.quote.months for row in result.comparison.rows):
        raise LlmcostError("focus holds one month, and a series has several", "leave out --months")
    lines = [
        FocusRow(result, row.quote, charge, row.rank)
        for row in result.comparison.rows
        if row.quote.complete
        for charge in row.quote.charges
    ]
    rows = tuple(tuple(cell(line) for cell in COLUMNS.values()) for line in lines)
    return render_csv(Table(tuple(COLUMNS), rows, NUMERIC))


def left_out(result: ComparisonReport) -> list[str]:
    """The offers that the export leaves out."""
    return [row.quote.offer.name for row in result.comparison.rows if not row.quote.complete]


def _instant(day: date) -> str:
    return f"{day.isoformat()}T00:00:00Z"


def _months_on(day: date, months: int) -> date:
    """The first day of the month that comes so many months later."""
    years, month = divmod(day.month - 1 + months, 12)
    return date(day.year + years, month + 1, 1)


def _unit(unit: PricingUnit) -> str:
    name = _noun(unit)
    return name if unit.size == 1 else f"{unit.size} {name}"


def _unit_price(charge: Charge, rate: Rate) -> str:
    """The price of one of the row's pricing units in the billing currency, uplift included."""
    price = Fraction(*rate.per_base_unit()) * charge.rate.unit.size
    price *= 1 if charge.multiplier is None else Fraction(charge.multiplier)
    return fixed(price if charge.exchange is None else price * charge.exchange.rate)


def _pricing_category(terms: str) -> str:
    """``Committed`` where the rate is paid for with a term, ``Dynamic`` for what may be taken away, else the usual."""
    parts = terms.split("+")
    if any(part.endswith(("yr", "mo")) and part[:-2].isdigit() for part in parts):
        return "Committed"
    return "Dynamic" if "spot" in parts else "Standard"


def _description(line: FocusRow) -> str:
    charge = line.charge
    return (
        f"estimate: {plain_count(charge.quantity)} of {charge.meter} at {charge.unit_price:f} "
        f"{charge.rate.currency} / {charge.rate.unit.text}"
    )


def _json(value: Any) -> str:
    return escaped_json(json.dumps(value, ensure_ascii=False))
