"""What a command found, ready for any format."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from llmcost.core.offers.price_identity import PriceIdentity
from llmcost.core.quotes.comparison import Comparison, for_people
from llmcost.core.quotes.notes import Note
from llmcost.core.values.dates import PricingDay
from llmcost.core.workload.requests import Workload

if TYPE_CHECKING:
    from llmcost.core.analysis.breakeven import Breakeven
    from llmcost.core.analysis.sensitivity import Sweep


class ComparisonReport(NamedTuple):
    """A comparison and where it came from.

    ``prices`` are those it rests on; ``said`` is how names and quantities were understood; ``explain`` asks reports for
    people to show every charge. ``sweeps`` say how the ranking changes as figures move. ``named`` are the full ids of
    offers that were asked for one by one; ``all_rows`` asks reports for people to show what cannot be ranked as well.
    ``per_thousand``: nobody said how many requests there are in a month, so it is the cost of 1,000. ``few`` asks
    reports for people to show only the first of very many. ``used``: it is the cost of what was used in this span, in
    words; None where it is of a month or of requests.
    """

    command: str
    comparison: Comparison
    prices: PriceIdentity
    said: tuple[Note, ...] = ()
    explain: bool = False
    sweeps: tuple[Sweep, ...] = ()
    named: tuple[str, ...] = ()
    all_rows: bool = False
    per_thousand: bool = False
    few: bool = False
    used: str | None = None

    @property
    def visible(self) -> Comparison:
        """The comparison with the rows that reports for people show."""
        return self.comparison if self.all_rows else for_people(self.comparison, self.named, few=self.few)

    @property
    def by_request(self) -> bool:
        """Whether it is the cost of a request, of 1,000, or of what was used, and not of a month."""
        one = self.command == "price" and self.comparison.workload.requests == 1
        return self.per_thousand or self.used is not None or one


class BreakevenReport(NamedTuple):
    """The break-even of two offers for a workload on a day.

    ``before`` is the same without supposed price changes, None where none were supposed.
    """

    breakeven: Breakeven
    before: Breakeven | None
    workload: Workload
    on: PricingDay
    prices: PriceIdentity
    warnings: tuple[Note, ...] = ()
