"""Speculative decoding: how many tokens a step gives where further ones are guessed and checked at once."""

from __future__ import annotations

from collections.abc import Iterable
from math import sqrt
from typing import NamedTuple

from llmcost.core.offers.self_hosting.open_weights import OpenWeights
from llmcost.core.workload.serving import Speculation
from llmcost.errors import CannotServe


class TokenGuess(NamedTuple):
    """Tokens guessed in each step, and the least and the most that a step may give with them, by ``source``."""

    drafts: int
    low: float
    high: float
    source: str

    @property
    def middle(self) -> float:
        """What is taken where one figure is asked for: the geometric mean of both."""
        return sqrt(self.low * self.high)


def guess_of(model: OpenWeights, models: Iterable[OpenWeights], asked: Speculation) -> TokenGuess:
    """What a step gives with so many guesses: as given, as measured of the model, else of all models.

    Raises CannotServe where nobody measured so many.
    """
    drafts = asked.drafts
    if asked.tokens is not None:
        return TokenGuess(drafts, float(asked.tokens), float(asked.tokens), "as given")
    own = [each for each in model.speculation if each.drafts == drafts]
    found = own or [each for other in models for each in other.speculation if each.drafts == drafts]
    if not found:
        raise CannotServe(
            f"no source says what a step gives with {drafts} guesses", f"say it, as in speculative {drafts}:2.4"
        )
    tokens = [each.tokens for each in found]
    source = ", ".join(dict.fromkeys(each.source for each in own)) or "measured of other models"
    return TokenGuess(drafts, min(tokens), max(tokens), source)
