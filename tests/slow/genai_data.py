"""The data of genai-prices as it is published, printed from the package on the path."""

from __future__ import annotations

import dataclasses
import json
import sys
import types
from decimal import Decimal
from typing import Any

# The package's door imports a client for fetching, which is not needed for what it holds.
sys.modules.setdefault("httpx2", types.ModuleType("httpx2"))
from genai_prices import types as kinds  # noqa: E402 - after the line above
from genai_prices.data import providers  # noqa: E402


def price(prices: Any) -> dict[str, Any]:
    """The prices of a model, with tiers as the published data writes them."""
    return {
        key: {"base": value.base, "tiers": [{"start": each.start, "price": each.price} for each in value.tiers]}
        if isinstance(value, kinds.TieredPrices)
        else value
        for key, value in prices.__dict__.items()
        if value is not None
    }


def constraint(found: Any) -> dict[str, str]:
    if isinstance(found, kinds.StartDateConstraint):
        return {"start_date": found.start_date.isoformat()}
    return {"start_time": found.start_time.isoformat(), "end_time": found.end_time.isoformat()}


def match(found: Any) -> dict[str, Any]:
    name = type(found).__name__
    if name == "ClauseOr":
        return {"or": [match(each) for each in found.or_]}
    if name == "ClauseAnd":
        return {"and": [match(each) for each in found.and_]}
    return {key.rstrip("_"): value for key, value in dataclasses.asdict(found).items()}


def model(found: Any) -> dict[str, Any]:
    made: dict[str, Any] = {"id": found.id, "match": match(found.match)}
    if found.context_window:
        made["context_window"] = found.context_window
    if found.deprecated:
        made["deprecated"] = True
    if isinstance(found.prices, kinds.ModelPrice):
        made["prices"] = price(found.prices)
    else:
        made["prices"] = [
            {**({"constraint": constraint(each.constraint)} if each.constraint else {}), "prices": price(each.prices)}
            for each in found.prices
        ]
    if found.price_variants:
        made["price_variants"] = [
            {
                "when": each.when,
                "prices": price(each.prices),
                **({"constraint": constraint(each.constraint)} if each.constraint else {}),
            }
            for each in found.price_variants
        ]
    return made


def provider(found: Any) -> dict[str, Any]:
    made: dict[str, Any] = {"id": found.id, "name": found.name, "pricing_urls": found.pricing_urls}
    if found.model_match:
        made["model_match"] = match(found.model_match)
    return {**made, "models": [model(each) for each in found.models]}


def plain(value: Any) -> Any:
    """Numbers as JSON has them."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    return [plain(each) for each in value] if isinstance(value, list) else value


print(json.dumps(plain([provider(each) for each in providers])))
