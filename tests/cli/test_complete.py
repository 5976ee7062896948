"""What a shell completes, asked as a shell asks."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import SMALL

from llmcost.cli import completion as complete
from llmcost.core.offers.catalogue import Catalogue
from llmcost.errors import LlmcostError


@pytest.fixture
def small_world(monkeypatch: pytest.MonkeyPatch, small: Catalogue) -> None:
    """Completion looks into the invented prices."""
    monkeypatch.setattr(complete, "_catalogue", lambda: small)


def test_an_offer_is_completed_by_model_and_by_seller(small_world: None) -> None:
    """Model keys and sellers' ids, open weights too, each once and in order."""
    assert complete.offers("example") == [
        "example-ai/example-large-2026",
        "example-ai/example-retired",
        "example-ai/example-small",
        "example-large",
        "example-retired",
        "example-small",
    ]
    assert complete.offers("self/p") == ["self/pebble-8b"]
    assert complete.self_hosted("") == ["self/boulder-200b", "self/dust", "self/pebble-8b"]


def test_after_an_at_come_the_places(small_world: None) -> None:
    """With an @ in the word, whole ids are given."""
    assert complete.offers("example-ai/example-small@") == [
        "example-ai/example-small@eu",
        "example-ai/example-small@global",
    ]
    assert complete.offers("example-small@") == ["example-small@eu", "example-small@global"]


def test_offers_of_the_project_are_completed_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the project's config adds to the prices can be named, so it can be completed."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (tmp_path / "llmcost.yaml").write_text(f"version: 1\nprices: [{SMALL}]\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert complete.offers("example-sm") == ["example-small"]


@pytest.mark.parametrize(
    ("function", "typed", "found"),
    [
        (complete.sellers, "n", ["night-cloud"]),
        (complete.places, "e", ["eu"]),
        (complete.workloads, "chat", ["chat-support"]),
        (complete.formats, "j", ["json", "jsonl"]),
        (complete.check_formats, "j", ["json", "junit"]),
        (complete.sorts, "s", ["seller"]),
        (complete.schemas, "w", ["workload"]),
        (complete.csv_dialects, "excel", ["excel", "excel-eu"]),
    ],
)
def test_words_of_options(
    small_world: None, function: Callable[[str], list[str]], typed: str, found: list[str]
) -> None:
    """Sellers, places, workloads, formats and dialects by their beginning."""
    assert function(typed) == found


def test_what_goes_wrong_completes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A shell asks at every key: an error is silence."""

    def broken() -> Catalogue:
        raise LlmcostError("no prices")

    monkeypatch.setattr(complete, "_catalogue", broken)
    assert complete.offers("q") == []


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("llmcost compare -m alibaba/qwen3.6-pl", "alibaba/qwen3.6-plus"),
        ("llmcost price qwen3.6-pl", "qwen3.6-plus"),
        ("llmcost breakeven self/qwen3.6-2", "self/qwen3.6-27b"),
        ("llmcost prices sho", "show"),
        ("llmcost che", "check"),
        ("llmcost check --max-mon", "--max-monthly"),
    ],
)
def test_bash_completes_a_line(line: str, expected: str, tmp_path: Path) -> None:
    """The script that --show-completion prints is run by bash, which is given the line and asked for its last word."""
    program = f"{sys.executable} -m llmcost"
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "llmcost").write_text(f'#!/bin/sh\nexec {program} "$@"\n', encoding="utf-8")
    (folder / "llmcost").chmod(0o755)
    words = line.split()
    asked = " ".join(f"'{word}'" for word in words)
    script = (
        'eval "$(llmcost --show-completion bash)"\n'
        f"COMP_WORDS=({asked}); COMP_CWORD={len(words) - 1}\n"
        '_llmcost_completion llmcost\nprintf "%s\\n" "${COMPREPLY[@]}"\n'
    )
    environment = {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}
    ran = subprocess.run(["bash", "-c", script], capture_output=True, text=True, env=environment, cwd=tmp_path)
    assert ran.stdout.split() == [expected], ran.stderr
