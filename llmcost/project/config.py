"""The project's config, ``llmcost.yaml``: the defaults of commands, and the budgets that ``check`` holds offers to."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from llmcost.core.analysis.budget import Budget
    from llmcost.files.document import Document

CONFIG_NAME = "llmcost.yaml"
KEYS = (
    "version",
    "workload",
    "models",
    "prices",
    "currency",
    "max_price_age_days",
    "discounts",
    "commitments",
    "budgets",
)


class Config(NamedTuple):
    """What a project, or a person, has settled; None and () where it has not.

    Paths are made relative to the config's own folder. ``discounts`` and ``commitments`` are as written, to be read
    by ``contract``. ``lines`` tells where each key stands; ``document`` is the file, with the problems found in it.
    """

    path: Path
    workload: str | None = None
    models: tuple[str, ...] = ()
    prices: tuple[str, ...] = ()
    currency: str | None = None
    max_price_age_days: int | None = None
    discounts: tuple[str, ...] = ()
    commitments: tuple[str, ...] = ()
    budgets: tuple[Budget, ...] = ()
    lines: Mapping[str, int] | None = None
    document: Document | None = None


def find_config(start: Path) -> Path | None:
    """The nearest config from a folder upward, no further than the root of its repository; None without one."""
    for folder in (start, *start.parents):
        if (folder / CONFIG_NAME).is_file():
            return folder / CONFIG_NAME
        if (folder / ".git").exists():
            return None
    return None


def root_of(config: Path) -> Path:
    """The root of a config's repository, or its own folder outside of one."""
    absolute = config.absolute()
    return next((folder for folder in absolute.parents if (folder / ".git").exists()), absolute.parent)


def named_from(root: Path, path: str) -> str:
    """A path as reviews show it, the same on every machine: one inside a project from the project's root."""
    absolute = Path(path)
    return absolute.relative_to(root).as_posix() if absolute.is_relative_to(root) else path


def placed(folder: Path, workload: str) -> str:
    """A workload file beside the config; a name without one is left as it is, for a ready-made workload."""
    beside = folder / workload
    return str(beside) if beside.exists() else workload
