"""A bill against list prices: every cause of a difference is named, and what nothing explains is left."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from conftest import TESTS, Run
from support.running import records_of

USAGE, BILLS = TESTS / "usage" / "samples", TESTS / "usage" / "bills"
SHEET = """\
kind: api
seller: {seller}
name: Invented
default_place: global
models:
  - id: {model}
    developer: {seller}
    context_window: 1000000
    cache: [{{kind: automatic}}]
    prices:
      - effective_from: 2026-01-01
        checked_on: 2026-01-01
        source: https://acme.example/prices
        rates: &plain {{input: 0.5 USD / 1M tokens, cache_read: 0.05 USD / 1M tokens, cache_write: 0.625 USD / 1M tokens,
                 cache_write_1h: 1 USD / 1M tokens, output: 3 USD / 1M tokens}}
        variants:
{tier}
          - when: {{terms: batch}}
            rates: {{input: 0.25 USD / 1M tokens, cache_read: = input, cache_write: = input, cache_write_1h: = input,
                    output: 1.5 USD / 1M tokens}}
      - effective_from: 2026-12-01
        checked_on: 2026-01-01
        source: https://acme.example/prices
        rates: {{input: 5 USD / 1M tokens, cache_read: 0.5 USD / 1M tokens, cache_write: 6.25 USD / 1M tokens,
                cache_write_1h: 10 USD / 1M tokens, output: 30 USD / 1M tokens}}
"""
TIER = """\
          - when: {input_tokens: "> 256000"}
            rates: {input: 2 USD / 1M tokens, cache_read: 0.2 USD / 1M tokens, cache_write: 2.5 USD / 1M tokens,
                    cache_write_1h: 4 USD / 1M tokens, output: 6 USD / 1M tokens}
          - when: {input_tokens: "> 256000", terms: batch}
            rates: {input: 1 USD / 1M tokens, cache_read: = input, cache_write: = input, cache_write_1h: = input,
                    output: 3 USD / 1M tokens}"""
HEAD = "period_start,provider,model,requests,input_uncached_tokens,cache_read_tokens,output_tokens,cost,currency\n"


@pytest.fixture
def hold(llmcost: Run, tmp_path: Path) -> Any:
    """Hold a bill against usage, with one seller's invented prices."""

    def call(
        usage: Path, bill: Path, *arguments: str, seller: str = "acme", model: str = "m1", tier: str = TIER
    ) -> Any:
        sheet = SHEET.format(seller=seller, model=model, tier=tier)
        (path := tmp_path / "prices.yaml").write_text(sheet, encoding="utf-8")
        options = ("--no-builtin-prices", "--prices", str(path), "--on", "used")
        return llmcost("reconcile", str(usage), str(bill), *options, *arguments)

    return call


def row(size: int, read: int, out: int, cost: str, model: str = "m1", day: int = 1) -> str:
    return f"2026-11-{day:02}T09:00:00Z,acme,{model},1,{size},{read},{out},{cost},USD\n"


@pytest.mark.parametrize(
    ("usage", "billed", "cause", "amount"),
    [
        # 0.05 of input, 0.0025 read and 0.03 out are 0.0825 at list price
        (row(100_000, 50_000, 10_000, ""), "0.0825", "as-listed", "0"),
        (row(100_000, 50_000, 10_000, ""), "0.825", "price-date", "0.7425"),
        (row(100_000, 50_000, 10_000, ""), "0.0525", "terms", "-0.03"),
        (row(100_000, 50_000, 10_000, ""), "0.105", "cache", "0.0225"),
        (row(100_000, 50_000, 10_000, ""), "0.066", "discount", "-0.0165"),
        (row(100_000, 50_000, 10_000, ""), "0.0777", "left", "-0.0048"),
        # 0.6 + 0.06 beyond the tier, 0.15 + 0.03 below it
        (row(300_000, 0, 10_000, ""), "0.18", "tier", "-0.48"),
        (row(100_000, 0, 0, "", model="m9"), "0.5", "unpriced", "0.5"),
    ],
)
def test_each_cause_is_named(hold: Any, tmp_path: Path, usage: str, billed: str, cause: str, amount: str) -> None:
    """With the part of the difference that it makes."""
    (used := tmp_path / "used.csv").write_text(HEAD + usage, encoding="utf-8")
    (bill := tmp_path / "bill.csv").write_text(HEAD + usage.replace(",,USD", f",{billed},USD"), encoding="utf-8")
    ran = hold(used, bill, "-f", "csv")
    assert ran.code == (2 if cause == "unpriced" else 0), ran.err
    (found,) = records_of(ran.out)
    assert (found["cause"], Decimal(found["amount"])) == (cause, Decimal(amount))
    assert Decimal(found["difference"]) == Decimal(amount)
    # what is billed above list, though the usage says when it was and what was cached, is no bill that is right
    assert hold(used, bill, "--exit-code").code == (
        2 if cause == "unpriced" else int(cause == "left" or Decimal(amount) > 0)
    )


def test_a_bill_of_other_things_is_no_verdict(hold: Any, tmp_path: Path) -> None:
    """Nothing that was billed is held against a price, so nothing is said to be right; and no price is shown as 0."""
    (used := tmp_path / "used.csv").write_text(HEAD + row(100, 0, 0, "", model="m9"), encoding="utf-8")
    (bill := tmp_path / "bill.csv").write_text(HEAD + row(100, 0, 0, "0.5", model="m9"), encoding="utf-8")
    ran = hold(used, bill, "-f", "json")
    data = json.loads(ran.out)
    assert (ran.code, data["listed"], data["complete"]) == (2, None, False)
    assert "of which nothing could be held against a price" in hold(used, bill).out


def test_what_only_one_side_has_is_told(hold: Any, tmp_path: Path) -> None:
    """Usage that was not billed, and a bill for what was not used."""
    (used := tmp_path / "used.csv").write_text(HEAD + row(100_000, 0, 0, "", day=1), encoding="utf-8")
    (bill := tmp_path / "bill.csv").write_text(HEAD + row(100_000, 0, 0, "0.05", day=2), encoding="utf-8")
    found = {each["cause"]: Decimal(each["amount"]) for each in records_of(hold(used, bill, "-f", "csv").out)}
    assert found == {"not-billed": Decimal("-0.05"), "not-used": Decimal("0.05")}


def test_a_bill_is_held_against_what_was_agreed(hold: Any, tmp_path: Path) -> None:
    """0.8 x 0.0825 = 0.066 is as agreed and says nothing; 0.13 for 0.8 x 0.13 = 0.104 is a quarter above it.

    The bill's own list price is none of this, and what concerns nobody is a slip.
    """
    rows = [row(100_000, 50_000, 10_000, "0.066"), row(200_000, 0, 10_000, "0.13", day=2)]
    (used := tmp_path / "used.csv").write_text(HEAD + "".join(rows), encoding="utf-8")
    agreed = ("--discount", "acme -20%")
    data = json.loads(hold(used, used, *agreed, "-f", "json").out)
    assert (data["discounts"], data["listed"], data["complete"]) == (["acme -20%"], "0.170000", False)
    causes = [[(each["amount"], each["words"]) for each in line["causes"]] for line in data["rows"]]
    assert causes == [[], [("0.026000", "25% above what was agreed")]]
    shown = hold(used, used, *agreed, "--exit-code")
    assert (shown.code, shown.out.splitlines()[1]) == (1, "  +0.026  a share above what was agreed")
    assert "Prices before tax, as agreed (acme -20%), of the day" in shown.out
    assert 'discount: "self -20%" concerns none' in hold(used, used, "--discount", "self -20%").err
    assert "allowances are of a month's use" in hold(used, used, "--discount", "acme allowances").err


def test_other_days_of_what_was_agreed_are_named(hold: Any, tmp_path: Path) -> None:
    """0.8 x 0.825 is what it costs from December on, less what was agreed."""
    (used := tmp_path / "used.csv").write_text(HEAD + row(100_000, 50_000, 10_000, "0.66"), encoding="utf-8")
    (found,) = records_of(hold(used, used, "--discount", "acme -20%", "-f", "csv").out)
    assert (found["cause"], Decimal(found["amount"])) == ("price-date", Decimal("0.594"))


def test_the_discounts_of_the_project_count(
    llmcost: Run, hold: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As for every cost; what is owed in any case is said not to be counted."""
    (used := tmp_path / "used.csv").write_text(HEAD + row(100_000, 50_000, 10_000, "0.066"), encoding="utf-8")
    config = "version: 1\ndiscounts: [acme -20%]\ncommitments: [acme 5 USD / month]\n"
    (tmp_path / "llmcost.yaml").write_text(config, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    ran = hold(used, used, "--exit-code")
    assert (ran.code, ran.out.splitlines()[0]) == (0, "Billed 0.066 USD, as agreed 0.066: the same")
    assert "what is owed each month in any case is not counted" in ran.err


def test_a_share_that_all_days_have_is_a_discount(hold: Any, tmp_path: Path) -> None:
    """13.7 % below list is no figure of its own; that every day has it says what it is."""
    rows = [
        row(100_000 * day, 0, 1_000 * day, str(Decimal("0.053") * day * Decimal("0.863")), day=day) for day in (1, 2)
    ]
    (used := tmp_path / "used.csv").write_text(HEAD + "".join(rows), encoding="utf-8")
    ran = hold(used, used, "-f", "json")
    data = json.loads(ran.out)
    assert {each["cause"] for line in data["rows"] for each in line["causes"]} == {"discount"}
    assert {each["words"] for line in data["rows"] for each in line["causes"]} == {"13.7% below list"}
    assert data["complete"] is True


@pytest.mark.parametrize(
    ("usage", "bill", "seller", "model"),
    [
        ("openai_usage_completions.json", "openai_costs.json", "openai", "synthetic-gpt-1"),
        ("anthropic_usage_report_messages.json", "anthropic_cost_report.json", "anthropic", "synthetic-claude-1"),
        ("anthropic_console_usage.csv", "anthropic_console_cost.csv", "anthropic", "synthetic-claude-1"),
    ],
)
def test_a_vendors_costs_are_those_of_its_usage(hold: Any, usage: str, bill: str, seller: str, model: str) -> None:
    """Meter by meter and day by day; what the console rounds to cents is rounding, and nothing is left."""
    ran = hold(USAGE / usage, BILLS / bill, "-f", "json", "--exit-code", seller=seller, model=model)
    assert ran.code == 0, ran.err + ran.out
    data = json.loads(ran.out)
    causes = {each["cause"] for line in data["rows"] for each in line["causes"]}
    assert causes == ({"rounding"} if "console" in bill else set())
    assert {line["meter"] for line in data["rows"]} >= {"input", "cache_read", "output"}


def test_a_vendor_without_the_tier_is_told_as_such(hold: Any) -> None:
    """DeepSeek bills the long request at the price of small ones; by prices with a tier that is the cause, 0.606 - 0.153."""
    files = USAGE / "deepseek_amount.csv", BILLS / "deepseek_cost.csv"
    ran = hold(*files, "-f", "csv", seller="deepseek", model="deepseek-v4-pro")
    (tier,) = [each for each in records_of(ran.out) if each["cause"] == "tier"]
    assert Decimal(tier["amount"]) == Decimal("0.153") - Decimal("0.606")
    flat = hold(*files, "-f", "csv", seller="deepseek", model="deepseek-v4-pro", tier="")
    assert {each["cause"] for each in records_of(flat.out)} == {"as-listed"}


def test_people_read_the_sum_and_its_causes(hold: Any, tmp_path: Path) -> None:
    """The whole first, then by cause, then by model."""
    (used := tmp_path / "used.csv").write_text(HEAD + row(100_000, 50_000, 10_000, "0.0525"), encoding="utf-8")
    out = hold(used, used).out
    assert out.startswith("Billed 0.052 USD, at list price 0.082: -0.030\n  -0.030  other terms\n"), out
    assert "m1: 0.082 → 0.052\n  -0.030  the price of batch terms" in out


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEAD + row(1, 0, 0, ""), "does not say what anything cost"),
        ("a,b\n1,2\n", "is no bill in a format known here"),
        (HEAD + row(1, 0, 0, "1") + row(1, 0, 0, "1").replace("USD", "EUR"), "the bill is in EUR, USD"),
        ('{"object": "page", "has_more": true, "data": [{"results": [{"amount": {"value": 1, "currency": "usd"}, '
         '"line_item": "m, input"}]}]}', "further pages are missing"),
    ],
)  # fmt: skip
def test_what_is_no_bill_is_refused(hold: Any, tmp_path: Path, text: str, said: str) -> None:
    """With the file, and nothing is printed."""
    (used := tmp_path / "used.csv").write_text(HEAD + row(1, 0, 0, ""), encoding="utf-8")
    (bill := tmp_path / "bill").write_text(text, encoding="utf-8")
    ran = hold(used, bill)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


PLAIN = """\
kind: api
seller: acme
name: Invented
default_place: global
models:
  - id: m1
    developer: acme
    context_window: 1000000
    prices:
      - effective_from: 2026-01-01
        checked_on: 2026-01-01
        source: https://acme.example/prices
        rates: {input: 0.5 USD / 1M tokens, output: 3 USD / 1M tokens}
"""
TWO_LISTS = f"""{PLAIN}\
      - place: cn
        effective_from: 2026-01-01
        checked_on: 2026-01-01
        source: https://acme.example/prices
        rates: {{input: 3 CNY / 1M tokens, output: 20 CNY / 1M tokens}}
"""


@pytest.mark.parametrize(
    ("currency", "listed", "place"), [("CNY", "0.3", "cn"), ("USD", "0.05", None)]
)  # 100,000 tokens at 3 CNY or at 0.5 USD for 1M
def test_a_bill_is_held_against_the_list_in_its_currency(
    llmcost: Run, tmp_path: Path, currency: str, listed: str, place: str | None
) -> None:
    """Usage that does not say where it was is priced where the list is in the currency of the bill, and that is said."""
    (sheet := tmp_path / "prices.yaml").write_text(TWO_LISTS, encoding="utf-8")
    (used := tmp_path / "used.csv").write_text(HEAD + row(100_000, 0, 0, ""), encoding="utf-8")
    billed = row(100_000, 0, 0, listed).replace("USD", currency)
    (bill := tmp_path / "bill.csv").write_text(HEAD + billed, encoding="utf-8")
    ran = llmcost("reconcile", str(used), str(bill), "--no-builtin-prices", "--prices", str(sheet), "-f", "json")
    data = json.loads(ran.out)
    assert (data["currency"], Decimal(data["listed"])) == (currency, Decimal(listed))
    said = f"m1 is taken as acme/m1@{place}, as the bill is in {currency}"
    assert (said in " ".join(ran.err.split()) or any(said in each for each in data["warnings"])) == (place is not None)


NIGHTS = f"""{PLAIN}\
        variants:
          - when: {{time: [{{from: "00:00", to: "12:00", timezone: UTC}}]}}
            rates: {{input: 0.1 USD / 1M tokens, output: 1 USD / 1M tokens}}
"""


@pytest.mark.parametrize(("billed", "cause"), [("0.0312345", "range"), ("0.0612345", "left"), ("0.0012345", "left")])
def test_a_bill_within_the_range_of_a_sum_is_explained_by_it(
    llmcost: Run, tmp_path: Path, billed: str, cause: str
) -> None:
    """A sum of a day does not say how much was at night: 100,000 tokens are 0.01 to 0.05 USD, 0.03 if spread evenly."""
    (sheet := tmp_path / "prices.yaml").write_text(NIGHTS, encoding="utf-8")
    head = HEAD.replace("period_start,", "period_start,period_end,")
    line = f"2026-11-01T00:00:00Z,2026-11-02T00:00:00Z,acme,m1,9,100000,0,0,{billed},USD\n"
    (used := tmp_path / "used.csv").write_text(head + line, encoding="utf-8")
    ran = llmcost("reconcile", str(used), str(used), "--no-builtin-prices", "--prices", str(sheet), "-f", "json")
    data = json.loads(ran.out)
    assert Decimal(data["listed"]) == Decimal("0.03")
    assert [each["cause"] for part in data["rows"] for each in part["causes"]] == [cause]
    assert data["complete"] is (cause == "range")


TERMS = """\
          - when: {{terms: {terms}}}
            rates: {{input: 1 USD / 1M tokens, cache_read: = input, cache_write: = input, cache_write_1h: = input,
                    output: 20 USD / 1M tokens}}"""


def test_terms_of_one_price_are_named_together(hold: Any, tmp_path: Path) -> None:
    """0.10 for what is 0.05 at list price: on fast terms or on priority ones, nothing says which."""
    (used := tmp_path / "used.csv").write_text(HEAD + row(100_000, 0, 0, "0.10"), encoding="utf-8")
    ran = hold(used, used, tier="\n".join(TERMS.format(terms=terms) for terms in ("fast", "priority")))
    assert "+0.050  the price of fast terms or the price of priority terms" in ran.out, ran.out + ran.err


LITELLM = {
    "request_id": "a", "call_type": "acompletion", "model": "m1", "custom_llm_provider": "acme", "prompt_tokens": 100_000,
    "completion_tokens": 0, "total_tokens": 100_000, "spend": 0.05, "startTime": "2026-11-01T09:00:00Z",
    "status": "success", "cache_hit": "False", "metadata": {"usage_object": {}},
}  # fmt: skip


@pytest.mark.parametrize("more", [{"status": "failure"}, {"cache_hit": "True"}])
def test_what_is_no_usage_and_cost_something_is_billed_all_the_same(
    hold: Any, tmp_path: Path, more: dict[str, str]
) -> None:
    """0.05 at list price, and 50 for a request that failed, or that the gateway says it answered itself."""
    (used := tmp_path / "used.csv").write_text(HEAD + row(100_000, 0, 0, ""), encoding="utf-8")
    lines = [LITELLM, {**LITELLM, **more, "request_id": "b", "spend": 50}]
    (bill := tmp_path / "bill.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    ran = hold(used, bill, "-f", "json", "--exit-code")
    assert (json.loads(ran.out)["billed"], ran.code) == ("50.050000", 1)
    assert "1 row left out: " in ran.err
    assert "cost something all the same" in ran.err


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_what_a_request_cost_before_it_was_tried_again_is_billed(
    hold: Any, tmp_path: Path, order: tuple[int, int]
) -> None:
    """Both rows of LiteLLM's log have one id: 0.05 for the answer, 50 for the failure, whichever stands first."""
    (used := tmp_path / "used.csv").write_text(HEAD + row(100_000, 0, 0, ""), encoding="utf-8")
    lines = [LITELLM, {**LITELLM, "status": "failure", "spend": 50}]
    (bill := tmp_path / "bill.jsonl").write_text("\n".join(json.dumps(lines[at]) for at in order), encoding="utf-8")
    ran = hold(used, bill, "-f", "json", "--exit-code")
    assert (json.loads(ran.out)["billed"], ran.code) == ("50.050000", 1)


def test_one_request_with_two_costs_is_refused(hold: Any, tmp_path: Path) -> None:
    """Which of them was billed nobody knows."""
    (used := tmp_path / "used.csv").write_text(HEAD + row(100_000, 0, 0, ""), encoding="utf-8")
    lines = [LITELLM, {**LITELLM, "spend": 50}]
    (bill := tmp_path / "bill.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    ran = hold(used, bill)
    assert (ran.code, ran.out) == (2, "")
    assert "row 2: request_id is that of row 1, which has another spend" in ran.err


def test_a_bill_that_was_not_read_in_full_is_no_verdict(hold: Any, tmp_path: Path) -> None:
    """What was read is as listed, and nobody knows what the other row is."""
    (used := tmp_path / "used.csv").write_text(HEAD + row(100_000, 0, 0, ""), encoding="utf-8")
    rows = row(100_000, 0, 0, "0.05") + row(0, 0, 0, '"50,00"')
    (bill := tmp_path / "bill.csv").write_text(HEAD + rows, encoding="utf-8")
    ran = hold(used, bill, "--skip-bad", "--exit-code")
    assert (ran.code, ran.out.splitlines()[0]) == (2, "Billed 0.050 USD, at list price 0.050: the same")
    assert "rows of the bill cannot be read, so there is no verdict" in ran.err
    assert hold(used, bill, "--skip-bad").code == 0
