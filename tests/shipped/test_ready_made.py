"""The ready-made workloads: priced nearly everywhere, and every row without a price says why."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest
from conftest import ROOT, Run

from llmcost import compare, load_exchange_rates, load_workload
from llmcost.core.offers.catalogue import Catalogue
from llmcost.core.offers.offer import Offer
from llmcost.core.values.dates import PricingDay
from llmcost.core.workload.tasks import CHAT

ON = date(2026, 11, 23)
NAMES = sorted(file.stem for file in (ROOT / "pricing" / "workloads").glob("*.yaml"))
TEXT = ("chat-support", "coding-agent", "document-batch", "rag-documents")
LEAST = 0.9

# What is sold for something else than a chat in text: embeddings, transcription, speech, reading of pictures.
NOT_CHAT = {
    "embed-v4.0",
    "gemini-3.8-flash-lite-tts",
    "gemini-3.8-flash-tts",
    "qwen-vl-ocr",
    "qwen3-asr-flash",
}


def is_chat(offer: Offer) -> bool:
    """Whether an offer answers text with text."""
    takes, makes = offer.input_kinds or ("text",), offer.output_kinds or ("text",)
    return offer.task == CHAT and offer.model not in NOT_CHAT and "text" in takes and "text" in makes


def is_sold(offer: Offer) -> bool:
    """Whether an offer has a price on the day, so that what was withdrawn is not counted."""
    return offer.history.sold(PricingDay(ON))


@pytest.mark.parametrize("name", TEXT)
def test_nine_of_ten_chat_offers_are_priced_in_full(
    name: str, shipped: Catalogue, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each text workload is priced completely for at least 90% of the chat offers; every other row says why not."""
    offers = [offer for offer in shipped.offers() if is_chat(offer) and is_sold(offer)]
    comparison = compare(offers, load_workload(name), ON, exchange_rates=load_exchange_rates())

    done = [row for row in comparison.rows if row.quote.complete]
    with capsys.disabled():
        print(f"\n{name}: {len(done)} of {len(offers)} chat offers priced in full ({len(done) / len(offers):.0%})")
    assert len(offers) > 250
    assert len(done) >= LEAST * len(offers)
    for row in comparison.rows:
        if not row.quote.complete:
            assert row.quote.unserved or all(gap.reason for gap in row.quote.gaps), row.quote.offer.name


@pytest.mark.parametrize("name", NAMES)
def test_every_row_of_every_workload_is_priced_or_says_why(name: str, shipped: Catalogue) -> None:
    """Whatever is asked, an offer has a cost above zero, is free, or gives its reason."""
    comparison = compare(shipped.offers(), load_workload(name), ON, exchange_rates=load_exchange_rates())

    assert any(row.quote.complete for row in comparison.rows)
    for row in comparison.rows:
        quote = row.quote
        if quote.complete:
            assert quote.cost > 0 or "free of charge" in quote.notes, quote.offer.name
        else:
            assert quote.unserved or all(gap.reason for gap in quote.gaps), quote.offer.name


@pytest.mark.parametrize("name", NAMES)
def test_every_assumption_says_why(name: str) -> None:
    """Each figure of a ready-made workload carries a comment on its line, so that a reader can judge it."""
    path = Path(ROOT / "pricing" / "workloads" / f"{name}.yaml")
    for line in path.read_text(encoding="utf-8").splitlines():
        if any(letter.isdigit() for letter in line.split("#")[0]):
            assert "#" in line, f"{path.name}: {line}"


def test_a_voice_is_priced_where_it_is_heard_and_made(shipped: Catalogue) -> None:
    """The voice assistant is priced on Qwen's omni models and on nothing that cannot speak."""
    comparison = compare(shipped.offers(), load_workload("voice-assistant"), ON, exchange_rates=load_exchange_rates())

    done = {row.quote.offer.model for row in comparison.rows if row.quote.complete}
    assert {"qwen3.5-omni-plus", "qwen3.5-omni-flash"} <= done
    assert all("audio" in (row.quote.offer.output_kinds or ()) for row in comparison.rows if row.quote.complete)


@pytest.mark.parametrize(
    ("name", "task"),
    [
        ("embeddings", "embedding"),
        ("reranking", "rerank"),
        ("transcription", "transcription"),
        ("read-aloud", "speech"),
        ("image-generation", "image"),
    ],
)
def test_one_kind_of_work_is_compared_with_what_is_made_for_it(
    name: str, task: str, llmcost: Run, shipped: Catalogue
) -> None:
    """Without any flag each row is of that kind, several are priced in full, and nothing is said of other kinds."""
    ran = llmcost("compare", name, "--on", "2026-11-29", "-f", "csv")
    rows = list(csv.DictReader(ran.out.splitlines()))
    assert ran.code == 0, ran.err
    assert {shipped.find(row["offer"]).task for row in rows} == {task}
    assert sum(row["complete"] == "true" for row in rows) >= 4
    assert "other work" not in ran.err


def test_a_kind_that_nobody_sells_is_said(llmcost_small: Run) -> None:
    """Where the sheets have no model made for the work, that is the answer."""
    ran = llmcost_small("compare", "embeddings")
    assert (ran.code, ran.out) == (2, "")
    assert "no offer here is made for embedding" in ran.err
