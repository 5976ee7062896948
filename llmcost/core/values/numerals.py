"""Numbers as people write them, read strictly and exactly.

One grammar serves price sheets, workload files and command-line flags, so ``1M`` means the same in all of them.
"""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction

from llmcost.errors import NumberError

MAX_LENGTH = 40
MAX_EXPONENT = 12
SCALES = {"k": 10**3, "K": 10**3, "M": 10**6, "B": 10**9}

_PLAIN = re.compile(r"(?:0|[1-9][0-9]*(?:_[0-9]+)*)(?:\.[0-9]+)?(?:[eE]([+-]?[0-9]+))?", re.ASCII)
_HINTS = (
    (r"(?i:[+-]?\.?(?:nan|inf|infinity))", "write a finite number"),
    (r"-.*", "negative numbers make no sense here"),
    (r"\+.*", "leave out the plus sign"),
    (r"(?i:0[xob][0-9a-f_]*)", "write it in decimal"),
    (r"0[0-9_]+(?:\.[0-9]*)?", "leave out the leading zero"),
    (r"[0-9]+(?::[0-9]+)+(?:\.[0-9]*)?", "YAML 1.1 would read this in base 60; write a plain decimal number"),
    (r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]*)?", "leave out the commas, or write 1_000_000 or 1M"),
    (r"[0-9]+,[0-9]+", "use a decimal point, not a comma"),
    (r"[$€£¥].*|.*[$€£¥]", "leave out the currency symbol"),
    (r".*%", "a percentage is not allowed here"),
    (r"\.[0-9]+", "write a zero before the point"),
    (r"[0-9]+\.", "leave out the trailing point"),
    (r"(?i:[0-9.]+[mg])", "use k, M or B"),
    (r"(?i:[0-9.]+ ?[rq]p[smhd])", "write a rate as 5/s, 100/min or 1k/day"),
    (r"[0-9.]+[kKMB]?\.\.[0-9.]+[kKMB]?", "one number is needed; sizes that differ are written p50=3k,p95=60k"),
    (r"(?i:[0-9.]+ ?(?:s|sec|secs|seconds?))", "leave out the unit; this is a number of seconds"),
    (r"[0-9.]*[oOlI][0-9oOlI.]*", "a letter stands where a digit should be (O for 0, l for 1?)"),
)


def parse_decimal(text: str) -> Decimal:
    """Read a plain or exponent decimal such as ``0.50``, ``1_000`` or ``1e-6``; never negative.

    Raises NumberError, with a hint, for every other form.
    """
    return _decimal(text, text)


def parse_count(text: str) -> Fraction:
    """Read a count such as ``1M``, ``250k``, ``1_000_000`` or ``1e6``.

    Raises NumberError for every other form.
    """
    scale = SCALES.get(text[-1:], 1)
    if scale == 1 or not text[:-1]:
        return Fraction(_decimal(text, text))
    return Fraction(_decimal(text[:-1], text)) * scale


def _decimal(text: str, shown: str) -> Decimal:
    if len(text) > MAX_LENGTH:
        raise NumberError(f"a number of {len(text)} characters is too long", f"write at most {MAX_LENGTH} characters")
    match = _PLAIN.fullmatch(text)
    if not match:
        hint = next((hint for form, hint in _HINTS if re.fullmatch(form, text)), "write a number such as 0.50 or 1000")
        raise NumberError(f'"{shown}" is not a number llmcost takes', hint)
    value = Decimal(text.replace("_", "")) if abs(int(match.group(1) or 0)) <= MAX_EXPONENT else None
    if value is None or (value and abs(value.adjusted()) > MAX_EXPONENT):
        raise NumberError(f'"{shown}" is out of range', f"numbers lie between 1e-{MAX_EXPONENT} and 1e{MAX_EXPONENT}")
    return value


def parse_whole(text: str) -> int:
    """Read a whole count, with the same suffixes as ``parse_count``.

    Raises NumberError when it is not a whole number.
    """
    value = parse_count(text)
    if value.denominator != 1:
        raise NumberError(f'"{text}" is not a whole number', "write a whole number")
    return value.numerator


def parse_share(text: str) -> Fraction:
    """Read a percentage from ``0%`` to ``100%`` as a fraction of one.

    Raises NumberError for a missing sign or a share above 100%.
    """
    share = parse_percentage(text)
    if share > 1:
        raise NumberError(f'"{text}" is more than the whole', "a share lies between 0% and 100%")
    return share


def parse_percentage(text: str) -> Fraction:
    """Read a percentage of any size as a fraction of one. Raises NumberError for a missing sign."""
    if not text.endswith("%"):
        raise NumberError(f'"{text}" is not a percentage', "write it with a percent sign, such as 40%")
    if text.endswith("%%"):
        raise NumberError(f'"{text}" is not a percentage', "write one percent sign, such as 40%")
    return Fraction(_decimal(text[:-1].rstrip(), text)) / 100
