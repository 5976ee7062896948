"""The project's config, ``llmcost.yaml``: the workload, models, prices and currency that commands take by default."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from llmcost.core.money import check_currency
from llmcost.errors import FileProblems, LlmcostError
from llmcost.fields import Fields

if TYPE_CHECKING:
    from llmcost.yamlfile import Document, Place

CONFIG_NAME = "llmcost.yaml"
KEYS = ("version", "workload", "models", "prices", "currency")


@dataclass(frozen=True, slots=True)
class Config:
    """What a project has settled; None and () where it has not.

    Paths are made relative to the config's own folder.
    """

    path: Path
    workload: str | None = None
    models: tuple[str, ...] = ()
    prices: tuple[str, ...] = ()
    currency: str | None = None


class _Fault(Exception):
    def __init__(self, place: Place, error: LlmcostError, at_key: bool) -> None:
        self.place = place
        self.error = error
        self.at_key = at_key


def find_config(start: Path) -> Path | None:
    """The nearest config from a folder upward, no further than the root of its repository; None without one."""
    for folder in (start, *start.parents):
        if (folder / CONFIG_NAME).is_file():
            return folder / CONFIG_NAME
        if (folder / ".git").exists():
            return None
    return None


def read_config(path: Path) -> Config:
    """Read a config. Raises FileProblems with every problem found."""
    from llmcost.yamlfile import read_yaml  # imported late: most folders have no config

    document = read_yaml(path)
    config = _config(document, path) if document.root is not None and not document.problems else None
    if config is None or document.problems:
        raise FileProblems(document.all_problems())
    return config


def _config(document: Document, path: Path) -> Config | None:
    assert document.root is not None
    plain = document.root.plain()
    if not isinstance(plain, dict):
        document.add("a config is a mapping of keys to values", "begin with `version: 1`", 1, 1)
        return None

    def fault(key: str, error: LlmcostError, at_key: bool = False) -> _Fault:
        return _Fault(tuple(key.split(".")), error, at_key)

    try:
        return _read(Fields(plain, fault).only(KEYS), plain, path)
    except _Fault as found:
        document.add_at(found.place, found.error.message, found.error.remedy, key=found.at_key)
        return None


def _read(fields: Fields, plain: Mapping[str, Any], path: Path) -> Config:
    version = fields.text("version")
    if version != "1":
        message = f'version "{version}" is not known' if version else "the config does not say its version"
        raise fields.fault("version", message, "write `version: 1` at the top")
    folder = path.parent
    workload = fields.text("workload")
    return Config(
        path,
        _placed(folder, workload) if workload is not None else None,
        _texts(fields, plain, "models"),
        tuple(str(folder / each) for each in _texts(fields, plain, "prices")),
        fields.read("currency", check_currency),
    )


def _placed(folder: Path, workload: str) -> str:
    """A workload file beside the config; a name without one is left as it is, for a ready-made workload."""
    beside = folder / workload
    return str(beside) if beside.exists() else workload


def _texts(fields: Fields, plain: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = plain.get(key)
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise fields.fault(key, "a list is needed here", "write it like [one, two]")
    return tuple(value)
