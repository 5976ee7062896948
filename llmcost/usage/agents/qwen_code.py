"""Qwen Code's local log: a line for each message, with the counts of the answer.

Source of the counts: QwenLM/qwen-code, packages/core/src/services/chatRecordingService.ts.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypedDict

from llmcost.core.workload.usage_record import UsageRecord
from llmcost.usage.format import Format, agrees, without
from llmcost.usage.rows import Row
from llmcost.usage.table import Table


class Line(TypedDict, total=False):
    """A line of the log, without what was said."""

    uuid: Any
    parentUuid: Any
    sessionId: Any
    timestamp: Any
    type: Any
    cwd: Any
    model: Any
    usageMetadata: Any


def _fits(table: Table) -> bool:
    return table.kind == "jsonl" and any(
        {"uuid", "parentUuid", "sessionId"} <= row.cells.keys()
        and ("usageMetadata" in row.cells or _has_parts(row.cells.get("message")))
        for row in table.rows
    )


def _has_parts(answer: Any) -> bool:
    return isinstance(answer, dict) and "parts" in answer


def _rows(table: Table) -> Iterable[Row]:
    """The answers that say what they used; a line of telemetry repeats each."""
    return (row for row in table.rows if row.cells.get("type") == "assistant" and row.cells.get("usageMetadata"))


def _record(row: Row) -> UsageRecord | str:
    usage = row.part("usageMetadata")
    whole, read = usage.count("promptTokenCount"), usage.count("cachedContentTokenCount")
    answer, thoughts = usage.count("candidatesTokenCount"), usage.count("thoughtsTokenCount")
    total = usage.stated_count("totalTokenCount")
    # A server of OpenAI's kind counts reasoning within the answer, one of Google's beside it; the total tells.
    beside = thoughts if thoughts and total == whole + answer + thoughts else 0
    agrees(total, whole + answer + beside, "totalTokenCount")
    return UsageRecord(
        start=row.moment("timestamp"),
        model=row.named("model"),
        requests=1,
        input_uncached=without(whole, "promptTokenCount", read),
        cache_read=read,
        output=answer + beside,
        reasoning=thoughts,
        agent="Qwen Code",
        session=row.text("sessionId"),
        project=row.text("cwd"),
        id=row.text("uuid"),
    )


FORMAT = Format(
    "a log of Qwen Code",
    "input holds what is cached",
    _fits,
    _rows,
    _record,
    shape=Line,
    marks=(b'"usageMetadata"',),
)
