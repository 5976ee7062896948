"""Options that belong together, declared once as a class and handed to a command as one value of it."""

from __future__ import annotations

import dataclasses
import functools
import inspect
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, get_type_hints

import typer
import typer.models

from llmcost.errors import LlmcostError

TABLE = "table"
"""In the metadata of a field that is a mapping: the options that a table declares, by the keys they have in it."""


class Declared(NamedTuple):
    """One option of a class: its name, its type with what typer has to know, its default, and the field it fills.

    ``key`` is its key in a field that is a mapping, None for a field of its own.
    """

    name: str
    annotation: Any
    default: Any
    field: str
    key: str | None = None


@functools.cache
def declared(group: type) -> tuple[Declared, ...]:
    """The options of a class, worked out once for all commands that share it."""
    return tuple(_options_of(group))


def _options_of(group: type) -> Iterator[Declared]:
    types = get_type_hints(group, include_extras=True)
    for field in dataclasses.fields(group):
        if TABLE in field.metadata:
            for key, annotation in field.metadata[TABLE].items():
                yield Declared(key.replace(".", "_"), _headed(annotation, group), None, field.name, key)
        else:
            default = field.default if field.default is not dataclasses.MISSING else []
            yield Declared(field.name, _headed(types[field.name], group), default, field.name)


def _headed(annotation: Any, group: type) -> Any:
    """An option under the heading of its class, where it has no other; a class without one leaves it as it is."""
    info = annotation.__metadata__[0]
    if info.rich_help_panel is None:
        info.rich_help_panel = getattr(group, "HEADING", None)
    return annotation


def _value_of(group: type, values: dict[str, Any]) -> Any:
    """One instance of a class, of the values that typer found for its options."""
    fields: dict[str, Any] = {}
    for option in declared(group):
        if option.key is None:
            fields[option.field] = values[option.name]
        else:
            fields.setdefault(option.field, {})[option.key] = values[option.name]
    return group(**fields)


def with_options(*groups: type) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Give a command the options of some classes; it is called with one instance of each.

    Typer reads what a command takes from its signature. So each parameter whose type is one of ``groups`` is replaced,
    in the signature that typer sees, by the options of that class; what typer then passes is put together again.
    """

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        own = inspect.signature(command)
        types = get_type_hints(command, include_extras=True)
        grouped = {name: types[name] for name in own.parameters if types[name] in groups}
        parameters: list[inspect.Parameter] = []
        for name, parameter in own.parameters.items():
            if name in grouped:
                parameters += [_parameter(option) for option in declared(grouped[name])]
            else:
                parameters.append(parameter.replace(annotation=types[name], kind=inspect.Parameter.KEYWORD_ONLY))
        by_name = {parameter.name: parameter for parameter in parameters}

        @functools.wraps(command)
        def run(**values: Any) -> Any:
            for name, value in values.items():
                if value == "" or (isinstance(value, list) and "" in value):
                    raise LlmcostError(f"{_spoken(by_name[name])} has an empty value", "write one, or leave it out")
            groups = {name: _value_of(group, values) for name, group in grouped.items()}
            return command(**groups, **{name: values[name] for name in own.parameters if name not in grouped})

        run.__signature__ = own.replace(parameters=parameters)  # type: ignore[attr-defined]
        run.__annotations__ = {}  # typer would resolve each once more; all of them are in the signature
        return run

    return decorate


def _parameter(option: Declared) -> inspect.Parameter:
    kind = inspect.Parameter.KEYWORD_ONLY
    return inspect.Parameter(option.name, kind, default=option.default, annotation=option.annotation)


def _spoken(parameter: inspect.Parameter) -> str:
    """What a person calls an option or an argument."""
    info = parameter.annotation.__metadata__[0]
    if isinstance(info, typer.models.ArgumentInfo):
        return str(info.metavar)
    # typer keeps the first name of an option that is declared in Annotated where a default would stand
    names = [name for name in (info.default, *(info.param_decls or ())) if isinstance(name, str)]
    long = [name for name in names if name.startswith("--")]
    return long[0].split("/")[0] if long else flag(parameter.name)


def flag(name: str) -> str:
    """The flag of an option by its name in Python."""
    return f"--{name.replace('_', '-').replace('.', '-')}"
