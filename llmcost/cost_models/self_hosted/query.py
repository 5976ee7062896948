"""A replica asked about by names, as a person or a script gives them."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from numbers import Integral

from llmcost.core.offers.self_hosting.hosts import SelfHosting
from llmcost.core.offers.self_hosting.open_weights import OpenWeights
from llmcost.core.offers.self_hosting.weight_names import models_meant
from llmcost.core.workload.serving import parse_engine
from llmcost.cost_models.self_hosted.speed.memory import most_sequences
from llmcost.cost_models.self_hosted.speed.roofline import ReplicaLoad
from llmcost.cost_models.self_hosted.speed.setup import ReplicaSetup
from llmcost.cost_models.self_hosted.speed.throughput import MODELLED, SCALED, Throughput, predict
from llmcost.errors import LlmcostError, OfferError


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplicaQuery:
    """A replica that is asked about, by names; None leaves a setting to the engine."""

    model: str
    precision: str
    accelerator: str
    count: int
    kv_precision: str | None = None
    engine: str | None = None
    tensor_parallel: int | None = None
    data_parallel: int | None = None
    expert_parallel: int | None = None


def estimate(
    hosting: SelfHosting, asked: ReplicaQuery, load: ReplicaLoad, *, use_measurements: bool = True
) -> Throughput:
    """How fast a replica answers so many requests at once, from the best evidence.

    Raises OfferError for a name that is not known, LlmcostError when the replica cannot hold one request.
    """
    known, on = _model(hosting, asked.model), hosting.accelerator(asked.accelerator)
    precision, count = asked.precision, asked.count
    tensor, data, expert = asked.tensor_parallel, asked.data_parallel, asked.expert_parallel
    wholes = [each for each in (count, tensor, data, expert or None) if each is not None]
    if any(not isinstance(each, Integral) or each < 1 for each in wholes) or count % ((tensor or 1) * (data or 1)):
        raise LlmcostError("counts are whole numbers from one up, and the parts divide the whole", "check the numbers")
    if not all(isfinite(each) and each >= 0 for each in load) or load.concurrency < 1:
        raise LlmcostError("concurrency is at least one, and lengths are not negative", "check the numbers")
    curves = tuple(hosting.curves(known.id)) if use_measurements else ()
    run = ReplicaSetup(
        model=known,
        precision=precision,
        accelerator=on,
        count=count,
        kv_precision=asked.kv_precision,
        engine=None if asked.engine is None else parse_engine(asked.engine),
        tensor_parallel=tensor,
        data_parallel=data,
        expert_parallel=expert,
        curves=curves,
        elsewhere=hosting.accelerators,
    )
    if run.refusal is not None:
        raise run.refusal
    found = predict(run, load._replace(output=max(1.0, load.output)))
    if found.evidence in (SCALED, MODELLED):
        fit = most_sequences(known, run.numbers, on, run.layout, load.prompt + load.output)
        if fit.problem is not None:
            raise LlmcostError(fit.problem, "name another count, accelerator or precision")
    return found


def _model(hosting: SelfHosting, name: str) -> OpenWeights:
    """The model of a name, also with a maker, a precision or a tuning that is not on record. Raises OfferError."""
    try:
        return hosting.model(name)
    except OfferError:
        meant = models_meant(hosting.models.values(), name)
        if len(meant) != 1:
            raise
        return hosting.models[meant[0]]
