"""What is kept with an object: answers, as long as the object itself and no longer."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Hashable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

import pytest
from conftest import SMALL

from llmcost import LlmcostError, Usage, Workload, load_catalogue
from llmcost.core.values import memory
from llmcost.core.values.memory import keep_about, kept_with_owner


@dataclass(frozen=True)
class Owner:
    name: str
    kept: dict[Hashable, Any] = field(default_factory=dict, init=False)


ASKED: list[object] = []


@kept_with_owner
def length(owner: Owner, more: int = 0) -> int:
    ASKED.append((owner.name, more))
    if more < 0:
        raise LlmcostError("negative")
    return len(owner.name) + more


@pytest.fixture(autouse=True)
def nothing_asked() -> None:
    ASKED.clear()


def test_an_answer_is_worked_out_once_for_each_question() -> None:
    """The same question is answered from what is kept, another one is not, and an error is asked again."""
    owner = Owner("abc")
    assert [length(owner), length(owner), length(owner, 2), length(owner, more=2)] == [3, 3, 5, 5]
    assert len(ASKED) == 3
    for _ in range(2):
        with pytest.raises(LlmcostError):
            length(owner, -1)
    assert len(ASKED) == 5


def test_a_changed_copy_keeps_answers_of_its_own() -> None:
    """What was said of an object is never said of another that was made from it."""
    owner = Owner("abc")
    assert length(owner) == 3
    assert length(replace(owner, name="abcd")) == 4


def test_an_answer_about_an_object_without_a_hash_is_given_of_that_object_alone() -> None:
    """An equal one is another question; while it is kept with the answer, no other gets its place in memory."""
    owner, one, other = Owner("abc"), [1], [1]
    asked: list[object] = []

    def answer(about: list[int]) -> int:
        def make() -> int:
            asked.append(about)
            return about[0]

        return keep_about(owner, "first", about, make)

    assert [answer(one), answer(one), answer(other)] == [1, 1, 1]
    assert len(asked) == 2
    for number in range(100):
        assert answer([number]) == number


def test_what_is_kept_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """An object asked without end forgets rather than grows."""
    monkeypatch.setattr(memory, "MOST_KEPT", 10)
    owner = Owner("abc")
    assert [length(owner, n) for n in range(25)] == list(range(3, 28))
    assert len(owner.kept) <= 10


def test_a_catalogue_that_nobody_holds_is_forgotten() -> None:
    """Pricing self-hosted offers keeps nothing alive of a catalogue that was let go."""
    prices = load_catalogue(SMALL, builtin=False)
    sent = replace(Workload.of(Usage(input_tokens=1000, output_tokens=200), requests=100_000), peak_to_mean=Fraction(2))
    model = next(iter(prices.self_hosting.models))
    accelerator = next(iter(prices.self_hosting.accelerators))
    prices.compare([f"self/{model}@{accelerator}"], sent, on="2026-09-15")
    held = weakref.ref(prices.self_hosting)
    del prices
    gc.collect()
    assert held() is None
