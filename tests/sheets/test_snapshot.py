"""The compiled sheets: the same answers, made anew when a byte changes, and never a reason to fail."""

from __future__ import annotations

import os
import shutil
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest
from conftest import SMALL
from support.sheets import listings_of

from llmcost import Usage, quote
from llmcost.core.offers.catalogue import Catalogue
from llmcost.errors import FileProblems
from llmcost.sheets import cache
from llmcost.sheets.cache import cached_snapshot
from llmcost.sheets.load import load_prices, sheet_files
from llmcost.sheets.read import read_sheets
from llmcost.sheets.snapshot import (
    Snapshot,
    compile_sheets,
    content_of,
    parse_snapshot,
    snapshot_listings,
    snapshot_rules,
)


def test_a_snapshot_gives_the_same_quotes_as_the_sheets() -> None:
    """What is read from a snapshot, written out and read back, prices exactly as what is read from YAML."""
    sheets = [sheet for sheet in read_sheets(sheet_files(SMALL)) if sheet["kind"] == "api"]
    direct = Catalogue([listing for sheet in sheets for listing in listings_of(sheet)])
    snapshot = parse_snapshot(content_of(compile_sheets(sheet_files(SMALL))))
    stored = Catalogue(snapshot_listings(snapshot, snapshot_rules([snapshot])))
    usage = Usage(input_tokens=250_000, cache_read_input_tokens=1000, output_tokens=77)

    pairs = list(zip(direct.offers(), stored.offers(), strict=True))
    assert pairs
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


def damage(kept: Path, how: str) -> None:
    """Spoil a file of the cache."""
    head, _, text = kept.read_text(encoding="utf-8").partition("\n")
    other = text.replace("4.00 USD", "0.04 USD")
    assert other != text
    contents = {
        "empty": "",
        "half": f"{head}\n{text[: len(text) // 2]}",
        "foreign": "[]",
        "no text": head,
        "not utf-8": "\udcff",
        "another price": f"{head}\n{other}",
        "another price and digest": f"{head}\n{other.replace('sha256:', 'sha256:0')}",
        "deep": "[" * 100_000,
        "another's": f"{sha256(other.encode()).hexdigest()}\n{other}",
    }
    if how in contents:
        kept.write_text(contents[how], encoding="utf-8", errors="surrogateescape")
        return
    kept.unlink()
    if how == "device":
        kept.symlink_to("/dev/zero")
    elif how == "pipe":
        os.mkfifo(kept)
    elif how == "folder":
        kept.mkdir()
    else:
        kept.write_text(f"{head}\n{text}", encoding="utf-8")
        kept.chmod(0o666)


@pytest.mark.parametrize(
    "how",
    [
        "empty",
        "half",
        "foreign",
        "no text",
        "not utf-8",
        "another price",
        "another price and digest",
        "deep",
        "another's",
        "device",
        "pipe",
        "folder",
        "writable by all",
    ],
)
def test_a_cache_that_is_not_as_it_was_written_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    """Whatever is put in the place of a kept snapshot, it neither crashes, hangs nor changes a price."""
    monkeypatch.setenv("LLMCOST_CACHE_DIR", str(tmp_path))
    files = sheet_files(SMALL)
    good = cached_snapshot(files)
    kept = next(tmp_path.glob("sheets-*.json"))
    written = kept.read_bytes()
    damage(kept, how)

    assert cached_snapshot(files) == good
    if how != "folder":
        assert kept.read_bytes() == written


def test_a_cache_is_used_only_for_what_it_was_made_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sound snapshot of other sheets, laid in the place of these, is no snapshot of these."""
    monkeypatch.setenv("LLMCOST_CACHE_DIR", str(tmp_path))
    cheap = tmp_path / "cheap.yaml"
    text = (SMALL / "example-ai.yaml").read_text(encoding="utf-8")
    cheap.write_text(text.replace("4.00 USD", "0.04 USD"), encoding="utf-8")
    dear = sheet_files(SMALL / "example-ai.yaml")
    good = cached_snapshot(dear)
    place = next(tmp_path.glob("sheets-*.json"))
    cached_snapshot(sheet_files(cheap))
    other = next(each for each in tmp_path.glob("sheets-*.json") if each != place)
    other.replace(place)

    assert cached_snapshot(dear) == good


def test_a_cache_is_for_its_user_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody else can read or write it."""
    monkeypatch.setenv("LLMCOST_CACHE_DIR", str(tmp_path / "cache"))
    cached_snapshot(sheet_files(SMALL))
    kept = next((tmp_path / "cache").glob("sheets-*.json"))
    assert (kept.stat().st_mode & 0o777, kept.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_a_lock_is_of_the_sheets_themselves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where prices are to be those of a lock, even a cache with a right checksum is not asked, and is made anew."""
    monkeypatch.setenv("LLMCOST_CACHE_DIR", str(tmp_path))
    files = sheet_files(SMALL)
    good = cached_snapshot(files)
    kept = next(tmp_path.glob("sheets-*.json"))
    key = kept.stem.removeprefix("sheets-")
    text = kept.read_text(encoding="utf-8").partition("\n")[2].replace("4.00 USD", "0.04 USD")
    kept.write_text(f"{sha256((key + text).encode()).hexdigest()}\n{text}", encoding="utf-8")

    assert cached_snapshot(files) != good
    assert cached_snapshot(files, fresh=True) == good
    assert cached_snapshot(files) == good


def test_an_unwritable_cache_only_costs_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a place to keep snapshots the sheets are compiled each time."""
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    monkeypatch.setenv("LLMCOST_CACHE_DIR", str(blocked / "below"))

    assert cached_snapshot(sheet_files(SMALL)).contents["sellers"]


def test_the_cache_follows_the_code_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A kept snapshot belongs to the code that made it: its name covers both."""
    files = sheet_files(SMALL)
    package = tmp_path / "llmcost"
    shutil.copytree(Path(cache.__file__).parent.parent, package, ignore=shutil.ignore_patterns("__pycache__"))
    key = cache._content_key(files)
    assert key != cache._content_key(files[:1])
    monkeypatch.setattr(cache, "__file__", str(package / "sheets" / "cache.py"))
    assert cache._content_key(files) == key
    code = package / "core" / "values" / "rates.py"
    code.write_text(code.read_text(encoding="utf-8") + "# another\n", encoding="utf-8")
    assert cache._content_key(files) != key


def test_what_changes_while_it_is_read_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sheet saved between the two readings leaves nothing in the cache under the name of its former bytes."""
    monkeypatch.setenv("LLMCOST_CACHE_DIR", str(tmp_path / "cache"))
    sheet = tmp_path / "fx.yaml"
    sheet.write_text((SMALL / "fx.yaml").read_text(encoding="utf-8"), encoding="utf-8")

    def saved_meanwhile(paths: list[tuple[Path, str]]) -> Snapshot:
        sheet.write_text(sheet.read_text(encoding="utf-8") + "# saved\n", encoding="utf-8")
        return compile_sheets(paths)

    monkeypatch.setattr(cache, "compile_sheets", saved_meanwhile)
    assert cached_snapshot(sheet_files(sheet)).contents["fx"]
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
    one, two, three = (compile_sheets(sheet_files(tmp_path / each)).digest for each in ("one", "two", "three"))
    assert one == two != three


def test_the_digest_of_several_sources_sees_their_order() -> None:
    """A later source replaces what an earlier one says, so the same sources in another order are other prices."""
    one, two = SMALL / "example-ai.yaml", SMALL / "night-cloud.yaml"
    digests = [load_prices(paths, builtin=False).catalogue.digest for paths in ((one, two), (two, one), (one, two))]
    assert digests[0] == digests[2] != digests[1]


def test_a_model_in_two_sheets_of_one_folder_is_refused(tmp_path: Path) -> None:
    """Two prices for one offer side by side are a slip, whichever name comes last; folders named apart may override."""
    text = (SMALL / "example-ai.yaml").read_text(encoding="utf-8")
    for name in ("a.yaml", "b.YAML"):
        (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(FileProblems) as refused:
        compile_sheets(sheet_files(tmp_path))
    assert "b.YAML:8:9: example-ai/example-large-2026 stands in " in refused.value.message
    assert load_prices([tmp_path / "a.yaml", tmp_path / "b.YAML"], builtin=False).catalogue.find("example-small")
