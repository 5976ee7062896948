"""The token cost model: an API offer's rates turned into the charges of a workload.

Every group of requests is taken apart by what the rates ask about (terms, hours of the week, input size), the
quantities that meet the same rate are summed, and each sum is priced once. So cost is exact, splitting a group
never changes it, and time does not grow with the number of requests.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction

from llmcost.core.billing import Active, Billing, Missing
from llmcost.core.catalogue import Offer
from llmcost.core.conditions import STANDARD, Condition, Situation
from llmcost.core.dates import PricingDay
from llmcost.core.quote import Charge, Counted, Gap, Quote, Sent
from llmcost.core.rates import SUPPOSED
from llmcost.core.usage import METER_ORDER, Count
from llmcost.core.workload import RequestGroup, Workload
from llmcost.cost_models.caching import choose_policy
from llmcost.cost_models.overlap import bill_overlap
from llmcost.errors import NotPricedError

STALE_AFTER_DAYS = 90
SURELY_TAKEN = 8_000
"""Tokens that every listed model takes, also where its context window is not stated."""
NOTHING = Fraction(0)
NOT_BY_USE = {"unknown": "its price is not known", "subscription": "it is sold by subscription, not by use"}


class Tally:
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
        self.quantities: dict[int, tuple[Billing, Count]] = {}
        self.gaps: dict[tuple[str, str, str], Count] = {}
        self.notes: dict[str, None] = {}
        self.doubts: dict[str, None] = {}
        self.uncertainty: Fraction | int = 0
        self.counted: list[Counted] = []
        self.sent: list[Sent] = []
        self.refusals: list[str] = []
        self.served = 0
        self.requests: Count = 0
        self.tokens: Count = 0

    def bill(self, billing: Billing, quantity: Count) -> None:
        """Add a quantity at a rate."""
        key = id(billing)
        had = self.quantities.get(key)
        self.quantities[key] = (billing, quantity if had is None else had[1] + quantity)

    def miss(self, missing: Missing, quantity: Count, group: str) -> None:
        """Add a quantity that has no rate."""
        key = (missing.meter, missing.reason, group)
        self.gaps[key] = self.gaps.get(key, 0) + quantity

    def refuse(self, reason: str, group: RequestGroup) -> None:
        """Say why the offer cannot serve a group."""
        self.refusals.append(reason)
        self.miss(Missing("requests", reason, "unserved"), group.requests, group.name)

    def explain(self, meter: str, group: str, reason: str) -> None:
        """Give the gaps of a meter a better reason."""
        for key in [key for key in self.gaps if key[0] == meter and key[2] == group]:
            self.gaps[meter, reason, group] = self.gaps.pop(key)

    def note(self, text: str) -> None:
        """Say something about the quote, once."""
        self.notes[text] = None

    def doubt(self, text: str) -> None:
        """Say why the offer may not serve the workload."""
        self.notes[text] = self.doubts[text] = None


def quote_tokens(offer: Offer, workload: Workload, on: PricingDay) -> Quote:
    """What an API offer charges for a workload on a day, in the offer's own currency.

    An offer that has no price on that day, or cannot serve any group, comes back unserved with the reason.
    """
    try:
        active = offer.history.on(on)
    except NotPricedError as error:
        return _unserved(offer, workload, on, error.message)
    if active.version.status in NOT_BY_USE:
        return _unserved(offer, workload, on, NOT_BY_USE[active.version.status])
    if offer.terms not in active.terms():
        return _unserved(offer, workload, on, f"not sold on {offer.terms} terms on {on}")
    dearer, estimated = _quote_reading(offer, workload, active, True)
    if not estimated:
        return dearer
    cheaper, _ = _quote_reading(offer, workload, active, False)
    if cheaper.cost > dearer.cost:
        dearer, cheaper = cheaper, dearer
    least = cheaper.cost - cheaper.uncertainty
    return replace(dearer, uncertainty=max(dearer.uncertainty, dearer.cost - least))


def _quote_reading(offer: Offer, workload: Workload, active: Active, most: bool) -> tuple[Quote, bool]:
    """The quote by the larger or the smaller count of estimated text, and whether any text is estimated."""
    tally = Tally()
    estimated = False
    for group in workload.groups:
        if group.in_tokens:
            _take(offer, active, group, tally)
        else:
            estimated = _take_counted(offer, active, group, most, tally) or estimated
    _say_dates(active, active.day, tally)
    return _quote(offer, active, tally), estimated


def _take(offer: Offer, active: Active, group: RequestGroup, tally: Tally) -> None:
    """Price a group that is given in tokens, or say why the offer cannot serve it."""
    usage, requests = group.usage, group.requests
    tally.requests += requests
    tally.tokens += (usage.input_tokens + usage.output_tokens) * requests
    reason = _cannot_serve(offer, active, group)
    if reason is not None:
        tally.refuse(reason, group)
        return
    tally.served += 1
    _price_group(offer, active, group, tally)
    _say_limits(offer, active, group, tally)


def _take_counted(offer: Offer, active: Active, group: RequestGroup, most: bool, tally: Tally) -> bool:
    """Price what a class becomes at the offer; whether the other reading of its text may differ."""
    from llmcost.cost_models.requests import Where, parts_of  # imported late: plain tokens need none of it

    at = _situation(offer, active, group, offer.terms, 0, frozenset())
    made = parts_of(Where(offer, active, at, active.version.context_window or offer.context_window), group, most)
    tally.counted += [each for each in made.counted if each not in tally.counted]
    for note in made.notes:
        tally.note(note)
    if made.problem is not None:
        tally.requests += group.requests
        tally.refuse(made.problem, group)
    for part in made.parts:
        if group.content is not None and part.group.usage.total_tokens:
            tally.sent.append(part.sent)
        _take(offer, active, part.group, tally)
    for meter, why in made.uncounted:
        tally.explain(meter, group.name, why)
    return made.estimated


def _price_group(offer: Offer, active: Active, group: RequestGroup, tally: Tally) -> None:
    for terms, term_share in _terms_of(offer, active, group, tally):
        for windows, time_share in active.time_shares(group.hours):
            requests = _part(_part(group.requests, term_share), time_share)
            ats = [_situation(offer, active, group, terms, size, windows) for size in active.sizes(*group.sizes)]
            _say_cache(offer, active, group, ats[0], tally)
            refused = _refused(active, ats)
            if refused is not None:
                tally.miss(Missing("requests", f"not sold with {refused}", "unserved"), requests, group.name)
                continue
            _price_requests(active, group, ats, requests, tally)


def _refused(active: Active, ats: list[Situation]) -> Condition | None:
    if not active.version.not_sold:
        return None
    return next((found for at in ats if (found := active.refused(at, by_cache=False))), None)


def _part(requests: Count, share: Count) -> Count:
    return requests if share == 1 else requests * share


def _price_requests(active: Active, group: RequestGroup, ats: list[Situation], requests: Count, tally: Tally) -> None:
    if active.version.status == "free":
        return
    for meter, held in group.usage.split.meters.items():
        least, most = _billed(group, meter, held, active.version.minimum)
        if least != most:
            tally.note(
                f"{meter}: a request below the minimum of {active.version.minimum[meter]} is billed as that; "
                "how many there are is not known"
            )
        _bill_meter(active, ats, meter, most * requests, group.name, tally, least * requests)
    charged = [at for at in ats if active.charges(at, "requests")] if "requests" in active.meters else []
    if charged:
        surely = requests if len(charged) == len(ats) else 0
        _bill_meter(active, charged, "requests", requests, group.name, tally, surely)
    if group.usage.split.overlap is not None:
        bill_overlap(active, ats, group.usage.split.overlap, requests, group.name, tally)


def _billed(group: RequestGroup, meter: str, held: Count, minimum: Mapping[str, int]) -> tuple[Count, Count]:
    """The least and the most that a mean request is billed for.

    With a minimum it depends on how the requests differ: least when all are like the mean, most when one of them
    holds everything.
    """
    bottom = minimum.get(meter)
    if bottom is None:
        return held, held
    least = max(held, bottom)
    if group.alike or group.requests <= 1:
        return least, least
    return least, max(least, bottom + held - bottom / Fraction(group.requests))


def _bill_meter(
    active: Active, ats: list[Situation], meter: str, quantity: Count, group: str, tally: Tally, least: Count
) -> None:
    """Bill one meter; where sizes are not known, the most at the dearest rate, and keep how much less it may be."""
    if len(ats) == 1 and least == quantity:
        only = active.billing(ats[0], meter)
        if isinstance(only, Billing):
            tally.bill(only, quantity)
        else:
            tally.miss(only, quantity, group)
        return
    found = [active.billing(at, meter) for at in ats]
    missing = next((each for each in found if isinstance(each, Missing)), None)
    if missing is not None:
        tally.miss(missing, quantity, group)
        return
    billings = [each for each in found if isinstance(each, Billing)]
    dearest = max(billings, key=lambda each: Fraction(each.numerator, each.denominator))
    cheapest = min(Fraction(each.numerator, each.denominator) for each in billings)
    tally.uncertainty += Fraction(dearest.numerator, dearest.denominator) * quantity - cheapest * least
    tally.bill(dearest, quantity)


def _terms_of(offer: Offer, active: Active, group: RequestGroup, tally: Tally) -> Iterator[tuple[str, Count]]:
    """The terms a group is sent on, with their parts; a share on terms that are not sold is priced standard."""
    if offer.terms != STANDARD or not group.terms:
        yield offer.terms, 1
        return
    standard = Fraction(1)
    for terms, share in group.terms.items():
        if not share or terms == STANDARD:
            continue
        at = _situation(offer, active, group, terms, group.sizes[0], frozenset())
        if terms in active.terms() and active.refused(at, by_cache=False) is None:
            standard -= share
            yield terms, share
        else:
            tally.note(f"no {terms} terms here: that share is priced standard")
    if standard:
        yield STANDARD, standard if standard != 1 else 1


def _situation(
    offer: Offer, active: Active, group: RequestGroup, terms: str, size: int, windows: frozenset[tuple[object, ...]]
) -> Situation:
    options = offer.default_options
    if group.options:
        chosen = dict(group.options)
        options = tuple((name, chosen.get(name, default)) for name, default in options)
    mode = (group.mode or offer.default_mode) if offer.default_mode else None
    if len(offer.cache) == 1 and group.cache != "none" and not active.version.not_sold:
        only = offer.cache[0].kind
        return Situation(terms, mode, only, size, group.usage.kinds, windows, options)  # type: ignore[arg-type]
    at = Situation(terms, mode, None, size, group.usage.kinds, windows, options)  # type: ignore[arg-type]
    policy = choose_policy(offer, active, at, group) if offer.cache else None
    return at if policy is None else at._replace(cache=policy.kind)


def _cannot_serve(offer: Offer, active: Active, group: RequestGroup) -> str | None:
    window = active.version.context_window or offer.context_window
    if window is not None and group.sizes[0] > window:
        return f"its context window of {window} tokens is smaller than the input of {group.sizes[0]}"
    for name, default in offer.default_options:
        chosen = dict(group.options).get(name, default)
        known = active.option_values(name) | {default}
        if chosen not in known:
            return f"it has no {name} {chosen}, only {', '.join(sorted(known))}"
    for side, kind in sorted(group.usage.kinds):
        taken = offer.input_kinds if side == "input" else offer.output_kinds
        if taken is not None and kind not in taken:
            return f"it does not take {kind} input" if side == "input" else f"it does not produce {kind}"
    return None


def _say_limits(offer: Offer, active: Active, group: RequestGroup, tally: Tally) -> None:
    low, high = group.sizes
    size = high or low
    window = active.version.context_window or offer.context_window
    if window is None and size > SURELY_TAKEN:
        tally.doubt(f"its context window is not stated; whether it takes {size} tokens is not known")
    elif window is not None and size + group.usage.output_tokens > window:
        tally.doubt(f"input and output together exceed its context window of {window} tokens")
    cached = group.usage.cache_read_input_tokens or group.usage.cache_creation_input_tokens
    if not cached:
        return
    begins = min((policy.minimum_tokens or 0 for policy in offer.cache), default=0)
    if high is not None and high < begins:
        tally.note(f"its caching begins at {begins} tokens; the cached tokens are billed as given all the same")
    if group.cache and group.cache not in [policy.kind for policy in offer.cache]:
        used = next((policy.kind for policy in offer.cache), None)
        tally.note(
            f"it has no {group.cache} caching; {used} caching is used" if used else f"it has no {group.cache} caching"
        )


def _say_cache(offer: Offer, active: Active, group: RequestGroup, at: Situation, tally: Tally) -> None:
    """Say when the caching asked for, or any at all, is not sold where the request stands."""
    if not (group.usage.cache_read_input_tokens or group.usage.cache_creation_input_tokens):
        return
    wanted = group.cache if group.cache in [policy.kind for policy in offer.cache] else None
    wanted = wanted or next((policy.kind for policy in offer.cache), None)
    if wanted is None or at.cache == wanted or (not group.cache and at.cache):
        return
    refused = active.refused(at._replace(cache=wanted), by_cache=True)
    if refused is not None:
        instead = f"{at.cache} caching is used" if at.cache else "cached tokens are billed without a cache policy"
        tally.note(f"not sold with {refused}; {instead}")


def _say_dates(active: Active, on: PricingDay, tally: Tally) -> None:
    version = active.version
    if version.status == "free":
        tally.note("free of charge")
    oldest = version.checked_on
    for billing, _ in tally.quantities.values():
        if billing.checked_on < oldest:
            oldest = billing.checked_on
        if billing.starts is None and on.day < billing.checked_on:
            tally.doubt(f"the price of {billing.checked_on} is used for {on}: when it began is not known")
        if billing.meter == "input" and "input_tokens >" in billing.condition:
            tally.note(f"tier: {billing.condition} moves every rate of the whole request")
        if billing.rate.derived is not None:
            supposed = billing.rate.derived.startswith(SUPPOSED)
            how = "supposed, not the vendor's" if supposed else "derived, not quoted by the vendor"
            tally.note(f"some rates are {how}; the explanation says which")
    age = (on.day - oldest).days
    if age > STALE_AFTER_DAYS:
        tally.note(f"stale: last checked on {oldest}, {age} days before {on.day}")


def _quote(offer: Offer, active: Active, tally: Tally) -> Quote:
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
            )
        )
    if len(charges) > 1:
        charges.sort(key=_charge_order)
    unserved = tally.refusals[0] if tally.refusals and not tally.served else None
    gaps = tuple(Gap(meter, count, reason, group) for (meter, reason, group), count in tally.gaps.items())
    return Quote(
        offer,
        active.day,
        currency or _first_currency(active),
        tuple(charges),
        gaps,
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


def _first_currency(active: Active) -> str:
    for rate in active.version.base.values():
        currency = getattr(rate, "currency", None)
        if currency:
            return str(currency)
    return "USD"


def _unserved(offer: Offer, workload: Workload, on: PricingDay, reason: str) -> Quote:
    gap = Gap("requests", workload.requests, reason, workload.name)
    return Quote(offer, on, "USD", (), (gap,), workload.requests, workload.total_tokens, unserved=reason)
