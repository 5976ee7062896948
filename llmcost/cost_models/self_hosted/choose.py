"""What a self-hosted offer leaves open, chosen for a workload: accelerators of a replica, and the cheapest host."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fractions import Fraction

from llmcost.core.offers.offer import Offer
from llmcost.core.offers.self_hosting.accelerators import Accelerator
from llmcost.core.offers.self_hosting.deployments import pin_deployment
from llmcost.core.offers.self_hosting.hosts import Deployment, Instance
from llmcost.core.pricing.conditions import STANDARD, RatingContext
from llmcost.core.pricing.rating import ResolvedRate
from llmcost.core.quotes.fleet import Fleet
from llmcost.core.values.dates import PricingDay
from llmcost.core.workload.requests import Workload
from llmcost.cost_models.self_hosted.bill import Bill, Reservation, bill_of
from llmcost.cost_models.self_hosted.demand import Demands, demands_of
from llmcost.cost_models.self_hosted.home import as_asked_of
from llmcost.cost_models.self_hosted.peak import fleet_of, lost_share
from llmcost.cost_models.self_hosted.replicas import counts_of, kinds_of, setup_of
from llmcost.cost_models.self_hosted.scaling import scaled_fleet
from llmcost.cost_models.self_hosted.sizing import SizedDemand
from llmcost.cost_models.self_hosted.speed.disaggregation import counts_apart
from llmcost.errors import CannotServe, CurrencyError, LlmcostError, NotPricedError

COMMITTED = r"[0-9]+(yr|mo)"
"""Terms that bind for a time, and are paid for whether the fleet is up or not."""


def pin_self_hosted(offer: Offer, workload: Workload, on: PricingDay) -> Offer:
    """The offer with its count and host as the workload decides them; the same offer when it cannot serve."""
    workload = as_asked_of(offer, workload)
    demands = demands_of(offer, workload, on)
    if workload.peak is None or demands.problem is not None or not demands.kinds:
        return offer
    try:
        return choose_setup(offer, workload, demands, on)[0]
    except LlmcostError:
        return offer


def alternatives_for(offer: Offer, workload: Workload, on: PricingDay) -> list[Offer]:
    """The offers among which ``pin_self_hosted`` chooses, one for each instance; none when it cannot serve."""
    workload = as_asked_of(offer, workload)
    demands = demands_of(offer, workload, on)
    if workload.peak is None or demands.problem is not None or not demands.kinds:
        return []
    try:
        count, instances, _ = _open(offer, workload, demands, on)
    except LlmcostError:
        return []
    return [pin_deployment(offer, count, each) for each in instances]


def choose_setup(offer: Offer, workload: Workload, demands: Demands, on: PricingDay) -> tuple[Offer, list[SizedDemand]]:
    """The offer with its count and host, and what one replica does with each kind of requests.

    Raises CannotServe when no count fits or no host has it.
    """
    made = offer.hosted
    if made.instance is not None and made.count is not None:
        return offer, kinds_of(made, made.count, demands, workload)
    count, instances, kinds = _open(offer, workload, demands, on)
    return pin_deployment(offer, count, _cheapest(offer, workload, kinds, instances, count, on)), kinds


def _open(
    offer: Offer, workload: Workload, demands: Demands, on: PricingDay
) -> tuple[int, list[Instance], list[SizedDemand]]:
    """The count of an offer, all instances that hold it, and what one replica does. Raises CannotServe."""
    made = offer.hosted
    rented = [each for each in _instances(made) if _sold(each, offer.terms, on) and (made.host or _dated(each, on))]
    if not rented:
        raise CannotServe(*_not_rented(made, offer.terms, on))
    if workload.serving.disaggregated:
        return _open_apart(offer, rented, workload, demands, on)
    most = max(each.joined for each in rented)
    if made.count is not None and made.count > most:
        message = f"{made.accelerator}x{made.count} is more than the {most} that are rented together"
        raise CannotServe(message, "name a smaller number, or a host with larger servers")
    failed: CannotServe | None = None
    for count in [made.count] if made.count is not None else counts_of(workload.serving.settings, most):
        try:
            kinds = kinds_of(made, count, demands, workload)
        except CannotServe as error:
            failed = error if failed is None or error.larger else failed
            if not error.larger:
                break
            continue
        return count, [each for each in rented if each.joined >= count], kinds
    assert failed is not None
    if failed.larger and made.count is None:
        raise CannotServe(f"{failed.message}; at most {most} are rented together", failed.remedy)
    raise failed


def _open_apart(
    offer: Offer, rented: list[Instance], workload: Workload, demands: Demands, on: PricingDay
) -> tuple[int, list[Instance], list[SizedDemand]]:
    """As ``_open``, of replicas in parts on a network: the count that was measured and costs least.

    Only the largest worker has to be in one piece. Where no host is named, all has to be, as no sheet says whose
    servers reach each other fast enough.
    """
    made = offer.hosted
    rented = [each for each in rented if each.scaling is None and not each.managed and not each.at_home]
    if not rented:
        who = made.host or "every listed host"
        what = (
            f"{who} rents servers that cannot read prompts for each other: they come and go, or the engine is its own"
        )
        raise CannotServe(what, "name another host")
    counts = counts_apart(setup_of(made, 1, workload.serving)) or [1]
    found: list[tuple[_Cost, int, list[Instance], list[SizedDemand]]] = []
    failed: list[CannotServe] = []
    apart: list[CannotServe] = []
    for count in counts if made.count is None else [made.count]:
        try:
            kinds = kinds_of(made, count, demands, workload)
        except CannotServe as error:
            failed.append(error)
            continue
        widest = count if made.host is None else max(each.joined or count for each in kinds)
        if fitting := [each for each in rented if each.joined >= widest]:
            least = min(_costs(offer, workload, kinds, fitting, count, on).values())
            found.append((least, count, fitting, kinds))
        elif made.host is None:
            what = f"whether servers with {made.accelerator} reach each other fast enough is not stated of any host"
            apart.append(CannotServe(what, "name a host where they do"))
        else:
            what = f"a worker of {made.accelerator}x{count} spans {widest} accelerators that one server there has not"
            apart.append(CannotServe(what, "name another count or host"))
    if not found:
        raise (apart or failed)[0]
    return min(found, key=lambda each: each[:2])[1:]


def _instances(made: Deployment) -> Iterable[Instance]:
    """What may be rented: at the host and place that are named, else all that is really rented and stays up."""
    for each in made.hosting.having(made.accelerator):
        if made.host is None:
            if not each.reference and each.owned is None and each.scaling is None:
                yield each
        elif each.host == made.host and made.place in (None, each.place):
            yield each


def _not_rented(made: Deployment, terms: str, on: PricingDay) -> tuple[str, str]:
    """Why nothing can be rented on some terms, and what can be."""
    where = "no listed host" if made.host is None else made.host + (f":{made.place}" if made.place else "")
    found = {sold for each in _instances(made) for sold in _terms_sold(each, on)}
    has = "has" if made.host is None else "has no"
    message = f"{where} {has} {made.accelerator} on {terms} terms on {on}"
    undated = sorted({each.host for each in _instances(made) if _sold(each, terms, on) and not _dated(each, on)})
    if made.host is None and undated:
        return f"{message} whose price has a day", f"name {' or '.join(undated)}, whose price nobody dated"
    known = " or ".join(f"+{each}" for each in sorted(found - {STANDARD}))
    return message, f"name terms it has: {known}" if known else "name another host or place"


def _terms_sold(instance: Instance, on: PricingDay) -> list[str]:
    try:
        active = instance.history.on(on)
    except NotPricedError:
        return []
    return [terms for terms in active.terms() if _sold(instance, terms, on)]


def _sold(instance: Instance, terms: str, on: PricingDay) -> bool:
    try:
        active = instance.history.on(on)
    except NotPricedError:
        return False
    if terms == STANDARD:
        return bool(active.version.base)
    return terms in active.terms()


def _dated(instance: Instance, on: PricingDay) -> bool:
    """Whether it is known when its price was seen; one that nobody dated is used only where its host is named."""
    return instance.owned is not None or instance.history.on(on).version.checked_on is not None


_Cost = tuple[bool, str, Fraction, bool, int, str]
"""What instances are put in order by: in USD before other currencies, then the cost, at the default place first."""


def _cheapest(
    offer: Offer, workload: Workload, kinds: list[SizedDemand], rented: list[Instance], count: int, on: PricingDay
) -> Instance:
    """The instance that carries the fleet at the least cost; at the default place where costs are equal.

    Costs in different currencies are not compared: those in the first one's come first, by USD before others.
    """
    if len(rented) == 1:
        return rented[0]
    costs = _costs(offer, workload, kinds, rented, count, on)
    return rented[min(costs, key=lambda number: costs[number])]


def _costs(
    offer: Offer, workload: Workload, kinds: list[SizedDemand], rented: list[Instance], count: int, on: PricingDay
) -> dict[int, _Cost]:
    """What the fleet costs on each instance, by their numbers. Raises CurrencyError where it can be told of none."""
    costs: dict[int, _Cost] = {}
    refused: CurrencyError | None = None
    accelerator = offer.hosted.hosting.accelerators[offer.hosted.accelerator]
    for number, instance in enumerate(rented):
        always, lost = is_always_paid(instance, offer.terms, on), lost_share(offer.terms, workload.serving)
        fleet = fleet_for(kinds, workload, instance, count, always=always, lost=lost)
        try:
            reservation = _reservation(instance, accelerator, offer.terms, workload, fleet)
            bill = bill_of(instance.history.on(on), reservation, workload.serving)
        except CurrencyError as error:  # staff and storage are in another currency than this host bills
            refused = error
            continue
        currency = bill.charges[0].currency if bill.charges else ""
        away = instance.place != instance.default_place
        costs[number] = currency != "USD", currency, bill.cost, away, instance.accelerators, instance.host
    if refused is not None and not costs:
        raise refused
    return costs


def fleet_for(
    kinds: list[SizedDemand], workload: Workload, instance: Instance, count: int, *, always: bool, lost: Fraction
) -> Fleet:
    """The fleet of an instance, which stays or comes and goes. Raises CannotServe as ``fleet_of``."""
    if instance.scaling is not None and not always:
        return scaled_fleet(kinds, workload, instance, count)
    return fleet_of(kinds, workload, instance, count, always=always, lost=lost)


def is_always_paid(instance: Instance, terms: str, on: PricingDay) -> bool:
    """Whether an instance is paid for at all hours: by the month, or on terms of a length such as 1yr."""
    if re.fullmatch(COMMITTED, terms):
        return True
    active = instance.history.on(on)
    billing = active.billing(
        RatingContext(
            terms=terms, mode=None, cache=None, input_tokens=0, kinds=frozenset(), windows=frozenset(), options=()
        ),
        "gpu_hours",
    )
    return isinstance(billing, ResolvedRate) and billing.rate.unit.by_month


def bill_fleet(offer: Offer, workload: Workload, instances: int, fleet: Fleet, on: PricingDay) -> Bill:
    """What so many instances of an offer cost for the hours of a fleet."""
    made, instance, _ = parts_of(offer)
    accelerator = made.hosting.accelerators[made.accelerator]
    reservation = _reservation(instance, accelerator, offer.terms, workload, fleet._replace(instances=instances))
    return bill_of(offer.history.on(on), reservation, workload.serving)


def _reservation(
    instance: Instance, accelerator: Accelerator, terms: str, workload: Workload, fleet: Fleet
) -> Reservation:
    """The instances of a fleet for its hours; at home those in which they work."""
    works = instance.at_home and instance.owned is not None
    hours = fleet.hours * fleet.load if works else fleet.hours
    return Reservation(instance, accelerator, terms, fleet.instances, hours, workload.part)


def parts_of(offer: Offer) -> tuple[Deployment, Instance, int]:
    """How an offer is run once nothing is left open: the deployment, its instance and the accelerators of a replica."""
    made = offer.hosted
    assert made.instance is not None
    assert made.count is not None
    return made, made.instance, made.count
