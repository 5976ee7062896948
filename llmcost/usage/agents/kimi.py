"""The local logs of Kimi's agents: that of kimi-cli, and that of Kimi Code.

Sources of the counts: MoonshotAI/kimi-cli, src/kimi_cli/wire/types.py; MoonshotAI/kimi-code,
packages/agent-core/src/agent/usage.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from llmcost.core.workload.usage_record import UsageRecord
from llmcost.usage.format import Format
from llmcost.usage.rows import Row
from llmcost.usage.table import Table

COUNTING = "input without what is cached"
NOT_STATED = "not stated"
OWN = "kimi-code/"
DEEPEST = 20
"""How deep agents within agents are looked for."""


def _is_cli(table: Table) -> bool:
    return table.kind == "jsonl" and any(
        isinstance(row.cells.get("message"), dict) and {"type", "payload"} <= row.cells["message"].keys()
        for row in table.rows
    )


def _cli_rows(table: Table) -> Iterable[Row]:
    """The updates with counts, those of agents within the agent as well."""
    for row in table.rows:
        event: Any = row.cells.get("message")
        for _ in range(DEEPEST):
            payload = event.get("payload") if isinstance(event, dict) else None
            if not isinstance(payload, dict):
                break
            if event.get("type") == "StatusUpdate" and payload.get("token_usage"):
                yield Row(row.number, {**payload, "timestamp": row.cells.get("timestamp")})
            event = payload.get("event")


def _cli_record(row: Row) -> UsageRecord | str:
    usage = row.part("token_usage")
    counts = [usage.count(key) for key in ("input_other", "input_cache_read", "input_cache_creation", "output")]
    request = row.text("message_id")
    return UsageRecord(
        start=row.moment("timestamp"),
        provider="moonshot",
        model=NOT_STATED,
        requests=1,
        input_uncached=counts[0],
        cache_read=counts[1],
        cache_write_unspecified=counts[2],
        output=counts[3],
        agent="Kimi CLI",
        id=None if request is None else f"{request} {counts}",  # the log of an agent below has its own times
    )


def _is_code(table: Table) -> bool:
    return table.kind == "jsonl" and any(
        row.cells.get("type") == "usage.record" or (row.cells.get("type") == "metadata" and "created_at" in row.cells)
        for row in table.rows
    )


def _code_rows(table: Table) -> Iterable[Row]:
    """The records of usage, with the model that the user's name of one stood for when it was asked."""
    called: dict[object, object] = {}
    for row in table.rows:
        kind, name = row.cells.get("type"), row.cells.get("model")
        if kind == "llm.request" and isinstance(alias := row.cells.get("modelAlias"), str):
            called[alias] = name
        elif kind == "usage.record":
            yield Row(row.number, {**row.cells, "asked": called.get(name) if isinstance(name, str) else None})


def _code_record(row: Row) -> UsageRecord | str:
    usage = row.part("usage")
    counts = [usage.count(key) for key in ("inputOther", "inputCacheRead", "inputCacheCreation", "output")]
    name = row.named("model")  # what the user calls it, who may have any seller's
    model = name.removeprefix(OWN) if name.startswith(OWN) else row.text("asked") or name
    return UsageRecord(
        start=row.moment("time"),
        provider="moonshot" if name.startswith((OWN, "kimi")) else None,
        model=model,
        requests=1,
        input_uncached=counts[0],
        cache_read=counts[1],
        cache_write_unspecified=counts[2],
        output=counts[3],
        agent="Kimi Code",
        id=f"{row.cells.get('time')} {model} {counts}",  # a fork begins with a copy of the log before it
    )


CLI = Format("a log of Kimi CLI", COUNTING, _is_cli, _cli_rows, _cli_record, "which model answered")
CODE = Format(
    "a log of Kimi Code",
    COUNTING,
    _is_code,
    _code_rows,
    _code_record,
    marks=(b'"usage.record"', b'"metadata"', b'"llm.request"'),
)
