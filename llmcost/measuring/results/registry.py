"""The formats that are known, in the order in which they are tried, and the reading of a file in any of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from llmcost.errors import LlmcostError
from llmcost.files.json import parse_json
from llmcost.files.raw import read_bytes
from llmcost.measuring.results import aiperf, guidellm, sglang_bench, trtllm_bench, vllm_bench
from llmcost.measuring.results.fields import Fields
from llmcost.measuring.results.result import Result, judge
from llmcost.measuring.results.run import Format

FORMATS: tuple[Format, ...] = (
    vllm_bench.FORMAT,
    sglang_bench.FORMAT,
    guidellm.FORMAT,
    trtllm_bench.FORMAT,
    aiperf.FORMAT,
)
LARGEST = 200_000_000
"""Bytes of a file; those with every request in them are large."""
MAKE = f"give a file of {', of '.join(each.tool for each in FORMATS)}"
SMALLER = "write it anew without the single requests"


def read_results(path: str) -> list[Result]:
    """The results of a file, at least one.

    Raises LlmcostError, naming the file, the line where it has several, and the key, when one of them is none.
    """
    found = [result for place, data in _documents(path) for result in _results(place, data)]
    if not found:
        raise LlmcostError(f"{path} holds no result", MAKE)
    return found


def _results(place: str, data: Any) -> list[Result]:
    if isinstance(data, dict):
        for each in FORMATS:
            if not each.marks.isdisjoint(data):
                return [judge(place, each, run) for run in each.runs(Fields(place, each.tool, data))]
    raise LlmcostError(f"{place} holds no result that is known here", MAKE)


def _documents(path: str) -> list[tuple[str, Any]]:
    """What a file holds, and where: one JSON text, or one on each line."""
    text = _text(path)
    try:
        return [(path, parse_json(text))]
    except ValueError as error:
        lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
        if len(lines) < 2 or not _is_object(lines[0][1]):
            raise LlmcostError(f"{path} is not JSON: {error}", MAKE) from None
    return [(f"{path}:{number}", _line(f"{path}:{number}", line)) for number, line in lines]


def _is_object(line: str) -> bool:
    try:
        return isinstance(parse_json(line), dict)
    except ValueError:
        return False


def _line(place: str, line: str) -> Any:
    try:
        return parse_json(line)
    except ValueError as error:
        raise LlmcostError(f"{place} is not JSON: {error}", "take the line out, or run the benchmark again") from None


def _text(path: str) -> str:
    try:
        raw = read_bytes(Path(path), LARGEST)
    except OSError as error:
        raise LlmcostError(f"cannot read {path}: {error.strerror or error}", f"check the path, or {MAKE}") from None
    if len(raw) > LARGEST:
        raise LlmcostError(f"cannot read {path}: it is larger than {LARGEST // 10**6} MB", SMALLER)
    try:
        return raw.decode("utf-8-sig")
    except ValueError as error:
        raise LlmcostError(f"{path} is not JSON: {error}", MAKE) from None
