"""What a figure rests on: how sheets of every kind say so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from llmcost.core.pricing.entries import PAGE, THIRD_PARTY
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
    for place, part in _mappings((), sheet):
        if part.get("evidence") and not part.get("via"):
            message = f"evidence: {part['evidence']} says what `via` names, and there is none"
            yield Finding((*place, "evidence"), message, "write how the page was read under via, or remove evidence")


def _mappings(place: Place, node: Any) -> Iterator[tuple[Place, Mapping[str, Any]]]:
    """Every mapping below a node, with its path."""
    if isinstance(node, Mapping):
        yield place, node
        for key, value in node.items():
            yield from _mappings((*place, key), value)
    elif isinstance(node, list):
        for number, value in enumerate(node):
            yield from _mappings((*place, number), value)
