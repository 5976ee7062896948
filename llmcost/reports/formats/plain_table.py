"""Tables and lines for people, without colour or bars: what stands in a terminal beside comparisons."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from llmcost.reports.style import GAP, Screen
from llmcost.reports.views.comparison import Table

if TYPE_CHECKING:
    from llmcost.reports.views.view import Block


def render_plain_table(table: Table, screen: Screen, least: int = 2) -> str:
    """Any neutral table: its last columns are dropped, down to ``least`` of them, then its rows are stacked."""
    kept = list(range(len(table.columns)))
    widths = [max([len(name), *(len(row[i]) for row in table.rows)]) for i, name in enumerate(table.columns)]
    while len(kept) > least and sum(widths[i] + GAP for i in kept) - GAP > screen.width:
        kept.pop()
    lines = []
    if sum(widths[i] + GAP for i in kept) - GAP > screen.width:
        for row in table.rows:
            lines += [row[0], *(f"  {table.columns[i]} {row[i]}" for i in kept[1:] if row[i])]
        return screen.safe("\n".join(lines)) + "\n"
    for row in (table.columns, *table.rows):
        cells = [
            row[i].rjust(widths[i]) if table.columns[i] in table.numeric else row[i].ljust(widths[i]) for i in kept
        ]
        lines.append((" " * GAP).join(cells).rstrip())
    return screen.safe("\n".join(lines)) + "\n"


def render_blocks(blocks: Iterable[Block], screen: Screen) -> str:
    """The parts of a view one below the other; a picture where the screen can show one."""
    texts = [_render_block(block, screen) for block in blocks]
    return "\n\n".join(text for text in texts if text) + "\n"


def _render_block(block: Block, screen: Screen) -> str:
    if isinstance(block, str):
        return block
    if isinstance(block, Table):
        return render_plain_table(block, screen, least=4).rstrip("\n")
    if not screen.can_show("⡇"):
        return ""
    from llmcost.reports.formats.plot import breakeven_plot

    return breakeven_plot(block, screen.width, colour=screen.colour) or ""
