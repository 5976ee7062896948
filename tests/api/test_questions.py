"""What commands answer, asked from Python: the same figures and the same text."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from conftest import SMALL, Ran

import llmcost
from llmcost import load_catalogue
from llmcost.api.prices import PriceCatalogue
from llmcost.core.analysis.saved_result import SavedResult
from llmcost.project.saved_result import result_of

DAY = "2026-09-15"
SENT = ["--requests", "1M", "--input", "2000", "--output", "500"]


def month(input_tokens: int = 2000) -> llmcost.Workload:
    usage = llmcost.Usage(input_tokens=input_tokens, output_tokens=500)
    return llmcost.Workload.of(usage, requests=1_000_000)


@pytest.fixture(scope="module")
def prices(cache_folder: Path) -> PriceCatalogue:
    return llmcost.load_catalogue(SMALL, builtin=False)


def test_a_check_says_what_the_command_says(prices: PriceCatalogue, llmcost_small: Callable[..., Ran]) -> None:
    """Verdicts on budgets made in Python are those of the flags, to the letter."""
    budget = llmcost.budget("command line", max_monthly="10 USD", warn_at="90%")
    answer = prices.check([budget], month(), ["example-large"], on=DAY)
    ran = llmcost_small("check", "-m", "example-large", *SENT, "--max-monthly", "10 USD", "--warn-at", "90%")
    assert (ran.code, bool(answer.failed)) == (1, True)
    assert answer.render("text") == ran.out


def test_a_project_is_checked_as_in_its_folder(
    llmcost_small: Callable[..., Ran], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A config names its workload, models and prices; the verdicts are those of the command in that folder."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "work.yaml").write_text(
        "kind: workload\nclasses:\n  - {requests: 1M / month, input_tokens: 2000, output_tokens: 500}\n"
    )
    (tmp_path / "llmcost.yaml").write_text(
        f"version: 1\nworkload: work.yaml\nprices: [{SMALL}]\nmodels: [example-large]\nmax_price_age_days: 4000\n"
        "discounts: [example-ai -10%]\nbudgets:\n  - {name: app, max_monthly: 5 USD}\n"
    )
    report = llmcost.check_project("llmcost.yaml", on=DAY)
    ran = llmcost_small("check")
    from llmcost.reports.formats.check import render_text

    assert render_text(report) == ran.out
    assert [each.limit.kind for each in report.verdicts] == ["max_monthly", "max_price_age_days"]
    assert [each.name for each in llmcost.load_budgets("llmcost.yaml")] == ["app"]


def test_a_budget_that_limits_nothing_is_refused() -> None:
    """A limit there is not, and a budget without any, are errors with the limits there are."""
    with pytest.raises(llmcost.LlmcostError, match="there is no limit max_weekly") as refused:
        llmcost.budget("app", max_weekly="1 USD")
    assert "max_monthly" in str(refused.value.remedy)
    with pytest.raises(llmcost.LlmcostError, match="limits nothing"):
        llmcost.budget("app")


def test_a_difference_says_what_the_command_says(
    prices: PriceCatalogue, llmcost_small: Callable[..., Ran], tmp_path: Path
) -> None:
    """Two comparisons set against each other give the same effects as the files of the two."""
    for name, size in (("base", "2000"), ("head", "3000")):
        asked = ["--requests", "1M", "--input", size, "--output", "500"]
        llmcost_small("compare", "-m", "example-large", *asked, "-f", "json", "-o", str(tmp_path / f"{name}.json"))
    ran = llmcost_small("diff", str(tmp_path / "base.json"), str(tmp_path / "head.json"), "-f", "csv")
    base, head = (prices.compare(["example-large"], month(size), on=DAY) for size in (2000, 3000))
    assert llmcost.diff(base, head).to_csv() == ran.out
    saved = llmcost.load_result(tmp_path / "base.json")
    assert llmcost.diff(saved, head).to_csv() == ran.out


def test_results_in_two_currencies_are_not_set_against_each_other(prices: PriceCatalogue) -> None:
    """There is no difference between yuan and dollars."""
    base = prices.compare(["example-large"], month(), on=DAY)
    head = prices.compare(["example-large"], month(), on=DAY, currency="EUR")
    with pytest.raises(llmcost.LlmcostError, match="base is in USD, head in EUR"):
        llmcost.diff(base, head)


@pytest.mark.parametrize("months", [1, 3])
def test_a_comparison_is_kept_as_its_json_is_read(shipped: object, months: int) -> None:
    """What is saved of a comparison directly is what is read back of its JSON, self-hosted offers and all."""
    prices = llmcost.load_catalogue()
    offers = ["qwen3.6-plus", "alibaba/qwen3.6-plus@cn-beijing", "self/gpt-oss-120b@b200", "gemini-4-argon"]
    sent = replace(month(), peak_to_mean=Fraction(4))
    answer = prices.compare(offers, sent, on="2026-11-23", months=months, discounts=["alibaba -15%"])
    data = json.loads(answer.to_json())
    assert SavedResult.of(answer, "x", prices.digest) == result_of(data, "x")


def test_a_break_even_says_what_the_command_says(llmcost: Callable[..., Ran]) -> None:
    """Every crossing and every row of the staircase is the command's."""
    sent = replace(month(), peak_to_mean=Fraction(4))
    names = ("self/gpt-oss-120b@b200", "gpt-6-luna")
    answer = load_catalogue().breakeven(*names, sent, on="2026-11-23")
    ran = llmcost("breakeven", *names, *SENT, "--peak-to-mean", "4", "--on", "2026-11-23", "-f", "csv")
    assert answer.to_csv() == ran.out
    assert answer.breakeven.crossings


def test_a_sweep_finds_the_tier(prices: PriceCatalogue, llmcost_small: Callable[..., Ran]) -> None:
    """The leads and crossings of a sweep in Python are those of --vary."""
    offers = ["example-large", "example-small"]
    made = prices.sweep("input", 1000, 300_000, lambda size: month(int(size)), offers, on=DAY)
    ran = llmcost_small("compare", "-m", offers[0], "-m", offers[1], *SENT, "--vary", "input=1k..300k", "-f", "json")
    told = json.loads(ran.out)["sensitivity"][0]
    assert [each.offer for each in made.leads] == [each["offer"] for each in told["leads"]]
    assert len(made.crossings) == len(told["crossings"])


def test_an_answer_is_written_in_its_formats_only(prices: PriceCatalogue) -> None:
    """A format that an answer has not is an error with those it has, and the table is the command's."""
    answer = prices.compare(["example-large"], month(), on=DAY)
    assert str(answer.render()).startswith("Monthly cost in USD")
    with pytest.raises(llmcost.LlmcostError, match='the format "sarif" is not known here') as refused:
        answer.render("sarif")
    assert "markdown" in str(refused.value.remedy)


def test_a_contract_is_given_as_text_or_as_it_is_read(prices: PriceCatalogue) -> None:
    """Discounts and supposed changes as text, already read, or some of each come to the same."""
    from llmcost.core.analysis.adjustments import parse_adjustments
    from llmcost.core.analysis.contract import Contract

    offers, off, up = ["example-large", "example-small"], ["example-ai -10%"], ["example-ai +34%"]
    contract, adjustments = Contract(tuple(parse_adjustments(off))), parse_adjustments(up)
    ways = (
        prices.compare(offers, month(), on=DAY, discounts=off, adjust=up),
        prices.compare(offers, month(), on=DAY, contract=contract, adjustments=adjustments),
        prices.compare(offers, month(), on=DAY, contract=contract, adjust=up, label="mine", baseline=None, months=1),
        llmcost.compare(prices.match("*/example-*"), month(), DAY, contract=contract, adjustments=adjustments),
    )
    costs = [{row.quote.offer.name: (row.quote.cost, row.before) for row in each.rows} for each in ways]
    names = set(costs[0])
    assert all({name: each[name] for name in names} == costs[0] for each in costs)
    assert ways[2].label == "mine"
    listed = {row.quote.offer.name: row.quote.cost for row in prices.compare(offers, month(), on=DAY).rows}
    assert costs[0] == {name: (cost * 9 / 10 * 134 / 100, cost * 9 / 10) for name, cost in listed.items()}


def test_nothing_to_check_is_no_verdict(prices: PriceCatalogue, tmp_path: Path) -> None:
    """Without a budget nothing is kept and nothing broken, so there is an error, and no report that all is well."""
    with pytest.raises(llmcost.LlmcostError, match="there is no budget to check"):
        prices.check([], month(), ["example-large"], on=DAY)
    (tmp_path / "llmcost.yaml").write_text("version: 1\n", encoding="utf-8")
    with pytest.raises(llmcost.LlmcostError, match="there is no budget to check"):
        llmcost.check_project(tmp_path / "llmcost.yaml", on=DAY)


def test_a_contract_with_nobody_is_refused(prices: PriceCatalogue, tmp_path: Path) -> None:
    """A discount whose seller no sheet knows would quietly be none, in Python as on the command line."""
    with pytest.raises(llmcost.LlmcostError, match='no price sheet knows "exampel-ai"'):
        prices.compare(["example-large"], month(), on=DAY, discounts=["exampel-ai -10%"])
    config = tmp_path / "llmcost.yaml"
    config.write_text(
        "version: 1\nworkload: chat-support\ndiscounts: [alibabba -10%]\nmodels: [qwen3.6-plus]\n"
        "budgets:\n  - {name: app, max_monthly: 5 USD}\n"
    )
    with pytest.raises(llmcost.LlmcostError, match='no price sheet knows "alibabba"'):
        llmcost.check_project(config, on="2026-11-23")


def test_a_change_that_concerns_none_of_the_offers_is_refused(prices: PriceCatalogue) -> None:
    """A supposed price with a slip in its name would quietly change nothing, whatever is asked."""
    slip = ["exampel-ai +34%"]
    refused = pytest.raises(llmcost.LlmcostError, match=r'"exampel-ai .34%" concerns none of the offers')
    with refused:
        prices.compare(["example-large"], month(), on=DAY, adjust=slip)
    with refused:
        prices.check([llmcost.budget("app", max_monthly="5 USD")], month(), ["example-large"], DAY, adjust=slip)
    with refused:
        prices.sweep("requests", 1, 2, lambda _: month(), ["example-large"], DAY, adjust=slip)
