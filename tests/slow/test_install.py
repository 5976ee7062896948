"""The action's installation, run as a runner does: from this checkout, with pip, into an environment of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from conftest import ROOT

REPOSITORY = ROOT / "tests" / "scenarios" / "repository"


def step(name: str) -> str:
    """The shell of a step of the action."""
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    return next(str(each["run"]) for each in action["runs"]["steps"] if each["name"] == name)


def shell(script: str, environment: dict[str, str], place: Path) -> subprocess.CompletedProcess[str]:
    """Run a step as GitHub's bash does."""
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
    return subprocess.run(command, capture_output=True, text=True, env={**os.environ, **environment}, cwd=place)


@pytest.fixture
def runner(tmp_path: Path) -> dict[str, str]:
    """What a runner sets."""
    files = {name: str(tmp_path / name.lower()) for name in ("GITHUB_PATH", "GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT")}
    return {"RUNNER_TEMP": str(tmp_path), "SOURCE": str(ROOT), "PYTHON": sys.executable, **files}


def test_the_action_installs_and_checks(
    tmp_path: Path, runner: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both steps after each other: the check runs what was installed, and no module of the workspace in its place."""
    place = tmp_path / "repository"
    shutil.copytree(REPOSITORY, place)
    for name in ("venv", "pip", "llmcost", "ensurepip", "typer", "yaml", "sitecustomize"):
        (place / f"{name}.py").write_text("open('pwned', 'w')\nraise SystemExit(3)\n", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", ".")
    installed = shell(step("Install llmcost"), runner, place)
    assert installed.returncode == 0, installed.stderr
    assert not (place / "pwned").exists()
    added = Path(runner["GITHUB_PATH"]).read_text(encoding="utf-8").strip()
    assert Path(added, "llmcost").exists()
    python = Path(runner["GITHUB_OUTPUT"]).read_text(encoding="utf-8").strip().removeprefix("python=")
    given = {"PYTHON": python, "ARGUMENTS": "--frozen\n--no-builtin-prices"}
    checked = shell(step("Check budgets"), {**runner, **given}, place)
    assert not (place / "pwned").exists()
    assert checked.returncode == 1
    expected = (REPOSITORY / "expected" / "action.summary.md").read_text(encoding="utf-8")
    assert Path(runner["GITHUB_STEP_SUMMARY"]).read_text(encoding="utf-8") == expected


def test_an_old_python_is_refused(tmp_path: Path, runner: dict[str, str]) -> None:
    """A Python below 3.11 ends the step with 2 and says what to do, before anything is installed."""
    old = tmp_path / "python"
    old.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    old.chmod(0o755)
    ran = shell(step("Install llmcost"), {**runner, "PYTHON": str(old)}, tmp_path)
    assert ran.returncode == 2
    assert "run actions/setup-python in a step before" in ran.stdout
    assert not (tmp_path / "llmcost").exists()
