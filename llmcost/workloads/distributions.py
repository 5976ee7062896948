"""Sizes and durations that differ, from what a workload says of them: percentiles, a histogram or a list."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any, NamedTuple

from llmcost.core.values.dates import parse_duration
from llmcost.core.values.distribution import Distribution, constant, histogram, listed, percentiles
from llmcost.core.values.normal_curve import quantile
from llmcost.core.values.numerals import MAX_EXPONENT, parse_decimal
from llmcost.errors import LlmcostError, NumberError
from llmcost.files.fields import Fields

MOST_LISTED = 10_000
MOST_BINS = 1_000
MOST_SHOWN = 4
MOST_PERCENTILES = 100
STEEPEST = 1_000
"""The largest rise of ln(size) for one standard deviation between two percentiles; a curve beyond is no curve."""
MOST_SIZE = 10**MAX_EXPONENT
_PERCENTILE = re.compile(r"p([0-9]{1,2}(?:\.[0-9]{1,3})?|100)", re.ASCII)
_DASHED = re.compile(r"[0-9.]+[a-zA-Z]*\s*[-–]\s*[0-9].*")

Parse = Callable[[str], Fraction]

_NAMED = {"min": Fraction(0), "median": Fraction(1, 2), "max": Fraction(1)}


class _Example(NamedTuple):
    """How a kind of value is written in each of the forms."""

    curve: str
    bins: str
    items: str
    least: str

    def __str__(self) -> str:
        return f"{self.curve}, {self.bins} or {self.items}"


_TOKENS = _Example("{p50: 3k, p95: 60k}", "{0..1k: 40%, 1k..8k: 60%}", "[1200, 3k, 52k]", "1")
_DURATIONS = _Example("{p50: 20s, p95: 4m}", "{1s..30s: 40%, 30s..5m: 60%}", "[10s, 20s, 4m]", "1ms")


class _Percentile(NamedTuple):
    """A percentile as a part of one, its size, and how it was called."""

    part: Fraction
    size: Fraction
    name: str


def read_sizes(fields: Fields, key: str, parse: Parse) -> Distribution | None:
    """The sizes under a key; None when it is left out or when one number is written there.

    ``parse`` reads a size (a count, or a duration). Raises what the fields' fault makes.
    """
    value = fields.given.get(key)
    if isinstance(value, list):
        return _listed(fields, key, value, parse)
    if isinstance(value, Mapping):
        inner = fields.inner(key, value)
        if not value:
            raise fields.fault(key, "nothing is given here", f"write {_example(parse)}")
        if any(".." in name for name in value):
            return _histogram(fields, key, inner, parse)
        return _percentiles(fields, key, inner, parse)
    return None


def read_pause(fields: Fields, key: str, parse: Parse) -> Distribution | None:
    """As ``read_sizes``, but a single value is a distribution too."""
    if isinstance(fields.given.get(key), (Mapping, list)):
        return read_sizes(fields, key, parse)
    value = fields.read(key, parse)
    return None if value is None else constant(value, str(fields.given[key]))


def _example(parse: Parse) -> _Example:
    return _DURATIONS if parse is parse_duration else _TOKENS


def _listed(fields: Fields, key: str, values: list[Any], parse: Parse) -> Distribution:
    if not values or len(values) > MOST_LISTED:
        message = "nothing is listed here" if not values else f"{len(values)} values are too many"
        raise fields.fault(
            key, message, f"list 1 to {MOST_LISTED:,} values, such as {_example(parse).items}, or write a histogram"
        )
    sizes = []
    for number, text in enumerate(values):
        if not isinstance(text, str):
            raise fields.fault(
                f"{key}.{number}", "a list holds single values", f"write it like {_example(parse).items}"
            )
        try:
            sizes.append(parse(text))
        except LlmcostError as error:
            raise fields.fault(f"{key}.{number}", error.message, error.remedy) from None
    more = f" and {len(values) - MOST_SHOWN} more" if len(values) > MOST_SHOWN else ""
    shown = ", ".join(values[:MOST_SHOWN]) + more
    return listed(sizes, f"one of {shown}")


def _histogram(outer: Fields, key: str, fields: Fields, parse: Parse) -> Distribution:
    example = f"write the bins like {_example(parse).bins}"
    if len(fields.given) > MOST_BINS:
        raise outer.fault(key, f"{len(fields.given)} bins are too many", f"write at most {MOST_BINS}")
    bins = []
    before: tuple[Fraction, str] | None = None
    for name in fields:
        first, dots, last = (part.strip() for part in name.partition(".."))
        if not (first and dots and last):
            raise fields.fault(name, f'"{name}" is not a bin with two ends', example, at_key=True)
        try:
            low, high = parse(first), parse(last)
        except LlmcostError as error:
            raise fields.fault(name, error.message, error.remedy, at_key=True) from None
        if high < low:
            raise fields.fault(name, "the bin ends before it begins", f"write it as {last}..{first}", at_key=True)
        if before is not None and low < before[0]:
            message = f"the bin begins before {before[1]} has ended"
            raise fields.fault(name, message, "bins ascend and do not overlap; " + example, at_key=True)
        before = high, name
        bins.append((low, high, fields.share(name) or Fraction(0)))
    total = sum((share for _, _, share in bins), Fraction(0))
    if total != 1:
        message = f"the shares of the bins come to {float(total * 100):.15g}%, not to 100%"
        raise outer.fault(key, message, "change one of them", at_key=True)
    names = list(fields)
    shown = ", ".join(f"{fields.given[name]} {name}" for name in names[:MOST_SHOWN])
    return histogram(bins, shown + (f" and {len(names) - MOST_SHOWN} more bins" if len(names) > MOST_SHOWN else ""))


def _percentiles(outer: Fields, key: str, fields: Fields, parse: Parse) -> Distribution:
    example = _example(parse)
    known = _known(outer, key, fields, parse)
    least = most = None
    if known[0].part == 0:
        (_, least, name), after = known.pop(0), known[0] if known else None
        if after is not None and least > after.size:
            raise fields.fault(name, f"{name} is larger than {after.name}", f"write {fields.given[after.name]} or less")
    if known and known[-1].part == 1:
        (_, most, name), before = known.pop(), known[-1] if known else None
        if before is not None and most < before.size:
            message = f"{name} is smaller than {before.name}"
            raise fields.fault(name, message, f"write {fields.given[before.name]} or more")
    if len(known) < 2:
        message = "one percentile does not make a curve" if known else "no percentile is given here"
        raise outer.fault(key, message, f"give two or more, such as {example.curve}")
    for one, other in pairwise(known):
        if one.size > other.size:
            message = f"{other.name} is smaller than {one.name}: percentiles are out of order"
            raise fields.fault(other.name, message, f"write {fields.given[one.name]} or more, or lower {one.name}")
        if _ln(other.size) - _ln(one.size) > STEEPEST * (_quantile(other.part) - _quantile(one.part)):
            message = f"{one.name} and {other.name} lie too close together for sizes so far apart"
            raise fields.fault(other.name, message, "leave one of them out", at_key=True)
    text = ", ".join(f"{name} {fields.given[name]}" for name in fields)
    curve = percentiles([(each.part, each.size) for each in known], text, least, most)
    if curve.bounds[1] > MOST_SIZE:
        message = f"a curve that goes on like this passes {MOST_SIZE:,} before its 99.9th percentile"
        raise outer.fault(key, message, "add the largest there is as `max`, or check the last two percentiles")
    return curve


def _known(outer: Fields, key: str, fields: Fields, parse: Parse) -> list[_Percentile]:
    """What is said of the sizes, in ascending order of percentiles; the smallest is at 0, the largest at 1."""
    example = _example(parse)
    if len(fields.given) > MOST_PERCENTILES:
        raise outer.fault(key, f"{len(fields.given)} percentiles are too many", f"write at most {MOST_PERCENTILES}")
    known = []
    for name in fields:
        match = _PERCENTILE.fullmatch(name)
        part = _NAMED[name] if name in _NAMED else Fraction(match.group(1)) / 100 if match else None
        if part is None:
            hint = f"keys here: median, p50, p95 and the like, min, max; or write {example}"
            hint = f"write a bin with two dots, such as {example.bins}" if _DASHED.fullmatch(name) else hint
            raise fields.fault(name, f'unknown key "{name}"', hint, at_key=True)
        size: Fraction = fields.read(name, parse)
        if not size and part:
            hint = f"write {example.least} or more, or a histogram such as {example.bins}"
            raise fields.fault(name, "a curve through zero has no place to start", hint)
        known.append(_Percentile(part, size, name))
    known.sort(key=lambda each: each.part)
    for one, other in pairwise(known):
        if one.part == other.part:
            message = f"{one.name} and {other.name} are the same"
            raise fields.fault(other.name, message, "keep one of them", at_key=True)
    return known


def _quantile(part: Fraction) -> Decimal:
    return quantile(Decimal(part.numerator) / Decimal(part.denominator))


def _ln(size: Fraction) -> Decimal:
    return (Decimal(size.numerator) / Decimal(size.denominator)).ln()


def parse_growth(text: str) -> Fraction:
    """Read ``5% / month``, ``5%`` or ``-2% / month`` as a part of one. Raises NumberError for other forms."""
    number, slash, period = (part.strip() for part in text.partition("/"))
    if slash and period != "month":
        raise NumberError(f'"{period}" is not a period of growth', "write it like 5% / month")
    if not number.endswith("%"):
        raise NumberError(f'"{text}" is not a growth', "write a percentage, such as 5% / month")
    if number.startswith("-"):
        shrinks = Fraction(parse_decimal(number[1:-1].rstrip())) / 100
        if shrinks > 1:
            raise NumberError(f"a month cannot lose {number[1:]} of its requests", "write -100% or more, such as -2%")
        return -shrinks
    return Fraction(parse_decimal(number[:-1].rstrip())) / 100
