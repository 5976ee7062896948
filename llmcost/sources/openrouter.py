"""OpenRouter's models: a list under ``data``, whose prices are texts of USD of one token, request, image or search.

A model's endpoints, which another address of the same API lists, are that model at as many places: each is one provider
that requests can be held to, at a price of its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from llmcost.core.pricing.conditions import STANDARD
from llmcost.errors import LlmcostError
from llmcost.sources.table import (
    MILLION,
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

SELLER = "openrouter"
PAGE = "https://openrouter.ai/models"
TOKEN = (Decimal(MILLION), "1M tokens")
PIECE = Decimal(1)
KEYS = {
    "prompt": ("input", *TOKEN),
    "completion": ("output", *TOKEN),
    "input_cache_read": ("cache_read", *TOKEN),
    "input_cache_write": ("cache_write", *TOKEN),
    "input_cache_write_1h": ("cache_write_1h", *TOKEN),
    "internal_reasoning": ("reasoning", *TOKEN),
    "audio": ("audio_input", *TOKEN),
    "request": ("requests", PIECE, "request"),
    "image": ("input_images", PIECE, "image"),
    "web_search": ("web_searches", PIECE, "search"),
}
CONDITIONS = ("min_prompt_tokens", "utc_days", "utc_start", "utc_end")
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def read_openrouter(data: Any) -> SourceTable:
    """The list of models, or the endpoints of one, from its data. Raises LlmcostError for what is neither."""
    told = mapped(data).get("data")
    one = mapped(told)
    models = [mapped(each) for each in listed(told)] or ([one] if "endpoints" in one else [])
    if not any("id" in each for each in models):
        raise LlmcostError("this is not OpenRouter's list of models", "it has models with ids under `data`")
    found = [
        _offer({**each, **endpoint}, _place(endpoint)) if endpoint else _offer(each)
        for each in models
        for endpoint in [mapped(end) for end in listed(each.get("endpoints"))] or [{}]
    ]
    return SourceTable(
        merge_same(each for each in found if isinstance(each, SourceOffer)),
        tuple(each for each in found if isinstance(each, LeftOut)),
    )


def _place(endpoint: Mapping[str, Any]) -> str:
    """What an endpoint is called as a place: its tag, such as deepinfra-fp8, else its provider's name."""
    told = str(endpoint.get("tag") or endpoint.get("provider_name") or "")
    return re.sub("[^a-z0-9]+", "-", told.lower()).strip("-")


def _offer(model: Mapping[str, Any], place: str | None = None) -> SourceOffer | LeftOut:
    name, prices = str(model.get("id")), mapped(model.get("pricing"))
    if any(str(prices.get(key, "")).startswith("-") for key in ("prompt", "completion")):
        return LeftOut(name, "its price is that of the model a request is routed to")
    cells = RateCells()
    skipped = [key for key, value in prices.items() if key != "overrides" and not _take(key, value, cells)]
    for override in map(mapped, listed(prices.get("overrides"))):
        skipped += _take_override(override, cells)
    entry = cells.entry()
    if place == "":
        return LeftOut(name, "one of its endpoints names no provider")
    if entry is None or "input" not in entry["rates"]:
        return LeftOut(name, "it has no price above zero of its input")
    slug = model.get("canonical_slug")
    return SourceOffer(
        name=name,
        seller=SELLER,
        id=name,
        place=place,
        names=(slug,) if isinstance(slug, str) and slug != name else (),
        entry=entry,
        context_window=whole_of(model.get("context_length")),
        page=PAGE,
        left_out=tuple(dict.fromkeys(skipped)),
    )


def _amount(value: object) -> Decimal | None:
    try:
        return amount_of(Decimal(value)) if isinstance(value, str) else amount_of(value)
    except InvalidOperation:
        return None


def _take(key: str, value: object, cells: RateCells, above: int = 0) -> bool:
    """Take down one price; whether there is nothing left of it to be said."""
    if key not in KEYS:
        return value in (0, "0", None)
    meter, scale, unit = KEYS[key]
    amount = _amount(value)
    if amount is not None:
        cells.add(meter, rate(amount * scale, unit), STANDARD, above)
    return True


def _take_override(override: Mapping[str, Any], cells: RateCells) -> list[str]:
    """Take down prices that hold from a size on, which is reached or passed, or at some hours."""
    prices = {key: value for key, value in override.items() if key not in CONDITIONS}
    least = whole_of(override.get("min_prompt_tokens"))
    timed = [key for key in CONDITIONS[1:] if key in override]
    if least is not None and least > 1 and not timed:
        return [key for key, value in prices.items() if not _take(key, value, cells, least - 1)]
    window = _window(override) if timed and least is None else None
    if window is None:
        return ["overrides"]
    rates = {}
    for key, value in prices.items():
        amount = _amount(value)
        if key in KEYS and amount is not None:
            meter, scale, unit = KEYS[key]
            rates[meter] = rate(amount * scale, unit)
    if rates:
        cells.add_window(window, rates)
    return [key for key in prices if key not in KEYS]


def _window(override: Mapping[str, Any]) -> dict[str, str] | None:
    """The hours of an override as a sheet writes them; None where they cannot be read."""
    days = listed(override.get("utc_days")) or list(DAYS)
    begin, end = (_clock(override.get(key, 0)) for key in ("utc_start", "utc_end"))
    if not set(map(str, days)) <= set(DAYS) or begin is None or end is None:
        return None
    named = ", ".join(str(day)[:3] for day in days)
    return {"weekdays": named, "from": begin, "to": "24:00" if begin == end else end, "timezone": "UTC"}


def _clock(value: object) -> str | None:
    """The time of day that a number such as 1630 means; None for what is none."""
    if type(value) is not int or not 0 <= value < 2400 or value % 100 > 59:
        return None
    return f"{value // 100:02}:{value % 100:02}"
