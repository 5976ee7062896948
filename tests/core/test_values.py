"""What the steps hand one another: values that stay as they were made."""

from __future__ import annotations

import pkgutil
from dataclasses import FrozenInstanceError, is_dataclass
from fractions import Fraction
from importlib import import_module

import pytest

import llmcost.core
import llmcost.cost_models
from llmcost.core.values.distribution import constant

GATHERING = {"Demands"}
"""What is filled while a step goes over its input, before it is handed on."""


def dataclasses_of(package: object) -> list[type]:
    names = [each.name for each in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")]  # type: ignore[attr-defined]
    modules = [import_module(name) for name in names]
    return [
        each
        for module in modules
        for each in vars(module).values()
        if isinstance(each, type) and is_dataclass(each) and each.__module__ == module.__name__
    ]


@pytest.mark.parametrize(
    "kind", [*dataclasses_of(llmcost.core), *dataclasses_of(llmcost.cost_models)], ids=lambda kind: kind.__name__
)
def test_values_are_never_changed(kind: type) -> None:
    """Every value is frozen: it is a key of what was computed before, and is read by many."""
    assert kind.__name__ in GATHERING or kind.__dataclass_params__.frozen  # type: ignore[attr-defined]


def test_a_distribution_is_not_changed() -> None:
    """Sizes that were cut once are found again by the value itself."""
    sizes = constant(Fraction(5), "5")
    with pytest.raises(FrozenInstanceError):
        sizes.stated = Fraction(6)  # type: ignore[misc]
