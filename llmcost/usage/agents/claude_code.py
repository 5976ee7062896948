"""Claude Code's local log: a line for each piece of an answer, with the usage so far."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypedDict

from llmcost.core.workload.usage_record import UsageRecord
from llmcost.usage.format import Format, terms_of
from llmcost.usage.rows import Row
from llmcost.usage.table import Table

MADE_UP = "<synthetic>"
"""The model of messages that the program writes itself, such as those about errors."""


class Usage(TypedDict, total=False):
    """The counts of a message."""

    input_tokens: Any
    output_tokens: Any
    cache_read_input_tokens: Any
    cache_creation_input_tokens: Any
    cache_creation: Any
    server_tool_use: Any
    service_tier: Any
    speed: Any


class Message(TypedDict, total=False):
    """A message, without what it says."""

    id: Any
    model: Any
    usage: Usage | None


class Line(TypedDict, total=False):
    """A line of the log."""

    type: Any
    timestamp: Any
    sessionId: Any
    cwd: Any
    costUSD: Any
    message: Message | None


def _fits(table: Table) -> bool:
    return table.kind == "jsonl" and any(
        "sessionId" in row.cells and isinstance(row.cells.get("message"), dict) and "parts" not in row.cells["message"]
        for row in table.rows
    )


def _rows(table: Table) -> Iterable[Row]:
    """Each answer once: of its pieces, which repeat what was used so far, the one with the most output."""
    kept: dict[object, tuple[int, Row]] = {}
    for row in table.rows:
        answer = row.cells.get("message")
        if row.cells.get("type") != "assistant" or not isinstance(answer, dict) or not answer.get("usage"):
            continue
        output = row.part("message", "usage").count("output_tokens")
        name = answer.get("id")
        key = name if isinstance(name, str) else row.number
        if key not in kept or output > kept[key][0]:
            kept[key] = output, row
    return [row for _, row in kept.values()]


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
        web_searches=usage.part("server_tool_use").count("web_search_requests"),
        terms=terms_of(usage.text("service_tier")) or terms_of(usage.text("speed")),
        cost=(cost := row.money("costUSD")),
        currency=None if cost is None else "USD",
        agent="Claude Code",
        session=row.text("sessionId"),
        project=row.text("cwd"),
        id=message.text("id"),
    )


FORMAT = Format(
    "a log of Claude Code",
    "input without what is cached",
    _fits,
    _rows,
    _record,
    shape=Line,
    marks=(b'"usage"',),
)
