"""The volume at which self-hosting wins over an API."""

from __future__ import annotations

from llmcost.api.context import RunContext
from llmcost.core.analysis.breakeven import Breakeven
from llmcost.core.analysis.breakeven import breakeven as crossings_of
from llmcost.core.analysis.report import BreakevenReport
from llmcost.core.offers.offer import SELF_HOSTED, Offer
from llmcost.core.quotes.notes import Note
from llmcost.core.workload.requests import Workload
from llmcost.cost_models import alternatives, pin
from llmcost.errors import LlmcostError, OfferError
from llmcost.reports.views.breakeven import volume_text
from llmcost.reports.views.warnings import comparison_warnings


def breakeven(self_offer: Offer | str, api_offer: Offer | str, workload: Workload, run: RunContext) -> BreakevenReport:
    """Every volume at which the cheaper of a self-hosted offer and an API changes, the mix staying what it is.

    Commitments are left out, as they are owed at any volume. Where the host is left open, the cheapest for the workload
    as given is taken, and a warning says where another one pays from a smaller volume on.
    Raises OfferError for offers that are not one of each, and LlmcostError for a workload whose classes are fixed to
    offers, and where one of the two is not priced in full.
    """
    ours, theirs = (run.catalogue.find(each) if isinstance(each, str) else each for each in (self_offer, api_offer))
    check_sides(ours, theirs, workload)
    placed = pin(ours, workload, run.day)
    supposed, listed = _without_commitments(run), _without_commitments(run)._replace(adjustments=())
    found, warnings = _set_against(placed, theirs, workload, supposed)
    before = _set_against(placed, theirs, workload, listed)[0] if run.adjustments else None
    if placed != ours:
        others = [offer for offer in alternatives(ours, workload, run.day) if offer != placed]
        warnings += _earlier(found, [_set_against(offer, theirs, workload, supposed)[0] for offer in others])
    return BreakevenReport(found, before, workload, run.day, run.catalogue.identity, tuple(warnings))


def check_sides(ours: Offer, theirs: Offer, workload: Workload) -> None:
    """Raise OfferError for two offers that are not one of each, LlmcostError for a workload that is not free."""
    if not workload.free.groups or workload.fixed:
        raise LlmcostError("break-even needs a workload that is free to go to either side", "leave out `offer:`")
    if ours.kind != SELF_HOSTED or theirs.kind == SELF_HOSTED:
        raise OfferError(
            "break-even sets a self-hosted offer against an API", "write: llmcost breakeven self/MODEL@GPU API_OFFER"
        )


def _without_commitments(run: RunContext) -> RunContext:
    contract = None if run.contract is None else run.contract._replace(commitments=())
    return run._replace(contract=contract)


def _set_against(ours: Offer, theirs: Offer, workload: Workload, run: RunContext) -> tuple[Breakeven, list[Note]]:
    """The crossings of two offers, and what is to be said of their prices."""
    comparison = run.compare([ours, theirs], workload)
    quotes = {row.quote.offer.kind == SELF_HOSTED: row.quote for row in comparison.rows}
    return crossings_of(quotes[True], quotes[False]), comparison_warnings(comparison)


def _earlier(found: Breakeven, others: list[Breakeven]) -> list[Note]:
    """Say where self-hosting would pay from a smaller volume on; the host was chosen for this workload's own volume."""
    paying = [(other.first, _host(other), other) for other in others if other.first is not None]
    if not paying:
        return []
    first, where, other = min(paying, key=lambda each: each[:2])
    if found.first is not None and found.first <= first:
        return []
    chosen = f"{_host(found)} was chosen for the volume as given"
    return [Note("alternative", f"{where} pays from {volume_text(other, first)} on already; {chosen}")]


def _host(found: Breakeven) -> str:
    fleet = found.self_quote.sized_fleet
    return f"{found.self_quote.offer.name} on {fleet.instance}"
