"""The careful reader of JSON that others wrote: regular files of bounded size, and numbers within bounds.

Numbers with a point or an exponent are read exactly, as Decimal. NaN and infinity, which some tools write, are read as
such and refused where a number is taken.
"""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from llmcost.errors import LlmcostError
from llmcost.files.raw import read_bytes

LONGEST_NUMBER = 40
"""Characters of a number; a longer one makes the whole text refused."""
LEAST, MOST = Decimal("1e-6"), 10**12
"""Bounds of what is taken as a number, beside zero."""


def read_json(path: Path, shown: str, most_bytes: int, remedy: str) -> Any:
    """The data of a file, which messages call ``shown``; ``remedy`` says how to come by a right one.

    Raises LlmcostError when it cannot be read, is no regular file, is too large or is not JSON.
    """
    try:
        raw = read_bytes(path, most_bytes)
    except OSError as error:
        raise LlmcostError(f"cannot read {shown}: {error.strerror or error}", f"check the path, or {remedy}") from None
    if len(raw) > most_bytes:
        raise LlmcostError(f"cannot read {shown}: it is larger than {most_bytes // 10**6} MB", remedy)
    try:
        return parse_json(raw.decode("utf-8-sig"))
    except ValueError as error:
        raise LlmcostError(f"{shown} is not JSON: {error}", remedy) from None


def parse_json(text: str) -> Any:
    """The data of a JSON text. Raises ValueError, also for endless numbers and deep nesting."""
    try:
        return _DECODER.decode(text)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def _whole(text: str) -> int:
    return int(_bounded(text))


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(_bounded(text))
    except InvalidOperation:
        raise ValueError(f"the number {text} is out of range") from None


def _bounded(text: str) -> str:
    if len(text) > LONGEST_NUMBER:
        raise ValueError(f"a number of {len(text)} characters is too long")
    return text


def count_of(value: Any) -> int | None:
    """A whole number from zero to MOST; None for anything else, true and false included."""
    return value if type(value) is int and 0 <= value <= MOST else None


def number_of(value: Any) -> Decimal | None:
    """Zero, or a number from LEAST to MOST, exactly; None for anything else, NaN and infinity included."""
    if type(value) not in (int, Decimal):
        return None
    number = Decimal(value)
    return number if number.is_finite() and (not number or LEAST <= number <= MOST) else None


_DECODER = json.JSONDecoder(parse_int=_whole, parse_float=_decimal)
"""Made once: a stream of tokens is a thousand texts a second."""
