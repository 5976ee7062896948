"""What a fleet costs: rented by the hour, or bought, powered and housed, each a charge of its own.

Owned: the month's part of a purchase is ((1 - residual) x CRF + residual x i) / 12 with the capital recovery factor
CRF = i (1 + i)^n / ((1 + i)^n - 1), 1 / n without a cost of capital: what is left at the end ties up money too.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from llmcost.core.offers.self_hosting.accelerators import Accelerator
from llmcost.core.offers.self_hosting.hosts import Instance, Ownership
from llmcost.core.pricing.conditions import RatingContext
from llmcost.core.pricing.rating import PricesInForce, ResolvedRate, UnresolvedRate
from llmcost.core.quotes.notes import Note
from llmcost.core.quotes.quote import Charge
from llmcost.core.values.meters import Count
from llmcost.core.values.rates import Rate
from llmcost.core.workload.serving import Serving
from llmcost.errors import CurrencyError

NO_KINDS: frozenset[tuple[str, str]] = frozenset()


class Bill(NamedTuple):
    """The charges of so many instances, what has no rate, and what a reader should know."""

    charges: tuple[Charge, ...]
    missing: tuple[UnresolvedRate, ...]
    notes: tuple[Note, ...]

    @property
    def cost(self) -> Fraction:
        """The sum of the charges."""
        return sum((each.cost for each in self.charges), Fraction(0))


class Reservation(NamedTuple):
    """What is paid for: so many of an instance on some terms.

    ``hours`` are those each is paid for, at home those it works; ``part`` is how much of a month it is.
    """

    instance: Instance
    accelerator: Accelerator
    terms: str
    instances: int
    hours: Fraction
    part: Fraction


def bill_of(active: PricesInForce, reservation: Reservation, serving: Serving) -> Bill:
    """What a reservation costs in the time asked for, with the storage and staff that are given.

    Raises CurrencyError for two currencies.
    """
    instance, part = reservation.instance, reservation.part
    charges: list[Charge] = []
    missing: list[UnresolvedRate] = []
    notes: list[Note] = []
    if instance.owned is None:
        hours = reservation.instances * instance.accelerators * reservation.hours
        quantities: Iterator[tuple[str, Count, str]] = iter([("gpu_hours", hours, "")])
    else:
        quantities = _owned(active, reservation, instance.owned, notes)
    at = RatingContext(
        terms=reservation.terms, mode=None, cache=None, input_tokens=0, kinds=NO_KINDS, windows=frozenset(), options=()
    )
    for meter, quantity, why in quantities:
        billing = active.billing(at, meter)
        if isinstance(billing, ResolvedRate):
            charges.append(_charge(billing, quantity, why))
        else:
            missing.append(billing)
    for meter, quantity, rate in (
        ("storage", serving.storage_gb * part, serving.storage),
        ("staff", part, serving.staff),
    ):
        if rate is not None and quantity:
            charges.append(_given(meter, quantity, rate))
    currencies = {charge.currency for charge in charges}
    if len(currencies) > 1:
        raise CurrencyError(
            f"the fleet is billed in {' and '.join(sorted(currencies))}",
            "give storage and staff in the host's currency",
        )
    return Bill(tuple(charges), tuple(missing), tuple(notes))


def _owned(
    active: PricesInForce, reservation: Reservation, owned: Ownership, notes: list[Note]
) -> Iterator[tuple[str, Count, str]]:
    instance, accelerator, _, instances, hours, part = reservation
    share = monthly_share(owned)
    yield "hardware", instances * share * part, _share_text(owned)
    kilowatts, all_in = owned.power_kw, owned.includes_facility
    if kilowatts is None and accelerator.provisioned_kw is not None:
        kilowatts, all_in = Fraction(accelerator.provisioned_kw) * instance.accelerators, True
        text = f"power is taken as {accelerator.provisioned_kw} kW for each accelerator, facility included"
        notes.append(Note("power", text))
    elif kilowatts is None and accelerator.power_w is not None:
        kilowatts = Fraction(accelerator.power_w, 1000) * instance.accelerators
        text = f"power is taken as {accelerator.power_w} W for each accelerator, without the rest of the server"
        notes.append(Note("power", text))
    pue = Fraction(1) if all_in else owned.pue
    named = active.version.base
    if "power" in named:
        if kilowatts is None:
            text = "power is not billed: no source says how much the accelerator takes, and the server neither"
            notes.append(Note("power", text))
        else:
            facility = "facility included" if all_in else f"PUE {float(pue):g}"
            when = "while it works" if instance.at_home else "at full power"
            yield (
                "power",
                instances * kilowatts * pue * hours,
                f"{float(kilowatts):g} kW each, {facility}, {when}",
            )
    if "hosting" in named and kilowatts is not None:
        yield "hosting", instances * kilowatts * part, f"{float(kilowatts):g} kW each"
    if "staff" in named:
        yield "staff", part, ""


def monthly_share(owned: Ownership) -> Fraction:
    """The month's part of a purchase; exact. The formula is in the module's first lines."""
    interest, years = owned.cost_of_capital, owned.years
    if interest:
        grown = (1 + interest) ** years
        recovery = interest * grown / (grown - 1)
    else:
        recovery = Fraction(1, years)
    return ((1 - owned.residual) * recovery + owned.residual * interest) / 12


def _share_text(owned: Ownership) -> str:
    parts = [f"a month's part of a purchase over {owned.years} years"]
    if owned.cost_of_capital:
        parts.append(f"money at {float(owned.cost_of_capital * 100):g}% a year")
    if owned.residual:
        parts.append(f"{float(owned.residual * 100):g}% left at the end")
    return ", ".join(parts)


def _charge(billing: ResolvedRate, quantity: Count, why: str) -> Charge:
    rate = billing.rate
    return Charge(
        meter=billing.meter,
        quantity=quantity,
        rate=rate,
        cost=Fraction(billing.numerator * quantity, billing.denominator),
        currency=rate.currency,
        condition=", ".join(part for part in (billing.condition, why) if part),
        multiplier=None,
        billed_as=billing.billed_as,
        starts=billing.starts,
        checked_on=billing.checked_on,
        source=billing.source,
        via=billing.via,
        evidence=billing.evidence,
    )


def _given(meter: str, quantity: Count, rate: Rate) -> Charge:
    numerator, denominator = rate.per_base_unit()
    cost = Fraction(numerator * quantity, denominator)
    given: date | None = None
    return Charge(
        meter=meter,
        quantity=quantity,
        rate=rate,
        cost=cost,
        currency=rate.currency,
        condition="",
        multiplier=None,
        billed_as=None,
        starts=None,
        checked_on=given,
        source="given with the workload",
    )
