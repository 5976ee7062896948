"""``llmcost breakeven``: the volume at which self-hosting wins over an API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from llmcost import __version__
from llmcost.cli import completion as complete
from llmcost.cli.console import say, screen_of, write
from llmcost.cli.inputs.offers import ask_adjustments, check_workload
from llmcost.cli.inputs.prices import ask_day, ask_prices
from llmcost.cli.inputs.settings import ask_config, check_contract
from llmcost.cli.inputs.workload import ask_workload
from llmcost.cli.options import (
    CurrencyCode,
    OutputOptions,
    PriceOptions,
    SelectionOptions,
    ServingOptions,
    Supposed,
    WorkloadName,
    WorkloadOptions,
    with_options,
)
from llmcost.cli.present import check_format, notes_of, render_rows
from llmcost.core.analysis.breakeven import Breakeven
from llmcost.core.analysis.breakeven import breakeven as crossings_of
from llmcost.core.offers.offer import SELF_HOSTED
from llmcost.errors import LlmcostError, OfferError
from llmcost.reports.views.footer import footer

if TYPE_CHECKING:
    from llmcost.core.analysis.adjustments import Adjustment
    from llmcost.core.offers.offer import Offer


@with_options(WorkloadOptions, ServingOptions, PriceOptions, OutputOptions)
def breakeven(
    work: WorkloadOptions,
    serving: ServingOptions,
    source: PriceOptions,
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
    adjust: Supposed = None,
) -> int:
    """The volume at which self-hosting wins: every crossing of its staircase and the API's line."""
    from llmcost.api.compare import compare
    from llmcost.cost_models import choices, settled
    from llmcost.reports.formats.json import document, dump_lines
    from llmcost.reports.views.breakeven import MOST_ROWS, breakeven_data, breakeven_lines, breakeven_table, cut_short
    from llmcost.reports.views.fleet import sizing_line
    from llmcost.reports.views.workload import describe_workload, workload_data

    check_format(out)
    for each in (self_offer, api_offer):
        if "*" in each or "?" in each:
            raise OfferError(f'"{each}" is a pattern, and break-even sets one offer against one', "name one offer")
    config = ask_config(work, SelectionOptions(), source, workload, currency)
    prices = ask_prices(source)
    catalogue = prices.catalogue
    asked, said = ask_workload(work, catalogue, workload or config.workload, serving=serving)
    if not asked.free.groups or asked.fixed:
        raise LlmcostError("break-even needs a workload that is free to go to either side", "leave out `offer:`")
    ours, theirs = catalogue.look_up(self_offer), catalogue.look_up(api_offer)
    if ours.offer.kind != SELF_HOSTED or theirs.offer.kind == SELF_HOSTED:
        raise OfferError(
            "break-even sets a self-hosted offer against an API", "write: llmcost breakeven self/MODEL@GPU API_OFFER"
        )
    day = ask_day(source)
    offers = [settled(ours.offer, asked, day), theirs.offer]
    check_workload(asked, offers)
    changes = ask_adjustments(adjust or [], offers, asked)
    check_contract(source, config, catalogue, offers, asked)
    contract = None if config.contract is None else config.contract._replace(commitments=())

    def found(ours: Offer, adjustments: list[Adjustment]) -> tuple[Breakeven, list[str]]:
        comparison = compare(
            [ours, offers[1]],
            asked,
            day,
            currency=config.currency,
            exchange_rates=prices.exchange_rates,
            adjustments=adjustments,
            contract=contract,
        )
        quotes = {row.quote.offer.kind == SELF_HOSTED: row.quote for row in comparison.rows}
        return crossings_of(quotes[True], quotes[False]), notes_of(comparison)

    answer, notes = found(offers[0], changes)
    before = found(offers[0], [])[0] if changes else None
    if offers[0] != ours.offer:
        others = [each for each in choices(ours.offer, asked, day) if each != offers[0]]
        notes += _earlier(answer, [found(each, changes)[0] for each in others])
    named = answer.self_quote.offer.name
    owed = config.contract.commitments if config.contract is not None else ()
    said = [*config.said, *said, *(f"left out, as it is owed at any volume: {each.text}" for each in owed)]
    said += [theirs.said] if theirs.said else []
    said += [f"{self_offer} is taken as {named}"] if named != self_offer else []
    said += notes
    if out.form != "table" and cut_short(answer):
        said.append(f"of the staircase the first {MOST_ROWS:,} steps are listed")
    head: dict[str, Any] = {
        "on": str(day),
        "currency": answer.api_quote.currency,
        "complete": True,
        "workload": workload_data(asked),
    }
    if out.form == "table":
        screen = screen_of(out.color, out.output_file)
        heading = [f"Break-even in {answer.api_quote.currency}, prices of {day}", *describe_workload(asked)]
        parts = ["\n".join([*heading, sizing_line(asked)]), "\n".join(breakeven_lines(answer, before))]
        if screen.can_show("⡇"):
            from llmcost.reports.formats.plot import breakeven_plot  # imported late: only a picture needs it

            picture = breakeven_plot(answer, screen.width, screen.colour)
            parts += [picture] if picture else []
        write(
            "\n\n".join([*parts, footer([answer.self_quote, answer.api_quote])]) + "\n",
            out.output_file,
            screen,
        )
    elif out.form in ("json", "jsonl"):
        table = breakeven_table(answer)
        rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
        head["breakeven"] = breakeven_data(answer)
        if before is not None:
            head["breakeven_before"] = breakeven_data(before)
        whole = document("breakeven", __version__, catalogue.digest, catalogue.sources, head, rows, tuple(said))
        write(dump_lines(rows) if out.form == "jsonl" else whole, out.output_file)
    else:
        write(render_rows(breakeven_table(answer), out), out.output_file)
    for text in said:
        say(f"note: {text}")
    return 0


def _earlier(answer: Breakeven, others: list[Breakeven]) -> list[str]:
    """Say where self-hosting would pay from a smaller volume on; the host was chosen for this workload's own volume."""
    from llmcost.reports.views.breakeven import volume_text  # imported late: few hosts are left open

    paying = [(each.first, _rented(each), each) for each in others if each.first is not None]
    if not paying:
        return []
    first, where, other = min(paying, key=lambda each: each[:2])
    if answer.first is not None and answer.first <= first:
        return []
    chosen = f"{_rented(answer)} was chosen for the volume as given"
    return [f"{where} pays from {volume_text(other, first)} on already; {chosen}"]


def _rented(answer: Breakeven) -> str:
    fleet = answer.self_quote.fleet
    assert fleet is not None
    return f"{answer.self_quote.offer.name} on {fleet.instance}"
