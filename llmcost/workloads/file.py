"""Workload files: `kind: workload`, a list of classes of requests, read as strictly as price sheets."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from llmcost.core.week import Window, parse_window
from llmcost.core.workload import RequestGroup, Workload
from llmcost.errors import FileProblems, LlmcostError, NumberError
from llmcost.workloads.describe import COUNTS, TOKENS, build_group, parse_requests
from llmcost.yamlfile import Document, Place, parse_yaml, read_yaml

TOP_KEYS = ("kind", "name", "classes")
CLASS_KEYS = ("name", "requests", *TOKENS, *COUNTS, "terms", "mode", "cache", "hours", "options")


class _Fault(Exception):
    """A fault at a place in the document; turned into a problem where the class is read."""

    def __init__(self, place: Place, error: LlmcostError) -> None:
        self.place = place
        self.error = error


def read_workload(path: str, stdin: bytes | None = None, overrides: Mapping[str, str] | None = None) -> Workload:
    """Read a workload file, or ``stdin`` when the path is ``-``; ``overrides`` replace values in every class.

    Raises FileProblems with every problem found.
    """
    document = parse_yaml(stdin or b"", "<stdin>") if path == "-" else read_yaml(Path(path))
    workload = _workload(document, overrides or {}) if document.root is not None and not document.problems else None
    if document.problems or workload is None:
        raise FileProblems(document.all_problems())
    return workload


def _workload(document: Document, overrides: Mapping[str, str]) -> Workload | None:
    assert document.root is not None
    plain = document.root.plain()
    if not isinstance(plain, dict):
        document.add("a workload is a mapping of keys to values", "begin with `kind: workload`", 1, 1)
        return None
    if plain.get("kind") != "workload":
        document.add_at(
            ("kind",) if "kind" in plain else (), "this is not a workload", "write `kind: workload` at the top"
        )
        return None
    _refuse_unknown(document, (), plain, TOP_KEYS)
    classes = plain.get("classes")
    if not isinstance(classes, list) or not classes:
        document.add_at(("classes",), "the workload has no classes", "write `classes:` and a list of kinds of requests")
        return None
    if "requests" in overrides and len(classes) > 1:
        message = f"--requests cannot say which of the {len(classes)} classes it means"
        document.add_at(("classes",), message, "leave the flag out, or change the file")
        return None
    groups = []
    for number, each in enumerate(classes):
        place = ("classes", number)
        if not isinstance(each, dict):
            document.add_at(
                place, "a class is a mapping of keys to values", "write `- name: …` and what a request holds"
            )
            continue
        _refuse_unknown(document, place, each, CLASS_KEYS)
        try:
            groups.append(_group(place, each, overrides, number))
        except _Fault as fault:
            document.add_at(fault.place, fault.error.message, fault.error.remedy)
        except LlmcostError as error:
            document.add_at(place, error.message, error.remedy)
    name = plain.get("name") or "workload"
    if not isinstance(name, str):
        document.add_at(("name",), "a text is needed here", "write one name")
    return None if document.problems else Workload(tuple(groups), str(name))


def _group(place: Place, each: Mapping[str, Any], overrides: Mapping[str, str], number: int) -> RequestGroup:
    def fault(key: str, error: LlmcostError) -> _Fault:
        return _Fault((*place, *key.split(".")), error)

    values: dict[str, str] = {}
    for key in ("requests", "name", "mode", "cache", *TOKENS, *COUNTS):
        if key in each:
            if each[key] is None:
                raise fault(key, NumberError("a value is missing here", "write one, or remove the key"))
            if not isinstance(each[key], str):
                raise fault(key, NumberError("one value is needed here", "write a number or a word"))
            values[key] = each[key]
    values.update(overrides)
    terms = _mapping(each, "terms", fault)
    options = _mapping(each, "options", fault)
    if "batch" in values:
        terms = {**terms, "batch": values.pop("batch")}
    if "requests" not in values:
        raise _Fault(place, LlmcostError("the class does not say how many requests", "add `requests: 100k / month`"))
    try:
        requests = parse_requests(values["requests"])
    except NumberError as error:
        raise fault("requests", error) from None
    name = values.get("name") or f"class {number + 1}"
    return build_group(
        values, fault, name=name, requests=requests, terms=terms, hours=_hours(each, fault), options=options
    )


def _mapping(each: Mapping[str, Any], key: str, fault: Any) -> dict[str, str]:
    if each.get(key) is None:
        return {}
    value = each[key]
    example = "{batch: 30%}" if key == "terms" else "{search_context: high}"
    if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
        raise fault(key, NumberError("a mapping of names to values is needed here", f"write it like {example}"))
    return value


def _hours(each: Mapping[str, Any], fault: Any) -> tuple[Window, ...] | None:
    value = each.get("hours")
    if value is None:
        return None
    windows = value if isinstance(value, list) else [value]
    known = ("weekdays", "from", "to", "timezone")
    remedy = 'write {weekdays: mon-fri, from: "08:00", to: "18:00", timezone: Europe/Berlin}'
    if not windows:
        raise fault("hours", NumberError("no hours are listed", f"{remedy}, or remove the key"))
    for window in windows:
        if not isinstance(window, dict) or not all(isinstance(item, str) for item in window.values()):
            raise fault("hours", NumberError("hours are clock times on weekdays", remedy))
        unknown = [name for name in window if name not in known]
        if unknown:
            raise fault("hours", NumberError(f'unknown key "{unknown[0]}" in hours', f"keys here: {', '.join(known)}"))
        if "from" not in window or "to" not in window:
            raise fault("hours", NumberError("hours need `from` and `to`", remedy))
    try:
        return tuple(parse_window(window) for window in windows)
    except NumberError as error:
        raise fault("hours", error) from None


def _refuse_unknown(document: Document, place: Place, given: Mapping[str, Any], known: tuple[str, ...]) -> None:
    for key in given:
        if key not in known:
            close = get_close_matches(key, known, n=1)
            hint = f"did you mean {close[0]}?" if close else f"keys here: {', '.join(known)}"
            document.add_at((*place, key), f'unknown key "{key}"', hint, key=True)
