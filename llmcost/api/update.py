"""Newer prices from public tables: read, held against those before them, and kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from llmcost.errors import FileProblems, LlmcostError
from llmcost.sheets.load import THIRD_PARTY, builtin_folder, load_prices, third_party_folder
from llmcost.sheets.store import (
    EXCHANGE_FILE,
    Generation,
    current_folder,
    generation_of,
    is_generated,
    keep,
    only_writer,
    replace_folder,
)
from llmcost.sources.gate import PriceUpdate, Sheet, check_exchange_rates, check_update
from llmcost.sources.merge import Merged, merge_tables
from llmcost.sources.price_sheets import Origin
from llmcost.sources.read import read_exchange_rates, read_table
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
    """What an update changed, what of its tables no sheet can hold, and where the sheets are now.

    ``rates_of`` is the day of the exchange rates that it brought; None without any.
    """

    update: PriceUpdate
    left_out: tuple[LeftOut, ...]
    folder: Path
    rates_of: str | None = None


def source_of(name: str) -> Source:
    """The public table of a name. Raises LlmcostError for another."""
    if name not in SOURCE:
        raise LlmcostError(f'no price table is called "{name}"', f"known: {', '.join(SOURCE)}")
    return SOURCE[name]


def read_source(file: SourceFile) -> tuple[Origin, SourceTable]:
    """A table, and where it is from. Raises LlmcostError and NetworkError."""
    source = file.source
    if source.exchanges:
        raise LlmcostError(f"{source.name} has exchange rates and no prices", "name a table of prices")
    via = f"{source.title} (data file of {file.day})"
    return Origin(source.name, source.address, file.day, via), read_table(source, file.load(), file.shown)


def update_prices(
    files: Sequence[SourceFile], *, store: Path | None = None, into: Path | None = None, accept: bool = False
) -> UpdateReport:
    """Bring what only public tables state up to date, in the person's ``store`` or, for maintainers, ``into`` a folder.

    Every table is read, and the whole held against what there is, before anything is changed. Where only exchange rates
    are read, or only prices, the others stay as they are.
    Raises LlmcostError where it is not believable, and while another update runs.
    """
    twice = [each.source.name for each in files if [other.source for other in files].count(each.source) > 1]
    if twice:
        raise LlmcostError(f"{twice[0]} is named twice", "name each table once")
    tables = [file for file in files if not file.source.exchanges]
    exchanges = [read_exchange_rates(each.source, each.load(), each.shown) for each in files if each.source.exchanges]
    days = {file.source.name: file.day for file in files}
    merged = Merged([], [])
    if tables:
        merged = merge_tables([read_source(file) for file in tables], load_prices().catalogue.listings)
        _check_sound(generation_of(merged.sheets).files)

    def changed(before: Sequence[Sheet]) -> tuple[PriceUpdate, Generation]:
        sheets = merged.sheets if tables else [each for each in before if each["kind"] != "fx"]
        found = _checked(before, sheets, days, accept=accept)
        rates = _exchange_rates(before, exchanges, max(days.values()), accept=accept)
        generation = generation_of([*sheets, *rates])
        _check_sound({name: text for name, text in generation.files.items() if name == EXCHANGE_FILE})
        return found, generation

    if into is not None:
        if exchanges:
            raise LlmcostError("exchange rates are for your own folder", "leave out --into, or the rates")
        found, generation = changed(sheets_in(into))
        replace_folder(into, generation)
        folder = into
    else:
        assert store is not None, "there is somewhere to write to"
        with only_writer(store):
            found, generation = changed(_sheets_before())
            keep(store, generation)
        folder = current_folder(store) or store
    days_told = [max(each["rates"]) for each in exchanges]
    return UpdateReport(found, tuple(merged.left_out), folder, max(days_told, default=None))


def _exchange_rates(before: Sequence[Sheet], after: Sequence[Sheet], day: str, *, accept: bool) -> list[dict[str, Any]]:
    """The exchange rates of an update: those before it with newer ones, in one sheet; none where there are none.

    Raises LlmcostError where newer ones are not believable.
    """
    had = [each for each in before if each["kind"] == "fx"]
    known = dict(load_prices().exchange_rates.written) if after else {}
    for each in had:
        known |= each["rates"]
    for each in after:
        check_exchange_rates(known, each["rates"], day, accept=accept)
    kept: dict[str, Any] = {}
    for each in (*had, *after):
        kept |= each["rates"]
    return [{**each, "rates": dict(sorted(kept.items()))} for each in (*had, *after)[-1:]]


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
