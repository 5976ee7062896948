"""From options to settings: what the environment, the project and the person have settled beside the command line."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from llmcost.cli.inputs.prices import ask_prices, project_config
from llmcost.cli.inputs.workload import says_content
from llmcost.cli.options import AgreedPriceOptions, PriceOptions, SelectionOptions, WorkloadOptions
from llmcost.errors import FileProblems, LlmcostError
from llmcost.files.user_folder import USER_CONFIG, user_folder
from llmcost.project.config import Config, placed
from llmcost.project.resolve import KEYS, resolve, settings_of
from llmcost.project.settings import Layers, Settings
from llmcost.sheets.load import builtin_folder

if TYPE_CHECKING:
    from llmcost.core.offers.catalogue import Catalogue
    from llmcost.files.document import Document
    from llmcost.sheets.load import Prices


def ask_settings(
    work: WorkloadOptions,
    choice: SelectionOptions,
    source: AgreedPriceOptions,
    workload: str | None,
    currency: str | None = None,
    *,
    strict: bool = True,
) -> Settings:
    """All settings, as the command line, the environment and the configs say.

    Not ``strict``: problems of the project's config are left in its document, for ``ask_project_prices`` to raise.
    """
    layers = ask_layers(source, strict=strict)
    flags = {"prices": tuple(source.prices), "discounts": tuple(source.discount), "currency": currency}
    said = {"workload"} if workload is not None or says_content(work) else set()
    said |= {"models"} if choice.asked else set()
    return settings_of(resolve(layers, flags), layers.project, said)


def ask_price_paths(source: PriceOptions) -> tuple[str, ...]:
    """The price sheets over the built-in ones, for commands that show prices as listed."""
    layers = ask_layers(source)
    prices = resolve(layers, {"prices": tuple(source.prices)})["prices"].value
    return prices if isinstance(prices, tuple) else ()


def ask_agreed_prices(source: AgreedPriceOptions) -> Settings:
    """The price sheets and what was agreed on, for commands whose work is no setting."""
    layers = ask_layers(source)
    flags = {"prices": tuple(source.prices), "discounts": tuple(source.discount)}
    return settings_of(resolve(layers, flags), layers.project, set(KEYS) - {"prices", "discounts", "commitments"})


def ask_project_prices(source: PriceOptions, settings: Settings, choice: SelectionOptions) -> Prices:
    """The prices, once nothing in the project's config is found wrong; what is wrong is raised together.

    A workload or models of the config that something else stands in for are not looked up.
    """
    from llmcost.files.document import Stop

    project = settings.project
    document = None if project is None else project.document
    if project is None or document is None:
        return ask_prices(source, settings.prices)
    try:
        prices = ask_prices(source, settings.prices)
    except FileProblems as found:
        raise FileProblems([*document.all_problems(), *found.problems]) from None
    except LlmcostError as found:
        if not document.problems:
            raise
        with suppress(Stop):
            document.add(found.message, found.remedy)
        raise FileProblems(document.all_problems()) from None
    with suppress(Stop):  # more problems than are kept; those that are say enough
        _look_up_names(document, project, settings, choice, prices.catalogue)
    if document.problems:
        raise FileProblems(document.all_problems())
    return prices


def _look_up_names(
    document: Document, project: Config, settings: Settings, choice: SelectionOptions, catalogue: Catalogue
) -> None:
    """Note every workload and offer that the config names and that there is not."""
    from llmcost.project.config_file import names_in

    models = settings.models or tuple(choice.model)
    named = {"workload": (project.workload, settings.workload), "models": (project.models, models)}
    replaced = [key for key, (own, taken) in named.items() if own != taken]
    for place, key, name in names_in(document):
        if place[0] == "budgets" or key not in replaced:
            try:
                _check_named(catalogue, key, name, project.path.parent)
            except LlmcostError as error:
                document.add_at(place, error.message, error.remedy)


def _check_named(catalogue: Catalogue, key: str, name: str, folder: Path) -> None:
    """Raise LlmcostError for a workload or an offer that there is not."""
    if key == "workload":
        from llmcost.workloads.presets import workload_path

        workload_path(placed(folder, name), builtin_folder())
    elif "*" in name or "?" in name:
        catalogue.match(name)
    else:
        catalogue.look_up(name)


def ask_layers(source: PriceOptions, *, strict: bool = True) -> Layers:
    """Where settings come from, without the flags; not ``strict`` leaves problems in the project's document."""
    if source.no_config:
        if source.config is not None:
            raise LlmcostError("--config and --no-config contradict each other", "leave one of them out")
        return Layers(os.environ, None, None)
    path = project_config(source)
    return Layers(os.environ, None if path is None else _read(path, strict=strict), _user_config())


def _read(path: Path, *, strict: bool = True) -> Config:
    from llmcost.project.config_file import read_config

    return read_config(path, strict=strict)


def _user_config() -> Config | None:
    """The config of the person, where there is one; budgets in it are a project's matter."""
    path = user_folder() / USER_CONFIG
    if not path.is_file():
        return None
    found = _read(path)
    if found.budgets:
        raise LlmcostError(f"{path} holds budgets", "budgets belong in a project's llmcost.yaml")
    return found
