"""The words of ``compare``: a workload, or offers that people name without ``-m``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from llmcost.cli.inputs.usage.files import is_usage
from llmcost.cli.options import SelectionOptions
from llmcost.core.quotes.notes import Note
from llmcost.errors import LlmcostError

GIT = "git:"
PATHS = (".yaml", ".yml", ".json")
"""How a word ends that can only be a file."""


class Words(NamedTuple):
    """The workload that is named, None for none; the options with the offers among the words; what is said of them.

    ``usage`` are paths of real usage.
    """

    workload: str | None
    choice: SelectionOptions
    notes: list[Note]
    usage: list[str]


def ask_words(words: Sequence[str], choice: SelectionOptions) -> Words:
    """Which word is the workload, and which are offers.

    Raises LlmcostError for two workloads, and for one beside real usage.
    """
    if not words:
        return Words(None, choice, [], [])
    from llmcost.sheets.load import builtin_folder
    from llmcost.workloads.presets import ready_made

    names = ready_made(builtin_folder())
    usage = [word for word in words if word not in names and is_usage(word)]
    workloads = [word for word in words if word not in usage and _is_workload(word, names)]
    offers = [word for word in words if word not in workloads and word not in usage]
    if usage and workloads:
        raise LlmcostError(f"{usage[0]} is usage and {workloads[0]} a workload", "one is compared at a time")
    if len(workloads) > 1:
        raise LlmcostError(f"{workloads[0]} and {workloads[1]} are both workloads", "one is compared at a time")
    if not offers:
        return Words(workloads[0] if workloads else None, choice, [], usage)
    said = Note("as-offers", f"taken as offers, as after -m: {', '.join(offers)}")
    return Words(workloads[0] if workloads else None, replace(choice, model=[*choice.model, *offers]), [said], usage)


def _is_workload(word: str, names: Sequence[str]) -> bool:
    """Whether a word is a file, a ready-made workload, or a slip for one of them."""
    if word == "-" or word.startswith(GIT) or word in names or word.lower().endswith(PATHS):
        return True
    path = Path(word)
    if path.exists() and not path.is_dir():
        return True
    from difflib import get_close_matches

    return bool(get_close_matches(word, names, n=1, cutoff=0.8))
