"""What is told twice, in part or by another name in the logs of agents: forks, agents below, ends that are missing."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from support.usage_samples import AGENT_SAMPLES, sample

from llmcost.core.workload.usage_record import UsageRecord, each_once
from llmcost.errors import LlmcostError
from llmcost.usage.many import UsageRead, read_all, read_logs
from llmcost.usage.read import read_usage

AT = "2026-11-02T10:00:{:06.3f}Z"


def write(path: Path, *lines: object) -> Path:
    """A file of these lines of JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    return path


def tokens(records: Sequence[UsageRecord]) -> list[tuple[int, int]]:
    """The input and the output of each record."""
    return [(each.input, each.output) for each in records]


def grok(session: str, whole: int, output: int) -> dict[str, Any]:
    """A turn of Grok's that ended."""
    usage = {"inputTokens": whole, "outputTokens": output, "totalTokens": whole + output, "modelCalls": 1}
    update = {"sessionUpdate": "turn_completed", "prompt_id": "p", "usage": usage}
    around = {"sessionId": session, "update": update, "_meta": {"eventId": f"{session}-1"}}
    return {"timestamp": 1_795_000_000, "method": "_x.ai/session/update", "params": around}


def test_what_an_agent_of_groks_below_used_counts_with_the_turn_above(tmp_path: Path) -> None:
    """The turn that asked for it holds it; what stands beside its log says that it is one."""
    write(tmp_path / "parent" / "updates.jsonl", grok("parent", 10_000, 600))
    write(tmp_path / "child" / "updates.jsonl", grok("child", 9_000, 500))
    both = read_all([tmp_path])
    assert tokens(both.records) == [(9_000, 500), (10_000, 600)]
    write(tmp_path / "child" / "summary.json", {"session_kind": "subagent"})
    assert tokens(read_all([tmp_path]).records) == [(10_000, 600)]
    (tmp_path / "child" / "summary.json").write_text("cut", encoding="utf-8")
    assert len(read_all([tmp_path]).records) == 2


def message(name: str, session: str) -> dict[str, Any]:
    """A message of OpenCode as older releases kept it."""
    cache = {"read": 0, "write": 0}
    return {
        "id": name,
        "sessionID": session,
        "role": "assistant",
        "time": {"created": 1_770_000_000_000, "completed": 1_770_000_005_000},
        "modelID": "claude-sonnet-4-5",
        "providerID": "anthropic",
        "cost": 0.018,
        "tokens": {"input": 1000, "output": 1000, "reasoning": 0, "cache": cache},
    }


def test_a_fork_of_opencode_in_files_counts_once(tmp_path: Path) -> None:
    """It has other ids and another session; two of one session are two."""
    write(tmp_path / "a" / "msg_a.json", message("msg_a", "ses_a"))
    write(tmp_path / "b" / "msg_b.json", message("msg_b", "ses_b"))
    found = read_all([tmp_path])
    assert tokens(found.records) == [(1000, 1000)]
    assert "1 row of a message of OpenCode left out: a fork copied it from another session" in found.said
    write(tmp_path / "b" / "msg_b.json", message("msg_b", "ses_a"))
    assert len(read_all([tmp_path]).records) == 2


def broken_home(tmp_path: Path) -> Path:
    """A home with a good log and a cut one."""
    (log := tmp_path / ".gemini/tmp/p/chats/session-1.jsonl").parent.mkdir(parents=True)
    shutil.copy(AGENT_SAMPLES / "gemini.jsonl", log)
    (cut := tmp_path / ".local/share/opencode/storage/message/s/msg_1.json").parent.mkdir(parents=True)
    cut.write_text('{"id": "msg_1", "role": "assi', encoding="utf-8")
    return tmp_path


def test_a_cut_file_among_the_logs_of_a_machine_can_be_left_out(tmp_path: Path) -> None:
    """With --skip-bad, and it is named; without, it is an error."""
    home = broken_home(tmp_path)
    with pytest.raises(LlmcostError, match=r"msg_1\.json is not JSON"):
        read_logs(home)
    found = read_logs(home, skip_bad=True)
    assert found.records
    assert any("msg_1.json is not JSON: left out" in each for each in found.said)


def test_a_folder_of_nothing_but_a_cut_file_may_stand_beside_others(tmp_path: Path) -> None:
    """It is left out as it is in a larger folder; alone it is refused for what it is."""
    home = broken_home(tmp_path)
    folders = [home / ".local", home / ".gemini"]
    assert read_all(folders, skip_bad=True).records
    with pytest.raises(LlmcostError, match=r"msg_1\.json is not JSON"):
        read_all(folders[:1], skip_bad=True)


def codex(kind: str, second: float, **payload: Any) -> dict[str, Any]:
    """A line of Codex."""
    return {"timestamp": AT.format(second), "type": kind, "payload": payload}


def used(second: float, total: int, last: int) -> dict[str, Any]:
    """An event of Codex with what was used."""
    counts = [{"input_tokens": each, "output_tokens": 0, "total_tokens": each} for each in (total, last)]
    info = {"total_token_usage": counts[0], "last_token_usage": counts[1]}
    return codex("event_msg", second, type="token_count", info=info)


def test_an_early_fork_of_codex_tells_the_session_before_it_again(tmp_path: Path) -> None:
    """Right after its own, and says not that it is one; what follows within a moment is a copy."""
    lines = [
        codex("session_meta", 0, id="b", cwd="/w"),
        codex("session_meta", 0.001, id="a", cwd="/w"),
        codex("turn_context", 0.002, model="gpt-5.5"),
        used(0.003, 1000, 1000),
        used(0.004, 3000, 2000),
        used(20, 6000, 3000),
    ]
    (record,) = read_usage(write(tmp_path / "b.jsonl", *lines)).records
    assert (record.session, record.input) == ("b", 3000)


def copilot(kind: str, minute: int, parent: str | None = "x", **data: Any) -> dict[str, Any]:
    """An event of Copilot's."""
    return {"type": kind, "data": data, "id": "x", "timestamp": f"2026-08-21T07:{minute:02}:00Z", "parentId": parent}


def end(minute: int, whole: int) -> dict[str, Any]:
    """The end of a session, with what it used so far."""
    usage = {"inputTokens": whole, "outputTokens": 100, "cacheReadTokens": 0, "cacheWriteTokens": 0}
    metrics = {"gpt-5.4": {"requests": {"count": 2}, "usage": usage}}
    return copilot("session.shutdown", minute, modelMetrics=metrics)


START = copilot("session.start", 0, None, sessionId="s")


def test_copilot_counts_anew_once_it_made_a_session_shorter(tmp_path: Path) -> None:
    """What comes to more by the end is no growth then; what was used just before that is not told, and that is said."""
    shorter = copilot("session.compaction_complete", 15, success=True)
    found = read_usage(write(tmp_path / "s.jsonl", START, end(10, 50_000), shorter, end(20, 60_000)))
    assert [record.input for record in found.records] == [50_000, 60_000]
    assert [skip.reason for skip in found.skips] == ["what was used before the session was made shorter is not told"]
    grown = read_usage(write(tmp_path / "s.jsonl", START, end(10, 50_000), end(20, 60_000)))
    assert [record.input for record in grown.records] == [50_000, 10_000]


def test_a_session_of_copilot_without_an_end_says_so(tmp_path: Path) -> None:
    """As one that crashed; nothing but the end tells what it used."""
    found = read_usage(write(tmp_path / "s.jsonl", START, end(10, 50_000), copilot("user.message", 12)))
    assert [record.input for record in found.records] == [50_000]
    assert [skip.reason for skip in found.skips] == [
        "the session has not ended, and only its end tells what was used since"
    ]


def test_what_tells_most_of_a_session_of_copilot_counts(tmp_path: Path) -> None:
    """Its database may have begun later than the log of its events, or have forgotten what was before."""
    store = sample("copilot_store.sql", tmp_path)
    session = next(record.session for record in read_usage(store).records if record.session)

    def together(whole: int) -> UsageRead:
        log = write(tmp_path / "s.jsonl", {**START, "data": {"sessionId": session}}, end(10, whole))
        return read_all([store, log])

    few, many = together(1), together(10**6)
    assert {record.input for record in few.records} == {record.input for record in read_usage(store).records}
    assert "tells the same" in few.said[-1]
    assert max(record.input for record in many.records) == 10**6
    assert "a log of GitHub Copilot CLI tells more" in many.said[-1]
    assert len([record for record in many.records if record.session == session]) == 1


def test_kimi_code_names_the_model_that_an_alias_stands_for(tmp_path: Path) -> None:
    """As the request before it says; its own models need no such line."""
    counts = {"inputOther": 10, "output": 5, "inputCacheRead": 0, "inputCacheCreation": 0}
    head = {"type": "metadata", "protocol_version": "1.5", "created_at": 1_787_227_200_000}
    request = {"type": "llm.request", "model": "claude-opus-5-5", "modelAlias": "fast", "time": 1_787_227_200_000}
    record = {"type": "usage.record", "model": "fast", "usage": counts, "time": 1_787_227_206_500}
    path = write(tmp_path / "wire.jsonl", head, request, record, {**record, "model": "other"})
    assert [each.model for each in read_usage(path).records] == ["claude-opus-5-5", "other"]


def thread(events: list[dict[str, Any]], *messages: dict[str, Any]) -> dict[str, Any]:
    """A thread of Amp."""
    return {"id": "T-1", "created": 1, "messages": list(messages), "usageLedger": {"events": events}}


def test_amp_may_tell_what_was_cached_in_its_ledger(tmp_path: Path) -> None:
    """Where no message does; and a ledger of nothing leaves it to the messages."""
    cached = {"cacheReadInputTokens": 9000, "cacheCreationInputTokens": 500}
    told = {"timestamp": "2026-01-05T10:00:20Z", "model": "m", "tokens": {"input": 10, "output": 200, **cached}}
    (record,) = read_usage(write(tmp_path / "t.json", thread([{"id": "e", **told}]))).records
    assert (record.input_uncached, record.cache_read, record.written, record.output) == (10, 9000, 500, 200)
    usage = {"model": "m", "timestamp": "2026-01-05T10:00:20Z", "inputTokens": 7, "outputTokens": 3, **cached}
    answer = {"role": "assistant", "messageId": 1, "usage": usage}
    (own,) = read_usage(write(tmp_path / "t.json", thread([], answer))).records
    assert (own.input_uncached, own.cache_read, own.output) == (7, 9000, 3)


def test_credits_of_codebuff_hide_no_tokens(tmp_path: Path) -> None:
    """Of two places the one with counts tells them, and the model where nothing else does."""
    usage = {"model": "openai/gpt-5", "inputTokens": 90, "outputTokens": 50}
    metadata = {"usage": {"credits": 5}, "codebuff": {"usage": usage}, "timestamp": "2026-01-02T03:04:06Z"}
    path = tmp_path / "chat.json"
    path.write_text(json.dumps([{"id": "ai-1", "variant": "ai", "metadata": metadata}]), encoding="utf-8")
    (record,) = each_once(read_usage(path).records)
    assert (record.model, record.input, record.output) == ("openai/gpt-5", 90, 50)


def days(*spans: tuple[int, int]) -> dict[str, Any]:
    """A page of OpenAI's usage: days of November with their input."""
    name = "organization.usage.completions.result"
    buckets = [
        {
            "object": "bucket",
            "start_time": 1_793_491_200 + day * 86_400,
            "end_time": 1_793_577_600 + day * 86_400,
            "results": [{"object": name, "model": "gpt-5.5", "input_tokens": whole, "num_model_requests": 2}],
        }
        for day, whole in spans
    ]
    return {"object": "page", "has_more": False, "data": buckets}


def test_a_message_of_opencode_may_be_of_several_requests(tmp_path: Path) -> None:
    """Older releases kept the counts of the last one, and the cost of all; its steps have those of each."""
    path = tmp_path / "opencode.db"
    last = {"input": 1000, "output": 100, "reasoning": 0, "cache": {"read": 0, "write": 0}}
    first = {**last, "input": 3000}
    told = {**message("msg_a", "ses_a"), "tokens": last, "cost": 0.05}
    parts = [
        {"type": "text", "text": 'a "step-finish" of words'},
        {"type": "step-finish", "reason": "tool-calls", "cost": 0.03, "tokens": first},
        {"type": "step-finish", "reason": "stop", "cost": 0.02, "tokens": last},
    ]
    with sqlite3.connect(path) as base:
        base.execute("create table session(id, directory, time_created)")
        base.execute("create table message(id, session_id, time_created, data)")
        base.execute("create table part(id, message_id, session_id, time_created, data)")
        base.execute("insert into session values ('ses_a', '/w', 1)")
        base.execute("insert into message values ('msg_a', 'ses_a', 1, ?)", [json.dumps(told)])
        for number, part in enumerate(parts):
            base.execute(
                "insert into part values (?, 'msg_a', 'ses_a', ?, ?)", [f"p{number}", number, json.dumps(part)]
            )
    base.close()
    records = each_once(read_usage(path).records)
    assert [(each.input, each.output, str(each.cost)) for each in records] == [(3000, 100, "0.03"), (1000, 100, "0.02")]


def keyed(key: str, *spans: tuple[int, int]) -> dict[str, Any]:
    """The same page by a key of the API."""
    page = days(*spans)
    for bucket in page["data"]:
        bucket["results"] = [{**each, "api_key_id": key} for each in bucket["results"]]
    return page


def test_sums_of_two_keys_are_two_however_alike(tmp_path: Path) -> None:
    """As of health checks that are the same each day; and of one key in one file, as a console writes several rows."""
    files = [write(tmp_path / f"{key}.json", keyed(key, (1, 100))) for key in ("a", "b")]
    assert [record.input for record in each_once(read_all(files).records)] == [100, 100]
    twice = keyed("a", (1, 100))
    twice["data"][0]["results"] *= 2
    assert [record.input for record in each_once(read_usage(write(tmp_path / "c.json", twice)).records)] == [100, 100]


CURSOR = "Date,Kind,Model,Input (w/ Cache Write),Input (w/o Cache Write),Cache Read,Output Tokens,Total Tokens,Cost\n"
TURNS = [f"2026-11-20T09:00:00.{number:03}Z,Included,gpt-5,0,100,0,10,110,-\n" for number in range(3)]


def test_turns_of_cursor_in_two_exports_count_once(tmp_path: Path) -> None:
    """Saved twice, or exported again a day later; they have no ids, and moments to the millisecond."""
    for name, turns in (("one", TURNS[:2]), ("one (1)", TURNS[:2]), ("two", TURNS[1:])):
        (tmp_path / f"{name}.csv").write_text(CURSOR + "".join(turns), encoding="utf-8")
    found = read_all([tmp_path])
    assert len(found.records) == 3
    assert "3 rows of a CSV of usage of Cursor left out: another file tells the same" in found.said


def test_days_that_two_exports_have_count_once(tmp_path: Path) -> None:
    """A day that both have alike is one, and of one key the larger, as of a day that was exported before it was over.

    Where nothing says whose a day is, another sum of it may be another account's.
    """
    one, two = tmp_path / "one.json", tmp_path / "two.json"
    for make, other in ((days, [100, 300, 301]), (lambda *spans: keyed("a", *spans), [100, 301])):
        write(one, make((1, 100), (3, 300)))
        write(two, make((3, 300), (4, 400)))
        assert sorted(record.input for record in each_once(read_all([one, two]).records)) == [100, 300, 400]
        write(two, make((3, 301)))
        assert sorted(record.input for record in each_once(read_all([one, two]).records)) == other
