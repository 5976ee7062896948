"""``llmcost price``: one request, with the arithmetic shown."""

from __future__ import annotations

from typing import Annotated

import typer

from llmcost.cli import completion as complete
from llmcost.cli.inputs.offers import ask_offers, check_workload
from llmcost.cli.inputs.prices import ask_day, ask_prices
from llmcost.cli.inputs.settings import ask_config, check_contract
from llmcost.cli.inputs.workload import ask_workload
from llmcost.cli.options import (
    CurrencyCode,
    OutputOptions,
    PriceOptions,
    SelectionOptions,
    Wide,
    WorkloadOptions,
    with_options,
)
from llmcost.cli.present import check_format, show
from llmcost.errors import OfferError
from llmcost.reports import FORMATS


@with_options(WorkloadOptions, PriceOptions, OutputOptions)
def price(
    offer: Annotated[
        list[str],
        typer.Argument(metavar="OFFER", help="Offers: [seller/]model[@place][+terms].", autocompletion=complete.offers),
    ],
    work: WorkloadOptions,
    source: PriceOptions,
    out: OutputOptions,
    currency: CurrencyCode = None,
    wide: Wide = False,
    allow_unpriced: Annotated[bool, typer.Option("--allow-unpriced", help="Accept gaps.")] = False,
) -> int:
    """One request priced on offers, with the arithmetic shown. Format beside the usual: xlsx."""
    from llmcost.api.compare import compare as compare_offers

    check_format(out, (*FORMATS, "xlsx"))
    config = ask_config(work, SelectionOptions(model=offer), source, None, currency)
    prices = ask_prices(source)
    workload, said = ask_workload(work, prices.catalogue, single=True)
    selection = ask_offers(prices.catalogue, SelectionOptions(model=offer), ask_day(source))
    if any(each.deployment for each in selection.offers):
        remedy = "see what a month of them costs with `llmcost compare`, or `llmcost breakeven`"
        raise OfferError("self-hosted offers are billed by the hour, so one request has no price", remedy)
    check_workload(workload, selection.offers)
    check_contract(source, config, prices.catalogue, selection.offers, workload)
    comparison = compare_offers(
        selection.offers,
        workload,
        ask_day(source),
        currency=config.currency,
        exchange_rates=prices.exchange_rates,
        baseline=selection.named[0] if selection.named else None,
        contract=config.contract,
    )
    said = [*config.said, *said]
    return show(
        "price",
        comparison,
        prices.catalogue,
        selection,
        said,
        out,
        explain=True,
        wide=wide,
        allow_unpriced=allow_unpriced,
    )
