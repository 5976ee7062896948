"""Whether weights fit and how many sequences their cache holds: the planning that vLLM does when it starts.

cache room = utilisation x memory - weights - activations and buffers, on each accelerator;
sequences = room / (cache of one at full length + its fixed state) x data parallel.
"""

from __future__ import annotations

from math import ceil, log2
from typing import NamedTuple

from llmcost.core.offers.self_hosting.accelerators import Accelerator
from llmcost.core.offers.self_hosting.open_weights import OpenWeights
from llmcost.core.offers.self_hosting.precisions import KV_BYTES, WEIGHT_FORMATS
from llmcost.cost_models.self_hosted.speed.shape import Shape, shape_of

GIB = 2.0**30
UTILISATION = 0.92
"""Share of memory an engine may use."""
RESERVE_SHARE, RESERVE_MOST = 0.07, 6 * GIB
"""Activations, graphs and buffers: a share of memory, at most so much; measured at 2 to 7.4 GiB on H100."""
MOST_ACCELERATORS = 4096


class Layout(NamedTuple):
    """How one replica is cut: ``tensor`` × ``data`` accelerators, experts spread over all of them."""

    tensor: int
    data: int

    @property
    def accelerators(self) -> int:
        """How many there are."""
        return self.tensor * self.data


class Numbers(NamedTuple):
    """The precision of the weights and that of the cache, by name."""

    weights: str
    cache: str


class Fit(NamedTuple):
    """How many sequences fit, or why none does; ``larger`` says that more accelerators would."""

    sequences: int
    problem: str | None = None
    larger: bool = False


def fixed_precision(shape: Shape, precision: str) -> str:
    """The precision of all but the experts, which some checkpoints of mixtures keep in bf16."""
    return "bf16" if shape.experts and WEIGHT_FORMATS[precision].mixed else precision


def ends_bytes(precision: str) -> float:
    """Bytes of a weight of the embedding and the head."""
    found = WEIGHT_FORMATS[precision]
    return found.bytes if found.whole else WEIGHT_FORMATS["bf16"].bytes


def weights_gib(model: OpenWeights, precision: str) -> float:
    """All weights in GiB. The model's parameters must be known."""
    shape = shape_of(model)
    assert shape is not None
    return weights_bytes(shape, precision, Layout(1, 1)) / GIB


def weights_bytes(shape: Shape, precision: str, layout: Layout) -> float:
    """Weights on one accelerator: experts spread over all, the rest cut by tensor parallelism only."""
    ends = ends_bytes(precision) * (shape.head + shape.embedding)
    fixed = WEIGHT_FORMATS[fixed_precision(shape, precision)].bytes * shape.fixed + ends
    experts = shape.moe_layers * shape.experts * WEIGHT_FORMATS[precision].bytes * shape.expert
    return fixed / layout.tensor + experts / layout.accelerators


def cache_bytes(shape: Shape, kept: str, layout: Layout, length: float) -> float:
    """What one sequence of a length keeps on one accelerator: its cache in a precision, and its fixed state."""
    elements = (shape.cache + shape.index_cache) * length + shape.window_cache * min(length, shape.window)
    ways = min(layout.tensor, shape.cache_ways)
    return KV_BYTES[kept] * elements / ways + shape.state / layout.tensor


def cache_room(weights: float, memory: float, utilisation: float = UTILISATION, reserve: float | None = None) -> float:
    """Bytes left for the cache on one accelerator of so much memory; below zero when weights alone are too large."""
    kept = min(RESERVE_MOST, RESERVE_SHARE * memory) if reserve is None else reserve
    return utilisation * memory - weights - kept


def batch_room(shape: Shape, numbers: Numbers, accelerator: Accelerator, layout: Layout, length: float) -> float:
    """How many sequences of a length fit in a replica; a part of one when not even one does."""
    assert accelerator.memory_gib is not None
    room = cache_room(weights_bytes(shape, numbers.weights, layout), accelerator.memory_gib * GIB)
    return max(0.0, room) / cache_bytes(shape, numbers.cache, layout, max(1.0, length)) * layout.data


def most_sequences(
    model: OpenWeights, numbers: Numbers, accelerator: Accelerator, layout: Layout, length: float
) -> Fit:
    """How many sequences of a length fit in a replica, or how many accelerators would do."""
    shape = shape_of(model)
    if shape is None:
        return Fit(0, f"no source says how many parameters {model.id} has, so whether it fits cannot be told")
    if accelerator.unknown is not None:
        return Fit(0, accelerator.unknown)
    found = int(batch_room(shape, numbers, accelerator, layout, length))
    if found:
        return Fit(found)
    enough = _enough(shape, numbers, accelerator, length)
    weights = weights_bytes(shape, numbers.weights, Layout(1, 1)) / GIB
    on = f"{accelerator.id}x{layout.accelerators}"
    what = f"{model.id} in {numbers.weights} ({weights:.0f} GiB of weights) does not fit on {on}"
    if enough is None:
        return Fit(0, f"{what}, nor on any number of them: the cache of one request is not divided")
    return Fit(0, f"{what}; {enough} would do", larger=True)


def _enough(shape: Shape, numbers: Numbers, accelerator: Accelerator, length: float) -> int | None:
    """The smallest power of two of accelerators that holds one sequence; None when none does."""
    for power in range(ceil(log2(MOST_ACCELERATORS)) + 1):
        if batch_room(shape, numbers, accelerator, Layout(2**power, 1), length) >= 1:
            return int(2**power)
    return None
