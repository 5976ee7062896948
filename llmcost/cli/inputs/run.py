"""From options to what a question is asked in: prices, day, currency, what was negotiated or is supposed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from llmcost.api.context import NOBODY, RunContext, check_names
from llmcost.cli.inputs.prices import ask_day, ask_prices
from llmcost.cli.options import PriceOptions
from llmcost.core.offers.offer import Offer
from llmcost.core.workload.requests import Workload
from llmcost.errors import LlmcostError, at_flag
from llmcost.project.settings import Settings
from llmcost.sheets.load import Prices

if TYPE_CHECKING:
    from llmcost.core.analysis.adjustments import Adjustment


def ask_run(
    source: PriceOptions, settings: Settings, prices: Prices | None = None, adjust: Sequence[str] = ()
) -> RunContext:
    """What a question is asked in; ``prices`` of None are those that the settings name."""
    known = ask_prices(source, settings.prices) if prices is None else prices
    return RunContext(
        catalogue=known.catalogue,
        day=ask_day(source),
        currency=settings.currency,
        exchange_rates=known.exchange_rates,
        contract=settings.contract,
        adjustments=_adjustments(adjust) if adjust else (),
    )


def _adjustments(texts: Sequence[str]) -> tuple[Adjustment, ...]:
    from llmcost.core.analysis.adjustments import parse_adjustments

    with at_flag("--adjust"):
        return tuple(parse_adjustments(texts))


def check_changes(run: RunContext, source: PriceOptions, offers: Sequence[Offer], workload: Workload) -> None:
    """Raise LlmcostError for a change, a discount or a commitment that must be a slip, as it concerns nobody."""
    _check_contract(run, source, offers, workload)
    with at_flag("--adjust"):
        run.check_changes(offers, workload)


def _check_contract(run: RunContext, source: PriceOptions, offers: Sequence[Offer], workload: Workload) -> None:
    """Raise LlmcostError for a contract with somebody whom no price sheet knows.

    So for a discount on the command line that concerns none of the offers.
    """
    if run.contract is None:
        return
    check_names(run.contract, run.catalogue)
    unused = run.contract.unused([*offers, *workload.fixed]) if source.discount else []
    if unused:
        raise LlmcostError(f'--discount: "{unused[0]}" concerns none of the offers', NOBODY)
