"""A bill held against list prices of the usage it is for: what explains each difference, and what is left."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from llmcost.core.analysis.bills.part import CAUSES, BilledPart, Cause, listed, meant
from llmcost.core.analysis.bills.share import BilledShare, share_of

AGAINST: tuple[Cause, ...] = ("surcharge", "not-used")
"""What is named and yet speaks against a bill that is higher by it."""
EXACT = Fraction(1, 10**9)
"""How far apart amounts are that are the same, as a share of them: some sellers work them out in binary."""


class Effect(NamedTuple):
    """A part of a difference, with what explains it."""

    cause: Cause
    words: str
    amount: Fraction


class ReconciledPart(NamedTuple):
    """A part with its effects, which add up to what was billed beyond the list price."""

    part: BilledPart
    effects: tuple[Effect, ...]

    @property
    def is_against(self) -> bool:
        """Whether something speaks against it: more is billed than it may cost at list price, or for what is unused."""
        if self.part.listed is not None and self.part.billed is not None:
            most = self.part.listed if self.part.reach is None else max(self.part.listed, self.part.reach[1])
            if meant(self.part) > most + self.part.step:
                return True
        return any(each.amount > 0 and each.cause in (*AGAINST, *self.part.told) for each in self.effects)

    @property
    def difference(self) -> Fraction:
        """How much more was billed than the list price; what is not known counts as nothing."""
        return (self.part.billed or Fraction(0)) - (self.part.listed or Fraction(0))


class Reconciliation(NamedTuple):
    """A whole bill against the usage it is for, in one currency.

    ``agreed`` are the discounts that the list prices have off here, as they were written.
    """

    currency: str
    parts: tuple[ReconciledPart, ...]
    agreed: tuple[str, ...] = ()

    @property
    def listed(self) -> Fraction:
        """The list price of all usage that has one."""
        return sum((each.part.listed or Fraction(0) for each in self.parts), Fraction(0))

    @property
    def reach(self) -> tuple[Fraction, Fraction]:
        """The least and the most that the list price may be, as sums of usage do not tell all."""
        ends = [each.part.reach or (each.part.listed or Fraction(0),) * 2 for each in self.parts]
        return sum((low for low, _ in ends), Fraction(0)), sum((high for _, high in ends), Fraction(0))

    @property
    def billed(self) -> Fraction:
        """What was billed."""
        return sum((each.part.billed or Fraction(0) for each in self.parts), Fraction(0))

    def by_cause(self) -> Mapping[Cause, Fraction]:
        """The difference by what explains it; what moved nothing is left out."""
        sums = {
            cause: sum((e.amount for p in self.parts for e in p.effects if e.cause == cause), Fraction(0))
            for cause in CAUSES
        }
        return {cause: amount for cause, amount in sums.items() if amount}

    @property
    def explained(self) -> bool:
        """Whether nothing is left, nothing speaks against the bill, and all that was billed has a list price."""
        effects = [each for part in self.parts for each in part.effects]
        unpriced = any(each.cause == "unpriced" for each in effects)  # whatever was billed, if it was nothing
        left = any(each.cause == "left" and each.amount for each in effects)
        return not unpriced and not left and not any(part.is_against for part in self.parts)

    @property
    def held(self) -> bool:
        """Whether anything that was billed could be held against a list price."""
        return any(each.part.billed is not None and each.part.listed is not None for each in self.parts)


def reconcile(currency: str, parts: Iterable[BilledPart], agreed: Sequence[str] = ()) -> Reconciliation:
    """Explain every part: as listed, else by a share that a model has, else in another way it may have been billed.

    ``agreed`` are the discounts that are off their list prices already.
    """
    kept = list(parts)
    open_parts: dict[str, list[BilledPart]] = {}
    for part in kept:
        if _as_listed(part) is None and _otherwise(part) is None and not _is_within(part):
            open_parts.setdefault(part.model, []).append(part)
    shares = {model: share_of(each) for model, each in open_parts.items()}
    price = price_name(agreed)
    explained = tuple(ReconciledPart(part, _effects(part, shares.get(part.model), price)) for part in kept)
    return Reconciliation(currency, explained, tuple(agreed))


def price_name(agreed: Sequence[str]) -> str:
    """What a share is said to be below or above of: the list, or what was agreed on."""
    return "what was agreed" if agreed else "list"


def _effects(part: BilledPart, share: BilledShare | None, price: str) -> tuple[Effect, ...]:
    """What explains a part. A share that others need explains it too, as some other way may fit a small amount.

    ``price`` is what the list price is called.
    """
    found = _as_listed(part)
    if found is not None:
        return tuple(found)
    assert part.listed is not None
    assert part.billed is not None
    within = _is_within(part)
    of_share = () if share is None or not share.holds(part) else _of_share(part, share, price)
    if of_share and share is not None and (not within or (share.is_clear and share.value < 1 and not part.left_open)):
        return of_share
    other = _otherwise(part)
    if other is not None and (not within or any(each.cause == "tier" for each in other)):  # sizes are of the range too
        return tuple(other)
    cause: Cause = "range" if within else "left"
    words = (part.left_open if within else "") or CAUSES[cause]
    effects = [*_first(part), Effect(cause, words, meant(part) - part.listed)]
    return _with_rest(part, effects, part.listed + sum((each.amount for each in effects), Fraction(0)))


def _of_share(part: BilledPart, share: BilledShare, called: str) -> tuple[Effect, ...]:
    """A share of the price, and before it how that price differs from the one that is listed."""
    price, whole = listed(part), share.base(part)
    off, reached = (1 - share.value) * 100, whole * share.value
    words = f"{_percent(abs(off))} {'below' if off > 0 else 'above'} {called}"
    tier = [] if whole == price else [Effect("tier", SMALL_INPUTS, whole - price)]
    first = _first(part)
    effects = [*first, *tier, Effect("discount" if off > 0 else "surcharge", words, reached - whole)]
    return _with_rest(part, effects, reached + sum((each.amount for each in first), Fraction(0)))


def _is_within(part: BilledPart) -> bool:
    """Whether what is billed lies within what the list price may be, but for rounding."""
    if part.reach is None or part.billed is None:
        return False
    return part.reach[0] - part.step <= meant(part) <= part.reach[1] + part.step


SMALL_INPUTS = "the price of small inputs"


def _as_listed(part: BilledPart) -> list[Effect] | None:
    """What explains a part that is as listed or has nothing to be held against, [] for nothing; None for another."""
    if part.billed is None:
        return [Effect("not-billed", part.why or CAUSES["not-billed"], -(part.listed or Fraction(0)))]
    if part.listed is None:
        cause: Cause = "unpriced" if part.why else "not-used"
        return [Effect(cause, part.why or CAUSES["not-used"], part.billed)]
    if abs(meant(part) - part.listed) > part.step:
        return None
    first = _first(part)
    return list(_with_rest(part, first, part.listed + sum((each.amount for each in first), Fraction(0))))


def _otherwise(part: BilledPart) -> list[Effect] | None:
    """The other way in which a part was billed, with what the bill itself takes off; None for none."""
    if part.listed is None or part.billed is None:
        return None
    for cause, words, cost in part.others:
        if abs(meant(part) - cost) <= part.step:
            moved = [*_first(part), Effect(cause, words, cost - part.listed)]
            return list(_with_rest(part, moved, part.listed + sum((each.amount for each in moved), Fraction(0))))
    return None


def _first(part: BilledPart) -> list[Effect]:
    return [] if part.quoted is None else _discount(part, part.quoted)


def _discount(part: BilledPart, quoted: Fraction) -> list[Effect]:
    """What the bill itself takes off its list price, or adds to it."""
    assert part.billed is not None
    more = part.billed - quoted
    if abs(more) <= part.step:
        return []
    if more > 0:
        return [Effect("surcharge", "added by the bill itself to its own list price", more)]
    return [Effect("discount", "taken off by the bill itself", more)]


def _with_rest(part: BilledPart, effects: Sequence[Effect], reached: Fraction) -> tuple[Effect, ...]:
    """The effects, and what is left up to the bill, which rounding has moved."""
    assert part.billed is not None
    rest = part.billed - reached
    is_same = abs(rest) <= EXACT * abs(part.billed)
    return (*effects, *([] if is_same else [Effect("rounding", CAUSES["rounding"], rest)]))


def _percent(value: Fraction) -> str:
    text = f"{float(value):.2f}".rstrip("0").rstrip(".")
    return f"{text}%"
