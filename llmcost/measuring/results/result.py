"""What a run says of a server: a point of a curve, and whether the server can do more than that."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from llmcost.core.offers.self_hosting.measurements import ROUNDS
from llmcost.errors import LlmcostError
from llmcost.measuring.results.run import MEAN, Format, Run
from llmcost.measuring.sheet import ServerFacts

KEPT_UP = 0.9
"""Part of the requests a second that were sent from which a server counts as having kept up."""
HELD = 0.8
"""Part of the clients that must have been at work on average for the run to be one of so many."""
LAW = "concurrency worked out by Little's law: requests a second x "


class Result(NamedTuple):
    """One run: where it stands, its server, mean lengths in tokens, its clients, output tokens a second, seconds.

    ``note`` says what was worked out rather than read. ``doubt`` says why the server can do more than the rate; None
    when it is the most at so many clients. ``again`` says how to run it without a doubt. None elsewhere is what the
    file does not say.
    """

    place: str
    server: ServerFacts
    input_tokens: float
    output_tokens: float
    concurrency: float
    tokens_per_second: float
    ttft: float | None
    tpot: float | None
    day: str | None
    note: str | None
    doubt: str | None
    again: str


def judge(place: str, kind: Format, run: Run) -> Result:
    """The result of a run. Raises LlmcostError when nothing tells how many requests ran at once."""
    under_way, law = _under_way(run)
    concurrency = under_way if run.clients is None else run.clients
    if concurrency is None:
        raise LlmcostError(
            f'{place}: "{kind.concurrency}" is missing, so how many requests ran at once is not known', kind.again
        )
    notes = [note for note in (run.note, law if run.clients is None else None) if note]
    reasons = "; ".join(_doubts(run, under_way))
    return Result(
        place=place,
        server=run.server,
        input_tokens=run.input_tokens,
        output_tokens=run.output_tokens,
        concurrency=max(1.0, concurrency),
        tokens_per_second=run.tokens_per_second,
        ttft=run.ttft,
        tpot=run.tpot,
        day=run.day,
        note="; ".join(notes) or None,
        doubt=f"a lower bound: {reasons}" if reasons else None,
        again=kind.again,
    )


def _under_way(run: Run) -> tuple[float | None, str]:
    """How many requests were under way on average, and how that is known; None where it is not."""
    if run.under_way is not None:
        return run.under_way, MEAN
    seconds, law = run.whole, f"{LAW}seconds of one"
    if not seconds and run.first and run.further:
        seconds = run.first + run.further * max(0.0, run.output_tokens - 1)
        law = f"{LAW}(TTFT + TPOT x (output tokens - 1))"
    if not seconds or not run.pace:
        return None, law
    return min(float(run.requests), run.pace * seconds), law


def _doubts(run: Run, under_way: float | None) -> Iterator[str]:
    """Why the server can do more than the run asked of it."""
    clients = run.clients
    if run.failures:
        yield f"{run.failures} of {run.failures + run.requests} requests failed"
    if run.clock and run.pace and run.pace >= KEPT_UP * run.clock:
        yield f"requests were sent at {run.clock:g} a second, and the server kept up"
    elif clients is None:
        yield "nothing held the number of requests under way"
    if clients is not None and under_way is not None and under_way < HELD * clients:
        yield f"{under_way:.3g} requests were under way on average, not {clients:g}"
    if clients is not None and run.requests < ROUNDS * clients:
        yield f"{run.requests} requests are fewer than {ROUNDS} for each of {clients:g} clients"
