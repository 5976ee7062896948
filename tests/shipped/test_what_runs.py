"""What of the shipped models runs on which of the shipped hardware, and what is said of it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from support.running import Run, records_of

ASK = ("--requests", "3M", "--input", "2000", "--output", "500")


@pytest.mark.parametrize(
    ("offer", "flags", "said"),
    [
        ("self/qwen3.6-27b:fp8@h100x5", (), "engines share the 24 attention heads of qwen3.6-27b and the 4"),
        ("self/qwen3-8b:fp8@mi300x", ("--engine", "tensorrt-llm"), "tensorrt-llm does not run on mi300x"),
        ("self/qwen3-8b:q4_k_m@huggingface/tpu-v5e", (), "llama.cpp does not run on tpu-v5e"),
        ("self/qwen3-8b:fp8@mi355x", (), "name oci, whose price nobody dated"),
    ],
)
def test_what_no_engine_runs_is_refused(offer: str, flags: tuple[str, ...], said: str, llmcost: Run) -> None:
    """With the reason, and what to name instead."""
    ran = llmcost("compare", *ASK, "--peak-to-mean", "3", "-m", offer, "--on", "2026-11-23", *flags)
    assert ran.code == 2
    assert said in ran.out + ran.err


def test_staff_is_paid_in_the_currency_of_some_host(llmcost: Run) -> None:
    """Hosts that bill in another are not chosen, as sums of two currencies are not made; 3,212 + 4,000 = 7,212."""
    ask = ("--requests", "3M", "--input", "2000", "--output", "500", "--peak-to-mean", "3", "--on", "2026-11-23")
    plain = llmcost("compare", *ask, "-m", "self/qwen3-8b:fp8@deepinfra/h100", "-f", "csv")
    staffed = llmcost("compare", *ask, "-m", "self/qwen3-8b:fp8@h100", "--staff", "4000 USD / month", "-f", "csv")
    one, other = (Decimal(records_of(each.out)[0]["monthly_cost"]) for each in (plain, staffed))
    assert other <= one + 4000
    assert staffed.code == 0


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        ((), "Sized for one request at a time, without spares"),
        (
            ("--peak-to-mean", "2x", "--max-batch", "8"),
            "peak 2x the mean, 0% headroom, no spare, nobody waiting, 8 requests",
        ),
        (("--peak-to-mean", "2", "--headroom", "20%"), "peak 2x the mean, 20% headroom, no spare"),
    ],
)
def test_what_a_desk_is_sized_by_is_said(flags: tuple[str, ...], said: str, llmcost: Run) -> None:
    """As it is sized, and not as a service would be."""
    ran = llmcost("compare", *ASK, "-m", "self/qwen3.6-27b:int4@home/rtx5090", "--on", "2026-11-23", *flags)
    assert said in ran.out
