"""What the documents show is what the program prints, and what they say is what there is.

Each page is one session, played from top to bottom in a folder with nothing but the samples of `docs/`. A ```yaml block that begins with a comment
naming a file is in the folder from there on, and so is what commands write; what a ```sh block exports is set.
`--update-golden` rewrites each page with what is printed; read the difference as a reader would.
"""

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

import llmcost

README = ROOT / "README.md"
DOCS = ROOT / "docs"
PAGES = [README, *sorted(DOCS.glob("*.md"))]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
EXPORT = re.compile(r"export (LLMCOST_\w+)=(\S+)\n")
FILE = re.compile(r"# ([\w./-]+\.ya?ml)\n")
EXIT_CODE = "$ echo $?\n"


class Session:
    """A reader who does what a page shows, block by block, in the working directory."""

    def __init__(self, run: Callable[..., Any], setenv: Callable[[str, str], None]) -> None:
        self.run = run
        self.setenv = setenv
        self.said: str | None = None  # what the Python example before this block printed
        self.names: dict[str, Any] = {}

    def page(self, text: str) -> str:
        """The page, with what is printed now in place of what it shows."""
        return BLOCK.sub(lambda found: f"```{found[1]}\n{self.block(found[1], found[2])}```", text)

    def block(self, kind: str, text: str) -> str:
        said, self.said = self.said, None
        if kind == "console":
            return self.console(text)
        if kind == "text" and said is not None:
            return said
        if kind == "python":
            self.said = self.python(text)
        for name, value in EXPORT.findall(text) if kind == "sh" else ():
            self.setenv(name, value)
        named = FILE.match(text)
        if kind == "yaml" and named:
            path = Path(named[1])
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return text

    def console(self, text: str) -> str:
        """Commands with their outputs: each ends with the code that `echo $?` shows after it, and else with 0."""
        assert text.startswith("$ ")
        printed, expected, ran = "", False, None
        for part in re.split(r"^(?=\$ )", text, flags=re.MULTILINE)[1:]:
            if part.startswith(EXIT_CODE):
                assert ran is not None
                printed, expected = f"{printed}{EXIT_CODE}{ran.code}\n", True
                continue
            assert ran is None or expected or ran.code == 0, ran.err
            command = re.match(r"(?:.*\\\n)*.*\n", part)
            assert command is not None
            arguments = shlex.split(command[0].replace("\\\n", ""))
            assert arguments[:2] == ["$", "llmcost"], "only llmcost is run"
            ran, expected = self.run(*arguments[2:]), False
            printed += command[0] + ran.out.replace("\r\n", "\n")
        assert ran is not None
        assert expected or ran.code == 0, ran.err
        return printed

    def python(self, code: str) -> str:
        """What an example prints; those of a page share their names."""
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(code, "example.py", "exec"), self.names)
        return printed.getvalue()


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_a_page_shows_what_is_printed(
    path: Path, llmcost: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, update_golden: bool
) -> None:
    """Each command and each example of a page prints exactly what stands below it, and ends with the code shown."""
    (tmp_path / ".git").mkdir()  # no config above it counts
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "none"))
    monkeypatch.chdir(tmp_path)
    samples = tmp_path / "docs"
    samples.mkdir()
    for sample in DOCS.glob("*.csv"):
        (samples / sample.name).write_bytes(sample.read_bytes())
    text = path.read_text(encoding="utf-8")
    printed = Session(llmcost, monkeypatch.setenv).page(text)
    if update_golden and printed != text:
        path.write_text(printed, encoding="utf-8", newline="\n")
        return
    assert text == printed


def test_every_block_is_closed_and_of_a_known_kind() -> None:
    """No block escapes the session above by how its fence is written."""
    for path in PAGES:
        fences = re.findall(r"^ *(?:```|~~~)(.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
        assert set(fences[1::2]) <= {""}, path.name
        assert set(fences[::2]) <= {"console", "python", "text", "yaml", "sh", "json", ""}, path.name


def test_the_two_commands_are_there_for_ci() -> None:
    """The commands that the continuous integration runs are marked in the README."""
    text = README.read_text(encoding="utf-8")
    assert re.search(r"<!-- command: try -->\n```sh\n.*llmcost compare", text)
    assert re.search(r"<!-- command: test -->\n```sh\n.*pytest", text)


def test_the_readme_stays_short() -> None:
    """The README sells, starts and links; what is looked up stands in docs/."""
    assert len(README.read_text(encoding="utf-8").splitlines()) <= 200


def test_every_page_is_in_the_index() -> None:
    """docs/README.md names each page of the folder once."""
    index = DOCS / "README.md"
    linked = re.findall(r"\]\(([\w-]+\.md)\)", index.read_text(encoding="utf-8"))
    assert sorted(linked) == sorted({path.name for path in PAGES} - {"README.md"})


def test_every_variable_is_documented() -> None:
    """Whatever the program reads from its environment stands on the page about configuration."""
    page = (DOCS / "configuration.md").read_text(encoding="utf-8")
    read: set[str] = set()
    for file in (ROOT / "llmcost").rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        read |= set(re.findall(r"\b(LLMCOST_[A-Z_]+[A-Z]|NO_COLOR|FORCE_COLOR|XDG_CONFIG_HOME)\b", text))
    from llmcost.project.resolve import VARIABLES

    read |= set(VARIABLES.values())
    assert len(read) > 8
    assert {name for name in read if f"`{name}`" not in page} == set()


def test_every_key_of_a_config_is_documented() -> None:
    """Each key that a project's config may hold stands on the page about configuration."""
    from llmcost.project.config import KEYS

    page = (DOCS / "configuration.md").read_text(encoding="utf-8")
    assert [key for key in KEYS if f"`{key}`" not in page] == []


def test_every_name_of_the_library_is_documented() -> None:
    """Each name that Python code may import stands on the page about the library."""
    page = (DOCS / "library.md").read_text(encoding="utf-8")
    assert [name for name in llmcost.__all__ if f"`{name}`" not in page] == []


def test_every_limit_is_documented() -> None:
    """Each limit of a budget stands in the table of the page about CI."""
    from llmcost.core.analysis.limits import RULES

    page = (DOCS / "ci.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`max_.*?|`cheapest_.*?|`warn_before_.*?) \|", page, re.MULTILINE)
    assert set(re.findall(r"`([a-z]\w+)", " ".join(rows))) == {rule.name for rule in RULES.values()}


def test_every_exit_code_is_documented() -> None:
    """The table of the README holds each code once."""
    readme = README.read_text(encoding="utf-8")
    table = re.search(r"\| Exit code \| Meaning \|\n(.*?)\n\n", readme, re.DOTALL)
    assert table is not None
    assert re.findall(r"^\| ([0-9, ]+) \|", table[1], re.MULTILINE) == ["0", "1", "2", "70", "130, 141"]


LINK = re.compile(r"\]\(([^)#\s]*)(?:#([^)]*))?\)")
PATH = re.compile(r"`([a-z_]+(?:/[a-z_]+)*/(?:[a-z_]+\.py)?)`")


def anchors(path: Path) -> list[str]:
    """What GitHub calls the headings of a page in an address."""
    headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return [re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings]


@pytest.mark.parametrize("path", [*ROOT.glob("*.md"), *sorted(DOCS.glob("**/*.md"))], ids=lambda path: path.name)
def test_what_documents_point_at_is_there(path: Path) -> None:
    """Every link inside the project leads to a file and its heading, and every room or module that is named exists."""
    text = path.read_text(encoding="utf-8")
    links = [(path.parent / to if to else path, part) for to, part in LINK.findall(text) if "://" not in to]
    assert [str(to) for to, _ in links if not to.exists()] == []
    assert [f"{to}#{part}" for to, part in links if part and part not in anchors(to)] == []
    if path.name not in ("architecture.md", "CONTRIBUTING.md", "glossary.md") and path.parent.name != "decisions":
        return
    named = [each.rstrip("/") for each in PATH.findall(text)]
    assert [each for each in named if not (ROOT / each).exists() and not any((ROOT / "llmcost").rglob(each))] == []


def test_the_words_of_the_glossary_are_those_of_the_code() -> None:
    """Each type and field that the glossary names is there by that name."""
    code = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "llmcost").rglob("*.py"))
    text = (DOCS / "glossary.md").read_text(encoding="utf-8")
    for name in re.findall(r"\| `([A-Z]\w+)(?:\.(\w+))?` \|", text):
        assert f"class {name[0]}" in code or f"{name[0]} =" in code, name
        assert not name[1] or f"    {name[1]}: " in code or f"def {name[1]}(" in code, name


def test_a_question_is_asked_in_few_words() -> None:
    """Each of the twelve takes at most six words after the command, besides the names of models."""
    text = (DOCS / "questions.md").read_text(encoding="utf-8")
    asked = [shlex.split(line)[2:] for line in text.splitlines() if line.startswith("$ llmcost ")]
    assert len(asked) == 12
    for command, *words in asked:
        named = [word for word in words if re.match(r"(self/)?[a-z]+-?[0-9v]", word)]
        assert command in ("compare", "price")
        assert len(words) - len(named) <= 6, words
        assert len(named) <= 1, named
