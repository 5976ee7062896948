"""How many examples a property is tried on: as many as the profile says, or more, or fewer."""

from __future__ import annotations

from hypothesis import HealthCheck, settings


def examples(factor: float, *ignored: HealthCheck) -> settings:
    """The profile's settings with ``factor`` times its examples, and without the health checks that are ``ignored``.

    Below 1 for a property that takes long, above 1 for one that is quick and has much to find. The profiles are in
    conftest.py.
    """
    profile = settings.default
    number = max(1, round(profile.max_examples * factor))
    return settings(profile, max_examples=number, suppress_health_check=(*profile.suppress_health_check, *ignored))
