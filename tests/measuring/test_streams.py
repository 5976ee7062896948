"""Real servers, byte for byte: what each sends for one streamed answer, replayed as it came over the wire.

Recorded from a random model of 7 million parameters on vLLM 0.32.0, llama.cpp's llama-server (PyPI source 11434) and
`transformers serve` 5.19.0, with ``stream_options: {include_usage: true}``.
"""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path

import pytest
from support.serving import Server, serving

from llmcost.measuring.endpoint import Question, endpoint
from llmcost.measuring.load_test import Limits, drive

pytestmark = pytest.mark.network

STREAMS = sorted((Path(__file__).parent / "streams").glob("*.http"))
CLOSES = "llama.cpp"
"""The server that ends the connection after each streamed answer, whatever it says of keeping it."""


def replay(server: Server, stream: Path) -> None:
    """Answer every request with the very bytes that were recorded."""
    recorded = stream.read_bytes()

    async def reply(payload: dict[str, object], writer: asyncio.StreamWriter) -> None:
        writer.write(recorded)
        await writer.drain()
        if stream.name.startswith(CLOSES):
            writer.close()

    server.reply = reply  # type: ignore[method-assign]


def usage_of(stream: Path) -> dict[str, int]:
    """What the server itself counted."""
    found = re.findall(rb'"usage":(\{.*?\})[,}]', stream.read_bytes().replace(b"\r\n", b""))
    text = found[-1].decode()
    return json.loads(text if text.count("{") == text.count("}") else f"{text}}}")


@pytest.mark.parametrize("stream", STREAMS, ids=lambda each: each.stem)
def test_a_real_stream_is_measured_by_its_own_count(stream: Path) -> None:
    """Tokens are those of the usage, wherever the server puts it; a dropped connection between answers is no failure."""
    counted = usage_of(stream)
    with serving(0, 0) as server:
        replay(server, stream)
        path = "/chat/completions" if "chat" in stream.stem else "/completions"
        question = Question(endpoint(f"{server.url}{path}"), "tiny", 100, 24, {})
        found = drive(question, [1, 4], Limits(8, 20, 5), lambda *_: None)
    assert found.problem is None
    for level in found.levels:
        assert level.failed == 0
        assert level.output_tokens == counted["completion_tokens"]
        assert level.input_tokens == counted["prompt_tokens"]
