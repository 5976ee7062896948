"""The normal curve in decimal arithmetic, so that the same digits come out on every machine."""

from __future__ import annotations

from decimal import Context, Decimal, localcontext
from functools import lru_cache

DIGITS = 40
_CONTEXT = Context(prec=DIGITS)
_TINY = Decimal(10) ** -(DIGITS - 5)
_FAR = Decimal(9)
_STEPS = 60
_PI = Decimal("3.1415926535897932384626433832795028841971693993751")


def below(z: Decimal) -> Decimal:
    """The part of a standard normal distribution below ``z``.

    The series is 1/2 + density × (z + z³/3 + z⁵/(3·5) + …), Abramowitz and Stegun 26.2.11; far out it is their
    continued fraction 26.2.14, which keeps the digits of a tail that is nearly nothing.
    """
    with localcontext(_CONTEXT):
        if z > _FAR:
            return 1 - below(-z)
        if z < -_FAR:
            ratio = -z
            for step in range(_STEPS, 0, -1):
                ratio = -z + step / ratio
            return density(z) / ratio
        term = total = z
        odd = 1
        while abs(term) > _TINY:
            odd += 2
            term = term * z * z / odd
            total += term
        return Decimal("0.5") + density(z) * total


def density(z: Decimal) -> Decimal:
    """The height of the standard normal curve at ``z``."""
    with localcontext(_CONTEXT):
        return (-z * z / 2).exp() / (2 * _PI).sqrt()


@lru_cache(maxsize=64)
def quantile(part: Decimal) -> Decimal:
    """The ``z`` that has ``part`` (above 0, below 1) of the distribution below it, by Newton's method."""
    with localcontext(_CONTEXT):
        if part < Decimal("0.5"):
            return -quantile(1 - part)
        z = Decimal(0)
        for _ in range(100):
            step = (part - below(z)) / density(z)
            z += step
            if abs(step) < _TINY * 100:
                break
        return +z
