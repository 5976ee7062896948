"""Usage in columns, of which a million numbers are compared and added up faster than of as many records."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Hashable, Iterable, Iterator, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any

from llmcost.core.pricing.boundaries import MovedEdges
from llmcost.core.workload.recount import growth_in, growth_out
from llmcost.core.workload.usage_record import CACHED_MEDIA, COUNTS, MEDIA_COUNTS, WRITES, UsageRecord

INPUTS = ("input_uncached", "cache_read", *WRITES)
SUMS = (*COUNTS, *MEDIA_COUNTS, "web_searches")
SUMMED = attrgetter(*SUMS)
CONTENT = attrgetter(*MEDIA_COUNTS)
CACHED = attrgetter(*CACHED_MEDIA)
NO_MEDIA = (0,) * len(MEDIA_COUNTS)
NAMES = attrgetter("model", "provider", "terms", "place", "cached_unknown")


Edges = tuple[int, ...]
Places = Sequence[int]
"""Places of records among all."""


class UsageColumns:
    """What some records hold, each column with a value for each of them.

    ``counts`` has what is counted, without columns of nothing. ``lows`` and ``highs`` are how large the input of a
    request was, at least and at most, ``means`` how large a mean one, so that one was as large at least (0 where their
    number is not stated), ``answers`` how long a mean answer was, and ``apart`` a number that is the same
    for records which are alike wherever they lie. ``parts`` are the places of records that name the same.
    """

    def __init__(self, records: Sequence[UsageRecord]) -> None:
        self._records = records
        every = {name: self._column(name) for name in SUMS}
        self.counts = {name: column for name, column in every.items() if any(column)}
        self.requests: list[int | None] = self._column("requests")
        self.reasoning: list[int | None] = self._column("reasoning")
        self.cached_media: dict[str, list[int | None]] = (
            {name: self._column(name) for name in CACHED_MEDIA}
            if not self.counts.keys().isdisjoint(MEDIA_COUNTS)
            else {}
        )
        self.starts: list[datetime] = self._column("start")
        self.answers = self._together(("output",))
        self.lows = self.highs = self.means = self._together(INPUTS)
        if not is_uniform(self.requests, 1):
            sizes = list(map(_sizes, records, self.highs))
            self.lows, self.highs = [low for low, _ in sizes], [high for _, high in sizes]
            self.answers = [-(-made // (sent or 1)) for made, sent in zip(self.answers, self.requests, strict=True)]
            self.means = [-(-size // sent) if sent else 0 for size, sent in zip(self.means, self.requests, strict=True)]
        names = list(map(NAMES, records))
        self.parts = _parts(names)
        self.apart = self._told_apart(names)

    def holds_media(self, part: Places) -> bool:
        """Whether anything that some records hold is no text."""
        return any(any(map(self.counts[name].__getitem__, part)) for name in MEDIA_COUNTS if name in self.counts)

    def brackets(self, part: Places, inputs: Edges, outputs: Edges) -> Iterator[list[Any]]:
        """Between which edges the sizes of some records lie, and their answers; nothing where there are no edges."""
        sizes = [self.lows] if self.highs is self.lows else [self.lows, self.highs, self.means]
        for column, edges in (*((column, inputs) for column in sizes), (self.answers, outputs)):
            if edges:
                yield [bisect_right(edges, column[place]) for place in part]

    def moved_brackets(self, part: Places, edges: MovedEdges) -> Iterator[list[Any]]:
        """As ``brackets``, of records that are larger by how much of each is text, which keeps them apart as well."""
        records = [self._records[place] for place in part]
        inward, outward = ([growth(record, edges.ratio) for record in records] for growth in (growth_in, growth_out))
        yield inward
        yield outward
        for column, growths, firsts in (
            (self.lows, inward, edges.inputs),
            (self.highs, inward, edges.inputs),
            (self.means, inward, edges.inputs),
            (self.answers, outward, edges.outputs),
        ):
            sizes = (int(column[place] * growth) for place, growth in zip(part, growths, strict=True))
            yield [bisect_right(firsts, size) for size in sizes]

    @property
    def span(self) -> tuple[datetime, datetime] | None:
        """When the first record began and the last ended; None of no records."""
        starts = self.starts
        ends = (end for end in self._column("end") if end is not None)
        return (min(starts), max(max(starts), *ends, starts[0])) if starts else None

    def _column(self, name: str) -> list[Any]:
        return list(map(attrgetter(name), self._records))

    def _together(self, names: Iterable[str]) -> list[int]:
        """What each record has of some counts together."""
        columns = [self.counts[name] for name in names if name in self.counts]
        if len(columns) == 1:
            return columns[0]
        return list(map(sum, zip(*columns, strict=True))) if columns else [0] * len(self._records)

    def _told_apart(self, names: list[Any]) -> list[int]:
        told: list[list[Any]] = [
            names,
            [sent is None for sent in self.requests],
            [made is None for made in self.reasoning],
            [record.is_sum for record in self._records],
            # Another seller counts a record by whether anything of it was read or written, so a sum has to say so too.
            list(map(bool, self._together(["cache_read"]))),
            list(map(bool, self._together(WRITES))),
        ]
        if not self.counts.keys().isdisjoint(MEDIA_COUNTS):
            told.append(list(map(_media, self._records)))
        return number_rows(told)


def _parts(names: Sequence[Any]) -> list[Places]:
    """The places of those that name the same, in order of the first of each."""
    if not names or is_uniform(names, names[0]):
        return [range(len(names))]
    found: dict[Any, list[int]] = {}
    for place, name in enumerate(names):
        found.setdefault(name, []).append(place)
    return list(found.values())


def is_uniform(column: Sequence[Any], value: Any) -> bool:
    """Whether a column has one value alone."""
    return column.count(value) == len(column)


def number_rows(columns: Sequence[Sequence[Any]]) -> list[int]:
    """A number for each row of some columns, the same for rows that are alike, in order of the first of them."""
    apart = [column for column in columns if column and not is_uniform(column, column[0])]
    if not apart:
        return [0] * len(columns[0])
    rows = apart[0] if len(apart) == 1 else list(zip(*apart, strict=True))
    numbers = {row: number for number, row in enumerate(dict.fromkeys(rows))}
    return list(map(numbers.__getitem__, rows))


def _sizes(record: UsageRecord, size: int) -> tuple[int, int]:
    """How large the input of its requests was, which is of some size together: the least and the most."""
    if record.requests == 1:
        return size, size
    low, high = record.input_range or (0, None)
    most = size if high is None else min(high, size)
    return min(low, most), most


def _media(record: UsageRecord) -> Hashable:
    """What kinds of content it has.

    Where some of its input is no text and some is cached, how much is both is mostly not known. What that leaves open
    is the least and the most of each record, which a sum of several no longer tells; so only such as are alike are
    added up, and those of which all is stated.
    """
    media = CONTENT(record)
    if media == NO_MEDIA:
        return None
    cached = CACHED(record)
    stated = tuple(count is not None for count in cached)
    is_known = record.written == 0 and all(known or not count for known, count in zip(stated, media, strict=False))
    if any(media[:3]) and record.input > record.input_uncached and not is_known:
        return (*SUMMED(record), *cached)
    return (*(count > 0 for count in media), *stated)
