"""Agents that keep what a whole session used, and newer releases of which models: Goose, Hermes, Factory's Droid.

Sources of the counts: block/goose, crates/goose/src/session; NousResearch/hermes-agent, hermes_state_usage.py;
ccusage, crates/adapters/droid.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from llmcost.core.workload.usage_record import UNDATED, UsageRecord
from llmcost.usage.format import REQUESTS, Format, without
from llmcost.usage.rows import Row
from llmcost.usage.table import Table, parsed, select

BRACKETS = re.compile(r"-?\[[^\]]*\](-[0-9]+)?$")
"""What Droid writes behind the name of a model that the user has set up."""


IN_SESSION = ("", "voice_chat")
"""Tasks whose usage Hermes counts in that of the session as well."""
HERMES_COUNTS = (
    "input_tokens",
    "output_tokens",
    "cache_read_tokens",
    "cache_write_tokens",
    "reasoning_tokens",
    "api_call_count",
)


HERMES_COSTS = ("estimated_cost_usd", "actual_cost_usd")


def _goose_rows(table: Table) -> Iterable[Row]:
    """The requests, which newer releases write down one by one; of sessions without any their sums."""
    assert table.path is not None
    sessions = select(table.path, "select * from sessions")
    requests: list[dict[str, Any]] = []
    if "usage_ledger" in table.columns:
        requests = select(table.path, "select * from usage_ledger order by created_timestamp, id")
    around = {session["id"]: session for session in sessions}
    found = [
        {key: around.get(each["session_id"], {}).get(key) for key in ("provider_name", "working_dir", CONFIG)}
        | {**each, "id": each["session_id"], "request": f"{each['session_id']} {each['id']}"}
        for each in requests
    ]
    for session in sessions:
        own = [Row(0, each) for each in requests if each["session_id"] == session["id"]]
        if not own or any(Row(0, session).count(f"accumulated_{key}") > _sum(own, key) for key in GOOSE_COUNTS[:2]):
            found.append({**session, **_rest_of_goose(session, own)})
    return [Row(number, row) for number, row in enumerate(found, 1)]


CONFIG = "model_config_json"
GOOSE_COUNTS = ("input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens")


def _sum(rows: Iterable[Row], key: str) -> int:
    return sum(row.count(key) for row in rows)


def _rest_of_goose(session: dict[str, Any], requests: Sequence[Row]) -> dict[str, Any]:
    """What a session used beside its requests; without any it is as it stands."""
    if not requests:
        return {}
    rest: dict[str, Any] = {"input_tokens": 0, "output_tokens": 0, "accumulated_cost": None}
    for key in GOOSE_COUNTS:
        if session.get(f"accumulated_{key}") is not None:
            whole = Row(0, session).count(f"accumulated_{key}")
            rest[f"accumulated_{key}"] = max(whole - _sum(requests, key), 0)
    return rest


def _model_of_goose(row: Row) -> str:
    """The model that a session is set to, which older ones do not say."""
    config = parsed(row.cells.get(CONFIG))
    return (
        Row(row.number, {"model": config.get("model_name") if isinstance(config, dict) else None}).text("model")
        or "not stated"
    )


def _goose(row: Row) -> UsageRecord | str:
    return _goose_request(row) if "request" in row.cells else _goose_session(row)


def _goose_request(row: Row) -> UsageRecord:
    read, written = row.count("cache_read_tokens"), row.count("cache_write_tokens")
    cost, own = row.money("cost"), row.text("model")  # without a model it is what was used before there were requests
    return UsageRecord(
        start=row.moment("created_timestamp"),
        provider=row.text("provider_name"),
        model=own or _model_of_goose(row),
        requests=1 if own else None,
        cached_unknown=not own and not (read or written),
        input_uncached=without(row.count("input_tokens"), "input_tokens", read, written),
        cache_read=read,
        cache_write_unspecified=written,
        output=row.count("output_tokens"),
        cost=cost,
        currency=None if cost is None else "USD",
        agent="Goose",
        session=row.label("id"),
        project=row.label("working_dir"),
        id=row.text("request"),
    )


def _goose_session(row: Row) -> UsageRecord | str:
    whole = row.count("accumulated_input_tokens") or row.count("input_tokens")
    output = row.count("accumulated_output_tokens") or row.count("output_tokens")
    read = row.stated_count("accumulated_cache_read_tokens")
    written = row.count("accumulated_cache_write_tokens")
    if not whole and not output:
        return "it used nothing"
    cost = row.money("accumulated_cost")
    return UsageRecord(
        start=row.moment("created_at"),
        provider=row.text("provider_name"),
        model=_model_of_goose(row),
        input_uncached=without(whole, "accumulated_input_tokens", read or 0, written),
        cache_read=read or 0,
        cache_write_unspecified=written,
        output=output,
        cached_unknown=read is None,
        cost=cost,
        currency=None if cost is None else "USD",
        agent="Goose",
        session=row.label("id"),
        project=row.label("working_dir"),
    )


def _hermes_rows(table: Table) -> Iterable[Row]:
    """What each model of a session used, where it says so, and what its sum holds beside that.

    What a session asked of other models on the side is in no sum of it.
    Source: NousResearch/hermes-agent, hermes_state_usage.py.
    """
    assert table.path is not None
    sessions = select(table.path, "select * from sessions")
    parts: list[dict[str, Any]] = []
    if "session_model_usage" in table.columns:
        parts = select(table.path, "select * from session_model_usage order by session_id, model, task")
    around = {session["id"]: session for session in sessions}
    found = [
        {key: around.get(part["session_id"], {}).get(key) for key in ("cwd", "started_at")}
        | {**part, "id": part["session_id"], "is_part": True}
        for part in parts
    ]
    for session in sessions:
        own = [p for p in parts if p["session_id"] == session["id"] and (p.get("task") or "") in IN_SESSION]
        for part in own:
            session |= _beside(session, part)
        if not own or any(session.get(key) for key in HERMES_COUNTS[:4]):
            found.append(session)
    return [Row(number, row) for number, row in enumerate(found, 1)]


def _beside(session: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    """What is left of the counts of a session without a part of it."""
    whole, own = Row(0, session), Row(0, part)
    left: dict[str, Any] = {key: max(whole.count(key) - own.count(key), 0) for key in HERMES_COUNTS if key in session}
    for key in HERMES_COSTS:
        if (cost := whole.money(key)) is not None:
            left[key] = max(cost - (own.money(key) or 0), Decimal(0))
    return left


def _hermes(row: Row) -> UsageRecord | str:
    if row.text("model") is None:
        return "it names no model"
    is_part = bool(row.cells.get("is_part"))
    cost = row.money("actual_cost_usd") or row.money("estimated_cost_usd") or None
    return UsageRecord(
        start=row.moment("first_seen" if is_part and row.cells.get("first_seen") else "started_at"),
        end=row.moment("last_seen") if is_part and row.cells.get("last_seen") else None,
        provider=row.text("billing_provider"),
        model=row.named("model"),
        requests=row.count("api_call_count") or None,
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


DROID_COUNTS = {"inputTokens", "outputTokens", "cacheReadTokens", "cacheCreationTokens"}


def _is_droid(table: Table) -> bool:
    document = table.document
    usage = document.get("tokenUsage") if isinstance(document, dict) else None
    return isinstance(usage, dict) and (usage.keys() >= DROID_COUNTS or "providerLockTimestamp" in document)


def _droid(row: Row) -> UsageRecord | str:
    usage = row.part("tokenUsage")
    fresh, read = usage.count("inputTokens"), usage.count("cacheReadTokens")
    if row.text("providerLock") == "google":  # whose input it keeps as it is told, with what is cached
        fresh = without(fresh, "inputTokens", read)
    return UsageRecord(
        start=row.moment("providerLockTimestamp") if row.cells.get("providerLockTimestamp") else UNDATED,
        provider=row.text("providerLock"),
        model=BRACKETS.sub("", (row.text("model") or "not stated").removeprefix("custom:")),
        input_uncached=fresh,
        cache_read=read,
        cache_write_unspecified=usage.count("cacheCreationTokens"),
        output=usage.count("outputTokens"),  # which holds what was thought, told again beside it
        reasoning=min(usage.count("thinkingTokens"), usage.count("outputTokens")),
        agent="Droid",
    )


GOOSE = Format(
    "the database of Goose",
    "input holds what is cached",
    lambda table: "sessions" in table.columns and "accumulated_input_tokens" in table.fields("sessions"),
    _goose_rows,
    _goose,
    REQUESTS,
)
HERMES = Format(
    "the database of Hermes",
    "input without what is cached",
    lambda table: "sessions" in table.columns and "cache_read_tokens" in table.fields("sessions"),
    _hermes_rows,
    _hermes,
    REQUESTS,
)
DROID = Format(
    "the settings of a session of Droid",
    "input without what is cached",
    _is_droid,
    lambda table: table.rows,
    _droid,
    REQUESTS,
)
