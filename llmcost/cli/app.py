"""The typer application: its commands, and what becomes of every error."""

from __future__ import annotations

import os
from typing import Annotated, Any

import typer
import typer.core

from llmcost import __version__, late
from llmcost.cli import quoting
from llmcost.cli.console import flush, has_stdout, say, write
from llmcost.cli.help import Command, CommandGroup
from llmcost.cli.inputs.piped import forget_piped
from llmcost.errors import FileProblems, LlmcostError, of_system

# typer may carry click inside it or depend on it; this finds the class either way.
UsageFault: type[Exception] = next(each for each in typer.BadParameter.__mro__ if each.__name__ == "ClickException")

COMMANDS = (
    "compare",
    "price",
    "check",
    "diff",
    "breakeven",
    "measure",
    "usage",
    "reconcile",
    "models",
    "prices",
    "config",
    "schema",
    "init",
    "help",
)
"""Every command, each in a file of its own, in the order of the help."""


def _version(wanted: bool) -> None:
    if wanted:
        from llmcost.sheets.load import load_prices

        newest = load_prices().catalogue.newest_check
        write(f"llmcost {__version__} (newest price of {newest})\n", None)
        raise typer.Exit


START = """\
llmcost says what an LLM workload costs per month: on APIs, per token, and on your own accelerators.
  llmcost compare --input 2000 --output 500 --requests 1M   ranks the usual models
  llmcost price qwen3.6-plus --input 12000 --output 800     shows the arithmetic of one request
  llmcost models sonnet                                     lists what can be priced
  llmcost help                                              has the rest
"""


def llmcost(
    ctx: typer.Context,
    version: Annotated[  # noqa: ARG001 - what it does is in its callback
        bool,
        typer.Option(
            "--version", "-V", help="Show the version and the newest price check.", callback=_version, is_eager=True
        ),
    ] = False,
) -> None:
    """What an LLM workload costs per month: on APIs, per token, and on your own accelerators."""
    if ctx.invoked_subcommand is None:
        write(START, None)


def build_app(arguments: list[str]) -> typer.Typer:
    """The application for one command line: of a command that is named, only that one is imported, for speed."""
    named = next((each for each in arguments[:1] if each in COMMANDS), "")
    app = typer.Typer(
        name="llmcost",
        add_completion=not named,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
        cls=CommandGroup,
        invoke_without_command=True,
    )
    app.callback()(llmcost)
    for name in (named,) if named else COMMANDS:
        command = late.load(f"cli.commands.{name}", name)
        if isinstance(command, typer.Typer):
            app.add_typer(command, name=name)
        else:
            app.command(cls=Command)(command)
    return app


class PlainText:
    """Takes an option's value as it is.

    Every option here is text, a flag or a list of text, and is read where it is used. Typer would import pydantic,
    which takes as long as all the rest of a run, to see that text is text.
    """

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:  # noqa: ARG002 - typer gives it by name
        """The value; a list for an option that can be repeated."""
        return list(value or ()) if param.multiple or param.nargs == -1 else value


# Typer has no public way to say this; a typer without that name simply does its own reading.
if hasattr(typer.core, "build_runtime_param"):
    setattr(typer.core, "build_runtime_param", lambda _descriptor: PlainText())  # noqa: B010


def run(arguments: list[str]) -> int:
    """Run one command line and return its exit code."""
    if not has_stdout():
        say("llmcost: stdout is closed, so there is nowhere to write to\n  leave it open; -o FILE writes to a file")
        return 2
    quoting.typed.set(tuple(arguments))
    forget_piped()
    try:
        return _call(arguments)
    except FileProblems as found:
        problems = FileProblems(quoting.quotable(found.problems))
        say(f"{problems.message}\nllmcost: {problems.summary}")
        return 2
    except LlmcostError as error:
        return _refused(error)
    except UsageFault as fault:
        return _usage(fault)
    except (KeyboardInterrupt, BrokenPipeError):
        raise
    except OSError as error:
        return _refused(of_system(error))
    except Exception as bug:
        return tell_bug(bug)


def _call(arguments: list[str]) -> int:
    """The exit code of a command that comes to an end, be it its own or typer's."""
    try:
        result = build_app(arguments)(args=arguments, prog_name="llmcost", standalone_mode=False)
        flush()
        return result if isinstance(result, int) else 0
    except typer.Exit as stop:
        return stop.exit_code
    except typer.Abort:
        return 130
    except SystemExit as stop:
        # click ends a run whose reader has closed the pipe with 1, and nothing else with that
        return 141 if stop.code == 1 else stop.code if isinstance(stop.code, int) else 2


def _refused(error: LlmcostError) -> int:
    say(f"llmcost: {error.message}" + "".join(f"\n  {line}" for line in (error.remedy or "").splitlines()))
    return 2


def _usage(fault: Exception) -> int:
    message = str(getattr(fault, "format_message", lambda: str(fault))())
    context = getattr(fault, "ctx", None)
    if type(fault).__name__ == "NoArgsIsHelpError":
        say(message)
        return 2
    path = context.command_path if context is not None else "llmcost"
    option = getattr(fault, "option_name", None)
    if option is not None and type(fault).__name__ == "NoSuchOption":
        from llmcost.cli.near_misses import remedies

        said = remedies(option, getattr(fault, "possibilities", None), path)
        say("\n  ".join((f"llmcost: no such option: {option}", *said)))
        return 2
    say(f"llmcost: {message[:1].lower()}{message[1:].rstrip('.')}\n  see `{path} --help`")
    return 2


def tell_bug(bug: Exception) -> int:
    """Say that this program is at fault; its exit code."""
    if os.environ.get("LLMCOST_DEBUG"):
        import traceback

        say(traceback.format_exc())
    say(
        f"llmcost: internal error, {type(bug).__name__}: {bug}\n"
        "  this is a bug in llmcost, not in your input; set LLMCOST_DEBUG=1 to see where, and please report it"
    )
    return 70
