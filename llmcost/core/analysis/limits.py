"""What can be limited: one rule a limit, with its words, what it takes, and how an offer is measured by it."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple

from llmcost.core.analysis.budget import DAYS, MONEY, SHARE, Budget, Limit, Verdict
from llmcost.core.analysis.limit_units import FORM, LIMIT_UNITS
from llmcost.core.analysis.saved_result import SavedResult, as_saved
from llmcost.core.pricing.evidence import seen_on
from llmcost.core.quotes.comparison import Comparison
from llmcost.core.quotes.quote import Quote
from llmcost.errors import LlmcostError, NumberError


class Case(NamedTuple):
    """One offer before one limit of a budget, with all that it may be set against.

    ``baseline`` is None where the budget names none; ``others`` are the alternatives, else the comparison itself.
    """

    budget: Budget
    limit: Limit
    quote: Quote
    comparison: Comparison
    baseline: SavedResult | None
    others: Comparison

    def fault(self, message: str, remedy: str) -> LlmcostError:
        """Why there is no verdict, with the budget's name."""
        return LlmcostError(f'budget "{self.budget.name}": {message}', remedy)


class LimitReading(NamedTuple):
    """What an offer comes to where a limit is measured.

    ``against`` is what that is set against, None for nothing; ``high`` how far it may go within its range, None where
    it is known exactly; ``doubts`` are those of the offer and of cheaper ones that are not counted. ``before`` and
    ``after`` are what a month costs in a baseline and now, None where nothing is counted from one.
    """

    value: Fraction
    against: str | None = None
    high: Fraction | None = None
    doubts: tuple[str, ...] = ()
    before: Fraction | None = None
    after: Fraction | None = None


class Rule(NamedTuple):
    """A limit that a budget may set. Adding one here is all that it takes.

    ``figure`` says what is limited, ``promise`` what a config's key and ``help`` what a flag of it mean. ``takes`` are
    the units it can be written in. ``short`` is a shorter name for its flag, "" where ``name`` is short enough.
    ``says`` puts what an offer comes to into words. ``baseline`` says that it is
    counted from a saved result.
    """

    name: str
    figure: str
    promise: str
    help: str
    takes: tuple[str, ...]
    measure: Callable[[Case], LimitReading]
    says: Callable[[Verdict, str], str]
    short: str = ""
    baseline: bool = False


def _monthly(case: Case) -> LimitReading:
    quote = case.quote
    high = None if quote.high is None or quote.high == quote.cost else quote.high / max(1, len(quote.months))
    return LimitReading(quote.monthly, None, high, quote.doubts)


def _per(count: Fraction, what: str, case: Case) -> LimitReading:
    quote = case.quote
    if not count:
        raise case.fault(f"{quote.offer.name} has no {what} to divide by", "limit a month")
    return LimitReading(quote.cost / count, None, None if quote.high is None else quote.high / count, quote.doubts)


def _sessions(case: Case) -> Fraction:
    """All sessions that the cost is of."""
    return Fraction(case.comparison.workload.sessions) * max(1, len(case.quote.months))


def _change(case: Case, direction: int) -> LimitReading:
    """How much more, or less, a month costs than in the baseline."""
    name, baseline, currency = case.quote.offer.name, case.baseline, case.comparison.currency
    assert baseline is not None
    row = baseline.rows.get(name)
    if row is None or row.monthly is None:
        what = f"{name} is not in" if row is None else f"{name} is not priced in full in"
        remedy = "make the baseline anew, of a comparison that has this offer"
        raise case.fault(f"{what} the baseline {baseline.name}", remedy)
    if baseline.currency != currency:
        raise case.fault(
            f"the baseline {baseline.name} is in {baseline.currency}, the result in {currency}",
            f"convert the result to {baseline.currency} (`currency`), or make the baseline anew",
        )
    after = as_saved(case.quote.monthly)
    more = direction * (after - row.monthly)
    moved = LimitReading(more, baseline.name, None, case.quote.doubts, row.monthly, after)
    if case.limit.measure != SHARE:
        return moved
    if not row.monthly:
        remedy = "write the limit as an amount, like 50 USD"
        raise case.fault(f"{name} cost nothing in the baseline, so there is no percentage", remedy)
    return moved._replace(value=more / row.monthly)


def _above_cheapest(case: Case) -> LimitReading:
    """The share by which an offer costs more than the cheapest alternative."""
    others = case.others
    if others.currency != case.comparison.currency:
        raise case.fault(
            f"alternatives in {others.currency}, the result in {case.comparison.currency}",
            f"convert both to {case.comparison.currency} (`currency`)",
        )
    best = others.cheapest
    priced = [row.quote for row in others.rows if row.quote.complete]
    if best is None:
        doubt = next((doubt for quote in priced for doubt in quote.doubts), None)
        why = "has a price" if doubt is None else f"has one without a doubt: {doubt}"
        raise case.fault(f"none of the alternatives {why}", "name others under `alternatives:`")
    if not best.quote.cost:
        what = f"the cheapest alternative, {best.quote.offer.name}, is free: there is no share of it"
        raise case.fault(what, "take it out of `alternatives:`")
    cheaper = [each for each in priced if each.doubts and each.cost < best.quote.cost]
    doubts: list[str] = [f"{each.offer.name} may be cheaper: {each.doubts[0]}" for each in cheaper]
    share = case.quote.cost / best.quote.cost - 1
    return LimitReading(share, best.quote.offer.name, doubts=(*case.quote.doubts, *doubts))


def _age(case: Case) -> LimitReading:
    """Days from the check of the oldest price to the day of the prices."""
    quote, on = case.quote, case.comparison.on.day
    unknown = [charge for charge in quote.charges if charge.checked_on is None and charge.from_page]
    if unknown:
        raise case.fault(
            f"when {quote.offer.name} was checked is not known ({unknown[0].meter})",
            "leave this offer out of the limit on the age of prices, or use a sheet of your own with `checked_on:`",
        )
    known = [(charge.checked_on, charge) for charge in quote.charges if charge.checked_on is not None]
    if not known:
        return LimitReading(Fraction(0), "", doubts=quote.doubts)
    day, oldest = min(known, key=lambda each: each[0])
    days = Fraction(max(0, (on - day).days))
    return LimitReading(days, f"{oldest.meter}, {seen_on(day, oldest.evidence)}", doubts=quote.doubts)


def _end(case: Case) -> LimitReading:
    """Nothing that breaks a budget: a doubt where an offer is known to end within so many days."""
    versions, on = case.quote.offer.history.versions, case.comparison.on.day
    ends = versions[-1].ends if versions else None
    if ends is None:
        return LimitReading(Fraction(0), "")
    days = (ends.instant.date() - on).days
    soon = (f"{case.quote.offer.name} ends on {ends}, in {days} days",) if days <= case.limit.amount else ()
    return LimitReading(Fraction(0), str(ends), doubts=soon)


def _says_cost(figure: str) -> Callable[[Verdict, str], str]:
    return lambda _verdict, value: f"costs {value} {figure}"


def _says_more(value: str, than: str, *, less: bool) -> str:
    return f"costs {value.removeprefix('-')} {'less' if less else 'more'} than {than}"


def _says_decrease(verdict: Verdict, value: str) -> str:
    if verdict.value <= 0:
        return f"costs no less than in {verdict.against}"
    return _says_more(value, f"in {verdict.against}", less=True)


RULES = {
    rule.name: rule
    for rule in (
        Rule(
            name="max_monthly",
            figure="a month",
            promise="Most that a month may cost.",
            help="Most that a month may cost, such as '500 USD'.",
            takes=(MONEY,),
            measure=_monthly,
            says=_says_cost("a month"),
        ),
        Rule(
            name="max_per_request",
            figure="a request",
            promise="Most that a request may cost.",
            help="Most that a request may cost.",
            takes=(MONEY,),
            measure=lambda case: _per(Fraction(case.quote.requests), "requests", case),
            says=_says_cost("a request"),
        ),
        Rule(
            name="max_per_session",
            figure="a session",
            promise="Most that a session of conversations may cost, all of its turns together.",
            help="Most that a session may cost, all its turns together.",
            takes=(MONEY,),
            measure=lambda case: _per(_sessions(case), "sessions", case),
            says=_says_cost("a session"),
        ),
        Rule(
            name="max_per_1m_tokens",
            figure="1M tokens",
            promise="Most that a million tokens may cost, input and output together.",
            help="Most that 1M tokens may cost.",
            takes=(MONEY,),
            measure=lambda case: _per(Fraction(case.quote.total_tokens) / 10**6, "tokens", case),
            says=_says_cost("for 1M tokens"),
        ),
        Rule(
            name="max_increase",
            figure="more than the baseline",
            promise="Most that a month may cost above the baseline, as a percentage or an amount.",
            help="Most that a month may cost above the baseline.",
            takes=(SHARE, MONEY),
            measure=lambda case: _change(case, 1),
            says=lambda verdict, value: _says_more(value, f"in {verdict.against}", less=verdict.value < 0),
            baseline=True,
        ),
        Rule(
            name="max_decrease",
            figure="less than the baseline",
            promise="Most that a month may cost below the baseline, as a percentage or an amount.",
            help="Most that a month may cost below the baseline.",
            takes=(SHARE, MONEY),
            measure=lambda case: _change(case, -1),
            says=_says_decrease,
            baseline=True,
        ),
        Rule(
            name="max_price_age_days",
            figure="days since the oldest price was checked",
            promise="Most days since the oldest price was checked.",
            help="Most days since a price was checked, counted to the day of the prices.",
            takes=(DAYS,),
            measure=_age,
            says=lambda verdict, value: (
                f"has prices up to {value} old ({verdict.against})" if verdict.against else "has no dated price"
            ),
            short="max_price_age",
        ),
        Rule(
            name="cheapest_within",
            figure="above the cheapest alternative",
            promise="Most that an offer may cost above the cheapest alternative.",
            help="Most that an offer may cost above the cheapest of them.",
            takes=(SHARE,),
            measure=_above_cheapest,
            says=lambda verdict, value: _says_more(value, str(verdict.against), less=verdict.value < 0),
        ),
        Rule(
            name="warn_before_end",
            figure="days before an offer ends",
            promise="Days before the end of an offer from which a check warns.",
            help="Warn when an offer ends within so many days.",
            takes=(DAYS,),
            measure=_end,
            says=lambda verdict, _value: f"is sold until {verdict.against}" if verdict.against else "has no known end",
        ),
    )
}
"""Every limit, in the order of reports."""


def parse_limit(kind: str, text: str, currency: str | None = None) -> Limit:
    """Read a limit such as ``500 USD``, ``10%`` or ``45``; ``currency`` is meant where money names none.

    Raises NumberError or CurrencyError for other forms.
    """
    units = [LIMIT_UNITS[name] for name in RULES[kind].takes]
    unit = next((each for each in units[:-1] if each.fits(text)), units[-1])
    try:
        amount, own = unit.read(text, currency)
    except NumberError as error:
        others = [each.example for each in units if each is not unit]
        if error.about != FORM or not others:
            raise
        raise NumberError(error.message, f"{error.remedy}, or {', or '.join(map(str, others))}") from None
    return Limit(kind, unit.name, amount, own, text)
