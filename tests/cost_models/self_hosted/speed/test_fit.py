"""Memory: what fits, what does not, and how many accelerators would do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.examples import examples

from llmcost import predict_throughput
from llmcost.core.offers.catalogue import Catalogue
from llmcost.core.offers.self_hosting.hosts import SelfHosting
from llmcost.core.offers.self_hosting.open_weights import Architecture, OpenWeights
from llmcost.core.offers.self_hosting.precisions import parse_kv_precision, parse_precision, usual_kv_precision
from llmcost.cost_models.self_hosted.speed.memory import (
    GIB,
    Layout,
    Numbers,
    batch_room,
    cache_bytes,
    cache_room,
    most_sequences,
    weights_bytes,
    weights_gib,
)
from llmcost.cost_models.self_hosted.speed.shape import shape_of
from llmcost.errors import OfferError

lengths = st.floats(1, 1e6)
BF16, FP8 = Numbers("bf16", "bf16"), Numbers("fp8", "fp8")


@pytest.fixture(scope="module")
def hosting(small: Catalogue) -> SelfHosting:
    return small.self_hosting


@pytest.fixture(scope="module")
def real(shipped: Catalogue) -> SelfHosting:
    return shipped.self_hosting


def test_a_dense_shape_by_hand(hosting: SelfHosting) -> None:
    """Pebble: 2 x 8 heads x 128 = 2,048 elements a token and layer, 32 layers; all but embedding and head is fixed.

    8,047,820,800 parameters less 2 x 32,000 x 4,096 = 262,144,000 leaves 7,785,676,800.
    """
    shape = shape_of(hosting.models["pebble-8b"])
    assert shape is not None
    assert (shape.cache, shape.cache_ways, shape.fixed) == (65_536, 8, 7_785_676_800)
    assert shape.total == 8_047_820_800
    assert cache_bytes(shape, "bf16", Layout(1, 1), 1000) == 2 * 65_536 * 1000
    assert cache_bytes(shape, "fp8", Layout(4, 1), 1000) == 65_536 * 1000 / 4


@pytest.mark.parametrize(("kept", "width"), [("bf16", 2), ("fp8", 1)])
def test_how_wide_a_cache_is_kept(hosting: SelfHosting, kept: str, width: int) -> None:
    """Two bytes an element in bf16, one in fp8, whatever the weights are."""
    shape = shape_of(hosting.models["pebble-8b"])
    assert shape is not None
    assert cache_bytes(shape, kept, Layout(1, 1), 1000) == width * 65_536 * 1000


@pytest.mark.parametrize(
    ("precision", "engine", "kept"),
    [
        ("bf16", None, "bf16"),
        ("int4", "vllm", "bf16"),
        ("fp8", None, "bf16"),
        ("fp8", "vllm", "bf16"),
        ("fp8", "sglang", "bf16"),
        ("fp8", "tensorrt-llm", "fp8"),
        ("fp4", "vllm", "fp8"),
        ("q4_k_m", None, "bf16"),
    ],
)
def test_the_cache_that_an_engine_keeps_by_itself(precision: str, engine: str | None, kept: str) -> None:
    """Engines keep bf16 beside all but nvfp4 checkpoints, which say fp8, and TensorRT-LLM what fp8 checkpoints say."""
    assert usual_kv_precision(precision, engine) == kept


@pytest.mark.parametrize(
    ("word", "kept"), [("fp8", "fp8"), ("FP8_E4M3", "fp8"), ("bfloat16", "bf16"), ("fp16", "bf16")]
)
def test_a_cache_goes_by_the_words_of_engines(word: str, kept: str) -> None:
    """What engines take as the type of the cache is understood."""
    assert parse_kv_precision(word) == kept


def test_a_cache_of_another_kind_is_refused() -> None:
    """A type that no formula here knows is not guessed."""
    with pytest.raises(OfferError, match='"int2" is not a precision of a cache'):
        parse_kv_precision("int2")


def weights(facts: Architecture) -> OpenWeights:
    """A model of two million parameters."""
    return OpenWeights(
        id="m",
        name="M",
        developer="m",
        context_window=1000,
        precisions=("bf16",),
        architecture=facts,
        total=2_000_000,
    )


def test_weights_of_gguf_by_hand(hosting: SelfHosting) -> None:
    """llama.cpp states 4.8944 bits a weight for Q4_K_M, embedding and head included: 8,047,820,800 x 4.8944 / 8 bytes."""
    pebble = shape_of(hosting.models["pebble-8b"])
    assert pebble is not None
    assert weights_bytes(pebble, "q4_k_m", Layout(1, 1)) == pytest.approx(8_047_820_800 * 4.8944 / 8)


def test_a_mixture_by_hand(hosting: SelfHosting) -> None:
    """Boulder: an expert has 3 x 5,120 x 1,536 = 23,592,960 parameters, and there are 60 x 128 of them."""
    shape = shape_of(hosting.models["boulder-200b"])
    assert shape is not None
    assert (shape.expert, shape.moe_layers, shape.experts, shape.top_k) == (23_592_960, 60, 128, 8)
    assert shape.total == 200_000_000_000


def test_a_latent_cache_without_parts_of_its_own() -> None:
    """A latent cache keeps its rank in each layer, and of dimensions nobody states it has none."""
    facts = Architecture("mla", 4, 100, 8, 1000, 8, 16, kv_lora_rank=64, v_head_dim=32)
    bare = shape_of(weights(facts))
    turned = shape_of(weights(facts._replace(qk_rope_head_dim=8)))
    assert bare is not None
    assert turned is not None
    assert (bare.latent, bare.cache, bare.cache_ways, bare.attention) == (True, 4 * 64, 1, 4 * 8 * 32)
    assert (turned.cache, turned.attention) == (4 * (64 + 8), 4 * 8 * (32 + 8))


@pytest.mark.parametrize(
    ("word", "precision"),
    [
        ("bf16", "bf16"),
        ("bfloat16", "bf16"),
        ("FP16", "bf16"),
        ("fp8", "fp8"),
        ("fp4", "fp4"),
        ("nvfp4", "fp4"),
        ("MXFP4", "fp4"),
        ("int4", "int4"),
        ("awq", "int4"),
        ("GPTQ", "int4"),
        ("W4A16", "int4"),
        ("gptq-int4", "int4"),
        ("w8a8", "int8"),
        ("Q4_K_M", "q4_k_m"),
    ],
)
def test_a_precision_goes_by_any_of_its_words(word: str, precision: str) -> None:
    """Every word that makers of checkpoints use means one of the precisions, in capitals too."""
    assert parse_precision(word) == precision


def test_what_a_mixture_does_not_say_it_does_not_have() -> None:
    """Without a word of dense layers every layer holds experts, and tied embeddings are counted once, as the head."""
    facts = Architecture("moe", 4, 100, 8, 1000, 8, 16, experts=10, experts_per_token=2, moe_intermediate_size=50)
    shape = shape_of(weights(facts))
    tied = shape_of(weights(facts._replace(tied_embeddings=True)))
    assert shape is not None
    assert tied is not None
    assert (shape.moe_layers, shape.expert, shape.head, shape.embedding) == (4, 15_000, 100_000, 100_000)
    assert shape.fixed == 2_000_000 - 4 * 10 * 15_000 - 2 * 100_000
    assert (tied.head, tied.embedding, tied.fixed) == (100_000, 0, shape.fixed + 100_000)
    assert shape.active == shape.fixed + 4 * 2 * 15_000 + 100_000


@pytest.mark.parametrize(
    ("model", "cache", "state"),
    [
        ("qwen3.6-35b-a3b", 10_240, 64_389_120),
        ("qwen3.6-27b", 32_768, 153_944_064),
        ("qwen3.5-397b-a17b", 15_360, 192_061_440),
        ("qwen3-235b-a22b", 96_256, 0),
        ("deepseek-r1", 35_136, 0),
        ("gpt-oss-120b", 18_432, 0),
        ("llama-3.1-70b", 163_840, 0),
        ("minimax-m2.5", 126_976, 0),
        ("glm-5", 44_928, 0),
    ],
)
def test_cache_and_state_of_real_models(real: SelfHosting, model: str, cache: int, state: int) -> None:
    """Grouped heads, latent attention, sliding windows and linear attention keep what their configs come to."""
    shape = shape_of(real.models[model])
    assert shape is not None
    assert (shape.cache, shape.state) == (cache, state)


def test_latent_attention_is_not_divided_and_grouped_heads_only_so_far(real: SelfHosting) -> None:
    """Each accelerator keeps the whole latent cache; two key heads are cut two ways and no further."""
    latent, grouped = shape_of(real.models["deepseek-r1"]), shape_of(real.models["qwen3.6-35b-a3b"])
    assert latent is not None
    assert grouped is not None
    assert cache_bytes(latent, "fp8", Layout(8, 1), 1000) == cache_bytes(latent, "fp8", Layout(1, 1), 1000)
    by_two = cache_bytes(grouped._replace(state=0.0), "bf16", Layout(2, 1), 1000)
    assert by_two == cache_bytes(grouped._replace(state=0.0), "bf16", Layout(8, 1), 1000)


def test_a_sliding_window_stops_growing(real: SelfHosting) -> None:
    """Beyond 128 tokens half of gpt-oss's layers keep no more."""
    shape = shape_of(real.models["gpt-oss-120b"])
    assert shape is not None
    one, other = (cache_bytes(shape, "bf16", Layout(1, 1), length) for length in (1000, 2000))
    assert other - one == 2 * 18_432 * 1000


def test_a_model_that_does_not_fit_says_how_many_would_do(hosting: SelfHosting) -> None:
    """Boulder's 186 GiB do not fit on one Axon One of 100 GiB, nor on two beside the reserve; four would do."""
    boulder, ax1 = hosting.models["boulder-200b"], hosting.accelerators["ax1"]
    fit = most_sequences(boulder, FP8, ax1, Layout(1, 1), 2000)
    assert fit.problem == "boulder-200b in fp8 (187 GiB of weights) does not fit on ax1x1; 4 would do"
    assert fit.larger
    assert most_sequences(boulder, FP8, ax1, Layout(4, 1), 2000).sequences > 1


def test_what_nobody_states_is_said(hosting: SelfHosting) -> None:
    """Without a count of parameters, or an accelerator's memory, nothing is guessed."""
    pebble, dust = hosting.models["pebble-8b"], hosting.models["dust"]
    known, mystery = hosting.accelerators["ax1"], hosting.accelerators["mystery"]
    assert "how many parameters dust has" in str(most_sequences(dust, BF16, known, Layout(1, 1), 10).problem)
    assert "the memory and bandwidth and TFLOP/s of mystery" in str(
        most_sequences(pebble, BF16, mystery, Layout(1, 1), 10).problem
    )


@examples(2)
@given(length=lengths, more=lengths, count=st.sampled_from([1, 2, 4, 8]))
def test_longer_requests_never_fit_more_often(small: Catalogue, length: float, more: float, count: int) -> None:
    """Room for sequences falls with their length and grows with accelerators."""
    model = shape_of(small.self_hosting.models["pebble-8b"])
    accelerator = small.self_hosting.accelerators["ax1"]
    assert model is not None
    room = batch_room(model, BF16, accelerator, Layout(count, 1), length)
    assert batch_room(model, BF16, accelerator, Layout(count, 1), length + more) <= room
    assert batch_room(model, BF16, accelerator, Layout(count * 2, 1), length) >= room


MEASURED = [
    # utilisation, weights, activations, beside torch, measured room for the cache: all in GiB of one accelerator
    ("Qwen3-32B bf16 on one", 0.90, 61.03, 5.64, 0.14, 4.45),
    ("Qwen3-32B bf16 on two", 0.90, 30.59, 5.64, 0.54, 34.49),
    ("Llama-3.3-70B FP8 on two", 0.90, 33.88, 4.84, 0.55, 32.00),
    ("Mistral-Small-3.2-24B on one", 0.95, 44.76, 2.12, 0.14, 28.20),
    ("gpt-oss-120b on one", 0.95, 64.38, 7.38, 0.13, 3.33),
]


@pytest.mark.parametrize(("name", "used", "weights", "activations", "beside", "measured"), MEASURED)
def test_room_for_the_cache_is_what_vllm_reports(
    name: str, used: float, weights: float, activations: float, beside: float, measured: float
) -> None:
    """llm-d-planner docs/empirical-vllm-memory-results.md: the formula meets vLLM's own figure on an H100 of 79.18 GiB."""
    room = cache_room(weights * GIB, 79.18 * GIB, used, (activations + beside) * GIB) / GIB
    assert room == pytest.approx(measured, abs=0.0101)


def test_tokens_that_fit_are_what_vllm_reports() -> None:
    """Mistral-Small: 2 x 40 layers x 8 heads x 128 x 2 bytes = 163,840 a token; 28.20 GiB hold vLLM's 184,832 to 0.02%."""
    shape = Architecture("mistral", 40, 5120, 32, 131_072, 8, 128, 32_768)
    small = shape_of(
        OpenWeights(
            id="m",
            name="m",
            developer="mistral",
            context_window=131_072,
            precisions=("bf16",),
            architecture=shape,
            total=24 * 10**9,
        )
    )
    assert small is not None
    token = cache_bytes(small, "bf16", Layout(1, 1), 1)
    assert token == 163_840
    assert pytest.approx(184_832, rel=2e-4) == 28.20 * GIB / token


@pytest.mark.parametrize(
    ("model", "precision", "measured"), [("qwen3-32b", "bf16", 61.03), ("gpt-oss-120b", "fp4", 64.38)]
)
def test_weights_are_what_vllm_loads(real: SelfHosting, model: str, precision: str, measured: float) -> None:
    """Weights computed from the architecture are within 1% of what vLLM reports, 4-bit experts with bf16 rest included."""
    from llmcost.cost_models.self_hosted.speed.memory import weights_gib

    assert weights_gib(real.models[model], precision) == pytest.approx(measured, rel=0.01)


def test_int4_weights_by_hand(hosting: SelfHosting, real: SelfHosting) -> None:
    """Four bits and a scale of 16 bits for every 32 weights.

    Pebble: 7,785,676,800 x 0.5625 + 262,144,000 x 2 bytes. Kimi-K2.5's experts are published so, the rest in bf16: its
    maker serves it on one node of eight H200, and its files hold 555 to 600 GB.
    """
    pebble = shape_of(hosting.models["pebble-8b"])
    assert pebble is not None
    assert weights_bytes(pebble, "int4", Layout(1, 1)) == 7_785_676_800 * 0.5625 + 262_144_000 * 2
    kimi, h200 = real.models["kimi-k2.5"], real.accelerators["h200"]
    assert 555e9 < weights_gib(kimi, "int4") * GIB < 600e9
    assert most_sequences(kimi, Numbers("int4", "bf16"), h200, Layout(8, 1), 8000).sequences > 16
    assert most_sequences(kimi, Numbers("int4", "bf16"), h200, Layout(4, 1), 8000).larger


@pytest.mark.parametrize("word", ["int4", "AWQ", "gptq", "w4a16"])
def test_int4_runs_wherever_bf16_does(real: SelfHosting, word: str) -> None:
    """Its weights are made wide before any sum, so no accelerator needs units for it; nothing runs slower than bf16."""
    for accelerator in ("a100-80gb", "l40s", "h200"):
        small = predict_throughput("Qwen/Qwen3-8B", word, accelerator, 1, 1000, 200, 4, use_measurements=False)
        wide = predict_throughput("Qwen/Qwen3-8B", "bf16", accelerator, 1, 1000, 200, 4, use_measurements=False)
        assert small.output_tokens_per_second > wide.output_tokens_per_second


def test_where_the_weights_are_too_large_no_sequence_fits(hosting: SelfHosting) -> None:
    """A replica without room for the weights has room for none of a sequence, and never for less than none."""
    shape = shape_of(hosting.models["boulder-200b"])
    assert shape is not None
    assert batch_room(shape, BF16, hosting.accelerators["ax1"], Layout(1, 1), 1000) == 0
    assert most_sequences(hosting.models["boulder-200b"], BF16, hosting.accelerators["ax1"], Layout(1, 1), 1000).problem


@pytest.mark.parametrize("name", ["a3b", "b"])
def test_names_that_contain_a_slip_are_at_most_three(real: SelfHosting, name: str) -> None:
    """Of many models whose names contain what was written, three are named and each contains it."""
    with pytest.raises(OfferError) as refused:
        real.model(name)
    assert refused.value.remedy
    assert refused.value.remedy.startswith("did you mean: ")
    found = refused.value.remedy.removeprefix("did you mean: ").rstrip("?").split(", ")
    assert len(found) == 3
    assert all(name in each for each in found)
