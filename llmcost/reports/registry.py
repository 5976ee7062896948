"""The registry of formats: one file in ``formats`` and one line here each."""

from typing import Literal, NamedTuple

Option = Literal["columns", "wide", "vary", "header", "dialect", "explain"]


class Format(NamedTuple):
    """How a comparison is written: by which module of ``formats`` and function, and which options have an effect.

    ``endings`` are those of files that may hold it. ``rows``: any view can be written so. ``binary``: it is not for a
    terminal. ``left_out`` names the function that says which offers it leaves out, None where it leaves out none.
    """

    module: str
    function: str
    takes: frozenset[Option]
    endings: tuple[str, ...] = ()
    rows: bool = False
    binary: bool = False
    left_out: str | None = None


COMPARISON_FORMATS: dict[str, Format] = {
    "table": Format("table", "write_table", frozenset(("vary", "explain")), rows=True),
    "markdown": Format(
        "markdown",
        "write_markdown",
        frozenset(("columns", "wide", "vary", "header")),
        (".md", ".markdown"),
        rows=True,
    ),
    "csv": Format(
        "csv", "write_csv", frozenset(("columns", "wide", "vary", "header", "dialect")), (".csv",), rows=True
    ),
    "tsv": Format("csv", "write_tsv", frozenset(("columns", "wide", "vary", "header")), (".tsv",), rows=True),
    "json": Format("json", "write_json", frozenset(("vary", "explain")), (".json",), rows=True),
    "jsonl": Format("json", "write_jsonl", frozenset(("explain",)), (".jsonl", ".jsonlines", ".ndjson"), rows=True),
    "xlsx": Format("xlsx", "write_xlsx", frozenset(("columns",)), (".xlsx",), binary=True),
    "html": Format("page.html", "write_html", frozenset(("vary",)), (".html", ".htm"), rows=True),
    "focus": Format("focus", "write_focus", frozenset(), (".csv",), left_out="left_out"),
}
"""Formats of a comparison."""
FORMATS = tuple(name for name, each in COMPARISON_FORMATS.items() if each.rows)
"""Formats of whatever else is printed."""


def taking(option: Option) -> list[str]:
    """The formats in which an option has an effect."""
    return [name for name, each in COMPARISON_FORMATS.items() if option in each.takes]


class CheckFormat(NamedTuple):
    """How a check is written: by which module and function, and by which one where there is no verdict (None: not).

    ``says_sum``: people find there how it ended. ``commands``: lines that begin with ``::`` are meant. ``styled``: its
    function takes the style as well.
    """

    module: str
    function: str
    failure: str | None = None
    endings: tuple[str, ...] = ()
    says_sum: bool = False
    commands: bool = False
    styled: bool = False


CHECK_FORMATS = {
    "text": CheckFormat("check", "render_text", says_sum=True),
    "json": CheckFormat("check", "render_json_report", "render_json_failure", (".json",), says_sum=True),
    "markdown": CheckFormat("check", "render_markdown_report", "render_markdown_failure", (".md", ".markdown")),
    "github": CheckFormat("github", "render_github", "render_github_failure", says_sum=True, commands=True),
    "gitlab": CheckFormat("gitlab", "render_gitlab", "render_gitlab_failure", (".json",)),
    "junit": CheckFormat("junit", "render_junit", "render_junit_failure", (".xml",)),
    "html": CheckFormat("page.html", "write_check", "write_failure", (".html", ".htm"), styled=True),
    "sarif": CheckFormat("sarif", "render_sarif", "render_sarif_failure", (".json", ".sarif")),
}
"""Formats of a check."""


def formats_by_ending() -> dict[str, tuple[str, ...]]:
    """The formats that a file with an ending may hold, the first of them meant where none is named."""
    found: dict[str, dict[str, None]] = {}
    endings = [(name, form.endings) for name, form in COMPARISON_FORMATS.items()]
    endings += [(name, form.endings) for name, form in CHECK_FORMATS.items()]
    for name, own in endings:
        for ending in own:
            found.setdefault(ending, {})[name] = None
    return {ending: tuple(names) for ending, names in found.items()}
