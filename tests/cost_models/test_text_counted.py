"""Text as tokens of an offer: on which side it stands, and that the rest of the request stays."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from llmcost import RequestGroup, Usage, Workload, quote
from llmcost.core.catalogue import Catalogue
from llmcost.core.content import Content
from llmcost.core.text import Amount, Text

CODE = Text((Amount("code", "characters", Fraction(400)),))
"""100 tokens, at 0.25 a character."""
ENGLISH = Text((Amount("en", "words", Fraction(100)),))
"""120 to 150 tokens."""


@pytest.mark.parametrize(
    ("content", "tokens"),
    [
        (Content(input_text=CODE), {"input": 1100, "output": 10}),
        (Content(output_text=CODE), {"input": 1000, "output": 110}),
        (Content(input_text=CODE, output_text=CODE), {"input": 1100, "output": 110}),
        (Content(output_text=ENGLISH), {"input": 1000, "output": 160}),
    ],
)
def test_text_comes_on_top_of_known_tokens(small: Catalogue, content: Content, tokens: dict[str, int]) -> None:
    """Text sent and text answered are counted each on its side, by the most they may be, beside what is known."""
    group = RequestGroup(Usage(input_tokens=1000, output_tokens=10), 1, content=content)
    found = quote(small.find("example-large"), Workload((group,)), date(2026, 9, 15))
    assert {charge.meter: charge.quantity for charge in found.charges} == tokens
    assert (found.uncertainty > 0) == (content.output_text is ENGLISH)
