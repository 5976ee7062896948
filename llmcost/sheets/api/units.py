"""Prices in units that are not money, such as Databricks' DBU, at the rate that their sheet states."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from llmcost.core.values.money import check_currency
from llmcost.core.values.numerals import parse_decimal
from llmcost.core.values.rates import parse_price
from llmcost.errors import LlmcostError
from llmcost.sheets.finding import Finding, Sheet

RATE = re.compile(r"(?P<amount>\S+) (?P<unit>[A-Za-z]{2,12}) / (?P<per>.+)")


def units_have_prices(sheet: Sheet) -> Iterator[Finding]:
    """What one unit costs is an amount of money."""
    for name, price in (sheet.get("units") or {}).items():
        try:
            _, _, per = parse_price(price)
        except LlmcostError as error:
            yield Finding(("units", name), error.message, error.remedy)
            continue
        if _is_currency(name):
            yield Finding(("units", name), f"{name} is money", "leave it out, or call the unit otherwise")
        if per:
            yield Finding(("units", name), f"the price of one {name} is for something else", "write it like 0.07 USD")


def _is_currency(name: str) -> bool:
    try:
        return bool(check_currency(name))
    except LlmcostError:
        return False


def in_money(sheet: Mapping[str, Any]) -> dict[str, Any]:
    """The sheet with every rate in such units as one in money, derived by its rule; the same one without any units.

    What cannot be read stays as it is, for the checks to find.
    """
    units = sheet.get("units") or {}
    found: dict[str, Any] = _money(sheet, units) if units else dict(sheet)
    return found


def _money(node: Any, units: Mapping[str, str]) -> Any:
    if isinstance(node, dict):
        return {key: _rates(value, units) if key == "rates" else _money(value, units) for key, value in node.items()}
    return [_money(each, units) for each in node] if isinstance(node, list) else node


def _rates(rates: Any, units: Mapping[str, str]) -> Any:
    return {meter: _rate(value, units) for meter, value in rates.items()} if isinstance(rates, dict) else rates


def _rate(value: Any, units: Mapping[str, str]) -> Any:
    text = value.get("rate") if isinstance(value, dict) else value
    match = RATE.fullmatch(text) if isinstance(text, str) else None
    if match is None or match["unit"] not in units:
        return value
    try:
        amount, currency, _ = parse_price(units[match["unit"]])
        total = parse_decimal(match["amount"]) * amount
    except LlmcostError:
        return value
    more = value if isinstance(value, dict) else {}
    rule = f"{match['amount']} {match['unit']} at {units[match['unit']]} each"
    return {**more, "rate": f"{total:f} {currency} / {match['per']}", "derived": rule}
