"""The shapes that prices come in beyond tokens, each priced by hand."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from support.sheets import listing_of

from llmcost import Usage, quote
from llmcost.core.offers.offer import Offer
from llmcost.core.workload.content import Content
from llmcost.core.workload.requests import RequestGroup, Workload

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
