"""Tokens written to a cache: billed where writing is charged, input where it is not, a gap where no source says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple

import pytest
from support.sheets import listing_of

from llmcost import Quote, RequestGroup, Usage, Workload, load_catalogue, quote

ON = date(2026, 9, 15)
PLAIN = {"input": "10 USD / 1M tokens", "output": "20 USD / 1M tokens", "cache_read": "1 USD / 1M tokens"}
AUTOMATIC, EXPLICIT = {"kind": "automatic"}, {"kind": "explicit"}
WRITTEN = Usage(input_tokens=1_000_000, cache_creation_input_tokens=500_000)
FOR_AN_HOUR = WRITTEN.with_tokens({"cache_creation_1h_input_tokens": 500_000})
SEEN = Usage(input_tokens=1_000_000, cache_creation_input_tokens=1_000_000, image_input_tokens=1_000_000)


class Case(NamedTuple):
    """A model's policies, its entry besides the plain rates, a request, and its cost; a text names the gap."""

    name: str
    cache: list[dict[str, str]]
    entry: dict[str, Any]
    usage: Usage
    expected: str


CASES = [
    # nobody charges for writing: all of the million tokens are input, 1M x 10
    Case("no policy", [], {}, WRITTEN, "10"),
    Case("an automatic policy without a price of writing", [AUTOMATIC], {}, WRITTEN, "10"),
    Case("the same, kept for an hour", [AUTOMATIC], {}, FOR_AN_HOUR, "10"),
    Case("written as the input is", [AUTOMATIC], {"rates": {"cache_write": "= input"}}, WRITTEN, "10"),
    # an explicit cache that is billed by the hour instead, as Gemini's: writing is input, keeping is another meter
    Case("kept by the hour", [EXPLICIT], {"rates": {"cache_storage": "1 USD / 1M token-hours"}}, WRITTEN, "10"),
    # 0.5M x 10 + 0.5M x 12.50
    Case("a price of writing", [AUTOMATIC], {"rates": {"cache_write": "12.50 USD / 1M tokens"}}, WRITTEN, "11.25"),
    # images at a price of their own, nothing for writing them: 1M x 30
    Case("images", [AUTOMATIC], {"rates": {"image_input": "30 USD / 1M tokens"}}, SEEN, "30"),
    # what is said of cached tokens in general is not said of writing, where that has no price: 1M x 10
    Case("a cache whose hits have no known price", [AUTOMATIC], {"unpriced": [{"cache": "automatic"}]}, WRITTEN, "10"),
    # an explicit cache that writes at the price of input does so for images at theirs: 1M x 30
    Case(
        "an explicit cache that writes as input",
        [EXPLICIT],
        {"rates": {"cache_write": "= input", "image_input": "30 USD / 1M tokens"}},
        SEEN,
        "30",
    ),
    # writing is charged, and how much no source states
    Case(
        "a price of writing images that no source states",
        [AUTOMATIC],
        {"rates": {"image_input": "30 USD / 1M tokens"}, "unpriced": [{"meters": ["cache_write"]}]},
        SEEN,
        "image_cache_write",
    ),
    Case("an explicit cache without a price of writing", [EXPLICIT], {}, WRITTEN, "cache_write"),
    Case("a price that no source states", [AUTOMATIC], {"unpriced": [{"meters": ["cache_write"]}]}, WRITTEN, "cache_write"),
    # 0.5M x 10 + 0.5M x 25
    Case(
        "writing for twelve hours",
        [AUTOMATIC],
        {"rates": {"cache_write": "12.50 USD / 1M tokens", "cache_write_12h": "25 USD / 1M tokens"}},
        WRITTEN.with_tokens({"cache_creation_12h_input_tokens": 500_000}),
        "17.5",
    ),
    Case(
        "writing for an hour where only minutes have a price",
        [AUTOMATIC],
        {"rates": {"cache_write": "12.50 USD / 1M tokens"}},
        FOR_AN_HOUR,
        "cache_write_1h",
    ),
]  # fmt: skip


def priced(case: Case) -> Quote:
    entry = {"checked_on": "2026-09-01", "source": "https://x.example", **case.entry}
    entry["rates"] = {**PLAIN, **case.entry.get("rates", {})}
    model: dict[str, Any] = {"id": "m", "cache": case.cache, "prices": [entry]}
    offer = listing_of({"seller": "s", "name": "S", "default_place": "here"}, model).load()["here"]
    return quote(offer, Workload((RequestGroup(case.usage),)), ON)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_written_tokens_are_billed_by_the_policy_in_force(case: Case) -> None:
    """Writing is input where nobody charges for it, and a gap only where it is charged at a price no source states."""
    found = priced(case)
    if case.expected.endswith(("write", "1h")):
        assert [gap.meter for gap in found.gaps] == [case.expected]
    else:
        assert (found.complete, found.cost) == (True, Fraction(case.expected))


def test_keeping_what_is_given_is_said_where_it_is_billed_by_the_hour() -> None:
    """How long it is kept nobody says, so the hours are not counted, and a note says so; given hours are billed."""
    kept = Case("", [EXPLICIT], {"rates": {"cache_storage": "1 USD / 1M token-hours"}}, WRITTEN, "10")
    assert any("billed by the hour as well" in note for note in priced(kept).notes)
    hours = priced(kept._replace(usage=replace(WRITTEN, counts={"cache_storage": 2_000_000})))
    assert hours.cost == 12
    assert not any("billed by the hour" in note for note in hours.notes)


def test_usage_measured_at_one_vendor_can_be_priced_at_others() -> None:
    """One written token leaves a gap at no more offers than have a price of writing that no source states: one in twenty."""
    written = Usage(input_tokens=1000, output_tokens=10, cache_creation_input_tokens=1)
    plain = Usage(input_tokens=1000, output_tokens=10)
    offers = [offer for offer in load_catalogue().offers() if quote(offer, plain, date(2026, 11, 29)).complete]
    gaps = [offer.name for offer in offers if not quote(offer, written, date(2026, 11, 29)).complete]
    assert len(gaps) * 20 <= len(offers), gaps
