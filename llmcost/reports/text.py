"""Markdown tables; the only door to the tabulate library, which gets text and never guesses at numbers."""

from __future__ import annotations

import re

from tabulate import tabulate

from llmcost.reports.tables import Table

_MARKS = re.compile(r"([\\`*_\[\]<>|~])")


def render_markdown(table: Table, header: bool = True) -> str:
    """The table in GitHub's Markdown, with every mark in the data made harmless."""
    columns = [name.replace("_", " ") for name in table.columns]
    align = ["right" if name in table.numeric else "left" for name in table.columns]
    rows = [[escape(cell) for cell in row] for row in table.rows]
    text = tabulate(rows, columns, tablefmt="pipe", disable_numparse=True, colalign=align if rows else None)
    lines = text.splitlines()
    return "\n".join(lines if header else lines[2:]) + "\n"


def escape(cell: str) -> str:
    """A cell as plain text: no markup and no line break."""
    return _MARKS.sub(r"\\\1", cell.replace("\n", " "))
