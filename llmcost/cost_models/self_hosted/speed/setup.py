"""What is run, and all that was measured of it: curves of the same configuration, and points to scale by."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace
from math import log
from typing import Any, NamedTuple

from llmcost.core.offers.self_hosting.accelerators import Accelerator
from llmcost.core.offers.self_hosting.measurements import Measurement
from llmcost.core.offers.self_hosting.open_weights import Architecture, OpenWeights
from llmcost.core.offers.self_hosting.precisions import GGUF, NO_GGUF, WEIGHTS_ONLY, usual_kv_precision
from llmcost.core.values.memory import kept_with_owner
from llmcost.cost_models.self_hosted.speed.curves import SpeedCurve, speed_curve_of
from llmcost.cost_models.self_hosted.speed.memory import Layout, Numbers
from llmcost.cost_models.self_hosted.speed.roofline import (
    CONSTANTS,
    LLAMA_CPP,
    Constants,
    Guess,
    Replica,
    ReplicaLoad,
    Speed,
    speed_of,
)
from llmcost.cost_models.self_hosted.speed.shape import Shape, shape_of
from llmcost.cost_models.self_hosted.speed.speculation import TokenGuess
from llmcost.errors import CannotServe

RUNS_ON: Mapping[str, frozenset[str]] = {
    "tensorrt-llm": frozenset({"nvidia"}),
    "sglang": frozenset({"nvidia", "amd", "google", "huawei"}),
    LLAMA_CPP: frozenset({"nvidia", "amd", "apple", "huawei"}),
}
"""The makers on whose accelerators an engine runs, by its own documents; of others that is not limited here."""
ALIKE = 1.15
"""Lengths within this factor are taken as the same: a tenth lies between nominal lengths and their means."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ReplicaSetup:
    """What is run: a model in a precision on so many accelerators; None leaves a setting to the engine.

    ``curves`` are what was measured of the model; ``elsewhere`` describes other accelerators that they are of.
    """

    model: OpenWeights
    precision: str
    accelerator: Accelerator
    count: int
    kv_precision: str | None = None
    engine: str | None = None
    tensor_parallel: int | None = None
    data_parallel: int | None = None
    expert_parallel: int | None = None
    curves: tuple[Measurement, ...] = ()
    elsewhere: Mapping[str, Accelerator] = field(default_factory=dict)
    guess: TokenGuess | None = None
    disaggregated: bool = False
    constants: Constants = CONSTANTS
    kept: dict[Hashable, Any] = field(default_factory=dict, init=False, repr=False)  # a changed copy has its own

    @property
    def runs_on(self) -> str | None:
        """The engine that is asked for, or the only one for its precision; None for any."""
        return LLAMA_CPP if self.engine is None and self.precision in GGUF else self.engine

    @property
    def layout(self) -> Layout:
        """How the replica is cut; one group of tensor parallelism unless something else is said."""
        return _cut(self.count, self.tensor_parallel, self.data_parallel)

    @property
    def numbers(self) -> Numbers:
        """The precisions of the weights and of the cache, which is the engine's usual one where nobody says."""
        usual = self.model.kv_precision or usual_kv_precision(self.precision, self.runs_on)
        return Numbers(self.precision, self.kv_precision or usual)

    @property
    def unknown(self) -> str | None:
        """What no source says that the model of speed needs; None when all is known."""
        on = self.accelerator
        if shape_of(self.model) is None:
            return f"no source says how many parameters {self.model.id} has"
        return on.unknown

    @property
    def refusal(self) -> CannotServe | None:
        """Why nothing runs weights in this precision here; None when it does, or somebody measured it."""
        on = self.accelerator
        others = f"name {' or '.join(on.tflops)}, or an accelerator that has them"
        if on.unserved is not None:
            return CannotServe(f"no engine runs language models on {on.id}: {on.unserved}", others)
        if self.engine == LLAMA_CPP and self.precision in NO_GGUF:
            return CannotServe(f"{LLAMA_CPP} has no {self.precision}", f"name {', '.join(sorted(GGUF))} or bf16")
        measured = [curve for curve in self.curves if _believed(curve, self)]
        ran = {(curve.accelerators, layout_of(curve).tensor) for curve in measured}
        if (self.count, self.layout.tensor) not in ran and (uneven := self._uneven) is not None:
            return uneven
        if measured:
            return None
        makers = RUNS_ON.get(self.runs_on or "")
        if makers is not None and on.maker not in makers:
            which = f"{self.runs_on} does not run on {on.id}"
            return CannotServe(which, f"it runs on accelerators of {', '.join(sorted(makers))}")
        if not on.lacks(self.precision) or self.precision in {*on.weight_only, *WEIGHTS_ONLY}:
            return None
        return CannotServe(f"{on.id} has no units for {self.precision}", others)

    @property
    def _uneven(self) -> CannotServe | None:
        """Why its attention heads cannot be shared out evenly, as all engines but llama.cpp do, which cuts layers."""
        shape, cut = self.model.architecture, self.layout.tensor
        if self.runs_on == LLAMA_CPP or _divides(shape, cut):
            return None
        fitting = ", ".join(str(each) for each in range(1, shape.attention_heads) if _divides(shape, each))
        keys = "" if shape.kv_lora_rank else f" and the {shape.kv_heads} of its keys"
        which = f"the {shape.attention_heads} attention heads of {self.model.id}{keys}"
        message = f"engines share {which} out evenly, which {cut} accelerators do not"
        return CannotServe(message, f"name a number of {fitting}, or several replicas")


def _divides(shape: Architecture, cut: int) -> bool:
    """Whether heads are shared out evenly over so many accelerators; of fewer keys than those each holds a copy."""
    keys = shape.kv_heads
    shared = shape.kv_lora_rank is not None or keys % cut == 0 or cut % keys == 0
    return shape.attention_heads % cut == 0 and shape.linear_key_heads % cut == 0 and shared


class Anchor(NamedTuple):
    """A measured point, and the logarithm of how much faster it is than the model says."""

    curve: Measurement
    concurrency: float
    off: float


def known_shape(run: ReplicaSetup) -> Shape:
    """The shape of a model whose parameters are known."""
    shape = shape_of(run.model)
    assert shape is not None
    return shape


def model_speed(run: ReplicaSetup, load: ReplicaLoad, tokens: float | None = None) -> Speed:
    """What the calibrated model says of a run of which nothing is unknown; ``tokens`` a step gives with its guesses."""
    replica = _replica_of(run)
    if run.guess is not None:
        replica = replica._replace(guess=Guess(run.guess.drafts, tokens or run.guess.middle))
    return speed_of(replica, load, run.constants)


@kept_with_owner
def _replica_of(run: ReplicaSetup) -> Replica:
    return Replica(known_shape(run), run.numbers, run.accelerator, run.layout, run.runs_on)


@kept_with_owner
def speed_curves_of(run: ReplicaSetup, prompt: float, output: float) -> tuple[SpeedCurve, ...]:
    """The curves of this very configuration with such lengths, ready to be read."""
    alike = [n for n, curve in enumerate(run.curves) if _is_of(curve, run) and _alike(curve, prompt, output)]
    ready = (_speed_curve(run, number) for number in alike)
    return tuple(line for line in ready if line is not None)


@kept_with_owner
def _speed_curve(run: ReplicaSetup, number: int) -> SpeedCurve | None:
    """One of its curves made ready, whatever lengths are asked for."""
    return speed_curve_of(run.curves[number])


@kept_with_owner
def anchors_of(run: ReplicaSetup) -> tuple[Anchor, ...]:
    """Measured points of the same model, precision and engine, with how far the model is off at each.

    Those of other accelerators count where the engine is named: engines differ more than accelerators do.
    """
    found = []
    for curve in run.curves:
        on = run.accelerator if curve.accelerator == run.accelerator.id else run.elsewhere.get(curve.accelerator)
        if on is None or on.unknown is not None or not serves(curve, run) or run.engine not in (None, curve.engine):
            continue
        if on is not run.accelerator and run.engine is None:
            continue
        layout = layout_of(curve)
        replica = Replica(known_shape(run), numbers_of(curve, run.model), on, layout, curve.engine)
        for point in curve.points:
            rate = curve.rate(point)
            if rate is not None:
                load = ReplicaLoad(curve.input_tokens, curve.output_tokens, point.concurrency)
                speed = speed_of(replica, load, run.constants)
                off = log(rate * layout.accelerators / speed.tokens_per_second)
                found.append(Anchor(curve, point.concurrency, off))
    return tuple(found)


def numbers_of(curve: Measurement, model: OpenWeights) -> Numbers:
    """The precisions of a curve of a model; of the cache the usual one where its source does not say."""
    usual = model.kv_precision or usual_kv_precision(curve.precision, curve.engine)
    return Numbers(curve.precision, curve.kv_precision or usual)


def layout_of(curve: Measurement) -> Layout:
    """How the replica of a curve was cut."""
    return _cut(curve.accelerators or 1, curve.tensor_parallel, curve.data_parallel)


def _cut(count: int, tensor: int | None, data: int | None) -> Layout:
    groups = data or 1
    return Layout(tensor or max(1, count // groups), groups)


def _believed(curve: Measurement, run: ReplicaSetup) -> bool:
    """Whether a curve is of the same model, accelerator and precision and serves estimates at all."""
    return curve.accelerator == run.accelerator.id and serves(curve, run)


def serves(curve: Measurement, run: ReplicaSetup) -> bool:
    """Whether a curve is of the same precision and serves estimates at all."""
    return (
        curve.precision == run.precision
        and curve.accelerators is not None
        and (curve.disaggregated is not None) == run.disaggregated
        and (curve.speculative is not None) == (run.disaggregated and run.guess is not None)
        and curve.doubt is None
    )


def _is_of(curve: Measurement, run: ReplicaSetup) -> bool:
    """Whether a curve was measured on this very configuration, as far as it is named."""
    if not (_believed(curve, run) and curve.accelerators == run.count):
        return False
    asked = (
        (run.kv_precision, numbers_of(curve, run.model).cache),
        (run.engine, curve.engine),
        (run.tensor_parallel, layout_of(curve).tensor),
        (run.data_parallel, curve.data_parallel or 1),
        (run.expert_parallel, curve.expert_parallel or 1),
    )
    return all(wanted is None or wanted == had for wanted, had in asked)


def _alike(curve: Measurement, prompt: float, output: float) -> bool:
    return _near(curve.input_tokens, prompt) and _near(curve.output_tokens, output)


def _near(one: float, other: float) -> bool:
    return abs(log(max(1.0, one) / max(1.0, other))) <= log(ALIKE)


def as_measured(run: ReplicaSetup, curve: Measurement) -> ReplicaSetup:
    """A run with the engine, the cache and the layout that a curve of it was measured with."""
    layout = layout_of(curve)
    return replace(
        run,
        engine=curve.engine,
        kv_precision=numbers_of(curve, run.model).cache,
        tensor_parallel=layout.tensor,
        data_parallel=layout.data,
    )
