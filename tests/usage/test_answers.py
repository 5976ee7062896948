"""Answers, documents and spans as their sellers write them, and what is around them."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from llmcost.core.workload.usage_record import UsageRecord, each_once
from llmcost.errors import LlmcostError
from llmcost.usage.many import read_all
from llmcost.usage.read import read_bill, read_usage

GENERIC = "period_start,model,requests,input_uncached_tokens,output_tokens\n"


def read_text(text: str, path: Path) -> list[UsageRecord]:
    """The records of a text, as those of a file."""
    (file := path / "used").write_text(text, encoding="utf-8")
    return list(read_usage(file).records)


CHAT = {"object": "chat.completion", "model": "m", "created": 1_790_000_000}
PAGE = {
    "object": "page",
    "data": [
        {
            "object": "bucket",
            "start_time": 1_790_000_000,
            "end_time": 1_790_003_600,
            "results": [
                {
                    "object": "organization.usage.completions.result",
                    "model": "m",
                    "num_model_requests": 2,
                    "input_tokens": 1000,
                    "input_cached_tokens": 400,
                    "output_tokens": 60,
                    "input_audio_tokens": 100,
                    "input_cached_audio_tokens": 50,
                    "output_audio_tokens": 20,
                    "input_image_tokens": 30,
                }
            ],
        }
    ],
    "has_more": False,
}


@pytest.mark.parametrize("written", ["{}", "{}\n", "\n{}\n\n", "\ufeff{}\n"])
def test_a_document_may_end_in_a_new_line(written: str, tmp_path: Path) -> None:
    """As programs that print JSON leave it; it is no log of one line for that."""
    (record,) = read_text(written.replace("{}", json.dumps(PAGE)), tmp_path)
    assert (record.requests, record.input, record.cache_read, record.output) == (2, 1000, 400, 60)
    assert (record.audio_input, record.image_input, record.audio_output) == (150, 30, 20)


def test_a_list_may_have_a_line_for_each_answer(tmp_path: Path) -> None:
    """Such lines are no lines of a log, as the list around them says."""
    answers = [{**CHAT, "id": each, "usage": {"prompt_tokens": 10, "completion_tokens": 1}} for each in "ab"]
    text = "[\n" + ",\n".join(map(json.dumps, answers)) + "\n]\n"
    assert [record.input for record in read_text(text, tmp_path)] == [10, 10]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (
            {**CHAT, "usage": {"prompt_tokens": 10, "completion_tokens": 2, "total_tokens": 12, "cached_tokens": 9}},
            {"input_uncached": 1, "cache_read": 9, "output": 2},
        ),
        (
            {
                **CHAT,
                "usage": {
                    "prompt_tokens": 10,
                    "completion_tokens": 2,
                    "total_tokens": 17,
                    "completion_tokens_details": {"reasoning_tokens": 5},
                },
            },
            {"input_uncached": 10, "output": 7, "reasoning": 5},
        ),
        (
            {
                "type": "message",
                "model": "m",
                "usage": {"input_tokens": 10, "output_tokens": 2, "service_tier": "batch", "inference_geo": "global"},
            },
            {"provider": "anthropic", "terms": "batch", "output": 2, "place": "global"},
        ),
        (
            {"type": "message", "model": "m", "usage": {"input_tokens": 10, "output_tokens": 2, "inference_geo": "us"}},
            {"provider": "anthropic", "place": "us"},
        ),
        (
            {
                "custom_id": "1",
                "response": {"body": {**CHAT, "usage": {"prompt_tokens": 10, "completion_tokens": 2}}},
            },
            {"terms": "batch", "input_uncached": 10},
        ),
        (
            {
                "custom_id": "1",
                "result": {
                    "type": "succeeded",
                    "message": {"type": "message", "model": "m", "usage": {"input_tokens": 10, "output_tokens": 2}},
                },
            },
            {"terms": "batch", "provider": "anthropic", "input_uncached": 10},
        ),
        (
            {
                **CHAT,
                "id": "gen-1",
                "provider": "DeepInfra",
                "usage": {"prompt_tokens": 10, "completion_tokens": 2, "cost": 0.5},
            },
            {"provider": "openrouter", "cost": Decimal("0.5"), "currency": "USD"},
        ),
    ],
    ids=[
        "Moonshot",
        "xAI",
        "Anthropic without a cache",
        "Anthropic in the US",
        "OpenAI's batch",
        "Anthropic's batch",
        "OpenRouter",
    ],
)
def test_answers_are_counted_as_each_seller_counts(
    answer: dict[str, Any], expected: dict[str, Any], tmp_path: Path
) -> None:
    """Where the same keys mean other things, or the same things stand under others."""
    (record,) = read_text(json.dumps(answer) + "\n", tmp_path)
    assert {key: getattr(record, key) for key in expected} == expected


def span(operation: str | None, tokens: dict[str, Any], number: int, **more: str) -> dict[str, Any]:
    """A span of OpenTelemetry with a count as it is given."""
    named = {"gen_ai.request.model": "m", "gen_ai.provider.name": "openai", **more}
    named |= {"gen_ai.operation.name": operation} if operation else {}
    attributes = [{"key": key, "value": {"stringValue": value}} for key, value in named.items()]
    attributes += [{"key": f"gen_ai.usage.{key}", "value": value} for key, value in tokens.items()]
    return {
        "traceId": "t",
        "spanId": str(number),
        "startTimeUnixNano": "1790000000000000000",
        "attributes": attributes,
    }


def test_spans_of_agents_are_no_requests_beside_their_own(tmp_path: Path) -> None:
    """What an agent sums up counts where nothing below it does, and the outer of two; a count may have a point."""
    sums = {"input_tokens": {"intValue": "30"}, "output_tokens": {"doubleValue": 3}}
    one = span("chat", {"input_tokens": {"intValue": "20"}}, 1, **{"openai.response.service_tier": "flex"})
    two = span("chat", {"input_tokens": {"doubleValue": 10.0}, "output_tokens": {"intValue": "1"}}, 2)
    chats, agent = [(20, 0, "flex"), (10, 1, None)], (30, 3, None)
    root, inner, other = (span("invoke_agent", sums, number) for number in (10, 11, 12))

    def below(each: dict[str, Any], parent: str) -> dict[str, Any]:
        return {**each, "parentSpanId": parent}

    for spans, expected in (
        ([root, one, two], chats),
        ([root], [agent]),
        ([root, below(one, "10"), below(two, "10")], chats),
        ([root, below(inner, "10"), below(one, "11"), below(two, "11")], chats),
        ([root, below(inner, "10")], [agent]),
        ([root, other, below(one, "10"), below(two, "10")], [agent, *chats]),
    ):
        text = json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": spans}]}]})
        found = [(record.input, record.output, record.terms) for record in read_text(text, tmp_path)]
        assert found == expected


def test_a_span_is_repeated_by_its_ids_alone(tmp_path: Path) -> None:
    """Two exports that overlap have the same ids; a span without one repeats no other, whatever it counts."""
    counts = {"input_tokens": {"intValue": "20"}}
    for ids, number in (({"spanId": "7"}, 1), ({"spanId": ""}, 2), ({"spanId": None}, 2)):
        spans = [{**span("chat", counts, 7), **ids}] * 2
        text = json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": spans}]}]})
        assert len(read_text(text, tmp_path)) == number
    text = json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [span("chat", counts, 7)]}]}]})
    assert len(each_once([*read_text(text, tmp_path), *read_text(text, tmp_path)])) == 1
    with pytest.raises(LlmcostError, match="spanId"):
        read_text(text.replace('"7"', "[7]"), tmp_path)


def test_half_a_character_is_no_reason_to_refuse_a_line(tmp_path: Path) -> None:
    """Tools cut texts within one; what the line counts is whole. NaN is no JSON for that."""
    answer = {"type": "assistant", "timestamp": "2026-11-01T10:00:00Z", "sessionId": "s"}
    answer["message"] = {"id": "a", "model": "claude-haiku-4-5", "content": "cut", "usage": {"output_tokens": 3}}  # type: ignore[assignment]
    line = json.dumps(answer).replace('"cut"', '"cut \\ud83d"')
    assert [record.output for record in read_text(line + "\n" + line.replace('"a"', '"b"') + "\n", tmp_path)] == [3, 3]
    with pytest.raises(LlmcostError, match="it is no whole JSON object"):
        read_text(line.replace("3}", "NaN}") + "\n" + line + "\n", tmp_path)


@pytest.mark.parametrize(
    ("model", "provider"),
    [("claude-opus-5-5", "anthropic"), ("glm-4.7", None), ("us.anthropic.claude-opus-5-5-v1:0", None), ("x@1", None)],
)
def test_a_log_of_claude_code_names_no_seller_of_other_models(model: str, provider: str | None, tmp_path: Path) -> None:
    """Through a gateway it is anybody's, so its developer's or that of its name is meant."""
    message = {"id": "a", "model": model, "usage": {"output_tokens": 3}}
    line = {"type": "assistant", "timestamp": "2026-11-01T10:00:00Z", "sessionId": "s", "message": message}
    assert [record.provider for record in read_text(json.dumps(line) + "\n", tmp_path)] == [provider]


def test_a_row_of_no_request_is_none(tmp_path: Path) -> None:
    """With tokens it is refused; without any it is passed over, and counted."""
    nothing = GENERIC + "2026-11-01,m,0,0,0\n2026-11-01,m,1,5,1\n"
    (path := tmp_path / "used.csv").write_text(nothing, encoding="utf-8")
    found = read_usage(path)
    assert ([record.requests for record in found.records], [skip[:2] for skip in found.skips]) == (
        [1],
        [(2, "it has no request")],
    )
    path.write_text(GENERIC + "2026-11-01,m,0,10,1\n", encoding="utf-8")
    with pytest.raises(LlmcostError, match="it has tokens and no request"):
        read_usage(path)


def test_a_bill_of_another_shape_is_refused(tmp_path: Path) -> None:
    """Also where it begins like a page of a vendor."""
    (path := tmp_path / "bill.json").write_text('{"data": 1}', encoding="utf-8")
    with pytest.raises(LlmcostError, match="is no bill in a format known here"):
        read_bill(path)


def test_a_file_is_read_by_its_own_name_and_once(tmp_path: Path) -> None:
    """Stdin is one file however often it is named; a broken file in a folder is passed over with --skip-bad alone."""
    text = (GENERIC + "2026-11-01,m,1,5,1\n").encode()
    twice = read_all([Path("-"), Path("-")], piped=text)
    assert len(twice.records) == 1
    assert "<stdin> is named more than once and read once" in twice.said
    (tmp_path / "good.csv").write_bytes(text)
    (tmp_path / "other.csv").write_bytes("name\ncafé\n".encode("latin-1"))
    with pytest.raises(LlmcostError, match="it is not UTF-8"):
        read_all([tmp_path])
    found = read_all([tmp_path], skip_bad=True)
    assert len(found.records) == 1
    assert any("other.csv:2: it is not UTF-8: left out" in line for line in found.said)
