"""Usage moved to other offers: what one costs has nothing to do with which others are asked about."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta, timezone
from fractions import Fraction
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.sheets import listings_of

from llmcost.api.usage.comparison import compare_usage, plans_of
from llmcost.api.usage.pricer import UsagePricer
from llmcost.core.offers.catalogue import Catalogue
from llmcost.core.offers.offer import TokenRules, no_rules
from llmcost.core.quotes.quote import Quote
from llmcost.core.workload.text import KINDS, Span, Tokenizer
from llmcost.core.workload.usage_record import UsageRecord

START = datetime(2026, 6, 1, tzinfo=timezone.utc)
PLAIN = {"input": "1 USD / 1M tokens", "cache_read": "0.1 USD / 1M tokens", "output": "4 USD / 1M tokens"}
WRITTEN = {"cache_write": "1.25 USD / 1M tokens"}
HOUR = {"cache_write_1h": "2 USD / 1M tokens"}


def sheet(seller: str, kind: str, *rates: dict[str, str]) -> dict[str, Any]:
    """A seller of one model whose cache is of a kind; the first rates, and from September the second where there are."""
    days = ("2026-01-01", "2026-09-01")
    entries = [
        {"effective_from": day, "checked_on": "2026-11-01", "source": "https://x.example", "rates": each}
        for day, each in zip(days, rates, strict=False)
    ]
    model = {"id": f"m-{seller}", "cache": [{"kind": kind}], "prices": entries}
    return {"seller": seller, "name": seller, "default_place": "p", "models": [model]}


SHEETS = [
    sheet("used", "automatic", PLAIN),
    sheet("free-writes", "automatic", PLAIN),
    sheet("paid-writes", "automatic", PLAIN | WRITTEN),
    sheet("asked-writes", "explicit", PLAIN | WRITTEN),
    sheet("hours", "explicit", PLAIN | WRITTEN | HOUR),
    sheet("hours-later", "explicit", PLAIN | WRITTEN, PLAIN | WRITTEN | HOUR),
    sheet("paid-later", "automatic", PLAIN, PLAIN | WRITTEN),
]
CATALOGUE = Catalogue([listing for each in SHEETS for listing in listings_of(each)])
OTHERS = [f"{each['seller']}/m-{each['seller']}" for each in SHEETS[1:]]


@st.composite
def requests(draw: st.DrawFn) -> UsageRecord:
    """One request at the first seller, which read, wrote for some time, both or neither."""
    counts = st.sampled_from((0, 1_000, 30_000))
    return UsageRecord(
        start=START + timedelta(days=draw(st.integers(0, 150))),
        provider="used",
        model="m-used",
        requests=1,
        input_uncached=draw(counts),
        cache_read=draw(counts),
        cache_write_5m=draw(counts),
        cache_write_1h=draw(counts),
        output=500,
    )


def costs(records: list[UsageRecord], names: list[str]) -> dict[str, tuple[object, ...]]:
    """What each offer costs, with its range and what has no price, all asked about in this order."""
    pricer = UsagePricer(CATALOGUE, "USD", None)
    offers = [CATALOGUE.find(name) for name in names]
    found = compare_usage(pricer, records, plans_of(pricer, records, offers=offers, elsewhere=False))
    quotes = {row.quote.offer.seller: row.quote for row in found.rows if row.quote.offer.seller != "used"}
    return {name: (quote.cost, quote.low, quote.high, quote.incomplete_reason) for name, quote in quotes.items()}


@given(st.lists(requests(), min_size=1, max_size=6), st.permutations(OTHERS))
def test_an_offer_costs_the_same_beside_any_others(records: list[UsageRecord], names: list[str]) -> None:
    """Whatever is asked before it, though offers that cut alike share what they suppose of the usage."""
    alone = {seller: cost for name in names for seller, cost in costs(records, [name]).items()}
    assert costs(records, names) == alone


@given(st.lists(requests(), min_size=2, max_size=5))
def test_what_requests_cost_elsewhere_is_what_each_costs(records: list[UsageRecord]) -> None:
    """What is supposed of one has nothing to do with what others wrote; all hit the cache or none, so ranges are less."""
    each = [costs([record], OTHERS) for record in records]
    for seller, (cost, low, high, reason) in costs(records, OTHERS).items():
        apart = [found[seller] for found in each]
        assert cost == sum(Fraction(one[0]) for one in apart)  # type: ignore[arg-type]
        assert reason == next((one[3] for one in apart if one[3]), None)
        if reason is None:
            lows, highs = ([one[0] if one[at] is None else one[at] for one in apart] for at in (1, 2))
            assert sum(lows) <= (cost if low is None else low)  # type: ignore[arg-type, operator]
            assert sum(highs) >= (cost if high is None else high)  # type: ignore[arg-type, operator]


@pytest.mark.parametrize(("seller", "cost"), [("paid-writes", "0.11"), ("used", "0.135")])
def test_a_seller_that_bills_writing_counts_it(seller: str, cost: str) -> None:
    """100,000 read × 0.1 and as many not read: input at 1 USD where nothing was written, else written at 1.25."""
    used = UsageRecord(
        start=START, provider=seller, model=f"m-{seller}", requests=1, input_uncached=100_000, cache_read=100_000
    )
    assert costs([used], ["asked-writes/m-asked-writes"])["asked-writes"][0] == Fraction(cost)


def test_what_was_written_for_an_hour_is_so_where_an_hour_is_sold() -> None:
    """100,000 × 2 USD / 1M tokens = 0.20; where only a shorter time is sold × 1.25 = 0.125."""
    records = [UsageRecord(start=START, provider="used", model="m-used", requests=1, cache_write_1h=100_000)]
    for names in permutations(("asked-writes/m-asked-writes", "hours/m-hours", "hours-later/m-hours-later")):
        found = costs(records, list(names))
        assert found["asked-writes"][0] == found["hours-later"][0] == Fraction("0.125")
        assert found["hours"][0] == Fraction("0.2")


ASKED = {"when": {"cache": "explicit"}, "rates": {"cache_read": "0.05 USD / 1M tokens", **WRITTEN}}


def asking() -> dict[str, Any]:
    """A seller whose cache is free of charge for writing, and one that is asked for is not."""
    made = sheet("asked", "automatic", PLAIN | {"cache_write": "= input"})
    (model,) = made["models"]
    model["cache"].append({"kind": "explicit", "ttl": "5m"})
    model["prices"][0]["variants"] = [ASKED]
    return made


@pytest.mark.parametrize(
    ("reads", "writes", "low", "high"),
    [
        ([100_000], [0], "0.01", "0.01"),  # 100,000 × 0.10 USD / 1M: nothing says that it was asked for
        ([0], [100_000], "0.125", "0.125"),  # 100,000 × 1.25: only a cache that was asked for is written
        ([100_000], [100_000], "0.13", "0.13"),  # and read: 0.125 + 100,000 × 0.05
        ([0, 100_000], [100_000, 0], "0.13", "0.135"),  # 0.125 + 100,000 × 0.05, or × 0.10
    ],
)
def test_what_was_written_shows_that_a_cache_was_asked_for(
    reads: list[int], writes: list[int], low: str, high: str
) -> None:
    """A request uses one cache or the other; of one that only read, beside others that asked, it is open."""
    catalogue = Catalogue(listings_of(asking()))
    pricer = UsagePricer(catalogue, "USD", None)
    records = [
        UsageRecord(start=START, provider="asked", model="m-asked", requests=1, cache_read=read, cache_write_5m=written)
        for read, written in zip(reads, writes, strict=True)
    ]
    found = pricer.cost(records)
    assert (found.low, found.high) == (Fraction(low), Fraction(high))
    assert any("its cache was asked for" in said for said in pricer.said) == (sum(writes) > 0)


def tokenizer(name: str, against: dict[str, dict[str, Span]] | None = None) -> TokenRules:
    """How a model counts, and how its tokens stand to those of others."""
    made = Tokenizer(
        id=name, name=name, spans={}, library=None, checked_on="2026-11-01", source="", against=against or {}
    )
    return no_rules()._replace(tokenizer=made)


def test_a_cache_that_was_asked_for_is_so_at_the_next_model_as_well() -> None:
    """Twice the tokens: 200,000 written × 1.25 USD / 1M = 0.25, and 200,000 read × 0.05 = 0.01."""
    made = asking()
    made["models"].append({**made["models"][0], "id": "m-next"})
    twice = {"first": dict.fromkeys(KINDS, Span(Fraction(2), Fraction(2)))}
    rules = {"m-asked": tokenizer("first"), "m-next": tokenizer("second", twice)}
    catalogue = Catalogue(listings_of(made, rules.__getitem__))
    pricer = UsagePricer(catalogue, "USD", None)
    records = [
        UsageRecord(
            start=START, provider="asked", model="m-asked", requests=1, cache_read=100_000, cache_write_5m=100_000
        )
    ]
    plans = plans_of(pricer, records, offers=[catalogue.find("asked/m-next")], elsewhere=False)
    found = compare_usage(pricer, records, plans)
    (moved,) = [row.quote for row in found.rows if row.quote.offer.model == "m-next"]
    assert (moved.cost, moved.low, moved.high) == (Fraction("0.26"), None, None)


def test_a_sum_over_a_price_change_keeps_the_cache_that_was_asked_for() -> None:
    """Half of the time each: 100,000 × (1.25 + 2.50) USD / 1M ÷ 2 = 0.1875, between 0.125 and 0.25."""
    made = asking()
    dearer = {"cache_read": "0.05 USD / 1M tokens", "cache_write": "2.5 USD / 1M tokens"}
    (first,) = made["models"][0]["prices"]
    variants = [{"when": {"cache": "explicit"}, "rates": dearer}]
    made["models"][0]["prices"].append({**first, "effective_from": "2026-06-02", "variants": variants})
    pricer = UsagePricer(Catalogue(listings_of(made)), "USD", None)
    end = START + timedelta(days=2)
    used = UsageRecord(
        start=START, end=end, provider="asked", model="m-asked", requests=1, cache_write_unspecified=100_000
    )
    assert pricer.cost([used])[:2] == (Fraction("0.125"), Fraction("0.25"))


def at_used(model: dict[str, Any], records: list[UsageRecord], rules: dict[str, TokenRules] | None = None) -> Quote:
    """What a seller of one model asks for usage of the first seller's; ``rules`` are how tokens of both are counted."""
    made = {"seller": "other", "name": "other", "default_place": "p", "models": [model]}
    counted = defaultdict(no_rules, rules or {}).__getitem__
    catalogue = Catalogue([*listings_of(SHEETS[0], counted), *listings_of(made, counted)])
    pricer = UsagePricer(catalogue, "USD", None)
    plans = plans_of(pricer, records, offers=[catalogue.find("other/m")], elsewhere=False)
    (found,) = [row.quote for row in compare_usage(pricer, records, plans).rows if row.quote.offer.seller == "other"]
    return found


def model(**more: Any) -> dict[str, Any]:
    """A model without a cache; ``more`` is of its price."""
    rates = {"rates": {"input": "1 USD / 1M tokens", "output": "4 USD / 1M tokens"}}
    dated = {"effective_from": "2026-01-01", "checked_on": "2026-11-01", "source": "https://x.example"}
    return {"id": "m", "prices": [{**dated, **rates, **more}]}


def request(size: int, output: int = 300) -> UsageRecord:
    """A request to the first seller."""
    return UsageRecord(start=START, provider="used", model="m-used", requests=1, input_uncached=size, output=output)


def test_the_length_of_an_answer_is_that_of_one() -> None:
    """Two of 300 are below 400, though together above: (2 × 1,000 × 1 + 2 × 300 × 4) USD / 1M = 0.0044."""
    long = {"when": {"output_tokens": "> 400"}, "rates": {"input": "9 USD / 1M tokens", "output": "9 USD / 1M tokens"}}
    assert at_used(model(variants=[long]), [request(1_000), request(1_000)]).cost == Fraction("0.0044")


def test_a_window_that_nobody_states_is_doubted_once() -> None:
    """However many sizes are told apart: here what read from a cache, and what did not."""
    doubts = at_used(model(), [request(9_000), request(20_000)._replace(cache_read=5_000)]).doubts
    assert [doubt.code for doubt in doubts] == ["context-unknown"]


def test_one_request_that_is_too_large_is_told_as_many_are() -> None:
    """By its model and the window, and by no advice that is for a workload."""
    for sizes in ([300_000], [300_000, 400_000]):
        found = at_used(model(context_window="200000"), [request(1_000), *map(request, sizes)])
        (gap,) = found.gaps
        assert gap.reason == "inputs beyond its context window of 200000 tokens do not fit"


def test_no_cache_is_said_to_be_hit_where_there_is_none() -> None:
    """Nothing depends on what is supposed of a cache, not even how 101 × 1.5 and 102 × 1.5 tokens are rounded."""
    half_more = {"first": dict.fromkeys(KINDS, Span(Fraction(3, 2), Fraction(3, 2)))}
    found = at_used(
        model(),
        [request(102)._replace(cache_read=101)],
        {"m-used": tokenizer("first"), "m": tokenizer("next", half_more)},
    )
    assert [note.code for note in found.notes] == ["tokens-moved"]
    assert (found.cost, found.low) == (Fraction("0.002105"), None)  # (152 + 153) × 1 + 300 × 1.5 × 4 USD / 1M


HALVED = {
    "m-used": tokenizer("first"),
    "m": tokenizer("next", {"first": dict.fromkeys(KINDS, Span(Fraction(1, 2), Fraction(1, 2)))}),
}
DEARER = {
    "input": "2 USD / 1M tokens",
    "image_input": "= input",
    "output": "8 USD / 1M tokens",
    "image_output": "= output",
}
LARGE = {"when": {"input_tokens": "> 200000"}, "rates": DEARER}
PICTURED = {
    "input": "1 USD / 1M tokens",
    "image_input": "= input",
    "output": "4 USD / 1M tokens",
    "image_output": "= output",
}


@given(
    st.lists(
        st.tuples(
            st.sampled_from((99_992, 199_992, 200_000, 200_008, 300_000, 400_000, 400_008)),
            st.sampled_from((0, 1, 2, 4)),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_pictures_are_no_text_that_another_tokenizer_counts(drawn: list[tuple[int, int]]) -> None:
    """Whatever part of each request they are, so that it lies on another side of an edge: all cost what each does."""
    records = [request(size)._replace(image_input=size * quarters // 4) for size, quarters in drawn]
    taking = {**model(rates=PICTURED, variants=[LARGE], context_window="350000"), "modalities": TAKEN}
    whole = at_used(taking, records, HALVED)
    ones = [at_used(taking, [each], HALVED) for each in records]
    assert whole.cost == sum(one.cost for one in ones)
    assert sum(gap.quantity for gap in whole.gaps) == sum(gap.quantity for one in ones for gap in one.gaps)


TAKEN = {"input": ["text", "image"], "output": ["text", "image"]}


def test_what_is_thought_beside_pictures_stays_within_the_answer() -> None:
    """100 thought and 100 of a picture are 50 and 100 by the next tokenizer: 150 × 4 USD / 1M, and 500 of input."""
    used = request(1_000, output=200)._replace(reasoning=100, image_output=100)
    found = at_used({**model(rates=PICTURED), "modalities": TAKEN}, [used], HALVED)
    assert found.cost == Fraction("0.0011")


def test_what_is_said_of_a_day_is_said_once_for_all_models() -> None:
    """A price that is older than three months is so on the day of each of two models."""
    known = [{**sheet("used", "automatic", PLAIN)["models"][0], "id": each} for each in ("m-used", "m-two")]
    catalogue = Catalogue([*listings_of({**SHEETS[0], "models": known}), *listings_of(SHEETS[1])])
    pricer = UsagePricer(catalogue, "USD", None)
    later = datetime(2027, 3, 1, tzinfo=timezone.utc)
    records = [
        request(9_000)._replace(start=later + timedelta(days=day), model=name)
        for day, name in enumerate(("m-used", "m-two"))
    ]
    offers = [catalogue.find("free-writes/m-free-writes")]
    found = compare_usage(pricer, records, plans_of(pricer, records, offers=offers, elsewhere=False))
    (moved,) = [row.quote for row in found.rows if row.quote.offer.seller == "free-writes"]
    assert [note.code for note in (*moved.notes, *moved.doubts)].count("stale") == 1


@pytest.mark.parametrize(
    ("fresh", "read", "cost"),
    [
        (500, 1_500, "0.0032"),  # 2,000 × 1 USD / 1M, which no cache of this one keeps, and 300 × 4
        (1_000, 3_096, "0.0025096"),  # 1,000 and 3,096 × 0.1, as 4,096 are kept
    ],
)
def test_what_is_too_short_for_a_cache_is_never_hit_there(fresh: int, read: int, cost: str) -> None:
    """Though it was where it was sent, and both are cached alike; together they cost what each does."""
    made = sheet("used", "automatic", PLAIN)
    (first,) = made["models"]
    first["cache"][0]["minimum_tokens"] = "1024"
    made["models"].append({**first, "id": "m-next", "cache": [{"kind": "automatic", "minimum_tokens": "4096"}]})
    catalogue = Catalogue(listings_of(made))
    pricer = UsagePricer(catalogue, "USD", None)
    sent = request(fresh)._replace(cache_read=read)
    for records in ([sent], [sent, request(50_000)._replace(cache_read=50_000)]):
        plans = plans_of(pricer, records, offers=[catalogue.find("used/m-next")], elsewhere=False)
        rows = compare_usage(pricer, records, plans).rows
        (moved,) = [row.quote for row in rows if row.quote.offer.model == "m-next"]
        assert moved.cost == Fraction(cost) + (Fraction("0.0562") if len(records) > 1 else 0)


def test_an_end_of_the_range_that_does_not_fit_is_a_doubt() -> None:
    """At twice the tokens 150,000 are beyond the window of 250,000, so the most that is shown is not the most it may be."""
    more = {"first": dict.fromkeys(KINDS, Span(Fraction(1), Fraction(2)))}
    rules = {"m-used": tokenizer("first"), "m": tokenizer("next", more)}
    found = at_used(model(context_window="250000"), [request(150_000)], rules)
    assert [doubt.code for doubt in found.doubts] == ["tokens-moved"]
    assert "inputs beyond its context window of 250000 tokens do not fit" in str(found.doubts[0])
