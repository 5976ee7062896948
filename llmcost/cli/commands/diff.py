"""``llmcost diff``: what changed between two results, and why."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, NamedTuple

import typer

from llmcost.api.diff import diff as difference_of
from llmcost.cli.console import say
from llmcost.cli.inputs.offers import ask_selection
from llmcost.cli.inputs.prices import ask_day
from llmcost.cli.inputs.results import PRICES, RESULT, WORKLOAD, ask_kind, ask_result
from llmcost.cli.inputs.run import ask_run, check_changes
from llmcost.cli.inputs.settings import ask_settings
from llmcost.cli.inputs.workload import ask_workload
from llmcost.cli.option_groups import with_options
from llmcost.cli.options import (
    AgreedPriceOptions,
    CurrencyCode,
    OutputOptions,
    SelectionOptions,
    ServingOptions,
    WorkloadOptions,
)
from llmcost.cli.present import check_format, show_view
from llmcost.core.analysis.saved_result import SavedResult
from llmcost.project.settings import Settings
from llmcost.reports.views.difference import difference_view


@with_options(WorkloadOptions, ServingOptions, SelectionOptions, AgreedPriceOptions, OutputOptions)
def diff(
    work: WorkloadOptions,
    serving: ServingOptions,
    choice: SelectionOptions,
    source: AgreedPriceOptions,
    out: OutputOptions,
    base: Annotated[
        str | None,
        typer.Argument(
            metavar="BASE",
            help="A result of -f json, a workload file, or prices; - is stdin. With --to, the one workload.",
        ),
    ] = None,
    head: Annotated[
        str | None, typer.Argument(metavar="HEAD", help="What it is set against, of the same kind.")
    ] = None,
    to: Annotated[
        str | None, typer.Option(metavar="DATE", help="Set the prices of --on against those of this day.")
    ] = None,
    currency: CurrencyCode = None,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="End with 1 when anything changed, and with 0 when nothing did.")
    ] = False,
) -> int:
    """What changed between two results, and why: volume, fleet, mix, offers, tier, price or exchange rate."""
    check_format(out)
    kind = ask_kind(base, head, to)
    if kind == RESULT:
        results = [ask_result(str(base)), ask_result(str(head))]
    else:
        settings = ask_settings(work, choice, source, base if kind != PRICES else None, currency)
        sides = _sides(kind, base, head, to, source, settings)
        results = list(_price(sides, work, serving, choice.over(settings.models), settings))
        for note in settings.notes if not out.quiet else ():
            say(f"note: {note}")
    found = difference_of(*results)
    show_view(difference_view(found), out)
    return 1 if exit_code and found.changed else 0


class Side(NamedTuple):
    """One side that is to be priced: what it is called, its workload, its prices with their day, and their sheets."""

    name: str
    workload: str | None
    source: AgreedPriceOptions
    sheets: tuple[str, ...]


def _sides(
    kind: str, base: str | None, head: str | None, to: str | None, source: AgreedPriceOptions, settings: Settings
) -> list[Side]:
    """Both sides: two workloads, two sets of prices, or two days."""
    sheets, workload = settings.prices, settings.workload
    if kind == WORKLOAD:
        return [Side(str(each), each, source, sheets) for each in (base, head)]
    if kind == PRICES:
        return [Side(str(each), workload, source, (*sheets, str(each))) for each in (base, head)]
    later = replace(source, on=to)
    return [Side(str(ask_day(each)), base or workload, each, sheets) for each in (source, later)]


def _price(
    sides: list[Side], work: WorkloadOptions, serving: ServingOptions, choice: SelectionOptions, settings: Settings
) -> Iterator[SavedResult]:
    """Each side priced; the second in the currency of the first."""
    currency = settings.currency
    for side in sides:
        run = ask_run(side.source, settings._replace(prices=side.sheets, currency=currency))
        asked = ask_workload(work, run.catalogue, side.workload, serving=serving)
        selection = ask_selection(run, choice, asked.workload)
        check_changes(run, side.source, selection.offers, asked.workload)
        comparison = run.compare(selection.offers, asked.workload)
        currency = comparison.currency
        yield SavedResult.of(comparison, side.name, run.catalogue.digest)
