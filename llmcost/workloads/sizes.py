"""Sizes and durations that differ, from what a workload says of them: percentiles, a histogram or a list."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from itertools import pairwise
from typing import Any

from llmcost.core.distribution import Distribution, constant, histogram, listed, percentiles
from llmcost.core.numerals import parse_decimal, parse_share
from llmcost.errors import LlmcostError, NumberError
from llmcost.fields import Fields

MOST_LISTED = 100_000
_PERCENTILE = re.compile(r"p([0-9]{1,2}(?:\.[0-9]{1,3})?|100)")
EXAMPLE = "{p50: 3k, p95: 60k}, {median: 3k, p95: 60k}, {0..1k: 40%, 1k..8k: 60%} or [1200, 3k]"

Parse = Callable[[str], Fraction]


def read_sizes(fields: Fields, key: str, parse: Parse) -> Distribution | None:
    """The sizes under a key; None when it is left out or when one number is written there.

    ``parse`` reads a size (a count, or a duration). Raises what the fields' fault makes.
    """
    value = fields.given.get(key)
    if isinstance(value, list):
        return _listed(fields, key, value, parse)
    if isinstance(value, Mapping):
        inner = Fields(value, fields._fault, f"{fields.path}{key}.")
        if not value:
            raise fields.fault(key, "no sizes are given here", f"write {EXAMPLE}")
        if any(".." in name for name in value):
            return _histogram(inner, parse)
        return _percentiles(fields, key, inner, parse)
    return None


def read_pause(fields: Fields, key: str, parse: Parse) -> Distribution | None:
    """As ``read_sizes``, but a single value is a distribution too."""
    if isinstance(fields.given.get(key), str):
        value = fields.read(key, parse)
        return constant(value, str(fields.given[key]))
    return read_sizes(fields, key, parse)


def _listed(fields: Fields, key: str, values: list[Any], parse: Parse) -> Distribution:
    if not values or len(values) > MOST_LISTED:
        message = "nothing is listed here" if not values else f"{len(values)} sizes are too many"
        raise fields.fault(key, message, f"list 1 to {MOST_LISTED} sizes")
    sizes = []
    for text in values:
        if not isinstance(text, str):
            raise fields.fault(key, "a list of sizes holds numbers only", "write it like [1200, 3k, 52k]")
        try:
            sizes.append(parse(text))
        except LlmcostError as error:
            raise fields.fault(key, error.message, error.remedy) from None
    shown = ", ".join(values[:4]) + (f" and {len(values) - 4} more" if len(values) > 4 else "")
    return listed(sizes, f"one of {shown}")


def _histogram(fields: Fields, parse: Parse) -> Distribution:
    bins = []
    reached: Fraction | None = None
    for name in fields:
        share = fields.share(name)
        first, dots, last = (part.strip() for part in name.partition(".."))
        try:
            low, high = parse(first), parse(last)
        except LlmcostError as error:
            hint = "write a bin as its two ends, such as 1k..8k: 40%" if not dots else error.remedy
            raise fields.fault(name, error.message, hint, at_key=True) from None
        if high < low or (reached is not None and low < reached):
            message = "the bin ends before it begins" if high < low else "the bin begins inside the one before"
            raise fields.fault(name, message, "write the bins in ascending order, such as 0..1k, 1k..8k", at_key=True)
        reached = high
        bins.append((low, high, share or Fraction(0)))
    total = sum((share for _, _, share in bins), Fraction(0))
    if total != 1:
        message = f"the shares of the bins come to {float(total * 100):g}%, not to 100%"
        raise fields.fault(next(iter(fields)), message, "change one of them", at_key=True)
    return histogram(bins, ", ".join(f"{fields.given[name]} {name}" for name in fields))


def _percentiles(outer: Fields, key: str, fields: Fields, parse: Parse) -> Distribution:
    known: list[tuple[Fraction, Fraction, str]] = []
    least = most = None
    for name in fields:
        value: Fraction = fields.read(name, parse)
        match = _PERCENTILE.fullmatch(name)
        part = Fraction(1, 2) if name == "median" else Fraction(match.group(1)) / 100 if match else None
        if name == "min" or part == 0:
            least = value
        elif name == "max" or part == 1:
            most = value
        elif part is None:
            hint = f"keys here: median, p50, p95 and the like, min, max; or write {EXAMPLE}"
            raise fields.fault(name, f'unknown key "{name}"', hint, at_key=True)
        elif not value:
            raise fields.fault(name, "a percentile of zero leaves the curve no place to start", "write at least 1")
        else:
            known.append((part, value, name))
    known.sort(key=lambda each: each[0])
    for (part, size, name), (after, above, other) in pairwise(known):
        if part == after:
            raise fields.fault(other, f"{name} and {other} are the same percentile", "keep one of them", at_key=True)
        if size > above:
            message = f"{other} is smaller than {name}: percentiles are out of order"
            raise fields.fault(other, message, "a higher percentile is never smaller")
    if len(known) < 2:
        raise outer.fault(key, "one percentile does not make a curve", f"give two or more, such as {EXAMPLE}")
    if most is not None and most < known[-1][1]:
        raise fields.fault("max" if "max" in fields else "p100", "the largest size lies below a percentile", "raise it")
    if least is not None and least > known[0][1]:
        raise fields.fault("min" if "min" in fields else "p0", "the smallest size lies above a percentile", "lower it")
    text = ", ".join(f"{name} {fields.given[name]}" for name in fields)
    return percentiles([(part, size) for part, size, _ in known], text, least, most)


def parse_growth(text: str) -> Fraction:
    """Read ``5% / month``, ``5%`` or ``-2% / month`` as a part of one. Raises NumberError for other forms."""
    number, slash, period = (part.strip() for part in text.partition("/"))
    if slash and period != "month":
        raise NumberError(f'"{period}" is not a period of growth', "write it like 5% / month")
    shrinks = number.startswith("-")
    if not number.endswith("%"):
        raise NumberError(f'"{text}" is not a growth', "write a percentage, such as 5% / month")
    if shrinks:
        return -parse_share(number[1:])
    return Fraction(parse_decimal(number[:-1].rstrip())) / 100
