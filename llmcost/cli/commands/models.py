"""``llmcost models``: what can be priced."""

from __future__ import annotations

from typing import Annotated

import typer

from llmcost import __version__
from llmcost.cli.console import say, screen_of, write
from llmcost.cli.inputs.offers import ask_offers, check_known
from llmcost.cli.inputs.prices import ask_day, ask_prices
from llmcost.cli.inputs.settings import ask_price_settings
from llmcost.cli.options import OutputOptions, PriceOptions, SelectionOptions, with_options
from llmcost.cli.present import check_format, render_rows
from llmcost.core.offers.catalogue import Catalogue
from llmcost.core.values.dates import PricingDay
from llmcost.errors import LlmcostError, OfferError

LIST_ALL = "list all with `llmcost models`"


@with_options(SelectionOptions, PriceOptions, OutputOptions)
def models(
    choice: SelectionOptions,
    source: PriceOptions,
    out: OutputOptions,
    query: Annotated[
        str | None,
        typer.Argument(metavar="QUERY|self", help="Part of a name; all offers when left out; self for open weights."),
    ] = None,
    part: Annotated[
        str | None, typer.Argument(metavar="PART", help="After self: part of a model's, accelerator's or host's name.")
    ] = None,
) -> int:
    """What can be priced: base rates, terms, dates and sources."""
    from llmcost.reports.views.offers import offers_data, offers_table

    check_format(out)
    ask_price_settings(source)
    prices = ask_prices(source)
    check_known(prices.catalogue, choice)
    day = ask_day(source)
    if query == "self":
        if choice.asked:
            remedy = "name a part of a model's, accelerator's or host's name: llmcost models self PART"
            raise LlmcostError("-m, --all and the filters are for what is sold by the token", remedy)
        return _self_hosting(prices.catalogue, part, day, out)
    if part is not None:
        raise LlmcostError(f'"{part}" is one word too many', "write one part of a name, or: llmcost models self PART")
    choice.all = choice.all or not choice.model
    offers = ask_offers(prices.catalogue, choice, day).offers
    if query:
        wanted = query.lower()
        offers = [each for each in offers if wanted in each.name.lower() or wanted in each.model.lower()]
        if not offers:
            close = prices.catalogue.suggest(query)
            raise OfferError(
                f'no offer is called "{query}"', f"did you mean: {', '.join(close)}?" if close else LIST_ALL
            )
    if out.form in ("json", "jsonl"):
        from llmcost.reports.formats.json import document, dump_lines

        rows = offers_data(offers, day)
        if out.form == "jsonl":
            write(dump_lines(rows), out.output_file)
        else:
            head = {"on": str(day), "complete": True}
            catalogue = prices.catalogue
            write(document("models", __version__, catalogue.digest, catalogue.sources, head, rows), out.output_file)
        return 0
    table = offers_table(offers, day)
    if out.form == "table":
        from llmcost.reports.formats.table import render_plain_table
        from llmcost.reports.views.offers import for_people

        screen = screen_of(out.color, out.output_file)
        write(render_plain_table(for_people(table), screen, least=4), out.output_file, screen)
    else:
        write(render_rows(table, out), out.output_file)
    return 0


def _self_hosting(catalogue: Catalogue, part: str | None, day: PricingDay, out: OutputOptions) -> int:
    """What can be self-hosted: open weights, accelerators, and what is rented at which price."""
    from llmcost.reports.views.self_hosting import (  # imported late: APIs need none of it
        SelfHostingQuery,
        accelerators_table,
        announcement_lines,
        instances_table,
        models_table,
        self_hosting_data,
    )

    shown = SelfHostingQuery(catalogue.self_hosting, part)
    if shown.nothing and part is None:
        raise OfferError("these sheets hold nothing to self-host", "leave out --no-builtin-prices, or add open weights")
    if shown.nothing:
        remedy = "give a part of a model's, accelerator's or host's name, such as qwen3.6, h100 or nebius"
        raise OfferError(f'nothing to self-host is called "{part}"', remedy)
    if out.form in ("json", "jsonl"):
        from llmcost.reports.formats.json import document, dump_lines

        rows = self_hosting_data(shown, day)
        head = {"on": str(day), "complete": True}
        whole = document("models self", __version__, catalogue.digest, catalogue.sources, head, rows)
        write(dump_lines(rows) if out.form == "jsonl" else whole, out.output_file)
        return 0
    tables = {
        "models": models_table(shown.hosting, shown.models),
        "accelerators": accelerators_table(shown.accelerators),
        "prices of what is rented": instances_table(shown.instances, day),
    }
    found = {name: table for name, table in tables.items() if table.rows}
    if out.form == "markdown":
        write("\n".join(render_rows(each, out) for each in found.values()), out.output_file)
        return 0
    if out.form != "table":
        *others, last = found or tables
        write(render_rows(tables[last], out), out.output_file)
        if others and found:
            say(f"note: {out.form} holds one table, the {last}; the {' and '.join(others)} are in -f json")
        return 0
    from llmcost.reports.formats.table import render_plain_table

    screen = screen_of(out.color, out.output_file)
    texts = [render_plain_table(each, screen, least=4) for each in found.values()]
    lines = announcement_lines(shown.announcements)
    if lines:
        texts.append("Announced, without a price for each instance:\n" + "\n".join(lines) + "\n")
    write("\n".join(texts), out.output_file, screen)
    return 0
