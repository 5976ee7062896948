"""``llmcost diff``: what changed between two results, and why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from llmcost import __version__
from llmcost.cli.console import say, screen_of, write
from llmcost.cli.inputs.offers import ask_selection
from llmcost.cli.inputs.piped import piped
from llmcost.cli.inputs.prices import ask_day, ask_prices
from llmcost.cli.inputs.settings import RunSettings, ask_config, check_contract
from llmcost.cli.inputs.workload import ask_workload
from llmcost.cli.options import (
    CurrencyCode,
    OutputOptions,
    PriceOptions,
    SelectionOptions,
    ServingOptions,
    WorkloadOptions,
    with_options,
)
from llmcost.cli.present import check_format, render_rows
from llmcost.core.analysis.difference import difference
from llmcost.core.analysis.saved_result import SavedResult
from llmcost.errors import LlmcostError
from llmcost.project.saved_result import MAKE, read_result, result_of

STDIN = "-"
"""A side that is piped in: a result or a workload, as the other one is."""
RESULT, WORKLOAD, PRICES = "result", "workload", "prices"


@with_options(WorkloadOptions, ServingOptions, SelectionOptions, PriceOptions, OutputOptions)
def diff(
    work: WorkloadOptions,
    serving: ServingOptions,
    choice: SelectionOptions,
    source: PriceOptions,
    out: OutputOptions,
    base: Annotated[
        str | None,
        typer.Argument(
            metavar="BASE",
            help="A result of -f json, a workload file, or prices; - is stdin. With --to, the one workload.",
        ),
    ] = None,
    head: Annotated[
        str | None, typer.Argument(metavar="HEAD", help="What it is set against, of the same kind.")
    ] = None,
    to: Annotated[
        str | None, typer.Option(metavar="DATE", help="Set the prices of --on against those of this day.")
    ] = None,
    currency: CurrencyCode = None,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="End with 1 when anything changed, and with 0 when nothing did.")
    ] = False,
) -> int:
    """What changed between two results, and why: volume, mix, tier, price or exchange rate."""
    check_format(out)
    kind = _kind_of(base, head, to)
    if kind == RESULT:
        sides = (_result(str(base)), _result(str(head)))
    else:
        config = ask_config(work, choice, source, base if kind != PRICES else None, currency)
        run = _runner(work, serving, choice, config)
        (name, given, first), (other, later, second) = _computed(kind, base, head, to, source, config.workload)
        saved = run(name, given, first, config.currency)
        sides = (saved, run(other, later, second, saved.currency))
        for text in config.said:
            say(f"note: {text}")
    if sides[0].currency != sides[1].currency:
        raise LlmcostError(
            f"{sides[0].name} is in {sides[0].currency}, {sides[1].name} in {sides[1].currency}",
            "make one of them anew with --currency",
        )
    found = difference(*sides)
    from llmcost.reports.formats.json import document, dump_lines
    from llmcost.reports.views.difference import difference_data, difference_lines, difference_table

    if out.form == "table":
        screen = screen_of(out.color, out.output_file)
        write("\n".join(difference_lines(found)) + "\n", out.output_file, screen)
    elif out.form in ("json", "jsonl"):
        rows = difference_data(found)
        head_data: dict[str, Any] = {
            "on": sides[1].on,
            "currency": sides[1].currency,
            "complete": all(each.difference is not None for each in found.offers),
        }
        for side, each in zip(("base", "head"), sides, strict=True):
            head_data[side] = {"name": each.name, "on": each.on, "digest": each.digest}
        whole = document("diff", __version__, sides[1].digest, (), head_data, rows)
        write(dump_lines(rows) if out.form == "jsonl" else whole, out.output_file)
    else:
        write(render_rows(difference_table(found), out), out.output_file)
    return 1 if exit_code and found.changed else 0


Side = tuple[str, str | None, PriceOptions]
"""What one side is called, its workload, and its prices."""


def _computed(
    kind: str, base: str | None, head: str | None, to: str | None, source: PriceOptions, workload: str | None
) -> tuple[Side, Side]:
    """Both sides that are to be computed."""
    if kind == WORKLOAD:
        return (str(base), base, source), (str(head), head, source)
    if kind == PRICES:
        first, second = (replace(source, prices=[*source.prices, str(each)]) for each in (base, head))
        return (str(base), workload, first), (str(head), workload, second)
    later, given = replace(source, on=to), base or workload
    return (str(ask_day(source)), given, source), (str(ask_day(later)), given, later)


def _kind_of(base: str | None, head: str | None, to: str | None) -> str:
    """What is set against each other. Raises LlmcostError for a mixture."""
    if to is not None:
        if head is not None:
            raise LlmcostError("two dates are compared for one workload", "leave out HEAD, or --to")
        return "dates"
    if base is None or head is None:
        raise LlmcostError(
            "diff needs two sides",
            "give two results, two workload files or two price folders, or two dates with --on A --to B",
        )
    if base == head == STDIN:
        raise LlmcostError("both sides are stdin, which is read once", "name a file for one of them")
    kinds = [_kind(each) for each in (base, head) if each != STDIN]
    if len(kinds) == 1 and kinds[0] == PRICES:
        raise LlmcostError("price sheets are read from files, not from stdin", "name two files or folders")
    if kinds[0] != kinds[-1]:
        raise LlmcostError(f"{base} is of kind {kinds[0]} and {head} of kind {kinds[1]}", "give two of one kind")
    return kinds[0]


def _result(path: str) -> SavedResult:
    """A saved result, from a file or piped in."""
    if path != STDIN:
        return read_result(path)
    from llmcost.files.json import parse_json  # imported late: few pipe one in

    try:
        return result_of(parse_json(piped().decode("utf-8-sig")), "<stdin>")
    except ValueError:
        raise LlmcostError("<stdin> is not JSON", MAKE) from None


def _kind(path: str) -> str:
    if path.endswith((".json", ".JSON")):
        return RESULT
    if Path(path).is_dir():
        return PRICES
    from llmcost.files.yaml import read_yaml  # imported late: results need none of it

    document = read_yaml(Path(path))
    if document.root is None and not Path(path).exists():
        raise LlmcostError(f"cannot read {path}: no such file", "check the path")
    kind = document.root.entries.get("kind") if document.root is not None else None
    return WORKLOAD if kind is None or kind[1].text == "workload" else PRICES


def _runner(
    work: WorkloadOptions, serving: ServingOptions, choice: SelectionOptions, config: RunSettings
) -> Callable[[str, str | None, PriceOptions, str | None], SavedResult]:
    """A way to compute one side."""

    def run(name: str, given: str | None, source: PriceOptions, currency: str | None) -> SavedResult:
        from llmcost.api.compare import compare as compare_offers
        from llmcost.reports.formats.json import row_data

        prices, day = ask_prices(source), ask_day(source)
        asked, _ = ask_workload(work, prices.catalogue, given, serving=serving)
        selection = ask_selection(prices.catalogue, choice, asked, day)
        check_contract(source, config, prices.catalogue, selection.offers, asked)
        comparison = compare_offers(
            selection.offers,
            asked,
            day,
            currency=currency,
            exchange_rates=prices.exchange_rates,
            contract=config.contract,
        )
        rows = [row_data(row) for row in comparison.rows]
        head = {"schema_version": 1, "on": str(day), "currency": comparison.currency}
        return result_of({**head, "prices": {"digest": prices.catalogue.digest}, "rows": rows}, name)

    return run
