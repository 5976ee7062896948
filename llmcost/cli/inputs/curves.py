"""Measured curves for a sheet: of the levels of a run, and of files that a benchmark saved.

What is in doubt becomes a curve of its own, so that it takes nothing from the points beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from llmcost.cli.console import say
from llmcost.errors import LlmcostError, OfferError
from llmcost.measuring.sheet import MeasuredCurve, MeasuredPoint, ServerFacts
from llmcost.sheets.load import load_prices

if TYPE_CHECKING:
    from llmcost.measuring.load_test import Level
    from llmcost.measuring.vllm_bench import BenchResult

NO_USAGE = "the server gives no usage: prompts as asked, answers counted by piece"
AGAIN = "run it with --request-rate inf, --max-concurrency and more prompts"


def curves_of_levels(levels: Sequence[Level], name: str, stated: ServerFacts, prompt: int) -> list[MeasuredCurve]:
    """The curves of a run; ``prompt`` is the length that was asked for, where the server does not count."""
    groups: dict[str | None, list[Level]] = {}
    for each in levels:
        groups.setdefault(each.doubt, []).append(each)
    return [_curve_of_levels(group, name, stated, prompt, doubt) for doubt, group in groups.items()]


def _curve_of_levels(
    levels: Sequence[Level], name: str, stated: ServerFacts, prompt: int, doubt: str | None
) -> MeasuredCurve:
    read = [each.input_tokens for each in levels if each.input_tokens is not None]
    counted = len(read) == len(levels)
    return MeasuredCurve(
        model=name,
        server=stated,
        input_tokens=sum(read) / len(read) if counted else prompt,
        output_tokens=sum(each.output_tokens for each in levels) / len(levels),
        measured_on=datetime.now(timezone.utc).date().isoformat(),
        note=None if counted else NO_USAGE,
        doubt=doubt,
        points=tuple(_point(each) for each in levels),
    )


def curves_of_files(files: Sequence[str], stated: ServerFacts) -> list[MeasuredCurve]:
    """The curves of result files: those of one model and alike lengths become one. Doubts are said."""
    from llmcost.measuring.vllm_bench import read_vllm_bench

    groups: dict[tuple[str, int, int, str | None], list[BenchResult]] = {}
    for file in dict.fromkeys(files):
        found = read_vllm_bench(file)
        name = known_model(stated.name or found.model)
        key = (name, round(found.input_tokens), round(found.output_tokens), found.doubt)
        groups.setdefault(key, []).append(found)
        if found.doubt is not None:
            say(f"note: {file} is {found.doubt}; it is only shown, and serves no estimate; {AGAIN}")
    engine = stated._replace(engine=stated.engine or "vllm")
    return [_curve_of_results(found, name, engine, doubt) for (name, _, _, doubt), found in groups.items()]


def _curve_of_results(found: Sequence[BenchResult], name: str, stated: ServerFacts, doubt: str | None) -> MeasuredCurve:
    return MeasuredCurve(
        model=name,
        server=stated,
        input_tokens=found[0].input_tokens,
        output_tokens=found[0].output_tokens,
        measured_on=max((each.day for each in found if each.day), default=None),
        note=next((each.note for each in found if each.note), None),
        doubt=doubt,
        points=tuple(_point(each) for each in sorted(found, key=lambda one: one.concurrency)),
    )


def _point(seen: Level | BenchResult) -> MeasuredPoint:
    return MeasuredPoint(seen.concurrency, seen.ttft, seen.tpot, seen.tokens_per_second)


def known_model(name: str) -> str:
    """A model's name as a sheet takes it; said when no open-weights sheet knows it.

    Raises LlmcostError when no sheet takes it.
    """
    from llmcost.sheets.field_types import is_public_name

    try:
        load_prices().catalogue.self_hosting.model(name)
    except OfferError as error:
        if not is_public_name(name):
            raise LlmcostError(f'"{name}" cannot name a model in a sheet', "say which it is with --as") from None
        say(f"note: {error.message}: the curve is kept, and serves no estimate until it is named; {error.remedy}")
    return name
