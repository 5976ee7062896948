"""GitLab's Code Quality report: an issue for each limit that is broken or nearly used up."""

from __future__ import annotations

import hashlib

from llmcost.core.analysis.budget import FAIL, CheckReport, NoVerdict, Verdict
from llmcost.errors import Problem
from llmcost.reports.formats.github import NO_FILE
from llmcost.reports.formats.json import dump
from llmcost.reports.views.verdicts import sentence


def render_gitlab(checked: CheckReport) -> str:
    """A list of issues; empty when every limit is kept."""
    return dump([_issue(each) for each in (*checked.failed, *checked.warned)])


def render_gitlab_failure(found: NoVerdict) -> str:
    """An issue for each problem that leaves no verdict."""
    return dump([_blocker(each) for each in found.problems])


def _blocker(problem: Problem) -> dict[str, object]:
    name = f"{problem.file}\0{problem.line}\0{problem.message}"
    return {
        "description": f"no verdict: {problem.sentence}",
        "check_name": "llmcost/no-verdict",
        "fingerprint": hashlib.sha256(name.encode(errors="replace")).hexdigest(),
        "severity": "blocker",
        "location": {"path": _path(problem.file), "lines": {"begin": problem.line or 1}},
    }


def _path(file: str | None) -> str:
    """A path from the root, as GitLab takes it; a file outside of it has none, so the config stands for it."""
    return file if file and not file.startswith("/") else NO_FILE


def _issue(verdict: Verdict) -> dict[str, object]:
    name = f"{verdict.budget.name}\0{verdict.limit.kind}\0{verdict.offer}"
    return {
        "description": sentence(verdict),
        "check_name": f"llmcost/{verdict.limit.kind}",
        "fingerprint": hashlib.sha256(name.encode()).hexdigest(),
        "severity": "major" if verdict.status == FAIL else "minor",
        "location": {"path": _path(verdict.budget.file), "lines": {"begin": verdict.line or 1}},
    }
