"""Caches that are used only where a request asks for them, as what was written shows."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from llmcost.core.offers.offer import Offer
from llmcost.core.values.rates import Rate
from llmcost.core.workload.usage_cells import UsageCell
from llmcost.core.workload.usage_record import UsageRecord

EXPLICIT = "explicit"
Caches = list[str | None]
"""The kind of cache that each of some cells used; None: the usual one."""


def asked_caches(
    offer: Offer, cells: Sequence[UsageCell], stays: Callable[[UsageRecord], bool]
) -> tuple[Caches, Caches] | None:
    """The caches of cells that stay at a seller's, where it bills writing only to one that is asked for.

    A request that wrote asked for it. One that only read did or did not, so both are given: as few and as many as can
    be. None where nothing was written, or where writing tells nothing. A sum that wrote is taken as its requests are.
    """
    if not writes_when_asked(offer):
        return None
    kept = [cell.record if stays(cell.record) else None for cell in cells]
    surely: Caches = [EXPLICIT if record and record.written else None for record in kept]
    perhaps: Caches = [EXPLICIT if record and (record.written or record.cache_read) else None for record in kept]
    return (surely, perhaps) if any(surely) else None


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
