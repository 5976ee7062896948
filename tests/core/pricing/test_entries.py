"""Dates and histories: which entry is in force, to the day and to the instant."""

from __future__ import annotations

from datetime import date, datetime, timezone
from fractions import Fraction
from typing import Any

import pytest
from support.sheets import listings_of

from llmcost import RequestGroup, Usage, Workload, quote
from llmcost.core.offers.catalogue import Catalogue
from llmcost.core.values.dates import parse_moment, parse_pricing_day, pricing_day
from llmcost.errors import LlmcostError, NumberError


def offer(entries: list[dict[str, Any]], **sheet: str) -> Any:
    model = {
        "id": "m",
        "prices": [{"checked_on": "2026-06-01", "source": "https://x.example", **entry} for entry in entries],
    }
    listings = listings_of({"seller": "s", "name": "S", "default_place": "home", "models": [model], **sheet})
    return Catalogue(listings).find("s/m")


def cost(offer: Any, on: str) -> int | str:
    """What a million input tokens cost on a day, or why they cannot be priced."""
    result = quote(offer, Usage(input_tokens=1_000_000), parse_pricing_day(on))
    return result.unserved or int(result.cost)


ONE, TWO = {"rates": {"input": "1 USD / 1M tokens"}}, {"rates": {"input": "2 USD / 1M tokens"}}


@pytest.mark.parametrize(
    ("on", "expected"), [("2026-05-31", 1), ("2026-06-01", 2), ("2026-06-02", 2), ("2020-01-01", 1)]
)
def test_a_price_holds_from_its_first_day(on: str, expected: int) -> None:
    """The day before, on, and after a change; without a known start the first entry reaches back."""
    assert cost(offer([ONE, {**TWO, "effective_from": "2026-06-01"}]), on) == expected


def test_the_order_of_entries_does_not_matter() -> None:
    """History is sorted by start, however the sheet is written."""
    later_first = offer([{**TWO, "effective_from": "2026-06-01"}, {**ONE, "effective_from": "2026-01-01"}])
    assert [cost(later_first, on) for on in ("2026-03-01", "2026-07-01")] == [1, 2]


def test_a_known_start_makes_earlier_days_an_error() -> None:
    """Before the first known start there is no price; from the day of withdrawal there is none either."""
    known = offer([{**ONE, "effective_from": "2026-06-01", "withdrawn_on": "2026-09-01"}])
    assert cost(known, "2026-05-31") == "no price known before 2026-06-01"
    assert cost(known, "2026-08-31") == 1
    assert cost(known, "2026-09-01") == "withdrawn on 2026-09-01"


def test_an_unknown_start_is_said_for_days_before_it_was_checked() -> None:
    """A day before checked_on is priced with a note when the start is not known."""
    early = quote(offer([ONE]), Usage(input_tokens=1), date(2026, 5, 1))
    late = quote(offer([ONE]), Usage(input_tokens=1), date(2026, 6, 1))
    assert early.notes == ("the price of 2026-06-01 is used for 2026-05-01: when it began is not known",)
    assert late.notes == ()


@pytest.mark.parametrize(("on", "stale"), [("2026-08-30", False), ("2026-08-31", True)])
def test_a_price_is_stale_after_90_days(on: str, stale: bool) -> None:
    """90 days after the check the price is fresh, 91 days after it is marked."""
    notes = quote(offer([ONE]), Usage(input_tokens=1), parse_pricing_day(on)).notes
    assert any(note.startswith("stale") for note in notes) is stale


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        ("2026-06-01T15:59Z", 1),
        ("2026-06-01T16:00Z", 2),
        ("2026-06-02T00:00+08:00", 2),
        ("2026-06-01", 1),
        ("2026-06-02", 2),
    ],
)
def test_an_instant_is_kept_to_the_minute(on: str, expected: int) -> None:
    """A change at an instant holds from it on; a whole day is priced as it begins."""
    assert cost(offer([ONE, {**TWO, "effective_from": "2026-06-01T16:00:00Z"}]), on) == expected


@pytest.mark.parametrize(
    ("on", "expected"), [("2026-05-31T15:59Z", 1), ("2026-05-31T16:00Z", 2), ("2026-05-31", 1), ("2026-06-01", 2)]
)
def test_a_day_begins_in_the_zone_of_its_sheet(on: str, expected: int) -> None:
    """2026-06-01 in Shanghai begins at 16:00 UTC of the day before; a day asked for is that zone's day."""
    assert cost(offer([ONE, {**TWO, "effective_from": "2026-06-01"}], timezone="Asia/Shanghai"), on) == expected


@pytest.mark.parametrize("text", ["2026-13-01", "2026-02-30", "20260101", "2026-1-1", "today", "2026-01-01T25:00Z", ""])
def test_other_dates_are_refused(text: str) -> None:
    """Impossible dates and other forms are errors."""
    with pytest.raises(NumberError):
        parse_pricing_day(text)


def test_an_instant_needs_its_offset_in_a_sheet() -> None:
    """An instant without an offset would be another one in every zone."""
    with pytest.raises(NumberError, match="no UTC offset"):
        parse_moment("2026-06-01T16:00:00")
    with pytest.raises(LlmcostError, match="no UTC offset"):
        pricing_day(datetime(2026, 6, 1))  # noqa: DTZ001


def test_dates_and_datetimes_are_taken(small: Catalogue) -> None:
    """The library takes a date for a whole day and an aware datetime for an instant."""
    example = small.find("night-cloud/example/large")
    usage = Usage(input_tokens=100_000)
    assert quote(example, usage, datetime(2026, 9, 14, 2, tzinfo=timezone.utc)).cost == 4
    assert quote(example, usage, datetime(2026, 9, 13, 2, tzinfo=timezone.utc)).cost == 2
    assert quote(example, usage, date(2026, 9, 14)).cost == 2 + 2 * Fraction(35, 168)


def test_a_rate_checked_by_itself_began_on_a_day_not_known() -> None:
    """A variant with its own check and no start does not borrow the entry's: earlier days are priced with a warning."""
    checked = {
        "effective_from": "2026-01-01",
        **ONE,
        "variants": [
            {
                "when": {"terms": "batch"},
                "rates": {"input": "0.5 USD / 1M tokens"},
                "checked_on": "2026-04-01",
                "source": "https://y.example",
            }
        ],
    }
    batch = offer([checked]).on_terms("batch")
    (charge,) = quote(batch, Usage(input_tokens=1), parse_pricing_day("2026-03-31")).charges
    notes = {
        on: quote(batch, Usage(input_tokens=1), parse_pricing_day(on)).notes for on in ("2026-03-31", "2026-04-01")
    }

    assert (charge.starts, str(charge.checked_on), charge.source) == (None, "2026-04-01", "https://y.example")
    assert "when it began is not known" in notes["2026-03-31"][0]
    assert notes["2026-04-01"] == ()


BATCH = {"when": {"terms": "batch"}, "rates": {"input": "0.5 USD / 1M tokens"}}


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (ONE, "no source states batch terms"),
        ({**ONE, "not_sold": [{"terms": "batch"}]}, "not sold on batch terms"),
        ({**ONE, "variants": [{**BATCH, "withdrawn_on": "2026-08-01"}]}, "not sold on batch terms"),
        ({**ONE, "unpriced": [{"terms": "batch"}]}, "no source states the price of batch terms"),
    ],
)
def test_why_a_share_on_other_terms_is_priced_standard(entry: dict[str, Any], said: str) -> None:
    """A seller that refuses terms or ended them does not sell them; where no source speaks of them nobody knows."""
    half = RequestGroup(Usage(input_tokens=1_000_000), 2, terms={"batch": Fraction(1, 2)})
    result = quote(offer([entry]), Workload((half,)), date(2026, 9, 15))
    assert result.cost == 2
    assert f"{said}: that share is priced standard" in result.notes
    sold = quote(offer([{**ONE, "variants": [BATCH]}]), Workload((half,)), date(2026, 9, 15))
    assert sold.cost == Fraction(3, 2)
    assert not any("priced standard" in note for note in sold.notes)


def test_an_option_that_is_not_sold_names_those_that_are() -> None:
    """Another value of an option is no offer; the values a sheet knows are named in one order, the default among them."""
    sizes = ("tiny", "small", "large", "huge", "vast")
    variants = [{"when": {"options": {"size": each}}, "rates": {"input": "2 USD / 1M tokens"}} for each in sizes]
    entry = {"checked_on": "2026-06-01", "source": "https://x.example", **ONE, "variants": variants}
    model = {"id": "m", "default_options": {"size": "medium"}, "prices": [entry]}
    sheet = {"seller": "s", "name": "S", "default_place": "home", "models": [model]}
    group = RequestGroup(Usage(input_tokens=1), 1, options=(("size", "odd"),))
    found = quote(Catalogue(listings_of(sheet)).find("s/m"), Workload((group,)), date(2026, 9, 15))
    assert found.unserved == "it has no size odd, only huge, large, medium, small, tiny, vast"


@pytest.mark.parametrize(
    ("terms", "cached", "kind", "said"),
    [
        ("batch", 500, "explicit", True),
        ("batch", 0, "explicit", False),  # nothing is cached, so nothing is missed
        ("batch", 500, "automatic", False),
        ("standard", 500, "explicit", False),
    ],
)
def test_caching_that_is_not_sold_is_said_where_something_is_cached(
    small: Catalogue, terms: str, cached: int, kind: str, said: bool
) -> None:
    """Example Large sells no explicit caching in batch: who has cached tokens there is told what is billed instead."""
    group = RequestGroup(Usage(input_tokens=1000, cache_read_input_tokens=cached), 1, cache=kind)
    found = quote(small.find("example-large").on_terms(terms), Workload((group,)), date(2026, 9, 15))
    assert any(note.startswith("not sold with ") for note in found.notes) == said
