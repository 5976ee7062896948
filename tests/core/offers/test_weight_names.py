"""Names of open weights: with makers, precisions and tunings that the sheets do not list."""

from __future__ import annotations

import pytest

from llmcost import predict_throughput
from llmcost.core.offers.catalogue import Catalogue
from llmcost.core.offers.self_hosting.weight_names import check_precision, models_meant, precision_said
from llmcost.errors import OfferError


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("Qwen/Qwen3-8B-FP8", ["qwen3-8b"]),
        ("Qwen/Qwen3-235B-A22B-Instruct-2507-FP8", ["qwen3-235b-a22b"]),
        ("meta-llama/Meta-Llama-3.1-8B-Instruct", ["llama-3.1-8b"]),
        ("amd/Llama-3.1-405B-Instruct-FP8-KV", ["llama-3.1-405b"]),
        ("RedHatAI/Llama-3.3-70B-Instruct-quantized.w4a16", ["llama-3.1-70b"]),
        ("neuralmagic/Meta-Llama-3.1-70B-Instruct-FP8-dynamic", ["llama-3.1-70b"]),
        ("TheBloke/phi-4-GPTQ-Int4", ["phi-4"]),
        ("qwen3.6-35b", ["qwen3.6-35b-a3b"]),
        ("Qwen3.6-27B-Q8_0.gguf", ["qwen3.6-27b"]),
        ("unsloth/Qwen3-30B-A3B-Instruct-2507-GGUF", ["qwen3-30b-a3b-2507"]),
        ("nvidia/Llama-3.3-70B-Instruct-NVFP4", ["llama-3.1-70b"]),
        ("bartowski/Qwen_Qwen3.6-27B-GGUF", ["qwen3.6-27b"]),
        ("Qwen3.6-27B-UD-Q9_K_XL.gguf", []),
        ("someone/gpt_oss_120b", ["gpt-oss-120b"]),
        ("Qwen/Qwen9-8B", []),
        ("Qwen/Qwen3-8", []),
        ("", []),
    ],
)
def test_a_name_means_the_weights_below_it(shipped: Catalogue, name: str, meant: list[str]) -> None:
    """Maker, precision and tuning are left out as far as needed; another word is never a match."""
    assert models_meant(shipped.self_hosting.models.values(), name) == meant


@pytest.mark.parametrize("model", ["qwen3-30b-a3b-2507", "qwen3-30b-a3b"])
def test_nothing_is_left_out_beyond_what_makes_a_name_known(shipped: Catalogue, model: str) -> None:
    """A model whose name ends in its date is meant before the one without."""
    assert models_meant(shipped.self_hosting.models.values(), model.upper()) == [model]


@pytest.mark.parametrize(
    ("name", "precision"),
    [
        ("Qwen/Qwen3-8B-FP8", "fp8"),
        ("x/y-NVFP4", "fp4"),
        ("x/y-AWQ", "int4"),
        ("x/y-GPTQ-Int8", "int8"),
        ("x/y-quantized.w8a8", "int8"),
        ("x/y-FP8-KV", "fp8"),
        ("x/y-Q4_K_M", "q4_k_m"),
        ("x/y-Q8_0.gguf", "q8_0"),
        ("x/y.IQ4_XS.gguf", "iq4_xs"),
        ("x/y-BF16.gguf", "bf16"),
        ("x/y-GGUF", "q4_k_m"),
        ("x/y-AWQ-4bit", "int4"),
        ("Qwen/Qwen3-8B", None),
        ("x/fp8-trained", None),
    ],
)
def test_a_name_may_end_in_its_precision(name: str, precision: str | None) -> None:
    """What stands at the end says how the weights are kept; elsewhere it says nothing."""
    assert precision_said(name) == precision


def test_an_estimate_takes_such_a_name(shipped: Catalogue) -> None:
    """The same speed under the name of a checkpoint and under the model's own."""
    one, other = (
        predict_throughput(name, "fp8", "h100", 1, 1000, 200, 8, catalogue=shipped)
        for name in ("RedHatAI/Qwen3-8B-FP8-dynamic", "qwen3-8b")
    )
    assert one == other


@pytest.mark.parametrize(
    ("selector", "name"),
    [
        ("self/Qwen/Qwen3-8B-FP8@h100", "self/qwen3-8b:fp8@h100"),
        ("self/qwen3-8b@h100", "self/qwen3-8b:fp8@h100"),
        ("self/qwen3-8b@a100", "self/qwen3-8b:bf16@a100"),
        ("self/gpt-oss-120b@h100", "self/gpt-oss-120b:fp4@h100"),
        ("self/kimi-k2.5@h200", "self/kimi-k2.5:int4@h200"),
    ],
)
def test_the_precision_that_most_would_serve(shipped: Catalogue, selector: str, name: str) -> None:
    """A checkpoint's own, or fp8 where it is published so and the accelerator has units for it."""
    assert shipped.find(selector).name == name


def test_the_precision_that_was_taken_is_said(shipped: Catalogue) -> None:
    """Only where the selector does not say it."""
    assert "is taken in fp8" in str(shipped.look_up("self/qwen3-8b@h100").said)
    assert shipped.look_up("self/qwen3-8b:bf16@h100").said is None
    assert shipped.look_up("self/Qwen/Qwen3-8B-FP8@h100").said is None


@pytest.mark.parametrize(
    ("name", "asked"),
    [("x/y-AWQ", "int4"), ("x/y-AWQ", "w4a16"), ("x/y", "fp8"), ("x/y-GGUF", "Q8_0"), ("x/y-GGUF", "bf16")],
)
def test_a_precision_may_be_said_twice(name: str, asked: str) -> None:
    """The same in two words, and one of the files of a GGUF collection."""
    check_precision(name, asked)


@pytest.mark.parametrize(
    ("selector", "said"),
    [
        ("self/Qwen/Qwen3-8B-AWQ:fp8@h100", "qwen/qwen3-8b-awq is in int4 by its name, and fp8 is asked for"),
        ("self/qwen3-8b-gguf:fp8@h100", "qwen3-8b-gguf is of GGUF files by its name, and fp8 is asked for"),
    ],
)
def test_a_name_and_a_precision_that_contradict_each_other_are_refused(
    shipped: Catalogue, selector: str, said: str
) -> None:
    """Neither is taken before the other without a word."""
    with pytest.raises(OfferError, match=said):
        shipped.understand(selector)


@pytest.mark.parametrize(
    ("selector", "name", "said"),
    [
        ("self/qwen3-8b@RTX 4090", "self/qwen3-8b:fp8@rtx4090", None),
        ("self/qwen3-8b@8xH100", "self/qwen3-8b:fp8@h100x8", None),
        ("self/qwen3-8b@h100:2", "self/qwen3-8b:fp8@h100x2", None),
        ("self/qwen3-8b@NVIDIA H100 80GB HBM3", "self/qwen3-8b:fp8@h100", None),
        ("self/qwen3-8b@GCP/h100x8+spot", "self/qwen3-8b:fp8@google-cloud/h100x8+spot", None),
        ("self/qwen3:8b@rtx4090", "self/qwen3-8b:fp8@rtx4090", None),
        ("self/Llama-3.3-70B-Instruct-GGUF@h100", "self/llama-3.1-70b:q4_k_m@h100", "which is built alike"),
        ("self/meta-llama/Llama-3.3-70B-Instruct@h100", "self/llama-3.1-70b:fp8@h100", "which is built alike"),
        ("self/qwen3-8b@a100", "self/qwen3-8b:bf16@a100", "name another like :fp8"),
    ],
)
def test_hardware_is_named_as_people_name_it(shipped: Catalogue, selector: str, name: str, said: str | None) -> None:
    """Cards, counts and hosts in any usual way, and weights of another model that is built alike, which is said."""
    found = shipped.understand(selector)
    assert found.offer.name == name
    assert said is None or said in str(found.said)


@pytest.mark.parametrize("selector", ["self/qwen3-8b@x100", "self/qwen3-8b@2xh100x2", "self/qwen3-8b@nohost/h100"])
def test_other_hardware_is_never_a_match(shipped: Catalogue, selector: str) -> None:
    """What nothing has is refused, also where it looks like something."""
    with pytest.raises(OfferError):
        shipped.understand(selector)


@pytest.mark.parametrize("selector", ["self/qwen3-8b@8xH100", "self/qwen3-8b@RTX 4090"])
def test_exact_names_are_asked_of_hardware_too(shipped: Catalogue, selector: str) -> None:
    """A verdict takes ids and declared aliases, and says how to write what is meant."""
    with pytest.raises(OfferError, match="unknown model"):
        shipped.look_up(selector)
