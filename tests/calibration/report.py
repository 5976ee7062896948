"""How far off the estimates of serving speed are, on points left out: the report in ``docs/calibration.md``.

    pip install -e '.[calibration]' && python tests/calibration/report.py > docs/calibration.md

With ``--constants`` it prints the constants fitted to all families instead, for ``roofline.Constants``.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from math import exp, log
from pathlib import Path
from statistics import median

from llmcost.core.offers.self_hosting.hosts import SelfHosting
from llmcost.core.offers.self_hosting.measurements import MeasuredPoint, Measurement
from llmcost.core.offers.self_hosting.precisions import parse_precision
from llmcost.cost_models.self_hosted.query import ReplicaQuery, estimate
from llmcost.cost_models.self_hosted.speed import throughput
from llmcost.cost_models.self_hosted.speed.curves import speed_curve_of
from llmcost.cost_models.self_hosted.speed.roofline import CONSTANTS, Constants, Replica, ReplicaLoad, speed_of
from llmcost.cost_models.self_hosted.speed.setup import ReplicaSetup, layout_of, numbers_of
from llmcost.cost_models.self_hosted.speed.shape import shape_of
from llmcost.cost_models.self_hosted.speed.throughput import (
    MEASURED,
    MODELLED,
    RANGES,
    SCALED,
    predict,
)
from llmcost.errors import LlmcostError
from llmcost.sheets.load import load_prices

OUTSIDE = Path(__file__).parent / "outside.csv"
"""Published points of many sources, with how each was taken; none is in a sheet."""
PRIORS = {
    "weights": (0.70, 0.25),
    "cache": (0.60, 0.3),
    "narrow": (0.80, 0.3),
    "compute": (0.60, 0.3),
    "fp4": (0.8, 0.3),
    "fp8": (0.9, 0.3),
    "blocks": (0.8, 0.3),
    "widened": (0.8, 0.3),
    "link": (0.40, 0.5),
    "bulk": (0.60, 0.5),
    "reduce": (12e-6, 0.5),
    "layer": (25e-6, 0.5),
    "moe": (40e-6, 0.6),
    "moe_fused": (0.7, 0.4),
    "sequence": (15e-6, 0.6),
    "sglang": (1.0, 0.4),
    "tensorrt": (0.8, 0.4),
    "routing": (1.2e-11, 0.7),
}
"""Where each constant lies for physical reasons, and how far its logarithm may stray from there."""
WEAK = """
## Where it is weak

- **AMD**: one family on three accelerators, and few points of others; the two factors for AMD were chosen on them. All
  139 points that run with kernels made for them lie within x/÷ 1.7, which is the range of mainstream models; it is 2.6
  for the others. Checkpoints without such kernels run at a third to a quarter of the speed.
- **Sparse attention**: one family. Left out of the fit, its ninth point in ten is more than a third off; results of
  another source on the same accelerator are 21% off in the median, and half off at the 90th percentile.
- **4-bit weights**: an engine without a kernel for a model can be several times slower than its numbers allow, as
  Qwen3.6-27B on B200 is. No estimate is drawn from the width of weights alone, but none sees a missing kernel either.
- **DeepSeek**: the fastest curves on record are doubted, for they look like speculative decoding that is not stated.
- **gpt-oss** lies 20 to 30% below what is measured on Blackwell, and above it on Hopper; DGX Spark and int4 in an engine
  without kernels for it lie farther off.
- **Prompts and answers on separate accelerators** are known only where they were measured, of DeepSeek-R1 alone; no
  formula here predicts them, so these points are not in the tables above.
- **Never measured here** in one piece: racks of 72, several servers for one replica, several adapters at once and prefix
  caching.
  Cards that meet over PCIe, A100, long prompts and llama.cpp only among the points that no sheet has.
- **Measured points of other accelerators** scale the model only where the engine is named. On the points left out here
  that makes estimates no better (9.4% and 29.1% against 8.7% and 26.7%), and on those that no sheet has next to no
  difference. They count as far away, so the range stays the model's.
- **How fp8 weights are scaled**, in blocks or by channel or tensor, is that of each model's usual checkpoint, mostly as
  others report it; where nobody does, blocks are taken, which are slower.
- **The type of the cache** is that of InferenceX's recipes for each model, accelerator and engine, not stated run by run.
- **Engine versions** gain tens of percent in months; repeated runs of one configuration on other versions differ by a
  fifth in the median. Versions are shown beside each curve and are no input of the model.
- The shape of the model was chosen with these families in sight, so the errors above flatter it somewhat; the constants
  were not.
- The **time to the first token** is not modelled at all.
"""
ADDED_LAST = "added last"
"""In the class of points of which some were taken in bursts and others were not."""
ROUND = 0.15
"""Errors beyond this, in logarithms, count less than by their square."""


@dataclass(frozen=True)
class Row:
    """One measured point, with the family of models that is left out together with it."""

    family: str
    curve: Measurement
    point: MeasuredPoint
    rate: float


def rows_of(hosting: SelfHosting, published: bool) -> list[Row]:
    """Every measured point that says how many accelerators made it, all in one way and without speculation."""
    rows = []
    for model in hosting.models.values():
        for curve in hosting.curves(model.id):
            separate = not (curve.source or "").endswith("aiconfigurator")
            if curve.accelerators is None or curve.speculative or curve.disaggregated or separate != published:
                continue
            for point in curve.points:
                rate = curve.rate(point)
                if rate is not None:
                    rows.append(Row(model.id, curve, point, rate * curve.accelerators))
    return rows


def modelled(hosting: SelfHosting, row: Row, constants: Constants, engine: bool = True) -> float:
    """What the calibrated model says of a row, in output tokens a second of the replica."""
    shape = shape_of(hosting.models[row.family])
    assert shape is not None
    replica = Replica(
        shape,
        numbers_of(row.curve, hosting.models[row.family]),
        hosting.accelerators[row.curve.accelerator],
        layout_of(row.curve),
        row.curve.engine if engine else None,
    )
    return speed_of(replica, load_of(row), constants).tokens_per_second


def load_of(row: Row) -> ReplicaLoad:
    """What was asked of the replica that a row measured."""
    return ReplicaLoad(row.curve.input_tokens, row.curve.output_tokens, row.point.concurrency)


def fit(rows: Sequence[Row]) -> Constants:
    """The constants that fit some rows: robust squares of logarithms, a family weighing the root of its size."""
    import numpy as np
    from scipy.optimize import least_squares

    hosting = load_prices().catalogue.self_hosting
    names = list(PRIORS)
    sizes = {family: sum(row.family == family for row in rows) for family in {row.family for row in rows}}
    weights = np.array([sizes[row.family] ** -0.5 for row in rows])
    weights = np.sqrt(weights * len(rows) / weights.sum())
    measured = np.array([log(row.rate) for row in rows])
    prior = np.array([log(PRIORS[name][0]) for name in names])
    spread = np.array([PRIORS[name][1] for name in names])

    def constants(values: Iterable[float]) -> Constants:
        return CONSTANTS._replace(**{name: exp(value) for name, value in zip(names, values, strict=True)})

    def residuals(values: Sequence[float]) -> object:
        now = constants(values)
        off = np.array([log(modelled(hosting, row, now)) for row in rows]) - measured
        robust = np.sign(off) * np.sqrt(2 * ROUND**2 * (np.sqrt(1 + (off / ROUND) ** 2) - 1))
        return np.concatenate([weights * robust, ROUND * np.sqrt(0.005 * len(rows)) * (values - prior) / spread])

    return constants(least_squares(residuals, prior, max_nfev=60, x_scale=0.3).x)


def believed(rows: Sequence[Row]) -> list[Row]:
    """Rows fit for fitting: those that are believed, and each copy only once."""
    seen: dict[tuple[object, ...], Row] = {}
    for row in rows:
        if row.curve.doubt is None:
            key = (row.family, row.curve.accelerator, row.curve.accelerators, row.curve.engine, row.point)
            seen.setdefault(key, row)
    return list(seen.values())


@dataclass
class Errors:
    """Predicted over measured, and how many of the measured lie in the range that was given."""

    ratios: list[float]
    within: list[bool]
    widths: list[float]

    @staticmethod
    def of(pairs: Iterable[tuple[float, float, float, float]]) -> Errors:
        """From predicted, low, high and measured."""
        made = Errors([], [], [])
        for predicted, low, high, measured in pairs:
            made.ratios.append(predicted / measured)
            made.within.append(low <= measured <= high)
            made.widths.append((high / low) ** 0.5)
        return made

    def cells(self) -> str:
        """Count, median and ninth decile of the error, bias, coverage of the range and its median width."""
        errors = sorted(abs(ratio - 1) for ratio in self.ratios)
        ninth = errors[min(len(errors) - 1, round(0.9 * (len(errors) - 1)))]
        covered = sum(self.within) / len(self.within)
        return (
            f"{len(errors):,} | {median(errors):.1%} | {ninth:.1%} | {median(self.ratios):.2f} | "
            f"{covered:.0%} | x/÷ {median(self.widths):.2f}"
        )


HEAD = "| n | median | 90th percentile | bias | in range | median range |\n| --: | --: | --: | --: | --: | --: |"


def table(title: str, groups: Iterable[tuple[str, Errors]]) -> None:
    """One line for each group that has rows."""
    print(f"\n| {title} {HEAD.replace('| --:', '|:-- | --:', 1)}")
    for name, errors in groups:
        if errors.ratios:
            print(f"| {name} | {errors.cells()} |")


def by(
    rows: Sequence[Row], pairs: Sequence[tuple[float, float, float, float]], key: Callable[[Row], str]
) -> list[tuple[str, Errors]]:
    """The errors of each group."""
    names = sorted({key(row) for row in rows})
    return [(name, Errors.of(p for row, p in zip(rows, pairs, strict=True) if key(row) == name)) for name in names]


def run_of(hosting: SelfHosting, row: Row, curves: Sequence[Measurement], constants: Constants) -> ReplicaSetup:
    """The configuration of a row, with what else was measured of it."""
    curve = row.curve
    return ReplicaSetup(
        model=hosting.models[row.family],
        precision=curve.precision,
        accelerator=hosting.accelerators[curve.accelerator],
        kv_precision=curve.kv_precision,
        count=curve.accelerators or 1,
        engine=curve.engine,
        tensor_parallel=curve.tensor_parallel,
        data_parallel=curve.data_parallel,
        expert_parallel=curve.expert_parallel,
        curves=tuple(curves),
        elsewhere=hosting.accelerators,
        constants=constants,
    )


def families_left_out(hosting: SelfHosting, rows: Sequence[Row]) -> dict[str, Constants]:
    """Constants fitted without each family."""
    families = sorted({row.family for row in rows})
    training = [[row for row in believed(rows) if row.family != family] for family in families]
    with ProcessPoolExecutor(2) as pool:
        return dict(zip(families, pool.map(fit, training), strict=True))


def interpolated(
    hosting: SelfHosting, rows: Sequence[Row], ends: bool
) -> tuple[list[Row], list[tuple[float, float, float, float]]]:
    """Every third point of each curve left out, three times over; ``ends`` takes the first and last point too."""
    left, pairs = [], []
    far = RANGES[MEASURED]
    groups: dict[int, list[Row]] = {}
    for row in rows:
        groups.setdefault(id(row.curve), []).append(row)
    for group in groups.values():
        for offset in range(3) if len(group) >= 3 else ():
            out = [row for at, row in enumerate(group) if at % 3 == offset]
            kept = tuple(row.point for row in group if row not in out)
            line = speed_curve_of(group[0].curve._replace(points=kept))
            for row in out:
                if line is None or line.spans(row.point.concurrency) == ends:
                    continue
                rate = line.rate(row.point.concurrency) * (row.curve.accelerators or 1)
                left.append(row)
                pairs.append((rate, rate / far, rate * far, row.rate))
    return left, pairs


def scaled(
    hosting: SelfHosting, rows: Sequence[Row], constants: dict[str, Constants]
) -> tuple[list[Row], list[tuple[float, float, float, float]]]:
    """Each curve left out with all that share its lengths and count, and its family left out of the fit."""
    left, pairs = [], []
    for row in rows:
        curve = row.curve
        others = [
            each
            for each in hosting.curves(row.family, curve.accelerator)
            if (each.input_tokens, each.output_tokens, each.accelerators)
            != (curve.input_tokens, curve.output_tokens, curve.accelerators)
        ]
        found = predict(run_of(hosting, row, others, constants[row.family]), load_of(row))
        if found.evidence == SCALED:
            left.append(row)
            pairs.append((found.output_tokens_per_second, found.low, found.high, row.rate))
    return left, pairs


def outside(hosting: SelfHosting) -> None:
    """Print how far estimates are from points that no sheet has, by how they were taken."""
    groups: dict[str, list[tuple[float, float, float, float]]] = {}
    reasons: dict[str, int] = {}
    with OUTSIDE.open(encoding="utf-8", newline="") as file:
        points = list(csv.DictReader(file))
    for point in points:
        whole = {key: int(point[key]) if point[key] else None for key in ("tensor_parallel", "data_parallel")}
        load = ReplicaLoad(*(float(point[key]) for key in ("input_tokens", "output_tokens", "concurrency")))
        try:
            asked = ReplicaQuery(
                model=point["model"],
                precision=parse_precision(point["precision"]),
                accelerator=point["accelerator"],
                count=int(point["accelerators"]),
                engine=point["engine"] or None,
                **whole,
            )
            found = estimate(hosting, asked, load)
        except LlmcostError as error:
            reasons[error.message] = reasons.get(error.message, 0) + 1
            continue
        pair = (found.output_tokens_per_second, found.low, found.high, float(point["output_tokens_per_second"]))
        in_bursts = ADDED_LAST in point["class"] and "burst" in point["how"]
        groups.setdefault(point["class"] + (", in bursts" if in_bursts else ""), []).append(pair)
    answered = sum(len(group) for group in groups.values())
    print(
        f"\n## Points that no sheet has\n\n{answered} of {len(points)} published points of other sources "
        f"(`tests/calibration/outside.csv`) get an estimate, {answered / len(points):.0%}. None was fitted to; the factors "
        "for AMD, llama.cpp and PCIe were chosen with their classes in sight.\nA burst of all requests at once counts "
        "its rise and its end and measures something else, as do engines of 2024 and unoptimised checkpoints."
    )
    table("how it was taken", [(name, Errors.of(group)) for name, group in sorted(groups.items())])
    print("\nWithout an estimate:\n")
    for reason, number in sorted(reasons.items()):
        print(f"- {number}: {reason}")


def main() -> None:
    """Print the report."""
    hosting = load_prices().catalogue.self_hosting
    rows = rows_of(hosting, published=False)
    if "--constants" in sys.argv:
        print(fit(believed(rows)))
        return
    constants = families_left_out(hosting, rows)
    print(
        "# Calibration of the speed estimates\n\n"
        "Made by `pip install -e '.[calibration]' && python tests/calibration/report.py > docs/calibration.md`.\n"
        "Error is |predicted / measured - 1| of output tokens a second; bias is the median of predicted / measured.\n"
        "Every point is predicted by what was made without it.\n"
        f"{len(rows):,} measured points; {sum(row.curve.doubt is not None for row in rows)} of them are doubted in the sheets "
        "(see `doubt:` there) and are not fitted to, but are counted in the errors of the model."
    )
    print("\n## The calibrated model, each family of models left out of the fit")
    pairs = []
    for row in rows:
        found = predict(run_of(hosting, row, (), constants[row.family]), load_of(row))
        pairs.append((found.output_tokens_per_second, found.low, found.high, row.rate))
    sure = [(row, pair) for row, pair in zip(rows, pairs, strict=True) if row.curve.doubt is None]
    table("", [("all", Errors.of(pairs)), ("without doubted points", Errors.of(pair for _, pair in sure))])
    mainstream = [
        at for at, row in enumerate(rows) if throughput._range(run_of(hosting, row, (), CONSTANTS)) == RANGES[MODELLED]
    ]
    others = [at for at in range(len(rows)) if at not in set(mainstream)]
    table(
        "kind",
        [
            (
                "mainstream: bf16 or fp8, dense or experts, plain or latent attention",
                Errors.of(pairs[at] for at in mainstream),
            ),
            ("4-bit weights, sparse attention, layers with a state", Errors.of(pairs[at] for at in others)),
        ],
    )
    table("family left out", by(rows, pairs, lambda row: row.family))
    table("accelerator", by(rows, pairs, lambda row: row.curve.accelerator))
    table("family, accelerator", by(rows, pairs, lambda row: f"{row.family}, {row.curve.accelerator}"))
    table("engine", by(rows, pairs, lambda row: row.curve.engine or "not stated"))
    table("precision", by(rows, pairs, lambda row: row.curve.precision))

    print(
        "\n## Measured points scale the model\n\nThe curve itself and all with its lengths and count are left out, and its family from the fit."
    )
    left, pairs = scaled(hosting, rows, constants)
    table(
        "",
        [
            ("all", Errors.of(pairs)),
            (
                "without doubted points",
                Errors.of(p for row, p in zip(left, pairs, strict=True) if row.curve.doubt is None),
            ),
        ],
    )
    table("family", by(left, pairs, lambda row: row.family))

    print(
        "\n## Measured curves, every third point left out\n\nEach of the three ways to begin; points between two others."
    )
    left, pairs = interpolated(hosting, rows, ends=False)
    table("", [("all", Errors.of(pairs))])
    table("family", by(left, pairs, lambda row: row.family))

    print(
        "\n## Published results of other sources\n\nNot fitted to. The factors for AMD were chosen on its points here, so those errors flatter."
    )
    rows = rows_of(hosting, published=True)
    pairs = []
    for row in rows:
        found = predict(run_of(hosting, row, (), CONSTANTS), load_of(row))
        pairs.append((found.output_tokens_per_second, found.low, found.high, row.rate))
    table("maker", by(rows, pairs, lambda row: hosting.accelerators[row.curve.accelerator].maker))
    table(
        "model, accelerator, precision",
        by(rows, pairs, lambda row: f"{row.family}, {row.curve.accelerator}, {row.curve.precision}"),
    )
    outside(hosting)
    print(WEAK)


if __name__ == "__main__":
    main()
