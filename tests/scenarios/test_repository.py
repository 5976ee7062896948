"""A project with budgets, from its files to what its CI shows: every format, the GitHub action, the GitLab job.

`repository/` is the project and `repository/README.md` its sums worked by hand; `repository/expected/` holds what is
printed. `pytest --update-golden` rewrites that; read the difference as a reviewer would.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from conftest import ROOT
from support.running import Run

from llmcost.reports.registry import CHECK_FORMATS

HERE = Path(__file__).parent / "repository"
EXPECTED = HERE / "expected"
CHECK = ("check", "--frozen", "--no-builtin-prices")


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout of the project, which is the working directory."""
    copy = tmp_path / "repository"
    shutil.copytree(HERE, copy, ignore=shutil.ignore_patterns("expected"))
    (copy / ".git").mkdir()
    monkeypatch.chdir(copy)
    return copy


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A folder for PATH with this `llmcost` in it, and a Python that runs it only where asked to be isolated."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "llmcost").write_text(f'#!/bin/sh\nexec {sys.executable} -m llmcost "$@"\n', encoding="utf-8")
    (folder / "llmcost").chmod(0o755)
    isolated = f'#!/bin/sh\n[ "$1 $2 $3" = "-I -m llmcost" ] && shift && exec {sys.executable} -P "$@"\n'
    (folder / "python").write_text(isolated, encoding="utf-8")  # a real -I would not find this checkout
    (folder / "python").chmod(0o755)
    return folder


@pytest.fixture
def expect(update_golden: bool) -> Callable[[str, str], None]:
    """Compare a text with a file of `expected/`."""

    def compare(name: str, text: str) -> None:
        if update_golden:
            (EXPECTED / name).write_text(text, encoding="utf-8", newline="\n")
        assert (EXPECTED / name).read_text(encoding="utf-8") == text

    return compare


@pytest.mark.parametrize("format", CHECK_FORMATS)
def test_the_project_is_checked_in_every_format(
    format: str, llmcost: Run, repository: Path, expect: Callable[[str, str], None]
) -> None:
    """Two limits are broken: the code is 1 in every format, and each says the same of them in its own way."""
    ran = llmcost(*CHECK, "-f", format)
    assert ran.code == 1
    expect(f"check.{format}", _body_of(ran.out) if format == "html" else ran.out)


def _body_of(page: str) -> str:
    """What a page says, without its looks."""
    return page.partition("<main>\n")[2].partition("</main>")[0]


def test_below_the_root_the_verdict_is_the_same(
    llmcost: Run, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The config is found upward, and what it names is read from where it stands."""
    (repository / "services" / "chat").mkdir(parents=True)
    above = llmcost(*CHECK, "-f", "json").out
    monkeypatch.chdir(repository / "services" / "chat")
    assert llmcost(*CHECK, "-f", "json").out == above


def test_the_lock_is_as_the_command_writes_it(llmcost: Run, repository: Path) -> None:
    """The lock of the project was written by `llmcost prices lock`."""
    before = (repository / "llmcost.lock").read_text(encoding="utf-8")
    assert llmcost("prices", "lock", "--no-builtin-prices", "--on", "2026-09-15").code == 0
    assert (repository / "llmcost.lock").read_text(encoding="utf-8") == before


def test_the_growth_is_explained(llmcost: Run, repository: Path, expect: Callable[[str, str], None]) -> None:
    """What `check` calls 25 % more, `diff` takes apart: 100 USD by the price of input, 80 by that of output."""
    assert llmcost("compare", "--frozen", "--no-builtin-prices", "-f", "json", "-o", "now.json").code == 0
    ran = llmcost("diff", "baseline.json", "now.json", "--exit-code")
    assert ran.code == 1
    expect("diff.text", ran.out)


def step(name: str) -> str:
    """The shell of a step of the action."""
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    return next(str(each["run"]) for each in action["runs"]["steps"] if each["name"] == name)


def act(repository: Path, programs: Path, arguments: str) -> tuple[int, dict[str, str]]:
    """Run the action's check as a runner does: its code, and what it printed, summed up and gave as outputs."""
    runner = repository.parent / "runner"
    runner.mkdir()
    environment = {
        **os.environ,
        "PYTHON": str(programs / "python"),
        "ARGUMENTS": arguments,
        "RUNNER_TEMP": str(runner),
        "GITHUB_STEP_SUMMARY": str(runner / "summary"),
        "GITHUB_OUTPUT": str(runner / "output"),
    }
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step("Check budgets")]
    ran = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=repository)
    written = {name: (runner / name).read_text(encoding="utf-8") for name in ("summary", "output")}
    return ran.returncode, {"log": ran.stdout.replace(str(runner), "$RUNNER_TEMP"), "error": ran.stderr, **written}


def test_the_action_annotates_and_sums_up(repository: Path, programs: Path, expect: Callable[[str, str], None]) -> None:
    """Over budget: annotations at the lines of the broken limits, a summary, two outputs, and the step fails with 1."""
    code, shown = act(repository, programs, "--frozen\n--no-builtin-prices\n")
    assert (code, shown["error"]) == (1, "")
    expect("action.log", shown["log"])
    expect("action.summary.md", shown["summary"])
    expect("action.output", shown["output"])


def test_the_action_passes_a_kept_budget(repository: Path, programs: Path) -> None:
    """With the two broken limits raised the step ends with 0."""
    config = (repository / "llmcost.yaml").read_text(encoding="utf-8")
    mended = config.replace("max_increase: 10%", "max_increase: 25%").replace("within: 300%", "within: 600%")
    (repository / "llmcost.yaml").write_text(mended, encoding="utf-8")
    code, shown = act(repository, programs, "--frozen\n--no-builtin-prices")
    assert (code, shown["output"]) == (0, "verdict=within\nexit-code=0\n")
    assert "::error" not in shown["log"]
    assert shown["summary"].startswith("### llmcost: within budget\n")


def test_the_action_only_reports_where_asked(repository: Path, programs: Path) -> None:
    """With --exit-zero the step ends with 0, and its output still says that a budget is broken."""
    code, shown = act(repository, programs, "--frozen\n--no-builtin-prices\n--exit-zero")
    assert (code, shown["output"]) == (0, "verdict=over\nexit-code=0\n")
    assert shown["log"].count("::error ") == 2


def test_the_action_gives_no_verdict_on_other_prices(repository: Path, programs: Path) -> None:
    """A price that is not the locked one: the step fails with 2, and the summary says what to do."""
    sheet = repository / "prices" / "acme.yaml"
    sheet.write_text(sheet.read_text(encoding="utf-8").replace("2.00 USD", "2.01 USD"), encoding="utf-8")
    code, shown = act(repository, programs, "--frozen\n--no-builtin-prices\n--exit-zero")
    assert (code, shown["output"]) == (2, "verdict=none\nexit-code=2\n")
    assert shown["summary"].startswith("### llmcost: no verdict\n")
    assert 'llmcost.lock expects prices "prices" sha256:' in shown["summary"]
    assert shown["log"].startswith(
        "::error file=llmcost.yaml,title=llmcost gives no verdict::llmcost.lock expects prices"
    )
    assert shown["log"].count("\n::") == 0


def test_the_action_takes_an_option_with_its_value_on_a_line(repository: Path, programs: Path) -> None:
    """A value may stand behind its option, spaces and all, and a file of one's own does not lead the report away."""
    lines = "  --frozen\n--no-builtin-prices\n\n--max-monthly 899 USD\n--output-file elsewhere.md\n"
    code, shown = act(repository, programs, lines)
    assert (code, shown["output"]) == (1, "verdict=over\nexit-code=1\n")
    assert "a month, over 899.00 USD by 1.00" in shown["log"]
    assert "| over" in shown["summary"]
    assert not (repository / "elsewhere.md").exists()


def test_arguments_of_the_action_stay_words(repository: Path, programs: Path) -> None:
    """A line is one argument, whatever is in it: no shell reads it."""
    code, shown = act(repository, programs, "--frozen\n--no-builtin-prices\n--max-monthly $(touch pwned) `id` 1 USD\n")
    assert code == 2
    assert "--max-monthly: " in shown["summary"]
    assert not (repository / "pwned").exists()


GH = """\
#!/usr/bin/env bash
# Stands in for GitHub's program: keeps the one comment in a file, and takes down how it was called.
echo "$*" >> "$RUNNER_TEMP/calls"
[ -n "$REFUSE" ] && exit 1
for each in "$@"; do
  case "$each" in body=@*) cp "${each#body=@}" "$RUNNER_TEMP/posted"; exit 0 ;; esac
done
[ -f "$RUNNER_TEMP/posted" ] && echo 77
exit 0
"""


def comment(repository: Path, programs: Path, runner: Path, **more: str) -> str:
    """Run the action's comment as a runner does; what it printed."""
    (runner / "bin").mkdir(exist_ok=True)
    gh = runner / "bin" / "gh"
    gh.write_text(GH, encoding="utf-8")
    gh.chmod(0o755)
    environment = {
        **os.environ,
        "PATH": f"{runner / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "PYTHON": str(programs / "python"),
        "BASE": "",
        "WORKLOAD": "workload.yaml",
        "GH_TOKEN": "secret",
        "COMMENTS": "repos/o/r/issues/5/comments",
        "REPOSITORY": "repos/o/r",
        "FOLDER": ".",
        "RUNNER_TEMP": str(runner),
        "REFUSE": "",
        **more,
    }
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step("Comment on the pull request")]
    ran = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=repository, check=False)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def test_the_action_posts_one_comment_and_keeps_it_up_to_date(repository: Path, programs: Path) -> None:
    """The first run posts the report, the next one changes that comment; without the right to, a warning is all."""
    act(repository, programs, "--frozen\n--no-builtin-prices\n")
    runner = repository.parent / "runner"
    assert comment(repository, programs, runner) == ""
    posted = (runner / "posted").read_text(encoding="utf-8")
    assert posted.startswith("<!-- llmcost check . -->\n### llmcost: over budget\n")
    comment(repository, programs, runner)
    calls = (runner / "calls").read_text(encoding="utf-8")
    assert "--method POST repos/o/r/issues/5/comments" in calls
    assert "--method PATCH repos/o/r/issues/comments/77" in calls
    refused = comment(repository, programs, runner, REFUSE="yes")
    assert "::warning title=llmcost::the comment could not be written" in refused


def test_the_comment_says_what_changed_since_the_base(repository: Path, programs: Path) -> None:
    """With a reference that the checkout has, the difference stands above the verdicts."""
    git = ["git", "-c", "user.name=n", "-c", "user.email=n@example.com", "-C", str(repository)]
    for arguments in (("init", "-q", "-b", "main"), ("add", "-A"), ("commit", "-qm", "base")):
        subprocess.run([*git, *arguments], check=True)
    act(repository, programs, "--frozen\n--no-builtin-prices\n")
    runner = repository.parent / "runner"
    config = (repository / "llmcost.yaml").read_text(encoding="utf-8")
    workload = re.search(r"^workload: (.+)$", config, re.MULTILINE)
    assert workload is not None
    comment(repository, programs, runner, BASE="main", WORKLOAD=workload[1].split()[0])
    posted = (runner / "posted").read_text(encoding="utf-8")
    assert "### Monthly cost: as before" in posted
    assert posted.index("### Monthly cost") < posted.index("### llmcost: over budget")


def test_the_action_is_what_github_takes() -> None:
    """action.yml is valid by GitHub's schema, and its shell holds no expression that an input could break out of."""
    validate("vendor.github-actions", ROOT / "action.yml")
    for name in ("Install llmcost", "Check budgets", "Comment on the pull request"):
        assert "${{" not in step(name)
        runs = re.findall(r'"\$(?:PYTHON|programs/python)" (\S+)', step(name))
        assert runs, "nothing of the workspace is imported in place of a module"
        assert set(runs) == {"-I"}


def test_the_gitlab_job_is_valid_and_runs(repository: Path, programs: Path) -> None:
    """The job is valid by GitLab's schema; its script, but for the installation, writes both reports and fails with 1."""
    file = ROOT / "docs" / "gitlab-ci.yml"
    validate("vendor.gitlab-ci", file)
    job = yaml.safe_load(file.read_text(encoding="utf-8"))["llmcost"]
    install, *lines = job["script"]
    assert install.startswith('pip install --quiet "${LLMCOST_PACKAGE:?set it to where pip finds llmcost, such as ')
    assert job["variables"]["LLMCOST_PACKAGE"] == ""  # the name on the package index is nobody's
    unset = subprocess.run(
        ["bash", "-ec", install], capture_output=True, text=True, env={**os.environ, **job["variables"]}
    )
    assert unset.returncode != 0
    assert "LLMCOST_PACKAGE: set it to where pip finds llmcost" in unset.stderr
    environment = {
        **os.environ,
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "LLMCOST_ARGUMENTS": f"{job['variables']['LLMCOST_ARGUMENTS']} --no-builtin-prices",
    }
    ran = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", "\n".join(lines)], capture_output=True, cwd=repository, env=environment
    )
    assert ran.returncode == 1
    for report in job["artifacts"]["reports"].values():
        assert (repository / report).stat().st_size > 100


def validate(schema: str, file: Path) -> None:
    """Check a file against a schema that its service publishes."""
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(file)]
    ran = subprocess.run(command, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout


def test_the_hooks_are_what_pre_commit_takes(repository: Path, programs: Path) -> None:
    """Every hook has the keys it needs; the check runs without file names, the validation on each sheet."""
    hooks = {each["id"]: each for each in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))}
    assert set(hooks) == {"llmcost-check", "llmcost-prices"}
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    codes = {}
    for name, files in (("llmcost-check", []), ("llmcost-prices", ["prices/acme.yaml"])):
        assert hooks[name]["language"] == "python"
        command = [*hooks[name]["entry"].split(), *files]
        ran = subprocess.run(command, capture_output=True, cwd=repository, env={**os.environ, "PATH": path})
        codes[name] = ran.returncode
    assert codes == {"llmcost-check": 1, "llmcost-prices": 0}


def test_the_action_says_why_where_the_program_could_not(repository: Path, programs: Path) -> None:
    """An option there is not ends before any report: the reason stands in the summary, indented, as nothing but text."""
    code, shown = act(repository, programs, "--no-such-option ```\n")
    assert (code, shown["output"]) == (2, "verdict=none\nexit-code=2\n")
    title, empty, *reason = shown["summary"].splitlines()
    assert (title, empty) == ("### llmcost: no verdict", "")
    assert all(line.startswith("    ") for line in reason)
    assert "::error title=llmcost gives no verdict::exit code 2; the job summary says why" in shown["log"]


def test_no_verdict_reaches_gitlab(repository: Path, programs: Path) -> None:
    """Where a budget is unreadable, both reports say so, and the job fails with 2."""
    config = (repository / "llmcost.yaml").read_text(encoding="utf-8")
    (repository / "llmcost.yaml").write_text(config.replace("max_increase", "max_increse"), encoding="utf-8")
    job = yaml.safe_load((ROOT / "docs" / "gitlab-ci.yml").read_text(encoding="utf-8"))["llmcost"]
    environment = {
        **os.environ,
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "LLMCOST_ARGUMENTS": "--no-builtin-prices",
    }
    script = "\n".join(job["script"][1:])
    ran = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", script], capture_output=True, cwd=repository, env=environment
    )
    assert ran.returncode == 2
    issues = json.loads((repository / "gl-code-quality-report.json").read_text(encoding="utf-8"))
    assert [each["severity"] for each in issues] == ["blocker"]
    assert "<error " in (repository / "llmcost-junit.xml").read_text(encoding="utf-8")
