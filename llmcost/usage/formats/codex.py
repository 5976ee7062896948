"""Codex's local log: events with the tokens so far and those of the last request."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from llmcost.core.workload.usage_record import UsageRecord
from llmcost.usage.format import Format, agrees, without
from llmcost.usage.rows import Row, Table


def _fits(table: Table) -> bool:
    return table.kind == "jsonl" and any(_is_count(row) for row in table.rows)


def _is_count(row: Row) -> bool:
    payload = row.cells.get("payload")
    return row.cells.get("type") == "event_msg" and isinstance(payload, dict) and payload.get("type") == "token_count"


def _rows(table: Table) -> Iterable[Row]:
    """One row for each request, with the model in force then; an event whose sum so far has not moved says it again."""
    model: Any = None
    session: Any = None
    project: Any = None
    before: Mapping[str, Any] | None = None
    for row in table.rows:
        payload = row.part("payload")
        if row.cells.get("type") == "session_meta":
            session, project = payload.text("id"), payload.text("cwd")
        if row.cells.get("type") == "turn_context":
            model = payload.text("model") or model
        if not _is_count(row):
            continue
        info = payload.part("info")
        total, last = info.part("total_token_usage").cells, info.part("last_token_usage").cells
        if not last or total == before:
            continue
        before = total or None
        around = {"timestamp": row.cells.get("timestamp"), "model": model, "session": session, "project": project}
        yield Row(row.number, {**last, **around})


def _record(row: Row) -> UsageRecord | str:
    whole, output = row.count("input_tokens"), row.count("output_tokens")
    read, written = row.count("cached_input_tokens"), row.count("cache_write_input_tokens")
    agrees(row.stated_count("total_tokens"), whole + output, "total_tokens")
    return UsageRecord(
        start=row.moment("timestamp"),
        provider="openai",
        model=row.named("model"),
        requests=1,
        input_uncached=without(whole, "input_tokens", read, written),
        cache_read=read,
        cache_write_unspecified=written,
        output=output,
        reasoning=row.stated_count("reasoning_output_tokens"),
        session=row.text("session"),
        project=row.text("project"),
    )


FORMAT = Format("a log of Codex", "input holds what is cached", _fits, _rows, _record)
