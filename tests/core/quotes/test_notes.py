"""Notes: sentences for people, told apart by their codes."""

from __future__ import annotations

import ast
from datetime import date
from pathlib import Path

from conftest import ROOT

from llmcost import RequestGroup, Usage, Workload, quote
from llmcost.core.offers.catalogue import Catalogue
from llmcost.core.quotes.notes import CODES, Note


def test_a_note_is_its_words_and_knows_its_code() -> None:
    """It prints, compares and joins as text does; said of somebody by name it keeps its code."""
    note = Note("stale", "it is old")
    assert (note, note.code, f"{note}!") == ("it is old", "stale", "it is old!")
    assert (note.of("a/b@c"), note.of("a/b@c").code) == ("a/b@c: it is old", "stale")


def test_marks_are_those_of_the_notes(small: Catalogue) -> None:
    """What a row is marked with follows from what is said of it."""
    half = RequestGroup(Usage(input_tokens=1000), 10, terms={"batch": 1})
    found = quote(small.find("example-small"), Workload((half,)), date(2027, 2, 1))
    assert found.marks == ("priced-standard", "stale")
    assert set(found.marks) <= {note.code for note in found.notes}


def test_every_code_is_used_and_every_used_code_is_known() -> None:
    """A code that nothing says any more would be kept for scripts, and there is none yet."""
    used = {
        node.value
        for path in (ROOT / "llmcost").rglob("*.py")
        if path != Path(ROOT / "llmcost/core/quotes/notes.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert set(CODES) - {"stale", "undated", "priced-standard"} <= used
