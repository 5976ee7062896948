"""Hours of the week: when a price window or a workload is on.

A week is 10,080 minutes, counted from Monday 00:00 UTC. A window in another zone is moved by that zone's offset
on the priced day at noon, so daylight saving is right for that day; an instant is read on the zone's own clock.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from fractions import Fraction
from itertools import pairwise
from typing import Any, NamedTuple

from llmcost.core.values.dates import parse_day
from llmcost.errors import NumberError

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY = 24 * 60
WEEK = 7 * DAY
ANY_MONDAY = date(2026, 1, 5)
"""A day whose week stands for every other, where windows are compared that share their zones."""

_CLOCK = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00")

Spans = tuple[tuple[int, int], ...]


class Window(NamedTuple):
    """Clock hours on some weekdays; an end at or before the start runs into the next day.

    ``weekdays`` holds numbers from 0 (Monday); ``start`` and ``end`` are minutes of the day, ``end`` exclusive.
    ``text`` is how it is shown. ``days_off`` are days, by the calendar of the zone, on which it does not begin.
    """

    weekdays: tuple[int, ...]
    start: int
    end: int
    zone: str
    text: str
    days_off: frozenset[date] = frozenset()

    def holds(self, instant: datetime) -> bool:
        """Whether an aware instant lies in the window, by the clock of its zone at that instant."""
        local = instant.astimezone(_zone(self.zone))
        minute = local.hour * 60 + local.minute
        today, yesterday = (self._is_on(local.date() - timedelta(days=back)) for back in (0, 1))
        if self.start < self.end:
            return today and self.start <= minute < self.end
        return (today and minute >= self.start) or (yesterday and minute < self.end)

    @property
    def clock(self) -> tzinfo:
        """The zone whose hours they are."""
        return _zone(self.zone)

    def _is_on(self, day: date) -> bool:
        return day.weekday() in self.weekdays and day not in self.days_off

    def spans(self, day: date) -> list[tuple[int, int]]:
        """Minutes of the UTC week that the window covers in the week of ``day``."""
        shift = -_offset_minutes(self.zone, day)
        length = (self.end - self.start) % DAY or DAY
        spans = []
        monday = day.toordinal() - day.weekday()
        for weekday in self.weekdays:
            if self.days_off and date.fromordinal(min(monday + weekday, date.max.toordinal())) in self.days_off:
                continue
            begin = (weekday * DAY + self.start + shift) % WEEK
            if begin + length > WEEK:
                spans += [(begin, WEEK), (0, begin + length - WEEK)]
            else:
                spans.append((begin, begin + length))
        return spans


def week_spans(windows: tuple[Window, ...], day: date) -> Spans:
    """The union of windows as ascending, disjoint minutes of the UTC week."""
    merged: list[tuple[int, int]] = []
    for begin, end in sorted(span for window in windows for span in window.spans(day)):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((begin, end))
    return tuple(merged)


def weeks_from(day: date, number: int) -> list[date]:
    """A day and the same weekday of the weeks that follow, so many in all; fewer at the end of the calendar."""
    return [day + timedelta(weeks=week) for week in range(number) if (date.max - day).days >= 7 * week]


def contains(spans: Spans, minute: int) -> bool:
    """Whether a minute of the week lies in the spans."""
    return any(begin <= minute < end for begin, end in spans)


def covers(outer: Spans, inner: Spans) -> bool:
    """Whether every minute of ``inner`` lies in ``outer``."""
    return all(any(begin <= a and b <= end for begin, end in outer) for a, b in inner)


def shares(hours: Spans | None, windows: list[Spans]) -> dict[frozenset[int], Fraction]:
    """How a load spread evenly over ``hours`` falls on the windows.

    The keys are the sets of window numbers that hold at the same time, the values parts of one.
    ``hours`` of None is the whole week.
    """
    active = hours if hours is not None else ((0, WEEK),)
    edges = sorted({0, WEEK, *(edge for spans in (active, *windows) for span in spans for edge in span)})
    minutes: dict[frozenset[int], int] = {}
    for begin, end in pairwise(edges):
        if contains(active, begin):
            key = frozenset(number for number, spans in enumerate(windows) if contains(spans, begin))
            minutes[key] = minutes.get(key, 0) + end - begin
    total = sum(minutes.values())
    return {key: Fraction(count, total) for key, count in minutes.items()}


def parse_window(window: Mapping[str, Any]) -> Window:
    """Clock hours on weekdays, such as ``{weekdays: mon-fri, from: "09:00", to: "12:00", timezone: UTC}``.

    ``except`` lists days such as 2026-10-01 on which they do not begin.

    Raises NumberError for a part that cannot be read.
    """
    weekdays = window.get("weekdays") or "mon-sun"
    zone = window.get("timezone", "UTC")
    shown = "daily" if weekdays == "mon-sun" else weekdays
    off = frozenset(parse_day(each) for each in window.get("except") or ())
    text = f"{shown} {window['from']}-{window['to']} {zone}" + (f" but on {len(off)} days" if off else "")
    hours = parse_clock(window["from"]), parse_clock(window["to"])
    return Window(parse_weekdays(weekdays), *hours, parse_zone(zone), text, off)


def parse_weekdays(text: str) -> tuple[int, ...]:
    """Read ``mon-fri``, ``sat, sun`` and the like as numbers from 0 (Monday).

    Raises NumberError for other words.
    """
    days: set[int] = set()
    for part in text.split(","):
        first, dash, last = (word.strip() for word in part.partition("-"))
        if first not in WEEKDAYS or (dash and last not in WEEKDAYS):
            raise NumberError(f'"{text}" does not name weekdays', "write them like mon-fri, or sat, sun")
        begin, end = WEEKDAYS.index(first), WEEKDAYS.index(last if dash else first)
        days.update((begin + step) % 7 for step in range((end - begin) % 7 + 1))
    return tuple(sorted(days))


OWN_ZONES = frozenset(("localtime", "posixrules", "Factory"))
"""Names that mean another zone on another machine."""


def parse_zone(text: str) -> str:
    """Return a zone's name when it is known. Raises NumberError otherwise."""
    if text == "UTC":
        return text
    from zoneinfo import ZoneInfo

    try:
        if text in OWN_ZONES or text.startswith(("posix/", "right/")):
            raise KeyError(text)
        ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        raise NumberError(f'"{text}" is not a known time zone', "write UTC or a name such as Asia/Shanghai") from None
    return text


def parse_clock(text: str) -> int:
    """Read ``08:30`` as a minute of the day. Raises NumberError for other forms."""
    if not _CLOCK.fullmatch(text):
        raise NumberError(f'"{text}" is not a time of day', 'write it like "08:30", in quotes')
    return int(text[:2]) * 60 + int(text[3:])


def _zone(name: str) -> tzinfo:
    if name == "UTC":
        return timezone.utc
    from zoneinfo import ZoneInfo

    return ZoneInfo(name)


def _offset_minutes(zone: str, day: date) -> int:
    if zone == "UTC":
        return 0
    noon = datetime.combine(day, time(12), _zone(zone))
    offset = noon.utcoffset() or timedelta()
    return int(offset.total_seconds()) // 60
