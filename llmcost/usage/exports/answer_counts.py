"""What APIs call what an answer used, as a record's counts: one function for each way of counting."""

from __future__ import annotations

import re
from typing import Any

from llmcost.core.workload.usage_record import UsageRecord
from llmcost.usage.format import agrees, anthropic_place, terms_of, without
from llmcost.usage.rows import BadRow, Row

READ = ("cache_read_input_tokens", "prompt_cache_hit_tokens", "cached_tokens")
WRITTEN = ("cache_creation_input_tokens", "cache_write_tokens", "cache_creation_tokens")
"""What sellers and gateways that answer as OpenAI's chat does call what was read from a cache, and written to one."""


def chat_counts(usage: Row) -> dict[str, Any]:
    """A record's counts from those of OpenAI's chat completions, which many take over. Raises BadRow."""
    _refuse_others(usage)
    whole, output = usage.count("prompt_tokens"), usage.count("completion_tokens")
    sent, made = usage.part("prompt_tokens_details"), usage.part("completion_tokens_details")
    read = sent.count("cached_tokens") or next(filter(None, map(usage.count, READ)), 0)
    written = usage.count("cache_creation_input_tokens") or next(filter(None, map(sent.count, WRITTEN)), 0)
    kept = sent.part("cache_creation_token_details")
    five, hour, half_day = (kept.count(f"ephemeral_{kept_for}_input_tokens") for kept_for in ("5m", "1h", "12h"))
    half_day += sent.part("cache_write_tokens_details").count("ttl_12h_tokens")
    total, thought = usage.stated_count("total_tokens"), made.count("reasoning_tokens")
    if total == whole + output + thought:  # xAI counts reasoning beside the answer
        output += thought
    check_total(total, whole + output, usage)
    return {
        "input_uncached": without(whole, "prompt_tokens", read, written),
        "cache_read": read,
        "cache_write_5m": five,
        "cache_write_1h": hour,
        "cache_write_12h": half_day,
        "cache_write_unspecified": without(written, "cache_creation_tokens", five, hour, half_day),
        "output": output,
        "reasoning": made.stated_count("reasoning_tokens"),
        "audio_input": sent.count("audio_tokens"),
        "image_input": sent.count("image_tokens"),
        "video_input": sent.count("video_tokens"),
        "audio_output": made.count("audio_tokens"),
        "image_output": made.count("image_tokens"),
        "web_searches": _searches(usage) or sent.count("web_search_requests"),
    }


def check_total(total: int | None, counted: int, usage: Row) -> None:
    """Hold a total against what was counted; what a search of Google's found LiteLLM has in the total alone.

    Raises BadRow where they differ.
    """
    found = usage.part("prompt_tokens_details").count("tool_use_tokens")
    agrees(total, counted + (found if total != counted else 0), "total_tokens")


def _refuse_others(usage: Row) -> None:
    """Raise BadRow for what is billed and has no place in a record, or is cached by a name that is not known."""
    if usage.count("citation_tokens"):
        raise BadRow("it has citation_tokens, which are billed beside input and output and are not read here")
    for key in usage.cells:
        is_count = isinstance(key, str) and CACHED.fullmatch(key) and key not in (*READ, *WRITTEN, *OTHERS)
        if is_count and usage.cells[key] and isinstance(usage.cells[key], int):
            raise BadRow(f"{key} is not known here: whether it is within the input")


CACHED = re.compile("[a-z_]*cache[a-z_]*_tokens")
OTHERS = ("prompt_cache_miss_tokens", "cached_input_tokens", "cache_read_tokens")
"""What DeepSeek calls what was not read from a cache, and others what was, in their own layouts."""


def _searches(usage: Row) -> int:
    """The searches that a seller counts among what an answer used: Anthropic and OpenRouter, xAI, and Alibaba."""
    return (
        usage.part("server_tool_use").count("web_search_requests")
        or usage.part("server_side_tool_usage_details").count("web_search_calls")
        or usage.part("plugins", "search").count("count")
        or usage.count("num_search_queries")
    )


def responses_counts(usage: Row) -> dict[str, Any]:
    """A record's counts from those of OpenAI's responses. Raises BadRow."""
    _refuse_others(usage)
    whole, output = usage.count("input_tokens"), usage.count("output_tokens")
    # Realtime, and LangChain by other names, write of each token.
    sent, made = (usage.part(f"{side}_tokens_details") for side in ("input", "output"))
    sent, made = (
        part if part.cells else usage.part(f"{side}_token_details")
        for side, part in (("input", sent), ("output", made))
    )
    cached = usage.part("prompt_tokens_details")  # where Alibaba's own API says what was cached
    reads = (sent.count("cached_tokens"), sent.count("cache_read"), cached.count("cached_tokens"))
    read = next(filter(None, (*reads, *map(usage.count, ("cached_input_tokens", "cache_read_tokens")))), 0)
    writes = (sent.count("cache_write_tokens"), sent.count("cache_creation"), usage.count("cache_write_tokens"))
    written = next(filter(None, writes), 0) or cached.count("cache_creation_input_tokens")
    half_day = sent.part("cache_write_tokens_details").count("ttl_12h_tokens")
    agrees(usage.stated_count("total_tokens"), whole + output, "total_tokens")
    return {
        "input_uncached": without(whole, "input_tokens", read, written),
        "cache_read": read,
        "cache_write_12h": half_day,
        "cache_write_unspecified": without(written, "cache_write_tokens", half_day),
        "output": output,
        "reasoning": made.stated_count("reasoning")
        if "reasoning" in made.cells
        else made.stated_count("reasoning_tokens"),
        "audio_input": sent.count("audio_tokens") or sent.count("audio") or usage.count("input_audio_tokens"),
        "image_input": sent.count("image_tokens"),
        "audio_cache_read": sent.part("cached_tokens_details").stated_count("audio_tokens"),
        "image_cache_read": sent.part("cached_tokens_details").stated_count("image_tokens"),
        "audio_output": made.count("audio_tokens") or made.count("audio") or usage.count("output_audio_tokens"),
        "image_output": made.count("image_tokens"),
        "web_searches": _searches(usage),
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
        "web_searches": _searches(usage),
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
        "terms": terms_of((usage.text("trafficType") or "").removeprefix("ON_DEMAND_"))
        or terms_of(usage.text("serviceTier")),
        **_modalities(usage, "promptTokensDetails", "input"),
        **_modalities(usage, "candidatesTokensDetails", "output"),
        **_modalities(usage, "cacheTokensDetails", "cache_read"),
    }


def _modalities(usage: Row, key: str, side: str) -> dict[str, int]:
    if key not in usage.cells:
        return {}
    known = {f"{kind}_{side}" for kind in ("audio", "image", "video")} & {*UsageRecord._fields}
    none = dict.fromkeys(known, 0)  # of those that it does not name
    found = {f"{str(each.cells.get('modality')).lower()}_{side}": each.count("tokenCount") for each in usage.rows(key)}
    return none | {name: count for name, count in found.items() if name in known}


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


SDK_KEYS = ("inputTokenDetails", "outputTokenDetails", "cachedInputTokens", "reasoningTokens")
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
