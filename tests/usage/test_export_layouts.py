"""What exports and answers hold beside plain counts: other names of caches, zeros, empty pages, other inferences."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from conftest import Run

from llmcost.core.workload.usage_record import UsageRecord
from llmcost.errors import LlmcostError
from llmcost.usage.read import read_bill, read_usage

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
    ({"inputTokens": 10, "outputTokens": 5, "reasoningTokens": 4}, {"output": 5, "reasoning": 4, "provider": None}),
    (
        {"inputTokens": 9, "outputTokens": 4, "cacheDetails": [{"inputTokens": 2000, "ttl": "1h"}]},
        {"cache_write_1h": 2000, "cache_write_unspecified": 0},
    ),
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


def read_csv(text: str, folder: Path) -> list[UsageRecord]:
    """The records of a CSV."""
    (path := folder / "used.csv").write_text(text, encoding="utf-8")
    return list(read_usage(path).records)


DEEPSEEK = "user_id,start_time_iso,end_time_iso,model,api_key_name,api_key,type,price,amount\n"
SHANGHAI = "u1,2026-11-02T00:00:00+08:00,2026-11-03T00:00:00+08:00,deepseek-v4-pro,k,sk-*,{},{},{}\n"


def test_a_kind_of_deepseek_at_two_prices_is_added_up(tmp_path: Path) -> None:
    """Of a day with hours at another price; twice at one price is a repeat."""
    kinds = (("input_cache_hit_tokens", "0.00000005", 700), ("input_cache_hit_tokens", "0.0000001", 30))
    rows = [SHANGHAI.format(*each) for each in (*kinds, ("request_count", "", 302))]
    assert held(read_csv(DEEPSEEK + "".join(rows), tmp_path), cache_read=730, requests=302)
    with pytest.raises(LlmcostError, match="it has a second input_cache_hit_tokens of the same span"):
        read_csv(DEEPSEEK + "".join([*rows, rows[0]]), tmp_path)


@pytest.mark.parametrize("zone", ["UTC", "Asia/Shanghai", "America/New_York"])
def test_a_day_of_deepseek_is_that_of_who_exported_it(zone: str, llmcost: Run, tmp_path: Path) -> None:
    """Whatever the zone that is asked for: a sum of a day is of the day that its source has."""
    rows = [SHANGHAI.format("input_cache_miss_tokens", "0.1", 13_000), SHANGHAI.format("request_count", "", 1)]
    (path := tmp_path / "used.csv").write_text(DEEPSEEK + "".join(rows), encoding="utf-8")
    asked = ("--by", "day", "--timezone", zone, "--since", "2026-11-02", "--until", "2026-11-02", "-f", "json")
    ran = llmcost("usage", str(path), *asked)
    assert [(row["day"], row["input_uncached"]) for row in json.loads(ran.out)["rows"]] == [("2026-11-02", 13_000)]
    assert "several days" not in ran.err


def test_an_older_bill_of_deepseek_is_of_days(tmp_path: Path) -> None:
    """As its amounts are, of the same package."""
    text = "user_id,utc_date,model,wallet_type,cost,currency\nu1,20261101,deepseek-v4-pro,Paid,0.0175,USD\n"
    (path := tmp_path / "cost.csv").write_text(text, encoding="utf-8")
    (cost,) = read_bill(path).costs
    assert (str(cost.start), str(cost.end), str(cost.cost)) == (
        "2026-11-01 00:00:00+00:00",
        "2026-11-02 00:00:00+00:00",
        "0.0175",
    )


def test_a_day_without_usage_is_no_usage(tmp_path: Path) -> None:
    """OpenAI's console writes a row for it."""
    text = (
        "start_time,end_time,start_time_iso,end_time_iso,project_id,num_model_requests,model,input_tokens,output_tokens\n"
        "1793491200,1793577600,2026-11-01T00:00:00+00:00,2026-11-02T00:00:00+00:00,p,10.0,gpt-5.5,59200.0,10646.0\n"
        "1793577600,1793664000,2026-11-02T00:00:00+00:00,2026-11-03T00:00:00+00:00,,,,,\n"
    )
    assert held(read_csv(text, tmp_path), requests=10, input=59_200)


def test_what_a_tool_was_asked_is_no_usage_of_a_model(tmp_path: Path) -> None:
    """LiteLLM's table of each day has rows of tools as well."""
    text = (
        "date,model,custom_llm_provider,prompt_tokens,completion_tokens,cache_read_input_tokens,"
        "cache_creation_input_tokens,spend,api_requests,successful_requests\n"
        "2026-11-21,claude-opus-5-5,anthropic,53000,3000,40000,3000,0.0178,4,4\n"
        "2026-11-21,,,0,0,0,0,0,2,2\n"
    )
    assert held(read_csv(text, tmp_path), requests=4, input=53_000, cache_read=40_000)


ACTIVITY = '"Date","Slug","Usage","Requests","Prompt Tokens","Completion Tokens","Reasoning Tokens"\n'


@pytest.mark.parametrize(("times", "days"), [(("00:00:00", "00:00:00"), 1), (("00:00:00", "01:00:00"), 0)])
def test_activity_of_midnight_alone_is_of_days(times: tuple[str, str], days: int, tmp_path: Path) -> None:
    """OpenRouter's CSV writes a time in any case; by the hour others are there too."""
    rows = "".join(f'"2026-11-01 {time}","x/y","0.1","4","53000","3000","1200"\n' for time in times)
    for record in read_csv(ACTIVITY + rows, tmp_path):
        assert (record.end is not None and (record.end - record.start).days == 1) is bool(days)


def test_a_page_of_embeddings_is_usage(tmp_path: Path) -> None:
    """It has no output."""
    result = {"object": "organization.usage.embeddings.result", "model": "text-embedding-3-small"}
    results = [{**result, "input_tokens": 1000, "num_model_requests": 3}]
    bucket = {"object": "bucket", "start_time": 1_793_577_600, "end_time": 1_793_664_000, "results": results}
    found = read({"object": "page", "data": [bucket], "has_more": False}, tmp_path)
    assert held(found, model="text-embedding-3-small", input=1000, output=0, requests=3)


def test_the_name_of_a_bucket_is_in_no_message(tmp_path: Path) -> None:
    """Whatever it holds."""
    row = observation(input=1, output=1)[0]
    row["usageDetails"]["SECRET"] = "x"
    with pytest.raises(LlmcostError) as caught:
        read([row], tmp_path)
    assert "SECRET" not in f"{caught.value} {caught.value.remedy}"


def test_a_request_with_others_below_it_stays_one_where_it_says_so(tmp_path: Path) -> None:
    """A tool that asked a model lies below the answer that called it, and both are paid for."""
    outer = span(1, None, "chat", input_tokens=100_000, output_tokens=500)
    outer["attributes"] += [
        {"key": "gen_ai.operation.name", "value": {"stringValue": "chat"}},
        {"key": "gen_ai.request.model", "value": {"stringValue": "gpt-5.5"}},
    ]
    spans = [outer, span(2, 1, "chat", input_tokens=1000, output_tokens=10)]
    found = read({"resourceSpans": [{"scopeSpans": [{"spans": spans}]}]}, tmp_path)
    assert [record.input for record in found] == [100_000, 1000]


@pytest.mark.parametrize(
    ("inputs", "kept"),
    [
        ((1000, 1100, 1200), (1000, 1100, 1200)),  # each lies in the one before, and none holds what is below it
        ((3000, 3000, 3000), (3000,)),  # the innermost of sums of one
        ((1000, 0, 0), (1000, 0, 0)),
    ],
)
def test_a_span_is_a_sum_only_where_it_holds_what_is_below(
    inputs: tuple[int, ...], kept: tuple[int, ...], tmp_path: Path
) -> None:
    """Of spans that do not say what they are."""
    spans = [span(number, number - 1 or None, "x", input_tokens=tokens) for number, tokens in enumerate(inputs, 1)]
    for each in spans:
        each["attributes"] = [a for a in each["attributes"] if a["key"] != "gen_ai.operation.name"]
        each["attributes"].append({"key": "gen_ai.request.model", "value": {"stringValue": "gpt-5.5"}})
    found = read({"resourceSpans": [{"scopeSpans": [{"spans": spans}]}]}, tmp_path)
    assert tuple(record.input for record in found) == kept


def test_counts_of_reasoning_alone_are_no_answer(tmp_path: Path) -> None:
    """Statistics of another program may have a key that an SDK has too."""
    with pytest.raises(LlmcostError, match="is no usage in a format known here"):
        read({"reasoningTokens": 5}, tmp_path)


OWN = "period_start,provider,model,input_uncached_tokens,output_tokens,terms,place\n"


def test_terms_that_nobody_has_are_refused(tmp_path: Path) -> None:
    """A slip would be priced at standard terms; the usual ones may be written out."""
    (path := tmp_path / "used.csv").write_text(f"{OWN}2026-11-01T09:00:00Z,acme,m,10,1,btach,\n", encoding="utf-8")
    with pytest.raises(LlmcostError, match="terms is none of standard, batch, flex, priority, fast, ultrafast"):
        read_usage(path)
    path.write_text(f"{OWN}2026-11-01T09:00:00Z,acme,m,10,1,Standard,\n", encoding="utf-8")
    assert [record.terms for record in read_usage(path).records] == [None]


CURSOR = "Date,Kind,Model,Input (w/ Cache Write),Input (w/o Cache Write),Cache Read,Output Tokens,Total Tokens,Cost\n"


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("claude-4-sonnet-thinking", "claude-sonnet-4"),
        ("claude-4.6-opus-high-thinking", "claude-opus-4-6"),
        ("claude-4.5-haiku", "claude-haiku-4-5"),
        ("claude-4.6-opus-high-thinking-fast", "claude-4.6-opus-high-thinking-fast"),  # which has another price
        ("gpt-5-high", "gpt-5"),
        ("gpt-5.1-codex-max-xhigh", "gpt-5.1-codex-max"),
        ("gpt-5-mini", "gpt-5-mini"),
        ("gpt-5-high-fast", "gpt-5-high-fast"),
        ("composer-1", "composer-1"),
    ],
)
def test_a_model_of_cursor_is_what_its_developer_calls_it(name: str, model: str, tmp_path: Path) -> None:
    """An effort changes no price; what may change it stays, and is not guessed."""
    (path := tmp_path / "cursor.csv").write_text(f"{CURSOR}2026-10-01T10:00:00Z,Included,{name},1,2,3,4,10,-\n")
    (record,) = read_usage(path).records
    assert (record.model, record.cache_write_unspecified, record.input_uncached, record.cache_read) == (model, 1, 2, 3)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("1,2,3,4,9,-", "Total Tokens is not the sum of its parts"),
        ("1,,3,4,8,-", r"Input \(w/o Cache Write\) is missing"),
    ],
)
def test_a_row_of_cursor_that_does_not_add_up_is_refused(row: str, said: str, tmp_path: Path) -> None:
    """Its two columns of input are apart, which its own sum shows."""
    (path := tmp_path / "cursor.csv").write_text(f"{CURSOR}2026-10-01T10:00:00Z,Included,gpt-5,{row}\n")
    with pytest.raises(LlmcostError, match=said):
        read_usage(path)


def invocation(**more: Any) -> dict[str, Any]:
    """A line of Bedrock's log."""
    return {
        "schemaType": "ModelInvocationLog",
        "timestamp": AT,
        "region": "eu-central-1",
        "requestId": "r1",
        "modelId": "amazon.nova-pro-v1:0",
        "input": {"inputTokenCount": 10, "cacheReadInputTokenCount": 20, "cacheWriteInputTokenCount": 30},
        "output": {"outputTokenCount": 5},
        **more,
    }


def test_an_invocation_of_bedrock_is_where_it_was_called(tmp_path: Path) -> None:
    """A profile of several regions has its own price, wherever it was called from; an ARN is named by its end."""
    (alone,) = read([invocation()], tmp_path)
    assert (alone.provider, alone.place, alone.id) == ("bedrock", "eu-central-1", "r1")
    arn = "arn:aws:bedrock:eu-central-1:1:inference-profile/eu.amazon.nova-pro-v1:0"
    (profile,) = read([invocation(modelId=arn)], tmp_path)
    assert (profile.model, profile.place) == ("eu.amazon.nova-pro-v1:0", None)


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        ({"usage": {"cacheDetails": [{"ttl": "1h", "inputTokens": 12}]}}, (0, 12, 18)),
        ([{"type": "ping"}, {"message": {"usage": {"cache_creation": {"ephemeral_5m_input_tokens": 30}}}}], (30, 0, 0)),
        ({"message": "text"}, (0, 0, 30)),
        ("text", (0, 0, 30)),
    ],
)
def test_how_long_bedrock_keeps_a_cache_is_in_the_answer(body: Any, kept: tuple[int, ...], tmp_path: Path) -> None:
    """Where it is in a form that is known; else it is not told."""
    (found,) = read([invocation(output={"outputTokenCount": 5, "outputBodyJson": body})], tmp_path)
    assert (found.cache_write_5m, found.cache_write_1h, found.cache_write_unspecified) == kept
    assert (found.input_uncached, found.cache_read, found.output) == (10, 20, 5)


def test_a_request_that_two_libraries_tell_of_is_one(tmp_path: Path) -> None:
    """One span with the counts of the only one below it; with fewer it is another request."""
    outer = span(1, None, "chat", input_tokens=1000, output_tokens=10)
    outer["attributes"] += [
        {"key": "gen_ai.operation.name", "value": {"stringValue": "chat"}},
        {"key": "gen_ai.request.model", "value": {"stringValue": "gpt-5.5"}},
    ]
    for below, kept in ((1000, [1000]), (900, [1000, 900])):
        spans = [outer, span(2, 1, "chat", input_tokens=below, output_tokens=10)]
        found = read({"resourceSpans": [{"scopeSpans": [{"spans": spans}]}]}, tmp_path)
        assert [record.input for record in found] == kept


def test_thoughts_of_googles_adk_are_beside_its_output(tmp_path: Path) -> None:
    """Its output is that of the answers alone, and the thoughts have a name that nobody else uses."""
    one = span(2, 1, "call_llm", input_tokens=1000, output_tokens=100, experimental__reasoning_tokens=900)
    found = read({"resourceSpans": [{"scopeSpans": [{"spans": [one]}]}]}, tmp_path)
    assert held(found, output=1000, reasoning=900)
