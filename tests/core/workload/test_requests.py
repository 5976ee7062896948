"""What a class of requests says of itself."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from llmcost import RequestGroup, Usage
from llmcost.core.workload.content import Content
from llmcost.core.workload.tasks import TASKS


@pytest.mark.parametrize(
    ("usage", "content", "tasks"),
    [
        ({"input_tokens": 10, "output_tokens": 5}, None, set()),
        ({"input_tokens": 10, "audio_input_tokens": 4}, None, {"realtime", "transcription"}),
        ({"counts": {"audio_seconds": 9}}, None, {"realtime", "transcription"}),
        ({"output_tokens": 10, "audio_output_tokens": 4}, None, {"realtime", "speech"}),
        ({"input_tokens": 10}, Content(audio_out_seconds=9), {"realtime", "speech"}),
        ({"counts": {"audio_seconds": 9}}, Content(audio_out_seconds=9), {"realtime"}),
        ({"counts": {"characters": 9}}, None, {"speech"}),
        ({"counts": {"pages": 9}}, None, {"ocr"}),
        ({"output_tokens": 10, "image_output_tokens": 10}, None, {"image"}),
        ({"output_tokens": 10, "video_output_tokens": 10}, None, {"video"}),
        ({"input_tokens": 10, "image_input_tokens": 10}, None, set()),
    ],
)
def test_what_a_model_for_it_may_be_made_for(usage: dict[str, Any], content: Content | None, tasks: set[str]) -> None:
    """Chat models are always meant, others where a request holds just what they take or make."""
    found = RequestGroup(Usage(**usage), 1, content=content).tasks
    assert found == {"chat"} | tasks
    assert found <= set(TASKS)


@pytest.mark.parametrize(
    ("tokens", "sizes"), [(0, (0, 0)), (7, (7, 7)), (Fraction(13, 2), (6, 7)), (Fraction(14, 2), (7, 7))]
)
def test_a_mean_size_lies_between_whole_ones(tokens: Any, sizes: tuple[int, int]) -> None:
    """Requests of six and a half tokens on average are of six and of seven; whole ones are what they are."""
    assert RequestGroup(Usage(input_tokens=tokens), 1).sizes == sizes
