"""Text of others on its way out: no file speaks to a terminal, to what runs a CI job, or behind a reader's back.

A project, its price sheets and its saved results are written by whoever opens a pull request.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import SMALL
from support.running import THOUSAND_IN as ASK
from support.running import Run

from llmcost.foreign import HARMFUL, escaped_json, harmless

SIGNS = re.compile(f"[{HARMFUL}]|\r(?!\n)|##(\\[|vso\\[|teamcity\\[)|^\\s*::", re.MULTILINE)
HOSTILE = [
    "\x1b[2J\x1b[H",
    "\x1b]8;;https://evil.example\x1b\\click\x1b]8;;\x1b\\",
    "\x9b31m",
    "\x1b[8mhidden",
    "\u202egnp.exe",
    "\u2066x\u2069",
    "a\u2028b",
    "over\rwithin",
    "::error::forged",
    "  ::add-mask::900",
    "\u00a0::stop-commands::x",
    "x\n::error::forged",
    "x\r\n\t::warning::forged",
    "##[error]forged",
    "name ##vso[task.setvariable variable=x]1",
    "##TeamCity[message text='x']",
]


def spoken(ran: Any) -> list[str]:
    """What of a run would act on a terminal or on what reads the log."""
    return [found[0] for text in (ran.out, ran.err) for found in SIGNS.finditer(text)]


@pytest.mark.parametrize("text", HOSTILE)
def test_the_door_lets_nothing_through_and_keeps_the_rest(text: str) -> None:
    """What acts is taken away, a second pass changes nothing, and ordinary text stays as it is."""
    shown = harmless(f"a {text}\n{text}")
    assert not SIGNS.search(shown)
    assert harmless(shown) == shown
    plain = "a: b::c ▏▎ ≥ 1,000 × € 日本語 ## [x] # x\r\n\tnext\n"
    assert harmless(plain) == plain


@pytest.mark.parametrize("text", HOSTILE)
def test_json_is_escaped_and_reads_back_whole(text: str) -> None:
    """JSON passes the door unchanged, as nothing in it acts, and whoever reads it gets the original text."""
    written = escaped_json(json.dumps({"name": text}, ensure_ascii=False))
    assert harmless(written) == written
    assert json.loads(written) == {"name": text}


def test_colour_is_all_that_a_report_may_paint() -> None:
    """The colours of reports pass where there is colour; no other sequence does, and none without colour."""
    painted = "\x1b[1;32mcheap\x1b[0m"
    assert harmless(painted, colours=True) == painted
    assert harmless("\x1b[8mhidden\x1b[2K", colours=True) == "?[8mhidden?[2K"
    assert "\x1b" not in harmless(painted)
    assert harmless("\x1b[0m::error::x", colours=True) == "\x1b[0m: :error::x"


def saved(llmcost_small: Run, path: Path, change: Callable[[dict[str, Any]], None]) -> str:
    """A result of one offer, changed."""
    ran = llmcost_small("compare", "-m", "example-small", *ASK, "-f", "json")
    data = json.loads(ran.out)
    change(data)
    path.write_text(json.dumps(data), encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("place", ["offer", "on", "meter", "condition", "unit"])
def test_a_saved_result_says_nothing_of_its_own(llmcost_small: Run, tmp_path: Path, text: str, place: str) -> None:
    """Names in saved results are refused, with the file's name, when they hold what does not show; else disarmed."""

    def change(data: dict[str, Any]) -> None:
        row = data["rows"][0]
        where = {"offer": row, "on": data}.get(place, row["charges"][0])
        where[place] = text

    base = saved(llmcost_small, tmp_path / "base.json", lambda data: None)
    head = saved(llmcost_small, tmp_path / "head.json", change)
    for form in ("table", "csv", "tsv", "markdown", "json", "jsonl"):
        ran = llmcost_small("diff", base, head, "-f", form)
        assert spoken(ran) == []
        if re.search(f"[{HARMFUL}\r\n\t]", text):
            assert (ran.code, ran.out) == (2, "")
            assert f"{head}: a " in ran.err
            assert "stands in the text" in ran.err


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    monkeypatch.setenv("LLMCOST_ON", "2026-09-15")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write_project(project: Path, text: str) -> None:
    """A project in which a text stands wherever a name may."""
    name = json.dumps(text)
    (project / "work.yaml").write_text(
        f"kind: workload\nname: {name}\nclasses:\n"
        f"  - {{name: {name}, requests: 1M, input_tokens: 1000, output_tokens: 200}}\n"
        f"  - {{name: b, requests: 1, input_tokens: 10, output_tokens: 2}}\n",
        encoding="utf-8",
    )
    (project / "llmcost.yaml").write_text(
        f"version: 1\nworkload: work.yaml\nprices: [{SMALL}]\nmodels: [example-small]\n"
        f"budgets: [{{name: {name}, max_monthly: 1 USD}}]\n",
        encoding="utf-8",
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_names_of_a_project_are_shown_harmless_or_refused(llmcost: Run, project: Path, text: str) -> None:
    """Workloads, classes and budgets may be called much, but no name acts, on stdout or stderr, of any command."""
    write_project(project, text)
    for arguments in (
        ("check",),
        ("check", "-f", "junit"),
        ("check", "-f", "markdown"),
        ("compare", "--explain"),
        ("compare", "--wide", "-f", "csv"),
        ("compare", "-f", "json"),
        ("compare", "-f", "focus"),
        ("config", "show", "--origin"),
        ("price", text, "--input", "1"),
        ("prices", "show", text),
        ("models", text),
        ("diff", text, text),
        ("compare", text),
        ("compare", "-f", text),
        (text,),
    ):
        ran = llmcost(*arguments, "--no-builtin-prices") if len(arguments) > 1 else llmcost(*arguments)
        assert ran.code in (0, 1, 2)
        assert spoken(ran) == [], arguments
        if ran.code < 2 and "json" in arguments:
            assert json.loads(ran.out)["workload"]["name"] == text


def test_a_github_report_has_only_its_own_commands(llmcost: Run, project: Path) -> None:
    """A verdict or an error begins a line with `::`; names in it, whatever they are, begin none."""
    write_project(project, "::error::forged")
    lines = llmcost("check", "--no-builtin-prices", "-f", "github").out.splitlines()
    assert [line[:14] for line in lines if line.startswith("::")] == ["::error file=l"]
    (project / "work.yaml").write_text("kind: workload\n'::error::forged': 1\n", encoding="utf-8")
    lines = llmcost("check", "--no-builtin-prices", "-f", "github").out.splitlines()
    assert [line[:14] for line in lines if line.startswith("::")] == ["::error file=w", "::error file=w"]
    assert all("%" not in line for line in lines)


@pytest.mark.skipif("sys.platform == 'win32'", reason="Windows has no such names")
@pytest.mark.parametrize("name", ["x\n::error::forged.yaml", "::error::forged.yaml", "\x1b[2J.yaml"])
def test_names_of_files_do_not_act(llmcost: Run, project: Path, name: str) -> None:
    """A file of a pull request may be called anything."""
    (project / name).parent.mkdir(parents=True, exist_ok=True)
    (project / name).write_text("kind: api\n", encoding="utf-8")
    for command in (("prices", "validate", name), ("compare", name), ("diff", name, name), ("check", "--config", name)):
        ran = llmcost(*command)
        assert ran.code == 2
        assert spoken(ran) == []
    assert spoken(llmcost("prices", "lock", "--prices", name, "--no-builtin-prices")) == []


# Markdown that a service would bring to life

LIVE = [
    "@octocat",
    "see @org/team",
    ":tada:",
    "a:tada:b",
    "https://evil.example",
    "www.evil.example",
    "_www.evil.example",
    "mail@evil.example",
    "![x](https://evil.example/x.png)",
    "[within budget](https://evil.example)",
    "<img src=x>",
    "&#64;octocat",
    "#123",
    "GH-123",
    "org/repo#1",
    "!12",
    "~label",
    "$\\frac{1}{2}$",
    "`code` | next",
    "``` | x",
    "\\| cell",
    "\\`",
]


@pytest.mark.parametrize("text", LIVE)
def test_nothing_in_a_job_summary_is_live(llmcost: Run, project: Path, text: str) -> None:
    """A name that a service would make a link, a mention or a picture of is written as code, in one cell of its row."""
    write_project(project, text)
    ran = llmcost("check", "--no-builtin-prices", "-f", "markdown")
    row = next(line for line in ran.out.splitlines() if line.startswith("| over"))
    cells = re.split(r"(?<!\\)\|", row)
    assert len(cells) == 8
    fence = re.fullmatch(r" (`*)(.*?)(\1) *", cells[2])
    assert fence is not None
    if "`" in text or not re.fullmatch(r"<.*>", text):
        assert fence[1]
        assert fence[1] not in fence[2].split("`" * (len(fence[1]) + 1))


@pytest.mark.parametrize("text", ["acme/fast@global", "self/qwen3.6:fp8@host/h100x8+1yr", "15%", "a, b (c)", "12 days"])
def test_ordinary_names_are_written_plainly_in_markdown(llmcost: Run, project: Path, text: str) -> None:
    """What no service makes anything of stays readable."""
    write_project(project, text)
    assert f"| {text} " in llmcost("check", "--no-builtin-prices", "-f", "markdown").out


@pytest.mark.parametrize("text", ["```", "x\n```\n# within budget", "~~~", "````` y"])
def test_a_reason_does_not_leave_its_fence(llmcost: Run, project: Path, text: str) -> None:
    """A summary without a verdict quotes what was wrong, in a fence longer than any in it."""
    (project / "llmcost.yaml").write_text(f"version: 1\nworkload: {json.dumps(text)}\n", encoding="utf-8")
    ran = llmcost("check", "-f", "markdown")
    assert ran.code == 2
    title, empty, opening, *inside, closing = ran.out.splitlines()
    assert (title, empty, opening.strip("`")) == ("### llmcost: no verdict", "", "text")
    assert closing == opening.removesuffix("text")
    assert not any(line.startswith(closing) for line in inside)


def test_a_name_makes_no_link_of_a_sarif_message(llmcost: Run, project: Path) -> None:
    """Brackets would make an embedded link; SARIF has them escaped, and a file's name is an address."""
    write_project(project, "[within budget](https://evil.example)")
    (project / "a #1 b").mkdir()
    for name in ("llmcost.yaml", "work.yaml"):
        (project / name).rename(project / "a #1 b" / name)
    ran = llmcost("check", "--no-builtin-prices", "-f", "sarif", "--config", "a #1 b/llmcost.yaml")
    (result,) = json.loads(ran.out)["runs"][0]["results"]
    assert result["message"]["text"].startswith("budget \\[within budget\\](https://evil.example): ")
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "a%20%231%20b/llmcost.yaml"


def test_a_bug_shows_nothing_raw_either(llmcost: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message and the traceback of a bug hold what was being worked on."""
    monkeypatch.setenv("LLMCOST_DEBUG", "1")

    def broken(arguments: list[str]) -> None:
        raise ZeroDivisionError("x\n::error::forged\x1b[2J")

    monkeypatch.setattr("llmcost.cli.app.build_app", broken)
    ran = llmcost("models")
    assert ran.code == 70
    assert "Traceback" in ran.err
    assert spoken(ran) == []
