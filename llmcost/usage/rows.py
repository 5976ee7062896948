"""The rows of a file that others wrote: CSV, JSON or lines of JSON, each cell read with care and never shown.

A message names the file, the row and the column, and never what a cell holds: logs hold prompts and keys.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, NamedTuple

from llmcost.errors import LlmcostError
from llmcost.files.json import parse_json
from llmcost.files.raw import read_bytes

MOST_BYTES = 4 * 10**9
MOST_COUNT = 10**15
"""Tokens of one record; a larger count is not believed."""
FIRST = 5
"""Lines of which one has to be a JSON object where each line is to be one."""
BELIEVED = range(2015, 2101)
"""Years in which there can have been usage."""
WHOLE = re.compile(r"[0-9]{1,16}(\.0+)?")
MONEY = re.compile(r"[-+]?[0-9]{1,15}(\.[0-9]{1,30})?([eE][-+]?[0-9]{1,2})?")


class BadRow(Exception):
    """A row that is usage and cannot be read, with the reason."""


class Row(NamedTuple):
    """One row or object of a file, and where it stands: a line, or the place in a list, from 1."""

    number: int
    cells: Mapping[str, Any]

    def part(self, *keys: str) -> Row:
        """An object within this one; an empty one where there is none. Raises BadRow for anything else."""
        value: Any = self.cells
        for key in keys:
            value = value.get(key)
            if value is None:
                value = {}
            if not isinstance(value, Mapping):
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
        if value is None or value == "":
            return None
        if isinstance(value, str) and WHOLE.fullmatch(value.strip()):
            value = Decimal(value.strip())
        if isinstance(value, Decimal) and value.is_finite() and value == value.to_integral_value():
            value = int(value)
        if type(value) is not int or not 0 <= value <= MOST_COUNT:
            raise BadRow(f"{key} is no count from 0 to {MOST_COUNT:,}")
        return value

    def text(self, key: str) -> str | None:
        """A text; None where it is left out or empty. Raises BadRow for anything else."""
        value = self.cells.get(key)
        if value is None or value == "":
            return None
        if not isinstance(value, str) or len(value) > 500 or not value.isprintable():
            raise BadRow(f"{key} is no name")
        return value

    def named(self, key: str) -> str:
        """A text that has to be there. Raises BadRow."""
        value = self.text(key)
        if value is None:
            raise BadRow(f"{key} is missing")
        return value

    def money(self, key: str) -> Decimal | None:
        """An amount; None where it is left out. Raises BadRow for what is none."""
        value = self.cells.get(key)
        if value is None or value == "":
            return None
        if type(value) is int:
            value = Decimal(value)
        if isinstance(value, str) and MONEY.fullmatch(value.strip()):
            try:
                value = Decimal(value.strip())
            except InvalidOperation:
                value = None
        if not isinstance(value, Decimal) or not value.is_finite():
            raise BadRow(f"{key} is no amount")
        return value

    def moment(self, key: str) -> datetime:
        """A day or moment in UTC, or seconds since 1970. Raises BadRow for what is none, or lies outside any use."""
        value = self.cells.get(key)
        if isinstance(value, str) and re.fullmatch("[0-9]{9,10}", value):
            value = int(value)
        found = _since_1970(value, 1) if type(value) is int else _moment(value)
        if found is None or found.year not in BELIEVED:
            raise BadRow(f"{key} is no moment")
        return found

    def nanoseconds(self, key: str) -> datetime:
        """A moment from nanoseconds since 1970, which JSON has as a text. Raises BadRow for what is none."""
        value = self.cells.get(key)
        number = int(value) if isinstance(value, str) and re.fullmatch("[0-9]{1,20}", value) else value
        found = _since_1970(number, 10**9) if type(number) is int else None
        if found is None or found.year not in BELIEVED:
            raise BadRow(f"{key} is no moment")
        return found


def _since_1970(value: int, of_second: int) -> datetime | None:
    try:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=value * 10**6 // of_second)
    except OverflowError:
        return None


def _moment(value: Any) -> datetime | None:
    if not isinstance(value, str) or len(value) > 40:
        return None
    text = value.strip()
    if re.fullmatch("[0-9]{8}", text):
        text = f"{text[:4]}-{text[4:6]}-{text[6:]}"
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


class Table(NamedTuple):
    """A file taken apart: ``kind`` is csv, json or jsonl. ``document`` is that of a JSON file, None of others.

    ``columns`` are those of CSV. ``cut`` are the numbers of lines that are no JSON.
    """

    kind: str
    rows: Sequence[Row]
    columns: frozenset[str] = frozenset()
    document: Any = None
    cut: tuple[int, ...] = ()


def read_table(path: Path) -> Table:
    """The rows of a file. Raises LlmcostError when it cannot be read, or is none of these kinds."""
    try:
        raw = read_bytes(path, MOST_BYTES)
    except OSError as error:
        raise LlmcostError(f"cannot read {path}: {error.strerror or error}", "check the path") from None
    if len(raw) > MOST_BYTES:
        raise LlmcostError(f"cannot read {path}: it is larger than {MOST_BYTES // 10**9} GB", "cut it into months")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise LlmcostError(f"{path}:{line}: it is not UTF-8", "export it as UTF-8") from None
    if not text.strip():
        raise LlmcostError(f"{path} is empty", "export it again, of a time in which there was usage")
    return _json(text, path) if text.lstrip()[0] in "[{" else _csv(text, path)


def _json(text: str, path: Path) -> Table:
    lines = text.splitlines()
    if len(lines) > 1 and any(map(_is_object, lines[:FIRST])):
        return _lines(lines)
    try:
        document = parse_json(text)
    except ValueError as error:
        raise LlmcostError(f"{path} is not JSON: {error}", "export it again, in full") from None
    listed = document if isinstance(document, list) else [document]
    rows = [Row(number, each) for number, each in enumerate(listed, 1) if isinstance(each, dict)]
    return Table("json", rows, document=document)


def _is_object(line: str) -> bool:
    try:
        return isinstance(parse_json(line), dict)
    except ValueError:
        return False


def _lines(lines: list[str]) -> Table:
    rows, cut = [], []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            value = parse_json(line)
        except ValueError:
            cut.append(number)
            continue
        if isinstance(value, dict):
            rows.append(Row(number, value))
        else:
            cut.append(number)
    return Table("jsonl", rows, cut=tuple(cut))


def _csv(text: str, path: Path) -> Table:
    csv.field_size_limit(MOST_BYTES)  # a cell may hold a whole conversation, which is not looked at
    reader = csv.reader(io.StringIO(text.lstrip("\r\n")), delimiter=_delimiter(text), strict=True)
    rows: list[Row] = []
    try:
        head = [column.strip() for column in next(reader)]
        if len(set(head)) < len(head):
            raise LlmcostError(f"{path} has two columns of one name", "export it again")
        skipped = text[: len(text) - len(text.lstrip("\r\n"))].count("\n")
        for cells in reader:
            if not cells:
                continue
            if len(cells) != len(head):
                where = f"{path}:{reader.line_num + skipped}"
                raise LlmcostError(f"{where}: {len(cells)} cells, and the head has {len(head)}", "export it again")
            rows.append(Row(reader.line_num + skipped, dict(zip(head, cells, strict=True))))
    except (csv.Error, StopIteration) as error:
        raise LlmcostError(f"{path}:{reader.line_num}: it is not CSV: {error}", "export it again") from None
    return Table("csv", rows, frozenset(head))


def _delimiter(text: str) -> str:
    head = text.lstrip("\r\n").splitlines()[0]
    return max((",", ";", "\t"), key=head.count)
