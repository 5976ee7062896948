"""Offers of sheets that a test makes up, through the door that users' sheets go through: a snapshot and its text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from llmcost.core.offers.offer import Listing, TokenRules, no_rules
from llmcost.sheets.snapshot import content_of, parse_snapshot, snapshot_listings, snapshot_of


def listings_of(
    sheet: Mapping[str, Any], rules_of: Callable[[str], TokenRules] = lambda model: no_rules()
) -> list[Listing]:
    """The listings of a sheet of `kind: api`, whatever it leaves out of its head; ``rules_of`` how a model counts."""
    whole = {"kind": "api", **sheet}
    return snapshot_listings(parse_snapshot(content_of(snapshot_of([whole]))), rules_of)


def listing_of(sheet: Mapping[str, Any], model: Mapping[str, Any]) -> Listing:
    """The listing of one model."""
    (listing,) = listings_of({**sheet, "models": [model]})
    return listing
