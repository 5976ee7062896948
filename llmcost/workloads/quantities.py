"""What a class of requests may say that a flag can say too: one row each, for flags, sweeps, faults and the schema."""

from __future__ import annotations

from typing import Literal, NamedTuple

COUNT: Literal["count"] = "count"
SHARE: Literal["share"] = "share"
TIME: Literal["time"] = "time"


MEDIA_KEYS = ("audio_", "image", "video", "pages", "characters")
"""How the keys of what is no text begin."""


class Quantity(NamedTuple):
    """One figure or word of a class. Adding a row here is all that a flag takes.

    ``key`` is what a workload file calls it, with a dot inside a mapping; ``help`` and ``metavar`` are those of the
    flag. ``flag`` of "" is the key's own, with dashes. ``moves`` says how a sweep moves it, None for not at all.
    ``holds`` says that it is part of what a request holds. ``sizes``: it may be several, such as ``p50=3k,p95=60k``.
    ``stated_at`` is where a fault finds it in a file, "" for the key.
    """

    key: str
    metavar: str
    help: str
    flag: str = ""
    moves: Literal["count", "share", "time"] | None = None
    holds: bool = True
    sizes: bool = False
    stated_at: str = ""

    @property
    def option(self) -> str:
        """The flag as it is written."""
        return self.flag or f"--{self.key.replace('_', '-').replace('.', '-')}"

    @property
    def name(self) -> str:
        """What the flag is called without its dashes, as in ``--vary``."""
        return self.option.removeprefix("--")

    @property
    def media(self) -> bool:
        """Whether it is about sound, images, video or pages."""
        return self.key.startswith(MEDIA_KEYS)


QUANTITIES = (
    Quantity(
        "requests",
        "N",
        "Requests per month, such as 1M, 30k/day, 2k/hour or 5/s.",
        moves=COUNT,
        holds=False,
    ),
    Quantity(
        "input_tokens",
        "N",
        "Input tokens per request, cached ones included; or p50=3k,p95=60k.",
        "--input",
        moves=COUNT,
        sizes=True,
    ),
    Quantity(
        "output_tokens", "N", "Output tokens per request, reasoning included.", "--output", moves=COUNT, sizes=True
    ),
    Quantity("cache_read", "N|PCT", "Input tokens read from cache, or a percentage of the input.", moves=SHARE),
    Quantity("cache_write", "N|PCT", "Input tokens written to cache, or a percentage of the input.", moves=SHARE),
    Quantity("cache_write_1h", "N|PCT", "Of the written tokens, those kept for an hour, or a percentage."),
    Quantity("cache_write_12h", "N|PCT", "Of the written tokens, those kept for 12 hours, or a percentage."),
    Quantity("reasoning", "N|PCT", "Reasoning tokens, or a percentage of the output.", moves=SHARE),
    Quantity("audio_in", "N|PCT", "Audio tokens in, or a percentage of the input."),
    Quantity("audio_out", "N|PCT", "Audio tokens out, or a percentage of the output."),
    Quantity("image_in", "N|PCT", "Image tokens in, or a percentage of the input."),
    Quantity("video_in", "N|PCT", "Video tokens in, or a percentage of the input."),
    Quantity("web_searches", "N", "Web searches per request.", moves=COUNT),
    Quantity("pages", "N", "Pages of documents per request.", moves=COUNT),
    Quantity("characters", "N", "Characters per request, as speech is billed by.", moves=COUNT),
    Quantity("images", "N", "Images per request; see --image-size.", moves=COUNT),
    Quantity("image_size", "WxH", "Size of an image, such as 1920x1080."),
    Quantity("audio_seconds", "N", "Seconds of sound in.", moves=COUNT),
    Quantity("audio_out_seconds", "N", "Seconds of speech out."),
    Quantity("video.seconds", "N", "Seconds of video in, with its sound."),
    Quantity("video.size", "WxH", "Size of the video, such as 1920x1080."),
    Quantity("video_output_seconds", "N", "Seconds of video out.", "--video-out-seconds", moves=COUNT),
    Quantity(
        "cache_hit_rate",
        "PCT",
        "How often the input is found where a seller caches it.",
        moves=SHARE,
        holds=False,
    ),
    Quantity(
        "batch",
        "PCT",
        "Share of requests sent as batch, such as 30%, where it is sold.",
        moves=SHARE,
        holds=False,
        stated_at="terms.batch",
    ),
    Quantity(
        "conversation.turns",
        "N",
        "Turns of a session, in the place of those of the workload.",
        "--turns",
        moves=COUNT,
        holds=False,
    ),
    Quantity(
        "conversation.pause",
        "TIME",
        "Pause between two turns, such as 30s, in the place of those of the workload.",
        "--pause",
        moves=TIME,
        holds=False,
    ),
    Quantity("cache", "POLICY", "Cache policy: automatic, explicit, session or none.", holds=False),
)
"""Every quantity, in the order of the help."""
MOVABLE = {each.name: each for kind in (COUNT, SHARE, TIME) for each in QUANTITIES if each.moves == kind}
MOVABLE["sessions"] = MOVABLE["requests"]
"""What a sweep can move, by the name that it is asked for by: counts first, then shares and times."""
FLAGS = {
    **{each.stated_at or each.key: each.option for each in QUANTITIES},
    "sessions": "--requests",
    "mode": "--thinking",
}
"""The flag of each place of a class."""
