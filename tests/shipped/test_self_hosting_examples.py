"""Published end-to-end figures, reproduced by the whole road from sheets to a bill.

Each case puts the published inputs into sheets of their own: an accelerator, its price by the hour, a model, and the
speed that was measured. Where only a rounded figure was published, it is met to its last digit.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from llmcost import Quote, RequestGroup, Usage, Workload, load_catalogue, quote
from llmcost.core.workload.serving import Serving

SECONDS = 730 * 3600
AS_FAST_AS_IT_GOES = Fraction(1000)

SHEETS = """kind: accelerators
accelerators:
  - {{id: gpu, name: A GPU, maker: m, memory_gib: 1000, bandwidth_gb_s: 10000, tflops: {{bf16: 5000}}, source: https://x.example/}}
---
kind: open_weights
id: model
name: model
developer: m
context_window: 100000
precisions: [bf16]
parameters: {{total: 1000000000}}
architecture: {{model_type: m, layers: 10, hidden_size: 1000, attention_heads: 10, vocab_size: 1000, intermediate_size: 4000}}
source: https://x.example/
---
kind: compute
host: host
name: Host
default_place: here
instances:
  - id: node
    accelerator: gpu
    accelerators: {gpus}
    prices: [{{source: https://x.example/, rates: {{on-demand: {hourly} USD / hour}}}}]
---
kind: measurements
curves:
  - {{model: model, accelerator: gpu, accelerators: {gpus}, precision: bf16, input_tokens: {input}, output_tokens: {output}, points: [{points}]}}
"""


def bill(
    folder: Path,
    hourly: str,
    points: Sequence[str],
    *,
    lengths: tuple[int, int] = (1, 200),
    gpus: int = 1,
    requests: Any = 1,
    serving: Serving | None = None,
) -> Quote:
    """The bill of a month on one instance, whose price by the hour and measured points are given."""
    text = SHEETS.format(hourly=hourly, points=", ".join(points), input=lengths[0], output=lengths[1], gpus=gpus)
    for number, sheet in enumerate(text.split("---\n")):
        (folder / f"{number}.yaml").write_text(sheet, encoding="utf-8")
    usage = Usage(input_tokens=lengths[0], output_tokens=lengths[1])
    how = serving or Serving(tpot=AS_FAST_AS_IT_GOES, headroom=Fraction(0), spares=0)
    work = Workload((RequestGroup(usage, requests),), peak_to_mean=Fraction(1), serving=how)
    offer = load_catalogue(folder, builtin=False).find(f"self/model@host/gpux{gpus}")
    return quote(offer, work, date(2026, 11, 23))


def per_1m(found: Quote) -> float:
    """Dollars for a million tokens, input and output together."""
    return float(found.cost / found.total_tokens * 10**6)


@pytest.mark.parametrize(
    ("hourly", "rate", "used", "exact"),
    [
        ("2.50", 700, Fraction(1), 0.9921),
        ("2.50", 700, Fraction(1, 10), 9.9206),
        ("2.00", 85, Fraction(1), 6.5359),
        ("2.60", 140, Fraction(1), 5.1587),
        ("2.00", 400, Fraction(1), 1.3889),
    ],
)
def test_the_utilisation_trap(tmp_path: Path, hourly: str, rate: int, used: Fraction, exact: float) -> None:
    """dreaming.press and gmicloud: dollars per 1M output tokens = price / (rate x 3,600 x utilisation)."""
    requests = Fraction(rate, 200) * SECONDS * used
    found = bill(tmp_path, hourly, [f"1 - - {rate}", f"64 - - {rate}"], requests=requests)
    assert found.fleet is not None
    assert found.fleet.load == used
    assert float(found.cost / (requests * 200) * 10**6) == pytest.approx(exact, abs=5e-5)


@pytest.mark.parametrize(
    ("gpu", "total", "hourly", "exact", "published"),
    [
        ("B200", "61612.7", "1.95", 0.00879, "0.01"),
        ("MI355X", "44999.3", "1.48", 0.00914, "0.01"),
        ("H200", "15202.1", "1.41", 0.02576, "0.03"),
        ("MI300X", "11511.9", "1.12", 0.02703, "0.03"),
        ("H100", "10394.0", "1.30", 0.03474, "0.03"),
    ],
)
def test_the_best_of_gpt_oss(tmp_path: Path, gpu: str, total: str, hourly: str, exact: float, published: str) -> None:
    """InferenceX, 2026-04-06: total tokens a second of one GPU at 8k in and 1k out, so a ninth of it is output."""
    output = Fraction(total) / 9
    requests = output / 1024 * SECONDS * Fraction(99_999, 100_000)
    point = f"64 - - {float(output):.4f}"
    found = bill(tmp_path, hourly, [point.replace("64", "1", 1), point], lengths=(8192, 1024), requests=requests)
    assert per_1m(found) == pytest.approx(exact, abs=6e-6)
    assert f"{per_1m(found):.2f}" == published


GLM_5 = {
    # interactivity (1000 / TPOT in ms) and total tokens a second of one GPU, at 4, 8, 16 … at once
    "B200": (
        "1.95",
        "100.85/417.0 77.82/650.1 56.93/952.7 38.16/1296.8 23.56/1619.3 13.78/1929.5 11.88/1947.3",
        "0.30",
        0.3017,
    ),
    "MI355X": ("1.48", "76.80/625.5 54.59/911.7 35.82/1208.1 24.83/1707.4 18.19/1895.0 18.05/1911.7", "0.22", 0.2151),
}


@pytest.mark.parametrize("gpu", GLM_5)
def test_glm_5_at_a_fixed_interactivity(tmp_path: Path, gpu: str) -> None:
    """InferenceX, 2026-05-20: at 18 tokens a second for each user 0.30 on B200 and 0.22 on MI355X, to the cent.

    The target of 1 / 18 s a token chooses the concurrency on the measured curve; the cost is that of a full replica.
    """
    hourly, curve, published, exact = GLM_5[gpu]
    points = []
    for number, pair in enumerate(curve.split()):
        speed, total = pair.split("/")
        points.append(f"{4 * 2**number} 1000 {1000 / float(speed):.4f} {float(total) / 9:.4f}")
    serving = Serving(tpot=Fraction(1, 18), headroom=Fraction(0), spares=0)
    once = bill(tmp_path, hourly, points, lengths=(8192, 1024), serving=serving)
    assert once.fleet is not None
    rate = once.fleet.sized[0].tokens_per_second
    full = bill(tmp_path, hourly, points, lengths=(8192, 1024), serving=serving, requests=rate / 1024 * SECONDS)
    assert full.fleet is not None
    assert full.fleet.load == 1
    assert f"{per_1m(full):.2f}" == published
    assert per_1m(full) == pytest.approx(exact, rel=0.005)


def test_prefill_and_decode_of_deepseek_r1_apart(tmp_path: Path) -> None:
    """InferenceX v2: 1,733.0 input tokens a second of a prefill GPU and 132.5 output tokens of a decode GPU at 1.41.

    Two pools are two fleets, whose costs per 1M tokens add up: 0.226 and 2.955, so 4.763 for a million out with its
    eight in; margins at 1.35 and 5.40 are 83% and 45%, 0.8326 and 0.4528 exactly.
    """
    requests = Fraction("1733.0") / 8192 * SECONDS * Fraction(99_999, 100_000)
    answers = [f"{users} - - {1733.0 / 8192:.9f}" for users in (1, 64)]
    prefill = bill(tmp_path, "1.41", answers, lengths=(8192, 1), requests=requests)
    reading = float(prefill.cost / (requests * 8192) * 10**6)
    decode = bill(
        tmp_path,
        "1.41",
        ["1 - - 132.5", "64 - - 132.5"],
        lengths=(1, 1024),
        requests=Fraction("132.5") / 1024 * SECONDS,
    )
    writing = float(decode.cost / (Fraction("132.5") * SECONDS) * 10**6)
    assert reading == pytest.approx(0.226, abs=5e-4)
    assert writing == pytest.approx(2.955, abs=2e-3)
    assert 1 - reading / 1.35 == pytest.approx(0.8326, abs=5e-4)
    assert 1 - writing / 5.40 == pytest.approx(0.4528, abs=5e-4)
    assert (f"{1 - reading / 1.35:.0%}", f"{1 - writing / 5.40:.0%}") == ("83%", "45%")
    assert writing + 8 * reading == pytest.approx(4.763, abs=5e-3)
    assert (writing + 8 * reading) / 9 == pytest.approx(0.5292, abs=1e-3)


@pytest.mark.parametrize(
    ("hourly", "gpus", "monthly"), [("2.70", 4, 7884), ("2.70", 8, 15_768), ("3.50", 4, 10_220), ("5.50", 8, 32_120)]
)
def test_the_planners_monthly_bill(tmp_path: Path, hourly: str, gpus: int, monthly: int) -> None:
    """llm-d-planner: dollars a GPU-hour x GPUs x replicas x 730."""
    node = f"{float(hourly) * gpus:.2f}"
    assert bill(tmp_path, node, ["1 - - 500", "64 - - 500"], gpus=gpus).cost == monthly


def test_the_planners_replicas_with_a_spare(tmp_path: Path) -> None:
    """9 requests a second x 1.2 over 2.5 of one replica: ceil(4.32) = 5, and 1 spare; 6 x 2 x 2.70 x 730 = 23,652."""
    serving = Serving(tpot=AS_FAST_AS_IT_GOES, headroom=Fraction(1, 5), spares=1)
    points = ["1 - - 250", "64 - - 250"]  # of each of two accelerators: 500 in all, 2.5 answers of 200
    found = bill(tmp_path, "5.40", points, gpus=2, requests=9 * SECONDS, serving=serving)
    assert found.fleet is not None
    assert (found.fleet.replicas, found.fleet.spares) == (5, 1)
    assert found.cost == 23_652
