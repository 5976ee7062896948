"""The calibrated model of serving speed: what memory, compute and links allow, and what launching work costs.

A decode step reads the weights and the cache once, launches a fixed number of kernels in each layer and handles every
running sequence; it also carries its share of reading prompts:

    step = sqrt(memory^2 + compute^2) + collectives + kernels + sequences
    output tokens a second = B / (step + B / output x prefill)      (B sequences under way: B / output prompts a step)
    time between tokens = step + (B - 1) / output x prefill         (a request's own prompt is read before its first)

Experts read in a step are the expected number of different ones, E (1 - (1 - k/E)^B). The constants were fitted to
measured points, each family of models predicted by a fit without it; ``docs/calibration.md`` has the errors.
"""

from __future__ import annotations

from math import sqrt
from typing import NamedTuple

from llmcost.core.offers.accelerators import Accelerator
from llmcost.cost_models.self_hosted.memory import CACHE_BYTES, WEIGHT_BYTES, Layout, batch_room, fixed_precision
from llmcost.cost_models.self_hosted.shape import Shape

GIGA, TERA = 1e9, 1e12
PCIE = 32 * GIGA
"""Bytes a second one way where no link is stated: PCIe 4 x16."""
NETWORK = 50 * GIGA
"""Bytes a second one way between servers: a 400 Gb/s adapter for each accelerator."""


class Constants(NamedTuple):
    """What was calibrated, each with its meaning; seconds, or parts of a peak."""

    weights: float = 0.899
    """Part of the memory bandwidth reached in reading weights."""
    cache: float = 0.6044
    """Part of the memory bandwidth reached in reading the cache."""
    compute: float = 0.6403
    """Part of the dense peak reached by matrix products."""
    link: float = 0.3837
    """Part of the link reached by an all-reduce."""
    reduce: float = 8.21e-06
    """Start of an all-reduce, of which there are two a layer."""
    layer: float = 5.102e-05
    """Launching the kernels of a dense layer, some ten."""
    moe: float = 4.094e-05
    """Launching those that experts add: route, permute, combine."""
    moe_fused: float = 0.3856
    """Part of that left by fused 4-bit kernels, on accelerators with 4-bit units."""
    sequence: float = 2.14e-05
    """Scheduling and sampling of one sequence in a step, in vLLM or an engine that is not named."""
    sglang: float = 1.481
    """The same in SGLang, against vLLM."""
    tensorrt: float = 0.6276
    """The same in TensorRT-LLM, against vLLM."""
    traffic: float = 83.5
    """Bytes moved in reading a prompt, for each token, hidden unit, chosen expert and layer of experts."""


CONSTANTS = Constants()
LATENT_LAYERS = 0.5
"""Kernels that latent attention adds to a layer, as a part of a dense one; counted."""
SPARSE_LAYERS = 1.5
"""Kernels that choosing keys adds; counted."""
HYBRID_BATCH = 0.33
"""Part of the batch that fits which SGLang runs where layers keep a state; also taken where no engine is named."""
AMD_SLOWER = 1.35
"""How much longer a step takes on AMD than these formulas say; from few points."""


class Speed(NamedTuple):
    """What a replica does: output tokens a second in all, and how many requests run at once.

    ``tpot`` are seconds between two tokens of one request, ``prefill_share`` the part of the time that prompts take.
    """

    tokens_per_second: float
    tpot: float
    batch: float
    prefill_share: float


class Replica(NamedTuple):
    """What runs: a model of some shape in a precision, cut over accelerators; ``engine`` of None is any."""

    shape: Shape
    precision: str
    accelerator: Accelerator
    layout: Layout
    engine: str | None = None


class ReplicaLoad(NamedTuple):
    """What is asked of a replica: the mean tokens of a prompt and of an answer, and how many requests at once.

    ``cached`` tokens of a prompt are not read again.
    """

    prompt: float
    output: float
    concurrency: float
    cached: float = 0.0


def speed_of(replica: Replica, load: ReplicaLoad, constants: Constants = CONSTANTS) -> Speed:
    """How fast a replica answers so many requests at once.

    The cache limits how many run; one runs where not even one fits, which the caller has to refuse.
    """
    shape, precision, accelerator, layout, engine = replica
    c, gpus = constants, layout.accelerators
    prompt, output = max(1.0, load.prompt), max(1.0, load.output)
    assert accelerator.bandwidth is not None
    bandwidth = accelerator.bandwidth * GIGA
    room = batch_room(shape, precision, accelerator, layout, prompt + output)
    if shape.linear and engine in (None, "sglang"):
        room *= HYBRID_BATCH
    batch = max(1.0, min(max(1.0, load.concurrency), room))

    token = _token_seconds(shape, precision, accelerator) / (gpus * c.compute)
    reduced = 8.0 * shape.layers * (gpus - 1) / gpus * shape.hidden / (c.link * _link(accelerator, gpus))
    slower = AMD_SLOWER if accelerator.maker == "amd" else 1.0

    memory = _memory_seconds(shape, precision, layout, prompt + output / 2, batch, c) / bandwidth
    compute = batch * token
    collectives = (2.0 * shape.layers * c.reduce if gpus > 1 else 0.0) + batch / layout.data * reduced
    kernels = _kernel_seconds(shape, precision, accelerator, c)
    sequences = batch * c.sequence * {"sglang": c.sglang, "tensorrt-llm": c.tensorrt}.get(engine or "", 1.0)
    step = (sqrt(memory * memory + compute * compute) + collectives + kernels + sequences) * slower

    read = max(0.0, prompt - load.cached)
    routed = c.traffic * shape.hidden * shape.top_k * shape.moe_layers / (gpus * bandwidth)
    attention = (_attended(shape, prompt) - _attended(shape, prompt - read)) / (
        gpus * c.compute * accelerator.tflops["bf16"] * TERA
    )
    prefill = slower * (read * (token + reduced + routed) + attention)
    whole = step + batch / output * prefill
    return Speed(batch / whole, step + (batch - 1.0) / output * prefill, batch, 1.0 - step / whole)


def _token_seconds(shape: Shape, precision: str, accelerator: Accelerator) -> float:
    """Seconds one token's products take at the dense peak of one accelerator."""
    experts = shape.moe_layers * shape.top_k * shape.expert
    rest = max(0.0, shape.active - experts)
    return 2.0 * (
        experts / _peak(accelerator, precision) + rest / _peak(accelerator, fixed_precision(shape, precision))
    )


def _peak(accelerator: Accelerator, precision: str) -> float:
    """Dense products a second in a precision; without units for it, in the next wider one that has them."""
    wider = ("fp4", "bf16") if precision == "fp4" else (precision, "bf16")
    return next(accelerator.tflops[each] for each in wider if each in accelerator.tflops) * TERA


def _link(accelerator: Accelerator, gpus: int) -> float:
    link = accelerator.link * GIGA if accelerator.link is not None else PCIE
    return min(link, NETWORK) if accelerator.domain and gpus > accelerator.domain else link


def _memory_seconds(shape: Shape, precision: str, layout: Layout, length: float, batch: float, c: Constants) -> float:
    """Bytes one step reads, over the parts of the bandwidth that are reached."""
    fixed = WEIGHT_BYTES[fixed_precision(shape, precision)] * shape.fixed + 2.0 * shape.head
    touched = shape.experts * (1.0 - (1.0 - shape.top_k / shape.experts) ** batch) if shape.experts else 0.0
    experts = shape.moe_layers * touched * WEIGHT_BYTES[precision] * shape.expert
    looked_at = min(length, shape.top_tokens) if shape.top_tokens else length
    elements = (
        shape.cache * looked_at + shape.index_cache * length + shape.window_cache * min(length, shape.window)
    ) / min(layout.tensor, shape.cache_ways)
    cache = CACHE_BYTES[precision] * elements + 2.0 * shape.state / layout.tensor
    weights = fixed / layout.tensor + experts / layout.accelerators
    return weights / c.weights + batch / layout.data * cache / c.cache


def _kernel_seconds(shape: Shape, precision: str, accelerator: Accelerator, c: Constants) -> float:
    extra = (LATENT_LAYERS if shape.latent else 0.0) + (SPARSE_LAYERS if shape.top_tokens else 0.0)
    fused = precision == "fp4" and "fp4" in accelerator.tflops and accelerator.maker != "amd"
    moe = shape.moe_layers * c.moe * (c.moe_fused if fused else 1.0)
    return c.layer * (shape.layers + shape.full_layers * extra) + moe


def _attended(shape: Shape, prompt: float) -> float:
    """Products of attention in reading a prompt, beside those of its tokens."""
    seen = min(prompt, shape.top_tokens) if shape.top_tokens else prompt
    near = min(prompt, 2.0 * shape.window)
    return prompt * (shape.attention * seen + shape.window_attention * near + shape.index_attention * prompt)
