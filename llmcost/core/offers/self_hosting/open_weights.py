"""Open-weight models: the facts of their architecture that memory and speed depend on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Architecture(NamedTuple):
    """What a model's config.json says, in tokens, layers and elements; None and 0 mean that it has no such part.

    ``shared_experts`` is in units of one routed expert; ``dense_layers`` are the first ones without experts.
    ``linear_layers`` keep a state of fixed size; ``sliding_layers`` look back ``sliding_window`` tokens. ``index_*``
    is sparse attention's choice of keys; ``global_*`` the head shape of full layers where it is their own.
    ``novel`` marks a layout that the capacity model was not made for.
    """

    model_type: str
    layers: int
    hidden_size: int
    attention_heads: int
    vocab_size: int
    kv_heads: int
    head_dim: int
    intermediate_size: int | None = None
    tied_embeddings: bool = False
    experts: int | None = None
    experts_per_token: int | None = None
    moe_intermediate_size: int | None = None
    shared_experts: float = 0
    dense_layers: int = 0
    kv_lora_rank: int | None = None
    q_lora_rank: int | None = None
    qk_rope_head_dim: int | None = None
    qk_nope_head_dim: int | None = None
    v_head_dim: int | None = None
    sliding_window: int | None = None
    sliding_layers: int = 0
    linear_layers: int = 0
    linear_key_heads: int = 0
    linear_value_heads: int = 0
    linear_key_dim: int = 0
    linear_value_dim: int = 0
    linear_conv_kernel: int = 0
    index_topk: int | None = None
    index_heads: int = 0
    index_head_dim: int = 0
    global_head_dim: int | None = None
    global_kv_heads: int | None = None
    expert_precision: str | None = None
    novel: bool = False


class Acceptance(NamedTuple):
    """How many tokens a step gave on average where ``drafts`` further ones were guessed by a method, at one task."""

    method: str
    drafts: int
    task: str
    tokens: float
    source: str


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class OpenWeights:
    """A model whose weights can be run by anybody.

    ``name`` is its public name, ``aliases`` those of models built alike. ``precisions`` are those a source shows, the
    usual one first. ``fp8_blocks`` says whether fp8 weights are scaled in blocks rather than by channel or tensor, None
    where no source does. ``kv_precision`` is of the cache beside all of them, None where the engine decides. ``total``
    and ``active`` count parameters, ``active`` those that work on one token without the embedding; None when they are
    not known. ``speculation`` is what was measured of guessing tokens. ``licence`` of None was not verified.
    """

    id: str
    name: str
    developer: str
    context_window: int
    precisions: tuple[str, ...]
    architecture: Architecture
    aliases: tuple[str, ...] = ()
    fp8_blocks: bool | None = None
    kv_precision: str | None = None
    total: int | None = None
    active: int | None = None
    speculation: tuple[Acceptance, ...] = ()
    licence: str | None = None
    source: str = ""
    note: str | None = None

    def names(self) -> tuple[str, ...]:
        """Every name it answers to."""
        return (self.id, self.name, *self.aliases)
