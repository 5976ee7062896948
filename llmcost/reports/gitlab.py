"""GitLab's Code Quality report: an issue for each limit that is broken or nearly used up."""

from __future__ import annotations

import hashlib

from llmcost.core.budget import FAIL, Checked, Verdict
from llmcost.reports.github import NO_FILE
from llmcost.reports.json import dump
from llmcost.reports.verdicts import sentence


def render_gitlab(checked: Checked) -> str:
    """A list of issues; empty when every limit is kept."""
    return dump([_issue(each) for each in (*checked.failed, *checked.warned)])


def _issue(verdict: Verdict) -> dict[str, object]:
    name = f"{verdict.budget.name}\0{verdict.limit.kind}\0{verdict.offer}"
    return {
        "description": sentence(verdict),
        "check_name": f"llmcost/{verdict.limit.kind}",
        "fingerprint": hashlib.sha256(name.encode()).hexdigest(),
        "severity": "major" if verdict.status == FAIL else "minor",
        "location": {"path": verdict.budget.file or NO_FILE, "lines": {"begin": verdict.line or 1}},
    }
