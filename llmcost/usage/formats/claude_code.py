"""Claude Code's local log: a line for each piece of an answer, with the usage so far."""

from __future__ import annotations

from collections.abc import Iterable

from llmcost.core.workload.usage_record import UsageRecord
from llmcost.usage.format import Format
from llmcost.usage.rows import Row, Table

MADE_UP = "<synthetic>"
"""The model of messages that the program writes itself, such as those about errors."""


def _fits(table: Table) -> bool:
    return table.kind == "jsonl" and any(
        "sessionId" in row.cells and isinstance(row.cells.get("message"), dict) for row in table.rows
    )


def _rows(table: Table) -> Iterable[Row]:
    """The pieces of answers; each repeats what was used so far."""
    for row in table.rows:
        answer = row.cells.get("message")
        if row.cells.get("type") == "assistant" and isinstance(answer, dict) and "usage" in answer:
            yield row


def _record(row: Row) -> UsageRecord | str:
    message, usage = row.part("message"), row.part("message", "usage")
    if message.text("model") == MADE_UP:
        return "the program wrote the message itself"
    kept = usage.part("cache_creation")
    five, hour = kept.count("ephemeral_5m_input_tokens"), kept.count("ephemeral_1h_input_tokens")
    return UsageRecord(
        start=row.moment("timestamp"),
        provider="anthropic",
        model=message.named("model"),
        requests=1,
        input_uncached=usage.count("input_tokens"),
        cache_read=usage.count("cache_read_input_tokens"),
        cache_write_5m=five,
        cache_write_1h=hour,
        cache_write_unspecified=max(usage.count("cache_creation_input_tokens") - five - hour, 0),
        output=usage.count("output_tokens"),
        cost=(cost := row.money("costUSD")),
        currency=None if cost is None else "USD",
        session=row.text("sessionId"),
        project=row.text("cwd"),
        id=message.text("id"),
    )


FORMAT = Format("a log of Claude Code", "input without what is cached", _fits, _rows, _record)
