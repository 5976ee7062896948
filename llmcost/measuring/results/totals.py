"""What vLLM's and SGLang's benchmark scripts, which have one ancestor, state under the same keys."""

from __future__ import annotations

from llmcost.files.json import number_of
from llmcost.measuring.results.fields import Fields
from llmcost.measuring.results.run import Run
from llmcost.measuring.sheet import ServerFacts

ENGINES = {
    "vllm": "vllm",
    "vllm-chat": "vllm",
    "openai": "vllm",
    "openai-chat": "vllm",
    "sglang": "sglang",
    "sglang-native": "sglang",
    "sglang-oai": "sglang",
    "sglang-oai-chat": "sglang",
    "trt": "tensorrt-llm",
    "tensorrt-llm": "tensorrt-llm",
}
"""What the client of a script speaks to, and so which engine it is."""


def read_totals(fields: Fields, engine: str) -> Run:
    """A run as both scripts state it; ``engine`` where the file names no client.

    Raises LlmcostError for what is missing or cannot be.
    """
    completed = fields.requests("completed")
    duration = fields.number("duration")
    pace = completed / duration if duration else fields.number("request_throughput")
    length = _mean(fields, "total_output_tokens", completed)
    client = fields.name("backend")
    return Run(
        server=ServerFacts(engine=ENGINES.get(client) if client else engine),
        input_tokens=_mean(fields, "total_input_tokens", completed),
        output_tokens=length,
        requests=completed,
        tokens_per_second=fields.rate("output_throughput", pace if duration else None, length),
        pace=pace,
        clients=fields.number("max_concurrency"),
        clock=float(number_of(fields.value("request_rate")) or 0) or None,
        ttft=fields.seconds("median_ttft_ms", "mean_ttft_ms"),
        tpot=fields.seconds("median_tpot_ms", "mean_tpot_ms"),
        first=fields.seconds("mean_ttft_ms"),
        further=fields.seconds("mean_tpot_ms"),
    )


def _mean(fields: Fields, key: str, requests: int) -> float:
    """Tokens of one request, which are at least one."""
    total = fields.total(key)
    if total < requests:
        raise fields.refuse(key, f"is {total}, less than one for each of {requests} requests")
    return total / requests
