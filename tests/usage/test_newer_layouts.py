"""What newer releases write beside the usual counts: terms, searches, how long a cache keeps, what is no text."""

from __future__ import annotations

import json
import sqlite3
import sys
from pathlib import Path
from typing import Any

import pytest

from llmcost.core.workload.usage_record import UsageRecord, each_once
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
        ({**{k: v for k, v in gemini(around={"candidates": [QUERIES]}).items() if k != "modelVersion"},
          "model": "models/gemini-2.5-flash"}, {"web_searches": 1}),
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
    assert "1 span that sums up requests of other files left out" in found.said
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


def test_what_keeps_a_cache_of_pi_warm_is_a_request(tmp_path: Path) -> None:
    """A line of its own kind, which names its model; other kinds of such lines are as usual ones."""
    usage = {"input": 0, "output": 1, "cacheRead": 500, "cacheWrite": 0, "totalTokens": 501}
    log = (
        {"type": "session", "version": 3, "id": "s", "timestamp": AT, "cwd": "/p"},
        {
            "type": "usage",
            "kind": "cache_warm",
            "id": "u",
            "timestamp": AT,
            "provider": "p",
            "model": "x",
            "usage": usage,
        },
    )
    (record,) = read(log, tmp_path)
    assert (record.provider, record.model, record.cache_read) == ("p", "x", 500)


def zipped(text: str) -> bytes:
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd
    return bytes(zstd.compress(text.encode()))


def test_longer_events_of_openclaw_are_unpacked(tmp_path: Path) -> None:
    """Newer releases keep those beside the others, and a damaged one is told."""
    usage = {"input": 5, "output": 1, "cacheRead": 0, "cacheWrite": 0, "totalTokens": 6}
    events = [
        {
            "type": "message",
            "id": f"m{n}",
            "timestamp": AT,
            "message": {"role": "assistant", "model": "x", "usage": usage},
        }
        for n in range(2)
    ]
    with sqlite3.connect(path := tmp_path / "openclaw-agent.sqlite") as base:
        base.execute("create table transcript_events (session_id, seq, event_json, event_zstd)")
        base.execute("insert into transcript_events values ('s', 0, ?, null)", (json.dumps(events[0]),))
        base.execute("insert into transcript_events values ('s', 1, null, ?)", (zipped(json.dumps(events[1])),))
    assert len(read_usage(path).records) == 2
    with base:
        base.execute("update transcript_events set event_zstd = ? where seq = 1", (zipped(json.dumps(events[1]))[:-9],))
    base.close()
    with pytest.raises(LlmcostError, match="event_zstd cannot be unpacked"):
        read_usage(path)


def test_droid_tells_thoughts_within_the_answer_and_of_google_what_is_cached_within_the_input(tmp_path: Path) -> None:
    """Neither counts twice."""
    counts = {
        "inputTokens": 100,
        "outputTokens": 50,
        "cacheCreationTokens": 0,
        "cacheReadTokens": 90,
        "thinkingTokens": 40,
    }
    for lock, fresh in (("openai", 100), ("google", 10)):
        (record,) = read(
            {"model": "m", "providerLock": lock, "providerLockTimestamp": AT, "tokenUsage": counts}, tmp_path
        )
        assert (record.input_uncached, record.cache_read, record.output, record.reasoning) == (fresh, 90, 50, 40)


LEDGER = {
    "schemaVersion": 1, "id": "1", "timestamp": AT, "localDate": "2026-11-25", "sessionId": "s1", "model": "m",
    "inputTokens": 100, "outputTokens": 10, "cachedTokens": 90, "thoughtsTokens": 0, "totalTokens": 110,
}  # fmt: skip


def test_a_ledger_of_qwen_code_repeats_its_logs(tmp_path: Path) -> None:
    """By itself it counts, with what is cached in its input; of a session whose log is there it says nothing new."""
    lines = [LEDGER, {**LEDGER, "id": "2", "sessionId": "s2"}]
    (tmp_path / "token-usage-2026-11.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    counts = {
        "promptTokenCount": 100,
        "candidatesTokenCount": 10,
        "cachedContentTokenCount": 90,
        "totalTokenCount": 110,
    }
    message = {"uuid": "u", "parentUuid": None, "sessionId": "s1", "timestamp": AT, "type": "assistant", "model": "m"}
    (tmp_path / "chat.jsonl").write_text(
        "\n".join(
            json.dumps({**message, "usageMetadata": counts, **more}) for more in ({}, {"uuid": "v", "type": "user"})
        ),
        encoding="utf-8",
    )
    found = read_all([tmp_path])
    assert sorted((record.session, record.input_uncached) for record in found.records) == [("s1", 10), ("s2", 10)]
    assert "1 row of a ledger of Qwen Code left out: a log of Qwen Code tells the same" in found.said


def test_an_empty_answer_of_gemini_cli_is_of_the_model_before(tmp_path: Path) -> None:
    """It names none, and was billed."""
    tokens = {"input": 100, "output": 0, "cached": 0, "thoughts": 0, "tool": 0, "total": 100}
    message = {"type": "gemini", "timestamp": AT, "tokens": tokens}
    log = (
        {"sessionId": "s", "projectHash": "h", "startTime": AT},
        {**message, "id": "m1", "model": "gemini-3.5-flash"},
        {**message, "id": "m2"},
    )
    assert [record.model for record in read(log, tmp_path)] == ["gemini-3.5-flash"] * 2


def test_a_run_of_claude_code_tells_each_model(tmp_path: Path) -> None:
    """Its usage is the sum of all, and that of its requests is not told."""
    used = {
        "inputTokens": 10,
        "outputTokens": 5,
        "cacheReadInputTokens": 20,
        "cacheCreationInputTokens": 30,
        "costUSD": 1,
    }
    result = {"type": "result", "session_id": "s", "uuid": "u", "usage": {"input_tokens": 10, "output_tokens": 10}}
    found = read({**result, "modelUsage": {"claude-opus-5-5": used, "claude-haiku-5-5": used}}, tmp_path)
    assert {(record.model, record.requests, record.input) for record in found} == {
        ("claude-opus-5-5", None, 60),
        ("claude-haiku-5-5", None, 60),
    }


HEAD = "generation_id,created_at,cost_total,tokens_prompt,tokens_completion,tokens_reasoning,model_permaslug,variant"


@pytest.mark.parametrize(
    ("more", "model", "unknown"),
    [("free,0", "a/m:free", False), ("standard,0", "a/m", False), ("standard", "a/m", True)],
)
def test_variants_of_openrouter_are_other_models(more: str, model: str, unknown: bool, tmp_path: Path) -> None:
    """Free ones cost nothing; an older export does not say what was cached."""
    head = HEAD if unknown else f"{HEAD},tokens_cached"
    (path := tmp_path / "gen.csv").write_text(f"{head}\ng,2026-11-20 03:46:57,0,10,5,0,a/m,{more}\n", encoding="utf-8")
    (record,) = read_usage(path).records
    assert (record.model, record.cached_unknown) == (model, unknown)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"citation_tokens": 9}, "it has citation_tokens, which are billed beside input and output"),
        ({"prompt_cache_read_tokens": 9}, "prompt_cache_read_tokens is not known here: whether it is within the input"),
    ],
)
def test_counts_that_have_no_place_are_refused(more: dict[str, int], said: str, tmp_path: Path) -> None:
    """They are billed, and were left out unsaid."""
    with pytest.raises(LlmcostError, match=said):
        read(chat(**more), tmp_path)
    assert read(chat(**dict.fromkeys(more, 0)), tmp_path)[0].input == 1000


def test_codex_by_itself_counts_what_is_cached_within_its_input(tmp_path: Path) -> None:
    """As ``codex exec --json`` prints it, with the model that was used."""
    usage = {"input_tokens": 100, "cached_input_tokens": 90, "output_tokens": 5}
    (record,) = read({"model": "gpt-5.5", "usage": usage}, tmp_path)
    assert (record.input_uncached, record.cache_read) == (10, 90)


@pytest.mark.parametrize(
    ("model", "seller"), [("kimi-code/kimi-k2.6", "moonshot"), ("anthropic/claude-opus-5-5", None)]
)
def test_kimi_code_runs_models_of_others(model: str, seller: str | None, tmp_path: Path) -> None:
    """Only its own are Moonshot's."""
    usage = {"inputOther": 1, "output": 1, "inputCacheRead": 0, "inputCacheCreation": 0}
    log = (
        {"type": "metadata", "created_at": 1795183200000},
        {"type": "usage.record", "model": model, "usage": usage, "time": 1795183202000},
    )
    assert [record.provider for record in read(log, tmp_path)] == [seller]


@pytest.mark.parametrize(
    ("usage", "held"),
    [
        # Realtime writes of each token, with its own parts
        ({"input_token_details": {"cached_tokens": 600, "audio_tokens": 700}, "output_token_details": {"audio_tokens": 90}},
         {"cache_read": 600, "audio_input": 700, "audio_output": 90, "input": 1000}),
        # LangChain
        ({"input_token_details": {"cache_read": 600, "cache_creation": 100, "audio": 5},
          "output_token_details": {"reasoning": 40}},
         {"cache_read": 600, "cache_write_unspecified": 100, "audio_input": 5, "reasoning": 40, "input": 1000}),
        # Pydantic AI, and the sum of a run of OpenAI's agents
        ({"cache_read_tokens": 600, "cache_write_tokens": 100, "requests": 3, "input_audio_tokens": 5},
         {"cache_read": 600, "cache_write_unspecified": 100, "audio_input": 5, "requests": 3, "input": 1000}),
        ({"requests": 10, "input_tokens_details": {"cached_tokens": 600}}, {"cache_read": 600, "requests": 10}),
    ],
)  # fmt: skip
def test_usage_of_libraries_is_read_by_their_names(usage: dict[str, Any], held: dict[str, Any], tmp_path: Path) -> None:
    """What was read and written is within the input in all of them."""
    (record,) = read(response(**usage), tmp_path)
    assert {name: getattr(record, name) for name in held} == held
    langchain = {"model": "m", "created": 1795600000, "usage_metadata": {**RESPONSE, **usage}}
    (again,) = read(langchain, tmp_path)
    assert again.cache_read == record.cache_read


@pytest.mark.parametrize(
    "end",
    [
        {"type": "response.completed", "response": response()},
        {"object": "chat.completion.chunk", "created": 1795600000, "model": "m", "x_groq": {"usage": CHAT}},
    ],
)
def test_the_end_of_a_stream_says_what_it_used(end: dict[str, Any], tmp_path: Path) -> None:
    """Its other pieces hold nothing."""
    start = {"object": "chat.completion.chunk", "model": "m", "choices": [], "x_groq": {"id": "r"}}
    assert [record.input for record in read((start, end), tmp_path)] == [1000]


def test_codebuff_tells_the_moment_by_an_id(tmp_path: Path) -> None:
    """The message itself has a time of day alone."""
    usage = {"prompt_tokens": 1000, "completion_tokens": 10}
    history = [{"role": "assistant", "providerOptions": {"codebuff": {"model": "m", "usage": usage}}}]
    state = {"runState": {"sessionState": {"mainAgentState": {"messageHistory": history}}}}
    message = {"id": "ai-1795169040000-1a2b", "variant": "ai", "credits": 3, "timestamp": "10:04 AM", "metadata": state}
    (record,) = read([message], tmp_path)
    assert (record.input, record.start.isoformat()) == (1000, "2026-11-20T10:04:00+00:00")


def test_a_fork_of_grok_keeps_the_events_of_what_it_copies(tmp_path: Path) -> None:
    """A turn that two logs have counts once, and what is new in the fork beside it."""

    def turn(session: str, event: str) -> dict[str, Any]:
        used = {"inputTokens": 100, "outputTokens": 5, "totalTokens": 105, "modelCalls": 1}
        update = {
            "sessionUpdate": "turn_completed",
            "prompt_id": f"p-{event}",
            "usage": {**used, "modelUsage": {"grok-4.6": used}},
        }
        meta = {"eventId": event, "agentTimestampMs": 1795000000125}
        params = {"sessionId": session, "update": update, "_meta": meta}
        return {"timestamp": 1795000000, "method": "_x.ai/session/update", "params": params}

    for name, turns in (("par", ["par-1"]), ("fork", ["par-1", "fork-2"])):
        text = "\n".join(json.dumps(turn(name, event)) for event in turns)
        (tmp_path / f"{name}.jsonl").write_text(text + "\n", encoding="utf-8")
    assert len(each_once(read_all([tmp_path]).records)) == 2


def test_alibabas_bill_of_the_international_site_counts_in_thousands_too(tmp_path: Path) -> None:
    """And has what was read from a cache by itself."""
    around = {
        "BillingDate": "2026-08-20",
        "Currency": "USD",
        "Region": "ap-southeast-1",
        "PretaxAmount": 0.1,
        "Usage": "5",
    }
    items = [
        {**around, "InstanceID": f"1;ws;qwen3.8-flash;{meter};;0", "UsageUnit": unit}
        for meter, unit in (
            ("input_token", "1K tokens"),
            ("input_token_cache", "KTokens"),
            ("output_token", "1K tokens"),
        )
    ]
    (record,) = read({"Data": {"BillingCycle": "2026-08", "Items": items}}, tmp_path)
    assert (record.input_uncached, record.cache_read, record.output) == (5000, 5000, 5000)


def test_sums_that_are_not_told_by_terms_say_so(tmp_path: Path) -> None:
    """They are taken as on the standard ones; where any row says its terms, they are told."""
    open_ones = [page(input_tokens=1000, output_tokens=1), page(input_tokens=1, service_tier="flex", output_tokens=1)]
    notes = []
    for each in open_ones:
        (path := tmp_path / "page.json").write_text(json.dumps(each), encoding="utf-8")
        notes.append(read_usage(path).notes)
    assert "on which terms it was (group it by batch and service_tier)" in notes[0][0]
    assert notes[1] == ()
    result = {"uncached_input_tokens": 5, "output_tokens": 1, "model": "m"}
    bucket = {"starting_at": "2026-11-01T00:00:00Z", "ending_at": "2026-11-02T00:00:00Z", "results": [result]}
    (path := tmp_path / "report.json").write_text(json.dumps({"data": [bucket], "has_more": False}), encoding="utf-8")
    assert "nor on which terms it was (group it by service_tier)" in read_usage(path).notes[0]


@pytest.mark.parametrize(("text", "said"), [("12.000", "may be thousands"), ("12.0", ""), ("0.000", "")])
def test_a_point_between_thousands_is_no_decimal_one(text: str, said: str, tmp_path: Path) -> None:
    """What may be 12 or 12,000 is refused, and nobody's 12 is."""
    head = "period_start;model;input_uncached_tokens;output_tokens\n"
    (path := tmp_path / "used.csv").write_text(f"{head}2026-11-01;m;{text};1\n", encoding="utf-8")
    if said:
        with pytest.raises(LlmcostError, match=said):
            read_usage(path)
    else:
        assert read_usage(path).records[0].input == float(text)


def test_meters_of_two_places_at_alibaba_stay_apart(tmp_path: Path) -> None:
    """One workspace may use a model at several places, whose lists differ; their order does not matter."""
    item = {
        "BillingDate": "2026-11-01",
        "InstanceID": "1;ws;qwen3.6-plus;context_0-256k_input_token;;0",
        "Usage": "1000",
        "UsageUnit": "千tokens",
        "PretaxAmount": 0.5,
        "Currency": "USD",
    }
    items = [{**item, "Region": region} for region in ("ap-southeast-1", "cn-beijing")]
    found = [
        {(each.place, each.input) for each in read({"Data": {"BillingCycle": "2026-11", "Items": order}}, tmp_path)}
        for order in (items, items[::-1])
    ]
    assert found[0] == found[1] == {("ap-southeast-1", 10**6), ("cn-beijing", 10**6)}


SOUND = [
    # of 1,000 tokens in 700 are sound, of 600 cached ones 500
    (response(input_token_details={"cached_tokens": 600, "audio_tokens": 700,
                                   "cached_tokens_details": {"text_tokens": 100, "audio_tokens": 500}}),
     {"audio_input": 700, "cache_read": 600, "audio_cache_read": 500}),
    (page(input_tokens=1000, input_cached_tokens=600, input_audio_tokens=200, input_cached_audio_tokens=500,
          output_tokens=10),
     {"audio_input": 700, "cache_read": 600, "audio_cache_read": 500}),
    ({"modelVersion": "gemini-3-flash", "createTime": AT, "usageMetadata": {
        "promptTokenCount": 1000, "cachedContentTokenCount": 600, "candidatesTokenCount": 10, "totalTokenCount": 1010,
        "promptTokensDetails": [{"modality": "AUDIO", "tokenCount": 700}, {"modality": "TEXT", "tokenCount": 300}],
        "cacheTokensDetails": [{"modality": "AUDIO", "tokenCount": 500}, {"modality": "TEXT", "tokenCount": 100}]}},
     {"audio_input": 700, "cache_read": 600, "audio_cache_read": 500, "image_cache_read": 0}),
]  # fmt: skip


@pytest.mark.parametrize(("content", "held"), SOUND)
def test_how_much_sound_was_cached_is_read(content: Any, held: dict[str, Any], tmp_path: Path) -> None:
    """OpenAI's Realtime and its pages say so, and Gemini."""
    (record,) = read(content, tmp_path)
    assert {name: getattr(record, name) for name in held} == held


def test_more_cached_sound_than_there_is_is_refused(tmp_path: Path) -> None:
    """A row that cannot be is named, and nothing is made of it."""
    with pytest.raises(LlmcostError, match="more audio is cached than it has"):
        read(page(input_tokens=10, input_cached_tokens=1, input_cached_audio_tokens=5, output_tokens=1), tmp_path)
