"""From a sheet of exchange rates to the core's type."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from llmcost.core.values.money import ExchangeRates
from llmcost.sheets.finding import Sheet


def build_exchange_rates(sheet: Sheet) -> ExchangeRates:
    """The rates of one `kind: fx` sheet."""
    days = sorted(sheet["rates"])
    return ExchangeRates(
        base=sheet["base"],
        days=tuple(date.fromisoformat(day) for day in days),
        rates=tuple({code: Decimal(text) for code, text in sheet["rates"][day].items()} for day in days),
        source=sheet["source"],
    )
