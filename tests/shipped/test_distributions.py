"""Sizes that differ, on the shipped sheets: priced by their parts, against 200,000 requests priced one by one."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from functools import lru_cache
from math import exp, isclose, log
from pathlib import Path
from statistics import NormalDist, fmean

import pytest

from llmcost import Usage, Workload, quote
from llmcost.core.offers.catalogue import Catalogue
from llmcost.workloads.file import read_workload

TODAY = date(2026, 11, 23)
SAMPLES = 200_000
NORMAL = NormalDist()
SIGMA = log(300 / 60) / NORMAL.inv_cdf(0.95)

QWEN = "alibaba/qwen3.6-plus@intl"
GEMINI = "google/gemini-2.5-pro"
TEXT = """
kind: workload
name: long prompts
classes:
  - name: reading
    requests: 100k / month
    input_tokens: {p50: 60k, p95: 300k}
    output_tokens: 500
"""


@lru_cache(maxsize=1)
def prompts() -> list[float]:
    """Prompts of {p50: 60k, p95: 300k}, one from each part of 200,000; the largest thousandth are as large as p99.9."""
    chance = random.Random(1)
    parts = ((number + chance.random()) / SAMPLES for number in range(SAMPLES))
    return [60_000 * exp(SIGMA * NORMAL.inv_cdf(min(part, 0.999))) for part in parts]


def on_qwen(size: float) -> float:
    """Dollars for one request: 0.50 / 3 up to 256,000 tokens, 2 / 6 above; it takes 1,000,000 with the answer."""
    size = min(size, 1_000_000 - 500)
    return (size * 0.50 + 500 * 3 if size <= 256_000 else size * 2 + 500 * 6) / 1e6


def on_gemini(size: float) -> float:
    """Dollars for one request: 1.25 / 10 up to 200,000 tokens, 2.50 / 15 above; it takes 1,048,576 with the answer."""
    size = min(size, 1_048_576 - 500)
    return (size * 1.25 + 500 * 10 if size <= 200_000 else size * 2.50 + 500 * 15) / 1e6


@pytest.fixture
def long_prompts(tmp_path: Path) -> Workload:
    path = tmp_path / "prompts.yaml"
    path.write_text(TEXT, encoding="utf-8")
    return read_workload(str(path))


@pytest.mark.parametrize(("offer", "bill"), [(QWEN, on_qwen), (GEMINI, on_gemini)])
def test_cost_is_that_of_requests_priced_one_by_one(
    shipped: Catalogue, long_prompts: Workload, offer: str, bill: Callable[[float], float]
) -> None:
    """200,000 prompts drawn evenly from the distribution, each priced at its own tier, cost the same within 0.1 %."""
    result = quote(shipped.find(offer), long_prompts, TODAY)

    assert result.complete, result.gaps
    assert isclose(float(result.cost), 100_000 * fmean(map(bill, prompts())), rel_tol=1e-3)


@pytest.mark.parametrize(
    ("offer", "bill", "least", "most"), [(QWEN, on_qwen, 1.8, 2.0), (GEMINI, on_gemini, 1.3, 1.45)]
)
def test_the_mean_prompt_misleads(
    shipped: Catalogue,
    long_prompts: Workload,
    offer: str,
    bill: Callable[[float], float],
    least: float,
    most: float,
) -> None:
    """The mean prompt, about 95,000 tokens, lies below the tier: taken for all, it hides nearly half of Qwen's bill.

    By hand for Qwen: 31 % of the tokens lie in prompts above 256,000 and cost four times as much, so that
    0.69 + 4 × 0.31 = 1.93; for Gemini 40 % lie above 200,000 and cost twice as much, 1.40. The thousandth held at its
    limit and the answer bring both down a little.
    """
    mean = fmean(prompts())
    assert 90_000 < mean < 100_000
    flat = quote(shipped.find(offer), Workload.of(Usage(round(mean), 500), 100_000), TODAY)
    spread = quote(shipped.find(offer), long_prompts, TODAY)

    assert isclose(float(flat.cost), 100_000 * bill(mean), rel_tol=1e-3)
    assert least < float(spread.cost / flat.cost) < most


def test_each_tier_is_a_line_of_its_own(shipped: Catalogue, long_prompts: Workload) -> None:
    """Qwen's bill has input of both tiers; as many tokens in each as the prompts drawn have there, within 0.1 %."""
    charges = [each for each in quote(shipped.find(QWEN), long_prompts, TODAY).charges if each.meter == "input"]
    short = sum(size for size in prompts() if size <= 256_000) / SAMPLES
    long = sum(min(size, 999_500) for size in prompts() if size > 256_000) / SAMPLES

    assert [str(each.rate.amount) for each in charges] == ["0.50", "2.00"]
    assert isclose(float(charges[0].quantity), 100_000 * short, rel_tol=1e-3)
    assert isclose(float(charges[1].quantity), 100_000 * long, rel_tol=1e-3)


def test_what_fills_the_window_is_said(shipped: Catalogue, long_prompts: Workload, tmp_path: Path) -> None:
    """p99.9 would be 1,234,000 tokens, beyond both windows: the share that is taken to fill them is said.

    With p95 at 120k it would be 220,000, which fits, and nothing is said.
    """
    path = tmp_path / "shorter.yaml"
    path.write_text(TEXT.replace("300k", "120k"), encoding="utf-8")
    for offer, most, share in ((QWEN, 999_500, "0.2%"), (GEMINI, 1_048_076, "0.17%")):
        beyond = 1 - NORMAL.cdf(log(most / 60_000) / SIGMA)
        notes = quote(shipped.find(offer), long_prompts, TODAY).notes

        assert isclose(beyond, float(share[:-1]) / 100, rel_tol=0.03)
        assert any("would exceed its context window" in note and note.startswith(f"{share} ") for note in notes)
        assert not any("exceed" in note for note in quote(shipped.find(offer), read_workload(str(path)), TODAY).notes)


def test_all_requests_are_priced_once(shipped: Catalogue, long_prompts: Workload) -> None:
    """The parts come to all 100,000 requests and to all their answers, exactly."""
    for offer in (QWEN, GEMINI):
        result = quote(shipped.find(offer), long_prompts, TODAY)
        output = sum((each.quantity for each in result.charges if each.meter == "output"), Fraction(0))

        assert result.requests == 100_000
        assert output == 50_000_000
        assert sum((each.requests for each in result.sent), Fraction(0)) == 100_000


@pytest.mark.parametrize(
    ("sizes", "sum"),
    [
        # A list: 100k, 200k and 400k, each a third of 300 requests
        ("[100k, 200k, 400k]", 100 * (100_000 + 200_000) * 0.50 / 1e6 + 100 * 400_000 * 2 / 1e6),
        # A histogram: 56 of 200 parts of the upper bin lie up to 256,000, on average at 228,000; the others at 328,000
        (
            "{0..200k: 50%, 200k..400k: 50%}",
            150 * 100_000 * 0.50 / 1e6 + 150 * 56 / 200 * 228_000 * 0.50 / 1e6 + 150 * 144 / 200 * 328_000 * 2 / 1e6,
        ),
        # Percentiles that say one size: nothing above the tier
        ("{p50: 256k, p95: 256k}", 300 * 256_000 * 0.50 / 1e6),
    ],
)
def test_other_ways_to_say_sizes(shipped: Catalogue, tmp_path: Path, sizes: str, sum: float) -> None:
    """A list, a histogram and percentiles are cut at Qwen's 256,000, and cost the sum worked by hand."""
    path = tmp_path / "sizes.yaml"
    path.write_text(f"kind: workload\nclasses:\n  - requests: 300\n    input_tokens: {sizes}\n", encoding="utf-8")
    result = quote(shipped.find(QWEN), read_workload(str(path)), TODAY)

    assert result.complete, result.gaps
    assert isclose(float(result.cost), sum, rel_tol=1e-12)


def test_a_known_part_shifts_the_tier(shipped: Catalogue, tmp_path: Path) -> None:
    """An image of 2,042 tokens on top of 254,000 moves the request beyond 256,000: it costs 256,042 × 2."""
    path = tmp_path / "shift.yaml"
    path.write_text(
        "kind: workload\nclasses:\n  - requests: 100\n    input_tokens: [100k, 253_958, 254k, 255k]\n"
        "    images: {count: 1, size: 1920x1080}\n",
        encoding="utf-8",
    )
    result = quote(shipped.find(QWEN), read_workload(str(path)), TODAY)
    short = 25 * (102_042 + 256_000) * Fraction("0.50") / 10**6
    long = 25 * (256_042 + 257_042) * 2 / Fraction(10**6)

    assert result.complete, result.gaps
    assert result.cost == short + long
