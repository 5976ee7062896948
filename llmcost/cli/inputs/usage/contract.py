"""What was agreed on, for real usage: what of it is not counted, and what cannot be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from llmcost.core.quotes.notes import Note
from llmcost.errors import LlmcostError

if TYPE_CHECKING:
    from llmcost.core.analysis.contract import Contract


def notes_of_contract(contract: Contract) -> Iterator[Note]:
    """What of a contract is not counted. Raises LlmcostError for what cannot be."""
    if any(each.allowances for each in contract.discounts):
        remedy = "write it as a workload first: llmcost usage PATH -o workload.yaml"
        raise LlmcostError("allowances are of a month's use, and real usage is of any time", remedy)
    if contract.commitments:
        yield Note("contract", "what is owed each month in any case is not counted, as real usage is of any time")
