"""What a figure rests on: how sheets of every kind say so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from llmcost.core.pricing.evidence import PAGE, THIRD_PARTY
from llmcost.sheets.finding import Finding, Sheet

if TYPE_CHECKING:
    from llmcost.files.document import Place


def evidence_of(entry: Sheet) -> str | None:
    """What an entry's figures rest on; None when it says nothing of how its source was read."""
    if entry.get("via"):
        return str(entry.get("evidence") or THIRD_PARTY)
    return PAGE if entry.get("source") else None


def evidence_is_of_a_way(sheet: Sheet) -> Iterator[Finding]:
    """What a figure rests on is said of the way it was read, so that stands beside it."""
    for place, part in _mappings(sheet):
        if part.get("evidence") and not part.get("via"):
            message = f"evidence: {part['evidence']} says what `via` names, and there is none"
            yield Finding((*place, "evidence"), message, "write how the page was read under via, or remove evidence")


def _mappings(sheet: Sheet) -> Iterator[tuple[Place, Sheet]]:
    """Every mapping of a sheet, with its path."""
    left: list[tuple[Place, Any]] = [((), sheet)]
    while left:
        place, node = left.pop()
        if isinstance(node, dict):
            yield place, node
        inner = node.items() if isinstance(node, dict) else enumerate(node)
        left += [((*place, step), value) for step, value in inner if isinstance(value, (dict, list))]
