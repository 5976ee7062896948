"""Showing what a command found: the report on stdout or in a file, the talk on stderr, the exit code."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from llmcost import late
from llmcost.cli.console import DATA, is_terminal, say, screen_of, write
from llmcost.cli.options import OutputOptions, ReportOptions
from llmcost.cli.quoting import typed
from llmcost.errors import LlmcostError
from llmcost.reports.registry import CHECK_FORMATS, COMPARISON_FORMATS, FORMATS, Option, taking
from llmcost.reports.style import Style

if TYPE_CHECKING:
    from llmcost.cli.inputs.offers import Selection
    from llmcost.core.analysis.budget import CheckReport, NoVerdict
    from llmcost.core.analysis.report import ComparisonReport
    from llmcost.core.quotes.comparison import Comparison
    from llmcost.reports.views.view import View

MOST_NOTES = 5
"""Notes that are said where nobody asks for all."""


def check_format(options: OutputOptions, allowed: tuple[str, ...] = FORMATS) -> None:
    """Raise LlmcostError for a format there is not, or a dialect of csv without csv."""
    if options.form not in allowed:
        raise unknown_format(options, allowed)
    if options.no_header:
        check_takes(options.form, "header", "--no-header")
    if options.csv_dialect is None:
        return
    from llmcost.reports.formats.csv import DIALECTS

    if options.csv_dialect not in DIALECTS:
        known = ", ".join(DIALECTS)
        raise LlmcostError(f'--csv-dialect: "{options.csv_dialect}" is not known', f"write one of: {known}")
    check_takes(options.form, "dialect", "--csv-dialect")


def check_takes(form: str, option: Option, flag: str) -> None:
    """Raise LlmcostError for a flag that has no effect in a format."""
    if option not in COMPARISON_FORMATS[form].takes:
        *most, last = taking(option)
        known = f"{', '.join(most)} and {last}" if most else last
        raise LlmcostError(f"{flag} has no effect with {form}", f"it is for {known}")


def unknown_format(options: OutputOptions | ReportOptions, allowed: Iterable[str]) -> LlmcostError:
    """What is said of a format that a command does not write, whether -f names it or the file's ending."""
    named = f'--format: "{options.form}"' if options.format else f"{options.output_file}: {options.form}"
    return LlmcostError(f"{named} is not known here", f"write one of: {', '.join(allowed)}")


def style_of(options: OutputOptions, columns: Sequence[str] = (), *, wide: bool = False) -> Style:
    """How a report is to be written."""
    screen = screen_of(options.color, options.output_file) if options.form == "table" else DATA
    names = tuple(name.strip() for text in columns if text for name in text.split(","))
    dialect = options.csv_dialect or "unix"
    return Style(screen, names, wide, not options.no_header, dialect, command=_typed(options.form))


def _typed(form: str = "html") -> str:
    """The command line, for a page to name; "" where it is not a page that is written."""
    if form != "html":
        return ""
    import shlex

    return shlex.join(("llmcost", *typed.get()))


def show_view(view: View, options: OutputOptions) -> int:
    """Write a view and say what is said beside it; the exit code."""
    from llmcost.reports.formats.view import other_tables, render_view

    style = style_of(options)
    write(render_view(view, options.form, style), options.output_file, style.screen)
    others = other_tables(view, options.form)
    notes = [*view.warnings_in(options.form), *([others] if others is not None else [])]
    say_notes(notes, len(notes), options)
    return 0


def show(
    report: ComparisonReport,
    options: OutputOptions,
    columns: Sequence[str] = (),
    *,
    wide: bool = False,
    long: bool = False,
) -> None:
    """Write a comparison, and say what is said beside it."""
    style = style_of(options, columns, wide=wide)._replace(long=long)
    if wide and report.sweeps:
        raise LlmcostError("--wide has no effect with --vary", "leave out one of them")
    if long and (wide or report.sweeps or columns):
        raise LlmcostError("--long has columns of its own", "leave out --wide, --vary and --columns")
    asked: dict[Option, object] = {"wide": wide or long, "vary": report.sweeps, "columns": style.columns}
    for option, given in asked.items():
        if given:
            check_takes(options.form, option, "--long" if option == "wide" and long else f"--{option}")
    _write(report, options, style)
    if not options.quiet:
        from llmcost.reports.views.warnings import all_warnings, shown_warnings

        every = all_warnings(report)
        say_notes(every if options.verbose else shown_warnings(report, options.form), len(every), options)


def say_notes(notes: Sequence[str], every: int, options: OutputOptions | ReportOptions) -> None:
    """Say a handful of notes, the most urgent ones, or all where that is asked for, and how many more there are."""
    if options.quiet:
        return
    from llmcost.reports.views.warnings import urgency

    said = notes if options.verbose else sorted(notes, key=urgency)[:MOST_NOTES]
    for note in said:
        say(f"note: {note}")
    more = every - len(said)
    if more and len(notes) > len(said):
        say(f"note: and {more} more; -v says them all")


def verdict(compared: Comparison, selection: Selection, *, allow_unpriced: bool) -> int:
    """The exit code of a comparison: 2 where an offer that was named, or every one, has no full price."""
    if allow_unpriced:
        return 0
    quotes = {row.quote.offer.name: row.quote for row in compared.rows}
    unpriced = [name for name in selection.named if name in quotes and not quotes[name].complete]
    if unpriced:
        for name in unpriced:
            say(f"llmcost: no full price for {name}: {quotes[name].incomplete_reason}")
        say("  there is no verdict; --allow-unpriced accepts the gaps")
        return 2
    if not any(row.quote.complete for row in compared.compared):
        say(
            "llmcost: none of the offers could be priced in full\n"
            "  there is no verdict; choose others with -m, --all or --modality"
        )
        return 2
    return 0


def _write(report: ComparisonReport, options: OutputOptions, style: Style) -> None:
    form = COMPARISON_FORMATS[options.form]
    if form.binary and options.output_file is None and is_terminal():
        raise LlmcostError("a workbook is not for a terminal", "write it to a file with -o FILE")
    module = f"reports.formats.{form.module}"
    write(late.load(module, form.function)(report, style), options.output_file, style.screen)
    for name in late.load(module, form.left_out)(report) if form.left_out else ():
        say(f"note: {name} is left out, as it is not priced in full")


def show_check(report: CheckReport, options: ReportOptions) -> None:
    """Write the verdicts, and say what is said beside them."""
    form = CHECK_FORMATS[options.form]
    function = late.load(f"reports.formats.{form.module}", form.function)
    text = function(report, Style(command=_typed())) if form.styled else function(report)
    write(text, options.output_file, commands=form.commands)
    say_notes(report.warnings, len(report.warnings), options)
    if not form.says_sum:
        from llmcost.reports.views.verdicts import summary

        say(f"llmcost: {summary(report)}")


def show_no_verdict(reason: NoVerdict, options: ReportOptions) -> None:
    """Write why there is no verdict, in formats that have a place for it."""
    form = CHECK_FORMATS[options.form]
    if form.failure is None:
        return
    try:
        text = late.load(f"reports.formats.{form.module}", form.failure)(reason)
        write(text, options.output_file, commands=form.commands)
    except LlmcostError as error:
        say(f"llmcost: {error.message}")
