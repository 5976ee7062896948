"""Usage as another tokenizer would count it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from llmcost.core.workload.recount import recount
from llmcost.core.workload.text import Span, Tokenizer, widest
from llmcost.core.workload.usage_record import UsageRecord

START = datetime(2026, 8, 3, tzinfo=timezone.utc)
COUNT = st.integers(0, 10**7)


def tokenizer(name: str, other: str | None = None, **against: str) -> Tokenizer:
    """A tokenizer with spans against another one, such as en="1 to 2"."""
    spans = {kind: Span(*map(Fraction, text.split(" to "))) for kind, text in against.items()}
    return Tokenizer(
        id=name,
        name=name,
        spans={},
        library=None,
        checked_on="2026-08-20",
        source="https://example.com",
        against={other: spans} if other else {},
    )


def test_what_is_no_text_is_left_as_it_was_counted() -> None:
    """Of 1,000 tokens 400 are of an image: half of the other 600 and the 400 are 700."""
    record = UsageRecord(START, "m", requests=1, input_uncached=1000, image_input=400, output=200)
    found = recount(record, Fraction(1, 2))
    assert (found.input_uncached, found.image_input, found.output) == (700, 400, 100)


def test_each_part_of_the_input_keeps_its_share() -> None:
    """What was read from a cache, written and neither are all 1.5 times as many, and so is the range of sizes."""
    record = UsageRecord(
        START, "m", requests=2, input_uncached=100, cache_read=800, cache_write_1h=60, input_range=(9, 951)
    )
    found = recount(record, Fraction(3, 2))
    assert (found.input_uncached, found.cache_read, found.cache_write_1h) == (150, 1200, 90)
    assert found.input_range == (13, 1426)  # 13.5 and 1426.5


@given(COUNT, st.fractions(Fraction(1, 4), 4, max_denominator=8))
def test_counts_are_rounded_as_python_rounds(output: int, ratio: Fraction) -> None:
    """A half goes to the even whole number."""
    found = recount(UsageRecord(START, "m", requests=1, input_uncached=0, output=output), ratio)
    assert found.output == round(output * ratio)


@given(COUNT, COUNT, COUNT, st.fractions(Fraction(1, 4), 4))
def test_more_tokens_for_each_are_never_fewer(fresh: int, read: int, output: int, ratio: Fraction) -> None:
    """Whatever the ratio, a larger one counts at least as many of everything."""
    record = UsageRecord(START, "m", requests=1, input_uncached=fresh, cache_read=read, output=output)
    less, more = recount(record, ratio), recount(record, ratio * 2)
    assert less.input_uncached <= more.input_uncached
    assert less.cache_read <= more.cache_read
    assert less.output <= more.output
    assert less.input <= more.input


def test_two_tokenizers_are_held_against_each_other_by_what_they_have_in_common() -> None:
    """2 to 3 for each of the reference against 1 to 1.5: from 2 / 1.5 to 3 / 1; the reference itself is 1."""
    one, other = tokenizer("one", "base", en="2 to 3"), tokenizer("other", "base", en="1 to 1.5")
    assert one.tokens_for_each_of(other, ["en"]) == Span(Fraction(4, 3), Fraction(3))
    assert one.tokens_for_each_of(tokenizer("base"), ["en"]) == Span(Fraction(2), Fraction(3))
    assert tokenizer("base").tokens_for_each_of(one, ["en"]) == Span(Fraction(1, 3), Fraction(1, 2))


def test_what_was_measured_of_two_goes_before_what_a_third_tells() -> None:
    """1.1 to 1.2 of each other, where by the third it would be 4/3 to 3; and the other way round one by it."""
    direct = {"base": {"en": Span(Fraction(2), Fraction(3))}, "other": {"en": Span(Fraction(11, 10), Fraction(6, 5))}}
    one, other = replace(tokenizer("one"), against=direct), tokenizer("other", "base", en="1 to 1.5")
    assert one.tokens_for_each_of(other, ["en"]) == Span(Fraction(11, 10), Fraction(6, 5))
    assert other.tokens_for_each_of(one, ["en"]) == Span(Fraction(5, 6), Fraction(10, 11))


def test_of_several_kinds_of_text_the_range_holds_all() -> None:
    """Known of one kind alone, nothing is said of both."""
    one = tokenizer("one", "base", en="2 to 3", zh="0.5 to 0.7")
    assert one.tokens_for_each_of(tokenizer("base"), ["en", "zh"]) == Span(Fraction(1, 2), Fraction(3))
    assert one.tokens_for_each_of(tokenizer("base"), ["en", "code"]) is None
    assert one.tokens_for_each_of(tokenizer("stranger"), ["en"]) is None
    assert one.tokens_for_each_of(one, ["code"]) == Span(Fraction(1), Fraction(1))


def test_nothing_is_known_of_a_tokenizer_that_nobody_has_described() -> None:
    """What stands in for it is no tokenizer, so two of them are not the same one."""
    stand_in = widest([tokenizer("base"), tokenizer("one", "base", en="2 to 3")])
    assert stand_in is not None
    assert stand_in.tokens_for_each_of(tokenizer("base"), ["en"]) is None
    assert stand_in.tokens_for_each_of(stand_in, ["en"]) is None
