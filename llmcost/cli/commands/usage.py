"""``llmcost usage``: what was really used, and its list price."""

from datetime import datetime, timezone, tzinfo
from pathlib import Path
from typing import Annotated

import typer

from llmcost.api.usage import UsagePricer
from llmcost.cli.inputs.prices import ask_day, ask_prices
from llmcost.cli.inputs.settings import ask_price_paths
from llmcost.cli.option_groups import with_options
from llmcost.cli.options import CurrencyCode, OutputOptions, PriceOptions
from llmcost.cli.present import check_format, show_view
from llmcost.core.quotes.usage_cost import KEYS, line_of, lines_by
from llmcost.core.values.dates import parse_day
from llmcost.core.values.money import check_currency
from llmcost.core.workload.usage_record import UsageRecord, each_once
from llmcost.errors import LlmcostError, at_flag
from llmcost.reports.views.usage import usage_view
from llmcost.usage.read import files_in, read_usage


@with_options(PriceOptions, OutputOptions)
def usage(
    source: PriceOptions,
    out: OutputOptions,
    path: Annotated[
        list[str], typer.Argument(metavar="PATH", help="Exports or logs, or folders of them.", show_default=False)
    ],
    by: Annotated[
        str, typer.Option(metavar="KEYS", help=f"Add up by these, by comma: {', '.join(KEYS)}.")
    ] = "month,model",
    since: Annotated[str | None, typer.Option(metavar="DATE", help="The first day that counts.")] = None,
    until: Annotated[str | None, typer.Option(metavar="DATE", help="The last day that counts.")] = None,
    timezone_name: Annotated[
        str, typer.Option("--timezone", metavar="ZONE", help="Whose days and hours, such as Europe/Berlin.")
    ] = "UTC",
    skip_bad: Annotated[bool, typer.Option("--skip-bad", help="Count rows that cannot be read, and go on.")] = False,
    currency: CurrencyCode = None,
) -> int:
    """What was really used, read from exports and logs, and its list price on the day of each request."""
    check_format(out)
    keys = _keys(by)
    zone = _zone(timezone_name)
    prices = ask_prices(source, ask_price_paths(source))
    code = "USD" if currency is None else currency
    with at_flag("--currency"):
        check_currency(code)
    pricer = UsagePricer(
        prices.catalogue, code, prices.exchange_rates, ask_day(source) if source.on or source.frozen else None
    )
    records, said = _read(path, skip_bad=skip_bad)
    costs = pricer.price(_within(records, since, until, zone))
    if not costs:
        raise LlmcostError("there is no usage in that time", "see --since and --until, or name other files")
    try:
        lines, total = lines_by(costs, keys, zone), line_of((), costs)
    except ValueError as error:
        raise LlmcostError(f"they cannot be added up: {error}", "read each file on its own") from None
    return show_view(usage_view(lines, total, keys, code, prices.catalogue.identity, (*said, *pricer.said)), out)


def _read(paths: list[str], *, skip_bad: bool) -> tuple[list[UsageRecord], list[str]]:
    """The records of all files, each request once, and what is to be said of how they were read."""
    records: list[UsageRecord] = []
    said: dict[str, None] = {}
    for file in (file for path in paths for file in files_in(Path(path))):
        found = read_usage(file, skip_bad=skip_bad)
        records += found.records
        said[f"{file} is read as {found.format}: {found.counting}"] = None
        reasons = dict.fromkeys(skip.reason for skip in found.skips)
        for reason in reasons:
            number = sum(1 for skip in found.skips if skip.reason == reason)
            said[f"{file}: {number} row{'' if number == 1 else 's'} left out: {reason}"] = None
        said.update(dict.fromkeys(found.notes))
    return each_once(records), list(said)


def _keys(text: str) -> tuple[str, ...]:
    keys = tuple(dict.fromkeys(key.strip() for key in text.split(",")))
    unknown = [key for key in keys if key not in KEYS]
    if unknown:
        raise LlmcostError(f'--by: "{unknown[0]}" is not known', f"write some of: {', '.join(KEYS)}")
    return keys


def _zone(name: str) -> tzinfo:
    if name == "UTC":
        return timezone.utc
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        raise LlmcostError(f'--timezone: "{name}" is not known', "write it like Europe/Berlin") from None


def _within(records: list[UsageRecord], since: str | None, until: str | None, zone: tzinfo) -> list[UsageRecord]:
    with at_flag("--since"):
        first = parse_day(since) if since else None
    with at_flag("--until"):
        last = parse_day(until) if until else None

    def local(record: UsageRecord) -> datetime:
        return record.start.astimezone(zone)

    return [
        record
        for record in records
        if (first is None or local(record).date() >= first) and (last is None or local(record).date() <= last)
    ]
