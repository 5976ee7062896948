"""``llmcost compare``: the monthly cost of offers for one workload, ranked."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import typer

from llmcost.cli import completion as complete
from llmcost.cli.inputs.offers import (
    DEFAULT_SET,
    able_set,
    ask_adjustments,
    ask_baseline,
    ask_mix,
    ask_months,
    ask_offers,
    ask_rows,
    check_known,
    check_workload,
    settled_selection,
)
from llmcost.cli.inputs.prices import ask_day, ask_prices
from llmcost.cli.inputs.settings import ask_config, check_contract
from llmcost.cli.inputs.workload import as_asked, workload_source
from llmcost.cli.options import (
    CurrencyCode,
    OutputOptions,
    PriceOptions,
    SelectionOptions,
    ServingOptions,
    Supposed,
    Wide,
    WorkloadName,
    WorkloadOptions,
    with_options,
)
from llmcost.cli.present import check_format, check_takes, show
from llmcost.core.offers.offer import Offer
from llmcost.core.quotes.comparison import SORTS, Comparison, arranged, only_sure
from llmcost.core.workload.requests import Workload
from llmcost.errors import LlmcostError
from llmcost.reports import COMPARISON_FORMATS


@with_options(WorkloadOptions, ServingOptions, SelectionOptions, PriceOptions, OutputOptions)
def compare(
    work: WorkloadOptions,
    serving: ServingOptions,
    choice: SelectionOptions,
    source: PriceOptions,
    out: OutputOptions,
    workload: WorkloadName = None,
    currency: CurrencyCode = None,
    baseline: Annotated[
        str | None,
        typer.Option(
            metavar="OFFER",
            help="The offer the others are set against; default: the first -m, else the cheapest.",
            autocompletion=complete.offers,
        ),
    ] = None,
    sort: Annotated[
        str,
        typer.Option(metavar="KEY", help="cost, offer, seller, model or context.", autocompletion=complete.sorts),
    ] = "cost",
    top: Annotated[str | None, typer.Option(metavar="N", help="Only the first rows.")] = None,
    columns: Annotated[
        str | None, typer.Option(metavar="A,B,C", help="Columns of csv, tsv, markdown and xlsx, by comma.")
    ] = None,
    months: Annotated[
        str | None, typer.Option(metavar="N", help="Add up so many months, each with its growth and its prices.")
    ] = None,
    vary: Annotated[
        list[str] | None,
        typer.Option(metavar="KEY=A..B", help="Move one figure and show where offers cross, such as input=1k..300k."),
    ] = None,
    adjust: Supposed = None,
    wide: Wide = False,
    explain: Annotated[bool, typer.Option("--explain", help="Show the arithmetic of every row.")] = False,
    allow_unpriced: Annotated[bool, typer.Option("--allow-unpriced", help="Accept gaps in named offers.")] = False,
) -> int:
    """Monthly cost of offers for one workload, ranked. Formats beside the usual: xlsx and focus."""
    from llmcost.api.compare import compare as compare_offers
    from llmcost.cost_models import settled

    check_format(out, tuple(COMPARISON_FORMATS))
    if explain:
        check_takes(out.form, "explain", "--explain")
    if sort not in SORTS:
        raise LlmcostError(f'--sort: "{sort}" is not known', f"write one of: {', '.join(SORTS)}")
    rows = ask_rows(top)
    config = ask_config(work, choice, source, workload, currency)
    workload, currency = workload or config.workload, config.currency
    prices = ask_prices(source)
    workloads = workload_source(work, prices.catalogue, workload, serving=serving)
    asked, said = as_asked(workloads, work, workload)
    check_known(prices.catalogue, choice)
    day = ask_day(source)
    selection = ask_offers(prices.catalogue, choice, day, asked.tasks) if asked.free.groups else ask_mix(asked, choice)
    check_workload(asked, selection.offers)
    base = ask_baseline(prices.catalogue, baseline, selection, settle=lambda offer: settled(offer, asked.free, day))
    selection = settled_selection(selection, lambda offer: settled(offer, asked.free, day))
    check_contract(source, config, prices.catalogue, selection.offers, asked)
    changes = ask_adjustments(adjust or [], selection.offers, asked)

    def compared(what: Workload, offers: list[Offer]) -> Comparison:
        return compare_offers(
            offers,
            what,
            day,
            currency=currency,
            exchange_rates=prices.exchange_rates,
            baseline=base,
            label=selection.label,
            months=ask_months(months),
            adjustments=changes,
            contract=config.contract,
        )

    comparison = compared(asked, selection.offers)
    if selection.label == DEFAULT_SET and not comparison.best:
        able = [offer for offer in prices.catalogue.offers() if offer.task in asked.tasks]
        wider = compared(asked, able)
        if wider.best:
            comparison = replace(only_sure(wider), label=able_set(wider))
            selection = selection._replace(offers=[row.quote.offer for row in comparison.rows])
    sweeps = []
    if vary:
        from llmcost.cli.inputs.ranges import ask_sweeps  # imported late: only a sweep needs it

        sweeps = ask_sweeps(vary, workloads, selection.offers, day, lambda what: compared(what, selection.offers))
    return show(
        "compare",
        arranged(comparison, sort, rows),
        prices.catalogue,
        selection,
        [*config.said, *said],
        out,
        columns=columns,
        explain=explain,
        wide=wide,
        allow_unpriced=allow_unpriced,
        sweeps=sweeps,
        judged=comparison,
    )
