"""One streamed request to an OpenAI-compatible endpoint, with the times of its tokens."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from time import perf_counter
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from llmcost.upstream.http import Client, NetworkError

PREFIX = "data:"
DONE = "[DONE]"
OPENING = 24
"""Tokens of a prompt before its words."""
WORDS = ("river", "stone", "light", "house", "green", "paper", "north", "water", "table", "music")
NOT_A_STREAM = "is this an OpenAI-compatible endpoint? give its address, such as http://localhost:8000/v1"


class Question(NamedTuple):
    """What is asked of an endpoint: a model's served name, so many tokens in and out, and further fields."""

    url: str
    model: str
    input_tokens: int
    output_tokens: int
    headers: Mapping[str, str]
    ignore_eos: bool = True


class Reply(NamedTuple):
    """One answer: seconds on one clock at its start, first token and end; tokens in and out.

    ``input_tokens`` of None: the server did not say; then ``output_tokens`` are the pieces that came.
    """

    started: float
    first: float
    ended: float
    output_tokens: int
    input_tokens: int | None

    @property
    def ttft(self) -> float:
        """Seconds to the first token."""
        return self.first - self.started

    @property
    def tpot(self) -> float | None:
        """Seconds between further tokens; None for a single one, and for an answer that came in one piece."""
        spread = self.ended - self.first
        return spread / (self.output_tokens - 1) if self.output_tokens > 1 and spread else None


def endpoint(url: str) -> str:
    """The address requests go to: as typed when it names an endpoint, else with the usual path."""
    path = urlsplit(url).path.rstrip("/")
    if path.endswith("completions"):
        return url
    return url.rstrip("/") + ("/chat/completions" if path else "/v1/chat/completions")


async def ask(client: Client, question: Question, nonce: str) -> Reply:
    """Send one request and read its answer to the end; ``nonce`` makes its prompt unlike all others.

    Raises NetworkError when the answer is not what such an endpoint sends.
    """
    payload: dict[str, Any] = {
        "model": question.model,
        "max_tokens": question.output_tokens,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    if question.ignore_eos:
        payload["ignore_eos"] = True
    text = prompt(question.input_tokens, nonce)
    if "/chat/" in question.url:
        payload["messages"] = [{"role": "user", "content": text}]
    else:
        payload["prompt"] = text
    body = json.dumps(payload).encode()
    started = perf_counter()
    first: float | None = None
    ended = started
    pieces = 0
    complete = False
    usage: Mapping[str, Any] = {}
    async for line in client.lines(question.url, body, question.headers):
        if not line.startswith(PREFIX):
            if line and not line.startswith(":") and not line.startswith(("event:", "id:", "retry:")):
                raise NetworkError(f"{question.url} sends no stream of events: {line[:80]!r}", NOT_A_STREAM)
            continue
        data = line[len(PREFIX) :].strip()
        if data == DONE:
            complete = True
            break
        event = _event(question.url, data)
        if _says_something(event):
            ended = perf_counter()
            first = first if first is not None else ended
            pieces += 1
        complete = complete or _finishes(event)
        usage = event.get("usage") or usage
    if first is None:
        raise NetworkError(f"{question.url} ended its answer without a token", "see the server's log")
    if not complete:
        message = f"{question.url} cut its answer off after {pieces} pieces, without a reason to finish or [DONE]"
        raise NetworkError(message, "see the server's log")
    counted, read = usage.get("completion_tokens"), usage.get("prompt_tokens")
    if isinstance(counted, int) and isinstance(read, int) and counted > 0:
        return Reply(started, first, ended, counted, read)
    return Reply(started, first, ended, pieces, None)


def _event(url: str, data: str) -> Mapping[str, Any]:
    try:
        event = json.loads(data)
    except ValueError:
        raise NetworkError(f"{url} sends what is not JSON: {data[:80]!r}", NOT_A_STREAM) from None
    if not isinstance(event, dict):
        raise NetworkError(f"{url} sends events that are not objects: {data[:80]!r}", NOT_A_STREAM)
    if event.get("error"):
        raise NetworkError(f"{url} reports an error: {str(event['error'])[:300]}", "see the server's log")
    return event


def _says_something(event: Mapping[str, Any]) -> bool:
    choices = event.get("choices")
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        return False
    delta = choices[0].get("delta")
    text = choices[0].get("text")
    if isinstance(delta, dict):
        return bool(delta.get("content") or delta.get("reasoning_content") or delta.get("reasoning"))
    return bool(text)


def _finishes(event: Mapping[str, Any]) -> bool:
    choices = event.get("choices")
    return isinstance(choices, list) and any(isinstance(one, dict) and one.get("finish_reason") for one in choices)


def prompt(tokens: int, nonce: str) -> str:
    """A prompt of about so many tokens that no cache has seen: short words, one token each in most tokenizers."""
    return f"{nonce}. Write a long story about these words: {_words(max(0, tokens - OPENING))}"


@lru_cache(maxsize=4)
def _words(count: int) -> str:
    return " ".join(WORDS[(at * 7 + at // 10) % len(WORDS)] for at in range(count))
