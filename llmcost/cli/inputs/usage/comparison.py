"""Compare what was really used: what does not go with it, which rows, and the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from llmcost.cli.inputs.offers import Selection, ask_filters, ask_offers
from llmcost.cli.inputs.run import check_changes
from llmcost.cli.inputs.usage.contract import notes_of_contract
from llmcost.cli.inputs.usage.files import shown
from llmcost.cli.inputs.usage.options import UsageOptions
from llmcost.cli.inputs.usage.source import UsageSource, ask_usage
from llmcost.cli.options import AgreedPriceOptions, SelectionOptions, ServingOptions, WorkloadOptions, many
from llmcost.core.analysis.report import ComparisonReport
from llmcost.core.quotes.notes import Note
from llmcost.core.workload.requests import Workload
from llmcost.core.workload.text import KINDS
from llmcost.errors import LlmcostError, at_flag
from llmcost.workloads.quantities import FLAGS

if TYPE_CHECKING:
    from llmcost.api.context import RunContext
    from llmcost.core.offers.catalogue import Catalogue
    from llmcost.core.offers.offer import Offer


@dataclass(repr=False, eq=False, kw_only=True)
class MovedUsageOptions(UsageOptions):
    """Which of what was used counts, and where it is moved."""

    from_usage: Annotated[
        bool, typer.Option("--from-usage", help="Compare what coding agents on this machine really used.")
    ] = False
    map: Annotated[
        list[str],
        typer.Option(
            metavar="MODEL=OFFER", help="Of real usage: move this model to that offer, the others stay (repeat)."
        ),
    ] = field(default_factory=many)

    @property
    def given(self) -> bool:
        """Whether any of it was said."""
        said = (self.map, self.since, self.until, self.skip_bad, self.table)
        return any(said) or self.timezone_name != "UTC"


class AskedUsage(NamedTuple):
    """What a comparison of usage is asked about: its paths, which part of it counts, which rows, what text it is of."""

    source: UsageSource
    counting: MovedUsageOptions
    choice: SelectionOptions
    baseline: str | None = None
    language: Sequence[str] = ()


def _kinds(texts: Sequence[str]) -> tuple[str, ...]:
    """The kinds of text that --language names, all of them without it. Raises LlmcostError for another."""
    kinds = tuple(dict.fromkeys(each.strip() for text in texts for each in text.split(","))) or KINDS
    for kind in kinds:
        if kind not in KINDS:
            raise LlmcostError(f'--language: "{kind}" is not known', f"write some of: {', '.join(KINDS)}")
    return kinds


def has_usage(options: MovedUsageOptions, paths: Sequence[str]) -> bool:
    """Whether real usage is compared. Raises LlmcostError for an option of it where there is none."""
    if options.from_usage and (paths or options.table):
        raise LlmcostError("--from-usage is what this machine's agents used", "name files or it, and not both")
    if paths or options.from_usage or options.table:
        return True
    if options.given:
        what = "--since, --until, --timezone, --skip-bad, --table and --map are of real usage"
        raise LlmcostError(what, "name its files or folders, or write --from-usage")
    return False


def check_alone(work: WorkloadOptions, serving: ServingOptions, others: dict[str, object]) -> None:
    """Raise LlmcostError for an option that says what is sent, which the usage says already."""
    said = {**{key: value for key, value in vars(work).items() if key != "given"}, **vars(serving)}
    del said["engine"], said["language"]  # here they are what adds up tables, and what text the usage is of
    flags = [FLAGS.get(key, f"--{key.replace('_', '-')}") for key, value in work.given.items() if value is not None]
    flags += [f"--{key.replace('_', '-')}" for key, value in said.items() if value not in (None, [])]
    flags += [name for name, value in others.items() if value]
    if flags:
        remedy = "write it as a workload first: llmcost usage PATH -o workload.yaml"
        raise LlmcostError(f"{flags[0]} does not go with real usage, which says what is sent", remedy)


def compare_used(
    run: RunContext, source: AgreedPriceOptions, asked: AskedUsage, said: Sequence[Note], *, own_days: bool
) -> tuple[ComparisonReport, Selection]:
    """The comparison of what was used, with what is said of it, and the offers that were asked about.

    ``source`` says what was agreed on; ``own_days``: each request at its own day's prices.
    """
    from llmcost.api.usage.comparison import AS_USED, MAPPED, UsageQuestion, compare_usage, plans_of
    from llmcost.api.usage.pricer import UsagePricer

    selection = Selection([], [], [], None)
    if not asked.choice.asked and (asked.choice.terms or asked.choice.caching):
        flag = "--terms" if asked.choice.terms else "--caching"
        remedy = "name offers with -m, or move each model: --map claude-opus-5-5=claude-opus-5-5+batch"
        raise LlmcostError(f"{flag} is of offers that are named, and none is", remedy)
    if asked.choice.asked:
        selection = ask_offers(run.catalogue, ask_filters(run.catalogue, asked.choice), run.day, frozenset({"chat"}))
    offers = selection.offers
    owned = [offer.name for offer in offers if offer.deployment is not None]
    moves = ask_moves(asked.counting.map, run.catalogue)
    owned += [offer.name for offer in moves.values() if offer.deployment is not None]
    if owned:
        remedy = "write it as a workload first: llmcost usage PATH -o workload.yaml, then llmcost compare workload.yaml"
        raise LlmcostError(f"{owned[0]} is sized by the load of a month, which real usage does not say", remedy)
    kinds = _kinds(asked.language)
    day = None if own_days else run.day
    pricer = UsagePricer(run.catalogue, run.currency or "USD", run.exchange_rates, day, run.contract)
    where = asked.source._replace(asked=(*offers, *moves.values()), kinds=kinds)
    used = ask_usage(where, asked.counting, run.day.day, pricer)
    plans = plans_of(pricer, used.records, offers=offers, moves=moves, elsewhere=not offers and not moves)
    known = [offer for plan in plans for offer in plan.offers.values() if not isinstance(offer, str)]
    check_changes(run, source, known, Workload(()))
    baseline = _row_meant(run.catalogue, asked.baseline, {plan.name: plan.row.name for plan in plans})
    question = UsageQuestion(_name(asked.source.paths), baseline, kinds)
    comparison = compare_usage(pricer, used.records, plans, question)
    first, last = used.span
    span = str(first) if first == last else f"{first} to {last}"
    when = "each request at the prices of its own day" if own_days else f"prices of {run.day}"
    how = [Note("usage-read", text) for text in (*used.said, *pricer.said)]
    how += [*notes_of_contract(run.contract)] if run.contract is not None else []
    if len(plans) == 1:
        models = len({(provider, model) for provider, model, *_ in plans[0].offers})
        what = "the model" if models == 1 else f"all {models} models"
        how.append(Note("usage-read", f"no other seller is known that has {what}: name offers with -m, or see --map"))
    report = ComparisonReport(
        command="compare",
        comparison=comparison,
        prices=run.catalogue.identity,
        said=(*said, *how, *selection.notes),
        named=(*selection.named, *(plan.row.name for plan in plans if plan.name in (AS_USED, MAPPED))),
        used=f"what was used {'on' if first == last else 'from'} {span}, {when}",
    )
    return report, selection


def ask_moves(texts: Sequence[str], catalogue: Catalogue) -> Mapping[str, Offer]:
    """The offers that models are moved to, by the name that the usage has: ``gpt-5=qwen3.6-plus``.

    Raises LlmcostError for a text that is none, and for two moves of one model.
    """
    moves: dict[str, Offer] = {}
    for text in (part for each in texts for part in each.split(",")):
        model, sign, selector = (part.strip() for part in text.partition("="))
        if not (model and sign and selector):
            raise LlmcostError(f'--map: "{text}" is no move', "write it like gpt-5=qwen3.6-plus")
        if model in moves:
            raise LlmcostError(f"--map: {model} is moved twice", "leave one of them out")
        with at_flag("--map"):
            moves[model] = catalogue.understand(selector).offer
    return moves


def _row_meant(catalogue: Catalogue, asked: str | None, named: Mapping[str, str]) -> str:
    """The row that is asked for by its name or by another of the offer; the first without. Raises LlmcostError.

    ``named`` are the rows by what they are called in the table.
    """
    rows = list(named.values())
    if asked is None or asked in rows:
        return asked or rows[0]
    if asked in named:
        return named[asked]
    with at_flag("--baseline"):
        meant = catalogue.understand(asked).offer.name
    if meant not in rows:
        raise LlmcostError(f"--baseline: {meant} is not compared", f"name one of: {', '.join(rows[:12])}")
    return meant


def _name(paths: Sequence[str]) -> str:
    return ", ".join(map(shown, paths)) if paths else "what was used"
