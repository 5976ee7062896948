"""What a command found, ready for any format."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from llmcost.core.offers.catalogue import PriceIdentity
from llmcost.core.quotes.comparison import Comparison
from llmcost.core.values.dates import PricingDay
from llmcost.core.workload.requests import Workload

if TYPE_CHECKING:
    from llmcost.core.analysis.breakeven import Breakeven
    from llmcost.core.analysis.sensitivity import Sweep


class ComparisonReport(NamedTuple):
    """A comparison and where it came from.

    ``prices`` are those it rests on; ``warnings`` are sentences, in the order they arose; ``explain`` asks reports for
    people to show every charge. ``sweeps`` say how the ranking changes as figures move.
    """

    command: str
    comparison: Comparison
    prices: PriceIdentity
    warnings: tuple[str, ...] = ()
    explain: bool = False
    sweeps: tuple[Sweep, ...] = ()

    @property
    def one_request(self) -> bool:
        """Whether it is the cost of a request, and not of a month."""
        return self.command == "price" and self.comparison.workload.requests == 1


class BreakevenReport(NamedTuple):
    """The break-even of two offers for a workload on a day.

    ``before`` is the same without supposed price changes, None where none were supposed.
    """

    breakeven: Breakeven
    before: Breakeven | None
    workload: Workload
    on: PricingDay
    prices: PriceIdentity
    warnings: tuple[str, ...] = ()
