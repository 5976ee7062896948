"""Every situation that a price entry's conditions can tell apart, so that checks can look at each of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date, timedelta
from itertools import combinations, product
from math import prod
from typing import Any

from llmcost.core.pricing.conditions import KEYS, STANDARD, Condition, RatingContext, time_text
from llmcost.core.pricing.entries import PriceEntry
from llmcost.core.pricing.rating import PricesInForce
from llmcost.core.values.dates import PricingDay

MOST_WORK = 200_000
"""How many pairs of situation and variant an entry may make; a hundred times any vendor's, it bounds a check's time."""

Model = Mapping[str, Any]


def situations(model: Model, days: Iterable[PricesInForce]) -> Iterator[tuple[PricesInForce, RatingContext]]:
    """Every situation that an entry's conditions can tell apart, on some days."""
    for active in days:
        for values in product(*_values(model, active)):
            yield active, RatingContext(*values)


def too_many(model: Model, version: PriceEntry, days: Callable[[], Iterable[PricesInForce]]) -> bool:
    """Whether there are more situations than can be looked at; ``days`` are worked out only where there may not be."""
    work = 0
    moments = {moment for variant in version.variants for moment in (variant.starts, variant.ends) if moment}
    if len(moments) * len(version.variants) ** 2 > MOST_WORK:
        return True
    kinds = {kind for when in _conditions(version) for kind in when.kinds or ()}
    times = {when.time for when in _conditions(version) if when.time}
    settings = prod(len(values) for values in _options(model, _conditions(version)))
    if len(kinds) > 6 or len(times) > 12 or settings > MOST_WORK:
        return True
    for active in days():
        work += prod(len(values) for values in _values(model, active)) * (len(version.variants) + 1)
        if work > MOST_WORK:
            return True
    return False


def describe(active: PricesInForce, at: RatingContext, keys: Collection[str] = KEYS) -> str:
    """A situation in words, for messages; ``keys`` are those of a condition that matter."""
    condition = Condition(
        terms=at.terms if at.terms != STANDARD and "terms" in keys else None,
        mode=at.mode if "mode" in keys else None,
        cache=at.cache if "cache" in keys else None,
        kinds=(at.kinds or None) if "modalities" in keys else None,
        options=(at.options or None) if "options" in keys else None,
    )
    parts = [str(condition)]
    if at.input_tokens and "input_tokens" in keys:
        parts.append(f"input_tokens {active.edges[at.input_tokens].above}")
    if at.output_tokens and "output_tokens" in keys:
        parts.append(f"output_tokens {active.output_edges[at.output_tokens].above}")
    if "time" in keys:
        parts += [f"time = {text}" for text in sorted(time_text(windows) for windows in at.windows)]
    return " and ".join(part for part in parts if part) or "the base situation"


def days(version: PriceEntry) -> Iterator[PricesInForce]:
    """What is in force on each day on which the entry's variants change."""
    start = version.starts.instant.date() if version.starts else version.checked_on or date.min
    moments = {moment.instant.date() for v in version.variants for moment in (v.starts, v.ends) if moment}
    later = {day + timedelta(days=1) for day in moments if start <= day < date.max}
    for day in sorted({start, *later}):
        yield PricesInForce(version, PricingDay(day))


def _conditions(version: PriceEntry) -> list[Condition]:
    return [*(v.when for v in version.variants), *version.not_sold, *(u.when for u in version.unpriced)]


def _values(model: Model, active: PricesInForce) -> list[list[Any]]:
    """The values of each key of a situation, in its order, that can arise on this day."""
    conditions = _conditions(active.version)
    modes = {when.mode for when in conditions if when.mode}
    default_mode = model.get("default_mode")
    caches: list[str | None] = sorted({policy["kind"] for policy in model.get("cache") or ()})
    if not caches or any(when.cache for when in active.version.not_sold):
        caches.append(None)
    kinds = sorted({kind for when in conditions for kind in when.kinds or ()})
    return [
        active.terms(),
        sorted({*modes, default_mode}) if default_mode else [None],
        caches,
        active.sizes(0, None),
        [frozenset(group) for count in range(len(kinds) + 1) for group in combinations(kinds, count)],
        [windows for windows, _ in active.time_shares(None)],
        list(product(*_options(model, conditions))),
        active.output_sizes(),
    ]


def _options(model: Model, conditions: Iterable[Condition]) -> list[list[tuple[str, str]]]:
    """The values of every option, by name, that the conditions tell apart from its default."""
    values = {name: {default} for name, default in sorted((model.get("default_options") or {}).items())}
    for name, value in (each for when in conditions for each in when.options or ()):
        if name in values:
            values[name].add(value)
    return [[(name, value) for value in sorted(known)] for name, known in values.items()]
