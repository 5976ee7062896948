"""Text whose tokens are not known: spans, sums over languages, real counts, and the stand-in for an unknown tokenizer."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.examples import examples

from llmcost.core.workload.text import Amount, Span, Text, Tokenizer, parse_span, widest
from llmcost.errors import NumberError, UsageError

EN_WORDS = ("en", "words")
EN_CHARACTERS = ("en", "characters")
ZH = ("zh", "characters")
CODE = ("code", "characters")


def tokenizer(id: str, spans: dict[tuple[str, str], tuple[str, str]], checked_on: str = "2026-11-23") -> Tokenizer:
    read = {key: Span(Fraction(low), Fraction(high)) for key, (low, high) in spans.items()}
    source = "https://example.com/tokenizer"
    return Tokenizer(id=id, name=id.upper(), spans=read, library=None, checked_on=checked_on, source=source)


ONE = tokenizer("one", {EN_WORDS: ("1.2", "1.5"), ZH: ("0.6", "0.8"), CODE: ("0.2", "0.3")})
OTHER = tokenizer("other", {EN_WORDS: ("1.3", "1.4"), EN_CHARACTERS: ("0.2", "0.25")}, "2026-11-24")


class TestSpans:
    @pytest.mark.parametrize(
        ("text", "low", "high"),
        [
            ("1.22 to 1.33", "1.22", "1.33"),
            ("0.3", "0.3", "0.3"),
            ("0.3 to 0.3", "0.3", "0.3"),
            ("1 to 2", "1", "2"),
            ("1.22  to  1.33", "1.22", "1.33"),
        ],
    )
    def test_a_span_is_read_exactly(self, text: str, low: str, high: str) -> None:
        """Two numbers, or one for both, without a rounding."""
        assert parse_span(text) == (Fraction(low), Fraction(high))

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "to",
            "1.22 to",
            "to 1.33",
            "1.33 to 1.22",
            "0 to 1",
            "0",
            "-1 to 2",
            "1.2-1.3",
            "1.2to1.3",
            "1.2 to 1.3 to 1.4",
            "1,2 to 1,3",
            "nan to 1",
            "1 to inf",
            "20% to 30%",
        ],
    )
    def test_what_is_no_span_is_refused(self, text: str) -> None:
        """Other forms, a span the wrong way round, and nothing at all are problems."""
        with pytest.raises(NumberError):
            parse_span(text)

    def test_a_span_the_wrong_way_round_is_said_so(self) -> None:
        """The message quotes it, and the remedy says which number comes first."""
        with pytest.raises(NumberError, match=r"1\.33 to 1\.22") as caught:
            parse_span("1.33 to 1.22")
        assert "smaller number first" in str(caught.value.remedy)


class TestCounting:
    def test_languages_are_added_up(self) -> None:
        """500 words, 1,000 Chinese characters and 3,000 of code: 600 + 600 + 600 tokens at least, 750 + 800 + 900 at most."""
        text = Text(
            (
                Amount("en", "words", Fraction(500)),
                Amount("zh", "characters", Fraction(1000)),
                Amount("code", "characters", Fraction(3000)),
            )
        )
        assert text.tokens(ONE) == (1800, 2450)

    def test_a_language_given_twice_counts_twice(self) -> None:
        """Words and characters of one language go by their own spans: 100 × 1.3 + 1000 × 0.2 to 100 × 1.4 + 1000 × 0.25."""
        text = Text((Amount("en", "words", Fraction(100)), Amount("en", "characters", Fraction(1000))))
        assert text.tokens(OTHER) == (330, 390)

    def test_no_text_is_no_tokens(self) -> None:
        """Nothing comes to nothing."""
        assert Text(()).tokens(ONE) == (0, 0)

    @pytest.mark.parametrize(("language", "measure"), [("zh", "characters"), ("code", "words"), ("de", "words")])
    def test_a_language_nothing_is_known_of_is_not_guessed(self, language: str, measure: str) -> None:
        """The message says which measure of which language, even where the rest of the text is known."""
        text = Text((Amount("en", "words", Fraction(1)), Amount(language, measure, Fraction(10))))
        with pytest.raises(UsageError, match=f"nothing is known of how many tokens {measure} of {language} are"):
            text.tokens(OTHER)

    def test_a_real_count_wins(self) -> None:
        """Where the tokenizer itself has counted, that is the count; another tokenizer still estimates."""
        text = Text((Amount("en", "words", Fraction(100)),), counted=(("one", 128),))

        assert text.tokens(ONE) == (128, 128)
        assert text.tokens(OTHER) == (130, 140)

    def test_a_real_count_wins_over_ignorance_too(self) -> None:
        """A language nothing is known of is counted all the same where the tokenizer has counted it; nought is a count."""
        text = Text((Amount("zh", "characters", Fraction(10)),), counted=(("one", 0), ("other", 6)))

        assert text.tokens(OTHER) == (6, 6)
        assert text.tokens(ONE) == (0, 0)

    def test_an_amount_reads_as_it_is_written(self) -> None:
        """Amounts are shown with their language, thousands apart."""
        text = Text((Amount("en", "words", Fraction(1500)), Amount("zh", "characters", Fraction(1, 2))))
        assert str(text) == "1,500 words of en + 0.5 characters of zh"


class TestUnknownTokenizer:
    def test_the_stand_in_spans_all(self) -> None:
        """The least of all and the most of all, language by language, as new as the newest."""
        stand_in = widest([ONE, OTHER])

        assert stand_in is not None
        assert stand_in.spans == {
            EN_WORDS: (Fraction("1.2"), Fraction("1.5")),
            EN_CHARACTERS: (Fraction("0.2"), Fraction("0.25")),
            ZH: (Fraction("0.6"), Fraction("0.8")),
            CODE: (Fraction("0.2"), Fraction("0.3")),
        }
        assert stand_in.checked_on == "2026-11-24"
        assert "2 known" in stand_in.name
        assert stand_in.library is None

    def test_without_any_there_is_none(self) -> None:
        """From nothing no span can be made."""
        assert widest([]) is None

    @examples(0.6)
    @given(
        known=st.lists(
            st.dictionaries(
                st.sampled_from([EN_WORDS, EN_CHARACTERS, ZH, CODE]),
                st.tuples(st.fractions("1/10", 3), st.fractions(0, 2)).map(lambda each: (each[0], each[0] + each[1])),
                min_size=1,
            ),
            min_size=1,
            max_size=6,
        ),
        number=st.integers(1, 10**6),
    )
    def test_no_known_tokenizer_lies_outside(
        self, known: list[dict[tuple[str, str], tuple[Fraction, Fraction]]], number: int
    ) -> None:
        """Any text is, to any known tokenizer, within the stand-in's count; and some tokenizer is at each end of it."""
        all_known = [
            Tokenizer(
                id=str(n),
                name="",
                spans={key: Span(*span) for key, span in spans.items()},
                library=None,
                checked_on="2026-11-23",
                source="",
            )
            for n, spans in enumerate(known)
        ]
        stand_in = widest(iter(all_known))
        assert stand_in is not None
        for key in {key for spans in known for key in spans}:
            text = Text((Amount(*key, Fraction(number)),))
            counts = [text.tokens(each) for each in all_known if key in each.spans]

            assert text.tokens(stand_in) == (min(low for low, _ in counts), max(high for _, high in counts))
