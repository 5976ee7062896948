"""The day prices are asked for, and the moments prices start and end.

A day is compared with days, an instant with instants; a day that has to be an instant is its first one. The clock is
not read here: today comes in as an argument.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timezone
from fractions import Fraction
from typing import NamedTuple

from llmcost.errors import LlmcostError, NumberError

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
FIRST_YEAR = 1970
LAST_YEAR = 9000
_DURATION = re.compile(r"([1-9][0-9]*(?:\.[0-9]+)?|0\.[0-9]+)(ms|s|m|h|d)")
_SECONDS = {"ms": Fraction(1, 1000), "s": Fraction(1), "m": Fraction(60), "h": Fraction(3600), "d": Fraction(86400)}
_BOTH = "write it like 2026-11-23, or 2026-11-23T14:00:00Z for an instant"


class PricingDay(NamedTuple):
    """When prices are asked for.

    ``instant`` is None for a whole day; then a workload is spread over the hours of the week, or, with an ``hour``, is
    sent at that moment, which may be of another day.
    """

    day: date
    instant: datetime | None = None
    hour: datetime | None = None

    def __str__(self) -> str:
        return self.day.isoformat() if self.instant is None else _instant_text(self.instant)


class Moment(NamedTuple):
    """A start or an end written in a sheet: a day in a zone, or an instant with its offset.

    ``day`` is None when it was written as an instant.
    """

    instant: datetime
    day: date | None = None

    def __str__(self) -> str:
        return _instant_text(self.instant) if self.day is None else self.day.isoformat()

    def reached(self, on: PricingDay) -> bool:
        """Whether the moment lies on or before the asked day or instant."""
        if on.instant is not None:
            return on.instant >= self.instant
        if self.day is not None:
            return on.day >= self.day
        return datetime.combine(on.day, time(), timezone.utc) >= self.instant

    @property
    def pricing_day(self) -> PricingDay:
        """The same instant, to ask for prices at."""
        return PricingDay(self.instant.date(), self.instant)


def pricing_day(value: date | PricingDay | str) -> PricingDay:
    """Accept a date, an aware datetime, a PricingDay, or one of them as ISO 8601 text.

    Raises NumberError for other text, and LlmcostError for a datetime without an offset, which would mean another
    instant in every zone.
    """
    if type(value) is date:
        return PricingDay(value)
    if isinstance(value, PricingDay):
        return value
    if isinstance(value, str):
        return parse_pricing_day(value)
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise LlmcostError(f"{value.isoformat()} has no UTC offset", "give an aware datetime, or a date")
        moment = value.astimezone(timezone.utc)
        return PricingDay(moment.date(), moment)
    return PricingDay(value)


def parse_pricing_day(text: str) -> PricingDay:
    """Read ``2026-11-23``, ``2026-11-23T14:00Z`` or any ISO 8601 instant; without an offset it is UTC.

    Raises NumberError for anything else.
    """
    moment = parse_moment(text, "UTC", default_zone=True)
    if moment.instant.year > LAST_YEAR:
        raise NumberError(f'"{text}" lies after {LAST_YEAR}', "check the year")
    return PricingDay(moment.instant.date(), None if moment.day is not None else moment.instant)


def parse_moment(text: str, zone: str = "UTC", *, default_zone: bool = False) -> Moment:
    """Read a day (in ``zone``) or an instant with its offset.

    ``default_zone`` accepts an instant without an offset and takes it as UTC.
    Raises NumberError for other forms and for impossible dates.
    """
    try:
        if "T" not in text:
            day = parse_day(text)
            return Moment(_midnight(day, zone), day)
        parse_day(text[:10])
        instant = datetime.fromisoformat(text)
        if instant.tzinfo is None:
            if not default_zone:
                raise NumberError(f'"{text}" has no UTC offset', "add Z or an offset such as +08:00", "offset")
            instant = instant.replace(tzinfo=timezone.utc)
        return Moment(instant.astimezone(timezone.utc))
    except NumberError as error:
        whole = error.message.replace(f'"{text[:10]}"', f'"{text}"')
        raise NumberError(whole, error.remedy if error.about == "offset" else _BOTH) from None
    except (ValueError, OverflowError):
        raise NumberError(f'"{text}" is not a date', _BOTH) from None


def parse_day(text: str) -> date:
    """Read a day such as ``2026-11-23``. Raises NumberError for other forms and for days there are not."""
    if not _DAY.fullmatch(text):
        raise NumberError(f'"{text}" is not a date', "write it like 2026-11-23")
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise NumberError(f'"{text}" is a day that no calendar has', "write it like 2026-11-23") from None
    if day.year < FIRST_YEAR:
        raise NumberError(f'"{text}" lies before {FIRST_YEAR}', "check the year")
    return day


def _midnight(day: date, zone: str) -> datetime:
    if zone == "UTC":
        return datetime.combine(day, time(), timezone.utc)
    from zoneinfo import ZoneInfo

    try:
        return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(timezone.utc)
    except OverflowError:  # the last day there is, in a zone west of UTC
        return datetime.max.replace(tzinfo=timezone.utc)


def _instant_text(instant: datetime) -> str:
    return instant.isoformat().replace("+00:00", "Z")


def parse_duration(text: str) -> Fraction:
    """Read ``20s``, ``1.5m``, ``4h`` or ``1d`` as seconds. Raises NumberError for other forms."""
    match = _DURATION.fullmatch(text) if text.isascii() and len(text) <= 20 else None
    if not match:
        raise NumberError(f'"{text}" is not a duration', "write it like 50ms, 20s, 5m, 1h or 1d")
    return Fraction(match.group(1)) * _SECONDS[match.group(2)]


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day when it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for number in range(day.day, 27, -1):
        try:
            return date(year, month + 1, number)
        except ValueError:
            continue
    return date(year, month + 1, day.day)
