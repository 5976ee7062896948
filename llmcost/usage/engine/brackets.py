"""Sizes in buckets, so that one look-up and a few comparisons tell between which edges a size lies."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

BUCKETS = 4096
"""A table of so many rows is small beside what it is joined to, wherever that is."""
MOST_BITS, STEPS = 15, 6
"""How many sizes of buckets are tried: from those of which the largest edge would need 32,768, in powers of two."""
NEVER = 2**62
"""An edge that no size reaches."""


class Brackets(NamedTuple):
    """The brackets between edges, each of which is the least size of one; the first begins at 0.

    A size lies in the bucket ``size >> shift``, or in the last where that is beyond it. ``below`` is how many edges lie
    before each bucket, ``inside`` those within it, filled up with edges that are never reached.
    """

    edges: Sequence[int]
    shift: int
    below: Sequence[int]
    inside: Sequence[Sequence[int]]

    def sizes(self, bracket: int, most: int) -> tuple[int, int]:
        """The least and the most size of a bracket, where none is larger than ``most``."""
        high = self.edges[bracket] - 1 if bracket < len(self.edges) else most
        return self.edges[bracket - 1] if bracket else 0, high


def brackets_of(edges: Sequence[int], most: int) -> Brackets:
    """The brackets between edges in order, in as few buckets as can be of which each holds as few of them as can be.

    There are buckets for sizes up to ``most``, where these are not too many.
    """
    least = max(0, (edges[-1] if edges else 0).bit_length() - MOST_BITS)
    found = (_in_buckets(edges, least + step, most) for step in range(STEPS))
    return min(found, key=lambda each: (len(each.inside[0]), len(each.below)))


def _in_buckets(edges: Sequence[int], shift: int, most: int) -> Brackets:
    number = min(BUCKETS, (most >> shift) + 1)
    starts = [bisect_left(edges, bucket << shift) for bucket in range(number)]
    within = [edges[start:end] for start, end in zip(starts, (*starts[1:], len(edges)), strict=True)]
    most = max(map(len, within))
    return Brackets(edges, shift, starts, [(*each, *[NEVER] * (most - len(each))) for each in within])
