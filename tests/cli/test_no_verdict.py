"""`check` without a verdict: the reason in every format that has a place for it, and all faults of a config at once."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import xmlschema
from conftest import SMALL, TESTS
from support.running import Run

WORK = "kind: workload\nclasses: [{name: chat, requests: 1M, input_tokens: 1000, output_tokens: 200}]\n"
FAULTY = f"""\
version: 1
model: [example-small]
models: [example-lost]
workload: missing.yaml
prices: [{SMALL}]
budgets:
  - name: a
    max_montly: 1 USD
  - name: b
    models: [example-gone]
    alternatives: [example-small, "nothing-*"]
    workload: gone.yaml
    max_monthly: one USD
"""
FAULTS = {
    (2, 'unknown key "model"'),
    (3, 'unknown model "example-lost"'),
    (4, "missing.yaml is neither a file nor a ready-made workload"),
    (8, 'unknown key "max_montly"'),
    (10, 'unknown model "example-gone"'),
    (11, 'no offer matches "nothing-*"'),
    (12, "gone.yaml is neither a file nor a ready-made workload"),
    (13, '"one" is not a number llmcost takes'),
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "llmcost.yaml").write_text(FAULTY, encoding="utf-8")
    (tmp_path / "app" / "work.yaml").write_text(WORK, encoding="utf-8")
    monkeypatch.setenv("LLMCOST_ON", "2026-09-15")
    monkeypatch.chdir(tmp_path / "app")
    return tmp_path / "app"


def check(llmcost: Run, form: str, *arguments: str) -> Any:
    return llmcost("check", "--no-builtin-prices", "-f", form, *arguments)


def test_one_run_reports_every_fault_of_a_config(llmcost: Run, project: Path) -> None:
    """Unknown keys, unknown offers, missing workloads and unreadable limits: each with its line, in one run."""
    ran = check(llmcost, "json")
    assert ran.code == 2
    errors = json.loads(ran.out)["errors"]
    assert {(each["line"], each["message"]) for each in errors} == FAULTS
    assert {each["file"] for each in errors} == {"app/llmcost.yaml"}
    assert all(each["remedy"] for each in errors)
    assert f"llmcost: {len(FAULTS)} problems in 1 file" in ran.err


def test_faults_of_prices_are_reported_with_those_of_the_config(llmcost: Run, project: Path) -> None:
    """A broken sheet or a missing one does not hide what is wrong with the config."""
    for prices, said in (("no-such-folder", "does not exist"), ("broken.yaml", "unknown kind")):
        (project / "broken.yaml").write_text("kind: nothing\n", encoding="utf-8")
        (project / "llmcost.yaml").write_text(FAULTY.replace(str(SMALL), prices), encoding="utf-8")
        ran = check(llmcost, "text")
        assert (ran.code, ran.out) == (2, "")
        assert said in ran.err
        assert 'unknown key "max_montly"' in ran.err


def test_what_something_else_stands_in_for_is_not_looked_up(
    llmcost: Run, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With models and a workload on the command line or in variables, those of the config do not count."""
    config = f"version: 1\nmodels: [example-lost]\nworkload: missing.yaml\nprices: [{SMALL}]\n"
    (project / "llmcost.yaml").write_text(config, encoding="utf-8")
    ran = check(llmcost, "text", "work.yaml", "-m", "example-small", "--max-monthly", "900 USD")
    assert ran.code == 0, ran.err
    monkeypatch.setenv("LLMCOST_WORKLOAD", "work.yaml")
    monkeypatch.setenv("LLMCOST_MODELS", "example-small")
    assert check(llmcost, "text", "--max-monthly", "900 USD").code == 0


def test_text_stays_empty(llmcost: Run, project: Path) -> None:
    """For people the reason is on stderr alone."""
    ran = check(llmcost, "text")
    assert (ran.code, ran.out) == (2, "")


def test_junit_has_an_error_for_each_fault(llmcost: Run, project: Path) -> None:
    """A report that CI systems take, in which nothing passed."""
    text = check(llmcost, "junit").out
    xmlschema.XMLSchema(TESTS / "schemas" / "junit-10.xsd").validate(text)
    (suite,) = ElementTree.fromstring(text)
    assert (suite.get("tests"), suite.get("errors"), suite.get("failures")) == ("8", "8", "0")
    assert {case.get("name") for case in suite} == {f"app/llmcost.yaml:{line}" for line, _ in FAULTS}
    assert all(case.find("error") is not None for case in suite)


def test_sarif_says_that_the_run_did_not_succeed(llmcost: Run, project: Path) -> None:
    """Notifications of the run, at their places, and no result that could be taken for a verdict."""
    data = json.loads(check(llmcost, "sarif").out)
    schema = json.loads((TESTS / "schemas" / "sarif-2.1.0.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker()).validate(data)
    (run,) = data["runs"]
    (invocation,) = run["invocations"]
    assert (run["results"], invocation["executionSuccessful"], invocation["exitCode"]) == ([], False, 2)
    places = [each["locations"][0]["physicalLocation"] for each in invocation["toolExecutionNotifications"]]
    assert {place["artifactLocation"]["uri"] for place in places} == {"app/llmcost.yaml"}
    assert sorted(place["region"]["startLine"] for place in places) == sorted(line for line, _ in FAULTS)


def test_github_points_at_each_fault(llmcost: Run, project: Path) -> None:
    """An annotation a fault, at most as many as a step shows, and the sum once."""
    lines = check(llmcost, "github").out.splitlines()
    assert [line.partition(",title=")[0] for line in lines[:2]] == [
        "::error file=app/llmcost.yaml,line=2,col=1",
        "::error file=app/llmcost.yaml,line=3,col=10",
    ]
    assert lines[-1] == "llmcost: no verdict"
    assert len(lines) == len(FAULTS) + 1


def test_gitlab_has_a_blocker_for_each_fault(llmcost: Run, project: Path) -> None:
    """Findings that nobody takes for a passed check."""
    issues = json.loads(check(llmcost, "gitlab").out)
    assert {each["severity"] for each in issues} == {"blocker"}
    assert {each["location"]["lines"]["begin"] for each in issues} == {line for line, _ in FAULTS}
    assert len({each["fingerprint"] for each in issues}) == len(FAULTS)


def test_markdown_holds_the_reason_as_it_is_printed(llmcost: Run, project: Path) -> None:
    """A section of a job summary, in a fence."""
    ran = check(llmcost, "markdown")
    assert ran.out.startswith("### llmcost: no verdict\n\n```text\napp/llmcost.yaml:2:1: unknown key")
    assert ran.out.endswith("\n```\n")


FORMS = ("json", "junit", "sarif", "github", "gitlab", "markdown")


@pytest.mark.parametrize("form", FORMS)
def test_a_reason_goes_where_the_report_would(llmcost: Run, project: Path, form: str) -> None:
    """With -o the document is in the file, stdout is empty, and the code is 2 even with --exit-zero."""
    printed = check(llmcost, form)
    ran = check(llmcost, form, "-o", "report.txt", "--exit-zero")
    assert (ran.code, ran.out) == (2, "")
    assert (project / "report.txt").read_text(encoding="utf-8") == printed.out
    nowhere = check(llmcost, form, "-o", "no/such/folder.txt")
    assert (nowhere.code, nowhere.out) == (2, "")
    assert "cannot write no/such/folder.txt" in nowhere.err
    assert 'unknown key "max_montly"' in nowhere.err


@pytest.mark.parametrize("form", FORMS)
def test_a_budget_that_cannot_be_judged_is_pointed_at(llmcost: Run, project: Path, form: str) -> None:
    """No full price for an offer of a budget: its own line, not the first of the file."""
    (project / "llmcost.yaml").write_text(
        f"version: 1\nworkload: work.yaml\nprices: [{SMALL}]\nbudgets:\n"
        "  - {name: fine, models: [example-small], max_monthly: 1 USD}\n"
        "  - {name: gone, models: [example-retired], max_monthly: 1 USD}\n",
        encoding="utf-8",
    )
    ran = check(llmcost, form)
    assert ran.code == 2
    assert "no full price for example-ai/example-retired@global" in ran.out.replace("\\", "")
    line = {"github": ",line=6,", "json": '"line": 6', "junit": "llmcost.yaml:6", "markdown": "llmcost.yaml:6:"}
    assert line.get(form, "6") in ran.out


def test_without_a_project_the_reason_has_no_place(
    llmcost_small: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault of the command line stands in no file; formats that need one name the config."""
    monkeypatch.chdir(tmp_path)
    ask = ("check", "-m", "example-lost", "--requests", "1", "--input", "1", "--max-monthly", "1 USD")
    assert json.loads(llmcost_small(*ask, "-f", "json").out)["errors"][0]["file"] is None
    assert llmcost_small(*ask, "-f", "github").out.startswith("::error file=llmcost.yaml,title=")


def test_a_result_without_a_verdict_is_no_baseline(llmcost: Run, project: Path) -> None:
    """The document of a failure looks like no result to what reads results."""
    assert check(llmcost, "json", "-o", "base.json").code == 2
    ran = llmcost("diff", "base.json", "base.json")
    assert (ran.code, ran.out) == (2, "")


@pytest.mark.parametrize(("form", "times"), [("text", 1), ("github", 1), ("junit", 0), ("gitlab", 0), ("sarif", 0)])
def test_how_it_ended_is_said_once(llmcost: Run, project: Path, form: str, times: int) -> None:
    """Where the report says it on stdout, stderr does not say it again; where it does not, stderr does."""
    ask = ("work.yaml", "-m", "example-small", "--max-monthly", "900 USD", "--no-config", "--prices", str(SMALL))
    ran = check(llmcost, form, *ask)
    assert ran.code == 0, ran.err
    assert (ran.out + ran.err).count("the limit is kept") == 1
    assert ran.out.count("the limit is kept") == times
