"""Markdown tables; the only door to the tabulate library, which gets text and never guesses at numbers."""

from __future__ import annotations

import re
from html import escape as html_escape

from tabulate import tabulate

from llmcost.core.analysis.report import ComparisonReport
from llmcost.reports.style import Style
from llmcost.reports.views.comparison import Table, markdown_columns
from llmcost.reports.views.rows import rows_of
from llmcost.reports.views.view import Comment

_MARKS = re.compile(r"([*_<>|])")
_PLAIN = re.compile(
    r"""(?!.*(:[\w+-]+:|www\.|GH-\d))    # shortcodes of emoji, addresses, numbers of issues
    ([\w\s*<>|.,;()/+='"?≥≤×…–—→·-]
    |(?<=\d)%
    |:(?=\w|\s|$)(?<=\w:)
    |(?<=\w)@(?=\w)(?![\w-]*\.)             # a place or an accelerator, and nobody's name or address
    )*""",
    re.VERBOSE | re.IGNORECASE,
)
"""Text that only needs its marks escaped: no service makes a link, a mention, a picture or anything else of it."""


def write_markdown(report: ComparisonReport, style: Style) -> str:
    """A comparison as a table in Markdown, of the columns that people read."""
    return render_markdown(rows_of(report, style, markdown_columns(report.comparison)), header=style.header)


def render_markdown(table: Table, *, header: bool = True) -> str:
    """The table in GitHub's Markdown, with every mark in the data made harmless."""
    columns = [name.replace("_", " ") for name in table.columns]
    align = ["right" if name in table.numeric else "left" for name in table.columns]
    rows = [[escape(cell) for cell in row] for row in table.rows]
    text = tabulate(rows, columns, tablefmt="pipe", disable_numparse=True, colalign=align if rows else None)
    lines = text.splitlines()
    return "\n".join(lines if header else lines[2:]) + "\n"


def render_comment(comment: Comment) -> str:
    """A section for a pull request: its table below its title, the details folded away."""
    parts = [f"### {escape(comment.title)}", render_markdown(comment.table).rstrip()] if comment.table.rows else []
    parts = parts or [f"### {escape(comment.title)}"]
    for summary, table in comment.details:
        if table.rows:
            folded = render_markdown(table).rstrip()
            parts.append(f"<details><summary>{html_escape(summary)}</summary>\n\n{folded}\n\n</details>")
    parts += [escape(comment.foot)] if comment.foot else []
    return "\n\n".join(parts) + "\n"


def escape(cell: str) -> str:
    """A cell as plain text, on one line: its marks escaped, or as code where a service may find something live in it.

    Backslashes do not help against what services look for in the finished text, such as ``@name`` or ``:tada:``.
    """
    cell = " ".join(cell.split())
    return _MARKS.sub(r"\\\1", cell) if _PLAIN.fullmatch(cell) else _code(cell)


def _code(text: str) -> str:
    """A code span in a table, whose fence is longer than any in the text."""
    fence = "`" * (_longest_fence(text) + 1)
    text = text.replace("\\|", "\\ |").replace("|", "\\|")  # a backslash before a bar must not free it
    return f"{fence} {text} {fence}" if "`" in text[:1] + text[-1:] else f"{fence}{text}{fence}"


def code_block(text: str) -> str:
    """Lines as they are, in a fence longer than any in them."""
    fence = "`" * max(3, _longest_fence(text) + 1)
    return f"{fence}text\n{text}\n{fence}\n"


def _longest_fence(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)
