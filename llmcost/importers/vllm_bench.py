"""Results of ``vllm bench serve --save-result``: one JSON object a run.

What it lacks (accelerator, count, precision, engine version) has to be said beside it.
"""

from __future__ import annotations

import json
from datetime import date
from math import isfinite
from pathlib import Path
from typing import Any, NamedTuple

from llmcost.errors import LlmcostError

LARGEST = 100_000_000


class BenchResult(NamedTuple):
    """One run: its model, mean lengths in tokens, the clients it had, output tokens a second, and times in seconds.

    ``ttft`` and ``tpot`` are medians where the file has them, else means; None without either. ``note`` says what was
    worked out rather than read. A time of zero is one that was not measured.
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


def read_vllm_bench(path: str) -> BenchResult:
    """Read one result file. Raises LlmcostError, naming the file and the key, when it is not one."""
    data = _json(path)
    completed = _number(path, data, "completed")
    if not completed:
        raise LlmcostError(f"{path}: no request was completed", "nothing can be learnt from this run")
    model = data.get("model_id")
    if not isinstance(model, str) or not model:
        raise LlmcostError(f'{path}: "model_id" is missing', "is this a file of `vllm bench serve --save-result`?")
    concurrency, note = _concurrency(path, data)
    return BenchResult(
        model,
        _above_zero(path, data, "total_input_tokens") / completed,
        _above_zero(path, data, "total_output_tokens") / completed,
        concurrency,
        _above_zero(path, data, "output_throughput"),
        _time(path, data, "ttft"),
        _time(path, data, "tpot"),
        _day(data.get("date")),
        note,
    )


def _json(path: str) -> dict[str, Any]:
    file = Path(path)
    try:
        if file.stat().st_size > LARGEST:
            raise LlmcostError(
                f"{path} is larger than {LARGEST // 10**6} MB", "save the result without --save-detailed"
            )
        data = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise LlmcostError(f"cannot read {path}: {error.strerror or error}", "check the path") from None
    except (ValueError, RecursionError) as error:
        raise LlmcostError(f"{path} is not JSON: {error}", "give a file of `vllm bench serve --save-result`") from None
    if not isinstance(data, dict):
        raise LlmcostError(f"{path} holds no result", "give a file of `vllm bench serve --save-result`")
    return data


def _number(path: str, data: dict[str, Any], key: str) -> float:
    value = data.get(key)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not isfinite(value) or value < 0:
        what = "is missing" if value is None else f"is {str(value)[:40]!r}, not a number from zero up"
        raise LlmcostError(f'{path}: "{key}" {what}', "is this a file of `vllm bench serve --save-result`?")
    return float(value)


def _above_zero(path: str, data: dict[str, Any], key: str) -> float:
    value = _number(path, data, key)
    if not value:
        raise LlmcostError(f'{path}: "{key}" is zero', "nothing can be learnt from this run")
    return value


def _day(text: Any) -> str | None:
    """The day of a time like 20261103-101530; None for one that no calendar has."""
    try:
        return date.fromisoformat(str(text)[:8]).isoformat()
    except ValueError:
        return None


def _time(path: str, data: dict[str, Any], name: str) -> float | None:
    for key in (f"median_{name}_ms", f"mean_{name}_ms"):
        if data.get(key) is not None:
            return _number(path, data, key) / 1000 or None
    return None


def _concurrency(path: str, data: dict[str, Any]) -> tuple[float, str | None]:
    if data.get("max_concurrency") is not None:
        return max(1.0, _number(path, data, "max_concurrency")), None
    if data.get("mean_e2el_ms") is not None:
        under_way = _number(path, data, "request_throughput") * _number(path, data, "mean_e2el_ms") / 1000
        return max(1.0, under_way), "concurrency worked out by Little's law: requests a second x seconds of one"
    raise LlmcostError(
        f'{path}: "max_concurrency" is missing, so how many requests ran at once is not known',
        "run it with --max-concurrency, or with --percentile-metrics ttft,tpot,itl,e2el",
    )
