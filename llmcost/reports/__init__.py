"""Results out: ``views`` are what is said, ``formats`` how it is written; ``numbers`` is the only place that rounds.

A format is one file in ``formats`` and one line here.
"""

from typing import NamedTuple

FORMATS = ("table", "markdown", "csv", "tsv", "json", "jsonl")
COMPARISON_FORMATS = (*FORMATS, "xlsx", "focus")
"""Formats of a comparison."""


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
