"""Keeping answers with the object they are about, so that they are forgotten with it."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar, cast

from llmcost.errors import CannotServe

MOST_KEPT = 8192
"""Answers that one object keeps; with one more all are forgotten, which costs time alone."""


class Keeper(Protocol):
    """An object that never changes, and has room for answers about itself."""

    @property
    def kept(self) -> dict[Hashable, Any]:
        """The answers, by the question."""


P = ParamSpec("P")
Answer = TypeVar("Answer")
Owner = TypeVar("Owner", bound=Keeper)


def kept_with_owner(
    function: Callable[Concatenate[Owner, P], Answer],
) -> Callable[Concatenate[Owner, P], Answer]:
    """Keep what a function answers with its first argument, and what it refuses; what raises else is asked again."""

    @wraps(function)
    def ask(owner: Owner, /, *arguments: P.args, **named: P.kwargs) -> Answer:
        key = (function, arguments, *named.items())
        if key in owner.kept:
            answer = owner.kept[key]
            if isinstance(answer, CannotServe):
                raise answer.with_traceback(None)
            return cast("Answer", answer)
        try:
            made = function(owner, *arguments, **named)
        except CannotServe as refusal:
            _keep(owner, key, refusal)
            raise
        _keep(owner, key, made)
        return made

    return ask


def _keep(owner: Keeper, key: Hashable, answer: object) -> None:
    if len(owner.kept) >= MOST_KEPT:
        owner.kept.clear()
    owner.kept[key] = answer


def keep_about(owner: Keeper, question: Hashable, about: object, make: Callable[[], Answer]) -> Answer:
    """What ``make`` answers, kept with an owner, to a question about an object that never changes and has no hash."""
    key = (question, id(about))
    known = owner.kept.get(key)
    if known is not None:
        answer: Answer = known[1]
        return answer
    made = make()
    _keep(owner, key, (about, made))  # with the object, so that no other gets its id
    return made
