"""OpenCode, and Kilo, which is made of it: a database of messages; older releases keep a file for each.

Source of the counts: anomalyco/opencode, packages/opencode/src/session/session.ts.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from llmcost.core.workload.usage_record import UsageRecord
from llmcost.usage.format import Format
from llmcost.usage.rows import BadRow, Row
from llmcost.usage.table import Table, parsed, select

ANSWERS = ("assistant", "compaction")
"""Messages that a model wrote: answers, and what was said before in fewer words."""
COUNTING = "input without what is cached, output without reasoning"


def _database_rows(table: Table) -> Iterable[Row]:
    """The answers; of sessions whose answers say nothing, what the session says of itself."""
    assert table.path is not None
    found: list[dict[str, Any]] = []
    for name in ("message", "session_message"):
        if name in table.columns:
            listed = "m.data, m.id, m.session_id, m.time_created" + (", m.type" if name != "message" else "")
            query = f"select {listed}, s.directory from {name} m left join session s on s.id = m.session_id"
            found += [
                _message(each, beside=name != "message")
                for each in select(table.path, f"{query} order by m.time_created, m.id")
            ]
    steps = _steps(table)
    told = [part for each in found for part in _parted(each, steps.get(each.get("id"), []))]
    answers = [each for each in told if _has_usage(each)]
    used = _without_copies(answers)
    if "session_message" in table.columns:
        used += _sessions(table, {each.get("sessionID") for each in answers})
    agent = "Kilo" if table.path.stem.startswith("kilo") else "OpenCode"
    return [Row(number, {**each, "agent": agent}) for number, each in enumerate(used, 1)]


STEPS = """\
select message_id, data from part where substr(data, 1, 400) like '%"step-finish"%' order by time_created, id"""


def _steps(table: Table) -> dict[Any, list[dict[str, Any]]]:
    """The requests of each message by its id; a message of an older release has the counts of its last one alone."""
    assert table.path is not None
    found: dict[Any, list[dict[str, Any]]] = {}
    if {"message_id", "data"} <= table.fields("part"):
        for row in select(table.path, STEPS):
            step = parsed(row["data"])
            if isinstance(step, dict) and step.get("type") == "step-finish" and isinstance(step.get("tokens"), dict):
                found.setdefault(row["message_id"], []).append(step)
    return found


def _parted(message: dict[str, Any], steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A message, or each of its requests where it made several."""
    if len(steps) < 2:
        return [message]
    own = [{"tokens": step["tokens"], "cost": step.get("cost")} for step in steps]
    return [{**message, **each, "id": f"{message['id']} {number}"} for number, each in enumerate(own)]


def _without_copies(messages: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The messages without those that a fork copied into another session, by other ids."""
    kept: list[dict[str, Any]] = []
    sessions: dict[str, Any] = {}
    for message in messages:
        told = str([message.get(key) for key in ("time", "modelID", "model", "tokens")])
        if sessions.setdefault(told, message.get("sessionID")) == message.get("sessionID"):
            kept.append(message)
    return kept


def _message(row: dict[str, Any], *, beside: bool) -> dict[str, Any]:
    """A message with what stands around it in its row; ``beside``: its output is without reasoning, total or not."""
    data = parsed(row.pop("data"))
    data = data if isinstance(data, dict) else {}
    data.setdefault("role", row.get("type"))
    around = {"beside": beside, "id": row["id"], "sessionID": row["session_id"], "directory": row["directory"]}
    return {**data, **{key: value for key, value in around.items() if value is not None}}


def _has_usage(message: dict[str, Any]) -> bool:
    tokens = message.get("tokens")
    return message.get("role") in ANSWERS and isinstance(tokens, dict) and any(_numbers(tokens))


def _numbers(tokens: dict[str, Any]) -> Iterable[Any]:
    cache = tokens.get("cache")
    yield from (tokens.get(key) for key in ("input", "output", "reasoning"))
    yield from cache.values() if isinstance(cache, dict) else ()


def _sessions(table: Table, known: set[Any]) -> list[dict[str, Any]]:
    """The totals of sessions that have no message with counts."""
    assert table.path is not None
    if not {"tokens_input", "tokens_output", "model"} <= table.fields("session"):
        return []
    rows = select(
        table.path,
        "select id, directory, model, time_created, cost, tokens_input, tokens_output, tokens_reasoning, "
        "tokens_cache_read, tokens_cache_write from session order by time_created, id",
    )
    made = []
    for row in rows:
        if row["id"] in known or not row["tokens_input"]:
            continue
        cache = {"read": row["tokens_cache_read"], "write": row["tokens_cache_write"]}
        counts = {"input": row["tokens_input"], "output": row["tokens_output"], "reasoning": row["tokens_reasoning"]}
        made.append(
            {
                "sessionID": row["id"],
                "directory": row["directory"],
                "model": parsed(row["model"]),
                "time": {"created": row["time_created"]},
                "cost": row["cost"],
                "tokens": {**counts, "cache": cache, "total": None},
                "whole_session": True,
                "beside": True,
            }
        )
    return made


def _is_message(table: Table) -> bool:
    document = table.document
    return isinstance(document, dict) and {"sessionID", "modelID", "providerID", "tokens"} <= document.keys()


def _record(row: Row) -> UsageRecord | str:
    tokens, cache = row.part("tokens"), row.part("tokens", "cache")
    model = row.part("model") if isinstance(row.cells.get("model"), dict) else row
    output, reasoning = tokens.count("output"), tokens.count("reasoning")
    read, written, fresh = cache.count("read"), cache.count("write"), tokens.count("input")
    whole_session = bool(row.cells.get("whole_session"))
    rest = fresh + read + written + output
    return UsageRecord(
        start=row.part("time").moment("created"),
        provider=model.text("providerID"),
        model=model.text("modelID") or model.named("id"),
        requests=None if whole_session else 1,
        input_uncached=fresh,
        cache_read=read,
        cache_write_unspecified=written,
        output=output + (reasoning if row.cells.get("beside") else _beside(tokens, model, rest)),
        reasoning=reasoning,
        cost=row.money("cost"),
        currency="USD",
        agent=row.text("agent") or "OpenCode",
        session=row.label("sessionID"),
        project=row.label("directory") or row.part("path").label("root") or row.part("path").label("cwd"),
        id=row.text("id"),
    )


def _beside(tokens: Row, model: Row, rest: int) -> int:
    """The reasoning that is not within the output: releases that count so state a total.

    Older ones keep what the seller says, and Google's output is without thoughts (@ai-sdk/google 2).
    """
    total, reasoning = tokens.stated_count("total"), tokens.count("reasoning")
    if total is None:
        is_google = (model.text("providerID") or "").startswith("google")
        return reasoning if is_google or reasoning > tokens.count("output") else 0
    if total == rest:
        return 0
    if total != rest + reasoning:
        raise BadRow("total is not the sum of its parts")
    return reasoning


DATABASE = Format(
    "the database of OpenCode or Kilo",
    COUNTING,
    lambda table: {"session", "message"} <= table.columns or {"session", "session_message"} <= table.columns,
    _database_rows,
    _record,
)
MESSAGE = Format("a message of OpenCode", COUNTING, _is_message, lambda table: table.rows, _record)
