"""Quotes that belong together, as one: of several offers that serve a workload, and of the parts of a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from llmcost.core.offers.offer import Offer
from llmcost.core.quotes.notes import Note
from llmcost.core.quotes.quote import Charge, Gap, Quote, RequestBreakdown
from llmcost.core.values.meters import Count
from llmcost.core.values.money import sum_money


def combine_offers(offer: Offer, quotes: Sequence[Quote]) -> Quote:
    """The quotes of several offers that serve one workload, as one.

    What belongs to another offer than ``offer`` says so. Raises CurrencyError when they charge in several currencies.
    """
    currency = _currency(quotes)
    charges: list[Charge] = []
    gaps: list[Gap] = []
    notes: dict[Note, None] = {}
    doubts: dict[Note, None] = {}
    for quote in quotes:
        name = quote.offer.name
        other = None if quote.offer == offer else name
        charges += [charge._replace(offer=charge.offer or other) for charge in quote.charges]
        said = "" if other is None else f"{name}: "
        gaps += [gap._replace(reason=f"{said}{gap.reason}") for gap in quote.gaps]
        notes.update((note if other is None else note.of(name), None) for note in quote.notes)
        doubts.update((doubt if other is None else doubt.of(name), None) for doubt in quote.doubts)
    first = quotes[0]
    own = next((quote for quote in quotes if quote.offer == offer), None)
    return Quote(
        offer=offer,
        on=first.on,
        currency=currency,
        charges=tuple(charges),
        gaps=tuple(gaps),
        requests=sum((quote.requests for quote in quotes), 0),
        total_tokens=sum((quote.total_tokens for quote in quotes), 0),
        uncertainty=sum((quote.uncertainty for quote in quotes), Fraction(0)),
        unserved=own.unserved if own is not None else None,
        notes=tuple(notes),
        doubts=tuple(doubts),
        counted=tuple(dict.fromkeys(each for quote in quotes for each in quote.counted)),
        sent=tuple(sent for quote in quotes for sent in quote.sent),
        spread=_spread(quotes),
        fleet=own.fleet if own is not None else None,
    )


def _currency(quotes: Sequence[Quote]) -> str:
    """The one currency that quotes charge in; the first's where none charges anything."""
    charged = [quote.total for quote in quotes if quote.charges]
    return sum_money(charged).currency if charged else quotes[0].currency


def _spread(quotes: Sequence[Quote]) -> tuple[Fraction, Fraction] | None:
    """The least and the most of several bills together; None when all are known exactly."""
    if all(quote.spread is None for quote in quotes):
        return None
    low = sum((quote.cost - quote.uncertainty if quote.spread is None else quote.spread[0] for quote in quotes), 0)
    high = sum((quote.cost if quote.spread is None else quote.spread[1] for quote in quotes), 0)
    return Fraction(low), Fraction(high)


def sum_periods(quotes: Sequence[Quote]) -> Quote:
    """Quotes of one offer for parts of a time, as one: equal lines are added up.

    It is unserved only when every part is; a part that is not served is a gap. Raises CurrencyError when they charge in
    several currencies.
    """
    currency = _currency(quotes)
    lines: dict[Charge, tuple[Count, Fraction]] = {}
    gaps: dict[Gap, Count] = {}
    for quote in quotes:
        for charge in quote.charges:
            key = charge._replace(quantity=0, cost=Fraction(0))
            quantity, cost = lines.get(key, (0, Fraction(0)))
            lines[key] = (quantity + charge.quantity, cost + charge.cost)
        for gap in quote.gaps:
            open_line = gap._replace(quantity=0)
            gaps[open_line] = gaps.get(open_line, 0) + gap.quantity
    first = quotes[0]
    unserved = first.unserved if all(quote.unserved is not None for quote in quotes) else None
    sent: dict[tuple[str, str], list[RequestBreakdown]] = {}
    for quote in quotes:
        for each in quote.sent:
            sent.setdefault((each.group, each.label), []).append(each)
    return first._replace(
        currency=currency,
        charges=tuple(key._replace(quantity=quantity, cost=cost) for key, (quantity, cost) in lines.items()),
        gaps=tuple(key._replace(quantity=quantity) for key, quantity in gaps.items()),
        requests=sum((quote.requests for quote in quotes), 0),
        total_tokens=sum((quote.total_tokens for quote in quotes), 0),
        uncertainty=sum((quote.uncertainty for quote in quotes), Fraction(0)),
        unserved=unserved,
        notes=tuple(dict.fromkeys(note for quote in quotes for note in quote.notes)),
        doubts=tuple(dict.fromkeys(doubt for quote in quotes for doubt in quote.doubts)),
        counted=tuple(dict.fromkeys(each for quote in quotes for each in quote.counted)),
        sent=tuple(_added(each) for each in sent.values()),
        spread=_spread(quotes),
        fleet=next((quote.fleet for quote in reversed(quotes) if quote.fleet is not None), None),
    )


def _added(parts: Sequence[RequestBreakdown]) -> RequestBreakdown:
    requests = sum((part.requests for part in parts), 0)
    if not requests:
        return parts[0]

    def mean(values: Iterator[Count]) -> Count:
        return Fraction(sum(values, 0)) / requests

    return parts[0]._replace(
        requests=requests,
        input=mean(part.input * part.requests for part in parts),
        read=mean(part.read * part.requests for part in parts),
        written=mean(part.written * part.requests for part in parts),
        output=mean(part.output * part.requests for part in parts),
    )
