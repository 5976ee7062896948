"""OpenRouter: its list of generations, and its activity by day, from its API or as CSV."""

from __future__ import annotations

from collections.abc import Iterable

from llmcost.core.workload.usage_record import UsageRecord
from llmcost.usage.file import NonUsage
from llmcost.usage.format import Format, all_rows, has_columns, non_usage, without
from llmcost.usage.rows import Row
from llmcost.usage.table import Table

COUNTING = "input holds what is cached"
NO_SPLIT = "how much of the input was read from a cache"


def _generation(row: Row) -> UsageRecord | NonUsage:
    if str(row.cells.get("cancelled")).lower() == "true" and not row.count("tokens_completion"):
        why = "it was cancelled before there was an answer"
        return non_usage(
            row, why, cost="cost_total", start="created_at", model="model_permaslug", provider="openrouter"
        )
    read = row.count("tokens_cached")
    return UsageRecord(
        start=row.moment("created_at"),
        provider="openrouter",
        model=_variant(row),
        requests=1,
        input_uncached=without(row.count("tokens_prompt"), "tokens_prompt", read),
        cache_read=read,
        cached_unknown="tokens_cached" not in row.cells,
        output=row.count("tokens_completion"),
        reasoning=row.stated_count("tokens_reasoning"),
        cost=row.money("cost_total"),
        currency="USD",
        project=row.label("app_name"),
        id=row.text("generation_id"),
    )


def _variant(row: Row) -> str:
    """The model, with its variant where that is another one, such as free."""
    model, variant = row.named("model_permaslug"), row.text("variant")
    return model if variant in (None, "standard") or ":" in model else f"{model}:{variant}"


def _is_activity(table: Table) -> bool:
    document = table.document
    listed = document.get("data") if isinstance(document, dict) else None
    first = listed[0] if isinstance(listed, list) and listed and isinstance(listed[0], dict) else {}
    return {"endpoint_id", "prompt_tokens", "completion_tokens"} <= first.keys()


def _activity_rows(table: Table) -> Iterable[Row]:
    (document,) = table.rows
    return document.rows("data")


def _activity(row: Row) -> UsageRecord | str:
    start, end = row.span("date")
    return UsageRecord(
        start=start,
        end=end,
        provider="openrouter",
        model=row.named("model"),
        requests=row.stated_count("requests"),
        input_uncached=row.count("prompt_tokens"),
        cached_unknown=True,
        output=row.count("completion_tokens"),
        reasoning=row.stated_count("reasoning_tokens"),
        cost=row.money("usage"),
        currency="USD",
    )


NAMES = {
    "Date": "date",
    "Slug": "model",
    "Usage": "usage",
    "Requests": "requests",
    "Prompt Tokens": "prompt_tokens",
    "Completion Tokens": "completion_tokens",
    "Reasoning Tokens": "reasoning_tokens",
}
"""What the columns of the CSV are called in the API."""


MIDNIGHT = " 00:00:00"


def _renamed(table: Table) -> Iterable[Row]:
    """The rows as the API has them; where all are of midnight they are of days."""
    rows = [{NAMES.get(name, name): cell for name, cell in row.cells.items()} for row in table.rows]
    if all(str(row.get("date")).endswith(MIDNIGHT) for row in rows):
        rows = [{**row, "date": str(row["date"]).removesuffix(MIDNIGHT)} for row in rows]
    return [Row(row.number, cells) for row, cells in zip(table.rows, rows, strict=True)]


GENERATIONS = Format(
    "a CSV of OpenRouter's generations",
    COUNTING,
    has_columns("generation_id", "created_at", "tokens_prompt", "tokens_completion", "model_permaslug"),
    all_rows,
    _generation,
)
ACTIVITY = Format("OpenRouter's activity", COUNTING, _is_activity, _activity_rows, _activity, NO_SPLIT)
ACTIVITY_CSV = Format("a CSV of OpenRouter's activity", COUNTING, has_columns(*NAMES), _renamed, _activity, NO_SPLIT)
