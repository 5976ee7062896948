"""genai-prices' published data: a list of providers with models, whose prices are USD of a million or a thousand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from llmcost.core.offers.sellers import seller_of
from llmcost.core.pricing.conditions import STANDARD
from llmcost.core.workload.tasks import CHAT, Task
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
from llmcost.sources.tasks import task_of

TOKENS = "1M tokens"
KEYS = {
    "input_mtok": ("input", TOKENS),
    "input_text_mtok": ("input", TOKENS),
    "cache_read_mtok": ("cache_read", TOKENS),
    "cache_write_mtok": ("cache_write", TOKENS),
    "cache_write_5m_mtok": ("cache_write", TOKENS),
    "cache_write_1h_mtok": ("cache_write_1h", TOKENS),
    "output_mtok": ("output", TOKENS),
    "output_text_mtok": ("output", TOKENS),
    "output_reasoning_mtok": ("reasoning", TOKENS),
    "output_citation_mtok": ("citation_tokens", TOKENS),
    **{f"input_{kind}_mtok": (f"{kind}_input", TOKENS) for kind in ("audio", "image", "video")},
    **{f"output_{kind}_mtok": (f"{kind}_output", TOKENS) for kind in ("audio", "image", "video")},
    **{f"cache_{kind}_read_mtok": (f"{kind}_cache_read", TOKENS) for kind in ("audio", "image", "video")},
    **{f"cache_{kind}_write_mtok": (f"{kind}_cache_write", TOKENS) for kind in ("audio", "image", "video")},
    "input_mchars": ("characters", "1M characters"),
    "input_text_messages_kcount": ("text_messages", "1K messages"),
    "input_audio_hours": ("audio_seconds", "hour"),
    "audio_hours": ("audio_seconds", "hour"),
    "output_audio_hours": ("audio_output_seconds", "hour"),
    "input_document_kpages": ("pages", "1K pages"),
    "input_annotated_document_kpages": ("annotated_pages", "1K pages"),
    "rerank_searches_kcount": ("search_units", "1K units"),
    "web_searches_kcount": ("web_searches", "1K searches"),
    "storage_searches_kcount": ("file_searches", "1K searches"),
    "requests_kcount": ("requests", "1K requests"),
}
"""What a price key bills, and the unit in which the data writes it."""
TERMS = {
    ("processing", "batch"): "batch",
    ("service_tier", "flex"): "flex",
    ("service_tier", "priority"): "priority",
    ("service_tier", "fast"): "fast",
    ("speed", "fast"): "fast",
}
"""What a request may say that this program calls terms."""


TESTS: dict[str, Callable[[str, str], bool]] = {
    "equals": lambda name, text: name == text,
    "starts_with": lambda name, text: name.startswith(text),
    "ends_with": lambda name, text: name.endswith(text),
    "contains": lambda name, text: text in name,
}
"""How a pattern of the data meets a name."""


TASKS_BY_WORD: dict[str, Task] = {
    "rerank": "rerank",
    "embed": "embedding",
    "bge-": "embedding",
    "e5-": "embedding",
    "gte-": "embedding",
    "minilm": "embedding",
    "uae-": "embedding",
    "voyage": "embedding",
    "bert-base": "embedding",
    "moderation": "moderation",
    "guard": "moderation",
}
"""What the name of a model with a price of input only says it is for; the first word in it counts."""


def read_genai_prices(data: Any) -> SourceTable:
    """The data of the providers. Raises LlmcostError for what is none."""
    if not isinstance(data, list) or not data or not all(isinstance(each, dict) and "models" in each for each in data):
        raise LlmcostError("this is not the data of genai-prices", "it is a list of providers with models")
    offers: list[SourceOffer] = []
    left_out: list[LeftOut] = []
    owners = _owners(data)
    for provider in data:
        for model in listed(provider["models"]):
            name = f"{provider.get('id')}/{model.get('id')}" if isinstance(model, dict) else str(provider.get("id"))
            found = _offer(name, provider, model, owners)
            (left_out if isinstance(found, LeftOut) else offers).append(found)  # type: ignore[arg-type]
    return SourceTable(merge_same(offers), tuple(left_out))


def _owners(data: list[dict[str, Any]]) -> dict[str, str]:
    """The provider that the data takes for a model named without one: the first whose pattern meets the name."""
    found: dict[str, str] = {}
    for provider in data:
        for model in map(mapped, listed(provider["models"])):
            own = model.get("id")
            if isinstance(own, str) and _meets(own.lower(), provider.get("model_match")):
                found.setdefault(own, str(provider.get("id")))
    return found


def _meets(name: str, match: Any) -> bool:
    """Whether a name meets a pattern of the data."""
    wanted = mapped(match)
    if "or" in wanted:
        return any(_meets(name, each) for each in listed(wanted["or"]))
    if "and" in wanted:
        return all(_meets(name, each) for each in listed(wanted["and"]))
    return any(key in TESTS and isinstance(text, str) and TESTS[key](name, text) for key, text in wanted.items())


def _offer(name: str, provider: Mapping[str, Any], model: Any, owners: Mapping[str, str]) -> SourceOffer | LeftOut:
    if not isinstance(model, dict) or not isinstance(model.get("id"), str) or not isinstance(provider.get("id"), str):
        return LeftOut(name, "it has no id")
    skipped: list[str] = []
    entries: list[dict[str, Any]] = []
    for starts, prices in _dated(model.get("prices"), skipped):
        cells = RateCells()
        _take(prices, STANDARD, cells, skipped)
        for variant in listed(model.get("price_variants")):
            _take_variant(mapped(variant), cells, skipped)
        entry = cells.entry()
        if entry is not None:
            entries = [each for each in entries if each.get("effective_from") != starts]  # the later of two of one day
            entries.append({**({"effective_from": starts} if starts else {}), **entry})
    if not entries:
        return LeftOut(name, "it has no price above zero that a meter expresses")
    task = _task(model["id"], {meter: text for each in entries for meter, text in each["rates"].items()})
    if task is None:
        return LeftOut(name, "it has a price of input only, and its name does not say what for")
    task = task_of(model["id"], task)
    return SourceOffer(
        name=name,
        seller=seller_of(provider["id"]),
        id=_id(model["id"]),
        place=regions_of(seller_of(provider["id"]), _id(model["id"])),
        entry=entries[-1],
        history=tuple(entries[:-1]),
        names=() if owners.get(model["id"], provider["id"]) != provider["id"] else _names(model),
        task=task,
        context_window=whole_of(model.get("context_window")),
        page=web_page(next(iter(listed(provider.get("pricing_urls"))), None)),
        as_of=day_of(model.get("prices_checked")),
        doubt="genai-prices calls it deprecated" if model.get("deprecated") is True else None,
        left_out=tuple(dict.fromkeys(skipped)),
    )


def _id(name: str) -> str:
    return name.removeprefix("accounts/fireworks/models/")


def _dated(prices: Any, skipped: list[str]) -> Iterator[tuple[str | None, Mapping[str, Any]]]:
    """The price lists of a model with the day from which each holds, None for the first."""
    for each in map(mapped, prices if isinstance(prices, list) else [{"prices": prices}]):
        condition = each.get("constraint")
        start = day_of(mapped(condition).get("start_date"))
        if condition and start is None:
            skipped.append("prices by the hour of the day")
        else:
            yield start, mapped(each.get("prices"))


def _take(prices: Mapping[str, Any], terms: str, cells: RateCells, skipped: list[str]) -> None:
    for key, value in prices.items():
        if key not in KEYS:
            skipped.append(key)
            continue
        meter, unit = KEYS[key]
        amount = amount_of(value["base"] if "base" in mapped(value) else value)
        if amount is not None:
            cells.add(meter, rate(amount, unit), terms)
        for tier in map(mapped, listed(mapped(value).get("tiers"))):
            dearer, start = amount_of(tier.get("price")), whole_of(tier.get("start"))
            if dearer is not None and start is not None:
                cells.add(meter, rate(dearer, unit), terms, start)


def _take_variant(variant: Mapping[str, Any], cells: RateCells, skipped: list[str]) -> None:
    """Take down what some requests cost, and since when."""
    when, start = mapped(variant.get("when")), variant.get("constraint")
    day = day_of(mapped(start).get("start_date"))
    terms = TERMS.get(next((key, str(value)) for key, value in when.items())) if len(when) == 1 else None
    if terms is None or (start and day is None):
        if when != {"service_tier": "default"}:
            skipped.append(f"prices of {', '.join(f'{key} {value}' for key, value in when.items())}")
        return
    _take(mapped(variant.get("prices")), terms, cells, skipped)
    if day is not None:
        cells.start(terms, day)


def _names(model: Mapping[str, Any]) -> tuple[str, ...]:
    """What a model is called without its provider."""
    return tuple(dict.fromkeys((str(model["id"]), *_equals(model.get("match")))))


def _equals(match: Any) -> Iterator[str]:
    """The exact names among what a model is known by."""
    if isinstance(mapped(match).get("equals"), str):
        yield match["equals"]
    for each in listed(mapped(match).get("or")):
        yield from _equals(each)


def _task(name: str, rates: Mapping[str, str]) -> Task | None:
    """What a model is for, as far as its prices and, where they are of input alone, its name tell it; else None."""
    if "pages" in rates:
        return "ocr"
    if "characters" in rates:
        return "speech"
    if "search_units" in rates:
        return "rerank"
    if set(rates) == {"audio_seconds"}:
        return "transcription"
    if set(rates) != {"input"}:
        return CHAT
    return next((task for word, task in TASKS_BY_WORD.items() if word in name.lower()), None)
