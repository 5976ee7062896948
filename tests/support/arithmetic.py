"""Sums as they are written in tests, evaluated exactly."""

from __future__ import annotations

from fractions import Fraction

SCALES = {"1K": 1000, "1M": 1_000_000}


def evaluate(text: str) -> Fraction:
    """The value of a sum such as ``150000 x 10 / 1M + 2 x 10 / 1K``; terms are products and quotients, read in order."""
    return sum((_term(term) for term in text.split(" + ")), Fraction(0))


def _term(text: str) -> Fraction:
    first, *rest = text.split()
    value = Fraction(first.replace(",", ""))
    for sign, number in zip(rest[::2], rest[1::2], strict=True):
        factor = Fraction(SCALES.get(number) or number.replace(",", ""))
        value = value * factor if sign == "x" else value / factor
    return value
