"""A quote: what one offer charges for a workload in a month, line by line, and what could not be priced."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from llmcost.core.catalogue import Offer
from llmcost.core.dates import Moment, PricingDay
from llmcost.core.money import ExchangeRate, ExchangeRates
from llmcost.core.rates import Rate
from llmcost.core.usage import Count


class Charge(NamedTuple):
    """One priced line: quantity × rate = cost.

    ``quantity`` is in base units (tokens, seconds, requests); ``cost`` is exact, in ``currency``.
    ``multiplier`` is the place's uplift, None when there is none; ``billed_as`` the meter whose rate was used when
    it is another one; ``exchange`` the rate used when ``currency`` is not the rate's own; ``starts`` the day the
    price began, None when that is not known.
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
    checked_on: date
    source: str
    exchange: ExchangeRate | None = None


class Gap(NamedTuple):
    """A line that could not be priced, and why; ``quantity`` is in base units, ``group`` the class it belongs to."""

    meter: str
    quantity: Count
    reason: str
    group: str


@dataclass(frozen=True, slots=True)
class Quote:
    """One offer's charges and gaps for a workload on a day.

    ``currency`` is that of every cost. ``uncertainty`` is how much less the bill may be where the counts leave it
    open; charges are then the dearer reading. ``unserved`` says why the offer cannot serve the workload at all;
    None when it can. ``notes`` are sentences a reader should see beside the figure; ``doubts`` are those of them that
    leave open whether the offer serves the workload on that day at all.
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
    notes: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether every line was priced, so that the cost is the cost and not a lower bound."""
        return not self.gaps and self.unserved is None

    @property
    def cost(self) -> Fraction:
        """The sum of the charges; a lower bound when there are gaps."""
        return sum((charge.cost for charge in self.charges), Fraction(0))

    @property
    def low(self) -> Fraction | None:
        """The least the bill can be; None when it is known exactly, or nothing could be priced."""
        if self.complete:
            return self.cost - self.uncertainty if self.uncertainty else None
        return self.cost - self.uncertainty if self.charges else None

    @property
    def high(self) -> Fraction | None:
        """The most the bill can be; None when it is known exactly, or there is no upper bound."""
        return self.cost if self.complete and self.uncertainty else None

    def in_currency(self, currency: str, rates: ExchangeRates) -> Quote:
        """The same quote with every cost converted at the rate of its day; for a quote in the offer's own currency.

        Raises CurrencyError when no rate is known.
        """
        if currency == self.currency or not self.charges:
            return replace(self, currency=currency)
        exchange = rates.on(self.on.day, self.currency, currency)
        charges = tuple(
            c._replace(cost=c.cost * exchange.rate, currency=currency, exchange=exchange) for c in self.charges
        )
        uncertainty = self.uncertainty * exchange.rate
        return replace(self, currency=currency, charges=charges, uncertainty=uncertainty)
