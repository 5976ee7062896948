"""Amp's threads: a document each, with a ledger of what was used, or with the counts at the messages.

Source of the counts: ccusage, crates/adapters/amp.
"""

from __future__ import annotations

from collections.abc import Iterable

from llmcost.core.workload.usage_record import UsageRecord
from llmcost.usage.format import Format
from llmcost.usage.rows import Row
from llmcost.usage.table import Table

COUNTS = ("inputTokens", "outputTokens", "cacheReadInputTokens", "cacheCreationInputTokens")


def _fits(table: Table) -> bool:
    document = table.document
    return (
        isinstance(document, dict)
        and str(document.get("id", "")).startswith("T-")
        and isinstance(document.get("messages"), list)
    )


def _rows(table: Table) -> Iterable[Row]:
    """What the ledger has, with the cached tokens of its messages; where there is none, what the messages have."""
    (thread,) = table.rows
    around = {"session": thread.cells.get("id"), "project": _project(thread)}
    messages = {
        message.cells.get("messageId"): message
        for message in thread.rows("messages")
        if message.cells.get("role") == "assistant" and message.cells.get("usage")
    }
    if thread.part("usageLedger").cells.get("events"):
        for event in thread.part("usageLedger").rows("events"):
            tokens = event.part("tokens")
            answer = messages.get(event.cells.get("toMessageId"))
            cached = {key: tokens.cells.get(key) for key in COUNTS[2:]}
            if answer is not None:
                cached = {key: answer.part("usage").cells.get(key, count) for key, count in cached.items()}
            counts = {"inputTokens": tokens.cells.get("input"), "outputTokens": tokens.cells.get("output")}
            yield Row(event.number, {**event.cells, **around, **cached, **counts})
        return
    for key, message in messages.items():
        yield Row(message.number, {**message.part("usage").cells, **around, "id": key})


def _project(thread: Row) -> object:
    trees = thread.part("env", "initial").cells.get("trees")
    first = trees[0] if isinstance(trees, list) and trees else None
    return first.get("uri") if isinstance(first, dict) else None


def _record(row: Row) -> UsageRecord | str:
    fresh, output, read, written = (row.count(key) for key in COUNTS)
    project = row.label("project")
    if not (fresh or output or read or written):
        return "it used nothing"
    return UsageRecord(
        start=row.moment("timestamp"),
        model=row.named("model"),
        requests=1,
        input_uncached=fresh,
        cache_read=read,
        cache_write_unspecified=written,
        output=output,
        agent="Amp",
        session=row.label("session"),
        project=None if project is None else project.removeprefix("file://"),
        id=f"{row.text('session')} {row.cells.get('id')}",
    )


FORMAT = Format("a thread of Amp", "input without what is cached", _fits, _rows, _record)
