"""From options to what a question is asked in: prices, day, currency, what was negotiated or is supposed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from llmcost.api.context import NOBODY, RunContext, check_names
from llmcost.cli.inputs.prices import ask_day, ask_prices
from llmcost.cli.options import AgreedPriceOptions
from llmcost.core.offers.offer import Offer
from llmcost.core.workload.requests import Workload
from llmcost.errors import LlmcostError, at_flag
from llmcost.project.settings import Settings
from llmcost.sheets.load import Prices

if TYPE_CHECKING:
    from llmcost.core.analysis.adjustments import Adjustment
    from llmcost.core.analysis.contract import Contract
    from llmcost.core.offers.catalogue import Catalogue


def ask_run(
    source: AgreedPriceOptions, settings: Settings, prices: Prices | None = None, adjust: Sequence[str] = ()
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


def check_changes(run: RunContext, source: AgreedPriceOptions, offers: Sequence[Offer], workload: Workload) -> None:
    """Raise LlmcostError for a change, a discount or a commitment that must be a slip, as it concerns nobody."""
    if run.contract is not None:
        check_contract(run.contract, run.catalogue, source, [*offers, *workload.fixed])
    with at_flag("--adjust"):
        run.check_changes(offers, workload)


def check_contract(
    contract: Contract, catalogue: Catalogue, source: AgreedPriceOptions, offers: Iterable[Offer]
) -> None:
    """Raise LlmcostError for a contract with somebody whom no price sheet knows.

    So for a discount on the command line that concerns none of the offers.
    """
    check_names(contract, catalogue)
    unused = contract.unused(offers) if source.discount else []
    if unused:
        raise LlmcostError(f'--discount: "{unused[0]}" concerns none of the offers', NOBODY)
