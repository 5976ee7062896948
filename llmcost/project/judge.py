"""The verdict on a budget: each offer against each limit, exactly. A partial result gets none."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from llmcost.core.analysis.budget import FAIL, FROM_BASELINE, OK, SHARE, WARN, Budget, Limit, Verdict
from llmcost.core.analysis.saved_result import SavedResult, as_saved
from llmcost.core.pricing.entries import seen_on
from llmcost.core.quotes.comparison import Comparison
from llmcost.core.quotes.quote import Quote
from llmcost.errors import LlmcostError


def judge(
    budget: Budget, comparison: Comparison, baseline: SavedResult | None, others: Comparison | None
) -> list[Verdict]:
    """The verdicts on every offer of a comparison, limit by limit.

    ``others`` are what ``cheapest_within`` may choose from; None for the comparison itself. Raises LlmcostError when
    there can be no verdict: an offer without a full price, another currency, nothing to compare with.
    """
    quotes = [row.quote for row in comparison.rows]
    for quote in quotes:
        if not quote.complete:
            reason = quote.unserved or "; ".join(dict.fromkeys(gap.reason for gap in quote.gaps))
            raise LlmcostError(
                f'budget "{budget.name}": no full price for {quote.offer.name}: {reason}', "there is no verdict"
            )
    if not quotes:
        raise LlmcostError(f'budget "{budget.name}" concerns no offer', "name one under `models:`")
    found = []
    for limit in budget.limits:
        _check_currency(budget, limit, comparison.currency)
        for quote in quotes:
            measured = _value(budget, limit, quote, comparison, baseline, others)
            doubts = quote.doubts if limit.kind != "cheapest_within" else _doubts(quote, others or comparison)
            found.append(_verdict(budget, limit, quote.offer.name, *measured, doubts))
    return found


def _check_currency(budget: Budget, limit: Limit, currency: str) -> None:
    if limit.currency not in (None, currency):
        raise LlmcostError(
            f'budget "{budget.name}": {limit.kind} is in {limit.currency}, and the result in {currency}',
            f"convert the result with --currency {limit.currency} or with `currency:` in llmcost.yaml, "
            f"or write the budget in {currency}",
        )


def _verdict(
    budget: Budget,
    limit: Limit,
    offer: str,
    value: Fraction,
    against: str | None,
    high: Fraction | None,
    doubts: tuple[str, ...],
) -> Verdict:
    status = OK if value <= limit.amount else FAIL
    near = budget.warn_at is not None and value > budget.warn_at * limit.amount
    if status == OK and (near or doubts or (high is not None and high > limit.amount)):
        status = WARN
    return Verdict(budget, limit, offer, status, value, against, high, doubts)


def _doubts(quote: Quote, others: Comparison) -> tuple[str, ...]:
    """Why the offer may not serve, and which cheaper alternatives are not counted because they may not."""
    best = others.cheapest
    rows = [row.quote for row in others.rows if row.quote.complete and row.quote.doubts]
    cheaper = [each for each in rows if best is not None and each.cost < best.quote.cost]
    return (*quote.doubts, *(f"{each.offer.name} may be cheaper: {each.doubts[0]}" for each in cheaper))


def _value(
    budget: Budget,
    limit: Limit,
    quote: Quote,
    comparison: Comparison,
    baseline: SavedResult | None,
    others: Comparison | None,
) -> tuple[Fraction, str | None, Fraction | None]:
    """What an offer comes to by a limit's measure, what that is set against, and how far it may go."""
    high = None if quote.high is None or quote.high == quote.cost else quote.high / max(1, len(quote.months))
    if limit.kind == "max_monthly":
        return quote.monthly, None, high
    if limit.kind in ("max_per_request", "max_per_1m_tokens"):
        count = Fraction(quote.requests) if limit.kind == "max_per_request" else Fraction(quote.total_tokens) / 10**6
        if not count:
            what = "requests" if limit.kind == "max_per_request" else "tokens"
            raise LlmcostError(
                f'budget "{budget.name}": {quote.offer.name} has no {what} to divide by', "limit a month"
            )
        return quote.cost / count, None, None if quote.high is None else quote.high / count
    if limit.kind in FROM_BASELINE:
        return _change(budget, limit, quote, comparison.currency, baseline)
    if limit.kind == "cheapest_within":
        if others is not None and others.currency != comparison.currency:
            raise LlmcostError(
                f'budget "{budget.name}": alternatives in {others.currency}, the result in {comparison.currency}',
                f"convert both with --currency {comparison.currency}",
            )
        return _above_cheapest(budget, quote, comparison if others is None else others)
    return _age(budget, quote, comparison.on.day)


def _change(
    budget: Budget, limit: Limit, quote: Quote, currency: str, baseline: SavedResult | None
) -> tuple[Fraction, str, Fraction | None]:
    name = quote.offer.name
    assert baseline is not None
    row = baseline.rows.get(name)
    if row is None or row.monthly is None:
        what = f"{name} is not in" if row is None else f"{name} is not priced in full in"
        raise LlmcostError(
            f'budget "{budget.name}": {what} the baseline {baseline.name}',
            "make the baseline anew with this offer, with `llmcost compare -m OFFER … -f json -o FILE`",
        )
    if baseline.currency != currency:
        raise LlmcostError(
            f'budget "{budget.name}": the baseline {baseline.name} is in {baseline.currency}, the result in {currency}',
            f"convert the result with --currency {baseline.currency}, or make the baseline anew",
        )
    more = FROM_BASELINE[limit.kind] * (as_saved(quote.monthly) - row.monthly)
    if limit.measure != SHARE:
        return more, baseline.name, None
    if not row.monthly:
        raise LlmcostError(
            f'budget "{budget.name}": {name} cost nothing in the baseline, so there is no percentage',
            "write the limit as an amount, like 50 USD",
        )
    return more / row.monthly, baseline.name, None


def _above_cheapest(budget: Budget, quote: Quote, others: Comparison) -> tuple[Fraction, str, None]:
    best = others.cheapest
    if best is None:
        doubt = next((doubt for row in others.rows if row.quote.complete for doubt in row.quote.doubts), None)
        why = "has a price" if doubt is None else f"has one without a doubt: {doubt}"
        raise LlmcostError(
            f'budget "{budget.name}": none of the alternatives {why}', "name others under `alternatives:`"
        )
    if not best.quote.cost:
        what = f"the cheapest alternative, {best.quote.offer.name}, is free: there is no share of it"
        raise LlmcostError(f'budget "{budget.name}": {what}', "take it out of `alternatives:`")
    return quote.cost / best.quote.cost - 1, best.quote.offer.name, None


def _age(budget: Budget, quote: Quote, on: date) -> tuple[Fraction, str, None]:
    """Days from the check of the oldest price to the day of the prices."""
    unknown = [each for each in quote.charges if each.checked_on is None and each.from_page]
    if unknown:
        raise LlmcostError(
            f'budget "{budget.name}": when {quote.offer.name} was checked is not known ({unknown[0].meter})',
            "leave this offer out of the limit on the age of prices, or use a sheet of your own with `checked_on:`",
        )
    known = [each for each in quote.charges if each.checked_on is not None]
    if not known:
        return Fraction(0), "", None
    oldest = min(known, key=lambda each: each.checked_on or on)
    assert oldest.checked_on is not None
    seen = seen_on(oldest.checked_on, oldest.evidence)
    return Fraction(max(0, (on - oldest.checked_on).days)), f"{oldest.meter}, {seen}", None
