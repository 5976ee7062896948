"""The rows of a file that others wrote, each cell read with care and never shown.

A message names the file, the row and the column, and never what a cell holds: logs hold prompts and keys.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from llmcost.usage.decoding import LONGEST_NAME, MOST_COUNT, Misfit, Shaped, fitted

LAST_SECOND = 10**11
"""A larger number since 1970 is of milliseconds."""
BELIEVED = range(2015, 2101)
"""Years in which there can have been usage."""
YES, NO = ("true", "yes", "1", "t", "y"), ("", "false", "no", "0", "f", "n", "none")
DAY = re.compile(r"[0-9]{4}-?[0-9]{2}-?[0-9]{2}")
WHOLE = re.compile(r"[0-9]{1,16}(\.0+)?")
THOUSANDS = re.compile(r"[1-9][0-9]{0,2}\.000")
"""What some write for thousands, and others for a whole number."""
MONEY = re.compile(r"[-+]?([0-9]{1,15}(\.[0-9]{0,30})?|\.[0-9]{1,30})([eE][-+]?[0-9]{1,2})?")
MOST_MONEY = 10**15


class BadRow(Exception):
    """A row that is usage and cannot be read, with the reason."""


class BadColumn(Exception):
    """A column that all rows of a table have and that cannot be read, with the reason and a remedy."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(reason)
        self.remedy = remedy


class Row(NamedTuple):
    """One row or object of a file, and where it stands: a line, or the place in a list, from 1.

    ``cells`` of a format that has a shape for its lines are of that shape, unless a line does not have it.
    """

    number: int
    cells: Any

    def shaped(self, shape: type[Shaped]) -> Shaped:
        """The row in the shape of its format. Raises BadRow, which says what has another kind, and never what it is."""
        try:
            return fitted(self.cells, shape)
        except Misfit as error:
            raise BadRow(str(error)) from None

    def part(self, *keys: str) -> Row:
        """An object within this one; an empty one where there is none. Raises BadRow for anything else."""
        value: Any = self.cells
        for key in keys:
            value = value.get(key)
            if value is None:
                value = {}
            if not isinstance(value, dict):
                raise BadRow(f"{'.'.join(keys)} is no object")
        return Row(self.number, value)

    def rows(self, key: str) -> list[Row]:
        """The objects of a list within this one, numbered from 1. Raises BadRow for anything else."""
        value = self.cells.get(key)
        if not isinstance(value, list) or not all(isinstance(each, Mapping) for each in value):
            raise BadRow(f"{key} is no list of objects")
        return [Row(number, each) for number, each in enumerate(value, 1)]

    def count(self, key: str) -> int:
        """A count of tokens or requests; 0 where it is left out. Raises BadRow for what is none."""
        return self.stated_count(key) or 0

    def stated_count(self, key: str) -> int | None:
        """A count; None where it is left out. Raises BadRow for what is none."""
        value = self.cells.get(key)
        if type(value) is int and 0 <= value <= MOST_COUNT:
            return value
        if value is None or value == "":
            return None
        if isinstance(value, str) and THOUSANDS.fullmatch(value.strip()):
            raise BadRow(f"{key} may be thousands with a point between them, or a whole number: write it without")
        if isinstance(value, str) and WHOLE.fullmatch(value.strip()):
            value = Decimal(value.strip())
        if isinstance(value, Decimal) and value.is_finite() and abs(value) <= MOST_COUNT and value == int(value):
            value = int(value)
        if type(value) is not int or not 0 <= value <= MOST_COUNT:
            raise BadRow(f"{key} is no count from 0 to {MOST_COUNT:,}")
        return value

    def text(self, key: str) -> str | None:
        """A text; None where it is left out or empty. Raises BadRow for anything else."""
        return name_of(key, self.cells.get(key))

    def label(self, key: str) -> str | None:
        """A name that people gave, as ``label_of`` has it. Raises BadRow for what is no text."""
        return label_of(key, self.cells.get(key))

    def named(self, key: str) -> str:
        """A text that has to be there. Raises BadRow."""
        return needed_name(key, self.cells.get(key))

    def truth(self, key: str) -> bool:
        """A yes or no; no where it is left out. Raises BadRow for anything else."""
        word = str(self.cells.get(key) or "").strip().lower()
        if word not in (*YES, *NO):
            raise BadRow(f"{key} is neither yes nor no")
        return word in YES

    def needed_count(self, key: str) -> int:
        """A count that has to be there. Raises BadRow."""
        value = self.stated_count(key)
        if value is None:
            raise BadRow(f"{key} is missing")
        return value

    def span(self, key: str) -> tuple[datetime, datetime | None]:
        """A moment, or a whole day where no time is given, as its start and end. Raises BadRow as ``moment`` does."""
        start = self.moment(key)
        is_day = DAY.fullmatch(str(self.cells.get(key)).strip()) is not None
        return start, start + timedelta(days=1) if is_day else None

    def money(self, key: str) -> Decimal | None:
        """An amount; None where it is left out. Raises BadRow for what is none."""
        return amount_of(key, self.cells.get(key))

    def moment(self, key: str) -> datetime:
        """A day or moment in UTC, or seconds or milliseconds since 1970.

        Raises BadRow for what is none, or lies outside any use.
        """
        return moment_of(key, self.cells.get(key))

    def own_moment(self, key: str) -> datetime:
        """A moment by the clock that it is written by. Raises BadRow as ``moment`` does."""
        found, text = self.moment(key), str(self.cells.get(key)).strip()
        try:
            zone = datetime.fromisoformat(text).tzinfo
        except ValueError:
            zone = None
        return found if zone is None else found.astimezone(zone)

    def day_after(self, key: str) -> datetime:
        """The end of a day. Raises BadRow as ``moment`` does."""
        return self.moment(key) + timedelta(days=1)

    def nanoseconds(self, key: str) -> datetime:
        """A moment from nanoseconds since 1970, which JSON has as a text. Raises BadRow for what is none."""
        value = self.cells.get(key)
        number = int(value) if isinstance(value, str) and re.fullmatch("[0-9]{1,20}", value) else value
        found = _since_1970(number, 10**9) if type(number) is int else None
        if found is None or found.year not in BELIEVED:
            raise BadRow(f"{key} is no moment")
        return found


def name_of(key: str, value: Any) -> str | None:
    """A text; None where it is left out or empty. Raises BadRow for anything else."""
    if value is None or value == "":
        return None
    if not isinstance(value, str) or len(value) > LONGEST_NAME or not value.isprintable():
        raise BadRow(f"{key} is no name")
    return value


def label_of(key: str, value: Any) -> str | None:
    """A name that people gave, such as that of a folder, however odd; None where it is left out or empty.

    A sign that is not shown, such as one that joins others, is a question mark in it, and its end is cut off where it
    is too long. Raises BadRow for what is no text.
    """
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise BadRow(f"{key} is no name")
    short = value[:LONGEST_NAME]
    return short if short.isprintable() else "".join(sign if sign.isprintable() else "?" for sign in short)


def needed_name(key: str, value: Any) -> str:
    """A text that has to be there. Raises BadRow."""
    name = name_of(key, value)
    if name is None:
        raise BadRow(f"{key} is missing")
    return name


def amount_of(key: str, value: Any) -> Decimal | None:
    """An amount; None where it is left out. Raises BadRow for what is none."""
    if value is None or value == "":
        return None
    if type(value) is int:
        value = Decimal(value)
    if isinstance(value, str) and MONEY.fullmatch(value.strip()):
        try:
            value = Decimal(value.strip())
        except InvalidOperation:
            value = None
    if not isinstance(value, Decimal) or not value.is_finite() or abs(value) >= MOST_MONEY:
        raise BadRow(f"{key} is no amount")
    return value


def moment_of(key: str, value: Any) -> datetime:
    """A day or moment in UTC, or seconds or milliseconds since 1970.

    Raises BadRow for what is none, or lies outside any use.
    """
    if isinstance(value, str):
        is_number = len(value) in (9, 10, 12, 13) and value.isdecimal()
        found = _of_number(int(value)) if is_number else _moment(value)
    elif isinstance(value, Decimal) and value.is_finite() and abs(value) < MOST_COUNT:
        found = _since_1970(int(value * 1000), 1000)
    else:
        found = _of_number(value) if type(value) is int else None
    if found is None or found.year not in BELIEVED:
        raise BadRow(f"{key} is no moment")
    return found


def _of_number(value: int) -> datetime | None:
    return _since_1970(value, 1000 if value > LAST_SECOND else 1)


def _since_1970(value: int, of_second: int) -> datetime | None:
    try:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=value * 10**6 // of_second)
    except OverflowError:
        return None


def _moment(value: str) -> datetime | None:
    if len(value) > 40:
        return None
    text = value.strip()
    if len(text) == len("20261101") and text.isdecimal():
        text = f"{text[:4]}-{text[4:6]}-{text[6:]}"
    try:
        found = datetime.fromisoformat(text)
        if found.tzinfo is UTC:
            return found
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
