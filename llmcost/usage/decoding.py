"""JSON decoded, as it is or in a shape: only the keys of a shape are kept, and held against their kinds."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import Annotated, Any, TypeVar

import msgspec

MOST_COUNT = 10**15
"""Tokens of one record; a larger count is not believed."""
LONGEST_NAME = 500
Count = Annotated[int, msgspec.Meta(ge=0, le=MOST_COUNT)] | None
"""A count in a shape; None where it is left out."""
Name = Annotated[str, msgspec.Meta(max_length=LONGEST_NAME)] | None
"""A text in a shape; None where it is left out."""
Shape = msgspec.Struct
"""What a shape is made of: fields with their kinds, and what they are where they are left out."""
Shaped = TypeVar("Shaped")


class NotJson(Exception):
    """Bytes that are no JSON."""


class Misfit(Exception):
    """Data of another kind than a shape has; the message says where and what is wanted, and never what it is."""


def decode(raw: bytes, shape: Any = Any) -> Any:
    """The data of a JSON text, in a shape where it has that, else as it is. Raises NotJson."""
    try:
        return _decoder(shape).decode(raw)
    except msgspec.ValidationError:
        return decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _as_others_read_it(raw)


def _as_others_read_it(raw: bytes) -> Any:
    """The data of a JSON text that has half a character, as one has that was cut. Raises NotJson."""
    import json

    if b"\\u" not in raw:
        raise NotJson
    try:
        return json.loads(raw, parse_float=Decimal, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise NotJson from None


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def fitted(data: Any, shape: type[Shaped]) -> Shaped:
    """Data in a shape. Raises Misfit."""
    if isinstance(data, shape):
        return data
    try:
        return msgspec.convert(data, shape, strict=False)
    except msgspec.ValidationError as error:
        wanted, _, path = str(error).partition(" - at `$.")
        raise Misfit(f"{path.rstrip('`')}: {wanted[0].lower()}{wanted[1:].replace('`', '')}") from None


@cache
def _decoder(shape: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(shape, float_hook=Decimal)
