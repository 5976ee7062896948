"""How a figure is known stands wherever its source does, in every format."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.running import Run, on_sheet, records_of, rows_of

SHEET = """\
kind: api
seller: hearsay
name: Hearsay
default_place: here
models:
  - id: first
    prices:
      - checked_on: 2026-09-01
        source: https://hearsay.example/prices
        rates: {input: 1 USD / 1M tokens, output: 2 USD / 1M tokens}
  - id: copied
    prices:
      - checked_on: 2026-09-01
        source: https://hearsay.example/prices
        via: a copy of the page of 2026-09-01
        evidence: copy
        rates: {input: 1 USD / 1M tokens, output: 2 USD / 1M tokens}
  - id: second
    prices:
      - checked_on: 2026-05-01
        source: https://hearsay.example/prices
        via: a data file of 2026-05-01
        rates: {input: 1 USD / 1M tokens, output: 2 USD / 1M tokens}
        variants:
          - when: {terms: batch}
            checked_on: 2026-09-02
            source: https://hearsay.example/batch
            via: another copy
            evidence: copy
            rates: {input: 0.50 USD / 1M tokens, output: 1 USD / 1M tokens}
          - when: {terms: flex}
            rates: {input: 0.75 USD / 1M tokens, output: 1 USD / 1M tokens}
          - when: {terms: fast}
            source: https://hearsay.example/fast
            rates: {input: 3 USD / 1M tokens, output: 6 USD / 1M tokens}
    cache:
      - kind: automatic
        source: https://hearsay.example/caching
        via: a note in a blog
        note: The blog is of May.
"""
KNOWN = {
    "first": ("checked 2026-09-01", None, "page"),
    "copied": ("checked 2026-09-01", "a copy of the page of 2026-09-01", "copy"),
    "second": ("as of 2026-05-01", "a data file of 2026-05-01", "third-party"),
    "second+batch": ("checked 2026-09-02", "another copy", "copy"),
    "second+flex": ("as of 2026-05-01", "a data file of 2026-05-01", "third-party"),
    "second+fast": ("checked 2026-05-01", None, "page"),
}


@pytest.fixture
def ask(llmcost: Run, tmp_path: Path) -> Run:
    """Run a command on the sheet."""
    return on_sheet(llmcost, tmp_path, SHEET)


@pytest.mark.parametrize("offer", KNOWN)
def test_a_figure_says_how_it_was_seen(ask: Run, offer: str) -> None:
    """Only the vendor's page or a copy of it was checked; what somebody else states is as of a day, and by whom."""
    seen, via, evidence = KNOWN[offer]
    request = (offer, "--input", "1000", "--output", "0")
    shown = ask("price", *request).out
    assert f"start not known, {seen}, https://hearsay.example/" in shown
    assert ("\n         via " in shown) == (via is not None)
    (row,) = rows_of(ask("price", *request, "-f", "json").out)
    assert [(charge["via"], charge["evidence"]) for charge in row["charges"]] == [(via, evidence)]
    (line,) = records_of(ask("price", *request, "-f", "csv", "--wide").out)
    assert (line["via"], line["evidence"], line["on"]) == (via or "", evidence, "2026-09-15")


def test_focus_and_price_histories_have_it_too(ask: Run) -> None:
    """An auditor finds it in every export."""
    asked = ("-m", "second", "--requests", "1000", "--input", "1000", "--output", "0")
    (line,) = records_of(ask("compare", *asked, "-f", "focus").out)
    assert (line["x_PriceVia"], line["x_PriceEvidence"]) == ("a data file of 2026-05-01", "third-party")
    rows = records_of(ask_history(ask))
    found = {(row["condition"], row["via"], row["evidence"]) for row in rows}
    assert found == {
        ("", "a data file of 2026-05-01", "third-party"),
        ("terms = batch", "another copy", "copy"),
        ("terms = flex", "a data file of 2026-05-01", "third-party"),
        ("terms = fast", "", "page"),
    }


def test_a_cache_policy_says_where_it_is_from(ask: Run) -> None:
    """Its page, how that was read, and what else is known of it stand below it."""
    shown = ask("prices", "show", "second").out
    assert "caching automatic, kept for a time not stated, https://hearsay.example/caching\n" in shown
    assert "    via a note in a blog\n    The blog is of May.\n" in shown


def ask_history(ask: Run) -> str:
    return str(ask("prices", "show", "second", "-f", "csv").out)


def test_a_stale_price_is_marked_in_its_row(ask: Run) -> None:
    """137 days are more than 90: the row has a mark, the table a legend, the exports a column; a price of 14 days none."""
    asked = ("-m", "second", "-m", "first", "--requests", "1000", "--input", "1000", "--output", "0")
    ran = ask("compare", *asked)
    assert "hearsay/second@here *" in ran.out
    assert "hearsay/first@here *" not in ran.out
    assert "\n* a price seen more than 90 days before" in ran.out
    assert "stale" not in ran.err
    assert "stale: as of 2026-05-01, 137 days before 2026-09-15" in ask("compare", *asked, "-v").err
    rows = records_of(ask("compare", *asked, "-f", "csv").out)
    assert {row["model"]: (row["marks"], row["on"]) for row in rows} == {
        "first": ("", "2026-09-15"),
        "second": ("stale second-hand", "2026-09-15"),
    }


def test_what_may_not_be_sold_any_more_stands_below_and_never_leads(llmcost: Run, tmp_path: Path) -> None:
    """Two at the same price: the one in doubt has no rank, is not the cheapest, and says why, wherever it is shown."""
    sheet = tmp_path / "pair.yaml"
    model = "  - id: {}\n{}    prices: [{{checked_on: 2026-09-01, source: https://a.example, rates: {{input: 1 USD / 1M tokens}}}}]\n"
    doubt = "perhaps no longer sold: the page lists it no more"
    models = model.format("sure", "") + model.format("gone", f'    doubt: "{doubt}"\n')
    sheet.write_text(f"kind: api\nseller: pair\nname: Pair\ndefault_place: here\nmodels:\n{models}", encoding="utf-8")
    world = ("--prices", str(sheet), "--no-builtin-prices", "--on", "2026-09-15")
    ask = ("compare", "-m", "gone", "-m", "sure", "--requests", "1", "--input", "1000", *world)
    rows = rows_of(llmcost(*ask, "-f", "json").out)
    assert [(row["model"], row["rank"], row["doubts"]) for row in rows] == [("sure", 1, []), ("gone", None, [doubt])]
    assert f"in doubt: {doubt}" in llmcost(*ask).out
    assert f"in doubt: {doubt}" in llmcost("prices", "show", "gone", *world).out


def test_a_price_that_one_third_party_states_is_marked(ask: Run) -> None:
    """Second-hand prices have a mark with its meaning, and their grade in every export; one read on a page has none."""
    asked = ("-m", "second", "-m", "first", "--requests", "1000", "--input", "1000", "--output", "0")
    ran = ask("compare", *asked)
    assert "hearsay/second@here * ^" in ran.out
    assert "^ a price that only one third party states, or that is worked out" in ran.out
    by_offer = {row["offer"]: row for row in records_of(ask("compare", *asked, "-f", "csv").out)}
    assert by_offer["hearsay/second@here"]["grade"] == "one third party"
    rows = json.loads(ask("compare", *asked, "-f", "json").out)["rows"]
    assert {row["grade"] for row in rows} >= {"one third party"}
    assert all(charge["grade"] for row in rows for charge in row["charges"])
    listed = records_of(ask("models", "second", "-f", "csv").out)
    assert [row["grade"] for row in listed] == ["one third party"]
    focus = records_of(ask("compare", *asked, "-f", "focus").out)
    assert {row["x_PriceGrade"] for row in focus} >= {"one third party"}
