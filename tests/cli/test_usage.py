"""What was really used, and its list price."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from decimal import Decimal
from pathlib import Path

import pytest
from conftest import Run
from support.bills import SELLER
from support.running import records_of

from llmcost.core.pricing.boundaries import Boundaries
from llmcost.core.workload.usage_record import UsageRecord
from llmcost.workloads.usage_text import workload_text

HEAD = "period_start,provider,model,requests,input_uncached_tokens,cache_read_tokens,output_tokens,cost,currency\n"
USED = HEAD + (
    "2026-09-01T10:00:00Z,example-ai,example-small,1,2000,0,500,0.5,USD\n"
    "2026-09-01T23:30:00Z,example-ai,example-small,1,1000,0,100,0.25,USD\n"
    "2026-09-02T10:00:00Z,example-ai,example-mini,1,1000,0,100,0.25,USD\n"
)


@pytest.fixture
def used(tmp_path: Path) -> Path:
    (path := tmp_path / "used.csv").write_text(USED, encoding="utf-8")
    return path


def test_usage_costs_what_each_request_costs(llmcost_small: Run, used: Path) -> None:
    """The sum of a day is that of its requests priced one by one, and what no offer has is a gap, never 0."""
    rows = records_of(llmcost_small("usage", str(used), "--by", "day,model", "-f", "csv").out)
    ones = [
        json.loads(llmcost_small("price", "example-small", "--input", given, "--output", out, "-f", "json").out)
        for given, out in (("2000", "500"), ("1000", "100"))
    ]
    known = sum(Decimal(one["rows"][0]["cost"]) for one in ones)
    assert Decimal(rows[0]["list_cost"]) == known
    assert (rows[0]["day"], rows[0]["requests"], rows[0]["reported_cost"]) == ("2026-09-01", "2", "0.750000")
    assert (rows[1]["model"], rows[1]["list_cost"], rows[1]["complete"]) == ("example-mini", "", "false")
    assert rows[1]["gaps"] == "no offer of example-mini is known at example-ai"


def test_keys_may_be_repeated_as_by_comma(llmcost_small: Run, used: Path) -> None:
    """The second --by adds to the first one; it does not take its place."""
    ask = ("usage", str(used), "-f", "csv", "--by")
    by_comma = llmcost_small(*ask, "day,model").out
    assert by_comma.startswith("day,model,")
    assert llmcost_small(*ask, "day", "--by", "model").out == by_comma
    assert llmcost_small(*ask, "day", "--by", "model,day").out == by_comma


def test_days_are_those_of_a_zone_and_may_be_limited(llmcost_small: Run, used: Path) -> None:
    """Half an hour before midnight in UTC is the next day in Berlin."""
    ask = ("usage", str(used), "--by", "day", "--timezone", "Europe/Berlin", "-f", "csv")
    assert [row["requests"] for row in records_of(llmcost_small(*ask).out)] == ["1", "2"]
    first = records_of(llmcost_small(*ask, "--until", "2026-09-01").out)
    assert [(row["day"], row["requests"]) for row in first] == [("2026-09-01", "1")]
    assert [row["day"] for row in records_of(llmcost_small(*ask, "--since", "2026-09-02").out)] == ["2026-09-02"]


def test_a_day_without_hours_stays_that_day_in_every_zone(llmcost_small: Run, tmp_path: Path) -> None:
    """A sum of a day was counted by its source's days; its requests are spread over them."""
    text = HEAD + "2026-09-02,example-ai,example-small,3,3000,0,30,,\n"
    (path := tmp_path / "day.csv").write_text(text, encoding="utf-8")
    ask = ("usage", str(path), "--by", "day", "--timezone", "America/New_York", "-f", "csv")
    assert [row["day"] for row in records_of(llmcost_small(*ask).out)] == ["2026-09-02"]
    only = llmcost_small(*ask, "--since", "2026-09-02", "--until", "2026-09-02")
    assert only.code == 0


def test_a_file_without_usage_says_what_was_left_out(llmcost_small: Run, tmp_path: Path) -> None:
    """Which file it was, how it was read, and why its rows do not count."""
    (path := tmp_path / "none.csv").write_text(HEAD + "2026-09-02,example-ai,example-small,0,0,0,0,,\n", "utf-8")
    ran = llmcost_small("usage", str(path))
    assert (ran.code, ran.out) == (2, "")
    assert "there is no usage in it" in ran.err
    assert "none.csv: 1 row left out: it has no request" in ran.err


def test_sums_that_go_on_past_what_is_asked_for_are_said(llmcost_small: Run, tmp_path: Path) -> None:
    """A row over two days is not cut at midnight: it is that of its first day, or no day's matter."""
    head = HEAD.replace("period_start", "period_start,period_end")
    text = head + "2026-09-02,2026-09-04,example-ai,example-small,3,3000,0,30,,\n"
    (path := tmp_path / "sums.csv").write_text(text, encoding="utf-8")
    said = "1 row is a sum over several days, which counts on the first"
    assert said in llmcost_small("usage", str(path), "--by", "day").err
    assert said in llmcost_small("usage", str(path), "--by", "month", "--since", "2026-09-02").err
    assert "over several" not in llmcost_small("usage", str(path), "--by", "month").err
    path.write_text(text.replace("2026-09-04", "2026-11-04"), encoding="utf-8")
    assert "over several months, which counts" in llmcost_small("usage", str(path), "--by", "month").err
    for ask in (("usage", str(path), "--by", "model"), ("compare", str(path), "example-small")):
        assert "over several" not in llmcost_small(*ask).err


@pytest.mark.parametrize(
    "asked", [("--since", "2026-09-03"), ("--until", "2026-09-03"), ("--since", "2026-09-03", "--until", "2026-09-04")]
)
def test_a_sum_of_which_a_part_counts_is_refused(asked: tuple[str, ...], llmcost_small: Run, tmp_path: Path) -> None:
    """Nobody knows how much of it was when: it neither counts whole nor is dropped."""
    head = HEAD.replace("period_start", "period_start,period_end")
    rows = (
        "2026-09-02,2026-09-06,example-ai,example-small,3,3000,0,30,,\n2026-09-03,,example-ai,example-small,1,9,0,9,,\n"
    )
    (path := tmp_path / "sums.csv").write_text(head + rows, encoding="utf-8")
    ran = llmcost_small("usage", str(path), *asked)
    assert (ran.code, ran.out) == (2, "")
    assert "the usage of example-small has a sum of 2026-09-02 to 2026-09-05, of which a part alone counts" in ran.err
    assert llmcost_small("usage", str(path), "--since", "2026-09-01", "--until", "2026-09-05").code == 0


def test_a_sum_of_a_day_that_began_before_what_is_asked_for_is_told(llmcost_small: Run, tmp_path: Path) -> None:
    """A night is that of its evening; where nothing else is left, that is said."""
    head = HEAD.replace("period_start", "period_start,period_end")
    row = "2026-09-02T20:00:00Z,2026-09-03T04:00:00Z,example-ai,example-small,3,3000,0,30,,\n"
    (path := tmp_path / "night.csv").write_text(head + row, encoding="utf-8")
    ran = llmcost_small("usage", str(path), "--since", "2026-09-03")
    assert ran.code == 2
    assert "is of 2026-09-02 to 2026-09-03, with 1 sum that began before that time" in ran.err


def test_rows_that_repeat_others_are_said(llmcost_small: Run, tmp_path: Path) -> None:
    """Two exports that overlap count a request once; one id with another model is another request."""
    head = '{"request_id": "a", "call_type": "c", "startTime": "2026-09-02T00:00:00Z", "spend": 0, '
    counts = '"prompt_tokens": 5, "completion_tokens": 1, '
    texts = [head + counts + f'"model": "{model}"}}\n' for model in ("example-small", "example-small", "other")]
    paths = [tmp_path / f"{number}.jsonl" for number in range(3)]
    for path, text in zip(paths, texts, strict=True):
        path.write_text(text, encoding="utf-8")
    ran = llmcost_small("usage", *map(str, paths), "--by", "month", "-f", "csv")
    assert [row["requests"] for row in records_of(ran.out)] == ["2"]
    assert "1 row repeats the id of others in other files, and counts once" in ran.err


def test_a_file_that_is_named_twice_counts_once(llmcost_small: Run, used: Path) -> None:
    """By itself, by another spelling and by its folder, and that is said; a copy of it is another file."""
    ask = ("--by", "month", "-f", "csv")
    once = records_of(llmcost_small("usage", str(used), *ask).out)
    again = llmcost_small("usage", str(used), str(used.parent / ".." / used.parent.name), *ask)
    assert records_of(again.out) == once
    assert "is named more than once and read once" in again.err
    copy = used.with_name("copy.csv")
    copy.write_text(USED, encoding="utf-8")
    both = records_of(llmcost_small("usage", str(used), str(copy), *ask).out)
    assert int(both[0]["requests"]) == 2 * int(once[0]["requests"])


def test_people_see_how_it_was_read(llmcost_small: Run, used: Path) -> None:
    """The table ends with the total, and a line says which layout was found."""
    ran = llmcost_small("usage", str(used))
    assert ran.code == 0
    assert "Usage and its list price in USD" in ran.out
    assert "\ntotal" in ran.out
    assert "is read as llmcost's own CSV: input without what is cached" in ran.err
    assert "no price for a part: no offer of example-mini is known at example-ai" in ran.err


def test_what_is_charged_for_each_request_is_a_gap_where_their_number_is_not_known(
    llmcost_small: Run, tmp_path: Path
) -> None:
    """Never one request's charge for all of them."""
    text = HEAD + "2026-09-01,night-cloud,night-search,,2000,0,500,,\n"
    (path := tmp_path / "sums.csv").write_text(text, encoding="utf-8")
    (row,) = records_of(llmcost_small("usage", str(path), "-f", "csv").out)
    assert (row["list_cost"], row["complete"]) == ("", "false")
    assert row["gaps"] == "the usage does not say how many requests there were"


def test_costs_in_several_currencies_are_not_added_up(llmcost_small: Run, tmp_path: Path) -> None:
    """The list price still is."""
    (path := tmp_path / "two.csv").write_text(USED.replace("0.5,USD", "0.5,EUR"), encoding="utf-8")
    ran = llmcost_small("usage", str(path), "--by", "month", "-f", "csv")
    (row,) = records_of(ran.out)
    assert (row["reported_cost"], row["reported_currency"], row["requests"]) == ("", "", "3")
    assert "what it says it cost is not added up where it is in several currencies: EUR, USD" in ran.err


def test_costs_that_some_rows_state_are_no_sum(llmcost_small: Run, tmp_path: Path) -> None:
    """Part of a cost is not shown as all of it, and that is said."""
    (path := tmp_path / "some.csv").write_text(USED.replace("0.5,USD", ","), encoding="utf-8")
    ran = llmcost_small("usage", str(path), "--by", "month", "-f", "csv")
    assert records_of(ran.out)[0]["reported_cost"] == ""
    assert "2 of 3 rows say what they cost: it is added up only where all do" in ran.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--by", "moon"), '--by: "moon" is not known'),
        (("--timezone", "Mars/Base"), '--timezone: "Mars/Base" is not known'),
        (("--since", "soon"), "--since"),
        (("--since", "2027-01-01"), "there is no usage in that time"),
        (("--currency", "dollars"), "--currency"),
    ],
)
def test_what_makes_no_sense_is_refused(llmcost_small: Run, used: Path, arguments: tuple[str, ...], said: str) -> None:
    """With the flag that is wrong, and nothing is printed."""
    ran = llmcost_small("usage", str(used), *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


def test_bad_rows_may_be_left_out_and_are_counted(llmcost_small: Run, used: Path) -> None:
    """Without --skip-bad the first of them ends it."""
    used.write_text(USED + "2026-09-03,example-ai,example-small,1,minus,0,1,,\n", encoding="utf-8")
    refused = llmcost_small("usage", str(used))
    assert refused.code == 2
    assert "used.csv:5: input_uncached_tokens is no count" in refused.err
    kept = llmcost_small("usage", str(used), "--skip-bad")
    assert kept.code == 0
    assert "1 row left out: input_uncached_tokens is no count" in kept.err


@pytest.mark.parametrize("named", ["used*.csv", ".", "used.csv"])
def test_what_is_read_is_not_written_over(
    llmcost_small: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    """However it is named; another file is no matter."""
    monkeypatch.chdir(tmp_path)
    text = "period_start,provider,model,input_uncached_tokens,output_tokens\n2026-09-01T08:00:00Z,example-ai,example-small,1,1\n"
    (used := tmp_path / "used.csv").write_text(text)
    ran = llmcost_small("usage", named, "-o", "used.csv")
    assert (ran.code, used.read_text()) == (2, text)
    assert "would write over what is read" in ran.err
    assert llmcost_small("usage", "used.csv", "-o", "sums.csv").code == 0


def test_a_workload_of_usage_keeps_the_sizes_of_answers_apart() -> None:
    """Where prices change at 200 tokens of output, the mean of 50 and 1,000 is neither."""
    start = datetime(2026, 9, 1, 8, tzinfo=timezone.utc)
    records = [UsageRecord(start=start, model="m", requests=1, input_uncached=10, output=out) for out in (50, 1000)]
    text = workload_text(records, "used", Boundaries(outputs=(200,)), (start.date(), start.date()))
    assert text.count("output_tokens: 50\n") == text.count("output_tokens: 1000\n") == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--by", "modle"), "did you mean model? write some of:"),
        (("--timezone", "Europe/Berln"), "write it like Europe/Berlin"),
        (("--since", "2026-09-03", "--until", "2026-09-01"), "--since 2026-09-03 is after --until 2026-09-01"),
        (("--since", "2027-01-01"), "what was found is of 2026-09-01 to 2026-09-02"),
    ],
)
def test_a_slip_is_told_with_what_was_meant(
    arguments: tuple[str, ...], said: str, llmcost_small: Run, used: Path
) -> None:
    """And nothing is printed as data."""
    ran = llmcost_small("usage", str(used), *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert said in " ".join(ran.err.split())


@pytest.mark.parametrize(
    "command", [("check", "{}", "--max-monthly", "1 USD"), ("breakeven", "self/pebble@dust-1", "example-small", "{}")]
)
def test_usage_is_no_workload(command: tuple[str, ...], llmcost_small: Run, used: Path) -> None:
    """Where one is asked for it is told how to make one."""
    ran = llmcost_small(*(word.format(used) for word in command))
    assert ran.code == 2
    assert f"write it as a workload first: llmcost usage {used} -o workload.yaml" in " ".join(ran.err.split())


def test_the_currency_of_the_list_price_is_in_each_row(llmcost_small: Run, used: Path) -> None:
    """Rows are taken out of their files."""
    for form in ("csv", "jsonl"):
        out = llmcost_small("usage", str(used), "--currency", "EUR", "-f", form, "--on", "2026-09-15").out
        rows = records_of(out) if form == "csv" else list(map(json.loads, out.splitlines()))
        assert {row["currency"] for row in rows} == {"EUR"}


def test_what_is_not_known_since_when_is_said_once_an_offer(llmcost: Run, tmp_path: Path) -> None:
    """And not again for each day."""
    sheet = """\
kind: api
seller: acme
name: Acme
default_place: global
models:
  - id: m1
    developer: acme
    context_window: 1000000
    prices:
      - checked_on: 2026-11-01
        source: https://x.example
        rates: {input: 1 USD / 1M tokens, output: 1 USD / 1M tokens}
"""
    (prices := tmp_path / "acme.yaml").write_text(sheet, encoding="utf-8")
    rows = "".join(f"2026-09-0{day},acme,m1,1,1000,0,10,,\n" for day in (1, 2, 3))
    (path := tmp_path / "used.csv").write_text(HEAD + rows, encoding="utf-8")
    ran = llmcost(
        "usage", str(path), "--by", "day", "--no-builtin-prices", "--prices", str(prices), "--on", "used", "-v"
    )
    assert ran.err.count("when it began is not known") == 1, ran.err


@pytest.mark.parametrize("flag", ["--terms", "--caching"])
def test_terms_of_no_offer_are_refused(flag: str, llmcost_small: Run, used: Path) -> None:
    """Without an offer that is named they would be of none, and nothing would say so."""
    ran = llmcost_small("compare", str(used), flag, "all")
    assert (ran.code, ran.out) == (2, "")
    assert f"{flag} is of offers that are named, and none is" in ran.err


def test_a_row_alone_says_why(llmcost_small: Run, used: Path) -> None:
    """Unasked each model is moved to other sellers, of which there is none."""
    ran = llmcost_small("compare", str(used), "-f", "csv", "--on", "2026-09-15")
    assert "no other seller is known that has" in " ".join(ran.err.split())


def test_long_names_leave_room_for_the_figures(llmcost_small: Run, tmp_path: Path) -> None:
    """People see their ends, where those tell them apart; data has them whole."""
    names = [f"a-really-long-name-of-a-project-that-goes-on/service-{each}" for each in "ab"]
    rows = "".join(f"2026-09-01,example-ai,example-small,1,1000,0,10,,,{name}\n" for name in names)
    head = HEAD.replace("\n", ",project\n")
    (path := tmp_path / "used.csv").write_text(head + rows, encoding="utf-8")
    ask = ("usage", str(path), "--by", "project", "--on", "2026-09-15")
    out = llmcost_small(*ask).out
    assert "…-project-that-goes-on/service-a  " in out, out
    assert max(map(len, out.splitlines())) <= 80
    assert [row["project"] for row in records_of(llmcost_small(*ask, "-f", "csv").out)] == names


def test_a_place_that_nobody_sells_at_has_no_price(llmcost_small: Run, tmp_path: Path) -> None:
    """It is not priced at the usual one."""
    text = "period_start,provider,model,input_uncached_tokens,output_tokens,place\n"
    row = "2026-09-01T09:00:00Z,example-ai,example-large-2026,10,1,mars\n"
    (path := tmp_path / "used.csv").write_text(text + row, encoding="utf-8")
    ran = llmcost_small("usage", str(path), "--on", "used")
    assert "no price" in ran.out
    assert "no offer of example-large-2026 is known at example-ai in mars" in ran.err


SHORT_ON_FAST = (
    SELLER.format(seller="acme")
    + """\
      - effective_from: 2026-01-01
        checked_on: 2026-01-01
        source: https://acme.example/prices
        rates: {input: 1 USD / 1M tokens, output: 2 USD / 1M tokens}
        variants:
          - when: {input_tokens: "> 200000"}
            rates: {input: 3 USD / 1M tokens, output: 4 USD / 1M tokens}
          - when: {terms: fast}
            rates: {input: 5 USD / 1M tokens, output: 6 USD / 1M tokens}
        not_sold:
          - {terms: fast, input_tokens: "> 200000"}
"""
)


@pytest.mark.parametrize(
    ("requests", "terms", "figures"),
    [
        (10, "fast", ("5.600000", "", "")),  # 1M in at 5 and 100,000 out at 6: none can have been beyond 200,000
        (10, "standard", ("", "1.200000", "3.400000")),  # 1 + 0.2 to 3 + 0.4, as nobody says how large they were
        (4, "fast", ("", "", "")),  # 250,000 each
        ("", "fast", ("5.600000", "", "")),  # of an unknown number of requests
    ],
)
def test_what_is_not_sold_at_a_size_was_not_of_that_size(
    requests: int | str, terms: str, figures: tuple[str, str, str], llmcost: Run, tmp_path: Path
) -> None:
    """A sum whose mean is sold is priced; the sizes beyond are left out of its range."""
    (sheet := tmp_path / "prices.yaml").write_text(SHORT_ON_FAST, encoding="utf-8")
    (used := tmp_path / "used.csv").write_text(
        "period_start,provider,model,requests,input_uncached_tokens,output_tokens,terms\n"
        f"2026-11-01,acme,m1,{requests},1000000,100000,{terms}\n",
        encoding="utf-8",
    )
    ran = llmcost("usage", str(used), "--no-builtin-prices", "--prices", str(sheet), "-f", "csv", "--on", "used")
    (row,) = records_of(ran.out)
    assert (row["list_cost"], row["low"] if figures[1] else "", row["high"]) == figures
    assert ("not sold with terms = fast and input_tokens > 200000" in row["gaps"]) is (requests == 4)


@pytest.mark.parametrize("days", [(25, 5), (5, 25)])
def test_a_start_that_is_not_known_is_said_of_the_first_day(
    days: tuple[int, int], llmcost: Run, tmp_path: Path
) -> None:
    """Whatever the order of the rows; the price is that of a day between them."""
    text = SHORT_ON_FAST.replace("effective_from: 2026-01-01\n        checked_on: 2026-01-01", "checked_on: 2026-11-20")
    (sheet := tmp_path / "prices.yaml").write_text(text, encoding="utf-8")
    rows = "".join(f"2026-11-{day:02}T09:00:00Z,acme,m1,1,1000,10,\n" for day in days)
    (used := tmp_path / "used.csv").write_text(
        f"period_start,provider,model,requests,input_uncached_tokens,output_tokens,terms\n{rows}", encoding="utf-8"
    )
    said = llmcost("usage", str(used), "--no-builtin-prices", "--prices", str(sheet), "--on", "used", "-v").err
    assert "the price of 2026-11-20 is used for 2026-11-05T09:00:00Z: when it began is not known" in said


def test_a_range_says_what_is_not_told(llmcost: Run, tmp_path: Path) -> None:
    """Ten requests of 1M tokens together, of which nobody knows how many were beyond 200,000."""
    (sheet := tmp_path / "prices.yaml").write_text(SHORT_ON_FAST, encoding="utf-8")
    (used := tmp_path / "used.csv").write_text(
        "period_start,provider,model,requests,input_uncached_tokens,output_tokens\n2026-11-01,acme,m1,10,1000000,10\n",
        encoding="utf-8",
    )
    said = llmcost("usage", str(used), "--no-builtin-prices", "--prices", str(sheet), "--on", "used").err
    assert "acme/m1@global: its price is a range, as it is not told how large each request was" in said


def test_a_sum_of_an_unknown_number_of_requests_is_no_answer_of_one(llmcost: Run, tmp_path: Path) -> None:
    """2M tokens out of all requests together are no doubt that one of them fits a window of 1M."""
    (sheet := tmp_path / "prices.yaml").write_text(SHORT_ON_FAST, encoding="utf-8")
    head = "period_start,provider,model,input_uncached_tokens,output_tokens,context_tier,requests"
    (used := tmp_path / "used.csv").write_text(
        f"{head}\n2026-11-01,acme,m1,2000000,2000000,0-200k,\n", encoding="utf-8"
    )
    ran = llmcost("compare", str(used), "-m", "acme/m1", "--no-builtin-prices", "--prices", str(sheet))
    assert "exceed its context window" not in ran.err + ran.out


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (("--by", "hour"), "1 row is a sum of a day, in the first hour of it"),
        (("--by", "day", "--timezone", "America/Los_Angeles"), "as the source has them, whatever --timezone says"),
        (("--by", "day"), None),
    ],
)
def test_sums_of_a_day_are_told_where_hours_or_another_zone_are_asked_for(
    ask: tuple[str, ...], said: str | None, llmcost_small: Run, tmp_path: Path
) -> None:
    """Nobody knows at which of its hours they were."""
    (path := tmp_path / "day.csv").write_text(HEAD + "2026-09-02,example-ai,example-small,3,3000,0,30,,\n", "utf-8")
    err = llmcost_small("usage", str(path), *ask).err
    assert (said in err) if said else "sum of a day" not in err


def test_columns_that_do_not_fit_are_named(llmcost_small: Run, used: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A column that a narrow terminal has no room for is named below the table, and where rows are stacked none is."""
    for width, line in ((60, "Too wide to show here: fresh, output, cache read, cache write"), (200, ""), (24, "")):
        monkeypatch.setenv("COLUMNS", str(width))
        shown = llmcost_small("usage", str(used), "--by", "day,model").out
        assert [each for each in shown.splitlines() if "Too wide" in each] == ([line] if line else [])
        assert line or "cache write" in shown
