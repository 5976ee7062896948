"""A bill held against list prices of the usage it is for: what explains each difference, and what is left."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from typing import Literal, NamedTuple

Cause = Literal[
    "price-date",
    "tier",
    "terms",
    "cache",
    "discount",
    "surcharge",
    "range",
    "rounding",
    "unpriced",
    "not-used",
    "not-billed",
    "left",
]
CAUSES: dict[Cause, str] = {
    "price-date": "prices of another day",
    "tier": "another tier of input",
    "terms": "other terms",
    "cache": "another count of what was cached",
    "discount": "a share below list",
    "surcharge": "a share above list",
    "range": "when requests were or how large, which the usage does not tell",
    "rounding": "the bill is rounded",
    "unpriced": "no list price is known",
    "not-used": "billed, and the usage has none of it",
    "not-billed": "used, and the bill has none of it",
    "left": "not explained",
}
"""What explains a difference, in the order in which it is told."""
AGAINST: tuple[Cause, ...] = ("surcharge", "not-used")
"""What is named and yet speaks against a bill that is higher by it."""
HALF_PERCENT = Fraction(1, 200)
CLEAR = Fraction(1, 2000)
"""How far off a share may be by rounding that a bill does not state; small amounts in cents have many shares."""
EXACT = Fraction(1, 10**9)
"""How far apart amounts are that are the same, as a share of them: some sellers work them out in binary."""


class BilledPart(NamedTuple):
    """What is to be explained: usage of one model in one span of time at list price, and what was billed for it.

    ``meter`` of None: all of it. ``listed`` of None: no list price is known, and ``why`` says why. ``billed`` of None:
    the bill has none of it. ``quoted`` is what the bill itself says that it costs at list price, None where it does
    not. ``step`` is by how much rounding alone may move the amount, ``stated_step`` that by what the bill itself says
    it is rounded to. ``others`` are what the usage would cost in other ways: by what would explain it, in words, and
    how much. ``reach`` is the least and the most that the list price may be, as sums do not tell all; None where it is
    exact. ``told`` are the causes of which the usage itself says how it was, such as its tier where it has the size of
    each request.
    """

    start: datetime
    end: datetime | None
    model: str
    meter: str | None
    listed: Fraction | None
    billed: Fraction | None
    quoted: Fraction | None = None
    step: Fraction = Fraction(0)
    stated_step: Fraction = Fraction(0)
    others: tuple[tuple[Cause, str, Fraction], ...] = ()
    why: str = ""
    reach: tuple[Fraction, Fraction] | None = None
    told: frozenset[Cause] = frozenset()


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
        """Whether something speaks against it: it is billed above list, though the usage says how it was, or unused."""
        return any(each.amount > 0 and each.cause in (*AGAINST, *self.part.told) for each in self.effects)

    @property
    def difference(self) -> Fraction:
        """How much more was billed than the list price; what is not known counts as nothing."""
        return (self.part.billed or Fraction(0)) - (self.part.listed or Fraction(0))


class Reconciliation(NamedTuple):
    """A whole bill against the usage it is for, in one currency."""

    currency: str
    parts: tuple[ReconciledPart, ...]

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


def reconcile(currency: str, parts: Iterable[BilledPart]) -> Reconciliation:
    """Explain every part: by itself where that can be done, then by a share that all the rest of a model has."""
    kept = list(parts)
    shares = _shares([part for part in kept if _alone(part) is None])
    return Reconciliation(
        currency, tuple(ReconciledPart(part, _effects(part, shares.get(part.model))) for part in kept)
    )


def _effects(part: BilledPart, share: _Share | None) -> tuple[Effect, ...]:
    found = _alone(part)
    if found is not None:
        return tuple(found)
    assert part.listed is not None
    assert part.billed is not None
    if share is not None and share.holds(part):
        off, reached = (1 - share.value) * 100, part.listed * share.value
        words = f"{_percent(abs(off))} {'below' if off > 0 else 'above'} list"
        return _with_rest(part, [Effect("discount" if off > 0 else "surcharge", words, reached - part.listed)], reached)
    within = part.reach is not None and part.reach[0] <= part.billed <= part.reach[1]
    cause: Cause = "range" if within else "left"
    return (Effect(cause, CAUSES[cause], part.billed - part.listed),)


def _alone(part: BilledPart) -> list[Effect] | None:
    """What explains a part by itself, [] for one as listed; None where nothing does."""
    if part.billed is None:
        return [Effect("not-billed", part.why or CAUSES["not-billed"], -(part.listed or Fraction(0)))]
    if part.listed is None:
        cause: Cause = "unpriced" if part.why else "not-used"
        return [Effect(cause, part.why or CAUSES["not-used"], part.billed)]
    first = [] if part.quoted is None else _discount(part, part.quoted)
    meant = part.billed if part.quoted is None else part.quoted
    if abs(meant - part.listed) <= part.step:
        return list(_with_rest(part, first, part.listed + sum((each.amount for each in first), Fraction(0))))
    for cause, words, cost in part.others:
        if abs(meant - cost) <= part.step:
            moved = [*first, Effect(cause, words, cost - part.listed)]
            return list(_with_rest(part, moved, part.listed + sum((each.amount for each in moved), Fraction(0))))
    return None


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


class _Share(NamedTuple):
    """A share of the list price, and by how much it may be off, as it was found in an amount that is rounded."""

    value: Fraction
    slack: Fraction

    def holds(self, part: BilledPart) -> bool:
        """Whether a part was billed at it, but for rounding."""
        listed = part.listed or Fraction(0)
        return abs((part.billed or 0) - self.value * listed) <= part.step + self.slack * listed


def _shares(parts: Sequence[BilledPart]) -> dict[str, _Share]:
    """By model, the one share of the list price that all its parts were billed at; none for a model without one.

    A single part has some share in any case, so of one it counts only where it is a multiple of half a percent.
    """
    found: dict[str, _Share] = {}
    for model in dict.fromkeys(part.model for part in parts):
        own = [part for part in parts if part.model == model and part.listed]
        if not own:
            continue
        largest = max(own, key=lambda part: part.listed or Fraction(0))
        share = (largest.billed or Fraction(0)) / (largest.listed or Fraction(1))
        slack, most = (step / (largest.listed or Fraction(1)) for step in (largest.stated_step, largest.step))
        slack = most if most <= CLEAR else slack
        rounded = round(share / HALF_PERCENT) * HALF_PERCENT
        value = rounded if abs(rounded - share) <= slack + Fraction(1, 10**9) else share
        made = _Share(value, slack)
        if value and all(map(made.holds, own)) and (len(own) > 1 or value == rounded):
            found[model] = made
    return found


def _percent(value: Fraction) -> str:
    text = f"{float(value):.2f}".rstrip("0").rstrip(".")
    return f"{text}%"
