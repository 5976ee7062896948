"""What is run, and all that was measured of it: curves of the same configuration, and points to scale by."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import log
from typing import NamedTuple

from llmcost.core.offers.accelerators import Accelerator
from llmcost.core.offers.measurements import Curve
from llmcost.core.offers.open_weights import WEIGHTS_ONLY, OpenWeights
from llmcost.cost_models.self_hosted.curves import Line, line_of
from llmcost.cost_models.self_hosted.memory import Layout
from llmcost.cost_models.self_hosted.roofline import CONSTANTS, Constants, Speed, speed_of
from llmcost.cost_models.self_hosted.shape import Shape, shape_of

ALIKE = 1.15
"""Lengths within this factor are taken as the same: a tenth lies between nominal lengths and their means."""


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """What is run: a model in a precision on so many accelerators; None leaves a setting to the engine."""

    model: OpenWeights
    precision: str
    accelerator: Accelerator
    count: int
    engine: str | None = None
    tensor_parallel: int | None = None
    data_parallel: int | None = None
    expert_parallel: int | None = None
    curves: tuple[Curve, ...] = ()
    constants: Constants = CONSTANTS

    @property
    def layout(self) -> Layout:
        """How the replica is cut; one group of tensor parallelism unless something else is said."""
        return _cut(self.count, self.tensor_parallel, self.data_parallel)

    @property
    def unknown(self) -> str | None:
        """What no source says that the model of speed needs; None when all is known."""
        on = self.accelerator
        if shape_of(self.model) is None:
            return f"no source says how many parameters {self.model.id} has"
        return on.unknown

    @property
    def refused(self) -> str | None:
        """Why the accelerator cannot run weights in this precision; None when it can, or somebody measured it."""
        on = self.accelerator
        if not on.lacks(self.precision) or self.precision in {*on.weight_only, *WEIGHTS_ONLY}:
            return None
        if any(_believed(curve, self) for curve in self.curves):
            return None
        return f"{on.id} has no units for {self.precision}"


class Anchor(NamedTuple):
    """A measured point, and the logarithm of how much faster it is than the model says."""

    curve: Curve
    concurrency: float
    off: float


def known_shape(run: Run) -> Shape:
    """The shape of a model whose parameters are known."""
    shape = shape_of(run.model)
    assert shape is not None
    return shape


def model_speed(run: Run, prompt: float, output: float, concurrency: float, cached: float = 0.0) -> Speed:
    """What the calibrated model says of a run of which nothing is unknown."""
    return speed_of(
        known_shape(run),
        run.precision,
        run.accelerator,
        run.layout,
        prompt,
        output,
        concurrency,
        run.engine,
        cached,
        run.constants,
    )


@lru_cache(maxsize=1024)
def lines_of(run: Run, prompt: float, output: float) -> tuple[Line, ...]:
    """The curves of this very configuration with such lengths, ready to be read."""
    ready = (_ready(curve) for curve in run.curves if _is_of(curve, run) and _alike(curve, prompt, output))
    return tuple(line for line in ready if line is not None)


@lru_cache(maxsize=1024)
def anchors_of(run: Run) -> tuple[Anchor, ...]:
    """Measured points of the same model, accelerator, precision and engine, with how far the model is off at each."""
    found = []
    for curve in run.curves:
        if not _believed(curve, run) or run.engine not in (None, curve.engine):
            continue
        layout = layout_of(curve)
        for point in curve.points:
            rate = curve.rate(point)
            if rate is not None:
                speed = speed_of(
                    known_shape(run),
                    run.precision,
                    run.accelerator,
                    layout,
                    curve.input_tokens,
                    curve.output_tokens,
                    point.concurrency,
                    curve.engine,
                    constants=run.constants,
                )
                off = log(rate * layout.accelerators / speed.tokens_per_second)
                found.append(Anchor(curve, point.concurrency, off))
    return tuple(found)


def layout_of(curve: Curve) -> Layout:
    """How the replica of a curve was cut."""
    return _cut(curve.accelerators or 1, curve.tensor_parallel, curve.data_parallel)


def _cut(count: int, tensor: int | None, data: int | None) -> Layout:
    groups = data or 1
    return Layout(tensor or max(1, count // groups), groups)


@lru_cache(maxsize=4096)
def _ready(curve: Curve) -> Line | None:
    return line_of(curve)


def _believed(curve: Curve, run: Run) -> bool:
    """Whether a curve is of the same model, accelerator and precision and serves estimates at all."""
    return (
        curve.accelerator == run.accelerator.id
        and curve.precision == run.precision
        and curve.accelerators is not None
        and curve.speculative is None
        and curve.doubt is None
    )


def _is_of(curve: Curve, run: Run) -> bool:
    """Whether a curve was measured on this very configuration, as far as it is named."""
    asked = (
        (run.engine, curve.engine),
        (run.tensor_parallel, layout_of(curve).tensor),
        (run.data_parallel, curve.data_parallel or 1),
        (run.expert_parallel, curve.expert_parallel or 1),
    )
    return (
        _believed(curve, run)
        and curve.accelerators == run.count
        and all(wanted is None or wanted == had for wanted, had in asked)
    )


def _alike(curve: Curve, prompt: float, output: float) -> bool:
    return _near(curve.input_tokens, prompt) and _near(curve.output_tokens, output)


def _near(one: float, other: float) -> bool:
    return abs(log(max(1.0, one) / max(1.0, other))) <= log(ALIKE)
