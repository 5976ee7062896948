"""JSON decoded, as it is or in a shape: only the keys of a shape are kept, and held against their kinds.

And values packed for another process.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
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
Label = str | None
"""A text of any length in a shape; None where it is left out."""
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
        return quick_decode(shape)(raw)
    except msgspec.ValidationError:
        return decode(raw)
    except HARD:
        return _as_others_read_it(raw)


def _as_others_read_it(raw: bytes) -> Any:
    """The data of a JSON text that has half a character, as one has that was cut. Raises NotJson."""
    import json

    if b"\\u" not in raw:
        raise NotJson
    try:
        return json.loads(raw, parse_float=_number, parse_constant=_refuse)
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


def packed(value: Any) -> bytes:
    """A value made of named tuples, lists, texts, counts, amounts and moments, for ``unpacked``."""
    return msgspec.msgpack.encode(value)


def unpacked(raw: bytes, shape: type[Shaped]) -> Shaped:
    """The value again, of the same type and equal."""
    wanted: Any = shape
    value: Shaped = _unpacker(wanted).decode(raw)
    return value


@cache
def _unpacker(shape: Any) -> msgspec.msgpack.Decoder[Any]:
    return msgspec.msgpack.Decoder(shape)


HARD = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What ``quick_decode`` raises for a text that has another shape, or may be no JSON."""


@cache
def quick_decode(shape: Any) -> Callable[[bytes], Any]:
    """As ``decode`` for one text after the other, and raises HARD for any that ``decode`` has to take on."""
    return msgspec.json.Decoder(shape, float_hook=_number).decode


def _number(text: str) -> Decimal:
    """A number with a part or an exponent; one beyond all bounds is infinite, which nothing takes."""
    try:
        return Decimal(text)
    except InvalidOperation:
        return Decimal("Infinity")
