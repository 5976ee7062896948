"""How many tokens an image, a second of sound, a video or a page is: each vendor's own rule, in exact arithmetic.

A rule is data in a sheet; the methods here are the handful of ways in which vendors count.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil, isqrt
from typing import NamedTuple

from llmcost.core.pricing.evidence import PAGE
from llmcost.core.values.meters import Count
from llmcost.core.values.reasons import Reason
from llmcost.errors import UsageError

MODALITIES = ("image", "audio_in", "audio_out", "video", "page")
MOST_PIXELS = 10**6
"""The longest side of an image or a video frame that is taken for real."""


class Size(NamedTuple):
    """Width and height in pixels."""

    width: int
    height: int

    def __str__(self) -> str:
        return f"{self.width}x{self.height}"


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaRule:
    """One model's way to count one modality.

    ``method`` is a name in the sheet; ``numbers`` its figures, ``levels`` the tokens at each level of detail and
    ``default`` the level of a request that names none. ``source`` is where the vendor states it, ``via`` how
    that was read (None: itself), ``evidence`` PAGE, COPY or THIRD_PARTY.
    """

    modality: str
    method: str
    numbers: Mapping[str, Fraction]
    levels: Mapping[str, Fraction]
    default: str | None
    checked_on: str
    source: str
    note: str | None = None
    via: str | None = None
    evidence: str = PAGE

    def level(self, detail: str | None) -> Fraction:
        """The tokens at a level of detail. Raises UsageError for one the rule does not have."""
        wanted = detail or self.default or ""
        if wanted not in self.levels:
            raise UsageError(f"it has no detail {wanted}, only {', '.join(self.levels)}")
        return self.levels[wanted]


def image_tokens(rule: MediaRule, size: Size | None, detail: str | None = None) -> Fraction:
    """The tokens of one image. Raises UsageError when the rule needs a size that is not given, or has no such level."""
    if rule.method == "fixed":
        return rule.level(detail)
    if size is None:
        raise UsageError(Reason("image-size", "its tokens depend on the size of an image, which is not given"))
    return _IMAGES[rule.method](rule.numbers, size, detail)


def seconds_tokens(rule: MediaRule, seconds: Count) -> Fraction:
    """The tokens of one recording; where the vendor counts whole seconds, a part of one counts as one."""
    counted = ceil(seconds) if rule.numbers.get("whole_seconds") else seconds
    return rule.numbers["tokens_per_second"] * counted


def page_tokens(rule: MediaRule, detail: str | None = None) -> Fraction:
    """The tokens of one page of a document."""
    return rule.level(detail)


def video_tokens(
    rule: MediaRule, seconds: Count, size: Size | None, fps: Fraction | None = None, detail: str | None = None
) -> Fraction:
    """The tokens of the pictures of one video; its sound is counted by the model's rule for sound.

    Raises UsageError when the rule needs a size that is not given, or has no such level of detail.
    """
    numbers = rule.numbers
    frames = Fraction(seconds) * (numbers["fps"] if fps is None else fps)
    if rule.method == "frames":
        return frames * rule.level(detail)
    if size is None:
        raise UsageError(Reason("video-size", "its tokens depend on the size of a video, which is not given"))
    per_grid = numbers["frames_per_grid"]
    count = max(per_grid, frames // per_grid * per_grid)
    if "most_frames" in numbers:
        count = min(count, numbers["most_frames"])
    ceiling = min(numbers["max_pixels"], max(numbers["total_pixels"] / count * per_grid, numbers["min_pixels"]))
    side = int(numbers["patch"])
    width, height = resized(size, side, numbers["min_pixels"], ceiling)
    grids = ceil(count / per_grid)
    return Fraction(grids * (width // side) * (height // side)) + numbers.get("extra_tokens", 0)


def resized(size: Size, side: int, least: Fraction, most: Fraction) -> Size:
    """An image with both sides rounded to multiples of ``side`` and its area brought between two bounds.

    The algorithm is ``smart_resize`` of Qwen's published preprocessing, with integer square roots instead of floats.
    """
    width, height = (max(side, round(Fraction(each, side)) * side) for each in size)
    if width * height > most:
        width, height = (
            max(side, _root(Fraction(a) * most / (Fraction(b) * side * side)) * side)
            for a, b in ((size.width, size.height), (size.height, size.width))
        )
    elif width * height < least:
        width, height = (
            _root_up(Fraction(a) * least / (Fraction(b) * side * side)) * side
            for a, b in ((size.width, size.height), (size.height, size.width))
        )
    return Size(width, height)


def _resize(numbers: Mapping[str, Fraction], size: Size, _detail: str | None) -> Fraction:
    side = int(numbers["patch"])
    width, height = resized(size, side, numbers["min_pixels"], numbers["max_pixels"])
    return Fraction((width // side) * (height // side)) + numbers.get("extra_tokens", 0)


def _crops(numbers: Mapping[str, Fraction], size: Size, _detail: str | None) -> Fraction:
    """Gemini 2.5: one crop for a small image, else as many as fit its own crop unit."""
    if max(size) <= numbers["small_side"]:
        return numbers["tokens"]
    unit = Fraction(int(min(size) / numbers["divisor"]))
    unit = min(max(unit, numbers["least_crop"]), numbers["most_crop"])
    return numbers["tokens"] * ceil(size.width / unit) * ceil(size.height / unit)


def _tiles(numbers: Mapping[str, Fraction], size: Size, detail: str | None) -> Fraction:
    """OpenAI's tiles: fitted into a square, the short side brought down, then counted by tile."""
    if detail == "low":
        return numbers["base_tokens"]
    scale = min(Fraction(1), numbers["fit"] / max(size))
    scale = min(scale, numbers["short_side"] / min(size))
    across, down = (ceil(each * scale / numbers["tile"]) for each in size)
    return numbers["base_tokens"] + numbers["tile_tokens"] * across * down


def _patches(numbers: Mapping[str, Fraction], size: Size, _detail: str | None) -> Fraction:
    """OpenAI's patches: shrunk until whole patches fit the budget, then multiplied."""
    patch, most = numbers["patch"], int(numbers["most_patches"])
    width, height = Fraction(size.width), Fraction(size.height)
    if "most_side" in numbers and max(size) > numbers["most_side"]:
        scale = numbers["most_side"] / max(size)
        width, height = width * scale, height * scale
    across, down = ceil(width / patch), ceil(height / patch)
    if across * down > most:
        a, b = max(1, _root(width * most / height)), max(1, _root(height * most / width))
        across = ceil(min(Fraction(a), b * width / height))
        down = ceil(min(Fraction(b), a * height / width))
    return min(most, max(1, across) * max(1, down)) * numbers.get("multiplier", Fraction(1))


def _fit(numbers: Mapping[str, Fraction], size: Size, _detail: str | None) -> Fraction:
    """Claude: the long edge brought down, then the whole image until its patches fit."""
    patch, most = numbers["patch"], numbers["most_tokens"]
    long, short = Fraction(max(size)), Fraction(min(size))
    scale = min(Fraction(1), numbers["long_edge"] / long, most * patch / long)
    across, down = ceil(long * scale / patch), ceil(short * scale / patch)
    while across * down > most and across > 1:
        wider = (across - 1) * patch / long
        taller = (down - 1) * patch / short
        scale = max(wider, taller) if down > 1 else wider
        across, down = ceil(long * scale / patch), ceil(short * scale / patch)
    return Fraction(max(1, across) * max(1, down))


_IMAGES: dict[str, Callable[[Mapping[str, Fraction], Size, str | None], Fraction]] = {
    "resize": _resize,
    "crops": _crops,
    "tiles": _tiles,
    "patches": _patches,
    "fit": _fit,
}

# The figures of each method; those in the second group may be left out.
METHODS: dict[str, dict[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "image": {
        "fixed": ((), ()),
        "resize": (("patch", "min_pixels", "max_pixels"), ("extra_tokens",)),
        "crops": (("tokens", "small_side", "least_crop", "most_crop", "divisor"), ()),
        "tiles": (("fit", "short_side", "tile", "base_tokens", "tile_tokens"), ()),
        "patches": (("patch", "most_patches"), ("most_side", "multiplier")),
        "fit": (("patch", "long_edge", "most_tokens"), ()),
    },
    "video": {
        "frames": (("fps",), ()),
        "grids": (
            ("fps", "frames_per_grid", "patch", "min_pixels", "max_pixels", "total_pixels"),
            ("most_frames", "extra_tokens"),
        ),
    },
    "page": {"fixed": ((), ())},
    "audio_in": {"seconds": (("tokens_per_second",), ("whole_seconds",))},
    "audio_out": {"seconds": (("tokens_per_second",), ("whole_seconds",))},
}
BY_LEVEL = frozenset(("fixed", "frames"))
"""Methods whose tokens are given by level of detail."""


def parse_size(text: str) -> Size:
    """Read ``1920x1080``. Raises UsageError for other forms and for sides that no picture has."""
    width, cross, height = text.replace("×", "x").partition("x")
    if not (cross and (width + height).isascii() and len(text) < 20 and width.isdigit() and height.isdigit()):
        raise UsageError(f'"{text}" is not a size in pixels', "write width and height, such as 1920x1080")
    size = Size(int(width), int(height))
    if not (0 < size.width <= MOST_PIXELS and 0 < size.height <= MOST_PIXELS):
        raise UsageError(f'"{text}" is not the size of a picture', f"sides lie between 1 and {MOST_PIXELS} pixels")
    return size


def _root(value: Fraction) -> int:
    """The square root, rounded down."""
    return isqrt(int(value))


def _root_up(value: Fraction) -> int:
    """The square root, rounded up."""
    whole = ceil(value)
    root = isqrt(whole)
    return root if root * root >= value else root + 1


def exact(text: str) -> Fraction:
    """A figure of a rule, from its text."""
    return Fraction(Decimal(text))
