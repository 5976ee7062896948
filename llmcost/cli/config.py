"""``llmcost config``: what is settled for this folder, and where each setting comes from."""

from __future__ import annotations

from typing import Annotated

import typer

from llmcost import __version__
from llmcost.budgets.settings import Setting, settle
from llmcost.cli.options import OutputOptions, PriceOptions, with_options
from llmcost.cli.output import harmless, write
from llmcost.cli.settled import ask_layers
from llmcost.cli.show import check_format

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
    settings = list(settle(layers, flags).values())
    on = Setting("on", source.on, "flag or environment" if source.on else "built-in", "" if source.on else "today")
    settings.insert(0, on)
    if out.format == "json":
        from llmcost.reports.json import dump

        rows = [
            {"key": each.key, "value": _plain(each.value), "origin": each.origin, "place": each.place or None}
            for each in settings
        ]
        project = layers.project
        budgets = [each.name for each in project.budgets] if project is not None else []
        data = {"schema_version": 1, "tool": {"name": "llmcost", "version": __version__}, "command": "config show"}
        write(dump({**data, "rows": rows, "budgets": budgets}), out.output_file)
        return 0
    lines = [f"{each.key} = {_shown(each.value)}" + (_from(each) if origin else "") for each in settings]
    if layers.project is not None and layers.project.budgets:
        for budget in layers.project.budgets:
            place = f"  ({budget.file}:{budget.line})" if origin else ""
            limits = ", ".join(f"{limit.kind} {limit.text}" for limit in budget.limits)
            lines.append(f"budget {budget.name}: {limits}{place}")
    write(harmless("\n".join(lines)) + "\n", out.output_file)
    return 0


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(value) or "-"
    return "-" if value is None else str(value)


def _from(setting: Setting) -> str:
    return f"  ({': '.join(part for part in (setting.origin, setting.place) if part)})"
