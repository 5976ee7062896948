"""Exports of AIPerf and of GenAI-Perf before it: a block of statistics for each metric, and the configuration."""

from __future__ import annotations

from collections.abc import Iterator

from llmcost.measuring.results.fields import Fields
from llmcost.measuring.results.run import Format, Run
from llmcost.measuring.sheet import ServerFacts

SECONDS = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0, "sec": 1.0}
"""Units of time, which each block states."""
NAMES = ("models.items.0.name", "endpoint.model_names.0", "model_names.0", "model.0")
LOADS = ("input_config.loadgen", "input_config.perf_analyzer.stimulus", "input_config")
"""Where the configuration says how much was sent, when it has no phases."""
MAIN = "profiling"
"""The phase that is measured."""


def read_runs(fields: Fields) -> Iterator[Run]:
    """The run of a file. Raises LlmcostError for what is missing or cannot be."""
    length = fields.above_zero("output_sequence_length.avg")
    pace = fields.number("request_throughput.avg")
    whole, first = _mean(fields, "request_latency"), _mean(fields, "time_to_first_token")
    streams = first is not None and (whole is None or first < whole)
    clients, clock = _load(fields)
    yield Run(
        server=ServerFacts(name=fields.name(*(f"input_config.{each}" for each in NAMES))),
        input_tokens=fields.above_zero("input_sequence_length.avg"),
        output_tokens=length,
        requests=fields.requests("request_count.avg"),
        failures=fields.count("error_request_count.avg") or 0,
        tokens_per_second=fields.rate("output_token_throughput.avg", pace, length),
        pace=pace,
        clients=clients,
        clock=clock,
        ttft=_median(fields, "time_to_first_token") if streams else None,
        tpot=_median(fields, "inter_token_latency") if streams else None,
        first=first,
        further=_mean(fields, "inter_token_latency"),
        whole=whole,
        day=fields.day("start_time"),
    )


def _load(fields: Fields) -> tuple[float | None, float | None]:
    """How many requests were held under way, and how many were sent a second, whatever the version of the file."""
    phases = fields.members("input_config.phases")
    if phases:
        phase = next((each for each in phases if MAIN in (each.value("name"), each.value("kind"))), phases[0])
        return _level(phase, "concurrency"), _level(phase, "rate")
    clients = (_level(fields, f"{place}.concurrency") for place in LOADS)
    clocks = (_level(fields, f"{place}.request_rate") for place in LOADS)
    return next(filter(None, clients), None), next(filter(None, clocks), None)


def _level(fields: Fields, key: str) -> float | None:
    """A number above zero; GenAI-Perf writes an empty text for none."""
    return None if fields.value(key) == "" else fields.number(key) or None


def _mean(fields: Fields, metric: str) -> float | None:
    return _seconds(fields, metric, "avg")


def _median(fields: Fields, metric: str) -> float | None:
    return _seconds(fields, metric, "p50") or _mean(fields, metric)


def _seconds(fields: Fields, metric: str, statistic: str) -> float | None:
    """A time by its own unit; one of zero was not measured."""
    found = fields.number(f"{metric}.{statistic}")
    unit = fields.name(f"{metric}.unit") or "ms"
    if unit not in SECONDS:
        raise fields.refuse(f"{metric}.unit", f"is {unit[:40]!r}, not one of: {', '.join(SECONDS)}")
    return found * SECONDS[unit] if found else None


FORMAT = Format(
    tool="AIPerf or GenAI-Perf as JSON",
    marks=frozenset({"input_config", "output_token_throughput"}),
    runs=read_runs,
    concurrency="input_config.loadgen.concurrency",
    again="run it with --concurrency, without --request-rate, and with more requests",
)
