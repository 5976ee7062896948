"""What models are for: a set the program chooses holds only those that do the work asked about."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.running import Ran, Run, on_sheet, records_of

HEAD = """\
kind: api
seller: workshop
name: Workshop
default_place: here
models:
"""
MODEL = """\
  - id: {id}
    {task}
    prices:
      - checked_on: 2026-09-01
        source: https://workshop.example/prices
        rates: {{input: {price} USD / 1M tokens, output: 1 USD / 1M tokens, {more}}}
"""
MODELS = [
    ("talker", "developer: workshop", "5", "audio_input: = input, audio_output: 9 USD / 1M tokens"),
    ("reader", "task: ocr", "1", "pages: 0.001 USD / page"),
    ("vector", "task: embedding", "2", ""),
    ("voice", "task: speech", "3", "audio_output: 2 USD / 1M tokens"),
    ("caller", "task: realtime", "4", "audio_input: = input, audio_output: 8 USD / 1M tokens"),
    ("scribe", "task: transcription", "6", "audio_input: = input"),
    ("painter", "task: image", "7", "images: 0.04 USD / image"),
]


@pytest.fixture
def ask(llmcost: Run, tmp_path: Path) -> Run:
    """Run compare over a workshop that sells one model of each kind."""
    models = [MODEL.format(id=name, task=task, price=price, more=more) for name, task, price, more in MODELS]
    workshop = on_sheet(llmcost, tmp_path, HEAD + "".join(models))

    def call(*arguments: str) -> Ran:
        return workshop("compare", "--requests", "1000", *arguments, "-f", "csv")

    return call


def models(ran: Ran) -> list[str]:
    return [row["model"] for row in records_of(ran.out) if row["rank"]]


TEXT = ("--input", "1000", "--output", "100")


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (TEXT, ["talker"]),
        ((*TEXT, "--audio-in", "500"), ["caller", "talker", "scribe"]),
        ((*TEXT, "--audio-out", "50"), ["voice", "caller", "talker"]),
        ((*TEXT, "--audio-in", "500", "--audio-out", "50"), ["caller", "talker"]),
        (("--images", "2", "--input", "10", "--output", "0"), ["painter"]),
    ],
)
def test_only_what_does_the_work_is_ranked(ask: Run, asked: tuple[str, ...], expected: list[str]) -> None:
    """Chat models do any work; the others only what they are made for, however cheap they are."""
    ran = ask("--all", *asked)
    assert models(ran) == expected
    assert "note: left out, as made for other work: " in ran.err


def test_a_task_or_a_name_asks_for_the_others(ask: Run) -> None:
    """--task chooses by kind, and a model that is named one by one is always shown."""
    assert models(ask("--task", "embedding", *TEXT)) == ["vector"]
    assert models(ask("-m", "workshop/*", "-m", "reader", *TEXT)) == ["reader", "talker"]
    alone = ask("-m", "workshop/v*", *TEXT)
    assert alone.code == 2
    assert "all offers that are meant are made for other work" in alone.err
    wrong = ask("--task", "poetry", *TEXT)
    assert (wrong.code, wrong.out) == (2, "")
    assert '--task: "poetry" is not known' in wrong.err


def test_how_many_were_left_out_is_said(ask: Run) -> None:
    """One line counts them by kind, and says how to see them."""
    said = "left out, as made for other work: 1 for embedding, 1 for image, 1 for ocr, 1 for realtime, 1 for speech, 1 for transcription"
    assert f"note: {said}; --task or -m names them\n" in ask("--all", *TEXT).err


@pytest.mark.parametrize(
    ("model", "work", "said"),
    [
        ("reader", TEXT, True),
        ("reader", (*TEXT, "--image-in", "500"), False),
        ("vector", TEXT, True),
        ("vector", ("--input", "1000"), False),
        ("painter", TEXT, True),
        ("talker", TEXT, False),
    ],
)
def test_a_named_model_that_is_made_for_other_work_is_priced_and_said(
    ask: Run, model: str, work: tuple[str, ...], said: bool
) -> None:
    """Who names a model gets its price; a note says what it is made for, where that is not this."""
    ran = ask("-m", model, *work)
    assert ("it is made for" in ran.err) is said


PAINTERS = """\
kind: api
seller: studio
name: Studio
default_place: here
models:
  - id: painter
    task: image
    prices: [{checked_on: 2026-09-01, source: "https://studio.example", rates: {images: 0.04 USD / image}}]
  - id: retoucher
    task: image-edit
    prices: [{checked_on: 2026-09-01, source: "https://studio.example", rates: {images: 0.01 USD / image}}]
  - id: brush
    task: image
    prices: [{checked_on: 2026-09-01, source: "https://studio.example", rates: {input: 1 USD / 1M tokens}}]
"""


def test_making_pictures_is_not_compared_with_changing_them(llmcost: Run, tmp_path: Path) -> None:
    """What only edits is never the cheapest painter, and a painter without a rate for pictures says just that."""
    studio = on_sheet(llmcost, tmp_path, PAINTERS)
    asked = studio("compare", "image-generation", "--all-rows")
    assert "1 image out" in asked.out
    assert "studio/painter@here" in asked.out
    assert "retoucher" not in asked.out
    assert "studio/brush@here: no rate for images" in asked.out
    edited = studio("compare", "image-generation", "-m", "retoucher", "-m", "painter")
    assert edited.out.index("retoucher") < edited.out.index("painter")
    assert "it is made for" not in edited.err


def test_a_chat_model_that_is_named_for_other_work_says_so(ask: Run) -> None:
    """Also where the work is of one kind alone, and it could be priced for it."""
    assert "it is made for chat" in ask("embeddings", "-m", "talker", "-m", "vector").err


def test_film_is_asked_of_what_makes_film(ask: Run) -> None:
    """No chat model makes film, so the set is of those that do; with none of them, that is said."""
    ran = ask("--video-out-seconds", "5")
    assert ran.code == 2
    assert "no offer here is made for video" in ran.err


def test_work_of_one_kind_may_be_asked_of_all_that_public_tables_state(llmcost: Run) -> None:
    """--third-party widens such a set as it does every other."""
    few = llmcost("models", "--task", "rerank", "-f", "csv")
    ranked = llmcost("compare", "reranking", "--third-party", "--all-rows", "-f", "csv")
    sold, asked = ({row["offer"] for row in records_of(ran.out)} for ran in (few, ranked))
    assert sold < asked
