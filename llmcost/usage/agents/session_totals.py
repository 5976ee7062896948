"""Agents that keep what a whole session used and no request of it: Goose, Hermes, Factory's Droid.

Sources of the counts: block/goose, crates/goose/src/session; Hermes Agent, agent/usage_pricing.py; ccusage,
crates/adapters/droid.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from llmcost.core.workload.usage_record import UNDATED, UsageRecord
from llmcost.usage.format import Format
from llmcost.usage.rows import Row
from llmcost.usage.table import Table, parsed, select

NUMBER = "how many requests there were"
BRACKETS = re.compile(r"-?\[[^\]]*\](-[0-9]+)?$")
"""What Droid writes behind the name of a model that the user has set up."""


def _sessions(table: Table) -> Iterable[Row]:
    assert table.path is not None
    return [Row(number, row) for number, row in enumerate(select(table.path, "select * from sessions"), 1)]


def _goose(row: Row) -> UsageRecord | str:
    config = parsed(row.cells.get("model_config_json"))
    model = config.get("model_name") if isinstance(config, dict) else None
    named = Row(row.number, {"model": model})
    fresh = row.count("accumulated_input_tokens") or row.count("input_tokens")
    output = row.count("accumulated_output_tokens") or row.count("output_tokens")
    if not fresh and not output:
        return "it used nothing"
    cost = row.money("accumulated_cost")
    return UsageRecord(
        start=row.moment("created_at"),
        provider=row.text("provider_name"),
        model=named.named("model"),
        input_uncached=fresh,
        output=output,
        cached_unknown=True,
        cost=cost,
        currency=None if cost is None else "USD",
        agent="Goose",
        session=row.label("id"),
        project=row.label("working_dir"),
    )


def _hermes(row: Row) -> UsageRecord | str:
    if row.text("model") is None:
        return "it names no model"
    cost = row.money("actual_cost_usd") or row.money("estimated_cost_usd") or None
    return UsageRecord(
        start=row.moment("started_at"),
        provider=row.text("billing_provider"),
        model=row.named("model"),
        input_uncached=row.count("input_tokens"),
        cache_read=row.count("cache_read_tokens"),
        cache_write_unspecified=row.count("cache_write_tokens"),
        output=row.count("output_tokens"),
        reasoning=row.stated_count("reasoning_tokens"),
        cost=cost,
        currency=None if cost is None else "USD",
        agent="Hermes",
        session=row.label("id"),
        project=row.label("cwd"),
    )


def _is_droid(table: Table) -> bool:
    document = table.document
    usage = document.get("tokenUsage") if isinstance(document, dict) else None
    return isinstance(usage, dict) and {"inputTokens", "outputTokens"} <= usage.keys()


def _droid(row: Row) -> UsageRecord | str:
    usage = row.part("tokenUsage")
    return UsageRecord(
        start=row.moment("providerLockTimestamp") if row.cells.get("providerLockTimestamp") else UNDATED,
        provider=row.text("providerLock"),
        model=BRACKETS.sub("", (row.text("model") or "not stated").removeprefix("custom:")),
        input_uncached=usage.count("inputTokens"),
        cache_read=usage.count("cacheReadTokens"),
        cache_write_unspecified=usage.count("cacheCreationTokens"),
        output=usage.count("outputTokens") + usage.count("thinkingTokens"),
        reasoning=usage.count("thinkingTokens"),
        agent="Droid",
    )


GOOSE = Format(
    "the database of Goose",
    "input holds what is cached",
    lambda table: "sessions" in table.columns and "accumulated_input_tokens" in table.fields("sessions"),
    _sessions,
    _goose,
    NUMBER,
)
HERMES = Format(
    "the database of Hermes",
    "input without what is cached",
    lambda table: "sessions" in table.columns and "cache_read_tokens" in table.fields("sessions"),
    _sessions,
    _hermes,
    NUMBER,
)
DROID = Format(
    "the settings of a session of Droid",
    "input without what is cached",
    _is_droid,
    lambda table: table.rows,
    _droid,
    NUMBER,
)
