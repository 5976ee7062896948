"""Explanations from the sheets that hold them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from llmcost.core.analysis.drift import Explanation
from llmcost.core.values.dates import parse_day
from llmcost.core.values.rates import parse_rate


def build_explanations(sheets: Iterable[Any]) -> Iterator[Explanation]:
    """Each explained figure of sound sheets."""
    for sheet in sheets:
        for each in sheet["explanations"]:
            for meter, text in each["theirs"].items():
                yield Explanation(
                    offer=each["offer"],
                    source=each["table"],
                    condition=each.get("when", ""),
                    meter=meter,
                    theirs=str(parse_rate(meter, text)),
                    why=each["why"],
                    page=each["source"],
                    checked_on=parse_day(each["checked_on"]),
                )
