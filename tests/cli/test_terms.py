"""Terms: sold, not sold, and not known are three answers."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.running import Run, on_sheet, rows_of

SHEET = """\
kind: api
seller: shop
name: Shop
default_place: here
models:
  - id: thing
    prices:
      - checked_on: 2026-09-01
        source: https://shop.example/prices
        rates: {input: 4 USD / 1M tokens, output: 8 USD / 1M tokens}
        variants:
          - when: {terms: batch}
            rates: {input: 2 USD / 1M tokens, output: 4 USD / 1M tokens}
          - when: {terms: fast}
            withdrawn_on: 2026-09-10
            rates: {input: 8 USD / 1M tokens, output: 16 USD / 1M tokens}
        not_sold:
          - {terms: flex}
          - {terms: batch, input_tokens: "> 1000"}
        unpriced:
          - {terms: ultrafast}
"""


@pytest.fixture
def ask(llmcost: Run, tmp_path: Path) -> Run:
    """Run a command on the sheet."""
    return on_sheet(llmcost, tmp_path, SHEET)


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        ("flex", "shop/thing@here is not sold on flex terms\n  stated are +batch, +fast; `llmcost prices show"),
        ("priority", "no source states priority terms of shop/thing@here, so whether they are sold is not known\n  stated are"),
        ("ultrafast", "shop/thing@here is sold on ultrafast terms at a price that no source states\n  stated are +batch"),
        ("btach", '"btach" are no terms of shop/thing@here\n  did you mean +batch? stated are +batch, +fast'),
        ("batch@here", '"batch@here" are no terms\n  write shop/thing@here+batch'),
        ("fast", "no full price for shop/thing@here+fast: not sold on fast terms on 2026-09-15"),
    ],
)  # fmt: skip
def test_terms_that_cannot_be_priced_say_why(ask: Run, terms: str, said: str) -> None:
    """Refused by the seller, ended on a day, or mentioned by no source: the message tells them apart, and ends with 2."""
    ran = ask("price", f"thing+{terms}", "--input", "1000", "--output", "0")
    assert ran.code == 2
    assert said in ran.err


@pytest.mark.parametrize(
    ("terms", "size", "cost", "note"),
    [
        ("batch", 1000, "0.003000", None),
        ("batch", 2000, "0.008000", "not sold on batch terms: that share is priced standard"),
        ("flex", 1000, "0.004000", "not sold on flex terms: that share is priced standard"),
        ("fast", 1000, "0.004000", "not sold on fast terms: that share is priced standard"),
        ("priority", 1000, "0.004000", "no source states priority terms: that share is priced standard"),
    ],
)
def test_a_share_on_other_terms_is_a_may(
    ask: Run, tmp_path: Path, terms: str, size: int, cost: str, note: str | None
) -> None:
    """Half of 1000 tokens at 4 and half at 2 are 0.003 USD; where the terms are not there all are 0.004, and why is said."""
    work = tmp_path / "work.yaml"
    work.write_text(
        f"kind: workload\nclasses:\n  - {{requests: 1, input_tokens: {size}, terms: {{{terms}: 50%}}}}\n",
        encoding="utf-8",
    )
    (row,) = rows_of(ask("compare", str(work), "-m", "thing", "-f", "json").out)
    assert row["monthly_cost"] == cost
    assert [each for each in row["notes"] if "share" in each] == ([] if note is None else [note])


@pytest.mark.parametrize(
    ("share", "is_said"), [(("--batch", "30%"), True), (("--batch", "100%"), False), ((), False)], ids=str
)
def test_terms_that_a_name_has_hold_for_all_of_it(ask: Run, share: tuple[str, ...], is_said: bool) -> None:
    """1M in at 2 and 1M out at 4 USD is 6 USD, whatever share the workload has on batch terms; and that is said."""
    wanted = ("--requests", "1000", "--input", "1000", "--output", "1000", *share)
    ran = ask("compare", "-m", "thing+batch", *wanted, "--on", "2026-09-15", "-f", "json")
    (row,) = rows_of(ran.out)
    assert row["monthly_cost"] == "6.000000"
    assert ("terms-named" in row["note_codes"]) == is_said
