"""Which setting wins: a flag, then the environment, the project's config, the user's, and last what is built in."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from llmcost.core.quotes.notes import Note
from llmcost.core.values.money import check_currency
from llmcost.core.values.numerals import parse_whole
from llmcost.errors import at_flag
from llmcost.project.config import Config, named_from, root_of
from llmcost.project.settings import BUILT_IN, ENVIRONMENT, FLAG, PROJECT, USER, Layers, Setting, Settings, Value

if TYPE_CHECKING:
    from llmcost.core.analysis.contract import Contract

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


def resolve(layers: Layers, flags: Mapping[str, Value]) -> dict[str, Setting]:
    """Every setting by its key: the first layer that has it wins; of ``prices`` all count, the winner last."""
    resolved = {}
    for key in KEYS:
        found = [setting for setting in _layers(layers, flags, key) if setting.value not in (None, (), "")]
        if not found:
            resolved[key] = Setting(key, None, BUILT_IN, "")
        elif key in TOGETHER:
            parts = tuple(reversed(found))
            values = [value for setting in parts for value in texts_of(setting)]
            resolved[key] = found[0]._replace(value=tuple(dict.fromkeys(values)), parts=parts)
        else:
            resolved[key] = found[0]
    return resolved


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
        return tuple(path for path in text.split(os.pathsep) if path)
    return text or None


def settings_of(resolved: Mapping[str, Setting], project: Config | None, said: Collection[str] = ()) -> Settings:
    """The settings as values. Those that are ``said``, as the command line says them in its own way, are left out.

    Raises LlmcostError for one that cannot be read, naming its place.
    """
    taken = {key: setting for key, setting in resolved.items() if setting.value is not None and key not in said}
    age = taken.get("max_price_age_days")
    return Settings(
        workload=str(taken["workload"].value) if "workload" in taken else None,
        models=texts_of(taken["models"]) if "models" in taken else (),
        prices=texts_of(resolved["prices"]),
        currency=_currency(resolved["currency"]),
        max_price_age_days=None if age is None else _days(age),
        contract=_contract(resolved["discounts"], resolved["commitments"]),
        project=project,
        notes=tuple(_notes(taken, project)),
    )


def texts_of(setting: Setting) -> tuple[str, ...]:
    """The texts of a setting that may hold several; () where nothing is set."""
    value = setting.value
    if value is None:
        return ()
    return value if isinstance(value, tuple) else (str(value),)


def _currency(setting: Setting) -> str | None:
    if setting.value is None:
        return None
    with at_flag(setting.place or "--currency"):
        return check_currency(str(setting.value))


def _days(setting: Setting) -> int:
    with at_flag(setting.place):
        return parse_whole(str(setting.value))


def _contract(discounts: Setting, commitments: Setting) -> Contract | None:
    if discounts.value is None and commitments.value is None:
        return None
    from llmcost.core.analysis.adjustments import parse_adjustments
    from llmcost.core.analysis.contract import Contract, parse_commitments

    found: list[Any] = []
    for setting, parse in ((discounts, parse_adjustments), (commitments, parse_commitments)):
        with at_flag(setting.place or "--discount"):
            found.append(parse(texts_of(setting)))
    return Contract(*found)


def _notes(taken: Mapping[str, Setting], project: Config | None) -> list[Note]:
    """What came from elsewhere than the command line, a line for each place; paths in the project from its root."""
    root = None if project is None else root_of(project.path)
    places: dict[str, list[str]] = {}
    for key, part in ((key, part) for key, whole in taken.items() for part in whole.parts or (whole,)):
        if part.origin != FLAG:
            texts = texts_of(part)
            where = part.place if part.origin == ENVIRONMENT else part.place.rpartition(":")[0]
            if root is not None:
                texts = tuple(named_from(root, text) for text in texts)
                where = named_from(root, where)
            value = ", ".join(texts)
            places.setdefault(where, []).append(f"{key.replace('_', ' ')} {value}")
    return [Note("setting", f"{where}: {'; '.join(parts)}") for where, parts in places.items()]
