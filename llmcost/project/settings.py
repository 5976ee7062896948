"""Which setting wins: a flag, then the environment, the project's config, the user's, and last what is built in."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from llmcost.project.config import Config

Value = tuple[str, ...] | str | int | None
FLAG, ENVIRONMENT, PROJECT, USER, BUILT_IN = "flag", "environment", "project", "user", "built-in"
KEYS = ("workload", "models", "prices", "currency", "max_price_age_days", "discounts", "commitments")
"""What can be settled, in the order it is shown."""
VARIABLES = {
    "workload": "LLMCOST_WORKLOAD",
    "models": "LLMCOST_MODELS",
    "prices": "LLMCOST_PRICES",
    "currency": "LLMCOST_CURRENCY",
    "max_price_age_days": "LLMCOST_MAX_PRICE_AGE_DAYS",
}
"""The variable of each setting; an empty one counts as unset."""
TOGETHER = ("prices",)
"""Settings whose layers add up, the later over the earlier."""


class Setting(NamedTuple):
    """One setting as it came out: its value, the layer it is from, and the place in it.

    ``parts`` are the settings of all layers that it adds up, the later over the earlier; () where one has won.
    """

    key: str
    value: Value
    origin: str
    place: str
    parts: tuple[Setting, ...] = ()


class Layers(NamedTuple):
    """Where settings come from, without the flags; None for a config there is not."""

    environment: Mapping[str, str]
    project: Config | None
    user: Config | None


def settle(layers: Layers, flags: Mapping[str, Value]) -> dict[str, Setting]:
    """Every setting by its key: the first layer that has it wins; of ``prices`` all count, the winner last."""
    settled = {}
    for key in KEYS:
        found = [setting for setting in _layers(layers, flags, key) if setting.value not in (None, (), "")]
        if not found:
            settled[key] = Setting(key, None, BUILT_IN, "")
        elif key in TOGETHER:
            parts = tuple(reversed(found))
            values = [each for setting in parts for each in _tuple(setting.value)]
            settled[key] = found[0]._replace(value=tuple(dict.fromkeys(values)), parts=parts)
        else:
            settled[key] = found[0]
    return settled


def _layers(layers: Layers, flags: Mapping[str, Value], key: str) -> Iterator[Setting]:
    yield Setting(key, flags.get(key), FLAG, "")
    variable = VARIABLES.get(key)
    if variable is not None:
        yield Setting(key, _from_text(key, layers.environment.get(variable, "")), ENVIRONMENT, variable)
    for config, origin in ((layers.project, PROJECT), (layers.user, USER)):
        if config is not None:
            line = (config.lines or {}).get(key)
            yield Setting(key, getattr(config, key), origin, f"{config.path}:{line}" if line else str(config.path))


def _from_text(key: str, text: str) -> Value:
    if key == "models":
        return tuple(text.replace(",", " ").split())
    if key == "prices":
        return tuple(each for each in text.split(os.pathsep) if each)
    return text or None


def _tuple(value: Value) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else (str(value),)
