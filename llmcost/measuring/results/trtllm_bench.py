"""Reports of TensorRT-LLM: ``trtllm-bench throughput --report_json``, one JSON object a run."""

from __future__ import annotations

from collections.abc import Iterator

from llmcost.measuring.results.fields import Fields
from llmcost.measuring.results.run import MEAN, Format, Run
from llmcost.measuring.sheet import ServerFacts

PRECISIONS = {"FP8": "fp8", "FP8_BLOCK_SCALES": "fp8", "NVFP4": "fp4", "W4A16_AWQ": "int4", "W4A16_GPTQ": "int4"}
"""Its names of quantisation whose weights are of one precision."""


def read_runs(fields: Fields) -> Iterator[Run]:
    """The run of a file. Raises LlmcostError for what is missing or cannot be.

    It sends a request whenever there is room, and states the mean of those under way in place of the room.
    """
    length = fields.above_zero("request_info.avg_output_length")
    pace = fields.number("performance.request_throughput_req_s")
    yield Run(
        server=_server(fields),
        input_tokens=fields.above_zero("request_info.avg_input_length"),
        output_tokens=length,
        requests=fields.requests("request_info.num_requests"),
        tokens_per_second=fields.rate("performance.system_output_throughput_tok_s", pace, length),
        pace=pace,
        clients=fields.number("request_info.avg_num_concurrent_requests") or None,
        ttft=fields.seconds("streaming_metrics.ttft_percentiles.p50", "streaming_metrics.avg_ttft_ms"),
        tpot=fields.seconds("streaming_metrics.tpot_percentiles.p50", "streaming_metrics.avg_tpot_ms"),
        whole=fields.seconds("performance.avg_request_latency_ms"),
        note=MEAN,
    )


def _server(fields: Fields) -> ServerFacts:
    return ServerFacts(
        name=fields.name("engine.model"),
        accelerators=fields.count("world_info.world_size"),
        precision=_precision(fields),
        engine="tensorrt-llm",
        engine_version=fields.name("engine.version"),
        tensor_parallel=fields.count("world_info.tp_size"),
        speculative=fields.name("decoding_stats.mode"),
    )


def _precision(fields: Fields) -> str | None:
    """Of the weights, where its name leaves no doubt."""
    quantisation = fields.name("engine.quantization")
    if quantisation is None:
        return "bf16" if fields.name("engine.dtype") == "bfloat16" else None
    return PRECISIONS.get(quantisation)


FORMAT = Format(
    tool="`trtllm-bench throughput --report_json`",
    marks=frozenset({"request_info", "performance"}),
    runs=read_runs,
    concurrency="request_info.avg_num_concurrent_requests",
    again="run it with --concurrency, and with more requests",
)
