"""Whether a model takes or makes a kind of content: stated, ruled out, or not known."""

from __future__ import annotations

from llmcost.core.offers.offer import Offer
from llmcost.core.pricing.rating import PricesInForce
from llmcost.core.values.meters import modality_meters
from llmcost.core.values.reasons import Reason

RULES = {"input": ("{}", "{}_in"), "output": ("{}_out",)}
"""The rules of counting that show a kind of content to be taken or made."""


def refusal(offer: Offer, active: PricesInForce, side: str, kind: str) -> Reason | None:
    """Why content of a kind cannot be sent (``side`` input) or had (output); None when it can.

    Where no source lists the model's modalities, a rate, a condition or a rule of counting for such content shows
    that it can; without any it is not known, which is no more than that.
    """
    stated = offer.input_kinds if side == "input" else offer.output_kinds
    if stated is not None:
        if kind in stated:
            return None
        no = f"it does not take {kind} input" if side == "input" else f"it does not produce {kind}"
        return Reason("modality", no, f"{kind} {side}")
    if (side, kind) in active.kinds or modality_meters(side, kind) & active.meters:
        return None
    if any(name.format(kind) in offer.token_rules().media for name in RULES[side]):
        return None
    done = f"takes {kind} input" if side == "input" else f"produces {kind}"
    return Reason("modality-unknown", f"no source states that it {done}", f"{kind} {side}")
