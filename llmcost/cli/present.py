"""Showing a comparison: the report on stdout or in a file, the talk on stderr, the exit code."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING

from llmcost import __version__
from llmcost.cli.console import DATA, is_terminal, say, screen_of, write
from llmcost.cli.inputs.offers import Selection
from llmcost.cli.options import OutputOptions, ReportOptions
from llmcost.core.analysis.report import ComparisonReport
from llmcost.core.offers.catalogue import Catalogue
from llmcost.core.quotes.comparison import Comparison
from llmcost.errors import LlmcostError
from llmcost.reports import COMPARISON_FORMATS, FORMATS, Option, taking
from llmcost.reports.style import Style

if TYPE_CHECKING:
    from llmcost.core.analysis.sensitivity import Sweep

MOST_NOTES = 12


def check_format(options: OutputOptions, allowed: tuple[str, ...] = FORMATS) -> None:
    """Raise LlmcostError for a format there is not, or a dialect of csv without csv."""
    if options.form not in allowed:
        raise unknown_format(options, allowed)
    if options.no_header:
        check_takes(options.form, "header", "--no-header")
    if options.csv_dialect is None:
        return
    from llmcost.reports.formats.csv import DIALECTS  # imported late: few runs name one

    if options.csv_dialect not in DIALECTS:
        known = ", ".join(DIALECTS)
        raise LlmcostError(f'--csv-dialect: "{options.csv_dialect}" is not known', f"write one of: {known}")
    check_takes(options.form, "dialect", "--csv-dialect")


def check_takes(form: str, option: Option, flag: str) -> None:
    """Raise LlmcostError for a flag that has no effect in a format."""
    if option not in COMPARISON_FORMATS[form].takes:
        *most, last = taking(option)
        known = f"{', '.join(most)} and {last}" if most else last
        raise LlmcostError(f"{flag} says nothing of {form}", f"it is for {known}")


def unknown_format(options: OutputOptions | ReportOptions, allowed: Iterable[str]) -> LlmcostError:
    """What is said of a format that a command does not write, whether -f names it or the file's ending."""
    named = f'--format: "{options.form}"' if options.format else f"{options.output_file}: {options.form}"
    return LlmcostError(f"{named} is not known here", f"write one of: {', '.join(allowed)}")


def show(
    command: str,
    comparison: Comparison,
    catalogue: Catalogue,
    selection: Selection,
    said: list[str],
    options: OutputOptions,
    *,
    columns: str | None = None,
    explain: bool = False,
    wide: bool = False,
    allow_unpriced: bool = False,
    sweeps: Sequence[Sweep] = (),
    judged: Comparison | None = None,
) -> int:
    """Write the comparison and return the exit code, which is about ``judged``; None means about what is shown."""
    notes = [*said, *selection.said, *notes_of(comparison)]
    result = ComparisonReport(
        command, comparison, __version__, catalogue.digest, catalogue.sources, tuple(notes), explain, tuple(sweeps)
    )
    names = tuple(name.strip() for name in columns.split(",")) if columns else ()
    if wide and sweeps:
        raise LlmcostError("--wide has no effect with --vary", "leave out one of them")
    asked: dict[Option, object] = {"wide": wide, "vary": sweeps, "columns": names}
    for option, given in asked.items():
        if given:
            check_takes(options.form, option, f"--{option}")
    _write(result, options, names, wide)
    shown = notes[:MOST_NOTES]
    for note in shown:
        say(f"note: {note}")
    if len(notes) > len(shown):
        where = "the result" if options.form == "json" else "-f json"
        say(f"note: {len(notes) - len(shown)} more notes; {where} has them all")
    rows = {row.quote.offer.name: row.quote for row in (judged or comparison).rows}
    open_names = [name for name in selection.named if name in rows and not rows[name].complete]
    if open_names and not allow_unpriced:
        for name in open_names:
            quote = rows[name]
            reason = quote.unserved or "; ".join(dict.fromkeys(gap.reason for gap in quote.gaps))
            say(f"llmcost: no full price for {name}: {reason}")
        say("  there is no verdict; --allow-unpriced accepts the gaps")
        return 2
    if not any(row.quote.complete for row in comparison.compared) and not allow_unpriced:
        say(
            "llmcost: none of the offers could be priced in full\n"
            "  there is no verdict; choose others with -m, --all or --modality"
        )
        return 2
    return 0


def _write(report: ComparisonReport, options: OutputOptions, names: tuple[str, ...], wide: bool) -> None:
    form = COMPARISON_FORMATS[options.form]
    if form.binary and options.output_file is None and is_terminal():
        raise LlmcostError("a workbook is not for a terminal", "write it to a file with -o FILE")
    module = import_module(f"llmcost.reports.formats.{form.module}")
    screen = screen_of(options.color, options.output_file) if options.form == "table" else DATA
    style = Style(screen, names, wide, not options.no_header, options.csv_dialect or "unix")
    write(getattr(module, form.function)(report, style), options.output_file, screen)
    for name in getattr(module, form.left_out)(report) if form.left_out else ():
        say(f"note: {name} is left out, as it is not priced in full")


def render_rows(table: object, options: OutputOptions) -> str:
    """A neutral table in one of the row-shaped formats."""
    from llmcost.reports.views.comparison import Table

    assert isinstance(table, Table)
    header = not options.no_header
    if options.form == "markdown":
        from llmcost.reports.formats.markdown import render_markdown

        return render_markdown(table, header)
    from llmcost.reports.formats.csv import DIALECTS, render_csv, render_tsv

    if options.form == "tsv":
        return render_tsv(table, header)
    return render_csv(table, header, DIALECTS[options.csv_dialect or "unix"])


def notes_of(comparison: Comparison) -> list[str]:
    """What is said beside a comparison: the exchange rates that were used, then the notes of its rows."""
    pairs = [(row.quote.offer.name, note) for row in comparison.rows for note in row.quote.notes]
    exchanges = dict.fromkeys(
        charge.exchange for row in comparison.rows for charge in row.quote.charges if charge.exchange is not None
    )
    from llmcost.reports.numbers import fixed

    converted = [
        f"converted at 1 {each.base} = {fixed(each.rate)} {each.quote} of {each.day}, {each.source}"
        for each in exchanges
    ]
    return [*converted, *group_notes(pairs)]


def group_notes(notes: Iterable[tuple[str, str]]) -> list[str]:
    """Notes on offers, each said once with the offers it is about."""
    about: dict[str, list[str]] = {}
    for offer, note in notes:
        about.setdefault(note, []).append(offer)
    lines = []
    for note, offers in about.items():
        shown = ", ".join(offers[:3]) + (f" and {len(offers) - 3} more" if len(offers) > 3 else "")
        lines.append(f"{shown}: {note}")
    return lines
