"""Caches that are used only where a request asks for them, as what was written shows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from llmcost.core.offers.offer import Offer
from llmcost.core.values.rates import Rate
from llmcost.core.workload.usage_cells import UsageCell
from llmcost.core.workload.usage_record import COUNTS, MEDIA_COUNTS, UsageRecord

EXPLICIT = "explicit"
PARTED = "parted"
"""Of a sum that wrote and read: what was read may be of requests that did not ask."""
Caches = list[str | None]
"""The kind of cache that each of some cells used; None: the usual one."""


def asked_caches(
    offer: Offer, cells: Sequence[UsageCell], stays: Callable[[UsageRecord], bool]
) -> tuple[Caches, Caches] | None:
    """The caches of cells that stay at a seller's, where it bills writing only to one that is asked for.

    A request that wrote asked for it. One that only read did or did not, so both are given: as few and as many as can
    be. None where nothing was written, or where writing tells nothing. Of a sum that wrote, what it read may be of
    either (``PARTED``).
    """
    if not writes_when_asked(offer):
        return None
    kept = [cell.record if stays(cell.record) else None for cell in cells]
    surely: Caches = [_surely(record) if record and record.written else None for record in kept]
    perhaps: Caches = [EXPLICIT if record and (record.written or record.cache_read) else None for record in kept]
    return (surely, perhaps) if any(surely) else None


def _surely(record: UsageRecord) -> str:
    """What usage that wrote surely used; pictures and sound are in its input and cannot be told from what was read."""
    is_open = record.is_sum and record.cache_read and not any(getattr(record, name) for name in MEDIA_COUNTS)
    return PARTED if is_open else EXPLICIT


def part_sums(cells: Sequence[UsageCell], kinds: Sequence[str | None]) -> tuple[list[UsageCell], list[str | None]]:
    """Cells with their caches, where sums that are parted are two: what was read, by the usual cache, and the rest."""
    found: list[tuple[UsageCell, str | None]] = []
    for cell, kind in zip(cells, kinds, strict=True):
        if kind != PARTED:
            found.append((cell, kind))
            continue
        record = cell.record
        sizes = record.input_range or (0, record.input)
        rest = record._replace(cache_read=0, input_range=sizes)
        none = dict[str, Any](dict.fromkeys(COUNTS, 0), reasoning=None, web_searches=0, input_range=sizes)
        read = record._replace(**{**none, "cache_read": record.cache_read})
        found += [(cell._replace(record=rest), EXPLICIT), (cell._replace(record=read), None)]
    return [cell for cell, _ in found], [kind for _, kind in found]


def asked_cache(offer: Offer, record: UsageRecord) -> str | None:
    """The kind of cache that usage at an offer surely asked for; None for the usual one."""
    return EXPLICIT if record.written and writes_when_asked(offer) else None


def writes_when_asked(offer: Offer) -> bool:
    """Whether an offer caches by itself without billing what is written, and bills it where it is asked to cache."""
    if not {"automatic", EXPLICIT} <= {policy.kind for policy in offer.cache}:
        return False
    versions = offer.history.versions
    asked = any(
        variant.when.cache == EXPLICIT and "cache_write" in variant.rates
        for version in versions
        for variant in version.variants
    )
    return asked and not any(isinstance(version.base.get("cache_write"), Rate) for version in versions)
