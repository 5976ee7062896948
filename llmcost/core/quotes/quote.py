"""A quote: what one offer charges for a workload in a month, line by line, and what could not be priced."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from llmcost.core.offers.offer import Offer
from llmcost.core.pricing.evidence import GRADES, PAGE, SECOND_HAND, Grade, grade_of
from llmcost.core.quotes.fleet import Fleet
from llmcost.core.quotes.notes import CACHE_MOVED, MARKED, SECOND_HAND_MARK, TOKENS_MOVED, Note
from llmcost.core.values.dates import Moment, PricingDay
from llmcost.core.values.meters import METER, Count
from llmcost.core.values.money import ExchangeRate, ExchangeRates, Money
from llmcost.core.values.rates import DERIVED, Rate
from llmcost.core.workload.requests import Workload

COMMITMENT = "commitment"
"""The meter of what is owed to a seller beyond the use."""


class Charge(NamedTuple):
    """One priced line: quantity × rate = cost.

    ``quantity`` is in base units (tokens, seconds, requests); ``cost`` is exact, in ``currency``.
    ``multiplier`` is the place's uplift, None when there is none; ``billed_as`` the meter whose rate was used when
    it is another one; ``exchange`` the rate used when ``currency`` is not the rate's own; ``starts`` the day the
    price began, None when that is not known; so for ``checked_on``; ``offer`` the full id of another offer that it
    belongs to. ``via`` says how the source was read, None when it was itself; ``evidence`` is PAGE, COPY
    or THIRD_PARTY, and ``witnesses`` are the public tables that have the price.
    """

    meter: str
    quantity: Count
    rate: Rate
    cost: Fraction
    currency: str
    condition: str
    multiplier: Decimal | None
    billed_as: str | None
    starts: Moment | None
    checked_on: date | None
    source: str
    exchange: ExchangeRate | None = None
    offer: str | None = None
    via: str | None = None
    evidence: str = PAGE
    witnesses: tuple[str, ...] = ()

    @property
    def grade(self) -> Grade | None:
        """How well its price is known; None for a figure of the user's own."""
        if not self.from_page:
            return None
        return grade_of(self.evidence, self.witnesses, derived=self.rate.origin == DERIVED)

    @property
    def from_page(self) -> bool:
        """Whether its price stands on a page somewhere; what a user gave himself has words for a source."""
        return self.source.startswith(("https://", "http://"))

    @property
    def unit_price(self) -> Decimal:
        """The price of one pricing unit, uplift included, with the digits of the sheet."""
        return self.rate.amount if self.multiplier is None else self.rate.amount * self.multiplier

    @property
    def list_cost(self) -> Fraction:
        """What it would cost at the vendor's own rate; its ``cost`` where nothing was negotiated."""
        listed = self.rate.listed
        if listed is None:
            return self.cost
        cost = self.quantity * Fraction(*listed.per_base_unit())
        cost *= 1 if self.multiplier is None else Fraction(self.multiplier)
        return cost if self.exchange is None else cost * self.exchange.rate


class Gap(NamedTuple):
    """A line that could not be priced, and why; ``quantity`` is in base units, ``group`` the class it belongs to."""

    meter: str
    quantity: Count
    reason: str
    group: str


class TokenCount(NamedTuple):
    """How text or media was counted: what it was, the least and the most tokens, by which rule and from where.

    ``kind`` says what sort of count it is, such as an estimate; empty for a vendor's rule.
    ``note`` is what else a reader should know, None for nothing; ``via`` and ``evidence`` are as in ``Charge``.
    """

    what: str
    low: Fraction
    high: Fraction
    rule: str
    checked_on: str
    source: str
    kind: str = ""
    note: str | None = None
    via: str | None = None
    evidence: str = PAGE


class RequestBreakdown(NamedTuple):
    """Requests of a class that were billed alike, and what one of them holds on average.

    ``read`` and ``written`` are its cached tokens, ``in_full`` the rest of its ``input``.
    """

    group: str
    label: str
    requests: Count
    input: Count
    read: Count
    written: Count
    output: Count

    @property
    def in_full(self) -> Count:
        """Its input tokens paid in full."""
        return self.input - self.read - self.written


class Month(NamedTuple):
    """One month of a series: the day it starts, its cost, and whether that was priced in full."""

    starts: date
    cost: Fraction
    complete: bool


class Quote(NamedTuple):
    """One offer's charges and gaps for a workload on a day.

    ``currency`` is that of every cost. ``uncertainty`` is how much less the bill may be where the counts leave it
    open; charges are then the dearer reading. ``unserved`` says why the offer cannot serve the workload at all;
    None when it can. ``notes`` are sentences a reader should see beside the figure; ``doubts`` are those of them that
    leave open whether the offer serves the workload on that day at all. ``counted`` says how text and media became
    tokens, ``sent`` what a class was made into here; both are empty where the workload was given in tokens.
    ``months`` is the series that the cost is the sum of; empty for a single month. ``spread`` is the least and the
    most the bill may be where the cost is an estimate between them; ``fleet`` how a self-hosted offer is sized.
    """

    offer: Offer
    on: PricingDay
    currency: str
    charges: tuple[Charge, ...]
    gaps: tuple[Gap, ...]
    requests: Count
    total_tokens: Count
    uncertainty: Fraction = Fraction(0)
    unserved: str | None = None
    notes: tuple[Note, ...] = ()
    doubts: tuple[Note, ...] = ()
    counted: tuple[TokenCount, ...] = ()
    sent: tuple[RequestBreakdown, ...] = ()
    months: tuple[Month, ...] = ()
    spread: tuple[Fraction, Fraction] | None = None
    fleet: Fleet | None = None

    @property
    def marks(self) -> tuple[str, ...]:
        """What is marked in its row of a table: the codes of some notes, and that its price is second-hand."""
        second_hand = (SECOND_HAND_MARK,) if self.grade in SECOND_HAND else ()
        return (*dict.fromkeys(note.code for note in self.notes if note.code in MARKED), *second_hand)

    @property
    def grade(self) -> Grade | None:
        """How well the least well known of its prices is known; None where none of them stands on a page."""
        grades = {charge.grade for charge in self.charges}
        return next((grade for grade in reversed(GRADES) if grade in grades), None)

    @property
    def complete(self) -> bool:
        """Whether every line was priced, so that the cost is the cost and not a lower bound."""
        return not self.gaps and self.unserved is None

    @property
    def incomplete_reason(self) -> str | None:
        """Why it is not priced in full; None where it is."""
        return self.unserved or "; ".join(dict.fromkeys(gap.reason for gap in self.gaps)) or None

    @property
    def sized_fleet(self) -> Fleet:
        """How its offer is sized. Raises TypeError for one that is sold by the token, or that cannot serve."""
        if self.fleet is None:
            raise TypeError(f"{self.offer.name} is not sized")
        return self.fleet

    @property
    def total(self) -> Money:
        """The cost with its currency, for wherever quotes meet."""
        return Money(self.cost, self.currency)

    @property
    def cost(self) -> Fraction:
        """The sum of the charges; a lower bound when there are gaps."""
        return sum((charge.cost for charge in self.charges), Fraction(0))

    @property
    def open_reason(self) -> str:
        """Why the bill may be less than it says, where ``uncertainty`` is above zero."""
        text = "how many tokens the text is" if any(each.low != each.high for each in self.counted) else ""
        fleet = self.fleet if self.spread is not None else None
        speed = "how fast the hardware is" if self.spread is not None and self._has_hardware else ""
        comes = fleet is not None and fleet.hours_range is not None and not fleet.at_once
        spread = "how evenly its work comes" if comes else ""
        guesses = [part for part in (text, speed, spread) if part]
        if guesses:
            return f"{' and '.join(guesses)}, {'are estimates' if len(guesses) > 1 else 'is an estimate'}"
        cache = "how often its cache is hit" if self._has_note(CACHE_MOVED) else ""
        tokens = "how its tokenizer counts" if self._has_note(TOKENS_MOVED) else ""
        open_parts = [part for part in (cache, tokens) if part]
        if open_parts:
            open_parts += ["which rate applies"] if self.uncertainty else []
            *first, last = open_parts
            return f"{', '.join(first)} and {last} are not known" if first else f"{last} is not known"
        return "the counts leave open which rate applies"

    @property
    def moved_by(self) -> tuple[str, ...]:
        """What is supposed of usage that was moved to it, as codes of notes: how its cache is hit, how it counts."""
        return tuple(code for code in (CACHE_MOVED, TOKENS_MOVED) if self._has_note(code))

    @property
    def _has_hardware(self) -> bool:
        """Whether it is sized itself, or a part of it is that another offer serves."""
        return self.fleet is not None or any(
            each.meter in METER and METER[each.meter].by_instance for each in self.charges
        )

    def _has_note(self, code: str) -> bool:
        return any(note.code == code for note in self.notes)

    @property
    def monthly(self) -> Fraction:
        """The cost of a month; the mean one of a series."""
        return self.cost / len(self.months) if self.months else self.cost

    @property
    def monthly_range(self) -> tuple[Fraction | None, Fraction | None]:
        """The least and the most that a month's bill can be, as ``low`` and ``high``; of the mean one of a series."""
        months = len(self.months) or 1
        low, high = self.low, self.high
        return None if low is None else low / months, None if high is None else high / months

    @property
    def monthly_requests(self) -> Count:
        """The requests of a month; of the mean one of a series."""
        return Fraction(self.requests) / len(self.months) if self.months else self.requests

    @property
    def low(self) -> Fraction | None:
        """The least the bill can be; None when it is known exactly, or nothing could be priced."""
        if self.complete and self.spread is not None:
            return self.spread[0]
        if self.complete:
            return self.cost - self.uncertainty if self.uncertainty else None
        return self.cost - self.uncertainty if self.charges else None

    @property
    def high(self) -> Fraction | None:
        """The most the bill can be; None when it is known exactly, or there is no upper bound."""
        if self.complete and self.spread is not None:
            return self.spread[1]
        return self.cost if self.complete and self.uncertainty else None

    def in_currency(self, currency: str, rates: ExchangeRates) -> Quote:
        """The same quote with every cost converted at the rate of its day; for a quote in the offer's own currency.

        Raises CurrencyError when no rate is known.
        """
        if currency == self.currency or not self.charges:
            return self._replace(currency=currency)
        exchange = rates.on(self.on.day, self.currency, currency)
        charges = tuple(
            c._replace(cost=c.cost * exchange.rate, currency=currency, exchange=exchange) for c in self.charges
        )
        made = self._replace(currency=currency, charges=charges, uncertainty=self.uncertainty * exchange.rate)
        if self.spread is not None:
            made = made._replace(spread=(self.spread[0] * exchange.rate, self.spread[1] * exchange.rate))
        if self.fleet is not None:
            made = made._replace(fleet=self.fleet.at_rate(exchange.rate))
        return made


def unserved_quote(offer: Offer, workload: Workload, on: PricingDay, reason: str, meter: str = "requests") -> Quote:
    """What is said of an offer that cannot serve a workload: nothing is billed, and the gap is all that was asked for.

    ``meter`` is what it would have been billed by.
    """
    return Quote(
        offer=offer,
        on=on,
        currency="USD",
        charges=(),
        gaps=(Gap(meter, workload.requests, reason, workload.name),),
        requests=workload.requests,
        total_tokens=workload.total_tokens,
        unserved=reason,
    )
