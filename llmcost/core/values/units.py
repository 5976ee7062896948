"""Pricing units: what one price buys, written beside the number.

A unit is a count and a noun, ``1M tokens`` or ``hour``, and converts exactly to its base unit.
Each meter is billed in one dimension, so a rate in the wrong unit is refused instead of being off by a thousand.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from llmcost.core.values.meters import METER
from llmcost.core.values.numerals import SCALES
from llmcost.errors import UnitError

# noun -> (dimension, how many base units one of it is)
NOUNS = {
    "token": ("token", 1),
    "token-hour": ("token-hour", 1),
    "request": ("request", 1),
    "search": ("search", 1),
    "image": ("image", 1),
    "character": ("character", 1),
    "page": ("page", 1),
    "fetch": ("fetch", 1),
    "session": ("session", 1),
    "voice": ("voice", 1),
    "unit": ("unit", 1),
    "message": ("message", 1),
    "byte": ("byte", 1),
    "megapixel": ("megapixel", 1),
    "video": ("video", 1),
    "track": ("track", 1),
    "item": ("item", 1),
    "gb-day": ("gb-day", 1),
    "second": ("second", 1),
    "minute": ("second", 60),
    "hour": ("second", 3600),
}
HOSTING_NOUNS = {"gpu-hour": ("gpu-hour", 1), "gpu-month": ("gpu-hour", 730)}
"""What accelerators are rented by; a month is 730 hours."""
_PLURALS = {"searches": "search", "fetches": "fetch"}

_UNIT = re.compile(r"(?:([0-9]{1,13})([kKMB])? )?([a-z-]+)")


class PricingUnit(NamedTuple):
    """A count of a noun, such as 1M tokens.

    ``text`` is how the sheet writes it; ``dimension`` what it measures;
    ``size`` how many base units (token, second, request …) one pricing unit holds.
    """

    text: str
    dimension: str
    size: int

    @property
    def by_month(self) -> bool:
        """Whether it is sold by the month, however many hours of it are used."""
        return self.text.endswith("month")


def parse_unit(text: str) -> PricingUnit:
    """Read ``1M tokens``, ``1K requests``, ``hour``, ``1M token-hours`` and the like.

    Raises UnitError for an unknown noun or form.
    """
    match = _UNIT.fullmatch(text)
    if not match:
        raise UnitError(f'"{text}" is not a pricing unit', 'write it like "1M tokens", "1K requests" or "hour"')
    digits, scale, noun = match.groups()
    singular = _PLURALS.get(noun) or (noun[:-1] if noun.endswith("s") else noun)
    known_as = NOUNS.get(singular) or HOSTING_NOUNS.get(singular)
    if known_as is None:
        known = ", ".join(sorted(NOUNS))
        raise UnitError(f'"{noun}" is not something llmcost can count', f"known units: {known}")
    if digits is None and noun != singular:
        raise UnitError(
            f'"{text}" does not say how many', f"write 1M {noun} or 1K {noun}; or {singular} for a single one"
        )
    dimension, base = known_as
    count = int(digits or 1) * SCALES.get(scale, 1)
    if not 0 < count <= 10**12:
        raise UnitError(f'"{text}" counts nothing that could be sold', "write a count from 1 to 1000B")
    return PricingUnit(text, dimension, count * base)


def check_unit_fits(meter: str, unit: PricingUnit) -> None:
    """Raise UnitError when a meter cannot be billed in this unit."""
    allowed = METER[meter].dimensions
    if unit.dimension not in allowed:
        raise UnitError(
            f'{meter} is billed per {allowed[0]}, not per "{unit.text}"',
            f"write the rate per {' or per '.join(allowed)}, for example 1K {allowed[0]}s",
        )
