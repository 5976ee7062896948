"""What an update of prices changed, in lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

MOST_SHOWN = 20
"""Changes that are listed one by one; the others are counted."""


def update_lines(changes: Sequence[str], counts: Sequence[tuple[int, str]], left_out: Sequence[str]) -> list[str]:
    """The changes, a line each as far as they are few, what was left out by its reason, then the counts."""
    more = len(changes) - MOST_SHOWN
    lines = [*changes[:MOST_SHOWN], *([f"{more} more prices changed"] if more > 0 else [])]
    lines += [f"left out {number}: {reason}" for reason, number in Counter(left_out).most_common()]
    return [*lines, ", ".join(f"{number} {what}" for number, what in counts)]
