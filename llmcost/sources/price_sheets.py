"""Price sheets from what a public table says: one a seller, as anybody could have written them by hand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from llmcost.core.workload.tasks import CHAT
from llmcost.sources.sellers import name_of
from llmcost.sources.table import SourceOffer

PLACE = "global"
"""Where a table's offers are sold, as no table names places."""
ID = re.compile(r"[@~]?[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,199}")
ALIAS = re.compile(rf"{ID.pattern}(:\*)?")


class Origin(NamedTuple):
    """Where a table is from: its short name, its address, the day it is of, and in words how it was read."""

    name: str
    address: str
    day: str
    via: str


def printable(text: str) -> str:
    """A name from a table as it may be shown, whatever it holds."""
    return "".join(sign if sign.isprintable() else "?" for sign in text[:200])


def keep_names_apart(models: list[dict[str, Any]]) -> None:
    """Take the aliases that are another model's id, or an alias of one before it, away."""
    taken = {model["id"] for model in models}
    for model in models:
        aliases = [name for name in model.pop("aliases", ()) if name not in taken]
        taken.update(aliases)
        if aliases:
            model["aliases"] = aliases


def sheet_of(seller: str, models: Iterable[Mapping[str, Any]], name: str = "", place: str = PLACE) -> dict[str, Any]:
    """The sheet of one seller; ``name`` and ``place`` are those of the sheet kept by hand, where there is one."""
    return {
        "kind": "api",
        "seller": seller,
        "name": name or name_of(seller),
        "default_place": place,
        "models": list(models),
    }


def entries_of(offer: SourceOffer, origin: Origin) -> list[dict[str, Any]]:
    """The price entries of an offer at its place; the page that a table names is their source."""
    read = {
        "place": offer.place,
        "checked_on": offer.as_of or origin.day,
        "source": offer.page or origin.address,
        "via": origin.via,
    }
    ended = f"Its end is by {offer.ends_by}, as {origin.via} has it." if offer.ends else None
    last = {**read, "withdrawn_on": offer.ends, **offer.entry, "note": ended}
    entries = [*({**read, **each} for each in offer.history), last]
    return [{key: value for key, value in entry.items() if value} for entry in entries]


def model_of(offer: SourceOffer, names: Iterable[str], prices: list[dict[str, Any]]) -> dict[str, Any]:
    """A model as a sheet has it, with all the ``names`` that it may have and its ``prices`` at every place."""
    aliases = [name for name in dict.fromkeys(names) if name != offer.id and ALIAS.fullmatch(name)]
    model = {
        "id": offer.id,
        "aliases": aliases,
        "task": offer.task if offer.task != CHAT else None,
        "context_window": None if offer.context_window is None else str(offer.context_window),
        "default_options": dict(offer.default_options),
        "doubt": offer.doubt,
        "note": f"left out, as no meter here bills it: {', '.join(offer.left_out)}"[:1000] if offer.left_out else None,
        "prices": prices,
    }
    return {key: value for key, value in model.items() if value}
