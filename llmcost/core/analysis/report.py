"""What a command found, ready for any report."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from llmcost.core.quotes.comparison import Comparison

if TYPE_CHECKING:
    from llmcost.core.analysis.sensitivity import Sweep


class ComparisonReport(NamedTuple):
    """A comparison and where it came from.

    ``digest`` and ``sources`` identify the prices; ``warnings`` are sentences, in the order they arose;
    ``explain`` asks reports for people to show every charge. ``sweeps`` say how the ranking changes as figures move.
    """

    command: str
    comparison: Comparison
    version: str
    digest: str
    sources: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    explain: bool = False
    sweeps: tuple[Sweep, ...] = ()

    @property
    def one_request(self) -> bool:
        """Whether it is the cost of a request, and not of a month."""
        return self.command == "price" and self.comparison.workload.requests == 1
