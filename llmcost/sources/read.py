"""A public source from its bytes: decoded carefully, and handed to the reader of its format."""

from __future__ import annotations

from typing import Any

from llmcost import late
from llmcost.errors import LlmcostError
from llmcost.files.json import parse_json
from llmcost.sources.registry import Source
from llmcost.sources.table import SourceTable


def read_exchange_rates(source: Source, raw: bytes, shown: str) -> dict[str, Any]:
    """A sheet of exchange rates from the bytes of a file, which messages call ``shown``.

    Raises LlmcostError for what is none.
    """
    module, function = source.reader
    try:
        sheet: dict[str, Any] = late.load(f"sources.{module}", function)(raw.decode("utf-8-sig"), source.address)
    except UnicodeDecodeError:
        raise LlmcostError(f"{shown} is no text", f"it should be {source.title}") from None
    except LlmcostError as error:
        raise LlmcostError(f"{shown}: {error.message}", error.remedy) from None
    return sheet


def read_table(source: Source, raw: bytes, shown: str) -> SourceTable:
    """A table from the bytes of its file, which messages call ``shown``. Raises LlmcostError for what is none."""
    try:
        data = parse_json(raw.decode("utf-8-sig"))
    except ValueError as error:
        raise LlmcostError(f"{shown} is not JSON: {error}", f"it should be {source.title}") from None
    module, function = source.reader
    try:
        table: SourceTable = late.load(f"sources.{module}", function)(data)
    except LlmcostError as error:
        raise LlmcostError(f"{shown}: {error.message}", error.remedy) from None
    if not table.offers:
        raise LlmcostError(f"{shown} has no price that can be read", f"it should be {source.title}")
    return table
