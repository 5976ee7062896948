"""The shape of a sheet of explanations."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from llmcost.sheets.field_types import Day, Meter, Strict, Text, Url, Witness


class Explanation(Strict):
    """Why a public table has other figures than one offer here, in one condition. It holds for these figures only."""

    offer: Text
    """The offer in full, such as alibaba/qwen3.6-plus@intl."""
    table: Witness
    """The table that has other figures."""
    when: Text | None = None
    """Where they hold, as `prices drift` writes it; left out: on standard terms, at every size."""
    theirs: dict[Meter, Text] = Field(min_length=1)
    """Each meter's figure in the table."""
    why: Text
    """Why ours is another."""
    source: Url
    """What settles it."""
    checked_on: Day
    """The day it was seen there."""


class ExplanationsSheet(Strict):
    """Differences between public tables and these sheets that somebody has looked into, one by one."""

    kind: Literal["explanations"]
    explanations: list[Explanation] = Field(min_length=1)
