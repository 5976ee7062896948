"""Conditions: when a rate applies, and which of two conditions is the narrower.

A ``Condition`` is what a sheet writes under ``when``; a ``RatingContext`` is where a request stands on the same keys.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from llmcost.core.pricing.tiers import Sizes
from llmcost.core.values.meters import MEDIA
from llmcost.core.values.schedule import ANY_MONDAY, Spans, Window, covers, week_spans

STANDARD = "standard"
USUAL_TERMS = (STANDARD, "batch", "flex", "priority", "fast", "ultrafast")
KEYS = ("terms", "mode", "cache", "input_tokens", "output_tokens", "modalities", "time", "options")

Kinds = frozenset[tuple[str, str]]
Options = tuple[tuple[str, str], ...]


class RatingContext(NamedTuple):
    """Where a request stands on every key a condition can ask about.

    ``cache`` is None when no cache policy applies. ``input_tokens`` and ``output_tokens`` are the smallest sizes of
    their ranges between edges. ``windows`` holds the time conditions that are on.
    """

    terms: str
    mode: str | None
    cache: str | None
    input_tokens: int
    kinds: Kinds
    windows: frozenset[tuple[Window, ...]]
    options: Options
    output_tokens: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """What a sheet writes under ``when``; a key that is None is not asked about; ``asks`` names the others."""

    terms: str | None = None
    mode: str | None = None
    cache: str | None = None
    input_tokens: Sizes | None = None
    output_tokens: Sizes | None = None
    kinds: Kinds | None = None
    time: tuple[Window, ...] | None = None
    options: Options | None = None
    asks: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        sizes = (self.input_tokens, self.output_tokens)
        values = (self.terms, self.mode, self.cache, *sizes, self.kinds, self.time, self.options)
        object.__setattr__(self, "asks", frozenset(k for k, v in zip(KEYS, values, strict=True) if v is not None))

    def matches(self, at: RatingContext, ignoring: str | None = None) -> bool:
        """Whether a situation meets every key, or every key but one."""
        for key in self.asks:  # noqa: SIM110  # a plain loop: this is asked more often than anything else
            if key != ignoring and not self._meets(key, at):
                return False
        return True

    def _meets(self, key: str, at: RatingContext) -> bool:
        if key == "terms":
            return self.terms == at.terms
        if key == "mode":
            return self.mode == at.mode
        if key == "cache":
            return self.cache == at.cache
        if key == "input_tokens":
            return self.input_tokens is None or self.input_tokens.holds(at.input_tokens)
        if key == "output_tokens":
            return self.output_tokens is None or self.output_tokens.holds(at.output_tokens)
        if key == "modalities":
            return bool((self.kinds or frozenset()) & at.kinds)
        if key == "time":
            return self.time in at.windows
        return set(self.options or ()) <= set(at.options)

    def narrows(self, other: Condition) -> bool:
        """Whether every request that meets this condition also meets the other, which asks for less.

        Two conditions that mean the same, however they are written, do not narrow each other.
        """
        return self._within(other) and not other._within(self)

    def _within(self, other: Condition) -> bool:
        return (
            other.asks <= self.asks
            and other.terms in (None, self.terms)
            and other.mode in (None, self.mode)
            and other.cache in (None, self.cache)
            and (other.input_tokens is None or (self.input_tokens or Sizes(None, None)).within(other.input_tokens))
            and (other.output_tokens is None or (self.output_tokens or Sizes(None, None)).within(other.output_tokens))
            and (other.kinds is None or (self.kinds or frozenset()) <= other.kinds)
            and (
                other.time is None
                or covers(week_spans(other.time, ANY_MONDAY), week_spans(self.time or (), ANY_MONDAY))
            )
            and (other.options is None or set(other.options) <= set(self.options or ()))
        )

    def __str__(self) -> str:
        parts = [
            f"{key} = {value}" for key, value in zip(KEYS, (self.terms, self.mode, self.cache), strict=False) if value
        ]
        if self.input_tokens is not None:
            parts.append(self.input_tokens.said_of("input_tokens"))
        if self.output_tokens is not None:
            parts.append(self.output_tokens.said_of("output_tokens"))
        if self.kinds is not None:
            parts.append(f"modalities = {kinds_text(self.kinds)}")
        if self.time is not None:
            parts.append(f"time = {time_text(self.time)}")
        parts += [f"{key} = {value}" for key, value in self.options or ()]
        return " and ".join(parts)


def _week_of(windows: tuple[Window, ...]) -> Spans:
    return week_spans(windows, ANY_MONDAY)


def kinds_text(kinds: Iterable[tuple[str, str]]) -> str:
    """Modalities as words: ``input audio, output audio``; ``text`` when there are none."""
    order = [(side, kind) for side in ("input", "output") for kind in MEDIA]
    return ", ".join(f"{side} {kind}" for side, kind in order if (side, kind) in set(kinds)) or "text"


def time_text(windows: tuple[Window, ...]) -> str:
    """Windows as words: ``mon-fri 01:00-04:00 UTC, mon-fri 06:00-10:00 UTC``."""
    return ", ".join(window.text for window in windows)
