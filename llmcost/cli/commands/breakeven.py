"""``llmcost breakeven``: the volume at which self-hosting wins over an API."""

from typing import Annotated

import typer

from llmcost.api.breakeven import breakeven as breakeven_of
from llmcost.api.breakeven import check_sides
from llmcost.cli import completion as complete
from llmcost.cli.inputs.offers import check_workload
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
    Supposed,
    WorkloadName,
    WorkloadOptions,
)
from llmcost.cli.present import check_format, show_view
from llmcost.core.quotes.notes import Note
from llmcost.cost_models import pin
from llmcost.errors import OfferError
from llmcost.reports.views.breakeven import breakeven_view


@with_options(WorkloadOptions, ServingOptions, AgreedPriceOptions, OutputOptions)
def breakeven(
    work: WorkloadOptions,
    serving: ServingOptions,
    source: AgreedPriceOptions,
    out: OutputOptions,
    self_offer: Annotated[
        str,
        typer.Argument(
            metavar="SELF",
            help="A self-hosted offer: self/model:precision@host/gpu.",
            autocompletion=complete.self_hosted,
        ),
    ],
    api_offer: Annotated[
        str, typer.Argument(metavar="API", help="The offer it is set against.", autocompletion=complete.offers)
    ],
    workload: WorkloadName = None,
    currency: CurrencyCode = None,
    adjust: Supposed = [],  # noqa: B006  # typer hands a list of its own to each run
) -> int:
    """The volume at which self-hosting wins: every crossing of its staircase and the API's line."""
    check_format(out)
    _check_names(self_offer, api_offer)
    settings = ask_settings(work, SelectionOptions(), source, workload, currency)
    run = ask_run(source, settings, adjust=adjust)
    asked = ask_workload(work, run.catalogue, workload or settings.workload, serving=serving)
    ours, theirs = run.catalogue.understand(self_offer).offer, run.catalogue.understand(api_offer)
    check_sides(ours, theirs.offer, asked.workload)
    placed = pin(ours, asked.workload, run.day)
    check_workload(asked.workload, [placed, theirs.offer])
    check_changes(run, source, [placed, theirs.offer], asked.workload)

    report = breakeven_of(ours, theirs.offer, asked.workload, run)
    taken = report.breakeven.self_quote.offer.name
    owed = run.contract.commitments if run.contract is not None else ()
    notes = [*settings.notes, *asked.notes]
    notes += [Note("contract", f"left out, as it is owed at any volume: {each.text}") for each in owed]
    notes += [Note("name", theirs.said)] if theirs.said else []
    notes += [Note("name", f"{self_offer} is taken as {taken}")] if taken != self_offer else []
    return show_view(breakeven_view(report._replace(warnings=(*notes, *report.warnings))), out)


def _check_names(*selectors: str) -> None:
    for selector in selectors:
        if "*" in selector or "?" in selector:
            raise OfferError(f'"{selector}" is a pattern, and break-even sets one offer against one', "name one offer")
