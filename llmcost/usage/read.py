"""Read a file of usage: find its format by what it holds, and turn its rows into records."""

from __future__ import annotations

from pathlib import Path

from llmcost.core.workload.usage_record import UsageRecord, each_once
from llmcost.errors import LlmcostError
from llmcost.usage.file import Skip, UsageFile
from llmcost.usage.format import Format
from llmcost.usage.registry import FORMATS
from llmcost.usage.rows import BadRow, Table, read_table

ENDINGS = (".csv", ".json", ".jsonl")
CUT = "it is no whole JSON object"


def read_usage(path: Path, *, skip_bad: bool = False) -> UsageFile:
    """The usage that a file holds.

    Rows that cannot be read are named among the skips with ``skip_bad``; the last line of a log, which may be cut while
    it is written, always is. Raises LlmcostError for a file that cannot be read or has no format known here, and
    without ``skip_bad`` for a row that cannot be read, naming it.
    """
    table = read_table(path)
    form = _format_of(table, path)
    records: list[UsageRecord] = []
    skips = _cut(table, path, skip_bad=skip_bad)
    try:
        rows = list(form.rows(table))
    except BadRow as error:
        raise LlmcostError(f"{path}: {error}", f"it was read as {form.name}; export it again") from None
    for row in rows:
        try:
            found = form.record(row)
        except BadRow as error:
            if not skip_bad:
                remedy = f"it was read as {form.name}; export it again, or leave such rows out with --skip-bad"
                raise LlmcostError(f"{path}:{row.number}: {error}", remedy) from None
            found = str(error)
        if isinstance(found, str):
            skips.append(Skip(row.number, found))
        else:
            records.append(found)
    notes = (f"{path} does not say {form.bound}",) if form.bound and records else ()
    return UsageFile(str(path), form.name, form.counting, tuple(each_once(records)), tuple(skips), notes)


def _format_of(table: Table, path: Path) -> Format:
    for form in FORMATS:
        if form.fits(table):
            return form
    known = ", ".join(form.name for form in FORMATS)
    raise LlmcostError(f"{path} is no usage in a format known here", f"known are {known}")


def _cut(table: Table, path: Path, *, skip_bad: bool) -> list[Skip]:
    """The lines that are no JSON. Raises LlmcostError for one that is not the last, unless such are to be skipped."""
    last = max((row.number for row in table.rows), default=0)
    for number in table.cut:
        if number < last and not skip_bad:
            raise LlmcostError(f"{path}:{number}: {CUT}", "mend it, or leave such rows out with --skip-bad")
    return [Skip(number, CUT) for number in table.cut]


def files_in(path: Path) -> list[Path]:
    """The files that a path names: itself, or those of a folder, in order of their names.

    Raises LlmcostError for a folder that has none.
    """
    if not path.is_dir():
        return [path]
    found = sorted(each for each in path.rglob("*") if each.suffix.lower() in ENDINGS and each.is_file())
    if not found:
        raise LlmcostError(f"{path} has no file that ends in {', '.join(ENDINGS)}", "name a folder of logs, or a file")
    return found
