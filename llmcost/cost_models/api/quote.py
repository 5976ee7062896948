"""The token cost model: an API offer's rates turned into the charges of a workload.

Every group of requests is taken apart by what the rates ask about (terms, hours of the week, input size), the
quantities that meet the same rate are summed, and each sum is priced once. So cost is exact, splitting a group
never changes it, and time does not grow with the number of requests.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from math import ceil

from llmcost.core.offers.offer import Offer
from llmcost.core.pricing.conditions import STANDARD, Condition, RatingContext
from llmcost.core.pricing.rating import PricesInForce, ResolvedRate, UnresolvedRate
from llmcost.core.quotes.notes import PRICED_STANDARD
from llmcost.core.quotes.quote import Quote, unserved_quote
from llmcost.core.values.dates import PricingDay
from llmcost.core.values.meters import Count, quotient
from llmcost.core.values.reasons import Reason
from llmcost.core.values.schedule import Window
from llmcost.core.workload.requests import RequestGroup, Workload
from llmcost.cost_models.api.billed_quantity import QuantityRange, bounds_of
from llmcost.cost_models.api.builder import QuoteBuilder, quote_of, sent_of
from llmcost.cost_models.api.notes import cannot_serve, say_cache, say_dates, say_limits, say_unstored
from llmcost.cost_models.api.overlap import bill_overlap
from llmcost.cost_models.requests.caching import choose_policy
from llmcost.errors import NotPricedError

NOT_BY_USE = {
    "unknown": Reason("price-unknown", "its price is not known"),
    "subscription": Reason("subscription", "it is sold by subscription, not by use"),
}


def quote_tokens(offer: Offer, workload: Workload, on: PricingDay) -> Quote:
    """What an API offer charges for a workload on a day, in the offer's own currency.

    An offer that has no price on that day, or cannot serve any group, comes back unserved with the reason.
    """
    try:
        active = offer.history.on(on)
    except NotPricedError as error:
        return unserved_quote(offer, workload, on, error.message)
    if active.version.status in NOT_BY_USE:
        why = NOT_BY_USE[active.version.status]
        plans = f": {'; '.join(active.version.plans)}" if active.version.plans else ""
        return unserved_quote(offer, workload, on, Reason(why.code, why + plans))
    if offer.terms not in active.terms():
        return unserved_quote(offer, workload, on, Reason("terms", f"{_no_terms(active, offer.terms)} on {on}"))
    dearer, estimated = _quote_reading(offer, workload, active, most=True)
    if not estimated:
        return dearer
    cheaper, _ = _quote_reading(offer, workload, active, most=False)
    # Fewer tokens can cost more: a longer text may reach the length from which a seller caches.
    if cheaper.cost > dearer.cost:
        dearer, cheaper = cheaper, dearer
    least = cheaper.cost - cheaper.uncertainty
    return dearer._replace(uncertainty=max(dearer.uncertainty, dearer.cost - least))


def _quote_reading(offer: Offer, workload: Workload, active: PricesInForce, *, most: bool) -> tuple[Quote, bool]:
    """The quote by the larger or the smaller count of estimated text, and whether any text is estimated."""
    tally = QuoteBuilder()
    estimated = False
    rich = len(workload.groups) > 1 and any(group.content is not None for group in workload.groups)
    for group in workload.groups:
        if group.in_tokens:
            if rich:
                tally.sent.append(sent_of(group.of_one))
            _take(offer, active, group, tally)
            say_unstored(offer, active, group, tally)
        else:
            for terms, share in _terms_of(offer, active, group, tally):
                own = {} if terms == offer.terms else {terms: Fraction(1)}
                part = replace(group.of_one, requests=_part(group.requests, share), terms=own)
                estimated = _take_counted(offer, active, part, terms, tally, most=most) or estimated
    say_dates(offer, active, active.day, tally)
    found = quote_of(offer, active, tally)
    if active.version.counts_volume and active.version.volume:
        from llmcost.cost_models.api.volume import with_volume_prices

        found = with_volume_prices(found, active.version.volume, workload.part)
    return found, estimated


def _take(offer: Offer, active: PricesInForce, group: RequestGroup, tally: QuoteBuilder) -> None:
    """Price a group that is given in tokens, or say why the offer cannot serve it."""
    tally.requests += group.requests
    tally.tokens += _times(group.usage.total_tokens, group.often)
    reason = cannot_serve(offer, active, group)
    if reason is not None:
        tally.refuse(reason, group)
        return
    tally.served += 1
    _price_group(offer, active, group, tally)
    say_limits(offer, active, group, tally)


def _times(held: Count, requests: Count) -> Count:
    """What requests hold together: of a mean of sums whole again, and whole numbers are added faster."""
    found = held * requests
    return found.numerator if found.denominator == 1 else found


BATCH = "batch"
TURNS_WAIT = "each turn waits for the answer before it, and answers in batch may come hours later"


def _take_counted(
    offer: Offer, active: PricesInForce, group: RequestGroup, terms: str, tally: QuoteBuilder, *, most: bool
) -> bool:
    """Price what a class becomes at the offer on some terms; whether the other reading of its text may differ."""
    from llmcost.cost_models.requests.expand import parts_of
    from llmcost.cost_models.requests.parts import OfferContext

    at = _situation(offer, active, group, terms, 0, frozenset())
    made = parts_of(
        OfferContext(offer, active, at, active.version.context_window or offer.context_window), group, most=most
    )
    tally.counted += [each for each in made.counted if each not in tally.counted]
    for note in made.said.notes:
        tally.add(note)
    if terms == BATCH and group.content is not None and group.content.conversation is not None:
        tally.note("batch-of-turns", TURNS_WAIT)
    for doubt in made.said.doubts:
        tally.doubt(doubt.code, doubt)
    if made.problem is not None:
        tally.requests += group.requests
        tally.refuse(made.problem, group)
    for part in made.parts:
        if group.content is not None:
            label = part.label if terms == STANDARD else ", ".join(word for word in (part.label, terms) if word)
            tally.sent.append(sent_of(part.group, label))
        _take(offer, active, part.group, tally)
    for meter, why in made.uncounted:
        tally.explain(meter, group.name, why)
    return made.estimated


def _price_group(offer: Offer, active: PricesInForce, group: RequestGroup, tally: QuoteBuilder) -> None:
    for terms, term_share in _terms_of(offer, active, group, tally):
        for windows, time_share in active.time_shares(group.hours):
            requests = _part(_part(group.requests, term_share), time_share)
            ats = [_situation(offer, active, group, terms, size, windows) for size in active.sizes(*group.sizes)]
            if active.output_edges and not group.lengths_known:
                lengths = active.output_sizes(ceil(group.usage.output_tokens))
                ats = [at._replace(output_tokens=made) for at in ats for made in lengths]
            say_cache(offer, active, group, ats[0], tally)
            refused = _refused(active, ats) if active.limits(terms, by_cache=False) else None
            if refused is not None:
                ats = _sold(active, ats, group)
                if not ats:
                    tally.miss(UnresolvedRate("requests", f"not sold with {refused}", "unserved"), requests, group.name)
                    continue
                tally.doubt(
                    "sizes-not-sold", f"not sold with {refused}: no request of the sums is taken to be so large"
                )
            _price_requests(active, group, ats, requests, tally)


def _refused(active: PricesInForce, ats: list[RatingContext]) -> Condition | None:
    return next((found for at in ats if (found := active.refused(at, by_cache=False))), None)


def _sold(active: PricesInForce, ats: list[RatingContext], group: RequestGroup) -> list[RatingContext]:
    """The sizes that are sold, of requests that may be of others; none where their mean is of one that is not."""
    sold = [at for at in ats if active.refused(at, by_cache=False) is None]
    if not group.number_known:
        return sold
    mean = ceil(group.mean(group.usage.input_tokens))
    return sold if {at.input_tokens for at in sold} & {*active.sizes(mean, mean)} else []


def _part(requests: Count, share: Count) -> Count:
    return requests if share == 1 else requests * share


def _price_requests(
    active: PricesInForce, group: RequestGroup, ats: list[RatingContext], requests: Count, tally: QuoteBuilder
) -> None:
    if active.version.status == "free":
        return
    version = active.version
    bounded = version.minimum or version.included or version.step
    often = 1 if requests == group.sum_of else quotient(requests, group.sum_of)
    for meter, held in group.usage.split.meters.items():
        least = most = _times(held, often)
        if bounded:
            least, most = (_times(each, requests) for each in bounds_of(active, group, meter, group.mean(held), tally))
        if least == most and len(ats) == 1:
            _bill_meter(active, ats[0], meter, most, group.name, tally)
        else:
            _bill_range(active, ats, meter, QuantityRange(least, most), group.name, tally)
    charged = [at for at in ats if active.charges(at, "requests")] if "requests" in active.meters else []
    if charged:
        surely = requests if len(charged) == len(ats) else 0
        _bill_range(active, charged, "requests", QuantityRange(surely, requests), group.name, tally)
    if group.usage.split.overlap is not None:
        bill_overlap(active, ats, group.usage.split.overlap, often, group.name, tally)


def _bill_meter(
    active: PricesInForce, at: RatingContext, meter: str, quantity: Count, group: str, tally: QuoteBuilder
) -> None:
    """Bill one meter where its quantity and its rate are known."""
    found = active.billing(at, meter)
    if isinstance(found, ResolvedRate):
        tally.bill(found, quantity)
    else:
        tally.miss(found, quantity, group)


def _bill_range(
    active: PricesInForce,
    ats: list[RatingContext],
    meter: str,
    quantity: QuantityRange,
    group: str,
    tally: QuoteBuilder,
) -> None:
    """Bill one meter where sizes are not known: the most at the dearest rate; and keep how much less it may be."""
    least, most = quantity
    found = [active.billing(at, meter) for at in ats]
    missing = next((each for each in found if isinstance(each, UnresolvedRate)), None)
    if missing is not None:
        tally.miss(missing, most, group)
        return
    billings = [each for each in found if isinstance(each, ResolvedRate)]
    dearest = max(billings, key=lambda each: Fraction(each.numerator, each.denominator))
    cheapest = min(Fraction(each.numerator, each.denominator) for each in billings)
    tally.uncertainty += Fraction(dearest.numerator, dearest.denominator) * most - cheapest * least
    tally.bill(dearest, most)


def _terms_of(
    offer: Offer, active: PricesInForce, group: RequestGroup, tally: QuoteBuilder
) -> Iterator[tuple[str, Count]]:
    """The terms a group is sent on, with their parts; a share on terms that are not sold is priced standard."""
    if offer.terms != STANDARD or not group.terms:
        if group.terms and group.terms.get(offer.terms) != 1:
            said = f"all of it is on {offer.terms} terms, as its name says, whatever share the workload has on them"
            tally.note("terms-named", said)
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
            tally.note(PRICED_STANDARD, f"{_no_terms(active, terms)}: that share is priced standard")
    if standard:
        yield STANDARD, standard if standard != 1 else 1


def _no_terms(active: PricesInForce, terms: str) -> str:
    """Why nothing is priced on some terms: the seller does not offer them, or no source speaks of them."""
    dated = any(variant.when.terms == terms for variant in active.version.variants)
    if dated or active.version.refuses_terms(terms):
        return f"not sold on {terms} terms"
    if active.version.lists_terms(terms):
        return f"no source states the price of {terms} terms"
    return f"no source states {terms} terms"


def _situation(
    offer: Offer,
    active: PricesInForce,
    group: RequestGroup,
    terms: str,
    size: int,
    windows: frozenset[tuple[Window, ...]],
) -> RatingContext:
    options = offer.default_options
    if group.options:
        chosen = dict(group.options)
        options = tuple((name, chosen.get(name, default)) for name, default in options)
    mode = (group.mode or offer.default_mode) if offer.default_mode else None
    only = None
    if len(offer.cache) == 1 and group.cache != "none" and not active.limits(terms, by_cache=True):
        only = offer.cache[0].priced_as
    made = active.output_size(group.mean(group.usage.output_tokens)) if active.output_edges else 0
    at = RatingContext(terms, mode, only, size, group.usage.kinds, windows, options, made)
    if only is not None or not offer.cache:
        return at
    policy = choose_policy(offer, active, at, group.cache)
    return at if policy is None else at._replace(cache=policy.priced_as)
