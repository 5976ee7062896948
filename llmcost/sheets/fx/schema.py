"""The shape of a sheet of exchange rates."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from llmcost.sheets.field_types import Amount, Currency, Day, Strict, Text, Url


class FxSheet(Strict):
    """Dated exchange rates: units of each currency that one unit of the base buys."""

    kind: Literal["fx"]
    base: Currency
    source: Url
    note: Text | None = None
    rates: Annotated[dict[Day, Annotated[dict[Currency, Amount], Field(min_length=1)]], Field(min_length=1)]
    """Day, then currency, then rate."""
