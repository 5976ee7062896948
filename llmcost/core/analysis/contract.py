"""What was negotiated: discounts and private prices on list prices, and a spend that is owed in any case."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from difflib import get_close_matches
from fnmatch import fnmatchcase
from fractions import Fraction
from typing import NamedTuple

from llmcost.core.analysis.adjustments import Adjustment, adjusted
from llmcost.core.offers.catalogue import Catalogue
from llmcost.core.offers.offer import SELF_HOSTED, Offer
from llmcost.core.pricing.conditions import USUAL_TERMS
from llmcost.core.quotes.quote import COMMITMENT, Charge, Quote
from llmcost.core.values.rates import CONTRACTED, Rate, parse_price
from llmcost.core.values.units import PricingUnit
from llmcost.errors import CurrencyError, NumberError, UnitError

EXAMPLE = "write it like `alibaba 1000 USD / month`"
MOST = 100


class Commitment(NamedTuple):
    """A spend at one seller that is owed each month, whether it is used or not. ``text`` is how it was written."""

    seller: str
    rate: Rate
    text: str


class Contract(NamedTuple):
    """Changes to list prices, made in order, and what is owed in any case."""

    discounts: tuple[Adjustment, ...] = ()
    commitments: tuple[Commitment, ...] = ()

    def offer(self, offer: Offer) -> Offer:
        """The offer at contracted prices; the same one when nothing concerns it."""
        return adjusted(offer, self.discounts, CONTRACTED)

    def unused(self, offers: Iterable[Offer]) -> list[str]:
        """The discounts that concern none of some offers, as they were written."""
        known = list(offers)
        return [each.text for each in self.discounts if not any(each.concerns(offer) for offer in known)]


def parse_commitments(texts: Sequence[str]) -> tuple[Commitment, ...]:
    """Read several. Raises as ``parse_commitment`` does, and NumberError for too many."""
    if len(texts) > MOST:
        raise NumberError(f"{len(texts)} commitments are too many", f"write at most {MOST}")
    return tuple(parse_commitment(text) for text in texts)


def parse_commitment(text: str) -> Commitment:
    """Read ``alibaba 1000 USD / month``. Raises NumberError, UnitError or CurrencyError for other forms."""
    seller, _, price = text.strip().partition(" ")
    try:
        amount, currency, unit = parse_price(price)
    except UnitError:
        raise NumberError(f'"{text}" is not a commitment', EXAMPLE) from None
    if unit != "month" or not amount:
        raise NumberError(f'"{text}" is not a commitment', EXAMPLE)
    return Commitment(seller, Rate(amount, currency, PricingUnit("month", "month", 1)), text)


def unknown_name(contract: Contract, catalogue: Catalogue) -> tuple[str, str, str] | None:
    """The first name in a contract that nothing in a catalogue has: its line, the name, and what it may have been.

    None when all are known. Names of self-hosted offers, which are made when they are asked for, count as known.
    """
    sellers = {listing.seller for listing in catalogue.listings} | {"self"}
    hosting = catalogue.self_hosting
    names = {*sellers, *USUAL_TERMS, "api", SELF_HOSTED, *hosting.models, *hosting.accelerators}
    for listing in catalogue.listings:
        own = f"{listing.seller}/{listing.id}"
        names.update((listing.id, listing.model, own, *listing.places, *(f"{own}@{each}" for each in listing.places)))
    for instance in hosting.instances:
        names.update((instance.host, instance.place))
    asked = [(each.text, word, names) for each in contract.discounts for word in each.words]
    asked += [(each.text, each.seller, sellers) for each in contract.commitments]
    for text, word, known in asked:
        bare = word.partition("+")[0]
        if not word.startswith("self/") and not any(fnmatchcase(name, bare) for name in known):
            close = get_close_matches(bare, known, n=3, cutoff=0.6)
            hint = f"did you mean: {', '.join(close)}?" if close else "see `llmcost models` for those it knows"
            return text, word, hint
    return None


def committed(quote: Quote, commitments: Sequence[Commitment]) -> Quote:
    """A month's quote with what is owed beyond its use, as a charge of its own.

    Raises CurrencyError when a commitment is in another currency than the quote.
    """
    for each in commitments:
        mine = [charge for charge in quote.charges if _seller(charge, quote.offer) == each.seller]
        if not mine:
            continue
        if each.rate.currency != quote.currency:
            raise CurrencyError(
                f'the commitment "{each.text}" cannot be set against costs in {quote.currency}',
                f"convert the costs to {each.rate.currency} (`currency`)",
            )
        used, owed = sum((charge.cost for charge in mine), Fraction(0)), Fraction(each.rate.amount)
        quote = _bounded(quote, used, owed, alone=len(mine) == len(quote.charges))
        if used >= owed:
            continue
        condition = f"{each.rate.amount:f} {quote.currency} committed to {each.seller}, {_shown(used)} of it used"
        extra = Charge(
            meter=COMMITMENT,
            quantity=(owed - used) / owed,
            rate=each.rate,
            cost=owed - used,
            currency=quote.currency,
            condition=condition,
            multiplier=None,
            billed_as=None,
            starts=None,
            checked_on=None,
            source="your contract",
            offer=mine[0].offer,
        )
        quote = quote._replace(charges=(*quote.charges, extra))
    return quote


def _bounded(quote: Quote, used: Fraction, owed: Fraction, *, alone: bool) -> Quote:
    """The quote with its range kept at or above what is owed.

    ``alone`` says that all of the quote is owed to one seller; else how much of the range is that seller's is not
    known, and the range is only moved by what is added.
    """
    extra = max(owed - used, Fraction(0))
    spread = quote.spread
    if not alone:
        moved = None if spread is None else (spread[0] + extra, spread[1] + extra)
        return quote._replace(spread=moved)
    least = max(used - quote.uncertainty, owed)
    floor = None if spread is None else (max(spread[0], owed), max(spread[1], owed))
    return quote._replace(uncertainty=max(used, owed) - least, spread=floor)


def _seller(charge: Charge, offer: Offer) -> str:
    return offer.seller if charge.offer is None else charge.offer.partition("/")[0]


def _shown(amount: Fraction) -> str:
    return f"{round(Decimal(amount.numerator) / Decimal(amount.denominator), 2):f}"
