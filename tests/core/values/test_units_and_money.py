"""Units, money, exchange rates and figures: exact until they are shown, and never mixed up."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from llmcost.core.values.meters import METERS
from llmcost.core.values.money import ExchangeRates, Money, check_currency
from llmcost.core.values.rates import Rate, SameAs, parse_rate
from llmcost.core.values.units import parse_unit
from llmcost.errors import CurrencyError, NumberError, UnitError
from llmcost.reports.numbers import exact_money, fixed, plain_count, shown_count, shown_money

PER_UNIT = [
    ("input", "0.50 USD / 1M tokens", Fraction(1, 2) / 1_000_000),
    ("input", "0.0008 CNY / 1K tokens", Fraction(8, 10_000) / 1000),
    ("output", "3 USD / 1B tokens", Fraction(3, 10**9)),
    ("output", "0.000015 USD / token", Fraction(15, 10**6)),
    ("output", "1e-6 USD / token", Fraction(1, 10**6)),
    ("reasoning", "7 USD / 500K tokens", Fraction(7, 500_000)),
    ("requests", "5 USD / 1K requests", Fraction(5, 1000)),
    ("web_searches", "10 USD / 1K searches", Fraction(10, 1000)),
    ("web_searches", "10 USD / 1K requests", Fraction(10, 1000)),
    ("cache_storage", "1.00 USD / 1M token-hours", Fraction(1, 1_000_000)),
    ("audio_seconds", "0.111 USD / hour", Fraction(111, 1000) / 3600),
    ("audio_seconds", "0.006 USD / minute", Fraction(6, 1000) / 60),
    ("video_seconds", "0.10 USD / second", Fraction(1, 10)),
    ("images", "0.04 USD / image", Fraction(4, 100)),
    ("characters", "15 USD / 1M characters", Fraction(15, 10**6)),
    ("pages", "1 USD / 1K pages", Fraction(1, 1000)),
]


@pytest.mark.parametrize(("meter", "text", "each"), PER_UNIT)
def test_units_convert_exactly(meter: str, text: str, each: Fraction) -> None:
    """The price of one token, second or request is the quoted one divided by its unit, without rounding."""
    rate = parse_rate(meter, text)
    assert isinstance(rate, Rate)
    assert Fraction(*rate.per_base_unit()) == each


WRONG_UNITS = [
    ("input", "hour"),
    ("input", "1K requests"),
    ("input", "1M characters"),
    ("input", "1M token-hours"),
    ("output", "image"),
    ("audio_input", "minute"),
    ("cache_storage", "1M tokens"),
    ("cache_storage", "hour"),
    ("requests", "1M tokens"),
    ("requests", "1K searches"),
    ("web_searches", "1M tokens"),
    ("audio_seconds", "1M tokens"),
    ("video_seconds", "image"),
    ("images", "1K requests"),
    ("pages", "1M tokens"),
    ("characters", "1M tokens"),
]


@pytest.mark.parametrize(("meter", "unit"), WRONG_UNITS)
def test_a_meter_is_not_billed_in_another_dimension(meter: str, unit: str) -> None:
    """A rate in a unit that does not measure its meter is refused, so that no figure is off by a thousand."""
    parse_unit(unit)
    with pytest.raises(UnitError, match=meter) as caught:
        parse_rate(meter, f"1 USD / {unit}")
    assert caught.value.remedy


@pytest.mark.parametrize(
    "unit", ["", "tokens 1M", "1MM tokens", "1M", "0 tokens", "1.5M tokens", "1m tokens", "1M toks"]
)
def test_other_units_are_refused(unit: str) -> None:
    """A unit is a whole count and a known noun, and nothing else."""
    with pytest.raises(UnitError):
        parse_unit(unit)


@pytest.mark.parametrize(
    "text",
    [
        "0.50 / 1M tokens",
        "USD 0.50 / 1M tokens",
        "0.50 USD",
        "0.50 USD 1M tokens",
        "0.50USD / 1M tokens",
        "= ",
        "= input",
    ],
)
def test_other_rates_are_refused(text: str) -> None:
    """A rate has an amount, a currency and a unit, in this order, and does not point at itself."""
    with pytest.raises((UnitError, NumberError)):
        parse_rate("input", text)


@pytest.mark.parametrize("amount", ["-1", "$1", "1,5", "nan", "inf", "010", "0x1", "1:30", ".5", "5."])
def test_amounts_are_plain_decimals(amount: str) -> None:
    """An amount that another reader could take for another number is refused."""
    with pytest.raises(NumberError):
        parse_rate("input", f"{amount} USD / 1M tokens")


def test_a_rate_may_point_at_every_other_meter() -> None:
    """`= meter` names any meter but its own."""
    for meter in METERS:
        if meter != "image_input":
            assert parse_rate("image_input", f"= {meter}") == SameAs(meter)


@pytest.mark.parametrize("code", ["RMB", "usd", "US$", "$", "USDT", "EURO", "", "XXX"])
def test_only_iso_codes_are_currencies(code: str) -> None:
    """A text that is not an ISO 4217 code is refused, and the remedy names one."""
    with pytest.raises(CurrencyError) as caught:
        check_currency(code)
    assert caught.value.remedy


def test_money_of_one_currency_adds_and_compares_exactly() -> None:
    """A third and a sixth of a dollar are half a dollar."""
    third, sixth = Money(Fraction(1, 3), "USD"), Money(Fraction(1, 6), "USD")
    assert third + sixth == Money(Fraction(1, 2), "USD")
    assert third - sixth == sixth
    assert sixth < third


def test_currencies_do_not_mix() -> None:
    """Two currencies are never added, subtracted or compared by size."""
    dollar, yuan = Money(Fraction(1), "USD"), Money(Fraction(1), "CNY")
    with pytest.raises(CurrencyError):
        dollar + yuan
    with pytest.raises(CurrencyError):
        dollar - yuan
    with pytest.raises(CurrencyError):
        assert dollar < yuan
    assert dollar != yuan


RATES = ExchangeRates(
    base="EUR",
    days=(date(2026, 6, 30), date(2026, 7, 31), date(2026, 8, 31)),
    rates=(
        {"USD": Decimal("1.00"), "CNY": Decimal("8.00")},
        {"USD": Decimal("1.20"), "CNY": Decimal("8.40"), "JPY": Decimal("170")},
        {"USD": Decimal("1.25"), "CNY": Decimal("8.50")},
    ),
    source="https://rates.example",
)

CROSSINGS = [
    # the day's own rate, the last day before the next one, and long after the last
    (date(2026, 6, 30), "EUR", "USD", Fraction(1), date(2026, 6, 30)),
    (date(2026, 7, 30), "EUR", "CNY", Fraction(8), date(2026, 6, 30)),
    (date(2026, 7, 31), "EUR", "USD", Fraction(120, 100), date(2026, 7, 31)),
    (date(2027, 1, 1), "EUR", "USD", Fraction(125, 100), date(2026, 8, 31)),
    # to the base, and crossed through it
    (date(2026, 7, 31), "USD", "EUR", 1 / Fraction(120, 100), date(2026, 7, 31)),
    (date(2026, 7, 31), "USD", "CNY", Fraction(840, 120), date(2026, 7, 31)),
    (date(2026, 7, 31), "CNY", "USD", Fraction(120, 840), date(2026, 7, 31)),
    (date(2026, 8, 1), "JPY", "CNY", Fraction(840, 17_000), date(2026, 7, 31)),
]


@pytest.mark.parametrize(("day", "have", "want", "rate", "of"), CROSSINGS)
def test_the_latest_rate_on_or_before_the_day(day: date, have: str, want: str, rate: Fraction, of: date) -> None:
    """Money is converted at the latest rate on or before the day, crossed through the base, and says its day."""
    found = RATES.on(day, have, want)
    assert (found.rate, found.day) == (rate, of)
    assert (found.base, found.quote) == (have, want)


def test_there_and_back_is_the_same_amount() -> None:
    """Converting to another currency and back changes nothing."""
    there, back = RATES.on(date(2026, 8, 1), "USD", "CNY"), RATES.on(date(2026, 8, 1), "CNY", "USD")
    assert there.rate * back.rate == 1


def test_no_rate_before_the_first_day() -> None:
    """A day before the first rate is an error that names it; no later rate is used."""
    with pytest.raises(CurrencyError, match="2026-06-30"):
        RATES.on(date(2026, 6, 29), "USD", "EUR")


def test_a_currency_without_a_rate_that_day_is_an_error() -> None:
    """A currency that is not listed in the rates of the day is an error; an older day's rate is not used."""
    with pytest.raises(CurrencyError, match="JPY"):
        RATES.on(date(2026, 9, 1), "JPY", "USD")
    with pytest.raises(CurrencyError, match="GBP"):
        RATES.on(date(2026, 9, 1), "USD", "GBP")


def test_the_currencies_of_a_day_are_listed_in_order() -> None:
    """Where one has no rate all others are named, the base among them, in one order."""
    table = {code: Decimal(2) for code in ("USD", "CNY", "JPY", "INR", "CHF")}
    with pytest.raises(CurrencyError) as refused:
        ExchangeRates("EUR", (date(2026, 1, 1),), (table,), "x").on(date(2026, 2, 1), "GBP", "USD")
    assert refused.value.remedy == "listed: CHF, CNY, EUR, INR, JPY, USD"


def test_one_currency_needs_no_rate() -> None:
    """A currency is itself on every day, listed or not."""
    assert RATES.on(date(2020, 1, 1), "GBP", "GBP").rate == 1


FIXED = [
    (Fraction(0), "0.000000"),
    (Fraction(2500), "2500.000000"),
    (Fraction(1, 2), "0.500000"),
    (Fraction(-1, 2), "-0.500000"),
    (Fraction(22_0375, 10_000_000), "0.0220375"),
    (Fraction(1, 10**12), "0.000000000001"),
    (Fraction(1, 3), "0.333333333333"),
    (Fraction(2, 3), "0.666666666667"),
    (Fraction(-2, 3), "-0.666666666667"),
    # half-even at the twelfth decimal
    (Fraction(5, 10**13), "0.000000"),
    (Fraction(15, 10**13), "0.000000000002"),
    (Fraction(25, 10**13), "0.000000000002"),
    (Fraction(35, 10**13), "0.000000000004"),
    (Fraction(25, 10**13) + Fraction(1, 10**30), "0.000000000003"),
    (Fraction(-5, 10**13), "0.000000"),
    (Fraction(-15, 10**13), "-0.000000000002"),
    # rounding carries into the whole
    (1 - Fraction(1, 10**13), "1.000000"),
    (Fraction(10**30) + Fraction(1, 8), "1000000000000000000000000000000.125000"),
    (12345, "12345.000000"),
]


@pytest.mark.parametrize(("value", "text"), FIXED)
def test_figures_are_in_fixed_point(value: Fraction | int, text: str) -> None:
    """Money has at least six decimals and as many more as it needs, at most twelve, half-even, never an exponent."""
    assert fixed(value) == text


def test_small_and_large_figures_have_no_exponent() -> None:
    """From a trillionth to a thousand trillions a figure is digits and one point, and within half a trillionth."""
    for exponent in range(-15, 16):
        for value in (Fraction(10) ** exponent, Fraction(10) ** exponent / 3, -7 * Fraction(10) ** exponent):
            text = fixed(value)
            whole, point, decimals = text.removeprefix("-").partition(".")
            assert whole.isdigit()
            assert point == "."
            assert decimals.isdigit()
            assert 6 <= len(decimals) <= 12
            assert abs(Fraction(text) - value) <= Fraction(1, 2 * 10**12)


COUNTS = [
    (Fraction(1_000_000), "1000000", "1,000,000"),
    (Fraction(365 * 100, 12), "3041.666666666667", "3,041.67"),
    (Fraction(5, 2), "2.5", "2.5"),
    (0, "0", "0"),
]


@pytest.mark.parametrize(("value", "plain", "shown"), COUNTS)
def test_counts(value: Fraction | int, plain: str, shown: str) -> None:
    """A whole count has no point; others keep their decimals in files and two of them for people."""
    assert plain_count(value) == plain
    assert shown_count(value) == shown


MONEY = [
    (Fraction(1234567), 2, "1,234,567.00"),
    (Fraction(1, 8), 2, "0.12"),
    (Fraction(3, 8), 2, "0.38"),
    (Fraction(1, 8), 4, "0.1250"),
    (Fraction(-1234), 2, "-1,234.00"),
    (Fraction(-1, 2), 2, "-0.50"),
]


@pytest.mark.parametrize(("value", "places", "text"), MONEY)
def test_money_for_people(value: Fraction, places: int, text: str) -> None:
    """People see thousands marks and a fixed number of decimals, half-even."""
    assert shown_money(value, places) == text


def test_exact_money_shows_every_decimal() -> None:
    """A figure somebody wants to add up again keeps all of its decimals."""
    assert exact_money(Fraction(12_345_678_9, 10_000)) == "12,345.6789"
    assert exact_money(Fraction(3)) == "3.00"
