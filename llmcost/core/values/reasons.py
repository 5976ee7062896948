"""Reasons: why something has no figure, each with a code that stays when its words change."""

from __future__ import annotations

from typing import Literal, Self, get_args

Cause = Literal[
    "withdrawn",
    "not-yet",
    "not-stated",
    "price-unknown",
    "offer-unknown",
    "subscription",
    "terms",
    "option",
    "modality",
    "modality-unknown",
    "no-rule",
    "image-size",
    "video-size",
    "window",
    "no-rate",
    "unpriced",
    "currency",
]
CAUSES: tuple[Cause, ...] = get_args(Cause)
"""Every code that there is; scripts rely on them, so they are only ever added."""


class Reason(str):
    """A sentence for people that also says by ``code`` why there is no figure, and of what: a modality, or a meter.

    ``about`` is in the words of a sentence, such as "audio input"; "" where the code says it all.
    """

    __slots__ = ("about", "code")
    code: Cause
    about: str

    def __new__(cls, code: Cause, text: str, about: str = "") -> Self:
        """A reason in so many words."""
        made = super().__new__(cls, text)
        made.code = code
        made.about = about
        return made
