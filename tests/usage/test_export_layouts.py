"""What exports and answers hold beside plain counts: other names of caches, zeros, empty pages, other inferences."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from llmcost.core.workload.usage_record import UsageRecord
from llmcost.errors import LlmcostError
from llmcost.usage.read import read_usage

AT = "2026-11-01T09:00:00.000Z"


def read(document: object, folder: Path) -> list[UsageRecord]:
    """The records of a JSON document."""
    (path := folder / "used.json").write_text(json.dumps(document), encoding="utf-8")
    return list(read_usage(path).records)


def held(records: list[UsageRecord], **expected: object) -> bool:
    """Whether the one record has these fields."""
    (record,) = records
    return {key: getattr(record, key) for key in expected} == expected


HOUR = {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 1500}
SPELLINGS: list[tuple[dict[str, Any], dict[str, int]]] = [
    ({"prompt_tokens_details": {"cached_tokens": 3000}, "cache_creation_input_tokens": 1500}, {}),
    ({"prompt_tokens_details": {"cached_tokens": 3000, "cache_write_tokens": 1500}}, {}),
    ({"prompt_tokens_details": {"cached_tokens": 3000, "cache_creation_tokens": 1500}}, {}),
    ({"cache_read_input_tokens": 3000, "cache_creation_input_tokens": 1500}, {}),
    (
        {
            "cache_creation_input_tokens": 1500,
            "prompt_tokens_details": {
                "cached_tokens": 3000,
                "cache_creation_tokens": 1500,
                "cache_creation_token_details": HOUR,
            },
        },
        {"cache_write_1h": 1500, "cache_write_unspecified": 0},
    ),
]


@pytest.mark.parametrize(("usage", "more"), SPELLINGS)
@pytest.mark.parametrize("as_text", [True, False])
def test_what_litellm_writes_to_a_cache_is_in_its_input(
    usage: dict[str, Any], more: dict[str, int], as_text: bool, tmp_path: Path
) -> None:
    """By any of its names: of 5,000 tokens 3,000 were read and 1,500 written, for an hour where it says so."""
    around = {"usage_object": {"prompt_tokens": 5000, "completion_tokens": 100, **usage}}
    logged = {
        "request_id": "chatcmpl-1",
        "call_type": "acompletion",
        "spend": 0.02,
        "total_tokens": 5100,
        "prompt_tokens": 5000,
        "completion_tokens": 100,
        "startTime": AT,
        "model": "claude-sonnet-5-5",
        "custom_llm_provider": "anthropic",
        "metadata": json.dumps(around) if as_text else around,
    }
    expected = {"input_uncached": 500, "cache_read": 3000, "written": 1500, "output": 100, **more}
    assert held(read([logged], tmp_path), **expected, cached_unknown=False)
    answer = {"id": "chatcmpl-2", "object": "chat.completion", "created": 1_793_523_600, "model": "claude-sonnet-5-5"}
    counted = {"prompt_tokens": 5000, "completion_tokens": 100, "total_tokens": 5100, **usage}
    assert held(read({**answer, "usage": counted}, tmp_path), **expected)


def observation(**buckets: int) -> list[dict[str, Any]]:
    """An observation of Langfuse."""
    around = {"id": "o1", "traceId": "t1", "type": "GENERATION", "startTime": AT, "model": "gpt-5.5"}
    return [{**around, "usageDetails": {**buckets, "total": sum(buckets.values())}}]


def test_a_bucket_of_nothing_says_nothing(tmp_path: Path) -> None:
    """Langfuse keeps the zeros of OpenAI's details, whatever their names; one that counts has to be known."""
    buckets = {"input": 200, "output": 100, "input_cached_tokens": 800, "output_reasoning_tokens": 200}
    found = read(observation(**buckets, output_new_tokens=0, output_rejected_prediction_tokens=0), tmp_path)
    assert held(found, input_uncached=200, cache_read=800, output=300, reasoning=200)
    heard = read(observation(input=200, output=100, input_audio_tokens=50, output_audio_tokens=7), tmp_path)
    assert held(heard, input_uncached=250, output=107, audio_input=50, audio_output=7)
    with pytest.raises(LlmcostError, match="whose name says not what it counts"):
        read(observation(input=1, output=1, output_new_tokens=1), tmp_path)


def test_a_report_of_anthropic_may_begin_with_a_day_of_nothing(tmp_path: Path) -> None:
    """Any of its buckets tells what it is."""
    result = {"uncached_input_tokens": 1500, "output_tokens": 500, "model": "claude-opus-5-5"}
    buckets = [
        {"starting_at": "2026-11-01T00:00:00Z", "ending_at": "2026-11-02T00:00:00Z", "results": []},
        {"starting_at": "2026-11-02T00:00:00Z", "ending_at": "2026-11-03T00:00:00Z", "results": [result]},
    ]
    assert held(read({"data": buckets, "has_more": False}, tmp_path), input_uncached=1500, output=500)


def span(number: int, parent: int | None, name: str, **counts: int) -> dict[str, Any]:
    """A span of Pydantic AI: that of a run does not say what it is, and sums up the requests below it."""
    named = {"gen_ai.request.model": "gpt-5.5", "gen_ai.operation.name": "chat"} if parent else {"model_name": "x"}
    attributes = [{"key": key, "value": {"stringValue": value}} for key, value in named.items()]
    tokens = {f"gen_ai.usage.{key.replace('__', '.')}": count for key, count in counts.items()}
    attributes += [{"key": key, "value": {"intValue": str(count)}} for key, count in tokens.items()]
    above = {"parentSpanId": str(parent)} if parent else {}
    return {
        "traceId": "t",
        "spanId": str(number),
        "name": name,
        "startTimeUnixNano": "1793523600000000000",
        "attributes": attributes,
        **above,
    }


def test_a_span_with_requests_below_it_is_no_request(tmp_path: Path) -> None:
    """Whether or not it says that it is an agent; what was cached is known by Pydantic AI's name too."""
    spans = [
        span(1, None, "agent run", input_tokens=3000, output_tokens=300),
        span(2, 1, "chat", input_tokens=3000, output_tokens=300, details__cache_read_tokens=1500),
    ]
    found = read({"resourceSpans": [{"scopeSpans": [{"spans": spans}]}]}, tmp_path)
    assert held(found, model="gpt-5.5", input_uncached=1500, cache_read=1500, output=300)


MODEL = {"model": "m", "timestamp": AT}
CONVERSE = {"inputTokens": 9, "outputTokens": 4, "cacheReadInputTokens": 0, "cacheWriteInputTokens": 3000}
ANSWERS: list[tuple[dict[str, Any], dict[str, Any]]] = [
    (
        {**CONVERSE, "cacheDetails": [{"inputTokens": 2000, "ttl": "1h"}, {"inputTokens": 500, "ttl": "5m"}]},
        {"cache_write_1h": 2000, "cache_write_5m": 500, "cache_write_unspecified": 500, "provider": "bedrock"},
    ),
    (CONVERSE, {"cache_write_unspecified": 3000, "input_uncached": 9}),
    (
        {
            "inputTokens": 1000,
            "outputTokens": 100,
            "inputTokenDetails": {"noCacheTokens": 200, "cacheReadTokens": 700, "cacheWriteTokens": 100},
            "outputTokenDetails": {"textTokens": 36, "reasoningTokens": 64},
            "cachedInputTokens": 700,
        },
        {"input_uncached": 200, "cache_read": 700, "written": 100, "output": 100, "reasoning": 64, "provider": None},
    ),
    ({"inputTokens": 10, "outputTokens": 1, "cachedInputTokens": 0}, {"input_uncached": 10, "provider": None}),
]


@pytest.mark.parametrize(("usage", "expected"), ANSWERS)
def test_counts_of_one_spelling_are_told_apart(usage: dict[str, Any], expected: dict[str, Any], tmp_path: Path) -> None:
    """Bedrock's input is without what is cached, and that of Vercel's AI SDK with it."""
    assert held(read({**MODEL, "usage": usage}, tmp_path), **expected)


def test_what_may_or_may_not_hold_what_is_cached_is_refused(tmp_path: Path) -> None:
    """The AI SDK's older counts are as each seller counts, and it does not say which."""
    usage = {"inputTokens": 1000, "outputTokens": 100, "cachedInputTokens": 800}
    with pytest.raises(LlmcostError, match="cachedInputTokens are within inputTokens at some sellers"):
        read({**MODEL, "usage": usage}, tmp_path)


@pytest.mark.parametrize(
    ("traffic", "terms"), [("ON_DEMAND_FLEX", "flex"), ("ON_DEMAND_PRIORITY", "priority"), ("ON_DEMAND", None)]
)
def test_traffic_of_vertex_is_its_terms(traffic: str, terms: str | None, tmp_path: Path) -> None:
    """As the usage of an answer names it."""
    usage = {"promptTokenCount": 10, "candidatesTokenCount": 1, "totalTokenCount": 11, "trafficType": traffic}
    answer = {"modelVersion": "gemini-3-pro", "createTime": AT, "usageMetadata": usage}
    assert held(read(answer, tmp_path), terms=terms)


def test_other_inferences_for_an_answer_are_requests(tmp_path: Path) -> None:
    """An adviser of another model, and a summary; of a batch they are of that too."""
    usage = {
        "input_tokens": 23_000,
        "output_tokens": 1_000,
        "iterations": [
            {"type": "compaction", "input_tokens": 180_000, "output_tokens": 3_500},
            {"type": "message", "input_tokens": 23_000, "output_tokens": 1_000},
            {"type": "advisor_message", "model": "claude-opus-5-5", "input_tokens": 90, "output_tokens": 7},
        ],
    }
    message = {"id": "msg_2", "type": "message", "model": "claude-sonnet-5-5", "content": [], "usage": usage}
    document = {"custom_id": "1", "result": {"type": "succeeded", "message": message}}
    found = [
        (record.model, record.input, record.output, record.terms, record.id) for record in read(document, tmp_path)
    ]
    assert found == [
        ("claude-sonnet-5-5", 23_000, 1_000, "batch", "msg_2"),
        ("claude-sonnet-5-5", 180_000, 3_500, "batch", "msg_2 0"),
        ("claude-opus-5-5", 90, 7, "batch", "msg_2 2"),
    ]
