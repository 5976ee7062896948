"""OpenAI: pages of the organization's usage, and the CSV of its console."""

from __future__ import annotations

from llmcost.core.workload.usage_record import UsageRecord
from llmcost.usage.format import Format, agrees, all_rows, has_columns, results_in_buckets, terms_of, without
from llmcost.usage.rows import Row
from llmcost.usage.table import Table

PIECES = {"organization.usage.completions.result", "organization.usage.embeddings.result"}
HEAD = ("start_time", "end_time", "start_time_iso", "end_time_iso")
COUNTING = "input holds what is cached"


def _is_page(table: Table) -> bool:
    document = table.document
    return isinstance(document, dict) and document.get("object") == "page" and bool(PIECES & _kinds(document))


def _kinds(document: dict[str, object]) -> set[str]:
    """What the results of a page are called, without what they hold."""
    buckets = document.get("data")
    found: set[str] = set()
    for bucket in buckets if isinstance(buckets, list) else []:
        results = bucket.get("results") if isinstance(bucket, dict) else None
        for result in results if isinstance(results, list) else []:
            found.add(str(result.get("object")) if isinstance(result, dict) else "")
    return found


def _record(row: Row) -> UsageRecord | str:
    whole, read = row.count("input_tokens"), row.count("input_cached_tokens")
    written = row.count("input_cache_write_tokens")
    if row.text("model") is None and not (whole or row.count("output_tokens") or row.count("num_model_requests")):
        return "nothing was used in its time"
    fresh = without(whole, "input_tokens", read, written)
    agrees(row.stated_count("input_uncached_tokens"), fresh, "input_tokens")
    return UsageRecord(
        start=row.moment("start_time"),
        end=row.moment("end_time"),
        provider="openai",
        model=row.named("model"),
        requests=row.stated_count("num_model_requests"),
        input_uncached=fresh,
        cache_read=read,
        cache_write_12h=(half_day := row.count("input_cache_write_12h_tokens")),
        cache_write_unspecified=without(written, "input_cache_write_tokens", half_day),
        output=row.count("output_tokens"),
        audio_input=row.count("input_audio_tokens") + row.count("input_cached_audio_tokens"),
        image_input=row.count("input_image_tokens") + row.count("input_cached_image_tokens"),
        audio_cache_read=row.stated_count("input_cached_audio_tokens"),
        image_cache_read=row.stated_count("input_cached_image_tokens"),
        audio_output=row.count("output_audio_tokens"),
        image_output=row.count("output_image_tokens"),
        terms="batch" if row.truth("batch") else terms_of(row.text("service_tier")),
        project=row.label("project_id"),
    )


OWNERS = ("project_id", "user_id", "api_key_id")
KEYS = (*OWNERS, "model", "batch", "service_tier")
TERMS_OPEN = "on which terms it was (group it by batch and service_tier): it is taken as on the standard ones"


def _bound(table: Table) -> str | None:
    """What a page that is grouped by other things does not tell."""
    rows = results_in_buckets()(table)
    is_open = all(row.cells.get("batch") is None and row.cells.get("service_tier") is None for row in rows)
    return TERMS_OPEN if is_open else None


PAGE = Format(
    "a page of OpenAI's usage",
    COUNTING,
    _is_page,
    results_in_buckets("start_time", "end_time"),
    _record,
    _bound,
    keys=KEYS,
    owners=OWNERS,
)
CONSOLE = Format(
    "a CSV of OpenAI's console",
    COUNTING,
    lambda table: (
        has_columns(*HEAD)(table) and (has_columns("num_model_requests", "input_tokens")(table) or not _more(table))
    ),
    lambda table: all_rows(table) if _more(table) else (),
    _record,
    keys=KEYS,
    owners=OWNERS,
)


def _more(table: Table) -> bool:
    """Whether it has more than the span; the export of a time without usage has not."""
    return table.columns > frozenset(HEAD)
