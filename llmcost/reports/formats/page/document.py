"""The page around tables and charts: its head with style and script, and what every report says below."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Sequence
from html import escape
from importlib.resources import files

from llmcost import __version__
from llmcost.core.offers.price_identity import PriceIdentity
from llmcost.reports.views.comparison import Table


def page(title: str, parts: Iterable[str], foot: Iterable[str]) -> str:
    """One self-contained file: it may load nothing, and runs only its own script."""
    style, script = _own("page.css"), _own("page.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; base-uri 'none'"
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n<main>\n"
        + "\n".join(part for part in parts if part)
        + "\n</main>\n<footer>\n"
        + "\n".join(f"<p>{line}</p>" for line in foot)
        + f"\n</footer>\n<script>{script}</script>\n</body>\n</html>\n"
    )


def _own(name: str) -> str:
    return files("llmcost.reports.formats.page").joinpath(name).read_text(encoding="utf-8")


def heading(title: str, lines: Sequence[str]) -> str:
    """The title and what was asked."""
    return f"<h1>{escape(title)}</h1>\n" + paragraphs(lines)


def paragraphs(lines: Iterable[str]) -> str:
    """Lines of text."""
    return "\n".join(f"<p>{escape(line)}</p>" for line in lines if line)


def section(title: str, inside: str) -> str:
    """A part with a heading; "" for an empty one."""
    return f"<h2>{escape(title)}</h2>\n{inside}" if inside else ""


def folded(summary: str, inside: str) -> str:
    """What is shown on demand."""
    return f"<details><summary>{escape(summary)}</summary>{inside}</details>"


def text_block(lines: Iterable[str]) -> str:
    """Lines as they are, in one width."""
    return f"<pre>{escape(chr(10).join(lines))}</pre>"


def table_of(table: Table, caption: str) -> str:
    """Any neutral table, which can be sorted."""
    cells = [
        [cell(escape(text), numeric=name in table.numeric) for name, text in zip(table.columns, row, strict=True)]
        for row in table.rows
    ]
    return sortable(caption, [(name.replace("_", " "), name in table.numeric) for name in table.columns], cells)


def cell(inside: str, *, numeric: bool = False, value: str | None = None) -> str:
    """A cell; ``value`` is what it is sorted by, None for its text."""
    kind = ' class="number"' if numeric else ""
    sorted_by = f' data-value="{escape(value, quote=True)}"' if value is not None else ""
    return f"<td{kind}{sorted_by}>{inside}</td>"


def sortable(
    caption: str, heads: Sequence[tuple[str, bool]], rows: Sequence[Sequence[str]], best: frozenset[int] = frozenset()
) -> str:
    """A table whose heads sort it; ``heads`` are names, and whether they are of figures; ``best`` rows stand out."""
    names = "".join(
        f'<th scope="col" aria-sort="none"{" class=" + chr(34) + "number" + chr(34) if numeric else ""}>'
        f'<button type="button">{escape(name)}</button></th>'
        for name, numeric in heads
    )
    lines = "".join(
        f"<tr{' class=' + chr(34) + 'best' + chr(34) if at in best else ''}>{''.join(row)}</tr>\n"
        for at, row in enumerate(rows)
    )
    label = escape(caption, quote=True)
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{label}"><table class="sortable">'
        f"<thead><tr>{names}</tr></thead>\n<tbody>\n{lines}</tbody></table></div>"
    )


def basis(prices: PriceIdentity, on: str, command: str, said: str) -> list[str]:
    """What the figures rest on, and what made the page."""
    sources = escape(", ".join(prices.sources))
    lines = [
        escape(said),
        f"Prices{f' of {escape(on)}' if on else ''}, <code>{escape(prices.digest)}</code>"
        + (f", from {sources}" if sources else ""),
    ]
    lines += [f"Made by <code>{escape(command)}</code> with llmcost {__version__}"] if command else []
    return lines
