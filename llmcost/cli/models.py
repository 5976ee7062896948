"""``llmcost models``: what can be priced."""

from __future__ import annotations

from typing import Annotated

import typer

from llmcost import __version__
from llmcost.cli.ask import ask_day, ask_offers, ask_prices, check_known
from llmcost.cli.options import OutputOptions, PriceOptions, SelectionOptions, with_options
from llmcost.cli.output import stdout_screen, write
from llmcost.cli.show import check_format, render_rows
from llmcost.errors import OfferError


@with_options(SelectionOptions, PriceOptions, OutputOptions)
def models(
    choice: SelectionOptions,
    source: PriceOptions,
    out: OutputOptions,
    query: Annotated[
        str | None, typer.Argument(metavar="QUERY", help="Part of a name; all offers when left out.")
    ] = None,
) -> int:
    """What can be priced: base rates, terms, dates and sources."""
    from llmcost.reports.offers import offers_data, offers_table

    check_format(out)
    prices = ask_prices(source)
    check_known(prices.catalogue, choice)
    day = ask_day(source)
    choice.all = choice.all or not choice.model
    offers = ask_offers(prices.catalogue, choice).offers
    if query:
        wanted = query.lower()
        offers = [each for each in offers if wanted in each.name.lower() or wanted in each.model.lower()]
        if not offers:
            close = prices.catalogue.suggest(query)
            raise OfferError(f'no offer is called "{query}"', f"did you mean: {', '.join(close)}?" if close else None)
    if out.format in ("json", "jsonl"):
        from llmcost.reports.json import document, dump_lines

        rows = offers_data(offers, day)
        if out.format == "jsonl":
            write(dump_lines(rows), out.output_file)
        else:
            head = {"on": str(day), "complete": True}
            catalogue = prices.catalogue
            write(document("models", __version__, catalogue.digest, catalogue.sources, head, rows), out.output_file)
        return 0
    table = offers_table(offers, day)
    if out.format == "table":
        from llmcost.reports.offers import for_people
        from llmcost.reports.terminal import render_plain_table

        screen = stdout_screen(out.color)
        write(render_plain_table(for_people(table), screen, least=4), out.output_file, screen.encoding)
    else:
        write(render_rows(table, out), out.output_file)
    return 0
