"""LiteLLM's price map: an object by model name, whose keys are ``METER_cost…[_above_…][_TERMS]`` in USD of one unit."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from llmcost.core.offers.sellers import seller_of
from llmcost.core.pricing.conditions import STANDARD
from llmcost.core.workload.tasks import CHAT, DRAWING, Task
from llmcost.errors import LlmcostError
from llmcost.sources.sellers import regions_of
from llmcost.sources.table import (
    MILLION,
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

SAMPLE = "sample_spec"
"""An entry that only explains the format."""
TASKS: dict[str, Task] = {
    "chat": CHAT,
    "completion": CHAT,
    "responses": CHAT,
    "embedding": "embedding",
    "image_generation": "image",
    "image_edit": "image-edit",
    "audio_transcription": "transcription",
    "audio_speech": "speech",
    "video_generation": "video",
    "realtime": "realtime",
    "rerank": "rerank",
    "ocr": "ocr",
    "moderation": "moderation",
}
TERMS = {"batches": "batch", "flex": "flex", "priority": "priority", "balanced": "balanced", "ultrafast": "ultrafast"}
FAMILIES = ("vertex_ai", "bedrock", "fireworks_ai", "azure_ai")
"""What the map writes before names of several providers of its own."""
PREFIXES = ("accounts/fireworks/models/",)
"""What stands before a seller's id in its own addresses, and is no part of the id."""


class Billed(NamedTuple):
    """What a key bills: a meter, and the unit it is written in here; ``scale`` turns the map's amount into it."""

    meter: str
    unit: str
    scale: Decimal = Decimal(1)


def _tokens(meter: str) -> Billed:
    return Billed(meter, "1M tokens", Decimal(MILLION))


KEYS = {
    "input_cost_per_token": _tokens("input"),
    "output_cost_per_token": _tokens("output"),
    "cache_read_input_token_cost": _tokens("cache_read"),
    "cache_creation_input_token_cost": _tokens("cache_write"),
    "output_cost_per_reasoning_token": _tokens("reasoning"),
    "input_cost_per_audio_token": _tokens("audio_input"),
    "output_cost_per_audio_token": _tokens("audio_output"),
    "cache_read_input_audio_token_cost": _tokens("audio_cache_read"),
    "cache_creation_input_audio_token_cost": _tokens("audio_cache_write"),
    "input_cost_per_image_token": _tokens("image_input"),
    "output_cost_per_image_token": _tokens("image_output"),
    "cache_read_input_image_token_cost": _tokens("image_cache_read"),
    "input_cost_per_video_token": _tokens("video_input"),
    "output_cost_per_video_token": _tokens("video_output"),
    "citation_cost_per_token": _tokens("citation_tokens"),
    "input_cost_per_audio_per_second": Billed("audio_seconds", "second"),
    "input_cost_per_video_per_second": Billed("video_seconds", "second"),
    "output_cost_per_video_per_second": Billed("video_output_seconds", "second"),
    "output_cost_per_pixel": Billed("megapixels", "megapixel", Decimal(MILLION)),
    "input_cost_per_character": Billed("characters", "1M characters", Decimal(MILLION)),
    "input_cost_per_query": Billed("requests", "request"),
    "input_cost_per_request": Billed("requests", "request"),
    "input_cost_per_text_message": Billed("text_messages", "message"),
    "ocr_cost_per_page": Billed("pages", "page"),
    "annotation_cost_per_page": Billed("annotated_pages", "page"),
    "google_maps_grounding_cost_per_query": Billed("maps_searches", "search"),
    "code_interpreter_cost_per_session": Billed("container_sessions", "session"),
    "file_search_cost_per_1k_calls": Billed("file_searches", "1K searches"),
    "file_search_cost_per_gb_per_day": Billed("file_storage", "gb-day"),
    "vector_store_cost_per_gb_per_day": Billed("file_storage", "gb-day"),
    "guardrail_cost_per_unit": Billed("text_units", "unit"),
}
SECONDS: dict[Task, tuple[str, str]] = {
    "video": ("video_seconds", "video_output_seconds"),
    "speech": ("audio_seconds", "audio_output_seconds"),
    "transcription": ("audio_seconds", "audio_seconds"),
    "realtime": ("audio_seconds", "audio_output_seconds"),
}
"""What a second in and a second out is of, by what the model is for."""
IMAGES = ("input_cost_per_image", "output_cost_per_image")
"""Keys of a picture put in and of one made; the first is that of one made, too, where an image model has only it."""
MOST_PLACEHOLDER = Decimal("1e-9")
"""Of a token: what stands where the map has no price of tokens, such as a price by the step of drawing."""
SURCHARGES = ("redact", "keyterm", "detect_entities", "diarize")
"""What is no model, but costs something on top of one."""
FINE_TUNED = "ft:"
"""How the id of a model that was trained further begins; what its owner calls it comes after it and a colon."""
NO_PRICES = ("input_dbu_cost_per_token", "output_dbu_cost_per_token", "input_cost_per_token_cache_hit")
"""Keys that say again, in another way, what others say."""
SEARCHES = "search_context_cost_per_query"
KEY = re.compile(
    r"(?s:(?P<base>.*?))(?:_above_(?P<kept>1|12)hr)?(?:_above_(?P<above>[0-9]+)k_tokens)?"
    rf"(?:_(?P<terms>{'|'.join(TERMS)}))?"
)
BY_RESOLUTION = re.compile(r"output_cost_per_second_([0-9]{3,4}p|[0-9]k)")
RESOLUTION, USUAL = "resolution", "usual"
"""The option by which video is priced, and its value where a request names none: the map does not say which that is."""
PLACES = {
    "bedrock": re.compile(r"(?P<place>[a-z]{2}(?:-gov|-iso[a-z]?)?-[a-z]+-[0-9])/(?P<id>.+)"),
    "azure": re.compile(r"(?P<place>eu|us|us-gov|apac|global|global-standard)/(?P<id>.+)"),
}
"""How the map writes the region of an offer before its id, by seller."""
USUAL_PLACES = ("us-east-1", "global", "global-standard")
"""Regions whose prices the map also writes without a region."""
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOURS = re.compile("(?P<from>(?:[01][0-9]|2[0-3]):[0-5][0-9])-(?P<to>(?:[01][0-9]|2[0-3]):[0-5][0-9])")
PRICE_WORDS = ("cost", "pricing", "multiplier")


def read_litellm(data: Any) -> SourceTable:
    """The price map, from its data. Raises LlmcostError for what is none."""
    if not isinstance(data, dict) or not any(isinstance(each, dict) for each in data.values()):
        raise LlmcostError("this is not LiteLLM's price map", "it is an object of models by name")
    offers: list[SourceOffer] = []
    left_out: list[LeftOut] = []
    aliases: dict[str, list[str]] = {}
    for name, model in data.items():
        if name == SAMPLE:
            continue
        if isinstance(model, dict) and isinstance(model.get("alias_of"), str):
            aliases.setdefault(model["alias_of"], []).append(name)
            continue
        found = _offer(name, model)
        if isinstance(found, LeftOut):
            left_out.append(found)
        else:
            offers.append(found)
    # A name without a region is the offer of its id; one with the usual region may say the same or something else.
    offers.sort(key=lambda offer: offer.name.count("/"))
    return SourceTable(merge_same(_with_aliases(offers, aliases)), tuple(left_out))


def _with_aliases(offers: list[SourceOffer], aliases: Mapping[str, list[str]]) -> Iterator[SourceOffer]:
    from dataclasses import replace

    for offer in offers:
        names = aliases.get(offer.name)
        yield replace(offer, names=(*offer.names, *names)) if names else offer


def _offer(name: str, model: Any) -> SourceOffer | LeftOut:
    if not isinstance(model, dict) or not isinstance(model.get("litellm_provider"), str):
        return LeftOut(name, "it names no seller")
    if name.rpartition("/")[2] in SURCHARGES:
        return LeftOut(name, "it is a surcharge on others, and no offer")
    task = TASKS.get(str(model.get("mode")))
    if task is None:
        return LeftOut(name, f"nothing here is for {model.get('mode') or 'a model of no kind'}")
    task = task_of(name, task)
    cells = RateCells()
    skipped = tuple(_take_prices(model, task, cells))
    entry = cells.entry()
    if entry is None:
        return LeftOut(name, "it has no price above zero that a meter expresses")
    seller = seller_of(model["litellm_provider"])
    place, own = _placed(seller, _id(name, model["litellm_provider"]))
    ends, said = day_of(model.get("deprecation_date")), web_page(model.get("deprecation_source"))
    return SourceOffer(
        name=name,
        seller=seller,
        id=own,
        names=(f"{own}:*",) if own.startswith(FINE_TUNED) else (),
        place=place,
        entry=entry,
        default_options=((RESOLUTION, USUAL),) if _has_resolutions(entry) else (),
        task=task,
        context_window=whole_of(model.get("max_input_tokens")),
        page=web_page(model.get("source")),
        ends=ends if said else None,
        ends_by=said,
        doubt=f"LiteLLM's price map has its end on {ends}, and names no source" if ends and not said else None,
        left_out=skipped,
    )


def _has_resolutions(entry: Mapping[str, Any]) -> bool:
    return any("options" in variant["when"] for variant in entry.get("variants", ()))


def _id(name: str, provider: str) -> str:
    """The seller's own id of a model: its name in the map without the seller's."""
    family = next((each for each in FAMILIES if provider.startswith(each)), provider)
    for head in (f"{provider}/", f"{family}/", *PREFIXES):
        name = name.removeprefix(head)
    return name


def _placed(seller: str, name: str) -> tuple[str | None, str]:
    """The region that stands before an id, and the id; None without one."""
    match = PLACES[seller].fullmatch(name) if seller in PLACES else None
    if match is None:
        return regions_of(seller, name), name
    return None if match["place"] in USUAL_PLACES else match["place"], match["id"]


def _take_prices(model: Mapping[str, Any], task: Task, cells: RateCells) -> Iterator[str]:
    """Take down every price of a model; yields the keys of those that no meter expresses."""
    for key, value in model.items():
        if key in NO_PRICES or not any(word in key for word in PRICE_WORDS):
            continue
        if key == "tiered_pricing":
            yield from _take_tiers(value, task, cells)
        elif key == "off_peak_pricing":
            yield from _take_windows(value, task, cells)
        elif key == SEARCHES:
            yield from _take_searches(value, cells)
        elif key in IMAGES:
            yield from _take_image(key, model, task, cells)
        elif task == "video" and BY_RESOLUTION.fullmatch(key) and amount_of(model.get("output_cost_per_second")):
            _take_resolution(key, value, cells)
        elif not _take(key, value, task, cells) and not _is_nothing(value):
            yield key


def _take_resolution(key: str, value: object, cells: RateCells) -> None:
    """Take down what a second of video costs at a resolution."""
    amount, match = amount_of(value), BY_RESOLUTION.fullmatch(key)
    if amount is not None and match is not None:
        cells.add_variant({"options": {RESOLUTION: match[1]}}, {SECONDS["video"][1]: rate(amount, "second")})


def _take_image(key: str, model: Mapping[str, Any], task: Task, cells: RateCells) -> Iterator[str]:
    """Take down what a picture costs, by whether it is put in or made, and by what the model is for."""
    amount = amount_of(model[key])
    made, put_in = key == IMAGES[1], key == IMAGES[0]
    if amount is None:
        return
    if task in DRAWING:
        cells.add("images" if made or not amount_of(model.get(IMAGES[1])) else "input_images", rate(amount, "image"))
    elif put_in:
        cells.add("input_images" if task == "video" else "images", rate(amount, "image"))
    else:
        yield key


def _is_nothing(value: object) -> bool:
    return value is None or value == 0


def _take(key: str, value: object, task: Task, cells: RateCells, above: int = 0) -> bool:
    """Take down one price; whether it is one that a meter expresses."""
    billed, kept, edge, terms = _billed(key, task)
    amount = amount_of(value)
    if billed is None or amount is None:
        return False
    if billed.unit == "1M tokens" and amount <= MOST_PLACEHOLDER:
        return False
    meter = f"{billed.meter}_{kept}h" if kept else billed.meter
    cells.add(meter, rate(amount * billed.scale, billed.unit), terms, above or edge)
    return True


def _billed(key: str, task: Task) -> tuple[Billed | None, str | None, int, str]:
    match = KEY.fullmatch(key)
    assert match is not None, "every text has a base"
    base, kept = match["base"], match["kept"]
    edge = int(match["above"]) * 1000 if match["above"] else 0
    terms = TERMS[match["terms"]] if match["terms"] else STANDARD
    billed = KEYS.get(base)
    if base in ("input_cost_per_second", "output_cost_per_second") and task in SECONDS:
        billed = Billed(SECONDS[task][base.startswith("output")], "second")
    if base == "input_cost_per_second" and task == CHAT:
        billed = Billed("provisioned_seconds", "second")  # the map's form of throughput that is reserved for months
    if base == "input_cost_per_pixel" and task in DRAWING:
        billed = KEYS["output_cost_per_pixel"]  # the map's oldest entries write what is made as what is put in
    return billed, kept, edge, terms


def _take_tiers(tiers: Any, task: Task, cells: RateCells) -> Iterator[str]:
    """Take down prices by ranges of input, each of which ends where the next begins."""
    for tier in map(mapped, listed(tiers)):
        begin = next(iter(listed(tier.get("range"))), None)
        edge = 0 if begin == 0 else whole_of(begin)
        if edge is None:
            yield "tiered_pricing"
            return
        for key, value in tier.items():
            if key != "range" and not _take(key, value, task, cells, edge) and not _is_nothing(value):
                yield f"tiered_pricing.{key}"


def _take_windows(prices: Any, task: Task, cells: RateCells) -> Iterator[str]:
    """Take down prices of some hours of the week."""
    windows = list(_windows(mapped(prices).get("windows")))
    rates = {}
    for key, value in mapped(prices).items():
        billed, amount = _billed(key, task)[0], amount_of(value)
        if billed is not None and amount is not None:
            rates[billed.meter] = rate(amount * billed.scale, billed.unit)
    if windows and rates:
        cells.add_variant({"time": windows}, rates)
    else:
        yield "off_peak_pricing"


def _windows(windows: Any) -> Iterator[dict[str, str]]:
    """The hours of the week as a sheet writes them; Monday is the first day, and a day that is none is passed over."""
    for window in map(mapped, listed(windows)):
        spans = window.get("hours_utc")
        numbers = listed(window.get("weekdays")) or list(range(1, 8))
        named = ", ".join(DAYS[number - 1] for number in numbers if type(number) is int and 0 < number <= len(DAYS))
        for span in map(HOURS.fullmatch, map(str, spans if isinstance(spans, list) else [spans])):
            if span is not None and named:
                end = "24:00" if span["from"] == span["to"] else span["to"]
                yield {"weekdays": named, "from": span["from"], "to": end, "timezone": "UTC"}


def _take_searches(prices: Any, cells: RateCells) -> Iterator[str]:
    """Take down the price of a web search where it is the same however much of a page is read."""
    amounts = {amount_of(value) for value in mapped(prices).values()}
    amount = amounts.pop() if len(amounts) == 1 else None
    if amount is None:
        if any(amounts):
            yield SEARCHES
        return
    cells.add("web_searches", rate(amount, "search"))
