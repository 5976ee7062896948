"""Reading one sheet file: YAML, then its shape, then the checks; every problem with its place."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from contextlib import suppress
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from llmcost.errors import FileProblems
from llmcost.files.document import Document, Node, Stop
from llmcost.files.yaml import read_yaml
from llmcost.sheets.api.units import in_money
from llmcost.sheets.kinds import KINDS
from llmcost.sheets.self_hosting.checks import accelerators_are_described, names_described

Plain = dict[str, Any]


def read_sheets(paths: Iterable[tuple[Path, str]], accelerators: Collection[str] | None = None) -> list[Plain]:
    """Read and check sheets, given as paths with the names to show.

    ``accelerators`` are the names of accelerators that other sheets describe; None leaves unchecked whether those that
    are named exist. Raises FileProblems with every problem of every file.
    """
    return check_documents([read_yaml(path, name) for path, name in paths], accelerators)


def check_documents(documents: Iterable[Document], accelerators: Collection[str] | None = None) -> list[Plain]:
    """Check documents that were read as YAML, as ``read_sheets`` does. Raises FileProblems."""
    read = [(document, check_sheet(document)) for document in documents]
    sheets = [sheet for _, sheet in read if sheet is not None]
    with suppress(Stop):
        _check_together(read, accelerators)
    problems = [problem for document, _ in read for problem in document.all_problems()]
    if problems:
        raise FileProblems(problems)
    return sheets


def _check_together(read: list[tuple[Document, Plain | None]], accelerators: Collection[str] | None) -> None:
    """What sheets say of each other: the accelerators they name are described, and no model stands in two.

    Where a sheet of accelerators is not sound, nobody knows which ones it describes, and only that is to be mended.
    """
    if accelerators is not None and not any(sheet is None and _describes(document) for document, sheet in read):
        sheets = [sheet for _, sheet in read if sheet is not None]
        known = {*accelerators, *(name for sheet in sheets for name in names_described(sheet))}
        for document, sheet in read:
            for place, message, remedy, at_key in accelerators_are_described(sheet or {}, known):
                document.add_at(place, message, remedy, key=at_key)
    _add_models_of_other_sheets(read)


def _describes(document: Document) -> bool:
    """Whether a document is of accelerators, sound or not."""
    plain = None if document.root is None else document.root.plain()
    return isinstance(plain, dict) and plain.get("kind") == "accelerators"


def _add_models_of_other_sheets(read: list[tuple[Document, Plain | None]]) -> None:
    """No model of a seller stands in two sheets that are read together, where one would hide the other."""
    seen: dict[tuple[str, str], str] = {}
    for document, sheet in read:
        if sheet is None or sheet["kind"] != "api":
            continue
        for number, model in enumerate(sheet["models"]):
            first = seen.setdefault((sheet["seller"], model["id"]), document.name)
            if first != document.name:
                message = f"{sheet['seller']}/{model['id']} stands in {first} as well"
                document.add_at(("models", number, "id"), message, "keep one of them; nothing overrides silently")


def check_sheet(document: Document) -> Plain | None:
    """Check a document that was read as YAML; its problems are added to it. None unless it is sound."""
    if document.root is None or document.problems:
        return None
    with suppress(Stop):
        return _checked(document, document.root)
    return None


def _checked(document: Document, root: Node) -> Plain | None:
    plain = root.plain()
    if not isinstance(plain, dict):
        document.add("a sheet is a mapping of keys to values", "begin with `kind: api`", 1, 1)
        return None
    kind = plain.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        message = f'unknown kind "{kind}"' if isinstance(kind, str) else "the file does not say what it is"
        document.add_at(("kind",) if "kind" in plain else (), message, f"write one of: kind: {', kind: '.join(KINDS)}")
        return None
    # The model is only looked at for its errors and then dropped: what is kept is plain data, which a snapshot can hold
    # and which loads without pydantic.
    try:
        KINDS[kind].schema.model_validate(plain)
    except ValidationError as error:
        for item in error.errors(include_url=False):
            _add_shape_problem(document, dict(item), KINDS[kind].schema)
        return None
    sound: Plain = _without_empty(plain) if document.has_empty else plain
    if kind == "api":
        sound = in_money(sound)
    for checks in KINDS[kind].checks:
        for check in checks:
            for place, message, remedy, at_key in check(sound):
                document.add_at(place, message, remedy, key=at_key)
        if document.problems:
            return None
    return sound


def _add_shape_problem(document: Document, item: dict[str, Any], schema: Any) -> None:
    """Say what pydantic found in the words of a sheet, at the place it is about."""
    place = tuple(item["loc"])
    kind = item["type"]
    name = str(place[-1]) if place else ""
    if kind == "missing":
        document.add_at(place[:-1], f'the key "{name}" is missing', f"add `{name}:`", key=True)
        return
    if kind == "extra_forbidden":
        known = _known_keys(schema, place[:-1])
        close = get_close_matches(name, known, n=1)
        remedy = f"did you mean {close[0]}?" if close else f"keys here: {', '.join(known)}"
        document.add_at(place, f'unknown key "{name}"', remedy, key=True)
        return
    at_key = name == "[key]"
    document.add_at(place[:-1] if at_key else place, *_value_problem(item), key=at_key)


MAPPING = ("a mapping of keys to values is needed here", "indent `key: value` lines below it")
SHAPES = {
    "model_type": MAPPING,
    "dict_type": MAPPING,
    "model_attributes_type": MAPPING,
    "list_type": ("a list is needed here", "begin each item with `- `"),
    "too_short": ("nothing is listed here", "write at least one item, or remove the key"),
    "string_type": ("a text is needed here", "write one value"),
}
"""What is wrong with a value, and how to mend it, by pydantic's name for it."""


def _value_problem(item: dict[str, Any]) -> tuple[str, str | None]:
    """What is wrong with a value and how to mend it."""
    kind, context, value = item["type"], item.get("ctx") or {}, item["input"]
    if kind == "llmcost":
        return str(context.get("message") or item["msg"]), context.get("remedy")
    if value is None:
        return "a value is missing here", "write one, or remove the key"
    if kind == "literal_error":
        message = f'"{value}" is not allowed here' if isinstance(value, str) else "one word is needed here"
        return message, f"write one of {context.get('expected')}"
    return SHAPES.get(kind, (item["msg"], None))


def _known_keys(schema: Any, place: tuple[Any, ...]) -> list[str]:
    """The keys a model takes at a path, for suggestions."""
    model = schema
    for step in place:
        if not isinstance(step, str):
            continue
        field = next(
            (f for n, f in getattr(model, "model_fields", {}).items() if (f.alias or n) == step),
            None,
        )
        inner = _model_in(field.annotation) if field is not None else None
        if inner is not None:
            model = inner
    return [field.alias or name for name, field in getattr(model, "model_fields", {}).items()]


def _model_in(annotation: Any) -> Any:
    if hasattr(annotation, "model_fields"):
        return annotation
    for part in getattr(annotation, "__args__", ()):
        found = _model_in(part)
        if found is not None:
            return found
    return None


def _without_empty(value: Any) -> Any:
    """The data without keys that have no value, so that leaving one empty and leaving it out are the same."""
    if isinstance(value, dict):
        return {key: _without_empty(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_without_empty(item) for item in value]
    return value
