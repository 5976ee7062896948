"""The shape of a sheet of names."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from llmcost.sheets.field_types import Id, Strict, Text, Word


class NamesOfOffer(Strict):
    """Further exact names of one model of a seller, which another sheet describes."""

    seller: Word
    """The seller's id."""
    id: Id
    """The model's id there."""
    place: Word | None = None
    """The place that the names mean; left out: the seller's default place."""
    names: list[Id] = Field(min_length=1)
    """What others call it."""


class NamesSheet(Strict):
    """Names by which others know the offers of other sheets."""

    kind: Literal["names"]
    note: Text | None = None
    """Where the names are from."""
    offers: list[NamesOfOffer] = Field(min_length=1)
