"""The compiled sheets: the same answers, made anew when a byte changes, and never a reason to fail."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import pytest
from conftest import SMALL

from llmcost import Usage, quote
from llmcost.core.catalogue import Catalogue
from llmcost.sheets import snapshot as snapshots
from llmcost.sheets.build import build_listings
from llmcost.sheets.load import load_prices, sheet_files
from llmcost.sheets.read import read_sheets
from llmcost.sheets.snapshot import cached_snapshot, compile_sheets, snapshot_listings, snapshot_rules


def test_a_snapshot_gives_the_same_quotes_as_the_sheets() -> None:
    """What is read from a snapshot, written out and read back, prices exactly as what is read from YAML."""
    sheets = [sheet for sheet in read_sheets(sheet_files(SMALL)) if sheet["kind"] == "api"]
    direct = Catalogue([listing for sheet in sheets for listing in build_listings(sheet)])
    snapshot = json.loads(json.dumps(compile_sheets(sheet_files(SMALL))))
    stored = Catalogue(snapshot_listings(snapshot, snapshot_rules([snapshot])))
    usage = Usage(input_tokens=250_000, cache_read_input_tokens=1000, output_tokens=77)

    pairs = list(zip(direct.offers(), stored.offers(), strict=True))
    assert len(pairs) == 12
    for one, other in pairs:
        assert one.name == other.name
        first, second = quote(one, usage, date(2026, 9, 15)), quote(other, usage, date(2026, 9, 15))
        assert (first.cost, first.gaps, first.notes, first.unserved) == (
            second.cost,
            second.gaps,
            second.notes,
            second.unserved,
        )


def test_a_changed_byte_makes_a_new_snapshot(tmp_path: Path) -> None:
    """Editing a sheet is seen at once: its price is the new one."""
    folder = tmp_path / "sheets"
    shutil.copytree(SMALL, folder)
    before = load_prices([folder], builtin=False).catalogue.find("example-retired")
    text = (folder / "example-ai.yaml").read_text(encoding="utf-8")
    (folder / "example-ai.yaml").write_text(
        text.replace("input: 2.00 USD / 1M tokens, output: 6.00", "input: 3.00 USD / 1M tokens, output: 6.00"),
        encoding="utf-8",
    )
    after = load_prices([folder], builtin=False).catalogue.find("example-retired")
    usage = Usage(input_tokens=1_000_000)

    assert [quote(each, usage, date(2026, 1, 1)).cost for each in (before, after)] == [2, 3]


@pytest.mark.parametrize("content", ["", "{", "[]", '{"digest": 1}', "\x00"])
def test_a_broken_cache_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str) -> None:
    """A half-written or foreign file in the cache is ignored and replaced."""
    monkeypatch.setenv("LLMCOST_CACHE_DIR", str(tmp_path))
    files = sheet_files(SMALL)
    good = cached_snapshot(files)
    kept = next(tmp_path.glob("sheets-*.json"))
    kept.write_text(content, encoding="utf-8")

    assert cached_snapshot(files) == good
    assert json.loads(kept.read_text(encoding="utf-8")) == good


def test_an_unwritable_cache_only_costs_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a place to keep snapshots the sheets are compiled each time."""
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    monkeypatch.setenv("LLMCOST_CACHE_DIR", str(blocked / "below"))

    assert cached_snapshot(sheet_files(SMALL))["sellers"]


def test_the_cache_follows_the_code_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A kept snapshot belongs to the code that made it: its name covers both."""
    files = sheet_files(SMALL)
    key = snapshots._content_key(files)
    assert key == snapshots._content_key(files)
    assert key != snapshots._content_key(files[:1])
