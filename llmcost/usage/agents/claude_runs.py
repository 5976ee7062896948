"""What `claude -p --output-format json` prints at the end of a run: what each model of it used.

Source of the counts: @anthropic-ai/claude-code, sdk.d.ts, SDKResultMessage.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from llmcost.core.workload.usage_record import UNDATED, UsageRecord
from llmcost.usage.format import REQUESTS, Format
from llmcost.usage.rows import BadRow, Row
from llmcost.usage.table import Table


def _is_result(cells: Any) -> bool:
    return cells.get("type") == "result" and isinstance(cells.get("modelUsage"), dict)


def _rows(table: Table) -> Iterable[Row]:
    """A row for each model of each run; what is printed on the way says the same."""
    for row in table.rows:
        if _is_result(row.cells):
            for model, used in row.cells["modelUsage"].items():
                if not isinstance(used, dict):
                    raise BadRow("modelUsage has a model that is no object")
                around = {"session": row.cells.get("session_id"), "run": row.cells.get("uuid")}
                yield Row(row.number, {**used, **around, "model": model})


def _record(row: Row) -> UsageRecord | str:
    cost = row.money("costUSD")
    run, model = row.text("run"), row.named("model")
    return UsageRecord(
        start=UNDATED,
        model=model,
        input_uncached=row.count("inputTokens"),
        cache_read=row.count("cacheReadInputTokens"),
        cache_write_unspecified=row.count("cacheCreationInputTokens"),
        output=row.count("outputTokens"),
        web_searches=row.count("webSearchRequests"),
        cost=cost,
        currency=None if cost is None else "USD",
        agent="Claude Code",
        session=row.label("session"),
        id=None if run is None else f"{run} {model}",
    )


FORMAT = Format(
    "a result of Claude Code",
    "input without what is cached",
    lambda table: any(_is_result(row.cells) for row in table.rows),
    _rows,
    _record,
    REQUESTS,
)
