"""Notes: what a reader should know beside a figure, each with a code that stays when its words change."""

from __future__ import annotations

from functools import cache
from typing import Final, Literal, get_args

from llmcost.core.pricing.history import Change

Code = Literal[
    "cache-minimum",
    "cache-kind",
    "cache-lifetime",
    "cache-unmarked",
    "cache-not-sold",
    "cache-storage",
    "cache-writes",
    "cache-kept",
    "cache-asked",
    "cache-moved",
    "tokens-moved",
    "tokens-kept",
    "context-unknown",
    "context-exceeded",
    "sizes-cut",
    "sizes-not-sold",
    "no-text",
    "other-task",
    "minimum-billed",
    "rounded-up",
    "included",
    "volume",
    "promotion",
    "priced-standard",
    "tier",
    "free",
    "derived",
    "rate-note",
    "sheet-note",
    "start-unknown",
    "perhaps-ended",
    "price-change",
    "withdrawn",
    "stale",
    "undated",
    "precision",
    "latency",
    "prefix-cache",
    "schedule",
    "interruptions",
    "power",
    "reference",
    "same-fleet",
    "name",
    "name-guessed",
    "as-offers",
    "setting",
    "usage-read",
    "override",
    "image-size",
    "sessions",
    "mean-request",
    "one-side",
    "other-work",
    "alternative",
    "contract",
    "home",
    "scaling",
    "disaggregated",
    "measured-span",
    "exchange-rate",
    "engine",
    "batch-of-turns",
    "terms-named",
    "nothing-cached",
    "no-reasoning",
]
CODES: tuple[Code, ...] = get_args(Code)
"""Every code that there is; scripts rely on them, so they are only ever added."""
CACHE_MOVED: Final = "cache-moved"
TOKENS_MOVED: Final = "tokens-moved"
STALE: Final = "stale"
UNDATED: Final = "undated"
PRICED_STANDARD: Final = "priced-standard"
SECOND_HAND_MARK: Final = "second-hand"
"""The mark of a row whose price nobody but one third party states, or that is worked out; it needs no note."""
MARKED: tuple[Code, ...] = (STALE, UNDATED, PRICED_STANDARD)
"""What is marked in a row itself: an old price, one whose source has no date, a share on terms that are not sold."""


class Note(str):
    """A sentence for people that also says by ``code`` what it is about, for whatever has to tell notes apart."""

    __slots__ = ("code",)
    code: Code

    def __new__(cls, code: Code, text: str) -> Note:
        """A note of so many words."""
        made = super().__new__(cls, text)
        made.code = code
        return made

    def of(self, name: str) -> Note:
        """The same note, said of somebody by name."""
        return Note(self.code, f"{name}: {self}")

    @property
    def about_caching(self) -> bool:
        """Whether it is about a seller's cache, which what is self-hosted does not have."""
        return self.code.startswith("cache-")


@cache
def change_note(change: Change) -> Note:
    """The note on the next change of a price, or on its end."""
    if change.withdrawn:
        return Note("withdrawn", f"it is withdrawn on {change.starts}")
    return Note("price-change", f"its prices change on {change.starts}; ask for that day to see the new ones")
