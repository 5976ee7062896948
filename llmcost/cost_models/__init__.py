"""How an offer turns a workload into charges: one file a model, one line here.

A cost model is a function of offer, workload and day that returns a Quote.
"""

from __future__ import annotations

from collections.abc import Callable

from llmcost.core.catalogue import Offer
from llmcost.core.dates import PricingDay
from llmcost.core.quote import Quote
from llmcost.core.workload import Workload
from llmcost.cost_models.tokens import quote_tokens

COST_MODELS: dict[str, Callable[[Offer, Workload, PricingDay], Quote]] = {
    "api": quote_tokens,
}


def quote(offer: Offer, workload: Workload, on: PricingDay) -> Quote:
    """What an offer charges for a workload on a day, in the offer's own currency."""
    return COST_MODELS[offer.kind](offer, workload, on)
