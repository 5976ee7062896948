"""What came back from an engine, as records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from llmcost.core.workload.usage_record import UsageRecord
from llmcost.usage.column_names import NAMES
from llmcost.usage.decoding import LONGEST_NAME
from llmcost.usage.engine.expression import ROWS, Cuts
from llmcost.usage.format import OWN_TERMS


def names_refused(rows: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
    """By column, names that cannot be one: long, of several lines, an object or list as text, or terms of nobody's."""
    found: dict[str, list[str]] = {}
    for column in ("model", *NAMES):
        names = dict.fromkeys(row[column] for row in rows) if rows and column in rows[0] else ()
        refused = [name for name in names if name and not _is_name(name, column)]
        if refused:
            found[column] = refused
    return found


def with_names(rows: Sequence[Mapping[str, Any]], refused: Mapping[str, Sequence[str]]) -> list[Mapping[str, Any]]:
    """The sums that have none of some names."""
    wrong = {column: frozenset(names) for column, names in refused.items()}
    return [row for row in rows if not any(row[column] in names for column, names in wrong.items())]


def _is_name(text: str, column: str) -> bool:
    if column == "terms" and text not in OWN_TERMS:
        return False
    return len(text) <= LONGEST_NAME and text.isprintable() and text[0] not in "{["


def records_of(rows: Sequence[Mapping[str, Any]], cuts: Cuts) -> list[UsageRecord]:
    """The sums that came back as records, each of one part of time, in an order that no engine decides."""
    if not rows:
        return []
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    apart = [name for name in columns if not name.startswith("n_") and name not in ("requests", ROWS)]
    counts = {name.removeprefix("n_"): list(map(int, columns[name])) for name in columns if name.startswith("n_")}
    cells, requests = list(map(int, columns["cell"])), list(map(int, columns["requests"]))
    places = {cell: cuts.of(cell) for cell in set(cells)}
    several = columns.get("several")
    fields = {"model": columns["model"], **{name: columns[name] for name in NAMES if name in columns}, **counts}
    told = list(zip(*fields.values(), strict=True))
    keys = list(map("\n".join, zip(*(map(str, columns[name]) for name in apart), strict=True)))

    found: list[UsageRecord] = []
    for at in sorted(range(len(rows)), key=keys.__getitem__):
        start, sizes = places[cells[at]]
        is_sum = several is not None and several[at] >= 0
        if several is not None and is_sum:
            sizes = 0, int(several[at])
        held = dict(zip(fields, told[at], strict=True))
        found.append(UsageRecord(start=start, requests=requests[at], input_range=sizes, each_known=not is_sum, **held))
    return found
