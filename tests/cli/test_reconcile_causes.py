"""What may be said to explain a part of a bill, and what is left: all with invented prices."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from conftest import Run
from support.bills import HEAD, SELLER, TIER, Hold, effects, entry, page, sent, told


def spanned(first: int, last: int, fresh: int, cost: str = "") -> str:
    """Usage or a bill of whole days, without the number of requests."""
    row = f"2026-11-{first:02},acme,m1,,{fresh},0,{cost},{'USD' if cost else ''}"
    return f"{row},2026-11-{last + 1:02}"


def test_a_sum_over_several_days_of_a_bill_is_held_against_all_of_them(hold: Hold) -> None:
    """150,000 × 4 USD / 1M = 0.60 over two days, billed as 0.20 and 0.40; the day after is its own."""
    used = [spanned(2, 3, 150_000), spanned(4, 4, 100_000)]
    billed = [spanned(2, 2, 50_000, "0.20"), spanned(3, 3, 100_000, "0.40"), spanned(4, 4, 100_000, "0.4")]
    found = hold(used, billed, columns="period_end")
    shown = [(row["from"][:10], row["until"][:10], row["billed"]) for row in found["rows"]]
    assert shown == [("2026-11-02", "2026-11-04", "0.600000"), ("2026-11-04", "2026-11-05", "0.400000")]
    assert (effects(found), found["code"]) == ([], 0)
    assert "m1: a sum of its usage is over several spans of the bill, held against as one" in found["said"]


def test_a_sum_within_a_longer_span_of_a_bill_is_held_against_that(hold: Hold) -> None:
    """A month of 0.60, and no day of it, though a day was billed as well."""
    used = [spanned(2, 3, 150_000), spanned(5, 5, 100_000)]
    billed = [spanned(1, 29, 150_000, "0.60"), spanned(5, 5, 100_000, "0.40")]
    found = hold(used, billed, columns="period_end")
    assert (effects(found), found["code"]) == ([], 0)


PRIORITY = """\
          - when: {terms: priority}
            rates: {input: 8 USD / 1M tokens, output: = input, image_input: = input}
"""


@pytest.mark.parametrize(
    ("usage", "billed", "code"),
    [
        ("batch", "0.4", 1),  # half of it by what the usage says
        ("", "0.8", 1),  # that of priority, which the usage does not say
        ("", "0.2", 0),
    ],
)
def test_other_terms_speak_against_a_bill_where_the_usage_tells_its_own(
    hold: Hold, usage: str, billed: str, code: int
) -> None:
    """100,000 tokens are 0.4 at standard terms, 0.2 in a batch and 0.8 at priority."""
    found = hold(
        [sent(2, 100_000, more=usage)],
        [sent(2, 100_000, cost=billed)],
        sheets={"acme": entry(tier=PRIORITY)},
        columns="terms",
    )
    assert [cause for _, cause, _ in effects(found)] == ["terms"]
    assert found["code"] == code


@pytest.mark.parametrize(
    ("given", "made", "listed", "code"),
    [
        ("1.2", "0.2", "1.400000", 0),  # all small: 300,000 × 4 and 10,000 × 20 USD / 1M
        ("1.2", "0.24", "1.400000", 1),  # then so is the answer, and 0.04 are above list
        ("2.4", "0.4", "2.800000", 0),  # all large, at twice the price
        ("1.8", "0.3", "2.800000", 0),  # some of both, which nobody can say
        ("1.8", "0.5", "2.800000", 1),  # more than the answers of large requests
    ],
)
def test_one_mix_of_sizes_has_to_explain_all_meters(hold: Hold, given: str, made: str, listed: str, code: int) -> None:
    """Two requests of 300,000 together: where input shows what they were, the price of the answers is known."""
    used = [sent(2, 300_000, 10_000, number=2, seller="openai")]
    found = hold(used, page(input=given, output=made), sheets={"openai": entry(tier=TIER)})
    assert (found["listed"], found["code"]) == (listed, code)


def test_a_bill_in_cents_is_rounded_and_may_have_a_share_off(hold: Hold) -> None:
    """111.11 of 111.1104; and 10% off in cents, which every amount has but for less than half a cent."""
    used = [sent(2, 27_777_600), sent(3, 13_888_888)]
    assert effects(hold(used, [sent(2, 0, cost="111.11"), sent(3, 0, cost="55.56")])) == [
        ("m1", "rounding", "-0.0004"),
        ("m1", "rounding", "0.004448"),
    ]
    found = hold(used, [sent(2, 0, cost="100.00"), sent(3, 0, cost="50.00")])
    assert {cause for _, cause, _ in effects(found)} == {"discount", "rounding"}
    assert found["code"] == 0


def test_a_day_that_is_missing_is_named_also_where_the_bill_has_meters(
    hold: Hold, llmcost: Run, tmp_path: Path
) -> None:
    """The bill is of 2 November, and the usage of the third as well."""
    used = [sent(2, 100_000, 10_000, seller="openai"), sent(3, 100_000, seller="openai")]
    hold(used, page(input="0.4", output="0.2"), sheets={"openai": entry()})
    files = (str(tmp_path / "used.csv"), str(tmp_path / "bill.json"))
    options = ("--no-builtin-prices", "--prices", str(tmp_path / "openai.yaml"), "--on", "used")
    assert "used, and the bill has none of it (2026-11-03)" in llmcost("reconcile", *files, *options).out


def test_columns_of_csv_add_up_to_the_bill(hold: Hold, llmcost: Run, tmp_path: Path) -> None:
    """A part that two causes explain has its figures once."""
    hold([sent(2, 27_777_600)], [sent(2, 0, cost="100.00")])
    files = (str(tmp_path / "used.csv"), str(tmp_path / "bill.csv"))
    options = ("--no-builtin-prices", "--prices", str(tmp_path / "acme.yaml"), "--on", "used", "-f", "csv")
    rows = list(csv.DictReader(llmcost("reconcile", *files, *options).out.splitlines()))
    assert [row["cause"] for row in rows] == ["discount", "rounding"]
    assert [(row["billed"], row["currency"]) for row in rows] == [("100.000000", "USD"), ("", "USD")]


def test_small_sizes_that_may_be_are_a_price_too(hold: Hold) -> None:
    """Two requests of 300,000 together are 1.2 if small and 2.4 if large: 10% off the small price is no half of it."""
    used = [sent(day, fresh, number=2) for day, fresh in ((2, 300_000), (3, 310_000))]
    found = hold(used, [sent(2, 0, cost="1.08"), sent(3, 0, cost="1.116")], sheets={"acme": entry(tier=TIER)})
    assert {(cause, words) for _, cause, words in told(found)} == {
        ("tier", "the price of small inputs"),
        ("discount", "10% below list"),
    }
    assert found["code"] == 0


def test_a_batch_of_small_inputs_is_one(hold: Hold) -> None:
    """Half of what small requests cost, of which only the sum is known."""
    found = hold([sent(2, 300_000, number=2)], [sent(2, 0, cost="0.6")], sheets={"acme": entry(tier=TIER)})
    assert told(found) == [("m1", "terms", "the price of batch terms, of small inputs")]


@pytest.mark.parametrize(("tier", "cause"), [("0-200k", []), ("0-400k", ["tier"])])
def test_a_range_of_sizes_tells_the_tier_only_within_one(hold: Hold, tier: str, cause: list[str]) -> None:
    """Prices change beyond 200,000: of requests of up to 400,000 nobody knows which of them were larger."""
    used = [sent(2, 300_000, more=tier, number=2)]
    bill = "1.2" if tier == "0-200k" else "1.8"
    found = hold(used, [sent(2, 0, cost=bill)], sheets={"acme": entry(tier=TIER)}, columns="context_tier")
    assert [each for _, each, _ in effects(found)] == cause
    assert found["code"] == 0


def test_what_lies_within_the_range_of_a_price_is_no_share_of_it(hold: Hold) -> None:
    """Two alike days, all of them in the afternoon, when it is twice as dear: no surcharge of 60% on an even day."""
    used = [spanned(day, day, 100_000) for day in (2, 3)]
    bill = [spanned(day, day, 0, "0.8") for day in (2, 3)]
    found = hold(used, bill, sheets={"acme": NOON}, columns="period_end")
    assert {cause for _, cause, _ in effects(found)} == {"range"}
    assert found["code"] == 0


NOON = """\
      - checked_on: 2026-01-01
        source: https://x.example/prices
        rates: {input: 4 USD / 1M tokens, output: 4 USD / 1M tokens}
        variants:
          - when: {time: [{weekdays: mon-sun, from: "12:00", to: "18:00", timezone: UTC}]}
            rates: {input: 8 USD / 1M tokens, output: 8 USD / 1M tokens}
"""


def test_a_sum_that_goes_on_after_the_bill_is_not_explained_by_its_half(hold: Hold) -> None:
    """Four days of which two are billed cost what a batch of all four does."""
    used = [spanned(2, 5, 400_000)]
    found = hold(used, [spanned(2, 2, 0, "0.4"), spanned(3, 3, 0, "0.4")], columns="period_end")
    assert told(found) == [("m1", "range", "the usage is a sum that goes on for longer than what is billed")]
    exact = hold(used, [spanned(2, 2, 0, "0.8"), spanned(3, 3, 0, "0.8")], columns="period_end")
    assert effects(exact) == []


def test_a_share_is_found_by_all_days_together(hold: Hold) -> None:
    """20% off in cents: 0.32 is billed as 0.26, which alone is 18.75% off; and a small day is no batch by accident."""
    used = [sent(2, 80_000), sent(3, 720_000), sent(4, 4_000)]
    bill = [sent(2, 0, cost="0.26"), sent(3, 0, cost="2.30"), sent(4, 0, cost="0.01")]
    found = hold(used, bill)
    assert {words for _, cause, words in told(found) if cause != "rounding"} == {"20% below list"}
    assert found["code"] == 0


def test_a_credit_is_no_share_of_a_price(hold: Hold) -> None:
    """What is paid back beyond a day's cost is left."""
    found = hold([sent(2, 100_000), sent(3, 100_000)], [sent(2, 0, cost="0.4"), sent(3, 0, cost="-0.2")])
    assert [cause for _, cause, _ in effects(found)] == ["left"]
    assert found["code"] == 1


def test_what_was_written_for_a_time_that_nobody_says_may_have_been_for_an_hour(hold: Hold) -> None:
    """A million tokens written are 5 for five minutes and 8 for an hour; half of each is 6.5."""
    line = {"amount": "250", "currency": "USD", "cost_type": "tokens", "model": "m1"}
    rows = [
        {**line, "token_type": "cache_creation.ephemeral_5m_input_tokens"},
        {**line, "amount": "400", "token_type": "cache_creation.ephemeral_1h_input_tokens"},
    ]
    around = {"starting_at": "2026-11-02T00:00:00Z", "ending_at": "2026-11-03T00:00:00Z"}
    bill = {"data": [{**around, "results": rows}], "has_more": False}
    used = [sent(2, 0, more="1000000", seller="anthropic")]
    found = hold(used, bill, sheets={"anthropic": KEPT}, columns="cache_write_tokens")
    assert effects(found) == [("m1", "range", "1.5")]
    assert [(row["meter"], row["low"], row["high"]) for row in found["rows"]] == [
        ("cache_write", "5.000000", "8.000000")
    ]
    assert found["code"] == 0


KEPT = """\
      - checked_on: 2026-01-01
        source: https://x.example/prices
        rates: {input: 4 USD / 1M tokens, cache_read: 1 USD / 1M tokens, cache_write: 5 USD / 1M tokens,
                cache_write_1h: 8 USD / 1M tokens, output: 4 USD / 1M tokens}
"""


def test_a_report_of_anthropic_names_the_place(hold: Hold) -> None:
    """In the US everything is dearer; usage that does not say where is held against that."""
    row = {"amount": "44", "currency": "USD", "cost_type": "tokens", "model": "m1", "token_type": None}
    around = {"starting_at": "2026-11-02T00:00:00Z", "ending_at": "2026-11-03T00:00:00Z"}
    bill = {"data": [{**around, "results": [{**row, "inference_geo": "us"}]}], "has_more": False}
    sheets = {"anthropic": entry(place="place: global\n        ") + entry(place="place: us\n        ", price=5)}
    found = hold([sent(2, 88_000, seller="anthropic")], bill, sheets=sheets)
    assert (effects(found), found["code"]) == ([], 0)


def test_usage_that_may_have_been_at_either_place_has_the_range_of_both(hold: Hold) -> None:
    """Half of it is billed in the US, at 5 for 4: nobody can say that this is too much, and beyond all of it one can."""
    row = {"currency": "USD", "cost_type": "tokens", "model": "m1", "token_type": None}
    around = {"starting_at": "2026-11-02T00:00:00Z", "ending_at": "2026-11-03T00:00:00Z"}
    sheets = {"anthropic": entry(place="place: global\n        ") + entry(place="place: us\n        ", price=5)}
    for cents, cause, code in (("25", "range", 0), ("40", "surcharge", 1)):
        rows = [{**row, "amount": "20", "inference_geo": "global"}, {**row, "amount": cents, "inference_geo": "us"}]
        bill = {"data": [{**around, "results": rows}], "has_more": False}
        found = hold([sent(2, 100_000, seller="anthropic")], bill, sheets=sheets)
        assert ([each for _, each, _ in effects(found)], found["code"]) == ([cause], code)


def test_searches_of_days_meet_a_sum_of_all_of_them(hold: Hold) -> None:
    """100 searches are 1.00, billed as 0.50 on each of two days without a model."""
    search = {"amount": "50", "currency": "USD", "cost_type": "web_search", "model": None, "token_type": None}
    tokens = {**search, "amount": "80", "cost_type": "tokens", "model": "m1", "token_type": "uncached_input_tokens"}
    days = [
        {
            "starting_at": f"2026-11-0{day}T00:00:00Z",
            "ending_at": f"2026-11-0{day + 1}T00:00:00Z",
            "results": [search, tokens],
        }
        for day in (2, 3)
    ]
    used = [spanned(2, 3, 400_000).replace("acme", "anthropic") + ",100"]
    sheets, bill = {"anthropic": entry()}, {"data": days, "has_more": False}
    found = hold(used, bill, sheets=sheets, columns="period_end,web_searches")
    assert (effects(found), found["code"]) == ([], 0)


def test_one_of_several_lists_in_the_currency_of_the_bill_is_taken(hold: Hold) -> None:
    """Not the list in another one; which others there are is said."""
    places = [("intl", 4, "USD"), ("bay", 4, "CNY"), ("cape", 8, "CNY")]
    sheets = {"acme": "".join(entry(f"place: {place}\n        ", price, code) for place, price, code in places)}
    bill = [sent(2, 0, cost="0.4").replace("USD", "CNY")]
    found = hold([sent(2, 100_000)], bill, sheets={"acme": sheets["acme"]}, home="intl")
    assert (effects(found), found["code"]) == ([], 0)
    assert "m1 is taken as acme/m1@bay, as the bill is in CNY; it has such lists at cape too" in found["said"]


@pytest.mark.parametrize("amount", ["1e999", "-1e20"])
def test_an_amount_that_nobody_bills_is_none(amount: str, llmcost: Run, tmp_path: Path) -> None:
    """It is refused with its row, and not worked out."""
    (used := tmp_path / "used.csv").write_text(f"{HEAD}\n{sent(2, 1000, seller='openai')}\n", encoding="utf-8")
    text = json.dumps(page(input="1")).replace("1.0", amount)
    (bill := tmp_path / "bill.json").write_text(text, encoding="utf-8")
    ran = llmcost("reconcile", str(used), str(bill))
    assert (ran.code, ran.out) == (2, "")
    assert "bill.json:1: value is no amount" in ran.err


def test_a_bill_without_models_says_how_to_ask_for_them(llmcost: Run, tmp_path: Path) -> None:
    """OpenAI's costs have no lines unless they are asked for."""
    (used := tmp_path / "used.csv").write_text(f"{HEAD}\n{sent(2, 1000, seller='openai')}\n", encoding="utf-8")
    bill = page(input="1")
    bill["data"][0]["results"][0]["line_item"] = None
    (path := tmp_path / "bill.json").write_text(json.dumps(bill), encoding="utf-8")
    ran = llmcost("reconcile", str(used), str(path))
    assert ran.code == 2
    assert "the bill names no model: ask for it by line, such as with group_by=line_item" in ran.err


def test_a_model_without_a_price_is_named_where_nothing_was_billed_for_it(llmcost: Run, tmp_path: Path) -> None:
    """Its list price is not known, so that nothing may be the same as it."""
    rows = "\n".join([HEAD, sent(2, 100_000, cost="0.4"), sent(2, 100_000, cost="0").replace("m1", "m9")])
    (used := tmp_path / "used.csv").write_text(rows + "\n", encoding="utf-8")
    (sheet := tmp_path / "acme.yaml").write_text(SELLER.format(seller="acme") + entry(), encoding="utf-8")
    ask = ("--no-builtin-prices", "--prices", str(sheet), "--on", "used")
    ran = llmcost("reconcile", str(used), str(used), *ask, "--exit-code")
    assert "m9: no price → 0.00\n  +0.00  no offer of m9 is known" in ran.out
    assert ran.code == 1


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_an_engine_keeps_hours_apart_where_the_bill_does(llmcost: Run, tmp_path: Path) -> None:
    """A bill by the hour is held against the hours that were used."""
    pytest.importorskip("duckdb")
    hours = [(hour, f"2026-11-02T{hour:02}:00:00Z,2026-11-02T{hour + 1:02}:00:00Z") for hour in (3, 4, 9)]
    head = HEAD.replace("period_start,", "period_start,period_end,")
    bill = "".join(f"{span},acme,m1,1,100000,0,0.4,USD,\n" for _, span in hours)
    used = "".join(f"2026-11-02T{hour:02}:15:00Z,acme,m1,1,100000,0,,,\n" for hour, _ in hours)
    (path := tmp_path / "used.csv").write_text(f"{HEAD}\n{used}", encoding="utf-8")
    (billed := tmp_path / "bill.csv").write_text(f"{head}\n{bill}", encoding="utf-8")
    (sheet := tmp_path / "acme.yaml").write_text(SELLER.format(seller="acme") + entry(), encoding="utf-8")
    ask = ("--no-builtin-prices", "--prices", str(sheet), "--on", "used", "--engine", "duckdb", "--exit-code")
    ran = llmcost("reconcile", str(path), str(billed), *ask)
    assert (ran.code, ran.out.splitlines()[0]) == (0, "Billed 1.20 USD, at list price 1.20: the same")


def test_a_day_with_rows_of_one_place_is_held_against_that(hold: Hold) -> None:
    """Another day at another place makes nothing of a day above list explained."""
    row = {"currency": "USD", "cost_type": "tokens", "model": "m1", "token_type": None}
    sheets = {"anthropic": entry(place="place: global\n        ") + entry(place="place: us\n        ", price=5)}

    def day(number: int, cents: str, place: str) -> dict[str, object]:
        around = {
            "starting_at": f"2026-11-0{number}T00:00:00Z",
            "ending_at": f"2026-11-0{number + 1}T00:00:00Z",
        }
        return {**around, "results": [{**row, "amount": cents, "inference_geo": place}]}

    used = [sent(day, 100_000, seller="anthropic") for day in (2, 3)]
    exact = {"data": [day(2, "40", "global"), day(3, "50", "us")], "has_more": False}
    assert effects(hold(used, exact, sheets=sheets)) == []
    dear = {"data": [day(2, "43", "global"), day(3, "50", "us")], "has_more": False}
    found = hold(used, dear, sheets=sheets)
    assert ([cause for _, cause, _ in effects(found)], found["code"]) == (["surcharge"], 1)


@pytest.mark.parametrize(
    ("given", "read", "made", "causes"),
    [
        ("2.40", "0.00", "0.40", []),  # all large; what was read is too little to say anything
        ("1.80", "0.40", "0.30", ["tier", "tier", "tier"]),  # some of both, and only small ones read something
    ],
)
def test_only_what_all_requests_have_tells_their_sizes(
    hold: Hold, given: str, read: str, made: str, causes: list[str]
) -> None:
    """Two requests of 300,000 together: small at 4 and 20, large at 8 and 40 USD / 1M; what is read is 4 and 8."""
    more = "400" if read == "0.00" else "100000"
    used = [sent(2, 300_000, 10_000, more=more, number=2, seller="openai")]
    bill = page(**{"input": given, "cached input": read, "output": made})
    found = hold(used, bill, sheets={"openai": SIZED}, columns="cache_read_tokens")
    assert [cause for _, cause, _ in effects(found) if cause != "rounding"] == causes
    assert found["code"] == 0


SIZED = """\
      - checked_on: 2026-01-01
        source: https://x.example/prices
        rates: {input: 4 USD / 1M tokens, cache_read: 4 USD / 1M tokens, output: 20 USD / 1M tokens}
        variants:
          - when: {input_tokens: "> 200000"}
            rates: {input: 8 USD / 1M tokens, cache_read: 8 USD / 1M tokens, output: 40 USD / 1M tokens}
"""


def test_a_range_ends_where_rounding_ends(hold: Hold) -> None:
    """A day in the afternoon is 0.8456 and billed as 0.85 in cents; 1.00 is more than that."""
    used = [spanned(2, 2, 105_700)]
    for billed, code in (("0.85", 0), ("1.00", 1)):
        found = hold(used, [spanned(2, 2, 0, billed)], sheets={"acme": NOON}, columns="period_end")
        assert ([cause for _, cause, _ in effects(found)] == ["range"], found["code"]) == (not code, code)


def test_meters_have_the_range_of_what_was_cached(hold: Hold, tmp_path: Path, llmcost: Run) -> None:
    """100,000 tokens of which nobody says what was read: half as input at 4 and half read at 1 are 0.2 and 0.05."""
    row = {
        "request_id": "a", "call_type": "c", "model": "m1", "custom_llm_provider": "openai", "prompt_tokens": 100_000,
        "completion_tokens": 0, "spend": 0, "startTime": "2026-11-02T09:00:00Z", "metadata": {},
    }  # fmt: skip
    (used := tmp_path / "log.json").write_text(json.dumps([row]), encoding="utf-8")
    (bill := tmp_path / "bill.json").write_text(
        json.dumps(page(**{"input": "0.2", "cached input": "0.05"})), encoding="utf-8"
    )
    (sheet := tmp_path / "s.yaml").write_text(SELLER.format(seller="openai") + KEPT, encoding="utf-8")
    ask = ("--no-builtin-prices", "--prices", str(sheet), "--on", "used", "-f", "json", "--exit-code")
    ran = llmcost("reconcile", str(used), str(bill), *ask)
    rows = json.loads(ran.out)["rows"]
    assert [(each["meter"], [cause["cause"] for cause in each["causes"]]) for each in rows] == [
        ("input", ["range"]),
        ("cache_read", ["range"]),
    ]
    assert ran.code == 0


def test_a_share_of_the_bills_own_list_price_is_told_beside_what_it_takes_off(hold: Hold) -> None:
    """Its list price is 5% above list, and 10% of that are taken off."""
    head = "usage_date_utc,model,token_type,cost_usd,list_price_usd\n"
    rows = [
        f"2026-11-0{day},m1,input_no_cache,{cost},{quoted}" for day, cost, quoted in ((2, 3.78, 4.2), (3, 7.56, 8.4))
    ]
    found = hold(
        [sent(2, 1_000_000, seller="anthropic"), sent(3, 2_000_000, seller="anthropic")],
        head + "\n".join(rows) + "\n",
        sheets={"anthropic": entry()},
    )
    assert {words for _, _, words in told(found)} == {"taken off by the bill itself", "5% above list"}
    assert found["code"] == 1


def test_searches_of_a_sum_that_goes_on_are_open_too(hold: Hold) -> None:
    """Seven of ten searches are billed on one of two days."""
    search = {"amount": "7", "currency": "USD", "cost_type": "web_search", "model": None, "token_type": None}
    tokens = {**search, "amount": "80", "cost_type": "tokens", "model": "m1", "token_type": "uncached_input_tokens"}
    around = {"starting_at": "2026-11-02T00:00:00Z", "ending_at": "2026-11-03T00:00:00Z"}
    bill = {"data": [{**around, "results": [search, tokens]}], "has_more": False}
    used = [spanned(2, 3, 400_000).replace("acme", "anthropic") + ",10"]
    found = hold(used, bill, sheets={"anthropic": entry()}, columns="period_end,web_searches")
    assert {words for _, _, words in told(found)} == {"the usage is a sum that goes on for longer than what is billed"}


def test_what_a_bill_takes_off_is_told_beside_what_is_open(hold: Hold) -> None:
    """Written for an unknown time, 5 to 8; by the bill's own list price 6.5, of which it takes off 2.6."""
    head = "usage_date_utc,model,token_type,cost_usd,list_price_usd\n"
    rows = ["2026-11-02,m1,input_cache_write_5m,1.50,2.50", "2026-11-02,m1,input_cache_write_1h,2.40,4.00"]
    found = hold(
        [sent(2, 0, more="1000000", seller="anthropic")],
        head + "\n".join(rows) + "\n",
        sheets={"anthropic": KEPT},
        columns="cache_write_tokens",
    )
    assert effects(found) == [("m1", "discount", "-2.6"), ("m1", "range", "1.5")]
    assert found["code"] == 0


def test_more_than_the_most_speaks_against_a_bill_whatever_names_it(hold: Hold) -> None:
    """A week at the price that ended before it, ten times as dear; and beside a sum of little that says less."""
    sheets = {"acme": entry(price=40) + entry(place="effective_from: 2026-10-01\n        ", price=4)}
    used = [spanned(2, 8, 100_000)]
    found = hold(used, [spanned(2, 8, 0, "4")], sheets=sheets, columns="period_end")
    assert ([cause for _, cause, _ in effects(found)], found["code"]) == (["price-date"], 1)


def test_an_amount_shows_sizes_only_where_rounding_is_fine(hold: Hold) -> None:
    """In cents, 0.01 is small answers and large ones alike; the input is of both."""
    tier = TIER.replace("output: 40", "output: 30")
    used = [sent(2, 300_000, 400, number=2, seller="openai")]  # answers are 0.008 to 0.012, input 1.2 to 2.4
    found = hold(used, page(input="1.80", output="0.01"), sheets={"openai": entry(tier=tier)})
    assert found["code"] == 0
    assert [row["listed"] for row in found["rows"]] == ["2.400000", "0.012000"]


def test_only_usage_without_a_place_may_have_been_elsewhere(hold: Hold) -> None:
    """One request says where it was, and another one may have been at either place that is billed."""
    row = {"currency": "USD", "cost_type": "tokens", "model": "m1", "token_type": None}
    around = {"starting_at": "2026-11-02T00:00:00Z", "ending_at": "2026-11-03T00:00:00Z"}
    sheets = {"anthropic": entry(place="place: global\n        ") + entry(place="place: us\n        ", price=5)}
    rows = [{**row, "amount": cents, "inference_geo": place} for cents, place in (("40", "global"), ("50", "us"))]
    used = [sent(2, 100_000, seller="anthropic", more=place) for place in ("global", "")]
    found = hold(used, {"data": [{**around, "results": rows}], "has_more": False}, sheets=sheets, columns="place")
    assert ([cause for _, cause, _ in effects(found)], found["code"]) == (["range"], 0)


def test_what_is_not_known_of_a_cache_may_have_been_written_for_long(llmcost: Run, tmp_path: Path) -> None:
    """100,000 tokens of which nobody says what was cached are 0.8 if all were written for an hour, and no more."""
    row = {
        "request_id": "a", "call_type": "c", "model": "m1", "custom_llm_provider": "openai", "prompt_tokens": 100_000,
        "completion_tokens": 0, "spend": 0, "startTime": "2026-11-02T09:00:00Z", "metadata": {},
    }  # fmt: skip
    (used := tmp_path / "log.json").write_text(json.dumps([row]), encoding="utf-8")
    (sheet := tmp_path / "s.yaml").write_text(SELLER.format(seller="openai") + KEPT, encoding="utf-8")
    ask = ("--no-builtin-prices", "--prices", str(sheet), "--on", "used", "-f", "json", "--exit-code")
    for cost, code in (("0.8", 0), ("0.9", 1)):
        (bill := tmp_path / "bill.csv").write_text(f"{HEAD}\n{sent(2, 0, cost=cost, seller='openai')}\n", "utf-8")
        assert llmcost("reconcile", str(used), str(bill), *ask).code == code


def test_days_with_holes_are_told_as_such(hold: Hold, llmcost: Run, tmp_path: Path) -> None:
    """Five days were used and the middle one is billed."""
    used = [sent(day, 100_000) for day in (2, 3, 4, 5, 6)]
    hold(used, [sent(4, 0, cost="0.4")])
    files = (str(tmp_path / "used.csv"), str(tmp_path / "bill.csv"))
    options = ("--no-builtin-prices", "--prices", str(tmp_path / "acme.yaml"), "--on", "used")
    assert "none of it (4 days of 2026-11-02 to 2026-11-06)" in llmcost("reconcile", *files, *options).out
