"""One streamed request to an OpenAI-compatible endpoint, with the times of its tokens."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from time import perf_counter
from typing import Any, NamedTuple
from urllib.parse import urlsplit, urlunsplit

from llmcost.errors import NetworkError
from llmcost.files.json import count_of, parse_json
from llmcost.measuring.http import Client, Refusal, check_address, shown_address

PREFIX = "data:"
DONE = "[DONE]"
EXTRA = "ignore_eos"
"""A field of vLLM and SGLang that other servers may refuse."""
ESSENTIAL = ("stream_options", "max_tokens", "stream")
"""Fields of OpenAI's API without which nothing can be measured."""
UNPROCESSABLE = (400, 422)
"""Statuses of a server that does not take a request as it is."""
REFUSAL = re.compile("unexpected|unknown|unsupported|unrecogni[sz]ed|extra|not (permitted|supported|allowed)", re.I)
"""What servers say of a field they do not take at all, and not of its value."""
MOST_TOKENS = 10_000_000
"""Of a prompt or an answer; a server that counts more is not believed."""
OPENING = 24
"""Tokens of a prompt before its words."""
TOKENS_A_WORD = (0.5, 8.0)
"""Bounds of what a tokenizer can make of a short word; a server that counts otherwise counts something else."""
WORDS = ("river", "stone", "light", "house", "green", "paper", "north", "water", "table", "music")
NOT_A_STREAM = "is this an OpenAI-compatible endpoint? give its address, such as http://localhost:8000/v1"


class ExtraRefusal(NetworkError):
    """A server does not take requests with the field EXTRA."""


class Question(NamedTuple):
    """What is asked of an endpoint: a model's served name, so many tokens in and out, and further fields.

    ``tokens_a_word`` is what the server's tokenizer makes of a word of the prompt.
    """

    url: str
    model: str
    input_tokens: int
    output_tokens: int
    headers: Mapping[str, str]
    ignore_eos: bool = True
    tokens_a_word: float = 1.0

    @property
    def words(self) -> int:
        """Words of the prompt after its opening."""
        return max(0, round((self.input_tokens - OPENING) / self.tokens_a_word))

    def adapt(self, counted: float) -> Question:
        """The question whose prompts have as many tokens as it asks for, when those of this one had ``counted``."""
        found = (counted - OPENING) / self.words if self.words else 0.0
        least, most = TOKENS_A_WORD
        return self._replace(tokens_a_word=found) if least <= found <= most else self

    @property
    def shown(self) -> str:
        """The address as messages have it."""
        return shown_address(self.url)


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

    def tokens_between(self, since: float, until: float) -> float:
        """How many of its tokens came between two times, taken as coming evenly from the first to the last.

        When they came in one piece nobody saw them come, and they are spread over all the time since its start.
        """
        begun = self.first if self.first < self.ended else self.started
        overlap = min(until, self.ended) - max(since, begun)
        return self.output_tokens * max(0.0, overlap / (self.ended - begun))


def endpoint(url: str) -> str:
    """The address requests go to: as typed when it names an endpoint, else with the usual path.

    Raises NetworkError for what is no address.
    """
    check_address(url)
    parts = urlsplit(url)
    path = parts.path.rstrip("/")
    if path.endswith("completions"):
        return url
    return urlunsplit(parts._replace(path=path + ("/chat/completions" if path else "/v1/chat/completions")))


async def ask(client: Client, question: Question, nonce: str) -> Reply:
    """Send one request and read its answer to the end; ``nonce`` makes its prompt unlike all others.

    Raises NetworkError when the answer is not what such an endpoint sends, ExtraRefusal when leaving a field out helps.
    """
    answer = _Answer(question.shown)
    body = json.dumps(_payload(question, nonce)).encode()
    started = perf_counter()
    try:
        async for line in client.lines(question.url, body, question.headers):
            if answer.ends_with(line):
                break
    except Refusal as error:
        raise _explain(error, question) from None
    return answer.reply(started)


def _explain(error: Refusal, question: Question) -> NetworkError:
    """What helps when a server refuses a field by its name."""
    if error.status not in UNPROCESSABLE:
        return error
    if question.ignore_eos and EXTRA in error.message:
        return ExtraRefusal(error.message, f"--no-ignore-eos leaves {EXTRA} out of the requests")
    field = next((each for each in ESSENTIAL if re.search(rf"\b{each}\b", error.message)), None)
    if field is None or not REFUSAL.search(error.message):
        return error
    remedy = f"requests need {field}, as in OpenAI's API: use a server that takes it, or give a result file with --from"
    return NetworkError(error.message, remedy)


def _payload(question: Question, nonce: str) -> dict[str, Any]:
    payload: dict[str, Any] = {
        "model": question.model,
        "max_tokens": question.output_tokens,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    if question.ignore_eos:
        payload[EXTRA] = True
    text = prompt(question.words, nonce)
    if "/chat/" in question.url:
        return {**payload, "messages": [{"role": "user", "content": text}]}
    return {**payload, "prompt": text}


class _Answer:
    """What has come of an answer so far: pieces with the times of the first and the last, and its usage."""

    def __init__(self, shown: str) -> None:
        self.shown = shown
        self.first: float | None = None
        self.ended = 0.0
        self.pieces = 0
        self.complete = False
        self.usage: Mapping[str, Any] = {}

    def ends_with(self, line: str) -> bool:
        """Take one line; whether it is the last. Raises NetworkError for what is no event."""
        if not line.startswith(PREFIX):
            if line and not line.startswith((":", "event:", "id:", "retry:")):
                raise NetworkError(f"{self.shown} sends no stream of events: {line[:80]!r}", NOT_A_STREAM)
            return False
        data = line[len(PREFIX) :].strip()
        if data == DONE:
            self.complete = True
            return True
        self._take(_event(self.shown, data))
        return False

    def _take(self, event: Mapping[str, Any]) -> None:
        if _brings_a_token(event):
            self.ended = perf_counter()
            self.first = self.ended if self.first is None else self.first
            self.pieces += 1
        self.complete = self.complete or _finishes(event)
        usage = event.get("usage")
        self.usage = usage if isinstance(usage, dict) else self.usage

    def reply(self, started: float) -> Reply:
        """The whole answer. Raises NetworkError when it is none."""
        counted, read = (_tokens(self.usage.get(key)) for key in ("completion_tokens", "prompt_tokens"))
        if self.first is None and counted and read:  # its tokens show nothing, and came in no piece of their own
            self.first = self.ended = perf_counter()
        if self.first is None:
            raise NetworkError(f"{self.shown} ended its answer without a token", "see the server's log")
        if not self.complete:
            what = f"cut its answer off after {self.pieces} pieces, without a reason to finish or [DONE]"
            raise NetworkError(f"{self.shown} {what}", "see the server's log")
        if counted and read:
            return Reply(started, self.first, self.ended, counted, read)
        return Reply(started, self.first, self.ended, self.pieces, None)


def _tokens(value: Any) -> int | None:
    found = count_of(value)
    return found if found is not None and found <= MOST_TOKENS else None


def _event(shown: str, data: str) -> Mapping[str, Any]:
    try:
        event = parse_json(data)
    except ValueError:
        raise NetworkError(f"{shown} sends what is not JSON: {data[:80]!r}", NOT_A_STREAM) from None
    if not isinstance(event, dict):
        raise NetworkError(f"{shown} sends events that are not objects: {data[:80]!r}", NOT_A_STREAM)
    if event.get("error"):
        raise NetworkError(f"{shown} reports an error: {str(event['error'])[:300]}", "see the server's log")
    return event


def _brings_a_token(event: Mapping[str, Any]) -> bool:
    """Whether a piece has a token, seen or not: half a letter and a special token come as an empty text.

    An empty text is no token with the role, which comes first, nor with the reason to finish, which comes last.
    """
    choices = event.get("choices")
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        return False
    choice = choices[0]
    delta = choice.get("delta")
    piece = delta if isinstance(delta, dict) else {"content": choice.get("text")}
    if any(value for key, value in piece.items() if key != "role"):
        return True
    return piece.get("content") == "" and not piece.get("role") and not choice.get("finish_reason")


def _finishes(event: Mapping[str, Any]) -> bool:
    choices = event.get("choices")
    return isinstance(choices, list) and any(isinstance(one, dict) and one.get("finish_reason") for one in choices)


def prompt(words: int, nonce: str) -> str:
    """A prompt of so many short words after an opening of OPENING tokens or so, one that no cache has seen."""
    return f"{nonce}. Write a long story about these words: {_words(words)}"


@lru_cache(maxsize=4)
def _words(count: int) -> str:
    return " ".join(WORDS[(at * 7 + at // 10) % len(WORDS)] for at in range(count))
