"""Reading a result that `-f json` wrote, to compare with it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from llmcost.core.analysis.saved_result import SavedCharge, SavedResult, SavedRow, keys_of, unit_rate
from llmcost.core.offers.offer import MIX
from llmcost.core.values.dates import parse_pricing_day
from llmcost.core.values.money import check_currency
from llmcost.errors import LlmcostError, TextError
from llmcost.files.git import is_in_git, read_from_git
from llmcost.files.json import parse_json, read_json
from llmcost.foreign import check_name

LARGEST = 20_000_000
ROUNDING = Fraction(1, 10**12)
"""How far a figure of a result may be off, as it has twelve decimals."""
_FIGURE = re.compile(r"[0-9]{1,40}(\.[0-9]{1,40})?")
MAKE = "make it with `llmcost compare … -f json -o FILE`"


def read_result(path: str, beside: str = "") -> SavedResult:
    """Read a file of `llmcost compare -f json` or `llmcost check -f json`, named from where another file lies.

    ``git:REF:PATH`` is one as it stands in git. Raises LlmcostError, naming the file and what is wrong with it.
    """
    if is_in_git(path):
        return result_from(read_from_git(path, Path(beside).parent), path)
    return result_of(read_json(Path(beside).parent / path, path, LARGEST, MAKE), path)


def result_from(raw: bytes, name: str) -> SavedResult:
    """A result from the bytes of a file. Raises LlmcostError for anything else."""
    try:
        data = parse_json(raw.decode("utf-8-sig"))
    except ValueError:
        raise LlmcostError(f"{name} is not JSON", MAKE) from None
    return result_of(data, name)


def load_result(path: str | Path) -> SavedResult:
    """A saved result, for ``llmcost.diff`` and as the baseline of a budget. Raises as ``read_result`` does."""
    return read_result(str(path))


def result_of(data: Any, name: str) -> SavedResult:
    """A result from its JSON data. Raises LlmcostError for anything else."""
    if not isinstance(data, Mapping) or data.get("schema_version") != 1 or not isinstance(data.get("rows"), list):
        raise LlmcostError(f"{name} holds no result of llmcost", MAKE)
    try:
        rows = [_row(each) for each in data["rows"]]
        if len({row.offer for row in rows}) < len(rows):
            raise ValueError("an offer stands twice")
        prices = data["prices"]
        return SavedResult(
            name,
            str(parse_pricing_day(_text(data["on"]))),
            check_currency(_text(data["currency"])),
            _text(prices["digest"]),
            {row.offer: row for row in rows},
        )
    except TextError as error:
        raise LlmcostError(f"{name}: {error.message}", MAKE) from None
    except (KeyError, TypeError, AttributeError, ArithmeticError, ValueError, LlmcostError):
        raise LlmcostError(f"{name} is a result that was changed, or of another command", MAKE) from None


def _row(row: Mapping[str, Any]) -> SavedRow:
    cost = row["monthly_cost"]
    months = len(row.get("months") or ()) or 1
    monthly = None if cost is None else _number(cost)
    charges = tuple(_charge(each, months) for each in row["charges"])
    if monthly is not None and abs(sum(each.cost for each in charges) - monthly) > (len(charges) + 1) * ROUNDING:
        raise ValueError("the charges do not add up to the cost")
    number = row["total_requests"] if "total_requests" in row else row["requests"]
    requests = Fraction(months) if number is None else _number(number)  # real usage may not say how many it was
    return SavedRow(_text(row["offer"]), monthly, requests / months, charges, row.get("kind") == MIX)


def _charge(charge: Mapping[str, Any], months: int) -> SavedCharge:
    condition = _text(charge["condition"])
    other = None if charge.get("offer") is None else _text(charge["offer"])
    quantity, cost = _number(charge["quantity"]), _number(charge["cost"])
    exchange = _number(charge.get("exchange_rate", "1"))
    unit = _text(charge["unit"])
    return SavedCharge(
        meter=_text(charge["meter"]),
        where=f"{other}: {condition}" if other else condition,
        quantity=quantity / months,
        cost=cost / months,
        rate=unit_rate(_number(charge["unit_price"]), unit, quantity, cost / exchange),
        price=f"{charge['unit_price']} {charge['price_currency']} / {unit}",
        price_currency=_text(charge["price_currency"]),
        exchange=exchange,
        keys=keys_of(condition),
        starts=_text(charge.get("effective_from") or ""),
        offer=other or "",
    )


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("a name is text")
    return check_name(value)


def _number(text: Any) -> Fraction:
    if not isinstance(text, str) or not _FIGURE.fullmatch(text):
        raise ValueError("a figure is text in fixed point")
    return Fraction(Decimal(text))
