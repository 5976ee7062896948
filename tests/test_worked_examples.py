"""Single requests priced exactly, each through a sheet with the rates its example states.

A sheet that has a context tier holds both sides of it, so what is tested is that the right side is chosen.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from support.arithmetic import evaluate

from llmcost import RequestGroup, Usage, Workload, quote
from llmcost.core.values.dates import parse_pricing_day
from llmcost.core.values.meters import COUNT_METERS
from llmcost.files.yaml import read_yaml
from llmcost.sheets.load import load_prices

FOLDER = Path(__file__).parent / "worked_examples"
ROOT = read_yaml(FOLDER / "cases.yaml").root
assert ROOT is not None
CASES: dict[str, dict[str, Any]] = ROOT.plain()


def test_every_example_has_its_sheet() -> None:
    """No example is without its sheet, and no sheet is left over."""
    assert CASES
    assert {path.stem for path in (FOLDER / "sheets").glob("*.yaml")} == set(CASES)


@pytest.mark.parametrize("name", CASES)
def test_example_is_priced_exactly(name: str) -> None:
    """The program's cost of the request is the expected figure, to the last digit, and nothing is left open."""
    case = CASES[name]
    given = {key: Fraction(value) for key, value in case["usage"].items()}
    counts = {key: given.pop(key) for key in list(given) if key in COUNT_METERS}
    group = RequestGroup(Usage(**given, counts=counts), options=tuple(sorted(case.get("options", {}).items())))
    catalogue = load_prices([FOLDER / "sheets" / f"{name}.yaml"], builtin=False).catalogue

    result = quote(catalogue.find(case["offer"]), Workload((group,)), parse_pricing_day(case["on"]))

    assert result.complete
    assert result.cost == Fraction(case["expected"])
    assert result.low is None


@pytest.mark.parametrize("name", CASES)
def test_the_written_sum_is_the_expected_figure(name: str) -> None:
    """The arithmetic that stands beside an example comes to its figure."""
    case = CASES[name]
    assert evaluate(case["sum"]) == Fraction(case["expected"])


EDGES = {"> ": 1, ">= ": 0}
TIERED = [
    (name, index)
    for name in CASES
    for index, variant in enumerate(
        (read_yaml(FOLDER / "sheets" / f"{name}.yaml").root.plain()["models"][0]["prices"][-1]).get("variants", [])  # type: ignore[union-attr]
    )
    if variant["when"].get("input_tokens") and "input" in variant["rates"]
]


@pytest.mark.parametrize(("name", "index"), TIERED)
def test_the_rate_changes_at_the_boundary_and_only_there(name: str, index: int) -> None:
    """From three tokens below a tier to three above it, each single token is billed on its own side, whole."""
    path = FOLDER / "sheets" / f"{name}.yaml"
    root = read_yaml(path).root
    assert root is not None
    model = root.plain()["models"][0]
    entry = model["prices"][-1]
    when = entry["variants"][index]["when"]
    sign, number = when["input_tokens"].split()
    first = int(number) + EDGES[f"{sign} "]
    same = {key: value for key, value in when.items() if key != "input_tokens"}
    below = next((each["rates"] for each in entry["variants"] if each["when"] == same), entry["rates"])
    offer = load_prices([path], builtin=False).catalogue.find(f"example-ai/{model['id']}")
    if when.get("terms"):
        offer = offer.on_terms(when["terms"])

    for tokens in range(first - 3, first + 4):
        rates = entry["variants"][index]["rates"] if tokens >= first else below
        amount = Fraction(rates["input"].split()[0]) * Fraction(entry.get("multiply", 1))
        result = quote(offer, Usage(input_tokens=tokens), parse_pricing_day("2026-11-23"))
        assert result.cost == tokens * amount / 1_000_000
