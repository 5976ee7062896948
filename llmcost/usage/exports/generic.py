"""llmcost's own CSV, for what no other format here holds: a column for each disjoint count."""

from __future__ import annotations

import re

from llmcost.core.workload.usage_record import UsageRecord
from llmcost.usage.format import Format, all_rows, has_columns, size_range, terms_of
from llmcost.usage.rows import BadRow, Row

USUAL = ("standard", "default")


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
        cache_read=row.count("cache_read_tokens"),
        cache_write_5m=row.count("cache_write_5m_tokens"),
        cache_write_1h=row.count("cache_write_1h_tokens"),
        cache_write_unspecified=row.count("cache_write_tokens"),
        output=row.needed_count("output_tokens"),
        reasoning=row.stated_count("reasoning_tokens"),
        input_range=sizes,
        audio_input=row.count("audio_input_tokens"),
        image_input=row.count("image_input_tokens"),
        video_input=row.count("video_input_tokens"),
        audio_output=row.count("audio_output_tokens"),
        image_output=row.count("image_output_tokens"),
        web_searches=row.count("web_searches"),
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


def _terms(row: Row) -> str | None:
    """The terms of a row; a service tier of a name that is not known is the standard one."""
    word = row.text("terms")
    found = terms_of(word or row.text("service_tier"))
    if found is None and word is not None and word.lower() not in USUAL:
        raise BadRow("terms is none of standard, batch, flex, priority and fast")
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
    has_columns("period_start", "model", "input_uncached_tokens", "output_tokens"),
    all_rows,
    _record,
)
