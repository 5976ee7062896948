"""GitHub Copilot CLI: what a session used when it ended, by model; spans where they are exported; its own database.

Source of the counts: @github/copilot-sdk, dist/generated/session-events.d.ts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from llmcost.core.workload.usage_record import UsageRecord
from llmcost.usage.format import Format, without
from llmcost.usage.rows import BadRow, Row
from llmcost.usage.table import Table, select

COUNTING = "input holds what is cached"
AGENT = "GitHub Copilot CLI"
COUNTS = ("inputTokens", "outputTokens", "cacheReadTokens", "cacheWriteTokens", "reasoningTokens")
NANO_CREDITS_PER_USD = Decimal(10**11)
"""An AI credit of GitHub's is a cent."""


def _is_events(table: Table) -> bool:
    first = table.rows[0].cells if table.rows else {}
    return table.kind == "jsonl" and {"type", "data", "parentId"} <= first.keys()


def _event_rows(table: Table) -> Iterable[Row]:
    """What each model used up to the end of a session, or since its end before.

    Newer releases go on counting when a session is resumed, older ones begin anew. So what was counted before is taken
    off where no count is below it. Where a conversation was made shorter they begin anew too (codeburn,
    docs/providers/copilot.md), and nothing tells what was used since the end before.
    """
    session = project = None
    before: dict[str, Mapping[str, int]] = {}
    is_open = False
    for row in table.rows:
        data = row.part("data")
        session = data.cells.get("sessionId") or session
        project = data.part("context").cells.get("cwd") or project
        kind = row.cells.get("type")
        if kind == "session.compaction_complete" and data.cells.get("success"):
            before = {}
            yield Row(row.number, {"untold": "what was used before the session was made shorter is not told"})
        is_open = kind != "session.shutdown"
        if is_open:
            continue
        for model in data.part("modelMetrics").cells:
            if not isinstance(data.part("modelMetrics").cells[model], dict):  # its name is not for a message
                raise BadRow("modelMetrics has a model that is no object")
            metrics = data.part("modelMetrics", model)
            usage = metrics.part("usage")
            counts = {key: usage.count(key) for key in COUNTS} | {
                "requests": metrics.part("requests").count("count"),
                "totalNanoAiu": metrics.count("totalNanoAiu"),
            }
            known = before.get(model, {})
            goes_on = all(counts[key] >= known.get(key, 0) for key in counts)
            part = {key: count - known.get(key, 0) if goes_on else count for key, count in counts.items()}
            before[model] = counts
            if any(part[key] for key in COUNTS):
                around = {"model": model, "session": session, "project": project}
                yield Row(row.number, {**part, **around, "timestamp": row.cells.get("timestamp")})
    if is_open:
        yield Row(row.number, {"untold": "the session has not ended, and only its end tells what was used since"})


def _event_record(row: Row) -> UsageRecord | str:
    if "untold" in row.cells:
        return str(row.cells["untold"])
    read, written = row.count("cacheReadTokens"), row.count("cacheWriteTokens")
    credits_used = row.count("totalNanoAiu")
    return UsageRecord(
        start=row.moment("timestamp"),
        model=_model(row.named("model")),
        requests=row.stated_count("requests") or None,
        input_uncached=without(row.count("inputTokens"), "inputTokens", read, written),
        cache_read=read,
        cache_write_unspecified=written,
        output=row.count("outputTokens"),
        reasoning=row.count("reasoningTokens"),
        cost=credits_used / NANO_CREDITS_PER_USD if credits_used else None,
        currency="USD" if credits_used else None,
        agent=AGENT,
        session=row.label("session"),
        project=row.label("project"),
    )


def _model(name: str) -> str:
    return name.removesuffix("-1m-internal").removesuffix("-1m")


def _is_spans(table: Table) -> bool:
    return table.kind == "jsonl" and any(
        isinstance(row.cells.get("attributes"), dict) and "traceId" in row.cells for row in table.rows
    )


def _span_rows(table: Table) -> Iterable[Row]:
    """Each chat once; a span of the whole agent adds up those within it, and an answer may be exported again."""
    kept: dict[object, Row] = {}
    for row in table.rows:
        attributes = row.part("attributes").cells
        if attributes.get("gen_ai.operation.name") != "chat" or "gen_ai.usage.input_tokens" not in attributes:
            continue
        key = attributes.get("gen_ai.response.id") or row.number
        kept.setdefault(key, Row(row.number, {**attributes, "time": row.cells.get("endTime")}))
    return kept.values()


def _span_record(row: Row) -> UsageRecord | str:
    read = row.count("gen_ai.usage.cache_read.input_tokens")
    written = row.count("gen_ai.usage.cache_write.input_tokens") or row.count(
        "gen_ai.usage.cache_creation.input_tokens"
    )
    return UsageRecord(
        start=Row(row.number, {"endTime": _nanoseconds(row.cells.get("time"))}).nanoseconds("endTime"),
        model=_model(row.text("gen_ai.response.model") or row.named("gen_ai.request.model")),
        requests=1,
        input_uncached=without(row.count("gen_ai.usage.input_tokens"), "input_tokens", read, written),
        cache_read=read,
        cache_write_unspecified=written,
        output=row.count("gen_ai.usage.output_tokens"),
        reasoning=row.stated_count("gen_ai.usage.reasoning.output_tokens"),
        agent=AGENT,
        session=row.label("gen_ai.conversation.id"),
        id=row.text("gen_ai.response.id"),
    )


def _nanoseconds(value: Any) -> int:
    if not isinstance(value, list) or [type(part) for part in value] != [int, int]:
        raise BadRow("endTime is no pair of seconds and nanoseconds")
    return int(value[0]) * 10**9 + int(value[1])


def _store_rows(table: Table) -> Iterable[Row]:
    assert table.path is not None
    events = select(
        table.path,
        "select e.session_id, e.model, e.input_tokens, e.output_tokens, e.cache_read_tokens, e.cache_write_tokens, "
        "e.reasoning_tokens, e.created_at, s.cwd from assistant_usage_events e "
        "left join sessions s on s.id = e.session_id order by e.id",
    )
    return [Row(number, event) for number, event in enumerate(events, 1)]


def _store_record(row: Row) -> UsageRecord | str:
    read, written = row.count("cache_read_tokens"), row.count("cache_write_tokens")
    return UsageRecord(
        start=row.moment("created_at"),
        model=_model(row.named("model")),
        requests=1,
        input_uncached=without(row.count("input_tokens"), "input_tokens", read, written),
        cache_read=read,
        cache_write_unspecified=written,
        output=row.count("output_tokens"),
        reasoning=row.stated_count("reasoning_tokens"),
        agent=AGENT,
        session=row.label("session_id"),
        project=row.label("cwd"),
    )


EVENTS = Format("a log of GitHub Copilot CLI", COUNTING, _is_events, _event_rows, _event_record)
SPANS = Format("spans of GitHub Copilot", COUNTING, _is_spans, _span_rows, _span_record)
STORE = Format(
    "the database of GitHub Copilot CLI",
    COUNTING,
    lambda table: "assistant_usage_events" in table.columns,
    _store_rows,
    _store_record,
)
