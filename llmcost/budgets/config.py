"""The project's config, ``llmcost.yaml``: what commands take by default, and the budgets ``check`` holds them to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from llmcost.budgets.limits import file_named, files_named, placed, read_budget, texts
from llmcost.core.budget import Budget
from llmcost.core.money import check_currency
from llmcost.core.numerals import parse_whole
from llmcost.errors import FileProblems, LlmcostError
from llmcost.fields import Fields, steps_to

if TYPE_CHECKING:
    from llmcost.yamlfile import Document, Place

CONFIG_NAME = "llmcost.yaml"
MOST_BUDGETS = 200
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


@dataclass(frozen=True, slots=True)
class Config:
    """What a project, or a person, has settled; None and () where it has not.

    Paths are made relative to the config's own folder. ``discounts`` and ``commitments`` are as written, to be read
    by ``contract``. ``lines`` tells where each key stands.
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
        return _Fault(steps_to(plain, key), error, at_key)

    try:
        return _read(Fields(plain, fault).only(KEYS), document, path)
    except _Fault as found:
        document.add_at(found.place, found.error.message, found.error.remedy, key=found.at_key)
        return None


def _read(fields: Fields, document: Document, path: Path) -> Config:
    version = fields.text("version")
    if version != "1":
        message = f'version "{version}" is not known' if version else "the config does not say its version"
        raise fields.fault("version", message, "write `version: 1` at the top")
    folder = path.parent
    workload = file_named(fields, "workload")
    return Config(
        path,
        placed(folder, workload) if workload is not None else None,
        texts(fields, "models"),
        tuple(str(folder / each) for each in files_named(fields, "prices")),
        fields.read("currency", check_currency),
        fields.read("max_price_age_days", parse_whole),
        texts(fields, "discounts"),
        texts(fields, "commitments"),
        _budgets(fields, document, path),
        {key: node.line for key in fields if (node := document.find((key,), key=True)) is not None},
    )


def _budgets(fields: Fields, document: Document, path: Path) -> tuple[Budget, ...]:
    value = fields.given.get("budgets")
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise fields.fault("budgets", "a list of budgets is needed here", "begin each with `- name:`")
    found: dict[str, Budget] = {}
    if len(value) > MOST_BUDGETS:
        raise fields.fault("budgets", f"{len(value)} budgets are too many", f"write at most {MOST_BUDGETS}")
    for number, each in enumerate(value):
        inner = fields.inner(f"budgets.{number}", each)

        def line(key: str = "name", number: int = number) -> int | None:
            node = document.find(("budgets", number, key), key=True)
            return node.line if node is not None else None

        budget = read_budget(inner, path.parent, line)
        if budget.name in found:
            raise inner.fault("name", f'a second budget is called "{budget.name}"', "give each a name of its own")
        found[budget.name] = budget._replace(file=named_from(root_of(path), str(path.absolute())))
    return tuple(found.values())


def root_of(config: Path) -> Path:
    """The root of a config's repository, or its own folder outside of one."""
    absolute = config.absolute()
    return next((folder for folder in absolute.parents if (folder / ".git").exists()), absolute.parent)


def named_from(root: Path, path: str) -> str:
    """A path as reviews show it, the same on every machine: one inside a project from the project's root."""
    absolute = Path(path)
    return absolute.relative_to(root).as_posix() if absolute.is_relative_to(root) else path
