"""What logs of coding agents hold beside plain answers: other inferences, agents below, forks, estimates and gaps."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from llmcost.core.workload.usage_record import UNDATED, UsageRecord, each_once
from llmcost.errors import LlmcostError
from llmcost.usage.many import read_all, read_logs
from llmcost.usage.read import read_usage

AT = "2026-11-01T09:00:0{}.000Z"
Counts = tuple[str, int, int, int, int]


def read_lines(path: Path, lines: Sequence[object]) -> list[UsageRecord]:
    """The records of a log of these lines."""
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    return list(read_usage(path).records)


def counts(records: Sequence[UsageRecord]) -> list[Counts]:
    """Model, fresh input, what was read and written, and output."""
    return [(each.model, each.input_uncached, each.cache_read, each.written, each.output) for each in records]


def claude(usage: object, line_type: str = "assistant", request: str = "msg_1") -> dict[str, Any]:
    """A line of Claude Code."""
    message = {"id": request, "model": "claude-sonnet-5-5", "role": "assistant", "content": [], "usage": usage}
    return {"sessionId": "s", "cwd": "/w", "type": line_type, "timestamp": AT.format(1), "message": message}


def iteration(kind: str, fresh: int, output: int, **more: object) -> dict[str, object]:
    """One of several inferences for an answer."""
    return {"type": kind, "input_tokens": fresh, "output_tokens": output, "cache_read_input_tokens": 0, **more}


ADVISED = {
    "input_tokens": 4,
    "output_tokens": 683,
    "cache_read_input_tokens": 1000,
    "inference_geo": "us",
    "iterations": [
        iteration("message", 2, 85),
        iteration("advisor_message", 91_627, 18_716, model="claude-opus-5-5"),
        iteration("message", 2, 598),
    ],
}


def test_an_adviser_is_another_request_of_its_own_model(tmp_path: Path) -> None:
    """The counts of the answer leave it out; its pieces and replays repeat it, and it counts once."""
    piece = {**ADVISED, "output_tokens": 85, "iterations": ADVISED["iterations"][:2]}  # type: ignore[index]
    records = read_lines(tmp_path / "s.jsonl", [claude(piece), claude(ADVISED), claude(ADVISED)])
    assert counts(records) == [
        ("claude-sonnet-5-5", 4, 1000, 0, 683),
        ("claude-opus-5-5", 91_627, 0, 0, 18_716),
    ]
    assert {record.place for record in records} == {"us"}
    again = read_lines(tmp_path / "t.jsonl", [claude(ADVISED)])
    assert len(each_once([*records, *again])) == 2


def test_what_makes_the_context_shorter_is_billed_beside_the_answer(tmp_path: Path) -> None:
    """A summary of 180,000 tokens by the same model."""
    usage = {
        "input_tokens": 23_000,
        "output_tokens": 1_000,
        "iterations": [iteration("compaction", 180_000, 3_500), iteration("message", 23_000, 1_000)],
    }
    records = read_lines(tmp_path / "s.jsonl", [claude(usage)])
    assert counts(records) == [("claude-sonnet-5-5", 23_000, 0, 0, 1_000), ("claude-sonnet-5-5", 180_000, 0, 0, 3_500)]


def test_what_an_agent_below_used_counts_once_with_or_without_its_own_log(tmp_path: Path) -> None:
    """The log above tells of it as progress."""
    below = claude({"input_tokens": 9, "output_tokens": 5}, request="msg_2")
    told = {"sessionId": "s", "cwd": "/w", "type": "progress", "timestamp": AT.format(2), "data": {"message": below}}
    above = [claude({"input_tokens": 1, "output_tokens": 2}), told]
    expected = [("claude-sonnet-5-5", 1, 0, 0, 2), ("claude-sonnet-5-5", 9, 0, 0, 5)]
    records = read_lines(tmp_path / "s.jsonl", above)
    assert counts(records) == expected
    own = read_lines(tmp_path / "agent.jsonl", [{**below, "isSidechain": True}])
    assert counts(each_once([*records, *own])) == expected


def qwen(uuid: str, **more: object) -> dict[str, object]:
    """A line of Qwen Code."""
    return {"uuid": uuid, "parentUuid": None, "sessionId": "s", "timestamp": AT.format(1), "cwd": "/w", **more}


def telemetry(fresh: int, output: int, cached: int = 0) -> dict[str, object]:
    """What telemetry says of a request."""
    event = {
        "event.name": "qwen-code.api_response",
        "model": "qwen3.7-max",
        "input_token_count": fresh,
        "output_token_count": output,
        "cached_content_token_count": cached,
        "thoughts_token_count": 0,
        "total_token_count": fresh + output,
    }
    return {"type": "system", "subtype": "ui_telemetry", "systemPayload": {"uiEvent": event}}


def test_what_telemetry_alone_tells_of_is_a_request(tmp_path: Path) -> None:
    """Qwen Code has no line for an answer to an agent below; of other answers telemetry is a repeat."""
    usage = {"promptTokenCount": 1000, "candidatesTokenCount": 100, "cachedContentTokenCount": 300}
    answer = qwen("q2", type="assistant", model="qwen3.7-max", message={"parts": []}, usageMetadata=usage)
    lines = [answer, qwen("q3", **telemetry(1000, 100, 300)), qwen("q4", **telemetry(5000, 70))]
    lines += [qwen("q5", type="system", subtype="slash_command", systemPayload={"phase": "SECRET"})]
    lines += [qwen("q6", type="system", systemPayload="qwen-code.api_response SECRET")]
    records = read_lines(tmp_path / "s.jsonl", lines)
    assert counts(records) == [("qwen3.7-max", 700, 300, 0, 100), ("qwen3.7-max", 5000, 0, 0, 70)]


def opencode(path: Path, sessions: Sequence[str], message: dict[str, object]) -> list[UsageRecord]:
    """The records of a database with the same message in several sessions."""
    with sqlite3.connect(path) as base:
        base.execute("create table session(id, project_id, parent_id, directory, title, time_created)")
        base.execute("create table message(id, session_id, time_created, time_updated, data)")
        for number, session in enumerate(sessions):
            base.execute("insert into session values (?, 'p', null, '/w', 'x', 1)", [session])
            row = [f"msg_{number}", session, json.dumps(message)]
            base.execute("insert into message values (?, ?, 1, 1, ?)", row)
    base.close()
    return each_once(read_usage(path).records)


TOKENS = {"input": 100, "output": 90, "reasoning": 10, "cache": {"read": 4000, "write": 900}}
OPENCODE = {"role": "assistant", "modelID": "m", "providerID": "anthropic", "time": {"created": 1_793_523_600_000}}


def test_what_a_fork_of_opencode_copies_counts_once(tmp_path: Path) -> None:
    """A fork gives each message another id; its time and counts stay."""
    records = opencode(tmp_path / "opencode.db", ["a", "b"], {**OPENCODE, "tokens": {**TOKENS, "total": 5100}})
    assert counts(records) == [("m", 100, 4000, 900, 100)]


@pytest.mark.parametrize(
    ("seller", "reasoning", "output"),
    [("anthropic", 10, 90), ("google", 10, 100), ("google-vertex", 10, 100), ("other", 2000, 2090)],
)
def test_reasoning_beside_the_output_is_output(seller: str, reasoning: int, output: int, tmp_path: Path) -> None:
    """Where older releases of OpenCode state no total: Google's output is without it, and no part exceeds its whole."""
    message = {**OPENCODE, "providerID": seller, "tokens": {**TOKENS, "reasoning": reasoning}}
    (record,) = opencode(tmp_path / "opencode.db", ["a"], message)
    assert (record.output, record.reasoning) == (output, reasoning)


def meta(session: str, project: str, **more: object) -> dict[str, object]:
    """The head of a log of Codex."""
    payload = {"id": session, "cwd": project, "source": "cli", "model_provider": "openai", **more}
    return {"timestamp": AT.format(0), "type": "session_meta", "payload": payload}


def event(second: int, whole: int, used: int, model_total: int | None = None) -> dict[str, object]:
    """The tokens so far, and of the last request; ``model_total`` of an event that says a total alone."""

    def tokens(number: int) -> dict[str, int]:
        return {"input_tokens": number, "output_tokens": 0, "total_tokens": model_total or number}

    info = {"total_token_usage": tokens(whole), "last_token_usage": tokens(used)}
    return {
        "timestamp": AT.format(second),
        "type": "event_msg",
        "payload": {"type": "token_count", "info": info},
    }


TURN = {"timestamp": AT.format(0), "type": "turn_context", "payload": {"model": "gpt-5.5"}}


def test_how_full_the_context_is_is_no_request(tmp_path: Path) -> None:
    """Codex says so after an overflow by a total without parts."""
    lines = [meta("a", "/w"), TURN, event(3, 1000, 1000), event(5, 0, 0, 272_000), event(7, 500, 500)]
    assert counts(read_lines(tmp_path / "s.jsonl", lines)) == [("gpt-5.5", 1000, 0, 0, 0), ("gpt-5.5", 500, 0, 0, 0)]


def test_a_fork_of_codex_is_a_session_of_its_own(tmp_path: Path) -> None:
    """It tells the session that it goes on from after its own."""
    lines = [meta("child", "/child", forked_from_id="parent"), meta("parent", "/parent"), TURN, event(9, 3000, 2000)]
    (record,) = read_lines(tmp_path / "s.jsonl", lines)
    assert (record.session, record.project) == ("child", "/child")


@pytest.mark.parametrize(("tier", "terms"), [("flex", "flex"), ("fast", "priority"), ("default", None), (None, None)])
def test_the_tier_of_codex_is_its_terms(tier: str | None, terms: str | None, tmp_path: Path) -> None:
    """As its settings say before the request."""
    settings = {"type": "thread_settings_applied", "thread_settings": {"service_tier": tier}}
    changed = {"timestamp": AT.format(0), "type": "event_msg", "payload": settings}
    (record,) = read_lines(tmp_path / "s.jsonl", [meta("a", "/w"), changed, TURN, event(9, 3000, 2000)])
    assert record.terms == terms


def test_a_session_of_droid_may_not_say_its_model_or_time(tmp_path: Path) -> None:
    """It is counted all the same, and what it does not say is not stated."""
    usage = {"inputTokens": 100, "outputTokens": 50, "cacheCreationTokens": 10, "cacheReadTokens": 1000}
    (path := tmp_path / "x.settings.json").write_text(json.dumps({"tokenUsage": usage}), encoding="utf-8")
    (record,) = read_usage(path).records
    assert (record.model, record.start, record.output) == ("not stated", UNDATED, 50)


def test_an_agent_below_that_kimi_writes_down_twice_counts_once(tmp_path: Path) -> None:
    """In its own log, and within the one above a moment later."""
    usage = {"input_other": 200, "output": 60, "input_cache_read": 0, "input_cache_creation": 0}
    status = {"type": "StatusUpdate", "payload": {"token_usage": usage, "message_id": "chatcmpl-2"}}
    within = {"type": "SubagentEvent", "payload": {"agent_id": "a1", "event": status}}
    above, below = tmp_path / "s1" / "wire.jsonl", tmp_path / "s1" / "subagents" / "a1" / "wire.jsonl"
    below.parent.mkdir(parents=True)
    read_lines(above, [{"timestamp": 1_793_523_602.5, "message": within}])
    read_lines(below, [{"timestamp": 1_793_523_602.4991, "message": status}])
    assert counts(each_once(read_all([tmp_path]).records)) == [("not stated", 200, 0, 0, 60)]


def test_what_codebuff_says_by_two_names_counts_once(tmp_path: Path) -> None:
    """1,000 of input with 800 read from a cache, and 100 written."""
    usage = {
        "promptTokens": 1000,
        "completionTokens": 50,
        "cacheReadInputTokens": 800,
        "promptTokensDetails": {"cachedTokens": 800},
        "cachedTokensCreated": 100,
    }
    message = {"id": "m", "variant": "ai", "timestamp": AT.format(5), "metadata": {"model": "x/y", "usage": usage}}
    (path := tmp_path / "chat.json").write_text(json.dumps([message]), encoding="utf-8")
    assert counts(read_usage(path).records) == [("x/y", 200, 800, 100, 50)]


def test_what_grok_calls_a_model_is_in_no_message(tmp_path: Path) -> None:
    """Keys of a log are as private as its texts."""
    usage = {"inputTokens": 100, "outputTokens": 5, "modelUsage": {"SECRET": 3}}
    params = {"sessionId": "s", "update": {"sessionUpdate": "turn_completed", "usage": usage}, "_meta": {}}
    line = {"timestamp": 1_793_523_600, "method": "_x.ai/session/update", "params": params}
    with pytest.raises(LlmcostError) as caught:
        read_lines(tmp_path / "g.jsonl", [line])
    assert "modelUsage has a model that is no object" in str(caught.value)
    assert "SECRET" not in f"{caught.value} {caught.value.remedy}"


@pytest.mark.parametrize(("total", "kept"), [(0, 1), (1100, 1), (1, None)])
def test_a_total_of_nothing_is_none(total: int, kept: int | None, tmp_path: Path) -> None:
    """Gemini CLI writes 0 where its server did not say a total; another than the sum is refused."""
    tokens = {"input": 1000, "output": 100, "cached": 0, "thoughts": 0, "tool": 0, "total": total}
    head = {"sessionId": "s", "projectHash": "h"}
    lines = [head, {"id": "1", "type": "gemini", "timestamp": AT.format(1), "model": "gemini-3-pro", "tokens": tokens}]
    if kept is None:
        with pytest.raises(LlmcostError, match="total is not the sum"):
            read_lines(tmp_path / "g.jsonl", lines)
    else:
        assert len(read_lines(tmp_path / "g.jsonl", lines)) == kept


def test_searches_of_an_answer_that_was_not_cached_count(tmp_path: Path) -> None:
    """The plugin of Anthropic for llm leaves zeros out, so its keys alone do not tell whose counts they are."""
    with sqlite3.connect(tmp_path / "logs.db") as base:
        base.execute(
            "create table responses(id, model, resolved_model, conversation_id, datetime_utc, input_tokens, "
            "output_tokens, token_details)"
        )
        details = json.dumps({"server_tool_use": {"web_search_requests": 3}, "service_tier": "standard"})
        row = ["1", "anthropic/claude-opus-5-5", None, "c", "2026-11-01T09:00:00", 100, 10, details]
        base.execute("insert into responses values (?, ?, ?, ?, ?, ?, ?, ?)", row)
    base.close()
    (record,) = read_usage(tmp_path / "logs.db").records
    assert (record.input, record.output, record.web_searches) == (100, 10, 3)


@pytest.mark.parametrize(
    ("folder", "shown_as"),
    [
        ("/w/ada/\U0001f469\u200d\U0001f4bb-tools", "/w/ada/\U0001f469?\U0001f4bb-tools"),
        ("/a\tb\u202ec", "/a?b?c"),
        ("/w/项目\U0001f680", "/w/项目\U0001f680"),
        ("/" + "x" * 600, "/" + "x" * 499),
    ],
)
def test_an_odd_name_of_a_folder_costs_no_tokens(folder: str, shown_as: str, tmp_path: Path) -> None:
    """It is a label: what is not shown of it is a question mark, and its end is cut off."""
    (record,) = read_lines(tmp_path / "s.jsonl", [{**claude({"input_tokens": 9, "output_tokens": 5}), "cwd": folder}])
    assert (record.project, record.output) == (shown_as, 5)


@pytest.mark.parametrize("text", ["", "\n \n"])
def test_an_empty_log_among_others_is_passed_over(text: str, tmp_path: Path) -> None:
    """An agent that was stopped at its start leaves one; named by itself it is refused."""
    folder = tmp_path / ".claude" / "projects" / "p"
    folder.mkdir(parents=True)
    read_lines(folder / "a.jsonl", [claude({"input_tokens": 9, "output_tokens": 5})])
    (empty := folder / "b.jsonl").write_text(text, encoding="utf-8")
    found = read_logs(tmp_path)
    assert len(found.records) == len(read_all([folder]).records) == 1
    assert any("1 file of" in said and said.endswith(", 1 more without usage") for said in found.said), found.said
    with pytest.raises(LlmcostError, match="is empty"):
        read_usage(empty)


def test_an_answer_and_its_telemetry_are_one_whatever_the_server_calls_the_model(tmp_path: Path) -> None:
    """And the log of an agent below has what the log of the session tells of."""
    usage = {"promptTokenCount": 1000, "candidatesTokenCount": 100}
    answer = qwen("q2", type="assistant", model="qwen-coder", message={"parts": []}, usageMetadata=usage)
    records = read_lines(tmp_path / "s.jsonl", [answer, qwen("q3", **telemetry(1000, 100))])
    assert counts(records) == [("qwen-coder", 1000, 0, 0, 100)]
    below = qwen("q9", type="assistant", message={"parts": []}, usageMetadata=usage, agentId="a1")
    assert read_lines(tmp_path / "below.jsonl", [below]) == []


def test_two_agents_of_one_session_may_use_the_same(tmp_path: Path) -> None:
    """Within a session of OpenCode nothing is a copy, and a message has its own id."""
    records = opencode(tmp_path / "opencode.db", ["a", "a"], {**OPENCODE, "tokens": {**TOKENS, "total": 5100}})
    assert len(records) == 2
    assert {record.id for record in records} == {"msg_0", "msg_1"}


def test_the_longest_list_of_inferences_counts_whichever_piece_does(tmp_path: Path) -> None:
    """A later piece with the same counts may tell of more; what is no list of them is passed over."""
    short = {"input_tokens": 9, "output_tokens": 5, "iterations": {"type": "message"}}
    long = {**short, "iterations": ["x", iteration("compaction", 100, 7)], "speed": "fast"}
    records = read_lines(tmp_path / "s.jsonl", [claude(short), claude(long), {**claude(short), "data": "x"}])
    assert counts(records) == [("claude-sonnet-5-5", 9, 0, 0, 5), ("claude-sonnet-5-5", 100, 0, 0, 7)]
    assert [record.terms for record in records] == [None, "fast"]


def test_a_head_without_a_seller_leaves_it_to_the_next(tmp_path: Path) -> None:
    """A fork of Codex may not name it again."""
    own = meta("child", "/child", forked_from_id="parent", model_provider=None)
    lines = [own, meta("parent", "/parent", model_provider="azure"), TURN, event(9, 3000, 2000)]
    (record,) = read_lines(tmp_path / "s.jsonl", lines)
    assert (record.provider, record.session) == ("azure", "child")


def pi(kind: str, second: int, usage: dict[str, object], **message: object) -> dict[str, object]:
    """A line of pi: of a message, or with its usage by itself."""
    around = {"type": kind, "id": f"b{second}", "parentId": None, "timestamp": AT.format(second)}
    return {**around, "message": {**message, "usage": usage}} if message else {**around, "usage": usage, "summary": "S"}


def used(fresh: int, output: int, total: int | None = None, read: int = 0) -> dict[str, object]:
    """What pi says that a request used."""
    whole = fresh + output + read if total is None else total
    return {"input": fresh, "output": output, "cacheRead": read, "cacheWrite": 0, "totalTokens": whole}


HEAD = {"type": "session", "id": "u", "timestamp": AT.format(0), "cwd": "/p"}
ANSWER = {"role": "assistant", "provider": "anthropic", "model": "claude-opus-5-5", "content": []}


def test_summaries_and_tools_of_pi_count(tmp_path: Path) -> None:
    """By the model in force, and of tools, which do not name theirs, by none; also in a log of its first version."""
    lines = [
        HEAD,
        pi("message", 2, used(1000, 200), **ANSWER),
        pi("message", 3, used(50_000, 3000), role="toolResult", toolName="subagent"),
        pi("compaction", 4, used(150_000, 2000)),
        pi("branch_summary", 5, used(9000, 500)),
        pi("message", 6, used(1, 1), role="user"),
    ]
    assert counts(read_lines(tmp_path / "s.jsonl", lines)) == [
        ("claude-opus-5-5", 1000, 0, 0, 200),
        ("not stated", 50_000, 0, 0, 3000),
        ("claude-opus-5-5", 150_000, 0, 0, 2000),
        ("claude-opus-5-5", 9000, 0, 0, 500),
    ]


@pytest.mark.parametrize(
    ("provider", "total", "fresh"),
    [
        ("google", 0, 1000),  # not stated
        ("google", 1730, 1000),  # holds what tools gave
        ("amazon-bedrock", 1200, 1000),  # leaves out what was cached
        ("openai-codex", 1200, 500),  # of input that holds it
        ("google-vertex", 1200, 500),
        ("mistral", 1200, None),
        ("openai-codex", 1100, None),
    ],
)
def test_the_total_of_pi_is_the_sellers_own(provider: str, total: int, fresh: int | None, tmp_path: Path) -> None:
    """1,000 of input, 200 of output and 500 read from a cache."""
    line = pi("message", 2, used(1000, 200, total, read=500), **{**ANSWER, "provider": provider})
    if fresh is None:
        with pytest.raises(LlmcostError, match="totalTokens is not the sum"):
            read_lines(tmp_path / "s.jsonl", [HEAD, line])
    else:
        (record,) = read_lines(tmp_path / "s.jsonl", [HEAD, line])
        assert (record.input_uncached, record.cache_read) == (fresh, 500)


def test_openclaw_keeps_logs_under_other_names(tmp_path: Path) -> None:
    """Of sessions that were begun anew or deleted; a copy that was put aside is none."""
    folder = tmp_path / ".openclaw" / "agents" / "main" / "sessions"
    folder.mkdir(parents=True)
    for number, name in enumerate(
        ("a.jsonl", "b.jsonl.reset.2026-11-21T12-00-00.000Z", "c.jsonl.deleted.1", "d.jsonl.bak")
    ):
        read_lines(folder / name, [HEAD, pi("message", number, used(1000, 200), **ANSWER)])
    assert len(read_logs(tmp_path).records) == len(read_all([folder]).records) == 3


def database(path: Path, script: str) -> list[UsageRecord]:
    """The records of a database."""
    with sqlite3.connect(path) as base:
        base.executescript(script)
    base.close()
    return list(read_usage(path).records)


def test_goose_tells_its_requests(tmp_path: Path) -> None:
    """By their own models and times, what was cached within the input; of a session without any its sum."""
    records = database(
        tmp_path / "sessions.db",
        """create table sessions(id, working_dir, created_at, input_tokens, output_tokens, accumulated_input_tokens,
             accumulated_output_tokens, accumulated_cache_read_tokens, accumulated_cache_write_tokens,
             accumulated_cost, provider_name, model_config_json);
           create table usage_ledger(id integer primary key, session_id, created_timestamp, model, input_tokens,
             output_tokens, cache_read_tokens, cache_write_tokens, cost);
           insert into sessions values ('s1', '/p', '2026-11-01 23:50:00', 1, 1, 244211, 794, 112820, 131177, null,
             'anthropic', '{"model_name": "claude-haiku-5-5"}'), ('s2', '/p', '2026-11-01 23:50:00', 1, 1, 1000, 10,
             300, 200, null, 'anthropic', '{"model_name": "claude-haiku-5-5"}');
           insert into usage_ledger values (1, 's1', 1793577300, 'claude-opus-5-5', 119600, 400, 0, 119400, null),
             (2, 's1', 1793577900, 'claude-haiku-5-5', 124611, 394, 112820, 11777, 0.5);""",
    )
    assert counts(records) == [
        ("claude-opus-5-5", 200, 0, 119_400, 400),
        ("claude-haiku-5-5", 14, 112_820, 11_777, 394),
        ("claude-haiku-5-5", 500, 300, 200, 10),
    ]
    assert [record.requests for record in records] == [1, 1, None]
    assert not any(record.cached_unknown for record in records)


def test_hermes_tells_its_models(tmp_path: Path) -> None:
    """What a session asked on the side is in no sum of it; what its sum has beside its parts is its first model's."""
    records = database(
        tmp_path / "state.db",
        """create table sessions(id, model, started_at, input_tokens, output_tokens, cache_read_tokens,
             cache_write_tokens, reasoning_tokens, cwd, billing_provider, estimated_cost_usd, actual_cost_usd,
             api_call_count);
           create table session_model_usage(session_id, model, billing_provider, task, api_call_count, input_tokens,
             output_tokens, cache_read_tokens, cache_write_tokens, reasoning_tokens, first_seen, last_seen);
           insert into sessions values ('s1', 'haiku', 1795500000.0, 101500, 21010, 0, 0, 0, '/p', 'anthropic', 0.0,
             null, 7);
           insert into session_model_usage values
             ('s1', 'haiku', 'anthropic', '', 1, 1000, 1000, 0, 0, 0, 1795500000.0, 1795500000.0),
             ('s1', 'opus', 'anthropic', '', 5, 100000, 20000, 0, 0, 0, 1795500000.0, 1795600000.0),
             ('s1', 'gpt', 'openai', 'compression', 1, 80000, 2000, 0, 0, 0, 1795500000.0, 1795600000.0);""",
    )
    assert [(each.model, each.input, each.output, each.requests, each.project) for each in records] == [
        ("gpt", 80_000, 2_000, 1, "/p"),
        ("haiku", 1_000, 1_000, 1, "/p"),
        ("opus", 100_000, 20_000, 5, "/p"),
        ("haiku", 500, 10, 1, "/p"),
    ]


def test_what_goose_carried_forward_is_of_the_model_that_was_set(tmp_path: Path) -> None:
    """What a session used before it had requests is one row without a model; what they leave out is added."""
    records = database(
        tmp_path / "sessions.db",
        """create table sessions(id, working_dir, created_at, input_tokens, output_tokens, accumulated_input_tokens,
             accumulated_output_tokens, accumulated_cost, provider_name, model_config_json);
           create table usage_ledger(id integer primary key, session_id, created_timestamp, model, input_tokens,
             output_tokens, cache_read_tokens, cache_write_tokens, cost);
           insert into sessions values ('s1', '/p', '2026-05-01 01:02:03', 1, 1, 100300, 5020, 0.42, 'anthropic',
             '{"model_name": "claude-sonnet-4-5"}');
           insert into usage_ledger values (1, 's1', 1777600000, null, 99500, 4950, 0, 0, 0.41),
             (2, 's1', 1777600001, 'claude-haiku-5-5', 500, 50, 100, 20, 0.01);""",
    )
    assert [(each.model, each.input, each.output, each.requests) for each in records] == [
        ("claude-sonnet-4-5", 99_500, 4_950, None),
        ("claude-haiku-5-5", 500, 50, 1),
        ("claude-sonnet-4-5", 300, 20, None),
    ]
    assert sum(each.cost or 0 for each in records) == Decimal("0.42")
    assert [each.cached_unknown for each in records] == [True, False, True]


def test_sessions_of_codex_in_one_log_are_several(tmp_path: Path) -> None:
    """As logs that were put together have them; only a fork tells another's session after its own."""
    lines = [meta("a", "/a"), TURN, event(3, 10, 10), meta("b", "/b", model_provider="azure"), TURN, event(9, 30, 20)]
    found = [(each.session, each.project, each.provider) for each in read_lines(tmp_path / "s.jsonl", lines)]
    assert found == [("a", "/a", "openai"), ("b", "/b", "azure")]


def test_telemetry_of_an_agent_below_counts_beside_its_own_line(tmp_path: Path) -> None:
    """That line is left out and uses up no telemetry; a line of telemetry that is there twice, or of nothing, is none."""
    below = qwen("q1", type="assistant", agentId="a", model="m", usageMetadata={"promptTokenCount": 100})
    told = qwen("q2", **telemetry(100, 5))
    records = read_lines(tmp_path / "s.jsonl", [below, told, told, qwen("q3", **telemetry(0, 0))])
    assert counts(records) == [("qwen3.7-max", 100, 0, 0, 5)]


def test_the_fullest_inferences_of_growing_pieces_count(tmp_path: Path) -> None:
    """As the answer itself."""
    pieces = [
        {"input_tokens": 9, "output_tokens": output, "iterations": [iteration("compaction", 1000, output)]}
        for output in (1, 500, 20)
    ]
    records = read_lines(tmp_path / "s.jsonl", list(map(claude, pieces)))
    assert [record.output for record in records] == [500, 500]


def test_a_damaged_database_among_logs_is_passed_over(tmp_path: Path) -> None:
    """By itself it is refused."""
    (tmp_path / "x.sqlite").write_bytes(b"\xff\x00encrypted")
    read_lines(tmp_path / "a.jsonl", [claude({"input_tokens": 9, "output_tokens": 5})])
    assert len(read_all([tmp_path]).records) == 1
    with pytest.raises(LlmcostError, match="is no SQLite database by its first bytes"):
        read_usage(tmp_path / "x.sqlite")
