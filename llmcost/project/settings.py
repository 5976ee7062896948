"""What a run goes by: where each setting is from, and all of them as they came out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from llmcost.core.quotes.notes import Note

if TYPE_CHECKING:
    from llmcost.core.analysis.contract import Contract
    from llmcost.project.config import Config

Value = tuple[str, ...] | str | int | None
FLAG, ENVIRONMENT, PROJECT, USER, BUILT_IN = "flag", "environment", "project", "user", "built-in"


class Setting(NamedTuple):
    """One setting as it came out: its value, the layer it is from, and the place in it.

    ``parts`` are the settings of all layers that it adds up, the later over the earlier; () where one has won.
    """

    key: str
    value: Value
    origin: str
    place: str
    parts: tuple[Setting, ...] = ()


class Layers(NamedTuple):
    """Where settings come from, without the flags; None for a config there is not."""

    environment: Mapping[str, str]
    project: Config | None
    user: Config | None


class Settings(NamedTuple):
    """All settings as they came out, and the sentences that say which of them the command line did not give.

    ``workload`` of None and ``models`` of () were said on the command line, or nowhere. ``prices`` are paths, the later
    over the earlier. ``project`` is the project's config, None without one.
    """

    workload: str | None
    models: tuple[str, ...]
    prices: tuple[str, ...]
    currency: str | None
    max_price_age_days: int | None
    contract: Contract | None
    project: Config | None
    notes: tuple[Note, ...]
