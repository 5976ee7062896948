"""The gate before newer prices: what is believed, what has to be accepted, and what is never let in."""

from __future__ import annotations

from typing import Any

import pytest

from llmcost.errors import LlmcostError
from llmcost.sources.gate import check_update, update_of


def sheet(prices: dict[str, dict[str, str]], witness: str = "litellm") -> dict[str, Any]:
    """A sheet of a seller, whose models have such amounts by meter."""
    return {
        "kind": "api",
        "seller": "acme",
        "default_place": "here",
        "models": [
            {
                "id": own,
                "prices": [
                    {
                        "witnesses": [witness],
                        "rates": {meter: f"{amount} USD / 1M tokens" for meter, amount in rates.items()},
                    }
                ],
            }
            for own, rates in prices.items()
        ],
    }


BEFORE = {f"m{number}": {"input": f"{number + 1}", "output": f"{4 * (number + 1)}"} for number in range(20)}


def after(**changed: dict[str, str]) -> list[dict[str, Any]]:
    """The same models, some of them with other prices."""
    return [sheet({**BEFORE, **changed})]


def test_what_changed_is_told() -> None:
    """New and gone offers and every rate that moved, with both figures."""
    left = {own: rates for own, rates in BEFORE.items() if own != "m0"}
    found = update_of([sheet(BEFORE)], [sheet({**left, "m1": {"input": "3", "output": "8"}, "new": {"input": "1"}})])
    assert (found.added, found.gone, found.same) == ((("acme", "new@here"),), (("acme", "m0@here"),), 18)
    assert [str(each) for each in found.changes] == [
        "acme/m1@here input 2 USD / 1M tokens -> 3 USD / 1M tokens",
    ]


def test_a_price_that_jumps_has_to_be_accepted() -> None:
    """Five times the price, a thousandth of it, or another currency is not taken without a word."""
    for wild in ("5", "0.001"):
        with pytest.raises(LlmcostError, match="1 prices moved by more than 4 times: acme/m0@here input"):
            check_update([sheet(BEFORE)], after(m0={"input": wild, "output": "4"}))
    assert check_update([sheet(BEFORE)], after(m0={"input": "5", "output": "4"}), accept=True).changes
    assert check_update([sheet(BEFORE)], after(m0={"input": "4", "output": "4"})).changes


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        (dict(list(BEFORE.items())[:10]), "only 10 offers of litellm are left of 20"),
        ({own: {"input": rates["input"]} for own, rates in BEFORE.items()}, "only 0 offers with a price of output are left of 20"),
        ({own: {"input": r["output"], "output": r["input"]} for own, r in BEFORE.items()}, "exchanged"),
    ],
)  # fmt: skip
def test_a_list_that_is_broken_is_never_let_in(changed: dict[str, dict[str, str]], why: str) -> None:
    """A halved list, a renamed key and exchanged columns are refused even where jumps are accepted."""
    for accept in (False, True):
        with pytest.raises(LlmcostError, match=why):
            check_update([sheet(BEFORE)], [sheet(changed)], accept=accept)


def test_nothing_before_asks_for_nothing() -> None:
    """The first prices of all are let in."""
    assert len(check_update([], [sheet(BEFORE)]).added) == 20


def with_variants(*variants: dict[str, Any], ended: bool = False) -> list[dict[str, Any]]:
    """Twenty offers with the same conditions, and perhaps an end."""
    sheets = [sheet(BEFORE)]
    for model in sheets[0]["models"]:
        model["prices"][0] |= {"variants": list(variants), **({"withdrawn_on": "2027-01-01"} if ended else {})}
    return sheets


BATCH = {"when": {"terms": "batch"}, "rates": {"input": "0.5 USD / 1M tokens"}}
LARGE = {"when": {"input_tokens": "> 200000"}, "rates": {"input": "8 USD / 1M tokens"}}


@pytest.mark.parametrize(
    ("before", "why"),
    [
        (with_variants(BATCH), "only 0 offers with a price of input on batch terms are left of 20"),
        (with_variants(LARGE), "only 0 offers with a price of input above a size are left of 20"),
        (with_variants(ended=True), "only 0 offers with an end are left of 20"),
    ],
)
def test_a_key_that_is_renamed_for_other_terms_is_noticed(before: list[dict[str, Any]], why: str) -> None:
    """Terms, tiers and ends that all are gone at once are a renamed key, though the base prices are as before."""
    with pytest.raises(LlmcostError, match=why):
        check_update(before, [sheet(BEFORE)])


def test_a_price_on_other_terms_jumps_as_a_base_price_does() -> None:
    """A thousandfold price of batch alone is not taken without a word."""
    wild = {**BATCH, "rates": {"input": "500 USD / 1M tokens"}}
    one = with_variants(BATCH)
    one[0]["models"][0]["prices"][0]["variants"] = [wild]
    with pytest.raises(LlmcostError, match="1 prices moved by more than 4 times"):
        check_update(with_variants(BATCH), one)


def test_one_factor_for_many_prices_is_a_unit_and_no_change() -> None:
    """Every price three times as high is refused, though none moved by more than four times."""
    tripled = {own: {meter: f"{int(text) * 3}" for meter, text in rates.items()} for own, rates in BEFORE.items()}
    with pytest.raises(LlmcostError, match="40 prices moved by the same factor, 3"):
        check_update([sheet(BEFORE)], [sheet(tripled)], accept=True)


def test_a_table_that_was_not_read_is_asked_for() -> None:
    """An update from one table of two would lose the other's offers."""
    with pytest.raises(LlmcostError, match="20 offers rest on genai-prices, which was not read") as found:
        check_update([sheet(BEFORE), sheet(BEFORE, "genai-prices")], [sheet(BEFORE)])
    assert found.value.remedy == "read genai-prices as well"
