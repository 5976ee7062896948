"""model-prices' snapshot: an object by provider, model and terms, each a history of USD of a million tokens."""

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
    day_of,
    listed,
    mapped,
    merge_same,
    rate,
    web_page,
    whole_of,
)

RATES = ("input", "output", "cache_read", "cache_write")
TERMS = {"standard": STANDARD, "batch": "batch", "flex": "flex", "fast": "fast", "ultrafast": "ultrafast"}
THIRD_PARTY = "https://github.com/"
"""Where a source that is no vendor's page is."""


def read_model_prices(data: Any) -> SourceTable:
    """The snapshot, from its data. Raises LlmcostError for what is none."""
    providers = mapped(mapped(data).get("prices"))
    if not any(mapped(each) for each in providers.values()):
        raise LlmcostError("this is not the snapshot of model-prices", "it has prices by provider and model")
    as_of = day_of(str(mapped(data).get("updated_at"))[:10])
    offers: list[SourceOffer] = []
    left_out: list[LeftOut] = []
    for provider, models in providers.items():
        for model, lists in mapped(models).items():
            found = _offer(provider, model, mapped(lists), as_of)
            (left_out if isinstance(found, LeftOut) else offers).append(found)  # type: ignore[arg-type]
    return SourceTable(merge_same(offers), tuple(left_out))


def _offer(provider: str, model: str, lists: Mapping[str, Any], as_of: str | None) -> SourceOffer | LeftOut:
    name = f"{provider}/{model}"
    cells = RateCells()
    skipped = [f"prices of {label}" for label in lists if label not in TERMS]
    page = ended = None
    for label, terms in TERMS.items():
        history = [mapped(each) for each in listed(lists.get(label))]
        latest = mapped(history[-1].get("rates")) if history else {}
        _take(latest, terms, cells)
        if terms == STANDARD:
            page = web_page(latest.get("source"))
            ended = bool(history) and not latest
    entry = cells.entry()
    if entry is None:
        return LeftOut(name, "it is no longer sold" if ended else "it has no price above zero that a meter expresses")
    return SourceOffer(
        name=name,
        seller=seller_of(provider),
        id=model,
        place=regions_of(seller_of(provider), model),
        names=(model,),
        entry=entry,
        page=page if page is not None and not page.startswith(THIRD_PARTY) else None,
        as_of=as_of,
        left_out=tuple(skipped),
    )


def _take(rates: Mapping[str, Any], terms: str, cells: RateCells, above: int = 0) -> None:
    """Take down the latest rates on some terms, and those above each size."""
    for meter in RATES:
        amount = amount_of(rates.get(meter))
        if amount is not None:
            cells.add(meter, rate(amount, "1M tokens"), terms, above)
    for tier in map(mapped, listed(rates.get("tiers"))):
        size = whole_of(tier.get("above"))
        if size is not None and not above:
            _take(tier, terms, cells, size)
