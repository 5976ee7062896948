"""``llmcost models``: what can be priced."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

import typer

from llmcost.cli.inputs.offers import ask_filters, ask_offers, meant_catalogue
from llmcost.cli.inputs.prices import ask_day, ask_prices
from llmcost.cli.inputs.settings import ask_price_paths
from llmcost.cli.option_groups import with_options
from llmcost.cli.options import OutputOptions, PriceOptions, SelectionOptions
from llmcost.cli.present import check_format, show_view
from llmcost.core.offers.catalogue import Catalogue
from llmcost.core.offers.offer import Offer
from llmcost.core.offers.spellings import plain
from llmcost.core.values.dates import PricingDay
from llmcost.errors import LlmcostError, OfferError
from llmcost.reports.views.view import View

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
    check_format(out)
    catalogue = ask_prices(source, ask_price_paths(source)).catalogue
    choice = ask_filters(catalogue, choice)
    day = ask_day(source)
    if query is not None and query.startswith("self/") and part is None:
        query, part = "self", _model_in(query)
    if query == "self":
        if choice.asked:
            remedy = "name a part of a model's, accelerator's or host's name: llmcost models self PART"
            raise LlmcostError("-m, --all and the filters are for what is sold by the token", remedy)
        return show_view(_self_hosting(catalogue, part, day), out)
    if part is not None:
        raise LlmcostError(f'"{part}" is one word too many', "write one part of a name, or: llmcost models self PART")
    from llmcost.reports.views.offers import offers_view

    every = replace(choice, all=choice.all or not choice.model)
    offers = _called(catalogue, query, every, day)
    return show_view(offers_view(offers, day, catalogue.identity), out)


def _model_in(name: str) -> str | None:
    """The model in the name of a self-hosted offer, such as self/qwen3-8b:fp8@runpod/h100; None without one."""
    model = name.removeprefix("self/").partition("@")[0].partition(":")[0]
    return model.rpartition("/")[2].strip("*") or None


def _called(catalogue: Catalogue, query: str | None, choice: SelectionOptions, day: PricingDay) -> list[Offer]:
    """The offers whose name, or model, holds a query; where no sheet kept by hand has any, those of third parties.

    Raises OfferError when there are none.
    """
    if not query:
        return ask_offers(catalogue, choice, day).offers
    if choice.model or choice.filtered:
        found = _matching(ask_offers(catalogue, choice, day).offers, query)
    else:
        found = _named(meant_catalogue(catalogue, choice), query) or _named(catalogue.with_third_party(), query)
    if not found:
        close = catalogue.suggest(query)
        raise OfferError(f'no offer is called "{query}"', f"did you mean: {', '.join(close)}?" if close else LIST_ALL)
    return found


def _named(catalogue: Catalogue, query: str) -> list[Offer]:
    """The offers whose name, or model, holds a query; the prices of others are not looked at."""
    wanted = plain(query)
    named = [
        (listing, place)
        for listing in catalogue.listings
        for place in listing.places
        if wanted in plain(f"{listing.seller}/{listing.id}@{place}") or wanted in plain(listing.model)
    ]
    return [listing.load()[place] for listing, place in named]


def _matching(offers: Sequence[Offer], query: str) -> list[Offer]:
    wanted = plain(query)
    return [offer for offer in offers if wanted in plain(offer.name) or wanted in plain(offer.model)]


def _self_hosting(catalogue: Catalogue, part: str | None, day: PricingDay) -> View:
    """What can be self-hosted: open weights, accelerators, and what is rented at which price."""
    from llmcost.reports.views.self_hosting import SelfHostingQuery, self_hosting_view

    shown = SelfHostingQuery(catalogue.self_hosting, part)
    if shown.nothing and part is None:
        raise OfferError("these sheets hold nothing to self-host", "leave out --no-builtin-prices, or add open weights")
    if shown.nothing:
        remedy = "give a part of a model's, accelerator's or host's name, such as qwen3.6, h100 or nebius"
        raise OfferError(f'nothing to self-host is called "{part}"', remedy)
    return self_hosting_view(shown, day, catalogue.identity)
