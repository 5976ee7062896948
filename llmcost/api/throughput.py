"""How fast open weights run on an accelerator, from the best evidence there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmcost.api.load import load_catalogue
from llmcost.core.offers.catalogue import Catalogue
from llmcost.errors import LlmcostError

if TYPE_CHECKING:
    from llmcost.cost_models.self_hosted.speed.throughput import Throughput


def predict_throughput(  # noqa: PLR0913 - keyword-only options of the front door
    model: str,
    precision: str,
    accelerator: str,
    count: int,
    input_tokens: float,
    output_tokens: float,
    concurrency: float,
    *,
    kv_precision: str | None = None,
    engine: str | None = None,
    tensor_parallel: int | None = None,
    data_parallel: int | None = None,
    expert_parallel: int | None = None,
    use_measurements: bool = True,
    catalogue: Catalogue | None = None,
) -> Throughput:
    """How many output tokens a second one replica of open weights makes, from the best evidence there is.

    ``model`` is a public name such as ``Qwen/Qwen3.6-27B`` or an id, ``precision`` bf16, fp8, fp4, int4 and so on,
    ``count`` the accelerators of the replica, ``concurrency`` the requests under way at once. ``kv_precision`` is of
    the cache; None is what the engine keeps by itself. ``engine`` of None takes any; the parallelism of None is one
    tensor-parallel group. ``use_measurements`` of False asks the calibrated model alone. ``catalogue`` of None is the
    built-in sheets.
    Raises OfferError for an unknown model, precision or accelerator, and LlmcostError when it does not fit or
    a number makes no sense.
    """
    from llmcost.core.offers.self_hosting.precisions import parse_kv_precision, parse_precision
    from llmcost.cost_models.self_hosted.query import ReplicaQuery, estimate
    from llmcost.cost_models.self_hosted.speed.roofline import ReplicaLoad

    hosting = (catalogue if catalogue is not None else load_catalogue()).self_hosting
    words = {"model": model, "precision": precision, "accelerator": accelerator}
    for name, word in words.items():
        if not isinstance(word, str):
            raise LlmcostError(f"{name} is a name, not {word!r}", "give it as text")
    try:
        load = ReplicaLoad(float(input_tokens), float(output_tokens), float(concurrency))
    except (TypeError, ValueError):
        raise LlmcostError("lengths and concurrency are numbers", "check the arguments") from None
    asked = ReplicaQuery(
        model=model,
        precision=parse_precision(precision),
        accelerator=accelerator,
        count=count,
        kv_precision=None if kv_precision is None else parse_kv_precision(kv_precision),
        engine=engine,
        tensor_parallel=tensor_parallel,
        data_parallel=data_parallel,
        expert_parallel=expert_parallel,
    )
    return estimate(hosting, asked, load, use_measurements=use_measurements)
