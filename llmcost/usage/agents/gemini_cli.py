"""Gemini CLI's local log: messages, written again as they change; older releases keep a session in one document.

Source of the counts: google-gemini/gemini-cli, packages/core/src/services/chatRecordingService.ts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from llmcost.core.workload.usage_record import UsageRecord
from llmcost.usage.format import Format, agrees, without
from llmcost.usage.rows import Row
from llmcost.usage.table import Table

COUNTING = "input holds what is cached, output no thoughts"


def _is_log(table: Table) -> bool:
    first = table.rows[0].cells if table.rows else {}
    is_log = table.kind == "jsonl" and "sessionId" in first and "projectHash" in first
    return is_log and "messages" not in first  # that is a session in one document, which ends in a new line


def _is_document(table: Table) -> bool:
    document = table.document
    return isinstance(document, dict) and "projectHash" in document and isinstance(document.get("messages"), list)


def _log_rows(table: Table) -> Iterable[Row]:
    """Each answer once, as it stood at last. One that was taken back later was paid for all the same."""
    session = project = model = None
    kept: dict[object, Row] = {}
    for row in table.rows:
        session, project = row.cells.get("sessionId", session), row.cells.get("projectHash", project)
        for message in (row, *_repeats(row)):
            if message.cells.get("type") == "gemini" and message.cells.get("tokens"):
                # An empty answer to a tool has no model: it is that of the answer before.
                model = message.cells.get("model") or model
                around = {"session": session, "project": project, "model": model or "not stated"}
                kept[message.cells.get("id") or len(kept)] = Row(row.number, {**message.cells, **around})
    return kept.values()


def _repeats(row: Row) -> Iterator[Row]:
    """The messages of a checkpoint, which holds those before it again."""
    change = row.cells.get("$set")
    messages = change.get("messages") if isinstance(change, dict) else None
    for message in messages if isinstance(messages, list) else ():
        if isinstance(message, dict):
            yield Row(row.number, message)


def _document_rows(table: Table) -> Iterable[Row]:
    (document,) = table.rows
    around: dict[str, Any] = {"session": document.cells.get("sessionId"), "project": document.cells.get("projectHash")}
    model: Any = None
    for message in document.rows("messages"):
        if message.cells.get("type") == "gemini" and message.cells.get("tokens"):
            model = message.cells.get("model") or model
            yield Row(message.number, {**message.cells, **around, "model": model or "not stated"})


def _record(row: Row) -> UsageRecord | str:
    tokens = row.part("tokens")
    whole, read, tool = tokens.count("input"), tokens.count("cached"), tokens.count("tool")
    answer, thoughts = tokens.count("output"), tokens.count("thoughts")
    agrees(tokens.stated_count("total") or None, whole + answer + thoughts + tool, "total")
    return UsageRecord(
        start=row.moment("timestamp"),
        provider="google",
        model=row.named("model"),
        requests=1,
        input_uncached=without(whole, "input", read) + tool,
        cache_read=read,
        output=answer + thoughts,
        reasoning=thoughts,
        agent="Gemini CLI",
        session=row.label("session"),
        project=row.label("project"),
        id=f"{row.text('session')} {row.text('id')}" if row.text("id") else None,
    )


LOG = Format("a log of Gemini CLI", COUNTING, _is_log, _log_rows, _record)
DOCUMENT = Format("a session of Gemini CLI", COUNTING, _is_document, _document_rows, _record)
