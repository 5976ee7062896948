"""What must hold in a sheet of explanations beyond its shape."""

from __future__ import annotations

from collections.abc import Iterator

from llmcost.core.values.rates import parse_rate
from llmcost.errors import LlmcostError
from llmcost.sheets.finding import Check, Finding, Sheet


def each_figure_is_a_rate(sheet: Sheet) -> Iterator[Finding]:
    """Figures are written as in price sheets."""
    for number, explanation in enumerate(sheet["explanations"]):
        for meter, text in explanation["theirs"].items():
            try:
                parse_rate(meter, text)
            except LlmcostError as error:
                yield Finding(("explanations", number, "theirs", meter), error.message, error.remedy or WRITTEN)


def each_offer_is_named_in_full(sheet: Sheet) -> Iterator[Finding]:
    """An explanation is of one offer at one place."""
    for number, explanation in enumerate(sheet["explanations"]):
        seller, _, rest = explanation["offer"].partition("/")
        if not seller or "@" not in rest:
            message = f'"{explanation["offer"]}" does not name one offer'
            yield Finding(("explanations", number, "offer"), message, "write seller/model@place")


def each_figure_is_explained_once(sheet: Sheet) -> Iterator[Finding]:
    """Of two explanations of one figure neither would be sure to be the reason."""
    seen: set[tuple[str, str, str, str]] = set()
    for number, explanation in enumerate(sheet["explanations"]):
        for meter in explanation["theirs"]:
            key = (explanation["offer"], explanation["table"], explanation.get("when", ""), meter)
            if key in seen:
                message = f"the {meter} of {explanation['offer']} in {explanation['table']} is explained twice"
                yield Finding(("explanations", number, "theirs", meter), message, "keep one of them")
            seen.add(key)


WRITTEN = "write it like 0.50 USD / 1M tokens"
CHECKS: list[list[Check]] = [
    [each_figure_is_a_rate, each_offer_is_named_in_full, each_figure_is_explained_once],
]
