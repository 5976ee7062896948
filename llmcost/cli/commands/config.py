"""``llmcost config``: what is settled for this folder, and where each setting comes from."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from llmcost import __version__
from llmcost.cli.console import write
from llmcost.cli.inputs.prices import ask_day
from llmcost.cli.inputs.settings import ask_layers, check_settings
from llmcost.cli.options import OutputOptions, PriceOptions, with_options
from llmcost.cli.present import check_format
from llmcost.project.settings import BUILT_IN, ENVIRONMENT, FLAG, Setting, settle

config = typer.Typer(help="What is settled for this folder.", no_args_is_help=True, rich_markup_mode=None)


@config.callback()
def _config() -> None:
    """What is settled for this folder, and where each setting comes from."""


@config.command("show")
@with_options(PriceOptions, OutputOptions)
def show_config(
    source: PriceOptions,
    out: OutputOptions,
    origin: Annotated[bool, typer.Option("--origin", help="Say where each setting comes from.")] = False,
) -> int:
    """Every setting, the value that won, and with --origin its place."""
    check_format(out, ("table", "json"))
    layers = ask_layers(source)
    flags = {"prices": tuple(source.prices), "discounts": tuple(source.discount)}
    settings = settle(layers, flags)
    check_settings(settings)
    shown = [_day(source), *(part for each in settings.values() for part in each.parts or (each,))]
    if out.form == "json":
        from llmcost.reports.formats.json import dump

        rows = [
            {"key": each.key, "value": _plain(each.value), "origin": each.origin, "place": each.place or None}
            for each in shown
        ]
        project = layers.project
        budgets = [each.name for each in project.budgets] if project is not None else []
        data = {"schema_version": 1, "tool": {"name": "llmcost", "version": __version__}, "command": "config show"}
        write(dump({**data, "rows": rows, "budgets": budgets}), out.output_file)
        return 0
    lines = [f"{each.key} = {_shown(each.value)}" + (_from(each) if origin else "") for each in shown]
    if layers.project is not None and layers.project.budgets:
        for budget in layers.project.budgets:
            place = f"  ({budget.file}:{budget.line})" if origin else ""
            limits = ", ".join(f"{limit.kind} {limit.text}" for limit in budget.limits)
            lines.append(f"budget {budget.name}: {limits}{place}")
    write("\n".join(lines) + "\n", out.output_file)
    return 0


def _day(source: PriceOptions) -> Setting:
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
