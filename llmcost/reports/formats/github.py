"""Annotations of GitHub Actions: a command on a line of its own, pointing at the budget's line."""

from __future__ import annotations

from collections.abc import Mapping

from llmcost.core.analysis.budget import CheckReport, NoVerdict, Verdict
from llmcost.reports.views.verdicts import sentence, summary, title

MOST = 10
"""Annotations of one kind that a step shows."""
NO_FILE = "llmcost.yaml"


def render_github(checked: CheckReport) -> str:
    """Errors for broken limits, warnings for those nearly used up, and a line in sum."""
    lines = []
    for level, found in (("error", checked.failed), ("warning", checked.warned)):
        lines += [_annotation(level, each) for each in found[:MOST]]
        if len(found) > MOST:
            lines.append(f"{len(found) - MOST} more {level}s are not shown as annotations")
    return "\n".join([*lines, f"llmcost: {_data(summary(checked))}"]) + "\n"


def render_github_failure(found: NoVerdict) -> str:
    """An error for each problem, at its place, and a line in sum."""
    lines = []
    for each in found.problems[:MOST]:
        places = {"file": each.file or NO_FILE, "line": each.line or None, "col": each.column or None}
        lines.append(_command("error", places, "llmcost gives no verdict", each.sentence))
    if len(found.problems) > MOST:
        lines.append(f"{len(found.problems) - MOST} more problems are not shown as annotations")
    return "\n".join([*lines, "llmcost: no verdict"]) + "\n"


def _annotation(level: str, verdict: Verdict) -> str:
    places = {"file": verdict.budget.file, "line": verdict.line if verdict.budget.file else None}
    return _command(level, places, title(verdict), sentence(verdict))


def _command(level: str, places: Mapping[str, object], name: str, text: str) -> str:
    properties = {**{key: value for key, value in places.items() if value is not None}, "title": name}
    written = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items())
    return f"::{level} {written}::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
