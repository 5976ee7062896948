"""The calibrated model of serving speed: what memory, compute and links allow, and what launching work costs.

A decode step reads the weights and the cache once, launches a fixed number of kernels in each layer and handles every
running sequence; it also carries its share of reading prompts:

    step = sqrt(memory^2 + compute^2) + all-reduces + kernels + sequences
    output tokens a second = B / (step + B / output x prefill)      (B sequences under way: B / output prompts a step)
    time between tokens = step + (B - 1) / output x prefill         (a request's own prompt is read before its first)

Experts read in a step are the expected number of different ones, E (1 - (1 - k/E)^B). The constants were fitted to
measured points, each family of models predicted by a fit without it; ``docs/calibration.md`` has the errors.
"""

from __future__ import annotations

from math import floor, sqrt
from typing import NamedTuple

from llmcost.core.offers.self_hosting.accelerators import Accelerator
from llmcost.core.offers.self_hosting.precisions import KV_BYTES, WEIGHT_FORMATS
from llmcost.cost_models.self_hosted.speed.memory import Layout, Numbers, batch_room, ends_bytes, fixed_precision
from llmcost.cost_models.self_hosted.speed.shape import Shape

GIGA, TERA = 1e9, 1e12
PCIE_LANES = 16
PCIE_LANE = {3: 0.985 * GIGA, 4: 1.969 * GIGA, 5: 3.938 * GIGA, 6: 7.877 * GIGA}
"""Bytes a second one way of a lane, by generation."""
USUAL_PCIE = 4
PEERS, STAGED, UNSURE = 0.9, 0.15, 0.3
"""Part of PCIe that an all-reduce reaches where cards copy to each other, where all goes through the host's memory,
and where no source says which; chosen by a few points, not fitted."""
NETWORK = 50 * GIGA
"""Bytes a second one way between servers: a 400 Gb/s adapter for each accelerator."""


class Constants(NamedTuple):
    """What was calibrated, each with its meaning; seconds, or parts of a peak."""

    weights: float = 0.9097
    """Part of the memory bandwidth reached in reading weights."""
    cache: float = 0.7238
    """Part of the memory bandwidth reached in reading a cache in bf16."""
    narrow: float = 0.6413
    """Part of that reached in reading one in fp8, but for TensorRT-LLM, whose kernels lose nothing."""
    compute: float = 0.6889
    """Part of the dense peak reached by matrix products."""
    fp4: float = 0.7484
    """Part of that reached in 4 bits."""
    fp8: float = 0.8406
    """Part of it reached in 8 bits, scaled by channel or tensor."""
    widened: float = 0.7214
    """Part of it reached in bf16 by weights that are kept narrower and made wide first."""
    blocks: float = 0.6309
    """Part of it reached in 8 bits, scaled in blocks, as DeepSeek and Qwen publish them."""
    link: float = 0.2609
    """Part of the link reached by the small all-reduces of a decode step."""
    bulk: float = 0.4426
    """The same by the large ones of reading a prompt."""
    reduce: float = 8.529e-06
    """Start of an all-reduce, of which there are two a layer."""
    layer: float = 5.07e-05
    """Launching the kernels of a dense layer, some ten."""
    moe: float = 4.046e-05
    """Launching those that experts add: route, permute, combine."""
    moe_fused: float = 0.3915
    """Part of that left by fused 4-bit kernels, on accelerators with 4-bit units."""
    sequence: float = 1.683e-05
    """Scheduling and sampling of one sequence in a step, in vLLM or an engine that is not named."""
    sglang: float = 1.243
    """The same in SGLang, against vLLM."""
    tensorrt: float = 0.7242
    """The same in TensorRT-LLM, against vLLM."""
    routing: float = 1.236e-11
    """Moving one hidden unit of a token to a chosen expert of a layer and back, in reading a prompt."""


CONSTANTS = Constants()
LATENT_LAYERS = 0.5
"""Kernels that latent attention adds to a layer, as a part of a dense one; counted."""
SPARSE_LAYERS = 1.5
"""Kernels that choosing keys adds; counted."""
HYBRID_BATCH = 0.33
"""Part of the batch that fits which SGLang runs where layers keep a state; also taken where no engine is named."""
AMD_SLOWER, AMD_NEWER = 1.5, 1.1
"""How much longer a step takes on AMD than these formulas say, and on its accelerators with 4-bit units; chosen by a
few points, not fitted."""

DRAFT = 0.06
"""How much longer a step takes for each token that is guessed: 1.92, 2.58 and 2.82 tokens a step made DeepSeek-R1 1.78,
2.25 and 2.28 times as fast with one, two and three guesses, one request at a time."""
LLAMA_CPP = "llama.cpp"
LLAMA_SLOWER = 1.4
"""The same for llama.cpp, which works through the layers of one accelerator after the other; from few points."""


class Speed(NamedTuple):
    """What a replica does: output tokens a second in all, and how many requests run at once.

    ``tpot`` are seconds between two tokens of one request, ``prefill_share`` the part of the time that prompts take.
    """

    tokens_per_second: float
    tpot: float
    batch: float
    prefill_share: float


class Guess(NamedTuple):
    """Tokens that are guessed and checked in one step: how many, and how many a step gives on average."""

    drafts: int = 0
    tokens: float = 1.0


NO_GUESS = Guess()


class Replica(NamedTuple):
    """What runs: a model of some shape in some precisions, cut over accelerators; ``engine`` of None is any."""

    shape: Shape
    numbers: Numbers
    accelerator: Accelerator
    layout: Layout
    engine: str | None = None
    guess: Guess = NO_GUESS


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
    load = load._replace(prompt=max(1.0, load.prompt), output=max(1.0, load.output))
    batch = max(1.0, min(max(1.0, load.concurrency), _room(replica, load.prompt + load.output)))
    slower = _slower(replica.accelerator)
    if replica.engine == LLAMA_CPP:
        replica, slower = replica._replace(layout=Layout(1, 1)), slower * LLAMA_SLOWER
    token = _token_seconds(replica, constants)
    step = slower * _step_seconds(replica, load.prompt + load.output / 2, batch, token, constants)
    step /= replica.guess.tokens
    prefill = slower * _prefill_seconds(replica, load, token, constants)
    whole = step + batch / load.output * prefill
    return Speed(batch / whole, step + (batch - 1.0) / load.output * prefill, batch, 1.0 - step / whole)


def _slower(accelerator: Accelerator) -> float:
    """How much longer everything takes than by these formulas, which were made for NVIDIA."""
    if accelerator.maker != "amd":
        return 1.0
    return AMD_NEWER if "fp4" in accelerator.tflops else AMD_SLOWER


def _room(replica: Replica, length: float) -> float:
    """How many whole sequences of a length run at once, for the cache of each data-parallel group."""
    shape, numbers, accelerator, layout, engine, _ = replica
    room = batch_room(shape, numbers, accelerator, layout, length)
    if shape.linear and engine in (None, "sglang"):
        room *= HYBRID_BATCH
    return floor(room / layout.data) * layout.data


def _step_seconds(replica: Replica, length: float, batch: float, token: float, c: Constants) -> float:
    """Seconds of one step of so many sequences of a mean length, in which each gets its next token and its guesses.

    ``token`` is how long the products of one take.
    """
    shape, numbers, accelerator, layout, engine, guess = replica
    checked = batch * (1 + guess.drafts)
    assert accelerator.bandwidth is not None
    gpus = layout.accelerators
    weights, cache = _bytes_read(shape, numbers, layout, length, batch, checked)
    narrow = c.narrow if numbers.cache == "fp8" and engine != "tensorrt-llm" else 1.0
    memory = (weights / c.weights + cache / (c.cache * narrow)) / (accelerator.bandwidth * GIGA)
    compute = checked * token
    started = 2.0 * shape.layers * c.reduce if gpus > 1 else 0.0
    reduced = checked / layout.data * _reduced_bytes(shape, layout) / _link(accelerator, layout.tensor, c.link)
    sequences = batch * c.sequence * {"sglang": c.sglang, "tensorrt-llm": c.tensorrt}.get(engine or "", 1.0)
    kernels = _kernel_seconds(shape, numbers.weights, accelerator, c)
    whole = sqrt(memory * memory + compute * compute) + started + reduced + kernels + sequences
    return whole * (1 + DRAFT * guess.drafts)


def _prefill_seconds(replica: Replica, load: ReplicaLoad, token: float, c: Constants) -> float:
    """Seconds in which the replica reads one prompt, but for what of it is cached; its groups read at once."""
    shape, _, accelerator, layout, *_ = replica
    gpus = layout.accelerators
    read = max(0.0, load.prompt - load.cached)
    reduced = _reduced_bytes(shape, layout) / (layout.data * _link(accelerator, layout.tensor, c.bulk))
    routed = c.routing * shape.hidden * shape.top_k * shape.moe_layers / gpus
    products = _attended(shape, load.prompt) - _attended(shape, load.prompt - read)
    return read * (token + reduced + routed) + products / (gpus * c.compute * accelerator.tflops["bf16"] * TERA)


def _reduced_bytes(shape: Shape, layout: Layout) -> float:
    """Bytes that a token moves in the two all-reduces of every layer."""
    return 8.0 * shape.layers * (1 - 1 / layout.tensor) * shape.hidden


def _token_seconds(replica: Replica, c: Constants) -> float:
    """Seconds one token's products take, shared out over the accelerators."""
    shape, numbers, accelerator, layout, *_ = replica
    experts = shape.moe_layers * shape.top_k * shape.expert
    rest = max(0.0, shape.active - experts)
    whole = experts / _peak(shape, accelerator, numbers.weights, c)
    whole += rest / _peak(shape, accelerator, fixed_precision(shape, numbers.weights), c)
    return 2.0 * whole / (layout.accelerators * c.compute)


def _peak(shape: Shape, accelerator: Accelerator, precision: str, c: Constants) -> float:
    """Dense products a second in a precision; without units for it, in the next wider one that has them."""
    unit = next(each for each in WEIGHT_FORMATS[precision].units if each in accelerator.tflops)
    narrow = c.blocks if unit == "fp8" and shape.fp8_blocks else c.fp8
    wide = 1.0 if precision == "bf16" else c.widened
    reached = {"bf16": wide, "fp4": c.fp4}.get(unit, narrow)
    return reached * accelerator.tflops[unit] * TERA


def _link(accelerator: Accelerator, gpus: int, part: float) -> float:
    """Bytes a second of an all-reduce over so many, of which ``part`` of a link of their own is reached."""
    if accelerator.link is None:
        reached = UNSURE if accelerator.peer_access is None else PEERS if accelerator.peer_access else STAGED
        return reached * PCIE_LANES * PCIE_LANE[accelerator.pcie or USUAL_PCIE]
    link = part * accelerator.link * GIGA
    return min(link, part * NETWORK) if accelerator.domain and gpus > accelerator.domain else link


def _bytes_read(
    shape: Shape, numbers: Numbers, layout: Layout, length: float, batch: float, checked: float
) -> tuple[float, float]:
    """Bytes of weights and of the cache that one step reads on one accelerator; ``checked`` tokens choose experts."""
    fixed = WEIGHT_FORMATS[fixed_precision(shape, numbers.weights)].bytes * shape.fixed
    fixed += ends_bytes(numbers.weights) * shape.head
    touched = shape.experts * (1.0 - (1.0 - shape.top_k / shape.experts) ** checked) if shape.experts else 0.0
    experts = shape.moe_layers * touched * WEIGHT_FORMATS[numbers.weights].bytes * shape.expert
    looked_at = min(length, shape.top_tokens) if shape.top_tokens else length
    elements = (
        shape.cache * looked_at + shape.index_cache * length + shape.window_cache * min(length, shape.window)
    ) / min(layout.tensor, shape.cache_ways)
    cache = KV_BYTES[numbers.cache] * elements + 2.0 * shape.state / layout.tensor
    weights = fixed / layout.tensor + experts / layout.accelerators
    return weights, batch / layout.data * cache


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
