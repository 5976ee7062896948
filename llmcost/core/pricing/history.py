"""The price history of an offer: which entry is in force on a day."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from llmcost.core.pricing.conditions import STANDARD
from llmcost.core.pricing.entries import PriceEntry
from llmcost.core.pricing.rating import PricesInForce
from llmcost.core.values.dates import Moment, PricingDay
from llmcost.core.values.reasons import Reason
from llmcost.errors import NotPricedError


class Change(NamedTuple):
    """When a price begins or ends, as a sheet writes it; ``withdrawn`` says that nothing is sold from then on."""

    starts: str
    withdrawn: bool


def _start(version: PriceEntry) -> datetime:
    assert version.starts is not None
    return version.starts.instant


def _first_day(moment: Moment) -> date:
    if moment.day is not None:
        return moment.day
    day = moment.instant.date()
    return day if moment.instant.time() == time() or day == date.max else day + timedelta(days=1)


class PriceHistory:
    """All price entries of one offer at one place, oldest first."""

    __slots__ = ("_active", "_next", "versions")

    def __init__(self, versions: tuple[PriceEntry, ...]) -> None:
        unknown = [v for v in versions if v.starts is None]
        self.versions = (*unknown, *sorted((v for v in versions if v.starts), key=_start))
        # Filled as days are asked for. Threads that share a history may work out the same day twice, and no more.
        self._active: dict[PricingDay, PricesInForce] = {}
        self._next: dict[tuple[PricingDay, str], Change | None] = {}

    def terms(self) -> list[str]:
        """All terms any entry has rates for, standard first."""
        return [STANDARD, *sorted({term for version in self.versions for term in version.terms()} - {STANDARD})]

    def refuses_terms(self, terms: str) -> bool:
        """Whether the latest entry says that the seller does not offer these terms."""
        return bool(self.versions) and self.versions[-1].refuses_terms(terms)

    def lists_terms(self, terms: str) -> bool:
        """Whether the latest entry says that these terms are sold, at a price that no source states."""
        return bool(self.versions) and self.versions[-1].lists_terms(terms)

    def changes(self, after: date, before: date) -> list[date]:
        """The days strictly between two on which a price or a term starts or ends; the first whole day of each."""
        moments = [moment for v in self.versions for moment in (v.starts, v.ends)]
        moments += [moment for v in self.versions for each in v.variants for moment in (each.starts, each.ends)]
        days = {_first_day(moment) for moment in moments if moment is not None}
        return sorted(day for day in days if after < day < before)

    def next_change(self, on: PricingDay, terms: str = STANDARD) -> Change | None:
        """The next change after a day of a price on these terms; None when none is known."""
        key = (on, terms)
        if key not in self._next:
            moments = [moment for v in self.versions for moment in (v.starts, v.ends)]
            variants = [each for v in self.versions for each in v.variants if each.when.terms in (None, terms)]
            moments += [moment for each in variants for moment in (each.starts, each.ends)]
            later = [moment for moment in moments if moment is not None and not moment.reached(on)]
            first = min(later, key=lambda moment: moment.instant, default=None)
            self._next[key] = None if first is None else Change(str(first), not self.sold(first.pricing_day))
        return self._next[key]

    def sold(self, on: PricingDay) -> bool:
        """Whether an entry is in force on a day."""
        try:
            self._version(on)
        except NotPricedError:
            return False
        return True

    def on(self, on: PricingDay) -> PricesInForce:
        """The entry in force on a day: the latest one that has started.

        Raises NotPricedError before the first known start and from the day it is withdrawn.
        """
        found = self._active.get(on)
        if found is None:
            found = self._active[on] = PricesInForce(self._version(on), on)
        return found

    def _version(self, on: PricingDay) -> PriceEntry:
        started = [v for v in self.versions if v.starts is None or v.starts.reached(on)]
        if not self.versions:
            raise NotPricedError(Reason("price-unknown", "no price is known"), None)
        if not started:
            why = Reason("not-yet", f"no price known before {self.versions[0].starts}")
            raise NotPricedError(why, "ask for that day or a later one")
        version = started[-1]
        if version.ends is not None and version.ends.reached(on):
            raise NotPricedError(Reason("withdrawn", f"withdrawn on {version.ends}"), "ask for an earlier day")
        return version
