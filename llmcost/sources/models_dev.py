"""models.dev's published table: an object of providers with models, whose costs are USD of a million tokens."""

from __future__ import annotations

import re
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
    web_page,
    whole_of,
)

COSTS = {
    "input": "input",
    "output": "output",
    "reasoning": "reasoning",
    "cache_read": "cache_read",
    "cache_write": "cache_write",
    "input_audio": "audio_input",
    "output_audio": "audio_output",
}
ABOVE = re.compile("context_over_([0-9]{1,6})k")
"""A cost of requests above so many thousand tokens."""


def read_models_dev(data: Any) -> SourceTable:
    """The table, from its data. Raises LlmcostError for what is none."""
    sound = isinstance(data, dict) and any(isinstance(each, dict) and "models" in each for each in data.values())
    if not sound:
        raise LlmcostError("this is not models.dev's table", "it is an object of providers with models")
    offers: list[SourceOffer] = []
    left_out: list[LeftOut] = []
    for key, provider in data.items():
        for name, model in mapped(mapped(provider).get("models")).items():
            found = _offer(f"{key}/{name}", key, provider, model)
            (left_out if isinstance(found, LeftOut) else offers).append(found)  # type: ignore[arg-type]
    return SourceTable(merge_same(offers), tuple(left_out))


def _offer(name: str, key: str, provider: Mapping[str, Any], model: Any) -> SourceOffer | LeftOut:
    cells = RateCells()
    skipped = _take(mapped(mapped(model).get("cost")), cells)
    entry = cells.entry()
    if entry is None:
        return LeftOut(name, "it has no price above zero that a meter expresses")
    own = name.partition("/")[2]
    return SourceOffer(
        name=name,
        seller=seller_of(key),
        id=own,
        place=regions_of(seller_of(key), own),
        names=(own,),
        entry=entry,
        context_window=whole_of(mapped(model.get("limit")).get("context")),
        page=web_page(provider.get("doc")),
        left_out=skipped,
    )


def _take(costs: Mapping[str, Any], cells: RateCells, above: int = 0) -> tuple[str, ...]:
    """Take down costs; the keys of those that no meter expresses."""
    skipped: list[str] = []
    for key, value in costs.items():
        tier = ABOVE.fullmatch(key)
        if tier is not None:
            skipped += _take_tier({**mapped(value), "tier": {"size": int(tier[1]) * 1000}}, cells)
            continue
        if key == "tiers":
            for each in map(mapped, listed(value)):
                skipped += _take_tier(each, cells)
            continue
        amount = amount_of(value)
        if key in COSTS and amount is not None:
            cells.add(COSTS[key], rate(amount, "1M tokens"), STANDARD, above)
        elif key not in COSTS:
            skipped.append(key)
    return tuple(skipped)


def _take_tier(tier: Mapping[str, Any], cells: RateCells) -> tuple[str, ...]:
    """Take down the costs of requests above a size."""
    size = whole_of(mapped(tier.get("tier")).get("size"))
    if size is None:
        return ("tiers",)
    return _take({key: value for key, value in tier.items() if key not in ("tier", "tiers")}, cells, size)
