"""What the README shows is what the program prints; what it tells a newcomer to paste works."""

from __future__ import annotations

import contextlib
import io
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT

README = ROOT / "README.md"
BLOCK = re.compile(r"```(\w+)\n(.*?)```\n", re.DOTALL)


def console_blocks() -> list[str]:
    return [text for kind, text in BLOCK.findall(README.read_text(encoding="utf-8")) if kind == "console"]


@pytest.fixture
def support_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The files of the README, in a folder of their own, which is the working directory."""
    text = next(t for kind, t in BLOCK.findall(README.read_text(encoding="utf-8")) if t.startswith("# support.yaml"))
    (tmp_path / "support.yaml").write_text(text, encoding="utf-8")
    rack = next(t for kind, t in BLOCK.findall(README.read_text(encoding="utf-8")) if t.startswith("# rack.yaml"))
    (tmp_path / "rack.yaml").write_text(rack, encoding="utf-8")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "none"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def add_config(folder: Path) -> None:
    """The project's config of the README, which only its check is about."""
    text = next(t for kind, t in BLOCK.findall(README.read_text(encoding="utf-8")) if t.startswith("# llmcost.yaml"))
    (folder / "llmcost.yaml").write_text(text, encoding="utf-8")


@pytest.mark.parametrize("number", range(len(console_blocks())))
def test_commands_print_what_the_readme_shows(
    number: int, llmcost: Callable[..., Any], support_file: Path, update_golden: bool
) -> None:
    """Each command of the README prints on stdout exactly what stands below it, and ends with 0 or the code shown."""
    block = console_blocks()[number]
    command, _, shown = block.partition("\n")
    shown, asked, code = shown.partition("$ echo $?\n")
    arguments = shlex.split(command.removeprefix("$ llmcost "))
    if arguments[0] == "check":
        add_config(support_file)
    ran = llmcost(*arguments)
    if update_golden:
        text = README.read_text(encoding="utf-8")
        printed = f"```console\n{command}\n{ran.out}{asked}{code}"
        README.write_text(text.replace(f"```console\n{block}", printed), encoding="utf-8")
        return
    assert ran.code == int(code or 0), ran.err
    assert ran.out.replace("\r\n", "\n") == shown


def python_blocks() -> list[int]:
    return [at for at, (kind, _) in enumerate(BLOCK.findall(README.read_text(encoding="utf-8"))) if kind == "python"]


@pytest.mark.parametrize("place", python_blocks())
def test_the_python_examples_print_what_the_readme_shows(place: int, update_golden: bool) -> None:
    """Each library example runs as it stands and prints what stands below it."""
    text = README.read_text(encoding="utf-8")
    blocks = BLOCK.findall(text)
    code, shown = blocks[place][1], blocks[place + 1][1]
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code, "README.md", "exec"), {})
    if update_golden:
        below = f"```python\n{code}```\n\n```text\n"
        README.write_text(text.replace(below + shown, below + printed.getvalue()), encoding="utf-8")
        return
    assert printed.getvalue() == shown


def test_the_two_commands_are_there_for_ci() -> None:
    """The commands that the continuous integration runs are marked in the README."""
    text = README.read_text(encoding="utf-8")
    assert re.search(r"<!-- command: try -->\n```sh\n.*llmcost compare", text)
    assert re.search(r"<!-- command: test -->\n```sh\n.*pytest", text)
