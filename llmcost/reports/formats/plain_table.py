"""Tables and lines for people, without colour or bars: what stands in a terminal beside comparisons."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from llmcost.reports.style import GAP, Screen
from llmcost.reports.views.comparison import Table

if TYPE_CHECKING:
    from llmcost.reports.views.view import Block

LEAST_SHOWN = 4
"""Columns of a view that stand beside each other at least."""


def render_plain_table(table: Table, screen: Screen, least: int = 2) -> str:
    """Any neutral table: its last columns are left out, down to ``least`` of them, then its rows are stacked."""
    widths = _widths(table)
    if (kept := _columns_shown(widths, screen.width, least)) is None:
        lines = []
        for row in table.rows:
            named = zip(table.columns[1:], row[1:], strict=True)
            lines += [row[0], *(f"  {column} {cell}" for column, cell in named if cell)]
        return screen.safe("\n".join(lines)) + "\n"
    lines = []
    for row in (table.columns, *table.rows):
        cells = [
            row[i].rjust(widths[i]) if table.columns[i] in table.numeric else row[i].ljust(widths[i])
            for i in range(kept)
        ]
        lines.append((" " * GAP).join(cells).rstrip())
    return screen.safe("\n".join(lines)) + "\n"


def _widths(table: Table) -> list[int]:
    return [max([len(name), *(len(row[i]) for row in table.rows)]) for i, name in enumerate(table.columns)]


def _columns_shown(widths: Sequence[int], width: int, least: int) -> int | None:
    """How many of the first columns fit beside each other; None where not even ``least`` do."""
    counts = range(len(widths), min(least, len(widths)) - 1, -1)
    return next((count for count in counts if sum(widths[:count]) + GAP * (count - 1) <= width), None)


def render_blocks(blocks: Iterable[Block], screen: Screen) -> str:
    """The parts of a view one below the other; a picture where the screen can show one."""
    texts = [_render_block(block, screen) for block in blocks]
    return "\n\n".join(text for text in texts if text) + "\n"


def _render_block(block: Block, screen: Screen) -> str:
    if isinstance(block, str):
        return block
    if isinstance(block, Table):
        shown = _columns_shown(_widths(block), screen.width, LEAST_SHOWN)
        missing = () if shown is None else block.columns[shown:]
        said = [f"Too wide to show here: {', '.join(missing)}"] if missing else []
        return "\n".join([render_plain_table(block, screen, LEAST_SHOWN).rstrip("\n"), *said])
    if not screen.can_show("⡇"):
        return ""
    from llmcost.reports.formats.plot import breakeven_plot

    return breakeven_plot(block, screen.width, colour=screen.colour) or ""
