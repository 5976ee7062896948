"""Results out: ``views`` are what is said, ``formats`` how it is written; ``numbers`` is the only place that rounds.

A format is one file in ``formats`` and one line here.
"""

from typing import Literal, NamedTuple

Option = Literal["columns", "wide", "vary", "header", "dialect", "explain"]


class Format(NamedTuple):
    """How a comparison is written: by which module of ``formats`` and function, and which options have an effect.

    ``rows`` says that any table can be written so. ``binary``: it is not for a terminal. ``left_out`` names the
    function that says which offers it leaves out, None where it leaves out none.
    """

    module: str
    function: str
    takes: frozenset[Option]
    rows: bool = True
    binary: bool = False
    left_out: str | None = None


COMPARISON_FORMATS: dict[str, Format] = {
    "table": Format("table", "write_table", frozenset(("vary", "explain"))),
    "markdown": Format("markdown", "write_markdown", frozenset(("columns", "wide", "vary", "header"))),
    "csv": Format("csv", "write_csv", frozenset(("columns", "wide", "vary", "header", "dialect"))),
    "tsv": Format("csv", "write_tsv", frozenset(("columns", "wide", "vary", "header"))),
    "json": Format("json", "write_json", frozenset(("vary", "explain"))),
    "jsonl": Format("json", "write_jsonl", frozenset(("explain",))),
    "xlsx": Format("xlsx", "write_xlsx", frozenset(("columns",)), rows=False, binary=True),
    "focus": Format("focus", "write_focus", frozenset(), rows=False, left_out="left_out"),
}
"""Formats of a comparison."""
FORMATS = tuple(name for name, each in COMPARISON_FORMATS.items() if each.rows)
"""Formats of whatever else is printed."""


def taking(option: Option) -> list[str]:
    """The formats in which an option has an effect."""
    return [name for name, each in COMPARISON_FORMATS.items() if option in each.takes]


class CheckFormat(NamedTuple):
    """How a check is written: by which module and function, and by which one where there is no verdict (None: not).

    ``says_sum``: people find there how it ended. ``commands``: lines that begin with ``::`` are meant.
    """

    module: str
    function: str
    failure: str | None = None
    says_sum: bool = False
    commands: bool = False


CHECK_FORMATS = {
    "text": CheckFormat("check", "render_text", says_sum=True),
    "json": CheckFormat("check", "render_json_report", "render_json_failure", says_sum=True),
    "markdown": CheckFormat("check", "render_markdown_report", "render_markdown_failure"),
    "github": CheckFormat("github", "render_github", "render_github_failure", says_sum=True, commands=True),
    "gitlab": CheckFormat("gitlab", "render_gitlab", "render_gitlab_failure"),
    "junit": CheckFormat("junit", "render_junit", "render_junit_failure"),
    "sarif": CheckFormat("sarif", "render_sarif", "render_sarif_failure"),
}
"""Formats of a check."""
