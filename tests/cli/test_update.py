"""`prices update` and `prices rollback`: newer prices from public tables, and back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support.running import Run

from llmcost.files import user_folder as folder_of_settings

OFFERS = {f"acme/m{number}": number + 1 for number in range(20)}


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A person's own folder that is empty."""
    monkeypatch.setattr(folder_of_settings.sys, "platform", "linux")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    return tmp_path / "home" / "llmcost"


def table(path: Path, prices: dict[str, Any]) -> Path:
    """A file in the form of LiteLLM's map."""
    models = {
        name: {
            "litellm_provider": "acme",
            "mode": "chat",
            "input_cost_per_token": price / 10**6,
            "output_cost_per_token": 4 * price / 10**6,
        }
        for name, price in prices.items()
    }
    path.write_text(json.dumps(models), encoding="utf-8")
    return path


def update(llmcost: Run, path: Path, *more: str) -> Any:
    """Update from a file."""
    return llmcost("prices", "update", "--from", f"litellm@2026-09-01={path}", "--accept", *more)


@pytest.fixture
def first(llmcost: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store that an update has filled, beside built-in sheets that have nothing of third parties."""
    empty = tmp_path / "nothing"
    empty.mkdir()
    monkeypatch.setattr("llmcost.sheets.load.THIRD_PARTY", "no-such-folder")
    assert update(llmcost, table(tmp_path / "first.json", OFFERS)).code == 0
    return tmp_path


def test_what_an_update_brings_is_priced(llmcost: Run, first: Path) -> None:
    """An offer of the table is found by the table's name, priced as it says, and dated as it was given."""
    ran = llmcost("price", "acme/m3", "--input", "1M", "--output", "0", "--on", "2026-09-15", "-f", "json")
    data = json.loads(ran.out)
    assert (data["rows"][0]["offer"], data["rows"][0]["monthly_cost"]) == ("acme/m3@global", "4.000000")
    assert data["rows"][0]["charges"][0]["checked_on"] == "2026-09-01"
    assert data["prices"]["sources"] == ["builtin", "prices update"]


def test_an_update_says_what_it_changed_and_rollback_takes_it_back(llmcost: Run, first: Path) -> None:
    """Every price that moved is told with both figures; the prices before the last update come back."""
    ran = update(llmcost, table(first / "second.json", {**OFFERS, "acme/m3": 5, "acme/new": 1}))
    assert ran.code == 0
    assert ran.out.splitlines() == [
        "acme/m3@global input 4 USD / 1M tokens -> 5 USD / 1M tokens",
        "acme/m3@global output 16 USD / 1M tokens -> 20 USD / 1M tokens",
        "21 offers, 1 new, 0 gone, 19 as before",
    ]
    asked = ("price", "acme/m3", "--input", "1M", "--output", "0", "--on", "2026-09-15", "-f", "json")
    assert json.loads(llmcost(*asked).out)["rows"][0]["monthly_cost"] == "5.000000"
    assert llmcost("prices", "rollback").code == 0
    assert json.loads(llmcost(*asked).out)["rows"][0]["monthly_cost"] == "4.000000"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{}", "this is not LiteLLM's price map"),
        ("<html>busy</html>", "is not JSON"),
        ('{"error": "busy"}', "this is not LiteLLM's price map"),
        ('{"acme/m0": {"litellm_provider": "acme", "mode": "chat"}}', "has no price that can be read"),
    ],
)
def test_what_is_no_table_changes_nothing(llmcost: Run, first: Path, text: str, why: str) -> None:
    """An empty object, a page with status 200, an error or a table without prices: exit 2, one reason, no change."""
    before = sorted((each.name, each.stat().st_mtime_ns) for each in first.rglob("*") if each.is_file())
    (first / "wrong.json").write_text(text, encoding="utf-8")
    ran = update(llmcost, first / "wrong.json")
    assert (ran.code, ran.out) == (2, "")
    assert why in ran.err
    assert len(ran.err.splitlines()) == 2
    (first / "wrong.json").unlink()
    assert sorted((each.name, each.stat().st_mtime_ns) for each in first.rglob("*") if each.is_file()) == before


@pytest.mark.parametrize(
    ("prices", "accept", "why"),
    [
        (dict(list(OFFERS.items())[:10]), True, "only 10 offers of litellm are left of 20"),
        ({name: price * 1000 for name, price in OFFERS.items()}, False, "40 prices moved by more than 4 times"),
    ],
)
def test_a_table_that_is_not_believable_changes_nothing(
    llmcost: Run, first: Path, prices: dict[str, Any], accept: bool, why: str
) -> None:
    """A halved list and prices a thousand times as high end with 2, and the prices before stay."""
    path = table(first / "second.json", prices)
    flags = ["--accept"] if accept else []
    ran = llmcost("prices", "update", "--from", f"litellm={path}", *flags)
    assert (ran.code, ran.out) == (2, "")
    assert why in ran.err
    asked = ("price", "acme/m3", "--input", "1M", "--output", "0", "--on", "2026-09-15", "-f", "json")
    assert json.loads(llmcost(*asked).out)["rows"][0]["monthly_cost"] == "4.000000"


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        (("nothing",), 'no price table is called "nothing"'),
        (("--from", "litellm"), '--from: "litellm" names no file'),
        (("--from", "nothing=x.json"), '--from: no price table is called "nothing"'),
        (("--from", "litellm@soon=x.json"), '--from: "soon" is not a date'),
        (("--from", "litellm=no-such-file.json"), "cannot read no-such-file.json"),
    ],
)
def test_what_cannot_be_meant_is_refused(llmcost: Run, asked: tuple[str, ...], why: str) -> None:
    """A table there is not, and a file that is none, are an error that names them."""
    ran = llmcost("prices", "update", *asked)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"llmcost: {why}")
    assert len(ran.err.splitlines()) >= 2


def test_offline_nothing_is_fetched(llmcost: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """With LLMCOST_OFFLINE a table that would have to be fetched is refused before any connection."""
    monkeypatch.setenv("LLMCOST_OFFLINE", "1")
    ran = llmcost("prices", "update", "litellm")
    assert ran.code == 2
    assert "LLMCOST_OFFLINE is set" in ran.err
