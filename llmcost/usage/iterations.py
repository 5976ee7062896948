"""The inferences that made one of Anthropic's answers, where its own counts leave some of them out.

Source: Anthropic's documentation of the advisor tool, of compaction and of refusals and fallback, `usage.iterations`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

BESIDE = ("advisor_message", "compaction")
"""Inferences that are billed beside those that the counts of a message are of."""


def left_out(iterations: object, model: str | None) -> list[tuple[int, Mapping[str, Any]]]:
    """The inferences that the counts of an answer by ``model`` leave out, with their places in the list.

    Where another model took over, the counts are those of the one that answered; what the first one wrote before it
    declined is billed by its own prices, and nothing is where it wrote nothing.
    """
    listed = [each for each in iterations if isinstance(each, dict)] if isinstance(iterations, list) else []
    took_over = any(each.get("type") == "fallback_message" for each in listed)
    return [
        (number, each)
        for number, each in enumerate(listed)
        if each.get("type") in BESIDE or (took_over and _has_declined(each, model))
    ]


def _has_declined(iteration: Mapping[str, Any], model: str | None) -> bool:
    """Whether an inference is of another model than the one that answered, and wrote something."""
    other = iteration.get("model") not in (None, model)
    return iteration.get("type") == "message" and other and bool(iteration.get("output_tokens"))
