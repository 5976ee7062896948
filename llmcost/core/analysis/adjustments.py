"""What-if on prices: the same offers with some of their rates changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, localcontext
from fnmatch import fnmatchcase

from llmcost.core.offers.offer import Offer
from llmcost.core.pricing.entries import PriceEntry
from llmcost.core.pricing.history import PriceHistory
from llmcost.core.values.meters import METER_ORDER
from llmcost.core.values.numerals import parse_decimal
from llmcost.core.values.rates import CONTRACTED, DERIVED, SUPPOSED, Origin, Rate, Rates, SameAs, parse_rate
from llmcost.errors import CurrencyError, NumberError

EXAMPLE = "'alibaba api +34%', 'deepseek-v4-pro output -20%' or 'qwen3.6-plus input = 0.60 USD / 1M tokens'"

ALLOWANCES = "allowances"
"""What counts free allowances and steps by volume in, which list prices leave out."""
LONGEST = 400
"""Characters of one adjustment."""
MOST = 100
"""Adjustments made in order; a price keeps the text of each."""


@dataclass(frozen=True, slots=True)
class Adjustment:
    """One supposed change.

    An offer is meant when each of ``words`` is its seller, kind, model, id, place, terms or full id (``*`` is a
    wildcard). ``meters`` are those that change, () for all. ``factor`` multiplies a rate; ``rate`` replaces it, in
    every condition. ``allowances`` counts in the prices of parts of a month's use that a sheet names. ``text`` is how
    it was written.
    """

    words: tuple[str, ...]
    meters: tuple[str, ...]
    factor: Decimal | None
    rate: Rate | None
    text: str
    allowances: bool = False

    def concerns(self, offer: Offer) -> bool:
        """Whether an offer is meant."""
        own = f"{offer.seller}/{offer.id}"
        names: tuple[str, ...] = (
            offer.seller,
            offer.kind,
            offer.model,
            offer.id,
            offer.place,
            offer.terms,
            offer.name,
            own,
        )
        if offer.deployment is not None:
            names += offer.deployment.words()
        return all(any(fnmatchcase(name, word) for name in names) for word in self.words)


def parse_adjustments(texts: Sequence[str]) -> tuple[Adjustment, ...]:
    """Read several, made in order. Raises as ``parse_adjustment`` does, and NumberError for too many."""
    if len(texts) > MOST:
        raise NumberError(f"{len(texts)} changes of prices are too many", f"write at most {MOST}")
    return tuple(parse_adjustment(text) for text in texts)


def parse_adjustment(text: str) -> Adjustment:
    """Read ``alibaba api +34%`` or ``qwen3.6-plus input = 0.60 USD / 1M tokens``.

    Raises NumberError, UnitError or CurrencyError for other forms.
    """
    if len(text) > LONGEST:
        raise NumberError(f"a change of {len(text)} characters is too long", f"write {EXAMPLE}")
    left, equals, right = (part.strip() for part in text.partition("="))
    words = left.split()
    change = None if equals else (words.pop() if words else "")
    meters = tuple(word for word in words if word in METER_ORDER)
    names = tuple(word for word in words if word not in METER_ORDER)
    if any(word[0] in "+-" and word.endswith("%") for word in names):
        raise NumberError(f'"{text}" has more than one change', "write one change in each text")
    if change is not None:
        if not change:
            raise NumberError("an adjustment is empty", f"write {EXAMPLE}")
        if change == ALLOWANCES:
            return Adjustment(names, meters, None, None, text, allowances=True)
        return Adjustment(names, meters, _factor(change, text), None, text)
    if len(meters) != 1:
        raise NumberError(f'"{text}" does not say which rate it sets', f"name one meter before the =, as in {EXAMPLE}")
    rate = parse_rate(meters[0], right)
    if isinstance(rate, SameAs):
        raise NumberError(f'"{text}" sets no amount', f"write {EXAMPLE}")
    return Adjustment(names, meters, None, rate, text)


def _factor(change: str, text: str) -> Decimal:
    if change[:1] not in ("+", "-") or not change.endswith("%"):
        raise NumberError(f'"{text}" does not end in a change', f"write {EXAMPLE}")
    part = parse_decimal(change[1:-1]) / 100
    if change[0] == "-" and part > 1:
        raise NumberError(f'"{change}" would make prices negative', "lower a price by at most 100%")
    return 1 + part if change[0] == "+" else 1 - part


def adjusted(offer: Offer, adjustments: Sequence[Adjustment], origin: Origin = SUPPOSED) -> Offer:
    """The offer with every adjustment that concerns it made, in order; the same offer when none does.

    ``origin`` says whether the changes are supposed or contracted; contracted rates keep the list rate.
    Raises CurrencyError for a rate in another currency than the offer's.
    """
    mine = [each for each in adjustments if each.concerns(offer)]
    if not mine:
        return offer
    versions = offer.history.versions
    for each in mine:
        versions = tuple(_version(version, each, origin) for version in versions)
    return replace(offer, history=PriceHistory(versions))


def _version(version: PriceEntry, change: Adjustment, origin: Origin) -> PriceEntry:
    if change.allowances:
        return replace(version, counts_volume=True)
    if change.rate is not None:
        _check_currency(version, change.rate, change.text)
    base = _rates(version.base, change, origin)
    if change.rate is not None and change.meters[0] not in base and not version.status:
        base = {**base, change.meters[0]: _set(change.rate, None, change, origin)}
    variants = tuple(variant._replace(rates=_rates(variant.rates, change, origin)) for variant in version.variants)
    return replace(version, base=base, variants=variants)


def _check_currency(version: PriceEntry, rate: Rate, text: str) -> None:
    """Refuse a rate in another currency than the entry's. Raises CurrencyError."""
    own = next((each.currency for each in version.base.values() if isinstance(each, Rate)), rate.currency)
    if own != rate.currency:
        problem = f'"{text}" sets a rate in {rate.currency} for an offer that bills in {own}'
        raise CurrencyError(problem, f"write the rate in {own}")


def _rates(rates: Rates, change: Adjustment, origin: Origin) -> Rates:
    return {meter: _changed(meter, rate, change, origin) for meter, rate in rates.items()}


def _changed(meter: str, rate: Rate | SameAs, change: Adjustment, origin: Origin) -> Rate | SameAs:
    if change.meters and meter not in change.meters:
        return rate
    if change.rate is not None:
        return _set(change.rate, rate if isinstance(rate, Rate) else None, change, origin)
    if isinstance(rate, SameAs) or change.factor is None:
        return rate
    with localcontext(prec=60):
        amount = rate.amount * change.factor
    return _labelled(replace(rate, amount=amount), rate, change, origin)


def _set(rate: Rate, before: Rate | None, change: Adjustment, origin: Origin) -> Rate:
    if before is None:
        return replace(rate, derived=f"{origin}: {change.text}", origin=origin)
    return _labelled(rate, before, change, origin)


def _labelled(rate: Rate, before: Rate, change: Adjustment, origin: Origin) -> Rate:
    """A changed rate with its rule, which begins at the list price, however many changes were made."""
    if origin == CONTRACTED and before.listed is not None:
        return replace(rate, derived=f"{before.derived}, then {change.text}", origin=origin, listed=before.listed)
    kind = "list" if before.listed is None else "contracted"
    itself = f", itself {before.derived}" if before.origin == DERIVED else ""
    rule = f"{origin}: {change.text}, on a {kind} price of {before}{itself}"
    return replace(rate, derived=rule, origin=origin, listed=before.listed if origin == SUPPOSED else before)
