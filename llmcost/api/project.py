"""What a project's ``llmcost.yaml`` asks, without the environment, the person's own config, and flags."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from llmcost.api.check import case_of, check, with_age
from llmcost.api.context import RunContext, check_names
from llmcost.api.load import load_catalogue, load_workload
from llmcost.core.analysis.budget import Budget, CheckReport
from llmcost.core.values.dates import PricingDay, pricing_day
from llmcost.project.config_file import read_config
from llmcost.project.resolve import resolve, settings_of
from llmcost.project.settings import Layers


def load_budgets(config: str | Path = "llmcost.yaml") -> tuple[Budget, ...]:
    """The budgets of a project's config. Raises FileProblems with every problem found in it."""
    return read_config(Path(config)).budgets


def check_project(config: str | Path, on: date | PricingDay | str) -> CheckReport:
    """The verdicts on every budget of a project, with the prices, workload, models and contract that it names.

    Raises FileProblems for a config that is unsound, and LlmcostError where there can be no verdict.
    """
    project = read_config(Path(config))
    settings = settings_of(resolve(Layers({}, project, None), {}), project)
    catalogue = load_catalogue(*settings.prices)
    if settings.contract is not None:
        check_names(settings.contract, catalogue)
    run = RunContext(
        catalogue=catalogue,
        day=pricing_day(on),
        currency=settings.currency,
        exchange_rates=catalogue.exchange_rates,
        contract=settings.contract,
    )
    workload = None if settings.workload is None else load_workload(settings.workload, catalogue)
    budgets = [with_age(budget, settings.max_price_age_days) for budget in project.budgets]
    return check((case_of(budget, workload, settings.models, run) for budget in budgets), run)
