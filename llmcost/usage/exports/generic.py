"""llmcost's own CSV, for what no other format here holds: a column for each disjoint count; also as objects."""

from __future__ import annotations

import re
from collections.abc import Iterable

from llmcost.core.pricing.conditions import STANDARD, USUAL_TERMS
from llmcost.core.workload.usage_record import UsageRecord
from llmcost.usage.column_names import COUNTS, NAMES, near_miss
from llmcost.usage.format import Format, size_range, terms_of
from llmcost.usage.rows import BadColumn, BadRow, Row
from llmcost.usage.table import Table

COLUMNS = {
    **COUNTS,
    **{key: names for key, names in NAMES.items() if key != "provider"},
    **{name: (name,) for name in ("provider", "requests", "period_end", "context_tier", "batch", "cost", "currency")},
}
"""What is read where it is there, by all its names."""
NEEDED = frozenset(("period_start", "model", "input_uncached_tokens", "output_tokens"))
FIRST = 100
"""Objects by whose keys JSON is told."""
USUAL = (STANDARD, "default")


def _record(row: Row) -> UsageRecord | str:
    a_request = "requests" not in row.cells and not row.cells.get("period_end")
    start, end = row.span("period_start")
    end = row.moment("period_end") if row.cells.get("period_end") else end
    if end is not None and end < start:
        raise BadRow("period_end lies before period_start")
    tier, cost = row.text("context_tier"), row.money("cost")
    sizes = size_range(tier)
    if tier is not None and sizes is None:
        raise BadRow("context_tier is no range of sizes, such as 0-200k or > 200k")
    record = UsageRecord(
        start=start,
        end=end,
        provider=row.text("provider"),
        model=row.named("model"),
        requests=1 if a_request else row.stated_count("requests"),
        input_uncached=row.needed_count("input_uncached_tokens"),
        cache_read=_count(row, "cache_read"),
        cache_write_5m=_count(row, "cache_write_5m"),
        cache_write_1h=_count(row, "cache_write_1h"),
        cache_write_12h=_count(row, "cache_write_12h"),
        cache_write_unspecified=_count(row, "cache_write_unspecified"),
        output=row.needed_count("output_tokens"),
        reasoning=_stated_count(row, "reasoning"),
        input_range=sizes,
        audio_input=_count(row, "audio_input"),
        image_input=_count(row, "image_input"),
        video_input=_count(row, "video_input"),
        audio_output=_count(row, "audio_output"),
        image_output=_count(row, "image_output"),
        web_searches=_count(row, "web_searches"),
        terms="batch" if row.truth("batch") else _terms(row),
        place=row.text("place") or row.text("region"),
        cost=cost,
        currency=None if cost is None else _currency(row),
        agent=row.text("agent"),
        session=row.label("session") or row.label("session_id"),
        project=row.label("project") or row.label("project_id"),
    )
    if record.audio_input + record.image_input + record.video_input > record.input:
        raise BadRow("audio, image and video input are more than all input")
    if record.audio_output + record.image_output > record.output:
        raise BadRow("audio and image output are more than all output")
    _check_sizes(record)
    return record


def _rows(table: Table) -> Iterable[Row]:
    """The rows as they stand. Raises BadColumn for a name that is nearly one that is read, as what it says was lost."""
    if slip := near_miss(_columns(table), COLUMNS, NEEDED):
        raise BadColumn(f"its column {slip[0]} is not known", f"call it {slip[1]} if it is that, or leave it out")
    return table.rows


def _columns(table: Table) -> frozenset[str]:
    """The columns of CSV, or the keys of objects that hold as much."""
    if table.kind == "csv":
        return table.columns
    return frozenset(key for row in table.rows[:FIRST] for key in row.cells)


def _fits(table: Table) -> bool:
    return table.kind in ("csv", "json", "jsonl") and _columns(table) >= NEEDED


def _count(row: Row, key: str) -> int:
    """A count by whichever of its names the row has; 0 where it is left out."""
    return _stated_count(row, key) or 0


def _stated_count(row: Row, key: str) -> int | None:
    """A count by the first of its names that the row says something by; None where it is left out."""
    stated = (row.stated_count(name) for name in COUNTS[key] if name in row.cells)
    return next((count for count in stated if count is not None), None)


def _terms(row: Row) -> str | None:
    """The terms of a row; a service tier of a name that is not known is the standard one."""
    word = row.text("terms")
    found = terms_of(word or row.text("service_tier"))
    if found is None and word is not None and word.lower() not in USUAL:
        raise BadRow(f"terms is none of {', '.join(USUAL_TERMS)}")
    return found


def _currency(row: Row) -> str:
    code = row.named("currency").upper()
    if re.fullmatch("[A-Z]{3}", code) is None:
        raise BadRow("currency is no code of three letters, such as USD")
    return code


def _check_sizes(record: UsageRecord) -> None:
    """Raise BadRow where the mean request is of another size than all of them are said to be."""
    if record.input_range is None or not record.requests:
        return
    low, high = record.input_range
    if record.input < low * record.requests or (high is not None and record.input > high * record.requests):
        raise BadRow("its requests cannot be in its context_tier: their mean is of another size")


FORMAT = Format(
    "llmcost's own CSV",
    "input without what is cached",
    _fits,
    _rows,
    _record,
)
