"""The shape of sheets of models to be run: open weights, and measured speed."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from llmcost.core.offers.self_hosting.precisions import KvPrecision, Precision
from llmcost.sheets.field_types import (
    Day,
    Factor,
    Name,
    PointText,
    Strict,
    Text,
    Url,
    Whole,
    Word,
)


class Parameters(Strict):
    """How many parameters there are, embeddings included."""

    total: Whole
    active: Whole | None = None
    """Those that work on one token, without the embedding; left out for dense models: all."""
    derived: Text | None = None
    """The rule by which they were computed; left out when quoted."""


class ArchitectureSheet(Strict):
    """Facts of the model's config.json, under its own names where there are several."""

    model_type: Word
    layers: Whole
    hidden_size: Whole
    attention_heads: Whole
    kv_heads: Whole | None = None
    head_dim: Whole | None = None
    """Left out: hidden_size / attention_heads."""
    vocab_size: Whole
    intermediate_size: Whole | None = None
    tied_embeddings: Literal["true", "false"] = "false"
    experts: Whole | None = None
    """Routed experts per layer; left out for dense models."""
    experts_per_token: Whole | None = None
    moe_intermediate_size: Whole | None = None
    shared_experts: Whole | None = None
    """Shared experts, in units of one routed expert."""
    dense_layers: Whole | None = None
    """First layers without experts."""
    kv_lora_rank: Whole | None = None
    """Latent attention: size of the compressed key and value."""
    q_lora_rank: Whole | None = None
    qk_rope_head_dim: Whole | None = None
    qk_nope_head_dim: Whole | None = None
    v_head_dim: Whole | None = None
    sliding_window: Whole | None = None
    """Tokens that a sliding layer looks back."""
    sliding_layers: Whole | None = None
    linear_layers: Whole | None = None
    """Layers of linear attention, with a state of fixed size."""
    linear_key_heads: Whole | None = None
    linear_value_heads: Whole | None = None
    linear_key_dim: Whole | None = None
    linear_value_dim: Whole | None = None
    linear_conv_kernel: Whole | None = None
    index_topk: Whole | None = None
    """Sparse attention: keys that a query looks at."""
    index_heads: Whole | None = None
    index_head_dim: Whole | None = None
    global_head_dim: Whole | None = None
    global_kv_heads: Whole | None = None
    expert_precision: Precision | None = None
    """Precision of the published experts, when it is not the rest's."""
    mtp_layers: Whole | None = None
    """Layers that predict further tokens, for speculative decoding."""
    ssm_state_size: Whole | None = None
    mamba_heads: Whole | None = None
    mamba_head_dim: Whole | None = None
    novel: Literal["true", "false"] = "false"
    """Whether the layout is one that the capacity model was not made for."""


class SpeculationSheet(Strict):
    """How many tokens a step gave on average where further ones were guessed."""

    method: Text
    """How they were guessed, such as MTP or EAGLE-3."""
    drafts: Whole
    """How many were guessed in each step."""
    tokens: Annotated[dict[Text, Factor], Field(min_length=1)]
    """Tokens of a step by task, with the one that comes without guessing."""
    source: Url
    via: Text | None = None
    checked_on: Day | None = None
    note: Text | None = None


class OpenWeightsSheet(Strict):
    """A model whose weights can be run by anybody."""

    kind: Literal["open_weights"]
    id: Word
    name: Name
    """Its full public name, such as Qwen/Qwen3.6-27B."""
    aliases: list[Name] = []
    """Public names of models with the same architecture and size."""
    developer: Word
    licence: Text | None = None
    """Left out when it was not verified."""
    licence_source: Text | None = None
    context_window: Whole
    precisions: list[Precision] = Field(min_length=1)
    """Precisions of weights that a source shows; the first is meant when none is named."""
    fp8_blocks: Literal["true", "false"] | None = None
    """Whether its usual fp8 checkpoint is scaled in blocks, rather than by channel or tensor; left out: not known."""
    fp8_source: Text | None = None
    """Where that was seen."""
    kv_precision: KvPrecision | None = None
    """Of the cache of keys and values that engines keep beside its checkpoints; left out: the engine's usual one."""
    parameters: Parameters | None = None
    """Left out when no source states them and they cannot be computed."""
    architecture: ArchitectureSheet
    speculation: list[SpeculationSheet] = []
    """What was measured of speculative decoding."""
    checked_on: Day | None = None
    source: Url
    via: Text | None = None
    note: Text | None = None


class DisaggregationSheet(Strict):
    """How a replica reads prompts on some of its accelerators and answers on the others."""

    prefill_accelerators: Whole
    """How many of the accelerators read prompts; the others answer."""
    prefill_workers: Whole
    """Engines that read prompts, each on as many accelerators."""
    decode_workers: Whole
    layout: Text | None = None
    """How each worker is cut, in words."""


class CurveSheet(Strict):
    """Speed measured at several concurrencies, everything else being the same."""

    model: Name
    """An id of an open-weights sheet, or the public name."""
    accelerator: Word | None = None
    """Left out when it is not known; then the curve is only shown, as without a precision."""
    accelerators: Whole | None = None
    """How many one replica used; left out when the source does not say, and then it is only shown."""
    precision: Precision | None = None
    kv_precision: KvPrecision | None = None
    """Of the cache of keys and values; left out when the source does not say: the engine's usual one is taken."""
    engine: Word | None = None
    engine_version: Text | None = None
    tensor_parallel: Whole | None = None
    data_parallel: Whole | None = None
    expert_parallel: Whole | None = None
    disaggregated: DisaggregationSheet | None = None
    """Left out where the same accelerators read and answer."""
    input_tokens: Factor
    """Mean tokens of a prompt as they were, or nominal ones with a length_factor."""
    output_tokens: Factor
    length_factor: Factor = "1"
    """Mean length as a part of the nominal one."""
    rate_of: Literal["output", "decode", "total"] = "output"
    """What the points' rates count: output of each accelerator, or of each that answers; total is input and output
    together, and is only shown."""
    speculative: Text | None = None
    """How further tokens were guessed; left out for none."""
    doubt: Text | None = None
    """Why the figures are not believed; such a curve is only shown."""
    measured_on: Day | None = None
    source: Url | None = None
    """The curve's own source, when it is not the sheet's."""
    via: Text | None = None
    note: Text | None = None
    points: Annotated[list[PointText], Field(min_length=1)]
    """Each `CONCURRENCY TTFT_MS TPOT_MS [TOKENS_PER_SECOND]`, the rate of one accelerator; `-` for not measured."""


class MeasurementsSheet(Strict):
    """Measured speed of models on accelerators."""

    kind: Literal["measurements"]
    source: Url | None = None
    """Left out for your own."""
    via: Text | None = None
    derived: Text | None = None
    """The rule by which rates were computed; left out when they were measured as such."""
    note: Text | None = None
    curves: list[CurveSheet] = Field(min_length=1)
