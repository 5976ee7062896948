"""Prices as a sheet states them: rates, and the conditions they apply under.

A ``PriceEntry`` is one dated entry of an offer at one place; ``history`` holds them all, ``rating`` asks them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from llmcost.core.pricing.conditions import STANDARD, Condition
from llmcost.core.pricing.evidence import PAGE, Grade, grade_of
from llmcost.core.values.dates import Moment, PricingDay
from llmcost.core.values.meters import TOKEN_METERS
from llmcost.core.values.rates import Rate, Rates


class Variant(NamedTuple):
    """Rates that overlay the base ones, meter by meter, where their condition is met.

    ``starts`` and ``ends`` are None where the entry's own dates hold; so are ``checked_on``, ``source``, ``via``,
    ``evidence`` and ``witnesses``.
    With a ``checked_on`` of its own and no ``starts``, it was seen on that day and when it began is not known.
    """

    when: Condition
    rates: Rates
    starts: Moment | None = None
    ends: Moment | None = None
    checked_on: date | None = None
    source: str | None = None
    via: str | None = None
    evidence: str | None = None
    witnesses: tuple[str, ...] | None = None

    def in_force(self, on: PricingDay) -> bool:
        """Whether the variant is sold on that day."""
        return (self.starts is None or self.starts.reached(on)) and not (
            self.ends is not None and self.ends.reached(on)
        )


class VolumePrice(NamedTuple):
    """What a part of a month's use of a meter costs: units after ``first``, up to ``last``, None without an end.

    ``rate`` of None: it is free. ``said`` is the whole in words.
    """

    meter: str
    first: int
    last: int | None
    rate: Rate | None
    said: str


class Unpriced(NamedTuple):
    """A combination that is sold but whose price no source states; ``meters`` of () means all it is about."""

    when: Condition
    meters: tuple[str, ...] = ()

    def concerns(self, meter: str) -> bool:
        """Whether the combination leaves this meter open: cache ones the cached tokens, modal ones their tokens."""
        if self.meters:
            return meter in self.meters
        if meter not in TOKEN_METERS:
            return False
        if self.when.cache is not None and "cache_" not in meter:
            return False
        if self.when.kinds is not None:
            side = "output" if meter.endswith("output") else "input"
            return any(meter.startswith(f"{kind}_") and side == where for where, kind in self.when.kinds)
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceEntry:
    """One dated price entry of an offer at one place.

    ``starts`` of None means that its start is not known; ``ends`` is the first day it is no longer sold.
    ``checked_on`` of None: its source has no date. ``via`` says how the source was read, None when it was itself;
    ``evidence`` is PAGE, COPY or THIRD_PARTY, and ``witnesses`` are the public tables that have its rates.
    ``status`` is None for ordinary prices, else free, unknown or subscription.
    ``multiply`` is one place's uplift on token meters; ``minimum`` the least billed per request, by meter,
    ``included`` how much of a request is not billed, ``step`` the steps to which the rest is rounded up.
    ``volume`` are prices of a part of a month's use, which are counted only where ``counts_volume`` says so;
    ``plans`` is what is paid by time, in words, and is not counted.
    """

    checked_on: date | None
    source: str
    base: Rates
    variants: tuple[Variant, ...] = ()
    starts: Moment | None = None
    ends: Moment | None = None
    via: str | None = None
    evidence: str = PAGE
    witnesses: tuple[str, ...] = ()
    status: str | None = None
    context_window: int | None = None
    multiply: Decimal | None = None
    minimum: Mapping[str, int] = field(default_factory=dict)
    included: Mapping[str, int] = field(default_factory=dict)
    step: Mapping[str, int] = field(default_factory=dict)
    volume: tuple[VolumePrice, ...] = ()
    counts_volume: bool = False
    plans: tuple[str, ...] = ()
    not_sold: tuple[Condition, ...] = ()
    unpriced: tuple[Unpriced, ...] = ()
    note: str | None = None

    @property
    def grade(self) -> Grade:
        """How well its quoted rates are known."""
        return grade_of(self.evidence, self.witnesses)

    def refuses_terms(self, terms: str) -> bool:
        """Whether the seller says that it does not offer these terms at all; not so where no source speaks of them."""
        return Condition(terms=terms) in self.not_sold

    def lists_terms(self, terms: str) -> bool:
        """Whether these terms are sold at a price that no source states."""
        return any(each.when.terms == terms for each in self.unpriced)

    def terms(self) -> list[str]:
        """All terms this entry has rates for, standard first."""
        return [STANDARD, *sorted({v.when.terms for v in self.variants if v.when.terms} - {STANDARD})]
