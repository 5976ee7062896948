"""Reports of GuideLLM: one JSON object, with a benchmark for each level."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone

from llmcost.measuring.results.fields import Fields
from llmcost.measuring.results.run import Format, Run
from llmcost.measuring.sheet import ServerFacts

LATEST = 10_000_000_000
"""Seconds since 1970 that are still believed, in the year 2286."""


def read_runs(fields: Fields) -> Iterator[Run]:
    """The benchmarks of a report. Raises LlmcostError for what is missing or cannot be."""
    name = fields.name("config.spec.backend.model", "args.model", "args.backend_kwargs.model")
    for level in fields.members("benchmarks"):
        yield _run(level, level.name("config.backend.model", "worker.backend_model") or name)


def _run(level: Fields, name: str | None) -> Run:
    """One benchmark; the time between tokens is that without the first, which its TPOT holds."""
    counts = _first(level, "metrics.request_totals", "request_totals", "total_count")
    requests, duration = level.requests(f"{counts}.successful"), level.number("duration")
    under_way = _first(level, "metrics.request_concurrency.total", "metrics.request_concurrency.successful")
    clients, clock = _load(level)
    return Run(
        server=ServerFacts(name=name),
        input_tokens=level.above_zero("metrics.prompt_token_count.successful.mean"),
        output_tokens=level.above_zero("metrics.output_token_count.successful.mean"),
        requests=requests,
        failures=level.count(f"{counts}.errored") or 0,
        tokens_per_second=level.above_zero("metrics.output_tokens_per_second.successful.mean"),
        pace=requests / duration if duration else level.number("metrics.requests_per_second.successful.mean"),
        clients=clients,
        under_way=level.number(f"{under_way}.mean"),
        clock=clock,
        ttft=level.seconds("metrics.time_to_first_token_ms.successful.median"),
        tpot=level.seconds("metrics.inter_token_latency_ms.successful.median"),
        first=level.seconds("metrics.time_to_first_token_ms.successful.mean"),
        further=level.seconds("metrics.inter_token_latency_ms.successful.mean"),
        whole=level.number("metrics.request_latency.successful.mean"),
        day=_day(level.number("start_time")),
    )


def _load(level: Fields) -> tuple[float | None, float | None]:
    """How many requests the strategy held under way, and how many it sent a second."""
    place = _first(level, "config.strategy", "scheduler.strategy", "args.strategy")
    if level.name(f"{place}.type_") == "synchronous":
        return 1.0, None
    clients = level.number(f"{place}.streams")
    return level.number(f"{place}.max_concurrency") if clients is None else clients, level.number(f"{place}.rate")


def _first(level: Fields, *keys: str) -> str:
    """The key that this version of a report has, the newest first; the newest where it has none."""
    return next((key for key in keys if level.value(key) is not None), keys[0])


def _day(seconds: float | None) -> str | None:
    if not seconds or seconds > LATEST:
        return None
    return datetime.fromtimestamp(seconds, timezone.utc).date().isoformat()


FORMAT = Format(
    tool="GuideLLM as JSON",
    marks=frozenset({"benchmarks"}),
    runs=read_runs,
    concurrency="config.strategy.streams",
    again="run it with the profile concurrent, its streams, and more requests",
)
