"""Usage is what a request holds; meters are what is billed.

Usage is inclusive, as OpenTelemetry ``gen_ai.usage.*`` counts it: input tokens contain the cached, audio, image and
video ones, output tokens contain reasoning and audio. Meters are disjoint: every token is billed on exactly one.
``Usage.split`` is the only way from the one to the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field, fields, replace
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from typing import Any, NamedTuple

from llmcost.core.values.meters import COUNT_METERS, MEDIA, Count
from llmcost.errors import UsageError


class Part(NamedTuple):
    """A token count of Usage that another one contains.

    ``key`` is what workload files call it, ``words`` what is said of it beside its whole; "" says nothing.
    """

    field: str
    whole: str
    key: str
    words: str = ""


PARTS = (
    Part("cache_read_input_tokens", "input_tokens", "cache_read", "read from cache"),
    Part("cache_creation_input_tokens", "input_tokens", "cache_write", "written to cache"),
    Part("cache_creation_1h_input_tokens", "cache_creation_input_tokens", "cache_write_1h"),
    Part("cache_creation_12h_input_tokens", "cache_creation_input_tokens", "cache_write_12h"),
    Part("reasoning_output_tokens", "output_tokens", "reasoning", "reasoning"),
    Part("audio_input_tokens", "input_tokens", "audio_in", "audio"),
    Part("image_input_tokens", "input_tokens", "image_in", "image"),
    Part("video_input_tokens", "input_tokens", "video_in", "video"),
    Part("audio_output_tokens", "output_tokens", "audio_out", "audio"),
    Part("image_output_tokens", "output_tokens", "image_out"),
    Part("video_output_tokens", "output_tokens", "video_out"),
    Part("cache_read_audio_input_tokens", "audio_input_tokens", "cache_read_audio"),
    Part("cache_read_image_input_tokens", "image_input_tokens", "cache_read_image"),
    Part("cache_read_video_input_tokens", "video_input_tokens", "cache_read_video"),
)
"""Every part, each after the whole that contains it."""
WHOLES = {part.field: part.whole for part in PARTS}


class Overlap(NamedTuple):
    """Input tokens whose share of cache and modality is not stated together.

    ``rows`` counts them by modality prefix, ``columns`` by input kind; both have the same sum.
    ``closed`` holds the cells that are already known and billed.
    """

    rows: Mapping[str, Count]
    columns: Mapping[str, Count]
    closed: frozenset[tuple[str, str]]


class Split(NamedTuple):
    """A usage as disjoint meters.

    ``overlap`` is None when every token's meter is known.
    """

    meters: dict[str, Count]
    overlap: Overlap | None


@dataclass(frozen=True, slots=True)
class Usage:
    """What one request holds, counted inclusively; every count is exact (int or Fraction).

    ``cache_creation_input_tokens`` contains those of ``1h`` and ``12h``, which are kept so long.
    ``cache_read_*_input_tokens`` say how many cached tokens are of a modality; None means it is not stated.
    ``counts`` holds what is not tokens, by meter name: web_searches, audio_seconds, images …
    ``split`` is the same as disjoint meters; ``kinds`` the non-text content, as pairs such as ("input", "audio");
    seconds count as input, while ``images`` may be taken or made and say nothing.
    Raises UsageError when a part is larger than its whole.
    """

    input_tokens: Count = 0
    output_tokens: Count = 0
    _: KW_ONLY
    cache_read_input_tokens: Count = 0
    cache_creation_input_tokens: Count = 0
    cache_creation_1h_input_tokens: Count = 0
    cache_creation_12h_input_tokens: Count = 0
    reasoning_output_tokens: Count = 0
    audio_input_tokens: Count = 0
    image_input_tokens: Count = 0
    video_input_tokens: Count = 0
    audio_output_tokens: Count = 0
    image_output_tokens: Count = 0
    video_output_tokens: Count = 0
    cache_read_audio_input_tokens: Count | None = None
    cache_read_image_input_tokens: Count | None = None
    cache_read_video_input_tokens: Count | None = None
    counts: Mapping[str, Count] = field(default_factory=dict)
    split: Split = field(init=False, repr=False, compare=False)
    kinds: frozenset[tuple[str, str]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for name, may_be_open in TOKEN_COUNTS:
            value = getattr(self, name)
            if type(value) is int and value >= 0:
                continue
            if value is not None or not may_be_open:
                object.__setattr__(self, name, _exact(name, value))
        object.__setattr__(self, "counts", {name: _exact(name, value) for name, value in self.counts.items()})
        unknown = sorted(self.counts.keys() - KNOWN_COUNTS)
        if unknown:
            raise UsageError(f"unknown count {unknown[0]}", f"known: {', '.join(COUNT_METERS)}")
        object.__setattr__(self, "split", _split(self))
        object.__setattr__(self, "kinds", self._kinds())

    @property
    def total_tokens(self) -> Count:
        """Input and output tokens together."""
        return self.input_tokens + self.output_tokens

    def with_tokens(self, counts: Mapping[str, Count]) -> Usage:
        """The same usage with some of its token counts replaced. Raises UsageError as a new one does."""
        changed: dict[str, Any] = dict(counts)
        return replace(self, **changed)

    def _kinds(self) -> frozenset[tuple[str, str]]:
        present = {(side, kind) for side in ("input", "output") for kind in MEDIA if self._media(side, kind)}
        if self.counts.get("audio_seconds"):
            present.add(("input", "audio"))
        if self.counts.get("video_seconds"):
            present.add(("input", "video"))
        return frozenset(present)

    def _media(self, side: str, kind: str) -> Count:
        value: Count = getattr(self, f"{kind}_{side}_tokens")
        return value


TOKEN_COUNTS = [(item.name, item.default is None) for item in fields(Usage)[:-3]]
"""The counts of tokens, and whether each may be left open."""
KNOWN_COUNTS = frozenset(COUNT_METERS) - {"requests"}


def _split(usage: Usage) -> Split:
    """Disjoint meters of a usage; only those above zero.

    Raises UsageError when a part is larger than its whole: that is a mistake in the counts, never clamped.
    """
    meters: dict[str, Count] = {}
    overlap = _split_input(usage, meters)
    text = usage.output_tokens
    for name, value in (
        ("reasoning", usage.reasoning_output_tokens),
        ("audio_output", usage.audio_output_tokens),
        ("image_output", usage.image_output_tokens),
        ("video_output", usage.video_output_tokens),
    ):
        if value:
            meters[name] = value
            text -= value
    if text < 0:
        raise UsageError(
            f"reasoning, audio, image and video output together exceed the {shown(usage.output_tokens)} output tokens",
            "output tokens contain them all; raise the output count or lower a part",
        )
    if text:
        meters["output"] = text
    for name, value in usage.counts.items():
        if value:
            meters[name] = value
    return Split(meters, overlap)


def _split_input(usage: Usage, meters: dict[str, Count]) -> Overlap | None:
    total, read, write = usage.input_tokens, usage.cache_read_input_tokens, usage.cache_creation_input_tokens
    one_hour, half_day = usage.cache_creation_1h_input_tokens, usage.cache_creation_12h_input_tokens
    if one_hour + half_day > write:
        kept = " and ".join(each for each, count in (("1h", one_hour), ("12h", half_day)) if count)
        raise UsageError(
            f"{shown(one_hour + half_day)} tokens written for {kept} exceed the {shown(write)} cache-write tokens",
            f"the {kept} write is part of the write",
        )
    if read + write > total:
        raise UsageError(
            f"{shown(read)} cache-read and {shown(write)} cache-write tokens exceed the {shown(total)} input tokens",
            "input tokens contain the cached ones; add them to the input count",
        )
    columns: dict[str, Count] = {
        "input": total - read - write,
        "cache_read": read,
        "cache_write": write - one_hour - half_day,
        "cache_write_1h": one_hour,
        "cache_write_12h": half_day,
    }
    media = usage.audio_input_tokens + usage.image_input_tokens + usage.video_input_tokens
    if media > total:
        raise UsageError(
            f"{shown(media)} audio, image and video tokens exceed the {shown(total)} input tokens",
            "input tokens contain all modalities; raise the input count",
        )
    stated = [value for kind in MEDIA if (value := getattr(usage, f"cache_read_{kind}_input_tokens")) is not None]
    if not media and not any(stated):
        meters.update((kind, count) for kind, count in columns.items() if count)
        return None
    rows: dict[str, Count] = {
        "": total - media,
        "audio_": usage.audio_input_tokens,
        "image_": usage.image_input_tokens,
        "video_": usage.video_input_tokens,
    }
    closed = set()
    for kind in MEDIA:
        cached: Count | None = getattr(usage, f"cache_read_{kind}_input_tokens")
        if cached is None:
            continue
        cell = (f"{kind}_", "cache_read")
        if cached > rows[cell[0]] or cached > columns["cache_read"]:
            raise UsageError(
                f"{shown(cached)} cached {kind} tokens exceed the {kind} tokens or the cache-read tokens",
                "a part is never larger than its whole",
            )
        _bill(cell, cached, rows, columns, meters)
        closed.add(cell)
    return _solve_table(rows, columns, closed, meters)


def _bill(
    cell: tuple[str, str], count: Count, rows: dict[str, Count], columns: dict[str, Count], meters: dict[str, Count]
) -> None:
    prefix, kind = cell
    rows[prefix] -= count
    columns[kind] -= count
    if count:
        meters[prefix + kind] = meters.get(prefix + kind, 0) + count


def _solve_table(
    rows: dict[str, Count], columns: dict[str, Count], closed: set[tuple[str, str]], meters: dict[str, Count]
) -> Overlap | None:
    """Bill every cell that follows from the sums alone; what is left is the overlap."""
    # A row or a column with one open cell leaves no choice. Billing those first keeps what follows out of the overlap,
    # and takes nothing from what is left: a table can be filled exactly when it can be after its forced cells.
    while True:
        open_cells = [(p, k) for p in rows if rows[p] for k in columns if columns[k] and (p, k) not in closed]
        forced = None
        for cell in open_cells:
            prefix, kind = cell
            if sum(1 for p, _ in open_cells if p == prefix) == 1:
                forced = cell, rows[prefix]
            elif sum(1 for _, k in open_cells if k == kind) == 1:
                forced = cell, columns[kind]
            if forced:
                break
        if forced is None:
            break
        cell, count = forced
        if count > rows[cell[0]] or count > columns[cell[1]]:
            raise UsageError("the cached and modality counts contradict each other", "check the stated cached parts")
        _bill(cell, count, rows, columns, meters)
        closed.add(cell)
    left_rows = {p: n for p, n in rows.items() if n}
    left_columns = {k: n for k, n in columns.items() if n}
    if not left_rows and not left_columns:
        return None
    if not _fits(left_rows, left_columns, closed):
        raise UsageError("the cached and modality counts contradict each other", "check the stated cached parts")
    return Overlap(left_rows, left_columns, frozenset(closed))


def _fits(rows: Mapping[str, Count], columns: Mapping[str, Count], closed: set[tuple[str, str]]) -> bool:
    """Whether the table can be filled: no rows together hold more than the columns open to them (Gale's theorem)."""
    for number in range(1, len(rows) + 1):
        for some in combinations(rows, number):
            reached = [kind for kind in columns if any((prefix, kind) not in closed for prefix in some)]
            if sum(rows[prefix] for prefix in some) > sum(columns[kind] for kind in reached):
                return False
    return True


def shown(count: Count) -> str:
    """A count for people: whole, or with two decimals where it is a mean."""
    return str(count) if count == int(count) else f"{round(Decimal(count.numerator) / count.denominator, 2):f}"


def _exact(name: str, value: object) -> Count:
    if type(value) is int:
        number: Count = value
    elif isinstance(value, Fraction):
        number = value.numerator if value.denominator == 1 else value
    elif isinstance(value, Decimal) and value.is_finite():
        number = _exact(name, Fraction(value))
    else:
        raise UsageError(f"{name} is {value!r}, not an exact count", "give an int, a Fraction or a Decimal")
    if number < 0:
        raise UsageError(f"{name} is negative: {value}", "counts start at zero")
    return number
