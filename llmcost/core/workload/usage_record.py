"""What was sent, in one shape for every export and log: counts that are disjoint and add up."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta, timezone, tzinfo
from decimal import Decimal
from operator import attrgetter
from typing import NamedTuple

COUNTS = (
    "input_uncached",
    "cache_read",
    "cache_write_5m",
    "cache_write_1h",
    "cache_write_12h",
    "cache_write_unspecified",
    "output",
)
"""The counts of tokens of a record, of which no two hold the same token."""
WRITES = ("cache_write_5m", "cache_write_1h", "cache_write_12h", "cache_write_unspecified")
"""Those of them that were written to a cache, by how long it keeps them."""
WRITTEN: Callable[[object], tuple[int, ...]] = attrgetter(*WRITES)
MEDIA_COUNTS = ("audio_input", "image_input", "video_input", "audio_output", "image_output")
"""What of a record's input and output is no text, cached tokens included."""


CACHED_MEDIA = ("audio_cache_read", "image_cache_read", "video_cache_read")
"""What of a record's media input was read from a cache, where its source says so."""


UNDATED = datetime(1, 1, 1, tzinfo=timezone.utc)
"""The start of a record whose source does not say when it was, until somebody does."""


class UsageRecord(NamedTuple):
    """Requests to one model within one span of time, which may be a single request.

    ``start`` is in UTC, or of a sum of days by the clock that its source has, ``end`` of None the same moment.
    ``requests`` of None: not stated. ``output`` holds ``reasoning``, of which None means that it is not stated. What of
    both is no text is counted again by its kind, and so is what of it was read from a cache, of which None means that
    it is not stated; ``web_searches`` are those that the model made and its seller bills. ``cached_unknown`` says that
    what was read from a cache is somewhere within ``input_uncached``, and the source does not say how much.
    ``input_range`` is how large each request's input was, its end of None without a limit; None: not stated. So are
    ``terms`` such as batch, and ``place``, the region that served it. ``cost`` is what the source reports in
    ``currency``. ``agent`` is the coding agent that sent it, None for anything else. ``session``, ``project`` and
    ``id`` are the source's own names, None without any; a repeat of the same request has the same id. ``each_known``
    says that it was added up from single requests which no price tells from each other.
    """

    start: datetime
    model: str
    end: datetime | None = None
    provider: str | None = None
    requests: int | None = None
    input_uncached: int = 0
    cache_read: int = 0
    cache_write_5m: int = 0
    cache_write_1h: int = 0
    cache_write_12h: int = 0
    cache_write_unspecified: int = 0
    output: int = 0
    reasoning: int | None = None
    audio_input: int = 0
    image_input: int = 0
    video_input: int = 0
    audio_output: int = 0
    image_output: int = 0
    audio_cache_read: int | None = None
    image_cache_read: int | None = None
    video_cache_read: int | None = None
    web_searches: int = 0
    cached_unknown: bool = False
    input_range: tuple[int, int | None] | None = None
    terms: str | None = None
    place: str | None = None
    cost: Decimal | None = None
    currency: str | None = None
    agent: str | None = None
    session: str | None = None
    project: str | None = None
    id: str | None = None
    each_known: bool = False

    @property
    def is_sum(self) -> bool:
        """Whether only what its requests held together is known."""
        return self.requests != 1 and not self.each_known

    def local_start(self, zone: tzinfo) -> datetime:
        """When it starts by the clock of a zone; of a day or longer, the day as its source has it."""
        start = self.start
        is_long = self.end is not None and self.end - start >= timedelta(days=1)
        return start if is_long or start.tzinfo is zone else start.astimezone(zone)

    def local_end(self, zone: tzinfo) -> datetime:
        """The last moment of it by the clock of a zone; of a day or longer, within the day as its source has it."""
        if self.end is None or self.end <= self.start:
            return self.local_start(zone)
        last = self.end - timedelta(microseconds=1)
        return last if self.end - self.start >= timedelta(days=1) else last.astimezone(zone)

    @property
    def input(self) -> int:
        """All tokens of input, cached ones included."""
        return self.input_uncached + self.cache_read + self.written

    @property
    def written(self) -> int:
        """All tokens written to a cache, however long they are kept."""
        return sum(WRITTEN(self))


def each_once(records: Iterable[UsageRecord]) -> list[UsageRecord]:
    """The records without repeats: of those with one id, the one with the most output, and of them the most input.

    Logs write a request down with each piece of its answer, and again where a conversation goes on in another file.
    What is of another model is no repeat, whatever its id.
    """
    every = list(records)
    if len(set(map(ID, every))) == len(every):
        return every
    names = list(map(REQUEST, every))
    kept: dict[object, UsageRecord] = {}
    for number, (name, record) in enumerate(zip(names, every, strict=True)):
        key = number if record.id is None else name
        known = kept.get(key)
        if known is None or (record.output, record.input) > (known.output, known.input):
            kept[key] = record
    return list(kept.values())


ID = attrgetter("id")
REQUEST = attrgetter("provider", "id", "model")
"""What tells a request from others, where it has an id."""


class UsageSum(NamedTuple):
    """Records added up; ``requests``, ``reasoning`` and ``cost`` of None: one of them does not state it.

    ``currency`` is that of ``cost``, which is None as well where costs are in several.
    """

    requests: int | None
    input_uncached: int
    cache_read: int
    cache_write_5m: int
    cache_write_1h: int
    cache_write_unspecified: int
    output: int
    reasoning: int | None
    cost: Decimal | None
    currency: str | None
    cache_write_12h: int = 0

    @property
    def written(self) -> int:
        """All tokens written to a cache, however long they are kept."""
        return sum(WRITTEN(self))


def add_up(records: Iterable[UsageRecord | UsageSum]) -> UsageSum:
    """The sums of some records, or of sums."""
    kept = list(records)
    costs: list[Decimal | None] = list(map(attrgetter("cost"), kept))
    priced = [] if costs.count(None) == len(costs) else [record for record in kept if record.cost is not None]
    currencies = {record.currency for record in priced}
    return UsageSum(
        requests=_sum_where_stated("requests", kept),
        **{name: sum(map(attrgetter(name), kept)) for name in COUNTS},
        reasoning=_sum_where_stated("reasoning", kept),
        cost=None if None in costs or len(currencies) > 1 else sum((each or Decimal(0) for each in costs), Decimal(0)),
        currency=currencies.pop() if len(currencies) == 1 else None,
    )


def _sum_where_stated(name: str, records: list[UsageRecord | UsageSum]) -> int | None:
    """The sum of a count; None where any of them does not state it."""
    stated: list[int | None] = list(map(attrgetter(name), records))
    return None if None in stated else sum(filter(None, stated))
