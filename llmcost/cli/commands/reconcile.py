"""``llmcost reconcile``: a vendor's bill against list prices of the usage it is for."""

from pathlib import Path
from typing import Annotated

import typer

from llmcost.api.reconcile import reconcile_usage
from llmcost.api.usage.counterparts import NO_MODEL
from llmcost.api.usage.pricer import UsagePricer
from llmcost.cli.console import say
from llmcost.cli.inputs.prices import ask_day, ask_prices
from llmcost.cli.inputs.run import check_contract
from llmcost.cli.inputs.settings import ask_agreed_prices
from llmcost.cli.inputs.usage.contract import notes_of_contract
from llmcost.cli.inputs.usage.days import are_days, bill_within
from llmcost.cli.inputs.usage.options import UsageEngineOptions, ask_own_days
from llmcost.cli.inputs.usage.source import UsageSource, ask_usage
from llmcost.cli.option_groups import with_options
from llmcost.cli.options import AgreedPriceOptions, OutputOptions
from llmcost.cli.output_file import check_kept
from llmcost.cli.present import check_format, show_view
from llmcost.core.analysis.bills.reconciliation import Reconciliation
from llmcost.core.quotes.notes import Note
from llmcost.core.values.dates import PricingDay
from llmcost.reports.views.reconciliation import reconciliation_view
from llmcost.reports.views.warnings import exchange_notes
from llmcost.usage.read import Bill, read_bill
from llmcost.usage.remarks import skipped


@with_options(UsageEngineOptions, AgreedPriceOptions, OutputOptions)
def reconcile(
    counting: UsageEngineOptions,
    source: AgreedPriceOptions,
    out: OutputOptions,
    usage: Annotated[str, typer.Argument(metavar="USAGE", help="An export or log, or a folder of them.")],
    bill: Annotated[
        str, typer.Argument(metavar="BILL", help="What was billed: a report of costs, or usage that says what it cost.")
    ],
    exit_code: Annotated[
        bool,
        typer.Option("--exit-code", help="End with 1 where something is not explained, above list or not used."),
    ] = False,
) -> int:
    """A vendor's bill against list prices of the usage it is for: what explains each difference, and what is left.

    With a discount, of --discount or the config, it is held against what was agreed on.
    """
    check_format(out)
    check_kept(out.output_file, (usage, bill))
    source, own_days = ask_own_days(source)
    day = ask_day(source)
    billed = read_bill(Path(bill), skip_bad=counting.skip_bad)
    pricer, how = _pricer(source, billed, None if own_days else day)
    costs = bill_within(billed.costs, counting)
    keys = ("day",) if are_days(costs, counting) else ("hour",)  # by which an engine keeps sums apart
    used = ask_usage(UsageSource([usage], counting.engine), counting, day.day, pricer, keys)
    found = reconcile_usage(pricer, used.records, costs)
    if pricer.contract is not None:
        check_contract(pricer.contract, pricer.catalogue, source, pricer.contracted)
    said = (*map(str, how), *used.said, *_said(billed), *pricer.said, *map(str, exchange_notes(pricer.exchanges)))
    show_view(reconciliation_view(found, pricer.catalogue.identity, said), out)
    return _verdict(found, billed) if exit_code or not found.held else 0


def _pricer(source: AgreedPriceOptions, billed: Bill, day: PricingDay | None) -> tuple[UsagePricer, list[Note]]:
    """What prices usage as agreed on, in the currency of the bill, and what is to be said of that."""
    settings = ask_agreed_prices(source)
    prices = ask_prices(source, settings.prices)
    contract = settings.contract
    how = [*settings.notes, *(notes_of_contract(contract) if contract is not None else ())]
    return UsagePricer(prices.catalogue, billed.costs[0].currency, prices.exchange_rates, day, contract), how


def _said(billed: Bill) -> list[str]:
    """How a bill was read, and what was left out of it."""
    return [f"{billed.path} is read as {billed.format}", *skipped((billed.path, skip) for skip in billed.skips)]


def _verdict(found: Reconciliation, billed: Bill) -> int:
    """The exit code, and why there is no verdict where there is none."""
    if not found.held:
        say("llmcost: nothing that was billed could be held against a list price, so there is no verdict")
        say(f"  {_days_of(found)}")
        return 2
    if found.explained and any(skip.is_unread for skip in billed.skips):
        say("llmcost: rows of the bill cannot be read, so there is no verdict")
        say("  mend or export it again; nothing speaks against what was read")
        return 2
    return int(not found.explained)


def _days_of(found: Reconciliation) -> str:
    """What to look at where nothing meets: the days of the bill, and those of the usage."""
    parts = [each.part for each in found.parts]
    billed = [part.start for part in parts if part.billed is not None]
    used = [part.start for part in parts if part.listed is not None]
    if billed and all(part.model == NO_MODEL for part in parts if part.billed is not None):
        return "the bill names no model: ask for it by line, such as with group_by=line_item of OpenAI's costs"
    if not billed or not used:
        return "no list price of what was billed is known: see llmcost models"
    days = [f"{min(side):%Y-%m-%d} to {max(side):%Y-%m-%d}" for side in (billed, used)]
    return f"the bill is of {days[0]}, and what was used of {days[1]}: hold those of the same days, models and sellers"
