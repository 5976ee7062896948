"""What came back from an engine, as records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from llmcost.core.workload.usage_record import UsageRecord
from llmcost.usage.decoding import LONGEST_NAME
from llmcost.usage.engine.columns import NAMES
from llmcost.usage.engine.expression import ROWS, Cuts


def has_names(row: Mapping[str, Any]) -> bool:
    """Whether the names of a sum are such as others are: short, of one line, and no object or list written as text."""
    names = (row[name] for name in ("model", *NAMES) if row.get(name))
    return all(len(name) <= LONGEST_NAME and name.isprintable() and name[0] not in "{[" for name in names)


def records_of(rows: Sequence[Mapping[str, Any]], cuts: Cuts) -> list[UsageRecord]:
    """The sums that came back as records, each of one part of time, in an order that no engine decides."""
    columns = rows[0].keys() if rows else ()
    apart = [name for name in columns if not name.startswith("n_") and name not in ("requests", ROWS)]
    counts = [(name.removeprefix("n_"), name) for name in columns if name.startswith("n_")]
    names = [name for name in NAMES if name in columns]
    kept: list[UsageRecord] = []
    for row in sorted(rows, key=lambda each: [str(each[name]) for name in apart]):
        start, sizes = cuts.of(int(row["cell"]))
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
