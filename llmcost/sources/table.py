"""What a public price table says, in one shape for all of them: offers with rates as a price sheet writes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from llmcost.core.pricing.conditions import STANDARD
from llmcost.core.values.dates import parse_day
from llmcost.core.values.meters import METER_ORDER, TOKEN_METERS
from llmcost.core.workload.tasks import CHAT, Task
from llmcost.errors import NumberError

MILLION = 10**6
MOST_AMOUNT = Decimal(10**6)
"""Of one unit; a larger price is not believed."""
FINEST = Decimal(10) ** -18
"""Of one unit; a smaller one is no price."""


class LeftOut(NamedTuple):
    """What a table has and this program cannot take, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceOffer:
    """One model at one seller, as a table has it.

    ``name`` is its id in the table, ``names`` are others that the table gives it. ``entry`` has rates, variants and
    unpriced combinations as a sheet writes them, ``history`` those before it, ``default_options`` what a request that
    names none has. ``place`` and ``context_window`` of None: not stated; so are ``page``, where the vendor states the
    price, ``ends``, the first day it is no longer sold, with
    ``ends_by``, the page that says so, and ``as_of``, the table's own day of the figures, which is
    else that of the table. ``left_out`` are its prices that no meter expresses,
    ``doubt`` why it may be sold no more; None without any.
    """

    name: str
    seller: str
    id: str
    entry: Mapping[str, Any]
    history: tuple[Mapping[str, Any], ...] = ()
    default_options: tuple[tuple[str, str], ...] = ()
    names: tuple[str, ...] = ()
    task: Task = CHAT
    place: str | None = None
    context_window: int | None = None
    page: str | None = None
    ends: str | None = None
    ends_by: str | None = None
    doubt: str | None = None
    as_of: str | None = None
    left_out: tuple[str, ...] = ()


class SourceTable(NamedTuple):
    """All that a table says."""

    offers: tuple[SourceOffer, ...]
    left_out: tuple[LeftOut, ...]


def amount_of(value: object) -> Decimal | None:
    """A price above zero, exactly; None for anything else.

    A zero is none: tables write it for what is free, for what is not known and for what is sold by subscription.
    """
    if type(value) not in (int, Decimal):
        return None
    amount = Decimal(value)  # type: ignore[arg-type]  # an int or a Decimal, by the line above
    return amount if amount.is_finite() and FINEST <= amount <= MOST_AMOUNT else None


def listed(value: object) -> list[Any]:
    """A list as it is; nothing for whatever else stands where one should."""
    return value if isinstance(value, list) else []


def mapped(value: object) -> dict[str, Any]:
    """An object as it is; an empty one for whatever else stands where one should."""
    return value if isinstance(value, dict) else {}


def whole_of(value: object) -> int | None:
    """A count above zero; None for anything else."""
    return int(value) if type(value) in (int, Decimal) and _is_whole(value) else None  # type: ignore[call-overload]


def _is_whole(value: Any) -> bool:
    return bool(Decimal(value).is_finite() and 0 < value <= 10**12 and value == int(value))


def rate(amount: Decimal, unit: str, currency: str = "USD") -> str:
    """A rate as a sheet writes it; ``unit`` is what the amount is for."""
    return f"{plain(amount)} {currency} / {unit}"


def plain(amount: Decimal) -> str:
    """A figure without an exponent or zeros at its end."""
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


class RateCells:
    """The rates of one offer as they are found, by terms and by the context tier they begin with.

    What a table leaves open on some terms or in a tier is left open here too: the entry lists it as unpriced, so that
    no rate is taken for one that nobody states.
    """

    def __init__(self) -> None:
        self._cells: dict[tuple[str, int], dict[str, str]] = {}
        self._others: list[dict[str, Any]] = []
        self._starts: dict[str, str] = {}

    def add(self, meter: str, text: str, terms: str = STANDARD, above: int = 0) -> None:
        """Take down a rate for requests with more than ``above`` input tokens; the first of two stays."""
        self._cells.setdefault((terms, above), {}).setdefault(meter, text)

    def add_variant(self, when: Mapping[str, Any], rates: Mapping[str, str]) -> None:
        """Take down rates under any other condition."""
        self._others.append({"when": dict(when), "rates": _in_order(rates)})

    def add_window(self, window: Mapping[str, str], rates: Mapping[str, str]) -> None:
        """Take down rates of some hours of the week; hours with the same rates are one condition."""
        found = _in_order(rates)
        for other in self._others:
            if "time" in other["when"] and other["rates"] == found:
                other["when"]["time"].append(dict(window))
                return
        self._others.append({"when": {"time": [dict(window)]}, "rates": found})

    def start(self, terms: str, day: str) -> None:
        """Take down since when some terms are sold."""
        self._starts[terms] = day

    def entry(self) -> dict[str, Any] | None:
        """Rates, variants and unpriced combinations; None without a rate on standard terms."""
        base = self._cells.get((STANDARD, 0))
        if not base:
            return None
        variants: list[dict[str, Any]] = []
        unpriced: list[dict[str, Any]] = []
        edges = sorted({above for terms, above in self._cells if above})
        for terms in sorted({terms for terms, _ in self._cells}, key=lambda each: (each != STANDARD, each)):
            flat = self._cells.get((terms, 0), {})
            if terms != STANDARD:
                if not flat:
                    continue
                variants.append({"when": {"terms": terms}, "rates": _in_order(flat), **self._since(terms)})
                _leave_open(unpriced, {"terms": terms}, [each for each in base if each not in flat])
            for above, until in zip(edges, [*edges[1:], None], strict=False):
                size = f"> {above}" if until is None else f"> {above}, <= {until}"
                when = {**({} if terms == STANDARD else {"terms": terms}), "input_tokens": size}
                found = self._tier(terms, above)
                if found:
                    variants.append({"when": when, "rates": _in_order(found), **self._since(terms)})
                owed = [*flat, *(each for each in self._tier(STANDARD, above) if each not in flat)]
                _leave_open(unpriced, when, [each for each in owed if each not in found])
        parts = {"rates": _in_order(base), "variants": variants + self._others, "unpriced": unpriced}
        return {key: part for key, part in parts.items() if part}

    def _since(self, terms: str) -> dict[str, str]:
        return {"effective_from": self._starts[terms]} if terms in self._starts else {}

    def _tier(self, terms: str, above: int) -> dict[str, str]:
        """The rates in a tier: those of the highest edge at or below it."""
        found: dict[str, str] = {}
        for (own, edge), rates in sorted(self._cells.items()):
            if own == terms and 0 < edge <= above:
                found.update(rates)
        return found


def _leave_open(unpriced: list[dict[str, Any]], when: Mapping[str, Any], meters: Sequence[str]) -> None:
    open_meters = [meter for meter in meters if meter in TOKEN_METERS]
    if open_meters:
        unpriced.append({**when, "meters": open_meters})


def _in_order(rates: Mapping[str, str]) -> dict[str, str]:
    return dict(sorted(rates.items(), key=lambda item: METER_ORDER[item[0]]))


def day_of(value: object) -> str | None:
    """A day as tables write it; None for anything else."""
    try:
        return parse_day(value).isoformat() if isinstance(value, str) else None
    except NumberError:
        return None


def web_page(value: object) -> str | None:
    """A page's address, if that is what a table has; None for anything else."""
    text = value if isinstance(value, str) else ""
    sound = text.startswith("https://") and not any(letter.isspace() for letter in text) and len(text) <= 500
    return text if sound else None


def merge_same(offers: Iterable[SourceOffer]) -> tuple[SourceOffer, ...]:
    """Offers whose seller, id and place are the same and whose prices are, too, as one that has all their names.

    Where the prices differ the later keeps its whole name as its id, so that nothing is hidden.
    """
    found: dict[tuple[str, str, str | None], SourceOffer] = {}
    for offer in offers:
        key = (offer.seller, offer.id, offer.place)
        first = found.get(key)
        if first is None:
            found[key] = offer
        elif first.entry == offer.entry:
            found[key] = _with_names(first, (offer.name, *offer.names))
        elif offer.name != offer.id:
            found.setdefault((offer.seller, offer.name, offer.place), _as(offer, offer.name))
    return tuple(found.values())


def _with_names(offer: SourceOffer, names: Iterable[str]) -> SourceOffer:
    from dataclasses import replace

    return replace(offer, names=tuple(dict.fromkeys((*offer.names, *names))))


def _as(offer: SourceOffer, name: str) -> SourceOffer:
    from dataclasses import replace

    return replace(offer, id=name)
