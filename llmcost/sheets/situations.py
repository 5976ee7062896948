"""Every situation that a price entry's conditions can tell apart, so that checks can look at each of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from itertools import combinations, islice, product
from typing import Any

from llmcost.core.conditions import STANDARD, Condition, Situation
from llmcost.core.dates import PricingDay
from llmcost.core.prices import Active, PriceVersion

MAX_SITUATIONS = 50_000
"""How many situations of one entry are looked at; far beyond any vendor's, it bounds the time a hostile sheet takes."""


def situations(model: Mapping[str, Any], version: PriceVersion) -> Iterator[tuple[Active, Situation]]:
    """Every situation that the entry's conditions can tell apart, on each day its variants change."""
    start = version.starts.instant.date() if version.starts else version.checked_on
    moments = [moment for variant in version.variants for moment in (variant.starts, variant.ends) if moment]
    days = {start, *(moment.instant.date() + timedelta(days=1) for moment in moments if moment.instant.date() >= start)}
    conditions = [*(v.when for v in version.variants), *version.not_sold, *(u.when for u in version.unpriced)]
    modes = {when.mode for when in conditions} - {None}
    caches: list[str | None] = sorted({policy["kind"] for policy in model.get("cache") or ()})
    if not caches or any(when.cache for when in version.not_sold):
        caches.append(None)
    options = sorted({pair for when in conditions for pair in when.options or ()})
    names = sorted({name for name, _ in options})
    chosen = [[pair for pair in options if pair[0] == name] for name in names]
    kinds = sorted({kind for when in conditions for kind in when.kinds or ()})
    for day in sorted(days):
        active = Active(version, PricingDay(day))
        every = product(
            active.terms(),
            [*sorted(m for m in modes if m), "other"] if modes else [None],
            caches,
            active.sizes(0, None),
            [frozenset(group) for count in range(len(kinds) + 1) for group in combinations(kinds, count)],
            [windows for windows, _ in active.time_shares(None)],
            [tuple(pairs) for pairs in product(*chosen)] if chosen else [()],
        )
        for values in islice(every, MAX_SITUATIONS):
            yield active, Situation(*values)


def describe(at: Situation) -> str:
    """A situation in words, for messages."""
    condition = Condition(
        terms=at.terms if at.terms != STANDARD else None,
        mode=at.mode if at.mode != "other" else None,
        cache=at.cache,
        kinds=at.kinds or None,
        time=next(iter(at.windows), None),
        options=at.options or None,
    )
    size = f"input_tokens from {at.input_tokens}" if at.input_tokens else ""
    return " and ".join(part for part in (str(condition), size) if part) or "the base situation"
