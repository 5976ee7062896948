"""The verdicts of a check in words and as data."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from llmcost.core.analysis.budget import DAYS, FAIL, MONEY, SHARE, WARN, CheckReport, Verdict
from llmcost.core.analysis.limit_units import LIMIT_UNITS
from llmcost.core.analysis.limits import RULES
from llmcost.core.quotes.freshness import STALE_AFTER_DAYS
from llmcost.core.quotes.notes import STALE, UNDATED
from llmcost.reports.numbers import fixed, places_for, plain_count, shown_money, told_apart

MARKS = {FAIL: "over", WARN: "warn"}
BASIS = "list prices before tax unless contracted"
"""What the prices are."""
AGES = {
    STALE: f"Prices seen more than {STALE_AFTER_DAYS} days before",
    UNDATED: "Prices whose source has no date",
}


def sentence(verdict: Verdict) -> str:
    """One verdict in words: the figure, the limit, and by how much it is over."""
    value, bound = amounts(verdict)
    over = verdict.status == FAIL
    words = [
        f"{verdict.offer} {RULES[verdict.limit.kind].says(verdict, value)}, {'over' if over else 'within'} {bound}"
    ]
    if over and verdict.limit.measure == MONEY and verdict.bound:
        by, _ = told_apart(verdict.value - verdict.bound, Fraction(0), places_for([verdict.value, verdict.bound]))
        words.append(f"by {by} ({_percent((verdict.value - verdict.bound) / verdict.bound)})")
    if verdict.status == WARN and (warning := _warning(verdict)):
        words.append(warning)
    if verdict.doubts:
        words.append(f"(in doubt: {'; '.join(verdict.doubts)})")
    return " ".join(words)


def _warning(verdict: Verdict) -> str:
    warn_at = verdict.budget.warn_at
    if warn_at is not None and verdict.value > warn_at * verdict.bound:
        return f"but above {_percent(warn_at)} of it"
    if verdict.high is None or verdict.high <= verdict.bound:
        return ""
    return f"but up to {told_apart(verdict.high, verdict.bound)[0]} within its range"


def amounts(verdict: Verdict) -> tuple[str, str]:
    """What it comes to and what it may, with as many decimals as it takes to tell them apart."""
    if verdict.limit.measure == SHARE:
        value, bound = (_trimmed(text) for text in told_apart(verdict.value * 100, verdict.bound * 100))
        return f"{value}%", f"{bound}%"
    if verdict.limit.measure != MONEY:
        noun = LIMIT_UNITS[verdict.limit.measure].noun
        value, bound = (f"{plain_count(figure)} {noun}".rstrip() for figure in (verdict.value, verdict.bound))
        return value if verdict.against or verdict.limit.measure != DAYS else "not known", bound
    places = places_for([verdict.value, verdict.bound])
    value, bound = told_apart(verdict.value, verdict.bound, places)
    return f"{value} {verdict.limit.currency}", f"{bound} {verdict.limit.currency}"


def moves(checked: CheckReport) -> list[tuple[str, str, str, str]]:
    """What a month costs in a baseline and now, and how far it moved, for each offer that is counted from one."""
    found: dict[str, tuple[str, str, str, str]] = {}
    for verdict in checked.verdicts:
        if verdict.before is None or verdict.after is None:
            continue
        places = places_for([verdict.before, verdict.after])
        before, after = (shown_money(cost, places) for cost in (verdict.before, verdict.after))
        more = verdict.after - verdict.before
        sign = "" if more < 0 else "+"
        part = f" ({sign}{_percent(more / verdict.before)})" if verdict.before else ""
        found.setdefault(verdict.offer, (verdict.offer, before, after, f"{sign}{shown_money(more, places)}{part}"))
    return list(found.values())


def _percent(share: Fraction) -> str:
    apart = Fraction(0) if share else Fraction(-1)  # a share above nothing is not said to be nothing
    return f"{_trimmed(told_apart(share * 100, apart)[0])}%"


def _trimmed(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text


def title(verdict: Verdict) -> str:
    """What a verdict is called: its budget and limit."""
    return f"llmcost budget {verdict.budget.name}: {verdict.limit.kind}"


def summary(checked: CheckReport) -> str:
    """How it ended, in one line."""
    count = len(checked.verdicts)
    kept = count - len(checked.failed)
    warned = f", {len(checked.warned)} with a warning" if checked.warned else ""
    if count == 1:
        return f"the limit is {'not kept' if checked.failed else 'kept'}{warned}"
    return f"{kept} of {count} limits kept{warned}" if checked.failed else f"all {count} limits kept{warned}"


def ages(checked: CheckReport) -> list[str]:
    """Which offers rest on prices that are old, or of no known day."""
    quotes = [row.quote for comparison in checked.comparisons for row in comparison.rows]
    judged = {verdict.offer for verdict in checked.verdicts}
    found = {
        mark: dict.fromkeys(each.offer.name for each in quotes if mark in each.marks and each.offer.name in judged)
        for mark in AGES
    }
    return [f"{AGES[mark]}: {', '.join(names)}." for mark, names in found.items() if names]


def verdict_data(verdict: Verdict) -> dict[str, Any]:
    """One verdict as plain data; shares as parts of one."""
    return {
        "budget": verdict.budget.name,
        "limit": verdict.limit.kind,
        "offer": verdict.offer,
        "status": verdict.status,
        "measure": verdict.limit.measure,
        "value": fixed(verdict.value),
        "bound": fixed(verdict.bound),
        "high": None if verdict.high is None else fixed(verdict.high),
        "currency": verdict.limit.currency,
        "against": verdict.against,
        "doubts": list(verdict.doubts),
        "before": None if verdict.before is None else fixed(verdict.before),
        "after": None if verdict.after is None else fixed(verdict.after),
        "message": sentence(verdict),
        "file": verdict.budget.file,
        "line": verdict.line,
    }
