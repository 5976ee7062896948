"""How many examples a property is tried on: as many as the profile says, or more, or fewer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from hypothesis import HealthCheck, settings

Each = TypeVar("Each")


def examples(factor: float, *ignored: HealthCheck) -> settings:
    """The profile's settings with ``factor`` times its examples, and without the health checks that are ``ignored``.

    Below 1 for a property that takes long, above 1 for one that is quick and has much to find. The profiles are in
    conftest.py.
    """
    profile = settings.default
    number = max(1, round(profile.max_examples * factor))
    return settings(profile, max_examples=number, suppress_health_check=(*profile.suppress_health_check, *ignored))


def checkered(places: Sequence[Each], number: int) -> Sequence[Each]:
    """The places at which value ``number`` is tried: of a board of values and places one colour, and all where examples are random.

    So every place is tried with every second value, and every value at every second place.
    """
    return places[number % 2 :: 2] if settings.default.derandomize else places
