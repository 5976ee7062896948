"""The shape of the sheets behind self-hosting: accelerators, hosts that rent them, open weights, measured speed."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from llmcost.core.offers.self_hosting.precisions import KvPrecision, Precision
from llmcost.sheets.field_types import (
    Day,
    Duration,
    Evidence,
    Factor,
    Id,
    Name,
    Percent,
    PointText,
    PriceText,
    Start,
    Strict,
    Text,
    Url,
    Whole,
    Word,
)

Speeds = Annotated[dict[Precision, Factor], Field(min_length=1)]


class AcceleratorSheet(Strict):
    """One kind of accelerator; what is left out is not known."""

    id: Word
    name: Text
    aliases: list[Word] = []
    """Other ids it answers to."""
    maker: Word
    memory_gib: Factor | None = None
    """Memory of one, in GiB."""
    bandwidth_gb_s: Factor | None = None
    """Memory bandwidth, in GB/s."""
    tflops: Speeds | None = None
    """Dense TFLOP/s by precision; a precision that is left out has no units of its own."""
    weight_only: list[Precision] = []
    """Precisions without units of their own whose weights it takes all the same, at the speed of a wider one."""
    link_gb_s: Factor | None = None
    """Interconnect between accelerators, one way, in GB/s."""
    domain: Whole | None = None
    """How many are joined by that interconnect."""
    pcie: Literal["3", "4", "5", "6"] | None = None
    """The generation of its PCIe with 16 lanes, by which cards without an interconnect of their own meet."""
    peer_access: Literal["true", "false"] | None = None
    """Whether such cards copy to each other directly; false goes through the host's memory."""
    unserved: Text | None = None
    """Why no engine runs language models on it; such an accelerator is refused with these words."""
    power_w: Factor | None = None
    """Thermal design power of one, in W."""
    provisioned_kw: Factor | None = None
    """All-in power per accelerator in kW, with its share of server, network and facility."""
    checked_on: Day | None = None
    """The earliest day of the sources' range; left out when it is not known."""
    source: Url
    via: Text | None = None
    note: Text | None = None


class AcceleratorsSheet(Strict):
    """What accelerators can do."""

    kind: Literal["accelerators"]
    note: Text | None = None
    accelerators: list[AcceleratorSheet] = Field(min_length=1)


class ComputePrice(Strict):
    """What an instance costs from one day on, in some places."""

    places: list[Word] = []
    """The host's regions this price holds in; left out: the default place."""
    effective_from: Start | None = None
    """First day, inclusive; left out on the earliest entry when the start is not known."""
    withdrawn_on: Start | None = None
    checked_on: Day | None = None
    """The earliest day of the source's stated range; left out when the source has no date."""
    source: Url
    via: Text | None = None
    evidence: Evidence | None = None
    """What `via` names: a copy of the host's page, or a third party that says so; left out: third-party."""
    rates: Annotated[dict[Word, PriceText], Field(min_length=1)]
    """Terms to rate: on-demand, spot, 1yr, 3yr …, of the whole instance, by second, minute, hour or month."""
    derived: Text | None = None
    """The rule by which the figures were computed; left out when quoted."""
    note: Text | None = None


class OwnedSheet(Strict):
    """Hardware that is bought; every part is a charge of its own."""

    purchase: PriceText
    """Price of the server, such as `250000 USD`."""
    years: Whole
    """How long it is used."""
    residual: Percent = "0%"
    """What it is worth afterwards, as a part of the purchase."""
    cost_of_capital: Percent = "0%"
    """Yearly cost of the money in it."""
    power_kw: Factor | None = None
    """Power of the server at work, in kW; left out: the accelerators' own."""
    includes_facility: Literal["true", "false"] = "false"
    """Whether that power contains cooling and other losses already, so that PUE is not applied again."""
    pue: Factor = "1"
    """Power usage effectiveness of the site."""
    power_price: PriceText | None = None
    """Such as `0.12 USD / kWh`."""
    hosting: PriceText | None = None
    """Such as `150 USD / kW-month`, for the server's power."""
    staff: PriceText | None = None
    """Such as `4000 USD / month` for the whole fleet."""
    source: Url | None = None
    """Where the figures are from; left out for your own."""
    via: Text | None = None
    """How the source was read, when not itself."""
    checked_on: Day | None = None
    note: Text | None = None


class ScalingSheet(Strict):
    """How an instance comes and goes with its requests."""

    idle: Duration
    """How long it stays, and is billed, after its last request."""
    cold_start: Duration | None = None
    """What a start takes and bills until it answers; left out when nobody states it."""
    source: Url | None = None
    """Where the times are from; left out for your own."""
    via: Text | None = None
    checked_on: Day | None = None
    note: Text | None = None


class InstanceSheet(Strict):
    """Something the host rents, or a server of your own."""

    id: Id
    accelerator: Word
    """An id of the accelerators sheet."""
    accelerators: Whole
    """How many are in it."""
    joined: Whole | None = None
    """How many accelerators of such instances one replica may span; left out: those of one instance."""
    prices: list[ComputePrice] = []
    """The history, one entry per change."""
    scale_to_zero: ScalingSheet | None = None
    """Given where it is billed only while requests come."""
    owned: OwnedSheet | None = None
    """Given instead of prices for hardware that is bought."""
    note: Text | None = None


class Announcement(Strict):
    """A change of prices that was announced without a price for each instance."""

    what: Text
    effective_from: Text
    """The day, or the month when no more is known."""
    announced_on: Day | None = None
    change: Text | None = None
    """How much, such as `5% to 34%`; left out when no source says."""
    adjust: Text | None = None
    """What to give to --adjust to suppose its upper end."""
    source: Url | None = None
    note: Text | None = None


class ComputeSheet(Strict):
    """Hourly prices of accelerators at one host."""

    kind: Literal["compute"]
    host: Word
    name: Text
    default_place: Word
    """The region meant when none is named."""
    reference: Literal["true", "false"] = "false"
    """Whether these are published averages that nobody rents at; such a host is never chosen by itself."""
    at_home: Literal["true", "false"] = "false"
    """Whether these are machines for one person: one request at a time, no spare, power while they work."""
    managed: Literal["true", "false"] = "false"
    """Whether the engine is the host's own, so that how a replica is cut is not one's own choice."""
    note: Text | None = None
    instances: list[InstanceSheet] = []
    announcements: list[Announcement] = []


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
