"""``llmcost compare``: the monthly cost of offers for one workload, ranked."""

from __future__ import annotations

from typing import Annotated

import typer

from llmcost.cli.ask import (
    ask_baseline,
    ask_day,
    ask_offers,
    ask_prices,
    ask_rows,
    ask_workload,
    check_known,
    check_workload,
)
from llmcost.cli.options import OutputOptions, PriceOptions, SelectionOptions, WorkloadOptions, with_options
from llmcost.cli.show import check_format, show
from llmcost.core.comparison import SORTS, arranged
from llmcost.core.money import check_currency
from llmcost.errors import LlmcostError


@with_options(WorkloadOptions, SelectionOptions, PriceOptions, OutputOptions)
def compare(
    work: WorkloadOptions,
    choice: SelectionOptions,
    source: PriceOptions,
    out: OutputOptions,
    workload: Annotated[str | None, typer.Argument(metavar="WORKLOAD", help="A workload file, or - for stdin.")] = None,
    currency: Annotated[str | None, typer.Option(metavar="CODE", help="Convert every cost to this currency.")] = None,
    baseline: Annotated[
        str | None,
        typer.Option(
            metavar="OFFER", help="The offer the others are set against; default: the first -m, else the cheapest."
        ),
    ] = None,
    sort: Annotated[str, typer.Option(metavar="KEY", help="cost, offer, seller, model or context.")] = "cost",
    top: Annotated[str | None, typer.Option(metavar="N", help="Only the first rows.")] = None,
    columns: Annotated[
        str | None, typer.Option(metavar="A,B,C", help="Columns of csv, tsv and markdown, by comma.")
    ] = None,
    explain: Annotated[bool, typer.Option("--explain", help="Show the arithmetic of every row.")] = False,
    allow_unpriced: Annotated[bool, typer.Option("--allow-unpriced", help="Accept gaps in named offers.")] = False,
) -> int:
    """Monthly cost of offers for one workload, ranked."""
    from llmcost.api import compare as compare_offers

    check_format(out)
    if sort not in SORTS:
        raise LlmcostError(f'--sort: "{sort}" is not known', f"write one of: {', '.join(SORTS)}")
    rows = ask_rows(top)
    asked, said = ask_workload(work, workload)
    prices = ask_prices(source)
    check_known(prices.catalogue, choice)
    selection = ask_offers(prices.catalogue, choice)
    check_workload(asked, selection.offers)
    base = ask_baseline(prices.catalogue, baseline, selection)
    comparison = compare_offers(
        selection.offers,
        asked,
        ask_day(source),
        currency=check_currency(currency) if currency else None,
        exchange_rates=prices.exchange_rates,
        baseline=base,
        label=selection.label,
    )
    return show(
        "compare",
        arranged(comparison, sort, rows),
        prices.catalogue,
        selection,
        said,
        out,
        columns=columns,
        explain=explain,
        allow_unpriced=allow_unpriced,
    )
