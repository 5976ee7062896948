"""`llmcost prices lock` and `--frozen`: the same prices, or no verdict."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml
from conftest import SMALL
from support.running import THOUSAND_IN, Run

CHECK = ("check", "-m", "example-small", *THOUSAND_IN, "--max-monthly", "900 USD")
OWN = ("--prices", "prices", "--no-builtin-prices")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(SMALL, tmp_path / "prices")
    (tmp_path / ".git").mkdir()
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "none"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def lock(llmcost: Run) -> str:
    ran = llmcost("prices", "lock", "--on", "2026-09-15", *OWN)
    assert (ran.code, ran.out) == (0, "")
    return Path("llmcost.lock").read_text(encoding="utf-8")


def test_a_lock_pins_the_prices_and_the_day(llmcost: Run, project: Path) -> None:
    """With --frozen the day is the lock's, so next year's run gives the same verdict and the same bytes."""
    text = lock(llmcost)
    assert "on: 2026-09-15\n" in text
    assert "  - name: prices\n    digest: sha256:" in text
    frozen = llmcost(*CHECK, *OWN, "--frozen")
    assert frozen.code == 0
    assert frozen.out == llmcost(*CHECK, *OWN, "--on", "2026-09-15").out


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("kind: api\n", "kind: api   # a comment\n"),
        ("kind: api\n", "\n\n# another\nkind: api\n"),
        ("seller: example-ai\nname: Example AI\n", "name: Example AI\nseller: example-ai\n"),
        ("seller: example-ai\n", 'seller: "example-ai"\n'),
        ("default_place: global\n", "default_place:   global\n"),
    ],
)
def test_how_a_sheet_is_written_never_changes_the_digest(llmcost: Run, project: Path, old: str, new: str) -> None:
    """Comments, blank lines, the order of keys, quotes and spaces are not prices."""
    before = lock(llmcost)
    sheet = project / "prices" / "example-ai.yaml"
    text = sheet.read_text(encoding="utf-8")
    assert old in text
    sheet.write_text(text.replace(old, new, 1), encoding="utf-8")
    assert lock(llmcost) == before


@pytest.mark.parametrize("how", ["flag", "environment"])
def test_another_day_than_the_locked_one_is_refused(
    llmcost: Run, project: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    """A day from a flag or a stray variable does not get past the lock; the locked day itself does."""
    lock(llmcost)
    for day, code in (("2026-09-14", 2), ("2026-09-15", 0)):
        given = ("--on", day) if how == "flag" else ()
        if how == "environment":
            monkeypatch.setenv("LLMCOST_ON", day)
        ran = llmcost(*CHECK, *OWN, "--frozen", *given)
        assert ran.code == code, ran.err
        if code:
            where = "--on" if how == "flag" else "LLMCOST_ON"
            assert f"{where}: 2026-09-14 is not the day of the lock, 2026-09-15" in ran.err
            assert ran.out == ""


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("example-ai", "input: 4.00 USD", "input: 4.01 USD"),
        ("example-ai", "checked_on: 2026-08-20", "checked_on: 2026-08-21"),
        ("fx", "USD: 1.", "USD: 2."),
        ("tokens", "checked_on: 2026-0", "checked_on: 2025-0"),
        ("grid", "spot: 0.80 USD", "spot: 0.81 USD"),
        ("measured", "16 100 19 800", "16 100 18 800"),
        ("pebble", "intermediate_size: 14336", "intermediate_size: 14335"),
        ("accelerators", "memory_gib: 100", "memory_gib: 101"),
    ],
)
def test_one_digit_always_changes_the_digest(llmcost: Run, project: Path, name: str, old: str, new: str) -> None:
    """Every kind of sheet counts: with one digit changed --frozen gives no verdict, and names the source."""
    lock(llmcost)
    sheet = project / "prices" / f"{name}.yaml"
    text = sheet.read_text(encoding="utf-8")
    assert old in text
    sheet.write_text(text.replace(old, new, 1), encoding="utf-8")
    ran = llmcost(*CHECK, *OWN, "--frozen", "--exit-zero")
    assert (ran.code, ran.out) == (2, ""), ran.err
    assert 'llmcost.lock expects prices "prices" sha256:' in ran.err
    assert "then run `llmcost prices lock`" in ran.err


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "--frozen: there is no "),
        ("on: 2026-09-15\n", "this is not a lock of version 1"),
        ("version: 1\non: 2026-99-15\nsources: []\n", "llmcost.lock:2:5: "),
        ("version: 1\non: 2026-09-15\nsources: [{name: prices}]\n", "a source is a name and a digest"),
        ("version: 1\non: 2026-09-15\nsources: []\n", 'llmcost.lock was made without prices "prices", read now'),
        ("{", "llmcost.lock:2:1: not YAML"),
    ],
)
def test_a_lock_that_does_not_fit_gives_no_verdict(llmcost: Run, project: Path, text: str | None, message: str) -> None:
    """A missing or broken lock, or one for other sources: 2 and the way to mend it."""
    if text is not None:
        (project / "llmcost.lock").write_text(text, encoding="utf-8")
    ran = llmcost(*CHECK, *OWN, "--frozen")
    assert (ran.code, ran.out) == (2, "")
    assert message in ran.err


def test_a_lock_stands_beside_the_config(llmcost: Run, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From any folder of the project the same lock is meant, and its sources are named from there."""
    (project / "llmcost.yaml").write_text("version: 1\nprices: [prices]\n", encoding="utf-8")
    (project / "deep").mkdir()
    monkeypatch.chdir(project / "deep")
    assert llmcost("prices", "lock", "--on", "2026-09-15", "--no-builtin-prices").code == 0
    assert "  - name: prices\n" in (project / "llmcost.lock").read_text(encoding="utf-8")
    assert llmcost(*CHECK, "--no-builtin-prices", "--frozen").code == 0
    assert llmcost("prices", "lock", "--frozen", "--no-builtin-prices").code == 2


NAMES = [
    "prices #1.yaml",
    "a: b.yaml",
    "- x.yaml",
    "'quoted'.yaml",
    '"quoted".yaml',
    "back\\slash.yaml",
    "null",
    "~",
    "2026-01-01",
    "yes",
    "builtin",
    "{a: b}.yaml",
    "*x.yaml",
    "&x.yaml",
    "!x.yaml",
    "| x.yaml",
    "%x.yaml",
    "日本 x.yaml",
    " blank .yaml",
    "it's.yaml",
    "::error::x",
]


@pytest.mark.skipif("sys.platform == 'win32'", reason="Windows has no such names")
@pytest.mark.parametrize("name", NAMES)
def test_a_lock_reads_back_whatever_a_file_is_called(llmcost: Run, project: Path, name: str) -> None:
    """Names with YAML's own signs are written so that every YAML reader finds them again, and the lock fits."""
    shutil.copyfile(SMALL / "example-ai.yaml", name)
    own = ("--prices", name, "--no-builtin-prices")
    assert llmcost("prices", "lock", "--on", "2026-09-15", *own).code == 0
    (source,) = yaml.safe_load(Path("llmcost.lock").read_text(encoding="utf-8"))["sources"]
    assert source["name"] == ("./builtin" if name == "builtin" else name)
    assert llmcost(*CHECK, *own, "--frozen").code == 0


@pytest.mark.skipif("sys.platform != 'linux'", reason="other systems have no such names")
@pytest.mark.parametrize(
    "name", ["a\nb.yaml", "a\tb.yaml", "\x1b[2J.yaml", "\u202e.yaml", "\udcff.yaml", "\ufeff.yaml"]
)
def test_a_name_that_does_not_show_is_in_no_lock(llmcost: Run, project: Path, name: str) -> None:
    """A file whose name holds what a lock cannot is refused, and no lock is written."""
    shutil.copyfile(SMALL / "example-ai.yaml", name)
    ran = llmcost("prices", "lock", "--on", "2026-09-15", "--prices", name, "--no-builtin-prices")
    assert (ran.code, ran.out) == (2, "")
    assert "stands in the text" in ran.err
    assert not Path("llmcost.lock").exists()


def test_other_sources_than_the_locked_ones_are_named(llmcost: Run, project: Path) -> None:
    """What is missing, what was added or that only the order is another: each is said, with the way to mend it."""
    shutil.copytree(SMALL, project / "more")
    more = ("--prices", "more")
    lock(llmcost)
    added = llmcost(*CHECK, *OWN, *more, "--frozen")
    assert 'llmcost.lock was made without prices "more", read now\n' in added.err
    assert "name the same sources" in added.err
    assert "was made without the built-in prices, read now" in llmcost(*CHECK, "--prices", "prices", "--frozen").err
    assert llmcost("prices", "lock", "--on", "2026-09-15", *OWN, *more).code == 0
    missing = llmcost(*CHECK, *OWN, "--frozen")
    assert 'llmcost.lock was made with prices "more", not read now\n' in missing.err
    turned = llmcost(*CHECK, *more, *OWN, "--frozen")
    assert 'made with prices "prices" before prices "more", and now their order is another' in turned.err
    for ran in (added, missing, turned):
        assert (ran.code, ran.out) == (2, "")
        assert "run `llmcost prices lock`" in ran.err
