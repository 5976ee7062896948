"""Whether weights fit and how many sequences their cache holds: the planning that vLLM does when it starts.

cache room = utilisation x memory - weights - activations and buffers, on each accelerator;
sequences = room / (cache of one at full length + its fixed state) x data parallel.
"""

from __future__ import annotations

from math import ceil, log2
from typing import NamedTuple

from llmcost.core.offers.accelerators import Accelerator
from llmcost.core.offers.open_weights import OpenWeights
from llmcost.cost_models.self_hosted.shape import Shape, shape_of

GIB = 2.0**30
UTILISATION = 0.92
"""Share of memory an engine may use."""
RESERVE_SHARE, RESERVE_MOST = 0.07, 6 * GIB
"""Activations, graphs and buffers: a share of memory, at most so much; measured at 2 to 7.4 GiB on H100."""
WEIGHT_BYTES = {"bf16": 2.0, "fp8": 1.0, "fp4": 0.5625, "int4": 0.5625}
"""Bytes of a weight; 4 bits with one 8-bit scale for every 16 (fp4), or one of 16 bits for every 32 (int4)."""
CACHE_BYTES = {"bf16": 2.0, "fp8": 1.0, "fp4": 1.0, "int4": 2.0}
"""Bytes of an element of the cache; beside int4 weights engines keep it as wide as the sums are."""
FOUR_BITS = frozenset({"fp4", "int4"})
MOST_ACCELERATORS = 4096


class Layout(NamedTuple):
    """How one replica is cut: ``tensor`` × ``data`` accelerators, experts spread over all of them."""

    tensor: int
    data: int

    @property
    def accelerators(self) -> int:
        """How many there are."""
        return self.tensor * self.data


class Fit(NamedTuple):
    """How many sequences fit, or why none does; ``larger`` says that more accelerators would."""

    sequences: int
    problem: str | None = None
    larger: bool = False


def fixed_precision(shape: Shape, precision: str) -> str:
    """The precision of all but the experts: 4-bit checkpoints of mixtures keep the rest in bf16."""
    return "bf16" if shape.experts and precision in FOUR_BITS else precision


def weights_gib(model: OpenWeights, precision: str) -> float:
    """All weights in GiB; embedding and head stay in bf16. The model's parameters must be known."""
    shape = shape_of(model)
    assert shape is not None
    return weights_bytes(shape, precision, Layout(1, 1)) / GIB


def weights_bytes(shape: Shape, precision: str, layout: Layout) -> float:
    """Weights on one accelerator: experts spread over all, the rest cut by tensor parallelism only."""
    fixed = WEIGHT_BYTES[fixed_precision(shape, precision)] * shape.fixed + 2.0 * (shape.head + shape.embedding)
    experts = shape.moe_layers * shape.experts * WEIGHT_BYTES[precision] * shape.expert
    return fixed / layout.tensor + experts / layout.accelerators


def cache_bytes(shape: Shape, precision: str, layout: Layout, length: float) -> float:
    """What one sequence of a length keeps on one accelerator: its cache and its fixed state."""
    elements = (shape.cache + shape.index_cache) * length + shape.window_cache * min(length, shape.window)
    ways = min(layout.tensor, shape.cache_ways)
    return CACHE_BYTES[precision] * elements / ways + shape.state / layout.tensor


def cache_room(weights: float, memory: float, utilisation: float = UTILISATION, reserve: float | None = None) -> float:
    """Bytes left for the cache on one accelerator of so much memory; below zero when weights alone are too large."""
    kept = min(RESERVE_MOST, RESERVE_SHARE * memory) if reserve is None else reserve
    return utilisation * memory - weights - kept


def batch_room(shape: Shape, precision: str, accelerator: Accelerator, layout: Layout, length: float) -> float:
    """How many sequences of a length fit in a replica; a part of one when not even one does."""
    assert accelerator.memory_gib is not None
    room = cache_room(weights_bytes(shape, precision, layout), accelerator.memory_gib * GIB)
    return max(0.0, room) / cache_bytes(shape, precision, layout, max(1.0, length)) * layout.data


def most_sequences(model: OpenWeights, precision: str, accelerator: Accelerator, layout: Layout, length: float) -> Fit:
    """How many sequences of a length fit in a replica, or how many accelerators would do."""
    shape = shape_of(model)
    if shape is None:
        return Fit(0, f"no source says how many parameters {model.id} has, so whether it fits cannot be told")
    if accelerator.unknown is not None:
        return Fit(0, accelerator.unknown)
    found = int(batch_room(shape, precision, accelerator, layout, length))
    if found:
        return Fit(found)
    enough = _enough(shape, precision, accelerator, length)
    weights = weights_bytes(shape, precision, Layout(1, 1)) / GIB
    on = f"{accelerator.id}x{layout.accelerators}"
    what = f"{model.id} in {precision} ({weights:.0f} GiB of weights) does not fit on {on}"
    if enough is None:
        return Fit(0, f"{what}, nor on any number of them: the cache of one request is not divided")
    return Fit(0, f"{what}; {enough} would do", larger=True)


def _enough(shape: Shape, precision: str, accelerator: Accelerator, length: float) -> int | None:
    """The smallest power of two of accelerators that holds one sequence; None when none does."""
    for power in range(ceil(log2(MOST_ACCELERATORS)) + 1):
        if batch_room(shape, precision, accelerator, Layout(2**power, 1), length) >= 1:
            return int(2**power)
    return None
