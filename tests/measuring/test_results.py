"""Results of load generators: samples in the layout of each tool's own source, with invented figures.

All are of one server: 1,000 tokens in and 200 out, 200 or 240 requests, 16 at once, 4 a second, 800 tokens a second,
120 ms to the first token (122 on average), 19 ms for each further one, 122 + 199 × 19 = 3,903 ms in all.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.running import Run

from llmcost import LlmcostError, load_catalogue, predict_throughput
from llmcost.measuring.results.registry import read_results
from llmcost.measuring.results.result import Result

SAMPLES = Path(__file__).parent / "samples"
ON = ("--accelerator", "h100", "--precision", "fp8")


def sample(name: str) -> Any:
    """The first JSON text of a sample, which with several has one on each line."""
    return json.JSONDecoder().raw_decode(text(name))[0]


def text(name: str) -> str:
    return (SAMPLES / name).read_text(encoding="utf-8")


def mend(folder: Path, name: str, change: Callable[[Any], object]) -> str:
    """A sample with a change, as a file of its own."""
    data = sample(name)
    change(data)
    file = folder / name
    file.write_text(json.dumps(data), encoding="utf-8")
    return str(file)


def drop(key: str) -> Callable[[Any], object]:
    """Take a key away, however deep it is."""
    *path, last = key.split(".")

    def change(data: Any) -> None:
        for part in path:
            data = data[int(part)] if isinstance(data, list) else data[part]
        del data[last]

    return change


def point(found: Result) -> tuple[float, ...]:
    return (found.input_tokens, found.output_tokens, found.concurrency, found.tokens_per_second)


# What each tool writes, by its source:
# vLLM: vllm/benchmarks/serve.py of vllm-project/vllm, main_async
# SGLang: python/sglang/benchmark/serving.py of sgl-project/sglang, the dict `result` in `benchmark`
# GuideLLM: src/guidellm/benchmark/schemas/ of vllm-project/guidellm, report.py, benchmark.py and metrics.py;
#   the first report: src/guidellm/benchmark/benchmark.py of neuralmagic/guidellm at 00a210d
# AIPerf: aiperf/common/models/export_models.py and docs/reference/json-export-schema.md of ai-dynamo/aiperf
# GenAI-Perf: genai_perf/export_data/json_exporter.py of triton-inference-server/perf_analyzer
# TensorRT-LLM: tensorrt_llm/bench/dataclasses/reporting.py of NVIDIA/TensorRT-LLM, get_statistics_dict


@pytest.mark.parametrize(
    ("name", "at", "engine", "day"),
    [
        ("vllm_append_result.json", 0, "vllm", "2026-11-03"),
        ("sglang_bench_serving.jsonl", 0, "sglang", None),
        ("guidellm_report.json", 1, None, "2026-11-03"),
        ("guidellm_first_report.json", 0, None, "2026-11-03"),
        ("aiperf_export.json", 0, None, "2026-11-03"),
        ("genai_perf_export.json", 0, None, None),
    ],
)
def test_each_tool_is_read_alike(name: str, at: int, engine: str | None, day: str | None) -> None:
    """The same run is the same point, whatever tool measured it, and a closed loop of enough requests has no doubt."""
    found = read_results(str(SAMPLES / name))[at]
    assert point(found) == (1000, 200, 16, 800)
    assert (found.ttft, found.tpot) == (pytest.approx(0.12), pytest.approx(0.019))
    assert (found.doubt, found.note, found.day, found.server.engine) == (None, None, day, engine)
    if "first" not in name:
        assert found.server.name == "Qwen/Qwen3-8B"


def test_trtllm_bench_says_how_many_were_under_way_on_average() -> None:
    """Its report has no limit of requests, so the mean stands in and the note says so; the server is described."""
    (found,) = read_results(str(SAMPLES / "trtllm_bench_report.json"))
    assert point(found) == (1000, 200, 15.612, 800)
    assert (found.ttft, found.tpot, found.doubt) == (0.12, 0.019, None)
    assert found.note == "concurrency is the mean number of requests under way"
    assert found.server._asdict() == {
        "name": "Qwen/Qwen3-8B",
        "accelerator": None,
        "accelerators": 2,
        "precision": "fp8",
        "engine": "tensorrt-llm",
        "engine_version": "1.2.0",
        "tensor_parallel": 2,
        "speculative": None,
    }


def test_all_requests_at_once_are_a_burst_and_no_level(tmp_path: Path) -> None:
    """Without --concurrency, half of them wait on average: fewer than 4 for each, so the rate is a lower bound."""

    def burst(data: Any) -> None:
        data["request_info"]["avg_num_concurrent_requests"] = 100.0
        data["performance"]["avg_request_latency_ms"] = 25_000.0

    (found,) = read_results(mend(tmp_path, "trtllm_bench_report.json", burst))
    assert found.doubt == "a lower bound: 200 requests are fewer than 4 for each of 100 clients"


@pytest.mark.parametrize(
    ("name", "at", "rate"),
    [("sglang_bench_serving.jsonl", 1, "4"), ("guidellm_report.json", 2, "3"), ("aiperf_phases_export.json", 0, "4.1")],
)
def test_a_rate_that_the_tool_set_is_a_floor(name: str, at: int, rate: str) -> None:
    """An open loop that the server kept up with says nothing of its capacity, whatever tool ran it."""
    found = read_results(str(SAMPLES / name))[at]
    assert found.doubt == f"a lower bound: requests were sent at {rate} a second, and the server kept up"
    assert found.note


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("sglang_bench_serving.jsonl", "max_concurrency"),
        ("aiperf_export.json", "input_config.loadgen.concurrency"),
        ("genai_perf_export.json", "input_config.perf_analyzer.stimulus.concurrency"),
        ("trtllm_bench_report.json", "request_info.avg_num_concurrent_requests"),
    ],
)
def test_without_a_limit_concurrency_is_worked_out_once_for_all(tmp_path: Path, name: str, key: str) -> None:
    """4 requests a second of 3.903 s each are 15.6 under way, which the note says and the doubt holds against it."""
    (found,) = read_results(mend(tmp_path, name, drop(key)))
    assert found.concurrency == pytest.approx(4 * 3.903)
    assert "Little's law: requests a second x seconds of one" in str(found.note)
    assert found.doubt == "a lower bound: nothing held the number of requests under way"


def test_guidellm_states_how_many_were_under_way(tmp_path: Path) -> None:
    """With everything sent at once the mean under way is the concurrency, which the note says; nothing held it."""

    def change(data: Any) -> None:
        data["benchmarks"][1]["config"]["strategy"] = {"type_": "throughput", "max_concurrency": None}
        data["benchmarks"][1]["metrics"]["request_concurrency"]["total"]["mean"] = 50.5

    found = read_results(mend(tmp_path, "guidellm_report.json", change))[1]
    assert (found.concurrency, found.note) == (50.5, "concurrency is the mean number of requests under way")
    assert found.doubt == "a lower bound: nothing held the number of requests under way"


def test_clients_that_had_nothing_to_do_are_no_level(tmp_path: Path) -> None:
    """16 streams of which 9 were at work on average are not a level of 16."""

    def change(data: Any) -> None:
        data["benchmarks"][1]["metrics"]["request_concurrency"]["total"]["mean"] = 9.0

    found = read_results(mend(tmp_path, "guidellm_report.json", change))[1]
    assert found.doubt == "a lower bound: 9 requests were under way on average, not 16"


@pytest.mark.parametrize(
    ("name", "key", "message"),
    [
        ("sglang_bench_serving.jsonl", "total_input_tokens", '"total_input_tokens" is missing'),
        ("guidellm_report.json", "benchmarks.2.metrics.prompt_token_count", '"benchmarks.2.metrics.prompt_token_count'),
        ("guidellm_report.json", "benchmarks.0.metrics.request_totals", '"benchmarks.0.metrics.request_totals'),
        ("aiperf_export.json", "output_sequence_length", '"output_sequence_length.avg" is missing'),
        ("aiperf_export.json", "input_sequence_length", '"input_sequence_length.avg" is missing'),
        ("aiperf_export.json", "request_count", '"request_count.avg" is missing'),
        ("trtllm_bench_report.json", "request_info.avg_input_length", '"request_info.avg_input_length" is missing'),
        ("trtllm_bench_report.json", "performance", '"performance.system_output_throughput_tok_s" is missing'),
    ],
)
def test_a_result_without_its_conditions_is_refused(tmp_path: Path, name: str, key: str, message: str) -> None:
    """Without lengths or requests there is no point: the file and the key are named, and what writes such files."""
    path = mend(tmp_path, name, drop(key))
    with pytest.raises(LlmcostError) as refused:
        read_results(path)
    assert refused.value.message.startswith(path)
    assert message in refused.value.message
    assert str(refused.value.remedy).startswith("give the file as ")


def test_without_times_or_a_limit_nothing_tells_the_concurrency(tmp_path: Path) -> None:
    """The key that would say it is named, and how to run the tool so that it does."""

    def change(data: Any) -> None:
        del data["input_config"]["loadgen"], data["request_latency"], data["inter_token_latency"]

    with pytest.raises(LlmcostError, match="so how many requests ran at once is not known") as refused:
        read_results(mend(tmp_path, "aiperf_export.json", change))
    assert '"input_config.loadgen.concurrency" is missing' in refused.value.message
    assert "--concurrency" in str(refused.value.remedy)


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        (
            "aiperf_export.json",
            lambda data: data["output_token_throughput"].update(avg=9000.0),
            '"output_token_throughput.avg" is 9000, and its tokens in its time are 800 a second',
        ),
        (
            "aiperf_export.json",
            lambda data: data["time_to_first_token"].update(unit="fortnights"),
            "\"time_to_first_token.unit\" is 'fortnights', not one of: ns, us, ms, s, sec",
        ),
        (
            "guidellm_report.json",
            lambda data: data["benchmarks"][0]["metrics"]["request_totals"].update(successful=0),
            "no request was completed",
        ),
        ("guidellm_report.json", lambda data: data.update(benchmarks=[]), "holds no result"),
        ("guidellm_report.json", lambda data: data.update(benchmarks=[7]), '"benchmarks.0.metrics'),
        ("guidellm_report.json", lambda data: data.update(benchmarks="x" * 99), "holds no result"),
        (
            "trtllm_bench_report.json",
            lambda data: data["engine"].update(model=["a"]),
            '"engine.model" is not a name',
        ),
        ("sglang_bench_serving.jsonl", lambda data: data.update(server_info=7, duration="x"), "\"duration\" is 'x'"),
    ],
)
def test_what_cannot_be_is_refused(tmp_path: Path, name: str, change: Callable[[Any], object], message: str) -> None:
    """Figures that contradict each other, and what is of another kind, end with a message and no traceback."""
    path = mend(tmp_path, name, change)
    with pytest.raises(LlmcostError) as refused:
        read_results(path)
    assert refused.value.message.startswith(path)
    assert message in refused.value.message
    assert refused.value.remedy


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"a": 1}', "holds no result that is known here"),
        ('{"model_id": "m"}\n[1]\n', ":1: "),
        ('{"a": 1}\n\n{"b"\n', ":3 is not JSON"),
        ("{\n1\n}", "is not JSON"),
        ("\n\n", "is not JSON"),
        ("\xff", "is not JSON"),
    ],
)
def test_a_file_that_is_none_names_what_would_be(tmp_path: Path, content: str, message: str) -> None:
    """Files of other tools, lines that break off and bytes that are no text are refused, with the line if it is one."""
    file = tmp_path / "x.json"
    file.write_bytes(content.encode("latin-1"))
    with pytest.raises(LlmcostError) as refused:
        read_results(str(file))
    assert refused.value.message.startswith(str(file))
    assert message in refused.value.message
    assert refused.value.remedy


def test_failures_are_counted_where_a_tool_tells_them(tmp_path: Path) -> None:
    """What failed is in the doubt of every tool that says it."""

    def fail(data: Any) -> None:
        data["error_request_count"] = {"unit": "requests", "avg": 5.0}

    def err(data: Any) -> None:
        data["benchmarks"][1]["metrics"]["request_totals"]["errored"] = 5

    def detail(data: Any) -> None:
        data["errors"] = ["", "", "refused", "", "timeout", ""]

    found = [
        read_results(mend(tmp_path, "aiperf_export.json", fail))[0],
        read_results(mend(tmp_path, "guidellm_report.json", err))[1],
        read_results(mend(tmp_path, "sglang_bench_serving.jsonl", detail))[0],
    ]
    assert [each.doubt for each in found] == [
        "a lower bound: 5 of 205 requests failed",
        "a lower bound: 5 of 245 requests failed",
        "a lower bound: 2 of 202 requests failed",
    ]


def test_a_single_phase_is_measured_by_whatever_name(tmp_path: Path) -> None:
    """AIPerf lets its user name the phases; the only one is what was measured."""

    def change(data: Any) -> None:
        data["input_config"]["phases"] = [{"name": "mine", "type": "concurrency", "concurrency": 16}]

    (found,) = read_results(mend(tmp_path, "aiperf_phases_export.json", change))
    assert (found.concurrency, found.doubt) == (16, None)


def test_whole_answers_have_no_time_to_the_first_token(tmp_path: Path) -> None:
    """Without streaming GenAI-Perf gives the whole time as that of the first token, which it is not."""

    def change(data: Any) -> None:
        data["time_to_first_token"] = data["request_latency"]
        del data["inter_token_latency"]

    (found,) = read_results(mend(tmp_path, "genai_perf_export.json", change))
    assert (found.ttft, found.tpot, found.doubt) == (None, None, None)
    (found,) = read_results(mend(tmp_path, "trtllm_bench_report.json", drop("streaming_metrics")))
    assert (found.ttft, found.tpot, found.tokens_per_second) == (None, None, 800)


@pytest.mark.parametrize(
    ("quantisation", "dtype", "precision"),
    [("NVFP4", "bfloat16", "fp4"), (None, "bfloat16", "bf16"), (None, "float16", None), ("MIXED", "bfloat16", None)],
)
def test_a_precision_is_believed_where_its_name_leaves_no_doubt(
    tmp_path: Path, quantisation: str | None, dtype: str, precision: str | None
) -> None:
    """Weights of several precisions, or of one that no estimate knows, are left to the user to say."""
    path = mend(
        tmp_path,
        "trtllm_bench_report.json",
        lambda data: data["engine"].update(quantization=quantisation, dtype=dtype),
    )
    assert read_results(path)[0].server.precision == precision


def test_lines_of_one_file_become_points_of_one_curve(tmp_path: Path, llmcost: Run) -> None:
    """Each run that --append-result added is a point, and estimates rest on both."""
    sheet = tmp_path / "mine.yaml"
    ran = llmcost("measure", "--from", str(SAMPLES / "vllm_append_result.json"), *ON, "-o", str(sheet))
    assert (ran.code, ran.out) == (0, "")
    written = sheet.read_text(encoding="utf-8")
    assert written.count("- model: ") == 1
    assert "      - 16 120 19 800\n      - 64 200 39 1600\n" in written
    found = [
        predict_throughput("qwen3-8b", "fp8", "h100", 1, 1000, 200, at, catalogue=load_catalogue(sheet))
        for at in (16, 64)
    ]
    assert [each.evidence for each in found] == ["own measurement"] * 2


def test_what_a_file_says_of_its_server_need_not_be_said_again(tmp_path: Path, llmcost: Run) -> None:
    """Accelerators, engine and version come from the file; 800 tokens a second on 2 accelerators are 400 each."""
    sheet = tmp_path / "mine.yaml"
    report = str(SAMPLES / "trtllm_bench_report.json")
    ran = llmcost("measure", "--from", report, "--accelerator", "h100", "-o", str(sheet))
    assert ran.code == 0
    assert "only with" not in ran.err
    written = sheet.read_text(encoding="utf-8")
    assert "    accelerators: 2\n    precision: fp8\n    engine: tensorrt-llm\n    engine_version: 1.2.0\n" in written
    assert "      - 15.612 120 19 400\n" in written
    assert llmcost("prices", "validate", str(sheet)).code == 0
    ran = llmcost("measure", "--from", report, "--count", "8")
    assert (ran.code, ran.out) == (2, "")
    assert "was measured on 2 accelerators, and --count says 8" in ran.err


def test_a_guess_of_further_tokens_is_kept(tmp_path: Path, llmcost: Run) -> None:
    """Speculative decoding makes another curve, as it does not serve a server without it."""

    def guess(data: Any) -> None:
        data["server_info"]["speculative_algorithm"] = "EAGLE"

    ran = llmcost("measure", "--from", mend(tmp_path, "sglang_bench_serving.jsonl", guess))
    assert "    speculative: EAGLE\n" in ran.out


def test_a_model_that_no_file_names_has_to_be_said(tmp_path: Path, llmcost: Run) -> None:
    """Older files of SGLang do not name the model."""
    path = mend(tmp_path, "sglang_bench_serving.jsonl", drop("server_info"))
    ran = llmcost("measure", "--from", path)
    assert (ran.code, ran.out) == (2, "")
    assert f"{path} does not say which model was measured" in ran.err
    ran = llmcost("measure", "--from", path, "--as", "qwen3-8b")
    assert "- model: qwen3-8b\n" in ran.out


def test_one_bad_file_among_several_leaves_nothing_behind(tmp_path: Path, llmcost: Run) -> None:
    """It is named, nothing is written, and a sheet that was there stays as it is."""
    sheet = tmp_path / "mine.yaml"
    sheet.write_text("kept", encoding="utf-8")
    bad = tmp_path / "bad.json"
    bad.write_text(text("aiperf_export.json")[:-20], encoding="utf-8")
    good = str(SAMPLES / "aiperf_export.json")
    ran = llmcost("measure", "--from", good, "--from", str(bad), "-o", str(sheet))
    assert (ran.code, ran.out) == (2, "")
    assert f"{bad} is not JSON" in ran.err
    assert sheet.read_text(encoding="utf-8") == "kept"


def test_a_sweep_keeps_its_levels_and_its_doubts_apart(tmp_path: Path, llmcost: Run) -> None:
    """A report with several levels is a curve of those without a doubt, and one of each that is a floor."""
    sheet = tmp_path / "mine.yaml"
    ran = llmcost("measure", "--from", str(SAMPLES / "guidellm_report.json"), *ON, "-o", str(sheet))
    assert ran.code == 0
    assert ran.err.count("it is only shown, and serves no estimate; run it with the profile concurrent") == 1
    written = sheet.read_text(encoding="utf-8")
    assert written.count("- model: ") == 2
    assert written.count("doubt: ") == 1
    assert "      - 1 58 9.7487 100\n      - 16 120 19 800\n" in written
    assert llmcost("prices", "validate", str(sheet)).code == 0
