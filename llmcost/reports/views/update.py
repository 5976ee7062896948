"""What an update of prices changed, in lines."""

from __future__ import annotations

from collections.abc import Sequence

MOST_SHOWN = 20
"""Changes that are listed one by one; the others are counted."""
MOST_NAMED = 3
"""Names of what was left out for one reason."""


def named(what: str, offers: Sequence[tuple[str, str]]) -> list[str]:
    """Offers that are new or gone, a line each where they are few; where they are many, their number is enough."""
    return [f"{what}: {seller}/{own}" for seller, own in offers] if len(offers) <= MOST_SHOWN else []


def update_lines(
    changes: Sequence[str], counts: Sequence[tuple[int, str]], left_out: Sequence[tuple[str, str]]
) -> list[str]:
    """The changes, a line each as far as they are few, names left out by their reason, then the counts."""
    more = len(changes) - MOST_SHOWN
    lines = [*changes[:MOST_SHOWN], *([f"{more} more prices changed"] if more > 0 else [])]
    names: dict[str, list[str]] = {}
    for name, reason in left_out:
        names.setdefault(reason, []).append(name)
    for reason, found in sorted(names.items(), key=lambda item: -len(item[1])):
        shown = ", ".join(found[:MOST_NAMED]) + (", …" if len(found) > MOST_NAMED else "")
        lines.append(f"left out {len(found)}, as {reason}: {shown}")
    return [*lines, ", ".join(f"{number} {what}" for number, what in counts)]
