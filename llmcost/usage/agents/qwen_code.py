"""Qwen Code's local log: a line for each message, with the counts of the answer.

Source of the counts: QwenLM/qwen-code, packages/core/src/services/chatRecordingService.ts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, TypedDict

from llmcost.core.workload.usage_record import UsageRecord
from llmcost.usage.format import Format, agrees, without
from llmcost.usage.rows import Row
from llmcost.usage.table import Table

TOLD = "qwen-code.api_response"
Event = TypedDict(
    "Event",
    {
        "event.name": Any,
        "model": Any,
        "input_token_count": Any,
        "output_token_count": Any,
        "cached_content_token_count": Any,
        "thoughts_token_count": Any,
        "total_token_count": Any,
    },
    total=False,
)
"""What telemetry tells of an answer."""
COUNTS = {
    "promptTokenCount": "input_token_count",
    "candidatesTokenCount": "output_token_count",
    "cachedContentTokenCount": "cached_content_token_count",
    "thoughtsTokenCount": "thoughts_token_count",
    "totalTokenCount": "total_token_count",
}
"""The counts of an answer, and what telemetry calls them."""


class Payload(TypedDict, total=False):
    """What a line of the program's own is about."""

    uiEvent: Event | None


class Line(TypedDict, total=False):
    """A line of the log, without what was said."""

    uuid: Any
    parentUuid: Any
    sessionId: Any
    timestamp: Any
    type: Any
    cwd: Any
    model: Any
    agentId: Any
    usageMetadata: Any
    systemPayload: Payload | None


def _fits(table: Table) -> bool:
    return table.kind == "jsonl" and any(
        {"uuid", "parentUuid", "sessionId"} <= row.cells.keys()
        and ("usageMetadata" in row.cells or _has_parts(row.cells.get("message")))
        for row in table.rows
    )


def _has_parts(answer: Any) -> bool:
    return isinstance(answer, dict) and "parts" in answer


def _rows(table: Table) -> Iterable[Row]:
    """The answers that say what they used, and those that telemetry alone tells of.

    Telemetry tells of each answer, by the name that the server gives the model. Those to agents below, and those that
    make the history shorter, are in no other line of the session's own log.
    """
    known: Counter[tuple[int, ...]] = Counter()
    for row in table.rows:
        if row.cells.get("type") == "assistant" and row.cells.get("usageMetadata"):
            if not row.cells.get("agentId"):
                known[_key(row.part("usageMetadata"))] += 1
            yield row
    seen: set[Any] = set()
    for row in table.rows:
        payload = row.cells.get("systemPayload")
        event = payload.get("uiEvent") if isinstance(payload, dict) else None
        if not isinstance(event, dict) or event.get("event.name") != TOLD or not event.get("model"):
            continue
        if row.cells.get("uuid") in seen:
            continue
        seen.add(row.cells.get("uuid"))
        usage = {key: event.get(name) for key, name in COUNTS.items()}
        answer = Row(row.number, {**row.cells, "model": event["model"], "usageMetadata": usage})
        key = _key(answer.part("usageMetadata"))
        known[key] -= 1
        if known[key] < 0 and any(key):
            yield answer


def _key(usage: Row) -> tuple[int, ...]:
    """What tells that an answer and a line of telemetry are of the same request."""
    return tuple(map(usage.count, ("promptTokenCount", "cachedContentTokenCount", "candidatesTokenCount")))


def _output_of(whole: int, answer: int, thoughts: int, usage: Row, total_key: str) -> int:
    """All output. Raises BadRow where the total is neither sum.

    A server of OpenAI's kind counts reasoning within the answer, one of Google's beside it; the total tells.
    """
    total = usage.stated_count(total_key) or None
    output = answer + thoughts if total == whole + answer + thoughts else answer
    agrees(total, whole + output, total_key)
    return output


def _record(row: Row) -> UsageRecord | str:
    if row.cells.get("type") == "assistant" and row.cells.get("agentId"):
        return "it is of an agent below, of which the log of the session tells as well"
    usage = row.part("usageMetadata")
    whole, read = usage.count("promptTokenCount"), usage.count("cachedContentTokenCount")
    answer, thoughts = usage.count("candidatesTokenCount"), usage.count("thoughtsTokenCount")
    output = _output_of(whole, answer, thoughts, usage, "totalTokenCount")
    return UsageRecord(
        start=row.moment("timestamp"),
        model=row.named("model"),
        requests=1,
        input_uncached=without(whole, "promptTokenCount", read),
        cache_read=read,
        output=output,
        reasoning=thoughts,
        agent="Qwen Code",
        session=row.label("sessionId"),
        project=row.label("cwd"),
        id=row.text("uuid"),
    )


LEDGER_KEYS = {"localDate", "sessionId", "model", "inputTokens", "outputTokens", "cachedTokens", "thoughtsTokens"}


def _ledger_record(row: Row) -> UsageRecord | str:
    """A line of what it keeps for its own statistics, with what each answer used."""
    whole, read = row.count("inputTokens"), row.count("cachedTokens")
    answer, thoughts = row.count("outputTokens"), row.count("thoughtsTokens")
    output = _output_of(whole, answer, thoughts, row, "totalTokens")
    return UsageRecord(
        start=row.moment("timestamp"),
        model=row.named("model"),
        requests=1,
        input_uncached=without(whole, "inputTokens", read),
        cache_read=read,
        output=output,
        reasoning=thoughts,
        agent="Qwen Code",
        session=row.label("sessionId"),
        id=row.text("id"),
    )


LEDGER = Format(
    "a ledger of Qwen Code",
    "input holds what is cached",
    lambda table: table.kind == "jsonl" and any(row.cells.keys() >= LEDGER_KEYS for row in table.rows),
    lambda table: table.rows,
    _ledger_record,
)
FORMAT = Format(
    "a log of Qwen Code",
    "input holds what is cached",
    _fits,
    _rows,
    _record,
    shape=Line,
    marks=(b'"usageMetadata"', TOLD.encode()),
)
