"""From options and the project's config to budgets, and to what each of them is judged on."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from llmcost.api.check import BudgetCase, about, with_age
from llmcost.api.context import RunContext
from llmcost.cli.inputs.offers import Selection, ask_selection
from llmcost.cli.inputs.prices import project_config
from llmcost.cli.inputs.run import check_changes
from llmcost.cli.inputs.workload import ask_workload
from llmcost.cli.option_groups import flag
from llmcost.cli.options import AgreedPriceOptions, SelectionOptions, ServingOptions, WorkloadOptions
from llmcost.cli.quoting import quotable
from llmcost.core.analysis.budget import Budget, NoVerdict
from llmcost.core.analysis.limits import RULES, parse_limit
from llmcost.core.workload.requests import Workload
from llmcost.errors import FileProblems, LlmcostError, Problem, at_flag, of_system
from llmcost.project.config import CONFIG_NAME, named_from, root_of
from llmcost.project.saved_result import read_result
from llmcost.project.settings import Settings

COMMAND_LINE = "command line"
"""The name of the budget that flags make."""
FLAG_NAMES = tuple(flag(rule.short or rule.name) for rule in RULES.values())


def ask_budgets(
    settings: Settings, limits: Mapping[str, str | None], baseline: str | None, warn_at: str | None
) -> list[Budget]:
    """The budgets of the project and of the flags, each with the project's limit on the age of prices."""
    budgets = list(settings.project.budgets) if settings.project is not None else []
    budgets += _of_flags(settings, limits, baseline, warn_at)
    if not budgets:
        found = settings.project
        where = "no llmcost.yaml is in this folder or above it" if found is None else f"{found.path} holds none"
        raise LlmcostError(
            f"there is no budget to check: {where}",
            f"add `budgets:` to llmcost.yaml, name another with --config, or give one of: {', '.join(FLAG_NAMES)}",
        )
    return [with_age(budget, settings.max_price_age_days) for budget in budgets]


def _of_flags(
    settings: Settings, given: Mapping[str, str | None], baseline: str | None, warn_at: str | None
) -> list[Budget]:
    """The budget that flags make; none where they limit nothing."""
    from llmcost.core.values.numerals import parse_share

    limits = []
    for kind, text in given.items():
        if text is not None:
            with at_flag(flag(RULES[kind].short or kind)):
                limits.append(parse_limit(kind, text, settings.currency))
    warn = None
    if warn_at is not None:
        with at_flag("--warn-at"):
            warn = parse_share(warn_at)
    _check_baseline(given, baseline)
    return [Budget(COMMAND_LINE, tuple(limits), baseline=baseline, warn_at=warn)] if limits else []


def _check_baseline(given: Mapping[str, str | None], baseline: str | None) -> None:
    """Raise LlmcostError for a limit that is counted from a baseline without one, and for the reverse."""
    from_baseline = [flag(rule.short or rule.name) for rule in RULES.values() if rule.baseline]
    counted = [
        flag(rule.short or rule.name) for rule in RULES.values() if rule.baseline and given[rule.name] is not None
    ]
    if counted and baseline is None:
        raise LlmcostError(f"{counted[0]} is counted from a baseline", "give a result with --baseline FILE")
    if baseline is not None and not counted:
        known = " or ".join(from_baseline)
        raise LlmcostError(f"--baseline says nothing without {known}", "give the most that a month may change")


class CaseOptions(NamedTuple):
    """What the command line says of every budget alike; ``models`` are those of the settings."""

    work: WorkloadOptions
    serving: ServingOptions
    choice: SelectionOptions
    source: AgreedPriceOptions
    workload: str | None
    models: tuple[str, ...]


def ask_cases(budgets: Iterable[Budget], options: CaseOptions, run: RunContext) -> Iterator[BudgetCase]:
    """Each budget with its workload, its offers and what they are set against, read one after the other."""
    for budget in budgets:
        with about(budget):
            case = _case(budget, options, run)
        yield case


def _case(budget: Budget, options: CaseOptions, run: RunContext) -> BudgetCase:
    given = budget.workload or options.workload
    workload, notes, *_ = ask_workload(options.work, run.catalogue, given, serving=options.serving)
    selection = _selection(budget.models, workload, options, run)
    baseline = None if budget.baseline is None else read_result(budget.baseline, budget.path)
    others = _selection(budget.alternatives, workload, options, run) if budget.alternatives else None
    return BudgetCase(
        budget=budget,
        workload=workload,
        offers=tuple(selection.offers),
        baseline=baseline,
        alternatives=None if others is None else tuple(others.offers),
        named=() if others is None else tuple(others.named),
        notes=(*notes, *selection.notes),
    )


def _selection(models: tuple[str, ...], workload: Workload, options: CaseOptions, run: RunContext) -> Selection:
    """The offers that a budget is about: its own, else those of the command line, else those of the settings."""
    choice = options.choice
    named = bool(choice.model or choice.all or choice.seller or choice.place)
    if models:
        choice = SelectionOptions(model=list(models))
    elif workload.free.groups:
        choice = choice.over(options.models)
        if not choice.model and not named:
            raise LlmcostError(
                "nothing says which offers the budget is about", "name them with -m, or `models:` in llmcost.yaml"
            )
    elif not named:
        choice = SelectionOptions()
    selection = ask_selection(run, choice, workload, exactly=True)
    check_changes(run, options.source, selection.offers, workload)
    return selection


def reason_of(error: LlmcostError | OSError, source: AgreedPriceOptions) -> NoVerdict:
    """Why there is no verdict, each problem with its file as reviews name it."""
    found = of_system(error) if isinstance(error, OSError) else error
    config = project_config(source) or Path(CONFIG_NAME)
    if isinstance(found, FileProblems):
        problems = quotable(found.problems)
    else:
        file, line = found.place or (str(config) if config.exists() else "", 0)
        problems = [Problem(file, line, 1 if line else 0, found.message, found.remedy)]
    root = root_of(config)
    shown = [each._replace(file=each.file and named_from(root, os.path.abspath(each.file))) for each in problems]
    return NoVerdict(tuple(shown))
