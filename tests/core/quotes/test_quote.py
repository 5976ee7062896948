"""Quotes put together: parts of a time, and several offers that serve one workload."""

from __future__ import annotations

from fractions import Fraction

import pytest

from llmcost import Quote, RequestGroup, Usage, Workload, quote
from llmcost.core.offers.catalogue import Catalogue
from llmcost.core.quotes.combine import combine_offers, sum_periods
from llmcost.core.quotes.comparison import QuoteSet, rank
from llmcost.core.quotes.notes import Note
from llmcost.core.quotes.quote import RequestBreakdown
from llmcost.core.values.dates import parse_pricing_day
from llmcost.errors import CurrencyError

ON = parse_pricing_day("2026-09-15")


def asked(small: Catalogue, name: str, requests: int, tokens: int, answer: int = 0) -> Quote:
    usage = Usage(input_tokens=tokens, output_tokens=answer, cache_read_input_tokens=tokens // 2)
    return quote(small.find(name), Workload((RequestGroup(usage, requests),)), ON)


def sent(small: Catalogue, requests: int, tokens: int, answer: int) -> Quote:
    """A quote that says what was sent; half of the input is cached, a quarter written."""
    what = RequestBreakdown("chat", "warm", requests, tokens, tokens // 2, tokens // 4, answer)
    return asked(small, "example-small", requests, tokens, answer)._replace(sent=(what,))


def test_parts_of_a_time_are_sent_as_their_mean(small: Catalogue) -> None:
    """30 requests of 1,000 tokens and 10 of 4,000 are 40 of 1,750 on average, and half of each is cached."""
    first, second = sent(small, 30, 1000, 100), sent(small, 10, 4000, 20)
    whole = sum_periods((first, second))
    assert whole.sent == (RequestBreakdown("chat", "warm", 40, 1750, 875, Fraction(875, 2), 80),)
    assert whole.cost == first.cost + second.cost
    assert (whole.requests, whole.total_tokens) == (40, 30 * 1100 + 10 * 4020)


def test_a_part_in_which_nothing_is_sent_changes_no_mean(small: Catalogue) -> None:
    """A month without requests leaves the means of the others, and none at all keeps what one would hold."""
    none, some = sent(small, 0, 9000, 1), sent(small, 10, 4000, 2)
    assert [each.input for each in sum_periods((none, some)).sent] == [4000]
    assert [each.input for each in sum_periods((none, none)).sent] == [9000]


def test_a_span_of_bills_adds_what_each_may_come_to(small: Catalogue) -> None:
    """Where one bill has a span and another only a doubt about a part, the least and the most are those of both."""
    one = asked(small, "example-small", 10, 1000)._replace(uncertainty=Fraction(1, 1000))
    other = asked(small, "example-small", 10, 1000)._replace(spread=(Fraction(1), Fraction(3)))
    assert sum_periods((one, one)).spread is None
    assert sum_periods((one, other)).spread == (one.cost - Fraction(1, 1000) + 1, one.cost + 3)
    assert sum_periods((other, other)).spread == (2, 6)


def test_what_another_offer_takes_names_it(small: Catalogue) -> None:
    """Of several offers the charges, gaps and notes of the others carry their names; the own ones carry none."""
    own, other = asked(small, "example-small", 10, 1000), asked(small, "example-large", 10, 1000)
    both = combine_offers(own.offer, (own, other._replace(notes=(Note("free", "so it is"),))))
    names = [charge.offer for charge in both.charges]
    assert names == [None] * len(own.charges) + [other.offer.name] * len(other.charges)
    assert f"{other.offer.name}: so it is" in both.notes
    assert both.cost == own.cost + other.cost


@pytest.mark.parametrize("name", ["night-club", "self/pebble-8b:fp8@ax1"])
def test_what_cannot_be_served_has_no_span(small: Catalogue, name: str) -> None:
    """A subscription, or a fleet for nobody knows which peak, comes to nothing that could be less or more."""
    found = asked(small, name, 10, 1000)
    assert found.unserved
    assert (found.cost, found.uncertainty, found.low, found.high) == (0, 0, None, None)


def test_two_currencies_never_meet_in_one_sum(small: Catalogue) -> None:
    """Yuan and dollars are not added, whether offers, months or ranks bring them together."""
    dollars, yuan = asked(small, "example-small", 10, 1000), asked(small, "night-search", 10, 1000)
    assert (dollars.currency, yuan.currency) == ("USD", "CNY")
    for bring in (
        lambda: combine_offers(dollars.offer, (dollars, yuan)),
        lambda: sum_periods((dollars, yuan)),
        lambda: rank(Workload.of(Usage()), dollars.on, QuoteSet("USD", [dollars, yuan])),
    ):
        with pytest.raises(CurrencyError, match="CNY and USD cannot be added or compared"):
            bring()
