"""Measuring a server: closed loops of streamed requests at several concurrencies, bounded in number and time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from secrets import token_hex
from time import perf_counter
from typing import NamedTuple

from llmcost.upstream.chat import Question, Reply, ask
from llmcost.upstream.http import Client, NetworkError, open_clients

ROUNDS = 4
"""Requests each client sends, unless the limits stop it."""
STAGGER = 0.02
"""Seconds between the first requests of two clients, so that they do not wait for each other to be sent."""
FAILED_SHARE = 0.1
"""More failed requests than this end a level."""


class Limits(NamedTuple):
    """How far a level may go: requests, seconds in all, and seconds without a byte."""

    requests: int
    seconds: float
    stall: float


class Level(NamedTuple):
    """What was seen at one concurrency: output tokens a second in all, and mean times in seconds."""

    concurrency: int
    tokens_per_second: float
    ttft: float
    tpot: float | None
    requests: int
    input_tokens: float | None
    output_tokens: float


class Measured(NamedTuple):
    """The levels that were finished, and why it ended early; None when it did not."""

    levels: tuple[Level, ...]
    problem: str | None = None
    remedy: str | None = None


Progress = Callable[[int, int, int, float], None]
"""Told the concurrency, requests done, requests wanted and tokens a second so far."""


def drive(question: Question, concurrencies: Sequence[int], limits: Limits, progress: Progress) -> Measured:
    """Measure level by level; what was finished is kept whatever happens then, Ctrl-C included."""
    levels: list[Level] = []
    try:
        asyncio.run(_levels(question, concurrencies, limits, progress, levels))
    except NetworkError as error:
        return Measured(tuple(levels), error.message, error.remedy)
    except KeyboardInterrupt:
        return Measured(tuple(levels), INTERRUPTED)
    return Measured(tuple(levels))


INTERRUPTED = "interrupted"


async def _levels(
    question: Question, concurrencies: Sequence[int], limits: Limits, progress: Progress, levels: list[Level]
) -> None:
    async with open_clients(max(concurrencies), limits.stall) as clients:
        await _warm(clients[0], question, limits.seconds)
        for concurrency in concurrencies:
            await _level(clients[:concurrency], question, limits, progress, levels)


async def _warm(client: Client, question: Question, seconds: float) -> None:
    """One short request first: it opens the connection and shows at once whether the server answers."""
    short = question._replace(output_tokens=min(8, question.output_tokens))
    try:
        await asyncio.wait_for(ask(client, short, token_hex(8)), seconds)
    except TimeoutError:
        raise NetworkError(
            f"{question.url} did not finish one short answer in {seconds:g} seconds", "raise --max-seconds"
        ) from None


async def _level(
    clients: Sequence[Client], question: Question, limits: Limits, progress: Progress, levels: list[Level]
) -> None:
    """Measure one concurrency; a level that is stopped is kept when every client has had an answer."""
    concurrency = len(clients)
    wanted = max(concurrency, min(limits.requests, concurrency * ROUNDS))
    replies: list[Reply] = []
    failures: list[NetworkError] = []
    left = iter(range(wanted))
    began = perf_counter()

    async def client_loop(number: int, client: Client) -> None:
        await asyncio.sleep(number * min(STAGGER, 1 / concurrency))
        for _ in left:
            try:
                replies.append(await ask(client, question, token_hex(8)))
            except NetworkError as error:
                failures.append(error)
                if len(failures) > FAILED_SHARE * wanted:
                    raise
            tokens = sum(each.output_tokens for each in replies)
            progress(concurrency, len(replies), wanted, tokens / (perf_counter() - began))

    loops = [asyncio.ensure_future(client_loop(number, client)) for number, client in enumerate(clients)]
    try:
        await asyncio.wait_for(asyncio.gather(*loops), limits.seconds)
    except asyncio.CancelledError:
        if len(replies) >= concurrency:
            levels.append(_summary(concurrency, replies))
        raise
    except TimeoutError:
        if len(replies) < concurrency:
            raise NetworkError(
                f"at concurrency {concurrency} only {len(replies)} of {wanted} requests ended "
                f"in {limits.seconds:g} seconds",
                "raise --max-seconds, or measure fewer tokens",
            ) from None
    finally:
        for loop in loops:
            loop.cancel()
        await asyncio.gather(*loops, return_exceptions=True)
    levels.append(_summary(concurrency, replies))


def _summary(concurrency: int, replies: Sequence[Reply]) -> Level:
    """The level in means; the rate over the time in which all clients were at work, weighed by its tokens.

    Every client has one request under way all the time, so the rate is clients times the tokens each makes a second.
    """
    busy = sum(each.ended - each.started for each in replies)
    tokens = sum(each.output_tokens for each in replies)
    times = [each.tpot for each in replies if each.tpot is not None]
    known = [each.input_tokens for each in replies if each.input_tokens is not None]
    return Level(
        concurrency,
        concurrency * tokens / busy,
        sum(each.ttft for each in replies) / len(replies),
        sum(times) / len(times) if times else None,
        len(replies),
        sum(known) / len(known) if len(known) == len(replies) else None,
        tokens / len(replies),
    )
