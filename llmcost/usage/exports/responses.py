"""Answers of models as their APIs return them, or the usage out of them with a model beside it, one or many."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from llmcost.core.workload.usage_record import UNDATED, UsageRecord
from llmcost.usage.format import BESIDE, Format, agrees, anthropic_place, terms_of, without
from llmcost.usage.rows import BadRow, Row
from llmcost.usage.table import Table

TIMES = ("created", "created_at", "createTime", "timestamp", "time")
MODELS = ("model", "modelVersion", "modelId", "model_id")


class Layout(NamedTuple):
    """How an API counts: the object that the counts are in, a key that only it has, and how they become a record.

    ``provider`` is None where many sellers answer so.
    """

    name: str
    key: str
    inside: str
    counts: Callable[[Row], dict[str, Any]]
    provider: str | None = None


READ = ("cache_read_input_tokens", "prompt_cache_hit_tokens", "cached_tokens")
WRITTEN = ("cache_creation_input_tokens", "cache_write_tokens", "cache_creation_tokens")
"""What sellers and gateways that answer as OpenAI's chat does call what was read from a cache, and written to one."""


def chat_counts(usage: Row) -> dict[str, Any]:
    """A record's counts from those of OpenAI's chat completions, which many take over. Raises BadRow."""
    whole, output = usage.count("prompt_tokens"), usage.count("completion_tokens")
    sent, made = usage.part("prompt_tokens_details"), usage.part("completion_tokens_details")
    read = sent.count("cached_tokens") or next(filter(None, map(usage.count, READ)), 0)
    written = usage.count("cache_creation_input_tokens") or next(filter(None, map(sent.count, WRITTEN)), 0)
    kept = sent.part("cache_creation_token_details")
    five, hour = kept.count("ephemeral_5m_input_tokens"), kept.count("ephemeral_1h_input_tokens")
    total, thought = usage.stated_count("total_tokens"), made.count("reasoning_tokens")
    if total == whole + output + thought:  # xAI counts reasoning beside the answer
        output += thought
    agrees(total, whole + output, "total_tokens")
    return {
        "input_uncached": without(whole, "prompt_tokens", read, written),
        "cache_read": read,
        "cache_write_5m": five,
        "cache_write_1h": hour,
        "cache_write_unspecified": without(written, "cache_creation_tokens", five, hour),
        "output": output,
        "reasoning": made.stated_count("reasoning_tokens"),
        "audio_input": sent.count("audio_tokens"),
        "image_input": sent.count("image_tokens"),
        "audio_output": made.count("audio_tokens"),
    }


def responses_counts(usage: Row) -> dict[str, Any]:
    """A record's counts from those of OpenAI's responses. Raises BadRow."""
    whole, output = usage.count("input_tokens"), usage.count("output_tokens")
    sent, made = usage.part("input_tokens_details"), usage.part("output_tokens_details")
    cached = usage.part("prompt_tokens_details")  # where Alibaba's own API says what was cached
    read = sent.count("cached_tokens") or cached.count("cached_tokens")
    written = sent.count("cache_write_tokens") or cached.count("cache_creation_input_tokens")
    agrees(usage.stated_count("total_tokens"), whole + output, "total_tokens")
    return {
        "input_uncached": without(whole, "input_tokens", read, written),
        "cache_read": read,
        "cache_write_unspecified": written,
        "output": output,
        "reasoning": made.stated_count("reasoning_tokens"),
        "audio_input": sent.count("audio_tokens"),
        "image_input": sent.count("image_tokens"),
        "audio_output": made.count("audio_tokens"),
    }


def messages_counts(usage: Row) -> dict[str, Any]:
    """A record's counts from those of Anthropic's messages. Raises BadRow."""
    kept = usage.part("cache_creation")
    five, hour = kept.count("ephemeral_5m_input_tokens"), kept.count("ephemeral_1h_input_tokens")
    return {
        "input_uncached": usage.count("input_tokens"),
        "cache_read": usage.count("cache_read_input_tokens"),
        "cache_write_5m": five,
        "cache_write_1h": hour,
        "cache_write_unspecified": max(usage.count("cache_creation_input_tokens") - five - hour, 0),
        "output": usage.count("output_tokens"),
        "web_searches": usage.part("server_tool_use").count("web_search_requests"),
        "place": anthropic_place(usage.text("inference_geo")),
        "terms": terms_of(usage.text("service_tier")) or terms_of(usage.text("speed")),
    }


def generate_counts(usage: Row) -> dict[str, Any]:
    """A record's counts from those of Gemini. Raises BadRow."""
    whole, read = usage.count("promptTokenCount"), usage.count("cachedContentTokenCount")
    answer, thoughts = usage.count("candidatesTokenCount"), usage.count("thoughtsTokenCount")
    tool = usage.count("toolUsePromptTokenCount")
    agrees(usage.stated_count("totalTokenCount"), whole + answer + thoughts + tool, "totalTokenCount")
    return {
        "input_uncached": without(whole, "promptTokenCount", read) + tool,
        "cache_read": read,
        "output": answer + thoughts,
        "reasoning": thoughts,
        "terms": terms_of((usage.text("trafficType") or "").removeprefix("ON_DEMAND_")),
        **_modalities(usage, "promptTokensDetails", "input"),
        **_modalities(usage, "candidatesTokensDetails", "output"),
    }


def _modalities(usage: Row, key: str, side: str) -> dict[str, int]:
    if key not in usage.cells:
        return {}
    known = {f"{kind}_{side}" for kind in ("audio", "image", "video")} & {*UsageRecord._fields}
    found = {f"{str(each.cells.get('modality')).lower()}_{side}": each.count("tokenCount") for each in usage.rows(key)}
    return {name: count for name, count in found.items() if name in known}


def converse_counts(usage: Row) -> dict[str, Any]:
    """A record's counts from those of Bedrock's Converse. Raises BadRow."""
    kept = {"5m": 0, "1h": 0}
    for each in usage.rows("cacheDetails") if usage.cells.get("cacheDetails") else ():
        if (ttl := each.text("ttl")) in kept:
            kept[ttl] += each.count("inputTokens")
    written = max(usage.count("cacheWriteInputTokens"), sum(kept.values()))
    return {
        "input_uncached": usage.count("inputTokens"),
        "cache_read": usage.count("cacheReadInputTokens"),
        "cache_write_5m": kept["5m"],
        "cache_write_1h": kept["1h"],
        "cache_write_unspecified": written - sum(kept.values()),
        "output": usage.count("outputTokens"),
    }


SDK = ("inputTokenDetails", "outputTokenDetails", "cachedInputTokens", "reasoningTokens")
"""Keys that only the AI SDK has of those whose input is ``inputTokens``."""


def sdk_counts(usage: Row) -> dict[str, Any]:
    """A record's counts from those of Vercel's AI SDK. Raises BadRow."""
    sent, made = usage.part("inputTokenDetails"), usage.part("outputTokenDetails")
    if not sent.cells and usage.count("cachedInputTokens"):
        raise BadRow("cachedInputTokens are within inputTokens at some sellers and beside them at others: not known")
    whole, read, written = usage.count("inputTokens"), sent.count("cacheReadTokens"), sent.count("cacheWriteTokens")
    thought = made.stated_count("reasoningTokens")
    return {
        "input_uncached": without(whole, "inputTokens", read, written),
        "cache_read": read,
        "cache_write_unspecified": written,
        "output": usage.count("outputTokens"),
        "reasoning": usage.stated_count("reasoningTokens") if thought is None else thought,
    }


MESSAGE = Layout("Anthropic's messages", "type", "usage", messages_counts, "anthropic")
LAYOUTS = (
    Layout("OpenAI's chat completions", "prompt_tokens", "usage", chat_counts),
    Layout("Anthropic's messages", "cache_read_input_tokens", "usage", messages_counts, "anthropic"),
    Layout("Anthropic's messages", "cache_creation_input_tokens", "usage", messages_counts, "anthropic"),
    Layout("OpenAI's responses", "input_tokens", "usage", responses_counts),
    Layout("Gemini", "promptTokenCount", "usageMetadata", generate_counts),
    *(Layout("Vercel's AI SDK", key, "usage", sdk_counts) for key in SDK),
    Layout("Bedrock's Converse", "inputTokens", "usage", converse_counts, "bedrock"),
)
"""The layouts, in the order in which they are tried; where nothing is cached, Anthropic's counts are as OpenAI's."""


def _layout(row: Row) -> tuple[Layout, Row] | None:
    """The layout of an answer, and its counts, which may also stand alone."""
    if row.cells.get("type") == "message" and isinstance(row.cells.get("usage"), dict):
        return MESSAGE, row.part("usage")
    for layout in LAYOUTS:
        inner = row.cells.get(layout.inside)
        if isinstance(inner, dict) and layout.key in inner:
            return layout, row.part(layout.inside)
        is_alone = layout.counts is not sdk_counts or "inputTokens" in row.cells
        if layout.key in row.cells and layout.inside not in row.cells and is_alone:
            return layout, row
    return None


def _fits(table: Table) -> bool:
    return table.kind in ("json", "jsonl") and any(_layout(row) is not None for row in _rows(table))


def _record(row: Row) -> UsageRecord | str:
    found = _layout(row)
    if found is None:
        return "it has no usage"
    layout, usage = found
    counts = layout.counts(usage)
    at = next((key for key in TIMES if row.cells.get(key)), None)
    model = next((name for key in MODELS if (name := row.text(key))), None)
    if model is None:
        raise BadRow('it names no model; write {"model": …, "usage": …}')
    terms = "batch" if row.cells.get("batch") is True else None
    terms = terms or counts.pop("terms", None) or terms_of(row.text("service_tier"))
    counts.pop("terms", None)
    provider, cost = row.text("provider") or layout.provider, None
    if (row.text("id") or "").startswith("gen-") and provider is not None:  # OpenRouter names whom it asked
        provider, cost = "openrouter", usage.money("cost")
    if provider is None and isinstance(row.cells.get("output"), dict) and "request_id" in row.cells:
        provider = "alibaba"
    return UsageRecord(
        start=UNDATED if at is None else row.moment(at),
        provider=provider,
        model=model.removeprefix("models/"),
        requests=1,
        terms=terms,
        cost=cost,
        currency=None if cost is None else "USD",
        id=row.text("id") or row.text("responseId") or row.text("request_id"),
        **counts,
    )


BATCHED = (("response", "body"), ("result", "message"))
"""Where the results of a batch have the answers: those of OpenAI, and those of Anthropic."""


def _rows(table: Table) -> list[Row]:
    """The answers, and what other inferences used for them."""
    answers = map(_answer, table.rows)
    return [each for answer in answers for each in (answer, *_others(answer))]


def _others(answer: Row) -> Iterable[Row]:
    """What an adviser of Anthropic's, or making the context shorter, used: the counts of the answer leave that out."""
    usage = answer.cells.get("usage")
    iterations = usage.get("iterations") if isinstance(usage, dict) else None
    for number, each in enumerate(iterations if isinstance(iterations, list) else ()):
        if isinstance(usage, dict) and isinstance(each, dict) and each.get("type") in BESIDE:
            around = {key: usage.get(key) for key in ("service_tier", "inference_geo")}
            around |= {} if each.get("model") else {"speed": usage.get("speed")}
            model = {"model": each["model"]} if each.get("model") else {}
            name = {"id": f"{answer.cells['id']} {number}"} if answer.cells.get("id") else {}
            yield Row(answer.number, {**answer.cells, **model, **name, "type": "message", "usage": {**each, **around}})


def _answer(row: Row) -> Row:
    """The answer that a row is, also as a result of a batch."""
    around = row.cells.get("response")
    if "key" in row.cells and isinstance(around, dict) and "usageMetadata" in around:  # of Gemini's batches
        return Row(row.number, {**around, "batch": True})
    for outer, inner in BATCHED:
        around = row.cells.get(outer)
        answer = around.get(inner) if isinstance(around, dict) and "custom_id" in row.cells else None
        if isinstance(answer, dict):
            return Row(row.number, {**answer, "batch": True})
    return row


FORMAT = Format("answers of an API", "each as its API counts", _fits, _rows, _record)
