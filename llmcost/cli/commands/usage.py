"""``llmcost usage``: what was really used, and its list price."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from llmcost.cli.inputs.usage.days import nearest
from llmcost.cli.inputs.usage.options import UsageEngineOptions, ask_own_days
from llmcost.cli.inputs.usage.source import UsageInput, UsageSource, ask_usage, begin_usage
from llmcost.cli.option_groups import with_options
from llmcost.cli.options import CurrencyCode, OutputOptions, PriceOptions
from llmcost.cli.output_file import check_kept
from llmcost.cli.present import check_format, show_view
from llmcost.cli.workload_output import is_workload, write_workload
from llmcost.core.quotes.usage_cost import KEYS, UsageLine, parts_by, sum_costs
from llmcost.core.values.money import check_currency
from llmcost.core.workload.usage_record import UsageRecord, add_up
from llmcost.errors import LlmcostError, at_flag

if TYPE_CHECKING:
    from llmcost.api.usage.pricer import UsagePricer
    from llmcost.reports.views.view import View

USUAL_KEYS = ("month", "model")
"""By which usage is added up where nobody says."""
KeysOption = Annotated[
    list[str] | None,
    typer.Option(
        metavar="KEYS",
        help=f"Add up by some of {', '.join(KEYS)}, by comma or repeated; default: {','.join(USUAL_KEYS)}.",
    ),
]


@with_options(UsageEngineOptions, PriceOptions, OutputOptions)
def usage(
    counting: UsageEngineOptions,
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
    by: KeysOption = None,
    currency: CurrencyCode = None,
    as_used: Annotated[
        bool,
        typer.Option("--as-used", help="In a workload file: fix each class to the offer that was used."),
    ] = False,
) -> int:
    """What was really used, and its list price on the day of each request.

    Formats beside the usual: workload, a file for compare, check and breakeven (-o FILE.yaml).
    """
    as_workload = is_workload(out)
    if as_used and not as_workload:
        raise LlmcostError("--as-used is for a workload file", "write it with -o FILE.yaml")
    if not as_workload:
        check_format(out)
    check_kept(out.output_file, path or ())
    keys = USUAL_KEYS if by is None else _keys(by)
    where = UsageSource(path or (), counting.engine, busiest=as_workload)
    begun = begin_usage(where, counting)
    pricer, today = _pricer(source, currency)
    used = ask_usage(where, counting, today, pricer, keys, begun)
    if as_workload:
        return write_workload(used, pricer, path or (), out, as_used=as_used)
    return show_view(_view(used, pricer, keys), out)


def _pricer(source: PriceOptions, currency: str | None) -> tuple["UsagePricer", date]:
    """What prices usage, which is imported here, while other processes read; and the day of this run."""
    from llmcost.api.usage.pricer import UsagePricer
    from llmcost.cli.inputs.prices import ask_day, ask_prices
    from llmcost.cli.inputs.settings import ask_price_paths

    source, own_days = ask_own_days(source)
    prices = ask_prices(source, ask_price_paths(source))
    code, day = _currency(currency), ask_day(source)
    return UsagePricer(prices.catalogue, code, prices.exchange_rates, None if own_days else day), day.day


def _currency(asked: str | None) -> str:
    code = "USD" if asked is None else asked
    with at_flag("--currency"):
        return check_currency(code)


def _view(used: UsageInput, pricer: "UsagePricer", keys: tuple[str, ...]) -> "View":
    """The usage by some keys, and all of it."""
    from llmcost.reports.views.usage import usage_view
    from llmcost.reports.views.warnings import exchange_notes

    parts = parts_by(used.records, keys, used.zone)
    lines = [UsageLine(key, add_up(part), pricer.cost(part)) for key, part in parts.items()]
    total = UsageLine((), add_up(line.sum for line in lines), sum_costs(line.cost for line in lines))
    said = (*used.said, *_not_added(used.records), *pricer.said, *map(str, exchange_notes(pricer.exchanges)))
    return usage_view(lines, total, keys, pricer.currency, pricer.catalogue.identity, said)


def _not_added(records: Sequence[UsageRecord]) -> list[str]:
    """Why what some records say they cost is not added up, where it is not."""
    costs = [record for record in records if record.cost is not None]
    currencies = sorted({record.currency for record in costs if record.currency})
    if len(currencies) > 1:
        return [f"what it says it cost is not added up where it is in several currencies: {', '.join(currencies)}"]
    if costs and len(costs) < len(records):
        number = f"{len(costs):,} of {len(records):,} rows"
        return [f"{number} say what they cost: it is added up only where all do"]
    return []


def _keys(texts: Iterable[str]) -> tuple[str, ...]:
    keys = tuple(dict.fromkeys(key.strip() for text in texts for key in text.split(",")))
    unknown = [key for key in keys if key not in KEYS]
    if unknown:
        close = nearest(unknown[0], KEYS)
        near = f"did you mean {close}? " if close else ""
        raise LlmcostError(f'--by: "{unknown[0]}" is not known', f"{near}write some of: {', '.join(KEYS)}")
    return keys
