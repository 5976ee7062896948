"""pi-ai's data: a file for each provider, of models by API, whose costs are USD of a million tokens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from llmcost.core.offers.sellers import seller_of
from llmcost.core.pricing.conditions import STANDARD
from llmcost.errors import LlmcostError
from llmcost.sources.sellers import regions_of
from llmcost.sources.table import (
    LeftOut,
    RateCells,
    SourceOffer,
    SourceTable,
    amount_of,
    listed,
    mapped,
    merge_same,
    rate,
    whole_of,
)

COSTS = {"input": "input", "output": "output", "cacheRead": "cache_read", "cacheWrite": "cache_write"}
CHINESE = "-cn"
"""How the name of a provider ends that bills yuan; its costs were converted, so they are no price."""


def read_pi_ai(data: Any) -> SourceTable:
    """The data of one provider or, in a list, of several. Raises LlmcostError for what is none."""
    models = [
        model
        for provider in (data if isinstance(data, list) else [data])
        for api in mapped(provider).values()
        for model in mapped(api).values()
        if "provider" in mapped(model)
    ]
    if not models:
        raise LlmcostError("this is not pi-ai's data", "it is an object of models by API, one file for each provider")
    offers: list[SourceOffer] = []
    left_out: list[LeftOut] = []
    for model in models:
        found = _offer(str(model["provider"]), str(model.get("id")), model)
        (left_out if isinstance(found, LeftOut) else offers).append(found)  # type: ignore[arg-type]
    return SourceTable(merge_same(offers), tuple(left_out))


def _offer(provider: str, own: str, model: Mapping[str, Any]) -> SourceOffer | LeftOut:
    name = f"{provider}/{own}"
    if model.get("type", "chat") != "chat":
        return LeftOut(name, f"nothing here is for a {model['type']}")
    if provider.endswith(CHINESE):
        return LeftOut(name, "its price was converted from another currency")
    cells = RateCells()
    cost = mapped(model.get("cost"))
    _take(cost, cells)
    for tier in map(mapped, listed(cost.get("tiers"))):
        size = whole_of(tier.get("inputTokensAbove"))
        if size is not None:
            _take(tier, cells, size)
    entry = cells.entry()
    if entry is None:
        return LeftOut(name, "it has no price above zero that a meter expresses")
    return SourceOffer(
        name=name,
        seller=seller_of(provider),
        id=own,
        place=regions_of(seller_of(provider), own),
        names=(own,),
        entry=entry,
        context_window=whole_of(model.get("contextWindow")),
    )


def _take(costs: Mapping[str, Any], cells: RateCells, above: int = 0) -> None:
    """Take down costs of requests above a size; a zero is none, as for a cache whose writes cost nothing extra."""
    for key, meter in COSTS.items():
        amount = amount_of(costs.get(key))
        if amount is not None:
            cells.add(meter, rate(amount, "1M tokens"), STANDARD, above)
