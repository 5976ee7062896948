"""What came back from an engine, as records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from llmcost.core.workload.usage_record import UsageRecord
from llmcost.usage.decoding import LONGEST_NAME
from llmcost.usage.engine.columns import NAMES
from llmcost.usage.engine.expression import ROWS, Cuts


def with_names(rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The sums whose names are such as others are: short, of one line, and no object or list written as text."""
    columns = [name for name in ("model", *NAMES) if rows and name in rows[0]]
    names = {row[name] for name in columns for row in rows}
    refused = {name for name in names if name and not _is_name(name)}
    return [row for row in rows if refused.isdisjoint(row[name] for name in columns)] if refused else list(rows)


def _is_name(text: str) -> bool:
    return len(text) <= LONGEST_NAME and text.isprintable() and text[0] not in "{["


def records_of(rows: Sequence[Mapping[str, Any]], cuts: Cuts) -> list[UsageRecord]:
    """The sums that came back as records, each of one part of time, in an order that no engine decides."""
    columns = rows[0].keys() if rows else ()
    apart = [name for name in columns if not name.startswith("n_") and name not in ("requests", ROWS)]
    counts = [(name.removeprefix("n_"), name) for name in columns if name.startswith("n_")]
    names = [name for name in NAMES if name in columns]
    places = {cell: cuts.of(cell) for cell in {int(row["cell"]) for row in rows}}
    kept: list[UsageRecord] = []
    for row in sorted(rows, key=lambda each: "\n".join([str(each[name]) for name in apart])):
        start, sizes = places[int(row["cell"])]
        several = int(row.get("several", -1))
        fields: dict[str, Any] = {field: int(row[name]) for field, name in counts}
        fields |= {name: row[name] for name in names}
        kept.append(
            UsageRecord(
                start=start,
                model=str(row["model"]),
                requests=int(row["requests"]),
                input_range=(0, several) if several >= 0 else sizes,
                **fields,
            )
        )
    return kept
