"""Sizes that differ from request to request: how many lie between two bounds, and their mean there.

Nothing is drawn at random: every part is computed, so the same workload gives the same bytes on every run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from math import ceil
from typing import NamedTuple

from llmcost.core.values.normal_curve import DIGITS, below, quantile

LAST_PART = Decimal("0.999")
"""Where no end is given, a curve ends here: the largest thousandth of the sizes is taken to be no larger."""
AS_GOOD_AS_INFINITE = Decimal(40)
"""Standard deviations beyond which less than 1e-349 of a normal curve lies, nothing at the 40 digits that are kept."""


class Piece(NamedTuple):
    """A part of the sizes: its ``share`` of all, their ``mean``, the bounds they lie in, and its segments."""

    share: Fraction
    mean: Fraction
    low: int
    high: int
    segments: tuple[Segment, ...] = ()


class Atom(NamedTuple):
    """Sizes that are all the same."""

    share: Fraction
    size: Fraction

    @property
    def bounds(self) -> tuple[Fraction, Fraction]:
        """The smallest and the largest size."""
        return self.size, self.size

    @property
    def mean(self) -> Fraction:
        """The mean size."""
        return self.size

    def cut(self, at: Fraction) -> tuple[Segment | None, Segment | None]:
        """What lies up to a bound, and what lies beyond it."""
        return (self, None) if self.size <= at else (None, self)


class UniformPiece(NamedTuple):
    """Sizes spread evenly from ``low`` to ``high``."""

    share: Fraction
    low: Fraction
    high: Fraction

    @property
    def bounds(self) -> tuple[Fraction, Fraction]:
        """The smallest and the largest size."""
        return self.low, self.high

    @property
    def mean(self) -> Fraction:
        """The mean size."""
        return (self.low + self.high) / 2

    def cut(self, at: Fraction) -> tuple[Segment | None, Segment | None]:
        """What lies up to a bound, and what lies beyond it."""
        if at <= self.low:
            return None, self
        if at >= self.high:
            return self, None
        part = self.share * (at - self.low) / (self.high - self.low)
        return UniformPiece(part, self.low, at), UniformPiece(self.share - part, at, self.high)


class LognormalPiece(NamedTuple):
    """Sizes on a piece of a lognormal curve: ln(size) = ``level`` + ``slope`` · z for normal z between two bounds.

    ``share`` is the part of all sizes, Φ(last) − Φ(first); the mean follows from the partial expectation of the
    lognormal distribution, exp(level + slope²/2) · (Φ(last − slope) − Φ(first − slope)).
    """

    share: Fraction
    level: Decimal
    slope: Decimal
    first: Decimal
    last: Decimal

    @property
    def bounds(self) -> tuple[Fraction, Fraction]:
        """The smallest and the largest size."""
        return self._size(self.first), self._size(self.last)

    @property
    def mean(self) -> Fraction:
        """The mean size."""
        if not self.share:
            return self._size(self.first)
        with localcontext(prec=DIGITS):
            height = (self.level + self.slope * self.slope / 2).exp()
            return Fraction(height * (below(self.last - self.slope) - below(self.first - self.slope))) / self.share

    def cut(self, at: Fraction) -> tuple[Segment | None, Segment | None]:
        """What lies up to a bound, and what lies beyond it."""
        low, high = self.bounds
        if at <= low:
            return None, self
        if at >= high:
            return self, None
        with localcontext(prec=DIGITS):
            z = ((Decimal(at.numerator) / Decimal(at.denominator)).ln() - self.level) / self.slope
            part = min(self.share, Fraction(below(z) - below(self.first)))
        return self._replace(share=part, last=z), self._replace(share=self.share - part, first=z)

    def _size(self, z: Decimal) -> Fraction:
        with localcontext(prec=DIGITS):
            return _size_of(self.level + self.slope * z)


Segment = Atom | UniformPiece | LognormalPiece


@dataclass(frozen=True, slots=True)
class Distribution:
    """Sizes as segments in ascending order whose shares sum to one.

    ``stated`` is the largest size that was said; what lies above it is how the curve goes on.
    ``text`` is how it is shown.
    """

    segments: tuple[Segment, ...]
    stated: Fraction
    text: str

    def __hash__(self) -> int:
        # a list may be long, and a quote asks again and again
        return hash((len(self.segments), self.stated, self.text))

    @property
    def bounds(self) -> tuple[int, int]:
        """The smallest and the largest size, as whole numbers around them."""
        low, high = self.segments[0].bounds[0], self.segments[-1].bounds[1]
        return int(low), ceil(high)

    @property
    def mean(self) -> Fraction:
        """The mean of all sizes."""
        return sum((segment.share * segment.mean for segment in self.segments), Fraction(0))

    def share_below(self, size: Fraction) -> Fraction:
        """The part of the sizes up to and including ``size``."""
        return sum((each.share for each in self.segments if each.bounds[1] <= size), Fraction(0)) + sum(
            (left.share for each in self.segments if each.bounds[1] > size and (left := each.cut(size)[0])),
            Fraction(0),
        )

    def mean_up_to(self, size: Fraction) -> Fraction:
        """The mean where everything larger than ``size`` counts as ``size``."""
        total = Fraction(0)
        for segment in self.segments:
            left, right = segment.cut(size)
            total += (left.share * left.mean if left else 0) + (right.share * size if right else 0)
        return total


@lru_cache(maxsize=1024)
def pieces(sizes: Distribution, firsts: tuple[int, ...], most: int | None) -> tuple[tuple[Piece, ...], Fraction]:
    """The sizes cut where a tier begins (``firsts``, ascending), and the part that had to be held at ``most``.

    Only sizes that nobody stated, those on the end of a curve, are held at ``most``; None leaves them as they are.
    """
    segments = list(sizes.segments)
    held = Fraction(0)
    if most is not None and most >= sizes.stated:
        kept: list[Segment] = []
        for segment in segments:
            left, right = segment.cut(Fraction(most))
            kept += [left] if left else []
            if right:
                beyond = right.bounds[1] > most
                held += right.share if beyond else 0
                kept.append(Atom(right.share, Fraction(most)) if beyond else right)
        segments = kept
    parts = []
    start = 0
    for first in firsts:
        cut = [segment.cut(Fraction(first - 1)) for segment in segments]
        parts.append(_piece([left for left, _ in cut if left and left.share], start, first - 1))
        segments = [right for _, right in cut if right and right.share]
        start = first
    parts.append(_piece(segments, start, most if held else None))
    return tuple(part for part in parts if part is not None), held


def _piece(segments: Sequence[Segment], start: int, end: int | None) -> Piece | None:
    if not segments:
        return None
    share = sum((segment.share for segment in segments), Fraction(0))
    total = sum((segment.share * segment.mean for segment in segments), Fraction(0))
    low = max(start, int(segments[0].bounds[0]))
    high = ceil(segments[-1].bounds[1])
    return Piece(
        share, total / share if share else Fraction(low), low, high if end is None else min(end, high), tuple(segments)
    )


def constant(size: Fraction, text: str) -> Distribution:
    """All sizes the same."""
    return Distribution((Atom(Fraction(1), size),), size, text)


def listed(sizes: Sequence[Fraction], text: str) -> Distribution:
    """Sizes as they were observed, each as frequent as the others."""
    ordered = sorted(sizes)
    each = Fraction(1, len(ordered))
    counts: dict[Fraction, int] = {}
    for size in ordered:
        counts[size] = counts.get(size, 0) + 1
    return Distribution(tuple(Atom(each * number, size) for size, number in counts.items()), ordered[-1], text)


def histogram(bins: Sequence[tuple[Fraction, Fraction, Fraction]], text: str) -> Distribution:
    """Bins of low, high and share, in ascending order; inside each the sizes are spread evenly."""
    segments: list[Segment] = [
        Atom(share, low) if low == high else UniformPiece(share, low, high) for low, high, share in bins if share
    ]
    return Distribution(tuple(segments), max(high for _, high, _ in bins), text)


def percentiles(
    known: Sequence[tuple[Fraction, Fraction]], text: str, least: Fraction | None = None, most: Fraction | None = None
) -> Distribution:
    """A curve through at least two percentiles, given as part and size, ascending; two make it a lognormal.

    Between two percentiles the logarithm of the size is linear in the normal quantile, and the outermost pieces go on
    as they came: below to nothing, above to the 99.9th percentile. ``least`` and ``most`` end the curve before that;
    what lies beyond an end counts as that end.
    """
    with localcontext(prec=DIGITS):
        knots = [(quantile(_decimal(part)), _decimal(size).ln()) for part, size in known]
        lines = []
        for (z0, y0), (z1, y1) in pairwise(knots):
            slope = (y1 - y0) / (z1 - z0)
            lines.append((y0 - slope * z0, slope, z0, z1))
        end = max(quantile(LAST_PART), knots[-1][0]) if most is None else AS_GOOD_AS_INFINITE
        far = -AS_GOOD_AS_INFINITE
        first, last = lines[0], lines[-1]
        lines[0] = (first[0], first[1], far, first[3])
        lines[-1] = (last[0], last[1], lines[-1][2], end)
    segments: list[Segment] = []
    for level, slope, z0, z1 in lines:
        with localcontext(prec=DIGITS):
            share = Fraction(below(z1) - below(z0))
        if slope:
            segments.append(LognormalPiece(share, level, slope, z0, z1))
        else:
            segments.append(Atom(share, _size_of(level)))
    if most is None:
        top = segments[-1].bounds[1]
        segments.append(Atom(1 - Fraction(below(end)), top))
    segments = _ended(segments, least, most)
    whole = sum((segment.share for segment in segments), Fraction(0))
    segments[-1] = segments[-1]._replace(share=segments[-1].share + 1 - whole)
    return Distribution(tuple(segments), most or known[-1][1], text)


def _ended(segments: list[Segment], least: Fraction | None, most: Fraction | None) -> list[Segment]:
    """The segments with what lies beyond an end counted as that end."""
    if least is not None:
        cut = [segment.cut(least) for segment in segments]
        below_it = sum((left.share for left, _ in cut if left), Fraction(0))
        segments = [Atom(below_it, least), *(right for _, right in cut if right)]
    if most is not None:
        cut = [segment.cut(most) for segment in segments]
        above_it = sum((right.share for _, right in cut if right), Fraction(0))
        segments = [*(left for left, _ in cut if left), Atom(above_it, most)]
    return segments


def _size_of(logarithm: Decimal) -> Fraction:
    """A size from its logarithm, with ten digits less than are computed: a stated size comes out as stated."""
    with localcontext(prec=DIGITS - 10):
        return Fraction(logarithm.exp())


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)
