"""Hours of the week: windows in their zones, and how a load falls on them."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from fractions import Fraction
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from support.sheets import listing_of

from llmcost import Usage, quote
from llmcost.core.offers.offer import Offer
from llmcost.core.values.schedule import contains, covers, parse_weekdays, parse_window, shares, week_spans
from llmcost.errors import NumberError

HOUR = 60
DAY = 24 * HOUR
MONDAY = date(2026, 1, 5)
PEAK = (
    parse_window({"weekdays": "mon-fri", "from": "01:00", "to": "04:00", "timezone": "UTC"}),
    parse_window({"weekdays": "mon-fri", "from": "06:00", "to": "10:00", "timezone": "UTC"}),
)


def spans(day: date = MONDAY, **window: str) -> tuple[tuple[int, int], ...]:
    return week_spans((parse_window({key.strip("_"): text for key, text in window.items()}),), day)


def offer_with_window(window: dict[str, str]) -> Offer:
    """An offer whose input costs 1 USD for each token, and 2 USD in a window."""
    entry = {
        "checked_on": "2026-01-01",
        "source": "https://example.com/prices",
        "rates": {"input": "1000000 USD / 1M tokens"},
        "variants": [{"when": {"time": [window]}, "rates": {"input": "2000000 USD / 1M tokens"}}],
    }
    model = {"id": "m", "prices": [entry]}
    sheet = {"seller": "s", "name": "S", "default_place": "here", "models": [model]}
    return listing_of(sheet, model).load()["here"]


def test_a_peak_of_35_hours_is_35_of_168() -> None:
    """Five days of three and four hours hold 5 x (3 + 4) of the 168 hours of an even week."""
    parts = shares(None, [week_spans(PEAK, MONDAY)])
    assert parts == {frozenset({0}): Fraction(5 * (3 + 4), 168), frozenset(): Fraction(168 - 35, 168)}


def test_a_window_runs_past_midnight() -> None:
    """An end before the start lies on the next day."""
    assert spans(weekdays="tue", from_="22:00", to="02:00") == ((DAY + 22 * HOUR, DAY + 26 * HOUR),)


def test_a_window_runs_past_sunday() -> None:
    """Sunday's night ends on Monday morning of the same week."""
    assert spans(weekdays="sun", from_="22:00", to="02:00") == ((0, 2 * HOUR), (6 * DAY + 22 * HOUR, 7 * DAY))


def test_an_end_at_the_start_is_a_whole_day() -> None:
    """From one hour to the same is 24 hours, as is from midnight to midnight however it is written."""
    assert spans(weekdays="wed", from_="09:00", to="09:00") == ((2 * DAY + 9 * HOUR, 3 * DAY + 9 * HOUR),)
    assert spans(weekdays="wed", from_="00:00", to="24:00") == ((2 * DAY, 3 * DAY),)
    assert spans(weekdays="wed", from_="00:00", to="00:00") == ((2 * DAY, 3 * DAY),)


def test_windows_that_touch_or_overlap_are_one() -> None:
    """An hour that lies in two windows is counted once."""
    windows = tuple(
        parse_window({"weekdays": "mon", "from": begin, "to": end})
        for begin, end in (("08:00", "12:00"), ("10:00", "14:00"), ("14:00", "15:00"))
    )
    assert week_spans(windows, MONDAY) == ((8 * HOUR, 15 * HOUR),)


ZONES = [
    # Shanghai is at +8 all year: its Monday 08:00 is Monday 00:00 UTC, its Monday 06:00 is Sunday 22:00 UTC
    ("Asia/Shanghai", date(2026, 1, 5), "08:00", "12:00", ((0, 4 * HOUR),)),
    ("Asia/Shanghai", date(2026, 7, 6), "06:00", "09:00", ((0, 1 * HOUR), (6 * DAY + 22 * HOUR, 7 * DAY))),
    # Berlin is at +1 in winter and at +2 from 2026-03-29 to 2026-10-24
    ("Europe/Berlin", date(2026, 3, 28), "09:00", "17:00", ((8 * HOUR, 16 * HOUR),)),
    ("Europe/Berlin", date(2026, 3, 30), "09:00", "17:00", ((7 * HOUR, 15 * HOUR),)),
    ("Europe/Berlin", date(2026, 10, 24), "09:00", "17:00", ((7 * HOUR, 15 * HOUR),)),
    ("Europe/Berlin", date(2026, 10, 26), "09:00", "17:00", ((8 * HOUR, 16 * HOUR),)),
    # New York is at -5 in winter and at -4 from 2026-03-08 to 2026-10-31
    ("America/New_York", date(2026, 3, 7), "09:00", "17:00", ((14 * HOUR, 22 * HOUR),)),
    ("America/New_York", date(2026, 3, 9), "09:00", "17:00", ((13 * HOUR, 21 * HOUR),)),
    ("America/New_York", date(2026, 10, 31), "20:00", "23:00", ((DAY, DAY + 3 * HOUR),)),
    ("America/New_York", date(2026, 11, 2), "20:00", "23:00", ((DAY + 1 * HOUR, DAY + 4 * HOUR),)),
    # Kolkata is at +5:30
    ("Asia/Kolkata", date(2026, 1, 5), "09:00", "10:00", ((3 * HOUR + 30, 4 * HOUR + 30),)),
]


@pytest.mark.parametrize(("zone", "day", "begin", "end", "expected"), ZONES)
def test_clock_hours_are_those_of_their_zone_on_that_day(
    zone: str, day: date, begin: str, end: str, expected: tuple[tuple[int, int], ...]
) -> None:
    """A window in a zone covers the UTC hours that its clock shows, before and after daylight saving changes."""
    assert spans(day, weekdays="mon", from_=begin, to=end, timezone=zone) == expected


INSTANTS = [
    # on 2026-03-29 clocks in Berlin go from 02:00 to 03:00, at 01:00 UTC
    ("Europe/Berlin", "01:00", "02:00", datetime(2026, 3, 29, 0, 30, tzinfo=timezone.utc), True),
    ("Europe/Berlin", "03:00", "04:00", datetime(2026, 3, 29, 1, 30, tzinfo=timezone.utc), True),
    ("Europe/Berlin", "01:00", "02:00", datetime(2026, 3, 28, 23, 30, tzinfo=timezone.utc), False),
    # on 2026-11-01 clocks in New York go from 02:00 back to 01:00, at 06:00 UTC
    ("America/New_York", "00:00", "01:00", datetime(2026, 11, 1, 4, 30, tzinfo=timezone.utc), True),
    ("America/New_York", "00:00", "01:00", datetime(2026, 11, 1, 5, 30, tzinfo=timezone.utc), False),
    ("America/New_York", "12:00", "13:00", datetime(2026, 11, 1, 17, 30, tzinfo=timezone.utc), True),
    # Auckland is ahead: 2026-07-05 23:30 UTC is 11:30 on Monday there
    ("Pacific/Auckland", "11:00", "12:00", datetime(2026, 7, 5, 23, 30, tzinfo=timezone.utc), True),
    ("Pacific/Auckland", "12:00", "13:00", datetime(2026, 7, 5, 23, 30, tzinfo=timezone.utc), False),
]


@pytest.mark.parametrize(("zone", "begin", "end", "instant", "inside"), INSTANTS)
def test_an_instant_is_looked_up_on_the_clock_of_the_zone(
    zone: str, begin: str, end: str, instant: datetime, inside: bool
) -> None:
    """At an instant a window holds when the clock in its zone shows such an hour, on days of change as well."""
    offer = offer_with_window({"from": begin, "to": end, "timezone": zone})
    clock = instant.astimezone(ZoneInfo(zone)).strftime("%H:%M")
    assert (begin <= clock < end) is inside
    assert quote(offer, Usage(input_tokens=1), instant).cost == (2 if inside else 1)


def test_an_instant_in_a_weekday_window_of_another_zone() -> None:
    """The weekday of a window is that of its own zone, not of UTC."""
    offer = offer_with_window({"weekdays": "mon", "from": "00:00", "to": "08:00", "timezone": "Asia/Shanghai"})
    sunday_in_utc = datetime(2026, 1, 4, 17, 0, tzinfo=timezone.utc)  # Monday 01:00 in Shanghai
    assert quote(offer, Usage(input_tokens=1), sunday_in_utc).cost == 2
    assert quote(offer, Usage(input_tokens=1), sunday_in_utc + timedelta(days=1)).cost == 1


def test_class_hours_against_windows() -> None:
    """A load in its own hours falls on a window only as far as both hold.

    Working hours 08:00-18:00 on five days are 50 hours; the peak has 08:00-10:00 of them, 5 x 2 hours.
    """
    hours = week_spans((parse_window({"weekdays": "mon-fri", "from": "08:00", "to": "18:00"}),), MONDAY)
    parts = shares(hours, [week_spans(PEAK, MONDAY)])
    assert parts == {frozenset({0}): Fraction(10, 50), frozenset(): Fraction(40, 50)}


def test_class_hours_in_another_zone() -> None:
    """Berlin's 08:00-18:00 begins at 07:00 UTC in winter, so 3 of its 10 hours are peak; in summer 4 are."""
    window = parse_window({"weekdays": "mon-fri", "from": "08:00", "to": "18:00", "timezone": "Europe/Berlin"})
    for day, peak in ((date(2026, 1, 5), Fraction(3, 10)), (date(2026, 7, 6), Fraction(4, 10))):
        assert shares(week_spans((window,), day), [week_spans(PEAK, day)])[frozenset({0})] == peak


def test_windows_that_hold_together_are_told_apart() -> None:
    """Each set of windows that holds at once is a part of its own, and the parts make one.

    08:00-12:00 and 10:00-16:00 daily: two hours of the first alone, two of both, four of the second alone, 16 of none.
    """
    first, second = (spans(from_=begin, to=end) for begin, end in (("08:00", "12:00"), ("10:00", "16:00")))
    parts = shares(None, [first, second])
    assert parts == {
        frozenset({0}): Fraction(2, 24),
        frozenset({0, 1}): Fraction(2, 24),
        frozenset({1}): Fraction(4, 24),
        frozenset(): Fraction(16, 24),
    }


def test_spans_ascend_and_stay_inside_the_week() -> None:
    """However windows wrap, their union is ascending, disjoint and within the 10,080 minutes of a week."""
    for zone in ("Asia/Shanghai", "America/New_York", "Pacific/Auckland", "UTC"):
        windows = tuple(
            parse_window({"weekdays": days, "from": begin, "to": end, "timezone": zone})
            for days, begin, end in (
                ("sat-mon", "20:00", "06:00"),
                ("wed", "00:00", "24:00"),
                ("sun", "05:00", "21:00"),
            )
        )
        union = week_spans(windows, MONDAY)
        edges = [0, *(edge for span in union for edge in span), 7 * DAY]
        assert all(one <= other for one, other in pairwise(edges))
        # 20:00-06:00 three times, 24 hours, and 06:00-20:00 of the Sunday, which lies between two of them
        assert sum(end - begin for begin, end in union) == (3 * 10 + 24 + 14) * HOUR


WEEKDAYS = [
    ("mon-fri", (0, 1, 2, 3, 4)),
    ("mon-sun", (0, 1, 2, 3, 4, 5, 6)),
    ("sat, sun", (5, 6)),
    ("sat,sun", (5, 6)),
    ("fri-mon", (0, 4, 5, 6)),
    ("wed", (2,)),
    ("sun, mon-wed", (0, 1, 2, 6)),
    ("tue-tue", (1,)),
]


@pytest.mark.parametrize(("text", "days"), WEEKDAYS)
def test_weekdays_are_read(text: str, days: tuple[int, ...]) -> None:
    """Days are named alone, in lists and in ranges that may run past Sunday."""
    assert parse_weekdays(text) == days


@pytest.mark.parametrize(
    "text", ["", "monday", "Mon", "mon-", "-fri", "mon-fri-sun", "mon fri", "mon,,tue", "1-5", "daily"]
)
def test_other_words_are_not_weekdays(text: str) -> None:
    """Anything but the seven short names is an error with a remedy."""
    with pytest.raises(NumberError) as caught:
        parse_weekdays(text)
    assert caught.value.remedy


@pytest.mark.parametrize(
    "part",
    [
        {"from": "9:00"},
        {"from": "09:60"},
        {"to": "24:01"},
        {"to": "25:00"},
        {"from": "0900"},
        {"timezone": "Mars/Base"},
    ],
    ids=str,
)
def test_other_clocks_and_zones_are_refused(part: dict[str, str]) -> None:
    """A time is two digits, a colon and two digits of a real clock, and a zone is one that exists."""
    with pytest.raises(NumberError):
        parse_window({"from": "09:00", "to": "17:00", **part})


def test_an_instant_is_the_same_in_any_offset() -> None:
    """An instant is priced alike however it is written."""
    offer = offer_with_window({"weekdays": "mon", "from": "01:00", "to": "02:00"})
    written_in_shanghai = datetime(2026, 1, 5, 9, 30, tzinfo=timezone(timedelta(hours=8)))  # 01:30 UTC
    assert quote(offer, Usage(input_tokens=1), written_in_shanghai).cost == 2
    assert quote(offer, Usage(input_tokens=1), written_in_shanghai.replace(tzinfo=timezone.utc)).cost == 1


def test_ends_are_exclusive() -> None:
    """The first minute of a window is inside, its end is not."""
    nine = spans(weekdays="mon", from_="09:00", to="10:00")
    assert [contains(nine, minute) for minute in (9 * HOUR - 1, 9 * HOUR, 10 * HOUR - 1, 10 * HOUR)] == [
        False,
        True,
        True,
        False,
    ]


def test_a_window_covers_what_lies_inside_it() -> None:
    """Hours are covered when all of them lie inside, even where two windows meet."""
    outer = week_spans(
        (parse_window({"from": "00:00", "to": "12:00"}), parse_window({"from": "12:00", "to": "18:00"})), MONDAY
    )
    assert covers(outer, spans(weekdays="mon-fri", from_="11:00", to="13:00"))
    assert not covers(outer, spans(weekdays="mon-fri", from_="17:00", to="19:00"))
