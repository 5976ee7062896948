"""What must hold in a sheet of exchange rates beyond its shape."""

from __future__ import annotations

from collections.abc import Iterator

from llmcost.sheets.finding import Check, Finding, Sheet


def rates_are_of_other_currencies(sheet: Sheet) -> Iterator[Finding]:
    """An exchange sheet gives no rate for its own base."""
    for day, rates in sheet["rates"].items():
        if sheet["base"] in rates:
            place = ("rates", day, sheet["base"])
            yield Finding(place, f"{sheet['base']} is the base of these rates", "remove it", at_key=True)


CHECKS: list[list[Check]] = [[rates_are_of_other_currencies]]
