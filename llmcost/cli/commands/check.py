"""``llmcost check``: pass or fail against budgets."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import field, make_dataclass, replace
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer

from llmcost import __version__
from llmcost.cli.console import say, write
from llmcost.cli.inputs.offers import ask_adjustments, ask_selection
from llmcost.cli.inputs.prices import ask_day, project_config
from llmcost.cli.inputs.settings import RunSettings, ask_config, ask_project_prices, check_contract
from llmcost.cli.inputs.workload import ask_workload
from llmcost.cli.options import (
    CurrencyCode,
    PriceOptions,
    ReportOptions,
    SelectionOptions,
    ServingOptions,
    Supposed,
    WorkloadName,
    WorkloadOptions,
    with_options,
)
from llmcost.cli.present import notes_of, unknown_format
from llmcost.cli.quoting import quotable
from llmcost.core.analysis.budget import DAYS, MONEY, SHARE, Budget, CheckReport, NoVerdict, Verdict
from llmcost.core.analysis.limits import RULES
from llmcost.core.quotes.comparison import Comparison
from llmcost.core.workload.requests import Workload
from llmcost.errors import FileProblems, LlmcostError, Problem, of_system
from llmcost.project.config import CONFIG_NAME, named_from, root_of
from llmcost.reports import CHECK_FORMATS

METAVARS = {MONEY: "AMOUNT", SHARE: "PCT", DAYS: "DAYS"}


def _metavar(takes: tuple[str, ...]) -> str:
    return "|".join(METAVARS[each] for each in takes)


LimitOptions = make_dataclass(
    "LimitOptions",
    [
        (
            rule.name,
            Annotated[str | None, typer.Option(rule.option, metavar=_metavar(rule.takes), help=rule.help)],
            field(default=None),
        )
        for rule in RULES.values()
    ],
)
"""The limits as flags, one a rule."""
FLAGS = "command line"
"""The name of the budget that flags make."""


@with_options(WorkloadOptions, ServingOptions, SelectionOptions, PriceOptions, ReportOptions, LimitOptions)
def check(
    work: WorkloadOptions,
    serving: ServingOptions,
    choice: SelectionOptions,
    source: PriceOptions,
    out: ReportOptions,
    limits: LimitOptions,  # type: ignore[valid-type]  # its fields are the rules
    workload: WorkloadName = None,
    baseline: Annotated[
        str | None,
        typer.Option(
            metavar="FILE", help="A result of `llmcost compare -f json` for --max-increase and --max-decrease."
        ),
    ] = None,
    warn_at: Annotated[
        str | None, typer.Option(metavar="PCT", help="Warn above this part of the limits given as flags.")
    ] = None,
    currency: CurrencyCode = None,
    adjust: Supposed = None,
    exit_zero: Annotated[
        bool, typer.Option("--exit-zero", help="End with 0 where a budget is broken; never where there is no verdict.")
    ] = False,
) -> int:
    """Pass or fail against budgets: those of llmcost.yaml, and those given as flags."""
    form = out.form
    if form not in CHECK_FORMATS:
        raise unknown_format(out, CHECK_FORMATS)
    flags: dict[str, str | None] = dict(vars(limits))
    try:
        asked = partial(_budgets, flags=flags, baseline=baseline, warn_at=warn_at)
        checked = _checked(work, serving, choice, source, workload, currency, adjust or [], asked)
    except (LlmcostError, OSError) as error:
        _write_reason(error, source, out)
        raise
    _write(checked, out)
    return 1 if checked.failed and not exit_zero else 0


def _write(checked: CheckReport | NoVerdict, out: ReportOptions) -> None:
    """Write the report; what is to be said beside it goes to stderr."""
    form = CHECK_FORMATS[out.form]
    reports = import_module(f"llmcost.reports.formats.{form.module}")
    if isinstance(checked, NoVerdict):
        if form.failure is not None:
            write(getattr(reports, form.failure)(checked), out.output_file, commands=form.commands)
        return
    write(getattr(reports, form.function)(checked), out.output_file, commands=form.commands)
    for text in checked.warnings:
        say(f"note: {text}")
    if not form.says_sum:
        from llmcost.reports.views.verdicts import (
            summary,  # imported late: only machines' formats leave people without it
        )

        say(f"llmcost: {summary(checked)}")


def _write_reason(error: LlmcostError | OSError, source: PriceOptions, out: ReportOptions) -> None:
    """Write why there is no verdict, in formats that have a place for it."""
    found = of_system(error) if isinstance(error, OSError) else error
    config = project_config(source) or Path(CONFIG_NAME)
    if isinstance(found, FileProblems):
        problems = quotable(found.problems)
    else:
        file, line = found.place or (str(config) if config.exists() else "", 0)
        problems = [Problem(file, line, 1 if line else 0, found.message, found.remedy)]
    root = root_of(config)
    shown = [replace(each, file=each.file and named_from(root, os.path.abspath(each.file))) for each in problems]
    try:
        _write(NoVerdict(tuple(shown), __version__), out)
    except LlmcostError as other:
        say(f"llmcost: {other.message}")


def _checked(
    work: WorkloadOptions,
    serving: ServingOptions,
    choice: SelectionOptions,
    source: PriceOptions,
    workload: str | None,
    currency: str | None,
    adjust: list[str],
    asked_budgets: Callable[[RunSettings], list[Budget]],
) -> CheckReport:
    """The verdicts on every budget."""
    named = bool(choice.model or choice.all or choice.seller or choice.place)
    config = ask_config(work, choice, source, workload, currency, strict=False)
    prices = ask_project_prices(source, config, choice)
    budgets = asked_budgets(config)
    day = ask_day(source)
    said: dict[str, None] = dict.fromkeys(config.said)

    def asked_of(budget: Budget) -> Workload:
        given = budget.workload or workload or config.workload
        made, notes = ask_workload(work, prices.catalogue, given, serving=serving)
        said.update(dict.fromkeys(notes))
        return made

    def compared(asked: Workload, models: tuple[str, ...], code: str | None, spoken: bool) -> Comparison:
        from llmcost.api.compare import compare as compare_offers

        own = SelectionOptions(model=list(models)) if models else choice
        if asked.free.groups and not own.model and not named:
            raise LlmcostError(
                "nothing says which offers the budget is about", "name them with -m, or `models:` in llmcost.yaml"
            )
        if not asked.free.groups and not named and not models:
            own = SelectionOptions()
        selection = ask_selection(prices.catalogue, own, asked, day)
        check_contract(source, config, prices.catalogue, selection.offers, asked)
        if spoken:
            said.update(dict.fromkeys(selection.said))
        comparison = compare_offers(
            selection.offers,
            asked,
            day,
            currency=code,
            exchange_rates=prices.exchange_rates,
            adjustments=ask_adjustments(adjust, selection.offers, asked),
            contract=config.contract,
        )
        if not spoken:
            said.update(dict.fromkeys(_left_out(comparison, selection.named)))
        return comparison

    verdicts: list[Verdict] = []
    comparisons: list[Comparison] = []
    for budget in budgets:
        try:
            found, comparison = _judged(budget, asked_of(budget), config.currency, compared)
        except LlmcostError as error:
            if budget.line is not None and config.project is not None:
                error.place = str(config.project.path), budget.line
            raise
        verdicts += found
        comparisons.append(comparison)
        said.update(dict.fromkeys(notes_of(comparison)))
    catalogue = prices.catalogue
    return CheckReport(
        tuple(verdicts), tuple(comparisons), __version__, catalogue.digest, catalogue.sources, tuple(said)
    )


def _budgets(
    config: RunSettings, flags: dict[str, str | None], baseline: str | None, warn_at: str | None
) -> list[Budget]:
    """The budgets of the project and of the flags, each with the project's limit on the age of prices."""
    from llmcost.core.values.numerals import parse_share
    from llmcost.project.budgets import parse_limit

    limits = []
    for kind, text in flags.items():
        if text is not None:
            limits.append(_parsed(_flag(kind), partial(parse_limit, kind, text, config.currency)))
    warn = None if warn_at is None else _parsed("--warn-at", lambda: parse_share(warn_at))
    from_baseline = [kind for kind, rule in RULES.items() if rule.baseline]
    counted = [_flag(kind) for kind in from_baseline if flags[kind] is not None]
    if counted and baseline is None:
        raise LlmcostError(f"{counted[0]} is counted from a baseline", "give a result with --baseline FILE")
    if baseline is not None and not counted:
        known = " or ".join(map(_flag, from_baseline))
        raise LlmcostError(f"--baseline says nothing without {known}", "give the most that a month may change")
    budgets = list(config.project.budgets) if config.project is not None else []
    if limits:
        budgets.append(Budget(FLAGS, tuple(limits), baseline=baseline, warn_at=warn))
    if not budgets:
        found = config.project
        where = "no llmcost.yaml is in this folder or above it" if found is None else f"{found.path} holds none"
        raise LlmcostError(
            f"there is no budget to check: {where}",
            f"add `budgets:` to llmcost.yaml, name another with --config, or give one of: {', '.join(FLAG_NAMES)}",
        )
    age = config.max_price_age_days
    if age is None:
        return budgets
    return [
        budget
        if any(limit.kind == "max_price_age_days" for limit in budget.limits)
        else budget._replace(limits=(*budget.limits, parse_limit("max_price_age_days", str(age))))
        for budget in budgets
    ]


def _flag(kind: str) -> str:
    return RULES[kind].option


FLAG_NAMES = tuple(map(_flag, RULES))


def _parsed(flag: str, parse: Callable[[], Any]) -> Any:
    try:
        return parse()
    except LlmcostError as error:
        raise LlmcostError(f"{flag}: {error.message}", error.remedy) from None


def _left_out(alternatives: Comparison, named: list[str]) -> list[str]:
    """What is said of alternatives without a full price. Raises LlmcostError for one that was named itself."""
    notes = []
    for row in alternatives.rows:
        quote = row.quote
        if quote.complete:
            continue
        reason = quote.unserved or "; ".join(dict.fromkeys(gap.reason for gap in quote.gaps))
        if quote.offer.name in named:
            raise LlmcostError(
                f"no full price for the alternative {quote.offer.name}: {reason}", "take it out of `alternatives:`"
            )
        notes.append(f"{quote.offer.name} is no alternative: {reason}")
    return notes


def _judged(
    budget: Budget,
    asked: Workload,
    currency: str | None,
    compared: Callable[[Workload, tuple[str, ...], str | None, bool], Comparison],
) -> tuple[list[Verdict], Comparison]:
    from llmcost.project.judge import judge
    from llmcost.project.saved_result import read_result

    comparison = compared(asked, budget.models, currency, True)
    saved = None if budget.baseline is None else read_result(budget.baseline, budget.folder)
    others = compared(asked, budget.alternatives, comparison.currency, False) if budget.alternatives else None
    return judge(budget, comparison, saved, others), comparison
