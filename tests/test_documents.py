"""What the documents show is what the program prints; what the README tells a newcomer to paste works.

Each page is one session, played from top to bottom in an empty folder. A ```yaml block that begins with a comment
naming a file is in the folder from there on, and so is what commands write. `--update-golden` rewrites each page with
what is printed; read the difference as a reader would.
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

README = ROOT / "README.md"
PAGES = [README, *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
FILE = re.compile(r"# ([\w./-]+\.ya?ml)\n")
EXIT_CODE = "$ echo $?\n"


class Session:
    """A reader who does what a page shows, block by block, in the working directory."""

    def __init__(self, llmcost: Callable[..., Any]) -> None:
        self.llmcost = llmcost
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
            ran, expected = self.llmcost(*arguments[2:]), False
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
    text = path.read_text(encoding="utf-8")
    printed = Session(llmcost).page(text)
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
    index = ROOT / "docs" / "README.md"
    linked = re.findall(r"\]\(([\w-]+\.md)\)", index.read_text(encoding="utf-8"))
    assert sorted(linked) == sorted({path.name for path in PAGES} - {"README.md"})
