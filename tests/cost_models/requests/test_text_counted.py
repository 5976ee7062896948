"""Text as tokens of an offer: on which side it stands, and that the rest of the request stays."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from llmcost import RequestGroup, Usage, Workload, quote
from llmcost.core.offers.catalogue import Catalogue
from llmcost.core.workload.content import Content
from llmcost.core.workload.text import Amount, Text

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


@pytest.mark.parametrize("parts", ["amounts", "shares"])
def test_parts_of_what_is_counted_come_after_it(small: Catalogue, parts: str) -> None:
    """A tenth of input that is known only with its text, and the cached part of its images, are what they come to."""
    cached = {
        "amounts": {"cache_read_input_tokens": 110, "cache_read_image_input_tokens": 20},
        "shares": {
            "cache_read_input_tokens": Fraction(1, 10),
            "cache_read_image_input_tokens": Fraction(1, 5),
        },
    }[parts]
    content = Content(input_text=CODE, **{parts: cached})  # type: ignore[arg-type]
    counted = RequestGroup(Usage(input_tokens=1000, image_input_tokens=100), 1, content=content)
    given = Usage(
        input_tokens=1100,
        image_input_tokens=100,
        cache_read_input_tokens=110,
        cache_read_image_input_tokens=20,
    )
    offer, on = small.find("example-large"), date(2026, 9, 15)
    one, other = (quote(offer, Workload((group,)), on) for group in (counted, RequestGroup(given, 1)))
    assert {charge.meter: charge.quantity for charge in one.charges} == {
        charge.meter: charge.quantity for charge in other.charges
    }
    assert one.cost == other.cost > 0
