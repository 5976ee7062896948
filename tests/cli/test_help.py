"""Help: a start for who types the name alone, options in groups, examples that run, and flags of other tools."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest
from conftest import ROOT, Run

from llmcost.cli.app import COMMANDS
from llmcost.cli.help import EXAMPLES, HEADINGS
from llmcost.cli.near_misses import COMMANDS as OTHERS
from llmcost.cli.near_misses import INSTEAD

ELSEWHERE = ("measure", "prices update", "prices drift", "prices rollback", "prices lock", "init", "diff", "check")
"""Commands whose examples need a server, a network, files or a project of one's own."""
RUNNABLE = [
    line
    for name, lines in EXAMPLES.items()
    if name not in ELSEWHERE
    for line in lines
    if "mine.yaml" not in line and "pricing/api" not in line
]


def test_the_name_alone_shows_a_start(llmcost: Run) -> None:
    """Five lines on stdout, with commands to copy, and no error."""
    ran = llmcost()
    assert (ran.code, ran.err) == (0, "")
    assert len(ran.out.splitlines()) == 5
    assert "llmcost compare --input" in ran.out


@pytest.mark.parametrize("line", RUNNABLE)
def test_every_example_runs(llmcost: Run, line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the help says to type ends well."""
    shutil.copy(ROOT / "docs" / "last-month.csv", tmp_path / "usage.csv")
    shutil.copy(ROOT / "docs" / "last-bill.csv", tmp_path / "bill.csv")
    monkeypatch.chdir(tmp_path)
    program, *arguments = shlex.split(line)
    ran = llmcost(*arguments)
    assert program == "llmcost"
    assert ran.code == 0 or ("--exit-code" in arguments and ran.code == 1), ran.err


def test_every_command_has_examples(llmcost: Run) -> None:
    """Three where there is something to choose, and each stands in the help of its command."""
    for name, lines in EXAMPLES.items():
        out = llmcost(*name.split(), "--help").out
        assert all(f"\n  {line}\n" in out for line in lines), name
        assert len(lines) == 3 or name == "prices rollback"


def test_help_of_a_command_is_its_help(llmcost: Run) -> None:
    """`help compare` says what `compare --help` says, and `help` what `--help` does."""
    assert llmcost("help", "compare").out == llmcost("compare", "--help").out
    assert llmcost("help", "prices", "show").out == llmcost("prices", "show", "--help").out
    assert llmcost("help").out == llmcost("--help").out
    assert llmcost("help", "no-such").code == 2


def test_no_summary_is_cut(llmcost: Run) -> None:
    """The list of commands has the whole first sentence of each."""
    out = llmcost("--help").out
    assert "..." not in out.partition("Commands:")[2]
    assert all(re.search(rf"^  {name} ", out, re.MULTILINE) for name in COMMANDS)


@pytest.mark.parametrize("command", ["compare", "price", "check", "diff", "breakeven", "models"])
def test_options_stand_in_groups_the_commands_own_first(llmcost: Run, command: str) -> None:
    """The groups come in their order, each once, and every option is in one of them."""
    out = llmcost(command, "--help").out
    found = re.findall(r"^(\S.*):$", out, re.MULTILINE)
    groups = [heading for heading in found if heading in HEADINGS]
    assert groups == [heading for heading in HEADINGS if heading in groups]
    assert groups[0] == "Options"
    assert len(groups) >= 4


def test_other_tools_flags_lead_to_ours(llmcost: Run) -> None:
    """A flag that there is not says what does the same here; one that is spelt like another asks for that."""
    assert "write -f json, or name a file with -o" in llmcost("compare", "--json").err
    assert "did you mean --cache-hit-rate" in llmcost("compare", "--cache-hit-rat").err
    for flag in INSTEAD:
        ran = llmcost("models" if flag == "--discount" else "compare", flag)
        assert ran.code == 2
        assert INSTEAD[flag] in ran.err, flag


@pytest.mark.parametrize("name", OTHERS)
def test_a_command_of_another_tool_points_to_the_one_here(llmcost: Run, name: str) -> None:
    """What it names instead is a command that there is, and the run ends with 2."""
    ran = llmcost(name)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"llmcost: no such command: {name}\n  ")
    named = re.findall(r"`llmcost ([a-z-]+)", ran.err)
    assert named
    assert all(each in (*COMMANDS, "--version") for each in named)


def test_a_command_that_is_spelt_like_another_is_suggested(llmcost: Run) -> None:
    """Also below a command that has others; and where nothing is near, the help is."""
    assert "did you mean llmcost compare? " in llmcost("comprae").err
    assert "did you mean llmcost prices show? " in llmcost("prices", "shwo").err
    assert llmcost("zzz").err == "llmcost: no such command: zzz\n  see `llmcost --help`\n"
