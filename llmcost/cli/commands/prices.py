"""``llmcost prices``: looking into price sheets and checking them."""

from pathlib import Path
from typing import Annotated

import typer

from llmcost.cli import completion as complete
from llmcost.cli.console import say, write, write_unnamed
from llmcost.cli.help import Command, CommandGroup
from llmcost.cli.inputs.prices import ask_day, ask_prices, lock_path
from llmcost.cli.inputs.settings import ask_price_paths
from llmcost.cli.option_groups import with_options
from llmcost.cli.options import OutputOptions, PriceOptions
from llmcost.cli.present import check_format, show_view
from llmcost.core.offers.offer import Offer
from llmcost.errors import LlmcostError

prices = typer.Typer(
    cls=CommandGroup, help="Look into price sheets and check them.", no_args_is_help=True, rich_markup_mode=None
)


@prices.command("show", cls=Command)
@with_options(PriceOptions, OutputOptions)
def show_prices(
    offer: Annotated[
        list[str],
        typer.Argument(
            metavar="OFFER", help="Offers: [seller/]model[@place]; * is a wildcard.", autocompletion=complete.offers
        ),
    ],
    source: PriceOptions,
    out: OutputOptions,
) -> int:
    """The whole price history of offers: rates, conditions, dates, sources and notes."""
    from llmcost.reports.views.history import history_view

    check_format(out)
    catalogue = ask_prices(source, ask_price_paths(source)).catalogue
    offers: dict[str, Offer] = {}
    for selector in offer:
        found = (
            catalogue.match(selector) if "*" in selector or "?" in selector else [catalogue.understand(selector).offer]
        )
        offers.update((f"{each.seller}/{each.id}@{each.place}", each) for each in found)
    if out.form != "table" and any(each.deployment for each in offers.values()):
        raise LlmcostError("self-hosted offers have no price of a token to show", "see `llmcost models self -f json`")
    return show_view(history_view(list(offers.values()), ask_day(source), catalogue.identity), out)


@prices.command("validate", cls=Command)
def validate(
    file: Annotated[
        list[str] | None,
        typer.Argument(metavar="FILE", help="Sheets or folders; the built-in ones when left out."),
    ] = None,
) -> int:
    """Check price sheets and report every problem with its place."""
    from llmcost.sheets.load import builtin_folder, load_prices, sheet_files
    from llmcost.sheets.read import read_sheets

    paths = [each for name in file for each in sheet_files(name)] if file else sheet_files(builtin_folder())
    described = load_prices().catalogue.self_hosting.accelerators.values() if file else ()
    sheets = read_sheets(paths, [name for each in described for name in each.names()])
    models = sum(len(sheet.get("models", ())) for sheet in sheets)
    weights = sum(sheet["kind"] == "open_weights" for sheet in sheets)
    plural = "" if len(sheets) == 1 else "s"
    what = f"{models} model{'' if models == 1 else 's'}" + (f", {weights} of open weights" if weights else "")
    write(f"{len(sheets)} sheet{plural}, {what}: no problems\n", None)
    return 0


@prices.command("drift", cls=Command)
@with_options(PriceOptions, OutputOptions)
def drift(
    source: PriceOptions,
    out: OutputOptions,
    name: Annotated[
        list[str] | None,
        typer.Argument(metavar="SOURCE", help="Public price tables; litellm and genai-prices when left out."),
    ] = None,
    file: Annotated[
        list[str] | None,
        typer.Option("--from", metavar="SOURCE[@DAY]=FILE", help="Read a table from a file, of that day (repeat)."),
    ] = None,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="End with 1 when a price differs or an offer is retired.")
    ] = False,
) -> int:
    """Our prices held against public tables: what is the same, what differs and whose figure is newer."""
    from llmcost.api.drift import drift as drift_of
    from llmcost.cli.inputs.sources import ask_files
    from llmcost.reports.views.drift import drift_view
    from llmcost.sheets.load import load_explanations

    check_format(out)
    day = ask_day(source)
    files = ask_files(name or (), file or (), str(day.day))
    paths = ask_price_paths(source)
    known = load_explanations(paths, builtin=not source.no_builtin_prices)
    report = drift_of(files, ask_prices(source, paths).catalogue, day, known)
    show_view(drift_view(report.found, report.on, report.prices), out)
    return 1 if exit_code and report.drifted else 0


@prices.command("update", cls=Command)
def update(
    name: Annotated[
        list[str] | None,
        typer.Argument(metavar="SOURCE", help="Public sources; litellm, genai-prices and ecb when left out."),
    ] = None,
    file: Annotated[
        list[str] | None,
        typer.Option("--from", metavar="SOURCE[@DAY]=FILE", help="Read a table from a file, of that day (repeat)."),
    ] = None,
    into: Annotated[
        str | None,
        typer.Option("--into", metavar="FOLDER", help="Write the sheets here, not into your own folder."),
    ] = None,
    accept: Annotated[bool, typer.Option("--accept", help="Take prices that moved by more than 4 times.")] = False,
    on: Annotated[str | None, typer.Option("--on", metavar="DATE", help="Day of the tables; default: today.")] = None,
) -> int:
    """Bring the offers that only public tables state up to date, without a new release."""
    from llmcost.api.update import update_prices
    from llmcost.cli.inputs.sources import USUAL, ask_files, ask_store
    from llmcost.reports.views.update import named, update_lines

    report = update_prices(
        ask_files(name or (), file or (), on, usual=USUAL if into else (*USUAL, "ecb")),
        store=ask_store(),
        into=Path(into) if into else None,
        accept=accept,
    )
    found = report.update
    counts = [
        (found.offers, "offers"),
        (len(found.added), "new"),
        (len(found.gone), "gone"),
        (found.same, "as before"),
    ]
    moved = [*map(str, found.changes), *named("new", found.added), *named("gone", found.gone)]
    lines = update_lines(moved, counts, report.left_out)
    write("\n".join([*lines, *([f"exchange rates of {report.rates_of}"] if report.rates_of else [])]) + "\n", None)
    say(f"llmcost: wrote {report.folder}")
    return 0


@prices.command("rollback", cls=Command)
def rollback() -> int:
    """Go back to the prices from before the last update."""
    from llmcost.cli.inputs.sources import ask_store
    from llmcost.sheets.store import only_writer, roll_back

    store = ask_store()
    with only_writer(store):
        say(f"llmcost: back to {roll_back(store)}")
    return 0


@prices.command("lock", cls=Command)
@with_options(PriceOptions)
def lock(source: PriceOptions) -> int:
    """Write llmcost.lock: a digest of every source, and the day; --frozen then refuses other prices."""
    from llmcost.sheets.lock import lock_of, lock_text

    if source.frozen:
        raise LlmcostError("--frozen refuses changes, and a lock is one", "leave out --frozen")
    paths = ask_price_paths(source)
    path = lock_path(source, new=True)
    found = lock_of(str(ask_day(source)), ask_prices(source, paths, fresh=True).layers, path.parent)
    write_unnamed(path, lock_text(found))
    say(f"llmcost: wrote {path}: {len(found.sources)} source{'' if len(found.sources) == 1 else 's'}, {found.on}")
    return 0
