"""Messages quote files of the project, and files that somebody typed; of others they say only that something is wrong.

A config is written by whoever opens a pull request: what it names could be anything on the machine that checks it.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from support.running import Run

SECRET = "hunter2"
FILES = [
    f"kind: workload\n{SECRET}: 1\n",
    f"{SECRET}: [\n",
    f"{SECRET}\n",
    f"kind: {SECRET}\n",
    f"{SECRET}: &{SECRET} *{SECRET}\n",
    f"a: 1\x00{SECRET}\n",
    f"kind: workload\nclasses: [{{requests: {SECRET}, input_tokens: 1}}]\n",
    f"kind: workload\nclasses: [{{name: a, offer: {SECRET}, requests: 1, input_tokens: 1}}]\n",
    f"version: 1\nsources: [{SECRET}]\non: {SECRET}\n",
    f"version: 1\n{SECRET}: 1\nbudgets: [{{name: {SECRET}}}]\n",
    f"kind: api\nseller: {SECRET}\n",
    f"{SECRET}: 1\n{SECRET}: 2\n",
]
pytestmark = pytest.mark.skipif("sys.platform == 'win32'", reason="links need rights there")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "project"
    root.mkdir()
    (root / ".git").mkdir()
    monkeypatch.setenv("LLMCOST_ON", "2026-09-15")
    monkeypatch.chdir(root)
    return root


def shown(ran: Any) -> str:
    return str(ran.out + ran.err)


WAYS = [*((content, "absolute") for content in FILES), *((FILES[0], how) for how in ("upward", "link", "folder link"))]
"""Every content named in one way, and one content in every way."""


@pytest.mark.parametrize(("content", "how"), WAYS)
@pytest.mark.parametrize("key", ["workload", "prices", "budget", "baseline", "lock", "config"])
def test_a_file_outside_the_project_is_not_quoted(
    llmcost: Run, project: Path, tmp_path: Path, content: str, how: str, key: str
) -> None:
    """However a config names it, or a link in its place leads there: not a word of it, in any format."""
    (tmp_path / "home").mkdir()
    secret = tmp_path / "home" / "secret.yaml"
    secret.write_text(content, encoding="utf-8")
    (project / "link.yaml").symlink_to(secret)
    (project / "folder").symlink_to(tmp_path / "home")
    name = {
        "absolute": str(secret),
        "upward": "../home/secret.yaml",
        "link": "link.yaml",
        "folder link": "folder/secret.yaml",
    }[how]
    config = "version: 1\nmodels: [qwen3.6-plus]\nbudgets: [{name: b, max_monthly: 1 USD}]\n"
    more: tuple[str, ...] = ("--requests", "1", "--input", "1")
    if key == "workload":
        config, more = f"{config}workload: {name}\n", ()
    elif key == "prices":
        config += f"prices: ['{name}']\n"
    elif key == "budget":
        config, more = config.replace("max_monthly", f"workload: {name}, max_monthly"), ()
    elif key == "baseline":
        config = config.replace("max_monthly: 1 USD", f"baseline: {name}, max_increase: 1%")
    elif key == "lock":
        (project / "llmcost.lock").symlink_to(secret)
        more = (*more, "--frozen")
    if key == "config":
        (project / "llmcost.yaml").symlink_to(secret)
    else:
        (project / "llmcost.yaml").write_text(config, encoding="utf-8")
    for form in ("text", "markdown", "json", "github"):
        ran = llmcost("check", *more, "-f", form)
        assert ran.code == 2
        assert SECRET not in shown(ran)
    assert SECRET not in shown(llmcost("compare", *more))


@pytest.mark.skipif("sys.platform != 'linux'", reason="a file of Linux")
def test_the_environment_is_not_printed(llmcost: Run, project: Path) -> None:
    """The kernel's file of this process's variables holds secrets in CI."""
    (project / "llmcost.yaml").write_text("version: 1\nworkload: /proc/self/environ\n", encoding="utf-8")
    ran = llmcost("compare")
    assert ran.code == 2
    assert "PATH=" not in shown(ran)
    assert "the file lies outside the project and was not named on the command line" in ran.err


def test_files_of_the_project_and_typed_ones_are_quoted(llmcost: Run, project: Path, tmp_path: Path) -> None:
    """Inside the config's folder, or where somebody said so: the line, the caret and the remedy, as ever."""
    (project / "deep").mkdir()
    broken = f"kind: workload\n{SECRET}: 1\n"
    for file in (project / "work.yaml", project / "deep" / "work.yaml", tmp_path / "typed.yaml"):
        file.write_text(broken, encoding="utf-8")
    (project / "llmcost.yaml").write_text("version: 1\nworkload: deep/work.yaml\n", encoding="utf-8")
    for arguments in (
        ("compare",),
        ("compare", "work.yaml"),
        ("compare", "../typed.yaml"),
        ("compare", str(tmp_path / "typed.yaml")),
        ("prices", "validate", "../typed.yaml"),
        ("prices", "validate", str(tmp_path)),
        ("models", "--prices", "../typed.yaml"),
        ("models", "--prices=../typed.yaml"),
        ("check", "--config", "../typed.yaml"),
        ("check", "--config=../typed.yaml"),
    ):
        ran = llmcost(*arguments)
        assert ran.code == 2
        assert SECRET in ran.err or "kind: workload" in ran.err, arguments


def test_a_named_configs_folder_is_the_project(
    llmcost: Run, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With --config the files beside that config are quoted, wherever the run starts."""
    (project / "llmcost.yaml").write_text("version: 1\nworkload: work.yaml\n", encoding="utf-8")
    (project / "work.yaml").write_text(f"kind: workload\n{SECRET}: 1\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for config in (("--config", "project/llmcost.yaml"), ("--config=project/llmcost.yaml",)):
        assert f'unknown key "{SECRET}"' in llmcost("compare", *config).err


def test_a_typed_name_that_a_link_leads_out_by_is_not_quoted(llmcost: Run, project: Path, tmp_path: Path) -> None:
    """The workflow types `work.yaml`, and the pull request makes a link of it."""
    (tmp_path / "secret.yaml").write_text(f"kind: workload\n{SECRET}: 1\n", encoding="utf-8")
    os.symlink(tmp_path / "secret.yaml", project / "work.yaml")
    ran = llmcost("compare", "work.yaml")
    assert ran.code == 2
    assert SECRET not in ran.err
    assert "work.yaml:1:1: 2 problems from here on, not shown" in ran.err


def test_a_config_behind_a_link_out_of_the_project_is_not_quoted(llmcost: Run, project: Path, tmp_path: Path) -> None:
    """The workflow types `lnk/llmcost.yaml`, and the pull request makes a link of the folder."""
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "llmcost.yaml").write_text(f"version: 1\n{SECRET}: 1\n", encoding="utf-8")
    os.symlink(tmp_path / "out", project / "lnk")
    ran = llmcost("compare", "--config", "lnk/llmcost.yaml")
    assert ran.code == 2
    assert SECRET not in ran.err


def test_files_that_variables_name_are_quoted(
    llmcost: Run, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Variables are set by whoever runs the program."""
    (tmp_path / "mine.yaml").write_text(f"kind: workload\n{SECRET}: 1\n", encoding="utf-8")
    monkeypatch.setenv("LLMCOST_WORKLOAD", str(tmp_path / "mine.yaml"))
    assert SECRET in llmcost("compare").err
