"""Precisions: how weights and the cache are kept, what that takes, and which sums they run in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple, get_args

from llmcost.errors import OfferError

Precision = Literal[
    "bf16", "fp8", "fp4", "int8", "int4",
    "q8_0", "q6_k", "q5_k_m", "q5_k_s", "q4_k_m", "q4_k_s", "iq4_nl", "iq4_xs", "q3_k_l",
]  # fmt: skip
PRECISIONS: tuple[str, ...] = get_args(Precision)
KvPrecision = Literal["bf16", "fp8"]
KV_PRECISIONS: tuple[str, ...] = get_args(KvPrecision)


class WeightFormat(NamedTuple):
    """How weights are kept: bytes of one with its scales, and the units its sums run in, the quickest first.

    ``mixed`` says that checkpoints of mixtures keep all but their experts in bf16; ``whole`` that embedding and head
    are kept in it too.
    """

    bytes: float
    units: tuple[str, ...]
    mixed: bool = False
    whole: bool = False


WEIGHT_FORMATS: Mapping[str, WeightFormat] = {
    "bf16": WeightFormat(2.0, ("bf16",)),
    "fp8": WeightFormat(1.0, ("fp8", "bf16")),
    # one 8-bit scale for every 16
    "fp4": WeightFormat(0.5625, ("fp4", "bf16"), mixed=True),
    "int8": WeightFormat(1.0, ("int8", "bf16")),
    # one 16-bit scale for every 32, as Kimi's own; groups of 128, as AWQ and GPTQ make, take 0.52
    "int4": WeightFormat(0.5625, ("bf16",), mixed=True),
    # bits a weight as llama.cpp's quantize states them for Llama 3.1 8B
    "q8_0": WeightFormat(8.5008 / 8, ("bf16",), whole=True),
    "q6_k": WeightFormat(6.5633 / 8, ("bf16",), whole=True),
    "q5_k_m": WeightFormat(5.7036 / 8, ("bf16",), whole=True),
    "q5_k_s": WeightFormat(5.5704 / 8, ("bf16",), whole=True),
    "q4_k_m": WeightFormat(4.8944 / 8, ("bf16",), whole=True),
    "q4_k_s": WeightFormat(4.6672 / 8, ("bf16",), whole=True),
    "iq4_nl": WeightFormat(4.6818 / 8, ("bf16",), whole=True),
    "iq4_xs": WeightFormat(4.4597 / 8, ("bf16",), whole=True),
    "q3_k_l": WeightFormat(4.2979 / 8, ("bf16",), whole=True),
}
KV_BYTES: Mapping[str, float] = {"bf16": 2.0, "fp8": 1.0}
"""Bytes of an element of the cache."""
WEIGHTS_ONLY = frozenset(PRECISIONS) - {"bf16", "fp8", "fp4"}
"""Precisions whose weights are made wide again where no units take them, so that every accelerator with bf16 does."""
GGUF = frozenset(name for name, each in WEIGHT_FORMATS.items() if each.whole)
"""Precisions that llama.cpp alone runs well."""
NO_GGUF = frozenset({"fp8", "int8", "int4"})
"""Precisions that llama.cpp has no files of; fp4 it has for models that are trained in it."""
FOUR_BITS = frozenset({"fp4", "int4", "q4_k_m", "q4_k_s", "iq4_nl", "iq4_xs"})
OTHER_NAMES = {
    "bfloat16": "bf16",
    "fp16": "bf16",
    "float16": "bf16",
    "f16": "bf16",
    "fp8-dynamic": "fp8",
    "fp8-block": "fp8",
    "nvfp4": "fp4",
    "mxfp4": "fp4",
    "w4a4": "fp4",
    "w8a8": "int8",
    "awq": "int4",
    "gptq": "int4",
    "awq-int4": "int4",
    "awq-4bit": "int4",
    "gptq-4bit": "int4",
    "gptq-8bit": "int8",
    "gptq-int4": "int4",
    "gptq-int8": "int8",
    "w4a16": "int4",
    "w8a16": "int8",
}
"""Other words for a precision; both 4-bit floating-point formats are counted as one, and so are ways to make int4."""


def parse_precision(text: str) -> str:
    """The precision a word means. Raises OfferError for another word."""
    word = text.lower()
    found = OTHER_NAMES.get(word, word)
    if found not in PRECISIONS:
        raise OfferError(f'"{text}" is not a precision', f"write one of: {', '.join(PRECISIONS)}")
    return found


def parse_kv_precision(text: str) -> str:
    """The precision of a cache that a word means. Raises OfferError for another word."""
    word = text.lower().partition("_")[0]
    found = OTHER_NAMES.get(word, word)
    if found not in KV_PRECISIONS:
        raise OfferError(f'"{text}" is not a precision of a cache', f"write one of: {', '.join(KV_PRECISIONS)}")
    return found


def usual_kv_precision(precision: str, engine: str | None) -> str:
    """The precision of the cache that an engine takes when nobody says one; ``engine`` of None is any.

    vLLM and SGLang keep the model's own bf16 beside fp8 and integer weights; TensorRT-LLM takes what the checkpoint
    says, which for fp8 is fp8; checkpoints in nvfp4 say fp8, and all of them follow it.
    """
    follows = precision == "fp4" or (precision == "fp8" and engine == "tensorrt-llm")
    return "fp8" if follows else "bf16"
