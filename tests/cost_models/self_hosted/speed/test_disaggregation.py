"""Replicas that read prompts on some accelerators and answer on others: only as measured, and only where asked for."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from conftest import SMALL

from llmcost import RequestGroup, Usage, Workload, load_catalogue, load_workload, quote
from llmcost.core.offers.catalogue import Catalogue
from llmcost.core.quotes.quote import Quote
from llmcost.core.workload.serving import Serving, Speculation
from llmcost.reports.views.self_hosting import disaggregated_lines, models_table

DAY = date(2026, 9, 15)
CURVES = """\
kind: measurements
source: https://example.com/apart
curves:
  - model: Example/Pebble-8B
    accelerator: ax1
    accelerators: 4
    precision: fp8
    engine: vllm
    disaggregated: {prefill_accelerators: 1, prefill_workers: 1, decode_workers: 1, layout: TP1 and TP3}
    input_tokens: 1000
    output_tokens: 200
    rate_of: decode
    measured_on: 2026-05-01
    points: [16 100 20 200, 64 400 40 400]
  - model: Example/Pebble-8B
    accelerator: ax1
    accelerators: 12
    precision: fp8
    engine: sglang
    disaggregated: {prefill_accelerators: 4, prefill_workers: 1, decode_workers: 2}
    input_tokens: 1000
    output_tokens: 200
    rate_of: decode
    points: [256 300 30 1000]
  - model: Example/Pebble-8B
    accelerator: ax1
    accelerators: 4
    precision: fp8
    engine: vllm
    disaggregated: {prefill_accelerators: 2, prefill_workers: 1, decode_workers: 1}
    speculative: three guesses
    input_tokens: 1000
    output_tokens: 200
    rate_of: decode
    points: [64 400 20 1000]
"""


def test_listings_say_where_a_model_was_measured_so(tmp_path: Path) -> None:
    """By accelerator, for people in words and for programs in a column."""
    (sheet := tmp_path / "apart.yaml").write_text(CURVES, encoding="utf-8")
    hosting = load_catalogue(SMALL, sheet, builtin=False).self_hosting
    models = list(hosting.models.values())
    assert disaggregated_lines(hosting, models) == ["pebble-8b can be priced --disaggregated on ax1, as measured"]
    table = models_table(hosting, models)
    assert {row[0]: row[-1] for row in table.rows} == {"boulder-200b": "", "dust": "", "pebble-8b": "ax1"}


HOST = """\
kind: compute
host: {0}
name: {0}
default_place: here
instances:
  - id: box
    accelerator: ax1
    accelerators: 8
    {1}
    prices: [{{checked_on: 2026-08-01, source: "https://example.com/{0}", rates: {{on-demand: 1 USD / hour}}}}]
"""
LONGER = """\
  - model: Example/Pebble-8B
    accelerator: ax1
    accelerators: 4
    precision: fp8
    engine: vllm
    disaggregated: {prefill_accelerators: 1, prefill_workers: 1, decode_workers: 1, layout: TP1 and TP3}
    input_tokens: 2000
    output_tokens: 200
    rate_of: decode
    points: [32 400 40 200]
"""


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    """The small world, with replicas in two parts."""
    folder = tmp_path_factory.mktemp("apart")
    (folder / "apart.yaml").write_text(CURVES, encoding="utf-8")
    (folder / "gone.yaml").write_text(HOST.format("gone", "scale_to_zero: {idle: 60s}"), encoding="utf-8")
    (folder / "kept.yaml").write_text("managed: true\n" + HOST.format("kept", "joined: 8"), encoding="utf-8")
    return load_catalogue(SMALL, folder, builtin=False)


def work(requests: int = 10_512_000, prompt: int = 1000, **serving: Any) -> Workload:
    """So many requests a month, by default four a second."""
    group = RequestGroup(Usage(input_tokens=prompt, output_tokens=200), requests)
    asked = {"disaggregated": True, "spares": 0, **serving}
    return Workload((group,), peak_to_mean=Fraction(2), serving=Serving(**asked))


def rate(found: Quote) -> Fraction:
    """Output tokens a second of a replica."""
    assert found.fleet is not None, found.unserved
    return found.fleet.sized[0].tokens_per_second


def test_a_month_by_hand(catalogue: Catalogue) -> None:
    """Three that answer at 400 each are 1,200 a second, six requests: 4 x 2 x 1.2 / 6 are two replicas on one server.

    It has eight, for 15.00 x 730 = 10,950; a quarter of the accelerators reads, so 2,737.50 are for 10.512 billion
    tokens of input.
    """
    found = quote(catalogue.find("self/pebble-8b:fp8@grid/ax1"), work(), DAY)
    assert found.offer.name == "self/pebble-8b:fp8@grid/ax1x4"
    assert rate(found) == 1200
    assert found.fleet is not None
    assert (found.fleet.replicas, found.fleet.instances, found.cost) == (2, 1, 10_950)
    assert found.fleet.input_cost == Fraction(10_950, 4) / 10_512
    assert found.fleet.evidence == "measured curve"
    assert "1 of 4 accelerators read prompts, TP1 and TP3" in str(found.fleet.sized[0].source)


def test_the_count_that_costs_least_is_taken(catalogue: Catalogue) -> None:
    """31.2 a second x 2 x 1.2 = 75: 13 replicas of four fill 7 servers, 2 of twelve, at 40 a second each, fill 4."""
    found = quote(catalogue.find("self/pebble-8b:fp8@grid/ax1"), work(82_000_000), DAY)
    assert found.offer.name == "self/pebble-8b:fp8@grid/ax1x12"
    assert (rate(found), found.cost) == (8000, 4 * 15 * 730)


def test_it_is_never_taken_by_itself(catalogue: Catalogue) -> None:
    """Without being asked for, such curves are as if nobody had measured them, for the speed and for its range."""
    apart = quote(catalogue.find("self/pebble-8b:fp8@grid/ax1x4"), work(disaggregated=False), DAY)
    without = quote(load_catalogue(SMALL, builtin=False).find(apart.offer.name), work(disaggregated=False), DAY)
    assert rate(apart) == rate(without)
    assert (apart.low, apart.high) == (without.low, without.high)


def test_targets_choose_the_point(catalogue: Catalogue) -> None:
    """The fastest that meets them; none does below the fewest requests that were measured."""
    offer = catalogue.find("self/pebble-8b:fp8@grid/ax1x4")
    assert rate(quote(offer, work(tpot=Fraction(30, 1000)), DAY)) == 600
    assert rate(quote(offer, work(ttft=Fraction(1, 5)), DAY)) == 600
    assert rate(quote(offer, work(max_batch=63), DAY)) == 600
    late = str(quote(offer, work(tpot=Fraction(1, 100)), DAY).unserved)
    assert "a token takes 20 ms on ax1x4 even for 16 requests at once, the fewest measured" in late


def test_guessed_tokens_count_where_both_are_asked_for(catalogue: Catalogue) -> None:
    """Two that answer at 1,000 each."""
    offer = catalogue.find("self/pebble-8b:fp8@grid/ax1")
    found = quote(offer, work(speculative=Speculation(3, Fraction(2))), DAY)
    assert rate(found) == 2000
    assert found.fleet is not None
    assert "speculative: three guesses" in str(found.fleet.sized[0].source)


@pytest.mark.parametrize(
    ("name", "asked", "why"),
    [
        ("self/pebble-8b:fp8@grid/ax1x8", {}, "nobody measured such requests to pebble-8b in fp8 with prompts"),
        ("self/pebble-8b:fp8@grid/ax1", {"prompt": 5000}, "15% of what was measured: 1,000 in and 200 out on 4, 12"),
        ("self/pebble-8b:bf16@grid/ax1", {}, "nobody measured pebble-8b in bf16 with prompts and answers on"),
        ("self/pebble-8b:fp8@grid/ax2", {}, "leave that out, or name ax1"),
        ("self/pebble-8b:fp8@grid/ax1", {"engine": "tensorrt-llm"}, "with this `engine`; leave out `engine`"),
        (
            "self/pebble-8b:fp8@grid/ax1",
            {"max_batch": 3},
            "with fewer than 16 at once; raise `max_batch` to 16 or more",
        ),
        ("self/pebble-8b:fp8@grid/ax1", {"tensor_parallel": 2}, "leave out tensor, data and expert parallel"),
        ("self/pebble-8b:fp8@gone/ax1", {}, "gone rents servers that cannot read prompts for each other"),
        ("self/pebble-8b:fp8@kept/ax1", {}, "kept rents servers that cannot read prompts for each other"),
        ("self/pebble-8b:fp8@barn/ax1", {}, "spans 3 accelerators that one server there has not"),
        ("self/pebble-8b:fp8@ax1x12", {}, "is not stated of any host; name a host where they do"),
    ],
)
def test_what_nobody_measured_is_a_gap(catalogue: Catalogue, name: str, asked: dict[str, Any], why: str) -> None:
    """With what was measured, and how to come to it."""
    assert why in str(quote(catalogue.find(name), work(**asked), DAY).unserved)


def test_all_kinds_of_requests_run_on_one_layout(tmp_path: Path) -> None:
    """A replica is laid out once: by the way that was measured for all of them, and a gap where none was.

    One answers 1,000 in at 400 on each of three, 2,000 in at 200: half of each is 6 and 3 requests a second.
    """
    (sheet := tmp_path / "apart.yaml").write_text(CURVES + LONGER, encoding="utf-8")
    found = load_catalogue(SMALL, sheet, builtin=False).find("self/pebble-8b:fp8@grid/ax1")
    classes = tuple(
        RequestGroup(Usage(input_tokens=size, output_tokens=200), 1_000_000, f"{size}") for size in (1000, 2000)
    )
    both = Workload(classes, peak_to_mean=Fraction(2), serving=work().serving)
    sized = quote(found, both, DAY)
    assert sized.offer.name.endswith("ax1x4")
    assert sized.fleet is not None
    assert [each.tokens_per_second for each in sized.fleet.sized] == [1200, 600]
    (sheet := tmp_path / "other.yaml").write_text(CURVES + LONGER.replace("vllm", "sglang"), encoding="utf-8")
    found = load_catalogue(SMALL, sheet, builtin=False).find("self/pebble-8b:fp8@grid/ax1x4")
    assert "no one way to share out ax1x4 was measured for all kinds" in str(quote(found, both, DAY).unserved)


def test_without_a_host_one_server_has_to_hold_it(catalogue: Catalogue) -> None:
    """Whose servers reach each other is not on record, so nothing larger is taken by itself."""
    assert quote(catalogue.find("self/pebble-8b:fp8@ax1"), work(82_000_000), DAY).offer.name.endswith("@grid/ax1x4")


def test_what_would_be_cached_is_read(catalogue: Catalogue) -> None:
    """It was measured without a prefix cache, which is said."""
    offer = catalogue.find("self/pebble-8b:fp8@grid/ax1")
    group = RequestGroup(Usage(input_tokens=1000, output_tokens=200, cache_read_input_tokens=900), 10_512_000)
    cached = quote(offer, Workload((group,), peak_to_mean=Fraction(2), serving=work().serving), DAY)
    assert cached.cost == quote(offer, work(), DAY).cost
    assert "all of each prompt is read" in " ".join(str(note) for note in cached.notes)


def test_a_file_asks_for_it(tmp_path: Path) -> None:
    """As for any other way to run."""
    (file := tmp_path / "w.yaml").write_text(
        "kind: workload\nserving: {disaggregated: true}\nclasses: [{requests: 1, input_tokens: 1}]\n", encoding="utf-8"
    )
    assert load_workload(file).serving.disaggregated


def test_deepseek_as_it_was_published(shipped: Catalogue) -> None:
    """InferenceX, 2026-03-23: 768 at once of 8k in and 1k out, 40 H200 read and 24 answer with 573.76 a second each."""
    group = RequestGroup(Usage(input_tokens=7400, output_tokens=900), 10_000_000)
    workload = Workload((group,), peak_to_mean=Fraction(2), serving=Serving(disaggregated=True))
    found = quote(shipped.find("self/deepseek-r1:fp8@coreweave/h200x64"), workload, date(2026, 11, 29))
    assert float(rate(found)) == pytest.approx(573.76 * 24, rel=1e-5)
    assert found.fleet is not None
    assert found.fleet.sized[0].concurrency == 768
