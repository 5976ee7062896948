"""Drift: our prices held against what a public table says on the same day, rate by rate."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from fractions import Fraction
from typing import Literal, NamedTuple

from llmcost.core.offers.offer import Offer
from llmcost.core.pricing.conditions import STANDARD, RatingContext
from llmcost.core.pricing.history import PriceHistory
from llmcost.core.pricing.rating import PricesInForce, ResolvedRate
from llmcost.core.values.dates import PricingDay
from llmcost.core.values.meters import METER_ORDER
from llmcost.errors import NotPricedError

Status = Literal[
    "same",
    "differs",
    "other day",
    "explained",
    "not needed",
    "other currency",
    "retired there",
    "missing here",
    "missing there",
]
"""What comes out of holding an offer, or one of its rates, against a table.

``other day``: the table has what our price was, or will be, on another day; ``explained``: somebody found out why;
``not needed``: that explanation is of a figure that the table no longer has.
``missing here``: the table has an offer of one of our sellers that we have not; ``missing there``: the other way round.
"""


SAME_DIGITS = Fraction(1, 10**12)
"""How far apart figures may be that are the same: tables made in binary end in 0.16000000000000003."""


class Explanation(NamedTuple):
    """Why a table has ``theirs``, and no other figure, for one rate of ours under a condition as drift writes it.

    ``page`` is the address of what settles it, seen there on ``checked_on``.
    """

    offer: str
    source: str
    condition: str
    meter: str
    theirs: str
    why: str
    page: str
    checked_on: date


class RateDrift(NamedTuple):
    """One rate, or an offer as a whole, held against one table.

    ``condition`` is where it holds, "" everywhere. ``ours`` and ``theirs`` are texts of rates, "" without one; the days
    are those on which each was seen, None where not stated. ``votes`` are the tables that have the other figure;
    ``why`` says what is known of a difference.
    """

    status: Status
    source: str
    offer: str
    condition: str = ""
    meter: str = ""
    ours: str = ""
    theirs: str = ""
    ours_on: date | None = None
    theirs_on: date | None = None
    votes: tuple[str, ...] = ()
    why: str = ""

    @property
    def newer(self) -> str:
        """Whose figure was seen later: ours, theirs, or "" where that cannot be told."""
        if self.ours_on is None or self.theirs_on is None or self.ours_on == self.theirs_on:
            return ""
        return "ours" if self.ours_on > self.theirs_on else "theirs"


def drift_of(offer: Offer, stated: PriceHistory, on: PricingDay, source: str) -> Iterator[RateDrift]:
    """Every rate that both an offer and a table have on a day, and whether it is the same.

    Rates that only one side has are no drift: a table seldom has all terms, and no sheet has more than it found.
    Nor are those of requests that are larger than the offer takes.
    """
    ours, theirs = offer.history.on(on), stated.on(on)
    window = ours.version.context_window or offer.context_window
    for terms in (each for each in theirs.terms() if each in ours.terms()):
        for size in _sizes({0, *(edge for edge in (*ours.edges, *theirs.edges) if window is None or edge <= window)}):
            for meter in sorted(theirs.meters & ours.meters, key=METER_ORDER.__getitem__):
                there = list(_rates(theirs, None, (None,), terms, size, meter))
                policies = tuple(policy.priced_as for policy in offer.cache) or (None,)
                here = list(_rates(ours, offer, policies, terms, size, meter))
                if here and there:
                    held = _held(here, there, source, offer.name, _where(terms, size))
                    if held.status == "differs":
                        held = _on_another_day(held, offer, there, terms, size, on)
                    yield held


def _on_another_day(
    held: RateDrift, offer: Offer, there: list[ResolvedRate], terms: str, size: int, on: PricingDay
) -> RateDrift:
    """The same difference, told as one of days where each figure of the table is ours of another one."""
    moments = [moment for each in offer.history.versions for moment in (each.starts, each.ends) if moment]
    days = {moment.instant.date() for moment in moments}
    policies = tuple(policy.priced_as for policy in offer.cache) or (None,)
    for day in sorted({*days, *(day - timedelta(days=1) for day in days)} - {on.day}, reverse=True):
        try:
            then = offer.history.on(PricingDay(day))
        except NotPricedError:
            continue
        if terms not in then.terms():
            continue
        ours = [_amount(each) for each in _rates(then, offer, policies, terms, size, held.meter)]
        if all(any(_alike(_amount(each), other) for other in ours) for each in there):
            return held._replace(status="other day", why=f"theirs is ours of {day}")
    return held


def _sizes(firsts: set[int]) -> list[int]:
    """A size of every tier; of two edges next to each other the later, since tables cannot tell ">" from ">=" apart."""
    return sorted(first for first in firsts if first + 1 not in firsts)


def _rates(
    active: PricesInForce, offer: Offer | None, policies: Iterable[str | None], terms: str, size: int, meter: str
) -> Iterator[ResolvedRate]:
    """What bills a meter by a rate of its own, at all hours and under every policy; the usual one first."""
    windows: list[frozenset[object]] = [frozenset(), *(frozenset({each}) for each in active.times)]
    for policy in policies if "cache_" in meter else (None,):
        for on in windows:
            mode, options = (offer.default_mode, offer.default_options) if offer is not None else (None, ())
            at = RatingContext(
                terms=terms,
                mode=mode,
                cache=policy,
                input_tokens=size,
                kinds=frozenset(),
                windows=on,  # type: ignore[arg-type]
                options=options,
            )
            found = active.billing(at, meter)
            if isinstance(found, ResolvedRate) and found.billed_as is None:
                yield found


def _held(here: list[ResolvedRate], there: list[ResolvedRate], source: str, offer: str, condition: str) -> RateDrift:
    """The rates of both sides under one condition: the same where each of theirs is one of ours."""
    first, other = here[0], there[0]
    if first.rate.currency != other.rate.currency:
        status: Status = "other currency"
    else:
        known = [_amount(each) for each in here]
        unlike = [each for each in there if not any(_alike(_amount(each), ours) for ours in known)]
        other = unlike[0] if unlike else other
        status = "differs" if unlike else "same"
    return RateDrift(
        status=status,
        source=source,
        offer=offer,
        condition=condition,
        meter=first.meter,
        ours=str(first.rate),
        theirs=str(other.rate),
        ours_on=first.checked_on,
        theirs_on=other.checked_on,
    )


def _amount(rate: ResolvedRate) -> Fraction:
    return Fraction(rate.numerator, rate.denominator)


def _alike(one: Fraction, other: Fraction) -> bool:
    return abs(one - other) <= SAME_DIGITS * other


def _where(terms: str, size: int) -> str:
    parts = [f"terms = {terms}" if terms != STANDARD else "", f"input_tokens >= {size}" if size else ""]
    return " and ".join(part for part in parts if part)


def with_reasons(found: Iterable[RateDrift], explanations: Iterable[Explanation]) -> list[RateDrift]:
    """The same, each difference whose very figure was explained told as such, with the reason, its page and its day.

    Explanations of what the tables no longer have are added to them, so that somebody takes them out.
    """
    reasons = {_key(each): each for each in explanations}
    told = [_with_reason(each, reasons.get(_key(each))) for each in found]
    held = {(each.offer, each.source) for each in told}
    used = {_key(each) for each in told if each.status == "explained"}
    return told + [
        RateDrift("not needed", each.source, each.offer, each.condition, each.meter, theirs=each.theirs)
        for key, each in reasons.items()
        if key not in used and (each.offer, each.source) in held
    ]


def _with_reason(drift: RateDrift, reason: Explanation | None) -> RateDrift:
    if drift.status != "differs" or reason is None:
        return drift
    return drift._replace(status="explained", why=f"{reason.why} ({reason.page}, {reason.checked_on})")


def _key(each: RateDrift | Explanation) -> tuple[str, ...]:
    return each.offer, each.source, each.condition, each.meter, each.theirs


def with_votes(found: Iterable[RateDrift]) -> list[RateDrift]:
    """The same, each once, and each difference with all tables that have the same other figure for the same rate."""
    every = list(dict.fromkeys(found))
    votes: dict[tuple[str, ...], dict[str, None]] = {}
    for each in every:
        if each.status == "differs":
            votes.setdefault(_figure(each), {})[each.source] = None
    return [each._replace(votes=tuple(votes[_figure(each)])) if each.status == "differs" else each for each in every]


def _figure(each: RateDrift) -> tuple[str, ...]:
    return each.offer, each.condition, each.meter, each.theirs
