"""Newer prices from public tables: read, held against those before them, and kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from llmcost.errors import LlmcostError
from llmcost.sheets.load import load_prices, sheet_files, third_party_folder
from llmcost.sheets.store import current_folder, generation_of, keep, only_writer, replace_folder
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
    offers: int
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
    curated = load_prices().catalogue.listings
    merged = merge_tables([read_source(file) for file in files], curated)
    generation = generation_of(merged.sheets, merged.names)
    _check_sound(generation.files)
    target = into if into is not None else store
    assert target is not None, "there is somewhere to write to"
    if into is not None:
        found = check_update(sheets_in(into), merged.sheets, accept=accept)
        replace_folder(into, generation)
        folder = into
    else:
        with only_writer(target):
            found = check_update(sheets_in(third_party_folder()), merged.sheets, accept=accept)
            keep(target, generation)
        folder = current_folder(target) or target
    return UpdateReport(found, tuple(merged.left_out), sum(len(each["models"]) for each in merged.sheets), folder)


def sheets_in(folder: Path) -> list[dict[str, Any]]:
    """The sheets of a folder; none where there is no such folder."""
    from llmcost.sheets.read import read_sheets

    return [dict(sheet) for sheet in read_sheets(sheet_files(folder))] if any(folder.glob("*.yaml")) else []


def _check_sound(files: dict[str, str]) -> None:
    """Raise FileProblems where any of these texts is no sound sheet."""
    from llmcost.files.yaml import parse_yaml
    from llmcost.sheets.read import check_documents

    check_documents([parse_yaml(text.encode(), name) for name, text in files.items()])
