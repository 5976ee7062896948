"""The commands as a person uses them: what they print, where, and how they end."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT, SMALL
from support.running import TWO_THOUSAND_IN as ASK
from support.running import Run, on_sheet, records_of, rows_of
from typer.main import get_command

from llmcost.cli.app import build_app
from llmcost.core.offers.catalogue import Catalogue
from llmcost.reports.registry import COMPARISON_FORMATS, FORMATS

ONE = ("--input", "1000", "--output", "100")


def test_compare_ranks_by_cost(llmcost_small: Run) -> None:
    """Named offers come out cheapest first: 2000M x 0.50 + 500M x 2.00, then 2000M x 4 + 500M x 20."""
    ran = llmcost_small("compare", "-m", "example-large", "-m", "example-small", *ASK, "-f", "json")

    assert ran.code == 0
    assert [(row["rank"], row["offer"], row["monthly_cost"]) for row in rows_of(ran.out)] == [
        (1, "example-ai/example-small@global", "2000.000000"),
        (2, "example-ai/example-large-2026@global", "18000.000000"),
    ]


def test_first_model_is_the_baseline(llmcost_small: Run) -> None:
    """The first -m is what the others are set against: 2,000 is 0.111… of 18,000."""
    ran = llmcost_small("compare", "-m", "example-large", "-m", "example-small", *ASK, "-f", "json")

    assert [row["ratio_to_baseline"] for row in rows_of(ran.out)] == ["0.111111111111", "1.000000"]
    assert rows_of(ran.out)[0]["difference_to_baseline"] == "-16000.000000"


def test_baseline_can_be_named(llmcost_small: Run) -> None:
    """--baseline names another offer, which must be among the rows."""
    named = llmcost_small(
        "compare", "-m", "example-large", "-m", "example-small", "--baseline", "example-small", *ASK, "-f", "json"
    )
    missing = llmcost_small("compare", "-m", "example-large", "--baseline", "example-small", *ASK)

    assert [row["ratio_to_baseline"] for row in rows_of(named.out)] == ["1.000000", "9.000000"]
    assert missing.code == 2
    assert "example-ai/example-small@global is not among the offers compared" in missing.err


def test_without_a_model_a_labelled_set_is_shown(llmcost_small: Run) -> None:
    """Compare without -m shows the featured models and says that it chose them."""
    ran = llmcost_small("compare", *ASK)

    assert ran.code == 0
    assert "Default set" in ran.out
    assert "example-ai/example-small@global" in ran.out
    assert "night-cloud" not in ran.out


def test_all_shows_every_offer_and_goes_on_over_gaps(llmcost_small: Run, small: Catalogue) -> None:
    """--all lists every model at every place; what cannot be priced says why, after the others, and the run ends with 0."""
    ran = llmcost_small("compare", "--all", *ASK, "-f", "json")
    found = {row["offer"]: row for row in rows_of(ran.out)}

    assert ran.code == 0
    assert set(found) == {offer.name for offer in small.offers()}
    assert found["example-ai/example-retired@global"]["unserved"] == "withdrawn on 2026-09-01"
    assert found["night-cloud/night-club@cn"]["rank"] is None
    assert found["night-cloud/night-gift@cn"]["monthly_cost"] == "0.000000"
    assert json.loads(ran.out)["complete"] is False


def test_a_named_offer_with_a_gap_ends_with_2(llmcost_small: Run) -> None:
    """Naming an offer that cannot be priced in full prints the row with its lower bound, says why, and gives no verdict."""
    ran = llmcost_small("compare", "-m", "example-small", *ASK, "--web-searches", "1")

    assert ran.code == 2
    assert "≥ 2,000.00" in ran.out
    assert "no rate for web_searches" in ran.out
    assert "no full price for example-ai/example-small@global" in ran.err


def test_gaps_can_be_accepted(llmcost_small: Run) -> None:
    """--allow-unpriced turns the same run into 0; the row still has no monthly cost, only a lower bound."""
    ran = llmcost_small("compare", "-m", "example-small", *ASK, "--web-searches", "1", "--allow-unpriced", "-f", "json")
    row = rows_of(ran.out)[0]

    assert ran.code == 0
    assert (row["monthly_cost"], row["low"], row["complete"]) == (None, "2000.000000", False)
    assert row["gaps"] == [
        {
            "meter": "web_searches",
            "quantity": "1000000",
            "class": "requests",
            "reason": "no rate for web_searches",
            "code": "no-rate",
        }
    ]


def test_a_pattern_is_not_a_name(llmcost_small: Run) -> None:
    """Offers found by a pattern may have gaps without ending the run with 2."""
    ran = llmcost_small("compare", "-m", "example-ai/*", *ASK, "--web-searches", "1")

    assert ran.code == 0


def test_price_shows_the_arithmetic(llmcost_small: Run) -> None:
    """Price prints each charge as quantity x rate = cost, with its condition, dates and source."""
    ran = llmcost_small("price", "example-large", "--input", "200001", "--output", "10")

    assert ran.code == 0
    assert "200,001 tokens × 8.00 USD / 1M tokens = 1.600008 USD" in ran.out
    assert "input_tokens > 200000, since 2026-01-15, checked 2026-08-20, https://example.com/pricing" in ran.out
    assert "1.600308 USD" in ran.out


def test_explain_shows_the_same_in_compare(llmcost_small: Run) -> None:
    """Compare --explain adds the arithmetic of every row."""
    ran = llmcost_small("compare", "-m", "example-small", *ASK, "--explain")

    assert "2,000,000,000 tokens × 0.50 USD / 1M tokens = 1,000.00 USD" in ran.out


def test_derived_and_uplifted_rates_say_so(llmcost_small: Run) -> None:
    """A place's uplift is a step of its own: 1000 x 0.50 x 1.1, and tool fees are not uplifted."""
    ran = llmcost_small("price", "example-small@eu", *ONE, "--web-searches", "1", "-f", "json")
    charges = {charge["meter"]: charge for charge in rows_of(ran.out)[0]["charges"]}

    assert (charges["input"]["list_unit_price"], charges["input"]["multiplier"]) == ("0.50", "1.1")
    assert charges["input"]["unit_price"] == "0.550"
    assert charges["input"]["cost"] == "0.000550"
    assert charges["web_searches"]["cost"] == "0.010000"
    assert "multiplier" not in charges["web_searches"]


def test_the_json_envelope(llmcost_small: Run) -> None:
    """Every command's JSON begins with the same keys, and money is text."""
    ran = llmcost_small("compare", "-m", "example-small", *ASK, "-f", "json")
    data = json.loads(ran.out)

    assert list(data) == [
        "schema_version",
        "tool",
        "command",
        "on",
        "currency",
        "complete",
        "workload",
        "prices",
        "rows",
        "warnings",
        "warning_codes",
    ]
    assert len(data["warnings"]) == len(data["warning_codes"])
    assert data["schema_version"] == 1
    assert data["tool"]["name"] == "llmcost"
    assert (data["command"], data["on"], data["currency"], data["complete"]) == ("compare", "2026-09-15", "USD", True)
    assert data["prices"]["digest"].startswith("sha256:")
    assert data["rows"][0]["charges"][0] == {
        "meter": "input",
        "quantity": "2000000000",
        "unit": "1M tokens",
        "unit_price": "0.50",
        "price_currency": "USD",
        "cost": "1000.000000",
        "condition": "",
        "effective_from": "2026-06-01",
        "checked_on": "2026-08-20",
        "source": "https://example.com/pricing",
        "via": None,
        "evidence": "page",
        "grade": "vendor page",
        "witnesses": [],
    }


def test_csv_begins_with_the_promised_columns(llmcost_small: Run) -> None:
    """CSV has a header, plain figures, the currency in its own column, and LF."""
    ran = llmcost_small("compare", "-m", "example-small", *ASK, "-f", "csv")

    assert ran.out.startswith("rank,offer,kind,seller,model,place,terms,currency,monthly_cost,")
    assert "\r" not in ran.out
    row = records_of(ran.out)[0]
    assert (row["currency"], row["monthly_cost"], row["cost_per_request"]) == ("USD", "2000.000000", "0.002000")


def test_columns_and_header_can_be_chosen(llmcost_small: Run) -> None:
    """--columns picks and orders, by comma or repeated, --no-header leaves the header out, and an unknown column is refused."""
    ran = llmcost_small(
        "compare", "-m", "example-small", *ASK, "-f", "tsv", "--columns", "monthly_cost,offer", "--no-header"
    )
    columns = ("--columns", "monthly_cost", "--columns", "offer")
    repeat = ("compare", "-m", "example-small", *ASK, "-f", "tsv", *columns, "--no-header")
    wrong = llmcost_small("compare", "-m", "example-small", *ASK, "-f", "csv", "--columns", "total")

    assert ran.out == "2000.000000\texample-ai/example-small@global\n"
    assert llmcost_small(*repeat).out == ran.out
    assert (wrong.code, wrong.out) == (2, "")
    assert 'unknown column "total"' in wrong.err


def test_jsonl_has_one_object_a_row(llmcost_small: Run) -> None:
    """JSON Lines repeat the day and currency on each row."""
    ran = llmcost_small("compare", "-m", "example-large", "-m", "example-small", *ASK, "-f", "jsonl")
    lines = [json.loads(line) for line in ran.out.splitlines()]

    assert [(line["on"], line["currency"], line["rank"]) for line in lines] == [
        ("2026-09-15", "USD", 1),
        ("2026-09-15", "USD", 2),
    ]


def test_markdown_is_one_table(llmcost_small: Run) -> None:
    """Markdown holds a table with figures as written, not as tabulate would read them."""
    ran = llmcost_small("compare", "-m", "example-small", *ASK, "-f", "markdown")

    assert ran.out.splitlines()[0].startswith("|")
    assert "2000.000000" in ran.out


def test_sort_and_top(llmcost_small: Run) -> None:
    """--sort reorders rows and --top cuts them; ranks stay those by cost."""
    ran = llmcost_small(
        "compare", "-m", "example-small", "-m", "example-large", *ASK, "--sort", "offer", "--top", "1", "-f", "json"
    )

    assert [(row["rank"], row["model"]) for row in rows_of(ran.out)] == [(2, "example-large")]


def test_top_hides_rows_but_no_verdict(llmcost_small: Run) -> None:
    """A named offer without a full price ends with 2 also where --top shows only the others."""
    asked = ("compare", "-m", "example-small", "-m", "night-club", *ASK)
    assert llmcost_small(*asked).code == 2
    cut = llmcost_small(*asked, "--top", "1")
    assert cut.code == 2
    assert "no full price for night-cloud/night-club" in cut.err
    assert "night-club" not in cut.out


@pytest.mark.parametrize("key", ["seller", "model"])
def test_sorted_rows_without_a_rank_come_last(llmcost_small: Run, key: str) -> None:
    """Within a seller or a model the ranked rows come first, by rank, then those that cannot serve."""
    found = rows_of(llmcost_small("compare", "--all", *ASK, "--sort", key, "-f", "json").out)
    groups: dict[str, list[int | None]] = {}
    for row in found:
        groups.setdefault(row[key], []).append(row["rank"])

    assert list(groups) == sorted(groups)
    assert any(None in ranks for ranks in groups.values())
    for ranks in groups.values():
        assert ranks == sorted(ranks, key=lambda rank: (rank is None, rank or 0))


def test_text_of_an_offer_that_only_speaks_is_in_doubt(llmcost: Run, tmp_path: Path) -> None:
    """An offer that makes sound is priced on what was asked, says that text is not what it makes, and is not the best."""
    prices = "prices: [{checked_on: 2026-08-20, source: 'https://example.com/p', rates: {input: RATE, output: RATE"
    speaker = prices.replace("RATE", "1 USD / 1M tokens") + ", audio_output: = output}}]"
    writer = prices.replace("RATE", "2 USD / 1M tokens") + "}}]"
    (tmp_path / "voice.yaml").write_text(
        "kind: api\nseller: voice\nname: Voice\ndefault_place: here\nmodels:\n"
        f"  - {{id: speaker, modalities: {{input: [text], output: [audio]}}, {speaker}}}\n"
        f"  - {{id: writer, {writer}}}\n",
        encoding="utf-8",
    )
    asked = ("compare", "--prices", str(tmp_path), "--no-builtin-prices", "--on", "2026-09-15", "--all")
    ran = llmcost(*asked, *ASK, "--all-rows")
    spoken = llmcost(*asked, *ASK, "--audio-out", "100%")

    assert "(1 making no text); see --all-rows" in llmcost(*asked, *ASK).out
    assert "voice/speaker@here: it makes audio, and the output asked for is text" in ran.err
    assert "Cheapest: voice/writer@here" in ran.out
    assert "asked for is text" not in spoken.err


def test_a_free_offer_has_a_total(llmcost_small: Run) -> None:
    """What is free of charge costs 0, and is not left without a figure."""
    ran = llmcost_small("price", "night-gift", *ONE)

    assert ran.code == 0
    assert "  total  0.00 USD\n" in ran.out
    assert "free of charge" in ran.err


def test_where_a_withdrawn_model_is_sold_still_is_said(llmcost_small: Run, tmp_path: Path) -> None:
    """Who else is listed with a price is named; nobody where nobody is, and nothing of what is still sold."""
    other = tmp_path / "other.yaml"
    other.write_text(
        "kind: api\nseller: other\nname: Other\ndefault_place: global\nmodels:\n  - id: example-ai/example-retired\n    prices:\n"
        "      - checked_on: 2026-08-20\n        source: https://other.example/prices\n"
        "        rates: {input: 2 USD / 1M tokens, output: 6 USD / 1M tokens}\n"
    )
    gone = llmcost_small("compare", "-m", "example-ai/example-retired", *ASK, "--prices", str(other))
    alone = llmcost_small("compare", "-m", "example-retired", *ASK)
    before = llmcost_small("compare", "-m", "example-retired", *ASK, "--on", "2026-08-01", "--prices", str(other))

    said = "withdrawn on 2026-09-01; others are listed with a price: other/example-ai/example-retired"
    assert said in " ".join(gone.err.split())
    assert "others are listed" not in alone.err + before.err


def test_a_withdrawal_is_announced_as_one(llmcost_small: Run) -> None:
    """Before an offer or its terms end, the day is said: an end of sale is no change of prices."""
    ends = llmcost_small("price", "example-retired", *ONE, "--on", "2026-08-01")
    terms = llmcost_small("price", "night-riddle+flex", *ONE, "--on", "2026-09-15")
    changes = llmcost_small("price", "example-small", *ONE)

    assert "it is withdrawn on 2026-09-01" in ends.err
    assert "prices change" not in ends.err
    assert "2026-10-01" in terms.err
    assert "its prices change on 2026-12-01" in changes.err


def test_a_workload_of_the_environment_is_overridden(llmcost_small: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Flags that do not say what a request holds override the workload that is settled elsewhere, and that is said."""
    monkeypatch.setenv("LLMCOST_WORKLOAD", "document-batch")
    for flags, said in ((("--batch", "30%"), "--batch 30%"), (("--no-thinking",), "--no-thinking")):
        ran = llmcost_small("compare", "-m", "example-large", *flags)
        assert "LLMCOST_WORKLOAD: workload document-batch" in ran.err
        assert f"{said} overrides the workload file" in ran.err


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (("--input", "5"), "llmcost: --input: input_tokens does not go with a conversation"),
        (("--requests", "lots"), '--requests: "lots" is not a number'),
        (("--batch", "130%"), '--batch: "130%" is more than the whole'),
    ],
)
def test_a_fault_of_an_override_names_its_flag(llmcost_small: Run, flags: tuple[str, ...], message: str) -> None:
    """What a flag gets wrong is not shown as a fault of the file it overrides."""
    ran = llmcost_small("compare", "coding-agent", "-m", "example-large", *flags)

    assert (ran.code, ran.out) == (2, "")
    assert message in ran.err
    assert ".yaml" not in ran.err


def test_requests_of_conversations_are_sessions(llmcost_small: Run) -> None:
    """--requests over a conversation gives its sessions, which hold many requests each, and says so."""
    ran = llmcost_small("compare", "coding-agent", "-m", "example-large", "--requests", "5")
    assert "--requests 5 is taken as sessions" in ran.err
    assert "5 sessions of" in ran.out


def test_an_override_keeps_the_rest_of_a_mapping(llmcost_small: Run, tmp_path: Path) -> None:
    """Another number of images, or another size, leaves what else the file says of them."""
    file = tmp_path / "pictures.yaml"
    file.write_text(
        "kind: workload\nclasses:\n  - {name: a, requests: 10, input_tokens: 5, images: {count: 2, size: 640x480}}\n"
        "  - {name: b, requests: 10, input_tokens: 5, video: {seconds: 60, size: 640x480}}\n"
    )
    more = llmcost_small("compare", str(file), "-m", "night-omni", "--images", "4", "--allow-unpriced")
    larger = llmcost_small("compare", str(file), "-m", "night-omni", "--image-size", "1280x960", "--allow-unpriced")
    longer = llmcost_small("compare", str(file), "-m", "night-omni", "--video-seconds", "90", "--allow-unpriced")

    assert "4 images" in more.out
    assert "images 640x480" in more.out
    assert "2 images" in larger.out
    assert "images 1280x960" in larger.out
    assert "90 s of video 640x480" in longer.out
    assert "--video-seconds 90 overrides" in longer.err


def test_currency_converts_at_a_dated_rate(llmcost_small: Run) -> None:
    """In September one USD is 8.40 / 1.20 = 7 CNY, and the note says of which day."""
    ran = llmcost_small("compare", "-m", "example-small", *ASK, "--currency", "CNY", "-f", "json")
    charge = rows_of(ran.out)[0]["charges"][0]

    assert rows_of(ran.out)[0]["monthly_cost"] == "14000.000000"
    assert (charge["price_currency"], charge["exchange_rate"], charge["exchange_rate_date"]) == (
        "USD",
        "7.000000",
        "2026-07-31",
    )
    assert "converted at 1 USD = 7.000000 CNY of 2026-07-31" in ran.err


def test_mixed_currencies_meet_in_usd(llmcost_small: Run) -> None:
    """Offers in two currencies are compared in USD, and it is said; offers in one keep it."""
    mixed = llmcost_small("compare", "-m", "example-small", "-m", "night-search", *ASK, "-f", "json")
    alone = llmcost_small("compare", "-m", "night-search", *ASK, "-f", "json")

    assert json.loads(mixed.out)["currency"] == "USD"
    assert json.loads(alone.out)["currency"] == "CNY"


def test_a_share_on_batch_is_a_may(llmcost_small: Run) -> None:
    """--batch prices a share at the batch rate where it is sold, and says where it is not: half of 100k at 2, half at 4."""
    ran = llmcost_small("price", "example-large", "example-small", "--input", "100k", "--batch", "50%", "-f", "json")
    found = {row["model"]: row for row in rows_of(ran.out)}

    assert found["example-large"]["monthly_cost"] == "0.300000"
    assert found["example-small"]["monthly_cost"] == "0.050000"
    assert "no source states batch terms: that share is priced standard" in found["example-small"]["notes"]
    assert [found[name]["marks"] for name in ("example-large", "example-small")] == [[], ["priced-standard"]]
    table = llmcost_small("compare", "-m", "example-large", "-m", "example-small", *ASK, "--batch", "50%").out
    assert "example-ai/example-small@global =  " in table
    assert "= a share on other terms is priced standard" in table


def test_batch_terms_that_are_not_sold_are_refused(llmcost_small: Run) -> None:
    """+batch on an offer without batch terms is an error that names the terms there are."""
    none = llmcost_small("price", "example-small+batch", *ONE)
    other = llmcost_small("price", "example-large+flex", *ONE)

    assert (none.code, none.out) == (2, "")
    assert "no source states batch terms of example-ai/example-small@global" in none.err
    assert "  only standard terms are stated" in none.err
    assert "  stated are +batch" in other.err


def test_terms_may_end_on_their_own_day(llmcost_small: Run) -> None:
    """Flex terms withdrawn on 2026-10-01 are priced the day before and gone on the day."""
    before = llmcost_small("price", "night-riddle+flex", "--input", "1M", "--on", "2026-09-30", "-f", "json")
    after = llmcost_small("price", "night-riddle+flex", "--input", "1M", "--on", "2026-10-01", "-f", "json")

    assert rows_of(before.out)[0]["monthly_cost"] == "0.500000"
    assert after.code == 2
    assert rows_of(after.out)[0]["unserved"] == "not sold on flex terms on 2026-10-01"


def test_thinking_mode(llmcost_small: Run) -> None:
    """--thinking takes the thinking rate and --no-thinking the other: 25 and 20 per 1M of output."""
    on = llmcost_small("price", "example-large", "--output", "1M", "--thinking", "-f", "json")
    off = llmcost_small("price", "example-large", "--output", "1M", "--no-thinking", "-f", "json")

    assert rows_of(on.out)[0]["charges"][0]["condition"] == "mode = thinking and input_tokens <= 200000"
    assert (rows_of(on.out)[0]["monthly_cost"], rows_of(off.out)[0]["monthly_cost"]) == ("25.000000", "20.000000")


def test_options_have_a_default(llmcost_small: Run) -> None:
    """--option changes a fee that depends on a setting: 5 by default and 12 CNY per 1,000 requests when high."""
    low = llmcost_small("price", "night-search", "--input", "0", "--output", "0", "-f", "json")
    high = llmcost_small(
        "price", "night-search", "--input", "0", "--output", "0", "--option", "search_context=high", "-f", "json"
    )

    assert rows_of(low.out)[0]["monthly_cost"] == "0.005000"
    assert rows_of(high.out)[0]["monthly_cost"] == "0.012000"
    assert rows_of(high.out)[0]["charges"][0]["condition"] == "search_context = high"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("compare", "-m", "example-small"), "nothing says what a request holds"),
        (("price", "example-small"), "nothing says what a request holds"),
        (("price", "exampel-small", *ONE), 'unknown model "exampel-small"\n  did you mean: example-small'),
        (("price", "small", *ONE), "did you mean: example-small"),
        (("price", "example-small@mars", *ONE), "example-ai/example-small is not sold at mars\n  places: global, eu"),
        (("price", "example-small", "--input", "1,000"), '--input: "1,000" is not a number'),
        (("price", "example-small", "--input", "nan"), "write a finite number"),
        (("price", "example-small", "--input=-5"), "negative numbers make no sense here"),
        (("price", "example-small", "--input", "1e400"), "out of range"),
        (("price", "example-small", "--output", "x.csv"), "to write to a file, use -o FILE"),
        (("price", "example-small", "--input", "10", "--cache-read", "11"), "exceed the 10 input tokens"),
        (("price", "example-small", "--input", "10", "--cache-read", "110%"), "more than the whole"),
        (
            ("price", "example-small", "--output", "10", "--cache-read", "10%"),
            "a percentage of input_tokens, which is not given",
        ),
        (
            ("price", "example-small", "--input", "10", "--cache-read", "5", "--cache", "none"),
            "caching is switched off",
        ),
        (("price", "example-small", *ONE, "--cache", "magic"), '--cache: "magic" is not known here'),
        (("price", "example-small", *ONE, "--on", "2026-02-30"), '--on: "2026-02-30" is a day that no calendar has'),
        (("price", "example-small", *ONE, "--on", "yesterday"), "--on: "),
        (("price", "example-small", *ONE, "--on", ""), "--on has an empty value\n  write one, or leave it out"),
        (("price", "example-small", *ONE, "--prices", ""), "--prices has an empty value"),
        (("price", "example-small", *ONE, "-o", ""), "--output-file has an empty value"),
        (("compare", "", *ASK), "WORKLOAD|OFFER has an empty value"),
        (("compare", "-m", "", *ASK), "--model has an empty value"),
        (("compare", *ASK, "--explain", "-f", "csv"), "--explain has no effect with csv"),
        (
            ("compare", "-m", "example-small", *ASK, "--vary", "input=1..9", "-f", "xlsx"),
            "--vary has no effect with xlsx",
        ),
        (("models", "self", "--seller", "example-ai"), "the filters are for what is sold by the token"),
        (("models", "zzz"), 'no offer is called "zzz"\n  list all with `llmcost models`'),
        (("price", "example-small", "--input", "p50=1k,p50=2k,p95=3k"), '--input: "p50" is given twice'),
        (("price", "example-small", "--input", "p50=1k,000,p95=3k"), "--input"),
        (("price", "example-small", *ONE, "--on", "9999-12-31"), "lies after 9000\n  check the year"),
        (
            ("price", "example-small", *ONE, "--no-header"),
            "--no-header has no effect with table\n  it is for markdown, csv and tsv",
        ),
        (("price", "example-small", "--input", "0", "--output", "0"), "nothing says what a request holds"),
        (("compare", "-m", "example-small", "--requests", "5"), "nothing says what a request holds"),
        (
            ("compare", "-m", "night-search", "-m", "example-small", "--requests", "5"),
            "nothing says what a request holds",
        ),
        (("price", "example-small@20260915", *ONE), "@20260915 is the day of a snapshot, and what stands behind @ is"),
        (("price", "example-small", "--input", "10", "--cache-read", "5%%"), '"5%%" is not a percentage\n  write one'),
        (("price", "example-small", *ONE, "--currency", "RMB"), '"RMB" is not an ISO 4217 currency\n  write CNY'),
        (("price", "example-small", *ONE, "-f", "pdf"), '--format: "pdf" is not known here'),
        (("price", "example-small", *ONE, "--color", "pink"), '--color: "pink" is not known'),
        (("price", "example-small", *ONE, "--option", "x"), '--option: "x" is not a setting'),
        (("compare", "-m", "example-small", *ASK, "--sort", "size"), '--sort: "size" is not known'),
        (("compare", "-m", "nothing*", *ASK), 'no offer matches "nothing*"'),
        (("compare", "--seller", "acme", *ASK), '--seller: "acme" is not known'),
        (("compare", "--place", "mars", *ASK), '--place: "mars" is not known'),
        (("compare", "--all", "--min-context", "9M", *ASK), "no offer is left after the filters"),
        (("compare", "--requests", "5/fortnight", *ONE), '--requests: "fortnight" is not a period'),
    ],
)
def test_bad_input_says_what_and_how_to_mend_it(llmcost_small: Run, arguments: tuple[str, ...], message: str) -> None:
    """Bad input ends with 2, prints nothing that could be taken for a result, and says what is wrong on stderr."""
    ran = llmcost_small(*arguments)

    assert ran.code == 2
    assert ran.out == ""
    assert message in ran.err
    assert "Traceback" not in ran.err


def test_filters_narrow_a_set(llmcost_small: Run) -> None:
    """--seller, --place, --min-context and --modality keep only what fits."""
    seen = llmcost_small("models", "--seller", "night-cloud", "--modality", "audio", "-f", "csv")
    wide = llmcost_small("models", "--min-context", "500k", "-f", "csv")

    assert [line.split(",")[0] for line in seen.out.splitlines()[1:]] == [
        "night-cloud/night-ears@cn",
        "night-cloud/night-omni@cn",
    ]
    assert [line.split(",")[0] for line in wide.out.splitlines()[1:]] == ["example-ai/example-large-2026@global"]


def test_what_is_known_of_an_earlier_price_is_said(llmcost: Run, tmp_path: Path) -> None:
    """Where a price is used for a day it may not have held on, what its sheet knows of that stands beside it."""
    (tmp_path / "a.yaml").write_text(
        "kind: api\nseller: acme\nname: Acme\ndefault_place: here\nmodels:\n  - id: cut\n    note: Once dearer.\n"
        "    prices:\n      - {checked_on: 2026-08-20, source: 'https://example.com/p',\n"
        "         rates: {input: 1 USD / 1M tokens, output: = input}}\n",
        encoding="utf-8",
    )
    asked = ("price", "cut", *ONE, "--prices", str(tmp_path), "--no-builtin-prices")
    assert "its price sheet says: Once dearer." in llmcost(*asked, "--on", "2026-08-01").err
    assert "Once dearer" not in llmcost(*asked, "--on", "2026-09-01").err


def test_the_context_window_is_that_of_the_day(llmcost: Run, tmp_path: Path) -> None:
    """--min-context and --sort context go by the window in force on the day, as prices do."""
    entry = (
        "checked_on: 2026-08-20, source: 'https://example.com/p', rates: {input: 1 USD / 1M tokens, output: = input}"
    )
    (tmp_path / "a.yaml").write_text(
        "kind: api\nseller: acme\nname: Acme\ndefault_place: here\nmodels:\n"
        f"  - id: grown\n    context_window: 1000\n    prices:\n      - {{{entry}}}\n"
        f"      - {{effective_from: 2026-06-01, context_window: 9000, {entry}}}\n"
        f"  - id: even\n    context_window: 5000\n    prices:\n      - {{{entry}}}\n",
        encoding="utf-8",
    )
    asked = (
        "compare",
        "--all",
        *ONE,
        "--requests",
        "1",
        "--prices",
        str(tmp_path),
        "--no-builtin-prices",
        "-f",
        "json",
    )
    for day, kept, order in (
        ("2026-05-01", ["even"], ["even", "grown"]),
        ("2026-07-01", ["even", "grown"], ["grown", "even"]),
    ):
        found = rows_of(llmcost(*asked, "--min-context", "2k", "--on", day).out)
        assert sorted(row["model"] for row in found) == kept
        ordered = rows_of(llmcost(*asked, "--sort", "context", "--on", day).out)
        assert [row["model"] for row in ordered] == order


def test_models_lists_what_can_be_priced(llmcost_small: Run) -> None:
    """Models shows base rates, terms, dates and sources, and narrows by part of a name."""
    ran = llmcost_small("models", "small", "-f", "csv")
    found = records_of(ran.out)

    assert [row["offer"] for row in found] == ["example-ai/example-small@global", "example-ai/example-small@eu"]
    assert (found[0]["input"], found[0]["unit"], found[1]["currency"]) == ("0.500000", "1M tokens", "USD")
    assert (found[0]["effective_from"], found[0]["checked_on"]) == ("2026-06-01", "2026-08-20")


def test_models_in_json_carry_the_conditions(llmcost_small: Run) -> None:
    """The JSON of models holds the whole entry in force: rates, variants, not sold, unpriced."""
    ran = llmcost_small("models", "example-large-2026", "-f", "json")
    price = rows_of(ran.out)[0]["prices"][0]

    assert price["rates"]["input"] == {
        "unit_price": "4.00",
        "price_currency": "USD",
        "unit": "1M tokens",
        "derived": None,
        "note": None,
        "source": None,
    }
    assert price["rates"]["image_input"] == {"same_as": "input"}
    assert price["not_sold"] == ["terms = batch and cache = explicit"]


def test_prices_show_prints_the_history(llmcost_small: Run) -> None:
    """Prices show prints every entry of an offer with its dates, rates, conditions and sources."""
    ran = llmcost_small("prices", "show", "example-small")

    assert ran.code == 0
    assert ran.out.count("https://example.com/pricing") == 3
    assert "from a day not known" in ran.out
    assert "from 2026-12-01" in ran.out


def test_prices_show_as_rows(llmcost_small: Run) -> None:
    """In row-shaped formats the history is one row a rate: dates, condition, price as quoted, source, derivation."""
    out = llmcost_small("prices", "show", "example-large", "-f", "csv").out
    found = records_of(out)
    first = {(row["condition"], row["meter"]): row for row in reversed(found)}

    plain = first["", "input"]
    assert (plain["currency"], plain["unit_price"], plain["unit"]) == ("USD", "4.000000", "1M tokens")
    assert (plain["effective_from"], plain["checked_on"]) == ("2026-01-15", "2026-08-20")
    assert (first["", "image_input"]["unit_price"], first["", "image_input"]["same_as"]) == ("", "input")
    assert first["", "cache_storage"]["derived"] == "half of last year's page"
    assert first["", "cache_storage"]["note"] == "not on the current page"
    assert first["input_tokens > 200000", "output"]["unit_price"] == "30.000000"
    assert first["terms = batch and cache = explicit", ""]["status"] == "not sold"


def test_prices_show_has_a_row_for_what_has_no_rate(llmcost_small: Run) -> None:
    """What is free, or sold without a known price, is a row that says so and has no price."""
    out = llmcost_small("prices", "show", "*", "-f", "csv").out
    bare = {row["status"] for row in records_of(out) if not row["unit_price"] and not row["same_as"]}

    assert bare >= {"free", "subscription", "unknown", "not sold"}


def test_prices_show_as_lines(llmcost_small: Run) -> None:
    """In jsonl each offer is one line, the same as its row in json."""
    lines = llmcost_small("prices", "show", "example-small", "example-large", "-f", "jsonl").out.splitlines()
    whole = llmcost_small("prices", "show", "example-small", "example-large", "-f", "json").out

    assert [json.loads(line) for line in lines] == rows_of(whole)


def test_a_side_that_is_left_out_is_said(llmcost_small: Run, tmp_path: Path) -> None:
    """A request of which only one side is given may be a slip, so what is not priced is said; a file's class by name."""
    file = tmp_path / "app.yaml"
    file.write_text(
        "kind: workload\nclasses:\n  - {name: chat, requests: 5, input_tokens: 10, output_tokens: 2}\n"
        "  - {name: essay, requests: 5, output_tokens: 2}\n"
    )

    assert "no input tokens are given" in llmcost_small("price", "example-small", "--output", "500").err
    assert "no output tokens are given" in llmcost_small("price", "example-small", "--input", "500").err
    assert "tokens are given" not in llmcost_small("price", "example-small", *ONE).err
    said = llmcost_small("compare", str(file), "-m", "example-small").err
    assert "essay: no input tokens are given" in said
    assert "chat: no" not in said


def test_a_minimum_that_is_billed_is_said(llmcost_small: Run) -> None:
    """Where a request is billed as more than it holds, the reader is told why 10 seconds stand where 3 were given."""
    short = llmcost_small("price", "night-ears", "--audio-seconds", "3")
    long = llmcost_small("price", "night-ears", "--audio-seconds", "10")

    assert "10 s × " in short.out
    assert "audio_seconds: a request below the minimum of 10 is billed as that" in short.err
    assert "minimum" not in long.err


def test_a_mean_may_be_no_whole_number(llmcost_small: Run) -> None:
    """Tokens of a workload are a mean, so 1.5 of them are billed as they are; a tiny count is shown as one."""
    ran = llmcost_small("compare", "-m", "example-small", "--requests", "0.001", "--input", "1.5", "--output", "1")

    assert ran.code == 0
    assert "0.001 requests of 1.5 tokens in" in ran.out


def test_prices_validate_counts_what_it_checked(llmcost: Run) -> None:
    """A sound folder is reported with the number of its sheets and models."""
    ran = llmcost("prices", "validate", str(SMALL))

    assert (ran.code, ran.out) == (0, "12 sheets, 11 models, 3 of open weights: no problems\n")


def test_prices_validate_takes_no_empty_name(llmcost: Run) -> None:
    """An empty name is no folder, least of all the one that somebody happens to stand in."""
    ran = llmcost("prices", "validate", "")

    assert (ran.code, ran.out) == (2, "")
    assert "a price sheet's path is empty" in ran.err


def test_prices_validate_reports_every_file(llmcost: Run, tmp_path: Path) -> None:
    """All problems of all files are reported in one run, on stderr, and it ends with 2."""
    (tmp_path / "a.yaml").write_text("kind: api\nseller: a\n", encoding="utf-8")
    (tmp_path / "b.yaml").write_text("kind: fish\n", encoding="utf-8")
    ran = llmcost("prices", "validate", str(tmp_path))

    assert (ran.code, ran.out) == (2, "")
    assert 'a.yaml:1:1: the key "models" is missing' in ran.err
    assert 'b.yaml:1:7: unknown kind "fish"' in ran.err
    assert "in 2 files" in ran.err


def test_schema_prints_json_schema(llmcost: Run) -> None:
    """Schema prices prints the JSON Schema; another name is refused with those there are."""
    ran = llmcost("schema", "prices")
    wrong = llmcost("schema", "fish")

    assert json.loads(ran.out)["$schema"].endswith("2020-12/schema")
    assert (wrong.code, wrong.out) == (2, "")
    assert "write one of: prices" in wrong.err


def test_version_names_the_newest_check(llmcost: Run) -> None:
    """--version also says how fresh the prices are."""
    ran = llmcost("--version")

    assert ran.code == 0
    assert "newest price of 2026-" in ran.out


@pytest.mark.parametrize(
    "command", [(), ("compare",), ("price",), ("models",), ("prices",), ("prices", "show"), ("schema",)]
)
@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_help_works_everywhere(llmcost: Run, command: tuple[str, ...], flag: str) -> None:
    """-h and --help print the help of every command and end with 0."""
    ran = llmcost(*command, flag)

    assert ran.code == 0
    assert ran.out.startswith("Usage: llmcost")


@pytest.mark.parametrize("arguments", [("bake",), ("compare", "--bogus"), ("price",), ("prices", "burn")])
def test_wrong_usage_ends_with_2(llmcost: Run, arguments: tuple[str, ...]) -> None:
    """An unknown command or flag, or a missing argument, is explained on stderr with the help to ask for."""
    ran = llmcost(*arguments)

    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("llmcost: ")
    assert "--help" in ran.err


def test_a_day_can_come_from_the_environment(llmcost: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """LLMCOST_ON pins the day where no --on is given; an empty one counts as unset."""
    monkeypatch.setenv("LLMCOST_ON", "2026-12-01")
    pinned = llmcost("price", "example-small", *ONE, "--prices", str(SMALL), "--no-builtin-prices", "-f", "json")

    assert json.loads(pinned.out)["on"] == "2026-12-01"
    assert rows_of(pinned.out)[0]["charges"][0]["unit_price"] == "0.60"


def test_a_later_sheet_replaces_a_model_whole(llmcost: Run, tmp_path: Path) -> None:
    """--prices adds to what is there, and a model in a later sheet replaces the earlier one with all its entries."""
    sheet = tmp_path / "mine.yaml"
    sheet.write_text(
        "kind: api\nseller: example-ai\nname: Mine\ndefault_place: global\nmodels:\n"
        "  - id: example-small\n    developer: example-ai\n    prices:\n"
        "      - {checked_on: 2026-09-01, source: 'https://contract.example', rates: {input: 0.25 USD / 1M tokens}}\n",
        encoding="utf-8",
    )
    arguments = (
        "--prices",
        str(SMALL),
        "--prices",
        str(sheet),
        "--no-builtin-prices",
        "--on",
        "2026-09-15",
        "-f",
        "json",
    )
    mine = llmcost("price", "example-small", "--input", "1M", *arguments)
    other = llmcost("price", "example-large", "--input", "1000", *arguments)
    gone = llmcost("price", "example-small@eu", "--input", "1M", *arguments)

    assert rows_of(mine.out)[0]["monthly_cost"] == "0.250000"
    assert other.code == 0
    assert gone.code == 2


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("nowhere.yaml", "nowhere.yaml does not exist"),
        ("empty", "empty holds no price sheets"),
        ("", "--prices has an empty value"),
    ],
)
def test_a_path_without_sheets_is_refused(
    llmcost: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, message: str
) -> None:
    """--prices on a missing file or an empty folder is an error, not an empty catalogue."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    ran = llmcost("price", "x", *ONE, "--prices", path)

    assert ran.code == 2
    assert message in ran.err


def test_a_workload_file_and_its_overrides(llmcost_small: Run, tmp_path: Path) -> None:
    """A file is priced by class; a flag overrides its value in every class, and the override is said."""
    file = tmp_path / "work.yaml"
    file.write_text(
        "kind: workload\nclasses:\n"
        "  - {name: short, requests: 1000, input_tokens: 100k}\n  - {name: long, requests: 100, input_tokens: 300k}\n",
        encoding="utf-8",
    )
    plain = llmcost_small("compare", str(file), "-m", "example-large", "-f", "json")
    more = llmcost_small("compare", str(file), "-m", "example-large", "--output", "1000", "-f", "json")
    requests = llmcost_small("compare", str(file), "-m", "example-large", "--requests", "5")

    # 1000 x 100k x 4 + 100 x 300k x 8 per 1M
    assert rows_of(plain.out)[0]["monthly_cost"] == "640.000000"
    # and 1000 x 1000 x 20 + 100 x 1000 x 30
    assert rows_of(more.out)[0]["monthly_cost"] == "663.000000"
    assert "--output 1000 overrides the workload file" in more.err
    assert requests.code == 2
    assert "--requests cannot say which of the 2 classes it means" in requests.err


def test_output_to_a_file(llmcost_small: Run, tmp_path: Path) -> None:
    """-o writes the same bytes to a file and nothing to stdout; - is stdout."""
    file = tmp_path / "out.json"
    shown = llmcost_small("compare", "-m", "example-small", *ASK, "-f", "json", "-o", "-")
    written = llmcost_small("compare", "-m", "example-small", *ASK, "-f", "json", "-o", str(file))

    assert written.out == ""
    assert file.read_bytes() == shown.out.encode()
    assert [path.name for path in tmp_path.iterdir()] == ["out.json"]


def test_a_file_that_cannot_be_written(llmcost_small: Run, tmp_path: Path) -> None:
    """A folder that is not there ends with 2 and leaves nothing behind."""
    ran = llmcost_small("compare", "-m", "example-small", *ASK, "-o", str(tmp_path / "no" / "out.txt"))

    assert ran.code == 2
    assert "cannot write" in ran.err
    assert list(tmp_path.iterdir()) == []


def test_models_shows_the_rates_of_the_terms(llmcost_small: Run) -> None:
    """A row on batch terms carries the batch rates, and a place's uplift is in its prices: 0.50 x 1.1 and 2.00 x 1.1."""
    batch = llmcost_small("models", "-m", "example-large+batch", "-f", "csv", "--no-header").out
    europe = llmcost_small("models", "-m", "example-small@eu", "-f", "csv", "--no-header").out

    assert batch.startswith("example-ai/example-large-2026@global+batch,USD,2.000000,10.000000,1M tokens,")
    assert europe.startswith("example-ai/example-small@eu,USD,0.550000,2.200000,1M tokens,0.055000,")


def test_a_pattern_with_a_slash_begins_with_the_seller(llmcost_small: Run) -> None:
    """`example/*` is a part of Night Cloud's ids only because no seller is called so; `*/example-large` names both sellers."""
    for pattern, offers in (
        ("example-ai/*large", ["example-ai/example-large-2026@global"]),
        ("example/*", ["night-cloud/example/large@cn"]),
        ("*/example-large", ["example-ai/example-large-2026@global", "night-cloud/example/large@cn"]),
    ):
        ran = llmcost_small("compare", "-m", pattern, *ASK, "--sort", "offer", "-f", "json")
        assert [row["offer"] for row in rows_of(ran.out)] == offers


def test_a_set_without_one_full_price_is_no_verdict(llmcost_small: Run) -> None:
    """When nothing in the chosen set can be priced in full the table is shown and the run ends with 2."""
    ran = llmcost_small("compare", "--seller", "example-ai", "--requests", "1", "--input", "20M")

    assert ran.code == 2
    assert "none of the offers could be priced in full" in ran.err
    assert "Not ranked: 4 of 4 offers (3 with too small a context window, 1 withdrawn); see --all-rows" in ran.out
    accepted = llmcost_small(
        "compare", "--seller", "example-ai", "--requests", "1", "--input", "20M", "--allow-unpriced"
    )
    assert accepted.code == 0


def test_caching_that_is_not_sold_is_said(llmcost_small: Run) -> None:
    """Explicit caching on batch terms is not sold: automatic caching is used, and the run says so."""
    ask = ("--input", "1000", "--cache-read", "500", "--cache", "explicit")
    ran = llmcost_small("price", "example-large+batch", *ask)

    assert "not sold with terms = batch and cache = explicit; automatic caching is used" in ran.err
    assert "not sold" not in llmcost_small("price", "example-large", *ask).err


def test_the_question_is_recorded(llmcost_small: Run) -> None:
    """What was asked stands above the table and in the JSON, settings included."""
    ask = (*ASK, "--batch", "30%", "--cache-read", "10%", "--cache", "explicit", "--thinking")
    ran = llmcost_small("compare", "-m", "example-large", *ask)
    data = json.loads(llmcost_small("compare", "-m", "example-large", *ask, "-f", "json").out)

    said = (
        "1,000,000 requests of 2,000 tokens in (200 read from cache) + 500 out, 30% batch, thinking, explicit caching"
    )
    assert said in ran.out
    assert data["workload"]["classes"] == [
        {
            "name": "requests",
            "requests": "1000000",
            "usage": {"input_tokens": "2000", "output_tokens": "500", "cache_read_input_tokens": "200"},
            "terms": {"batch": "30%"},
            "mode": "thinking",
            "cache": "explicit",
        }
    ]


def test_months_and_single_requests_are_told_apart(llmcost_small: Run) -> None:
    """A price of one request is a cost; with --requests it is a monthly one."""
    assert llmcost_small("price", "example-small", *ONE).out.startswith("Cost in USD")
    assert llmcost_small("price", "example-small", *ONE, "--requests", "30k/day").out.startswith("Monthly cost in USD")


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (("--top", "0"), "--top: 0 is too few"),
        (("--top", "-1"), "--top:"),
        (("--baseline", "foo"), '--baseline: unknown model "foo"'),
        (("--min-context", "lots"), "--min-context:"),
        (("--cache-read", "0.4"), '--cache-read: "0.4" is less than one token'),
    ],
)
def test_a_message_names_its_flag(llmcost_small: Run, flags: tuple[str, ...], message: str) -> None:
    """Whoever gives several flags reads which of them is meant."""
    ran = llmcost_small("compare", "-m", "example-small", *ASK, *flags)

    assert (ran.code, ran.out) == (2, "")
    assert message in ran.err


def test_cached_tokens_below_the_least_are_said(llmcost_small: Run) -> None:
    """Counts that are given are facts; that caching begins at 1,024 tokens is said beside them."""
    assert "caching begins at 1024" in llmcost_small("price", "example-large", *ONE, "--cache-read", "500").err
    assert "begins at" not in llmcost_small("price", "example-large", "--input", "1024", "--cache-read", "500").err


def test_models_says_what_is_not_for_sale(llmcost_small: Run) -> None:
    """An offer without rates on the day says why in place of them."""
    out = llmcost_small("models").out

    assert "example-ai/example-retired@global" in out
    for status in ("not in force", "free", "subscription"):
        assert status in out


@pytest.mark.parametrize("number", [5, 6, 20])
def test_a_terminal_gets_a_handful_of_notes(llmcost: Run, tmp_path: Path, number: int) -> None:
    """Five notes are all said; of more the first five, and how many there are beside them; -v says all, -q none."""
    sheet = "kind: api\nseller: shop\nname: Shop\ndefault_place: here\nmodels:\n"
    for each in range(1, number + 1):
        price = "checked_on: 2026-09-01, source: https://shop.example, rates: {input: 1 USD / 1M tokens, output: 1 USD / 1M tokens}"
        sheet += f"  - id: model{each}\n    prices: [{{{price}, withdrawn_on: 2026-10-{each:02}}}]\n"
    shop = on_sheet(llmcost, tmp_path, sheet)
    ask = ("compare", "--all", "--requests", "1", "--input", "1k", "--output", "1")
    ran = shop(*ask)
    notes = [line for line in ran.err.splitlines() if line.startswith("note: ")]
    assert ran.code == 0, ran.err
    assert sum("it is withdrawn on 2026-10-" in note for note in notes) == 5
    assert notes[5:] == ([f"note: and {number - 5} more; -v says them all"] if number > 5 else [])
    assert shop(*ask, "-v").err.count("it is withdrawn on 2026-10-") == number
    assert shop(*ask, "-q").err == ""
    in_full = rows_of(shop(*ask, "-f", "json").out)
    assert sum("it is withdrawn on 2026-10-" in note for row in in_full for note in row["notes"]) == number


@pytest.mark.parametrize("name", [name for name, form in COMPARISON_FORMATS.items() if not form.rows])
def test_formats_of_some_commands_are_in_their_help(name: str, llmcost: Run) -> None:
    """A format that only a comparison is written in stands in the help of compare and on the page about formats."""
    assert name in llmcost("compare", "--help").out
    assert f"`{name}`" in (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")


def test_any_view_is_written_in_every_usual_format(llmcost_small: Run) -> None:
    """What is said to write any table does so, and never quietly writes another format."""
    texts = {name: llmcost_small("models", "-f", name).out for name in FORMATS}
    assert all(texts.values())
    assert len(set(texts.values())) == len(FORMATS)


def _text_options() -> Iterator[tuple[str, str]]:
    """Every option of every command that takes a text, as it is written."""
    for name, command in get_command(build_app([])).commands.items():  # type: ignore[attr-defined]
        for option in getattr(command, "params", ()):
            if option.param_type_name == "option" and not option.is_flag:
                yield name, next(each for each in option.opts if each.startswith("--"))


@pytest.mark.parametrize(("command", "option"), list(_text_options()))
def test_an_empty_value_is_blamed_on_its_option(command: str, option: str, llmcost: Run) -> None:
    """Whatever an option is called in Python, the message names it as a person wrote it."""
    ran = llmcost(
        command,
        *{"price": ["x"], "usage": ["x"], "breakeven": ["x", "y"], "reconcile": ["x", "y"]}.get(command, []),
        option,
        "",
    )
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"llmcost: {option} has an empty value")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--caching", "all"), "caching changes nothing"),
        (("--thinking",), "thinking alone adds no tokens"),
    ],
)
def test_what_is_asked_and_changes_nothing_is_said(arguments: tuple[str, ...], said: str, llmcost_small: Run) -> None:
    """Three equal rows, or thinking for free, would read as an answer."""
    ask = ("compare", "-m", "example-large", "--requests", "1000", "--input", "2000", "--output", "500")
    assert said in llmcost_small(*ask, *arguments).err
    assert said not in llmcost_small(*ask, *arguments, "--cache-read", "40%", "--reasoning", "50%").err
    assert said not in llmcost_small(*ask).err


def test_a_price_that_depends_on_more_is_marked(llmcost_small: Run) -> None:
    """Of a model that is dearer at larger sizes the table has the usual price alone, and says that there are others."""
    lines = llmcost_small("models", "example").out.splitlines()
    marked = {line.split()[0]: " + " in line for line in lines if line.startswith("example-ai/example-")}
    assert marked["example-ai/example-large-2026@global"]
    assert not marked["example-ai/example-small@global"]
    assert lines[-1].startswith("+ has other prices at some sizes, hours or modes")
