"""The pi coding agent, and OpenClaw, which is made of it: a line for each message, or a database of such lines.

Source of the counts: @mariozechner/pi-coding-agent, docs/session-format.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypedDict

from llmcost.core.workload.usage_record import UsageRecord
from llmcost.usage.compression import DamageError, SizeError, unpack
from llmcost.usage.format import Format, without
from llmcost.usage.rows import BadRow, Row
from llmcost.usage.table import Table, parsed, select

COUNTING = "input without what is cached"
SUMMARIES = ("compaction", "branch_summary")
"""Lines of what was said before in fewer words, which a model wrote."""


BESIDE = "usage"
"""Lines of requests that are no message, such as those that keep a cache warm."""
INCLUSIVE = ("openai", "google")
"""How sellers begin whose input older releases kept with what was cached in it."""
MOST_BYTES = 64 * 10**6


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
    usage: Any
    model: Any
    message: Message | None


def _fits(table: Table) -> bool:
    first = table.rows[0].cells if table.rows else {}
    is_head = first.get("type") == "session" and "cwd" in first and ("id" in first or "version" in first)
    return table.kind == "jsonl" and is_head


def _rows(table: Table) -> Iterable[Row]:
    return _answers(table.rows)


def _answers(rows: Iterable[Row]) -> Iterable[Row]:
    """The answers that say what they used, with the model in force where they do not name one.

    So do summaries of a conversation, and results of tools that asked a model, which they do not name.
    """
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
        is_own = kind in (*SUMMARIES, BESIDE)
        message = row.cells if is_own else row.cells.get("message") if kind == "message" else None
        if not isinstance(message, dict) or not isinstance(message.get("usage"), dict):
            continue
        own: dict[str, Any] = {"usage": message["usage"], "id": row.cells.get("id")}
        own["timestamp"] = row.cells.get("timestamp") or message.get("timestamp")
        if message.get("role") == "assistant":
            around["provider"] = message.get("provider") or around.get("provider")
            around["model"] = message.get("model") or message.get("modelId") or around.get("model")
        elif message.get("role") == "toolResult":
            own |= {"provider": None, "model": "not stated"}
        elif kind in SUMMARIES:
            own["model"] = around.get("model") or "not stated"
        elif kind == BESIDE:
            own |= {"provider": row.cells.get("provider"), "model": row.cells.get("model")}
        else:
            continue
        yield Row(row.number, {**around, **own})


def _record(row: Row) -> UsageRecord | str:
    usage = row.part("usage")
    counts = [usage.count(key) for key in ("input", "cacheRead", "cacheWrite", "output")]
    if not any(counts):
        return "it used nothing"
    fresh = _fresh(counts, usage.stated_count("totalTokens") or sum(counts), row.text("provider") or "")
    hour, cost = usage.count("cacheWrite1h"), usage.part("cost").money("total")
    return UsageRecord(
        start=row.moment("timestamp"),
        provider=row.text("provider"),
        model=row.named("model"),
        requests=1,
        input_uncached=fresh,
        cache_read=counts[1],
        cache_write_1h=hour,
        cache_write_unspecified=without(counts[2], "cacheWrite", hour),
        output=counts[3],
        cost=cost,
        currency=None if cost is None else "USD",
        agent="pi",
        session=row.label("session"),
        project=row.label("project"),
        id=f"{row.text('id')} {row.cells.get('timestamp')} {counts}",  # a fork begins with a copy of the log before it
    )


def _fresh(counts: Sequence[int], total: int, provider: str) -> int:
    """The input that was not cached; the total is the seller's own, which may hold what no count does.

    That of Bedrock may leave out what was cached, and those of OpenAI and Google may be of input that holds it
    (openclaw issue 69298, pi issue 2588).
    Raises BadRow for a total that leaves out anything else.
    """
    given, read, written, output = counts
    if total >= sum(counts):
        return given
    if total != given + output or not provider.startswith((*INCLUSIVE, "amazon-bedrock")):
        raise BadRow("totalTokens is not the sum of its parts")
    return without(given, "input", read, written) if provider.startswith(INCLUSIVE) else given


def _database_rows(table: Table) -> Iterable[Row]:
    assert table.path is not None
    zipped = ", event_zstd" if "event_zstd" in table.fields("transcript_events") else ""
    query = f"select session_id, event_json{zipped} from transcript_events order by session_id, seq"
    by_session: dict[Any, list[Row]] = {}
    for number, event in enumerate(select(table.path, query), 1):
        data = parsed(event["event_json"] or _unpacked(event.get("event_zstd")))
        if isinstance(data, dict):
            by_session.setdefault(event["session_id"], []).append(Row(number, data))
    for session, rows in by_session.items():
        yield from (Row(row.number, {"session": session, **row.cells}) for row in _answers(rows))


def _unpacked(cell: Any) -> str | None:
    """A longer event, which newer releases pack. Raises BadRow for one that is damaged."""
    if not isinstance(cell, bytes):
        return None
    try:
        return unpack(cell, MOST_BYTES).decode("utf-8", "replace")
    except (DamageError, SizeError):
        raise BadRow("event_zstd cannot be unpacked: it is cut or damaged") from None


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
