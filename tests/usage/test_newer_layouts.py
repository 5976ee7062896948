"""What newer releases write beside the usual counts: terms, searches, how long a cache keeps, what is no text."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from llmcost.core.workload.usage_record import UsageRecord
from llmcost.errors import LlmcostError
from llmcost.usage.many import read_all
from llmcost.usage.read import read_usage


def read(content: Any, tmp_path: Path) -> list[UsageRecord]:
    """The records of a document, or of lines where several are given."""
    lines = content if isinstance(content, tuple) else (content,)
    (path := tmp_path / ("log.jsonl" if len(lines) > 1 else "one.json")).write_text(
        "\n".join(map(json.dumps, lines)), encoding="utf-8"
    )
    return list(read_usage(path).records)


CHAT = {"prompt_tokens": 1000, "completion_tokens": 100, "total_tokens": 1100}
RESPONSE = {"input_tokens": 1000, "output_tokens": 100, "total_tokens": 1100}
GEMINI = {"promptTokenCount": 1000, "candidatesTokenCount": 100, "totalTokenCount": 1100}
QUERIES = {"groundingMetadata": {"webSearchQueries": ["a", "", "b", "a", "c"]}}
AT = "2026-11-25T10:00:00Z"


def chat(model: str = "m", **usage: Any) -> dict[str, Any]:
    return {"object": "chat.completion", "created": 1795600000, "model": model, "usage": {**CHAT, **usage}}


def response(around: dict[str, Any] | None = None, **usage: Any) -> dict[str, Any]:
    answer = {"object": "response", "created_at": 1795600000, "model": "m"}
    return {**answer, **(around or {}), "usage": {**RESPONSE, **usage}}


def gemini(model: str = "gemini-3.6-flash", around: dict[str, Any] | None = None, **usage: Any) -> dict[str, Any]:
    return {"modelVersion": model, "createTime": AT, **(around or {}), "usageMetadata": {**GEMINI, **usage}}


def litellm(more: dict[str, Any] | None = None, **usage: Any) -> list[dict[str, Any]]:
    row = {"request_id": "r", "call_type": "acompletion", "spend": 0, "model": "m", "startTime": AT, **CHAT}
    return [{**row, "metadata": {"usage_object": {**CHAT, **usage}, **(more or {})}}]


def span(**attributes: Any) -> dict[str, Any]:
    told = {
        "gen_ai.request.model": "m",
        "gen_ai.usage.input_tokens": 1000,
        "gen_ai.usage.output_tokens": 100,
        **attributes,
    }
    kinds = {int: "intValue", str: "stringValue"}
    listed = [{"key": key, "value": {kinds[type(value)]: value}} for key, value in told.items()]
    one = {"traceId": "t", "spanId": "a", "startTimeUnixNano": "1795600000000000000", "attributes": listed}
    return {"resourceSpans": [{"scopeSpans": [{"spans": [one]}]}]}


def langfuse(more: dict[str, Any] | None = None, **details: Any) -> list[dict[str, Any]]:
    row = {"id": "o", "traceId": "t", "type": "GENERATION", "startTime": AT, "model": "m"}
    return [{**row, "usageDetails": details, **(more or {})}]


def page(**counts: Any) -> dict[str, Any]:
    result = {"object": "organization.usage.completions.result", "model": "m", "num_model_requests": 1, **counts}
    bucket = {"object": "bucket", "start_time": 1795003200, "end_time": 1795089600, "results": [result]}
    return {"object": "page", "has_more": False, "data": [bucket]}


@pytest.mark.parametrize(
    ("content", "held"),
    [
        # on which terms
        (gemini(serviceTier="flex"), {"terms": "flex"}),
        (response({"service_tier": "ultrafast"}), {"terms": "ultrafast"}),
        ({"modelId": "m", "timestamp": AT, "serviceTier": {"type": "priority"},
          "usage": {"inputTokens": 1000, "outputTokens": 100}}, {"terms": "priority"}),
        (langfuse({"modelParameters": {"service_tier": "flex"}}, input=1000, output=100), {"terms": "flex"}),
        (langfuse({"modelParameters": '{"service_tier": "flex"}'}, input=1000, output=100), {"terms": "flex"}),
        (langfuse(input=1000, output=100, total=1100, input_priority=1000, output_priority=100),
         {"terms": "priority", "input": 1000, "output": 100}),
        (litellm({"cost_breakdown": {"service_tier": "flex"}}, service_tier="standard"), {"terms": "flex"}),
        (litellm(speed="fast", inference_geo="us"), {"terms": "fast", "place": "us"}),
        # searches
        (response({"tool_usage": {"web_search": {"num_requests": 20}}}), {"web_searches": 20}),
        (response(server_side_tool_usage_details={"web_search_calls": 20}), {"web_searches": 20}),
        (response(plugins={"search": {"count": 20}}), {"web_searches": 20}),
        (chat(server_tool_use={"web_search_requests": 20}), {"web_searches": 20}),
        (litellm(server_tool_use={"web_search_requests": 20}), {"web_searches": 20}),
        (litellm(prompt_tokens_details={"web_search_requests": 20}), {"web_searches": 20}),
        (gemini(around={"candidates": [QUERIES]}), {"web_searches": 3}),  # each once, and none that is empty
        (gemini("gemini-2.5-flash", {"candidates": [QUERIES]}), {"web_searches": 1}),  # billed by request
        (gemini(around={"candidates": [{}]}), {"web_searches": 0}),
        # how long a cache keeps what was written
        (response(input_tokens_details={"cache_write_tokens": 900,
                                        "cache_write_tokens_details": {"ttl_12h_tokens": 300}}),
         {"cache_write_12h": 300, "cache_write_unspecified": 600, "input": 1000}),
        (chat(prompt_tokens_details={"cache_creation_tokens": 900,
                                     "cache_creation_token_details": {"ephemeral_12h_input_tokens": 300}}),
         {"cache_write_12h": 300, "cache_write_unspecified": 600, "input": 1000}),
        (page(input_tokens=1000, input_cache_write_tokens=900, input_cache_write_12h_tokens=300, output_tokens=1),
         {"cache_write_12h": 300, "cache_write_unspecified": 600, "input": 1000}),
        (langfuse(input=100, input_ephemeral_5m_input_tokens=200, input_ephemeral_1h_input_tokens=30, total=330),
         {"cache_write_5m": 200, "cache_write_1h": 30, "input": 330}),
        # what is no text
        (chat(prompt_tokens_details={"video_tokens": 40}, completion_tokens_details={"image_tokens": 90}),
         {"video_input": 40, "image_output": 90}),
        (response(output_tokens_details={"image_tokens": 90}), {"image_output": 90}),
        (litellm(completion_tokens_details={"image_tokens": 90}), {"image_output": 90}),
        (langfuse(input=0, input_modality_TEXT=700, input_modality_IMAGE=300, output_modality_TEXT=9, total=1009),
         {"input": 1000, "image_input": 300, "output": 9}),
        # thoughts that are in the total alone, and what a search found, which nobody bills
        (chat("gemini-3.6-flash", total_tokens=1600), {"output": 600, "reasoning": 500}),
        ([{**litellm(prompt_tokens_details={"tool_use_tokens": 900})[0], "total_tokens": 2000}], {"input": 1000}),
        # spans: the newer names, and those of Vercel's AI SDK and Pydantic AI
        (span(**{"gen_ai.usage.cache_write.input_tokens": 900}), {"cache_write_unspecified": 900, "input": 1000}),
        (span(**{"gen_ai.usage.audio.input_tokens": 40, "gen_ai.usage.image.output_tokens": 9}),
         {"audio_input": 40, "image_output": 9}),
        (span(**{"gen_ai.usage.details.input_audio_tokens": 40}), {"audio_input": 40}),
        (span(**{"ai.usage.cachedInputTokens": 700, "ai.usage.inputTokenDetails.cacheReadTokens": 700,
                 "ai.usage.inputTokenDetails.cacheWriteTokens": 200,
                 "ai.usage.outputTokenDetails.reasoningTokens": 30}),
         {"cache_read": 700, "cache_write_unspecified": 200, "input": 1000, "reasoning": 30}),
        # batches of Vertex AI
        ({"processed_time": AT, "status": "", "request": {}, "response": gemini()}, {"terms": "batch", "input": 1000}),
    ],
)  # fmt: skip
def test_what_is_beside_the_counts_is_read(content: Any, held: dict[str, Any], tmp_path: Path) -> None:
    """Each names what its seller bills otherwise."""
    (record,) = read(content, tmp_path)
    assert {name: getattr(record, name) for name in held} == held


def test_thoughts_are_guessed_of_gemini_alone(tmp_path: Path) -> None:
    """Of others, a total that is more than its parts is of something that nobody knows."""
    with pytest.raises(LlmcostError, match="total_tokens is not the sum of its parts"):
        read(chat("gpt-5", total_tokens=1600), tmp_path)


def test_what_is_cached_and_either_within_or_beside_is_refused(tmp_path: Path) -> None:
    """As releases of Vercel's AI SDK before 6 write it."""
    with pytest.raises(LlmcostError, match="within the input at some sellers and beside it at others"):
        read(span(**{"ai.usage.cachedInputTokens": 700}), tmp_path)


def agent(number: str, parent: str, trace: str = "t", **attributes: Any) -> dict[str, Any]:
    """A span below another one."""
    made = span(**attributes)
    made["resourceSpans"][0]["scopeSpans"][0]["spans"][0] |= {
        "traceId": trace,
        "spanId": number,
        "parentSpanId": parent,
    }
    return made


AGENT = {"gen_ai.operation.name": "invoke_agent", "gen_ai.usage.input_tokens": 5000}


def test_an_agent_sums_up_requests_of_other_files(tmp_path: Path) -> None:
    """What ends later is written later; of another trace it is the only word there is, of an unknown number of requests."""
    (tmp_path / "1.json").write_text(json.dumps(agent("r1", "a1")), encoding="utf-8")
    (tmp_path / "2.json").write_text(json.dumps(agent("a1", "", **AGENT)), encoding="utf-8")
    (tmp_path / "3.json").write_text(json.dumps(agent("a9", "", "other", **AGENT)), encoding="utf-8")
    found = read_all([tmp_path])
    assert sorted((record.input, record.requests) for record in found.records) == [(1000, 1), (5000, None)]
    assert "1 span sums up requests of other files, and is left out" in found.said
    (alone,) = read_all([tmp_path / "2.json"]).records
    assert (alone.input, alone.requests) == (5000, None)


DECLINED = {"type": "message", "model": "claude-fable-5", "input_tokens": 1000, "output_tokens": 300}
SILENT = {**DECLINED, "output_tokens": 0}
SERVED = {"type": "fallback_message", "model": "claude-opus-5", "input_tokens": 1000, "output_tokens": 500}
ROUND = {"type": "message", "model": "claude-opus-5", "input_tokens": 900, "output_tokens": 50}


@pytest.mark.parametrize(
    ("iterations", "models"),
    [
        ([DECLINED, SERVED], ["claude-fable-5", "claude-opus-5"]),
        ([SILENT, SERVED], ["claude-opus-5"]),  # who writes nothing bills nothing
        ([DECLINED, ROUND, SERVED], ["claude-fable-5", "claude-opus-5"]),  # a round of the one that answered
        ([ROUND, ROUND], ["claude-opus-5"]),  # rounds of tools, which the counts hold
    ],
)
@pytest.mark.parametrize("is_log", [True, False])
def test_what_declined_is_billed_for_what_it_wrote(
    iterations: list[dict[str, Any]], models: list[str], is_log: bool, tmp_path: Path
) -> None:
    """The counts of an answer are those of the model that served it; an attempt before it is in the list alone."""
    usage = {"input_tokens": 1000, "output_tokens": 500, "cache_read_input_tokens": 0, "iterations": iterations}
    answer = {"id": "msg_1", "type": "message", "role": "assistant", "model": "claude-opus-5", "usage": usage}
    line = {"type": "assistant", "sessionId": "s", "cwd": "/p", "timestamp": AT, "message": answer}
    records = read((line, {"type": "user", "sessionId": "s", "message": {}}) if is_log else answer, tmp_path)
    assert sorted(record.model for record in records) == models
    assert {record.output for record in records if record.model == "claude-fable-5"} <= {300}


def codex(kind: str, at: int, **payload: Any) -> dict[str, Any]:
    return {"timestamp": f"2026-11-25T10:00:{at:02}.000Z", "type": kind, "payload": payload}


def spent(whole: int, output: int) -> dict[str, int]:
    return {"input_tokens": whole, "output_tokens": output, "total_tokens": whole + output}


@pytest.mark.parametrize(("thread", "inputs"), [("t1", [1000, 250_000]), ("another", [1000])])
def test_what_makes_a_context_shorter_is_a_request_of_codex(thread: str, inputs: list[int], tmp_path: Path) -> None:
    """No event has it; its record is named by the line about it. A copy of another thread's record is none."""
    counted = {"total_token_usage": spent(1000, 100), "last_token_usage": spent(1000, 100)}
    log = (
        codex("session_meta", 0, id="t1", cwd="/p", model_provider="openai"),
        codex("turn_context", 1, model="gpt-6-astra"),
        codex("token_usage_record", 5, thread_id="t1", response_id="resp_1", usage=spent(1000, 100)),
        codex("event_msg", 5, type="token_count", info=counted),
        codex("token_usage_record", 9, thread_id=thread, response_id="resp_2", usage=spent(250_000, 2_000)),
        codex("compacted", 9, message="", compaction_response_id="resp_2"),
        codex("event_msg", 10, type="token_count", info=counted),
    )
    records = read(log, tmp_path)
    assert sorted(record.input for record in records) == inputs
    assert {(record.model, record.session) for record in records} == {("gpt-6-astra", "t1")}


def test_what_pi_writes_for_an_hour_is_told_from_the_rest(tmp_path: Path) -> None:
    """It is within what was written."""
    usage = {"input": 5, "output": 1, "cacheRead": 0, "cacheWrite": 1000, "cacheWrite1h": 400, "totalTokens": 1006}
    log = (
        {"type": "session", "version": 3, "id": "s", "timestamp": AT, "cwd": "/p"},
        {"type": "message", "id": "m", "timestamp": AT, "message": {"role": "assistant", "model": "x", "usage": usage}},
    )
    (record,) = read(log, tmp_path)
    assert (record.cache_write_1h, record.cache_write_unspecified, record.input) == (400, 600, 1005)


def test_what_makes_a_context_shorter_is_a_request_of_opencode(tmp_path: Path) -> None:
    """A message of its own kind has its counts."""
    data = {"model": {"id": "m", "providerID": "p"}, "time": {"created": 1780000000500}}
    cache = {"read": 0, "write": 0}
    with sqlite3.connect(path := tmp_path / "opencode.db") as base:
        base.execute("create table session (id, directory)")
        base.execute("create table session_message (id, session_id, type, time_created, data)")
        base.execute("insert into session values ('s', '/p')")
        for number, (kind, tokens) in enumerate((("assistant", 800), ("compaction", 190_000), ("user", 7))):
            held = {**data, "tokens": {"input": tokens, "output": 10, "reasoning": 0, "cache": cache}}
            row = (f"m{number}", "s", kind, number, json.dumps(held))
            base.execute("insert into session_message values (?, ?, ?, ?, ?)", row)
    base.close()
    assert [record.input for record in read_usage(path).records] == [800, 190_000]
