"""Names of open weights as hubs and people write them: by a maker, and with what was done to them behind it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from llmcost.core.offers.self_hosting.accelerators import Accelerator
from llmcost.core.offers.self_hosting.open_weights import OpenWeights
from llmcost.core.offers.self_hosting.precisions import GGUF, OTHER_NAMES, PRECISIONS, parse_precision
from llmcost.errors import OfferError

IGNORED = re.compile(r"[.\-_\s]+")
"""What people write in different ways between the parts of a name."""
MAKER = re.compile("^meta-(?=llama)")
"""A maker that some hubs write once more before the name."""
ACTIVE = re.compile("-a[0-9.]+b$")
"""How many parameters work on a token, which people leave out."""
SAID = sorted({*PRECISIONS, *OTHER_NAMES, "gguf"}, key=len, reverse=True)
NARROWED = re.compile(
    rf"[-_.]({'|'.join(map(re.escape, SAID))})(-int[48]|-[48]bit|-(kv|dynamic|block|dynamic-block|g128|autoround))*$"
)
"""The precision that a checkpoint's name ends in, with what else is said of how it was made."""
USUAL_GGUF = "q4_k_m"
"""What is taken of a collection of GGUF files, of which nobody says one."""
TUNED = re.compile("[-_.](instruct|thinking|chat|it|hf|base|2507|quantized|qat|v1)$")
"""What was done to weights without a change of how they are built."""


def precision_said(name: str) -> str | None:
    """The precision that a name of weights ends in, such as ``-FP8``; None without one."""
    found = NARROWED.search(name.lower())
    if found is None:
        return None
    word = found[1]
    if word == "gguf":  # a file says in which format it is before that, a collection of files does not
        return precision_said(name[: found.start()]) or USUAL_GGUF
    eight = word == "gptq" and re.search("8(bit)?$", found[0]) is not None
    return parse_precision("int8" if eight else word)


def check_precision(name: str, asked: str) -> None:
    """Raise OfferError where a name of weights ends in a precision and another one is asked for.

    A collection of GGUF files has any of llama.cpp's formats, and bf16.
    """
    said, wanted = precision_said(name), parse_precision(asked)
    if said is None or wanted == said:
        return
    files = _is_collection(name.lower())
    if files and wanted in (*GGUF, "bf16"):
        return
    kind = "of GGUF files" if files else f"in {said}"
    raise OfferError(f"{name} is {kind} by its name, and {wanted} is asked for", "leave one of the two out")


def _is_collection(name: str) -> bool:
    """Whether a name is of GGUF files, and does not say of which."""
    found = NARROWED.search(name)
    return found is not None and found[1] == "gguf" and precision_said(name[: found.start()]) is None


def models_meant(models: Iterable[OpenWeights], name: str) -> list[str]:
    """The ids of the models that a name means once its maker, its precision and its tuning are left out.

    Nothing is left out beyond what makes it known. [] for none, several where it is open.
    """
    known: dict[str, set[str]] = {}
    short: dict[str, set[str]] = {}
    for model in models:
        for each in model.names():
            last = _last(each)
            known.setdefault(_plain(last), set()).add(model.id)
            short.setdefault(_plain(ACTIVE.sub("", last)), set()).add(model.id)
    last = _last(name.strip())
    for word in (last, last.partition("_")[2]):  # some hubs write maker_model
        while word:
            found = known.get(_plain(word)) or short.get(_plain(word))
            if found:
                return sorted(found)
            left = NARROWED.sub("", word)
            left = TUNED.sub("", word) if left == word else left
            if left == word:
                break
            word = left
    return []


def is_built_alike(name: str, model: OpenWeights) -> bool:
    """Whether a name that means a model is not that model's own, but that of one which is built alike."""
    return _core(name) not in {_core(model.id), _core(model.name)}


def _core(name: str) -> str:
    """A name without maker, precision, tuning and how much is active."""
    word, left = "", _last(name)
    while word != left:
        word = left
        left = TUNED.sub("", NARROWED.sub("", word))
    return _plain(ACTIVE.sub("", word))


def usual_precision(model: OpenWeights, accelerator: Accelerator) -> str:
    """The precision that most would serve a model in: its own, or fp8 where it is published so and units take it."""
    first = model.precisions[0]
    return "fp8" if first == "bf16" and "fp8" in model.precisions and "fp8" in accelerator.tflops else first


def _last(name: str) -> str:
    return MAKER.sub("", name.lower().rpartition("/")[2])


def _plain(name: str) -> str:
    return IGNORED.sub("", name)
