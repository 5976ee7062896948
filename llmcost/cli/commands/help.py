"""``llmcost help``: what a command takes."""

from typing import Annotated

import typer


def help(  # noqa: A001 - the command is called so
    command: Annotated[
        list[str] | None, typer.Argument(metavar="COMMAND", help="A command, such as compare or prices update.")
    ] = None,
) -> int:
    """What the program or a command takes, with examples; --help behind a command says the same."""
    from llmcost.cli.app import run

    return run([*(command or ()), "--help"])
