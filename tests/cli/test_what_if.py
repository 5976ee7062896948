"""Months, supposed prices and moved figures: what `compare` says when something changes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.running import TWO_THOUSAND_IN as ASK
from support.running import Run, records_of, rows_of


def workload(tmp_path: Path, text: str) -> str:
    file = tmp_path / "work.yaml"
    file.write_text(f"kind: workload\n{text}", encoding="utf-8")
    return str(file)


# Months


def test_months_add_up_with_the_prices_of_each(llmcost_small: Run) -> None:
    """From 15 October on: two months at 0.50 and 2.00, of the third 16 of 30 days too, then 14 days at 0.60 and 2.40.

    A month is 2000 x 0.50 + 500 x 2 = 2000, later 2000 x 0.60 + 500 x 2.40 = 2400; 15 November to 15 December has 30
    days, of which 16 lie before 1 December: 2000 x 16/30 + 2400 x 14/30 = 2186.67.
    """
    ran = llmcost_small("compare", "-m", "example-small", *ASK, "--months", "3", "--on", "2026-10-15", "-f", "json")

    (row,) = rows_of(ran.out)
    assert [month["from"] for month in row["months"]] == ["2026-10-15", "2026-11-15", "2026-12-15"]
    assert [month["cost"] for month in row["months"]] == ["2000.000000", "2186.666666666667", "2400.000000"]
    assert row["total_cost"] == "6586.666666666667"
    assert row["monthly_cost"] == "2195.555555555556"
    assert any("its prices change on 2026-12-01" in note for note in row["notes"])


def test_growth_makes_each_month_larger(llmcost_small: Run, tmp_path: Path) -> None:
    """With 10% a month, 1000 requests of 1000 tokens become 1100 and 1210: at 0.50, they cost 0.50, 0.55 and 0.605."""
    file = workload(
        tmp_path, "growth: 10% / month\nclasses:\n  - {requests: 1000, input_tokens: 1000, output_tokens: 0}\n"
    )
    ran = llmcost_small("compare", file, "-m", "example-small", "--months", "3", "--on", "2026-06-15", "-f", "json")

    (row,) = rows_of(ran.out)
    assert [month["cost"] for month in row["months"]] == ["0.500000", "0.550000", "0.605000"]
    assert row["total_requests"] == "3310"
    assert row["requests"] == "1103.333333333333"


def test_a_class_may_grow_on_its_own(llmcost_small: Run, tmp_path: Path) -> None:
    """A class's growth replaces that of the workload, and shrinking is growth below zero."""
    file = workload(
        tmp_path,
        "growth: 100%\nclasses:\n  - {requests: 1000, input_tokens: 1000}\n"
        "  - {requests: 1000, input_tokens: 1000, growth: -50% / month}\n",
    )
    ran = llmcost_small("compare", file, "-m", "example-small", "--months", "2", "-f", "json")

    assert [month["cost"] for month in rows_of(ran.out)[0]["months"]] == ["1.000000", "1.250000"]


def test_an_offer_withdrawn_on_the_way_is_a_gap(llmcost_small: Run) -> None:
    """Of 1 August to 1 October, September is not sold: August is priced, the rest is a gap, and naming it ends with 2."""
    ran = llmcost_small("compare", "-m", "example-retired", *ASK, "--months", "2", "--on", "2026-08-01", "-f", "json")

    (row,) = rows_of(ran.out)
    assert ran.code == 2
    assert [(month["cost"], month["complete"]) for month in row["months"]] == [
        ("7000.000000", True),
        ("0.000000", False),
    ]
    assert row["monthly_cost"] is None
    assert row["gaps"][0]["reason"] == "withdrawn on 2026-09-01"
    assert row["gaps"][0]["quantity"] == "1000000"


def test_a_series_is_a_column_a_month_in_csv(llmcost_small: Run) -> None:
    """CSV keeps its first columns and adds the total and one column for each month."""
    ran = llmcost_small("compare", "-m", "example-small", *ASK, "--months", "2", "-f", "csv")

    (row,) = records_of(ran.out)
    assert (row["months"], row["total_cost"], row["monthly_cost"]) == ("2", "4000.000000", "2000.000000")
    assert (row["month_1"], row["month_2"]) == ("2000.000000", "2000.000000")


def test_markdown_shows_the_whole_period_and_the_cost_without_a_change(llmcost_small: Run) -> None:
    """2,000 a month is 4,000 in two; with input and output at half price 1,000, and 2,000 without that."""
    months = llmcost_small("compare", "-m", "example-small", *ASK, "--months", "2", "-f", "markdown").out
    assert [cell.strip() for cell in months.splitlines()[0].split("|")[5:8]] == ["low", "months", "total cost"]
    assert [cell.strip() for cell in months.splitlines()[2].split("|")[4:8]] == ["2000.000000", "", "2", "4000.000000"]
    adjust = ("--adjust", "example-ai -50%")
    half = llmcost_small("compare", "-m", "example-small", *ASK, *adjust, "-f", "markdown").out.splitlines()
    assert [cell.strip() for cell in half[0].split("|")[4:7]] == ["monthly cost", "low", "monthly cost before"]
    assert [cell.strip() for cell in half[2].split("|")[4:7]] == ["1000.000000", "", "2000.000000"]


def test_the_table_shows_every_month(llmcost_small: Run) -> None:
    """The table has a line for each month and the total, and says from when it counts."""
    ran = llmcost_small("compare", "-m", "example-small", *ASK, "--months", "2")

    assert "Cost of 2 months in USD, from 2026-09-15 on" in ran.out
    assert [line.split() for line in ran.out.splitlines() if line.startswith(("2026-", "total"))] == [
        ["2026-09-15", "2,000.00"],
        ["2026-10-15", "2,000.00"],
        ["total", "4,000.00"],
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--months", "0"), "--months: 0 is too few"),
        (("--months", "121"), "--months: 121 is too far"),
        (("--months", "1.5"), "is not a whole number"),
        (("--months", "2", "--on", "2026-09-15T10:00Z"), "a series of months cannot start at an instant"),
    ],
)
def test_months_that_make_no_sense_are_refused(llmcost_small: Run, arguments: tuple[str, ...], said: str) -> None:
    """A wrong number of months, or a series from an instant on, prints nothing on stdout and ends with 2."""
    ran = llmcost_small("compare", "-m", "example-small", *ASK, *arguments)

    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


# Supposed prices


def test_adjusting_a_seller_shows_before_and_after(llmcost_small: Run) -> None:
    """+50% on one seller: 2000 becomes 3000, and what the other one costs stays."""
    ran = llmcost_small(
        "compare", "-m", "example-small", "-m", "night-cloud/example/large", *ASK, "--adjust", "example-ai +50%", "-f",
        "json", "--currency", "USD",
    )  # fmt: skip

    costs = {row["offer"]: (row["monthly_cost_before"], row["monthly_cost"]) for row in rows_of(ran.out)}
    assert costs["example-ai/example-small@global"] == ("2000.000000", "3000.000000")
    before, after = costs["night-cloud/example/large@cn"]
    assert before == after


@pytest.mark.parametrize(
    ("adjustment", "cost"),
    [
        ("example-small output -25%", "1750.000000"),  # 2000 x 0.50 + 500 x 1.50
        ("example-ai api +10%", "2200.000000"),
        ("global +10%", "2200.000000"),
        ("example-s* -100%", "0.000000"),
        ("input +100%", "3000.000000"),  # 2000 x 1.00 + 500 x 2
        ("example-small input = 0.25 USD / 1M tokens", "1500.000000"),
        ("example-small output=0.001 USD / 1K tokens", "1500.000000"),
    ],
)
def test_any_selector_and_any_change(llmcost_small: Run, adjustment: str, cost: str) -> None:
    """A selector is seller, kind, model, place or part of a name; a change is a percentage or a rate, of all meters or one."""
    ran = llmcost_small("compare", "-m", "example-small", *ASK, "--adjust", adjustment, "-f", "json")

    assert ran.code == 0, ran.err
    assert rows_of(ran.out)[0]["monthly_cost"] == cost
    assert rows_of(ran.out)[0]["monthly_cost_before"] == "2000.000000"


def test_adjustments_are_made_in_order(llmcost_small: Run) -> None:
    """+100% and then -50% is where it was; the explanation names what was supposed."""
    ran = llmcost_small(
        "compare", "-m", "example-small", *ASK, "--adjust", "example-ai +100%", "--adjust", "example-ai -50%", "--explain"
    )  # fmt: skip

    assert "2,000.00 USD" in ran.out
    assert "supposed: example-ai -50%" in ran.out


@pytest.mark.parametrize(
    ("adjustment", "said"),
    [
        ("example-ai", '"example-ai" does not end in a change'),
        ("example-ai 34%", "does not end in a change"),
        ("example-ai +x%", "is not a number llmcost takes"),
        ("example-ai -101%", "would make prices negative"),
        ("nobody +10%", "concerns none of the offers"),
        ("example-small = 1 USD / 1M tokens", "does not say which rate it sets"),
        ("example-small input = 1 USD / 1M images", "input is billed per token"),
        ("example-small input = 1", "is not a rate"),
        ("", "--adjust has an empty value"),
    ],
)
def test_an_adjustment_that_says_nothing_is_refused(llmcost_small: Run, adjustment: str, said: str) -> None:
    """A change that cannot be read, or that concerns no offer here, ends with 2 and a remedy."""
    ran = llmcost_small("compare", "-m", "example-small", *ASK, "--adjust", adjustment)

    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert "--adjust" in ran.err


def test_a_rate_in_another_currency_is_refused(llmcost_small: Run) -> None:
    """A rate is supposed in the money its offer bills in: nothing is converted unasked, and no two are added."""
    ran = llmcost_small("compare", "-m", "example-small", *ASK, "--adjust", "example-small input = 7 CNY / 1M tokens")

    assert (ran.code, ran.out) == (2, "")
    assert "sets a rate in CNY for an offer that bills in USD" in ran.err
    assert "write the rate in USD" in ran.err


# Moved figures


def test_moving_the_input_finds_where_offers_cross(llmcost_small: Run) -> None:
    """The small model takes 128,000 tokens; above that only the large one can serve, so the lead changes there."""
    ran = llmcost_small(
        "compare", "-m", "example-large", "-m", "example-small", *ASK, "--vary", "input=1k..300k", "-f", "json"
    )  # fmt: skip

    (sweep,) = json.loads(ran.out)["sensitivity"]
    assert sweep["parameter"] == "input"
    first, last = sweep["leads"][0], sweep["leads"][-1]
    assert (first["offer"], first["from"]) == ("example-ai/example-small@global", "1000")
    assert last["offer"] == "example-ai/example-large-2026@global"
    assert sweep["points"][0]["value"] == "1000"
    assert sweep["points"][-1]["value"] == "300000"


def test_a_crossing_is_found_to_the_token(llmcost: Run, tmp_path: Path) -> None:
    """1 + 10 x out against 3 + 1 x out: with 1,000 tokens in, they cost the same at 222.2 tokens out."""
    sheet = tmp_path / "two.yaml"
    sheet.write_text(
        "kind: api\nseller: two\nname: Two\ndefault_place: here\nmodels:\n"
        "  - {id: a, prices: [{checked_on: 2026-01-01, source: 'https://two.example', rates: {input: 1 USD / 1M tokens, output: 10 USD / 1M tokens}}]}\n"
        "  - {id: b, prices: [{checked_on: 2026-01-01, source: 'https://two.example', rates: {input: 3 USD / 1M tokens, output: 1 USD / 1M tokens}}]}\n",
        encoding="utf-8",
    )
    ran = llmcost(
        "compare", "--prices", str(sheet), "--no-builtin-prices", "--all", "--requests", "10", "--input", "1000",
        "--output", "100", "--vary", "output=1..1000", "--on", "2026-01-01", "-f", "json",
    )  # fmt: skip

    (sweep,) = json.loads(ran.out)["sensitivity"]
    assert sweep["crossings"] == [{"value": "223", "cheaper_below": "two/a@here", "cheaper_from_here": "two/b@here"}]
    assert [(lead["from"], lead["offer"]) for lead in sweep["leads"]] == [("1", "two/a@here"), ("223", "two/b@here")]


TWO = """\
classes:
  - {name: a, requests: 100 / month, input_tokens: 1000, output_tokens: 100}
  - {name: b, requests: 300 / month, input_tokens: 3000, output_tokens: 50}
"""


def test_requests_of_several_classes_move_together(llmcost_small: Run, tmp_path: Path) -> None:
    """Each keeps its share: 400 are 1M in and 25,000 out, 0.55 USD at 0.50 and 2.00; 800 are twice that."""
    file = workload(tmp_path, TWO)
    ran = llmcost_small("compare", file, "-m", "example-small", "--vary", "requests=400..800", "-f", "json")
    (sweep,) = json.loads(ran.out)["sensitivity"]
    costs = {point["value"]: point["rows"][0]["monthly_cost"] for point in sweep["points"]}
    assert (costs["400"], costs["800"]) == ("0.550000", "1.100000")


def test_classes_without_requests_have_no_share_of_them(llmcost_small: Run, tmp_path: Path) -> None:
    """There is nothing to scale."""
    file = workload(tmp_path, TWO.replace("100 / month", "0 / day").replace("300 / month", "0 / day"))
    ran = llmcost_small("compare", file, "-m", "example-small", "--vary", "requests=400..800")
    assert (ran.code, "--vary requests: no class has any requests" in ran.err) == (2, True)


def test_a_figure_that_a_class_cannot_have_is_told_of_the_range(llmcost_small: Run, tmp_path: Path) -> None:
    """Nothing is wrong with the file."""
    file = workload(tmp_path, TWO.replace("output_tokens: 100}", "output_tokens: 100, reasoning: 80}"))
    ran = llmcost_small("compare", file, "-m", "example-small", "--vary", "output=50..200")
    assert (ran.code, ran.out) == (2, "")
    assert "--vary output: at 50 the workload is not possible: " in ran.err
    assert "work.yaml" not in ran.err


def test_a_hit_rate_can_be_moved(llmcost_small: Run) -> None:
    """From no hit to 95%: 100 x 2000 tokens at 4.00, later 95% of them at 0.80; an offer without a minimum likewise."""
    ran = llmcost_small(
        "compare", "-m", "example-large", "--requests", "1M", "--input", "2000", "--output", "0", "--vary",
        "cache_hit_rate=0..0.95", "-f", "csv",
    )  # fmt: skip

    found = records_of(ran.out)
    assert (found[0]["value"], found[0]["monthly_cost"]) == ("0", "8000.000000")
    assert (found[-1]["value"], found[-1]["monthly_cost"]) == ("0.950000", "1920.000000")  # 100 x 4 + 1900 x 0.80


@pytest.mark.parametrize(
    ("vary", "said"),
    [
        ("input", "is not a range"),
        ("input=5", "is not a range"),
        ("colour=1..2", '"colour" cannot be moved'),
        ("input=x..5", "is not a number llmcost takes"),
        ("input=5..1", "ends before it begins"),
        ("cache_hit_rate=0%..200%", "is more than the whole"),
        ("cache_read=0..10k", "only a percentage can be moved here"),
    ],
)
def test_a_range_that_cannot_be_read_is_refused(llmcost_small: Run, vary: str, said: str) -> None:
    """A range of another form, or of a figure that cannot be moved, ends with 2."""
    ran = llmcost_small("compare", "-m", "example-small", *ASK, "--vary", vary)

    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


def test_moved_months_stay_months(llmcost_small: Run) -> None:
    """With --months the figures of a sweep are those of a mean month: 1000 x 0.50 + 500 x 2 = 1500."""
    ran = llmcost_small(
        "compare", "-m", "example-small", *ASK, "--months", "2", "--vary", "input=1k..2k", "-f", "csv"
    )  # fmt: skip

    found = records_of(ran.out)
    assert (found[0]["value"], found[0]["monthly_cost"]) == ("1000", "1500.000000")


def test_the_lead_ends_where_nothing_can_serve(llmcost_small: Run) -> None:
    """The small model takes 128,000 tokens, 500 of them its answer: from 127,501 on it is in doubt, and nobody leads."""
    ran = llmcost_small("compare", "-m", "example-small", *ASK, "--vary", "input=1k..300k", "-f", "json")

    (sweep,) = json.loads(ran.out)["sensitivity"]
    assert sweep["leads"][-1] == {"from": "127501", "offer": None}


@pytest.mark.parametrize("width", [40, 60, 80, 120, 200])
def test_the_table_of_a_sweep_cuts_no_money(llmcost_small: Run, monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    """At any width the first and the last point are there in full."""
    monkeypatch.setenv("COLUMNS", str(width))
    ran = llmcost_small("compare", "-m", "example-small", *ASK, "--vary", "input=1k..100k")

    assert ran.code == 0
    assert "1,500.00 #1" in ran.out  # 1000 x 0.50 + 500 x 2
    assert "51,000.00 #1" in ran.out  # 100,000 x 0.50 + 500 x 2


def test_a_sweep_ranks_no_offer_in_doubt(llmcost_small: Run) -> None:
    """Night Search names no context window: it is never the leader, has no rank, and crosses nobody."""
    asked = ("-m", "example-small", "-m", "night-search", "--currency", "USD", *ASK, "--vary", "input=9k..20k")
    shown = llmcost_small("compare", *asked).out
    assert "cheapest: example-ai/example-small@global" in shown
    assert "#-" in shown
    assert " costs less than " not in shown
    rows = records_of(llmcost_small("compare", *asked, "-f", "csv").out)
    assert {(row["offer"], row["rank"]) for row in rows} == {
        ("example-ai/example-small@global", "1"),
        ("night-cloud/night-search@cn", ""),
    }
    assert {(row["offer"], row["in_doubt"]) for row in rows} == {
        ("example-ai/example-small@global", "false"),
        ("night-cloud/night-search@cn", "true"),
    }


def test_the_range_of_a_series_is_that_of_a_month(llmcost_small: Run, tmp_path: Path) -> None:
    """What an estimate leaves open is given for the mean month, as the cost is."""
    file = tmp_path / "prompt.txt"
    file.write_text("a" * 100, encoding="utf-8")
    ask = ("-m", "example-large", "--requests", "1000", "--text", str(file), "--output", "0", "-f", "json")
    (one,) = rows_of(llmcost_small("compare", *ask).out)
    (three,) = rows_of(llmcost_small("compare", *ask, "--months", "3").out)
    assert one["low"] is not None
    assert (three["low"], three["high"]) == (one["low"], one["high"])
