"""The prices that came with the program, loaded once: what a name means where no catalogue is given."""

from __future__ import annotations

from functools import cache

from llmcost.core.offers.catalogue import Catalogue
from llmcost.core.values.money import ExchangeRates
from llmcost.sheets.load import Prices, load_prices


@cache
def _builtin() -> Prices:
    return load_prices()


def builtin_catalogue() -> Catalogue:
    """The offers that came with the program."""
    return _builtin().catalogue


def builtin_rates() -> ExchangeRates:
    """The exchange rates that came with the program."""
    return _builtin().exchange_rates
