"""Budgets and what becomes of them: limits on an offer, and the verdict on each."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from llmcost.core.offers.price_identity import PriceIdentity
from llmcost.core.quotes.comparison import Comparison
from llmcost.core.quotes.notes import Note
from llmcost.errors import Problem

MONEY, SHARE, DAYS = "money", "share", "days"
OK, WARN, FAIL = "ok", "warn", "fail"


class Limit(NamedTuple):
    """The most that something may be.

    ``measure`` says what ``amount`` is: money in ``currency``, a share of one, or days. ``text`` is how it was written.
    ``line`` is where, None when it was given as a flag.
    """

    kind: str
    measure: str
    amount: Fraction
    currency: str | None
    text: str
    line: int | None = None


class Budget(NamedTuple):
    """Limits that each of some offers has to keep.

    ``models`` are selectors; () takes those of the command. ``workload`` of None takes the command's. ``baseline`` is
    the result that increases are counted from, as written in the file; ``alternatives`` are what ``cheapest_within``
    looks at, () for the offers of the budget itself. Above ``warn_at``, a part of a limit, it is nearly used up; None
    never warns. ``file`` and ``line`` are where it stands, as reviews name it, None for flags; ``path`` is where that
    file is.
    """

    name: str
    limits: tuple[Limit, ...]
    models: tuple[str, ...] = ()
    workload: str | None = None
    baseline: str | None = None
    alternatives: tuple[str, ...] = ()
    warn_at: Fraction | None = None
    file: str | None = None
    line: int | None = None
    path: str = ""


class Verdict(NamedTuple):
    """Whether one offer keeps one limit.

    ``value`` is what it comes to and ``bound`` what it may, both as the limit measures: money in ``currency``, a share
    or days. ``against`` names what the value was set against, None for nothing. ``high`` is how far the value may go
    within its range, None where it is known exactly. ``doubts`` say why the offer may not serve the workload, or why a
    cheaper one is not counted. ``before`` and ``after`` are what a month costs in the baseline and now, None where the
    limit is counted from none.
    """

    budget: Budget
    limit: Limit
    offer: str
    status: str
    value: Fraction
    against: str | None = None
    high: Fraction | None = None
    doubts: tuple[str, ...] = ()
    before: Fraction | None = None
    after: Fraction | None = None

    @property
    def bound(self) -> Fraction:
        """The most that it may be."""
        return self.limit.amount

    @property
    def line(self) -> int | None:
        """Where the limit stands in its file."""
        return self.limit.line or self.budget.line


class CheckReport(NamedTuple):
    """What a check found: every verdict, and the comparisons they rest on.

    ``prices`` are those they rest on; ``warnings`` are sentences, in the order they arose.
    """

    verdicts: tuple[Verdict, ...]
    comparisons: tuple[Comparison, ...]
    prices: PriceIdentity
    warnings: tuple[Note, ...] = ()

    @property
    def failed(self) -> tuple[Verdict, ...]:
        """The limits that are not kept."""
        return tuple(each for each in self.verdicts if each.status == FAIL)

    @property
    def warned(self) -> tuple[Verdict, ...]:
        """The limits that are nearly used up, or that may be broken within the range of an estimate."""
        return tuple(each for each in self.verdicts if each.status == WARN)


class NoVerdict(NamedTuple):
    """Why a check came to no verdict.

    The files of ``problems`` are named as reviews show them, "" where none is known.
    """

    problems: tuple[Problem, ...]
