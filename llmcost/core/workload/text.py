"""Text whose tokens are not known: words or characters of a language, counted by what is known of a tokenizer.

The count is an estimate with a range; what a sheet states are spans such as 1.22 to 1.33 tokens a word.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

from llmcost.core.values.numerals import parse_decimal
from llmcost.errors import NumberError, UsageError

LANGUAGES = ("en", "zh", "code")
MEASURES = ("words", "characters")
STAND_IN = "unknown"
"""The id of what stands in for a tokenizer that nobody has described."""
KINDS = (*LANGUAGES, "json")
"""What text may be of which two tokenizers are held against each other; json is what tools answer."""


class Span(NamedTuple):
    """The least and the most, such as tokens per word."""

    low: Fraction
    high: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokenizer:
    """What is known of how a family of models cuts text into tokens.

    ``spans`` holds tokens per word or character by language and measure; ``library`` names the real tokenizer in an
    optional package, None when there is none. ``against`` is how many tokens it makes for each that
    another makes of the same text, by the other's id and by kind of text.
    """

    id: str
    name: str
    spans: Mapping[tuple[str, str], Span]
    library: str | None
    checked_on: str
    source: str
    against: Mapping[str, Mapping[str, Span]] = field(default_factory=dict)

    def tokens_for_each_of(self, other: Tokenizer, kinds: Iterable[str] = KINDS) -> Span | None:
        """How many tokens it makes for each that another makes of the same text, of some kinds of text.

        As the two were held against each other, else by way of a third: then the range holds all that both leave open.
        None where that is not known of each kind.
        """
        if STAND_IN in (self.id, other.id):
            return None
        if self.id == other.id:
            return Span(Fraction(1), Fraction(1))
        spans = [self._per_token_of(other, kind) for kind in kinds]
        known = [span for span in spans if span is not None]
        if len(known) < len(spans) or not known:
            return None
        return Span(min(span.low for span in known), max(span.high for span in known))

    def _per_token_of(self, other: Tokenizer, kind: str) -> Span | None:
        direct = self.against.get(other.id, {}).get(kind)
        inverse = other.against.get(self.id, {}).get(kind)
        if direct is not None or inverse is not None:
            return direct or (inverse and Span(1 / inverse.high, 1 / inverse.low))
        for third in self.against:
            own, theirs = (each.against.get(third, {}).get(kind) for each in (self, other))
            if own is not None and theirs is not None:
                return Span(own.low / theirs.high, own.high / theirs.low)
        return None


class Amount(NamedTuple):
    """So many words or characters of one language."""

    language: str
    measure: str
    number: Fraction

    def __str__(self) -> str:
        number = f"{self.number.numerator:,}" if self.number.denominator == 1 else f"{float(self.number):,g}"
        return f"{number} {self.measure} of {self.language}"


@dataclass(frozen=True, slots=True)
class Text:
    """Text whose tokens are not known, by language.

    ``counted`` holds the tokens by tokenizer id where a real tokenizer has counted them.
    """

    amounts: tuple[Amount, ...]
    counted: tuple[tuple[str, int], ...] = ()

    def __str__(self) -> str:
        return " + ".join(str(each) for each in self.amounts)

    def tokens(self, tokenizer: Tokenizer) -> Span:
        """The least and the most tokens it is. Raises UsageError for a language nothing is known of."""
        exact = dict(self.counted).get(tokenizer.id)
        if exact is not None:
            return Span(Fraction(exact), Fraction(exact))
        low = high = Fraction(0)
        for each in self.amounts:
            span = tokenizer.spans.get((each.language, each.measure))
            if span is None:
                raise UsageError(f"nothing is known of how many tokens {each.measure} of {each.language} are to it")
            low, high = low + span.low * each.number, high + span.high * each.number
        return Span(low, high)


def parse_span(text: str) -> Span:
    """Read ``1.22 to 1.33``, or one number. Raises NumberError for other forms and for a span the wrong way round."""
    first, to, last = (part.strip() for part in text.partition(" to "))
    if not to and "-" in text:
        raise NumberError(f'"{text}" is not a span', "write the word between the numbers, such as 1.22 to 1.33")
    low = Fraction(parse_decimal(first))
    high = Fraction(parse_decimal(last)) if to else low
    if not 0 < low <= high:
        raise NumberError(f'"{text}" is not a span', "write the smaller number first, such as 1.22 to 1.33")
    return Span(low, high)


def widest(tokenizers: Iterable[Tokenizer]) -> Tokenizer | None:
    """A stand-in for a tokenizer nobody has described: the span over all that are; None without any."""
    known = list(tokenizers)
    if not known:
        return None
    spans: dict[tuple[str, str], Span] = {}
    for each in known:
        for key, span in each.spans.items():
            had = spans.get(key, span)
            spans[key] = Span(min(had.low, span.low), max(had.high, span.high))
    newest = max(each.checked_on for each in known)
    name = f"the span of {len(known)} known tokenizers"
    return Tokenizer(id=STAND_IN, name=name, spans=spans, library=None, checked_on=newest, source="")
