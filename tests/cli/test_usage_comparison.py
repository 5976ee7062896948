"""Real usage on other offers, and real usage as a workload."""

from __future__ import annotations

import gzip
import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import Run
from support.running import records_of
from support.usage_samples import sample

HEAD = (
    "period_start,provider,model,requests,input_uncached_tokens,cache_read_tokens,cache_write_5m_tokens,output_tokens,"
    "batch\n"
)
SMALL = (
    "2026-05-20T10:00:00Z,example-ai,example-small,1,100000,0,0,10000,\n"
    "2026-06-10T10:00:00Z,example-ai,example-small,1,100000,0,0,10000,\n"
)
LARGE = (
    "2026-08-03T00:30:00Z,example-ai,example-large-2026,1,100000,0,0,10000,\n"
    "2026-08-03T02:00:00Z,example-ai,example-large-2026,1,100000,0,0,10000,\n"
)
CACHED = "2026-08-03T00:30:00Z,night-cloud,night-vision,1,1000,9000,0,100,\n"


@pytest.fixture
def ask(llmcost_small: Run, tmp_path: Path) -> Any:
    """Compare rows of usage, as CSV by row."""

    def call(rows: str, *arguments: str) -> dict[str, dict[str, str]]:
        (path := tmp_path / "used.csv").write_text(HEAD + rows, encoding="utf-8")
        ran = llmcost_small("compare", str(path), *arguments, "-f", "csv")
        assert ran.code in (0, 2), ran.err
        return {row["offer"]: row for row in records_of(ran.out)}

    return call


def test_each_request_has_the_prices_of_its_own_day(ask: Any) -> None:
    """The small model cost 1.00 and 4.00 in May, 0.50 and 2.00 in June; on one day both cost the same."""
    rows = ask(SMALL, "--on", "used")
    may, june = Decimal("0.1") + Decimal("0.04"), Decimal("0.05") + Decimal("0.02")
    assert Decimal(rows["example-ai/example-small@global"]["cost"]) == may + june
    fixed = ask(SMALL, "--on", "2026-09-15")
    assert Decimal(fixed["example-ai/example-small@global"]["cost"]) == 2 * june


def test_a_sum_that_goes_on_while_its_price_changes_has_the_range_of_both(llmcost_small: Run, tmp_path: Path) -> None:
    """The small model cost 1.00 and 4.00 in May, 0.50 and 2.00 in June; of 21 days 12 are May's, and all may be of one."""
    head = HEAD.replace("period_start", "period_start,period_end")
    rows = [
        "2026-05-01,2026-06-01,example-ai,example-small,1,100000,0,0,10000,\n",
        "2026-05-20,2026-06-10,example-ai,example-small,1,100000,0,0,10000,\n",
    ]
    found = []
    for lines in (rows[:1], rows[1:], rows):
        (path := tmp_path / "used.csv").write_text(head + "".join(lines), encoding="utf-8")
        ran = llmcost_small("compare", str(path), "-m", "example-small", "--on", "used", "-f", "csv")
        row = next(row for row in records_of(ran.out) if row["offer"] == "example-ai/example-small@global")
        found.append([Decimal(row[end]) if row[end] else None for end in ("cost", "low", "high")])
    may, june = Decimal("0.1") + Decimal("0.04"), Decimal("0.05") + Decimal("0.02")
    both = (12 * may + 9 * june) / 21
    assert found == [[may, None, None], [both, june, may], [may + both, may + june, 2 * may]]
    assert "the range is of all prices that it meets" in row["notes"]


def test_the_same_model_at_other_sellers_is_compared_unasked(ask: Any) -> None:
    """Night Cloud sells the large one, at twice the price in its peak hours; 7 CNY are a dollar."""
    rows = ask(LARGE, "--on", "used")
    assert set(rows) == {"example-ai/example-large-2026@global", "night-cloud/example/large@cn"}
    plain, peak = (Decimal(price) * 100 / 1000 + Decimal(out) * 10 for price, out in (("20", "0.1"), ("40", "0.2")))
    moved = Decimal(rows["night-cloud/example/large@cn"]["cost"])
    assert abs(moved - (plain + peak) / 7) < Decimal("1e-11")


def test_any_offer_may_be_named_and_a_model_moved_alone(ask: Any) -> None:
    """-m moves everything, --map one model while the others stay where they are."""
    rows = ask(SMALL + LARGE, "-m", "example-small", "--on", "2026-09-15")
    small, large = 2 * Decimal("0.07"), 2 * (Decimal("0.4") + Decimal("0.2"))
    assert Decimal(rows["as used"]["cost"]) == small + large
    assert Decimal(rows["example-ai/example-small@global"]["cost"]) == 2 * small
    mapped = ask(SMALL + LARGE, "--map", "example-large-2026=example-small", "--on", "2026-09-15")
    assert Decimal(mapped["example-ai/example-small@global"]["cost"]) == 2 * small
    other = ask(SMALL + LARGE, "--map", "example-small=example-large", "--on", "2026-09-15")
    assert Decimal(other["example-ai/example-large-2026@global"]["cost"]) == 2 * large


def test_a_model_that_is_moved_may_be_written_in_another_way(ask: Any) -> None:
    """As any name at a terminal, and that is said."""
    rows = ask(SMALL + LARGE, "--map", "Example_Large.2026=example-small", "--on", "2026-09-15")
    row = rows["example-ai/example-small@global"]
    assert Decimal(row["cost"]) == 4 * Decimal("0.07")


def test_another_cache_is_a_range_from_the_same_hits_to_none(ask: Any) -> None:
    """9,000 of 10,000 tokens come from a cache there; here they may, or they may never."""
    row = ask(CACHED, "-m", "example-large", "--on", "2026-09-15")["example-ai/example-large-2026@global"]
    hits = Decimal("0.001") * 4 + Decimal("0.009") * Decimal("0.8") + Decimal("0.0001") * 20
    none = Decimal("0.01") * 4 + Decimal("0.0001") * 20
    assert (Decimal(row["cost"]), Decimal(row["low"]), Decimal(row["high"])) == (hits, hits, none)
    assert "taken to be hit as often" in row["notes"]


def test_a_seller_that_charges_for_writing_is_taken_to_write_what_was_not_read(ask: Any) -> None:
    """1,000 tokens at 5.00 instead of 4.00: what an automatic cache does not count is written here."""
    row = ask(CACHED, "-m", "example-large+cache-explicit", "--on", "2026-09-15")
    (cost,) = {Decimal(each["low"]) for name, each in row.items() if "explicit" in name}
    assert cost == Decimal("0.001") * 5 + Decimal("0.009") * Decimal("0.4") + Decimal("0.0001") * 20


def test_a_request_that_says_what_it_wrote_wrote_no_more(ask: Any) -> None:
    """Beside one that does not, of which 1,000 tokens are taken as written: 1 written, and 10 that are input."""
    more = CACHED.replace(",1000,9000,0,", ",10,9000,1,")
    ask_large = ("-m", "example-large+cache-explicit", "--on", "2026-09-15")
    (cost,) = {Decimal(row["low"]) for name, row in ask(CACHED + more, *ask_large).items() if "explicit" in name}
    fresh, read, written, out = Decimal("0.00001") * 4, Decimal("0.018") * Decimal("0.4"), Decimal("0.001001") * 5, 200
    assert cost == fresh + read + written + Decimal(out) / 10**6 * 20


def test_sums_of_a_day_are_not_in_doubt_for_their_size(ask: Any) -> None:
    """That a thousand requests of a day together exceed a window says nothing of any of them."""
    row = "2026-08-03,night-cloud,night-vision,1000,2000000,0,0,500000,\n"
    found = ask(row, "-m", "example-large", "--on", "2026-09-15")["example-ai/example-large-2026@global"]
    assert (found["rank"] != "", found["doubts"]) == (True, "")


def test_batch_stays_batch_where_it_is_sold(ask: Any) -> None:
    """And is priced standard, with a mark, where it is not."""
    rows = ask(LARGE.replace(",\n", ",true\n"), "-m", "example-small", "--on", "2026-09-15")
    used = next(row for row in rows.values() if row["terms"] == "batch")
    assert Decimal(used["cost"]) == 2 * (Decimal("0.2") + Decimal("0.1"))
    assert "priced-standard" in rows["example-ai/example-small@global"]["marks"]


def test_a_model_that_nobody_knows_is_a_gap_and_the_others_are_told(llmcost_small: Run, tmp_path: Path) -> None:
    """What was used has no price then; what it is moved to has one."""
    (path := tmp_path / "used.csv").write_text(HEAD + CACHED.replace("night-vision", "night-owl"), encoding="utf-8")
    ran = llmcost_small("compare", str(path), "-m", "example-small", "--on", "2026-09-15")
    assert ran.code == 0
    assert "as used: no offer of night-owl is known at night-cloud" in ran.out
    alone = llmcost_small("compare", str(path))
    assert (alone.code, "as used" in alone.out) == (2, True)


def test_people_see_the_span_and_what_never_being_cached_would_cost(llmcost_small: Run, tmp_path: Path) -> None:
    """In the heading and below the table; JSON has the same range."""
    (path := tmp_path / "used.csv").write_text(HEAD + CACHED, encoding="utf-8")
    ran = llmcost_small("compare", str(path), "-m", "example-large", "--on", "used")
    assert ran.out.startswith(
        "Cost in USD, what was used on 2026-08-03, each request at the prices of its own day\n"
    ), ran.out
    assert "and at the most never. From the least to the most: example-ai/example-large-2026@global 0.013 to 0.042" in (
        ran.out
    )
    data = json.loads(llmcost_small("compare", str(path), "-m", "example-large", "-f", "json").out)
    assert [row["cost"] for row in data["rows"] if row["model"] == "example-large"] == ["0.013200"]


UNASKED = """kind: api
seller: quill
name: Quill
default_place: global
models:
  - id: quill-1
    developer: quill
    cache: [{kind: automatic}]
    prices:
      - effective_from: 2026-01-01
        checked_on: 2026-09-01
        source: https://quill.example/prices
        rates:
          input: 2 USD / 1M tokens
          cache_read: 0.2 USD / 1M tokens
          cache_write: 2.5 USD / 1M tokens
          output: 10 USD / 1M tokens
"""


def test_a_cache_that_bills_writing_unasked_is_written_in_vain_at_the_most(ask: Any, tmp_path: Path) -> None:
    """9,000 of 10,000 tokens found and 1,000 written; at the most all 10,000 are written and none is found."""
    (sheet := tmp_path / "quill.yaml").write_text(UNASKED, encoding="utf-8")
    row = ask(CACHED, "-m", "quill-1", "--on", "2026-09-15", "--prices", str(sheet))["quill/quill-1@global"]
    hits = Decimal("0.001") * Decimal("2.5") + Decimal("0.009") * Decimal("0.2") + Decimal("0.0001") * 10
    vain = Decimal("0.01") * Decimal("2.5") + Decimal("0.0001") * 10
    assert (Decimal(row["cost"]), Decimal(row["low"]), Decimal(row["high"])) == (hits, hits, vain)


def test_another_cache_of_the_same_seller_is_another_cache(ask: Any) -> None:
    """The small model caches unasked alone, the large one also when asked: hits are supposed, and may never come."""
    used = "2026-08-03T00:30:00Z,example-ai,example-small,1,1000,9000,0,100,\n"
    row = ask(used, "-m", "example-large", "--on", "2026-09-15")["example-ai/example-large-2026@global"]
    hits = Decimal("0.001") * 4 + Decimal("0.009") * Decimal("0.8") + Decimal("0.0001") * 20
    none = Decimal("0.01") * 4 + Decimal("0.0001") * 20
    assert (Decimal(row["cost"]), Decimal(row["low"]), Decimal(row["high"])) == (hits, hits, none)


def test_a_named_offer_without_a_full_price_gives_no_verdict(llmcost_small: Run, tmp_path: Path) -> None:
    """As in any comparison: 2, unless the gaps are accepted; what is too large for its window has none."""
    used = "2026-08-03T00:30:00Z,example-ai,example-large-2026,1,190000,0,0,100,\n"
    (path := tmp_path / "used.csv").write_text(HEAD + used, encoding="utf-8")
    asked = ("compare", str(path), "-m", "example-small", "--on", "2026-09-15")
    ran = llmcost_small(*asked)
    assert (ran.code, "llmcost: no full price for example-ai/example-small@global" in ran.err) == (2, True)
    assert llmcost_small(*asked, "--allow-unpriced").code == 0


OMNI = "2026-08-03T00:30:00Z,night-cloud,night-omni,1,{input},0,0,1000,\n"


def test_another_tokenizer_counts_as_samples_say(ask: Any) -> None:
    """1.25 tokens of the Night vocabulary for each of the Example one, of English: 125,000 in, 12,500 out; 7 CNY a USD."""
    used = "2026-08-03T00:30:00Z,example-ai,example-large-2026,1,100000,0,0,10000,\n"
    row = ask(used, "-m", "night-omni", "--language", "en", "--on", "2026-09-15")["night-cloud/night-omni@cn"]
    assert abs(Decimal(row["cost"]) * 7 - (Decimal("0.125") * 7 + Decimal("0.0125") * 40)) < Decimal("1e-10")
    assert (row["low"], row["high"]) == ("", "")
    assert "each token of Example vocabulary is taken as 1.25 to 1.25 of Night vocabulary" in row["notes"]


def test_where_the_kind_of_text_is_not_said_all_are_in_the_range(ask: Any) -> None:
    """From 0.5 of Chinese to 2 of code; the cost is that of the middle, 1.25."""
    used = "2026-08-03T00:30:00Z,example-ai,example-large-2026,1,100000,0,0,10000,\n"
    row = ask(used, "-m", "night-omni", "--on", "2026-09-15")["night-cloud/night-omni@cn"]
    counted = {"low": Decimal("0.5"), "cost": Decimal("1.25"), "high": Decimal(2)}
    for column, ratio in counted.items():
        assert abs(Decimal(row[column]) * 7 - ratio * (Decimal("0.1") * 7 + Decimal("0.01") * 40)) < Decimal("1e-10")


def test_kinds_of_text_add_up_however_they_are_written(ask: Any) -> None:
    """By comma or one after the other; of English alone there is no range."""
    used = "2026-08-03T00:30:00Z,example-ai,example-large-2026,1,100000,0,0,10000,\n"
    where = ("-m", "night-omni", "--on", "2026-09-15")
    rows = [
        ask(used, *where, *languages)["night-cloud/night-omni@cn"]
        for languages in (("--language", "en,code"), ("--language", "en", "--language", "code"), ("--language", "en"))
    ]
    assert [rows[0][end] for end in ("low", "high")] == [rows[1][end] for end in ("low", "high")]
    assert [rows[2]["low"], rows[2]["high"]] == ["", ""]
    assert rows[1]["high"]


@pytest.mark.parametrize(
    ("tokens", "counted", "rates"), [(250_000, 200_000, ("4", "20")), (250_002, 200_002, ("8", "30"))]
)
def test_a_request_is_in_the_tier_that_its_new_size_is_in(
    ask: Any, tokens: int, counted: int, rates: tuple[str, str]
) -> None:
    """250,000 tokens are 200,000 there, the last of the lower tier; 250,002 are 200,001.6, which is above it."""
    used = OMNI.format(input=tokens)
    row = ask(used, "-m", "example-large", "--language", "en", "--on", "2026-09-15")
    cost = Decimal(row["example-ai/example-large-2026@global"]["cost"])
    assert cost * 10**6 == counted * Decimal(rates[0]) + 800 * Decimal(rates[1])


def test_where_nothing_is_known_of_a_tokenizer_tokens_are_as_counted(ask: Any) -> None:
    """That is said; and of the same model at another seller there is nothing to say."""
    row = ask(SMALL, "-m", "night-omni", "--on", "2026-09-15")["night-cloud/night-omni@cn"]
    assert "tokens are taken as they were counted" in row["notes"]
    assert abs(Decimal(row["cost"]) - 2 * (Decimal("0.1") + Decimal("0.01") * 40 / 7)) < Decimal("1e-10")
    other = ask(SMALL, "-m", "night-vision", "--on", "2026-09-15")["night-cloud/night-vision@cn"]
    assert "tokens are taken as they were counted" in other["notes"]
    same = ask(LARGE, "--on", "used")["night-cloud/example/large@cn"]
    assert "tokens" not in same["notes"].replace("input_tokens", "")


def test_a_database_is_usage_by_its_head(llmcost_small: Run, tmp_path: Path) -> None:
    """Whatever it is called, as an export is by its ending."""
    ran = llmcost_small("compare", str(sample("llm.sql", tmp_path)), "example-small", "-f", "csv", "--on", "2026-09-15")
    assert {row["offer"] for row in records_of(ran.out)} >= {"as used", "example-ai/example-small@global"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--language", "en,fr"), '--language: "fr" is not known'),
        (("--input", "5"), "--input does not go with real usage"),
        (("--requests", "5"), "--requests does not go with real usage"),
        (("--months", "3"), "--months does not go with real usage"),
        (("--batch", "50%"), "--batch does not go with real usage"),
        (("--turns", "3"), "does not go with real usage"),
        (("chat-support",), "is usage and chat-support a workload"),
        (("--map", "gpt-9=example-small"), "gpt-9 was not used"),
        (("--map", "example-small"), '--map: "example-small" is no move'),
        (("--map", "example-small=no-such-model"), "--map"),
        (("--since", "2027-01-01"), "there is no usage in that time"),
        (("-m", "self/boulder-200b@grid/ax1x1"), "is sized by the load of a month"),
    ],
)
def test_what_makes_no_sense_is_refused(
    llmcost_small: Run, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    """With the flag that is wrong, and nothing is printed."""
    (path := tmp_path / "used.csv").write_text(HEAD + SMALL, encoding="utf-8")
    ran = llmcost_small("compare", str(path), *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


def test_what_is_of_usage_needs_usage(llmcost_small: Run) -> None:
    """A flag of it beside flags of a workload is a slip."""
    ran = llmcost_small("compare", "--input", "5", "--map", "a=b")
    assert (ran.code, ran.out) == (2, "")
    assert "are of real usage" in ran.err


def test_usage_becomes_a_workload_that_costs_the_same(llmcost_small: Run, tmp_path: Path) -> None:
    """A whole September is a month: the sum of the file is that of its workload, across a tier, to the last decimal."""
    rows = "".join(
        f"2026-09-{day:02}T10:00:00Z,example-ai,example-large-2026,1,{size},0,0,1000,{'true' if day == 9 else ''}\n"
        for day, size in ((1, 99_000), (9, 150_000), (15, 101_000), (30, 200_001))
    )
    (path := tmp_path / "used.csv").write_text(HEAD + rows, encoding="utf-8")
    written = llmcost_small("usage", str(path), "-o", str(tmp_path / "work.yaml"))
    assert written.code == 0, written.err
    document = yaml.safe_load((tmp_path / "work.yaml").read_text(encoding="utf-8"))
    assert [each["input_tokens"] for each in document["classes"]] == [100_000, 150_000, 200_001]
    assert document["load"]["peak_to_mean"] > 1
    ask = ("-m", "example-large", "--on", "2026-09-30", "-f", "csv")
    (asked,) = records_of(llmcost_small("compare", str(tmp_path / "work.yaml"), *ask).out)
    used = records_of(llmcost_small("compare", str(path), *ask).out)
    assert Decimal(asked["monthly_cost"]) == min(Decimal(row["cost"]) for row in used if row["terms"] == "standard")


@pytest.mark.parametrize(("days", "scaled"), [(27, True), (28, True), (29, True), (30, False)])
def test_one_day_more_never_makes_a_month_cheaper_by_much(
    days: int, scaled: bool, llmcost_small: Run, tmp_path: Path
) -> None:
    """1,000 requests a day are 30,416.67 a month of 365 / 12 days; all of September are the 30,000 that it had."""
    rows = "".join(f"2026-09-{day:02},example-ai,example-small,1000,10000,0,0,500,\n" for day in range(1, days + 1))
    made, _, _ = workload_of(HEAD + rows, llmcost_small, tmp_path)
    assert made["classes"][0]["requests"] == ("30416.666667 / month" if scaled else "30000 / month")


def test_a_workload_of_usage_fits_where_all_its_requests_do(llmcost_small: Run, tmp_path: Path) -> None:
    """Requests of 100,000 and 150,000 have a mean that a window of 128,000 holds, and one of them does not fit it."""
    rows = "".join(
        f"2026-09-0{day},example-ai,example-large,1,{size},0,0,10,\n"
        for day, size in ((1, 100_000), (2, 150_000), (3, 100_000))
    )
    made, _, (_, file) = workload_of(HEAD + rows, llmcost_small, tmp_path)
    assert [each["input_tokens"] for each in made["classes"]] == ["100000", "150000"]
    narrow = next(
        row["offer"]
        for row in json.loads(llmcost_small("models", "-f", "json").out)["rows"]
        if row["context_window"] == 128_000
    )
    ran = llmcost_small("compare", str(file), "-m", narrow)
    assert "its context window of 128000 tokens is smaller than the input of 150000" in ran.err + ran.out


def test_another_span_is_scaled_to_a_month(llmcost_small: Run, tmp_path: Path) -> None:
    """Two requests in 22 days are 2 / 22 x 365 / 12 a month."""
    (path := tmp_path / "used.csv").write_text(HEAD + SMALL, encoding="utf-8")
    text = llmcost_small("usage", str(path), "-f", "workload").out
    assert "22 days, scaled to a month" in text
    assert yaml.safe_load(text)["classes"][0]["requests"] == "2.765152 / month"


def test_sums_without_a_number_of_requests_are_no_workload(llmcost_small: Run, tmp_path: Path) -> None:
    """There is no mean request then, and none is made up."""
    (path := tmp_path / "used.csv").write_text(HEAD + SMALL.replace(",1,1", ",,1"), encoding="utf-8")
    ran = llmcost_small("usage", str(path), "-o", str(tmp_path / "work.yaml"))
    assert ran.code == 2
    assert "does not say how many requests it was" in ran.err
    assert not (tmp_path / "work.yaml").exists()


def test_an_unknown_number_of_requests_is_not_one(llmcost_small: Run, tmp_path: Path) -> None:
    """Reports of tokens alone have a cost of all, and none of a request; saved, they are set against each other."""
    text = (Path(__file__).parents[1] / "usage/samples/anthropic_usage_report_messages.json").read_text("utf-8")
    (path := tmp_path / "report.json").write_text(text.replace("synthetic-claude-1", "example-small"), encoding="utf-8")
    ask = ("compare", str(path), "-m", "example-small", "--on", "2026-09-15")
    shown = llmcost_small(*ask).out
    assert "an unknown number of requests in 2 classes" in shown
    assert "53,000 tokens in (40,000 read from cache, 3,000 written to cache) + 3,000 out in all" in shown
    for row in records_of(llmcost_small(*ask, "-f", "csv").out):
        assert (row["requests"], row["cost_per_request"], bool(row["cost"])) == ("", "", True)
    saved = json.loads(llmcost_small(*ask, "-f", "json").out)
    assert saved["workload"]["requests"] is saved["rows"][0]["requests"] is saved["rows"][0]["cost_per_request"] is None
    (known := tmp_path / "saved.json").write_text(json.dumps(saved), encoding="utf-8")
    assert "as before" in llmcost_small("diff", str(known), str(known)).out


PIPED_WORKLOAD = (
    "kind: workload\nname: w\nclasses:\n  - {name: a, requests: 1000, input_tokens: 100, output_tokens: 10}\n"
)
ONE_ANSWER = {
    "object": "chat.completion",
    "model": "example-small",
    "created": 1_790_000_000,
    "choices": [{"message": {"content": '{"classes": []}'}}],
    "usage": {"prompt_tokens": 5, "completion_tokens": 2, "total_tokens": 7},
}


@pytest.mark.parametrize(
    ("piped", "heading"),
    [
        ((HEAD + SMALL).encode(), "Cost in USD, what was used"),
        (gzip.compress((HEAD + SMALL).encode()), "Cost in USD, what was used"),
        (json.dumps(ONE_ANSWER).encode(), "Cost in USD, what was used"),
        (PIPED_WORKLOAD.encode(), "Monthly cost in USD"),
        (json.dumps(yaml.safe_load(PIPED_WORKLOAD)).encode(), "Monthly cost in USD"),
    ],
    ids=["usage", "packed", "an answer that speaks of classes", "a workload", "a workload as JSON"],
)
def test_what_is_piped_in_is_usage_or_a_workload(
    piped: bytes, heading: str, llmcost_small: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which of the two it is, its beginning says."""
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(piped)))
    ran = llmcost_small("compare", "-", "-m", "example-small", "--on", "2026-09-15")
    assert ran.out.startswith(heading), ran.err


@pytest.mark.parametrize(
    ("piped", "said"),
    [
        (b"a,b\n1,2\n", "<stdin> is no usage in a format known here"),
        ((HEAD + SMALL.replace("100000", "-1")).encode(), "<stdin>:2: input_uncached_tokens is no count"),
        (b"PAR1", "<stdin> is a database or Parquet, which is read where it lies"),
    ],
)
def test_piped_usage_is_refused_by_the_name_of_stdin(
    piped: bytes, said: str, llmcost_small: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that cannot be read is named, and so is what has no name."""
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(piped)))
    ran = llmcost_small("usage", "-", "--on", "2026-09-15")
    assert ran.code == 2
    assert said in ran.err


def test_a_discount_is_made_on_real_usage_too(ask: Any, llmcost_small: Run, tmp_path: Path) -> None:
    """Ten per cent less is nine tenths; one that concerns nobody, or that goes by a month's use, is refused."""
    one = ask(SMALL, "--on", "2026-09-15")["example-ai/example-small@global"]["cost"]
    less = ask(SMALL, "--on", "2026-09-15", "--discount", "example-ai -10%")["example-ai/example-small@global"]["cost"]
    assert Decimal(less) == Decimal(one) * Decimal("0.9")
    for discount, said in (
        ("night-cloud -10%", "concerns none of the offers"),
        ("example-ai allowances", "a month's use"),
    ):
        ran = llmcost_small("compare", str(tmp_path / "used.csv"), "--discount", discount)
        assert (ran.code, ran.out) == (2, "")
        assert said in ran.err


HOURLY = """\
kind: api
seller: echo-cloud
name: Echo Cloud
default_place: global
models:
  - id: large
    model: example-large
    developer: example-ai
    modalities: {input: [text], output: [text]}
    cache: [{kind: explicit, ttl: 5m}, {kind: explicit, ttl: 1h}]
    prices:
      - checked_on: 2026-08-20
        source: https://example.com/echo
        place: global
        rates: {input: 4 USD / 1M tokens, cache_write: 5 USD / 1M tokens, cache_write_1h: 8 USD / 1M tokens, output: 1 USD / 1M tokens, cache_read: 1 USD / 1M tokens}
"""


def test_what_is_written_for_an_hour_stays_so_where_that_is_sold(llmcost_small: Run, tmp_path: Path) -> None:
    """A million tokens kept for an hour cost 8 there, not the 5 of five minutes, and 4 if nothing is ever found."""
    head = HEAD.replace("cache_write_5m_tokens", "cache_write_1h_tokens")
    (path := tmp_path / "hour.csv").write_text(
        head + "2026-09-02T10:00:00Z,example-ai,example-large-2026,1,0,0,1000000,0,\n", encoding="utf-8"
    )
    (sheet := tmp_path / "echo.yaml").write_text(HOURLY, encoding="utf-8")
    asked = ("-m", "echo-cloud/large", "--on", "2026-09-02", "--prices", str(sheet), "-f", "csv")
    rows = {row["offer"]: row for row in records_of(llmcost_small("compare", str(path), *asked).out)}
    row = rows["echo-cloud/large@global"]
    assert (Decimal(row["cost"]), Decimal(row["low"]), Decimal(row["high"])) == (8, 4, 8)


def test_a_row_is_set_against_by_any_name_of_its_offer(ask: Any, llmcost_small: Run, tmp_path: Path) -> None:
    """As on a workload; an offer that is not compared is refused."""
    rows = ask(SMALL, "-m", "example-large", "--baseline", "example-small", "--on", "2026-09-15")
    assert rows["example-ai/example-small@global"]["ratio_to_baseline"] == "1.000000"
    ran = llmcost_small("compare", str(tmp_path / "used.csv"), "--baseline", "night-vision", "--on", "2026-09-15")
    assert (ran.code, ran.out) == (2, "")
    assert "is not compared" in ran.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--from-usage",), "name files or it, and not both"),
        (("--map", "example-small=self/pebble-8b@ax1"), "is sized by the load of a month"),
        (("-o", "used.csv", "-f", "csv"), "would write over what is read"),
    ],
)
def test_what_would_lose_something_is_refused(
    arguments: tuple[str, ...], said: str, llmcost_small: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With nothing on stdout, and every file as it was."""
    monkeypatch.chdir(tmp_path)
    Path("used.csv").write_text(HEAD + SMALL, encoding="utf-8")
    ran = llmcost_small("compare", "used.csv", "--on", "2026-09-15", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert Path("used.csv").read_text(encoding="utf-8") == HEAD + SMALL


def test_a_file_whose_name_is_a_pattern_is_that_file(llmcost_small: Run, tmp_path: Path) -> None:
    """A pattern is one only where nothing is called so."""
    (path := tmp_path / "s[1].csv").write_text(HEAD + SMALL, encoding="utf-8")
    ran = llmcost_small("usage", str(path), "-f", "csv")
    assert [row["requests"] for row in records_of(ran.out)] == ["1", "1"]


@pytest.mark.parametrize(
    ("rows", "arguments", "requests", "inputs"),
    [
        (["2026-10-01,2026-11-01,example-ai,example-small,10,100,0,0,10,"], (), "10", "10"),
        (
            ["2026-10-03T10:00:00Z,,example-ai,example-small,1,0,2000,1000,10,"] * 2
            + ["2026-10-03T10:00:00Z,,example-ai,example-small,1,0,2001,1001,10,"],
            ("--since", "2026-10-01", "--until", "2026-10-31"),
            "3",
            "3000.666667",
        ),
    ],
    ids=["a month", "thirds"],
)
def test_a_workload_of_usage_is_one_that_is_read(
    rows: list[str], arguments: tuple[str, ...], requests: str, inputs: str, llmcost_small: Run, tmp_path: Path
) -> None:
    """A row of a month is a month, days without usage count where they are asked about, and parts stay within wholes."""
    head = HEAD.replace("period_start", "period_start,period_end")
    (path := tmp_path / "used.csv").write_text(head + "\n".join(rows) + "\n", encoding="utf-8")
    made = tmp_path / "made.yaml"
    assert llmcost_small("usage", str(path), "-o", str(made), *arguments).code == 0
    (each,) = yaml.load(made.read_text(encoding="utf-8"), yaml.BaseLoader)["classes"]
    assert (each["requests"], each["input_tokens"]) == (f"{requests} / month", inputs)
    assert llmcost_small("compare", str(made), "-m", "example-small", "--on", "2026-09-15").code == 0


def test_a_bill_is_held_against_usage_of_the_same_days(llmcost_small: Run, tmp_path: Path) -> None:
    """With --until neither counts what comes later; an amount of days of which a part counts is refused."""
    head = HEAD.replace("period_start", "period_start,period_end").replace("batch\n", "batch,cost,currency\n")
    day = "2026-09-0{},2026-09-0{},example-ai,example-small,1,100000,0,0,10000,,0.07,USD\n"
    (path := tmp_path / "used.csv").write_text(head + day.format(1, 2) + day.format(2, 3), encoding="utf-8")
    found = json.loads(llmcost_small("reconcile", str(path), str(path), "--until", "2026-09-01", "-f", "json").out)
    assert (found["listed"], found["billed"]) == ("0.070000", "0.070000")
    (month := tmp_path / "month.csv").write_text(head + day.format(1, 3), encoding="utf-8")
    ran = llmcost_small("reconcile", str(path), str(month), "--until", "2026-09-01")
    assert ran.code == 2
    assert "of which a part alone counts" in ran.err
    berlin = ("--until", "2026-09-01", "--timezone", "Europe/Berlin")  # where a day of UTC is of two days
    ran = llmcost_small("reconcile", str(path), str(path), *berlin)
    assert ran.code == 2
    assert "2026-09-01 to 2026-09-02, of which a part alone counts" in ran.err


WORD = '{"model": "example-small", "created": 1795941000, "said": "kind: workload, \\"classes\\":", "usage": %s}'


@pytest.mark.parametrize("name", ["used.json", "list.json", "used.tsv", "used.ndjson", "used.log"])
def test_usage_is_none_by_what_somebody_said(llmcost_small: Run, tmp_path: Path, name: str) -> None:
    """Words of a workload in an answer, or an ending that no workload has: a workload's errors show the line."""
    counts = '{"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}'
    line = WORD % counts
    head = "period_start\tmodel\tinput_uncached_tokens\toutput_tokens\n"
    texts = {"list.json": f"[{line}]", "used.tsv": f"{head}2026-09-15T08:00:00Z\texample-small\t10\t5\n"}
    (path := tmp_path / name).write_text(texts.get(name, f"{line}\n{line}\n" if name != "used.json" else line))
    ran = llmcost_small("compare", str(path), "--on", "2026-09-15")
    assert (ran.code, "what was used" in ran.out) == (0, True)


@pytest.mark.parametrize("text", ['{"kind": "workload", "classes": [%s]}', '{"classes": [%s], "kind": "workload"}'])
def test_a_workload_may_be_json(llmcost_small: Run, tmp_path: Path, text: str) -> None:
    """It says so by its keys."""
    (path := tmp_path / "work.json").write_text(text % '{"name": "a", "requests": "1k / month", "input_tokens": 1000}')
    ran = llmcost_small("compare", str(path), "-m", "example-small", "--on", "2026-09-15")
    assert (ran.code, "Monthly cost" in ran.out) == (0, True)


def workload_of(text: str, llmcost_small: Run, folder: Path) -> tuple[dict[str, Any], str, list[Path]]:
    """The workload that usage makes, what was said of it, and both files."""
    used, made = folder / "used.csv", folder / "made.yaml"
    used.write_text(text, encoding="utf-8")
    ran = llmcost_small("usage", str(used), "-o", str(made))
    assert ran.code == 0, ran.err
    return yaml.load(made.read_text(encoding="utf-8"), yaml.BaseLoader), ran.err, [used, made]


def test_a_workload_keeps_the_cache_that_was_asked_for(llmcost_small: Run, tmp_path: Path) -> None:
    """What was written shows it, and the file costs what the usage does: a month of one request."""
    rows = "2026-09-01,example-ai,example-large,1,10000,90000,20000,1000,\n2026-09-30,example-ai,example-large,1,10,0,0,1,\n"
    made, _, files = workload_of(HEAD + rows, llmcost_small, tmp_path)
    assert [each.get("cache") for each in made["classes"]] == ["explicit", None]
    ask = ("-m", "example-large", "--on", "2026-09-15", "-f", "csv")
    used, again = (records_of(llmcost_small("compare", str(file), *ask).out)[0] for file in files)
    # 10,010 × 4.00, 90,000 × 0.40, 20,000 × 5.00 and 1,001 × 20.00 USD / 1M
    assert Decimal(used["cost"]) == Decimal(again["monthly_cost"]) == Decimal("0.19606")


def test_what_a_workload_does_not_tell_is_said(llmcost_small: Run, tmp_path: Path) -> None:
    """Requests that failed hold nothing and make no class; what only a range tells is gone; an hour is not sold by all."""
    head = HEAD.replace("cache_write_5m_tokens", "cache_write_1h_tokens")
    rows = [
        "2026-09-01,example-ai,example-small,1,0,0,0,0,",
        "2026-09-02,example-ai,example-large,10,10000,0,500,100,",
    ]
    made, said, _ = workload_of(head + "\n".join(rows) + "\n", llmcost_small, tmp_path)
    assert len(made["classes"]) == 1
    said = " ".join(said.split())
    assert "1 request holds nothing and is left out" in said
    assert "sums do not tell how large each request was: the file has their mean, and no range" in said
    assert "what was written for an hour has a price where that is sold" in said


def test_a_budget_of_what_was_used_has_each_model_at_its_own_offer(llmcost_small: Run, tmp_path: Path) -> None:
    """A month of two models costs what the usage does; without being fixed they are one offer's, and that is said."""
    rows = (
        "2026-09-01,example-ai,example-large,1,100000,0,0,10000,\n"
        "2026-09-30,example-ai,example-small,1,100000,0,0,10000,\n"
    )
    _, said, (used, made) = workload_of(HEAD + rows, llmcost_small, tmp_path)
    assert "2 models were used" in " ".join(said.split())
    assert llmcost_small("usage", str(used), "-o", str(made), "--as-used").code == 0
    classes = yaml.load(made.read_text(encoding="utf-8"), yaml.BaseLoader)["classes"]
    offers = ["example-ai/example-large-2026@global", "example-ai/example-small@global"]
    assert [each["offer"] for each in classes] == offers
    # 0.4 + 0.2 and 0.05 + 0.02 USD
    for limit, code in (("0.67 USD", 0), ("0.66 USD", 1)):
        ran = llmcost_small("check", str(made), "--max-monthly", limit, "--no-config", "--on", "2026-09-15")
        assert ran.code == code, ran.out
    ran = llmcost_small("usage", str(used), "--as-used")
    assert (ran.code, ran.out) == (2, "")
    assert "--as-used is for a workload file" in ran.err


def test_what_may_have_been_read_may_also_have_been_written(llmcost: Run, tmp_path: Path) -> None:
    """1M tokens of which nobody says what was cached: from all read, 0.1, over 1 as input to all written, 1.25."""
    (sheet := tmp_path / "prices.yaml").write_text(
        "kind: api\nseller: acme\nname: acme\ndefault_place: global\nmodels:\n  - id: m1\n    developer: acme\n"
        "    context_window: 2000000\n    cache: [{kind: automatic}]\n    prices:\n      - checked_on: 2026-01-01\n"
        "        source: https://acme.example/prices\n        rates: {input: 1 USD / 1M tokens, output: 1 USD / 1M tokens,"
        " cache_read: 0.1 USD / 1M tokens, cache_write: 1.25 USD / 1M tokens}\n",
        encoding="utf-8",
    )
    row = {
        "request_id": "a", "call_type": "c", "model": "m1", "custom_llm_provider": "acme", "prompt_tokens": 1_000_000,
        "completion_tokens": 0, "spend": 0, "startTime": "2026-11-01T09:00:00Z", "metadata": {},
    }  # fmt: skip
    (used := tmp_path / "log.json").write_text(json.dumps([row]), encoding="utf-8")
    ask = ("--no-builtin-prices", "--prices", str(sheet), "-f", "csv")
    (priced,) = records_of(llmcost("usage", str(used), *ask).out)
    assert (priced["low"], priced["high"]) == ("0.100000", "1.250000")
    (compared, *_) = records_of(llmcost("compare", str(used), "-m", "acme/m1", *ask).out)
    assert [compared[name] for name in ("cost", "low", "high")] == ["1.000000", "0.100000", "1.250000"]


def test_what_is_not_known_of_a_cache_and_of_hours_has_one_range(llmcost: Run, tmp_path: Path) -> None:
    """The least is all read at the cheaper hours, the most all of it written or in full at the dearer ones.

    1M tokens of one day of which nobody says what was read: 0.1 and 1 at most hours, 0.2 and 2 from noon to six.
    """
    (sheet := tmp_path / "prices.yaml").write_text(
        "kind: api\nseller: openrouter\nname: x\ndefault_place: global\nmodels:\n  - id: m1\n    developer: x\n"
        "    context_window: 2000000\n    cache: [{kind: automatic}]\n    prices:\n      - checked_on: 2026-01-01\n"
        "        source: https://x.example/prices\n        rates: {input: 1 USD / 1M tokens, output: 1 USD / 1M tokens,"
        " cache_read: 0.1 USD / 1M tokens}\n        variants:\n"
        "          - when: {time: [{weekdays: mon-sun, from: '12:00', to: '18:00', timezone: UTC}]}\n"
        "            rates: {input: 2 USD / 1M tokens, output: 2 USD / 1M tokens, cache_read: 0.2 USD / 1M tokens}\n",
        encoding="utf-8",
    )
    row = {"date": "2026-11-01", "model": "m1", "endpoint_id": "e", "prompt_tokens": 10**6, "completion_tokens": 0}
    (used := tmp_path / "activity.json").write_text(json.dumps({"data": [row]}), encoding="utf-8")
    ran = llmcost("usage", str(used), "--no-builtin-prices", "--prices", str(sheet), "-f", "csv")
    (priced,) = records_of(ran.out)
    assert (priced["low"], priced["high"]) == ("0.100000", "2.000000")


def test_sums_whose_prompts_may_be_too_short_for_a_cache_have_a_range(llmcost: Run, tmp_path: Path) -> None:
    """A mean of 2,000 says nothing of how many were below 1,024: from all hits to none."""
    model = (
        "  - id: {}\n    developer: x\n    context_window: 2000000\n"
        "    cache: [{{kind: automatic, minimum_tokens: {}}}]\n    prices:\n      - checked_on: 2026-01-01\n"
        "        source: https://x.example/prices\n        rates: {{input: 1 USD / 1M tokens, output: 1 USD / 1M tokens,"
        " cache_read: 0.1 USD / 1M tokens}}\n"
    )
    head = "kind: api\nseller: acme\nname: x\ndefault_place: global\nmodels:\n"
    (sheet := tmp_path / "prices.yaml").write_text(head + model.format("m1", 1) + model.format("m2", 1024), "utf-8")
    columns = "period_start,provider,model,requests,input_uncached_tokens,cache_read_tokens,output_tokens\n"
    ask = ("-m", "acme/m2", "--no-builtin-prices", "--prices", str(sheet), "-f", "csv")
    for number, figures in ((100, ["0.060000", "0.060000", "0.200004"]), (1, ["0.060000", "", ""])):
        (used := tmp_path / "used.csv").write_text(f"{columns}2026-11-01,acme,m1,{number},44444,155560,0\n", "utf-8")
        rows = {row["offer"]: row for row in records_of(llmcost("compare", str(used), *ask).out)}
        assert [rows["acme/m2@global"][name] for name in ("cost", "low", "high")] == figures


def place(name: str, price: int) -> str:
    return (
        f"      - place: {name}\n        checked_on: 2026-01-01\n        source: https://x.example/prices\n"
        f"        rates: {{input: {price} USD / 1M tokens, output: 1 USD / 1M tokens}}\n"
    )


def sheet_of(seller: str, *models: str) -> str:
    head = f"kind: api\nseller: {seller}\nname: {seller}\ndefault_place: global\nmodels:\n"
    return head + "".join(models)


def model(name: str, *places: str) -> str:
    return f"  - id: {name}\n    model: m1\n    developer: acme\n    context_window: 100000\n    prices:\n{''.join(places)}"


@pytest.mark.parametrize(
    ("other", "row", "said"),
    [
        ([model("m1", place("global", 3), place("eu", 9))], "bolt/m1@eu", False),
        ([model("m1", place("global", 3))], "bolt/m1@global", False),
        ([model("a.m1", place("global", 3)), model("r.m1", place("eu", 9))], "bolt/r.m1@eu", True),
        ([model("a.m1", place("global", 3)), model("b.m1", place("us", 9))], "bolt/a.m1@global", True),
    ],
)
def test_another_seller_is_taken_where_the_usage_was(
    other: list[str], row: str, said: bool, llmcost: Run, tmp_path: Path
) -> None:
    """If it sells the model there; which of several ids is meant is said."""
    own = sheet_of("acme", model("m1", place("global", 2), place("eu", 5)))
    options = ["--no-builtin-prices"]
    for name, text in (("acme", own), ("bolt", sheet_of("bolt", *other))):
        (sheet := tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
        options += ["--prices", str(sheet)]
    (used := tmp_path / "used.csv").write_text(
        "period_start,provider,model,place,input_uncached_tokens,output_tokens\n2026-11-01,acme,m1,eu,1000,0\n", "utf-8"
    )
    ran = llmcost("compare", str(used), *options, "-f", "csv")
    assert sorted(each["offer"] for each in records_of(ran.out)) == sorted(["acme/m1@eu", row])
    assert (f"m1 is taken as {row}, of 2 ids" in ran.err) is said
