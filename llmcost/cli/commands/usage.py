"""``llmcost usage``: what was really used, and its list price."""

from typing import Annotated

import typer

from llmcost.api.usage import UsagePricer
from llmcost.cli.inputs.prices import ask_day, ask_prices
from llmcost.cli.inputs.settings import ask_price_paths
from llmcost.cli.inputs.usage import UsageOptions, ask_usage
from llmcost.cli.option_groups import with_options
from llmcost.cli.options import CurrencyCode, OutputOptions, PriceOptions
from llmcost.cli.present import check_format, show_view
from llmcost.core.quotes.usage_cost import KEYS, UsageLine, parts_by, sum_costs
from llmcost.core.values.money import check_currency
from llmcost.core.workload.usage_record import add_up
from llmcost.errors import LlmcostError, at_flag
from llmcost.reports.views.usage import usage_view


@with_options(UsageOptions, PriceOptions, OutputOptions)
def usage(
    counting: UsageOptions,
    source: PriceOptions,
    out: OutputOptions,
    path: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="PATH",
            help="Exports or logs, or folders of them; left out: the logs of coding agents on this machine.",
            show_default=False,
        ),
    ] = None,
    by: Annotated[
        str, typer.Option(metavar="KEYS", help=f"Add up by these, by comma: {', '.join(KEYS)}.")
    ] = "month,model",
    currency: CurrencyCode = None,
) -> int:
    """What was really used, read from exports and logs, and its list price on the day of each request."""
    check_format(out)
    keys = _keys(by)
    prices = ask_prices(source, ask_price_paths(source))
    code = "USD" if currency is None else currency
    with at_flag("--currency"):
        check_currency(code)
    pricer = UsagePricer(
        prices.catalogue, code, prices.exchange_rates, ask_day(source) if source.on or source.frozen else None
    )
    used = ask_usage(path or (), counting, ask_day(source).day)
    try:
        lines = [
            UsageLine(key, add_up(part), pricer.cost(part))
            for key, part in parts_by(used.records, keys, used.zone).items()
        ]
        total = UsageLine((), add_up(used.records), sum_costs(line.cost for line in lines))
    except ValueError as error:
        raise LlmcostError(f"they cannot be added up: {error}", "read each file on its own") from None
    view = usage_view(lines, total, keys, code, prices.catalogue.identity, (*used.said, *pricer.said))
    return show_view(view, out)


def _keys(text: str) -> tuple[str, ...]:
    keys = tuple(dict.fromkeys(key.strip() for key in text.split(",")))
    unknown = [key for key in keys if key not in KEYS]
    if unknown:
        raise LlmcostError(f'--by: "{unknown[0]}" is not known', f"write some of: {', '.join(KEYS)}")
    return keys
