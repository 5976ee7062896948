"""What one replica of a deployment does: over how many accelerators it is cut, and what that makes of its requests."""

from __future__ import annotations

from collections.abc import Sequence

from llmcost.core.offers.self_hosting.hosts import Deployment, SelfHosting
from llmcost.core.offers.self_hosting.open_weights import OpenWeights
from llmcost.core.values.memory import kept_with_owner
from llmcost.core.workload.requests import Workload
from llmcost.core.workload.serving import EngineSettings, Serving
from llmcost.cost_models.self_hosted.demand import Demand, Demands
from llmcost.cost_models.self_hosted.sizing import SizedDemand, size_demand
from llmcost.cost_models.self_hosted.speed.disaggregation import layouts_apart
from llmcost.cost_models.self_hosted.speed.setup import ReplicaSetup
from llmcost.cost_models.self_hosted.speed.speculation import guess_of
from llmcost.errors import CannotServe

COUNTS = (1, 2, 4, 8, 16, 32, 64)
"""Accelerators of one replica that are tried, smallest first."""


def kinds_of(made: Deployment, count: int, demands: Demands, workload: Workload) -> list[SizedDemand]:
    """What one replica of so many accelerators does with each kind of requests. Raises CannotServe."""
    setup, serving = setup_of(made, count, workload.serving), workload.serving
    if not serving.disaggregated or len(demands.kinds) == 1:
        return [size_demand(setup, demand, serving) for demand in demands.kinds]
    return _on_one_layout(setup, demands.kinds, serving)


def _on_one_layout(setup: ReplicaSetup, kinds: Sequence[Demand], serving: Serving) -> list[SizedDemand]:
    """What a replica does that is laid out in one way for all kinds of requests: the way that takes the least work.

    Raises CannotServe where no way was measured for all of them.
    """
    for demand in kinds:
        size_demand(setup, demand, serving)  # each by itself, for a reason that says what it lacks
    found = []
    for layout in layouts_apart(setup):
        try:
            sized = [size_demand(layout, demand, serving) for demand in kinds]
        except CannotServe:
            continue
        work = sum(each.demand.requests / each.requests_per_second(each.sized.tokens_per_second) for each in sized)
        found.append((work, sized))
    if not found:
        what = (
            f"no one way to share out {setup.accelerator.id}x{setup.count} was measured for all kinds of its requests"
        )
        raise CannotServe(what, "size them one by one", larger=True)
    return min(found, key=lambda each: each[0])[1]


def setup_of(made: Deployment, count: int, serving: Serving) -> ReplicaSetup:
    """What is run of a deployment on so many accelerators."""
    return _setup_of(made.hosting, (made.model, made.precision, made.accelerator, count), serving.settings)


@kept_with_owner
def _setup_of(hosting: SelfHosting, run: tuple[str, str, str, int], asked: EngineSettings) -> ReplicaSetup:
    """What is run; the same object for the same question, as what was measured of it is kept with it."""
    model, precision, accelerator, count = run
    known, guessed = hosting.models[model], asked.speculative
    tensor, data = _cut(count, asked)
    _check_experts(known, count, asked)
    return ReplicaSetup(
        model=known,
        precision=precision,
        accelerator=hosting.accelerators[accelerator],
        count=count,
        kv_precision=asked.kv_precision,
        engine=asked.engine,
        tensor_parallel=tensor,
        data_parallel=data,
        expert_parallel=asked.expert_parallel,
        guess=None if guessed is None else guess_of(known, hosting.models.values(), guessed),
        disaggregated=asked.disaggregated,
        curves=tuple(hosting.curves(model)),
        elsewhere=hosting.accelerators,
    )


def _cut(count: int, asked: EngineSettings) -> tuple[int | None, int | None]:
    """How a replica of so many accelerators is cut: over how many each layer, and into how many groups.

    Raises CannotServe where that is not what is asked for.
    """
    tensor, data = asked.tensor_parallel, asked.data_parallel
    if asked.disaggregated and (tensor or data or asked.expert_parallel):
        what = "how replicas are cut that read prompts and answer on separate accelerators is as it was measured"
        raise CannotServe(what, "leave out tensor, data and expert parallel")
    if tensor is None and data is None:
        return None, None
    whole = (tensor or 1) * (data or 1)
    if count % whole or (tensor and data and count != whole):
        groups = " x ".join(
            f"{each} {name}" for each, name in ((data, "groups"), (tensor, "that share a layer")) if each
        )
        raise CannotServe(
            f"{count} accelerators are not {groups}", "name a number that they make", larger=count < whole
        )
    return tensor or count // whole, data or count // whole


def _check_experts(model: OpenWeights, count: int, asked: EngineSettings) -> None:
    """Raise CannotServe where experts cannot be spread as is asked for."""
    spread, experts = asked.expert_parallel, model.architecture.experts
    if spread is None:
        return
    if not experts:
        raise CannotServe(f"{model.id} has no experts to spread", "leave `expert_parallel` out")
    if experts % spread or count % spread:
        what = f"the {experts} experts of {model.id} on {count} accelerators cannot be spread evenly over {spread}"
        raise CannotServe(what, "name a number that divides both", larger=count < spread)


def counts_of(asked: EngineSettings, most: int) -> list[int]:
    """The numbers of accelerators of a replica that are tried, up to a limit: multiples of its parts where it has some.

    Raises CannotServe where even one of its parts is larger.
    """
    part = (asked.tensor_parallel or 1) * (asked.data_parallel or 1)
    if part > most:
        raise CannotServe(f"it is cut over {part} accelerators, and at most {most} are rented together", "cut it less")
    whole = asked.tensor_parallel is not None and asked.data_parallel is not None
    return [part] if whole else [part * each for each in COUNTS if part * each <= most]
