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
        "new: acme/new@global",
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
        ({name: price * 1000 for name, price in OFFERS.items()}, False, "40 prices moved by the same factor, 1000"),
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


def test_a_day_to_come_or_before_what_there_is_is_refused(llmcost: Run, first: Path) -> None:
    """A table is of a day that has been, and never older than the prices that count."""
    path = table(first / "second.json", OFFERS)
    ran = llmcost("prices", "update", "--from", f"litellm@2999-01-01={path}")
    assert (ran.code, ran.err.splitlines()[0]) == (2, "llmcost: --from: litellm of 2999-01-01 is of a day to come")
    ran = llmcost("prices", "update", "--from", f"litellm@2026-08-01={path}")
    assert ran.code == 2
    assert "the prices before are of litellm of 2026-09-01, and this one is of 2026-08-01" in ran.err


def test_a_table_named_twice_is_refused(llmcost: Run, first: Path) -> None:
    """Of two files of one table neither is the newer one."""
    path = table(first / "second.json", OFFERS)
    ran = update(llmcost, path, "--from", f"litellm={path}")
    assert (ran.code, ran.err.splitlines()[0]) == (2, "llmcost: litellm is named twice")


def test_going_back_from_the_first_update_leads_to_what_came_along(llmcost: Run, first: Path) -> None:
    """Before the first update there were the prices of the program; before those there is nothing."""
    ran = llmcost("prices", "rollback")
    assert (ran.code, ran.err) == (0, "llmcost: back to the prices that came with the program\n")
    assert llmcost("price", "acme/m3", "--input", "1").code == 2
    assert llmcost("prices", "rollback").code == 2


def test_an_older_update_counts_no_longer_once_newer_prices_came_along(
    llmcost: Run, first: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A later release of the program has newer tables than the update made before it."""
    monkeypatch.undo()
    monkeypatch.setenv("XDG_CONFIG_HOME", str(first / "home"))
    monkeypatch.setattr(folder_of_settings.sys, "platform", "linux")
    assert llmcost("price", "acme/m3", "--input", "1").code == 2


def test_files_of_ones_own_are_never_written_over(llmcost: Run, first: Path) -> None:
    """In a folder of sheets only what an update wrote is replaced or removed."""
    mine = first / "mine"
    mine.mkdir()
    (mine / "contract.yaml").write_text("kind: api\n", encoding="utf-8")
    path = table(first / "second.json", OFFERS)
    assert update(llmcost, path, "--into", str(mine)).code == 0
    assert (mine / "contract.yaml").read_text(encoding="utf-8") == "kind: api\n"
    (mine / "acme.yaml").write_text("# my own\n", encoding="utf-8")
    ran = update(llmcost, path, "--into", str(mine))
    assert ran.code == 2
    assert "acme.yaml is not written by an update, and would be lost" in ran.err
    assert (mine / "acme.yaml").read_text(encoding="utf-8") == "# my own\n"


def test_ones_own_price_is_before_what_third_parties_state(llmcost: Run, first: Path) -> None:
    """A sheet of one's own replaces the offer of that name, and it stands once."""
    (first / "own.yaml").write_text(
        "kind: api\nseller: acme\nname: Acme\ndefault_place: global\nmodels:\n  - id: m3\n    developer: acme\n"
        "    prices:\n      - checked_on: 2026-09-10\n        source: https://acme.example/contract\n"
        "        rates: {input: 99 USD / 1M tokens, output: 1 USD / 1M tokens}\n",
        encoding="utf-8",
    )
    ran = llmcost("models", "acme/m3", "--third-party", "--prices", str(first / "own.yaml"), "-f", "csv")
    assert [line.split(",")[2] for line in ran.out.splitlines()[1:]] == ["99"]


def test_all_means_what_two_independent_tables_agree_on(llmcost: Run, first: Path) -> None:
    """An offer of two tables with the same price counts with --all; the others of them only with --third-party."""
    both = {"id": "m3", "match": {"equals": "m3"}, "prices": {"input_mtok": 4, "output_mtok": 16}}
    other = {"id": "m4", "match": {"equals": "m4"}, "prices": {"input_mtok": 77, "output_mtok": 88}}
    provider = {"id": "acme", "name": "Acme", "api_pattern": "acme", "models": [both, other]}
    (first / "genai.json").write_text(json.dumps([provider]), encoding="utf-8")
    second = f"genai-prices@2026-09-02={first / 'genai.json'}"
    assert update(llmcost, table(first / "again.json", OFFERS), "--from", second).code == 0
    acme = ("models", "acme/", "--on", "2026-09-15", "-f", "csv")

    def listed(*more: str) -> list[str]:
        return [line.split(",")[0] for line in llmcost(*acme, *more).out.splitlines()[1:]]

    assert listed("--all") == ["acme/m3@global"]
    assert sorted(listed("--third-party")) == sorted(f"{name}@global" for name in OFFERS)


def rates(path: Path, day: str, **units: str) -> str:
    """A file in the form of the European Central Bank's; the option that reads it."""
    cubes = "".join(f"<Cube currency='{code}' rate='{rate}'/>" for code, rate in units.items())
    path.write_text(f"<Cube><Cube time='{day}'>{cubes}</Cube></Cube>", encoding="utf-8")
    return f"--from=ecb@2026-09-12={path}"


HELD = {"USD": "1.2", "CNY": "9", "JPY": "170", "GBP": "0.86", "INR": "103", "KRW": "1640", "SGD": "1.49", "CHF": "0.93", "CAD": "1.61"}  # fmt: skip


def in_yuan(llmcost: Run) -> tuple[str, list[str]]:
    """What a million tokens of acme/m3 cost in yuan, and the prices' sources."""
    asked = (
        "price",
        "acme/m3",
        "--input",
        "1M",
        "--output",
        "0",
        "--on",
        "2026-09-15",
        "--currency",
        "CNY",
        "-f",
        "json",
    )
    data = json.loads(llmcost(*asked).out)
    return data["rows"][0]["monthly_cost"], data["prices"]["sources"]


def test_newer_exchange_rates_count_at_once_and_prices_stay(llmcost: Run, first: Path) -> None:
    """4 USD at 9 CNY for 1.2 USD are 30 CNY; an update of prices alone leaves the rates, and a rollback takes both."""
    before, _ = in_yuan(llmcost)
    ran = llmcost("prices", "update", rates(first / "ecb.xml", "2026-09-11", **HELD))
    assert (ran.code, ran.out.splitlines()[-1]) == (0, "exchange rates of 2026-09-11")
    assert in_yuan(llmcost) == ("30.000000", ["builtin", "prices update"])
    assert update(llmcost, table(first / "second.json", {**OFFERS, "acme/m3": 8})).code == 0
    assert in_yuan(llmcost)[0] == "60.000000"
    assert llmcost("prices", "rollback").code == 0
    assert in_yuan(llmcost)[0] == "30.000000"
    assert before != "30.000000"


@pytest.mark.parametrize(
    ("day", "units", "why"),
    [
        ("2026-09-13", HELD, "the exchange rates are of 2026-09-13, a day to come"),
        ("2026-09-11", {"USD": "1.2"}, "only 1 currencies are left of 14"),
        ("2026-09-11", {**HELD, "CNY": "900"}, "the exchange rate of CNY moved from"),
        ("2026-09-11", {**HELD, "CNY": "0"}, "the exchange rate of CNY moved from"),
    ],
)
def test_exchange_rates_that_are_not_believable_change_nothing(
    llmcost: Run, first: Path, day: str, units: dict[str, str], why: str
) -> None:
    """A day to come, a cut list, a slip of the point and a zero: exit 2, one reason, and the rates before."""
    before = in_yuan(llmcost)
    ran = llmcost("prices", "update", rates(first / "ecb.xml", day, **units))
    assert (ran.code, ran.out, why in ran.err) == (2, "", True)
    assert in_yuan(llmcost) == before


def test_exchange_rates_are_no_prices(llmcost: Run, first: Path) -> None:
    """They are not held against offers, and maintainers' sheets have them elsewhere."""
    option = rates(first / "ecb.xml", "2026-09-11", **HELD)
    assert "ecb has exchange rates and no prices" in llmcost("prices", "drift", option).err
    assert "leave out --into" in llmcost("prices", "update", option, "--into", str(first / "sheets")).err
