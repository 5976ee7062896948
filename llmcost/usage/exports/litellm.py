"""LiteLLM's gateway: its log of spend, and its table of each day."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from llmcost.core.workload.usage_record import UsageRecord
from llmcost.usage.exports.answer_counts import chat_counts, check_total
from llmcost.usage.file import NonUsage
from llmcost.usage.format import Format, all_rows, anthropic_place, has_columns, non_usage, terms_of, without
from llmcost.usage.rows import BadRow, Row
from llmcost.usage.table import Table, parsed

COUNTING = "input holds what is cached"
LOGGED = ("request_id", "call_type", "prompt_tokens", "completion_tokens", "spend")


def _is_log(table: Table) -> bool:
    return bool(table.rows) and table.kind != "csv" and table.rows[0].cells.keys() >= set(LOGGED)


def _log_rows(table: Table) -> Iterable[Row]:
    """Each request once, as it went at last, and what else cost something for it.

    Raises BadRow where one id has two usages.
    """
    answered: dict[str, Row] = {}
    failed: dict[tuple[str, Decimal], Row] = {}
    for row in table.rows:
        key, spend = row.named("request_id"), row.money("spend") or Decimal(0)
        if _has_failed(row):
            failed.setdefault((key, spend), row)
            continue
        before = answered.setdefault(key, row)
        if _counts(before) != _counts(row):
            raise BadRow(f"row {row.number}: request_id is that of row {before.number}, which has other counts")
        if (before.money("spend") or Decimal(0)) != spend:
            raise BadRow(f"row {row.number}: request_id is that of row {before.number}, which has another spend")
    in_vain = [row for (key, spend), row in failed.items() if spend or key not in answered]
    return [*answered.values(), *in_vain]


def _counts(row: Row) -> tuple[int, int]:
    return row.count("prompt_tokens"), row.count("completion_tokens")


def _has_failed(row: Row) -> bool:
    return (row.text("status") or "success") != "success"


def _logged(row: Row) -> UsageRecord | NonUsage:
    if str(row.cells.get("cache_hit")).lower() == "true":
        return non_usage(row, "the gateway answered it from its own cache", cost="spend", start="startTime")
    if _has_failed(row):
        return non_usage(row, "it failed", cost="spend", start="startTime")
    whole, output = _counts(row)
    around = _metadata(row)
    usage = around.part("metadata", "usage_object")
    check_total(row.stated_count("total_tokens"), whole + output, usage)
    counts = {"prompt_tokens": whole, "completion_tokens": output, "total_tokens": None}
    return UsageRecord(
        start=row.moment("startTime"),
        provider=row.text("custom_llm_provider"),
        model=row.named("model"),
        requests=1,
        cached_unknown=not usage.cells,
        cost=row.money("spend"),
        currency="USD",
        terms=_terms(around, usage),
        place=anthropic_place(usage.text("inference_geo")),
        session=row.label("session_id"),
        id=row.text("request_id"),
        project=row.label("team_id"),
        **chat_counts(Row(row.number, {**usage.cells, **counts})),
    )


def _metadata(row: Row) -> Row:
    """What is around a request; the gateway writes it as a text where it does not store it."""
    around = row.cells.get("metadata")
    return Row(row.number, {"metadata": parsed(around) if isinstance(around, str) else around})


def _terms(around: Row, usage: Row) -> str | None:
    """The terms that a request was billed on, else those that the answer names."""
    billed = around.part("metadata", "cost_breakdown").text("service_tier")
    return terms_of(billed) or terms_of(usage.text("service_tier")) or terms_of(usage.text("speed"))


def _daily(row: Row) -> UsageRecord | NonUsage:
    read, written = row.count("cache_read_input_tokens"), row.count("cache_creation_input_tokens")
    if row.text("model") is None and not (row.count("prompt_tokens") or row.count("completion_tokens")):
        return non_usage(row, "it is of no model", cost="spend", start="date")
    successful = row.stated_count("successful_requests")
    start, end = row.span("date")
    return UsageRecord(
        start=start,
        end=end,
        provider=row.text("custom_llm_provider"),
        model=row.named("model"),
        requests=row.stated_count("api_requests") if successful is None else successful,
        input_uncached=without(row.count("prompt_tokens"), "prompt_tokens", read, written),
        cache_read=read,
        cache_write_unspecified=written,
        output=row.count("completion_tokens"),
        cost=row.money("spend"),
        currency="USD",
    )


LOG = Format("LiteLLM's log of spend", COUNTING, _is_log, _log_rows, _logged)
DAILY = Format(
    "LiteLLM's table of each day",
    COUNTING,
    has_columns(
        "date", "custom_llm_provider", "prompt_tokens", "completion_tokens", "cache_read_input_tokens", "spend"
    ),
    all_rows,
    _daily,
    keys=("id", "user_id", "api_key", "model", "custom_llm_provider", "endpoint", "mcp_namespaced_tool_name"),
    owners=("id", "user_id", "api_key"),
)
