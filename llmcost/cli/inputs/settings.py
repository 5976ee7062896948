"""What the environment, the project and the person have settled, for what nothing on the command line says."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from llmcost.cli.inputs.prices import ask_prices, project_config
from llmcost.cli.inputs.workload import BESIDES, workload_values
from llmcost.cli.options import PriceOptions, SelectionOptions, WorkloadOptions
from llmcost.core.values.money import check_currency
from llmcost.core.values.numerals import parse_whole
from llmcost.errors import FileProblems, LlmcostError, NumberError
from llmcost.project.config import Config, named_from, placed, root_of
from llmcost.project.settings import ENVIRONMENT, FLAG, Layers, Setting, settle
from llmcost.sheets.load import builtin_folder

if TYPE_CHECKING:
    from llmcost.core.analysis.contract import Contract
    from llmcost.core.offers.catalogue import Catalogue
    from llmcost.core.offers.offer import Offer
    from llmcost.core.workload.requests import Workload
    from llmcost.files.document import Document
    from llmcost.sheets.load import Prices

USER_CONFIG = "config.yaml"


class RunSettings(NamedTuple):
    """What is settled beside the command line, and the sentences that say so.

    ``project`` is the project's config, None without one.
    """

    workload: str | None
    currency: str | None
    max_price_age_days: int | None
    contract: Contract | None
    project: Config | None
    said: list[str]


def ask_config(
    work: WorkloadOptions,
    choice: SelectionOptions,
    source: PriceOptions,
    workload: str | None,
    currency: str | None = None,
    strict: bool = True,
) -> RunSettings:
    """Fill in from environment and configs what the command line does not say; models and prices in their options.

    Not ``strict``: problems of the project's config are left in its document, for ``ask_project_prices`` to raise.
    """
    layers = ask_layers(source, strict)
    flags = {"prices": tuple(source.prices), "discounts": tuple(source.discount), "currency": currency}
    settled = settle(layers, flags)
    asked = workload is not None or work.text is not None or bool(workload_values(work).keys() - BESIDES)
    left = {"workload"} if asked else set()
    left |= {"models"} if choice.asked else set()
    taken = {key: each for key, each in settled.items() if each.value is not None and key not in left}
    if "models" in taken:
        choice.model = list(_texts(taken["models"]))
    source.prices = list(_texts(settled["prices"]))
    project = layers.project
    age = taken.get("max_price_age_days")
    return RunSettings(
        str(taken["workload"].value) if "workload" in taken else None,
        _currency(settled["currency"]),
        None if age is None else _days(age),
        _contract(settled),
        project,
        _said(taken, project),
    )


def ask_price_settings(source: PriceOptions) -> None:
    """Fill in the price sheets that environment and configs name, for commands that look at prices only.

    Raises LlmcostError for a discount, which they do not show.
    """
    if source.discount:
        raise LlmcostError("--discount is for costs, and this shows prices as listed", "leave it out, or use compare")
    settled = settle(ask_layers(source), {"prices": tuple(source.prices)})
    source.prices = list(_texts(settled["prices"]))


def ask_project_prices(source: PriceOptions, settled: RunSettings, choice: SelectionOptions) -> Prices:
    """The prices, once nothing in the project's config is found wrong; what is wrong is raised together.

    A workload or models of the config that something else stands in for are not looked up.
    """
    project = settled.project
    document = None if project is None else project.document
    if project is None or document is None:
        return ask_prices(source)
    try:
        prices = ask_prices(source)
    except FileProblems as found:
        raise FileProblems([*document.all_problems(), *found.problems]) from None
    except LlmcostError as found:
        if not document.problems:
            raise
        document.add(found.message, found.remedy)
        raise FileProblems(document.all_problems()) from None
    _look_up_names(document, project, settled, choice, prices.catalogue)
    if document.problems:
        raise FileProblems(document.all_problems())
    return prices


def _look_up_names(
    document: Document, project: Config, settled: RunSettings, choice: SelectionOptions, catalogue: Catalogue
) -> None:
    """Note every workload and offer that the config names and that there is not."""
    from llmcost.project.config_file import names_in  # imported late: only a check asks

    named = {"workload": (project.workload, settled.workload), "models": (project.models, tuple(choice.model))}
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
        from llmcost.workloads.presets import workload_path  # imported late: only a check asks

        workload_path(placed(folder, name), builtin_folder())
    elif "*" in name or "?" in name:
        catalogue.match(name)
    else:
        catalogue.look_up(name)


def check_contract(
    source: PriceOptions, settled: RunSettings, catalogue: Catalogue, offers: list[Offer], workload: Workload
) -> None:
    """Raise LlmcostError for what must be a slip: a contract with somebody whom no price sheet knows.

    So for a discount on the command line that concerns none of the offers.
    """
    if settled.contract is None:
        return
    from llmcost.core.analysis.contract import unknown_name  # imported late: few have negotiated

    unknown = unknown_name(settled.contract, catalogue)
    if unknown is not None:
        text, word, remedy = unknown
        raise LlmcostError(f'"{text}": no price sheet knows "{word}"', remedy)
    if source.discount:
        unused = settled.contract.unused([*offers, *workload.fixed])
        if unused:
            remedy = "name a seller, kind, model, place or terms of an offer that is compared"
            raise LlmcostError(f'--discount: "{unused[0]}" concerns none of the offers', remedy)


def _said(taken: Mapping[str, Setting], project: Config | None) -> list[str]:
    """What came from elsewhere than the command line, a line for each place; paths in the project from its root."""
    root = None if project is None else root_of(project.path)
    places: dict[str, list[str]] = {}
    for key, each in ((key, part) for key, whole in taken.items() for part in whole.parts or (whole,)):
        if each.origin != FLAG:
            texts = _texts(each)
            where = each.place if each.origin == ENVIRONMENT else each.place.rpartition(":")[0]
            if root is not None:
                texts = tuple(named_from(root, text) for text in texts)
                where = named_from(root, where)
            value = ", ".join(texts)
            places.setdefault(where, []).append(f"{key.replace('_', ' ')} {value}")
    return [f"{where}: {'; '.join(parts)}" for where, parts in places.items()]


def _texts(setting: Setting) -> tuple[str, ...]:
    value = setting.value
    if value is None:
        return ()
    return value if isinstance(value, tuple) else (str(value),)


def _currency(setting: Setting) -> str | None:
    if setting.value is None:
        return None
    try:
        return check_currency(str(setting.value))
    except LlmcostError as error:
        raise LlmcostError(f"{setting.place or '--currency'}: {error.message}", error.remedy) from None


def _days(setting: Setting) -> int:
    try:
        return parse_whole(str(setting.value))
    except NumberError as error:
        raise LlmcostError(f"{setting.place}: {error.message}", error.remedy) from None


def check_settings(settled: Mapping[str, Setting]) -> None:
    """Raise LlmcostError for a setting that no command could use, naming its place."""
    _currency(settled["currency"])
    if settled["max_price_age_days"].value is not None:
        _days(settled["max_price_age_days"])
    _contract(settled)


def _contract(settled: Mapping[str, Setting]) -> Contract | None:
    discounts, commitments = settled["discounts"], settled["commitments"]
    if discounts.value is None and commitments.value is None:
        return None
    from llmcost.core.analysis.adjustments import parse_adjustments  # imported late: few have negotiated
    from llmcost.core.analysis.contract import Contract, parse_commitments

    found: list[Any] = []
    for setting, parse in ((discounts, parse_adjustments), (commitments, parse_commitments)):
        try:
            found.append(parse(_texts(setting)))
        except LlmcostError as error:
            raise LlmcostError(f"{setting.place or '--discount'}: {error.message}", error.remedy) from None
    return Contract(*found)


def ask_layers(source: PriceOptions, strict: bool = True) -> Layers:
    """Where settings come from, without the flags; not ``strict`` leaves problems in the project's document."""
    if source.no_config:
        if source.config is not None:
            raise LlmcostError("--config and --no-config contradict each other", "leave one of them out")
        return Layers(os.environ, None, None)
    path = project_config(source)
    return Layers(os.environ, None if path is None else _read(path, strict), _user_config())


def _read(path: Path, strict: bool = True) -> Config:
    from llmcost.project.config_file import read_config  # imported late: most folders have no config

    return read_config(path, strict)


def _user_config() -> Config | None:
    """The config of the person, where there is one; budgets in it are a project's matter."""
    path = user_folder() / USER_CONFIG
    if not path.is_file():
        return None
    found = _read(path)
    if found.budgets:
        raise LlmcostError(f"{path} holds budgets", "budgets belong into the llmcost.yaml of a project")
    return found


def user_folder() -> Path:
    """The person's folder of settings: XDG's on Linux, the system's own elsewhere."""
    if sys.platform == "linux":
        home = os.environ.get("XDG_CONFIG_HOME") or os.path.join(os.path.expanduser("~"), ".config")
        return Path(home) / "llmcost"
    from platformdirs import user_config_path  # imported late: only Windows and macOS need it

    return user_config_path("llmcost", appauthor=False)
