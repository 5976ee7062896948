"""What a request holds beyond known tokens: sizes that differ, text, media, a part that comes again, a conversation.

All of it becomes tokens only at an offer, by its model's own rules and its seller's own cache policy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

from llmcost.core.values.distribution import Distribution
from llmcost.core.values.meters import Count
from llmcost.core.workload.conversation import Conversation
from llmcost.core.workload.media_tokens import Size
from llmcost.core.workload.text import Text


class Video(NamedTuple):
    """One video: its length, and how it is shown to the model (None: the rule's own default).

    ``sound`` says whether it has a sound track.
    """

    seconds: Count
    size: Size | None = None
    fps: Fraction | None = None
    detail: str | None = None
    sound: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What each model counts in its own way.

    ``input_sizes`` comes on top of the known input tokens. ``shares`` and ``amounts`` hold the parts of a whole that is
    only known at an offer, by field of Usage: percentages of it, and numbers of tokens.
    ``reusable`` are the input tokens at the beginning of every request that are the same each time: None for none,
    a Fraction of the input when ``reusable_share`` is set instead.
    ``hit_rate`` is how often a cache that is sold still has them, ``pause`` the seconds between two requests that
    share them; with neither, every pause is taken to be short. ``ttl`` chooses a cache policy by its lifetime.
    ``warm_start`` is how often the opening of a conversation is in the cache from another one.
    """

    input_sizes: Distribution | None = None
    input_text: Text | None = None
    output_text: Text | None = None
    image_size: Size | None = None
    image_detail: str | None = None
    audio_out_seconds: Count = 0
    video: Video | None = None
    shares: Mapping[str, Fraction] = field(default_factory=dict)
    amounts: Mapping[str, Count] = field(default_factory=dict)
    reusable: Count | None = None
    reusable_share: Fraction | None = None
    hit_rate: Fraction | None = None
    pause: Distribution | None = None
    ttl: str | None = None
    warm_start: Fraction = Fraction(0)
    conversation: Conversation | None = None

    @property
    def reuses(self) -> bool:
        """Whether a cache policy decides what is read and written."""
        return self.conversation is not None or self.reusable is not None or self.reusable_share is not None
