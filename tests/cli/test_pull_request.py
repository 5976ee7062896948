"""For a pull request: a comment worth reading, sides and baselines from git, and a job that works at once."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
import yaml
from conftest import ROOT, Run

WORKLOAD = """\
kind: workload
name: app
classes:
  - {name: chat, requests: 100k / month, input_tokens: 2000, output_tokens: 500}
"""
OFFER = "example-ai/example-small@eu"


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(
        ["git", "-c", "user.name=n", "-c", "user.email=n@example.com", "-C", str(folder), *arguments],
        check=True,
        capture_output=True,
    )


@pytest.fixture
def project(tmp_path: Path, llmcost_small: Run, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository whose last commit has a workload and its result, and whose workload has doubled since."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "workload.yaml").write_text(WORKLOAD, encoding="utf-8")
    llmcost_small("compare", "workload.yaml", "-m", OFFER, "-f", "json", "-o", "base.json")
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "base")
    (tmp_path / "workload.yaml").write_text(WORKLOAD.replace("100k", "200k"), encoding="utf-8")
    return tmp_path


def test_a_side_may_stand_in_git(project: Path, llmcost_small: Run) -> None:
    """git:REF:PATH is the file as it was: a workload, or a result; from a folder below too."""
    ran = llmcost_small("diff", "git:main:workload.yaml", "workload.yaml", "-m", OFFER, "-f", "json")
    (row,) = json.loads(ran.out)["rows"]
    assert ran.code == 0, ran.err
    assert float(row["after"]) == 2 * float(row["before"])
    result = llmcost_small("diff", "git:main:base.json", "base.json", "--exit-code")
    assert result.code == 0, result.err
    assert llmcost_small("diff", "git:main:/workload.yaml", "workload.yaml", "-m", OFFER).code == 0
    assert llmcost_small("compare", "git:main:workload.yaml", "-m", OFFER).code == 0


@pytest.mark.parametrize(
    ("side", "said", "remedy"),
    [
        ("git:nobody:workload.yaml", "cannot read git:nobody:workload.yaml: ", "git fetch origin nobody"),
        ("git:main:other.yaml", "cannot read git:main:other.yaml: ", "name a file that is there"),
        ("git:main:./", "cannot read git:main:./: it is a folder", "name a file in it"),
        ("git:main", "git:main names no file in git", "write it like git:origin/main:workload.yaml"),
        ("git:--help:x.yaml", "git:--help:x.yaml names no file in git", "write it like"),
    ],
)
def test_what_git_has_not_is_said(project: Path, llmcost_small: Run, side: str, said: str, remedy: str) -> None:
    """A revision or a file that is not there ends with 2, what to do, and nothing on stdout."""
    ran = llmcost_small("diff", side, "workload.yaml", "-m", OFFER)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert remedy in ran.err


def test_a_baseline_may_stand_in_git(project: Path, llmcost_small: Run) -> None:
    """The growth is judged against the last commit, and Markdown shows before and after."""
    ask = ("check", "workload.yaml", "-m", OFFER, "--baseline", "git:main:base.json", "-f", "markdown")
    ran = llmcost_small(*ask, "--max-increase", "10%")
    assert ran.code == 1, ran.err
    assert "| offer " in ran.out
    assert "(+100%)" in ran.out
    assert llmcost_small(*ask, "--max-increase", "100%").code == 0


def test_a_difference_in_markdown_is_a_comment(project: Path, llmcost_small: Run) -> None:
    """The sum in the title, what moved and why in a table, meter by meter to unfold, and what it rests on."""
    out = llmcost_small("diff", "git:main:workload.yaml", "workload.yaml", "-m", OFFER, "-f", "markdown").out
    lines = out.splitlines()
    assert lines[0].startswith("### Monthly cost: ")
    assert "(+100%)" in lines[0]
    assert "more or fewer requests" in lines[4]
    assert "<details><summary>Meter by meter</summary>" in out
    assert out.count("</details>") == 1
    assert "list prices before tax unless contracted" in lines[-1]


def test_of_several_offers_the_title_counts_those_that_moved(project: Path, llmcost_small: Run) -> None:
    """One that did not move is left out of the table."""
    sides = ("diff", "git:main:workload.yaml", "workload.yaml", "-m", OFFER, "-m", "night-gift", "-f", "markdown")
    out = llmcost_small(*sides).out
    assert out.startswith("### Monthly cost: 1 of 2 offers changed\n")
    same = llmcost_small("diff", "base.json", "base.json", "-f", "markdown").out
    assert same.startswith("### Monthly cost: as before\n")


@pytest.mark.parametrize(
    ("service", "path", "schema"),
    [
        ("github", ".github/workflows/llmcost.yml", "vendor.github-workflows"),
        ("gitlab", ".gitlab-ci.yml", "vendor.gitlab-ci"),
    ],
)
def test_a_project_is_checked_at_once(
    llmcost: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, service: str, path: str, schema: str
) -> None:
    """The budgets that are written pass, the job is what the service takes, and nothing is overwritten."""
    monkeypatch.chdir(tmp_path)
    made = llmcost("init", "--ci", service)
    assert made.code == 0, made.err
    assert llmcost("check", "--on", "2026-11-29").code == 0
    job = tmp_path / path
    yaml.safe_load(job.read_text(encoding="utf-8"))
    program = Path(subprocess.sys.executable).parent / "check-jsonschema"  # type: ignore[attr-defined]
    ran = subprocess.run([program, "--builtin-schema", schema, str(job)], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    again = llmcost("init", "--ci", service)
    assert again.code == 2
    assert "already exist here" in again.err


def test_a_job_for_nobody_is_refused(llmcost: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An unknown service ends with 2 and writes nothing."""
    monkeypatch.chdir(tmp_path)
    ran = llmcost("init", "--ci", "jenkins")
    assert ran.code == 2
    assert "write one of: github, gitlab" in ran.err
    assert list(tmp_path.iterdir()) == []


def test_the_job_installs_what_is_installed_here() -> None:
    """The repository and commit that pip wrote down, or a place to fill in; never a name that is nobody's."""
    from llmcost.project.ci_templates import job_of

    for service in ("github", "gitlab"):
        text = job_of(service)
        assert "@PACKAGE@" not in text
        assert "pip install --quiet 'git+" in text
    assert ROOT.is_dir()
