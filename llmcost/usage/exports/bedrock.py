"""Bedrock's log of invocations, as AWS writes it to S3 or CloudWatch: a line for each request."""

from __future__ import annotations

import re
from typing import Any

from llmcost.core.workload.usage_record import UsageRecord
from llmcost.usage.decoding import Count, Name, Shape
from llmcost.usage.exports.answer_counts import converse_counts, messages_counts
from llmcost.usage.format import Format, all_rows
from llmcost.usage.rows import BadRow, Row, moment_of, name_of, needed_name
from llmcost.usage.table import Table

KIND = "ModelInvocationLog"
PROFILE = re.compile(r"(global|us-gov|[a-z]{2,4})\.[a-z0-9-]+\..*")
"""An inference profile of several regions, which has a price of its own: where it was called from does not matter."""


class Sent(Shape):
    """What was sent, without what it says."""

    inputTokenCount: Count = None  # noqa: N815 (the log's own words)
    cacheReadInputTokenCount: Count = None  # noqa: N815
    cacheWriteInputTokenCount: Count = None  # noqa: N815


class Made(Shape):
    """What was answered: of its body only the usage is looked at."""

    outputTokenCount: Count = None  # noqa: N815
    outputBodyJson: Any = None  # noqa: N815


class Line(Shape):
    """A line of the log."""

    timestamp: Any = None
    region: Name = None
    requestId: Name = None  # noqa: N815
    modelId: Name = None  # noqa: N815
    errorCode: Any = None  # noqa: N815
    input: Sent | None = None
    output: Made | None = None


def _fits(table: Table) -> bool:
    return any(row.cells.get("schemaType") == KIND for row in table.rows)


def _record(row: Row) -> UsageRecord | str:
    line = row.shaped(Line)
    sent, made = line.input or Sent(), line.output or Made()
    if line.errorCode:
        return "it failed"
    if sent.inputTokenCount is None and made.outputTokenCount is None:
        return "it does not say what was used in tokens"
    model = needed_name("modelId", line.modelId).rpartition("/")[2]  # of an ARN its end
    written, kept = sent.cacheWriteInputTokenCount or 0, _kept(made.outputBodyJson)
    if sum(kept) > written:
        raise BadRow("cacheWriteInputTokenCount is less than what the answer says was written")
    return UsageRecord(
        start=moment_of("timestamp", line.timestamp),
        provider="bedrock",
        model=model,
        place=None if PROFILE.fullmatch(model) else line.region,
        requests=1,
        input_uncached=sent.inputTokenCount or 0,
        cache_read=sent.cacheReadInputTokenCount or 0,
        cache_write_5m=kept[0],
        cache_write_1h=kept[1],
        cache_write_unspecified=written - sum(kept),
        output=made.outputTokenCount or 0,
        id=name_of("requestId", line.requestId),
    )


def _kept(body: Any) -> tuple[int, int]:
    """What was written to a cache for 5 minutes and for an hour, where the answer says so; in pieces the first does."""
    for piece in body if isinstance(body, list) else [body]:
        for holder in (piece, piece.get("message") if isinstance(piece, dict) else None):
            usage = holder.get("usage") if isinstance(holder, dict) else None
            if isinstance(usage, dict) and usage.get("cache_creation"):
                return _written(messages_counts(Row(1, usage)))
            if isinstance(usage, dict) and usage.get("cacheDetails"):
                return _written(converse_counts(Row(1, usage)))
    return 0, 0


def _written(counts: dict[str, Any]) -> tuple[int, int]:
    return counts["cache_write_5m"], counts["cache_write_1h"]


FORMAT = Format(
    "a log of Bedrock's invocations",
    "input without what is cached",
    _fits,
    all_rows,
    _record,
    shape=Line,
    marks=(b'"ModelInvocationLog"',),
)
