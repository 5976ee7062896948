"""Reports of costs: OpenAI's pages, Anthropic's report and the CSV of its console, DeepSeek's CSV."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from llmcost.core.workload.billed_cost import BilledCost
from llmcost.usage.format import Format, anthropic_place, has_columns, results_in_buckets
from llmcost.usage.rows import BadRow, Row

CENT = Decimal("0.01")
OPENAI_METERS = {
    "input": "input",
    "cached input": "cache_read",
    "cache read": "cache_read",
    "cache write": "cache_write",
    "output": "output",
}
ANTHROPIC_METERS = {
    "uncached_input_tokens": "input",
    "input_no_cache": "input",
    "cache_read_input_tokens": "cache_read",
    "input_cache_read": "cache_read",
    "cache_creation.ephemeral_5m_input_tokens": "cache_write",
    "input_cache_write_5m": "cache_write",
    "cache_creation.ephemeral_1h_input_tokens": "cache_write_1h",
    "input_cache_write_1h": "cache_write_1h",
    "output_tokens": "output",
    "output": "output",
    "web_search": "web_searches",
}


def _results(document: Any) -> list[Any]:
    buckets = document.get("data") if isinstance(document, dict) else None
    listed = (
        [bucket.get("results") for bucket in buckets if isinstance(bucket, dict)] if isinstance(buckets, list) else []
    )
    return [each for results in listed if isinstance(results, list) for each in results if isinstance(each, dict)]


def _openai(row: Row) -> BilledCost | str:
    amount = row.part("amount")
    model, _, words = (row.text("line_item") or "").rpartition(", ")
    meter, label = _meter(words, OPENAI_METERS)
    return BilledCost(
        start=row.moment("start_time"),
        end=row.moment("end_time"),
        cost=_amount(amount, "value"),
        currency=amount.named("currency").upper(),
        provider="openai",
        model=model or None,
        meter=meter,
        label=label,
    )


def _meter(words: str | None, known: Mapping[str, str]) -> tuple[str | None, str | None]:
    """The meter that a line is of, and what the bill calls it where that is none of those known."""
    meter = known.get(words or "")
    return meter, None if meter else words or None


def _amount(row: Row, key: str) -> Decimal:
    found = row.money(key)
    if found is None:
        raise BadRow(f"{key} is missing")
    return found


def _report(row: Row) -> BilledCost | str:
    words = row.text("token_type") or row.text("cost_type")
    meter, label = _meter(None if words == "tokens" else words, ANTHROPIC_METERS)  # of all kinds together
    return BilledCost(
        start=row.moment("starting_at"),
        end=row.moment("ending_at"),
        cost=_amount(row, "amount") * CENT,  # the report is in cents
        currency=row.named("currency"),
        provider="anthropic",
        model=row.text("model"),
        meter=meter,
        label=label,
        place=anthropic_place(row.text("inference_geo")),
    )


def _console(row: Row) -> BilledCost | str:
    meter, label = _meter(row.text("token_type"), ANTHROPIC_METERS)
    return BilledCost(
        start=row.moment("usage_date_utc"),
        end=row.day_after("usage_date_utc"),
        cost=_amount(row, "cost_usd"),
        currency="USD",
        provider="anthropic",
        model=row.text("model"),
        meter=meter,
        label=label,
        place=anthropic_place(row.text("inference_geo")),
        list_cost=row.money("list_price_usd"),
        step=CENT,
    )


def _deepseek(row: Row) -> BilledCost | str:
    is_day = not row.cells.get("start_time_iso")
    return BilledCost(
        start=row.moment("utc_date") if is_day else row.moment("start_time_iso"),
        end=row.day_after("utc_date") if is_day else row.moment("end_time_iso"),
        cost=_amount(row, "cost"),
        currency=row.named("currency"),
        provider="deepseek",
        model=row.text("model"),
    )


BILLS: tuple[Format[BilledCost], ...] = (
    Format(
        "a page of OpenAI's costs",
        "amounts by line",
        lambda table: any("line_item" in each and "amount" in each for each in _results(table.document)),
        results_in_buckets("start_time", "end_time"),
        _openai,
    ),
    Format(
        "a cost report of Anthropic",
        "amounts in cents",
        lambda table: any("cost_type" in each and "amount" in each for each in _results(table.document)),
        results_in_buckets("starting_at", "ending_at"),
        _report,
    ),
    Format(
        "a CSV of costs of Anthropic's console",
        "amounts in whole cents",
        has_columns("usage_date_utc", "model", "token_type", "cost_usd"),
        lambda table: table.rows,
        _console,
    ),
    Format(
        "a CSV of costs of DeepSeek",
        "amounts by model",
        has_columns("start_time_iso", "end_time_iso", "model", "cost", "currency"),
        lambda table: table.rows,
        _deepseek,
    ),
    Format(
        "an older CSV of costs of DeepSeek",
        "amounts by model",
        has_columns("utc_date", "model", "wallet_type", "cost", "currency"),
        lambda table: table.rows,
        _deepseek,
    ),
)
