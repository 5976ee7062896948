"""The shapes that prices come in beyond tokens, each priced by hand."""

from __future__ import annotations

import json
from datetime import date, datetime, timezone
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from support.sheets import listing_of, listings_of

from llmcost import Usage, compare, quote
from llmcost.core.analysis.adjustments import adjusted, parse_adjustments
from llmcost.core.offers.offer import Offer
from llmcost.core.workload.content import Content
from llmcost.core.workload.requests import RequestGroup, Workload
from llmcost.sheets.read import read_sheets

ON = date(2026, 9, 15)


def offer_of(rates: dict[str, str], **entry: Any) -> Offer:
    """An invented model with such rates."""
    whole = {"checked_on": "2026-09-01", "source": "https://x.example", "rates": rates, **entry}
    sheet = {"seller": "s", "name": "S", "default_place": "here"}
    return listing_of(sheet, {"id": "m", "prices": [whole]}).load()["here"]


@pytest.mark.parametrize(
    ("rates", "counts", "cost"),
    [
        # 2 pictures in at 0.02 and 1 out at 0.18
        ({"input_images": "0.02 USD / image", "images": "0.18 USD / image"}, {"input_images": 2, "images": 1}, "0.22"),
        # 5 s of film in at 0.03 and 10 s out at 0.10
        (
            {"video_seconds": "0.03 USD / second", "video_output_seconds": "0.10 USD / second"},
            {"video_seconds": 5, "video_output_seconds": 10},
            "1.15",
        ),
        # a live session: 60 s heard at 0.005 a minute, 30 s spoken at 0.018 a minute
        (
            {"audio_seconds": "0.005 USD / minute", "audio_output_seconds": "0.018 USD / minute"},
            {"audio_seconds": 60, "audio_output_seconds": 30},
            "0.014",
        ),
        ({"megapixels": "0.05 USD / megapixel"}, {"megapixels": 2}, "0.10"),
        ({"videos": "0.40 USD / video"}, {"videos": 3}, "1.20"),
        ({"tracks": "0.04 USD / track"}, {"tracks": 2}, "0.08"),
        ({"items": "0.70 CNY / item"}, {"items": 2}, "1.40"),
        ({"bytes": "15.00 USD / 1M bytes"}, {"bytes": 3000}, "0.045"),
        # 10 pages read at 1 per 1,000, 2 of them annotated at 3 per 1,000
        (
            {"pages": "1 USD / 1K pages", "annotated_pages": "3 USD / 1K pages"},
            {"pages": 10, "annotated_pages": 2},
            "0.016",
        ),
        ({"search_units": "2.00 USD / 1K units"}, {"search_units": 3}, "0.006"),
        ({"text_units": "0.15 USD / 1K units"}, {"text_units": 40}, "0.006"),
        ({"text_messages": "4 USD / 1K messages"}, {"text_messages": 5}, "0.02"),
        ({"maps_searches": "25 USD / 1K searches"}, {"maps_searches": 2}, "0.05"),
        ({"fetches": "5 CNY / 1K fetches"}, {"fetches": 4}, "0.02"),
        ({"container_sessions": "0.03 USD / session"}, {"container_sessions": 1}, "0.03"),
        ({"container_seconds": "0.05 USD / hour"}, {"container_seconds": 7200}, "0.10"),
        ({"file_storage": "0.10 USD / gb-day"}, {"file_storage": 30}, "3.00"),
        ({"voices": "0.2 CNY / voice"}, {"voices": 1}, "0.2"),
        ({"citation_tokens": "2 USD / 1M tokens"}, {"citation_tokens": 4000}, "0.008"),
        ({"training_tokens": "0.012 CNY / 1K tokens"}, {"training_tokens": 1_000_000}, "12"),
        ({"hosting_seconds": "1.70 USD / hour"}, {"hosting_seconds": 3600}, "1.70"),
        # a unit of throughput reserved for a day at 21.18 USD an hour
        ({"provisioned_seconds": "21.18 USD / hour"}, {"provisioned_seconds": 86_400}, "508.32"),
    ],
)
def test_what_is_counted_apart_is_billed_by_its_own_meter(
    rates: dict[str, str], counts: dict[str, int], cost: str
) -> None:
    """Each thing that a vendor bills beside tokens has a meter and a unit, and costs quantity times rate."""
    found = quote(offer_of(rates), Workload((RequestGroup(Usage(counts=counts)),)), ON)
    assert (found.cost, found.gaps) == (Fraction(cost), ())
    assert {charge.meter: charge.quantity for charge in found.charges} == counts


def test_what_is_counted_apart_and_has_no_rate_is_a_gap() -> None:
    """A fetch at a seller that states no price of it is not free."""
    offer = offer_of({"input": "1 USD / 1M tokens", "output": "2 USD / 1M tokens"})
    found = quote(offer, Usage(input_tokens=10, counts={"fetches": 1}), ON)
    assert [gap.meter for gap in found.gaps] == ["fetches"]


def test_speech_that_is_billed_by_the_second_needs_no_rule_of_tokens() -> None:
    """20 s of speech at 0.018 USD a minute are 0.006 USD, however many tokens a second of it would be."""
    spoken = RequestGroup(Usage(), content=Content(audio_out_seconds=20))
    found = quote(offer_of({"audio_output_seconds": "0.018 USD / minute"}), Workload((spoken,)), ON)
    assert (found.cost, found.gaps, found.unserved) == (Fraction("0.006"), (), None)


def sound(tmp_path: Path, entry: dict[str, Any], **sheet: Any) -> Offer:
    """The offer of a sheet that has passed every check, as a file of a user has to."""
    whole = {"checked_on": "2026-09-01", "source": "https://x.example", **entry}
    head = {"kind": "api", "seller": "s", "name": "S", "default_place": "here", **sheet}
    path = tmp_path / "s.yaml"
    path.write_text(json.dumps({**head, "models": [{"id": "m", "prices": [whole]}]}), encoding="utf-8")
    (read,) = read_sheets([(path, "s.yaml")])
    (listing,) = listings_of(read)
    return listing.load()[listing.places[0]]


def test_requests_are_rounded_up_to_steps(tmp_path: Path) -> None:
    """16 s of audio in steps of 15 are 30 s: 0.03 USD at 0.001 a second; exactly 30 s are 30 s."""
    offer = sound(tmp_path, {"rates": {"audio_seconds": "0.001 USD / second"}, "step": {"audio_seconds": "15"}})
    for seconds, billed in ((16, 30), (30, 30), (1, 15)):
        found = quote(offer, Usage(counts={"audio_seconds": seconds}), ON)
        assert (found.charges[0].quantity, found.cost) == (billed, Fraction(billed, 1000))
        assert [note.code for note in found.notes if note.code == "rounded-up"] == ["rounded-up"]


def test_requests_that_differ_are_rounded_up_by_less_than_a_step_each(tmp_path: Path) -> None:
    """100 requests of 16 s on average, of any lengths, are at least 1,600 s and at most a step more each."""
    offer = sound(tmp_path, {"rates": {"audio_seconds": "0.001 USD / second"}, "step": {"audio_seconds": "15"}})
    group = RequestGroup(Usage(counts={"audio_seconds": 16}), 100, input_range=(0, 10))
    found = quote(offer, Workload((group,)), ON)
    assert (found.cost - found.uncertainty, found.cost) == (Fraction("1.6"), Fraction("3.1"))


def test_a_part_of_each_request_may_be_included(tmp_path: Path) -> None:
    """With the first 5 pictures of a request free, 4 and 5 cost nothing and 7 cost two at 0.01 USD."""
    offer = sound(tmp_path, {"rates": {"input_images": "0.01 USD / image"}, "included": {"input_images": "5"}})
    for images, billed in ((4, 0), (5, 0), (7, 2)):
        found = quote(offer, Usage(counts={"input_images": images}), ON)
        assert (found.cost, found.gaps) == (Fraction(billed, 100), ())
        assert "included" in [note.code for note in found.notes]


def test_what_is_included_is_less_where_requests_differ(tmp_path: Path) -> None:
    """100 requests of 7 pictures on average are billed for 200 when all are alike, for 695 when one holds them all."""
    offer = sound(tmp_path, {"rates": {"input_images": "0.01 USD / image"}, "included": {"input_images": "5"}})
    group = RequestGroup(Usage(counts={"input_images": 7}), 100, input_range=(0, 10))
    found = quote(offer, Workload((group,)), ON)
    assert (found.cost - found.uncertainty, found.cost) == (Fraction(2), Fraction("6.95"))


def test_one_entry_holds_at_several_places(tmp_path: Path) -> None:
    """An uplift of two places is written once: 1.1 times 2 USD in both."""
    entry = {"rates": {"input": "2 USD / 1M tokens"}, "multiply": "1.1", "places": ["us", "eu"]}
    whole = {"checked_on": "2026-09-01", "source": "https://x.example", **entry}
    listing = listing_of({"seller": "s", "name": "S", "default_place": "us"}, {"id": "m", "prices": [whole]})
    costs = {place: quote(offer, Usage(input_tokens=10**6), ON).cost for place, offer in listing.load().items()}
    assert costs == {"us": Fraction("2.2"), "eu": Fraction("2.2")}


def test_what_a_month_has_for_less_is_said_and_not_counted(tmp_path: Path) -> None:
    """The first 5,000 searches of a month may be free: the list price of each stays the answer, with a note."""
    volume = [{"meter": "web_searches", "up_to": "5000", "price": "free"}]
    offer = sound(tmp_path, {"rates": {"web_searches": "14 USD / 1K searches"}, "volume": volume})
    found = quote(offer, Usage(counts={"web_searches": 1000}), ON)
    assert found.cost == 14
    assert "not counted: the first 5000 web_searches a month: free" in found.notes


def test_a_price_for_a_limited_time_is_said_beside_the_list_price(tmp_path: Path) -> None:
    """The list price is charged, and the lower one is named with its end."""
    rate = {"rate": "0.40 USD / 1M tokens", "promotion": "0.32 USD / 1M tokens", "until": "2026-12-31"}
    offer = sound(tmp_path, {"rates": {"input": rate}})
    found = quote(offer, Usage(input_tokens=10**6), ON)
    assert found.cost == Fraction("0.40")
    assert [str(note) for note in found.notes if note.code == "promotion"] == [
        "for a limited time its input costs 0.32 USD / 1M tokens until 2026-12-31; not counted"
    ]


def test_what_is_sold_by_the_month_says_its_plans(tmp_path: Path) -> None:
    """A plan has no price of a request: the reason why there is none names the plan, its price and what it includes."""
    plans = [{"name": "Pro", "price": "20 USD / month", "includes": "90,000 requests"}]
    offer = sound(tmp_path, {"status": "subscription", "plans": plans})
    found = quote(offer, Usage(input_tokens=10), ON)
    assert found.unserved == ("it is sold by subscription, not by use: Pro: 20 USD / month, includes 90,000 requests")


def test_units_that_are_not_money_have_their_rate(tmp_path: Path) -> None:
    """7.143 DBU at 0.07 USD each are 0.50001 USD a million tokens, and said to be worked out."""
    offer = sound(tmp_path, {"rates": {"input": "7.143 DBU / 1M tokens"}}, units={"DBU": "0.07 USD"})
    found = quote(offer, Usage(input_tokens=10**6), ON)
    assert found.cost == Fraction("0.50001")
    assert found.charges[0].rate.derived == "7.143 DBU at 0.07 USD each"
    assert found.grade == "derived"


def test_hours_do_not_begin_on_holidays(tmp_path: Path) -> None:
    """On a Thursday the peak doubles the price; on a Thursday that is a holiday it does not, nor in its month that day.

    The peak is 9 of 24 hours on five days of seven: 45 of 168 hours a week, and in the four weeks from the one of the
    holiday on 4 x 45 - 9 of 4 x 168.
    """
    peak = {"weekdays": "mon-fri", "from": "09:00", "to": "18:00", "except": ["2026-10-01"]}
    variant = {"when": {"time": [peak]}, "rates": {"input": "2 USD / 1M tokens"}}
    offer = sound(tmp_path, {"rates": {"input": "1 USD / 1M tokens"}, "variants": [variant]})
    usage = Usage(input_tokens=10**6)
    assert quote(offer, usage, datetime(2026, 9, 24, 10, tzinfo=timezone.utc)).cost == 2
    assert quote(offer, usage, datetime(2026, 10, 1, 10, tzinfo=timezone.utc)).cost == 1
    assert quote(offer, usage, date(2026, 8, 20)).cost == 1 + Fraction(45, 168)
    assert quote(offer, usage, date(2026, 10, 1)).cost == 1 + Fraction(4 * 45 - 9, 4 * 168)


def test_a_long_answer_moves_every_rate_of_its_request() -> None:
    """Up to 200 tokens of answer: 1,000 in at 2 and 200 out at 8 a million; one token more: 3 and 14."""
    longer = {
        "when": {"output_tokens": "> 200"},
        "rates": {"input": "3 CNY / 1M tokens", "output": "14 CNY / 1M tokens"},
    }
    offer = offer_of({"input": "2 CNY / 1M tokens", "output": "8 CNY / 1M tokens"}, variants=[longer])
    short = quote(offer, Workload((RequestGroup(Usage(input_tokens=1000, output_tokens=200)),)), ON)
    assert short.cost == Fraction("0.002") + Fraction("0.0016")
    assert short.charges[0].condition == "output_tokens <= 200"
    long = quote(offer, Workload((RequestGroup(Usage(input_tokens=1000, output_tokens=201)),)), ON)
    assert long.cost == Fraction("0.003") + Fraction("0.002814")
    assert long.charges[0].condition == "output_tokens > 200"


ALLOWANCES = {
    "volume": [
        {"meter": "web_searches", "up_to": "5000", "price": "free"},
        {"meter": "web_searches", "above": "20000", "price": "10 USD / 1K searches"},
    ]
}


@pytest.mark.parametrize(
    ("searches", "listed", "counted"),
    [
        (5_000, "70", "0"),
        (6_000, "84", "14"),  # 1,000 at 14 a thousand
        (20_000, "280", "210"),  # 15,000 at 14
        (25_000, "350", "260"),  # 15,000 at 14 and 5,000 at 10
    ],
)
def test_allowances_are_counted_where_they_are_asked_for(searches: int, listed: str, counted: str) -> None:
    """List prices are the answer; a contract that says so counts what is free and what is cheaper by volume."""
    offer = offer_of({"web_searches": "14 USD / 1K searches"}, **ALLOWANCES)
    month = Workload((RequestGroup(Usage(counts={"web_searches": 1}), requests=searches),))
    assert quote(offer, month, ON).cost == Fraction(listed)
    asked = adjusted(offer, parse_adjustments(["s allowances"]))
    found = quote(asked, month, ON)
    assert found.cost == Fraction(counted)
    assert sum(charge.quantity for charge in found.charges) == searches
    assert sum(charge.cost for charge in found.charges) == found.cost


def test_an_allowance_covers_the_cheapest_units_first() -> None:
    """Of 4,000 searches at 14 and 4,000 at 7 in batch, 5,000 are free: all in batch, and 1,000 of the others."""
    batch = {"when": {"terms": "batch"}, "rates": {"web_searches": "7 USD / 1K searches"}}
    offer = offer_of({"web_searches": "14 USD / 1K searches"}, variants=[batch], **ALLOWANCES)
    half = {"batch": Fraction(1, 2)}
    month = Workload((RequestGroup(Usage(counts={"web_searches": 1}), requests=8000, terms=half),))
    assert quote(adjusted(offer, parse_adjustments(["s allowances"])), month, ON).cost == 3 * 14


def test_a_month_that_a_price_change_cuts_has_its_allowance_once() -> None:
    """6,000 searches in a month of 30 days whose price changes after 10: 5,000 free of them, as in any month.

    Of 2,000 in the first 10 days a third of 5,000 is free, so 1,000 / 3 are paid at 14 a thousand; then 2,000 / 3 at 28.
    """
    entries = [
        {"rates": {"web_searches": "14 USD / 1K searches"}, **ALLOWANCES},
        {"rates": {"web_searches": "28 USD / 1K searches"}, **ALLOWANCES, "effective_from": "2026-09-11"},
    ]
    page = {"checked_on": "2026-09-01", "source": "https://x.example"}
    model = {"id": "m", "prices": [{**page, **entry} for entry in entries]}
    offer = listing_of({"seller": "s", "name": "S", "default_place": "here"}, model).load()["here"]
    month = Workload((RequestGroup(Usage(counts={"web_searches": 1}), requests=6000),))
    asked = adjusted(offer, parse_adjustments(["s allowances"]))
    found = compare([asked], month, date(2026, 9, 1), months=2)
    first = Fraction(1000, 3) * 14 / 1000 + Fraction(2000, 3) * 28 / 1000
    assert [part.cost for part in found.rows[0].quote.months] == [first, 28]
