"""Reading a measured curve between its points.

What is interpolated is the time a client waits for one token, concurrency / rate: a monotone cubic (Fritsch-Carlson,
as PCHIP) in concurrency. It leaves out points with less error than lines between logarithms, which lie 4 % low.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, log
from typing import NamedTuple

from llmcost.core.offers.self_hosting.measurements import Measurement

CLOSE = 1.03
"""Concurrencies nearer than this are one, and so is one just beyond the end of a curve."""


class SpeedCurve(NamedTuple):
    """A curve made ready: ascending concurrencies with seconds per token of one client, and the times behind them.

    The rate is concurrency / ``waits``, of one accelerator. ``ttft`` and ``tpot`` are None where they are not measured.
    """

    curve: Measurement
    concurrency: tuple[float, ...]
    waits: tuple[float, ...]
    ttft: tuple[float | None, ...]
    tpot: tuple[float | None, ...]

    def spans(self, concurrency: float) -> bool:
        """Whether the concurrency lies within what was measured."""
        return self.concurrency[0] / CLOSE <= concurrency <= self.concurrency[-1] * CLOSE

    def gap(self, concurrency: float) -> float:
        """How many times the next measured concurrency above is the next one below; 1 on a measured one."""
        if any(max(each, concurrency) / min(each, concurrency) <= CLOSE for each in self.concurrency):
            return 1.0
        above = next((each for each in self.concurrency if each > concurrency), self.concurrency[-1])
        below = next((each for each in reversed(self.concurrency) if each < concurrency), self.concurrency[0])
        return above / below

    def rate(self, concurrency: float) -> float:
        """Output tokens a second of one accelerator at a concurrency within the curve; at its end outside it."""
        held = self._held(concurrency)
        return held / _cubic(self.concurrency, self.waits, held)

    def seconds_to_first_token(self, concurrency: float) -> float | None:
        """Time to the first token within the curve; None where it was not measured."""
        known = [each for each in self.ttft if each is not None]
        if len(known) != len(self.ttft):
            return None
        return _cubic(self.concurrency, known, self._held(concurrency))

    def seconds_per_token(self, concurrency: float) -> float | None:
        """Time between tokens within the curve; None where it was not measured.

        It is read along a line against the wait, with which it grows in proportion until requests queue, so that it
        agrees with the rate.
        """
        known = [each for each in self.tpot if each is not None]
        if len(known) != len(self.tpot):
            return None
        held = self._held(concurrency)
        at = _segment(self.concurrency, held)
        if at + 1 == len(known):
            return known[at]
        first, last = self.waits[at], self.waits[at + 1]
        part = (_cubic(self.concurrency, self.waits, held) - first) / (last - first) if last != first else 0.0
        return known[at] + part * (known[at + 1] - known[at])

    def _held(self, concurrency: float) -> float:
        return min(max(concurrency, self.concurrency[0]), self.concurrency[-1])


def speed_curve_of(curve: Measurement) -> SpeedCurve | None:
    """A curve made ready, repeated concurrencies averaged in logarithms; None when it holds no rate."""
    points = [(point, rate) for point in curve.points if (rate := curve.rate(point)) is not None]
    if not points:
        return None
    groups: list[list[int]] = [[0]]
    for at in range(1, len(points)):
        near = points[at][0].concurrency / points[groups[-1][0]][0].concurrency < CLOSE
        groups[-1].append(at) if near else groups.append([at])
    concurrency = [_mean([points[at][0].concurrency for at in group]) for group in groups]
    rates = [_mean([points[at][1] for at in group]) for group in groups]
    return SpeedCurve(
        curve,
        tuple(concurrency),
        tuple(one / rate for one, rate in zip(concurrency, rates, strict=True)),
        tuple(_mean_known([points[at][0].ttft for at in group]) for group in groups),
        tuple(_mean_known([points[at][0].tpot for at in group]) for group in groups),
    )


def _mean(values: Sequence[float]) -> float:
    return values[0] if len(values) == 1 else exp(sum(log(value) for value in values) / len(values))


def _mean_known(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return _mean(known) if len(known) == len(values) else None


def _cubic(xs: Sequence[float], ys: Sequence[float], x: float) -> float:
    """The monotone cubic through points, at a place between them."""
    if len(xs) == 1:
        return ys[0]
    at = _segment(xs, x)
    width = xs[at + 1] - xs[at]
    part = (x - xs[at]) / width
    first, last = _slope(xs, ys, at), _slope(xs, ys, at + 1)
    return (
        (1 + 2 * part) * (1 - part) ** 2 * ys[at]
        + part * (1 - part) ** 2 * width * first
        + part * part * (3 - 2 * part) * ys[at + 1]
        + part * part * (part - 1) * width * last
    )


def _segment(xs: Sequence[float], x: float) -> int:
    """The number of the point that begins the span a place lies in; the last but one at the end."""
    return next((n for n in range(len(xs) - 1) if x <= xs[n + 1]), max(0, len(xs) - 2))


def _slope(xs: Sequence[float], ys: Sequence[float], at: int) -> float:
    """The slope at a point that keeps the cubic monotone: a weighted harmonic mean of the slopes beside it."""
    if len(xs) == 2:
        return (ys[1] - ys[0]) / (xs[1] - xs[0])
    if at in (0, len(xs) - 1):
        near, far = (0, 1) if at == 0 else (len(xs) - 2, len(xs) - 3)
        return _end_slope(xs[near + 1] - xs[near], xs[far + 1] - xs[far], _chord(xs, ys, near), _chord(xs, ys, far))
    before, after = _chord(xs, ys, at - 1), _chord(xs, ys, at)
    if before * after <= 0:
        return 0.0
    left, right = xs[at] - xs[at - 1], xs[at + 1] - xs[at]
    one, two = 2 * right + left, right + 2 * left
    return (one + two) / (one / before + two / after)


def _chord(xs: Sequence[float], ys: Sequence[float], at: int) -> float:
    return (ys[at + 1] - ys[at]) / (xs[at + 1] - xs[at])


def _end_slope(near: float, far: float, beside: float, beyond: float) -> float:
    slope = ((2 * near + far) * beside - near * beyond) / (near + far)
    if slope * beside <= 0:
        return 0.0
    if beside * beyond <= 0 and abs(slope) > 3 * abs(beside):
        return 3 * beside
    return slope
