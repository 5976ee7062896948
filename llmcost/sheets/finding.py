"""A problem that a check finds in a sheet, and what a check is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from llmcost.files.document import Place

Sheet = Mapping[str, Any]
"""A sheet, or a part of one, as it was read: text, lists and mappings."""


class Finding(NamedTuple):
    """A problem at a path in the sheet; ``at_key`` points at the key rather than at its value."""

    place: Place
    message: str
    remedy: str | None
    at_key: bool = False


Check = Callable[[Sheet], Iterator[Finding]]
"""What finds problems in a sound shape; a sentence that must hold is its name."""
