"""Results of ``sglang.bench_serving``: a JSON object a line, one a run.

The server's own arguments stand in ``server_info`` in newer versions; older files do not even name the model.
"""

from __future__ import annotations

from collections.abc import Iterator

from llmcost.measuring.results.fields import Fields
from llmcost.measuring.results.run import Format, Run
from llmcost.measuring.results.totals import read_totals
from llmcost.measuring.sheet import ServerFacts


def read_runs(fields: Fields) -> Iterator[Run]:
    """The run of a line. Raises LlmcostError for what is missing or cannot be."""
    run = read_totals(fields, "sglang")
    yield run._replace(
        server=_server(fields, run.server.engine),
        failures=_failures(fields),
        whole=fields.seconds("mean_e2e_latency_ms"),
    )


def _server(fields: Fields, engine: str | None) -> ServerFacts:
    """What the server said of itself; its cards are told apart only where its replicas are."""
    tensor, pipeline, data = (fields.count(f"server_info.{key}_size") for key in ("tp", "pp", "dp"))
    alone = data in (None, 1)
    return ServerFacts(
        name=fields.name("server_info.model_path", "server_info.served_model_name"),
        accelerators=tensor * (pipeline or 1) if tensor and alone else None,
        engine=engine,
        engine_version=fields.name("server_info.version"),
        tensor_parallel=tensor if alone else None,
        speculative=fields.name("server_info.speculative_algorithm"),
    )


def _failures(fields: Fields) -> int:
    """Requests without an answer, which are told only with ``--output-details``."""
    errors = fields.value("errors")
    return sum(bool(each) for each in errors) if isinstance(errors, list) else 0


FORMAT = Format(
    tool="`python -m sglang.bench_serving --output-file`",
    marks=frozenset({"total_output_tokens_retokenized", "mean_e2e_latency_ms"}),
    runs=read_runs,
    concurrency="max_concurrency",
    again="run it with --request-rate inf, --max-concurrency and more prompts",
)
