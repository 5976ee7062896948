"""Whatever is named, typed or written into a file: a message and exit 2, soon, and never an internal error."""

from __future__ import annotations

import hashlib
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, SMALL
from support.running import TWO_THOUSAND_IN as ONE
from support.running import Run

from llmcost.core.offers.offer import Offer

PRICES = ("--prices", str(SMALL), "--no-builtin-prices", "--on", "2026-09-15")
LARGE = "example-ai/example-large-2026@global"
WORKLOAD = "kind: workload\nclasses:\n  - {requests: 1k / month, input_tokens: 100, output_tokens: 10}\n"
posix = pytest.mark.skipif(os.name == "nt", reason="no such files there")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own to run in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(params=["device", "pipe", "socket", "folder"])
def odd(request: pytest.FixtureRequest, project: Path) -> Iterator[Path]:
    """A path that leads to no regular file: an endless device, a pipe nobody writes to, a socket, a folder."""
    path = project / "odd.json"
    if request.param == "device":
        path.symlink_to("/dev/zero")
    elif request.param == "pipe":
        os.mkfifo(path)
    elif request.param == "folder":
        path.mkdir()
    else:
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(path.name)
            yield path
        return
    yield path


NAMED: dict[str, tuple[str | None, tuple[str, ...]]] = {
    "a workload": (None, ("compare", "odd.json", "-m", LARGE, *PRICES)),
    "prices": (None, ("compare", "-m", LARGE, *ONE, "--prices", "odd.json", "--no-builtin-prices")),
    "prices to validate": (None, ("prices", "validate", "odd.json")),
    "a text": (None, ("compare", "-m", LARGE, "--requests", "1", "--text", "odd.json", *PRICES)),
    "a config": (None, ("compare", "-m", LARGE, *ONE, *PRICES, "--config", "odd.json")),
    "a baseline": (
        None,
        ("check", "-m", LARGE, *ONE, *PRICES, "--max-increase", "1%", "--baseline", "odd.json"),
    ),
    "a benchmark": (None, ("measure", "--from", "odd.json")),
    "a result": (None, ("diff", "odd.json", "other.json")),
    "the workload of a config": ("workload: odd.json\nmodels: [example-small]", ("compare", *PRICES)),
    "the prices of a config": ("prices: [odd.json]", ("compare", "-m", LARGE, *ONE, "--no-builtin-prices")),
    "the baseline of a budget": (
        f"budgets: [{{name: app, max_increase: 1%, baseline: odd.json, models: ['{LARGE}']}}]",
        ("check", *ONE, *PRICES),
    ),
}


@posix
@pytest.mark.parametrize("what", NAMED)
def test_no_file_of_any_kind_is_waited_for(llmcost: Run, project: Path, odd: Path, what: str) -> None:
    """What is no regular file is refused wherever a file is named, at once and by name; nothing endless is read."""
    config, arguments = NAMED[what]
    if config is not None:
        (project / "llmcost.yaml").write_text(f"version: 1\n{config}\n", encoding="utf-8")
    begin = time.monotonic()
    ran = llmcost(*arguments)
    assert (ran.code, ran.out) == (2, ""), ran.err
    assert "odd.json" in ran.err
    assert time.monotonic() - begin < 20


@posix
@pytest.mark.parametrize(
    ("arguments", "given"),
    [
        (("compare", "{}", "-m", LARGE, *PRICES), WORKLOAD),
        (("compare", "{}", "-m", LARGE, *PRICES, "--vary", "input=1..1k"), WORKLOAD),
        (("compare", "-m", LARGE, "--requests", "1", "--text", "{}", *PRICES), "a text"),
        (
            ("compare", "-m", LARGE, *ONE, "--prices", "{}", "--no-builtin-prices", "--on", "2026-09-15"),
            (SMALL / "example-ai.yaml").read_text(encoding="utf-8"),
        ),
    ],
)
@pytest.mark.parametrize("name", ["/dev/stdin", "/dev/fd/0"])
def test_what_the_shell_hands_over_is_read(
    cache_folder: Path, arguments: tuple[str, ...], given: str, name: str
) -> None:
    """A pipe that is named on the command line, as `<(command)` does, is read, once, as a file would be."""
    command = [sys.executable, "-m", "llmcost", *(each.format(name) for each in arguments), "--no-config"]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    ran = subprocess.run(command, env=env, input=given, text=True, capture_output=True, check=False, timeout=60)
    assert (ran.returncode, LARGE in ran.stdout) == (0, True), ran.stderr


@pytest.mark.parametrize(
    "config",
    [
        "workload: /dev/stdin",
        "prices: [sheets, /dev/fd/0]",
        "budgets: [{name: app, max_increase: 1%, baseline: /proc/self/fd/0}]",
        "budgets: [{name: app, max_monthly: 1 USD, workload: /dev/stdin}]",
    ],
)
def test_a_config_names_files_only(llmcost: Run, project: Path, config: str) -> None:
    """What is handed to this run is for its command line to name: a config that does so is refused with its place."""
    (project / "llmcost.yaml").write_text(f"version: 1\n{config}\n", encoding="utf-8")
    ran = llmcost("config", "show")
    assert (ran.code, "is no file" in ran.err, "llmcost.yaml:2:" in ran.err) == (2, True, True), ran.err


@pytest.mark.parametrize("key", ["²", "٣", "3", "0", "1.5", "a.b", ".", "½", "１"])
def test_a_key_of_digits_is_a_key(llmcost: Run, project: Path, key: str) -> None:
    """An unknown key is pointed at, whatever digits it is written in."""
    (project / "llmcost.yaml").write_text(f'version: 1\n"{key}": 3\n', encoding="utf-8")
    ran = llmcost("config", "show")
    assert (ran.code, f'llmcost.yaml:2:1: unknown key "{key}"' in ran.err) == (2, True), ran.err


FLAGS = ("requests", "input", "output", "cache-read", "batch", "images", "min-context", "top", "months", "on", "vary")
NUMBERS = ("²", "٣", "１", "1e999999", "1" * 5000, "1e-999999", "-0", "0x1", "nan", "\ud800", "9" * 40, "1e999999%")


@pytest.mark.parametrize("flag", FLAGS)
def test_no_number_is_an_internal_error(llmcost_small: Run, flag: str) -> None:
    """Digits of other alphabets, endless ones and exponents beyond all bounds end with a message in every flag."""
    for number in NUMBERS:
        value = f"input={number}..{number}1" if flag == "vary" else number
        ran = llmcost_small("compare", "-m", LARGE, *ONE, f"--{flag}", value)
        assert (ran.code, ran.out) == (2, ""), (number, ran.err)


ENTRY = """kind: api
seller: far
name: Far
default_place: global
{zone}models:
  - id: far
    prices:
      - {{checked_on: 2026-09-01, source: "https://far.example/p", rates: {{input: 1 USD / 1M tokens}}{dates}}}
"""


@pytest.mark.parametrize("zone", ["", "timezone: America/Los_Angeles\n", "timezone: Pacific/Kiritimati\n"])
@pytest.mark.parametrize("day", ["9999-12-31T12:00Z", "9999-12-31", "9999-12-31T23:59:59Z", "9999-01-01", "1970-01-01"])
@pytest.mark.parametrize("on", ["2026-09-15", "1970-01-01", "9000-12-31", "9000-12-31T23:59:59-12:00"])
def test_the_ends_of_time_are_days(llmcost: Run, project: Path, zone: str, day: str, on: str) -> None:
    """Prices that end on the last day there is are priced, month by month, in every zone."""
    (project / "far.yaml").write_text(ENTRY.format(zone=zone, dates=f", withdrawn_on: {day}"), encoding="utf-8")
    for months in ("1", "120"):
        ran = llmcost(
            "compare", "-m", "far", "--requests", "1", "--input", "1", "--allow-unpriced",
            *("--prices", "far.yaml", "--no-builtin-prices", "--on", on, "--months", months),
        )  # fmt: skip
        assert ran.code in (0, 2), ran.err


@pytest.mark.parametrize("day", ["0001-01-01", "1969-12-31", "9001-01-01", "9999-12-31", "0001-01-01T00:00:00+14:00"])
def test_a_day_that_is_no_ones_is_refused(llmcost_small: Run, day: str) -> None:
    """No price is asked for on days beyond all sheets."""
    ran = llmcost_small("compare", "-m", LARGE, *ONE, "--on", day)
    assert (ran.code, "--on" in ran.err) == (2, True), ran.err


SELF = "self/pebble-8b:fp8@ax1"


@pytest.mark.parametrize("moved", ["input=1k..300k", "output=1..10k", "requests=1..1M", "cache-hit-rate=0..1"])
@pytest.mark.parametrize("offer", [SELF, "self/pebble-8b:bf16@barn/ax3x9", "self/pebble-8b:fp8@grid/ax1+1yr"])
def test_self_hosted_offers_are_swept(llmcost_small: Run, offer: str, moved: str) -> None:
    """A figure can be moved for offers that have no sheet of rates, whether they are rented or owned."""
    ran = llmcost_small("compare", "-m", offer, "-m", LARGE, *ONE, "--peak-to-mean", "4", "--vary", moved)
    assert (ran.code, offer.split("@")[0] in ran.out) == (0, True), ran.err


@pytest.mark.parametrize("asked", [("-m", SELF), ("-m", "self/boulder-200b@grid/ax1x1"), ("fixed.yaml",)])
def test_what_has_no_prices_of_its_own_is_swept(llmcost_small: Run, project: Path, asked: tuple[str, ...]) -> None:
    """A self-hosted offer that nothing can be settled for, and a mix of fixed offers, have no history of prices."""
    fixed = f"{WORKLOAD.rstrip()[:-1]}, offer: example-small}}\n"
    (project / "fixed.yaml").write_text(fixed, encoding="utf-8")
    what = asked if "-m" not in asked else (*asked, *ONE)
    ran = llmcost_small("compare", *what, "--allow-unpriced", "--vary", "input=1k..300k")
    assert ran.code == 0, ran.err


def test_a_result_with_another_day_or_digest_is_refused(llmcost_small: Run, project: Path, llmcost: Run) -> None:
    """What a result says of itself is read as strictly as its figures."""
    made = llmcost_small("compare", "-m", LARGE, *ONE, "-f", "json")
    data = json.loads(made.out)
    (project / "head.json").write_text(made.out, encoding="utf-8")
    for key, value in (("on", "²"), ("on", "9999-99-99"), ("on", 3), ("currency", "²²²"), ("prices", {"digest": 1})):
        (project / "base.json").write_text(json.dumps({**data, key: value}), encoding="utf-8")
        ran = llmcost("diff", "base.json", "head.json")
        assert (ran.code, "base.json is a result that was changed" in ran.err) == (2, True), ran.err
    for text in ("1" * 5000, "[" * 100_000, '{"rows": ' + "9" * 400 + "}"):
        (project / "base.json").write_text(text, encoding="utf-8")
        ran = llmcost("diff", "base.json", "head.json")
        assert (ran.code, "base.json is not JSON" in ran.err) == (2, True), ran.err


@pytest.mark.parametrize("selector", ["+@" * 800, "+@" * 199, "*+@" * 130, "a" * 401, "self/" + "+@" * 190, "@" * 300])
def test_no_selector_takes_long(llmcost_small: Run, selector: str) -> None:
    """A text that is no name of an offer is refused in a moment, however it may be read."""
    begin = time.process_time()
    ran = llmcost_small("compare", "-m", selector, *ONE)
    assert (ran.code, ran.out) == (2, ""), ran.err
    assert time.process_time() - begin < 2


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({"budgets": [{"name": str(each), "max_monthly": "1 USD"} for each in range(201)]}, "201 budgets are too many"),
        ({"models": ["example-small"] * 1001}, "1,001 of them are too many"),
        ({"discounts": ["example-ai -1%"] * 101}, "101 changes of prices are too many"),
        ({"commitments": ["example-ai 1 USD / month"] * 101}, "101 commitments are too many"),
        ({"discounts": ["a" * 400 + " -1%"]}, "a change of 404 characters is too long"),
    ],
)
def test_a_config_has_bounds_that_it_says(llmcost: Run, project: Path, config: dict[str, Any], said: str) -> None:
    """Lists in a config that would take long to work through are refused, and the most there may be is said."""
    (project / "llmcost.yaml").write_text(json.dumps({"version": "1", **config}), encoding="utf-8")
    ran = llmcost("compare", "-m", LARGE, *ONE, *PRICES)
    assert (ran.code, said in ran.err, "at most" in ran.err or "write '" in ran.err) == (2, True, True), ran.err


def test_a_folder_of_everything_is_no_folder_of_sheets(
    llmcost: Run, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A whole disk that is named as prices is not looked through to its end."""
    monkeypatch.setattr("llmcost.sheets.load.MOST_FILES", 3)
    for number in range(4):
        (project / f"{number}.txt").touch()
    ran = llmcost("compare", "-m", LARGE, *ONE, "--prices", ".", "--no-builtin-prices")
    assert (ran.code, ". holds more than 3 files" in ran.err) == (2, True), ran.err


def test_offers_are_not_compared_each_with_each(llmcost: Run, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which offers are left out takes one look at each: twice as many offers take twice as long."""
    entry = {"checked_on": "2026-09-01", "source": "https://far.example/p", "rates": {"input": "1 USD / 1M tokens"}}
    models = [{"id": f"m{n}", "task": ("chat", "ocr")[n % 2], "prices": [entry]} for n in range(300)]
    sheet = {"kind": "api", "seller": "far", "name": "Far", "default_place": "global", "models": models}
    (project / "far.yaml").write_text(json.dumps(sheet), encoding="utf-8")
    seen = []
    monkeypatch.setattr(Offer, "__eq__", lambda self, other: seen.append(1) or self is other)
    ran = llmcost(
        *("compare", "--all", "--requests", "1", "--input", "1", "--no-config"),
        *("--prices", "far.yaml", "--no-builtin-prices", "--on", "2026-09-15"),
    )
    assert (ran.code, "left out, as made for other work: 150 for ocr" in ran.err) == (0, True), ran.err
    assert len(seen) <= 2 * len(models)


@posix
def test_a_folder_that_is_gone_is_said(llmcost: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run in a folder that was removed, the program says so, and works without a config."""
    folder = tmp_path / "gone"
    folder.mkdir()
    monkeypatch.chdir(folder)
    folder.rmdir()
    ran = llmcost("compare", "-m", LARGE, *ONE, *PRICES)
    assert (ran.code, "the current folder cannot be read" in ran.err) == (2, True), ran.err
    assert llmcost("compare", "-m", LARGE, *ONE, *PRICES, "--no-config").code == 0


def test_a_long_argument_beside_a_broken_file_is_no_error_of_its_own(llmcost_small: Run, project: Path) -> None:
    """A word longer than any file's name is no path, and the file's problems are told all the same."""
    (project / "broken.yaml").write_text("kind: workload\nfoo: 1\n", encoding="utf-8")
    ran = llmcost_small("compare", "broken.yaml", "-m", "9" * 300)
    assert ran.code == 2
    assert 'unknown key "foo"' in ran.err


@pytest.mark.parametrize("address", ["http://a]b/v1", "http://]/v1", "http://a[b/v1", "http://[a-/v1"])
def test_brackets_that_are_no_address_are_refused(llmcost: Run, address: str) -> None:
    """What one library takes for an address and another does not is none."""
    ran = llmcost("measure", address, "-m", "x")
    assert ran.code == 2
    assert "is not an address" in ran.err


@posix
@pytest.mark.parametrize("command", [("prices", "lock", *PRICES), ("init",)])
@pytest.mark.parametrize("target", ["link", "nowhere", "pipe"])
def test_what_nobody_named_is_not_written_through(
    llmcost: Run, project: Path, tmp_path: Path, command: tuple[str, ...], target: str
) -> None:
    """A lock or a workload that a pull request made a link or a pipe of: nothing is written where it leads."""
    place = project / ("llmcost.lock" if command[0] == "prices" else "workload.yaml")
    victim = tmp_path / "victim"
    if target == "link":
        victim.write_text("precious", encoding="utf-8")
    if target == "pipe":
        os.mkfifo(place)
    else:
        place.symlink_to(victim)
    ran = llmcost(*command)
    assert ran.code == 2
    assert ("victim" in os.listdir(project)) is (target == "link")
    assert target != "link" or victim.read_text(encoding="utf-8") == "precious"


FORGED: dict[str, Callable[[str, str], str]] = {
    "no mapping": lambda head, rest: f"[]\n{rest}",
    "another mapping": lambda head, rest: f'{{"x": 1}}\n{rest}',
    "no sellers": lambda head, rest: head.replace('"sellers":[', '"sellers":"abc","o":[') + f"\n{rest}",
    "no such document": lambda head, rest: head.replace('"data":0', '"data":900') + f"\n{rest}",
    "no documents": lambda head, rest: head,
    "half a document": lambda head, rest: f"{head}\n{{",
    "an empty document": lambda head, rest: f"{head}\nnull",
    "a deep document": lambda head, rest: f"{head}\n{'[' * 100_000}",
    "a rate in words": lambda head, rest: f"{head}\n{rest}".replace("4.00 USD", "four USD"),
}


@pytest.mark.parametrize("how", FORGED)
def test_a_forged_cache_is_made_anew_or_said_to_be_damaged(
    llmcost_small: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    """Even with a right checksum, what no sheet compiles to never ends in an internal error."""
    monkeypatch.setenv("LLMCOST_CACHE_DIR", str(tmp_path / "cache"))
    ask = ("price", "example-large", "--input", "1000", "--output", "10")
    llmcost_small(*ask)  # the first run of a process may keep the rates that are built in as well
    for kept in (tmp_path / "cache").glob("sheets-*.json"):
        kept.unlink()
    good = llmcost_small(*ask)
    (kept,) = (tmp_path / "cache").glob("sheets-*.json")
    head, _, rest = kept.read_text(encoding="utf-8").partition("\n")[2].partition("\n")
    forged = FORGED[how](head, rest)
    key = kept.stem.removeprefix("sheets-")
    kept.write_text(f"{hashlib.sha256((key + forged).encode()).hexdigest()}\n{forged}", encoding="utf-8")
    ran = llmcost_small(*ask)
    if ran.code:
        assert ran.code == 2
        assert "the compiled price sheets are damaged\n  remove llmcost's folder" in ran.err
    else:
        assert ran.out == good.out
