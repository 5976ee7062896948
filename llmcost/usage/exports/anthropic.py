"""Anthropic: the usage report of messages, those of its analytics and of Claude Code, and its console's CSV."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from llmcost.core.workload.usage_record import UsageRecord
from llmcost.usage.format import (
    REQUESTS,
    Format,
    agrees,
    all_rows,
    anthropic_place,
    has_columns,
    results_in_buckets,
    size_range,
    terms_of,
    whole_page,
)
from llmcost.usage.rows import Row
from llmcost.usage.table import Table

COUNTING = "input without what is cached"
CENT = Decimal("0.01")
TIERS = {"flex_discount": "flex", "priority_on_demand": "priority"}
"""Tiers of its reports that it has other names for."""


def _has(table: Table, key: str) -> bool:
    """Whether a page has a part of its data that says what it counts, by results or by usage: one may be of none."""
    document = table.document if isinstance(table.document, dict) else {}
    data = document.get("data")
    return any("uncached_input_tokens" in each for part in _objects(data) for each in _objects(part.get(key)))


def _objects(found: Any) -> list[dict[str, Any]]:
    """The objects of a list, or the one that stands for a list."""
    return [each for each in (found if isinstance(found, list) else [found]) if isinstance(each, dict)]


def _analytics_rows(table: Table) -> Iterable[Row]:
    for row in whole_page(table).rows("data"):
        around = {key: row.cells.get(key) for key in ("starting_at", "ending_at")}
        yield Row(row.number, {**row.part("group").cells, **row.part("usage").cells, **around})


def _record(row: Row) -> UsageRecord | str:
    kept = row.part("cache_creation")
    five, hour = kept.count("ephemeral_5m_input_tokens"), kept.count("ephemeral_1h_input_tokens")
    fresh, read = row.count("uncached_input_tokens"), row.count("cache_read_input_tokens")
    output = row.count("output_tokens")
    agrees(row.stated_count("total_tokens"), fresh + read + five + hour + output, "total_tokens")
    return UsageRecord(
        start=row.moment("starting_at"),
        end=row.moment("ending_at"),
        provider="anthropic",
        model=row.named("model"),
        requests=row.stated_count("requests"),
        input_uncached=fresh,
        cache_read=read,
        cache_write_5m=five,
        cache_write_1h=hour,
        output=output,
        web_searches=row.part("server_tool_use").count("web_search_requests"),
        input_range=size_range(row.text("context_window")),
        terms=_terms(row.text("service_tier")) or terms_of(row.text("speed")),
        place=anthropic_place(row.text("inference_geo")),
        project=row.label("workspace_id"),
    )


def _terms(tier: str | None) -> str | None:
    return terms_of(TIERS.get(tier or "", tier))


def _console_record(row: Row) -> UsageRecord | str:
    start, end = row.span("usage_date_utc")
    return UsageRecord(
        start=start,
        end=end,
        provider="anthropic",
        model=row.named("model_version"),
        input_uncached=row.count("usage_input_tokens_no_cache"),
        cache_read=row.count("usage_input_tokens_cache_read"),
        cache_write_5m=row.count("usage_input_tokens_cache_write_5m"),
        cache_write_1h=row.count("usage_input_tokens_cache_write_1h"),
        cache_write_unspecified=row.count("usage_input_tokens_cache_write"),
        output=row.count("usage_output_tokens"),
        web_searches=row.count("web_search_count"),
        input_range=size_range(row.text("context_window")),
        terms=terms_of(row.text("usage_type")) or terms_of(row.text("speed")),
        place=anthropic_place(row.text("inference_geo")),
        project=row.label("workspace"),
    )


def _is_of_claude_code(table: Table) -> bool:
    document = table.document if isinstance(table.document, dict) else {}
    return any("model_breakdown" in each and "core_metrics" in each for each in _objects(document.get("data")))


def _models(table: Table) -> Iterable[Row]:
    """Each model of each day and person, with the day."""
    for day in whole_page(table).rows("data"):
        for row in day.rows("model_breakdown"):
            yield Row(day.number, {**row.cells, "date": day.cells.get("date")})


def _of_claude_code(row: Row) -> UsageRecord | str:
    start = row.moment("date")
    counts, cost = row.part("tokens"), row.part("estimated_cost")
    amount, currency = cost.money("amount"), cost.text("currency")
    return UsageRecord(
        start=start,
        end=start + timedelta(days=1),
        provider="anthropic",
        model=row.named("model"),
        input_uncached=counts.count("input"),
        cache_read=counts.count("cache_read"),
        cache_write_unspecified=counts.count("cache_creation"),
        output=counts.count("output"),
        cost=amount * CENT if amount is not None and currency else None,  # in cents, as others read it too
        currency=currency and currency.upper(),
        agent="Claude Code",
    )


OWNERS = ("workspace_id", "api_key_id", "account_id", "service_account_id", "actor")
KEYS = (
    *OWNERS,
    "model",
    "product",
    "service_tier",
    "context_window",
    "inference_geo",
    "speed",
)
TERMS_OPEN = "on which terms it was (group it by service_tier): it is taken as on the standard ones"


def _bound(table: Table) -> str:
    """What a report does not tell: never how many requests there were, and more where it is grouped by other things."""
    return f"{REQUESTS}, nor {TERMS_OPEN}" if _are_terms_open(results_in_buckets()(table)) else REQUESTS


def _are_terms_open(rows: Iterable[Row]) -> bool:
    return all(row.cells.get("service_tier") is None for row in rows)


REPORT = Format(
    "a usage report of Anthropic",
    COUNTING,
    lambda table: _has(table, "results"),
    results_in_buckets("starting_at", "ending_at"),
    _record,
    _bound,
    keys=KEYS,
    owners=OWNERS,
)
ANALYTICS = Format(
    "an analytics report of Anthropic",
    COUNTING,
    lambda table: _has(table, "usage"),
    _analytics_rows,
    _record,
    lambda table: TERMS_OPEN if _are_terms_open(_analytics_rows(table)) else None,
    keys=KEYS,
    owners=OWNERS,
)
CLAUDE_CODE = Format(
    "a report of Claude Code by Anthropic", COUNTING, _is_of_claude_code, _models, _of_claude_code, REQUESTS
)
CONSOLE = Format(
    "a CSV of Anthropic's console",
    COUNTING,
    has_columns("usage_date_utc", "model_version", "usage_input_tokens_no_cache", "usage_output_tokens"),
    all_rows,
    _console_record,
    REQUESTS,
    keys=("model_version", "workspace", "api_key", "usage_type", "context_window", "inference_geo", "speed"),
    owners=("workspace", "api_key"),
)
