"""The European Central Bank's euro reference rates: XML with a day, and units of each currency that a euro buys."""

from __future__ import annotations

import re
from typing import Any

from llmcost.core.values.dates import parse_day
from llmcost.core.values.numerals import parse_decimal
from llmcost.errors import LlmcostError, NumberError

BASE = "EUR"
# Two tags of a fixed form are all that the file says, so nothing here has to follow entities or nesting.
TAG = re.compile(
    r"""<Cube\s+(?:time=["'](?P<day>[0-9-]{10})["']|"""
    r"""currency=["'](?P<code>[A-Z]{3})["']\s+rate=["'](?P<rate>[0-9.]{1,20})["'])\s*/?>"""
)


def read_ecb(text: str, address: str) -> dict[str, Any]:
    """The rates as a sheet of exchange rates, whose source is the address. Raises LlmcostError for what has none."""
    days: dict[str, dict[str, str]] = {}
    day = ""
    try:
        for tag in TAG.finditer(text):
            if tag["day"]:
                day = str(parse_day(tag["day"]))
            elif day:
                parse_decimal(tag["rate"])
                days.setdefault(day, {})[tag["code"]] = tag["rate"]
    except NumberError as error:
        raise LlmcostError(f"a rate cannot be read: {error.message}", "see the bank's own file") from None
    if not days:
        raise LlmcostError(
            "this is no file of euro reference rates", "it has <Cube time='…'> with currencies and rates"
        )
    return {"kind": "fx", "base": BASE, "source": address, "rates": dict(sorted(days.items()))}
