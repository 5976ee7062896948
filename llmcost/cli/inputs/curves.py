"""Measured curves for a sheet: of the levels of a run, and of files that load generators saved.

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
    from llmcost.measuring.results.result import Result

NO_USAGE = "the server gives no usage: prompts as asked, answers counted by piece"


def curves_of_levels(
    levels: Sequence[Level], stated: ServerFacts, prompt: int, note: str | None
) -> list[MeasuredCurve]:
    """The curves of a run; ``prompt`` is the length that was asked for, where the server does not count.

    ``note`` is what is to be known of all levels.
    """
    groups: dict[str | None, list[Level]] = {}
    for each in levels:
        groups.setdefault(each.doubt, []).append(each)
    return [_curve_of_levels(group, stated, prompt, note, doubt) for doubt, group in groups.items()]


def _curve_of_levels(
    levels: Sequence[Level], stated: ServerFacts, prompt: int, note: str | None, doubt: str | None
) -> MeasuredCurve:
    read = [each.input_tokens for each in levels if each.input_tokens is not None]
    counted = len(read) == len(levels)
    return MeasuredCurve(
        server=stated,
        input_tokens=sum(read) / len(read) if counted else prompt,
        output_tokens=sum(each.output_tokens for each in levels) / len(levels),
        measured_on=datetime.now(timezone.utc).date().isoformat(),
        note=_join([None if counted else NO_USAGE, note]),
        doubt=doubt,
        points=tuple(_point(each) for each in levels),
    )


def curves_of_files(files: Sequence[str], stated: ServerFacts) -> list[MeasuredCurve]:
    """The curves of result files: those of one server and alike lengths become one. Doubts are said.

    Raises LlmcostError for the first file that is none, that does not fit what is stated, or that names no model.
    """
    from llmcost.measuring.results.registry import read_results

    found = [each for file in dict.fromkeys(files) for each in read_results(file)]
    groups: dict[tuple[ServerFacts, int, int, str | None], list[Result]] = {}
    for each in found:
        server = _server(each, stated)
        groups.setdefault((server, round(each.input_tokens), round(each.output_tokens), each.doubt), []).append(each)
    for name in dict.fromkeys(server.name for server, *_ in groups if server.name is not None):
        known_model(name)
    for each in found:
        if each.doubt is not None:
            say(f"note: {each.place} is {each.doubt}; it is only shown, and serves no estimate; {each.again}")
    return [_curve_of_results(group, server, doubt) for (server, _, _, doubt), group in groups.items()]


def _server(found: Result, stated: ServerFacts) -> ServerFacts:
    """What is stated of a server, and of the rest what its file says."""
    count = found.server.accelerators
    if count and stated.accelerators and count != stated.accelerators:
        message = f"{found.place} was measured on {count} accelerators, and --count says {stated.accelerators}"
        raise LlmcostError(message, "leave --count out; files of several servers need a sheet each")
    server = stated.fill(found.server)
    if server.name is None:
        raise LlmcostError(f"{found.place} does not say which model was measured", "say which it is with --as")
    return server


def _curve_of_results(found: Sequence[Result], server: ServerFacts, doubt: str | None) -> MeasuredCurve:
    return MeasuredCurve(
        server=server,
        input_tokens=found[0].input_tokens,
        output_tokens=found[0].output_tokens,
        measured_on=max((each.day for each in found if each.day), default=None),
        note=_join([each.note for each in found]),
        doubt=doubt,
        points=tuple(_point(each) for each in sorted(found, key=lambda one: one.concurrency)),
    )


def _join(notes: Sequence[str | None]) -> str | None:
    """Each note once; None for none."""
    return "; ".join(dict.fromkeys(note for note in notes if note)) or None


def _point(seen: Level | Result) -> MeasuredPoint:
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
