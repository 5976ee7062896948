"""How a self-hosted service is to be run: how fast it answers, what is kept in reserve, and when it is up."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import NamedTuple

from llmcost.core.values.rates import Rate
from llmcost.core.values.schedule import Window
from llmcost.errors import LlmcostError

DEFAULT_TPOT = Fraction(1, 20)
"""Seconds between tokens that are aimed at when nobody says: 20 tokens a second for each user."""
DEFAULT_HEADROOM = Fraction(1, 5)
DEFAULT_SPARES = 1
DEFAULT_START = Fraction(600)
ENGINES = ("vllm", "sglang", "tensorrt-llm", "llama.cpp")
"""Engines that speed is known of."""
OTHER_ENGINES = {
    "trt": "tensorrt-llm",
    "trtllm": "tensorrt-llm",
    "trt-llm": "tensorrt-llm",
    "llamacpp": "llama.cpp",
    "llama-cpp": "llama.cpp",
    "llama-server": "llama.cpp",
}
"""Other words for an engine."""


def parse_engine(name: str) -> str:
    """The engine that a name means. Raises LlmcostError for none."""
    word = name.lower()
    found = OTHER_ENGINES.get(word, word)
    if found not in ENGINES:
        raise LlmcostError(f'unknown engine "{name}"', f"write one of: {', '.join(ENGINES)}")
    return found


class Speculation(NamedTuple):
    """Tokens that are guessed in each step, and how many a step gives with them; None for what sources state."""

    drafts: int
    tokens: Fraction | None = None


class EngineSettings(NamedTuple):
    """How the engine of a replica is set up, as the fields of the same names in ``Serving``."""

    engine: str | None
    kv_precision: str | None
    speculative: Speculation | None
    disaggregated: bool
    tensor_parallel: int | None
    data_parallel: int | None
    expert_parallel: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """What sizing goes by.

    ``tpot`` is the most seconds between two tokens, None for the default; ``ttft`` the most to the first, None: any.
    ``headroom`` is kept above the peak; ``spares`` are replicas beside those at work; None for the usual ones.
    ``max_batch`` is the engine's own limit of requests under way in a replica, None when it has none. ``engine`` of
    None takes any that was measured. ``kv_precision`` is of the cache, None for the engine's usual one. ``offline``
    says that nobody waits for an answer.
    ``speculative`` of None guesses no tokens. ``disaggregated`` reads prompts on other accelerators than it answers on.
    ``tensor_parallel``, ``data_parallel`` and ``expert_parallel`` cut a replica; None leaves it to the engine.
    ``hours`` of None is up all the time; otherwise a start of ``cold_start`` seconds is billed each time. So it is each
    time that a server on spot terms is taken back, which is ``interruptions`` times a month; None: nobody says.
    ``storage_gb`` and ``staff`` are billed by their rates; None when they are not given.
    """

    tpot: Fraction | None = None
    ttft: Fraction | None = None
    headroom: Fraction | None = None
    spares: int | None = None
    max_batch: int | None = None
    engine: str | None = None
    kv_precision: str | None = None
    offline: bool = False
    speculative: Speculation | None = None
    disaggregated: bool = False
    tensor_parallel: int | None = None
    data_parallel: int | None = None
    expert_parallel: int | None = None
    hours: tuple[Window, ...] | None = None
    cold_start: Fraction | None = None
    interruptions: Fraction | None = None
    storage_gb: Fraction = Fraction(0)
    storage: Rate | None = None
    staff: Rate | None = None

    @property
    def settings(self) -> EngineSettings:
        """How the engine of a replica is set up."""
        return EngineSettings(*(getattr(self, name) for name in EngineSettings._fields))

    @property
    def shared(self) -> Serving:
        """What a further service of the same workload is run by: storage and staff are there already."""
        return replace(self, storage_gb=Fraction(0), storage=None, staff=None)

    @property
    def at_home(self) -> Serving:
        """How a machine for one person serves: nobody else waits, and what nobody asked for is not kept."""
        return replace(self, offline=True, max_batch=self.max_batch or 1)

    @property
    def reserve(self) -> Fraction:
        """The part of the peak that is kept above it, asked for or by default; none where nobody waits."""
        return (Fraction(0) if self.offline else DEFAULT_HEADROOM) if self.headroom is None else self.headroom

    @property
    def stand_by(self) -> int:
        """How many replicas stand by, asked for or by default; none where nobody waits."""
        return (0 if self.offline else DEFAULT_SPARES) if self.spares is None else self.spares

    @property
    def start(self) -> Fraction:
        """Billed seconds of a start of whole servers, given or by default."""
        return DEFAULT_START if self.cold_start is None else self.cold_start

    @property
    def most_tpot(self) -> Fraction | None:
        """The most seconds between two tokens, asked for or by default; None where nobody waits for them."""
        return (None if self.offline else DEFAULT_TPOT) if self.tpot is None else self.tpot


STANDARD_SERVING = Serving()
