"""Results out: one file a format, one line here.

``terminal`` and ``explain`` are for people; ``csv``, ``json`` and ``text`` for programs and documents; ``xlsx`` for
spreadsheets and ``focus`` for FinOps tools; of a check, ``verdicts`` for people and ``github``, ``gitlab``, ``junit``
and ``sarif`` for what runs it.
"""

FORMATS = ("table", "markdown", "csv", "tsv", "json", "jsonl")
COMPARISON_FORMATS = (*FORMATS, "xlsx", "focus")
"""Formats of a comparison."""
CHECK_FORMATS = {
    "text": ("verdicts", "render_text"),
    "json": ("verdicts", "render_json_report"),
    "markdown": ("verdicts", "render_markdown_report"),
    "github": ("github", "render_github"),
    "gitlab": ("gitlab", "render_gitlab"),
    "junit": ("junit", "render_junit"),
    "sarif": ("sarif", "render_sarif"),
}
"""Formats of a check, each with its file and function."""
