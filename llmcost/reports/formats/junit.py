"""JUnit XML: a suite for each budget, a case for each offer and limit."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement, indent, tostring

from llmcost.core.analysis.budget import FAIL, CheckReport, NoVerdict, Verdict
from llmcost.reports.views.verdicts import sentence


def render_junit(checked: CheckReport) -> str:
    """The report as every CI system reads it; a warning is output of a case that passed."""
    root = Element("testsuites")
    suites: dict[str, list[Verdict]] = {}
    for each in checked.verdicts:
        suites.setdefault(each.budget.name, []).append(each)
    for name, verdicts in suites.items():
        failed = sum(each.status == FAIL for each in verdicts)
        counts = {"tests": str(len(verdicts)), "failures": str(failed), "errors": "0", "skipped": "0"}
        suite = SubElement(root, "testsuite", {"name": f"llmcost budget {name}", **counts, "time": "0"})
        for each in verdicts:
            names = {"classname": f"{name}.{each.limit.kind}", "name": each.offer, "time": "0"}
            case = SubElement(suite, "testcase", names)
            if each.status == FAIL:
                SubElement(case, "failure", {"message": sentence(each), "type": each.limit.kind}).text = sentence(each)
            else:
                SubElement(case, "system-out").text = sentence(each)
    return _document(root)


def render_junit_failure(found: NoVerdict) -> str:
    """One suite, with an error for each problem that leaves no verdict."""
    root = Element("testsuites")
    counts = {"tests": str(len(found.problems)), "failures": "0", "errors": str(len(found.problems)), "skipped": "0"}
    suite = SubElement(root, "testsuite", {"name": "llmcost", **counts, "time": "0"})
    for each in found.problems:
        place = f"{each.file}:{each.line}" if each.line else each.file
        case = SubElement(suite, "testcase", {"classname": "llmcost", "name": place or "verdict", "time": "0"})
        SubElement(case, "error", {"message": each.sentence, "type": "no verdict"}).text = each.sentence
    return _document(root)


def _document(root: Element) -> str:
    indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root, encoding="unicode") + "\n"
