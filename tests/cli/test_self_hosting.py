"""Self-hosting at the command line: comparing, listing, break-even, and what ends with 2."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from support.running import Run, records_of, rows_of

ASK = ("--requests", "10512000", "--input", "1000", "--output", "200", "--peak-to-mean", "2")
PEBBLE = "self/pebble-8b:fp8@ax1"


def test_self_hosted_and_api_stand_on_one_table(llmcost_small: Run) -> None:
    """Both kinds are ranked by cost; the fleet is told by the number of its row."""
    ran = llmcost_small("compare", "-m", PEBBLE, "-m", "example-small", *ASK)
    assert ran.code == 0, ran.err
    assert "self/pebble-8b:fp8@grid/ax1x1" in ran.out
    assert "4,380.00" in ran.out
    assert "Sized for peak 2x the mean, 20% headroom, 1 spare, 50 ms a token at most, the default" in ran.out
    noted = llmcost_small("compare", "-m", PEBBLE, "-m", "example-small", *ASK, "-v")
    assert f"{PEBBLE} is taken as self/pebble-8b:fp8@grid/ax1x1" in noted.err


def test_json_holds_the_fleet(llmcost_small: Run) -> None:
    """Everything the sizing rests on, exact, under `fleet`; rows of APIs have none."""
    ran = llmcost_small("compare", "-m", PEBBLE, "-m", "example-small", *ASK, "-f", "json")
    rows = {row["kind"]: row for row in rows_of(ran.out)}
    fleet = rows["self_hosted"]["fleet"]
    assert rows["self_hosted"]["monthly_cost"] == "4380.000000"
    assert (fleet["replicas"], fleet["spares"], fleet["instances"], fleet["instance"]) == (2, 1, 3, "one-ax1")
    assert (fleet["load"], fleet["idle"]) == ("0.166666666667", "0.833333333333")
    assert fleet["classes"][0]["ttft_ms"] == "400"
    assert fleet["evidence"] == "own measurement"
    assert "fleet" not in rows["api"]


def test_a_part_that_is_self_hosted_says_why_the_whole_is_a_range(llmcost_small: Run, tmp_path: Path) -> None:
    """The counts are known; how fast the hardware is, is not."""
    text = """\
kind: workload
load: {peak_to_mean: 2}
classes:
  - {name: most, requests: 500M, input_tokens: 1000, output_tokens: 200, offer: self/pebble-8b:fp8@ax1}
  - {name: few, requests: 10, input_tokens: 1000, output_tokens: 200, offer: example-small}
"""
    (path := tmp_path / "mixed.yaml").write_text(text, encoding="utf-8")
    ran = llmcost_small("compare", str(path))
    assert "how fast the hardware is, is an estimate" in ran.out
    assert "the counts leave" not in ran.out


def test_csv_has_columns_for_fleets_only_where_there_are_some(llmcost_small: Run) -> None:
    """The contract's first columns stay; those of fleets follow when a row is self-hosted."""
    with_fleet = list(csv.reader(io.StringIO(llmcost_small("compare", "-m", PEBBLE, *ASK, "-f", "csv").out)))
    without = list(csv.reader(io.StringIO(llmcost_small("compare", "-m", "example-small", *ASK, "-f", "csv").out)))
    assert (
        with_fleet[0][:9]
        == without[0][:9]
        == ["rank", "offer", "kind", "seller", "model", "place", "terms", "currency", "monthly_cost"]
    )
    row = dict(zip(*with_fleet, strict=True))
    assert (row["replicas"], row["evidence"], row["output_tokens_per_second"]) == ("2", "own measurement", "1600")
    assert "replicas" not in without[0]


def test_the_explanation_can_be_redone_by_hand(llmcost_small: Run) -> None:
    """Hours, rate and cost of what is rented, the speed and where it is from, the split that adds up."""
    ran = llmcost_small("compare", "-m", PEBBLE, *ASK, "--explain")
    assert "2,190 gpu-hours × 2.00 USD / gpu-hour = 4,380.00 USD" in ran.out
    assert (
        "1,600 output tokens/s a replica (1,481 to 1,728) at 64 at once, 39 ms a token, 400 ms to the first" in ran.out
    )
    assert "https://example.com/speed" in ran.out


def test_a_commitment_moves_no_break_even(llmcost_small: Run, tmp_path: Path) -> None:
    """What is owed at any volume is no slope, so it is left out of a break-even, and that is said."""
    (tmp_path / "llmcost.yaml").write_text("version: 1\ncommitments: [example-ai 5000 USD / month]\n", encoding="utf-8")
    asked = ("breakeven", PEBBLE, "example-small", *ASK, "-f", "json")
    plain = json.loads(llmcost_small(*asked).out)["breakeven"]
    ran = llmcost_small(*asked, "--config", str(tmp_path / "llmcost.yaml"))

    assert json.loads(ran.out)["breakeven"] == plain
    assert "left out, as it is owed at any volume: example-ai 5000 USD / month" in ran.err


def test_flags_and_file_say_how_it_is_run(llmcost_small: Run, tmp_path: Path) -> None:
    """`serving:` of a workload and the flags mean the same, and a flag goes before the file."""
    file = tmp_path / "work.yaml"
    file.write_text(
        "kind: workload\nclasses:\n  - {requests: 10512000, input_tokens: 1000, output_tokens: 200}\n"
        "load: {peak_to_mean: 2}\nserving: {spares: 0, tpot: 19ms}\n",
        encoding="utf-8",
    )
    by_file = rows_of(llmcost_small("compare", str(file), "-m", PEBBLE, "-f", "json").out)[0]["fleet"]
    flags = ("--spares", "0", "--tpot", "19ms")
    by_flag = rows_of(llmcost_small("compare", "-m", PEBBLE, *ASK, *flags, "-f", "json").out)[0]["fleet"]
    assert by_file["classes"][0] | {"class": ""} == by_flag["classes"][0] | {"class": ""}
    assert (by_file["replicas"], by_file["spares"]) == (3, 0)
    both = json.loads(llmcost_small("compare", str(file), "-m", PEBBLE, "--spares", "2", "-f", "json").out)
    assert both["rows"][0]["fleet"]["spares"] == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("-m", PEBBLE, *ASK[:6]), "give it a `peak_to_mean`, such as 4"),
        (("-m", "self/boulder-200b@grid/ax1x1", *ASK), "does not fit on ax1x1; 4 would do"),
        (("-m", "self/pebble-8b@ax9", *ASK), 'unknown accelerator "ax9"'),
        (("-m", PEBBLE, *ASK, "--tpot", "1ms"), "raise `tpot`"),
        (("-m", "self/pebble-8b:bf16@ax1", *ASK, "--ttft", "1s"), "leave `ttft` out, or measure it"),
        (("-m", PEBBLE, *ASK, "--peak-to-mean", "0.5"), "--peak-to-mean: a peak of 0.5 lies below the mean"),
        (("-m", PEBBLE, *ASK, "--tpot", "fast"), "--tpot"),
        (("-m", PEBBLE, *ASK, "--spares", "-1"), "--spares"),
        (("-m", PEBBLE, *ASK, "--engine", "warp"), '--engine: unknown engine "warp"'),
        (("-m", PEBBLE, *ASK, "--max-batch", "0"), "--max-batch: no request at all could run"),
        (("-m", PEBBLE, *ASK, "--staff", "4000 USD"), "--staff"),
        (("-m", PEBBLE, *ASK, "--adjust", "gird gpu_hours +5%"), "concerns none of the offers"),
    ],
)
def test_a_named_offer_without_a_price_ends_with_2(
    llmcost_small: Run, arguments: tuple[str, ...], message: str
) -> None:
    """No peak, no fit, an unknown accelerator, a target nobody meets: the reason and the remedy, and exit 2."""
    ran = llmcost_small("compare", *arguments)
    assert ran.code == 2
    assert message in ran.out + ran.err


def test_a_baseline_goes_by_the_name_the_table_shows(llmcost_small: Run) -> None:
    """The offer as it was typed and as it was settled both name the baseline."""
    for baseline in (PEBBLE, "self/pebble-8b:fp8@grid/ax1x1"):
        ran = llmcost_small("compare", "-m", "example-small", "-m", PEBBLE, *ASK, "--baseline", baseline)
        assert ran.code == 0, ran.err
        assert "4,380.00  baseline" in ran.out


def test_headroom_may_be_more_than_the_peak(llmcost_small: Run) -> None:
    """4 a second x 2 x (1 + 300%) = 32 over 8 of one replica: 4, and a spare."""
    ran = llmcost_small("compare", "-m", PEBBLE, *ASK, "--headroom", "300%", "-f", "json")
    assert rows_of(ran.out)[0]["fleet"]["replicas"] == 4


def test_the_default_target_is_called_so_only_when_nobody_gave_it(llmcost_small: Run) -> None:
    """A target that is given is not called the default, even when it is the same."""
    assert "50 ms a token at most\n" in llmcost_small("compare", "-m", PEBBLE, *ASK, "--tpot", "50ms").out


def test_one_request_of_a_fleet_has_no_price(llmcost_small: Run) -> None:
    """`price` points to the commands that answer."""
    ran = llmcost_small("price", PEBBLE, "--input", "1000", "--output", "200")
    assert (ran.code, ran.out) == (2, "")
    assert "billed by the hour" in ran.err


def test_months_and_supposed_prices_work_for_fleets(llmcost_small: Run) -> None:
    """Grid's price rises in November: 4,380 in October, 5,475 in November; a supposed third more shows both."""
    ran = llmcost_small("compare", "-m", PEBBLE, *ASK, "--months", "2", "--on", "2026-10-01", "-f", "json")
    months = rows_of(ran.out)[0]["months"]
    assert [month["cost"] for month in months] == ["4380.000000", "5475.000000"]
    shown = llmcost_small("compare", "-m", PEBBLE, *ASK, "--months", "2", "--on", "2026-10-01", "--explain").out
    assert shown.count("of the month from 2026-11-01") == shown.count("in the month from 2026-11-01") == 1
    ran = llmcost_small("compare", "-m", PEBBLE, *ASK, "--adjust", "grid gpu_hours +34%", "-f", "json")
    row = rows_of(ran.out)[0]
    assert (row["monthly_cost_before"], row["monthly_cost"]) == ("4380.000000", "5869.200000")


# Break-even


def test_break_even_says_where_this_workload_stands(llmcost_small: Run) -> None:
    """Both costs, which is cheaper, every crossing, the range, and a picture."""
    ran = llmcost_small("breakeven", PEBBLE, "example-small", *ASK)
    assert ran.code == 0, ran.err
    assert "At this workload self-hosting is cheaper by" in ran.out
    assert "on self-hosting is cheaper: 2,920.00 USD, 2 instances" in ran.out
    assert "stairs: self/pebble-8b:fp8@grid/ax1x1" in ran.out


def test_break_even_in_numbers(llmcost_small: Run) -> None:
    """JSON and CSV have the crossings; 1,000 in at 0.50 and 200 out at 2.00 per 1M are 0.0009 a request."""
    ran = llmcost_small("breakeven", PEBBLE, "example-small", *ASK, "-f", "json")
    data = json.loads(ran.out)
    assert data["command"] == "breakeven"
    first = data["breakeven"]["crossings"][0]
    assert first["requests"] == "3244444.444444444444"
    assert (first["cheaper_from_here"], first["cost"], data["breakeven"]["cheaper"]) == ("self", "2920.000000", "self")
    assert data["breakeven"]["all_crossings_found"] is True
    rows = records_of(llmcost_small("breakeven", PEBBLE, "example-small", *ASK, "-f", "csv").out)
    assert "self-hosting becomes cheaper" in {row["event"] for row in rows}
    (here,) = (row for row in rows if row["event"] == "this workload")
    assert (here["requests"], here["self_cost"], here["api_cost"]) == ("10512000", "4380.000000", "9460.800000")


def test_supposed_prices_move_the_break_even(llmcost_small: Run) -> None:
    """The API a third dearer: 2,920 / 0.001206 requests; what it was before is said."""
    ran = llmcost_small("breakeven", PEBBLE, "example-small", *ASK, "--adjust", "example-small +34%", "-f", "json")
    data = json.loads(ran.out)
    assert data["breakeven"]["crossings"][0]["requests"] == "2421227.197346600332"
    assert data["breakeven_before"]["crossings"][0]["requests"] == "3244444.444444444444"


@pytest.mark.parametrize(
    ("ours", "theirs", "message"),
    [
        ("example-small", PEBBLE, "sets a self-hosted offer against an API"),
        (PEBBLE, PEBBLE, "sets a self-hosted offer against an API"),
        ("self/boulder-200b@grid/ax1x1", "example-small", "no full price for self/boulder-200b:fp8@grid/ax1x1"),
        (PEBBLE, "example-smal", 'unknown model "example-smal"'),
        ("self/*@ax1", "example-small", '"self/*@ax1" is a pattern'),
        (PEBBLE, "*small", '"*small" is a pattern'),
    ],
)
def test_break_even_needs_both_sides(llmcost_small: Run, ours: str, theirs: str, message: str) -> None:
    """Two of a kind, an unknown name or a gap end with 2."""
    ran = llmcost_small("breakeven", ours, theirs, *ASK)
    assert (ran.code, ran.out) == (2, "")
    assert message in ran.err


def test_break_even_says_its_exchange_rate(llmcost_small: Run) -> None:
    """Converted figures name the rate and its day, in words and in JSON."""
    ran = llmcost_small("breakeven", PEBBLE, "example-small", *ASK, "--currency", "EUR", "-f", "json")
    assert "converted at 1 USD =" in ran.err
    assert any("converted at 1 USD =" in note for note in json.loads(ran.out)["warnings"])


def test_break_even_says_where_another_host_pays_earlier(llmcost_small: Run) -> None:
    """For 15 replicas and a spare two servers of eight at 15 an hour are chosen; one pays from 10,950 / 0.0009 on.

    Two single ones at 2.00 an hour pay from 2,920 / 0.0009 = 3,244,444 on.
    """
    ask = ("--requests", "130M", *ASK[2:])
    ran = llmcost_small("breakeven", PEBBLE, "example-small", *ask)
    assert "  1  from 12,166,667 requests" in ran.out
    assert "self/pebble-8b:fp8@grid/ax1x1 on one-ax1 pays from 3,244,444 requests" in ran.err
    named = llmcost_small("breakeven", "self/pebble-8b:fp8@barn/ax1x1", "example-small", *ASK)
    assert "on already" not in named.err


def test_a_staircase_of_many_steps_is_cut(llmcost_small: Run) -> None:
    """At a volume with a million steps a table lists the first thousand, says so, and has the crossing all the same."""
    ask = ("--requests", "10000000M", *ASK[2:])
    ran = llmcost_small("breakeven", PEBBLE, "example-small", *ask, "-f", "csv")
    rows = records_of(ran.out)
    assert [row["event"] for row in rows].count("step ends") == 1000
    assert rows[-1]["event"] == "this workload"
    assert "self-hosting becomes cheaper" in {row["event"] for row in rows}
    assert "of the staircase the first 1,000 steps are listed" in ran.err
    assert llmcost_small("breakeven", PEBBLE, "example-small", *ask).code == 0


@pytest.mark.parametrize("width", [20, 40, 80, 200])
def test_money_is_whole_at_any_width(llmcost_small: Run, monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    """Whatever the width, the figures of the fleet and of break-even stand whole."""
    monkeypatch.setenv("COLUMNS", str(width))
    assert "4,380.00" in llmcost_small("compare", "-m", PEBBLE, *ASK).out
    assert "2,920.00" in llmcost_small("breakeven", PEBBLE, "example-small", *ASK).out


# Listing


def test_models_self_lists_what_can_be_had(llmcost_small: Run) -> None:
    """Models, accelerators, hosts with their prices, and what was announced with the way to suppose it."""
    ran = llmcost_small("models", "self")
    assert ran.code == 0
    for text in ("pebble-8b", "boulder-200b", "ax3x9", "grid:south", "15.00", "--adjust 'grid gpu_hours +34%'"):
        assert text in ran.out
    part = llmcost_small("models", "self", "barn").out
    assert "rack-ax1" in part or "barn" in part
    assert "pebble" not in part


def test_models_self_in_other_formats(llmcost_small: Run) -> None:
    """JSON has all three kinds; CSV has what can be rented."""
    rows = rows_of(llmcost_small("models", "self", "-f", "json").out)
    assert {row["kind"] for row in rows} == {"open_weights", "accelerator", "instance"}
    found = records_of(llmcost_small("models", "self", "-f", "csv").out)
    assert {row["host"] for row in found} == {"averages", "barn", "grid", "grid:south"}


def test_models_self_loses_nothing_in_a_table_of_one_kind(llmcost_small: Run) -> None:
    """CSV of a model's name holds models; of an accelerator's, what is rented, and says where the rest is."""
    models = records_of(llmcost_small("models", "self", "pebble", "-f", "csv").out)
    assert [row["open weights"] for row in models] == ["pebble-8b"]
    ran = llmcost_small("models", "self", "ax1", "-f", "csv")
    assert "host" in ran.out.splitlines()[0]
    assert "the accelerators are in -f json" in ran.err
    both = llmcost_small("models", "self", "ax1", "-f", "markdown").out
    assert "| accelerator" in both
    assert "| host" in both


@pytest.mark.parametrize("name", ["self/pebble-8b", "self/pebble-8b:fp8@grid/ax1", "self/Example/Pebble-8B"])
def test_the_name_of_an_offer_finds_its_model(llmcost_small: Run, name: str) -> None:
    """As it is written after -m, whatever it says of precision and host."""
    assert llmcost_small("models", name).out == llmcost_small("models", "self", "pebble-8b").out
    assert llmcost_small("models", "self/granite").code == 2


def test_a_part_nothing_is_called_by_ends_with_2(llmcost_small: Run) -> None:
    """An unknown part says so; a second word after another query is one too many."""
    ran = llmcost_small("models", "self", "granite")
    assert (ran.code, ran.out) == (2, "")
    assert 'nothing to self-host is called "granite"' in ran.err
    assert llmcost_small("models", "example", "small").code == 2


def test_prices_show_tells_what_a_self_hosted_offer_rests_on(llmcost_small: Run) -> None:
    """The model, the accelerator, the curves with their doubts, and every price with its source."""
    ran = llmcost_small("prices", "show", "self/pebble-8b:fp8@grid/ax1")
    assert ran.code == 0
    for text in (
        "Example/Pebble-8B",
        "Axon One",
        "not used: ten times as fast",
        "speculative: 3 steps",
        "2.50 USD / gpu-hour",
    ):
        assert text in ran.out
    assert llmcost_small("prices", "show", "self/pebble-8b:fp8@grid/ax1", "-f", "json").code == 2


def test_json_says_what_fleets_are_sized_for(llmcost_small: Run) -> None:
    """The words of the table, and none where nothing is self-hosted."""
    ran = llmcost_small("compare", PEBBLE, "example-small", *ASK, "-f", "json")
    assert json.loads(ran.out)["sized_for"].startswith("peak 2x the mean, 20% headroom, 1 spare")
    assert "sized_for" not in json.loads(llmcost_small("compare", "example-small", *ASK, "-f", "json").out)


def test_markdown_has_both_ends_of_a_range(llmcost_small: Run) -> None:
    """Where a cost may be more as well as less; where it can only be less the one end is enough."""
    heads = [
        llmcost_small("compare", *offers, *ASK, "-f", "markdown").out.splitlines()[0]
        for offers in ((PEBBLE.replace("fp8", "bf16"), "example-small"), ("example-small",))
    ]
    assert [" high " in head for head in heads] == [True, False]


def test_what_to_send_has_no_meaning_for_what_was_saved(llmcost: Run) -> None:
    """A file says what was sent, so an option that says otherwise is refused, and not left aside."""
    for flag, value in (("--concurrency", "4"), ("--input", "77"), ("--max-seconds", "1"), ("-m", "X")):
        ran = llmcost("measure", "--from", "saved.json", flag, value)
        assert (ran.code, ran.out) == (2, "")
        assert f"{'--model' if flag == '-m' else flag} has no effect with --from" in ran.err
