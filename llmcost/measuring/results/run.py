"""What one run of a load generator states, whatever the tool, and what a format of its files is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from llmcost.measuring.results.fields import Fields
from llmcost.measuring.sheet import ServerFacts

MEAN = "concurrency is the mean number of requests under way"


class Run(NamedTuple):
    """One run as its file states it; None for what the file does not say.

    Lengths are mean tokens of one request. ``requests`` were answered, ``pace`` of them a second, ``failures`` were
    not. ``clients`` is how many requests the tool held under way, ``under_way`` how many were on average; ``clock`` how
    many it sent a second whatever came back, None when it sent one whenever there was room. ``ttft`` and ``tpot`` are
    seconds as a curve has them, medians where there are any; ``first``, ``further`` and ``whole`` are means: seconds to
    the first token, between further ones, and of a whole request. ``note`` is what stands for something else.
    """

    server: ServerFacts
    input_tokens: float
    output_tokens: float
    requests: int
    tokens_per_second: float
    failures: int = 0
    pace: float | None = None
    clients: float | None = None
    under_way: float | None = None
    clock: float | None = None
    ttft: float | None = None
    tpot: float | None = None
    first: float | None = None
    further: float | None = None
    whole: float | None = None
    day: str | None = None
    note: str | None = None


class Format(NamedTuple):
    """The files of one tool: those that have any of the keys ``marks``.

    ``runs`` reads the runs of one; ``concurrency`` is the key that says how many requests it held under way; ``again``
    says how to run the tool for a result that estimates can rest on.
    """

    tool: str
    marks: frozenset[str]
    runs: Callable[[Fields], Iterable[Run]]
    concurrency: str
    again: str
