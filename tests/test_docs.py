"""The documents say what the program does: the help of every command, every variable, every exit code."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from conftest import ROOT

from llmcost.cli.app import build_app

COMMANDS_FILE = ROOT / "docs" / "commands.md"
HEAD = """\
# Commands

Every command with all its arguments and options, as its `--help` has them.
`pytest tests/test_docs.py --update-golden` writes this page anew.
Exit codes and environment variables are in the [README](../README.md#in-scripts-and-ci).
"""


def commands() -> Iterator[tuple[str, Any]]:
    """Every command that runs, with its name."""
    for name, command in typer.main.get_command(build_app([])).commands.items():  # type: ignore[attr-defined]
        inner = getattr(command, "commands", None)
        if inner is None:
            yield name, command
        else:
            yield from ((f"{name} {each}", found) for each, found in inner.items())


def parameters(command: Any) -> Iterator[tuple[str, str]]:
    """How each argument and option is written, and what its help says."""
    for each in command.params:
        names = ", ".join((*each.opts, *each.secondary_opts)) if each.param_type_name == "option" else ""
        yield f"{names} {each.metavar or ''}".strip(), each.help


def squeezed(text: str) -> str:
    """A text without spaces and line breaks, which the width decides."""
    return "".join(text.split())


def page() -> str:
    """The whole page."""
    parts = [HEAD]
    for name, command in commands():
        said = "\n\n".join(" ".join(each.split()) for each in command.help.split("\n\n"))
        rows = [(written.replace("|", "\\|"), words.replace("|", "\\|")) for written, words in parameters(command)]
        table = "".join(f"| `{written}` | {words} |\n" for written, words in rows)
        parts.append(f"## llmcost {name}\n\n{said}\n" + (f"\n| | |\n|:--|:--|\n{table}" if rows else ""))
    return "\n".join(parts)


def test_the_page_of_commands_is_up_to_date(update_golden: bool) -> None:
    """docs/commands.md has every command, argument and option that there is."""
    if update_golden:
        COMMANDS_FILE.write_text(page(), encoding="utf-8", newline="\n")
    assert COMMANDS_FILE.read_text(encoding="utf-8") == page()


@pytest.mark.parametrize("name", [name for name, _ in commands()])
def test_the_page_says_what_the_help_says(name: str, llmcost: Callable[..., Any]) -> None:
    """Every name and every sentence of the page stands in the --help of its command, and no option is left out."""
    command = dict(commands())[name]
    ran = llmcost(*name.split(), "--help")
    text = squeezed(ran.out)
    assert ran.code == 0
    for written, said in parameters(command):
        assert said, f"{written} has no help"
        assert squeezed(said) in text
        assert all(each.strip(",") in text for each in written.split())
    shown = set(re.findall(r"^ +(?:-[A-Za-z], )?(--[a-z0-9-]+)", ran.out, re.MULTILINE))
    known = {name for written, _ in parameters(command) for name in re.findall(r"--[a-z0-9-]+", written)}
    assert shown - known == {"--help"}


def test_every_variable_is_documented() -> None:
    """Whatever the program reads from its environment stands in the README."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    read: set[str] = set()
    for file in (ROOT / "llmcost").rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        read |= set(re.findall(r"\b(LLMCOST_[A-Z_]+[A-Z]|NO_COLOR|FORCE_COLOR|XDG_CONFIG_HOME)\b", text))
    from llmcost.project.resolve import VARIABLES

    read |= set(VARIABLES.values())
    assert len(read) > 8
    assert {name for name in read if f"`{name}`" not in readme} == set()


def test_every_exit_code_is_documented() -> None:
    """The table of the README holds each code once."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    table = re.search(r"\| Exit code \| Meaning \|\n(.*?)\n\n", readme, re.DOTALL)
    assert table is not None
    assert re.findall(r"^\| ([0-9, ]+) \|", table[1], re.MULTILINE) == ["0", "1", "2", "70", "130, 141"]


LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
PATH = re.compile(r"`([a-z_]+(?:/[a-z_]+)*/(?:[a-z_]+\.py)?)`")


@pytest.mark.parametrize("path", [*ROOT.glob("*.md"), *sorted(ROOT.glob("docs/**/*.md"))], ids=lambda path: path.name)
def test_what_documents_point_at_is_there(path: Path) -> None:
    """Every link inside the project leads to a file, and every room or module that is named exists."""
    text = path.read_text(encoding="utf-8")
    links = [each for each in LINK.findall(text) if "://" not in each]
    assert [each for each in links if not (path.parent / each).exists()] == []
    if path.name not in ("architecture.md", "CONTRIBUTING.md", "glossary.md") and path.parent.name != "decisions":
        return
    named = [each.rstrip("/") for each in PATH.findall(text)]
    assert [each for each in named if not (ROOT / each).exists() and not any((ROOT / "llmcost").rglob(each))] == []


def test_the_words_of_the_glossary_are_those_of_the_code() -> None:
    """Each type and field that the glossary names is there by that name."""
    code = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "llmcost").rglob("*.py"))
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    for name in re.findall(r"\| `([A-Z]\w+)(?:\.(\w+))?` \|", text):
        assert f"class {name[0]}" in code or f"{name[0]} =" in code, name
        assert not name[1] or f"    {name[1]}: " in code or f"def {name[1]}(" in code, name
