"""SARIF 2.1.0, as code scanning reads it."""

from __future__ import annotations

from typing import Any

from llmcost.core.budget import FAIL, KINDS, Checked, Verdict
from llmcost.reports.github import NO_FILE
from llmcost.reports.json import dump
from llmcost.reports.verdicts import sentence

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
RULES = list(KINDS)


def render_sarif(checked: Checked) -> str:
    """One run, with a result for each limit that is broken or nearly used up."""
    driver = {
        "name": "llmcost",
        "version": checked.version,
        "rules": [
            {"id": kind, "shortDescription": {"text": f"A budget's limit, {kind.replace('_', ' ')}: {what}"}}
            for kind, what in KINDS.items()
        ],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(each) for each in (*checked.failed, *checked.warned)],
    }
    return dump({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})


def _result(verdict: Verdict) -> dict[str, Any]:
    place = {
        "artifactLocation": {"uri": verdict.budget.file or NO_FILE},
        "region": {"startLine": verdict.line or 1},
    }
    return {
        "ruleId": verdict.limit.kind,
        "ruleIndex": RULES.index(verdict.limit.kind),
        "level": "error" if verdict.status == FAIL else "warning",
        "message": {"text": f"budget {verdict.budget.name}: {sentence(verdict)}"},
        "locations": [{"physicalLocation": place}],
        "partialFingerprints": {"budget/v1": f"{verdict.budget.name}/{verdict.limit.kind}/{verdict.offer}"},
    }
