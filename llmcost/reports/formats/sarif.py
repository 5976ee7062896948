"""SARIF 2.1.0, as code scanning reads it."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from llmcost import __version__
from llmcost.core.analysis.budget import FAIL, CheckReport, NoVerdict, Verdict
from llmcost.core.analysis.limits import RULES
from llmcost.reports.formats.github import NO_FILE
from llmcost.reports.formats.json import dump
from llmcost.reports.views.verdicts import sentence

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
ORDER = list(RULES)


def render_sarif(checked: CheckReport) -> str:
    """One run, with a result for each limit that is broken or nearly used up."""
    results = [_result(each) for each in (*checked.failed, *checked.warned)]
    return _document({"results": results})


def render_sarif_failure(found: NoVerdict) -> str:
    """One run that did not succeed, with a notification for each problem that leaves no verdict."""
    notifications = [
        {
            "level": "error",
            "message": {"text": _text(each.sentence)},
            "locations": [{"physicalLocation": _place(each.file, each.line)}],
        }
        for each in found.problems
    ]
    invocation = {"executionSuccessful": False, "exitCode": 2, "toolExecutionNotifications": notifications}
    return _document({"invocations": [invocation], "results": []})


def _document(parts: dict[str, Any]) -> str:
    driver = {
        "name": "llmcost",
        "version": __version__,
        "rules": [
            {"id": kind, "shortDescription": {"text": f"A budget's limit, {kind.replace('_', ' ')}: {what}"}}
            for kind, what in ((rule.name, rule.figure) for rule in RULES.values())
        ],
    }
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", **parts}
    return dump({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})


def _result(verdict: Verdict) -> dict[str, Any]:
    return {
        "ruleId": verdict.limit.kind,
        "ruleIndex": ORDER.index(verdict.limit.kind),
        "level": "error" if verdict.status == FAIL else "warning",
        "message": {"text": _text(f"budget {verdict.budget.name}: {sentence(verdict)}")},
        "locations": [{"physicalLocation": _place(verdict.budget.file, verdict.line)}],
        "partialFingerprints": {"budget/v1": f"{verdict.budget.name}/{verdict.limit.kind}/{verdict.offer}"},
    }


def _place(file: str | None, line: int | None) -> dict[str, Any]:
    """A line of a file, whose name becomes an address; the config stands for what is nowhere."""
    name = file or NO_FILE
    uri = PurePosixPath(name).as_uri() if name.startswith("/") else quote(name)
    return {"artifactLocation": {"uri": uri}, "region": {"startLine": line or 1}}


def _text(text: str) -> str:
    """Text as SARIF has it, in which brackets would make a link."""
    return re.sub(r"([\\\[\]])", r"\\\1", text)
