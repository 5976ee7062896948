"""How our prices differ from public tables: the same, other figures, retired or missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from llmcost.api.update import SourceFile, read_source
from llmcost.core.analysis.drift import Explanation, RateDrift, drift_of, with_reasons, with_votes
from llmcost.core.offers.catalogue import Catalogue
from llmcost.core.offers.offer import Listing
from llmcost.core.offers.price_identity import PriceIdentity
from llmcost.core.pricing.history import PriceHistory
from llmcost.core.values.dates import PricingDay
from llmcost.errors import NotPricedError
from llmcost.sheets.api.build import build_version
from llmcost.sources.merge import Known
from llmcost.sources.price_sheets import Origin, entries_of
from llmcost.sources.table import SourceOffer, SourceTable


class DriftReport(NamedTuple):
    """Every rate that was held against a table, and the prices and the day of ours."""

    found: tuple[RateDrift, ...]
    on: PricingDay
    prices: PriceIdentity

    @property
    def drifted(self) -> bool:
        """Whether any figure is another one that nobody explained, or an offer is retired."""
        return any(each.status in ("differs", "retired there") for each in self.found)


def drift(
    files: Sequence[SourceFile], catalogue: Catalogue, on: PricingDay, explanations: Iterable[Explanation] = ()
) -> DriftReport:
    """The offers of a catalogue held against public tables; ``explanations`` are of differences that are understood.

    Raises LlmcostError and NetworkError for a table.
    """
    tables = [read_source(file) for file in files]
    found = [each for origin, table in tables for each in _against(catalogue, origin, table, on)]
    return DriftReport(tuple(with_reasons(with_votes(found), explanations)), on, catalogue.identity)


def _against(catalogue: Catalogue, origin: Origin, table: SourceTable, on: PricingDay) -> Iterator[RateDrift]:
    known = Known(catalogue.listings)
    plain = {(offer.seller, offer.id): offer for offer in table.offers if offer.place is None}
    met: set[tuple[str, str]] = set()
    for offer in table.offers:
        listing = known.listing(offer, plain)
        if listing is not None and offer.place in (None, *listing.places):
            met.add((listing.seller, listing.id))
            yield from _offer(listing, offer, origin, on)
        elif listing is None and offer.seller in known.sellers:
            yield RateDrift("missing here", origin.name, f"{offer.seller}/{offer.id}")
    covered = {offer.seller for offer in table.offers}
    yield from _missing(catalogue.listings, covered, met, origin)


def _missing(
    listings: Iterable[Listing], covered: set[str], met: set[tuple[str, str]], origin: Origin
) -> Iterator[RateDrift]:
    for listing in listings:
        if listing.seller in covered and (listing.seller, listing.id) not in met:
            yield RateDrift("missing there", origin.name, f"{listing.seller}/{listing.id}")


def _offer(listing: Listing, offer: SourceOffer, origin: Origin, on: PricingDay) -> Iterator[RateDrift]:
    """One offer's rates on both sides; as a whole where one of them has ended."""
    place = offer.place or listing.home
    if place is None:
        return
    ours = listing.load()[place]
    stated = PriceHistory(tuple(build_version(entry) for entry in entries_of(offer, origin)))
    if not ours.history.sold(on):
        return
    try:
        yield from drift_of(ours, stated, on, origin.name)
    except NotPricedError as error:
        ended = offer.ends is not None and offer.ends <= str(on.day)
        if ended:
            yield RateDrift("retired there", origin.name, ours.name, condition=error.message)
