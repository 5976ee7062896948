"""``llmcost config``: what is settled for this folder, and where each setting comes from."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated

import typer

from llmcost.cli.console import write
from llmcost.cli.help import Command, CommandGroup
from llmcost.cli.inputs.prices import ask_day
from llmcost.cli.inputs.settings import ask_layers
from llmcost.cli.option_groups import with_options
from llmcost.cli.options import AgreedPriceOptions, OutputOptions, Text
from llmcost.cli.present import check_format
from llmcost.core.analysis.budget import Budget
from llmcost.project.resolve import resolve, settings_of
from llmcost.project.settings import BUILT_IN, ENVIRONMENT, FLAG, Setting

FORMATS = ("table", "json")


@dataclass(repr=False, eq=False, kw_only=True)
class SettingsOutput(OutputOptions):
    """How settings are written."""

    format: Annotated[
        Text,
        typer.Option(
            "-f",
            "--format",
            metavar="FORMAT",
            help="table or json. Default: by the ending of -o, else table.",
            autocompletion=lambda incomplete: [each for each in FORMATS if each.startswith(incomplete)],
        ),
    ] = None


config = typer.Typer(
    cls=CommandGroup, help="What is settled for this folder.", no_args_is_help=True, rich_markup_mode=None
)


@config.callback()
def _config() -> None:
    """What is settled for this folder, and where each setting comes from."""


@config.command("show", cls=Command)
@with_options(AgreedPriceOptions, SettingsOutput)
def show_config(
    source: AgreedPriceOptions,
    out: SettingsOutput,
    origin: Annotated[bool, typer.Option("--origin", help="Say where each setting comes from.")] = False,
) -> int:
    """Every setting, the value that won, and with --origin its place."""
    check_format(out, FORMATS)
    layers = ask_layers(source)
    flags = {"prices": tuple(source.prices), "discounts": tuple(source.discount)}
    settings = resolve(layers, flags)
    settings_of(settings, layers.project)  # raises for one that no command could use
    shown = [_day(source), *(part for each in settings.values() for part in each.parts or (each,))]
    budgets = layers.project.budgets if layers.project is not None else ()
    text = _data(shown, budgets) if out.form == "json" else _lines(shown, budgets, origin=origin)
    write(text, out.output_file)
    return 0


def _data(settings: Iterable[Setting], budgets: Iterable[Budget]) -> str:
    """The settings as a JSON document."""
    from llmcost.reports.formats.json import dump, opening

    rows = [
        {"key": each.key, "value": _plain(each.value), "origin": each.origin, "place": each.place or None}
        for each in settings
    ]
    return dump({**opening("config show"), "rows": rows, "budgets": [budget.name for budget in budgets]})


def _lines(settings: Iterable[Setting], budgets: Iterable[Budget], *, origin: bool) -> str:
    """The settings for people, a line each; with ``origin`` where each comes from."""
    lines = [f"{each.key} = {_shown(each.value)}" + (_from(each) if origin else "") for each in settings]
    for budget in budgets:
        place = f"  ({budget.file}:{budget.line})" if origin else ""
        limits = ", ".join(f"{limit.kind} {limit.text}" for limit in budget.limits)
        lines.append(f"budget {budget.name}: {limits}{place}")
    return "\n".join(lines) + "\n"


def _day(source: AgreedPriceOptions) -> Setting:
    """The day of the prices and what settles it; today is not named, so that the output is the same tomorrow."""
    if source.on or source.frozen:
        day = str(ask_day(source))
        if source.on and source.on != os.environ.get("LLMCOST_ON"):
            return Setting("on", day, FLAG, "")
        return Setting("on", day, ENVIRONMENT, "LLMCOST_ON") if source.on else Setting("on", day, "lock", "--frozen")
    return Setting("on", None, BUILT_IN, "today")


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(value) or "-"
    return "-" if value is None else str(value)


def _from(setting: Setting) -> str:
    return f"  ({': '.join(part for part in (setting.origin, setting.place) if part)})"
