"""Annotations of GitHub Actions: a command on a line of its own, pointing at the budget's line."""

from __future__ import annotations

from llmcost.core.budget import Checked, Verdict
from llmcost.reports.verdicts import sentence, summary, title

MOST = 10
"""Annotations of one kind that a step shows."""
NO_FILE = "llmcost.yaml"


def render_github(checked: Checked) -> str:
    """Errors for broken limits, warnings for those nearly used up, and a line in sum."""
    lines = []
    for level, found in (("error", checked.failed), ("warning", checked.warned)):
        lines += [_annotation(level, each) for each in found[:MOST]]
        if len(found) > MOST:
            lines.append(f"{len(found) - MOST} more {level}s are not shown as annotations")
    return "\n".join([*lines, f"llmcost: {_data(summary(checked))}"]) + "\n"


def _annotation(level: str, verdict: Verdict) -> str:
    places = {"file": verdict.budget.file, "line": verdict.line if verdict.budget.file else None}
    properties = [f"{key}={_property(str(value))}" for key, value in places.items() if value is not None]
    properties.append(f"title={_property(title(verdict))}")
    return f"::{level} {','.join(properties)}::{_data(sentence(verdict))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
