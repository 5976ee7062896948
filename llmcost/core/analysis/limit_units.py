"""What a limit can be written in: one row a unit, with how it is read, and the words around its figure."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple

from llmcost.core.analysis.budget import DAYS, MONEY, SHARE
from llmcost.core.values.money import check_currency
from llmcost.core.values.numerals import parse_decimal, parse_percentage, parse_whole
from llmcost.errors import NumberError

FORM = "form"
"""What an error is about where a text has another form, and might be meant in another unit."""


class LimitUnit(NamedTuple):
    """A way to write a limit.

    ``read`` gives the amount and its currency, None for what is no money, of a text and the currency that is meant
    where the text names none. ``fits`` says whether a text is written so, where a limit takes several units.
    ``metavar`` stands for it in a flag's help, ``example`` in messages and the schema, whose ``pattern`` of "" allows
    anything. ``noun`` stands behind a whole figure.
    """

    name: str
    metavar: str
    example: str | int
    read: Callable[[str, str | None], tuple[Fraction, str | None]]
    fits: Callable[[str], bool] = lambda _text: True
    pattern: str = ""
    noun: str = ""


def _read_money(text: str, currency: str | None) -> tuple[Fraction, str | None]:
    words = text.split()
    if len(words) == 1 and words[0][-3:].isalpha() and words[0][-3:].isupper():
        words = [words[0][:-3], words[0][-3:]]
    if len(words) == 1 and currency is not None:
        words.append(currency)
    if len(words) != 2:
        remedy = "write amount and currency, like 500.00 USD"
        raise NumberError(f'"{text}" is not an amount of money', remedy, about=FORM)
    return Fraction(parse_decimal(words[0])), check_currency(words[1])


LIMIT_UNITS = {
    unit.name: unit
    for unit in (
        LimitUnit(MONEY, "AMOUNT", "500.00 USD", _read_money),
        LimitUnit(
            SHARE,
            "PCT",
            "10%",
            lambda text, _currency: (parse_percentage(text), None),
            fits=lambda text: text.endswith("%"),
            pattern="%$",
        ),
        LimitUnit(
            DAYS,
            "DAYS",
            45,
            lambda text, _currency: (Fraction(parse_whole(text.removesuffix(" days"))), None),
            noun="days",
        ),
    )
}
"""Every unit by its name, which ``Limit.measure`` holds."""
