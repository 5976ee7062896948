"""Codex's local log: events with the tokens so far and those of the last request."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, TypedDict

from llmcost.core.workload.usage_record import UsageRecord
from llmcost.usage.format import Format, agrees, without
from llmcost.usage.rows import Row
from llmcost.usage.table import Table

COUNTS = (
    "input_tokens",
    "cached_input_tokens",
    "cache_write_input_tokens",
    "output_tokens",
    "reasoning_output_tokens",
    "total_tokens",
)
HEAD = {"session": "id", "project": "cwd", "provider": "model_provider"}
TIERS = {"fast": "priority", "priority": "priority", "flex": "flex", "ultrafast": "ultrafast"}
"""The terms that a tier of Codex's settings means; others are the standard ones."""
AT_ONCE = timedelta(seconds=1)


class Payload(TypedDict, total=False):
    """What a line is about, without what was said."""

    type: Any
    id: Any
    cwd: Any
    model: Any
    info: Any
    source: Any
    model_provider: Any
    forked_from_id: Any
    usage: Any
    response_id: Any
    thread_id: Any
    compaction_response_id: Any
    thread_settings: Any


class Line(TypedDict, total=False):
    """A line of the log."""

    type: Any
    timestamp: Any
    payload: Payload | None


def _fits(table: Table) -> bool:
    return table.kind == "jsonl" and any(_is_count(row) or _is_head(row) for row in table.rows)


def _is_head(row: Row) -> bool:
    payload = row.cells.get("payload")
    return row.cells.get("type") == "session_meta" and isinstance(payload, dict) and "cwd" in payload


def _is_count(row: Row) -> bool:
    payload = row.cells.get("payload")
    return row.cells.get("type") == "event_msg" and isinstance(payload, dict) and payload.get("type") == "token_count"


def _rows(table: Table) -> Iterable[Row]:
    """One row for each request, with the model in force then.

    An event whose sum so far has not moved says it again. Where an event does not have the counts of the last request,
    they are what the sum so far has grown by. Of what made the context shorter there is no event but a record, which
    the line about it names (openai/codex, issue 47003).
    """
    records: dict[Any, Row] = {}
    around: dict[str, Any] = {}
    before: Mapping[str, Any] = {}
    replay = _Replay()
    for row in table.rows:
        payload = row.part("payload")
        kind = payload.cells.get("type") if row.cells.get("type") == "event_msg" else row.cells.get("type")
        replay.see(row, kind)
        if kind == "session_meta":
            # A log that goes on from another one tells that one's session again after its own; others begin anew.
            own = {key: payload.cells.get(name) for key, name in HEAD.items()}
            around |= {key: (around.get(key) if replay.is_fork else None) or value for key, value in own.items()}
        elif kind == "turn_context":
            around["model"] = payload.text("model") or around.get("model")
        elif kind == "thread_settings_applied":
            tier = payload.part("thread_settings").text("service_tier")
            around["terms"] = TIERS.get(tier or "")
        elif kind == "token_usage_record":
            own = {**around, "timestamp": row.cells.get("timestamp"), "id": payload.cells.get("response_id")}
            is_copy = payload.cells.get("thread_id") not in (None, around.get("session"))  # of the log before a fork
            if not is_copy:
                records[own["id"]] = Row(row.number, {**payload.part("usage").cells, **own})
        elif kind == "compacted" and (found := records.pop(payload.cells.get("compaction_response_id"), None)):
            yield found
        if kind != "token_count":
            continue
        info = payload.part("info")
        total, last = info.part("total_token_usage").cells, info.part("last_token_usage").cells
        used = last if last and (total != before or not total) else _growth(total, before)
        before = total or before
        # An event of a total alone says how full the context is, and is of no request.
        if any(used.get(key) for key in COUNTS[:-1]) and not replay.holds(row):
            yield Row(row.number, {**used, **around, "timestamp": row.cells.get("timestamp"), "total": total})


def _growth(total: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, int]:
    """What a sum has grown by; nothing where it began anew."""
    now, then = Row(0, total), Row(0, before)
    return {key: max(now.count(key) - then.count(key), 0) for key in COUNTS}


class _Replay:
    """The beginning of a log that goes on from another one, whose events are written down again all at once."""

    def __init__(self) -> None:
        self.last: datetime | None = None
        self.is_fork = False
        self.head: Row | None = None

    def see(self, row: Row, kind: object) -> None:
        """Begin where a log says that it goes on from another, or, as before 2026, tells that one's session at once."""
        if kind != "session_meta":
            self.head = None
            return
        payload = row.part("payload")
        source = payload.cells.get("source")
        spawned = payload.part("source", "subagent").cells if isinstance(source, dict) else {}
        if payload.cells.get("forked_from_id") or spawned.get("thread_spawn") or self._is_of_another(row):
            self.last = row.moment("timestamp")
            self.is_fork = True
        self.head = row

    def _is_of_another(self, row: Row) -> bool:
        """Whether a session is told right after that of the log itself."""
        if self.head is None or self.head.part("payload").cells.get("id") == row.part("payload").cells.get("id"):
            return False
        return timedelta() <= row.moment("timestamp") - self.head.moment("timestamp") <= AT_ONCE

    def holds(self, row: Row) -> bool:
        """Whether an event is of the beginning: no request is answered so soon after the event before it."""
        if self.last is None:
            return False
        at = row.moment("timestamp")
        self.last = at if at - self.last <= AT_ONCE else None
        return self.last is not None


def _record(row: Row) -> UsageRecord | str:
    whole, output = row.count("input_tokens"), row.count("output_tokens")
    read, written = row.count("cached_input_tokens"), row.count("cache_write_input_tokens")
    agrees(row.stated_count("total_tokens") or None, whole + output, "total_tokens")
    counts = [row.count(key) for key in COUNTS]
    return UsageRecord(
        start=row.moment("timestamp"),
        provider=row.text("provider") or "openai",
        model=row.text("model") or "not stated",
        requests=1,
        input_uncached=without(whole, "input_tokens", read, written),
        cache_read=read,
        cache_write_unspecified=written,
        output=output,
        reasoning=row.stated_count("reasoning_output_tokens"),
        terms=row.text("terms"),
        agent="Codex",
        session=row.label("session"),
        project=row.label("project"),
        id=row.text("id")
        or f"{row.cells.get('timestamp')} {row.text('model')} {counts} {row.part('total').cells.get('total_tokens')}",
    )


FORMAT = Format(
    "a log of Codex",
    "input holds what is cached",
    _fits,
    _rows,
    _record,
    shape=Line,
    marks=(
        b'"token_count"',
        b'"turn_context"',
        b'"session_meta"',
        b'"thread_settings_applied"',
        b'"token_usage_record"',
        b'"compaction_response_id"',
    ),
)
