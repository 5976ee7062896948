"""What a vendor says that it billed, in one shape for every bill and report of costs."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import NamedTuple


class BilledCost(NamedTuple):
    """The billed cost of one model within a span of time, and of one meter where the bill says which.

    ``start`` is in UTC, ``end`` of None the same moment. ``model`` of None: of no model. ``meter`` of None: of all of
    it. ``label`` is what the bill calls a row that is of no meter known here, None where it has no words for it.
    ``place`` is the region that was billed, None where the bill does not say. ``list_cost`` is what the bill itself
    says that it costs at list price, None where it does not. ``step`` is to what its amounts are rounded, None where
    they are exact.
    """

    start: datetime
    cost: Decimal
    currency: str
    end: datetime | None = None
    provider: str | None = None
    model: str | None = None
    meter: str | None = None
    label: str | None = None
    place: str | None = None
    list_cost: Decimal | None = None
    step: Decimal | None = None
