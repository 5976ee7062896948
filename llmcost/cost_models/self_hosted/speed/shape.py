"""What an architecture comes to: parameters by part, cache elements per token, state per sequence."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from llmcost.core.offers.self_hosting.open_weights import Architecture, OpenWeights

MATRICES = 3
"""Of a gated feed-forward network: gate, up and down."""
STATE_BYTES = 4
CONVOLUTION_BYTES = 2


class Shape(NamedTuple):
    """Counts of parameters, cache elements and layers.

    ``expert`` is one routed expert; ``fixed`` all that is neither expert, embedding nor head; ``active`` what works on
    a token, head included. ``cache`` and ``window_cache`` are elements a token leaves in full and in sliding layers,
    ``index_cache`` those of sparse attention's index; ``cache_ways`` how far tensor parallelism divides them.
    ``state`` is bytes a sequence keeps whatever its length. ``attention`` is heads × (query-key + value) size over the
    full layers, ``window_attention`` over the sliding ones, ``index_attention`` of the index. ``fp8_blocks`` says that
    fp8 weights are scaled in blocks.
    """

    layers: int
    hidden: int
    moe_layers: int
    experts: int
    top_k: int
    expert: float
    fixed: float
    head: float
    embedding: float
    active: float
    full_layers: int
    window: int
    cache: float
    window_cache: float
    index_cache: float
    cache_ways: int
    state: float
    attention: float
    window_attention: float
    index_attention: float
    top_tokens: int
    latent: bool
    linear: bool
    novel: bool
    fp8_blocks: bool

    @property
    def total(self) -> float:
        """All parameters."""
        return self.fixed + self.moe_layers * self.experts * self.expert + self.head + self.embedding


def _shape(architecture: Architecture, total: int, active: int | None, *, fp8_blocks: bool) -> Shape:
    a = architecture
    full = a.layers - a.sliding_layers - a.linear_layers
    moe_layers = a.layers - a.dense_layers if a.experts else 0
    experts = a.experts or 0
    head = float(a.vocab_size * a.hidden_size)
    embedding = 0.0 if a.tied_embeddings else head
    expert = float(MATRICES * a.hidden_size * (a.moe_intermediate_size or 0)) if experts else 0.0
    room = total - head - embedding
    if moe_layers and moe_layers * experts * expert > room:
        # experts that work in a narrower space than the hidden one: the published total says how large they can be
        expert = 0.95 * room / (moe_layers * experts)
    fixed = room - moe_layers * experts * expert
    top_k = min(a.experts_per_token or 0, experts)
    if a.kv_lora_rank is not None:
        per_layer = a.kv_lora_rank + (a.qk_rope_head_dim or 0)
        ways = 1
        attention = a.attention_heads * ((a.qk_nope_head_dim or 0) + (a.qk_rope_head_dim or 0) + (a.v_head_dim or 0))
    else:
        heads, size = a.global_kv_heads or a.kv_heads, a.global_head_dim or a.head_dim
        per_layer, ways, attention = 2 * heads * size, heads, a.attention_heads * 2 * size
    keys = a.linear_key_heads * a.linear_key_dim
    values = a.linear_value_heads * a.linear_value_dim
    remembered = a.linear_value_heads * a.linear_key_dim * a.linear_value_dim * STATE_BYTES
    convolution = (2 * keys + values) * max(0, a.linear_conv_kernel - 1) * CONVOLUTION_BYTES
    indexed = a.index_topk is not None
    return Shape(
        layers=a.layers,
        hidden=a.hidden_size,
        moe_layers=moe_layers,
        experts=experts,
        top_k=top_k,
        expert=expert,
        fixed=fixed,
        head=head,
        embedding=embedding,
        active=float(active) if active and active < total else fixed + moe_layers * top_k * expert + head,
        full_layers=full,
        window=a.sliding_window or 1,
        cache=float(full * per_layer),
        window_cache=float(a.sliding_layers * 2 * a.kv_heads * a.head_dim),
        index_cache=float(full * a.index_head_dim) if indexed else 0.0,
        cache_ways=max(1, ways),
        state=float(a.linear_layers * (remembered + convolution)),
        attention=float(full * attention),
        window_attention=float(a.sliding_layers * a.attention_heads * 2 * a.head_dim),
        index_attention=float(full * a.index_heads * a.index_head_dim) if indexed else 0.0,
        top_tokens=a.index_topk or 0,
        latent=a.kv_lora_rank is not None,
        linear=a.linear_layers > 0,
        novel=a.novel,
        fp8_blocks=fp8_blocks,
    )


@lru_cache(maxsize=512)
def shape_of(model: OpenWeights) -> Shape | None:
    """The shape of a model; None when nobody says how many parameters it has.

    Where no source says how fp8 weights are scaled they are taken to be in blocks, which is slower and more usual.
    """
    if model.total is None:
        return None
    return _shape(model.architecture, model.total, model.active, fp8_blocks=model.fp8_blocks is not False)
