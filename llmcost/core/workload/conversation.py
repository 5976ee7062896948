"""Conversations: turns whose prompts carry all that went before, and what each leaves for a cache to find.

A conversation is unrolled into turns in tokens; what of a turn's prompt is read, written or paid in full is then each
offer's own matter.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil
from typing import NamedTuple

from llmcost.core.values.meters import Count
from llmcost.errors import UsageError

MOST_TURNS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """One session with a model, in tokens.

    ``system`` and ``tools`` open every prompt. Each turn adds ``user`` and ``tool_results``; the model answers with
    ``output``, of which ``reasoning`` is billed but not carried forward. A prompt that would exceed ``compact_at`` is
    preceded by a request that sums the history up in ``summary`` tokens, which then stand in its place
    (None: never).
    Raises UsageError when there are no turns, too many, or when summing up cannot bring a prompt below the limit.
    """

    turns: int
    user: Count
    output: Count
    system: Count = 0
    tools: Count = 0
    tool_results: Count = 0
    reasoning: Count = 0
    compact_at: Count | None = None
    summary: Count = 0

    def __post_init__(self) -> None:
        if not 0 < self.turns <= MOST_TURNS:
            raise UsageError(f"{self.turns} turns is not a conversation", f"write 1 to {MOST_TURNS} turns", "turns")
        if self.reasoning > self.output:
            raise UsageError("more reasoning than output", "output contains the reasoning; raise it", "reasoning")
        if self.compact_at is not None:
            least = self.opening + self.summary + self.user + self.tool_results
            if least > self.compact_at:
                raise UsageError(
                    f"the turns would never end: right after summing up, {ceil(least)} tokens exceed "
                    f"{ceil(self.compact_at)}",
                    "raise compact_at, or lower summary, system, tools, user or tool_results",
                    "compact_at",
                )

    @property
    def opening(self) -> Count:
        """What every prompt begins with."""
        return self.system + self.tools


class Turn(NamedTuple):
    """One request of a conversation.

    ``kept`` is how much of the prompt the request before held, ``answered`` with its answer; of the first request,
    and of one after summing up, only the opening was sent before. ``kind`` is first, later, compaction or resumed.
    """

    kind: str
    prompt: Count
    output: Count
    reasoning: Count
    kept: Count
    answered: Count


def unroll(conversation: Conversation) -> Iterator[Turn]:
    """The requests of one session, in order; the prompt of each is all that went before and what the turn adds."""
    talk = conversation
    added = talk.user + talk.tool_results
    carried = talk.output - talk.reasoning
    history: Count = 0
    before: Count | None = None
    for _ in range(talk.turns):
        prompt = talk.opening + history + added
        kind = "first" if before is None else "later"
        if before is not None and talk.compact_at is not None and prompt > talk.compact_at:
            whole = talk.opening + history
            yield Turn("compaction", whole, talk.summary, 0, before, whole)
            history, kind = talk.summary, "resumed"
            prompt = talk.opening + history + added
        if kind in ("first", "resumed"):
            yield Turn(kind, prompt, talk.output, talk.reasoning, talk.opening, talk.opening)
        else:
            assert before is not None
            yield Turn(kind, prompt, talk.output, talk.reasoning, before, before + carried)
        before = prompt
        history += added + carried
