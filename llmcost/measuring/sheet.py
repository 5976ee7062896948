"""Measured speed as a sheet of `kind: measurements`, ready to be given to --prices."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9._/-]*")
DIGITS = 6
LONGEST_TEXT = 1000
"""Characters of a text that a sheet takes."""


class MeasuredPoint(NamedTuple):
    """One concurrency: seconds to the first token and between tokens, and tokens a second of the whole replica.

    A time is None where it was not measured.
    """

    concurrency: float
    ttft: float | None
    tpot: float | None
    tokens_per_second: float


class ServerFacts(NamedTuple):
    """What is known of a server: its model, what it runs on and how; None where nobody says it."""

    name: str | None = None
    accelerator: str | None = None
    accelerators: int | None = None
    precision: str | None = None
    engine: str | None = None
    engine_version: str | None = None
    tensor_parallel: int | None = None
    speculative: str | None = None

    def fill(self, other: ServerFacts) -> ServerFacts:
        """These facts, and what only the other has."""
        return self._replace(**{key: value for key, value in other._asdict().items() if self._asdict()[key] is None})


class MeasuredCurve(NamedTuple):
    """What a curve says of itself; None for what nobody said. With a ``doubt`` it is only shown.

    The server has a name, its model's. Where nobody says how many accelerators it uses, it is one.
    """

    server: ServerFacts
    input_tokens: float
    output_tokens: float
    measured_on: str | None
    note: str | None
    doubt: str | None
    points: tuple[MeasuredPoint, ...]


def measurements_sheet(curves: Sequence[MeasuredCurve]) -> str:
    """The sheet as YAML."""
    lines = [
        "# Points: concurrency, ms to the first token, ms for each further one, tokens a second of one accelerator.",
        "kind: measurements",
        "curves:",
    ]
    for curve in curves:
        lines += _curve(curve)
    return "\n".join(lines) + "\n"


def _curve(curve: MeasuredCurve) -> list[str]:
    server = curve.server
    accelerators = server.accelerators or 1
    facts = {
        "model": server.name,
        "accelerator": server.accelerator,
        "accelerators": str(accelerators),
        "precision": server.precision,
        "engine": server.engine,
        "engine_version": server.engine_version,
        "tensor_parallel": None if server.tensor_parallel is None else str(server.tensor_parallel),
        "speculative": server.speculative,
        "input_tokens": _number(curve.input_tokens),
        "output_tokens": _number(curve.output_tokens),
        "measured_on": curve.measured_on,
        "note": curve.note,
        "doubt": curve.doubt,
    }
    known = [f"{key}: {_scalar(value)}" for key, value in facts.items() if value is not None]
    lines = [f"  {'- ' if number == 0 else '  '}{text}" for number, text in enumerate(known)]
    lines.append("    points:")
    lines += [f"      - {_point(point, accelerators)}" for point in curve.points]
    return lines


def _point(point: MeasuredPoint, accelerators: int) -> str:
    times = ["-" if each is None else _number(each * 1000) for each in (point.ttft, point.tpot)]
    return " ".join([_number(point.concurrency), *times, _number(point.tokens_per_second / accelerators)])


def _number(value: float) -> str:
    """A figure of six significant digits in plain decimal notation."""
    return format(Decimal(f"{value:.{DIGITS}g}"), "f")


def _scalar(text: str) -> str:
    """A text as YAML has it, without what a sheet may not hold: other tools and servers wrote some of it."""
    if PLAIN.fullmatch(text) or re.fullmatch(r"[0-9.]+|[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return text
    return json.dumps("".join(each if each.isprintable() else "?" for each in text[:LONGEST_TEXT]))
