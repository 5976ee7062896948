"""Numbers as people write them: what is taken, exactly, and what is refused, with a hint that mends it."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmcost.core.values.numerals import (
    MAX_EXPONENT,
    MAX_LENGTH,
    parse_count,
    parse_decimal,
    parse_share,
    parse_whole,
)
from llmcost.errors import NumberError

FINITE = "write a finite number"
NEGATIVE = "negative numbers make no sense here"
DECIMAL = "write it in decimal"
LEADING = "leave out the leading zero"
BASE_60 = "YAML 1.1 would read this in base 60; write a plain decimal number"
COMMAS = "leave out the commas, or write 1_000_000 or 1M"
POINT = "use a decimal point, not a comma"
SYMBOL = "leave out the currency symbol"
PERCENT = "a percentage is not allowed here"
LETTER = "a letter stands where a digit should be (O for 0, l for 1?)"
EXAMPLE = "write a number such as 0.50 or 1000"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", "0"),
        ("0.0", "0.0"),
        ("1", "1"),
        ("10", "10"),
        ("0.50", "0.50"),
        ("3.10", "3.10"),
        ("1_000", "1000"),
        ("1_000_000.25", "1000000.25"),
        ("1_0", "10"),
        ("1e3", "1000"),
        ("1E3", "1000"),
        ("1.0e+3", "1000"),
        ("2.5e-3", "0.0025"),
        ("0e5", "0"),
        ("1e12", "1000000000000"),
        ("1e-12", "0.000000000001"),
        ("9.99e12", "9990000000000"),
        ("0." + "3" * 38, "0." + "3" * 38),
    ],
)
def test_a_number_is_read_exactly(text: str, value: str) -> None:
    """Plain decimals, exponents and grouping underscores give exactly the value that was written."""
    assert parse_decimal(text) == Decimal(value)


def test_trailing_zeros_are_kept() -> None:
    """A price of 0.50 is shown as 0.50, as the vendor writes it."""
    assert str(parse_decimal("0.50")) == "0.50"


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        pytest.param(text, hint, id=text or "empty")
        for text, hint in [
            (".inf", FINITE),
            ("-.inf", FINITE),
            ("+.INF", FINITE),
            (".nan", FINITE),
            ("nan", FINITE),
            ("NaN", FINITE),
            ("inf", FINITE),
            ("Infinity", FINITE),
            ("-inf", FINITE),
            ("-1", NEGATIVE),
            ("-0", NEGATIVE),
            ("-0.5", NEGATIVE),
            ("-1e3", NEGATIVE),
            ("+1", "leave out the plus sign"),
            ("0x1F", DECIMAL),
            ("0X1f", DECIMAL),
            ("0o17", DECIMAL),
            ("0b101", DECIMAL),
            ("010", LEADING),
            ("00", LEADING),
            ("007.5", LEADING),
            ("0_1", LEADING),
            ("1:30", BASE_60),
            ("1:30.5", BASE_60),
            ("190:20:30", BASE_60),
            ("1,000", COMMAS),
            ("1,000,000", COMMAS),
            ("1,000.50", COMMAS),
            ("1,5", POINT),
            ("0,5", POINT),
            ("12,34", POINT),
            ("$0.50", SYMBOL),
            ("0.50$", SYMBOL),
            ("€1", SYMBOL),
            ("1€", SYMBOL),
            ("£2", SYMBOL),
            ("¥3", SYMBOL),
            ("50%", PERCENT),
            ("0.5 %", PERCENT),
            (".5", "write a zero before the point"),
            ("5.", "leave out the trailing point"),
            ("1m", "use k, M or B"),
            ("1g", "use k, M or B"),
            ("1G", "use k, M or B"),
            ("5rps", "write a rate as 5/s, 100/min or 1k/day"),
            ("1O", LETTER),
            ("l0", LETTER),
            ("O.5", LETTER),
            ("", EXAMPLE),
            (" ", EXAMPLE),
            ("abc", EXAMPLE),
            ("1 000", EXAMPLE),
            ("1'000", EXAMPLE),
            ("1.000,50", EXAMPLE),
            ("1__000", EXAMPLE),
            ("_1", EXAMPLE),
            ("1_", EXAMPLE),
            ("1.5_0", EXAMPLE),
            ("1e", EXAMPLE),
            ("e3", EXAMPLE),
            ("1e3.5", EXAMPLE),
            ("1.2.3", EXAMPLE),
            ("1/2", EXAMPLE),
            (" 1", EXAMPLE),
            ("1 ", EXAMPLE),
            ("1\n", EXAMPLE),
            ("１２", EXAMPLE),
            ("１", EXAMPLE),
            ("١٢", EXAMPLE),
            ("1٢", EXAMPLE),
            ("0.٥", EXAMPLE),
            ("१", EXAMPLE),
            ("²", EXAMPLE),
            ("½", EXAMPLE),
            ("一", EXAMPLE),
            ("1\u00a0000", EXAMPLE),
            ("1\u200b", EXAMPLE),
        ]
    ],
)
def test_another_form_is_refused_with_its_hint(text: str, hint: str) -> None:
    """Whatever is not a plain number is named and refused, and the hint says how to write it."""
    with pytest.raises(NumberError) as refused:
        parse_decimal(text)
    assert refused.value.message == f'"{text}" is not a number llmcost takes'
    assert refused.value.remedy == hint


@pytest.mark.parametrize(
    "text", ["1e13", "10000000000000", "1e-13", "0.0000000000001", "1e-400", "1.0e+400", "1e999999", "1e-999999"]
)
def test_a_number_out_of_range_is_refused(text: str) -> None:
    """A value beyond 1e12 or below 1e-12 is a slip, not a price."""
    with pytest.raises(NumberError) as refused:
        parse_decimal(text)
    assert refused.value.message == f'"{text}" is out of range'
    assert refused.value.remedy == f"numbers lie between 1e-{MAX_EXPONENT} and 1e{MAX_EXPONENT}"


@pytest.mark.parametrize(
    "text", ["1e9999999999999999999", "1e-9999999999999999999", "1e" + "9" * 37, "0e" + "9" * 37, "0e-" + "9" * 36]
)
def test_an_exponent_beyond_what_a_decimal_holds_is_refused(text: str) -> None:
    """No exponent, however long, raises anything but a message about the number."""
    with pytest.raises(NumberError) as refused:
        parse_decimal(text)
    assert refused.value.message == f'"{text}" is out of range'


@pytest.mark.parametrize("text", ["0e999999", "0e-999999", "0.0e999999999", "0e13"])
def test_a_zero_with_a_huge_exponent_cannot_fill_the_page(text: str) -> None:
    """A zero is refused or written shortly; it never becomes a line of a million zeros."""
    try:
        value = parse_decimal(text)
    except NumberError as refused:
        assert refused.message == f'"{text}" is out of range'
    else:
        assert value.adjusted() in range(-40, 41)
        assert len(f"{value:f}") <= MAX_LENGTH


def test_a_number_of_5000_digits_is_refused_at_once() -> None:
    """A number beyond forty characters is refused for its length and is not repeated in the message."""
    with pytest.raises(NumberError) as refused:
        parse_decimal("9" * 5000)
    assert refused.value.message == "a number of 5000 characters is too long"
    assert refused.value.remedy == "write at most 40 characters"
    for parse in (parse_count, parse_whole):
        with pytest.raises(NumberError, match="too long"):
            parse("9" * 5000)
        with pytest.raises(NumberError, match="too long"):
            parse("9" * 5000 + "M")
    with pytest.raises(NumberError, match="too long"):
        parse_share("9" * 5000 + "%")


def test_forty_characters_are_the_limit() -> None:
    """Forty characters are taken, forty-one are not."""
    assert parse_decimal("0." + "1" * (MAX_LENGTH - 2)) == Decimal("0." + "1" * (MAX_LENGTH - 2))
    with pytest.raises(NumberError, match="a number of 41 characters is too long"):
        parse_decimal("0." + "1" * (MAX_LENGTH - 1))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0),
        ("7", 7),
        ("1k", 1_000),
        ("1K", 1_000),
        ("250k", 250_000),
        ("1M", 1_000_000),
        ("1.5M", 1_500_000),
        ("0.5k", 500),
        ("2B", 2_000_000_000),
        ("1_000_000", 1_000_000),
        ("1_000k", 1_000_000),
        ("1e6", 1_000_000),
        ("1e3k", 1_000_000),
        ("0.001k", 1),
    ],
)
def test_a_count_takes_suffixes(text: str, value: int) -> None:
    """`k`, `M` and `B` mean a thousand, a million and a billion, exactly."""
    assert parse_count(text) == value
    assert parse_whole(text) == value


def test_a_count_may_be_a_part() -> None:
    """A mean of 0.1 requests is exactly a tenth."""
    assert parse_count("0.1") == Fraction(1, 10)


@pytest.mark.parametrize("text", ["k", "M", "kk", "1kk", "1 k", "1,000k", "-1k", "1m", "1T", "1k0", "", ".5M", "M1"])
def test_another_count_is_refused(text: str) -> None:
    """A suffix does not make a number of what is none."""
    with pytest.raises(NumberError) as refused:
        parse_count(text)
    assert refused.value.remedy


@pytest.mark.parametrize(("text", "hint"), [("1,000k", COMMAS), ("$1M", SYMBOL), ("-1k", NEGATIVE), ("1,5M", POINT)])
def test_a_count_with_a_suffix_gets_the_same_hints(text: str, hint: str) -> None:
    """The hint knows what is wrong before the suffix."""
    with pytest.raises(NumberError) as refused:
        parse_count(text)
    assert refused.value.remedy == hint


@pytest.mark.parametrize("text", ["0.5", "1e-3", "1.0001k", "0.0000001M"])
def test_a_part_is_not_a_whole_number(text: str) -> None:
    """Where a whole number is needed, a part of one is refused."""
    with pytest.raises(NumberError) as refused:
        parse_whole(text)
    assert refused.value.message == f'"{text}" is not a whole number'
    assert refused.value.remedy == "write a whole number"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0%", Fraction(0)),
        ("40%", Fraction(2, 5)),
        ("100%", Fraction(1)),
        ("33.3%", Fraction(333, 1000)),
        ("40 %", Fraction(2, 5)),
        ("1e1%", Fraction(1, 10)),
    ],
)
def test_a_share_is_an_exact_part_of_one(text: str, value: Fraction) -> None:
    """A percentage is read as an exact fraction."""
    assert parse_share(text) == value


@pytest.mark.parametrize(
    ("text", "message", "remedy"),
    [
        ("0.4", '"0.4" is not a percentage', "write it with a percent sign, such as 40%"),
        ("40", '"40" is not a percentage', "write it with a percent sign, such as 40%"),
        ("", '"" is not a percentage', "write it with a percent sign, such as 40%"),
        ("101%", '"101%" is more than the whole', "a share lies between 0% and 100%"),
        ("100.01%", '"100.01%" is more than the whole', "a share lies between 0% and 100%"),
    ],
)
def test_another_share_is_refused(text: str, message: str, remedy: str) -> None:
    """A share needs its sign and lies between nothing and the whole."""
    with pytest.raises(NumberError) as refused:
        parse_share(text)
    assert (refused.value.message, refused.value.remedy) == (message, remedy)


@pytest.mark.parametrize("text", ["-5%", "%", "5%%", "1,5%", ".5%", "nan%", "1e999999%", "1:30%", "5% "])
def test_a_share_of_no_number_is_refused(text: str) -> None:
    """What stands before the percent sign is a number like any other."""
    with pytest.raises(NumberError):
        parse_share(text)


@pytest.mark.parametrize("text", ["0.1", "0.0000005", "1e-12", "123.456", "0"])
def test_a_decimal_is_read_exactly(text: str) -> None:
    """No digit is lost between the text and the number."""
    assert Fraction(parse_decimal(text)) == Fraction(text)


@given(st.text(max_size=60))
def test_any_text_is_a_number_or_refused(text: str) -> None:
    """No text raises anything but NumberError, and what is taken is finite and not negative."""
    for parse in (parse_decimal, parse_count, parse_whole, parse_share):
        try:
            value = parse(text)
        except NumberError as refused:
            assert refused.message
            assert refused.remedy
        else:
            assert value >= 0


@given(st.from_regex(r"[0-9][0-9_.,:eEkKMBxo%+-]{0,45}", fullmatch=True))
def test_anything_like_a_number_is_a_number_or_refused(text: str) -> None:
    """Text of digits and signs raises nothing but NumberError either."""
    for parse in (parse_decimal, parse_count, parse_whole, parse_share):
        try:
            value = parse(text)
        except NumberError as refused:
            assert refused.message
            assert refused.remedy
        else:
            assert value >= 0


@given(st.decimals(min_value=0, max_value=10**12, allow_nan=False, allow_infinity=False, places=6))
def test_what_was_written_is_what_is_read(value: Decimal) -> None:
    """Writing a decimal in full and reading it gives it back."""
    assert parse_decimal(f"{value:f}") == value
