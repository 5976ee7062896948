"""What has been billed so far, and the quote it becomes."""

from __future__ import annotations

from fractions import Fraction

from llmcost.core.offers.offer import Offer
from llmcost.core.pricing.rating import PricesInForce, ResolvedRate, UnresolvedRate
from llmcost.core.quotes.notes import Code, Note
from llmcost.core.quotes.quote import Charge, Gap, Quote, RequestBreakdown, TokenCount
from llmcost.core.values.meters import METER_ORDER, Count
from llmcost.core.workload.requests import RequestGroup

NOTHING = Fraction(0)


class QuoteBuilder:
    """What has been billed so far: quantities by rate, gaps, and how far the counts leave the bill open."""

    __slots__ = (
        "counted",
        "doubts",
        "gaps",
        "notes",
        "quantities",
        "refusals",
        "requests",
        "sent",
        "served",
        "tokens",
        "uncertainty",
    )

    def __init__(self) -> None:
        self.quantities: dict[int, tuple[ResolvedRate, Count]] = {}
        self.gaps: dict[tuple[str, str, str], Count] = {}
        self.notes: dict[Note, None] = {}
        self.doubts: dict[Note, None] = {}
        self.uncertainty: Fraction | int = 0
        self.counted: list[TokenCount] = []
        self.sent: list[RequestBreakdown] = []
        self.refusals: list[str] = []
        self.served = 0
        self.requests: Count = 0
        self.tokens: Count = 0

    def bill(self, billing: ResolvedRate, quantity: Count) -> None:
        """Add a quantity at a rate."""
        key = id(billing)  # PricesInForce makes one object of each rate; hashing its twelve fields would take longer
        had = self.quantities.get(key)
        self.quantities[key] = (billing, quantity if had is None else had[1] + quantity)

    def miss(self, missing: UnresolvedRate, quantity: Count, group: str) -> None:
        """Add a quantity that has no rate."""
        key = (missing.meter, missing.reason, group)
        self.gaps[key] = self.gaps.get(key, 0) + quantity

    def refuse(self, reason: str, group: RequestGroup) -> None:
        """Say why the offer cannot serve a group."""
        self.refusals.append(reason)
        self.miss(UnresolvedRate("requests", reason, "unserved"), group.requests, group.name)

    def explain(self, meter: str, group: str, reason: str) -> None:
        """Give the gaps of a meter a better reason."""
        for key in [key for key in self.gaps if key[0] == meter and key[2] == group]:
            quantity = self.gaps.pop(key)
            self.gaps[meter, reason, group] = self.gaps.get((meter, reason, group), 0) + quantity

    def add(self, note: Note) -> None:
        """Say something about the quote, once."""
        self.notes[note] = None

    def note(self, code: Code, text: str) -> None:
        """Say something about the quote, once, in so many words."""
        self.notes[Note(code, text)] = None

    def doubt(self, code: Code, text: str) -> None:
        """Say why the offer may not serve the workload."""
        note = Note(code, text)
        self.notes[note] = self.doubts[note] = None


def quote_of(offer: Offer, active: PricesInForce, tally: QuoteBuilder) -> Quote:
    """What has been billed as a quote, lines in the order of meters."""
    charges = []
    currency = None
    multiplier = active.version.multiply
    for billing, quantity in tally.quantities.values():
        rate = billing.rate
        currency = rate.currency
        charges.append(
            Charge(
                billing.meter,
                quantity,
                rate,
                Fraction(billing.numerator * quantity, billing.denominator),
                currency,
                billing.condition,
                multiplier if multiplier is not None and rate.unit.dimension == "token" else None,
                billing.billed_as,
                billing.starts,
                billing.checked_on,
                billing.source,
                None,
                None,
                billing.via,
                billing.evidence,
                billing.witnesses,
            )
        )
    if len(charges) > 1:
        charges.sort(key=_charge_order)
    unserved = tally.refusals[0] if tally.refusals and not tally.served else None
    gaps = [Gap(meter, count, reason, group) for (meter, reason, group), count in tally.gaps.items()]
    return Quote(
        offer,
        active.day,
        currency or _first_currency(active),
        tuple(charges),
        tuple(gaps),
        tally.requests,
        tally.tokens,
        Fraction(tally.uncertainty) if tally.uncertainty else NOTHING,
        unserved,
        tuple(tally.notes),
        tuple(tally.doubts),
        tuple(tally.counted),
        tuple(tally.sent),
    )


def _charge_order(charge: Charge) -> tuple[int, str]:
    return METER_ORDER[charge.meter], charge.condition


def _first_currency(active: PricesInForce) -> str:
    for rate in active.version.base.values():
        currency = getattr(rate, "currency", None)
        if currency:
            return str(currency)
    return "USD"


def sent_of(group: RequestGroup, label: str = "") -> RequestBreakdown:
    """What a mean one of some requests holds, for the explanation."""
    usage = group.usage
    read, written = usage.cache_read_input_tokens, usage.cache_creation_input_tokens
    return RequestBreakdown(
        group=group.name,
        label=label,
        requests=group.requests,
        input=usage.input_tokens,
        read=read,
        written=written,
        output=usage.output_tokens,
    )
