"""Codebuff's chats: a document of messages, of which some say what they used.

Source of the counts: ccusage, crates/adapters/codebuff.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from llmcost.core.workload.usage_record import UsageRecord
from llmcost.usage.format import Format, without
from llmcost.usage.rows import Row
from llmcost.usage.table import Table

NAMES = {
    "input": ("inputTokens", "input_tokens"),
    "prompt": ("promptTokens", "prompt_tokens"),
    "output": ("outputTokens", "output_tokens", "completionTokens", "completion_tokens"),
    "read": ("cacheReadInputTokens", "cache_read_input_tokens"),
    "written": (
        "cacheCreationInputTokens",
        "cache_creation_input_tokens",
        "cacheCreationTokens",
        "cache_creation_tokens",
        "cachedTokensCreated",
        "cached_tokens_created",
    ),
}
MADE = re.compile("ai-([0-9]{13})(-|$)")
"""What an id tells of when an answer was begun, where the message has a time of day alone."""
DETAILS = ("promptTokensDetails", "prompt_tokens_details")
CACHED = ("cachedTokens", "cached_tokens")


def _fits(table: Table) -> bool:
    return isinstance(table.document, list) and any(
        "variant" in row.cells and ("metadata" in row.cells or "credits" in row.cells) for row in table.rows
    )


def _rows(table: Table) -> Iterable[Row]:
    """The messages with counts, the last of each id."""
    kept: dict[object, Row] = {}
    for row in table.rows:
        found = _usage(row.part("metadata"))
        if found is not None:
            model, usage = found
            kept[row.cells.get("id") or row.number] = Row(
                row.number, {**row.cells, "model": model, "usage": usage, "metadata": row.cells.get("metadata")}
            )
    return kept.values()


def _usage(metadata: Row) -> tuple[Any, Mapping[str, Any]] | None:
    """The model and the counts of a message, from where they are; None where there are none."""
    for own in (metadata.cells.get("usage"), metadata.part("codebuff").cells.get("usage")):
        if isinstance(own, Mapping) and any(own.get(name) for names in NAMES.values() for name in names):
            return metadata.cells.get("model") or own.get("model"), own
    history = metadata.part("runState", "sessionState", "mainAgentState").cells.get("messageHistory")
    for message in reversed(history if isinstance(history, list) else []):
        options = message.get("providerOptions") if isinstance(message, dict) else None
        if not isinstance(options, dict) or message.get("role") != "assistant":
            continue
        codebuff = options.get("codebuff")
        inner = codebuff if isinstance(codebuff, dict) else {}
        usage = options.get("usage") or inner.get("usage")
        if isinstance(usage, Mapping):
            return inner.get("model") or metadata.cells.get("model"), usage
    return None


def _record(row: Row) -> UsageRecord | str:
    usage = row.part("usage")

    def first(names: Iterable[str], of: Row = usage) -> int:
        return next(filter(None, map(of.count, names)), 0)

    read, written = first(NAMES["read"]), first(NAMES["written"])
    details = next((usage.part(name) for name in DETAILS if name in usage.cells), None)
    inside = first(CACHED, details) if details is not None else 0
    prompt = first(NAMES["prompt"])
    fresh = without(prompt, "prompt_tokens", inside) if prompt else first(NAMES["input"])
    moment = next((Row(row.number, {"at": at}) for at in _times(row) if isinstance(at, str) and "T" in at), None)
    if moment is None and (made := MADE.match(row.text("id") or "")):
        moment = Row(row.number, {"at": int(made[1])})
    if moment is None:
        return "it does not say when it was"
    return UsageRecord(
        start=moment.moment("at"),
        model=row.named("model"),
        requests=1,
        input_uncached=fresh,
        cache_read=max(read, inside),  # one usage may say it by both names
        cache_write_unspecified=written,
        output=first(NAMES["output"]),
        agent="Codebuff",
        id=row.text("id"),
    )


def _times(row: Row) -> Iterable[Any]:
    yield from (row.cells.get("createdAt"), row.cells.get("timestamp"), row.part("metadata").cells.get("timestamp"))


FORMAT = Format("a chat of Codebuff", "input without what is cached, prompts with it", _fits, _rows, _record)
