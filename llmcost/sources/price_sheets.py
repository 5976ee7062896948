"""Price sheets from what a public table says: one a seller, as anybody could have written them by hand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from llmcost.core.workload.tasks import CHAT
from llmcost.sources.sellers import name_of
from llmcost.sources.table import LeftOut, SourceOffer, SourceTable

PLACE = "global"
"""Where a table's offers are sold, as no table names places."""
ID = re.compile(r"[@~]?[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,199}")


class Origin(NamedTuple):
    """Where a table is from: its short name, its address, the day it is of, and in words how it was read."""

    name: str
    address: str
    day: str
    via: str


def price_sheets(table: SourceTable, origin: Origin) -> tuple[list[dict[str, Any]], list[LeftOut]]:
    """A sheet for each seller of a table, in order of their ids, and what no sheet can hold."""
    models: dict[str, list[dict[str, Any]]] = {}
    left_out: list[LeftOut] = []
    for offer in sorted(table.offers, key=lambda each: (each.seller, each.id)):
        if ID.fullmatch(offer.id):
            models.setdefault(offer.seller, []).append(model_of(offer, origin))
        else:
            left_out.append(LeftOut(offer.name, "its name holds what no id of a sheet may"))
    for each in models.values():
        _keep_names_apart(each)
    return [sheet_of(seller, each) for seller, each in models.items()], left_out


def _keep_names_apart(models: list[dict[str, Any]]) -> None:
    """Take the aliases that are another model's id, or an alias of one before it, away."""
    taken = {model["id"] for model in models}
    for model in models:
        aliases = [name for name in model.pop("aliases", ()) if name not in taken]
        taken.update(aliases)
        if aliases:
            model["aliases"] = aliases


def sheet_of(seller: str, models: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The sheet of one seller."""
    return {
        "kind": "api",
        "seller": seller,
        "name": name_of(seller),
        "default_place": PLACE,
        "models": list(models),
    }


def model_of(offer: SourceOffer, origin: Origin) -> dict[str, Any]:
    """A model as a sheet has it. Its page is named as the source where the table names one, and how it was read."""
    aliases = [name for name in dict.fromkeys((offer.name, *offer.names)) if name != offer.id and ID.fullmatch(name)]
    read = {"checked_on": offer.as_of or origin.day, "source": offer.page or origin.address, "via": origin.via}
    entries = [{**read, **each} for each in offer.history] + [{**read, "withdrawn_on": offer.ends, **offer.entry}]
    model = {
        "id": offer.id,
        "aliases": aliases,
        "task": offer.task if offer.task != CHAT else None,
        "context_window": None if offer.context_window is None else str(offer.context_window),
        "default_options": dict(offer.default_options),
        "note": f"left out, as no meter here bills it: {', '.join(offer.left_out)}"[:1000] if offer.left_out else None,
        "prices": [{key: value for key, value in entry.items() if value} for entry in entries],
    }
    return {key: value for key, value in model.items() if value}
