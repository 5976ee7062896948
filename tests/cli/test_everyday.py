"""Everyday questions in one line: without a number of requests, per session, other terms and caches, hours."""

from __future__ import annotations

import csv
import json

import pytest
from conftest import Run

from llmcost.core.values.numerals import parse_count
from llmcost.errors import NumberError
from llmcost.workloads.request_class import parse_requests

ASK = ("--input", "2000", "--output", "500")
TALK = """\
kind: workload
classes:
  - name: chat
    sessions: 100 / month
    conversation: {turns: 3, system: 1000, user: 100, output: 200, pause: 30s}
"""


def rows(text: str) -> list[dict[str, object]]:
    return list(json.loads(text)["rows"])


def test_words_are_offers_where_they_are_no_workload(llmcost_small: Run) -> None:
    """`compare A B` is `compare -m A -m B`, and that is said."""
    ran = llmcost_small("compare", "example-large", "example-small", *ASK, "--requests", "1M")
    same = llmcost_small("compare", "-m", "example-large", "-m", "example-small", *ASK, "--requests", "1M")
    assert (ran.code, ran.out) == (0, same.out)
    assert "note: taken as offers, as after -m: example-large, example-small\n" in ran.err


def test_a_workload_and_offers_may_stand_side_by_side(llmcost_small: Run, tmp_path: object) -> None:
    """A file is the workload wherever it stands; two are refused."""
    (path := tmp_path / "talk.yaml").write_text(TALK, encoding="utf-8")  # type: ignore[operator]
    first = llmcost_small("compare", str(path), "example-large")
    last = llmcost_small("compare", "example-large", str(path))
    assert (first.code, first.out) == (0, last.out)
    two = llmcost_small("compare", str(path), "chat-support")
    assert two.code == 2
    assert "are both workloads" in two.err


def test_commas_part_offers(llmcost_small: Run) -> None:
    """`-m a,b` names two."""
    ran = llmcost_small("compare", "-m", "example-large,example-small", *ASK, "--requests", "1M", "-f", "json")
    assert len(rows(ran.out)) == 2


def test_without_a_number_of_requests_it_is_the_cost_of_one_and_of_a_thousand(llmcost_small: Run) -> None:
    """2,000 tokens at 0.5 and 500 at 2 USD a million are 0.002 a request, and 2 for 1,000; no export calls that a month."""
    ran = llmcost_small("compare", "example-small@eu", *ASK)
    assert ran.code == 0
    assert ran.out.startswith("Cost of 1,000 requests in USD")
    assert "per request" in ran.out
    row = rows(llmcost_small("compare", "example-small@eu", *ASK, "-f", "json").out)[0]
    assert parse_count(str(row["cost"])) == 1000 * parse_count(str(row["cost_per_request"]))
    names = next(csv.reader([llmcost_small("compare", "example-small@eu", *ASK, "-f", "csv").out.splitlines()[0]]))
    assert "cost" in names
    assert "monthly_cost" not in names


def test_where_a_verdict_rests_on_it_the_number_of_requests_is_needed(llmcost_small: Run) -> None:
    """A check never takes a number that nobody gave."""
    ran = llmcost_small("check", "-m", "example-small", *ASK, "--max-monthly", "1 USD")
    assert ran.code == 2
    assert "how many requests" in ran.err


@pytest.mark.parametrize(
    ("text", "a_month"),
    [
        ("5/s", 13_140_000),
        ("100/min", 4_380_000),
        ("2k/hour", 1_460_000),
        ("7/week", "30.416666"),
        ("24 per day", 730),
        ("1 / month", 1),
    ],
)
def test_rates_of_any_period_are_requests_a_month(text: str, a_month: int | str) -> None:
    """A month is 730 hours: 5 a second are 5 x 3,600 x 730."""
    found = parse_requests(text)
    assert str(float(found))[: len(str(a_month))] == str(a_month)


def test_another_period_is_refused() -> None:
    """A year is not read."""
    with pytest.raises(NumberError, match="is not a period"):
        parse_requests("5/year")


def test_a_session_has_its_cost(llmcost_small: Run, tmp_path: object) -> None:
    """What a month of 100 sessions costs, over 100: in the table, in JSON, in CSV, and as a limit."""
    (path := tmp_path / "talk.yaml").write_text(TALK, encoding="utf-8")  # type: ignore[operator]
    ask = ("compare", str(path), "-m", "example-large")
    assert "per session" in llmcost_small(*ask).out
    row = rows(llmcost_small(*ask, "-f", "json").out)[0]
    assert parse_count(str(row["monthly_cost"])) == 100 * parse_count(str(row["cost_per_session"]))
    record = next(csv.DictReader(llmcost_small(*ask, "-f", "csv").out.splitlines()))
    assert record["cost_per_session"] == row["cost_per_session"]
    check = ("check", str(path), "-m", "example-large", "--max-per-session")
    assert llmcost_small(*check, "0.000001 USD").code == 1
    assert llmcost_small(*check, "1 USD").code == 0
    alone = llmcost_small("check", "-m", "example-large", *ASK, "--requests", "1", "--max-per-session", "1 USD")
    assert alone.code == 2
    assert "has no sessions to divide by" in alone.err


def test_turns_and_pauses_may_be_others(llmcost_small: Run, tmp_path: object) -> None:
    """A flag stands in for the file's figure, a sweep moves it, and neither is for what is no conversation."""
    (path := tmp_path / "talk.yaml").write_text(TALK, encoding="utf-8")  # type: ignore[operator]
    ask = ("compare", str(path), "-m", "example-large")
    ran = llmcost_small(*ask, "--turns", "9", "--pause", "2m")
    assert "100 sessions of 9 turns" in ran.out
    assert "note: --turns 9 --pause 2m overrides the workload file" in ran.err
    assert "When turns goes from 2 to 20" in llmcost_small(*ask, "--vary", "turns=2..20").out
    assert "When pause in seconds goes from 10 to 1,800" in llmcost_small(*ask, "--vary", "pause=10s..30m").out
    assert "When sessions goes from 10 to 1,000" in llmcost_small(*ask, "--vary", "sessions=10..1000").out
    alone = llmcost_small("compare", "-m", "example-large", *ASK, "--requests", "1", "--turns", "2")
    assert (alone.code, alone.out) == (2, "")
    assert "--turns is of a conversation" in alone.err


def test_other_terms_stand_beside_the_standard_ones(llmcost_small: Run) -> None:
    """--terms batch adds a row where batch is sold, and nothing where it is not."""
    ask = ("compare", "-m", "example-large", "-m", "example-small", *ASK, "--requests", "1k", "--sort", "offer")
    ran = llmcost_small(*ask, "--terms", "batch", "-f", "json")
    assert [row["offer"] for row in rows(ran.out)] == [
        "example-ai/example-large-2026@global",
        "example-ai/example-large-2026@global+batch",
        "example-ai/example-small@global",
    ]


def test_kinds_of_cache_stand_side_by_side(llmcost_small: Run, tmp_path: object) -> None:
    """--caching all has a row for each kind an offer has and one without; each name can be asked for as it is."""
    (path := tmp_path / "talk.yaml").write_text(TALK, encoding="utf-8")  # type: ignore[operator]
    ran = llmcost_small("compare", str(path), "-m", "example-large", "--caching", "all", "-f", "json")
    found = {str(row["offer"]).partition("+")[2]: row["monthly_cost"] for row in rows(ran.out)}
    assert set(found) == {"cache-automatic", "cache-explicit", "cache-none"}
    alone = llmcost_small("compare", str(path), "-m", "example-large+cache-explicit", "-f", "json")
    assert rows(alone.out)[0]["monthly_cost"] == found["cache-explicit"]
    asked = llmcost_small("compare", str(path), "-m", "example-large", "--cache", "explicit", "-f", "json")
    assert rows(asked.out)[0]["monthly_cost"] == found["cache-explicit"]
    wrong = llmcost_small("compare", str(path), "-m", "example-large+cache-session")
    assert wrong.code == 2
    assert "it has: automatic, explicit, none" in wrong.err


def test_hours_may_be_given_in_one_line(llmcost_small: Run) -> None:
    """They are those of a file, in one text; what is none is refused."""
    ran = llmcost_small("compare", "-m", "example-large", *ASK, "--requests", "1k", "--hours", "mon-fri 18:00-08:00")
    assert "on mon-fri 18:00-08:00 UTC" in ran.out
    ran = llmcost_small("compare", "-m", "example-large", *ASK, "--requests", "1k", "--hours", "mon-fri 9-17")
    assert "on mon-fri 09:00-17:00 UTC" in ran.out
    wrong = llmcost_small("compare", "-m", "example-large", *ASK, "--requests", "1k", "--hours", "at night")
    assert (wrong.code, wrong.out) == (2, "")
    assert "write them like 'mon-fri 08:00-18:00 Europe/Berlin'" in wrong.err


def test_images_without_a_size_have_a_stated_one(llmcost_small: Run) -> None:
    """1024x1024 is taken and said; with a size nothing is."""
    ask = ("compare", "-m", "night-vision", *ASK, "--requests", "1", "--images", "1", "--allow-unpriced")
    ran = llmcost_small(*ask)
    assert "images 1024x1024" in ran.out
    assert "no size of an image is given: 1024x1024 is taken, --image-size says another" in ran.err
    assert "no size of an image" not in llmcost_small(*ask, "--image-size", "640x480").err


def test_of_many_rows_in_a_set_that_nobody_named_a_dozen_is_shown(llmcost: Run) -> None:
    """The twelve cheapest, and how many more there are; --top and --all-rows show more, exports have all."""
    ask = ("compare", "--all", "--input", "2000", "--output", "500", "--requests", "1k", "--on", "2026-11-29")
    ran = llmcost(*ask)
    shown = [line for line in ran.out.splitlines() if line.strip()[:1].isdigit() and "@" in line]
    assert len(shown) == 12
    assert "offers not shown; --top N or --all-rows shows more" in ran.out
    assert (
        len(
            [
                line
                for line in llmcost(*ask, "--top", "30").out.splitlines()
                if "@" in line and line.strip()[:1].isdigit()
            ]
        )
        == 30
    )
    assert len(llmcost(*ask, "-f", "csv").out.splitlines()) > 300


def test_months_in_rows(llmcost_small: Run) -> None:
    """--long has a row for each month of each offer, and nothing to do where there is one month."""
    ask = ("compare", "-m", "example-large,example-small@eu", *ASK, "--requests", "1k", "-f", "csv")
    found = list(csv.DictReader(llmcost_small(*ask, "--months", "3", "--long").out.splitlines()))
    assert [(row["offer"].partition("@")[2], row["month"]) for row in found[:3]] == [
        ("eu", "2026-09-15"),
        ("eu", "2026-10-15"),
        ("eu", "2026-11-15"),
    ]
    assert len(found) == 6
    wrong = llmcost_small(*ask, "--long")
    assert (wrong.code, wrong.out) == (2, "")
    assert "add --months N" in wrong.err


def test_columns_are_added_to_the_usual(llmcost_small: Run) -> None:
    """`--columns +digest,+workload` dates a file; without + the columns named are all there are."""
    ask = ("compare", "-m", "example-large", *ASK, "--requests", "1k", "-f", "csv")
    usual = next(csv.DictReader(llmcost_small(*ask).out.splitlines()))
    more = next(csv.DictReader(llmcost_small(*ask, "--columns", "+digest,+workload").out.splitlines()))
    assert list(more) == [*usual, "digest", "workload"]
    assert more["digest"].startswith("sha256:")
    alone = next(csv.DictReader(llmcost_small(*ask, "--columns", "offer,on,digest").out.splitlines()))
    assert list(alone) == ["offer", "on", "digest"]
    assert "write + before all of them" in llmcost_small(*ask, "--columns", "+digest,on").err
