"""ZCode's database: a row for each request.

Source of the counts: ccusage, crates/adapters/zcode.
"""

from __future__ import annotations

from collections.abc import Iterable

from llmcost.core.workload.usage_record import UsageRecord
from llmcost.usage.format import Format, without
from llmcost.usage.rows import Row
from llmcost.usage.table import Table, select


def _rows(table: Table) -> Iterable[Row]:
    assert table.path is not None
    query = (
        "select u.*, s.directory from model_usage u left join session s on s.id = u.session_id order by u.started_at"
    )
    return [Row(number, row) for number, row in enumerate(select(table.path, query), 1)]


def _record(row: Row) -> UsageRecord | str:
    if row.text("status") != "completed":
        return "it was not completed"
    read, written = row.count("cache_read_input_tokens"), row.count("cache_creation_input_tokens")
    return UsageRecord(
        start=row.moment("started_at"),
        model=row.named("model_id"),
        requests=1,
        input_uncached=without(row.count("input_tokens"), "input_tokens", read, written),
        cache_read=read,
        cache_write_unspecified=written,
        output=row.count("output_tokens"),
        reasoning=row.stated_count("reasoning_tokens"),
        agent="ZCode",
        session=row.label("session_id"),
        project=row.label("directory"),
        id=row.text("id"),
    )


FORMAT = Format(
    "the database of ZCode",
    "input holds what is cached",
    lambda table: {"model_usage", "session"} <= table.columns,
    _rows,
    _record,
)
