"""The pi coding agent, and OpenClaw, which is made of it: a line for each message, or a database of such lines.

Source of the counts: @mariozechner/pi-coding-agent, docs/session-format.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypedDict

from llmcost.core.workload.usage_record import UsageRecord
from llmcost.usage.format import Format, agrees
from llmcost.usage.rows import Row
from llmcost.usage.table import Table, parsed, select

COUNTING = "input without what is cached"


class Message(TypedDict, total=False):
    """A message, without what it says."""

    role: Any
    provider: Any
    model: Any
    modelId: Any
    usage: Any
    timestamp: Any


class Line(TypedDict, total=False):
    """A line of the log."""

    type: Any
    customType: Any
    id: Any
    timestamp: Any
    cwd: Any
    provider: Any
    modelId: Any
    data: Any
    message: Message | None


def _fits(table: Table) -> bool:
    first = table.rows[0].cells if table.rows else {}
    return table.kind == "jsonl" and first.get("type") == "session" and {"version", "cwd"} <= first.keys()


def _rows(table: Table) -> Iterable[Row]:
    return _answers(table.rows)


def _answers(rows: Iterable[Row]) -> Iterable[Row]:
    """The answers that say what they used, with the model in force where they do not name one."""
    around: dict[str, Any] = {}
    for row in rows:
        kind, data = row.cells.get("type"), row.cells.get("data")
        if kind == "session":
            around |= {"session": row.cells.get("id"), "project": row.cells.get("cwd")}
        changed = (
            row.cells if kind == "model_change" else data if row.cells.get("customType") == "model-snapshot" else None
        )
        if isinstance(changed, dict):
            around |= {"model": changed.get("modelId"), "provider": changed.get("provider")}
        message = row.cells.get("message")
        if kind != "message" or not isinstance(message, dict):
            continue
        if message.get("role") == "assistant" and message.get("usage"):
            own = {key: message[key] for key in ("provider", "usage") if message.get(key)}
            own["model"] = message.get("model") or message.get("modelId") or around.get("model")
            own["timestamp"] = row.cells.get("timestamp") or message.get("timestamp")
            yield Row(row.number, {**around, **own, "id": row.cells.get("id")})


def _record(row: Row) -> UsageRecord | str:
    usage = row.part("usage")
    counts = [usage.count(key) for key in ("input", "cacheRead", "cacheWrite", "output")]
    if not any(counts):
        return "it used nothing"
    agrees(usage.stated_count("totalTokens"), sum(counts), "totalTokens")
    cost = usage.part("cost").money("total")
    return UsageRecord(
        start=row.moment("timestamp"),
        provider=row.text("provider"),
        model=row.named("model"),
        requests=1,
        input_uncached=counts[0],
        cache_read=counts[1],
        cache_write_unspecified=counts[2],
        output=counts[3],
        cost=cost,
        currency=None if cost is None else "USD",
        agent="pi",
        session=row.label("session"),
        project=row.label("project"),
        id=f"{row.text('id')} {row.cells.get('timestamp')} {counts}",  # a fork begins with a copy of the log before it
    )


def _database_rows(table: Table) -> Iterable[Row]:
    assert table.path is not None
    events = select(table.path, "select session_id, event_json from transcript_events order by session_id, seq")
    by_session: dict[Any, list[Row]] = {}
    for number, event in enumerate(events, 1):
        data = parsed(event["event_json"])
        if isinstance(data, dict):
            by_session.setdefault(event["session_id"], []).append(Row(number, data))
    for session, rows in by_session.items():
        yield from (Row(row.number, {"session": session, **row.cells}) for row in _answers(rows))


FORMAT = Format("a log of pi or OpenClaw", COUNTING, _fits, _rows, _record, shape=Line)
DATABASE = Format(
    "the database of OpenClaw",
    COUNTING,
    lambda table: "transcript_events" in table.columns,
    _database_rows,
    lambda row: _of_openclaw(_record(row)),
)


def _of_openclaw(found: UsageRecord | str) -> UsageRecord | str:
    return found if isinstance(found, str) else found._replace(agent="OpenClaw")
