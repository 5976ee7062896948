"""Read a file of usage: find its format by what it holds, and turn its rows into records."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from llmcost.core.workload.billed_cost import BilledCost
from llmcost.core.workload.usage_record import UsageRecord, each_once
from llmcost.errors import LlmcostError
from llmcost.usage.bills import BILLS
from llmcost.usage.file import NonUsage, NoUsage, Skip, UsageFile
from llmcost.usage.format import REQUESTS, Format, Found
from llmcost.usage.registry import FORMATS
from llmcost.usage.rows import BadColumn, BadRow, Row
from llmcost.usage.table import Lines, Table, read_table

ONE_DAY = timedelta(days=1)
PEEKS = (4, 40)
"""First lines of a log that tell what it is of, mostly the few."""


class Bill(NamedTuple):
    """What one file says that was billed, and the format that was found in it."""

    path: str
    format: str
    costs: list[BilledCost]
    skips: tuple[Skip, ...] = ()


def read_usage(path: Path, *, skip_bad: bool = False, raw: bytes | None = None) -> UsageFile:
    """The usage that a file holds, or ``raw`` of that name.

    Rows that cannot be read are named among the skips with ``skip_bad``; the last line of a log, which may be cut while
    it is written, always is. Raises LlmcostError for a file that cannot be read, NoUsage for one that has no format
    known here, and without ``skip_bad`` LlmcostError for a row that cannot be read, naming it.
    """
    form, table = _recognized(read_table(path, raw), FORMATS, path)
    records, skips = _read(form, table, path, skip_bad=skip_bad)
    bound = form.bound(table) if callable(form.bound) else form.bound
    is_open = bound and (bound != REQUESTS or any(record.requests is None for record in records))
    notes = (f"{path} does not say {bound}",) if is_open and records else ()
    return UsageFile(str(path), form.name, form.counting, tuple(each_once(records)), tuple(skips), notes)


def read_bill(path: Path, *, skip_bad: bool = False) -> Bill:
    """What a file says that was billed: a report of costs, or usage that says what it cost.

    Rows that cannot be read are named among the skips with ``skip_bad``. Raises LlmcostError as ``read_usage`` does,
    and for usage without costs.
    """
    source = read_table(path)
    try:
        form, table = _recognized(source, BILLS, path)
    except NoUsage:
        try:
            used = read_usage(path, skip_bad=skip_bad)
        except NoUsage:
            raise _no_bill(path) from None
        costs = [billed for record in used.records if (billed := _as_billed(record)) is not None]
        costs += [skip.billed for skip in used.skips if skip.billed is not None]
        silent = [Skip(0, "it does not say what it cost") for record in used.records if _as_billed(record) is None]
        if not costs:
            raise LlmcostError(f"{path} does not say what anything cost", "name the vendor's report of costs") from None
        return Bill(str(path), f"{used.format}, with what it says it cost", costs, (*used.skips, *silent))
    costs, skips = _read(form, table, path, skip_bad=skip_bad)
    if not costs:
        raise LlmcostError(f"{path} has no costs", "export it again, of a time in which there were any")
    return Bill(str(path), form.name, costs, tuple(skips))


def _no_bill(path: Path) -> NoUsage:
    known = "known are costs of OpenAI, Anthropic and DeepSeek and usage that says what it cost, see docs/usage.md"
    own = "llmcost's own CSV, with period_start, model, input_uncached_tokens, output_tokens, cost and currency"
    return NoUsage(f"{path} is no bill in a format known here", f"{known}; write it as {own}")


def _as_billed(record: UsageRecord) -> BilledCost | None:
    """The cost that usage reports, of all its meters together; None where it reports none."""
    if record.cost is None or record.currency is None:
        return None
    day = record.start.replace(hour=0, minute=0, second=0, microsecond=0)
    is_long = record.end is not None and record.end - record.start >= ONE_DAY
    return BilledCost(
        start=record.start if is_long else day,
        end=record.end if is_long else day + ONE_DAY,
        cost=record.cost,
        currency=record.currency,
        provider=record.provider,
        model=record.model,
        place=record.place,
    )


def _read(form: Format[Found], table: Table, path: Path, *, skip_bad: bool) -> tuple[list[Found], list[Skip]]:
    """What the rows of a table are, and those that are nothing."""
    found: list[Found] = []
    skips = _cut(table, path, skip_bad=skip_bad)
    rows, bad = _rows(form, table, path, skip_bad=skip_bad)
    skips += bad
    known: dict[str, int] = {}
    for row in rows:
        try:
            each = _record(form, row)
            if isinstance(each, UsageRecord) and each.end is not None and any(map(row.cells.get, form.owners)):
                each = each._replace(id=_name_of_sum(form, row, each, known))
            if isinstance(each, UsageRecord) and (
                each.audio_cache_read or each.image_cache_read or each.video_cache_read
            ):
                _check_cached(each)
            if isinstance(each, UsageRecord) and each.requests == 0:
                each = NonUsage(_of_no_request(each), _as_billed(each) if each.cost else None)
        except BadRow as error:
            if not skip_bad:
                remedy = f"it was read as {form.name}; export it again, or leave such rows out with --skip-bad"
                raise LlmcostError(f"{path}:{row.number}: {error}", remedy) from None
            skips.append(Skip(row.number, str(error), is_unread=True))
            continue
        if isinstance(each, NonUsage):
            more = "" if each.billed is None else ", and cost something all the same"
            skips.append(Skip(row.number, f"{each.reason}{more}", each.billed))
        elif isinstance(each, str):
            skips.append(Skip(row.number, each))
        else:
            found.append(each)
    return found, skips


def _rows(form: Format[Found], table: Table, path: Path, *, skip_bad: bool) -> tuple[list[Row], list[Skip]]:
    """The rows of a table that are of usage, and those that cannot be read, which are found one by one.

    Raises LlmcostError for the first of these, unless such are to be skipped, and where it is not a row that is wrong.
    """
    try:
        return list(form.rows(table)), []
    except BadColumn as error:
        raise LlmcostError(f"{path}: {error}", f"it was read as {form.name}; {error.remedy}") from None
    except (BadRow, *STRANGE) as error:
        reason = str(error) if isinstance(error, BadRow) else ANOTHER_KIND
        alone = [(row, _reason_against(form, table, row)) for row in table.rows] if len(table.rows) > 1 else []
        bad = [Skip(row.number, why, is_unread=True) for row, why in alone if why is not None]
        if skip_bad and 0 < len(bad) < len(alone):
            left = table._replace(rows=[row for row, why in alone if why is None])
            with suppress(BadRow, *STRANGE):
                return list(form.rows(left)), bad
        where, reason = (f"{path}:{bad[0].row}", bad[0].reason) if bad else (str(path), reason)
        remedy = f"it was read as {form.name}; export it again"
        if bad and not skip_bad:
            remedy += ", or leave such rows out with --skip-bad"
        raise LlmcostError(f"{where}: {reason}", remedy) from None


def _reason_against(form: Format[Found], table: Table, row: Row) -> str | None:
    """Why a row by itself cannot be read; None where it can."""
    try:
        list(form.rows(table._replace(rows=[row])))
    except BadRow as error:
        return str(error)
    except STRANGE:
        return ANOTHER_KIND
    return None


def _name_of_sum(form: Format[Found], row: Row, record: UsageRecord, known: dict[str, int]) -> str:
    """What tells a sum from others in all exports: its span, its keys, and its number among such in its file."""
    name = str([form.name, record.start, record.end, *map(row.cells.get, form.keys)])
    known[name] = known.get(name, 0) + 1
    return f"{name} {known[name]}"


def _check_cached(record: UsageRecord) -> None:
    """Raise BadRow where more of some content is cached than there is of it, or than is cached at all."""
    for kind in ("audio", "image", "video"):
        cached = getattr(record, f"{kind}_cache_read") or 0
        if cached > min(getattr(record, f"{kind}_input"), record.cache_read):
            raise BadRow(f"more {kind} is cached than it has, or than is cached at all")


def _of_no_request(record: UsageRecord) -> str:
    """Why a record of no request is none. Raises BadRow where it has tokens."""
    if record.input or record.output:
        raise BadRow("it has tokens and no request")
    return "it has no request"


ANOTHER_KIND = "something in it is of another kind than its format has"
STRANGE = (TypeError, ValueError, LookupError, AttributeError, ArithmeticError)
"""What a value of another kind than a format has makes of the code that takes it as such."""


def _record(form: Format[Found], row: Row) -> Found | NonUsage | str:
    try:
        return form.record(row)
    except STRANGE:
        raise BadRow(ANOTHER_KIND) from None


def _recognized(source: Table | Lines, forms: Sequence[Format[Found]], path: Path) -> tuple[Format[Found], Table]:
    """The format of a file, and its rows; of a log by its first lines, and by all where those do not tell."""
    if isinstance(source, Table):
        return _format_of(source, forms, path), source
    for most in PEEKS:
        with suppress(NoUsage):
            form = _format_of(source.peek(most), forms, path)
            return form, source.table(form.shape, form.marks)
    if (document := source.document()) is not None:
        return _format_of(document, forms, path), document
    table = source.table()
    return _format_of(table, forms, path), table


def _format_of(table: Table, forms: Sequence[Format[Found]], path: Path) -> Format[Found]:
    for form in forms:
        if form.fits(table):
            return form
    raise no_usage(path)


def no_usage(path: Path) -> NoUsage:
    """What is said of a file in no format known here."""
    known = "known are exports of vendors and gateways and logs of coding agents, see docs/usage.md"
    own = "llmcost's own CSV, with period_start, model, input_uncached_tokens and output_tokens"
    return NoUsage(f"{path} is no usage in a format known here", f"{known}; write it as {own}")


def _cut(table: Table, path: Path, *, skip_bad: bool) -> list[Skip]:
    """The lines that are no row. Raises LlmcostError for one that is not the last, unless such are to be skipped."""
    for number, reason in table.cut:
        if number < table.last and not skip_bad:
            raise LlmcostError(f"{path}:{number}: {reason}", "mend it, or leave such rows out with --skip-bad")
    return [Skip(number, reason, is_unread=True) for number, reason in table.cut]
