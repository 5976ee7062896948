"""Rates: an amount of a currency for one pricing unit, exactly as the vendor quotes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Final, Literal, NamedTuple

from llmcost.core.values.meters import METERS
from llmcost.core.values.money import check_currency
from llmcost.core.values.numerals import parse_decimal
from llmcost.core.values.units import PricingUnit, check_unit_fits, parse_unit
from llmcost.errors import UnitError

Origin = Literal["quoted", "derived", "supposed", "contracted"]
"""Where a rate is from: the vendor's own figure, worked out from one, supposed by the user, or negotiated."""
QUOTED: Final = "quoted"
DERIVED: Final = "derived"
SUPPOSED: Final = "supposed"
CONTRACTED: Final = "contracted"


@dataclass(frozen=True, slots=True)
class Rate:
    """A price as the vendor quotes it: an amount of a currency for one pricing unit.

    ``derived`` is the rule of a figure that is not quoted, None for a quoted one; ``origin`` says which sort it is.
    ``source`` overrides the entry's. ``listed`` is the vendor's own rate where this one was negotiated; None elsewhere.
    ``promotion`` is a lower price for a limited time, in words; None without one.
    """

    amount: Decimal
    currency: str
    unit: PricingUnit
    _: KW_ONLY
    derived: str | None = None
    note: str | None = None
    source: str | None = None
    listed: Rate | None = None
    promotion: str | None = None
    origin: Origin = QUOTED

    def per_base_unit(self) -> tuple[int, int]:
        """The exact price of one token, second, request … as numerator and denominator."""
        numerator, denominator = self.amount.as_integer_ratio()
        return numerator, denominator * self.unit.size

    def __str__(self) -> str:
        return f"{self.amount:f} {self.currency} / {self.unit.text}"


class SameAs(NamedTuple):
    """A rate written ``= meter``: the other meter's, under the same condition."""

    meter: str


@lru_cache(maxsize=256)
def _unit(text: str) -> PricingUnit:
    return parse_unit(text)


@lru_cache(maxsize=4096)
def parse_rate(meter: str, text: str) -> Rate | SameAs:
    """Read ``0.50 USD / 1M tokens`` or ``= input`` for a meter.

    Raises UnitError, NumberError or CurrencyError, each with a remedy.
    """
    if text.startswith("="):
        target = text[1:].strip()
        if target == meter:
            raise UnitError(f"{meter} points at itself", "give it a rate of its own")
        if target not in METERS:
            raise UnitError(f'"{text}" does not name another meter', "write it like `= input`")
        return SameAs(target)
    price, slash, unit_text = text.partition("/")
    words = price.split()
    if not slash or len(words) != 2 or not unit_text.strip() or (words[0].isalpha() and words[0].isupper()):
        raise UnitError(f'"{text}" is not a rate', 'write amount, currency and unit, like "0.50 USD / 1M tokens"')
    amount = parse_decimal(words[0])
    unit = _unit(unit_text.strip())
    check_unit_fits(meter, unit)
    return Rate(amount, check_currency(words[1]), unit)


def parse_price(text: str) -> tuple[Decimal, str, str]:
    """Read ``23.60 USD / hour`` or ``250000 USD`` as amount, currency and unit text (empty without one).

    Raises NumberError, UnitError or CurrencyError for other forms.
    """
    price, slash, unit = text.partition("/")
    words = price.split()
    if len(words) != 2 or (slash and not unit.strip()) or (words[0].isalpha() and words[0].isupper()):
        raise UnitError(f'"{text}" is not a price', 'write amount, currency and unit, like "2.95 USD / hour"')
    return parse_decimal(words[0]), check_currency(words[1]), unit.strip()


Rates = Mapping[str, Rate | SameAs]
