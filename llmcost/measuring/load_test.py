"""Measuring a server: closed loops of streamed requests at several concurrencies, bounded in number and time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import inf
from secrets import token_hex
from time import perf_counter, thread_time
from typing import NamedTuple

from llmcost.core.offers.self_hosting.measurements import ROUNDS
from llmcost.errors import NetworkError
from llmcost.measuring.endpoint import EXTRA, ExtraRefusal, Question, Reply, ask
from llmcost.measuring.http import Client, open_clients

STAGGER = 0.02
"""Seconds between the first requests of two clients, so that they do not wait for each other to be sent."""
FAILED_SHARE = 0.1
"""More failed requests than this end a level."""
BUSY = 0.8
"""Part of a core from which the client may be what holds the rate down; its one thread can use no more than one."""
LEAST = 24
"""Requests of a level where nobody limits them; of few clients so many, that one of them does not decide."""
SHORT = 8
"""Tokens of the answers before a level."""
WITHOUT_EXTRA = f"the server refuses {EXTRA} and was asked without it: answers end where the model ends them"


class Limits(NamedTuple):
    """How far a level may go: requests, seconds in all, and seconds without a byte.

    ``requests`` of None: as many as a whole level takes.
    """

    requests: int | None
    seconds: float
    stall: float


class Level(NamedTuple):
    """What was seen at one concurrency: output tokens a second in all, and mean times in seconds.

    ``requests`` were answered, ``failed`` were not; ``failure`` is what the first of these said, None without one.
    ``client_load`` is how much of a core the client itself used.
    """

    concurrency: int
    tokens_per_second: float
    ttft: float
    tpot: float | None
    requests: int
    input_tokens: float | None
    output_tokens: float
    failed: int = 0
    failure: str | None = None
    client_load: float = 0.0

    @property
    def doubt(self) -> str | None:
        """Why the server can do more than the rate; None for a whole level without a failure."""
        asked = self.requests + self.failed
        reasons = [f"{self.failed} of {asked} requests failed, the first so: {self.failure}"] if self.failed else []
        if asked < ROUNDS * self.concurrency:
            reasons.append(f"{asked} requests are fewer than {ROUNDS} for each of {self.concurrency} clients")
        if self.client_load >= BUSY:
            reasons.append(f"this machine may be the limit, as llmcost itself used {self.client_load:.0%} of a core")
        return f"a lower bound: {'; '.join(reasons)}" if reasons else None


class LoadTest(NamedTuple):
    """The levels that were finished, and why it ended early; None when it did not.

    ``notes`` is how the server had to be asked, where that was not as wished.
    """

    levels: tuple[Level, ...]
    problem: str | None = None
    remedy: str | None = None
    notes: tuple[str, ...] = ()


Progress = Callable[[int, int, int, float], None]
"""Told the concurrency, requests done, requests wanted and tokens a second so far."""


def drive(question: Question, concurrencies: Sequence[int], limits: Limits, progress: Progress) -> LoadTest:
    """Measure level by level; what was finished is kept whatever happens then, Ctrl-C included."""
    levels: list[Level] = []
    notes: list[str] = []
    problem: str | None = None
    remedy: str | None = None
    try:
        asyncio.run(_levels(question, concurrencies, limits, progress, levels, notes))
    except NetworkError as error:
        problem, remedy = error.message, error.remedy
    except KeyboardInterrupt:
        problem = INTERRUPTED
    return LoadTest(tuple(levels), problem, remedy, tuple(notes))


INTERRUPTED = "interrupted"


async def _levels(
    question: Question,
    concurrencies: Sequence[int],
    limits: Limits,
    progress: Progress,
    levels: list[Level],
    notes: list[str],
) -> None:
    async with open_clients(max(concurrencies), limits.stall) as clients:
        for concurrency in concurrencies:
            wish = question
            question = await _warm(clients[:concurrency], wish, limits.seconds)
            if question.ignore_eos != wish.ignore_eos:
                notes.append(WITHOUT_EXTRA)
            await _level(clients[:concurrency], question, limits, progress, levels)


async def _warm(clients: Sequence[Client], question: Question, seconds: float) -> Question:
    """One short request of each client first, as servers are slow when they meet so many for the first time.

    Returns the question as this server takes it: without EXTRA where it refuses that, and with prompts of the length
    that is asked for by its own count. Raises NetworkError when none is answered; what fails for some is left to the
    level.
    """
    found = await _short(clients, question, seconds)
    if any(isinstance(each, ExtraRefusal) for each in found):
        question = question._replace(ignore_eos=False)
        found = await _short(clients, question, seconds)
    replies = [each for each in found if isinstance(each, Reply)]
    if not replies:
        raise next(each for each in found if isinstance(each, NetworkError))
    read = [each.input_tokens for each in replies if each.input_tokens is not None]
    return question.adapt(sum(read) / len(read)) if read else question


async def _short(clients: Sequence[Client], question: Question, seconds: float) -> list[Reply | NetworkError]:
    """What came of one short request of each client."""
    short = question._replace(output_tokens=min(SHORT, question.output_tokens))
    return list(await asyncio.gather(*(_try(each, short, seconds) for each in clients)))


async def _try(client: Client, question: Question, seconds: float) -> Reply | NetworkError:
    try:
        return await asyncio.wait_for(ask(client, question, token_hex(8)), seconds)
    except NetworkError as error:
        return error
    except TimeoutError:
        message = f"{question.shown} did not finish one short answer in {seconds:g} seconds"
        return NetworkError(message, "raise --max-seconds")


@dataclass(kw_only=True)
class _Course:
    """What happens at one concurrency, on the clock of the replies; ``work`` is the client's own work before it.

    That is the work of its thread, as others of the process do not hold the client up.

    From ``busy_from``, when the last client begins, until ``busy_until``, when the first finds nothing left, all
    clients have a request under way.
    """

    clients: int
    wanted: int
    began: float = field(default_factory=perf_counter)
    work: float = field(default_factory=thread_time)
    busy_from: float = inf
    busy_until: float = inf
    replies: list[Reply] = field(default_factory=list)
    failures: list[NetworkError] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        """Whether every round was finished."""
        return len(self.replies) + len(self.failures) >= ROUNDS * self.clients

    def level(self) -> Level:
        """The level: its rate while all clients were busy, and the means of the requests that began then.

        One that was cut short goes by all its time, so that its rate is a lower bound.
        """
        now = perf_counter()
        since, until = (self.busy_from, self.busy_until) if self.whole else (self.began, now)
        seen = [each for each in self.replies if each.started >= since]
        times = [each.tpot for each in seen if each.tpot is not None]
        read = [each.input_tokens for each in seen if each.input_tokens is not None]
        return Level(
            concurrency=self.clients,
            tokens_per_second=sum(each.tokens_between(since, until) for each in self.replies) / (until - since),
            ttft=sum(each.ttft for each in seen) / len(seen),
            tpot=sum(times) / len(times) if times else None,
            requests=len(self.replies),
            input_tokens=sum(read) / len(read) if len(read) == len(seen) else None,
            output_tokens=sum(each.output_tokens for each in seen) / len(seen),
            failed=len(self.failures),
            failure=self.failures[0].message if self.failures else None,
            client_load=(thread_time() - self.work) / (now - self.began),
        )


async def _level(
    clients: Sequence[Client], question: Question, limits: Limits, progress: Progress, levels: list[Level]
) -> None:
    """Measure one concurrency; a level that is stopped is kept when every client has had an answer."""
    concurrency = len(clients)
    full = max(concurrency * ROUNDS, LEAST)
    course = _Course(clients=concurrency, wanted=max(concurrency, min(limits.requests or full, full)))
    loops = _start(course, clients, question, progress)
    try:
        await asyncio.wait_for(asyncio.gather(*loops), limits.seconds)
    except asyncio.CancelledError:
        if len(course.replies) >= concurrency:
            levels.append(course.level())
        raise
    except TimeoutError:
        if len(course.replies) < concurrency:
            raise NetworkError(
                f"at concurrency {concurrency} only {len(course.replies)} of {course.wanted} requests ended "
                f"in {limits.seconds:g} seconds",
                "raise --max-seconds, or measure fewer tokens",
            ) from None
    finally:
        for loop in loops:
            loop.cancel()
        await asyncio.gather(*loops, return_exceptions=True)
    levels.append(course.level())


def _start(
    course: _Course, clients: Sequence[Client], question: Question, progress: Progress
) -> list[asyncio.Future[None]]:
    """The loops of all clients, which share the requests; none sends a second one before all have begun."""
    left = iter(range(course.wanted))
    all_begun = asyncio.Event()

    async def client_loop(number: int, client: Client) -> None:
        await asyncio.sleep(number * min(STAGGER, 1 / course.clients))
        if number + 1 == course.clients:
            course.busy_from = perf_counter()
            all_begun.set()
        for _ in left:
            await _ask(course, client, question, progress)
            await all_begun.wait()
        course.busy_until = min(course.busy_until, perf_counter())

    return [asyncio.ensure_future(client_loop(number, client)) for number, client in enumerate(clients)]


async def _ask(course: _Course, client: Client, question: Question, progress: Progress) -> None:
    """One request, kept in the course. Raises NetworkError when too many have failed."""
    try:
        course.replies.append(await ask(client, question, token_hex(8)))
    except NetworkError as error:
        course.failures.append(error)
        if len(course.failures) > FAILED_SHARE * course.wanted:
            raise
    tokens = sum(each.output_tokens for each in course.replies)
    progress(course.clients, len(course.replies), course.wanted, tokens / (perf_counter() - course.began))
