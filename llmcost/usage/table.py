"""A file taken apart into rows: CSV, JSON, lines of JSON or a database, compressed or not."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from llmcost.errors import LlmcostError
from llmcost.files.raw import read_bytes
from llmcost.usage.compression import DamageError, SizeError, is_zipped, unpack
from llmcost.usage.decoding import HARD, NotJson, Shape, decode, quick_decode
from llmcost.usage.file import NoUsage
from llmcost.usage.rows import Row

MOST_BYTES = 4 * 10**9
FIRST = 5
"""Lines of which one has to be a JSON object where each line is to be one."""
BRACE, SPACE = ord("}"), b"\r\n "
NO_OBJECT = "it is no whole JSON object"
BOM = b"\xef\xbb\xbf"
SQLITE, PARQUET = b"SQLite format 3\0", b"PAR1"


class Table(NamedTuple):
    """A file taken apart: ``kind`` is csv, json, jsonl or sqlite. ``document`` is that of a JSON file, None of others.

    ``columns`` are those of CSV, and the tables of a database, whose file is ``path``. ``cut`` are the numbers of lines
    that are no row, each with the reason, and ``last`` that of the last one, which may be cut while it is written.
    """

    kind: str
    rows: Sequence[Row] = ()
    columns: frozenset[str] = frozenset()
    document: Any = None
    cut: tuple[tuple[int, str], ...] = ()
    last: int = 0
    path: Path | None = None

    def fields(self, name: str) -> frozenset[str]:
        """The columns of a table of a database."""
        if self.path is None:
            return frozenset()
        found = select(self.path, f"select name from pragma_table_info('{name}')")
        return frozenset(row["name"] for row in found)


class Lines(NamedTuple):
    """A log of a JSON object a line, not yet decoded."""

    raw: bytes

    def peek(self, most: int) -> Table:
        """The first lines, for finding out what it is."""
        return _decoded(islice(self.each(), most), Any)

    def table(self, shape: Any = Any, marks: Sequence[bytes] = ()) -> Table:
        """All lines. ``shape`` is a type of the keys that are wanted, so that nothing else is kept of a line.

        A whole line that holds none of ``marks`` is passed over; without any, none is.
        """
        return _decoded(self.each(marks), shape)

    def begin(self) -> bool:
        """Whether its first lines are of a log: one of them an object, and none of them a document that goes on."""
        first = [line for _, line in islice(self.each(), FIRST) if line.strip()]
        found = [isinstance(_data_of(line), dict) for line in first]
        return any(found) and (found[0] or not _goes_on(self.raw))

    def document(self) -> Table | None:
        """What it is where all of it is one document, which may end in a new line; None for several lines."""
        first = list(islice((line for _, line in self.each() if line.strip()), 2))
        return _document(_data_of(first[0])) if len(first) == 1 else None

    def each(self, marks: Sequence[bytes] = ()) -> Iterator[tuple[int, bytes]]:
        """The lines by their numbers, empty where passed over: those are not copied, and are most of a log."""
        raw, start, number, most = self.raw, 0, 0, len(self.raw)
        while most and raw[most - 1] in SPACE:
            most -= 1
        while start < most:
            number += 1
            end = raw.find(b"\n", start, most)
            end = most if end < 0 else end
            last = end - 2 if raw.startswith(b"\r", end - 1) else end - 1
            if marks and raw[last] == BRACE:
                for mark in marks:
                    if raw.find(mark, start, end) >= 0:
                        yield number, raw[start:end]
                        break
                else:
                    yield number, b""
            else:
                yield number, raw[start:end]
            start = end + 1


def _decoded(lines: Iterable[tuple[int, bytes]], shape: Any) -> Table:
    """The lines as rows, with the numbers of those that are no JSON objects."""
    rows: list[Row] = []
    cut: list[int] = []
    number = 0
    quick = quick_decode(shape)
    for number, line in lines:
        if not line:
            continue
        try:
            value = quick(line)
        except HARD:
            if line.isspace():
                continue
            value = _data_of(line, shape)
        if isinstance(value, (dict, Shape)):
            rows.append(Row(number, value))
        else:
            cut.append(number)
    return Table("jsonl", rows, cut=tuple((at, NO_OBJECT) for at in cut), last=number)


def _data_of(line: bytes, shape: Any = Any) -> Any:
    """The data of a line; None for what is none."""
    try:
        return decode(line, shape)
    except NotJson:
        return None


def read_table(path: Path, raw: bytes | None = None) -> Table | Lines:
    """The rows of a file, or of ``raw``. Raises LlmcostError when it cannot be read, or is none of these kinds."""
    is_piped, raw = raw is not None, _bytes(path) if raw is None else raw
    if len(raw) > MOST_BYTES:
        raise LlmcostError(f"cannot read {path}: it is larger than {MOST_BYTES // 10**9} GB", "cut it into months")
    if is_piped and raw.startswith((SQLITE, PARQUET)):
        raise LlmcostError(f"{path} is a database or Parquet, which is read where it lies", "name its file")
    if raw.startswith(PARQUET):
        remedy = "name usage by that ending; export a bill as CSV or JSON"
        raise LlmcostError(f"{path} is Parquet, which is read by the ending .parquet, and of usage alone", remedy)
    if raw.startswith(SQLITE):
        return _database(path)
    if path.suffix.lower() in (".sqlite", ".db") and not is_piped:
        raise NoUsage(f"{path} is no SQLite database by its first bytes", "name a database that is not encrypted")
    if is_zipped(raw):
        raw = _unpacked(raw, path)
    raw = raw.removeprefix(BOM)
    head = raw[:4096].lstrip()
    if not head and not raw.strip():
        raise NoUsage(f"{path} is empty", "export it again, of a time in which there was usage")
    if head[:1] in (b"[", b"{"):
        return _json(raw, path)
    return _csv(_text(raw, path), path)


def _bytes(path: Path) -> bytes:
    try:
        return read_bytes(path, MOST_BYTES)
    except OSError as error:
        raise LlmcostError(f"cannot read {path}: {error.strerror or error}", "check the path") from None


def _unpacked(raw: bytes, path: Path) -> bytes:
    try:
        return unpack(raw, MOST_BYTES)
    except DamageError:
        raise LlmcostError(f"{path} cannot be unpacked: it is cut or damaged", "compress it again") from None
    except SizeError:
        raise LlmcostError(
            f"{path}: unpacked it is larger than {MOST_BYTES // 10**9} GB", "cut it into months"
        ) from None


def _text(raw: bytes, path: Path) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise LlmcostError(f"{path}:{line}: it is not UTF-8", "export it as UTF-8") from None


def _json(raw: bytes, path: Path) -> Table | Lines:
    if raw.lstrip()[:1] == b"{":
        lines = Lines(raw)
        if b"\n" in raw and lines.begin():
            return lines
    try:
        document = decode(raw)
    except NotJson:
        _text(raw, path)
        raise LlmcostError(f"{path} is not JSON", "export it again, in full") from None
    return _document(document)


def _goes_on(raw: bytes) -> bool:
    """Whether all of a text is one JSON document, however it is broken into lines."""
    try:
        decode(raw)
    except NotJson:
        return False
    return True


def _document(document: Any) -> Table:
    listed = document if isinstance(document, list) else [document]
    rows = [Row(number, each) for number, each in enumerate(listed, 1) if isinstance(each, dict)]
    others = [number for number, each in enumerate(listed, 1) if not isinstance(each, dict)]
    cut = tuple((number, "it is no JSON object") for number in others)
    return Table("json", rows, document=document, cut=cut, last=len(listed) + 1)  # a list that is read whole ends well


def _csv(text: str, path: Path) -> Table:
    csv.field_size_limit(MOST_BYTES)  # a cell may hold a whole conversation, which is not looked at
    body = text.lstrip("\r\n")
    reader = csv.reader(io.StringIO(body), delimiter=_delimiter(body), strict=True)
    skipped = text[: len(text) - len(body)].count("\n")
    try:
        head = [column.strip() for column in next(reader)]
        if len(set(head)) < len(head):
            raise LlmcostError(f"{path} has two columns of one name", "export it again")
        rows, cut = _csv_rows(reader, head, skipped)
    except (csv.Error, StopIteration) as error:
        raise LlmcostError(f"{path}:{reader.line_num}: it is not CSV: {error}", "export it again") from None
    return Table("csv", rows, frozenset(head), cut=tuple(cut), last=reader.line_num + skipped + 1)


def _csv_rows(reader: Any, head: list[str], skipped: int) -> tuple[list[Row], list[tuple[int, str]]]:
    """The rows, and those with another number of cells than the head."""
    rows: list[Row] = []
    cut: list[tuple[int, str]] = []
    for cells in reader:
        number = reader.line_num + skipped
        if len(cells) == len(head):
            rows.append(Row(number, dict(zip(head, cells, strict=True))))
        elif cells:
            cut.append((number, f"{len(cells)} cell{'' if len(cells) == 1 else 's'}, and the head has {len(head)}"))
    return rows, cut


def _delimiter(body: str) -> str:
    head = body.partition("\n")[0]
    return max((",", ";", "\t"), key=head.count)


def _database(path: Path) -> Table:
    """The tables of a database, which a format then reads, with nothing written to it."""
    names = frozenset(row["name"] for row in select(path, "select name from sqlite_master where type = 'table'"))
    return Table("sqlite", columns=names, path=path)


def parsed(text: Any) -> Any:
    """The data of a JSON text within a cell; None for what is none."""
    return _data_of(text.encode()) if isinstance(text, str) else None


def select(path: Path, query: str) -> list[dict[str, Any]]:
    """The rows of a query, by column, on a database file that is only read.

    Raises LlmcostError where that cannot be done.
    """
    import sqlite3
    from contextlib import closing

    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
            found = connection.execute(query)
            names = [column[0] for column in found.description]
            return [{name: _exact(value) for name, value in zip(names, row, strict=True)} for row in found]
    except sqlite3.Error as error:
        why = getattr(error, "sqlite_errorname", type(error).__name__)  # its text may name what is in it
        raise LlmcostError(f"cannot read {path}: {why}", "close what is writing to it, or copy it first") from None


def _exact(value: Any) -> Any:
    """A number as it is written, for a database keeps what has a point in binary."""
    return Decimal(repr(value)) if isinstance(value, float) else value
