"""``llmcost check``: pass or fail against budgets."""

from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar

import typer

from llmcost.api.check import check as verdicts_on
from llmcost.cli.inputs.budgets import CaseOptions, ask_budgets, ask_cases, reason_of
from llmcost.cli.inputs.run import ask_run
from llmcost.cli.inputs.settings import ask_project_prices, ask_settings
from llmcost.cli.option_groups import TABLE, flag, with_options
from llmcost.cli.options import (
    AgreedPriceOptions,
    CurrencyCode,
    ReportOptions,
    SelectionOptions,
    ServingOptions,
    Supposed,
    Text,
    WorkloadName,
    WorkloadOptions,
)
from llmcost.cli.present import show_check, show_no_verdict, unknown_format
from llmcost.core.analysis.limit_units import LIMIT_UNITS
from llmcost.core.analysis.limits import RULES, Rule
from llmcost.errors import LlmcostError
from llmcost.reports.registry import CHECK_FORMATS


def _option(rule: Rule) -> Any:
    """The flag of a limit."""
    metavar = "|".join(LIMIT_UNITS[measure].metavar for measure in rule.takes)
    return Annotated[Text, typer.Option(flag(rule.short or rule.name), metavar=metavar, help=rule.help)]


LIMIT_OPTIONS = {rule.name: _option(rule) for rule in RULES.values()}


@dataclass(repr=False, eq=False, kw_only=True)
class LimitOptions:
    """The limits as flags; ``given`` has a value for each of ``RULES``."""

    HEADING: ClassVar[str] = "Budgets"

    given: dict[str, str | None] = field(default_factory=dict, metadata={TABLE: LIMIT_OPTIONS})
    baseline: Annotated[
        Text,
        typer.Option(
            metavar="FILE", help="A result of `llmcost compare -f json` for --max-increase and --max-decrease."
        ),
    ] = None
    warn_at: Annotated[Text, typer.Option(metavar="PCT", help="Warn above this part of the limits given as flags.")] = (
        None
    )


@with_options(WorkloadOptions, ServingOptions, SelectionOptions, AgreedPriceOptions, ReportOptions, LimitOptions)
def check(
    work: WorkloadOptions,
    serving: ServingOptions,
    choice: SelectionOptions,
    source: AgreedPriceOptions,
    out: ReportOptions,
    limits: LimitOptions,
    workload: WorkloadName = None,
    currency: CurrencyCode = None,
    adjust: Supposed = [],  # noqa: B006  # typer hands a list of its own to each run
    exit_zero: Annotated[
        bool, typer.Option("--exit-zero", help="End with 0 where a budget is broken; never where there is no verdict.")
    ] = False,
) -> int:
    """Pass or fail against budgets: those of llmcost.yaml, and those given as flags."""
    if out.form not in CHECK_FORMATS:
        raise unknown_format(out, CHECK_FORMATS)
    try:
        settings = ask_settings(work, choice, source, workload, currency, strict=False)
        run = ask_run(source, settings, ask_project_prices(source, settings, choice), adjust)
        budgets = ask_budgets(settings, limits.given, limits.baseline, limits.warn_at)
        options = CaseOptions(work, serving, choice, source, workload or settings.workload, settings.models)
        report = verdicts_on(ask_cases(budgets, options, run), run, settings.notes)
    except (LlmcostError, OSError) as error:
        show_no_verdict(reason_of(error, source), out)
        raise
    show_check(report, out)
    return 1 if report.failed and not exit_zero else 0
