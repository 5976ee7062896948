"""Results of ``vllm bench serve``: one JSON object a run, and with ``--append-result`` one a line.

What it lacks (accelerator, count, precision, engine version) has to be said beside it.
"""

from __future__ import annotations

from collections.abc import Iterator

from llmcost.measuring.results.fields import Fields
from llmcost.measuring.results.run import Format, Run
from llmcost.measuring.results.totals import read_totals


def read_runs(fields: Fields) -> Iterator[Run]:
    """The run of a file or a line. Raises LlmcostError for what is missing or cannot be."""
    run = read_totals(fields, "vllm")
    if fields.name("model_id") is None:
        raise fields.refuse("model_id", "is missing")
    yield run._replace(
        server=run.server._replace(name=fields.name("model_id")),
        failures=_failures(fields, run.requests),
        whole=fields.seconds("mean_e2el_ms"),
        day=fields.day("date"),
    )


def _failures(fields: Fields, completed: int) -> int:
    """Requests without an answer; files of older versions say only how many were sent."""
    failed = fields.count("failed")
    return max(0, (fields.count("num_prompts") or 0) - completed) if failed is None else failed


FORMAT = Format(
    tool="`vllm bench serve --save-result`",
    marks=frozenset({"model_id", "tokenizer_id"}),
    runs=read_runs,
    concurrency="max_concurrency",
    again="run it with --request-rate inf, --max-concurrency and more prompts",
)
