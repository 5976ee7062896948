"""Money: an exact amount and its currency in one value, and dated exchange rates between currencies.

Amounts are fractions, so a third of a cent stays a third; rounding belongs to ``reports``.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from operator import add
from typing import NamedTuple

from llmcost.errors import CurrencyError

# ISO 4217, active codes; a typing slip such as RMB or USDT is caught when a sheet is read.
_CODES = """
AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY
COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR
IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR
MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD
SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD
XOF XPF YER ZAR ZMW ZWG
"""
ISO_4217 = frozenset(_CODES.split())


def check_currency(code: str) -> str:
    """Return the code when it is an ISO 4217 currency; raise CurrencyError otherwise."""
    if code not in ISO_4217:
        hint = {"RMB": "CNY", "YUAN": "CNY", "EURO": "EUR", "US$": "USD", "$": "USD"}.get(code.upper())
        upper = code.upper() if code.upper() in ISO_4217 else None
        raise CurrencyError(
            f'"{code}" is not an ISO 4217 currency', f"write {hint or upper or 'a code such as USD, EUR or CNY'}"
        )
    return code


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount in one currency; refuses to meet another currency."""

    amount: Fraction
    currency: str

    def __add__(self, other: Money) -> Money:
        self._check(other)
        return Money(self.amount + other.amount, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._check(other)
        return Money(self.amount - other.amount, self.currency)

    def __lt__(self, other: Money) -> bool:
        self._check(other)
        return self.amount < other.amount

    def _check(self, other: Money) -> None:
        if self.currency != other.currency:
            both = " and ".join(sorted((self.currency, other.currency)))
            raise CurrencyError(f"{both} cannot be added or compared", "convert one of them first, as compare does")


def sum_money(amounts: Iterable[Money]) -> Money:
    """The sum of some amounts, at least one. Raises CurrencyError when they are in several currencies."""
    return reduce(add, amounts)


class ExchangeRate(NamedTuple):
    """How many units of ``quote`` one unit of ``base`` buys, on a day, from a source."""

    base: str
    quote: str
    rate: Fraction
    day: date
    source: str


class ExchangeRates(NamedTuple):
    """Dated reference rates, each the units of a currency that one ``base`` buys.

    ``days`` is ascending; ``rates`` runs beside it. The rate in force on a day is the latest on or before it.
    """

    base: str
    days: tuple[date, ...]
    rates: tuple[Mapping[str, Decimal], ...]
    source: str

    @property
    def written(self) -> dict[str, dict[str, str]]:
        """The rates by day and currency, as a sheet writes them."""
        return {
            str(day): {code: f"{rate:f}" for code, rate in rates.items()}
            for day, rates in zip(self.days, self.rates, strict=True)
        }

    def with_newer(self, other: ExchangeRates) -> ExchangeRates:
        """These rates with those of another's days, which replace them on the same day and currency.

        Those of another base replace them whole.
        """
        if other.base != self.base:
            return other
        by_day = {day: dict(rates) for day, rates in zip(self.days, self.rates, strict=True)}
        for day, rates in zip(other.days, other.rates, strict=True):
            by_day[day] = {**by_day.get(day, {}), **rates}
        days = tuple(sorted(by_day))
        return ExchangeRates(self.base, days, tuple(by_day[day] for day in days), other.source)

    def on(self, day: date, have: str, want: str) -> ExchangeRate:
        """The rate from ``have`` to ``want`` in force on ``day``, crossed exactly through the base.

        Raises CurrencyError when the day lies before the first rate or a currency is not listed.
        """
        if have == want:
            return ExchangeRate(have, want, Fraction(1), day, self.source)
        index = bisect_right(self.days, day) - 1
        if index < 0:
            first = f"the first is of {self.days[0]}" if self.days else "none is loaded"
            raise CurrencyError(f"no exchange rate on or before {day}; {first}", "add rates to a `kind: fx` file")
        table = self.rates[index]
        missing = [code for code in (have, want) if code != self.base and code not in table]
        if missing:
            listed = ", ".join(sorted({self.base, *table}))
            raise CurrencyError(f"no exchange rate for {', '.join(missing)} on {self.days[index]}", f"listed: {listed}")
        per_base = {self.base: Fraction(1), **{code: Fraction(table[code]) for code in (have, want) if code in table}}
        return ExchangeRate(have, want, per_base[want] / per_base[have], self.days[index], self.source)


NO_RATES = ExchangeRates("EUR", (), (), "none")
