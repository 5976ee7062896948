"""``llmcost price``: one request, with the arithmetic shown."""

from typing import Annotated

import typer

from llmcost.cli import completion as complete
from llmcost.cli.inputs.offers import ask_offers, check_workload
from llmcost.cli.inputs.run import ask_run, check_changes
from llmcost.cli.inputs.settings import ask_settings
from llmcost.cli.inputs.workload import ask_workload
from llmcost.cli.option_groups import with_options
from llmcost.cli.options import AgreedPriceOptions, CurrencyCode, OutputOptions, SelectionOptions, Wide, WorkloadOptions
from llmcost.cli.present import check_format, show, verdict
from llmcost.core.analysis.report import ComparisonReport
from llmcost.errors import OfferError
from llmcost.reports.registry import FORMATS


@with_options(WorkloadOptions, AgreedPriceOptions, OutputOptions)
def price(
    offer: Annotated[
        list[str],
        typer.Argument(metavar="OFFER", help="Offers: [seller/]model[@place][+terms].", autocompletion=complete.offers),
    ],
    work: WorkloadOptions,
    source: AgreedPriceOptions,
    out: OutputOptions,
    currency: CurrencyCode = None,
    wide: Wide = False,
    allow_unpriced: Annotated[bool, typer.Option("--allow-unpriced", help="Accept gaps.")] = False,
) -> int:
    """One request priced on offers, with the arithmetic shown. Format beside the usual: xlsx."""
    check_format(out, (*FORMATS, "xlsx"))
    choice = SelectionOptions(model=offer)
    settings = ask_settings(work, choice, source, None, currency)
    run = ask_run(source, settings)
    workload, said, *_ = ask_workload(work, run.catalogue, single=True)
    selection = ask_offers(run.catalogue, choice, run.day)
    if any(each.deployment for each in selection.offers):
        remedy = "see what a month of them costs with `llmcost compare`, or `llmcost breakeven`"
        raise OfferError("self-hosted offers are billed by the hour, so one request has no price", remedy)
    check_workload(workload, selection.offers)
    check_changes(run, source, selection.offers, workload)

    baseline = selection.named[0] if selection.named else None
    comparison = run.compare(selection.offers, workload, baseline=baseline)
    report = ComparisonReport(
        command="price",
        comparison=comparison,
        prices=run.catalogue.identity,
        said=(*settings.notes, *said, *selection.notes),
        explain=True,
        named=tuple(selection.named),
    )
    show(report, out, wide=wide)
    return verdict(comparison, selection, allow_unpriced=allow_unpriced)
