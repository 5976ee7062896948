"""Options of real usage: which of it counts, and what adds it up."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, ClassVar, TypeVar

import typer

from llmcost.cli.options import PriceOptions, Text

OWN_DAY = "used"
"""What --on says for the prices of each request's own day, where something else says a day."""


@dataclass(repr=False, eq=False, kw_only=True)
class UsageOptions:
    """Which of what was used counts."""

    HEADING: ClassVar[str] = "Real usage"

    since: Annotated[Text, typer.Option(metavar="DATE", help="The first day that counts, of real usage.")] = None
    until: Annotated[Text, typer.Option(metavar="DATE", help="The last day that counts, of real usage.")] = None
    timezone_name: Annotated[
        str, typer.Option("--timezone", metavar="ZONE", help="Whose days and hours, such as Europe/Berlin.")
    ] = "UTC"
    skip_bad: Annotated[bool, typer.Option("--skip-bad", help="Count rows that cannot be read, and go on.")] = False
    table: Annotated[Text, typer.Option(metavar="NAME", help="A table that the engine has, in place of files.")] = None


@dataclass(repr=False, eq=False, kw_only=True)
class UsageEngineOptions(UsageOptions):
    """Which of what was used counts, and what adds it up."""

    engine: Annotated[
        Text,
        typer.Option(metavar="NAME", help="Add up tables where they are: duckdb (files; usual for Parquet) or spark."),
    ] = None


Prices = TypeVar("Prices", bound=PriceOptions)


def ask_own_days(source: Prices) -> tuple[Prices, bool]:
    """Whether each request has the prices of its own day, as where nobody says another; and the options without it."""
    if source.on == OWN_DAY and not source.frozen:
        return replace(source, on=None), True
    return source, source.on is None and not source.frozen
