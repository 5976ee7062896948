"""Whole runs of the program: a folder holds the command, its files, and what it prints.

Each folder has a ``command`` of one line; ``stdout`` and ``stderr`` are compared byte by byte and the exit code is the
last line of ``stderr``. `pytest --update-golden` rewrites them; read the difference as a user would.
"""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from support.running import Run

SCENARIOS = sorted(path.parent for path in Path(__file__).parent.glob("*/command"))


@pytest.mark.parametrize("folder", SCENARIOS, ids=lambda path: path.name)
def test_scenario(folder: Path, llmcost: Run, monkeypatch: pytest.MonkeyPatch, update_golden: bool) -> None:
    """The command prints exactly what stands beside it."""
    monkeypatch.chdir(folder)
    ran = llmcost(*shlex.split((folder / "command").read_text(encoding="utf-8"))[1:])
    printed = {"stdout": ran.out, "stderr": f"{ran.err}exit {ran.code}\n"}
    for name, text in printed.items():
        file = folder / name
        if update_golden:
            file.write_text(text, encoding="utf-8", newline="\n")
        assert file.read_text(encoding="utf-8") == text
