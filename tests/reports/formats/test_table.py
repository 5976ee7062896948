"""The table for people: money is never cut, data is harmless, and plain characters are enough."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.examples import examples
from support.running import Run, on_sheet

from llmcost import RequestGroup, Usage, Workload, compare
from llmcost.core.analysis.report import ComparisonReport
from llmcost.core.offers.catalogue import Catalogue
from llmcost.core.offers.price_identity import PriceIdentity
from llmcost.core.quotes.comparison import Comparison
from llmcost.core.values.dates import parse_pricing_day
from llmcost.core.values.money import ExchangeRates
from llmcost.reports.formats.plain_table import render_plain_table
from llmcost.reports.formats.table import render_table
from llmcost.reports.numbers import places_for, shown_money
from llmcost.reports.style import Screen
from llmcost.reports.views.comparison import Table

ON = parse_pricing_day("2026-09-15")


def result(comparison: Comparison, explain: bool = False) -> ComparisonReport:
    identity = PriceIdentity("sha256:0", ("small",))
    return ComparisonReport("compare", comparison, identity, explain=explain, all_rows=True)


def world(small: Catalogue, rates: ExchangeRates, requests: int) -> Comparison:
    group = RequestGroup(Usage(input_tokens=2000, output_tokens=500, counts={"web_searches": 1}), requests)
    return compare(small.offers(), Workload((group,)), ON, exchange_rates=rates)


def test_money_is_never_cut(small: Catalogue, small_rates: ExchangeRates) -> None:
    """At every width from 20 to 200 each figure stands in full on one line."""
    comparison = world(small, small_rates, 987_654_321)
    figures = [row.quote.cost for row in comparison.rows if row.quote.charges]
    places = places_for(figures)
    for width in range(20, 201):
        text = render_table(result(comparison), Screen(width))
        for figure in figures:
            assert any(shown_money(figure, places) in line for line in text.splitlines()), width
        for row in comparison.rows:
            assert row.quote.offer.name[:12] in text, width


@pytest.mark.parametrize("width", [40, 60, 80, 100, 200])
def test_table_lines_fit_the_width(small: Catalogue, small_rates: ExchangeRates, width: int) -> None:
    """Rows of the table are no wider than the screen."""
    text = render_table(result(world(small, small_rates, 1000)), Screen(width))
    table = text.split("\n\n")[1].splitlines()

    assert all(len(line) <= width for line in table if not line.startswith("  "))


@examples(0.6)
@given(width=st.integers(20, 200), requests=st.integers(1, 10**15))
def test_any_figure_survives_any_width(width: int, requests: int) -> None:
    """Whatever the width and the size of the bill, the total is printed in full."""
    from conftest import SMALL

    from llmcost.sheets.load import load_prices

    offer = load_prices([SMALL], builtin=False).catalogue.find("example-small")
    comparison = compare([offer], Workload.of(Usage(input_tokens=1, output_tokens=1), requests), ON)
    cost = comparison.rows[0].quote.cost

    assert shown_money(cost, places_for([cost])) in render_table(result(comparison), Screen(width))


def test_bars_grow_with_the_cost(small: Catalogue) -> None:
    """The dearest row has the longest bar and a row at a tenth of it a tenth of the bar."""
    offers = [small.find("example-small"), small.find("example-large")]
    comparison = compare(offers, Workload.of(Usage(input_tokens=1000), 1000), ON)
    lines = [
        line
        for line in render_table(result(comparison), Screen(100)).splitlines()
        if "example-ai/" in line and "█" in line
    ]

    assert [line.count("█") for line in lines] == [3, 24]


def test_plain_characters_where_the_encoding_has_no_others(small: Catalogue, small_rates: ExchangeRates) -> None:
    """In ASCII the bar is made of #, and the bound of >=."""
    text = render_table(result(world(small, small_rates, 1000), explain=True), Screen(100, False, "ascii"))

    assert text.isascii()
    assert ">= " in text
    assert "##" in text


def test_colour_only_when_asked(small: Catalogue) -> None:
    """Without colour there is no escape sequence; with it the figures are still whole."""
    comparison = compare([small.find("example-small")], Workload.of(Usage(input_tokens=1000), 10**9), ON)

    assert "\x1b" not in render_table(result(comparison), Screen(80))
    coloured = render_table(result(comparison), Screen(80, True))
    assert "\x1b[" in coloured
    assert "500,000.00" in coloured


def test_small_costs_are_not_shown_as_nothing(small: Catalogue) -> None:
    """A cost of half a millionth shows its digits instead of 0.00."""
    comparison = compare([small.find("example-small")], Usage(input_tokens=1), ON)

    assert "0.00000050" in render_table(result(comparison), Screen(80))


def test_markup_in_data_is_printed_as_written() -> None:
    """Brackets and emoji codes in a cell are text, not markup."""
    table = Table(("offer", "note"), (("[red]x[/]", ":smile: [/qwen]"),))

    assert "[red]x[/]" in render_plain_table(table, Screen(80, True))
    assert ":smile: [/qwen]" in render_plain_table(table, Screen(80, True))


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        (Fraction(12345678, 10), 2, "1,234,567.80"),
        (Fraction(5, 1000), 2, "0.00"),
        (Fraction(15, 1000), 2, "0.02"),
        (Fraction(25, 1000), 2, "0.02"),
        (Fraction(-3, 2), 2, "-1.50"),
        (Fraction(1, 3), 4, "0.3333"),
    ],
)
def test_money_for_people_is_rounded_half_even(value: Fraction, places: int, text: str) -> None:
    """Rounding happens at the display only, half to even."""
    assert shown_money(value, places) == text


def test_the_verdict_leaves_out_what_is_in_doubt(llmcost_small: Run) -> None:
    """A cheaper offer that may not take the request is named below the verdict; where all may not, there is none."""
    ask = ("--requests", "1000", "--input", "9000", "--currency", "USD")
    both = llmcost_small("compare", "-m", "night-search", "-m", "example-large", "--baseline", "night-search", *ask).out
    alone = llmcost_small("compare", "-m", "night-search", "-m", "night-riddle", *ask).out

    assert "Cheapest: example-ai/example-large-2026@global\nNot counted" in both
    assert "as a doubt is left: night-cloud/night-search@cn" in both
    assert "night-cloud/night-search@cn: in doubt: its context window is not stated" in both
    assert "Cheapest" not in alone


def test_what_cannot_be_ranked_is_one_line_with_its_reasons(llmcost: Run, tmp_path: Path) -> None:
    """Rows without a full price stand below nobody's: they are counted by reason, and shown where that is asked for."""
    rates = [
        "{input: 1 USD / 1M tokens}",
        "{output: 1 USD / 1M tokens}",
        *["{input: 1 USD / 1M tokens, output: = input}"] * 3,
    ]
    sheet = "kind: api\nseller: shop\nname: Shop\ndefault_place: here\nmodels:\n"
    for number, each in enumerate(rates):
        page = "checked_on: 2026-09-01, source: https://shop.example"
        ends = ", withdrawn_on: 2026-09-10" if number == 4 else ""
        sheet += f"  - id: model{number}\n    prices: [{{{page}, rates: {each}{ends}}}]\n"
    shop = on_sheet(llmcost, tmp_path, sheet)
    ask = ("compare", "--all", "--requests", "1k", "--input", "1k", "--output", "1k")
    ran = shop(*ask)
    assert ran.code == 0, ran.err
    assert [line.split()[1] for line in ran.out.splitlines() if "shop/model" in line and "  " in line] == [
        "shop/model2@here",
        "shop/model3@here",
    ]
    reasons = "1 without a rate for output, 1 without a rate for input, 1 withdrawn"
    assert f"Not ranked: 3 of 5 offers ({reasons}); see --all-rows" in ran.out
    whole = shop(*ask, "--all-rows").out
    assert "Not ranked" not in whole
    assert "shop/model4@here: withdrawn on 2026-09-10" in whole


def test_one_flag_that_answers_most_rows_is_the_first_advice(llmcost: Run, tmp_path: Path) -> None:
    """Two of three offers count an image by its size: the flag is named before the reasons."""
    sheet = "kind: api\nseller: shop\nname: Shop\ndefault_place: here\nmodels:\n"
    price = "{checked_on: 2026-09-01, source: https://shop.example, rates: {input: 1 USD / 1M tokens, image_input: = input}}"
    for number in (1, 2):
        sheet += (
            f"  - id: sized{number}\n    modalities: {{input: [text, image], output: [text]}}\n    prices: [{price}]\n"
        )
    by_piece = price.replace("image_input: = input", "images: 1 USD / image")
    sheet += f"  - id: piece\n    prices: [{by_piece}]\n"
    tokens = "kind: tokens\nmedia:\n  - {id: seen, models: [sized1, sized2], checked_on: 2026-09-01, source: https://shop.example, image: {method: fit, patch: 28, long_edge: 1568, most_tokens: 1568}}\n"
    (tmp_path / "tokens.yaml").write_text(tokens, encoding="utf-8")
    (tmp_path / "work.yaml").write_text(
        "kind: workload\nclasses: [{name: seen, requests: 1000 / month, input_tokens: 10, images: 1}]\n",
        encoding="utf-8",
    )
    shop = on_sheet(llmcost, tmp_path, sheet)
    out = shop("compare", str(tmp_path / "work.yaml"), "--all", "--prices", str(tmp_path / "tokens.yaml")).out
    assert (
        "Of 2 offers the answer needs more: give the size of an image, such as --image-size 1024x768.\nNot ranked"
        in out
    )


def test_offers_at_the_same_cost_share_a_rank(llmcost: Run, tmp_path: Path) -> None:
    """Two at 1 USD are both first, and the next is third."""
    sheet = "kind: api\nseller: shop\nname: Shop\ndefault_place: here\nmodels:\n"
    for name, price in (("a", 1), ("b", 1), ("c", 2)):
        sheet += f"  - id: {name}\n    prices: [{{checked_on: 2026-09-01, source: https://shop.example, rates: {{input: {price} USD / 1M tokens}}}}]\n"
    out = on_sheet(llmcost, tmp_path, sheet)("compare", "--all", "--requests", "1k", "--input", "1k").out
    assert [line.split()[:2] for line in out.splitlines() if "shop/" in line and "@here  " in line] == [
        ["1", "shop/a@here"],
        ["1", "shop/b@here"],
        ["3", "shop/c@here"],
    ]
