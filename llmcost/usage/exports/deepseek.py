"""DeepSeek's CSV of amounts: a row for each kind of token of a model, a key and an hour (in older ones, a day)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from llmcost.core.workload.usage_record import UsageRecord
from llmcost.usage.format import Format
from llmcost.usage.rows import BadRow, Row
from llmcost.usage.table import Table

TYPES = ("input_cache_hit_tokens", "input_cache_miss_tokens", "output_tokens", "request_count")
AROUND = ("start_time_iso", "end_time_iso", "utc_date", "model", "api_key_name", "api_key", "user_id")


def _fits(table: Table) -> bool:
    day = {"start_time_iso", "utc_date"} & table.columns
    return bool(day) and {"model", "type", "price", "amount"} <= table.columns


def _rows(table: Table) -> Iterable[Row]:
    """The kinds of one span beside each other, at all prices that they had in it.

    Raises BadRow for a kind that is not known, or that comes twice at one price.
    """
    spans: dict[tuple[Any, ...], tuple[int, dict[str, Any]]] = {}
    seen: set[tuple[Any, ...]] = set()
    for row in table.rows:
        around = {name: row.cells.get(name) for name in AROUND}
        kind = row.cells.get("type")
        _, cells = spans.setdefault(tuple(around.values()), (row.number, around))
        if kind not in TYPES:
            raise BadRow(f"row {row.number}: type is none of {', '.join(TYPES)}")
        told = (*around.values(), kind, row.cells.get("price"))
        if told in seen:
            raise BadRow(f"row {row.number}: it has a second {kind} of the same span")
        seen.add(told)
        cells[kind] = cells.get(kind, 0) + row.count("amount")
    return [Row(number, cells) for number, cells in spans.values()]


def _record(row: Row) -> UsageRecord | str:
    end: datetime | None
    if row.cells.get("start_time_iso"):  # by the clock of who exported it, whose days are counted
        start = row.own_moment("start_time_iso")
        end = row.own_moment("end_time_iso") if row.cells.get("end_time_iso") else None
    else:
        start, end = row.span("utc_date")
    return UsageRecord(
        start=start,
        end=end,
        provider="deepseek",
        model=row.named("model"),
        requests=row.stated_count("request_count"),
        input_uncached=row.count("input_cache_miss_tokens"),
        cache_read=row.count("input_cache_hit_tokens"),
        output=row.count("output_tokens"),
        project=row.label("api_key_name"),
    )


FORMAT = Format(
    "DeepSeek's CSV of amounts", "input without what is cached", _fits, _rows, _record, keys=AROUND, owners=AROUND[-3:]
)
