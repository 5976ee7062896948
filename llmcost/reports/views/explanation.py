"""The arithmetic of a quote, line by line, so that a reader can redo the sum by hand."""

from __future__ import annotations

from fractions import Fraction

from llmcost.core.pricing.evidence import SECOND_HAND, THIRD_PARTY, seen_on
from llmcost.core.quotes.notes import SECOND_HAND_MARK
from llmcost.core.quotes.quote import Charge, Quote
from llmcost.core.values.rates import DERIVED
from llmcost.reports.numbers import exact_money, fixed, grouped, shown_count
from llmcost.reports.views.conclusions import MEANINGS

BASE_UNITS = {
    "second": "s",
    "token-hour": "token-hours",
    "kwh": "kWh",
    "kw-month": "kW-months",
    "gb-month": "GB-months",
}


def explain(quote: Quote) -> list[str]:
    """Lines of plain text: each charge with its condition, dates and source, each gap with its reason, the total."""
    lines = [quote.offer.name, *_counted(quote), *_sent(quote)]
    if quote.fleet is not None:
        from llmcost.reports.views.fleet import fleet_lines

        lines += [f"  {line}" for line in fleet_lines(quote, quote.fleet)]
    meters = max([5, *(len(charge.meter) for charge in quote.charges), *(len(gap.meter) for gap in quote.gaps)])
    for charge in quote.charges:
        lines.append(f"  {charge.meter:<{meters}}  {_arithmetic(charge)}")
        lines += [f"  {'':<{meters}}  {line}" for line in _reasons(charge)]
    if quote.unserved is not None:
        lines.append(f"  cannot serve this workload: {quote.unserved}")
    else:
        lines += [
            f"  {gap.meter:<{meters}}  {shown_count(gap.quantity)} not priced: {gap.reason}" for gap in quote.gaps
        ]
    if quote.months:
        lines += [
            f"  from {month.starts}  {'' if month.complete else '≥ '}{exact_money(month.cost)} {quote.currency}"
            for month in quote.months
        ]
    lines += _subtotals(quote, meters)
    if quote.charges or quote.complete:
        bound = "" if quote.complete else "≥ "
        lines.append(f"  {'total':<{meters}}  {bound}{exact_money(quote.cost)} {quote.currency}")
        if quote.uncertainty and quote.low is not None:
            least = f"at least {exact_money(quote.low)} {quote.currency}"
            lines.append(f"  {'':<{meters}}  {least}: {quote.open_reason}")
        if quote.complete and quote.spread is not None:
            low, high = (f"{exact_money(cost)} {quote.currency}" for cost in quote.spread)
            lines.append(f"  {'':<{meters}}  between {low} and {high}: {quote.open_reason}")
    lines += [f"  {'':<{meters}}  {MEANINGS[mark]}" for mark in quote.marks if mark != SECOND_HAND_MARK]
    lines += [f"  {'':<{meters}}  in doubt: {doubt}" for doubt in quote.doubts]
    return lines


def _subtotals(quote: Quote, meters: int) -> list[str]:
    """What each offer comes to where several serve one workload."""
    if all(charge.offer is None for charge in quote.charges):
        return []
    sums: dict[str, Fraction] = {}
    for charge in quote.charges:
        name = charge.offer or quote.offer.name
        sums[name] = sums.get(name, Fraction(0)) + charge.cost
    return [f"  {'at':<{meters}}  {name}: {exact_money(cost)} {quote.currency}" for name, cost in sums.items()]


def _counted(quote: Quote) -> list[str]:
    """How text and media became tokens."""
    lines = []
    for each in quote.counted:
        tokens = grouped(fixed(each.high, least=0, most=2))
        if each.low != each.high:
            tokens = f"{grouped(fixed(each.low, least=0, most=2))} to {tokens}"
        facts = [each.rule, each.kind, seen_on(each.checked_on, each.evidence), each.source]
        lines += [f"  {each.what} = {tokens} tokens", f"    {', '.join(fact for fact in facts if fact)}"]
        lines += [] if each.via is None else [f"    via {each.via}"]
    return lines


def _sent(quote: Quote) -> list[str]:
    """What became of each class: requests, and the tokens of a mean one that were read, written and paid in full."""
    plain = all(not each.label and not each.read and not each.written for each in quote.sent)
    if plain and len(quote.sent) < 2:
        return []
    head = ("class", "requests", "in", "read", "written", "in full", "out")
    rows: list[tuple[str, ...]] = [head]
    for each in quote.sent:
        name = ": ".join(part for part in (each.group, each.label) if part)
        counts = (each.requests, each.input, each.read, each.written, each.in_full, each.output)
        rows.append((name, *(shown_count(count) for count in counts)))
    widths = [max(len(row[place]) for row in rows) for place in range(len(head))]
    return [
        "  " + "  ".join([row[0].ljust(widths[0]), *(row[n].rjust(widths[n]) for n in range(1, len(head)))]).rstrip()
        for row in rows
    ]


def _arithmetic(charge: Charge) -> str:
    unit = charge.rate.unit
    base = BASE_UNITS.get(unit.dimension, f"{unit.dimension}s")
    rate = f"{charge.unit_price:f} {charge.rate.currency} / {unit.text}"
    if charge.multiplier is not None:
        rate = f"{charge.rate.amount:f} × {charge.multiplier:f} {charge.rate.currency} / {unit.text}"
    places = 12 if unit.dimension == "server" else 6
    text = f"{grouped(fixed(charge.quantity, least=0, most=places))} {base} × {rate}"
    if charge.exchange is None:
        return f"{text} = {exact_money(charge.cost)} {charge.currency}"
    native = charge.cost / charge.exchange.rate
    return (
        f"{text} = {exact_money(native)} {charge.rate.currency} × {fixed(charge.exchange.rate)}"
        f" = {exact_money(charge.cost)} {charge.currency}"
    )


def _reasons(charge: Charge) -> list[str]:
    since = f"since {charge.starts}" if charge.starts else "start not known"
    checked = seen_on(charge.checked_on, charge.evidence)
    if charge.starts is None and charge.checked_on is None and not charge.from_page:
        since = checked = ""  # a figure of the user's own has no dates
    facts = [charge.offer or "", charge.condition, since, checked, charge.source]
    lines = [", ".join(fact for fact in facts if fact)]
    if charge.via is not None:
        lines.append(f"via {charge.via}")
    if charge.witnesses or charge.grade in SECOND_HAND:
        others = ", ".join(charge.witnesses)
        joint = ": " if charge.evidence == THIRD_PARTY else "; the same in "
        lines.append(f"{charge.grade}{joint if others else ''}{others}")
    if charge.billed_as:
        lines.append(f"no rate of its own: billed as {charge.billed_as}")
    if charge.rate.derived:
        lines.append(
            f"derived, not quoted: {charge.rate.derived}" if charge.rate.origin == DERIVED else charge.rate.derived
        )
    if charge.rate.note:
        lines.append(charge.rate.note)
    if charge.exchange is not None:
        exchange = charge.exchange
        lines.append(
            f"1 {exchange.base} = {fixed(exchange.rate)} {exchange.quote} on {exchange.day}, {exchange.source}"
        )
    return lines
