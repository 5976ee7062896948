"""Measured speed: curves of one configuration at several concurrencies."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from llmcost.core.values.numerals import parse_decimal
from llmcost.errors import NumberError

ROUNDS = 4
"""Requests for each client below which a run is mostly its beginning and its end, and its rate a lower bound."""


class MeasuredPoint(NamedTuple):
    """What was seen at one concurrency: seconds to the first token and between further ones; None: not measured.

    ``rate`` is output tokens a second of one accelerator as it was published; None where it follows from the times.
    """

    concurrency: float
    ttft: float | None
    tpot: float | None
    rate: float | None = None


class Disaggregation(NamedTuple):
    """How a replica reads prompts on some of its accelerators and answers on the others.

    ``workers`` are engines of the same size beside each other; ``layout`` says in words how each is cut.
    """

    prefill_accelerators: int
    prefill_workers: int
    decode_workers: int
    layout: str | None = None

    def widest(self, accelerators: int) -> int:
        """The accelerators of its largest worker, of a replica with so many in all."""
        decoding = accelerators - self.prefill_accelerators
        return max(self.prefill_accelerators // self.prefill_workers, decoding // self.decode_workers)


class Measurement(NamedTuple):
    """Points that differ in nothing but concurrency.

    ``accelerators`` of None: the source does not say how many one replica used, and the curve serves no estimate; so
    with an empty ``accelerator`` or ``precision``.
    Lengths are means in tokens. ``own`` marks the user's own measurement. None elsewhere is what is not stated;
    ``speculative`` of None is none. ``doubt`` says why the figures are not believed; then they serve no
    estimate either. ``disaggregated`` of None reads and answers on the same accelerators. ``rate_of`` is what a
    published rate counts, per accelerator: output tokens, those of an answering accelerator, or all tokens.
    """

    model: str
    accelerator: str
    precision: str
    input_tokens: float
    output_tokens: float
    points: tuple[MeasuredPoint, ...]
    accelerators: int | None = None
    kv_precision: str | None = None
    engine: str | None = None
    engine_version: str | None = None
    tensor_parallel: int | None = None
    data_parallel: int | None = None
    expert_parallel: int | None = None
    speculative: str | None = None
    measured_on: str | None = None
    source: str | None = None
    own: bool = False
    doubt: str | None = None
    rate_of: str = "output"
    disaggregated: Disaggregation | None = None

    def rate(self, point: MeasuredPoint) -> float | None:
        """Output tokens a second of one accelerator at a point; None when they cannot be told.

        Without a published rate: concurrency × length / (TTFT + TPOT × (length - 1)), each of the clients having
        one request under way.
        """
        if point.rate is not None and self.rate_of == "decode":
            return self._spread(point.rate)
        if point.rate is not None:
            return point.rate if self.rate_of == "output" else None
        if point.ttft is None or point.tpot is None or not self.accelerators:
            return None
        length = self.output_tokens
        seconds = point.ttft + point.tpot * max(0.0, length - 1)
        return point.concurrency * length / seconds / self.accelerators if seconds else None

    def _spread(self, rate: float) -> float | None:
        """The rate of an answering accelerator spread over all of a replica; None where they are not told apart."""
        if self.disaggregated is None or not self.accelerators:
            return None
        return rate * (self.accelerators - self.disaggregated.prefill_accelerators) / self.accelerators


@lru_cache(maxsize=4096)
def parse_point(text: str) -> MeasuredPoint:
    """Read ``CONCURRENCY TTFT_MS TPOT_MS [TOKENS_PER_SECOND]``, ``-`` for what was not measured.

    Raises NumberError for other forms.
    """
    words = text.split()
    if len(words) not in (3, 4):
        raise NumberError(
            f'"{text}" is not a measured point', "write concurrency, TTFT and TPOT in ms, and a rate if any"
        )
    concurrency, ttft, tpot = (None if word == "-" else float(parse_decimal(word)) for word in words[:3])
    rate = float(parse_decimal(words[3])) if len(words) == 4 else None
    if not concurrency:
        raise NumberError(f'"{text}" has no concurrency', "begin with how many requests were under way")
    if rate == 0 or ttft == 0 or tpot == 0:
        raise NumberError(f'"{text}" holds a zero', "write - for what was not measured")
    if rate is None and (ttft is None or tpot is None):
        raise NumberError(f'"{text}" says too little', "give both times, or a rate")
    return MeasuredPoint(
        concurrency, None if ttft is None else ttft / 1000, None if tpot is None else tpot / 1000, rate
    )
