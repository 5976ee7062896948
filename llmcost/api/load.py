"""Loading what every question needs: prices, exchange rates, workloads."""

from __future__ import annotations

from pathlib import Path

from llmcost.api.prices import PriceCatalogue
from llmcost.core.offers.catalogue import Catalogue
from llmcost.core.values.money import ExchangeRates
from llmcost.core.workload.requests import Workload


def load_catalogue(*paths: str | Path, builtin: bool = True) -> PriceCatalogue:
    """Every offer of the built-in sheets and of those at ``paths`` (files or folders; a later one wins).

    Raises LlmcostError when a sheet is unsound.
    """
    from llmcost.sheets.load import load_prices

    loaded = load_prices(paths, builtin=builtin, make=PriceCatalogue)
    assert isinstance(loaded.catalogue, PriceCatalogue)
    loaded.catalogue.exchange_rates = loaded.exchange_rates
    return loaded.catalogue


def load_exchange_rates(*paths: str | Path, builtin: bool = True) -> ExchangeRates:
    """The dated exchange rates of the sheets, for ``compare``."""
    from llmcost.sheets.load import load_prices

    return load_prices(paths, builtin=builtin).exchange_rates


def load_workload(path: str | Path, catalogue: Catalogue | None = None) -> Workload:
    """The workload in a file, or a ready-made one by its name, such as ``chat-support``.

    ``catalogue`` finds the offers that classes are fixed to. Raises LlmcostError when the file is unsound.
    """
    from llmcost.sheets.load import builtin_folder
    from llmcost.workloads.file import read_workload
    from llmcost.workloads.presets import workload_path

    found = workload_path(str(path), builtin_folder())
    return read_workload(found, find=catalogue.find if catalogue is not None else None)
