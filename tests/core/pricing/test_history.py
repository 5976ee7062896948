"""A price history: the days on which something changes, and what comes next."""

from __future__ import annotations

from datetime import date

import pytest

from llmcost.core.pricing.conditions import Condition
from llmcost.core.pricing.entries import PriceEntry, Variant
from llmcost.core.pricing.history import Change, PriceHistory
from llmcost.core.values.dates import parse_moment, parse_pricing_day

SEEN = date(2026, 1, 15)


def history(starts: str | None, ends: str | None = None, *variants: Variant) -> PriceHistory:
    first, last = (None if each is None else parse_moment(each) for each in (starts, ends))
    return PriceHistory(
        (PriceEntry(checked_on=SEEN, source="https://x.example", base={}, variants=variants, starts=first, ends=last),)
    )


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-03-01", 1),
        ("2026-03-01T00:00Z", 1),
        ("2026-03-01T00:01Z", 2),
        ("2026-03-01T23:59Z", 2),
        ("2026-03-01T08:00+08:00", 1),
    ],
)
def test_a_change_counts_from_its_first_whole_day(moment: str, day: int) -> None:
    """A price that starts at midnight changes that day, one that starts later the next; so does one that ends."""
    year = (date(2026, 1, 1), date(2026, 12, 31))
    assert history(moment).changes(*year) == [date(2026, 3, day)]
    assert history(None, moment).changes(*year) == [date(2026, 3, day)]
    variant = Variant(Condition(terms="batch"), {}, parse_moment(moment))
    assert history(None, None, variant).changes(*year) == [date(2026, 3, day)]


@pytest.mark.parametrize(("after", "before", "found"), [(1, 3, True), (2, 3, False), (1, 2, False)])
def test_only_changes_between_two_days_are_named(after: int, before: int, found: bool) -> None:
    """A change on either of the two days is not between them."""
    days = history("2026-03-02").changes(date(2026, 3, after), date(2026, 3, before))
    assert days == ([date(2026, 3, 2)] if found else [])


def test_the_next_change_is_the_first_one_of_the_asked_terms() -> None:
    """Terms that change sooner do not concern who buys on others."""
    batch = Variant(Condition(terms="batch"), {}, parse_moment("2026-04-01"))
    known = history("2026-02-01", "2026-06-01", batch)
    on = parse_pricing_day("2026-03-01")
    assert known.next_change(on) == Change("2026-06-01", withdrawn=True)
    assert known.next_change(on, "batch") == Change("2026-04-01", withdrawn=False)
    assert known.next_change(parse_pricing_day("2026-06-01")) is None


def test_terms_stand_in_one_order() -> None:
    """Standard terms come first and all others by name, of one entry and of all, however a sheet lists them."""
    names = ("priority", "batch", "spot", "flex", "1yr")
    variants = tuple(Variant(Condition(terms=name), {}) for name in (*names, "batch"))
    known = history(None, None, *variants)
    assert known.terms() == known.versions[0].terms() == ["standard", "1yr", "batch", "flex", "priority", "spot"]
