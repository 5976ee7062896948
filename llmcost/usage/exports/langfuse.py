"""Langfuse's observations: buckets of tokens by free names, which are disjoint, with the sum that the client sent."""

from __future__ import annotations

import re
from collections.abc import Iterable

from llmcost.core.workload.usage_record import UsageRecord
from llmcost.files.json import parse_json
from llmcost.usage.file import NonUsage
from llmcost.usage.format import Format, agrees, non_usage, terms_of
from llmcost.usage.rows import BadRow, Row
from llmcost.usage.table import Table, parsed

FIRST = 100
"""Rows of which one tells that it is Langfuse's."""
BUCKETS = {
    "input": "input_uncached",
    "input_text": "input_uncached",
    "input_cached_tokens": "cache_read",
    "input_cache_read": "cache_read",
    "cache_read_input_tokens": "cache_read",
    "input_cache_creation": "cache_write_unspecified",
    "cache_creation_input_tokens": "cache_write_unspecified",
    "input_cache_creation_5m": "cache_write_5m",
    "input_cache_creation_1h": "cache_write_1h",
    "input_ephemeral_5m_input_tokens": "cache_write_5m",
    "input_ephemeral_1h_input_tokens": "cache_write_1h",
    "output": "output",
    "output_text": "output",
    "output_reasoning": "output",
    "output_reasoning_tokens": "output",
    "input_audio_tokens": "input_uncached",
    "output_audio_tokens": "output",
    "output_accepted_prediction_tokens": "output",
    "output_rejected_prediction_tokens": "output",
    **{f"input_modality_{kind}": "input_uncached" for kind in ("TEXT", "AUDIO", "IMAGE", "VIDEO")},
    **{f"output_modality_{kind}": "output" for kind in ("TEXT", "AUDIO", "IMAGE")},
}
"""What a bucket holds; one that holds something by another name is refused, as no one can say what it counts."""


SERVED = re.compile("(input|output)_(priority|flex)(_.+)?")
"""Buckets that say again, by how it was served, what others count; LangChain makes them."""


def _fits(table: Table) -> bool:
    return any({"traceId", "usageDetails", "model", "startTime"} <= row.cells.keys() for row in table.rows[:FIRST])


def _rows(table: Table) -> Iterable[Row]:
    """The generations and whatever else has usage, with the objects that CSV has as texts."""
    for row in table.rows:
        details = _object(row.cells.get("usageDetails"))
        if details or row.cells.get("type") in (None, "", "GENERATION"):
            settings = row.cells.get("modelParameters")
            settings = parsed(settings) if isinstance(settings, str) else settings
            tier = settings.get("service_tier") if isinstance(settings, dict) else None
            yield Row(row.number, {**row.cells, "usageDetails": details, "tier": tier})


def _object(cell: object) -> object:
    if not isinstance(cell, str):
        return cell
    try:
        return parse_json(cell) if cell else None
    except ValueError:
        raise BadRow("usageDetails is no object") from None


def _held(details: Row, bucket: str) -> int:
    """How much a bucket of an unknown name holds; its name is not for a message."""
    return Row(details.number, {"a bucket": details.cells[bucket]}).count("a bucket")


def _record(row: Row) -> UsageRecord | NonUsage:
    details = row.part("usageDetails")
    sums: dict[str, int] = {}
    terms = terms_of(row.text("tier"))
    for bucket in details.cells:
        if bucket == "total" or (bucket not in BUCKETS and not _held(details, bucket)):
            continue
        if served := SERVED.fullmatch(bucket):
            terms = served[2]
            continue
        if bucket not in BUCKETS:
            raise BadRow("usageDetails has a bucket whose name says not what it counts")
        sums[BUCKETS[bucket]] = sums.get(BUCKETS[bucket], 0) + details.count(bucket)
    if not sums:
        return non_usage(row, "it says nothing of tokens", cost="totalCost", start="startTime")
    agrees(details.stated_count("total"), sum(sums.values()), "total")
    thought = [details.count(bucket) for bucket in details.cells if bucket.startswith("output_reasoning")]
    return UsageRecord(
        start=row.moment("startTime"),
        model=row.named("model"),
        requests=1,
        input_uncached=sums.get("input_uncached", 0),
        cache_read=sums.get("cache_read", 0),
        cache_write_5m=sums.get("cache_write_5m", 0),
        cache_write_1h=sums.get("cache_write_1h", 0),
        cache_write_unspecified=sums.get("cache_write_unspecified", 0),
        output=sums.get("output", 0),
        reasoning=sum(thought) if thought else None,
        audio_input=details.count("input_audio_tokens") + details.count("input_modality_AUDIO"),
        image_input=details.count("input_modality_IMAGE"),
        video_input=details.count("input_modality_VIDEO"),
        audio_output=details.count("output_audio_tokens") + details.count("output_modality_AUDIO"),
        image_output=details.count("output_modality_IMAGE"),
        terms=terms,
        cost=(cost := row.money("totalCost")),
        currency=None if cost is None else "USD",
        session=row.label("traceId"),
        id=row.text("id"),
        project=row.label("projectId"),
    )


FORMAT = Format("Langfuse's observations", "input without what is cached", _fits, _rows, _record)
