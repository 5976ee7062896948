"""Which part of a bill is held against which usage: all with invented prices."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from conftest import Run
from support.bills import TIER, Hold, effects, entry, page, sent


def test_what_is_beside_a_share_is_left(hold: Hold) -> None:
    """Two days at 10% off, 0.04 and 0.08 below list, explain no amount on a day without tokens."""
    days = [(2, 100_000, "0.36"), (3, 200_000, "0.72"), (4, 0, "50")]
    used = [sent(day, fresh) for day, fresh, _ in days]
    found = hold(used, [sent(day, fresh, cost=cost) for day, fresh, cost in days])
    assert effects(found) == [("m1", "discount", "-0.04"), ("m1", "discount", "-0.08"), ("m1", "left", "50")]
    assert found["code"] == 1


@pytest.mark.parametrize("column", ["reasoning_tokens", "image_input_tokens"])
def test_what_a_bill_does_not_tell_apart_is_held_together(hold: Hold, column: str) -> None:
    """Reasoning is output and pictures are input: 0.4 USD for 100,000 tokens in, 0.2 for 10,000 out."""
    used = [sent(2, 100_000, 10_000, more="4000", seller="openai")]
    found = hold(used, page(input="0.4", output="0.2"), sheets={"openai": entry()}, columns=column)
    assert (effects(found), found["code"]) == ([], 0)
    assert {row["meter"] for row in found["rows"]} == {"input", "output"}


def test_a_line_of_another_name_is_a_part_of_its_own(hold: Hold) -> None:
    """It is called what the bill calls it, and the others are held meter by meter all the same."""
    found = hold(
        [sent(2, 100_000, 10_000, seller="openai")],
        page(input="0.4", output="0.2", novelties="0.1"),
        sheets={"openai": entry()},
    )
    assert effects(found) == [("m1", "not-used", "0.1")]
    assert {row["meter"] for row in found["rows"]} == {"input", "output", "novelties"}


def test_a_line_without_a_model_is_called_what_the_bill_calls_it(hold: Hold) -> None:
    """A tax is billed for no model; its line is found by its name."""
    bill = page(input="0.4", output="0.2")
    line = {"amount": {"value": 0.1, "currency": "usd"}, "line_item": "Sales tax"}
    bill["data"][0]["results"].append(line)
    found = hold([sent(2, 100_000, 10_000, seller="openai")], bill, sheets={"openai": entry()})
    assert ("no model", "Sales tax") in {(row["model"], row["meter"]) for row in found["rows"]}
    assert ("no model", "not-used", "0.1") in effects(found)


def test_a_report_that_is_not_by_kinds_of_tokens_is_of_all_of_them(hold: Hold) -> None:
    """Anthropic's report without groups says ``tokens``, which is no name of a line."""
    row = {"amount": "60", "currency": "USD", "cost_type": "tokens", "model": "m1", "token_type": None}
    around = {"starting_at": "2026-11-02T00:00:00Z", "ending_at": "2026-11-03T00:00:00Z"}
    used = [sent(2, 100_000, 10_000, seller="anthropic")]
    found = hold(used, {"data": [{**around, "results": [row]}], "has_more": False}, sheets={"anthropic": entry()})
    assert (effects(found), [row["meter"] for row in found["rows"]], found["code"]) == ([], [None], 0)


def test_searches_that_are_billed_without_a_model_are_those_of_all(hold: Hold) -> None:
    """10 searches at 10 USD for 1,000; Anthropic's report has them beside its models."""
    results = [
        {
            "amount": "40",
            "currency": "USD",
            "cost_type": "tokens",
            "model": "m1",
            "token_type": "uncached_input_tokens",
        },
        {"amount": "10", "currency": "USD", "cost_type": "web_search", "model": None, "token_type": None},
    ]
    around = {"starting_at": "2026-11-02T00:00:00Z", "ending_at": "2026-11-03T00:00:00Z"}
    used = [sent(2, 100_000, more="10", seller="anthropic")]
    bill = {"data": [{**around, "results": results}], "has_more": False}
    found = hold(used, bill, sheets={"anthropic": entry()}, columns="web_searches")
    assert (effects(found), found["code"]) == ([], 0)
    assert Decimal(found["listed"]) == Decimal(found["billed"]) == Decimal("0.5")


CUT = entry(price=40) + entry(place="effective_from: 2026-10-01\n        ", price=4)
AT_NOON = entry(place="effective_from: 2026-01-01\n        ", price=40) + entry(
    place="effective_from: 2026-10-01T12:00:00Z\n        ", price=4
)


@pytest.mark.parametrize(
    ("entries", "month", "billed", "words"),
    [
        (CUT, 11, "4", "the prices of 2026-09-30"),  # 100,000 tokens at 40 USD, before a start that is known
        (AT_NOON, 11, "4", "the prices of 2026-01-01"),
        (AT_NOON, 9, "0.4", "the prices of 2026-10-02"),  # the first whole day of a price that began at noon
    ],
)
def test_prices_of_other_days_are_those_of_whole_days(
    hold: Hold, entries: str, month: int, billed: str, words: str
) -> None:
    """Also before the first change, where it is not known since when, and where a price begins within a day."""
    used, bill = (sent(2, 100_000, cost=cost).replace("2026-11", f"2026-{month:02}") for cost in ("", billed))
    found = hold([used], [bill], sheets={"acme": entries})
    assert [(each["cause"], each["words"]) for row in found["rows"] for each in row["causes"]] == [
        ("price-date", words)
    ]


@pytest.mark.parametrize(
    ("fresh", "billed", "cause"),
    [
        (1_000, "0.00613", "left"),  # ten requests of 1,000 tokens together: none is beyond 200,000
        (1_000_000, "6.1", "tier"),  # up to 4 of them may be: 4 USD below the edge, 8 beyond it
        (1_000_000, "9.1", "left"),
    ],
)
def test_sizes_that_are_not_told_explain_what_they_can(hold: Hold, fresh: int, billed: str, cause: str) -> None:
    """A sum of requests may be of larger and smaller ones, but of none larger than all together."""
    used, bill = (sent(2, fresh, cost=cost, number=10) for cost in ("", billed))
    found = hold([used], [bill], sheets={"acme": entry(tier=TIER)})
    assert [each for _, each, _ in effects(found)] == [cause]


def test_two_sellers_of_a_model_are_two(hold: Hold) -> None:
    """What one bills too little does not make up for what the other bills too much."""
    used = [sent(2, 100_000, seller=seller) for seller in ("acme", "bolt")]
    billed = [sent(2, 100_000, cost="0.1", seller="acme"), sent(2, 100_000, cost="0.7", seller="bolt")]
    found = hold(used, billed, sheets={"acme": entry(), "bolt": entry()})
    assert effects(found) == [("acme/m1", "discount", "-0.3"), ("bolt/m1", "surcharge", "0.3")]
    assert found["code"] == 1


@pytest.mark.parametrize(("billed", "expected"), [("0.6", ("terms", "-0.6")), ("0.61", ("left", "-0.59"))])
def test_usage_at_two_places_is_priced_at_each(hold: Hold, billed: str, expected: tuple[str, str]) -> None:
    """0.4 at one and 0.8 at the other, half of both in batches; in whatever order the usage stands."""
    sheets = {"acme": entry() + entry(place="place: far\n        ", price=8)}
    used = [sent(2, 100_000, more="far"), sent(2, 100_000)]
    bill = [sent(2, 0, cost=billed)]
    for rows in (used, used[::-1]):
        found = hold(rows, bill, sheets=sheets, columns="place")
        assert effects(found) == [("m1", *expected)]


def test_usage_is_held_against_a_span_of_its_own_model(hold: Hold) -> None:
    """Where a bill has days of one and a month of another, each has its usage; a file is itself as listed."""
    month = "2026-11-01,2026-12-01,bolt,m1,1,0,0,0.8,USD,"
    day = "2026-11-02,2026-11-03,acme,m1,1,0,0,0.4,USD,"
    used = [sent(2, 100_000), sent(2, 100_000, seller="bolt"), sent(3, 100_000, seller="bolt")]
    columns, sheets = "period_end", {"acme": entry(), "bolt": entry()}
    bill = [f"{row.split(',')[0]},{','.join(row.split(',')[2:])}{row.split(',')[1]}" for row in (day, month)]
    found = hold(used, bill, sheets=sheets, columns=columns)
    assert (effects(found), found["code"]) == ([], 0)
    hours = [
        f"2026-11-02T{hour}:30:00Z,acme,m1,1,100000,0,0.4,USD,2026-11-0{day}T{end}:30:00Z"
        for hour, day, end in (("22", 2, "23"), ("23", 3, "00"))
    ]
    again = hold(hours, hours, sheets=sheets, columns=columns)
    assert (effects(again), again["code"]) == ([], 0)


def test_a_bill_says_where_its_usage_was(hold: Hold) -> None:
    """Its place is taken where usage names none, before that of a list in its currency; and that is said."""
    near = entry(place="place: near\n        ", price=30, currency="CNY")
    far = entry(place="place: far\n        ", price=50, currency="CNY")
    bill = [sent(2, 100_000, cost="3", more="near").replace("USD", "CNY")]
    found = hold([sent(2, 100_000)], bill, sheets={"acme": entry() + near + far}, columns="place")
    assert (effects(found), found["currency"], Decimal(found["listed"])) == ([], "CNY", Decimal(3))
    assert "m1 is taken as acme/m1@near, as the bill is of that place" in " ".join((*found["warnings"], found["said"]))


def test_rows_of_a_bill_that_cannot_be_read_may_be_left_out(hold: Hold) -> None:
    """As those of the usage, and that is said."""
    bill = [sent(2, 100_000, cost="0.4"), sent(3, 100_000, cost="1").replace(",1,USD", ",abc,USD")]
    found = hold([sent(2, 100_000)], bill, options=["--skip-bad"])
    assert effects(found) == []
    assert "1 row left out: cost is no amount" in " ".join((*found["warnings"], found["said"]))


def test_a_model_without_a_price_is_shown_as_it_is_written(hold: Hold) -> None:
    """So that it can be found again."""
    used = [sent(2, 100_000), sent(2, 100_000).replace("m1", "New-Model_9")]
    bill = [sent(2, 0, cost="0.4"), sent(2, 0, cost="1").replace("m1", "New-Model_9")]
    found = hold(used, bill)
    assert effects(found) == [("New-Model_9", "unpriced", "1")]


RATES = """\
kind: fx
base: EUR
source: https://rates.example/history
rates:
  2026-10-01: {{USD: 2}}
{more}"""


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (1, "converted at 1 USD = 0.500000 EUR of 2026-10-01, https://rates.example/history"),
        (5, "converted at 5 rates of USD in EUR of 2026-11-01 to 2026-11-05, https://rates.example/history"),
    ],
)
def test_a_list_that_is_converted_says_at_which_rates(
    hold: Hold, llmcost: Run, tmp_path: Path, days: int, said: str
) -> None:
    """Each of a few, and of many which days they are; real usage by itself says so too."""
    more = "".join(f"  2026-11-0{day}: {{USD: {2 + day}}}\n" for day in range(1, days + 1) if days > 1)
    (rates := tmp_path / "fx.yaml").write_text(RATES.format(more=more), encoding="utf-8")
    used = [sent(day, 100_000) for day in range(1, days + 1)]
    bill = [sent(day, 0, cost="1").replace("USD", "EUR") for day in range(1, days + 1)]
    options = ["--prices", str(rates)]
    found = hold(used, bill, options=options)
    assert said in found["warnings"]
    asked = (
        "--no-builtin-prices",
        "--prices",
        str(tmp_path / "acme.yaml"),
        *options,
        "--currency",
        "EUR",
        "--on",
        "used",
    )
    assert said in json.loads(llmcost("usage", str(tmp_path / "used.csv"), *asked, "-f", "json").out)["warnings"]


SEARCHES = {"amount": "10", "currency": "USD", "cost_type": "web_search", "model": None, "token_type": None}
INPUT = {"amount": "40", "currency": "USD", "cost_type": "tokens", "model": "m1", "token_type": "uncached_input_tokens"}
DAY = {"starting_at": "2026-11-02T00:00:00Z", "ending_at": "2026-11-03T00:00:00Z"}


def test_searches_of_another_seller_are_on_another_bill(hold: Hold) -> None:
    """10 of Anthropic's are billed, and 30 of another seller's are not."""
    used = [sent(2, 100_000, more=number, seller=seller) for seller, number in (("anthropic", "10"), ("acme", "30"))]
    bill = {"data": [{**DAY, "results": [SEARCHES, INPUT]}], "has_more": False}
    found = hold(used, bill, sheets={"anthropic": entry(), "acme": entry()}, columns="web_searches")
    assert effects(found) == [("acme/m1", "not-billed", "-0.7")]


def test_searches_that_a_model_is_billed_for_stay_its_own(hold: Hold) -> None:
    """Beside others that are billed without one: of two models, one is told apart."""
    own = {**SEARCHES, "model": "m1", "cost_type": "tokens", "token_type": "web_search"}
    bill = {"data": [{**DAY, "results": [SEARCHES, own, INPUT, {**INPUT, "model": "m2"}]}], "has_more": False}
    used = [sent(2, 100_000, more="10", seller="anthropic")]
    used.append(used[0].replace("m1", "m2"))
    sheet = entry() + "  - id: m2\n    developer: anthropic\n    context_window: 1000000\n    prices:\n" + entry()
    found = hold(used, bill, sheets={"anthropic": sheet}, columns="web_searches")
    assert (effects(found), found["code"]) == ([], 0)


def test_a_bill_that_names_no_seller_is_of_the_one_that_was_used(hold: Hold) -> None:
    """And not of the model's developer."""
    found = hold([sent(2, 100_000, seller="bolt")], [sent(2, 0, cost="0.4", seller="")], sheets=HOSTED)
    assert (effects(found), found["code"]) == ([], 0)


HOSTED = {"acme": entry(), "bolt": entry()}


def test_another_way_without_a_price_explains_nothing(hold: Hold) -> None:
    """Before June no price of searches was known: that they were billed at nothing is not explained by that."""
    first = entry(place="effective_from: 2026-01-01\n        ")
    sheet = first.replace(",\n                 web_searches: 10 USD / 1K requests", "")
    assert sheet != first
    sheet += entry(place="effective_from: 2026-06-01\n        ")
    used = [sent(2, 100_000, more="10", seller="anthropic")]
    bill = {"data": [{**DAY, "results": [{**SEARCHES, "amount": "0"}, INPUT]}], "has_more": False}
    found = hold(used, bill, sheets={"anthropic": sheet}, columns="web_searches")
    assert [each for _, each, _ in effects(found)] == ["left"]


def test_a_price_of_a_day_without_an_exchange_rate_is_no_way(hold: Hold, tmp_path: Path) -> None:
    """The others are tried all the same."""
    (rates := tmp_path / "fx.yaml").write_text(RATES.format(more=""), encoding="utf-8")
    bill = [sent(2, 0, cost="0.1").replace("USD", "EUR")]
    sheets = {"acme": CUT}
    found = hold([sent(2, 100_000)], bill, sheets=sheets, options=["--prices", str(rates)])
    assert effects(found) == [("m1", "terms", "-0.1")]


def test_usage_without_a_seller_is_priced_at_that_of_the_bill(hold: Hold) -> None:
    """Which has its own list: 0.8 USD, and not the 0.4 of the developer."""
    sheets = {"acme": entry(), "bolt": entry(price=8)}
    found = hold([sent(2, 100_000, seller="")], [sent(2, 0, cost="0.8", seller="bolt")], sheets=sheets)
    assert (effects(found), found["code"], Decimal(found["listed"])) == ([], 0, Decimal("0.8"))


def test_a_place_on_one_row_of_a_bill_is_not_that_of_others(hold: Hold) -> None:
    """A file is itself as listed: 0.8 at one place, and 0.4 where none is said."""
    sheets = {"acme": entry() + entry(place="place: far\n        ", price=8)}
    rows = [sent(2, 100_000, cost="0.8", more="far"), sent(3, 100_000, cost="0.4")]
    found = hold(rows, rows, sheets=sheets, columns="place")
    assert (effects(found), found["code"], Decimal(found["listed"])) == ([], 0, Decimal("1.2"))


def test_meters_stand_in_one_order(hold: Hold) -> None:
    """Whatever the usage begins with."""
    used = [sent(2, 0, 10_000, seller="openai"), sent(2, 100_000, seller="openai")]
    bill = page(output="0.2", input="0.4", novelties="1")
    for rows in (used, used[::-1]):
        found = hold(rows, bill, sheets={"openai": entry()})
        assert [row["meter"] for row in found["rows"]] == ["input", "output", "novelties"]


def test_a_list_price_that_may_be_less_is_shown_with_its_range(hold: Hold, llmcost: Run, tmp_path: Path) -> None:
    """Ten requests of 1,000,000 tokens together: 4 USD where none is beyond 200,000, up to 8 where some are."""
    found = hold([sent(2, 1_000_000, number=10)], [sent(2, 0, cost="5")], sheets={"acme": entry(tier=TIER)})
    assert [(Decimal(row["low"]), Decimal(row["high"])) for row in found["rows"]] == [(4, 8)]
    files = (str(tmp_path / "used.csv"), str(tmp_path / "bill.csv"))
    ran = llmcost("reconcile", *files, "--no-builtin-prices", "--prices", str(tmp_path / "acme.yaml"), "--on", "used")
    assert "at list price 8.00, of 4.00 to 8.00 that it may be: -3.00" in ran.out


def test_a_bill_without_a_seller_of_what_two_sold_is_said(hold: Hold) -> None:
    """Of two developers of one name it is of neither, and nobody says which it is of."""
    used = [sent(2, 100_000, seller="acme"), sent(2, 100_000, seller="bolt")]
    sheets = {"acme": entry(), "bolt": entry()}
    found = hold(used, [sent(2, 0, cost="0.4", seller="")], sheets=sheets)
    said = "m1 is named with acme, bolt and without a seller: which is meant is not said"
    assert said in " ".join((*found["warnings"], found["said"]))


def test_a_model_without_a_price_is_not_explained_by_being_free(hold: Hold) -> None:
    """That nothing was billed for it, or something given back, says nothing of its list price."""
    used = [sent(2, 100_000), sent(2, 100_000).replace("m1", "m9")]
    for amount in ("0", "-1"):
        found = hold(used, [sent(2, 0, cost="0.4"), sent(2, 0, cost=amount).replace("m1", "m9")])
        assert (found["code"], found["complete"]) == (1, False)


def test_usage_that_says_it_was_anywhere_is_not_held_against_a_dearer_place(hold: Hold) -> None:
    """Anthropic's own word for it is a place: billed at 5 of the US for 4, it is above list."""
    usage = {"uncached_input_tokens": 100_000, "output_tokens": 0, "model": "m1", "inference_geo": "global"}
    around = {"starting_at": "2026-11-02T00:00:00Z", "ending_at": "2026-11-03T00:00:00Z"}
    row = {"amount": "50", "currency": "USD", "cost_type": "tokens", "model": "m1", "token_type": None}
    bill = {"data": [{**around, "results": [{**row, "inference_geo": "us"}]}], "has_more": False}
    sheets = {"anthropic": entry(place="place: global\n        ") + entry(place="place: us\n        ", price=5)}
    used = {"data": [{**around, "results": [usage]}], "has_more": False}
    found = hold(used, bill, sheets=sheets)
    assert (Decimal(found["listed"]), found["code"]) == (Decimal("0.4"), 1)


def test_terms_that_are_not_sold_for_large_inputs_have_no_larger_price(hold: Hold) -> None:
    """Of 4 to 8 USD of standard requests and 16 of priority ones, which are small: 20 is the least that it may cost."""
    fast = """\
          - when: {terms: priority}
            rates: {input: 16 USD / 1M tokens, output: 80 USD / 1M tokens}
        not_sold: [{terms: priority, input_tokens: "> 200000"}]
"""
    rows = [sent(2, 1_000_000, number=10, more=terms) for terms in ("standard", "priority")]
    sheets = {"acme": entry(tier=TIER + fast)}
    found = hold(rows, [sent(2, 0, cost="20")], sheets=sheets, columns="terms")
    assert (effects(found), Decimal(found["listed"]), found["code"]) == ([], 20, 0)
    between = hold(rows, [sent(2, 0, cost="22")], sheets=sheets, columns="terms")
    assert ([cause for _, cause, _ in effects(between)], between["code"]) == (["tier"], 0)
    above = hold(rows, [sent(2, 0, cost="25")], sheets=sheets, columns="terms")
    assert (Decimal(above["rows"][0]["high"]), above["code"]) == (24, 1)


def test_a_row_of_a_bill_without_an_amount_is_said(hold: Hold) -> None:
    """What was used then is not billed, as far as the bill says."""
    days = (2, 3)
    found = hold([sent(day, 100_000) for day in days], [sent(2, 0, cost="0.4"), sent(3, 100_000)])
    assert "1 row left out: it does not say what it cost" in " ".join((*found["warnings"], found["said"]))
    assert [cause for _, cause, _ in effects(found)] == ["not-billed"]


def test_a_day_of_another_zone_stays_that_of_the_bill(hold: Hold) -> None:
    """24 hours from 08:00 UTC on are what they are: a request at 03:00 of the next day is of them, one before is not."""
    row = "2026-11-02T08:00:00Z,acme,m1,1,0,0,0.4,USD,2026-11-03T08:00:00Z"
    late = "2026-11-03T03:00:00Z,acme,m1,1,100000,0,,,"
    found = hold([late], [row], columns="period_end")
    assert (effects(found), found["code"]) == ([], 0)
    early = "2026-11-02T03:00:00Z,acme,m1,1,100000,0,,,"
    found = hold([late, early], [row], columns="period_end")
    assert [cause for _, cause, _ in effects(found)] == ["not-billed"]
