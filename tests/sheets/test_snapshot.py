"""The compiled sheets: the same answers, made anew when a byte changes, and never a reason to fail."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from conftest import SMALL

from llmcost import Usage, quote
from llmcost.core.catalogue import Catalogue
from llmcost.errors import FileProblems
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
    package = tmp_path / "llmcost"
    shutil.copytree(Path(snapshots.__file__).parent.parent, package, ignore=shutil.ignore_patterns("__pycache__"))
    key = snapshots._content_key(files)
    assert key != snapshots._content_key(files[:1])
    monkeypatch.setattr(snapshots, "__file__", str(package / "sheets" / "snapshot.py"))
    assert snapshots._content_key(files) == key
    code = package / "core" / "rates.py"
    code.write_text(code.read_text(encoding="utf-8") + "# another\n", encoding="utf-8")
    assert snapshots._content_key(files) != key


def test_what_changes_while_it_is_read_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sheet saved between the two readings leaves nothing in the cache under the name of its former bytes."""
    monkeypatch.setenv("LLMCOST_CACHE_DIR", str(tmp_path / "cache"))
    sheet = tmp_path / "fx.yaml"
    sheet.write_text((SMALL / "fx.yaml").read_text(encoding="utf-8"), encoding="utf-8")

    def saved_meanwhile(paths: list[tuple[Path, str]]) -> dict[str, Any]:
        sheet.write_text(sheet.read_text(encoding="utf-8") + "# saved\n", encoding="utf-8")
        return compile_sheets(paths)

    monkeypatch.setattr(snapshots, "compile_sheets", saved_meanwhile)
    assert cached_snapshot(sheet_files(sheet))["fx"]
    assert not list((tmp_path / "cache").glob("*"))


def test_a_digest_is_of_what_the_sheets_say(tmp_path: Path) -> None:
    """Other names and another order of the files leave the digest alone; another figure does not."""
    names = ("example-ai.yaml", "fx.yaml")
    for number, folder in enumerate(("one", "two", "three")):
        (tmp_path / folder).mkdir()
        for name in names:
            text = (SMALL / name).read_text(encoding="utf-8")
            text = text.replace("4.00 USD", "4.01 USD") if folder == "three" else text
            (tmp_path / folder / (name if not number else f"{'zy'[names.index(name)]}.yaml")).write_text(text)
    one, two, three = (compile_sheets(sheet_files(tmp_path / each))["digest"] for each in ("one", "two", "three"))
    assert one == two != three


def test_a_model_in_two_sheets_of_one_folder_is_refused(tmp_path: Path) -> None:
    """Two prices for one offer side by side are a slip, whichever name comes last; folders named apart may override."""
    text = (SMALL / "example-ai.yaml").read_text(encoding="utf-8")
    for name in ("a.yaml", "b.YAML"):
        (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(FileProblems) as refused:
        compile_sheets(sheet_files(tmp_path))
    assert "b.YAML:8:9: example-ai/example-large-2026 stands in " in refused.value.message
    assert load_prices([tmp_path / "a.yaml", tmp_path / "b.YAML"], builtin=False).catalogue.find("example-small")
