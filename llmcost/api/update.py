"""Newer prices from public tables: read, held against those before them, and kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from llmcost.errors import FileProblems, LlmcostError
from llmcost.sheets.load import THIRD_PARTY, builtin_folder, load_prices, third_party_folder
from llmcost.sheets.store import current_folder, generation_of, is_generated, keep, only_writer, replace_folder
from llmcost.sources.gate import PriceUpdate, check_update
from llmcost.sources.merge import merge_tables
from llmcost.sources.price_sheets import Origin
from llmcost.sources.read import read_table
from llmcost.sources.registry import SOURCE, Source
from llmcost.sources.table import LeftOut, SourceTable


class SourceFile(NamedTuple):
    """A public table to read: which one, of which day, and how its bytes are come by.

    ``shown`` is what messages call it.
    """

    source: Source
    day: str
    shown: str
    load: Callable[[], bytes]


class UpdateReport(NamedTuple):
    """What an update changed, what of its tables no sheet can hold, and where the sheets are now."""

    update: PriceUpdate
    left_out: tuple[LeftOut, ...]
    folder: Path


def source_of(name: str) -> Source:
    """The public table of a name. Raises LlmcostError for another."""
    if name not in SOURCE:
        raise LlmcostError(f'no price table is called "{name}"', f"known: {', '.join(SOURCE)}")
    return SOURCE[name]


def read_source(file: SourceFile) -> tuple[Origin, SourceTable]:
    """A table, and where it is from. Raises LlmcostError and NetworkError."""
    source = file.source
    via = f"{source.title} (data file of {file.day})"
    return Origin(source.name, source.address, file.day, via), read_table(source, file.load(), file.shown)


def update_prices(
    files: Sequence[SourceFile], *, store: Path | None = None, into: Path | None = None, accept: bool = False
) -> UpdateReport:
    """Bring what only public tables state up to date, in the person's ``store`` or, for maintainers, ``into`` a folder.

    Every table is read, and the whole held against what there is, before anything is changed.
    Raises LlmcostError where it is not believable, and while another update runs.
    """
    twice = [each.source.name for each in files if [other.source for other in files].count(each.source) > 1]
    if twice:
        raise LlmcostError(f"{twice[0]} is named twice", "name each table once")
    curated = load_prices().catalogue.listings
    merged = merge_tables([read_source(file) for file in files], curated)
    generation = generation_of(merged.sheets, merged.names)
    _check_sound(generation.files)
    days = {file.source.name: file.day for file in files}
    target = into if into is not None else store
    assert target is not None, "there is somewhere to write to"
    if into is not None:
        found = _checked(sheets_in(into), merged.sheets, days, accept=accept)
        replace_folder(into, generation)
        folder = into
    else:
        with only_writer(target):
            found = _checked(_sheets_before(), merged.sheets, days, accept=accept)
            keep(target, generation)
        folder = current_folder(target) or target
    return UpdateReport(found, tuple(merged.left_out), folder)


def _checked(
    before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]], days: Mapping[str, str], *, accept: bool
) -> PriceUpdate:
    """What newer sheets change. Raises LlmcostError where it is not believable, or where what there is is newer."""
    for name, day in days.items():
        newest = newest_day(before, name)
        if newest is not None and newest > day:
            raise LlmcostError(
                f"the prices before are of {name} of {newest}, and this one is of {day}", "read a newer one"
            )
    return check_update(before, after, accept=accept)


def newest_day(sheets: Sequence[Mapping[str, Any]], table: str) -> str | None:
    """The newest day of what a table alone states in some sheets; None without anything of it."""
    title = SOURCE[table].title
    vias = {str(entry.get("via")) for each in sheets for model in each.get("models", ()) for entry in model["prices"]}
    return max((via[-11:-1] for via in vias if via.startswith(title)), default=None)


def _sheets_before() -> list[dict[str, Any]]:
    """What counts now; a damaged update is as none, since the next one replaces it."""
    try:
        return sheets_in(third_party_folder())
    except FileProblems:
        return sheets_in(builtin_folder() / THIRD_PARTY)


def sheets_in(folder: Path) -> list[dict[str, Any]]:
    """The sheets of a folder that an update wrote; none where there is no such folder."""
    from llmcost.sheets.read import read_sheets

    files = [(path, str(path)) for path in sorted(folder.glob("*.yaml")) if is_generated(path)]
    return [dict(sheet) for sheet in read_sheets(files)]


def _check_sound(files: dict[str, str]) -> None:
    """Raise LlmcostError, in one line, where any of these texts is no sound sheet."""
    from llmcost.files.yaml import parse_yaml
    from llmcost.sheets.read import check_documents

    try:
        check_documents([parse_yaml(text.encode(), name) for name, text in files.items()])
    except FileProblems as error:
        first = error.problems[0]
        raise LlmcostError(
            f"the tables make no sound sheet of {first.file.removesuffix('.yaml')}: {first.message}",
            "leave that table out, or report it; nothing was changed",
        ) from None
