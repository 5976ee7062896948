"""A conversation as its requests: what each holds, and what of it was sent before."""

from __future__ import annotations

import pytest

from llmcost.core.workload.conversation import MOST_TURNS, Conversation, Turn, unroll
from llmcost.errors import UsageError


def test_a_conversation_that_is_summed_up_by_hand() -> None:
    """An opening of 100, 10 asked and 50 answered a turn; the third prompt would be 230, so 220 become a summary of 20.

    What follows the summary shares only the opening with anything that was sent before.
    """
    talk = Conversation(turns=4, user=10, output=50, system=60, tools=40, compact_at=200, summary=20)
    assert list(unroll(talk)) == [
        Turn("first", 110, 50, 0, 100, 100),
        Turn("later", 170, 50, 0, 110, 160),
        Turn("compaction", 220, 20, 0, 170, 220),
        Turn("resumed", 130, 50, 0, 100, 100),
        Turn("later", 190, 50, 0, 130, 180),
    ]


def test_reasoning_is_not_carried_forward() -> None:
    """Of 50 answered 30 are reasoning, so 20 go into the next prompt, with what tools gave back."""
    talk = Conversation(turns=2, user=10, output=50, tool_results=5, reasoning=30)
    assert list(unroll(talk)) == [Turn("first", 15, 50, 30, 0, 0), Turn("later", 50, 50, 30, 15, 35)]


@pytest.mark.parametrize(("limit", "kinds"), [(170, ["first", "later"]), (169, ["first", "compaction", "resumed"])])
def test_a_prompt_of_just_the_limit_is_not_summed_up(limit: int, kinds: list[str]) -> None:
    """Only a prompt that would exceed the limit is preceded by a summary."""
    talk = Conversation(turns=2, user=10, output=50, system=100, compact_at=limit, summary=20)
    assert [turn.kind for turn in unroll(talk)] == kinds


@pytest.mark.parametrize("turns", [-1, 0, MOST_TURNS + 1])
def test_what_is_no_conversation_is_refused(turns: int) -> None:
    """There is at least one turn, and no more than can be counted."""
    with pytest.raises(UsageError, match="is not a conversation"):
        Conversation(turns=turns, user=1, output=1)
    assert Conversation(turns=MOST_TURNS, user=1, output=1).turns == MOST_TURNS


def test_a_summary_that_brings_nothing_is_refused() -> None:
    """Where a summary and what a turn adds exceed the limit already, the turns would never end; at it they do."""
    with pytest.raises(UsageError, match="131 tokens exceed 130"):
        Conversation(turns=2, user=10, output=50, system=100, compact_at=130, summary=21)
    assert Conversation(turns=2, user=10, output=50, system=100, compact_at=130, summary=20).compact_at == 130
