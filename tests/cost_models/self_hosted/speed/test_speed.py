"""Speed: the calibrated model's shape, reading measured curves, and which evidence goes before which."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from math import exp, log
from pathlib import Path

import pytest
from conftest import SMALL
from hypothesis import assume, given
from hypothesis import strategies as st
from support.examples import examples

from llmcost import LlmcostError, RequestGroup, Usage, Workload, load_catalogue, predict_throughput, quote
from llmcost.core.offers.catalogue import Catalogue
from llmcost.core.offers.self_hosting.hosts import SelfHosting
from llmcost.core.offers.self_hosting.measurements import MeasuredPoint, Measurement, parse_point
from llmcost.cost_models.self_hosted.speed.curves import speed_curve_of
from llmcost.cost_models.self_hosted.speed.roofline import ReplicaLoad
from llmcost.cost_models.self_hosted.speed.setup import ReplicaSetup
from llmcost.cost_models.self_hosted.speed.throughput import (
    FADE,
    MEASURED,
    MODELLED,
    NEAR,
    OWN,
    RANGES,
    SCALED,
    predict,
)
from llmcost.errors import NumberError, OfferError

many = examples(2)
tokens = st.floats(1, 2e5)
users = st.floats(1, 2000)
rates = st.lists(st.floats(10, 1e5), min_size=1, max_size=8)


@pytest.fixture(scope="module")
def real(shipped: Catalogue) -> SelfHosting:
    return shipped.self_hosting


def run(hosting: SelfHosting, model: str, precision: str, accelerator: str, count: int, **more: object) -> ReplicaSetup:
    """A run without any measurement of it."""
    return ReplicaSetup(
        model=hosting.models[model],
        precision=precision,
        accelerator=hosting.accelerators[accelerator],
        count=count,
        **more,
    )  # type: ignore[arg-type]


# The calibrated model


@pytest.mark.parametrize("model", ["qwen3-32b", "qwen3.6-35b-a3b", "deepseek-r1", "gpt-oss-120b", "glm-5", "kimi-k3"])
@many
@given(prompt=tokens, output=tokens, concurrency=users, more=st.floats(0, 500))
def test_more_users_never_lower_the_rate(
    shipped: Catalogue, model: str, prompt: float, output: float, concurrency: float, more: float
) -> None:
    """Throughput never falls as concurrency grows, and a token never comes faster."""
    what = run(shipped.self_hosting, model, "fp8", "b200", 8)
    one, other = (predict(what, ReplicaLoad(prompt, output, number)) for number in (concurrency, concurrency + more))
    assert other.output_tokens_per_second >= one.output_tokens_per_second * (1 - 1e-9)
    assert other.tpot >= one.tpot * (1 - 1e-9)


@many
@given(prompt=tokens, more=tokens, output=tokens, concurrency=users)
def test_longer_prompts_never_raise_the_rate(
    shipped: Catalogue, prompt: float, more: float, output: float, concurrency: float
) -> None:
    """Throughput never grows with the prompt, and never falls with what the prefix cache holds of it."""
    what = run(shipped.self_hosting, "qwen3.5-397b-a17b", "fp8", "h200", 8)
    one, other = (predict(what, ReplicaLoad(length, output, concurrency)) for length in (prompt, prompt + more))
    assert other.output_tokens_per_second <= one.output_tokens_per_second * (1 + 1e-9)
    cached = predict(what, ReplicaLoad(prompt + more, output, concurrency, cached=prompt))
    assert cached.output_tokens_per_second >= other.output_tokens_per_second * (1 - 1e-9)


def test_every_model_on_every_accelerator_gives_a_figure_or_a_reason(real: SelfHosting) -> None:
    """Whatever the sheets hold, an estimate is a positive number inside its range, or an error that says what is missing."""
    reasons = set()
    for model in real.models.values():
        for accelerator in real.accelerators.values():
            for precision in ("bf16", "fp8", "fp4"):
                try:
                    found = predict(run(real, model.id, precision, accelerator.id, 8), ReplicaLoad(1000, 200, 16))
                except LlmcostError as error:
                    reasons.add(error.message.split(" ")[0])
                    continue
                assert 0 < found.low < found.output_tokens_per_second < found.high
                assert 0 <= found.prefill_share < 1
    assert reasons <= {"no"}


def test_the_time_to_the_first_token_is_never_modelled(real: SelfHosting) -> None:
    """Only measurements say how long the first token takes."""
    assert predict(run(real, "qwen3-32b", "fp8", "h200", 2), ReplicaLoad(1000, 200, 16)).ttft is None


# Reading curves


def curve(points: list[MeasuredPoint], **more: object) -> Measurement:
    return Measurement("m", "a", "fp8", 1000, 200, tuple(points), accelerators=1, **more)  # type: ignore[arg-type]


def test_a_rate_follows_from_the_times_by_hand() -> None:
    """16 clients, 200 tokens each in 0.1 s + 199 x 0.02 s = 4.08 s: 16 x 200 / 4.08 = 784.3 tokens a second."""
    only = curve([parse_point("16 100 20")])
    rate = only.rate(only.points[0])
    assert rate == pytest.approx(16 * 200 / (0.1 + 199 * 0.02))


@many
@given(values=rates)
def test_a_curve_passes_through_its_points(values: list[float]) -> None:
    """At a measured concurrency the reading is the measurement."""
    points = [MeasuredPoint(2.0**at, None, None, value) for at, value in enumerate(values)]
    line = speed_curve_of(curve(points))
    assert line is not None
    for point in points:
        assert line.rate(point.concurrency) == pytest.approx(point.rate)


@many
@given(values=rates, at=st.floats(0, 1), place=st.integers(0, 6))
def test_between_two_points_the_wait_lies_between_theirs(values: list[float], at: float, place: int) -> None:
    """The time a client waits for a token never leaves the span of its neighbours: the cubic makes no bumps."""
    assume(place < len(values) - 1)
    points = [MeasuredPoint(2.0**n, None, None, value) for n, value in enumerate(values)]
    line = speed_curve_of(curve(points))
    assert line is not None
    concurrency = 2.0**place * (1 + at)
    waits = [2.0**n / values[n] for n in (place, place + 1)]
    assert min(waits) * (1 - 1e-9) <= concurrency / line.rate(concurrency) <= max(waits) * (1 + 1e-9)


def test_repeated_concurrencies_are_averaged_and_order_does_not_matter() -> None:
    """Two runs at one concurrency count as their geometric mean."""
    points = [MeasuredPoint(8, None, None, 100), MeasuredPoint(8, None, None, 400), MeasuredPoint(1, None, None, 50)]
    line, turned = speed_curve_of(curve(points[::-1])), speed_curve_of(curve(sorted(points)))
    assert turned is not None
    assert turned.rate(8) == pytest.approx(200)
    assert line is not None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("16 100", "not a measured point"),
        ("- 100 20", "no concurrency"),
        ("16 - 20", "says too little"),
        ("16 0 20", "holds a zero"),
        ("16 1,0 20", "not a number"),
        ("16 100 20 30 40", "not a measured point"),
        ("16 - - 0", "holds a zero"),
    ],
)
def test_a_point_that_makes_no_sense_is_refused(text: str, message: str) -> None:
    """Points are read strictly."""
    with pytest.raises(NumberError, match=message):
        parse_point(text)


# Evidence


def ask(small: Catalogue, **more: object) -> object:
    question: dict[str, object] = {
        "model": "Example/Pebble-8B",
        "precision": "fp8",
        "accelerator": "ax1",
        "count": 1,
        "input_tokens": 1000,
        "output_tokens": 200,
        "concurrency": 16,
        **more,
    }
    return predict_throughput(**question, catalogue=small)  # type: ignore[arg-type]


def test_a_measured_point_is_the_answer(small: Catalogue) -> None:
    """800 tokens a second were measured, and that is what is said, with the range of its kind; the sheet is the user's."""
    found = ask(small)
    assert found.output_tokens_per_second == pytest.approx(800)
    assert (found.evidence, found.ttft) == (OWN, pytest.approx(0.1))
    assert found.low == pytest.approx(800 / RANGES[OWN])
    assert found.high == pytest.approx(800 * RANGES[OWN])


def test_doubted_and_speculative_curves_serve_no_estimate(small: Catalogue) -> None:
    """The curves that are ten times as fast, or guess ahead, stand in the sheet and change nothing."""
    assert ask(small, engine="vllm").output_tokens_per_second == pytest.approx(800)
    assert ask(small, engine="sglang").evidence == MODELLED


@pytest.mark.parametrize(
    ("more", "evidence"),
    [
        ({}, OWN),
        ({"concurrency": 64}, OWN),
        ({"concurrency": 65}, OWN),
        ({"concurrency": 128}, SCALED),
        ({"input_tokens": 1100}, OWN),
        ({"input_tokens": 4000}, SCALED),
        ({"count": 2}, SCALED),
        ({"precision": "bf16"}, MODELLED),
        ({"accelerator": "ax2"}, MODELLED),
        ({"engine": "tensorrt-llm"}, MODELLED),
        ({"tensor_parallel": 1}, OWN),
        ({"use_measurements": False}, MODELLED),
    ],
)
def test_the_best_evidence_goes_first(small: Catalogue, more: dict[str, object], evidence: str) -> None:
    """The same configuration within its curve, else the model scaled by the nearest points, else the model alone."""
    assert ask(small, **more).evidence == evidence


def test_the_users_own_curve_goes_before_the_shipped_ones(real: SelfHosting) -> None:
    """Of two curves of one configuration the user's is read, however old it is."""
    shipped = next(each for each in real.curves("qwen3-32b", "h100") if each.doubt is None)
    mine = shipped._replace(
        own=True, points=(MeasuredPoint(4, None, None, 1.0), MeasuredPoint(64, None, None, 2.0)), doubt=None
    )
    what = run(real, "qwen3-32b", shipped.precision, "h100", shipped.accelerators or 1, curves=(shipped, mine))
    found = predict(what, ReplicaLoad(shipped.input_tokens, shipped.output_tokens, 64))
    assert found.evidence == OWN
    assert found.output_tokens_per_second == pytest.approx(2.0 * (shipped.accelerators or 1))
    without = predict(replace(what, curves=(shipped,)), ReplicaLoad(shipped.input_tokens, shipped.output_tokens, 64))
    assert without.evidence in (MEASURED, SCALED)


@pytest.mark.parametrize(
    ("asked", "evidence"),
    [
        ({}, OWN),
        ({"tensor_parallel": 4}, OWN),
        ({"tensor_parallel": 2}, SCALED),
        ({"data_parallel": 1}, OWN),
        ({"data_parallel": 2}, SCALED),
        ({"expert_parallel": 1}, OWN),
        ({"expert_parallel": 4}, SCALED),
    ],
)
def test_a_curve_of_four_is_of_one_group_unless_it_says_other(
    small: Catalogue, asked: dict[str, int], evidence: str
) -> None:
    """Where a curve does not say how its accelerators were joined, all of them worked on each token."""
    four = curve([MeasuredPoint(16, None, None, 800.0)])._replace(
        model="pebble-8b", accelerator="ax1", accelerators=4, own=True
    )
    what = run(small.self_hosting, "pebble-8b", "fp8", "ax1", 4, curves=(four,), **asked)
    assert predict(what, ReplicaLoad(1000, 200, 16)).evidence == evidence


def test_the_range_holds_all_curves_that_would_do(small: Catalogue) -> None:
    """Of three engines the one in the middle is the answer, and the range reaches from the slowest to the fastest."""
    one = curve([MeasuredPoint(16, None, None, 800.0)])._replace(model="pebble-8b", accelerator="ax1")
    curves = tuple(
        one._replace(engine=engine, points=(MeasuredPoint(16, None, None, rate),))
        for engine, rate in (("vllm", 900.0), ("sglang", 1200.0), ("tensorrt-llm", 600.0))
    )
    for model in ("pebble-8b", "dust"):  # one that is described, and one of which nothing but the speed is known
        what = run(small.self_hosting, model, "fp8", "ax1", 1, curves=curves)
        found = predict(what, ReplicaLoad(1000, 200, 16))
        assert found.evidence == MEASURED
        assert found.output_tokens_per_second == pytest.approx(900)
        assert (found.low, found.high) == (
            pytest.approx(600 / RANGES[MEASURED]),
            pytest.approx(1200 * RANGES[MEASURED]),
        )


@pytest.mark.parametrize("rate", [900.0, 1500.0])
@pytest.mark.parametrize("other", [{"data_parallel": 2}, {"expert_parallel": 4}])
def test_of_a_named_engine_the_plain_curve_goes_first(small: Catalogue, other: dict[str, int], rate: float) -> None:
    """Where the engine is named, a curve without data or expert parallelism answers, though another is newer."""
    plain = curve([MeasuredPoint(16, None, None, rate)], engine="vllm", measured_on="2026-01-01")
    plain = plain._replace(model="pebble-8b", accelerator="ax1")
    newer = plain._replace(points=(MeasuredPoint(16, None, None, 1200.0),), measured_on="2026-02-01", **other)
    for curves in ((plain, newer), (newer, plain)):
        what = run(small.self_hosting, "pebble-8b", "fp8", "ax1", 1, curves=curves, engine="vllm")
        assert predict(what, ReplicaLoad(1000, 200, 16)).output_tokens_per_second == pytest.approx(rate)


def test_a_doubted_curve_hides_none_behind_it(small: Catalogue) -> None:
    """Measured points scale the model wherever they stand among curves that serve no estimate."""
    good = curve([MeasuredPoint(16, None, None, 800.0)])._replace(model="pebble-8b", accelerator="ax1")
    doubted = good._replace(doubt="ten times as fast as anything alike")
    for curves in ((good, doubted), (doubted, good)):
        what = run(small.self_hosting, "pebble-8b", "fp8", "ax1", 1, curves=curves)
        assert predict(what, ReplicaLoad(4000, 200, 16)).evidence == SCALED


def test_scaling_meets_the_anchor_and_fades_away_from_it(small: Catalogue) -> None:
    """Next to the measured lengths the estimate is near the measurement; far away it is near the model's own."""
    far = ask(small, input_tokens=30_000)
    model = ask(small, input_tokens=30_000, use_measurements=False)
    near, near_model = ask(small, input_tokens=1200), ask(small, input_tokens=1200, use_measurements=False)
    off = abs(near.output_tokens_per_second / near_model.output_tokens_per_second - 1)
    assert near.evidence == far.evidence == SCALED
    assert abs(far.output_tokens_per_second / model.output_tokens_per_second - 1) < off


@pytest.mark.parametrize(
    ("distance", "part"), [(0.0, 0.0), (NEAR, 0.0), ((NEAR + FADE) / 2, 0.5), (FADE, 1.0), (FADE + 3, 1.0)]
)
def test_the_range_of_scaling_widens_with_distance(small: Catalogue, distance: float, part: float) -> None:
    """Near a measured point the range is that of scaling, far away the model's own; half way, their geometric mean.

    One point at 16 requests at once; logarithms of users weigh 0.3, so it lies at 16 x exp(distance / 0.3) of them.
    """
    hosting = small.self_hosting
    point = curve([MeasuredPoint(16, None, None, 800.0)])._replace(model="pebble-8b", accelerator="ax1")
    load = ReplicaLoad(1050, 200, 16 * exp(distance / 0.3))
    found = predict(run(hosting, "pebble-8b", "fp8", "ax1", 1, curves=(point._replace(input_tokens=1050 * 1.2),)), load)
    away = 0.3 * log(1.2)
    assert found.evidence == SCALED
    part = min(1.0, max(0.0, (distance + away - NEAR) / (FADE - NEAR)))
    wide = RANGES[SCALED] ** (1 - part) * RANGES[MODELLED] ** part
    assert found.high == pytest.approx(found.output_tokens_per_second * wide)
    assert found.low == pytest.approx(found.output_tokens_per_second / wide)


@pytest.mark.parametrize("name", ["Qwen/Qwen3.6-27B", "qwen3.6-27b", "nvidia/Qwen3.6-27B-NVFP4"])
def test_a_model_goes_by_any_of_its_names(shipped: Catalogue, name: str) -> None:
    """Public name, id and alias mean the same."""
    found = predict_throughput(name, "fp8", "H200", 1, 8192, 1024, 64, catalogue=shipped)
    assert found == predict_throughput("qwen3.6-27b", "fp8", "h200", 1, 8192, 1024, 64, catalogue=shipped)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"model": "Example/Peble-8B"}, 'unknown open-weight model "Example/Peble-8B"'),
        ({"accelerator": "ax9"}, 'unknown accelerator "ax9"'),
        ({"precision": "fp3"}, '"fp3" is not a precision'),
        ({"accelerator": "ax3x9"}, "ax3x9 has no units for fp8"),
        ({"engine": "llama.cpp"}, "llama.cpp has no fp8"),
        ({"model": "dust"}, "no source says how many parameters dust has"),
        ({"accelerator": "mystery"}, "no source says the memory and bandwidth and TFLOP/s of mystery"),
        ({"model": "boulder-200b"}, "does not fit on ax1x1; 4 would do"),
        ({"count": 0}, "counts are whole numbers from one up"),
        ({"count": 1.5}, "counts are whole numbers from one up"),
        ({"count": 2, "tensor_parallel": 4}, "the parts divide the whole"),
        ({"count": 8, "data_parallel": 3}, "the parts divide the whole"),
        ({"count": 8, "tensor_parallel": 4, "data_parallel": 4}, "the parts divide the whole"),
        ({"tensor_parallel": 0}, "counts are whole numbers from one up"),
        ({"data_parallel": 0}, "counts are whole numbers from one up"),
        ({"expert_parallel": -1}, "counts are whole numbers from one up"),
        ({"concurrency": 0}, "concurrency is at least one"),
        ({"concurrency": 0.5}, "concurrency is at least one"),
        ({"concurrency": float("inf")}, "concurrency is at least one"),
        ({"input_tokens": float("nan")}, "lengths are not negative"),
        ({"output_tokens": -1}, "lengths are not negative"),
        ({"input_tokens": "many"}, "lengths and concurrency are numbers"),
        ({"engine": "warp"}, 'unknown engine "warp"'),
    ],
)
def test_what_cannot_be_estimated_is_said(small: Catalogue, change: dict[str, object], message: str) -> None:
    """Every refusal names what is wrong."""
    with pytest.raises(LlmcostError, match=message.replace("(", r"\(")) as refused:
        ask(small, **change)
    assert refused.value.remedy


@pytest.mark.parametrize(
    "parts",
    [
        {"tensor_parallel": 8},
        {"data_parallel": 8},
        {"tensor_parallel": 2, "data_parallel": 2},
        {"tensor_parallel": 4, "data_parallel": 2},
        {"expert_parallel": 0},
        {"expert_parallel": 3},
    ],
)
def test_parts_that_divide_the_whole_are_taken(small: Catalogue, parts: dict[str, int]) -> None:
    """Eight accelerators are cut by tensor and data parallelism together; experts are spread over them as they are."""
    assert ask(small, count=8, **parts).output_tokens_per_second > 0


def test_close_names_are_suggested(small: Catalogue) -> None:
    """A slip in a name gets the name that was meant."""
    with pytest.raises(OfferError) as refused:
        ask(small, model="Example/Peble-8B")
    assert "Example/Pebble-8B" in str(refused.value.remedy)


def test_a_measured_curve_serves_a_model_nobody_describes(small: Catalogue, tmp_path: Path) -> None:
    """Nobody says how large Dust is; where its speed was measured it has a price, and nowhere else."""
    sheet = tmp_path / "dust.yaml"
    sheet.write_text(
        "kind: measurements\ncurves:\n  - {model: dust, accelerator: ax1, accelerators: 1, precision: bf16,"
        " input_tokens: 1000, output_tokens: 200, points: [4 100 20, 32 200 40]}\n",
        encoding="utf-8",
    )
    catalogue = load_catalogue(SMALL, sheet, builtin=False)
    ask_dust = ("Example/Dust", "bf16", "ax1", 1, 1000, 200)
    found = predict_throughput(*ask_dust, 4, catalogue=catalogue)
    assert found.output_tokens_per_second == pytest.approx(4 * 200 / (0.1 + 199 * 0.02))
    assert found.prefill_share == pytest.approx(0.1 / (0.1 + 199 * 0.02))
    with pytest.raises(LlmcostError, match="how many parameters dust has"):
        predict_throughput(*ask_dust, 64, catalogue=catalogue)
    group = RequestGroup(Usage(input_tokens=1000, output_tokens=200), 1000)
    quoted = quote(catalogue.find("self/dust@ax1"), Workload((group,), peak_to_mean=Fraction(2)), date(2026, 9, 15))
    assert quoted.cost == 2 * 730 * 2
    assert quoted.fleet is not None
    assert quoted.fleet.sized[0].concurrency == 32
