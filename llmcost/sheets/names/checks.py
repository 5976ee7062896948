"""What must hold in a sheet of names beyond its shape."""

from __future__ import annotations

from collections.abc import Iterator

from llmcost.sheets.finding import Check, Finding, Sheet


def each_name_is_of_one_offer(sheet: Sheet) -> Iterator[Finding]:
    """A name stands for one offer only."""
    seen: set[str] = set()
    for number, offer in enumerate(sheet["offers"]):
        for place, name in enumerate(offer["names"]):
            if name in seen:
                yield Finding(
                    ("offers", number, "names", place), f'the name "{name}" is used twice', "keep one of them"
                )
            seen.add(name)


CHECKS: list[list[Check]] = [[each_name_is_of_one_offer]]
