"""``llmcost compare``: the monthly cost of offers for one workload, ranked."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated

import typer

from llmcost.api.context import RunContext
from llmcost.cli import completion as complete
from llmcost.cli.inputs.offers import (
    DEFAULT_SET,
    Selection,
    ask_baseline,
    ask_filters,
    ask_months,
    ask_rows,
    ask_selection,
)
from llmcost.cli.inputs.run import ask_run, check_changes
from llmcost.cli.inputs.settings import ask_settings
from llmcost.cli.inputs.usage.comparison import (
    AskedUsage,
    MovedUsageOptions,
    check_alone,
    compare_used,
    has_usage,
)
from llmcost.cli.inputs.usage.options import ask_own_days
from llmcost.cli.inputs.usage.source import UsageSource
from llmcost.cli.inputs.words import ask_words
from llmcost.cli.inputs.workload import WorkloadInput, ask_workload
from llmcost.cli.option_groups import with_options
from llmcost.cli.options import (
    AgreedPriceOptions,
    CurrencyCode,
    OutputOptions,
    SelectionOptions,
    ServingOptions,
    Supposed,
    Text,
    Wide,
    WorkloadOptions,
    many,
)
from llmcost.cli.output_file import check_kept
from llmcost.cli.present import check_format, check_takes, show, verdict
from llmcost.core.analysis.report import ComparisonReport
from llmcost.core.quotes.comparison import SORTS, Comparison, arranged
from llmcost.core.quotes.notes import Note
from llmcost.core.workload.requests import Workload
from llmcost.errors import LlmcostError
from llmcost.reports.registry import COMPARISON_FORMATS

if TYPE_CHECKING:
    from llmcost.core.analysis.sensitivity import Sweep


WordList = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="WORKLOAD|OFFER",
        help="A workload (a file or a ready-made one) or files of usage, - for stdin; and offers, as with -m.",
        autocompletion=complete.words,
    ),
]


@dataclass(repr=False, eq=False, kw_only=True)
class RankingOptions:
    """What offers are set against, which of them are shown, and with what."""

    currency: CurrencyCode = None
    baseline: Annotated[
        Text,
        typer.Option(
            metavar="OFFER",
            help="The offer the others are set against; default: the first -m, else the cheapest.",
            autocompletion=complete.offers,
        ),
    ] = None
    sort: Annotated[
        str,
        typer.Option(metavar="KEY", help="cost, offer, seller, model or context.", autocompletion=complete.sorts),
    ] = "cost"
    top: Annotated[Text, typer.Option(metavar="N", help="Only the first rows.")] = None
    columns: Annotated[
        list[str],
        typer.Option(
            metavar="A,B,C",
            help="Columns of csv, tsv, markdown and xlsx, by comma or repeated; +A,+B adds to the usual ones.",
        ),
    ] = field(default_factory=many)
    months: Annotated[
        Text, typer.Option(metavar="N", help="Add up so many months, each with its growth and its prices.")
    ] = None
    vary: Annotated[
        list[str],
        typer.Option(metavar="KEY=A..B", help="Move one figure and show where offers cross, such as input=1k..300k."),
    ] = field(default_factory=many)
    adjust: Supposed = field(default_factory=many)
    wide: Wide = False
    long: Annotated[
        bool, typer.Option("--long", help="Of csv, tsv and markdown: a row for each month of --months.")
    ] = False
    all_rows: Annotated[
        bool, typer.Option("--all-rows", help="Show offers that cannot be ranked as well, each with the reason.")
    ] = False
    explain: Annotated[bool, typer.Option("--explain", help="Show the arithmetic of every row.")] = False
    allow_unpriced: Annotated[bool, typer.Option("--allow-unpriced", help="Accept gaps in named offers.")] = False


GROUPS = (WorkloadOptions, ServingOptions, SelectionOptions, MovedUsageOptions, AgreedPriceOptions, OutputOptions)
"""What ``compare`` takes beside how it ranks, in the order of its help."""


@with_options(*GROUPS, RankingOptions)
def compare(
    work: WorkloadOptions,
    serving: ServingOptions,
    choice: SelectionOptions,
    moved: MovedUsageOptions,
    source: AgreedPriceOptions,
    out: OutputOptions,
    ranking: RankingOptions,
    words: WordList = None,
) -> int:
    """Monthly cost of offers for one workload, ranked. Formats beside the usual: xlsx and focus."""
    _check(out, ranking)
    workload, choice, read, paths = ask_words(words or (), choice)
    if has_usage(moved, paths):
        check_alone(work, serving, {"a workload": workload, **_of_months(ranking)})
        used = AskedUsage(UsageSource(paths, serving.engine), moved, choice, ranking.baseline, work.language)
        return _of_usage(used, source, out, ranking, read)
    rows, months = ask_rows(ranking.top), ask_months(ranking.months)
    settings = ask_settings(work, choice, source, workload, ranking.currency)
    run = ask_run(source, settings, adjust=ranking.adjust)
    asked = ask_workload(work, run.catalogue, workload or settings.workload, countless=True, serving=serving)
    choice = ask_filters(run.catalogue, choice).over(settings.models)
    selection = ask_selection(run, choice, asked.workload, exactly=bool(settings.models))
    check_changes(run, source, selection.offers, asked.workload)
    comparison = _ranked(run, selection, asked.workload, ranking.baseline, months)
    report = ComparisonReport(
        "compare",
        arranged(comparison, ranking.sort, rows),
        run.catalogue.identity,
        said=(*settings.notes, *read, *asked.notes, *selection.notes, *_of_nothing(choice, asked.workload)),
        explain=ranking.explain,
        sweeps=_sweeps(ranking, asked, comparison, run, months),
        named=tuple(selection.named),
        all_rows=ranking.all_rows,
        per_thousand=asked.per_thousand,
        few=rows is None and selection.label is None and ranking.sort == "cost",
    )
    show(report, out, ranking.columns, wide=ranking.wide, long=ranking.long)
    return verdict(comparison, selection, allow_unpriced=ranking.allow_unpriced)


def _of_nothing(choice: SelectionOptions, workload: Workload) -> list[Note]:
    """What is said where something is compared that the workload gives nothing of."""
    notes = []
    groups = workload.groups
    cached = any(
        each.content is not None or each.usage.cache_read_input_tokens or each.usage.cache_creation_input_tokens
        for each in groups
    )
    if choice.caching and not cached:
        text = "no input is said to be found in a cache, so that caching changes nothing"
        notes.append(Note("nothing-cached", f"{text}: say it by --cache-read, or describe a conversation"))
    if any(
        each.mode == "thinking" and not each.usage.reasoning_output_tokens and each.content is None for each in groups
    ):
        text = "thinking alone adds no tokens: what it writes is part of --output, or said by --reasoning"
        notes.append(Note("no-reasoning", text))
    return notes


def _ranked(run: RunContext, selection: Selection, workload: Workload, asked: str | None, months: int) -> Comparison:
    """The offers ranked; of the default set, all that can serve where none of it does."""
    baseline = ask_baseline(run, asked, selection, workload)
    rank = run.compare_set if selection.label == DEFAULT_SET else run.compare
    return rank(selection.offers, workload, baseline=baseline, label=selection.label, months=months)


def _of_months(ranking: RankingOptions) -> dict[str, object]:
    """What only goes with a workload of a month."""
    return {"--months": ranking.months, "--vary": ranking.vary, "--adjust": ranking.adjust, "--long": ranking.long}


def _of_usage(
    asked: AskedUsage, source: AgreedPriceOptions, out: OutputOptions, ranking: RankingOptions, read: Sequence[Note]
) -> int:
    """Compare what was really used."""
    check_kept(out.output_file, asked.source.paths)
    source, own_days = ask_own_days(source)
    settings = ask_settings(WorkloadOptions(), asked.choice, source, "usage", ranking.currency)
    run = ask_run(source, settings)
    report, selection = compare_used(run, source, asked, (*settings.notes, *read), own_days=own_days)
    rows = ask_rows(ranking.top)
    report = report._replace(
        comparison=arranged(report.comparison, ranking.sort, rows), explain=ranking.explain, all_rows=ranking.all_rows
    )
    show(report, out, ranking.columns, wide=ranking.wide)
    return verdict(report.comparison, selection, allow_unpriced=ranking.allow_unpriced)


def _sweeps(
    ranking: RankingOptions, asked: WorkloadInput, comparison: Comparison, run: RunContext, months: int
) -> "tuple[Sweep, ...]":
    if not ranking.vary:
        return ()
    from llmcost.cli.inputs.ranges import ask_sweeps

    return ask_sweeps(ranking.vary, asked.build, comparison, run, months)


def _check(out: OutputOptions, ranking: RankingOptions) -> None:
    """Raise LlmcostError for a format or an order there is not."""
    check_format(out, tuple(COMPARISON_FORMATS))
    if ranking.explain:
        check_takes(out.form, "explain", "--explain")
    if ranking.sort not in SORTS:
        raise LlmcostError(f'--sort: "{ranking.sort}" is not known', f"write one of: {', '.join(SORTS)}")
