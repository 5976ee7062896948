"""`prices drift`: our prices held against a public table."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support.running import Run

SHEET = """\
kind: api
seller: acme
name: Acme
default_place: here
models:
  - id: big
    developer: acme
    prices:
      - checked_on: 2026-09-10
        source: https://acme.example/pricing
        rates: {input: 2 USD / 1M tokens, cache_read: 0.2 USD / 1M tokens, output: 8 USD / 1M tokens}
        variants:
          - when: {input_tokens: ">= 200000"}
            rates: {input: 4 USD / 1M tokens, cache_read: 0.4 USD / 1M tokens, output: 16 USD / 1M tokens}
          - when: {terms: batch}
            rates: {input: 1 USD / 1M tokens, cache_read: 0.1 USD / 1M tokens, output: 4 USD / 1M tokens}
          - when: {terms: batch, input_tokens: ">= 200000"}
            rates: {input: 2 USD / 1M tokens, cache_read: 0.2 USD / 1M tokens, output: 8 USD / 1M tokens}
  - id: old
    developer: acme
    prices:
      - checked_on: 2026-09-10
        source: https://acme.example/pricing
        rates: {input: 2 USD / 1M tokens, output: 8 USD / 1M tokens}
  - id: own
    developer: acme
    prices:
      - checked_on: 2026-09-10
        source: https://acme.example/pricing
        rates: {input: 2 USD / 1M tokens, output: 8 USD / 1M tokens}
"""
BIG = {
    "input_cost_per_token": 2e-06,
    "output_cost_per_token": 8e-06,
    "input_cost_per_token_above_200k_tokens": 4e-06,
    "output_cost_per_token_above_200k_tokens": 16e-06,
    "input_cost_per_token_batches": 1e-06,
    "output_cost_per_token_batches": 4e-06,
}


def drift(llmcost: Run, folder: Path, models: dict[str, Any], *more: str, sheet: str = SHEET) -> Any:
    """The sheet held against a table in LiteLLM's form, as of 2026-09-01."""
    (folder / "acme.yaml").write_text(sheet, encoding="utf-8")
    table = {f"acme/{name}": {"litellm_provider": "acme", "mode": "chat", **model} for name, model in models.items()}
    (folder / "table.json").write_text(json.dumps(table), encoding="utf-8")
    source = f"litellm@2026-09-01={folder / 'table.json'}"
    prices = ("--prices", str(folder / "acme.yaml"), "--no-builtin-prices")
    return llmcost("prices", "drift", "--from", source, *prices, "--on", "2026-09-15", *more)


def test_what_is_the_same_is_counted(llmcost: Run, tmp_path: Path) -> None:
    """Every rate that both have is held against the other's, in every tier and on all terms; the rest is no drift.

    Six rates: input and output, below and above 200,000 tokens, and two on batch terms below, where the table ends.
    """
    ran = drift(llmcost, tmp_path, {"big": BIG}, "--exit-code")
    assert (ran.code, ran.out) == (0, "6 of 6 rates are the same; 2 missing there\n")


def test_a_difference_says_both_figures_and_whose_is_newer(llmcost: Run, tmp_path: Path) -> None:
    """Another figure is told with both days; an offer that ended there and one that we have not are told as well."""
    models = {
        "big": {**BIG, "output_cost_per_token": 9e-06},
        "old": {**BIG, "deprecation_date": "2026-08-01", "deprecation_source": "https://acme.example/ends"},
        "new": BIG,
    }
    ran = drift(llmcost, tmp_path, models, "--exit-code")
    assert ran.code == 1
    assert ran.out.splitlines() == [
        "acme/big@here",
        "  output: ours 8 USD / 1M tokens, litellm has 9 USD / 1M tokens; of 2026-09-10 and 2026-09-01, ours is newer",
        "acme/old@here",
        "  litellm: withdrawn on 2026-08-01",
        "",
        "5 of 6 rates are the same; 1 differs; 1 missing here; 1 missing there; 1 retired there",
    ]


def test_every_format_has_it(llmcost: Run, tmp_path: Path) -> None:
    """As data each row says where it holds; as rows, only what is not the same."""
    models = {"big": {**BIG, "output_cost_per_token": 9e-06}}
    data = json.loads(drift(llmcost, tmp_path, models, "-f", "json").out)
    (row,) = [each for each in data["rows"] if each["status"] == "differs"]
    assert (row["offer"], row["meter"], row["ours"], row["theirs"], row["newer"], row["votes"]) == (
        "acme/big@here", "output", "8 USD / 1M tokens", "9 USD / 1M tokens", "ours", ["litellm"],
    )  # fmt: skip
    assert data["counts"] == {"differs": 1, "missing there": 2, "same": 5}
    assert len(drift(llmcost, tmp_path, models, "-f", "csv").out.splitlines()) == 2
    cells = [each.strip() for each in drift(llmcost, tmp_path, models, "-f", "markdown").out.split("|")]
    assert cells[cells.index("differs") :][:3] == ["differs", "litellm", "acme/big@here"]


@pytest.mark.parametrize("text", ["{}", "<html>", "[]"])
def test_what_is_no_table_is_refused(llmcost: Run, tmp_path: Path, text: str) -> None:
    """A file that is no such table ends with 2 and nothing on stdout."""
    (tmp_path / "table.json").write_text(text, encoding="utf-8")
    ran = llmcost("prices", "drift", "--from", f"litellm={tmp_path / 'table.json'}")
    assert (ran.code, ran.out) == (2, "")


EXPLAINED = """\
kind: explanations
explanations:
  - offer: acme/big@here
    table: litellm
    theirs: {output: 9 USD / 1M tokens}
    why: The table has the price of the other plan.
    source: https://acme.example/plans
    checked_on: 2026-09-02
  - offer: acme/big@here
    table: litellm
    when: terms = batch
    theirs: {output: 5 USD / 1M tokens}
    why: The table forgets that batch is half.
    source: https://acme.example/batch
    checked_on: 2026-09-02
"""


def test_an_explained_difference_is_counted_apart(llmcost: Run, tmp_path: Path) -> None:
    """A difference that somebody explained, to the figure, fails nothing; one that is gone asks to be taken out."""
    (tmp_path / "why.yaml").write_text(EXPLAINED, encoding="utf-8")
    why = ("--prices", str(tmp_path / "why.yaml"), "--exit-code")
    ran = drift(llmcost, tmp_path, {"big": {**BIG, "output_cost_per_token": 9e-06}}, *why)
    assert (ran.code, ran.out.splitlines()) == (0, [
        "acme/big@here",
        "  output (terms = batch): litellm no longer has 5 USD / 1M tokens, so its explanation can go",
        "",
        "5 of 6 rates are the same; 1 explained; 2 missing there; 1 explained in vain",
    ])  # fmt: skip
    data = json.loads(
        drift(llmcost, tmp_path, {"big": {**BIG, "output_cost_per_token": 9e-06}}, *why, "-f", "json").out
    )
    reasons = [each["why"] for each in data["rows"] if each["status"] == "explained"]
    assert reasons == ["The table has the price of the other plan. (https://acme.example/plans, 2026-09-02)"]


def test_an_explanation_is_of_one_figure_only(llmcost: Run, tmp_path: Path) -> None:
    """When the table changes the figure again, the difference counts again."""
    (tmp_path / "why.yaml").write_text(EXPLAINED, encoding="utf-8")
    why = ("--prices", str(tmp_path / "why.yaml"), "--exit-code")
    ran = drift(llmcost, tmp_path, {"big": {**BIG, "output_cost_per_token": 10e-06}}, *why)
    assert ran.code == 1
    assert "litellm has 10 USD / 1M tokens" in ran.out


def test_a_figure_of_another_day_of_ours_is_told_as_such(llmcost: Run, tmp_path: Path) -> None:
    """A table that has not followed a change has what our dated entries say of a day before it."""
    later = """\
      - effective_from: 2026-09-12
        checked_on: 2026-09-12
        source: https://acme.example/pricing
        rates: {input: 3 USD / 1M tokens, output: 8 USD / 1M tokens}
"""
    models = {"own": {"input_cost_per_token": 2e-06, "output_cost_per_token": 8e-06}}
    data = json.loads(drift(llmcost, tmp_path, models, "-f", "json", sheet=SHEET + later).out)
    (row,) = [each for each in data["rows"] if each["status"] == "other day"]
    assert (row["ours"], row["theirs"], row["why"]) == (
        "3 USD / 1M tokens", "2 USD / 1M tokens", "theirs is ours of 2026-09-11",
    )  # fmt: skip


def test_figures_that_differ_in_the_sixteenth_digit_are_the_same(llmcost: Run, tmp_path: Path) -> None:
    """Tables are made by programs that count in binary."""
    models = {"own": {"input_cost_per_token": 2.0000000000000002e-06, "output_cost_per_token": 8e-06}}
    assert drift(llmcost, tmp_path, models).out == "2 of 2 rates are the same; 2 missing there\n"


def test_what_an_offer_does_not_take_is_no_difference(llmcost: Run, tmp_path: Path) -> None:
    """A table's price of requests above 200,000 tokens says nothing of an offer whose window ends there."""
    narrow = SHEET.replace("  - id: own\n", "  - id: own\n    context_window: 200000\n")
    own = {"input_cost_per_token": 2e-06, "input_cost_per_token_above_200k_tokens": 4e-06}
    wide = drift(llmcost, tmp_path, {"own": own}, "--exit-code")
    assert (wide.code, "input_tokens >= 200001" in wide.out) == (1, True)
    assert drift(llmcost, tmp_path, {"own": own}, "--exit-code", sheet=narrow).code == 0
