"""What usage would cost in other ways: on other days, in other tiers, on other terms, without a cache."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import date, timedelta
from fractions import Fraction
from functools import partial
from typing import NamedTuple

from llmcost.api.usage.cache_habits import without_cache
from llmcost.api.usage.list_cost import SMALL, Costs, costs_of, list_usage, sum_by
from llmcost.api.usage.pricer import Supposition, UsagePricer
from llmcost.api.usage.used import parts_of, used_of
from llmcost.core.analysis.bills.part import Cause
from llmcost.core.offers.offer import Offer
from llmcost.core.quotes.quote import Quote
from llmcost.core.values.dates import PricingDay
from llmcost.core.workload.usage_record import UsageRecord
from llmcost.errors import CurrencyError

LARGE = (10**9, 10**9)
"""Sizes of input above every tier."""
CAUSES: tuple[Cause, ...] = ("price-date", "tier", "terms", "cache")
"""The order in which other ways are tried."""
DAY = timedelta(days=1)


class Alternative(NamedTuple):
    """Another way in which usage may have been billed: what each meter costs then, and which have no price."""

    cause: Cause
    words: str
    costs: Costs
    gaps: frozenset[str] = frozenset()

    def cost(self, meter: str | None) -> Fraction | None:
        """What one meter costs, or all by None; None where that has no price."""
        if meter is None:
            return None if self.gaps else sum(self.costs.values(), Fraction(0))
        return None if meter in self.gaps else self.costs.get(meter, Fraction(0))

    def without(self, meters: Collection[str]) -> Alternative:
        """The same but for some meters."""
        return self._replace(costs={meter: cost for meter, cost in self.costs.items() if meter not in meters})

    def by_names(self, name: Callable[[str], str]) -> Alternative:
        """The same by other names of its meters, those of one name together."""
        return self._replace(costs=sum_by(self.costs, name), gaps=frozenset(map(name, self.gaps)))


def alternatives_of(pricer: UsagePricer, records: Iterable[UsageRecord]) -> list[Alternative]:
    """What usage would cost in other ways; where a part of it was elsewhere, and has no such way, that is as listed."""
    by_place: dict[tuple[str, ...], list[UsageRecord]] = {}
    for record in records:
        by_place.setdefault((record.provider or "", record.model, record.place or ""), []).append(record)
    parts = [_Part(pricer, part) for _, part in sorted(by_place.items())]
    ways = dict.fromkeys(way for part in parts for way in part.ways)
    found = [
        _together(cause, words, [part.ways.get((cause, words), part.as_listed) for part in parts])
        for wanted in CAUSES
        for cause, words in ways
        if cause == wanted
    ]
    return list(_of_any_terms(found))


def _of_any_terms(found: Sequence[Alternative]) -> Iterator[Alternative]:
    """The ways, and terms of the same price as one, as nothing says which of them were billed."""
    terms = [each for each in found if each.cause == "terms"]
    for each in found:
        alike = [other.words for other in terms if (other.costs, other.gaps) == (each.costs, each.gaps)]
        if each.cause != "terms":
            yield each
        elif each.words == alike[0]:
            yield each._replace(words=" or ".join(alike))


def told_by(pricer: UsagePricer, records: Sequence[UsageRecord]) -> frozenset[Cause]:
    """The causes of which usage itself says how it was: when, how large each request, on which terms, what was cached.

    Usage without terms is of the standard ones. A range of sizes tells the tier where no price changes within it.
    """
    says: dict[Cause, Callable[[UsageRecord], bool]] = {
        "price-date": lambda record: record.end is None or record.end - record.start <= DAY,
        "tier": lambda record: _tells_tier(pricer, record),
        "terms": lambda _: True,
        "cache": lambda record: not record.cached_unknown,
    }
    return frozenset(cause for cause, is_said in says.items() if all(map(is_said, records)))


def _tells_tier(pricer: UsagePricer, record: UsageRecord) -> bool:
    """Whether all requests of a record are surely of one tier."""
    if record.requests == 1:
        return True
    if record.input_range is None:
        return False
    offer = pricer.offer_of(used_of(record))
    if isinstance(offer, str):
        return True
    low, high = record.input_range
    edges = [edge for edge in pricer.boundaries_at(offer).inputs if edge > low]
    return not edges or (high is not None and high < edges[0])


class _Part:
    """Usage at one place: what it costs as listed, and in other ways."""

    def __init__(self, pricer: UsagePricer, records: Sequence[UsageRecord]) -> None:
        listed = list_usage(pricer, records)
        self.as_listed = Alternative("left", "", listed.costs, frozenset(listed.gaps))
        self.ways = {(each.cause, each.words): each for each in _ways(pricer, records)}


def _together(cause: Cause, words: str, parts: Iterable[Alternative]) -> Alternative:
    found = Alternative(cause, words, {})
    for part in parts:
        for meter, cost in part.costs.items():
            found.costs[meter] = found.costs.get(meter, Fraction(0)) + cost
        found = found._replace(gaps=found.gaps | part.gaps)
    return found


def _ways(pricer: UsagePricer, records: Sequence[UsageRecord]) -> Iterator[Alternative]:
    """The ways in which an offer could have charged; one that it does not sell, or cannot convert, is none."""
    first = records[0]
    offer = pricer.offer_of((first.provider, first.model, None, first.place))
    if isinstance(offer, str):
        return
    plainly = [record._replace(terms=None) for record in records]
    asked: list[Asked] = []
    for day in _days(offer):
        asked.append(
            ("price-date", f"the prices of {day}", partial(pricer.on_day(PricingDay(day)).quote, offer, records))
        )
    small = _small_terms(pricer, records)
    for words, sizes in (("the price of small inputs", SMALL), ("the price of the largest inputs", LARGE)):
        asked.append(("tier", words, partial(pricer.quote, offer, records, _of_sizes(sizes, small))))
    for terms in offer.history.terms():
        asked.append(("terms", f"the price of {terms} terms", partial(pricer.quote, offer.on_terms(terms), plainly)))
    uncached = list(map(without_cache, records))
    asked.append(("cache", "all input in full, nothing from a cache", partial(pricer.quote, offer, uncached)))
    if not all(_tells_tier(pricer, record) for record in records):
        asked += list(_if_small(pricer, asked))
    for cause, words, ask in asked:
        with suppress(CurrencyError):
            quote = ask()
            if not quote.unserved:
                yield Alternative(cause, words, costs_of(quote), frozenset(gap.meter for gap in quote.gaps))


Asked = tuple[Cause, str, Callable[..., Quote]]
"""A way in which an offer could have charged, in words, and how to ask for its price."""


def _if_small(pricer: UsagePricer, asked: Sequence[Asked]) -> Iterator[Asked]:
    """The same ways if all inputs were small of which nobody says how large they were."""

    def change(record: UsageRecord, _: object) -> UsageRecord:
        return record if _tells_tier(pricer, record) else record._replace(input_range=SMALL)

    for cause, words, ask in asked:
        if cause != "tier":
            yield cause, f"{words}, of small inputs", partial(ask, supposed=Supposition(("small",), change))


def _days(offer: Offer) -> list[date]:
    """A whole day of each of an offer's prices: the first one, and that before the first change."""
    changes = offer.history.changes(date.min, date.max)
    days = [changes[0] - DAY, *changes] if changes else []
    return [day for day in days if offer.history.sold(PricingDay(day))]


def _small_terms(pricer: UsagePricer, records: Sequence[UsageRecord]) -> frozenset[str]:
    """The terms of some usage that are not sold for the largest inputs, so that no request on them was one."""
    found = set()
    for used, own in parts_of(records).items():
        offer = pricer.offer_of(used)
        if used[2] and isinstance(offer, Offer):
            with suppress(CurrencyError):
                if not pricer.quote(offer, own, _of_sizes(LARGE)).charges:
                    found.add(used[2])
    return frozenset(found)


def _of_sizes(sizes: tuple[int, int], small: frozenset[str] = frozenset()) -> Supposition:
    """That the input of each request had some size; on terms that are ``small``, a small one in any case."""

    def change(record: UsageRecord, _: object) -> UsageRecord:
        return record._replace(input_range=SMALL if record.terms in small else sizes)

    return Supposition((sizes, small), change)
