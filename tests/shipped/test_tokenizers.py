"""How many tokens models make of the same text, as the shipped sheets have it."""

from __future__ import annotations

from fractions import Fraction

import pytest

from llmcost.core.offers.catalogue import Catalogue
from llmcost.core.workload.text import KINDS, Tokenizer


def tokenizer(shipped: Catalogue, name: str) -> Tokenizer:
    found = shipped.find(name).token_rules().tokenizer
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("there", "here", "kind", "low", "high"),
    [
        # Claude makes 1.298 to 1.628 of each of Qwen's, so Qwen 1 / 1.628 to 1 / 1.298 of each of Claude's
        ("claude-opus-5-5", "qwen3.6-plus", "en", Fraction(1000, 1628), Fraction(1000, 1298)),
        # 1.415 to 1.629
        ("claude-opus-5-5", "deepseek-v4-pro", "code", Fraction(1000, 1629), Fraction(1000, 1415)),
        # 1.230 to 1.437
        ("claude-sonnet-4-6", "gpt-5.5", "zh", Fraction(1000, 1437), Fraction(1000, 1230)),
        # as it was measured
        ("gemini-3.1-pro-preview", "deepseek-v4-pro", "json", Fraction(718, 1000), Fraction(1097, 1000)),
        ("claude-sonnet-4-6", "claude-opus-5-5", "zh", Fraction(1000, 1000), Fraction(1037, 1000)),
    ],
)
def test_two_families_are_held_against_each_other(
    shipped: Catalogue, there: str, here: str, kind: str, low: Fraction, high: Fraction
) -> None:
    """As measured, and the other way round one by it."""
    span = tokenizer(shipped, here).tokens_for_each_of(tokenizer(shipped, there), [kind])
    assert span == (low, high)


def test_every_family_is_known_of_every_kind_of_text(shipped: Catalogue) -> None:
    """So that usage may be moved between any two of them without saying what text it is."""
    families = {
        found.id: found
        for offer in shipped.offers()
        if (found := offer.token_rules().tokenizer) is not None and found.id != "unknown"
    }
    assert len(families) >= 10
    for one in families.values():
        for other in families.values():
            span = one.tokens_for_each_of(other, KINDS)
            assert span is not None
            assert Fraction(1, 3) < span.low <= span.high < 3
