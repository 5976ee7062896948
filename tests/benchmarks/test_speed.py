"""How fast it is, as ratios measured side by side in one run on this machine.

Run with ``python -m pytest tests/benchmarks -s``. The yardstick of the first and third figure, genai-prices, is installed
into an environment of its own, so this needs the package index; the figures are printed as a table.
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from conftest import ROOT
from support.sheets import listings_of

from llmcost import RequestGroup, Usage, Workload, compare, load_catalogue, quote
from llmcost.api.load import load_exchange_rates
from llmcost.core.offers.catalogue import Catalogue
from llmcost.core.values.distribution import percentiles
from llmcost.core.workload.content import Content
from llmcost.core.workload.conversation import Conversation

ROUNDS = 15
COMMAND = ["compare", "--requests", "1M", "--input", "2000", "--output", "500", "--on", "2026-11-23"]
LINES: list[str] = []


@pytest.fixture(scope="module", autouse=True)
def printed() -> Iterator[None]:
    yield
    print("\n" + "\n".join(LINES))


@pytest.fixture(scope="module")
def installed(environment: Callable[[str], Path]) -> Path:
    """The program as a user has it: a wheel in an environment of its own."""
    return environment(str(ROOT))


def pairs(one: list[str], other: list[str]) -> tuple[float, float, float]:
    """Median seconds of two commands run in turn, and the median of their ratio."""
    times: list[tuple[float, float]] = []
    for number in range(ROUNDS + 1):
        pair = tuple(seconds(command) for command in (one, other))
        if number:
            times.append((pair[0], pair[1]))
    first, second = zip(*times, strict=True)
    return statistics.median(first), statistics.median(second), statistics.median(a / b for a, b in times)


def seconds(command: list[str]) -> float:
    begin = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    return time.perf_counter() - begin


def each(call: Callable[[], object], number: int = 300, repeat: int = 9) -> float:
    """The best mean seconds of one call."""
    import timeit

    call()
    return min(timeit.repeat(call, number=number, repeat=repeat)) / number


def test_cold_compare_against_the_yardstick(installed: Path, yardstick: Path) -> None:
    """Comparing two models takes at most half of what genai-prices needs to price them."""
    ours = [str(installed / "llmcost"), *COMMAND, "-m", "gpt-4o", "-m", "claude-sonnet-4-6"]
    theirs = [str(yardstick / "genai-prices"), "calc", "gpt-4o", "claude-sonnet-4-6", "-i", "2000", "-o", "500"]
    a, b, ratio = pairs(ours, theirs)
    LINES.append(
        f"compare, cold      {a * 1000:7.0f} ms  genai-prices calc          {b * 1000:7.0f} ms  ratio {ratio:.2f} (at most 0.50)"
    )
    assert ratio <= 0.5


def test_cold_compare_against_the_libraries(installed: Path) -> None:
    """Comparing two models takes at most 1.6 times as long as importing typer and rich's table."""
    ours = [str(installed / "llmcost"), *COMMAND, "-m", "gpt-4o", "-m", "claude-sonnet-4-6"]
    floor = [str(installed / "python"), "-c", "import typer, rich.table"]
    a, b, ratio = pairs(ours, floor)
    LINES.append(
        f"compare, cold      {a * 1000:7.0f} ms  import typer, rich.table   {b * 1000:7.0f} ms  ratio {ratio:.2f} (at most 1.60)"
    )
    assert ratio <= 1.6


def test_one_request_in_the_library(their_request: Callable[[], float]) -> None:
    """Pricing one request takes at most a quarter of genai-prices' calc_price."""
    offer = load_catalogue().find("openai/gpt-4o")
    usage = Usage(input_tokens=1000, output_tokens=100)
    day = date(2026, 11, 23)
    ours = theirs = float("inf")
    for _ in range(7):  # in turn, as the machine is not equally fast all the time
        theirs = min(theirs, their_request())
        ours = min(ours, each(lambda: quote(offer, usage, day)))
    ratio = ours / theirs
    LINES.append(
        f"one request        {ours * 1e6:7.1f} us  genai-prices calc_price    {theirs * 1e6:7.1f} us  ratio {ratio:.2f} (at most 0.25)"
    )
    assert ratio <= 0.25


def test_every_offer_of_a_large_catalogue() -> None:
    """3,000 offers are compared in about a second and under 150 MB, in time linear in offers."""
    sheet = json.loads(json.dumps({"seller": "s", "name": "S", "default_place": "p"}))
    entry = {
        "checked_on": "2026-11-01",
        "source": "https://x.example",
        "rates": {"input": "1 USD / 1M tokens", "cache_read": "0.1 USD / 1M tokens", "output": "2 USD / 1M tokens"},
        "variants": [
            {
                "when": {"input_tokens": "> 200000"},
                "rates": {"input": "2 USD / 1M tokens", "output": "4 USD / 1M tokens"},
            }
        ],
    }
    groups = tuple(
        RequestGroup(Usage(input_tokens=1000 * n, output_tokens=100), 1000, f"class {n}") for n in range(1, 6)
    )

    def run(offers: int) -> float:
        models = [{"id": f"m{number}", "prices": [entry]} for number in range(offers)]
        begin = time.perf_counter()
        catalogue = Catalogue(listings_of({**sheet, "models": models}))
        compare(catalogue.offers(), Workload(groups), date(2026, 11, 23))
        return time.perf_counter() - begin

    run(100)
    small, large = min(run(300) for _ in range(3)), min(run(3000) for _ in range(3))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    LINES.append(
        f"3,000 offers       {large:7.2f} s   300 offers                 {small:7.2f} s   ratio {large / small:.1f} (linear: 10), peak {peak:.0f} MB"
    )
    assert large / small < 20
    assert peak < 150


def test_cost_of_pricing_does_not_grow_with_requests() -> None:
    """A thousand and a trillion requests take the same time."""
    offer = load_catalogue().find("deepseek/deepseek-v4-pro")
    usage = Usage(input_tokens=1000, output_tokens=100)
    day = date(2026, 11, 23)
    few, many = (each(lambda n=n: quote(offer, Workload.of(usage, n), day)) for n in (10**3, 10**12))  # type: ignore[misc]
    LINES.append(
        f"10^12 requests     {many * 1e6:7.1f} us  10^3 requests              {few * 1e6:7.1f} us  ratio {many / few:.2f} (about 1)"
    )
    assert many / few < 1.5


def test_cost_of_pricing_does_not_grow_with_sessions() -> None:
    """A thousand and a trillion sessions of a conversation, and of sizes that differ, take the same time."""
    offer = load_catalogue().find("qwen3.6-plus")
    day = date(2026, 11, 23)
    talk = Content(conversation=Conversation(turns=40, user=300, output=600, system=12_000, tool_results=1500))
    curve = percentiles([(Fraction(1, 2), Fraction(3000)), (Fraction(95, 100), Fraction(60_000))], "curve")
    for name, content in (("sessions", talk), ("sizes", Content(input_sizes=curve))):
        usage = Usage(output_tokens=100) if name == "sizes" else Usage()
        work = [Workload((RequestGroup(usage, number, content=content),)) for number in (10**3, 10**12)]
        few, many = (each(lambda one=one: quote(offer, one, day), 20, 7) for one in work)  # type: ignore[misc]
        LINES.append(
            f"10^12 {name:9}    {many * 1e6:7.1f} us  10^3 {name:9}             {few * 1e6:7.1f} us  ratio {many / few:.2f} (about 1)"
        )
        assert many / few < 1.5


def test_cost_of_pricing_is_linear_in_turn_classes() -> None:
    """Ten times as many classes, or ten times as many turns, take about ten times as long."""
    offer = load_catalogue().find("qwen3.6-plus")
    day = date(2026, 11, 23)

    def talks(classes: int, turns: int) -> Workload:
        content = Content(conversation=Conversation(turns=turns, user=30, output=60, system=2000))
        return Workload(tuple(RequestGroup(Usage(), 1000, f"{number}", content=content) for number in range(classes)))

    for what, small, large in (("classes", talks(5, 20), talks(50, 20)), ("turns", talks(5, 50), talks(5, 500))):
        few, many = (each(lambda one=one: quote(offer, one, day), 20, 7) for one in (small, large))  # type: ignore[misc]
        LINES.append(
            f"10 x {what:10}    {many * 1e6:7.1f} us  1 x {what:9}              {few * 1e6:7.1f} us  ratio {many / few:.1f} (linear: 10)"
        )
        assert many / few < 15


def test_every_open_weight_model_everywhere() -> None:
    """Three thousand of all models, precisions, accelerators and hosts take some seconds, and linear time."""
    catalogue = load_catalogue()
    every = catalogue.match("self/*:*@*/*")
    offers = every[:: len(every) // 3000][:3000]
    work = Workload((RequestGroup(Usage(input_tokens=2000, output_tokens=500), 1_000_000),), peak_to_mean=Fraction(3))
    day = date(2026, 11, 23)

    def took(count: int) -> float:
        """Seconds for so many offers, each time with nothing remembered."""
        fresh = load_catalogue()
        asked = [fresh.find(offer.name) for offer in offers[:: len(offers) // count]][:count]
        begin = time.perf_counter()
        compare(asked, work, day, currency="USD", exchange_rates=load_exchange_rates())
        return time.perf_counter() - begin

    half, whole = min(took(len(offers) // 2) for _ in range(3)), min(took(len(offers)) for _ in range(3))
    LINES.append(
        f"self-hosted        {whole:7.2f} s   {len(offers)} offers; half of them {half:.2f} s  ratio {whole / half:.2f} (at most 2.6)"
    )
    assert whole / half <= 2.6
    assert whole <= 4
