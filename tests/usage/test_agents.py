"""The logs of coding agents: each layout gives what was used, whatever it repeats, adds up or cuts off."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from support.usage_samples import AGENT_SAMPLES as SAMPLES
from support.usage_samples import agent_samples, sample

from llmcost.core.workload.usage_record import UsageRecord, each_once
from llmcost.errors import LlmcostError
from llmcost.usage.folders import FOLDERS, agent_logs
from llmcost.usage.many import read_all, read_logs
from llmcost.usage.read import read_usage

# month and time of 2026 (2025 where said), seller, model, requests, fresh, read, written, out, reasoning, reported cost
EXPECTED: dict[str, tuple[str, list[tuple[Any, ...]]]] = {
    "amp.json": (
        "Amp",
        [
            ("01-05T10:00:20", None, "claude-sonnet-4-5-20250929", 1, 10, 12000, 1500, 300, None, None),
            ("01-05T10:00:21", None, "claude-haiku-4-5", 1, 200, 0, 0, 8, None, None),
            ("01-05T10:01:00", None, "gpt-5", 1, 900, 0, 0, 40, None, None),
        ],
    ),
    "amp_messages.json": (
        "Amp",
        [
            ("01-19T11:42:10", None, "claude-haiku-4-5-20251001", 1, 10, 11372, 986, 178, None, None),
        ],
    ),
    "claude_run.json": (
        "Claude Code",
        [
            ("01-01T00:00:00", None, "claude-opus-5-5", None, 10, 20000, 5000, 500, None, "0.06"),
            ("01-01T00:00:00", None, "claude-haiku-5-5", None, 3000, 0, 0, 100, None, "0.0055"),
        ],
    ),
    "codebuff.json": (
        "Codebuff",
        [
            ("01-02T03:04:06", None, "claude-sonnet-4-20250514", 1, 100, 10, 20, 50, None, None),
            ("01-02T03:05:00", None, "openai/gpt-5", 1, 90, 10, 0, 50, None, None),
        ],
    ),
    "copilot.jsonl": (
        "GitHub Copilot CLI",
        [
            ("08-21T07:10:00", None, "claude-sonnet-4.6", 3, 2000, 42000, 6000, 900, 100, "0.015"),
            ("08-21T07:10:00", None, "gpt-5-mini", 1, 2000, 0, 0, 60, 0, None),
            ("08-21T09:20:00", None, "claude-sonnet-4.6", 2, 4000, 34000, 2000, 600, 60, "0.011"),
        ],
    ),
    "copilot_otel.jsonl": (
        "GitHub Copilot CLI",
        [
            ("06-01T10:00:00", None, "gpt-5.4", 1, 2000, 8000, 0, 300, 40, None),
            ("06-01T10:00:10", None, "gpt-5.4", 1, 400, 10000, 0, 100, 0, None),
            ("06-01T10:00:20", None, "claude-sonnet-4.6", 1, 1000, 0, 4000, 80, 0, None),
        ],
    ),
    "copilot_reset.jsonl": (
        "GitHub Copilot CLI",
        [
            ("04-21T07:10:00", None, "gpt-5.4", 12, 8000, 42000, 0, 900, 100, None),
            ("04-21T09:20:00", None, "gpt-5.4", 2, 4000, 3000, 0, 50, 0, None),
        ],
    ),
    "copilot_store.sql": (
        "GitHub Copilot CLI",
        [
            ("08-20T10:00:00", None, "claude-sonnet-4.6", 1, 1000, 8000, 1000, 120, 20, None),
            ("08-20T10:01:00", None, "gpt-5-mini", 1, 400, 0, 0, 30, 0, None),
        ],
    ),
    "droid.json": (
        "Droid",
        [
            ("01-12T14:00:03", "anthropic", "Claude-Opus-4.5", None, 2500, 120000, 9000, 1800, 0, None),
        ],
    ),
    "gemini.jsonl": (
        "Gemini CLI",
        [
            ("05-04T09:00:05", "google", "gemini-3-pro-preview", 1, 4000, 8000, 0, 350, 310, None),
            ("05-04T09:00:20", "google", "gemini-3-pro-preview", 1, 535, 12000, 0, 220, 0, None),
            ("05-04T09:01:07", "google", "gemini-3-flash-preview", 1, 900, 0, 0, 15, 0, None),
        ],
    ),
    "gemini_legacy.json": (
        "Gemini CLI",
        [
            ("11-20T10:00:09", "google", "gemini-2.5-pro", 1, 5000, 0, 0, 760, 640, None),
            ("11-20T10:02:30", "google", "gemini-2.5-pro", 1, 2004, 4096, 0, 300, 0, None),
        ],
    ),
    "goose.sql": (
        "Goose",
        [
            ("05-01T01:02:03", "anthropic", "claude-sonnet-4-5", None, 100000, 0, 0, 5000, None, "0.42"),
        ],
    ),
    "grok.jsonl": (
        "Grok Build CLI",
        [
            ("07-28T08:00:10", "xai", "grok-4.5-build", 2, 400, 600, 0, 80, 20, "0.002"),
            ("07-28T08:00:10", "xai", "grok-4-mini", 2, 100, 100, 0, 20, 10, "0.0005"),
            ("07-28T08:02:00", "xai", "grok-4.5-build", 2, 1000, 4000, 0, 300, 0, "0.0123"),
        ],
    ),
    "hermes.sql": (
        "Hermes",
        [
            ("05-05T16:53:20", "anthropic", "claude-sonnet-4-6", 5, 100, 30000, 400, 2000, 500, "0.07"),
            ("05-05T17:53:20", "openai-codex", "gpt-5.4", 2, 5000, 20000, 0, 300, 0, None),
        ],
    ),
    "kilo.sql": (
        "Kilo",
        [
            ("05-28T20:26:40", "kilo", "anthropic/claude-sonnet-4.6", 1, 1000, 12000, 3000, 400, 0, "0.0315"),
            ("05-28T20:26:50", "openai", "gpt-5.5", 1, 1500, 0, 0, 170, 120, "0.01"),
        ],
    ),
    "kimi.jsonl": (
        "Kimi CLI",
        [
            ("03-01T10:00:04", "moonshot", "not stated", 1, 1200, 6656, 0, 90, None, None),
            ("03-01T10:00:09", "moonshot", "not stated", 1, 3000, 0, 0, 150, None, None),
            ("03-01T10:00:20", "moonshot", "not stated", 1, 400, 8000, 120, 33, None, None),
        ],
    ),
    "kimi_code.jsonl": (
        "Kimi Code",
        [
            ("08-20T12:00:06", "moonshot", "kimi-for-coding", 1, 900, 10240, 0, 210, None, None),
            ("08-20T12:00:12", "moonshot", "kimi-for-coding", 1, 50, 11300, 0, 40, None, None),
            ("08-20T12:00:30", "moonshot", "kimi-for-coding", 1, 11000, 0, 0, 700, None, None),
        ],
    ),
    "openclaw.jsonl": (
        "pi",
        [
            ("02-10T08:00:09", "openai-codex", "gpt-5.2", 1, 1660, 108928, 0, 55, None, "0.02"),
            ("02-10T08:01:00", "anthropic", "claude-opus-4-6", 1, 5, 0, 2000, 80, None, None),
        ],
    ),
    "openclaw_store.sql": (
        "OpenClaw",
        [
            ("01-30T06:18:55", "openai-codex", "gpt-5.2", 1, 1660, 108928, 0, 55, None, "0.02"),
        ],
    ),
    "llm.sql": (
        "llm",
        [
            ("11-03T08:00:00", None, "gpt-5-mini-2025-08-07", 1, 1008, 8192, 0, 310, 256, None),
            ("11-03T08:01:00", None, "gpt-5.4", 1, 904, 4096, 0, 700, 500, None),
            ("11-03T08:02:00", "anthropic", "claude-sonnet-4-6", 1, 12, 6000, 100, 420, None, None),
            ("11-03T08:03:00", "gemini", "gemini-3-flash-preview", 1, 1600, 500, 0, 350, 200, None),
            ("11-03T08:04:00", "openrouter", "qwen/qwen3.6-plus", 1, 600, 400, 0, 100, 20, "0.0008"),
            ("11-03T08:05:00", "mistral", "mistral-large-latest", 1, 300, 0, 0, 40, None, None),
            ("09-03T08:00:00", None, "gpt-4.1", 1, 120, 0, 0, 30, None, None),
            ("09-03T08:01:00", "gemini", "gemini-2.5-flash", 1, 800, 0, 0, 130, 40, None),
        ],
    ),
    "opencode.sql": (
        "OpenCode",
        [
            ("05-28T20:26:41", "anthropic", "claude-sonnet-4-6", 1, 1000, 12000, 3000, 400, 0, "0.0315"),
            ("05-28T20:26:50", "openai", "gpt-5.5", 1, 1500, 0, 0, 170, 120, "0"),
        ],
    ),
    "opencode_message.json": (
        "OpenCode",
        [
            ("10-09T08:53:20", "anthropic", "claude-sonnet-4-5", 1, 12, 9000, 1100, 220, 0, "0.0123"),
        ],
    ),
    "opencode_v2.sql": (
        "OpenCode",
        [
            ("05-28T20:26:40", "anthropic", "claude-sonnet-4-6", 1, 800, 4000, 0, 120, 20, "0.02"),
            ("05-28T20:26:40", "openai", "gpt-5.5", None, 70000, 9000, 100, 2300, 300, "0.5"),
        ],
    ),
    "pi.jsonl": (
        "pi",
        [
            ("05-01T09:00:05", "anthropic", "claude-sonnet-4-5", 1, 10, 3000, 900, 200, None, "0.0079"),
            ("05-01T09:00:10", "openai-codex", "gpt-5.4", 1, 1500, 4096, 0, 60, None, "0.0"),
        ],
    ),
    "pi_fork.jsonl": (
        "pi",
        [
            ("05-01T09:00:05", "anthropic", "claude-sonnet-4-5", 1, 10, 3000, 900, 200, None, "0.0079"),
            ("05-01T10:00:09", "anthropic", "claude-sonnet-4-5", 1, 12, 3900, 40, 70, None, "0.0021"),
        ],
    ),
    "qwen.jsonl": (
        "Qwen Code",
        [
            ("04-10T08:00:06", None, "qwen3-coder-plus", 1, 4000, 16000, 0, 450, 200, None),
            ("04-10T08:00:12", None, "qwen3-coder-plus", 1, 600, 20000, 0, 80, 0, None),
            ("04-10T08:01:00", None, "qwen3-max", 1, 300, 0, 0, 12, 0, None),
        ],
    ),
    "qwen_fork.jsonl": (
        "Qwen Code",
        [
            ("04-10T08:00:06", None, "qwen3-coder-plus", 1, 4000, 16000, 0, 450, 200, None),
            ("04-10T08:00:12", None, "qwen3-coder-plus", 1, 600, 20000, 0, 80, 0, None),
            ("04-10T08:05:00", None, "qwen3-max", 1, 21000, 0, 0, 60, 0, None),
        ],
    ),
    "qwen_ledger.jsonl": (
        "Qwen Code",
        [
            ("11-01T09:00:00", None, "synthetic-qwen-1", 1, 10000, 90000, 0, 1000, 400, None),
            ("11-01T09:01:00", None, "synthetic-qwen-1", 1, 2000, 0, 0, 80, 30, None),
        ],
    ),
    "zcode.sql": (
        "ZCode",
        [
            ("08-16T20:57:22", None, "GLM-5.3", 1, 4795, 11712, 0, 59, 0, None),
        ],
    ),
}


def told(record: UsageRecord) -> tuple[Any, ...]:
    """What is expected of a record."""
    cost = None if record.cost is None else str(record.cost)
    counts = (record.input_uncached, record.cache_read, record.cache_write_unspecified, record.output, record.reasoning)
    return record.start.strftime("%m-%dT%H:%M:%S"), record.provider, record.model, record.requests, *counts, cost


@pytest.mark.parametrize("name", EXPECTED)
def test_a_log_gives_what_was_used(name: str, tmp_path: Path) -> None:
    """Pieces, replays, cumulative sums, checkpoints, telemetry and cut lines change nothing."""
    agent, expected = EXPECTED[name]
    records = read_usage(sample(name, tmp_path)).records
    assert [told(record) for record in records] == expected
    assert {record.agent for record in records} == {agent}


@pytest.mark.parametrize(("first", "second"), [("qwen.jsonl", "qwen_fork.jsonl"), ("pi.jsonl", "pi_fork.jsonl")])
def test_what_a_branch_copies_counts_once(first: str, second: str) -> None:
    """A conversation that goes on in another file begins there with a copy of what was said before."""
    one, both = read_usage(SAMPLES / first).records, read_all([SAMPLES / first, SAMPLES / second]).records
    assert len(one) < len(each_once(both)) < len(both)


def test_llm_counts_each_answer_as_its_plugin_does(tmp_path: Path) -> None:
    """How long writes last is kept; a plugin that never says what was cached leaves that open; no counts, no usage."""
    read = read_usage(sample("llm.sql", tmp_path))
    by_model = {record.model: record for record in read.records}
    assert by_model["claude-sonnet-4-6"].cache_write_1h == 1500
    assert {record.model for record in read.records if record.cached_unknown} == {"mistral-large-latest"}
    assert [skip.reason for skip in read.skips] == ["its model does not say what it used"]


def line(kind: str, payload: dict[str, Any], at: str = "10:00:00") -> str:
    return json.dumps({"timestamp": f"2026-11-01T{at}Z", "type": kind, "payload": payload})


def count(total: int, last: int | None, at: str) -> str:
    """An event of Codex: the input so far, and that of the last request."""
    info = {"total_token_usage": {"input_tokens": total, "total_tokens": total}}
    if last is not None:
        info["last_token_usage"] = {"input_tokens": last, "total_tokens": last}
    return line("event_msg", {"type": "token_count", "info": info}, at)


META = {"id": "s", "cwd": "/p"}
TURN = line("turn_context", {"model": "gpt-5.5"})


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([line("session_meta", META), TURN, count(10, 10, "10:00:09"), count(30, 20, "10:00:19")], [10, 20]),
        ([line("session_meta", META), TURN, count(10, 10, "10:00:09"), count(10, 10, "10:00:10")], [10]),
        ([line("session_meta", META), TURN, count(10, None, "10:00:09"), count(30, None, "10:00:19")], [10, 20]),
        ([line("session_meta", META), TURN, count(30, None, "10:00:09"), count(5, None, "10:00:19")], [30]),
        (
            [
                line("session_meta", META | {"forked_from_id": "r"}),
                TURN,
                count(10, 10, "10:00:00"),
                count(30, 20, "10:00:01"),
                count(37, 7, "10:05:00"),
            ],
            [7],
        ),
        ([line("session_meta", META), count(10, 10, "10:00:09")], [10]),
    ],
    ids=["each request", "said again", "only sums", "a sum that began anew", "a fork", "no model"],
)
def test_codex_counts_each_request_once(lines: list[str], expected: list[int], tmp_path: Path) -> None:
    """Also where an event does not say what the last request was, and where a log begins with a copy of another."""
    (path := tmp_path / "rollout.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    records = read_usage(path).records
    assert [record.input for record in records] == expected
    assert {record.model for record in records} == ({"gpt-5.5"} if TURN in lines else {"not stated"})


def answer(usage: dict[str, Any]) -> str:
    """A line of Claude Code: an answer with its counts."""
    message = {"id": "a", "model": "claude-haiku-4-5", "usage": usage}
    return json.dumps({"type": "assistant", "timestamp": "2026-11-01T10:00:00Z", "sessionId": "s", "message": message})


def test_counts_of_claude_code_may_be_left_out_and_may_not_be_wrong(tmp_path: Path) -> None:
    """None is no tokens, a number in quotes is a number; another kind of value is refused by its line and name."""
    path = tmp_path / "log.jsonl"
    path.write_text(answer({"input_tokens": "12", "output_tokens": 3, "cache_read_input_tokens": None}) + "\n")
    assert [(record.input, record.output) for record in read_usage(path).records] == [(12, 3)]
    for wrong in (-3, "S3CRET", [1], 10**16, 1.5):
        path.write_text(answer({"output_tokens": 3}) + "\n" + answer({"output_tokens": wrong}) + "\n")
        with pytest.raises(LlmcostError, match=r"log\.jsonl:2: message\.usage\.output_tokens: expected") as refused:
            read_usage(path)
        assert "S3CRET" not in str(refused.value)
        assert len(read_usage(path, skip_bad=True).records) == 1


def test_of_the_pieces_of_an_answer_the_one_with_the_most_counts(tmp_path: Path) -> None:
    """The most output is the latest; where it is the same, the most input, in one file and over several."""
    pieces = [(7, 3), (2, 9), (5, 9), (4, 9)]
    lines = [answer({"input_tokens": given, "output_tokens": output}) for given, output in pieces]
    (path := tmp_path / "log.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert [(record.input, record.output) for record in read_usage(path).records] == [(5, 9)]
    for number, each in enumerate(lines):
        (tmp_path / f"{number}.jsonl").write_text(each + "\n", encoding="utf-8")
    found = each_once(read_all([tmp_path / f"{number}.jsonl" for number in range(len(lines))]).records)
    assert [(record.input, record.output) for record in found] == [(5, 9)]


def test_every_agent_has_a_sample_and_a_folder() -> None:
    """What is said to be read is shown, and is looked for where the agent keeps it."""
    assert sorted(EXPECTED) == agent_samples()
    shown = {agent for agent, _ in EXPECTED.values()} | {"Claude Code", "Codex"}
    assert shown == {folder.agent for folder in FOLDERS}


def marked(value: Any, *, secret: bool = False) -> Any:
    """The data with a word in place of every text that somebody wrote, said or was answered."""
    if isinstance(value, dict):
        return {key: marked(each, secret=secret or key in SPOKEN) for key, each in value.items()}
    if isinstance(value, list):
        return [marked(each, secret=secret) for each in value]
    return "S3CRET" if secret and isinstance(value, str) else value


SPOKEN = {
    "content",
    "result",
    "parts",
    "text",
    "args",
    "input",
    "payload_text",
    "thoughts",
    "title",
    "toolCalls",
    "arguments",
}


@pytest.mark.parametrize("name", [name for name in EXPECTED if not name.endswith(".sql")])
@pytest.mark.parametrize("spoil", [lambda text: text, lambda text: re.sub(r'"20[0-9]{2}-[0-9-]*T', '"S3CRET', text)])
def test_no_word_of_a_conversation_is_kept(name: str, spoil: Callable[[str], str], tmp_path: Path) -> None:
    """Neither in a record, a note or a skip, nor in the error about a log whose times are nonsense."""
    text = (SAMPLES / name).read_text(encoding="utf-8")
    if name.endswith(".jsonl"):
        whole = [json.dumps(marked(json.loads(each))) for each in text.splitlines() if each.endswith("}")]
        text = "\n".join(whole) + "\n"
    else:
        text = json.dumps(marked(json.loads(text)))
    (path := tmp_path / name).write_text(spoil(text), encoding="utf-8")
    assert "S3CRET" in path.read_text(encoding="utf-8") or spoil(text) == text
    try:
        assert "S3CRET" not in repr(read_usage(path, skip_bad=True))
        assert "S3CRET" not in repr(read_usage(path))
    except LlmcostError as refused:
        assert "S3CRET" not in f"{refused.message}{refused.remedy}"


HOME = {
    ".claude/projects/p/s.jsonl": ("samples", "claude_code_session.jsonl"),
    ".codex/sessions/2026/11/01/rollout-1.jsonl": ("samples", "codex_rollout.jsonl"),
    ".gemini/tmp/p/chats/session-1.jsonl": ("agents", "gemini.jsonl"),
    ".qwen/projects/p/chats/s.jsonl": ("agents", "qwen.jsonl"),
    ".copilot/session-state/s/events.jsonl": ("agents", "copilot.jsonl"),
    ".kimi/sessions/m/s/wire.jsonl": ("agents", "kimi.jsonl"),
    ".local/share/amp/threads/T-1.json": ("agents", "amp.json"),
}


def test_without_a_path_the_usual_folders_are_read(tmp_path: Path) -> None:
    """Every log below the home directory, folder by folder; files of the agents that hold no usage are passed over."""
    for place, (folder, name) in HOME.items():
        path = tmp_path / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes((SAMPLES.parent / folder / name).read_bytes())
    (tmp_path / ".gemini/tmp/p/chats/checkpoint-1.json").write_text('{"history": []}', encoding="utf-8")
    found = read_logs(tmp_path)
    assert {record.agent for record in found.records} == {
        "Amp", "Claude Code", "Codex", "Gemini CLI", "GitHub Copilot CLI", "Kimi CLI", "Qwen Code",
    }  # fmt: skip
    assert f"Claude Code: 1 file of {tmp_path / '.claude/projects/p'}" in found.said


def test_a_variable_moves_a_folder(tmp_path: Path) -> None:
    """As the agent itself reads it, several by comma."""
    for folder in ("a", "b"):
        (path := tmp_path / folder / "sessions" / "r.jsonl").parent.mkdir(parents=True)
        path.write_text("", encoding="utf-8")
    variables = {"CODEX_HOME": f"{tmp_path / 'a'}, {tmp_path / 'b'}"}
    ((folder, files),) = agent_logs(tmp_path / "home", variables)
    assert (folder.agent, [path.parts[-3] for path in files]) == ("Codex", ["a", "b"])


def test_a_machine_without_logs_says_so(tmp_path: Path) -> None:
    """With what to do instead."""
    with pytest.raises(LlmcostError, match="no log of a coding agent was found") as refused:
        read_logs(tmp_path)
    assert "llmcost usage PATH" in (refused.value.remedy or "")


def test_a_reported_cost_keeps_its_digits(tmp_path: Path) -> None:
    """A database keeps numbers in binary; what it shows of them is what was meant."""
    records = read_usage(sample("opencode.sql", tmp_path)).records
    assert sum(record.cost or 0 for record in records) == Decimal("0.0315")


def test_a_session_of_gemini_may_end_in_a_new_line(tmp_path: Path) -> None:
    """In one line it is a document all the same, and answers without an id are each one."""
    tokens = '"tokens": {"input": 100, "output": 5, "cached": 0, "thoughts": 0, "tool": 0, "total": 105}'
    answer = f'{{"type": "gemini", "model": "m", "timestamp": "2026-11-01T08:00:00Z", {tokens}}}'
    head = '"sessionId": "s", "projectHash": "p"'
    (path := tmp_path / "one.json").write_text(f'{{{head}, "messages": [{answer}, {answer}]}}\n')
    (log := tmp_path / "two.jsonl").write_text(f"{{{head}}}\n{answer}\n{answer}\n")
    for each in (path, log):
        assert [record.input for record in each_once(read_usage(each).records)] == [100, 100]


def test_codex_may_say_the_last_request_alone(tmp_path: Path) -> None:
    """Without a sum so far each is one."""
    counts = '{"input_tokens": 100, "output_tokens": 10, "total_tokens": 110}'
    line = (
        '{"type": "event_msg", "timestamp": "2026-11-01T08:00:%02dZ", "payload": {"type": "token_count", "info": %s}}\n'
    )
    info = f'{{"last_token_usage": {counts}}}'
    (path := tmp_path / "rollout.jsonl").write_text("".join(line % (second, info) for second in (1, 2)))
    assert sum(record.input for record in read_usage(path).records) == 200


def test_copilots_models_are_not_told_in_an_error(tmp_path: Path) -> None:
    """A name is a key there, and may hold anything."""
    event = '{"type": "session.shutdown", "parentId": null, "timestamp": "2026-11-01T08:00:00Z", "data": %s}\n'
    (path := tmp_path / "events.jsonl").write_text(event % '{"sessionId": "s", "modelMetrics": {"S3CRET": 5}}')
    with pytest.raises(LlmcostError, match="modelMetrics has a model that is no object") as refused:
        read_usage(path)
    assert "S3CRET" not in f"{refused.value.message} {refused.value.remedy}"


def test_a_line_that_no_rows_can_be_made_of_is_named(tmp_path: Path) -> None:
    """Though what a line means depends on those before it; the rest is as if it were not there."""
    counts = '"last_token_usage": {"input_tokens": 100, "output_tokens": 10, "total_tokens": 110}'
    line = '{"type": "event_msg", "timestamp": "2026-11-01T08:00:%02dZ", "payload": %s}\n'
    lines = [line % (second, f'{{"type": "token_count", "info": {{{counts}}}}}') for second in (1, 2)]
    lines.insert(1, line % (1, '["token_count", "S3CRET"]'))
    (path := tmp_path / "rollout.jsonl").write_text("".join(lines))
    with pytest.raises(LlmcostError, match=r"rollout\.jsonl:2: payload is no object") as refused:
        read_usage(path)
    assert "S3CRET" not in f"{refused.value.message} {refused.value.remedy}"
    found = read_usage(path, skip_bad=True)
    assert ([record.input for record in found.records], [skip.row for skip in found.skips]) == ([100, 100], [2])


def test_one_id_of_two_models_is_two_answers_of_claude_code(tmp_path: Path) -> None:
    """In one file as in two."""
    line = (
        '{"type": "assistant", "sessionId": "s", "timestamp": "2026-11-01T08:00:00Z", "message":'
        ' {"id": "msg_1", "model": "%s", "usage": {"input_tokens": 10, "output_tokens": 5}}}\n'
    )
    (both := tmp_path / "both.jsonl").write_text(line % "claude-a" + line % "claude-b" + line % "claude-a")
    assert [record.model for record in read_usage(both).records] == ["claude-a", "claude-b"]
