"""What every test shares: the small world of invented prices, a way to run the program, and no network."""

from __future__ import annotations

import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer.main
from hypothesis import HealthCheck, settings
from support.bills import Hold, holder
from support.running import Ran, Run

from llmcost.core.offers.catalogue import Catalogue
from llmcost.core.offers.self_hosting.hosts import SelfHosting
from llmcost.core.values.money import ExchangeRates
from llmcost.sheets import load
from llmcost.sheets.load import load_prices
from llmcost.sheets.snapshot import Snapshot, TokenRulesOf

pytest.register_assert_rewrite("support.broken")

TESTS = Path(__file__).parent
SMALL = TESTS / "sheets_small"
ROOT = TESTS.parent

# How properties are tried, decided here for every test. `dev` is for a quick look and `ci` for every run that counts:
# both try the same examples each time, so what one machine sees every machine sees. `deep` tries other examples each
# time, and many of them; what it finds is then written down with @example. Chosen by --hypothesis-profile or by the
# variable HYPOTHESIS_PROFILE. No test has a deadline, since a busy machine proves nothing.
STEADY: dict[str, Any] = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("dev", max_examples=20, derandomize=True, **STEADY)
settings.register_profile("ci", max_examples=100, derandomize=True, **STEADY)
settings.register_profile("deep", max_examples=2000, derandomize=False, print_blob=True, **STEADY)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or "ci")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite golden files from what the program prints")


@pytest.fixture
def update_golden(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--update-golden"))


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """A test that opens a connection fails, unless it is marked as one that talks to a server of its own."""
    if request.node.get_closest_marker("network") is not None:
        return

    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError("this test opened a socket")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings of the person who runs the tests do not reach the program."""
    own = [name for name in os.environ if name.startswith("LLMCOST_") and name != "LLMCOST_CACHE_DIR"]
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "TERM", *own):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(TESTS / "nobody"))
    if sys.platform != "linux":
        monkeypatch.setattr("llmcost.files.user_folder.user_folder", lambda: TESTS / "nobody")


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Programs that are started take Ctrl-C, also where these tests run under nohup or in the background.

    Whoever starts the tests may ignore the signal, and a child inherits that; it does not inherit a handler.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="session", autouse=True)
def cache_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Compiled sheets are kept in a folder of this run."""
    patch = pytest.MonkeyPatch()
    folder = tmp_path_factory.mktemp("cache")
    patch.setenv("LLMCOST_CACHE_DIR", str(folder))
    yield folder
    patch.undo()


@pytest.fixture(scope="session", autouse=True)
def options_read_once() -> Iterator[None]:
    """Typer reads the options of a command anew in every run, which takes a third of a run; here it reads them once."""
    patch = pytest.MonkeyPatch()
    if hasattr(typer.main, "get_params_from_function"):
        patch.setattr(typer.main, "get_params_from_function", cache(typer.main.get_params_from_function))
    yield
    patch.undo()


@pytest.fixture(scope="session", autouse=True)
def shipped_sheets_read_once(cache_folder: Path) -> Iterator[None]:
    """What the shipped sheets say is read once, not in every run of the program; the sheets do not change meanwhile."""
    patch = pytest.MonkeyPatch()
    read, read_once = load.builtin_snapshot, cache(load.builtin_snapshot)
    build = load.snapshot_self_hosting
    built: dict[str, Callable[[], SelfHosting]] = {}

    def build_once(layers: Sequence[tuple[str, Snapshot]], rules: TokenRulesOf) -> Callable[[], SelfHosting]:
        if len(layers) == 1 and layers[0][1] is read_once():
            return built.setdefault("shipped", build(layers, rules))
        return build(layers, rules)

    patch.setattr(load, "builtin_snapshot", lambda *, fresh=False: read(fresh=True) if fresh else read_once())
    patch.setattr(load, "snapshot_self_hosting", build_once)
    yield
    patch.undo()


@pytest.fixture(scope="session")
def small(cache_folder: Path) -> Catalogue:
    """The catalogue of the small world."""
    return load_prices([SMALL], builtin=False).catalogue


@pytest.fixture(scope="session")
def small_rates(cache_folder: Path) -> ExchangeRates:
    """The exchange rates of the small world."""
    return load_prices([SMALL], builtin=False).exchange_rates


@pytest.fixture(scope="session")
def shipped(cache_folder: Path) -> Catalogue:
    """The catalogue of the shipped sheets."""
    return load_prices().catalogue


@pytest.fixture
def llmcost(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the program in this process on some arguments."""
    from llmcost.cli.app import run

    def call(*arguments: str) -> Ran:
        capsys.readouterr()
        code = run(list(arguments))
        printed = capsys.readouterr()
        return Ran(code, printed.out, printed.err)

    return call


@pytest.fixture
def hold(llmcost: Run, tmp_path: Path) -> Hold:
    """Hold rows of a bill against rows of usage."""
    return holder(llmcost, tmp_path)


@pytest.fixture
def llmcost_small(llmcost: Run) -> Run:
    """Run the program on the small world, on one day."""

    def call(*arguments: str) -> Ran:
        prices = ["--prices", str(SMALL), "--no-builtin-prices"]
        on = [] if "--on" in arguments else ["--on", "2026-09-15"]
        return llmcost(*arguments, *prices, *on)

    return call
