"""What only public tables state: whole, found by its names, told apart from what was read by people."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest
from support.running import Run

from llmcost import Usage, load_catalogue
from llmcost.api.prices import PriceCatalogue
from llmcost.sheets.load import sheet_files as files_of
from llmcost.sheets.load import third_party_folder
from llmcost.sheets.read import read_sheets
from llmcost.sheets.snapshot import snapshot_of
from llmcost.sheets.store import day_of, digest_of


@pytest.fixture(scope="module")
def prices() -> PriceCatalogue:
    return load_catalogue()


def test_the_digest_is_of_the_sheets() -> None:
    """What stands in the digest's file is what the sheets say, so that a changed price cannot hide."""
    folder = third_party_folder()
    sheets = read_sheets(files_of(folder))
    made = snapshot_of(sheets)
    assert (digest_of(folder), day_of(folder)) == (made.digest, made.newest_check)
    models = [model for sheet in sheets for model in sheet.get("models", ())]
    assert len(models) > 5000
    assert all(entry["witnesses"] and entry["via"] for model in models for entry in model["prices"][-1:])


@pytest.mark.parametrize(
    ("name", "offer"),
    [
        ("azure/eu/gpt-4o", "azure/gpt-4o@eu"),
        ("azure/gpt-4o", "azure/gpt-4o@global"),
        ("dashscope/qwen-max", "alibaba/qwen-max@intl"),
        ("gemini/gemini-3.5-flash", "google/gemini-3.5-flash@global"),
        ("gpt-4o-2024-05-13", "openai/gpt-4o-2024-05-13@global"),
        ("deepgram/nova-3", "deepgram/nova-3@global"),
        ("ft:gpt-4.1-2025-04-14:acme:support:9aB", "openai/ft:gpt-4.1-2025-04-14@global"),
        ("us-gov.anthropic.claude-sonnet-5", "bedrock/us-gov.anthropic.claude-sonnet-5@us-gov"),
    ],
)
def test_names_of_other_tools_lead_to_their_offer(prices: PriceCatalogue, name: str, offer: str) -> None:
    """A name as LiteLLM or genai-prices write it is found; a snapshot with a price of its own stays apart."""
    assert prices.find(name).name == offer


def test_a_sum_by_hand(prices: PriceCatalogue) -> None:
    """1,000 tokens in at 2.75 and 100 out at 11 USD a million in the EU are 0.00275 + 0.0011 USD."""
    asked = prices.quote("azure/eu/gpt-4o", Usage(input_tokens=1000, output_tokens=100), on="2026-11-29")
    assert asked.cost == Fraction("0.00385")
    assert {charge.evidence for charge in asked.charges} == {"third-party"}


def test_all_leaves_them_out_until_they_are_asked_for(prices: PriceCatalogue) -> None:
    """Every offer means those that people look after; the others are many more, and come when asked for."""
    assert not any(offer.seller == "deepgram" for offer in prices.offers())
    wide = prices.with_third_party()
    assert len(wide.listings) > len(prices.listings) + 5000
    assert any(listing.seller == "deepgram" for listing in wide.listings)


def test_a_seller_that_only_tables_know_is_a_filter(llmcost: Run) -> None:
    """--seller finds what a name would find; models lists it."""
    ran = llmcost("models", "--seller", "deepgram", "--on", "2026-11-29", "-f", "json")
    rows = json.loads(ran.out)["rows"]
    assert {row["seller"] for row in rows} == {"deepgram"}
    assert len(rows) > 20


def test_a_query_finds_what_only_tables_have_where_nothing_else_does(llmcost: Run) -> None:
    """A name that no sheet kept by hand has is listed from the tables; one that they have stays as it was."""
    ran = llmcost("models", "nova-3", "--on", "2026-11-29", "-f", "json")
    assert {row["seller"] for row in json.loads(ran.out)["rows"]} >= {"deepgram"}
    kept = json.loads(llmcost("models", "qwen3.6-plus", "--on", "2026-11-29", "-f", "json").out)["rows"]
    assert {row["seller"] for row in kept} == {"alibaba", "fireworks", "openrouter", "together"}
