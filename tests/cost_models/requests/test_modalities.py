"""Content other than text: taken, not taken, and not known are three answers."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from support.sheets import listing_of

from llmcost import Usage, quote
from llmcost.core.workload.content import Content, Video
from llmcost.core.workload.requests import RequestGroup, Workload

ON = date(2026, 9, 15)
PLAIN = {"input": "10 USD / 1M tokens", "output": "20 USD / 1M tokens"}
PICTURE = Usage(input_tokens=1000, image_input_tokens=1000)
SPOKEN = Usage(input_tokens=10, output_tokens=1000, audio_output_tokens=1000)


def unserved(usage: Usage, content: Content | None = None, **model: Any) -> str | None:
    """Why an invented model cannot be sent something; None when it can."""
    rates = {**PLAIN, **model.pop("rates", {})}
    entry = {"checked_on": "2026-09-01", "source": "https://x.example", "rates": rates, **model.pop("entry", {})}
    sheet = {"seller": "s", "name": "S", "default_place": "here"}
    offer = listing_of(sheet, {"id": "m", "prices": [entry], **model}).load()["here"]
    return quote(offer, Workload((RequestGroup(usage, content=content),)), ON).unserved


@pytest.mark.parametrize(
    ("usage", "model", "reason"),
    [
        (PICTURE, {"modalities": {"input": ["text"], "output": ["text"]}}, "it does not take image input"),
        (PICTURE, {}, "no source states that it takes image input"),
        (PICTURE, {"modalities": {"input": ["text", "image"], "output": ["text"]}, "rates": {"image_input": "= input"}}, None),
        (PICTURE, {"rates": {"image_input": "30 USD / 1M tokens"}}, None),
        (PICTURE, {"entry": {"unpriced": [{"modalities": {"input": ["image"]}}]}}, None),
        (SPOKEN, {"modalities": {"input": ["text"], "output": ["text"]}}, "it does not produce audio"),
        (SPOKEN, {}, "no source states that it produces audio"),
        (SPOKEN, {"rates": {"audio_output": "30 USD / 1M tokens"}}, None),
        (Usage(counts={"audio_seconds": 60}), {"rates": {"audio_seconds": "0.01 USD / minute"}}, None),
    ],
)  # fmt: skip
def test_what_no_source_states_is_neither_taken_nor_refused(
    usage: Usage, model: dict[str, Any], reason: str | None
) -> None:
    """A stated list decides; without one, a rate or a condition shows that it is taken; else it is not known."""
    assert unserved(usage, **model) == reason


def test_video_by_the_second_needs_no_rule_of_tokens() -> None:
    """Where seconds of video have a price, nobody has to know how many tokens they are."""
    film = Content(video=Video(seconds=90))
    rates = {"video_seconds": "0.10 USD / second"}
    assert unserved(Usage(), film, rates=rates) is None
    assert unserved(Usage(), film) == "no source states that it takes video input"
