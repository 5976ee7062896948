"""How well a price is known: one rule, by how it was read and by who else has it."""

from __future__ import annotations

import pytest

from llmcost.core.pricing.evidence import COPY, DESCENDS_FROM, GRADES, PAGE, THIRD_PARTY, grade_of, independent


@pytest.mark.parametrize(
    ("evidence", "witnesses", "derived", "grade"),
    [
        (PAGE, (), False, "vendor page"),
        (PAGE, ("litellm", "genai-prices"), False, "vendor page"),
        (COPY, (), False, "copy of the page"),
        (THIRD_PARTY, (), False, "one third party"),
        (THIRD_PARTY, ("litellm",), False, "one third party"),
        (THIRD_PARTY, ("litellm", "genai-prices"), False, "agreed by two independent sources"),
        (THIRD_PARTY, ("models.dev", "model-prices", "pi-ai"), False, "one third party"),
        (PAGE, ("litellm", "genai-prices"), True, "derived"),
    ],
)
def test_the_rule(evidence: str, witnesses: tuple[str, ...], derived: bool, grade: str) -> None:
    """A page is better than any number of tables, two tables than one, and a rule is no source at all."""
    assert grade_of(evidence, witnesses, derived=derived) == grade
    assert grade in GRADES


@pytest.mark.parametrize(
    ("witnesses", "number"),
    [
        ((), 0),
        (("litellm",), 1),
        (("litellm", "litellm"), 1),
        (("litellm", "tokencost"), 1),
        (("model-prices", "pi-ai"), 1),
        (("models.dev", "openrouter"), 2),
        (("models.dev", "openrouter", "pi-ai"), 1),
        (("litellm", "genai-prices", "model-prices", "tokencost"), 3),
    ],
)
def test_tables_that_take_figures_from_each_other_are_one_witness(witnesses: tuple[str, ...], number: int) -> None:
    """Tables with an origin in common count once, in whatever order they are named."""
    assert independent(witnesses) == independent(tuple(reversed(witnesses))) == number


def test_every_table_is_known_with_its_origins() -> None:
    """Whatever a table descends from is a table itself."""
    assert {origin for origins in DESCENDS_FROM.values() for origin in origins} <= set(DESCENDS_FROM)
