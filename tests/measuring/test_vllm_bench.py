"""Results of ``vllm bench serve --save-result``: read as they are written, refused with the key that is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support.running import Run

from llmcost import LlmcostError, load_catalogue, predict_throughput
from llmcost.measuring.results.registry import read_results
from llmcost.measuring.results.result import Result

# The keys of a result file, with invented figures: 200 requests of 1,000 tokens in and 200 out, 16 at once.
RESULT: dict[str, Any] = {
    "date": "20261103-101500",
    "backend": "openai-chat",
    "model_id": "Qwen/Qwen3-8B",
    "tokenizer_id": "Qwen/Qwen3-8B",
    "num_prompts": 200,
    "request_rate": "inf",
    "burstiness": 1.0,
    "max_concurrency": 16,
    "duration": 50.0,
    "completed": 200,
    "failed": 0,
    "total_input_tokens": 200_000,
    "total_output_tokens": 40_000,
    "request_throughput": 4.0,
    "request_goodput:": None,
    "output_throughput": 800.0,
    "total_token_throughput": 4800.0,
    "mean_ttft_ms": 130.0,
    "median_ttft_ms": 120.0,
    "mean_tpot_ms": 19.5,
    "median_tpot_ms": 19.0,
    "mean_e2el_ms": 4000.0,
}


def saved(folder: Path, name: str = "result.json", **changes: Any) -> str:
    """A result file with some keys changed; None takes one away."""
    data = {key: value for key, value in {**RESULT, **changes}.items() if value is not None}
    file = folder / name
    file.write_text(json.dumps(data), encoding="utf-8")
    return str(file)


def read_one(path: str) -> Result:
    (found,) = read_results(path)
    return found


def test_a_result_is_read_by_hand(tmp_path: Path) -> None:
    """200,000 / 200 tokens in, 40,000 / 200 out, 800 tokens a second at 16 at once, medians of the times."""
    found = read_one(saved(tmp_path))
    assert (found.server.name, found.input_tokens, found.output_tokens) == ("Qwen/Qwen3-8B", 1000, 200)
    assert (found.concurrency, found.tokens_per_second) == (16, 800)
    assert (found.ttft, found.tpot, found.day) == (0.12, 0.019, "2026-11-03")


def test_means_stand_in_for_medians_and_older_files_have_less(tmp_path: Path) -> None:
    """A file without medians gives its means; one without times gives none; a missing date is not made up."""
    found = read_one(saved(tmp_path, median_ttft_ms=None, median_tpot_ms=None, mean_tpot_ms=None, date=None))
    assert (found.ttft, found.tpot, found.day) == (0.13, None, None)


@pytest.mark.parametrize("date", ["99999999-1", "11111111-1", "today", "", 10**39, [], 20261103])
def test_a_day_no_calendar_has_is_left_out(tmp_path: Path, date: Any) -> None:
    """A date that is none is not written into a sheet; a zero is a time that was not measured."""
    found = read_one(saved(tmp_path, date=date, median_tpot_ms=0.0))
    assert (found.day, found.tpot) == ("2026-11-03" if date == 20261103 else None, None)


def test_without_a_limit_concurrency_follows_from_littles_law(tmp_path: Path) -> None:
    """4 requests a second of 4 seconds each are 16 under way, and the note says that it was worked out.

    No request takes longer than the run. A file without the time of whole requests has it as 0.13 s to the first token and 199 x 0.0195 s for the others.
    """
    found = read_one(saved(tmp_path, max_concurrency=None))
    assert found.concurrency == 16
    assert "Little's law" in str(found.note)
    found = read_one(saved(tmp_path, max_concurrency=None, mean_e2el_ms=None))
    assert "(TTFT + TPOT x (output tokens - 1))" in str(found.note)
    assert found.concurrency == pytest.approx(4 * (0.13 + 199 * 0.0195))
    assert read_one(saved(tmp_path, max_concurrency=None, mean_e2el_ms=1e12)).concurrency == 200


@pytest.mark.parametrize(
    ("changes", "doubt"),
    [
        ({}, None),
        ({"request_rate": 100.0}, None),
        ({"mean_e2el_ms": 3200.0}, None),
        ({"mean_e2el_ms": None, "mean_tpot_ms": None}, None),
        ({"num_prompts": 200, "failed": None}, None),
        ({"request_rate": 4.2}, "requests were sent at 4.2 a second, and the server kept up"),
        ({"request_rate": 4}, "requests were sent at 4 a second, and the server kept up"),
        (
            {"request_rate": 4.2, "request_throughput": None},  # 200 in 50 seconds
            "requests were sent at 4.2 a second, and the server kept up",
        ),
        (
            {"request_rate": 4.2, "max_concurrency": None},
            "requests were sent at 4.2 a second, and the server kept up",
        ),
        ({"max_concurrency": None}, "nothing held the number of requests under way"),
        ({"max_concurrency": 32}, "16 requests were under way on average, not 32"),
        ({"max_concurrency": 32, "mean_e2el_ms": None}, "16 requests were under way on average, not 32"),
        ({"max_concurrency": 64, "mean_e2el_ms": 16_000.0}, "200 requests are fewer than 4 for each of 64 clients"),
        ({"failed": 12}, "12 of 212 requests failed"),
        ({"failed": None, "num_prompts": 212}, "12 of 212 requests failed"),
    ],
)
def test_a_run_that_did_not_load_the_server_is_a_lower_bound(
    tmp_path: Path, changes: dict[str, Any], doubt: str | None
) -> None:
    """A rate that the run itself held down says what the server did, not what it can do."""
    found = read_one(saved(tmp_path, **changes))
    assert found.doubt == (doubt and f"a lower bound: {doubt}")


def test_a_lower_bound_serves_no_estimate(tmp_path: Path, llmcost: Run) -> None:
    """The command says why, the sheet keeps the curve with its doubt, and estimates rest on other evidence."""
    sheet = tmp_path / "mine.yaml"
    file = saved(tmp_path, request_rate=4.0, max_concurrency=None, failed=3)
    ran = llmcost("measure", "--from", file, "--accelerator", "h100", "--precision", "fp8", "-o", str(sheet))
    assert ran.code == 0
    assert "a lower bound: 3 of 203 requests failed; requests were sent at 4 a second" in ran.err
    assert "--max-concurrency" in ran.err
    assert llmcost("prices", "validate", str(sheet)).code == 0
    found = predict_throughput("qwen3-8b", "fp8", "h100", 1, 1000, 200, 16, catalogue=load_catalogue(sheet))
    assert found.evidence != "own measurement"
    assert found.output_tokens_per_second > 1.5 * 800


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"completed": None}, '"completed" is missing'),
        ({"completed": 0}, "no request was completed"),
        ({"model_id": None}, '"model_id" is missing'),
        ({"model_id": 7}, '"model_id" is not a name'),
        ({"model_id": "m" * 201}, '"model_id" is not a name'),
        ({"output_throughput": "800"}, "\"output_throughput\" is '800', not a number"),
        ({"output_throughput": float("nan")}, '"output_throughput" is'),
        ({"output_throughput": -1}, '"output_throughput" is'),
        ({"total_output_tokens": True}, '"total_output_tokens" is'),
        ({"total_input_tokens": 0}, '"total_input_tokens" is 0, less than one for each of 200 requests'),
        ({"completed": 5e-324}, "\"completed\" is '5E-324', not a whole number"),
        ({"completed": 2.5}, "\"completed\" is '2.5', not a whole number"),
        ({"completed": 10**400}, "a number of 401 characters is too long"),
        ({"output_throughput": 1e300}, "\"output_throughput\" is '1E+300', not a number"),
        ({"output_throughput": float("inf")}, "\"output_throughput\" is 'inf', not a number"),
        ({"failed": -3}, "\"failed\" is '-3', not a whole number"),
        ({"output_throughput": 0}, '"output_throughput" is zero'),
        ({"output_throughput": 8000.0}, '"output_throughput" is 8000, and its tokens in its time are 800 a second'),
        ({"max_concurrency": None, "mean_e2el_ms": None, "mean_tpot_ms": None}, '"max_concurrency" is missing'),
    ],
)
def test_a_file_that_lacks_something_is_refused(tmp_path: Path, changes: dict[str, Any], message: str) -> None:
    """The message names the file, the key and what is wrong with it."""
    path = saved(tmp_path, **changes)
    with pytest.raises(LlmcostError) as refused:
        read_one(path)
    assert refused.value.message.startswith(path)
    assert message in refused.value.message
    assert refused.value.remedy


@pytest.mark.parametrize(
    ("text", "message"), [("", "is not JSON"), ("[1]", "holds no result"), ("{" * 9999, "is not JSON")]
)
def test_what_is_no_result_is_refused(tmp_path: Path, text: str, message: str) -> None:
    """Any other file ends with a message."""
    file = tmp_path / "x.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(LlmcostError, match=message):
        read_one(str(file))
    with pytest.raises(LlmcostError, match="cannot read"):
        read_one(str(tmp_path / "none.json"))


def test_results_become_one_curve_that_estimates_rest_on(tmp_path: Path, llmcost: Run) -> None:
    """Two runs of one model and alike lengths are one curve; 800 / 2 accelerators are 400 each."""
    larger = {"max_concurrency": 64, "completed": 800, "duration": 100.0, "mean_e2el_ms": 8000.0}
    tokens = {"total_input_tokens": 800_000, "total_output_tokens": 160_000, "output_throughput": 1600.0}
    files = [saved(tmp_path), saved(tmp_path, "b.json", request_throughput=8.0, **larger, **tokens)]
    sheet = tmp_path / "mine.yaml"
    options = ["--accelerator", "h100", "--count", "2", "--precision", "fp8", "-o", str(sheet)]
    ran = llmcost("measure", "--from", files[0], "--from", files[1], *options)
    assert (ran.code, ran.out) == (0, "")
    assert "- 16 120 19 400\n" in sheet.read_text(encoding="utf-8")
    assert llmcost("prices", "validate", str(sheet)).code == 0
    catalogue = load_catalogue(sheet)
    found = predict_throughput("qwen3-8b", "fp8", "h100", 2, 1000, 200, 16, catalogue=catalogue)
    assert (found.evidence, found.ttft) == ("own measurement", pytest.approx(0.12))
    assert found.output_tokens_per_second == pytest.approx(800)


def test_the_same_file_twice_counts_once(tmp_path: Path, llmcost: Run) -> None:
    """A file that is named twice is one run."""
    file = saved(tmp_path)
    ran = llmcost("measure", "--from", file, "--from", file)
    assert ran.out.count("      - 16 ") == 1


def test_a_file_without_the_accelerator_needs_it_said(tmp_path: Path, llmcost: Run) -> None:
    """What the file lacks is asked for in a note; a broken one ends with 2 and writes nothing."""
    ran = llmcost("measure", "--from", saved(tmp_path))
    assert ran.code == 0
    assert "only with --accelerator and --precision" in ran.err
    ran = llmcost("measure", "--from", saved(tmp_path), "--from", saved(tmp_path, "b.json", completed=None))
    assert (ran.code, ran.out) == (2, "")
