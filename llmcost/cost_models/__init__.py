"""How an offer turns a workload into charges: one file a model, one line here.

A cost model is a function of offer, workload and day that returns a Quote.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from llmcost.core.offers.offer import SELF_HOSTED, Offer
from llmcost.core.quotes.quote import Quote
from llmcost.core.values.dates import PricingDay
from llmcost.core.workload.requests import Workload
from llmcost.cost_models.api.quote import quote_tokens


def _quote_self_hosted(offer: Offer, workload: Workload, on: PricingDay) -> Quote:
    from llmcost.cost_models.self_hosted.quote import quote_self_hosted

    return quote_self_hosted(offer, replace(workload, groups=tuple(each.of_one for each in workload.groups)), on)


COST_MODELS: dict[str, Callable[[Offer, Workload, PricingDay], Quote]] = {
    "api": quote_tokens,
    SELF_HOSTED: _quote_self_hosted,
}


def pin(offer: Offer, workload: Workload, on: PricingDay) -> Offer:
    """The offer with all that it leaves to the workload: a self-hosted one's accelerators and host.

    The same offer when nothing is open, or when it cannot serve the workload.
    """
    if offer.kind != SELF_HOSTED:
        return offer
    from llmcost.cost_models.self_hosted.choose import pin_self_hosted

    return pin_self_hosted(offer, workload, on)


def alternatives(offer: Offer, workload: Workload, on: PricingDay) -> list[Offer]:
    """Every host's offer among which ``pin`` chooses the cheapest for this workload; the offer alone otherwise."""
    if offer.kind != SELF_HOSTED:
        return [offer]
    from llmcost.cost_models.self_hosted.choose import alternatives_for

    return alternatives_for(offer, workload, on)


def quote(offer: Offer, workload: Workload, on: PricingDay) -> Quote:
    """What an offer charges for a workload on a day, in the offer's own currency."""
    if offer.caching is not None:
        workload = replace(workload, groups=tuple(replace(each, cache=offer.caching) for each in workload.groups))
    return COST_MODELS[offer.kind](offer, workload, on)
