"""The gate before newer prices: what may not change at once, and what somebody has to accept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from llmcost.core.values.rates import Rate, parse_rate
from llmcost.errors import LlmcostError

Sheet = Mapping[str, Any]
Prices = dict[tuple[str, str], dict[str, Rate]]
"""The latest rates of each seller's model, by meter and, where it is not the base rate, its condition."""
Rates = Mapping[str, Mapping[str, str]]
"""Exchange rates by day and currency, as a sheet writes them."""
LEAST_KEPT = Decimal("0.6")
"""Of what a table had, and of the offers with a meter: with less kept, a list was cut or a key renamed."""
MOST_FACTOR = 4
"""A price that moves by more has to be accepted."""
MOST_EXCHANGED = Decimal("1.5")
"""An exchange rate that moves by more has to be accepted."""
MOST_SWAPPED = 10
"""With input and output exchanged in more than one of so many offers, the whole table has them so."""
MOST_ALIKE = 10
"""With more than one of so many prices moved by one factor, the unit changed and not the prices."""
FEW = 10
"""Prices of a kind of which fewer may come and go."""
MOST_SHOWN = 5


class PriceChange(NamedTuple):
    """One rate that is another one now."""

    seller: str
    id: str
    meter: str
    before: Rate
    after: Rate

    @property
    def factor(self) -> Decimal | None:
        """By how much it moved, at least 1; None where the two cannot be compared."""
        if (self.before.currency, self.before.unit.dimension) != (self.after.currency, self.after.unit.dimension):
            return None
        old, new = (each.amount / each.unit.size for each in (self.before, self.after))
        return max(old, new) / min(old, new) if old and new else None

    def __str__(self) -> str:
        return f"{self.seller}/{self.id} {self.meter} {self.before} -> {self.after}"


class PriceUpdate(NamedTuple):
    """What newer sheets change: offers that are new or gone, and rates that are other ones.

    ``same`` are the offers that both have, with nothing changed; ``rates`` the rates that both have,
    ``offers`` all that there are now.
    """

    added: tuple[tuple[str, str], ...]
    gone: tuple[tuple[str, str], ...]
    changes: tuple[PriceChange, ...]
    same: int
    rates: int = 0
    offers: int = 0


def update_of(before: Sequence[Sheet], after: Sequence[Sheet]) -> PriceUpdate:
    """How some sheets differ from those before them."""
    old, new = _prices(before), _prices(after)
    changes = tuple(
        PriceChange(*key, meter, rate, new[key][meter])
        for key in sorted(old.keys() & new.keys())
        for meter, rate in old[key].items()
        if meter in new[key] and str(new[key][meter]) != str(rate)
    )
    moved = {(each.seller, each.id) for each in changes}
    return PriceUpdate(
        added=tuple(sorted(new.keys() - old.keys())),
        gone=tuple(sorted(old.keys() - new.keys())),
        changes=changes,
        same=len(old.keys() & new.keys()) - len(moved),
        offers=len(new),
        rates=sum(len(old[key].keys() & new[key].keys()) for key in old.keys() & new.keys()),
    )


def check_update(before: Sequence[Sheet], after: Sequence[Sheet], *, accept: bool = False) -> PriceUpdate:
    """What newer sheets change, where that is believable. Raises LlmcostError, in one line, where it is not.

    ``accept`` lets prices move by any factor; nothing lets a table in that lost most of what it had.
    """
    found = update_of(before, after)
    if before:
        _check_kept(before, after)
        _check_sides(_prices(before), _prices(after))
        _check_factors(found)
    wild = [each for each in found.changes if each.factor is None or each.factor > MOST_FACTOR]
    if wild and not accept:
        shown = "; ".join(map(str, wild[:MOST_SHOWN])) + ("; …" if len(wild) > MOST_SHOWN else "")
        raise LlmcostError(
            f"{len(wild)} prices moved by more than {MOST_FACTOR} times: {shown}",
            "look at them, and take them with --accept if they are right",
        )
    return found


def check_exchange_rates(before: Rates, after: Rates, day: str, *, accept: bool = False) -> None:
    """Raise LlmcostError, in one line, where exchange rates by day are not believable beside those before them.

    ``day`` is the last one that they can be of; ``accept`` lets them move by any factor.
    """
    latest = max(after)
    if latest > day:
        raise LlmcostError(f"the exchange rates are of {latest}, a day to come", "check the file")
    old, new = before[max(before)] if before else {}, after[latest]
    if len(old.keys() & new.keys()) < len(old) * LEAST_KEPT:
        raise LlmcostError(
            f"only {len(old.keys() & new.keys())} currencies are left of {len(old)}",
            "the file may have been cut; nothing was changed",
        )
    for code in sorted(old.keys() & new.keys()):
        was, now = Decimal(old[code]), Decimal(new[code])
        if not now or (max(was, now) > MOST_EXCHANGED * min(was, now) and not accept):
            raise LlmcostError(
                f"the exchange rate of {code} moved from {was} to {now}", "take it with --accept if it is right"
            )


def _check_factors(update: PriceUpdate) -> None:
    """Raise LlmcostError where many prices moved by the same factor, each to more or each to less."""
    moves = Counter(
        (round(each.factor, 6), each.after.amount / each.after.unit.size > each.before.amount / each.before.unit.size)
        for each in update.changes
        if each.factor is not None and each.factor > 1
    )
    (factor, _), number = moves.most_common(1)[0] if moves else ((Decimal(1), True), 0)
    if number > max(FEW, update.rates // MOST_ALIKE):
        raise LlmcostError(
            f"{number} prices moved by the same factor, {factor.normalize():f}",
            "the file is wrong; nothing was changed",
        )


def _check_kept(before: Sequence[Sheet], after: Sequence[Sheet]) -> None:
    """Raise LlmcostError where a table, or a kind of price, lost most of its offers."""
    had, has = _by_witness(before), _by_witness(after)
    for name in sorted(had.keys() - has.keys()):
        raise LlmcostError(f"{had[name]} offers rest on {name}, which was not read", f"read {name} as well")
    for old, new, few, what in (
        (had, has, 1, "offers of {}"),
        (_by_meter(before), _by_meter(after), FEW, "offers with {}"),
    ):
        for name, count in sorted(old.items()):
            if new[name] < count * LEAST_KEPT and count >= few:
                raise LlmcostError(
                    f"only {new[name]} {what.format(name)} are left of {count}",
                    "the file may have been cut, or one of its keys renamed; nothing was changed",
                )


def _by_witness(sheets: Iterable[Sheet]) -> Counter[str]:
    return Counter(name for _, _, entry in _entries(sheets) for name in entry.get("witnesses", ()))


def _by_meter(sheets: Iterable[Sheet]) -> Counter[str]:
    """How many offers have a price of a meter, on which terms and for large requests or not; and how many an end."""
    every = [entry for _, _, entry in _entries(sheets)]
    found = Counter(f"a price of {meter}" for entry in every for meter in entry.get("rates", ()))
    found.update(
        f"a price of {meter}{_kind(variant['when'])}"
        for entry in every
        for variant in entry.get("variants", ())
        for meter in variant["rates"]
    )
    found["an end"] = sum("withdrawn_on" in entry for entry in every)
    return found


def _kind(when: Mapping[str, Any]) -> str:
    """What kind of condition a price is under, in words."""
    terms = f" on {when['terms']} terms" if "terms" in when else ""
    return terms + (" above a size" if "input_tokens" in when else "")


def _check_sides(old: Prices, new: Prices) -> None:
    """Raise LlmcostError where many offers have the price of input for output and the other way round."""
    unlike = [
        (old[key], new[key])
        for key in old.keys() & new.keys()
        if {"input", "output"} <= old[key].keys() & new[key].keys() and old[key]["input"] != old[key]["output"]
    ]
    swapped = sum((a["input"], a["output"]) == (b["output"], b["input"]) for a, b in unlike)
    if swapped > max(1, len(unlike) // MOST_SWAPPED):
        raise LlmcostError(
            f"{swapped} offers have input and output exchanged", "the file is wrong; nothing was changed"
        )


def _entries(sheets: Iterable[Sheet]) -> Iterator[tuple[str, str, Sheet]]:
    """The latest entry of each model at each place."""
    for sheet in sheets:
        for model in sheet.get("models", ()) if sheet["kind"] == "api" else ():
            latest = {entry.get("place", sheet["default_place"]): entry for entry in model["prices"]}
            for place, entry in latest.items():
                yield sheet["seller"], f"{model['id']}@{place}", entry


def _prices(sheets: Iterable[Sheet]) -> Prices:
    return {(seller, own): dict(_rates(entry)) for seller, own, entry in _entries(sheets)}


def _rates(entry: Sheet) -> Iterator[tuple[str, Rate]]:
    """The rates of an entry and of its variants, each with what it is called."""
    for variant in ({"when": {}, "rates": entry.get("rates", {})}, *entry.get("variants", ())):
        where = ", ".join(f"{key} {value}" for key, value in variant["when"].items())
        for meter, text in variant["rates"].items():
            found = parse_rate(meter, text) if isinstance(text, str) else None
            if isinstance(found, Rate):
                yield f"{meter} ({where})" if where else meter, found
