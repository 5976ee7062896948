"""The shipped sheets behind self-hosting, and how far off estimates are on points left out of them."""

from __future__ import annotations

import importlib.util
import sys
from datetime import date
from fractions import Fraction
from types import ModuleType

import pytest
import yaml
from conftest import ROOT, TESTS

from llmcost import RequestGroup, Usage, Workload, load_workload, quote
from llmcost.core.offers.catalogue import Catalogue
from llmcost.core.offers.self_hosting.hosts import SelfHosting
from llmcost.cost_models.self_hosted.speed.shape import shape_of

DAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def hosting(shipped: Catalogue) -> SelfHosting:
    return shipped.self_hosting


@pytest.fixture(scope="module")
def report() -> ModuleType:
    """The calibration report's functions."""
    spec = importlib.util.spec_from_file_location("calibration_report", TESTS / "calibration" / "report.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_everything_is_there(hosting: SelfHosting) -> None:
    """Every model, accelerator and measured point that a sheet states can be had, and belongs to a model there is."""
    written = [
        yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))
        for folder in (".", "open_weights", "measurements")
        for path in sorted((ROOT / "pricing" / folder).glob("*.yaml"))
    ]
    stated = {each["id"]: "bandwidth_gb_s" in each for sheet in written for each in sheet.get("accelerators", ())}
    assert set(hosting.models) == {sheet["id"] for sheet in written if sheet["kind"] == "open_weights"}
    assert stated == {name: each.bandwidth is not None for name, each in hosting.accelerators.items()}
    points = [point for model in hosting.models for curve in hosting.curves(model) for point in curve.points]
    assert len(points) == sum(len(curve["points"]) for sheet in written for curve in sheet.get("curves", ())) > 0


def test_every_figure_has_a_source(hosting: SelfHosting) -> None:
    """Models, accelerators, curves and prices each name a page or a data file."""
    sources = [each.source for each in hosting.models.values()] + [
        each.source for each in hosting.accelerators.values()
    ]
    sources += [str(curve.source) for model in hosting.models for curve in hosting.curves(model)]
    sources += [version.source for each in hosting.instances for version in each.history.versions]
    assert all(source.startswith("https://") for source in sources)


@pytest.mark.parametrize(
    ("model", "total", "active"),
    [
        ("qwen3.6-35b-a3b", 35, 3),
        ("qwen3.5-397b-a17b", 397, 17),
        ("qwen3-235b-a22b", 235, 22),
        ("qwen3-32b", 32.8, 32.8),
        ("deepseek-r1", 671, 37),
        ("kimi-k2.5", 1026, 32),
        ("glm-5", 744, 40),
        ("gpt-oss-120b", 116.8, 5.1),
        ("llama-3.1-70b", 70.6, 70.6),
    ],
)
def test_parameters_are_the_published_ones(hosting: SelfHosting, model: str, total: float, active: float) -> None:
    """What the sheets count from configs is within 3% of what the names say, in billions."""
    own = hosting.models[model]
    assert own.total is not None
    assert own.active is not None
    assert own.total / 1e9 == pytest.approx(total, rel=0.03)
    assert own.active / 1e9 == pytest.approx(active, rel=0.06)


def test_experts_fill_their_model(hosting: SelfHosting) -> None:
    """In every mixture the experts and the rest are both there, and nothing is negative."""
    for model in hosting.models.values():
        shape = shape_of(model)
        if shape is not None:
            assert shape.fixed > 0, model.id
            assert shape.total == pytest.approx(float(model.total or 0))


def test_rented_bills_by_hand(shipped: Catalogue) -> None:
    """730 hours of two servers: Nebius 2 x 4.50, AWS 2 x 55.04 of eight, Google's year 2 x 44,810.08066464 a month."""
    few = Workload((RequestGroup(Usage(input_tokens=1000, output_tokens=200), 1000),), peak_to_mean=Fraction(2))
    for offer, cost in (
        ("self/qwen3.6-35b-a3b:fp8@nebius/h100x1", 2 * Fraction("4.50") * 730),
        ("self/qwen3.6-35b-a3b:fp8@aws/h100x8", 2 * Fraction("55.04") * 730),
        ("self/qwen3.6-35b-a3b:fp8@google-cloud/h100x8+1yr", 2 * Fraction("44810.08066464")),
        ("self/qwen3.6-35b-a3b:fp8@google-cloud:europe-west4/h100x8+3yr", 2 * Fraction("36078.20074112")),
        ("self/qwen3.6-35b-a3b:fp8@coreweave/h100x8+spot", 2 * Fraction("19.71") * 730),
        ("self/qwen3.5-397b-a17b:fp8@semianalysis-tco/b200x4+owned-hyperscaler", 2 * 4 * Fraction("1.95") * 730),
    ):
        found = quote(shipped.find(offer), few, DAY)
        assert found.cost == cost, offer
    (alibaba,) = quote(shipped.find("self/qwen3.6-27b:bf16@alibaba/a100x1"), few, DAY).charges
    assert (alibaba.cost, alibaba.currency) == (2 * Fraction("34.742") * 730, "CNY")


def test_rises_of_rent_are_kept(shipped: Catalogue) -> None:
    """730 hours of two accelerators at what each day's page said: Nebius rose on 2026-06-01 and on 2026-10-01."""
    few = Workload((RequestGroup(Usage(input_tokens=1000, output_tokens=200), 1000),), peak_to_mean=Fraction(2))
    for offer, day, hourly in (
        ("self/qwen3.6-35b-a3b:fp8@nebius/h100x1", date(2026, 5, 31), "2.95"),
        ("self/qwen3.6-35b-a3b:fp8@nebius/h100x1", date(2026, 6, 1), "3.85"),
        ("self/qwen3.6-35b-a3b:fp8@nebius/h100x1", date(2026, 10, 1), "4.50"),
        ("self/qwen3.6-35b-a3b:fp8@nebius/h200x1", DAY, "5.40"),
        ("self/qwen3.6-35b-a3b:fp8@runpod/h100x1", date(2026, 9, 30), "3.49"),
        ("self/qwen3.6-35b-a3b:fp8@runpod/h100x1", DAY, "3.99"),
        ("self/qwen3.6-35b-a3b:fp8@runpod/h100x1+community", DAY, "2.69"),
        ("self/llama-3.1-8b:bf16@crusoe/a100x1", DAY, "2.30"),
    ):
        assert quote(shipped.find(offer), few, day).cost == 2 * Fraction(hourly) * 730, (offer, day)
    for offer, hourly in (
        ("self/qwen3.6-35b-a3b:fp8@hyperstack/h100x8", "25.60"),
        ("self/qwen3.6-35b-a3b:fp8@digitalocean/h100x8", "35.28"),
        ("self/qwen3.6-35b-a3b:fp8@lambda/b200x8", "53.52"),
        ("self/qwen3.6-35b-a3b:fp8@azure/h100x8", "98.32"),
    ):
        assert quote(shipped.find(offer), few, DAY).cost == 2 * Fraction(hourly) * 730, offer


def test_the_rise_of_april_2026_is_on_record(hosting: SelfHosting) -> None:
    """Alibaba Cloud's rise of 5 to 34% on AI compute and 30% on CPFS, each with what supposes it."""
    found = {each.change: each for each in hosting.announcements if each.host == "alibaba"}
    assert found["5% to 34%"].adjust == "alibaba gpu_hours +34%"
    assert found["30%"].effective_from == "2026-04-18"


@pytest.mark.parametrize("name", ["chat-support", "coding-agent", "rag-documents"])
@pytest.mark.parametrize("accelerator", ["h100", "h200", "b200"])
@pytest.mark.parametrize("model", ["qwen3.6-35b-a3b:fp8", "qwen3.5-397b-a17b:fp8"])
def test_ready_made_workloads_are_sized(shipped: Catalogue, name: str, accelerator: str, model: str) -> None:
    """Each ready-made text workload that says its peak has a full price on the usual accelerators."""
    found = quote(shipped.find(f"self/{model}@{accelerator}"), load_workload(name), DAY)
    assert found.complete, found.unserved
    assert found.fleet is not None
    assert 0 < found.fleet.load < 1


# How far off: the thresholds are what docs/calibration.md promises


def test_measured_curves_predict_the_points_left_out(hosting: SelfHosting, report: ModuleType) -> None:
    """Every third point left out, three times over: below 4% in the median, 8% at the 90th percentile, 85% in range."""
    rows = report.rows_of(hosting, published=False)
    _, pairs = report.interpolated(hosting, rows, ends=False)
    errors = report.Errors.of(pairs)
    assert len(errors.ratios) > 900
    assert _median_and_ninth(errors) < (0.04, 0.08)
    assert _median_and_ninth(errors)[1] < 0.08
    assert sum(errors.within) / len(errors.within) > 0.85
    assert sorted(errors.widths)[len(errors.widths) // 2] <= 1.10


def test_the_model_stays_as_good_as_it_was_calibrated(hosting: SelfHosting, report: ModuleType) -> None:
    """The constants in the code are those of the report: within 11% and 31% of the points they were fitted to."""
    rows = report.rows_of(hosting, published=False)
    pairs = []
    for row in rows:
        rate = report.modelled(hosting, row, report.CONSTANTS)
        pairs.append((rate, rate / 1.5, rate * 1.5, row.rate))
    errors = report.Errors.of(pairs)
    median, ninth = _median_and_ninth(errors)
    assert median < 0.11
    assert ninth < 0.31


def _median_and_ninth(errors: object) -> tuple[float, float]:
    off = sorted(abs(ratio - 1) for ratio in errors.ratios)  # type: ignore[attr-defined]
    return off[len(off) // 2], off[round(0.9 * (len(off) - 1))]
