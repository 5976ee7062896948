"""Sizes that differ: the normal curve, curves through percentiles, and cutting sizes where tiers begin."""

from __future__ import annotations

import random
from bisect import bisect_right
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from math import exp, fsum, inf, isclose, log, pi, sqrt
from statistics import NormalDist, fmean
from typing import NamedTuple

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from support.examples import examples

from llmcost.core.values import distribution
from llmcost.core.values.distribution import Distribution, constant, histogram, listed, percentiles
from llmcost.core.values.normal_curve import below, density, quantile

NORMAL = NormalDist()
Z95 = 1.6448536269514722
Z99 = 2.3263478740408408
Z999 = 3.090232306167813


class Piece(NamedTuple):
    """A piece without the segments it is made of."""

    share: Fraction
    mean: Fraction
    low: int
    high: int


def pieces(sizes: Distribution, firsts: tuple[int, ...], most: int | None) -> tuple[tuple[Piece, ...], Fraction]:
    """The pieces of sizes, and what was held."""
    found, held = distribution.pieces(sizes, firsts, most)
    for piece in found:
        assert sum(segment.share for segment in piece.segments) == piece.share
    return tuple(Piece(piece.share, piece.mean, piece.low, piece.high) for piece in found), held


def curve(least: int | None = None, most: int | None = None, **known: int) -> Distribution:
    """Percentiles such as ``p50=3000`` or ``p99_9=250_000``."""
    parts = [(Fraction(name[1:].replace("_", ".")) / 100, Fraction(size)) for name, size in known.items()]
    ends = (None if end is None else Fraction(end) for end in (least, most))
    return percentiles(parts, "", *ends)


def near(value: Fraction, expected: float, relative: float = 1e-12) -> bool:
    return isclose(float(value), expected, rel_tol=relative)


class TestNormalCurve:
    def test_parts_are_those_of_the_standard_library(self) -> None:
        """The part below z agrees with statistics.NormalDist to 1e-12, from eight deviations below to eight above."""
        for z in (each / 16 for each in range(-16 * 8, 16 * 8 + 1)):
            assert abs(float(below(Decimal(z))) - NORMAL.cdf(z)) < 1e-12, z

    @pytest.mark.parametrize(
        ("z", "digits"),
        [
            ("0", "0.5"),
            ("1", "0.84134474606854294858523254563204"),
            ("1.9599639845400542355245944305", "0.975"),
            ("-1.9599639845400542355245944305", "0.025"),
        ],
    )
    def test_known_digits_come_out(self, z: str, digits: str) -> None:
        """Published values of the normal curve come out to 25 digits, far beyond what floats hold."""
        assert abs(below(Decimal(z)) - Decimal(digits)) < Decimal("1e-25")

    def test_both_sides_mirror_each_other(self) -> None:
        """What lies below −z and what lies below z is everything, to 30 digits."""
        for z in ("0.1", "0.5", "1.7", "3.09", "5", "8.9"):
            assert abs(below(Decimal(z)) + below(-Decimal(z)) - 1) < Decimal("1e-30")

    def test_far_out_there_is_nothing_more(self) -> None:
        """At forty deviations nothing is left, to any digit that is kept; at nine it is less than 1e-18."""
        assert abs(below(Decimal(40)) - 1) < Decimal("1e-35")
        assert 0 <= below(Decimal(-40)) < Decimal("1e-35")
        assert 0 < below(Decimal(-9)) < Decimal("1e-18")

    def test_height_is_the_slope_of_the_parts(self) -> None:
        """The density is how fast the part below grows: the difference over a small step, at several places."""
        step = Decimal("1e-8")
        for z in map(Decimal, ("-2", "0", "0.7", "3")):
            slope = (below(z + step) - below(z - step)) / (2 * step)
            assert abs(slope - density(z)) < Decimal("1e-14")

    @pytest.mark.parametrize(("part", "z"), [("0.95", Z95), ("0.99", Z99), ("0.999", Z999), ("0.05", -Z95), ("0.5", 0)])
    def test_quantiles_are_the_published_ones(self, part: str, z: float) -> None:
        """The quantiles every table of the normal curve prints."""
        assert abs(float(quantile(Decimal(part))) - z) < 1e-15 * 4

    @pytest.mark.parametrize("part", [0.0001, 0.001, 0.01, 0.1, 0.25, 0.4999, 0.5001, 0.75, 0.9, 0.98, 0.9999, 0.99999])
    def test_quantiles_are_those_of_the_standard_library(self, part: float) -> None:
        """Quantiles agree with statistics.NormalDist to 1e-12, and lead back to their part to 30 digits."""
        z = quantile(Decimal(part))
        assert abs(float(z) - NORMAL.inv_cdf(part)) < 1e-12
        assert abs(below(z) - Decimal(part)) < Decimal("1e-30")


class TestLognormal:
    """Two percentiles make a lognormal curve; the expected figures are its closed forms in floats."""

    SIZES = {"p50": 3000, "p95": 60_000}  # noqa: RUF012
    MU = log(3000)
    SIGMA = log(20) / Z95
    TOP = 3000 * exp(SIGMA * Z999)  # the 99.9th percentile
    WHOLE = 3000 * exp(SIGMA**2 / 2)  # the mean of the untouched curve

    def z(self, size: float) -> float:
        return (log(size) - self.MU) / self.SIGMA

    def part_of_mean(self, low: float, high: float) -> float:
        """How much sizes between two bounds add to the mean."""
        return self.WHOLE * (NORMAL.cdf(self.z(high) - self.SIGMA) - NORMAL.cdf(self.z(low) - self.SIGMA))

    def test_mean_ends_at_the_largest_thousandth(self) -> None:
        """Up to p99.9 it is the lognormal's partial mean; the largest thousandth counts as p99.9 itself."""
        expected = self.part_of_mean(1e-300, self.TOP) + 0.001 * self.TOP

        assert near(curve(**self.SIZES).mean, expected)
        assert expected < self.WHOLE * 0.97  # what is left out is not a rounding error

    def test_narrow_curve_has_the_textbook_mean(self) -> None:
        """Where the tail is thin, the mean is exp(mu + sigma²/2) within a ten-thousandth."""
        sigma = log(1.2) / Z95
        assert near(curve(p50=10_000, p95=12_000).mean, 10_000 * exp(sigma**2 / 2), 1e-4)

    def test_larger_sizes_count_as_the_largest(self) -> None:
        """`max` lets the curve go on to it, and what lies beyond counts as it."""
        for most in (60_000, 200_000, 5_000_000):
            expected = self.part_of_mean(1e-300, most) + most * (1 - NORMAL.cdf(self.z(most)))
            sizes = curve(**self.SIZES, most=most)

            assert near(sizes.mean, expected)
            assert sizes.bounds[1] == most

    def test_smaller_sizes_count_as_the_smallest(self) -> None:
        """`min` keeps the part that lies below it, at its own size."""
        sizes = curve(**self.SIZES, least=1000)
        small = NORMAL.cdf(self.z(1000))

        assert near(sizes.mean, 1000 * small + self.part_of_mean(1000, self.TOP) + 0.001 * self.TOP)
        assert near(sizes.share_below(Fraction(1000)), small)
        assert sizes.share_below(Fraction(999)) == 0
        assert sizes.bounds[0] == 1000

    def test_both_ends_at_once(self) -> None:
        """With `min` and `max`, both tails count as the ends."""
        small, large = NORMAL.cdf(self.z(1000)), 1 - NORMAL.cdf(self.z(100_000))
        expected = 1000 * small + self.part_of_mean(1000, 100_000) + 100_000 * large

        sizes = curve(**self.SIZES, least=1000, most=100_000)
        assert near(sizes.mean, expected)
        assert sizes.bounds == (1000, 100_000)

    @pytest.mark.parametrize("size", [1, 500, 3000, 8191, 32_000, 60_000, 256_000, 800_000])
    def test_share_below_a_size(self, size: int) -> None:
        """As many sizes lie below one as the lognormal curve says."""
        assert near(curve(**self.SIZES).share_below(Fraction(size)), NORMAL.cdf(self.z(size)), 1e-11)

    def test_everything_lies_below_the_end(self) -> None:
        """Up to the 99.9th percentile lie 99.9 % less the jump there; beyond it, everything."""
        sizes = curve(**self.SIZES)
        assert near(sizes.share_below(Fraction(self.TOP * 0.999999)), 0.999, 1e-6)
        assert sizes.share_below(Fraction(self.TOP * 1.000001)) == 1

    @pytest.mark.parametrize("size", [100, 3000, 60_000, 256_000])
    def test_mean_up_to_a_size(self, size: int) -> None:
        """Where larger sizes count as one, the mean is the partial mean and that size for the rest."""
        expected = self.part_of_mean(1e-300, size) + size * (1 - NORMAL.cdf(self.z(size)))
        assert near(curve(**self.SIZES).mean_up_to(Fraction(size)), expected, 1e-11)

    def test_mean_up_to_the_end_is_the_mean(self) -> None:
        """A bound above everything leaves the mean as it is."""
        sizes = curve(**self.SIZES)
        assert sizes.mean_up_to(Fraction(10**7)) == sizes.mean


class TestPercentiles:
    HEAVY = {"p50": 3000, "p95": 60_000, "p99": 250_000}  # noqa: RUF012

    def test_the_curve_goes_through_what_was_stated(self) -> None:
        """Half lies below p50, 95 % below p95 and 99 % below p99."""
        sizes = curve(**self.HEAVY)
        for size, share in ((3000, 0.5), (60_000, 0.95), (250_000, 0.99)):
            assert near(sizes.share_below(Fraction(size)), share, 1e-15)

    def test_between_percentiles_sizes_grow_evenly_in_their_logarithm(self) -> None:
        """Halfway in z between p95 and p99 the size is the geometric mean of the two, √(60k × 250k)."""
        share = curve(**self.HEAVY).share_below(Fraction(sqrt(60_000 * 250_000)))
        assert near(share, NORMAL.cdf((Z95 + Z99) / 2), 1e-10)

    def test_mean_is_the_sum_over_the_parts(self) -> None:
        """Each stretch adds its own lognormal's partial mean; the largest thousandth counts as p99.9."""
        total = 0.0
        z = (-inf, 0.0, Z95, Z99, Z999)
        knots = ((0.0, log(3000)), (Z95, log(60_000)), (Z99, log(250_000)))
        for first, last, line in zip(z, z[1:], (0, 0, 1, 1), strict=False):
            (z0, y0), (z1, y1) = knots[line], knots[line + 1]
            slope = (y1 - y0) / (z1 - z0)
            height = exp(y0 - slope * z0 + slope**2 / 2)
            total += height * (NORMAL.cdf(last - slope) - NORMAL.cdf(first - slope))
            top = exp(y0 + slope * (last - z0))
        assert near(curve(**self.HEAVY).mean, total + 0.001 * top, 1e-11)

    def test_a_higher_percentile_than_the_end_is_the_end(self) -> None:
        """Where p99.99 is stated, the curve ends there and not at p99.9; one in ten thousand counts as it."""
        sizes = curve(p50=3000, p99_99=500_000)

        assert near(sizes.share_below(Fraction(499_999)), 0.9999, 1e-7)
        assert sizes.share_below(Fraction(500_001)) == 1

    @pytest.mark.parametrize("top", [60_000, 250_000, 999_999])
    def test_the_stated_end_is_the_largest_size(self, top: int) -> None:
        """A curve that ends at a stated percentile holds no size above it, not even by a rounding error."""
        assert curve(p50=3000, p99_9=top).bounds[1] == top

    def test_equal_percentiles_are_sizes_all_the_same(self) -> None:
        """Between two equal percentiles nothing varies: 256,000 tokens are 256,000 tokens, below a tier at 256,001."""
        sizes = curve(p50=256_000, p95=256_000)

        assert sizes.mean == 256_000
        assert pieces(sizes, (256_001,), None)[0] == ((1, 256_000, 256_000, 256_000),)

    def test_a_step_inside_a_curve_lies_at_its_size(self) -> None:
        """From p50 to p90 all sizes are 4,000: 90 % lie up to it, and less than 0.1 % below it."""
        sizes = curve(p50=4000, p90=4000, p99=9000)

        assert near(sizes.share_below(Fraction(4000)), 0.9)
        assert sizes.share_below(Fraction(3999)) == 0

    def test_a_stated_end_at_the_edge_of_a_tier_stays_below_it(self) -> None:
        """With p99.9 at 256,000 no request reaches a tier that begins at 256,001."""
        assert len(pieces(curve(p50=3000, p99_9=256_000), (256_001,), None)[0]) == 1

    def test_other_settings_of_decimals_change_nothing(self) -> None:
        """A program that computes its own decimals to five digits gets the same curve and the same pieces."""
        expected = pieces(curve(p50=3000, p95=61_000), (32_001,), None)
        with localcontext(prec=5):
            assert pieces(curve(p50=3000, p95=61_000), (32_001,), None) == expected
            distribution.pieces.cache_clear()
            assert pieces(curve(p50=3000, p95=61_000), (32_001,), None) == expected


def summed_up(known: dict[float, int], top: float = inf, low: float = 0, high: float = inf) -> tuple[float, float]:
    """The share of the sizes above ``low`` and up to ``high``, and their sum, by 200,000 slices in z."""
    knots = [(NORMAL.inv_cdf(part), log(size)) for part, size in known.items()]
    lines = [((y1 - y0) / (z1 - z0), z0, y0, z1) for (z0, y0), (z1, y1) in pairwise(knots)]
    shares, sizes = [], []
    slices, width = 200_000, 20 / 200_000
    for number in range(slices):
        z = -10 + (number + 0.5) * width
        slope, z0, y0 = next((slope, z0, y0) for slope, z0, y0, z1 in lines if z <= z1 or z1 == knots[-1][0])
        at = z if top < inf else min(z, Z999)
        size = exp(min(y0 + slope * (at - z0), log(top)))
        if low < size <= high:
            part = exp(-z * z / 2) / sqrt(2 * pi) * width
            shares.append(part)
            sizes.append(part * size)
    return fsum(shares), fsum(sizes)


class TestSteep:
    """Percentiles close together and sizes far apart, as where a workload has two kinds of requests in it."""

    @pytest.mark.parametrize(
        ("known", "most"),
        [
            ({0.5: 500, 0.9: 1000, 0.95: 50_000, 0.99: 100_000}, None),
            ({0.5: 1000, 0.55: 60_000, 0.95: 100_000}, None),
            ({0.5: 3000, 0.55: 60_000}, 200_000),
            ({0.5: 1000, 0.505: 200_000, 0.99: 300_000}, None),
        ],
    )
    def test_mean_is_that_of_the_slices(self, known: dict[float, int], most: int | None) -> None:
        """However steep the curve, its mean is that of 200,000 slices of it, within 0.01 %."""
        parts = [(Fraction(str(part)), Fraction(size)) for part, size in known.items()]
        sizes = percentiles(parts, "", None, None if most is None else Fraction(most))

        assert isclose(float(sizes.mean), summed_up(known, most or inf)[1], rel_tol=1e-4)

    def test_each_piece_is_that_of_the_slices(self) -> None:
        """Share and mean of every piece, within 0.1 %: {p50: 3k, p55: 60k, max: 200k} cut at 1,000, 32,000 and 100,000."""
        sizes = curve(p50=3000, p55=60_000, most=200_000)
        found, _ = pieces(sizes, (1001, 32_001, 100_001), None)
        ends = (0, 1000, 32_000, 100_000, 200_000)

        assert len(found) == 4
        for piece, low, high in zip(found, ends, ends[1:], strict=False):
            share, total = summed_up({0.5: 3000, 0.55: 60_000}, 200_000, low, high + 1e-6)
            assert isclose(float(piece.share), share, rel_tol=1e-3)
            assert isclose(float(piece.mean), total / share, rel_tol=1e-3)

    def test_the_steepest_curve_still_has_a_mean(self) -> None:
        """Half the requests lie below 1,000, and nearly all others between 200,000 and 300,000."""
        mean = curve(p50=1000, p50_5=200_000, p99=300_000).mean
        assert 0.495 * 200_000 < mean < 0.5 * 1000 + 0.5 * 300_000


class TestObserved:
    def test_a_list_is_taken_as_it_is(self) -> None:
        """Of 100, 100, 300 and 1,000 half is 100, the mean is 1500 / 4, and each counts once."""
        sizes = listed([Fraction(each) for each in (300, 100, 1000, 100)], "")

        assert sizes.mean == 375
        assert sizes.bounds == (100, 1000)
        assert [sizes.share_below(Fraction(each)) for each in (99, 100, 299, 300, 1000)] == [
            0,
            Fraction(1, 2),
            Fraction(1, 2),
            Fraction(3, 4),
            1,
        ]
        assert sizes.mean_up_to(Fraction(200)) == Fraction(100 + 100 + 200 + 200, 4)
        assert pieces(sizes, (300,), None)[0] == (
            (Fraction(1, 2), 100, 100, 100),
            (Fraction(1, 2), 650, 300, 1000),
        )

    def test_a_histogram_is_even_inside_its_bins(self) -> None:
        """40 % from 0 to 1,000 and 60 % from 1,000 to 8,000, cut at 2,000: one seventh of the second bin goes below."""
        sizes = histogram(
            [
                (Fraction(0), Fraction(1000), Fraction(2, 5)),
                (Fraction(1000), Fraction(8000), Fraction(3, 5)),
            ],
            "",
        )
        lower = Fraction(2, 5) + Fraction(3, 5) / 7
        in_lower = Fraction(2, 5) * 500 + Fraction(3, 35) * 1500

        assert sizes.mean == Fraction(2, 5) * 500 + Fraction(3, 5) * 4500
        assert sizes.share_below(Fraction(2000)) == lower
        assert sizes.mean_up_to(Fraction(2000)) == in_lower + (1 - lower) * 2000
        assert pieces(sizes, (2001,), None)[0] == (
            (lower, in_lower / lower, 0, 2000),
            (1 - lower, 5000, 2001, 8000),
        )

    def test_a_bin_of_one_size_and_an_empty_bin(self) -> None:
        """A bin from 500 to 500 is 500; a bin of 0 % adds nothing but may say how large sizes get."""
        sizes = histogram(
            [(Fraction(500), Fraction(500), Fraction(1)), (Fraction(500), Fraction(900), Fraction(0))], ""
        )
        assert (sizes.mean, sizes.bounds, sizes.stated) == (500, (500, 500), 900)

    def test_one_size_is_one_piece(self) -> None:
        """A constant is never split: it lies below a tier that begins above it, and in one that begins at it."""
        sizes = constant(Fraction(700), "700")
        assert pieces(sizes, (701,), None)[0] == ((1, 700, 700, 700),)
        assert pieces(sizes, (700,), None)[0] == ((1, 700, 700, 700),)
        assert pieces(sizes, (100, 200, 701, 900), None)[0] == ((1, 700, 700, 700),)


class TestHolding:
    """What lies beyond the sizes stated, and beyond what a request may hold, is held there."""

    SIGMA = log(20) / Z95

    @staticmethod
    def total(found: tuple[tuple[Fraction, Fraction, int, int], ...]) -> Fraction:
        return sum((share * mean for share, mean, _, _ in found), Fraction(0))

    def test_the_tail_is_held_at_the_room(self) -> None:
        """{p50: 3k, p95: 60k} in a room of 100,000: what the curve has beyond counts as 100,000, in the last piece."""
        sizes = curve(p50=3000, p95=60_000)
        found, held = pieces(sizes, (32_001,), 100_000)
        z = log(100_000 / 3000) / self.SIGMA
        beyond = 1 - NORMAL.cdf(z)
        mean = 3000 * exp(self.SIGMA**2 / 2) * NORMAL.cdf(z - self.SIGMA) + 100_000 * beyond

        assert near(held, beyond, 1e-11)
        assert near(self.total(found), mean, 1e-11)
        assert sum(piece.share for piece in found) == 1
        assert [(piece.low, piece.high) for piece in found] == [(0, 32_000), (32_001, 100_000)]

    def test_what_was_stated_is_never_held(self) -> None:
        """In a room of 59,999 tokens the stated p95 of 60,000 does not fit: nothing is held, nothing is hidden."""
        sizes = curve(p50=3000, p95=60_000)
        found, held = pieces(sizes, (60_000,), 59_999)

        assert held == 0
        assert found == pieces(sizes, (60_000,), None)[0]
        assert near(found[-1].share, 0.05, 1e-4)

    def test_a_room_of_just_what_was_stated_holds_the_rest(self) -> None:
        """In a room of exactly p95, the last twentieth is held at it."""
        found, held = pieces(curve(p50=3000, p95=60_000), (), 60_000)

        assert near(held, 0.05)
        assert found[0].high == 60_000

    def test_a_room_beyond_the_end_changes_nothing(self) -> None:
        """p99.9 of the curve lies at 3000 × 20^(3.09/1.645) ≈ 834,000: a room of a million holds nothing."""
        sizes = curve(p50=3000, p95=60_000)
        assert pieces(sizes, (200_001,), 1_000_000) == pieces(sizes, (200_001,), None)

    def test_max_is_stated(self) -> None:
        """A stated `max` above the room is a size that was said: it is not held."""
        found, held = pieces(curve(p50=3000, p95=60_000, most=300_000), (), 200_000)
        assert (held, found[0].high) == (0, 300_000)

    @pytest.mark.parametrize("room", [100, 999, 1000, 5000])
    def test_observed_sizes_are_never_held(self, room: int) -> None:
        """A list and a histogram say every size; no room changes them."""
        for sizes in (
            listed([Fraction(100), Fraction(1000)], ""),
            histogram([(Fraction(0), Fraction(1000), Fraction(1))], ""),
        ):
            assert pieces(sizes, (500,), room) == pieces(sizes, (500,), None)


whole = st.integers(1, 2_000_000)
edges = st.lists(st.integers(1, 2_500_000), max_size=5, unique=True).map(lambda each: tuple(sorted(each)))


@st.composite
def histograms(draw: st.DrawFn) -> list[tuple[Fraction, Fraction, Fraction]]:
    ends = sorted(draw(st.lists(whole, min_size=2, max_size=6)))
    weights = draw(st.lists(st.integers(0, 9), min_size=len(ends) - 1, max_size=len(ends) - 1).filter(any))
    return [
        (Fraction(low), Fraction(high), Fraction(weight, sum(weights)))
        for (low, high), weight in zip(pairwise(ends), weights, strict=True)
    ]


@st.composite
def curves(draw: st.DrawFn) -> Distribution:
    parts = sorted(draw(st.lists(st.integers(1, 9999), min_size=2, max_size=5, unique=True)))
    sizes = sorted(draw(st.lists(st.integers(1, 300_000), min_size=len(parts), max_size=len(parts))))
    least = draw(st.none() | st.integers(0, sizes[0]))
    most = draw(st.none() | st.integers(sizes[-1], 10**6))
    z = [NORMAL.inv_cdf(part / 10_000) for part in parts]
    steepest = max((log(y1) - log(y0)) / (z1 - z0) for (z0, y0), (z1, y1) in pairwise(zip(z, sizes, strict=True)))
    assume(steepest <= 1000)  # a workload refuses steeper ones
    known = [(Fraction(part, 10_000), Fraction(size)) for part, size in zip(parts, sizes, strict=True)]
    return percentiles(known, "", None if least is None else Fraction(least), None if most is None else Fraction(most))


class TestCutting:
    @given(sizes=st.lists(whole, min_size=1, max_size=30), firsts=edges)
    def test_a_list_falls_into_tiers_one_by_one(self, sizes: list[int], firsts: tuple[int, ...]) -> None:
        """The pieces of a list are its sizes sorted into tiers by hand, each tier with its count and mean."""
        tiers: dict[int, list[int]] = {}
        for size in sorted(sizes):
            tiers.setdefault(bisect_right(firsts, size), []).append(size)
        expected = tuple(
            (Fraction(len(found), len(sizes)), Fraction(sum(found), len(found)), min(found), max(found))
            for _, found in sorted(tiers.items())
        )
        assert pieces(listed([Fraction(size) for size in sizes], ""), firsts, None) == (expected, 0)

    @given(bins=histograms(), firsts=edges)
    def test_a_histogram_is_cut_by_area(
        self, bins: list[tuple[Fraction, Fraction, Fraction]], firsts: tuple[int, ...]
    ) -> None:
        """Each tier gets what its stretch overlaps of every bin, and the middle of the overlap as its mean."""
        stretches = list(pairwise((-1, *(first - 1 for first in firsts), 10**9)))
        expected = []
        for start, end in stretches:
            share = total = Fraction(0)
            for low, high, part in bins:
                inside = start < low <= end if low == high else (min(high, end) - max(low, start)) > 0
                if not inside:
                    continue
                overlap = part * (min(high, end) - max(low, start)) / (high - low) if low != high else part
                share += overlap
                total += overlap * (min(high, end) + max(low, start)) / 2 if low != high else overlap * low
            if share:
                expected.append((share, total / share))
        found, held = pieces(histogram(bins, ""), firsts, None)

        assert [(piece.share, piece.mean) for piece in found] == expected
        assert held == 0

    @given(sizes=curves(), firsts=edges)
    def test_nothing_is_lost_and_nothing_is_added(self, sizes: Distribution, firsts: tuple[int, ...]) -> None:
        """The shares of a curve's pieces come to one exactly, and their means to its mean, to 25 digits."""
        found, _ = pieces(sizes, firsts, None)
        total = sum((piece.share * piece.mean for piece in found), Fraction(0))

        assert sum(segment.share for segment in sizes.segments) == 1
        assert sum(piece.share for piece in found) == 1
        assert all(piece.share > 0 for piece in found)
        assert abs(total - sizes.mean) <= sizes.mean / 10**25

    @given(sizes=curves(), firsts=edges, room=st.none() | st.integers(1, 10**6))
    def test_a_piece_stays_in_its_tier(self, sizes: Distribution, firsts: tuple[int, ...], room: int | None) -> None:
        """A piece's bounds lie in one tier, in ascending order, and its mean between them (to a part of a token)."""
        found, held = pieces(sizes, firsts, room)
        tiers = [bisect_right(firsts, piece.low) for piece in found]

        assert tiers == sorted(set(tiers))
        for piece, tier in zip(found, tiers, strict=True):
            assert bisect_right(firsts, piece.high) == tier
            assert piece.low <= piece.high
            assert piece.low - 1 <= piece.mean <= piece.high + Fraction(1, 10**20)
        if held:
            assert room is not None
            assert found[-1].high == room

    @examples(0.6)
    @given(sizes=curves(), firsts=edges, more=edges)
    def test_more_edges_only_cut_finer(
        self, sizes: Distribution, firsts: tuple[int, ...], more: tuple[int, ...]
    ) -> None:
        """What lies below an edge is the same however many other edges there are: cutting twice changes nothing."""
        fine, _ = pieces(sizes, tuple(sorted({*firsts, *more})), None)
        coarse, _ = pieces(sizes, firsts, None)
        merged: dict[int, tuple[Fraction, Fraction]] = {}
        for piece in fine:
            tier = bisect_right(firsts, piece.low)
            share, total = merged.get(tier, (Fraction(0), Fraction(0)))
            merged[tier] = (share + piece.share, total + piece.share * piece.mean)

        assert [bisect_right(firsts, piece.low) for piece in coarse] == list(merged)
        for piece, (share, total) in zip(coarse, merged.values(), strict=True):
            assert abs(piece.share - share) < Fraction(1, 10**25)
            assert abs(piece.share * piece.mean - total) <= sizes.mean / 10**25

    @examples(0.6)
    @given(sizes=curves(), one=whole, other=whole)
    def test_larger_bounds_take_in_more(self, sizes: Distribution, one: int, other: int) -> None:
        """The share below a bound and the mean up to it never fall as the bound rises, nor leave their limits."""
        low, high = sorted((Fraction(one), Fraction(other)))
        tiny = Fraction(1, 10**20)

        assert 0 <= sizes.share_below(low) <= sizes.share_below(high) <= 1
        assert sizes.mean_up_to(low) <= sizes.mean_up_to(high) + tiny
        assert sizes.mean_up_to(high) <= min(high, sizes.mean) + tiny


SAMPLES = 100_000
SHAPES = {
    "heavy": ((0.0, log(3000)), (Z95, log(60_000)), (Z99, log(250_000))),
    "lognormal": ((0.0, log(60_000)), (Z95, log(300_000))),
}


@lru_cache(maxsize=2)
def drawn(shape: str) -> tuple[list[float], Distribution]:
    """A hundred thousand sizes, one from each part of the quantile function; and the same distribution computed."""
    knots = SHAPES[shape]
    lines = [((y1 - y0) / (z1 - z0), z0, y0, z1) for (z0, y0), (z1, y1) in pairwise(knots)]
    chance = random.Random(1)
    sizes = []
    for number in range(SAMPLES):
        z = min(NORMAL.inv_cdf((number + chance.random()) / SAMPLES), Z999)
        slope, z0, y0 = next((slope, z0, y0) for slope, z0, y0, z1 in lines if z <= z1 or z1 == knots[-1][0])
        sizes.append(exp(y0 + slope * (z - z0)))
    names = ("p50", "p95", "p99")
    return sizes, curve(**{name: round(exp(y)) for name, (_, y) in zip(names, knots, strict=False)})


class TestConvergence:
    @pytest.mark.parametrize("firsts", [(32_001,), (200_001,), (256_001,), (32_001, 200_001, 256_001)])
    @pytest.mark.parametrize("shape", SHAPES)
    def test_a_hundred_thousand_requests_cost_the_same(self, shape: str, firsts: tuple[int, ...]) -> None:
        """Priced one by one, each at the rate of its tier (1, 2, 4, 8), a hundred thousand requests cost the same within 0.1 %."""
        sizes, computed = drawn(shape)
        one_by_one = fmean(size * 2 ** bisect_right(firsts, size) for size in sizes)
        found, held = pieces(computed, firsts, None)
        at_once = sum(float(piece.share * piece.mean) * 2 ** bisect_right(firsts, piece.low) for piece in found)

        assert held == 0
        assert isclose(at_once, one_by_one, rel_tol=1e-3)

    @pytest.mark.parametrize("shape", SHAPES)
    def test_a_hundred_thousand_requests_have_the_mean(self, shape: str) -> None:
        """The computed mean is that of a hundred thousand sizes, within 0.1 %."""
        sizes, computed = drawn(shape)
        assert isclose(float(computed.mean), fmean(sizes), rel_tol=1e-3)
