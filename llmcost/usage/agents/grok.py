"""Grok Build CLI's local log: what each turn used, by model.

Sources of the counts: ccusage, crates/adapters/grok; xai-org/grok-build, crates/codegen/xai-chat-state: a turn holds
what the agents used that were asked within it, whose sessions have logs of their own.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

from llmcost.core.workload.usage_record import UsageRecord
from llmcost.usage.decoding import NotJson, decode
from llmcost.usage.format import Format, agrees, without
from llmcost.usage.rows import BadRow, Row
from llmcost.usage.table import Table

TICKS_PER_USD = Decimal(10**10)


def _fits(table: Table) -> bool:
    return table.kind == "jsonl" and any(
        str(row.cells.get("method", "")).endswith("session/update") and "params" in row.cells for row in table.rows
    )


def _rows(table: Table) -> Iterable[Row]:
    """Each turn once, taken apart by model where it says so."""
    kept: dict[object, Row] = {}
    for row in table.rows:
        params = row.part("params")
        update, meta = params.part("update"), params.part("_meta")
        if update.cells.get("sessionUpdate") != "turn_completed" or not update.cells.get("usage"):
            continue
        usage = update.part("usage")
        by_model = usage.part("modelUsage").cells or {"": usage.cells}
        by_model = {model: counts for model, counts in by_model.items() if counts is not None}
        if not all(isinstance(counts, dict) for counts in by_model.values()):  # its name is not for a message
            raise BadRow("modelUsage has a model that is no object")
        for model in by_model:
            counts = usage.part("modelUsage", model) if model else usage
            around = {
                "model": model or None,
                "session": params.cells.get("sessionId"),
                "event": meta.cells.get("eventId"),
                "time": meta.cells.get("agentTimestampMs") or row.cells.get("timestamp"),
            }
            key = (meta.cells.get("eventId") or update.cells.get("prompt_id") or row.number, model)
            kept.setdefault(key, Row(row.number, {**counts.cells, **around}))
    return kept.values()


def is_below(log: Path) -> bool:
    """Whether a log is that of an agent which another one asked, as what stands beside it says."""
    summary = log.with_name("summary.json")
    try:
        found = decode(summary.read_bytes()) if summary.is_file() else None
    except (OSError, NotJson):
        return False
    return isinstance(found, dict) and found.get("session_kind") == "subagent"


def _record(row: Row) -> UsageRecord | str:
    read, written = row.count("cachedReadTokens"), row.count("cacheCreationTokens")
    whole, output = row.count("inputTokens"), row.count("outputTokens")
    agrees(row.stated_count("totalTokens"), whole + output, "totalTokens")
    ticks = row.stated_count("costUsdTicks")
    return UsageRecord(
        start=row.moment("time"),
        provider="xai",
        model=row.text("model") or "not stated",
        requests=row.stated_count("modelCalls"),
        input_uncached=without(whole, "inputTokens", read, written),
        cache_read=read,
        cache_write_unspecified=written,
        output=output,
        reasoning=row.stated_count("reasoningTokens"),
        cost=None if ticks is None else ticks / TICKS_PER_USD,
        currency=None if ticks is None else "USD",
        agent="Grok Build CLI",
        session=row.label("session"),
        id=row.text("event"),  # which a fork keeps of what it copies
    )


FORMAT = Format(
    "a log of Grok Build CLI", "input holds what is cached", _fits, _rows, _record, marks=(b'"turn_completed"',)
)
