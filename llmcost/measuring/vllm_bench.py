"""Results of ``vllm bench serve --save-result``: one JSON object a run.

What it lacks (accelerator, count, precision, engine version) has to be said beside it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from llmcost.core.offers.measurements import ROUNDS
from llmcost.core.values.dates import parse_day
from llmcost.errors import LlmcostError, NumberError
from llmcost.files.json import count_of, number_of, read_json

LARGEST = 20_000_000
LONGEST_NAME = 200
KEPT_UP = 0.9
"""Part of the requests a second that were sent from which a server counts as having kept up."""
HELD = 0.8
"""Part of the clients that must have been at work on average for the run to be one of so many."""
AGREES = 1.1
"""How far the stated rate of tokens may be from the tokens in the time, either way."""
MAKE = "give a file of `vllm bench serve --save-result`, without --save-detailed"


class BenchResult(NamedTuple):
    """One run: its model, mean lengths in tokens, the clients it had, output tokens a second, and times in seconds.

    ``ttft`` and ``tpot`` are medians where the file has them, else means; None without either. ``note`` says what was
    worked out rather than read. A time of zero is one that was not measured. ``doubt`` says why the server can do
    more than the rate; None when it is the most at so many clients.
    """

    model: str
    input_tokens: float
    output_tokens: float
    concurrency: float
    tokens_per_second: float
    ttft: float | None
    tpot: float | None
    day: str | None
    note: str | None
    doubt: str | None


def read_vllm_bench(path: str) -> BenchResult:
    """Read one result file. Raises LlmcostError, naming the file and the key, when it is not one."""
    data = read_json(Path(path), path, LARGEST, MAKE)
    if not isinstance(data, dict):
        raise LlmcostError(f"{path} holds no result", MAKE)
    run = _Run(path, data)
    if not run.count("completed"):
        raise LlmcostError(f"{path}: no request was completed", "nothing can be learnt from this run")
    under_way = _under_way(run)
    concurrency, note = _concurrency(run, under_way)
    reasons = "; ".join(_doubts(run, under_way))
    return BenchResult(
        model=run.model(),
        input_tokens=run.mean("total_input_tokens"),
        output_tokens=run.mean("total_output_tokens"),
        concurrency=concurrency,
        tokens_per_second=_throughput(run),
        ttft=_time(run, "ttft"),
        tpot=_time(run, "tpot"),
        day=_day(data.get("date")),
        note=note,
        doubt=f"a lower bound: {reasons}" if reasons else None,
    )


class _Run:
    """The figures of one run by their keys; what is wrong with one is raised with the file's name and the key."""

    def __init__(self, path: str, data: dict[str, Any]) -> None:
        self.path = path
        self.data = data

    def refuse(self, key: str, what: str) -> LlmcostError:
        return LlmcostError(f'{self.path}: "{key}" {what}', "is this a file of `vllm bench serve --save-result`?")

    def model(self) -> str:
        name = self.data.get("model_id")
        if not isinstance(name, str) or not 0 < len(name) <= LONGEST_NAME:
            raise self.refuse("model_id", "is missing" if name is None else "is not a name")
        return name

    def count(self, key: str) -> int:
        found = count_of(self.data.get(key))
        if found is None:
            raise self.refuse(key, self._not("a whole number", key))
        return found

    def known(self, key: str) -> float | None:
        """A number; None where the file has none under this key."""
        return None if self.data.get(key) is None else self.number(key)

    def number(self, key: str) -> float:
        found = number_of(self.data.get(key))
        if found is None:
            raise self.refuse(key, self._not("a number", key))
        return float(found)

    def above_zero(self, key: str) -> float:
        found = self.number(key)
        if not found:
            raise LlmcostError(f'{self.path}: "{key}" is zero', "nothing can be learnt from this run")
        return found

    def mean(self, key: str) -> float:
        """Tokens of one request, which are at least one."""
        total, requests = self.count(key), self.count("completed")
        if total < requests:
            raise self.refuse(key, f"is {total}, less than one for each of {requests} requests")
        return total / requests

    def _not(self, what: str, key: str) -> str:
        value = self.data.get(key)
        return "is missing" if value is None else f"is {str(value)[:40]!r}, not {what} from zero up"


def _day(text: Any) -> str | None:
    """The day of a time like 20261103-101530; None for one that no calendar has."""
    digits = str(text)[:8]
    try:
        return parse_day(f"{digits[:4]}-{digits[4:6]}-{digits[6:]}").isoformat()
    except NumberError:
        return None


def _time(run: _Run, name: str) -> float | None:
    found = run.known(f"median_{name}_ms")
    found = run.known(f"mean_{name}_ms") if found is None else found
    return found / 1000 if found else None


def _under_way(run: _Run) -> float | None:
    """How many requests were under way on average, by Little's law; None where the file lacks the times."""
    duration, whole = run.known("duration"), run.known("mean_e2el_ms")
    first, further = run.known("mean_ttft_ms"), run.known("mean_tpot_ms")
    if not whole and first and further:
        whole = first + further * (run.mean("total_output_tokens") - 1)
    completed = run.count("completed")
    return min(1.0, whole / 1000 / duration) * completed if whole and duration else None


def _concurrency(run: _Run, under_way: float | None) -> tuple[float, str | None]:
    clients = run.known("max_concurrency")
    if clients is not None:
        return max(1.0, clients), None
    if under_way is not None:
        return max(1.0, under_way), "concurrency worked out by Little's law: requests a second x seconds of one"
    raise LlmcostError(
        f'{run.path}: "max_concurrency" is missing, so how many requests ran at once is not known',
        "run it with --max-concurrency, or with --percentile-metrics ttft,tpot,itl,e2el",
    )


def _doubts(run: _Run, under_way: float | None) -> Iterator[str]:
    """Why the server can do more than the run asked of it."""
    completed, clients = run.count("completed"), run.known("max_concurrency")
    failed = _failed(run)
    sent, answered = float(number_of(run.data.get("request_rate")) or 0), _answered(run)
    if failed:
        yield f"{failed} of {failed + completed} requests failed"
    if sent and answered and answered >= KEPT_UP * sent:
        yield f"requests were sent at {sent:g} a second, and the server kept up"
    elif clients is None:
        yield "nothing held the number of requests under way"
    if clients is not None and under_way is not None and under_way < HELD * clients:
        yield f"{under_way:.3g} requests were under way on average, not {clients:g}"
    if clients is not None and completed < ROUNDS * clients:
        yield f"{completed} requests are fewer than {ROUNDS} for each of {clients:g} clients"


def _answered(run: _Run) -> float | None:
    """Requests a second that were answered; None where the file does not tell."""
    stated, duration = run.known("request_throughput"), run.known("duration")
    return stated if stated is not None or not duration else run.count("completed") / duration


def _throughput(run: _Run) -> float:
    """Tokens written a second. Raises LlmcostError where they are not those of the run's own time."""
    stated, duration = run.above_zero("output_throughput"), run.known("duration")
    worked_out = run.count("total_output_tokens") / duration if duration else stated
    if not worked_out / AGREES <= stated <= worked_out * AGREES:
        raise run.refuse("output_throughput", f"is {stated:g}, and its tokens in its time are {worked_out:g} a second")
    return stated


def _failed(run: _Run) -> int:
    """Requests without an answer; files of older versions say only how many were sent."""
    if run.data.get("failed") is not None:
        return run.count("failed")
    sent = run.data.get("num_prompts")
    return 0 if sent is None else max(0, run.count("num_prompts") - run.count("completed"))
