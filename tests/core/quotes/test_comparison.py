"""Ranking: complete before lower bounds, lower bounds before what cannot be served, ties by id."""

from __future__ import annotations

from fractions import Fraction

import pytest

from llmcost import RequestGroup, Usage, Workload, compare
from llmcost.core.offers.catalogue import Catalogue
from llmcost.core.quotes.comparison import arranged, only_sure
from llmcost.core.values.dates import parse_pricing_day
from llmcost.core.values.money import NO_RATES, ExchangeRates
from llmcost.errors import CurrencyError, OfferError

ON = parse_pricing_day("2026-09-15")


def test_lower_bounds_rank_after_complete_quotes(small: Catalogue, small_rates: ExchangeRates) -> None:
    """A quote with gaps ranks after a dearer complete one; one without any figure has no rank."""
    usage = Usage(input_tokens=1000, counts={"web_searches": 1})
    offers = [small.find(name) for name in ("example-small", "example-large", "night-club", "example-retired")]
    comparison = compare(offers, usage, ON, exchange_rates=small_rates)

    assert [(row.rank, row.quote.offer.id) for row in comparison.rows] == [
        (1, "example-large-2026"),
        (2, "example-small"),
        (None, "example-retired"),
        (None, "night-club"),
    ]
    assert comparison.rows[1].ratio is None


def test_ties_go_by_id(small: Catalogue) -> None:
    """Two offers of the same cost stand in order of their ids, whatever order they came in."""
    twins = [small.find("example-small@global"), small.find("night-gift")]
    both = [compare(order, Usage(), ON).rows for order in (twins, twins[::-1])]

    assert [[row.quote.offer.name for row in rows] for rows in both] == [
        ["example-ai/example-small@global", "night-cloud/night-gift@cn"]
    ] * 2


def test_a_free_offer_is_not_the_yardstick(small: Catalogue) -> None:
    """Ratios refer to the cheapest offer that costs something; nothing is a multiple of nothing."""
    offers = [small.find("night-gift"), small.find("example-small"), small.find("example-large")]
    rows = compare(offers, Usage(input_tokens=1000), ON).rows

    assert [row.ratio for row in rows] == [0, 1, 8]
    assert [row.is_baseline for row in rows] == [False, True, False]


def test_an_incomplete_baseline_gives_no_ratios(small: Catalogue) -> None:
    """Against a lower bound nothing can be said."""
    usage = Usage(input_tokens=1000, counts={"web_searches": 1})
    offers = [small.find("example-small"), small.find("example-large")]
    rows = compare(offers, usage, ON, baseline="example-ai/example-small@global").rows

    assert [row.ratio for row in rows] == [None, None]


def test_a_missing_exchange_rate_is_a_reason(small: Catalogue, small_rates: ExchangeRates) -> None:
    """An offer whose currency cannot be converted on that day is not served, and says why."""
    offers = [small.find("example-small"), small.find("night-search")]
    rows = compare(offers, Usage(input_tokens=1000), parse_pricing_day("2026-06-15"), exchange_rates=small_rates).rows

    assert rows[0].quote.complete
    assert "no exchange rate on or before 2026-06-15" in str(rows[1].quote.unserved)


def test_arranging_keeps_the_ranks(small: Catalogue) -> None:
    """Another order or only the first rows leave every row's rank as it is."""
    offers = [small.find("example-small"), small.find("example-large")]
    comparison = compare(offers, Usage(input_tokens=1000), ON)

    assert [(row.rank, row.quote.offer.id) for row in arranged(comparison, "offer").rows] == [
        (2, "example-large-2026"),
        (1, "example-small"),
    ]
    assert len(arranged(comparison, "cost", 1).rows) == 1


def test_what_is_not_shown_still_counts(small: Catalogue, small_rates: ExchangeRates) -> None:
    """With only the first row shown, a comparison is as incomplete as all that was compared, and so is its verdict."""
    usage = Usage(input_tokens=1000, counts={"web_searches": 1})
    offers = [small.find(name) for name in ("example-small", "example-large", "night-club", "example-retired")]
    whole = compare(offers, usage, ON, exchange_rates=small_rates)
    first = arranged(whole, top=1)

    assert (len(first.rows), len(first.compared)) == (1, 4)
    assert first.rows[0].quote.complete
    assert (first.complete, first.best) == (whole.complete, whole.best) == (False, first.rows)


def test_only_what_surely_serves_can_be_asked_for(small: Catalogue, small_rates: ExchangeRates) -> None:
    """Without those in doubt and those with gaps a comparison is of the rest alone."""
    usage = Usage(input_tokens=9000, counts={"web_searches": 1})
    offers = [small.find(name) for name in ("night-search", "example-small", "example-large")]
    sure = only_sure(compare(offers, usage, ON, currency="USD", exchange_rates=small_rates))

    assert [row.quote.offer.id for row in sure.rows] == ["example-large-2026"]
    assert sure.complete


@pytest.mark.parametrize(
    ("sort", "ids"),
    [
        ("cost", ["example-small", "night-omni", "example/large", "example-large-2026", "night-club"]),
        ("seller", ["example-small", "example-large-2026", "night-omni", "example/large", "night-club"]),
        ("context", []),
    ],
)
def test_rows_stand_in_the_order_that_is_asked_for(
    small: Catalogue, small_rates: ExchangeRates, sort: str, ids: list[str]
) -> None:
    """By seller the ranks stay in order within each, by context the largest window comes first and an unknown one last."""
    names = ("example-small", "night-club", "night-omni", "night-cloud/example/large", "example-large")
    offers = [small.find(name) for name in names]
    found = arranged(compare(offers, Usage(input_tokens=1000), ON, currency="USD", exchange_rates=small_rates), sort)
    if sort == "context":
        windows = [row.quote.offer.window_on(ON) or 0 for row in found.rows]
        assert windows == sorted(windows, reverse=True)
        assert len(set(windows)) > 2
    else:
        assert [row.quote.offer.id for row in found.rows] == ids


def test_sizes_that_were_lost_give_a_low_and_a_high(small: Catalogue) -> None:
    """100 requests of 150k on the mean, each between 100k and 300k: all at 4, or all at 8 USD per 1M."""
    group = RequestGroup(Usage(input_tokens=150_000), 100, input_range=(100_000, 300_000))
    (row,) = compare([small.find("example-large")], Workload((group,)), ON).rows

    assert (row.quote.low, row.quote.high) == (Fraction(60), Fraction(120))
    assert row.quote.cost == 120


def test_the_cheapest_stays_the_same_when_few_rows_are_shown(small: Catalogue) -> None:
    """Sorting by another key and cutting rows leaves the cheapest offer of all that were compared."""
    offers = [small.find("example-small"), small.find("example-large")]
    shown = arranged(compare(offers, Usage(input_tokens=1000), ON), sort="offer", top=1)

    assert [row.quote.offer.id for row in shown.rows] == ["example-large-2026"]
    assert shown.cheapest is not None
    assert shown.cheapest.quote.offer.id == "example-small"


def test_all_of_the_least_cost_are_the_best(small: Catalogue) -> None:
    """Offers that cost the same share the first place."""
    twins = [small.find("example-small@global"), small.find("example-small@eu")]
    best = compare(twins, Usage(), ON).best

    assert [row.quote.offer.place for row in best] == ["eu", "global"]


def test_an_offer_in_doubt_is_not_the_cheapest(small: Catalogue, small_rates: ExchangeRates) -> None:
    """Night Search names no context window: 9,000 tokens of it cost less, but it is not ranked among the sure ones.

    9,000 x 1 CNY and 5 CNY / 1K requests are 0.014 CNY; at 7 CNY per USD 0.002. Example Large costs 0.036 USD.
    """
    offers = [small.find("night-search"), small.find("example-large")]
    comparison = compare(offers, Usage(input_tokens=9000), ON, currency="USD", exchange_rates=small_rates)

    assert [(row.rank, row.quote.offer.id) for row in comparison.rows] == [
        (1, "example-large-2026"),
        (None, "night-search"),
    ]
    assert comparison.rows[1].quote.doubts
    assert comparison.cheapest is comparison.rows[0]
    alone = compare(offers[:1], Usage(input_tokens=9000), ON)
    assert alone.cheapest is None


def test_a_currency_nothing_converts_to_is_an_error(small: Catalogue) -> None:
    """Without any rate there is no comparison, and no figure that could be read as nothing."""
    with pytest.raises(CurrencyError):
        compare([small.find("example-small")], Usage(input_tokens=1), ON, currency="EUR", exchange_rates=NO_RATES)
    with pytest.raises(CurrencyError, match="ISO 4217"):
        compare([small.find("example-small")], Usage(input_tokens=1), ON, currency="EURO")


def test_a_baseline_is_one_of_the_offers(small: Catalogue) -> None:
    """A baseline that is not compared is a slip."""
    with pytest.raises(OfferError, match="not among the offers"):
        compare([small.find("example-small")], Usage(input_tokens=1), ON, baseline="example-ai/example-tiny@global")
