"""OpenTelemetry spans of generative AI, as OTLP's JSON has them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from llmcost.core.workload.usage_record import UsageRecord
from llmcost.usage.format import Format, without
from llmcost.usage.rows import Row
from llmcost.usage.table import Table

USAGE = "gen_ai.usage."
INPUTS = (f"{USAGE}input_tokens", f"{USAGE}prompt_tokens")
OUTPUTS = (f"{USAGE}output_tokens", f"{USAGE}completion_tokens")
READS = (f"{USAGE}cache_read.input_tokens", f"{USAGE}cache_read_input_tokens")
WRITES = (f"{USAGE}cache_creation.input_tokens", f"{USAGE}cache_creation_input_tokens")
"""The names of the convention, and those that it had before."""


def _fits(table: Table) -> bool:
    return bool(table.rows) and "resourceSpans" in table.rows[0].cells


def _rows(table: Table) -> Iterable[Row]:
    """Each span once that has usage, with its attributes as cells."""
    seen: set[tuple[Any, Any]] = set()
    for row in table.rows:
        for resource in row.rows("resourceSpans"):
            for scope in resource.rows("scopeSpans"):
                for span in scope.rows("spans"):
                    key = (span.cells.get("traceId"), span.cells.get("spanId"))
                    attributes = _attributes(span)
                    if key in seen or not any(name in attributes for name in (*INPUTS, *OUTPUTS)):
                        continue
                    seen.add(key)
                    yield Row(row.number, {**attributes, "start": span.cells.get("startTimeUnixNano")})


def _attributes(span: Row) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for attribute in span.rows("attributes") if "attributes" in span.cells else ():
        name, value = attribute.cells.get("key"), attribute.part("value").cells
        if isinstance(name, str) and name.startswith("gen_ai."):
            found[name] = value.get("intValue", value.get("stringValue"))
    return found


def _first(row: Row, names: tuple[str, ...]) -> int:
    return next((row.count(name) for name in names if name in row.cells), 0)


def _record(row: Row) -> UsageRecord | str:
    read, written = _first(row, READS), _first(row, WRITES)
    return UsageRecord(
        start=row.nanoseconds("start"),
        provider=row.text("gen_ai.provider.name") or row.text("gen_ai.system"),
        model=row.text("gen_ai.response.model") or row.named("gen_ai.request.model"),
        requests=1,
        input_uncached=without(_first(row, INPUTS), "input_tokens", read, written),
        cache_read=read,
        cache_write_unspecified=written,
        output=_first(row, OUTPUTS),
        reasoning=row.stated_count(f"{USAGE}reasoning.output_tokens"),
        session=row.text("gen_ai.conversation.id"),
    )


FORMAT = Format("OpenTelemetry spans", "input holds what is cached", _fits, _rows, _record)
