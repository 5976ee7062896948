"""Reading the project's config: every key checked, every fault with its place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from llmcost.core.analysis.adjustments import parse_adjustment
from llmcost.core.analysis.budget import Budget
from llmcost.core.analysis.contract import parse_commitment
from llmcost.core.values.money import check_currency
from llmcost.core.values.numerals import parse_whole
from llmcost.errors import FileProblems, LlmcostError
from llmcost.files.document import Document, Place, Stop
from llmcost.files.fields import Fields, steps_to
from llmcost.files.yaml import read_yaml
from llmcost.project.budgets import BUDGET_KEYS, file_named, files_named, read_budget
from llmcost.project.config import KEYS, Config, named_from, placed, root_of

T = TypeVar("T")
NONE: tuple[str, ...] = ()
MOST_BUDGETS = 200


class _Fault(Exception):
    def __init__(self, place: Place, error: LlmcostError, *, at_key: bool) -> None:
        self.place = place
        self.error = error
        self.at_key = at_key


def read_config(path: Path, *, strict: bool = True) -> Config:
    """Read a config. Raises FileProblems with every problem found.

    Not ``strict``: what is sound is taken, and the problems are left in its document; a file that is no mapping of keys
    raises even so.
    """
    document = read_yaml(path)
    config = None
    if document.root is not None and not document.problems:
        with suppress(Stop):  # more problems than are kept; those that are say enough
            config = _config(document, path)
    if config is None or (strict and document.problems):
        raise FileProblems(document.all_problems())
    return config


def _config(document: Document, path: Path) -> Config | None:
    assert document.root is not None
    plain = document.root.plain()
    if not isinstance(plain, dict):
        document.add("a config is a mapping of keys to values", "begin with `version: 1`", 1, 1)
        return None

    def fault(key: str, error: LlmcostError, *, at_key: bool = False) -> _Fault:
        return _Fault(steps_to(plain, key), error, at_key=at_key)

    return _read(Fields(plain, fault), document, path)


def _read(fields: Fields, document: Document, path: Path) -> Config:
    folder = path.parent
    taken = partial(_taken, document)
    _note(document, fields.unknown(KEYS))
    taken(lambda: _check_version(fields), None)
    workload = taken(lambda: file_named(fields, "workload"), None)
    return Config(
        path=path,
        workload=placed(folder, workload) if workload is not None else None,
        models=taken(lambda: fields.texts("models"), NONE),
        prices=taken(lambda: tuple(str(folder / each) for each in files_named(fields, "prices")), NONE),
        currency=taken(lambda: fields.read("currency", check_currency), None),
        max_price_age_days=taken(lambda: fields.read("max_price_age_days", parse_whole), None),
        discounts=taken(lambda: _contracted(fields, "discounts"), NONE),
        commitments=taken(lambda: _contracted(fields, "commitments"), NONE),
        budgets=_budgets(fields, document, path),
        lines={key: node.line for key in fields if (node := document.find((key,), key=True)) is not None},
        document=document,
    )


def _contracted(fields: Fields, key: str) -> tuple[str, ...]:
    """What was negotiated, as written, once it can be read."""
    found = fields.texts(key)
    if found:
        for place, text in enumerate(found):
            try:
                parse_adjustment(text) if key == "discounts" else parse_commitment(text)
            except LlmcostError as error:
                raise fields.fault(f"{key}.{place}", error.message, error.remedy) from None
    return found


def _taken(document: Document, read: Callable[[], T], otherwise: T) -> T:
    """What is read; where that fails the problem is noted, and ``otherwise`` stands in."""
    try:
        return read()
    except _Fault as found:
        _note(document, [found])
        return otherwise


def _note(document: Document, faults: Iterable[Exception]) -> bool:
    """Note faults as problems of the document; whether there were any."""
    before = len(document.problems)
    for each in faults:
        assert isinstance(each, _Fault)
        document.add_at(each.place, each.error.message, each.error.remedy, key=each.at_key)
    return len(document.problems) > before


def _check_version(fields: Fields) -> None:
    version = fields.text("version")
    if version != "1":
        message = f'version "{version}" is not known' if version else "the config does not say its version"
        raise fields.fault("version", message, "write `version: 1` at the top")


def _budgets(fields: Fields, document: Document, path: Path) -> tuple[Budget, ...]:
    value = fields.given.get("budgets")
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        message, remedy = "a list of budgets is needed here", "begin each with `- name:`"
        _note(document, [fields.fault("budgets", message, remedy)])
        return ()
    if len(value) > MOST_BUDGETS:
        message, remedy = f"{len(value)} budgets are too many", f"write at most {MOST_BUDGETS}"
        _note(document, [fields.fault("budgets", message, remedy)])
        return ()
    found: dict[str, Budget] = {}
    for number, each in enumerate(value):
        inner = fields.inner(f"budgets.{number}", each)
        if _note(document, inner.unknown(BUDGET_KEYS)):
            continue

        def line(key: str = "name", number: int = number) -> int | None:
            node = document.find(("budgets", number, key), key=True)
            return node.line if node is not None else None

        budget = _taken(document, partial(read_budget, inner, path, line), None)
        if budget is None:
            continue
        if budget.name in found:
            message = f'a second budget is called "{budget.name}"'
            _note(document, [inner.fault("name", message, "give each a name of its own")])
        found[budget.name] = budget._replace(file=named_from(root_of(path), str(path.absolute())))
    return tuple(found.values())


NAMES = ("workload", "models", "alternatives")
"""Keys whose values name a workload or offers, at the top and in each budget."""


def names_in(document: Document) -> Iterator[tuple[Place, str, str]]:
    """Every place of a config where a workload or an offer is named: the place, its key and the name."""
    assert document.root is not None
    plain = document.root.plain()
    budgets = plain.get("budgets")
    parts: list[tuple[Place, Any]] = [((), plain)]
    parts += [(("budgets", number), each) for number, each in enumerate(budgets if isinstance(budgets, list) else ())]
    for place, part in parts:
        for key in NAMES:
            value = part.get(key) if isinstance(part, dict) else None
            for step, name in enumerate(value if isinstance(value, list) else [value]):
                if isinstance(name, str):
                    yield ((*place, key, step) if isinstance(value, list) else (*place, key)), key, name
