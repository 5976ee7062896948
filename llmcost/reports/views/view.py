"""What a command found, in the few shapes that every format but those of a comparison and a check is written from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from llmcost.core.analysis.breakeven import Breakeven
from llmcost.core.offers.price_identity import PriceIdentity
from llmcost.reports.views.comparison import Table

Block = str | Table | Breakeven
"""A part of what people read: lines, a table, or a picture of a break-even."""


class Comment(NamedTuple):
    """What is worth posting on a pull request: a title, a table that fits, tables to unfold, and what it rests on."""

    title: str
    table: Table
    details: tuple[tuple[str, Table], ...] = ()
    foot: str = ""


class View(NamedTuple):
    """What is said, and nothing of how it is written; each shape is made when a format asks for it.

    ``head`` is what JSON says before its rows. ``tables`` are by name; a format of rows takes the last of them.
    ``cut`` is what formats of rows leave out, said beside them; "" for nothing. ``comment`` is what Markdown says in
    place of the tables; None for them.
    """

    command: str
    prices: PriceIdentity
    head: Mapping[str, Any]
    rows: Callable[[], list[dict[str, Any]]]
    tables: Callable[[], dict[str, Table]]
    blocks: Callable[[], list[Block]]
    warnings: tuple[str, ...] = ()
    cut: str = ""
    comment: Callable[[], Comment] | None = None

    def warnings_in(self, form: str) -> tuple[str, ...]:
        """What is said beside the view in a format."""
        return (*self.warnings, self.cut) if self.cut and form != "table" else self.warnings
