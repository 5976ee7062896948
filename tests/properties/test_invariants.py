"""What holds of every quote, on the small world and on invented sheets, whatever the figures are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from hypothesis import HealthCheck, assume, given
from hypothesis import strategies as st
from support.examples import examples
from support.oracle import MOMENTS, Ask, asks, sheets
from support.sheets import listing_of

from llmcost import Quote, RequestGroup, Usage, Workload, quote
from llmcost.core.offers.offer import Offer
from llmcost.core.values.meters import TOKEN_METERS
from llmcost.core.values.money import ExchangeRates
from llmcost.core.values.schedule import parse_window

SMALL = Path(__file__).parent.parent / "sheets_small"
SMALL_SHEETS = [
    yaml.load((SMALL / f"{seller}.yaml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    for seller in ("example-ai", "night-cloud")
]
EVERY_KIND = ("audio", "image", "video")
MONDAY = date(2026, 5, 11)

checked = examples(0.5)


class Model(NamedTuple):
    """A model of a sheet, as it is written."""

    sheet: Any
    model: Any

    def offer(self, terms: str = "standard") -> Offer:
        """Its first offer, on some terms."""
        return replace(next(iter(listing_of(self.sheet, self.model).load().values())), terms=terms)


SMALL_MODELS = [Model(sheet, model) for sheet in SMALL_SHEETS for model in sheet["models"]]
models = st.one_of(st.sampled_from(SMALL_MODELS), sheets().map(lambda sheet: Model(sheet, sheet["models"][0])))
days = st.sampled_from(MOMENTS)
numbers = st.one_of(st.integers(0, 9), st.fractions(0, 9, max_denominator=12))
parts = st.fractions(0, 1, max_denominator=12)


def group_of(ask: Ask, requests: int | Fraction = 1, name: str = "requests") -> RequestGroup:
    usage = Usage(**ask.tokens, counts=ask.counts)
    options = tuple(sorted(ask.options.items()))
    return RequestGroup(usage, requests, name, mode=ask.mode, cache=ask.cache, options=options)


def priced(model: Model, groups: list[RequestGroup], on: date | datetime, terms: str = "standard") -> Quote:
    return quote(model.offer(terms), Workload(tuple(groups)), on)


def gaps_of(found: Quote) -> dict[str, Fraction]:
    """How much of each meter could not be priced."""
    gaps: Counter[str] = Counter()
    for gap in found.gaps:
        gaps[gap.meter] += gap.quantity  # type: ignore[assignment]
    return {meter: Fraction(count) for meter, count in gaps.items() if count}


def result(found: Quote) -> tuple[Fraction, Fraction, dict[str, Fraction]]:
    """What a quote says: its cost, how much less it may be, and its gaps."""
    return found.cost, Fraction(found.uncertainty), gaps_of(found)


def weighted(quotes: list[tuple[Fraction, Quote]]) -> tuple[Fraction, Fraction, dict[str, Fraction]]:
    """The weighted sum of what several quotes say."""
    cost = sum((share * each.cost for share, each in quotes), Fraction(0))
    less = sum((share * each.uncertainty for share, each in quotes), Fraction(0))
    gaps: dict[str, Fraction] = {}
    for share, each in quotes:
        for meter, count in gaps_of(each).items():
            gaps[meter] = gaps.get(meter, Fraction(0)) + share * count
    return cost, less, {meter: count for meter, count in gaps.items() if count}


@checked
@given(models, st.lists(st.tuples(asks(), numbers), max_size=3), days)
def test_charges_explain_the_cost(model: Model, some: list[tuple[Ask, Fraction]], on: date | datetime) -> None:
    """Quantity by rate by uplift of every charge, as shown, adds up to exactly the cost."""
    found = priced(model, [group_of(ask, count) for ask, count in some], on)
    total = Fraction(0)
    for charge in found.charges:
        price = Fraction(charge.rate.amount) * Fraction(charge.multiplier or 1)
        total += Fraction(charge.quantity) * price / charge.rate.unit.size
        assert charge.currency == found.currency == charge.rate.currency
    assert total == found.cost


@checked
@given(models, st.lists(st.tuples(asks(), numbers), min_size=1, max_size=3), days)
def test_every_token_is_charged_once_or_is_a_gap(
    model: Model, some: list[tuple[Ask, Fraction]], on: date | datetime
) -> None:
    """No token is lost or billed twice: those charged and those in gaps are all of the workload's."""
    assume(all(entry.get("status") != "free" for entry in model.model["prices"]))
    groups = [group_of(ask, count, f"class {number}") for number, (ask, count) in enumerate(some)]
    for group in groups:
        found = priced(model, [group], on)
        charged = sum((Fraction(c.quantity) for c in found.charges if c.meter in TOKEN_METERS), Fraction(0))
        missed = sum((Fraction(g.quantity) for g in found.gaps if g.meter in TOKEN_METERS), Fraction(0))
        refused = gaps_of(found).get("requests", Fraction(0))
        fees = any("requests" in rates for rates in rates_of(model.model)) or "unpriced" in str(model.model)
        if not refused or not fees:  # a missing fee per request is a gap in requests as well
            assert charged + missed + refused * group.usage.total_tokens == group.requests * group.usage.total_tokens


def rates_of(model: Any) -> Iterator[dict[str, Any]]:
    for entry in model["prices"]:
        yield entry.get("rates") or {}
        yield from (variant["rates"] for variant in entry.get("variants") or ())


@checked
@given(st.data(), models, st.lists(st.tuples(asks(), numbers), min_size=2, max_size=4), days)
def test_the_order_of_groups_changes_nothing(
    data: st.DataObject, model: Model, some: list[tuple[Ask, Fraction]], on: date | datetime
) -> None:
    """A workload's classes may stand in any order."""
    groups = [group_of(ask, count) for ask, count in some]
    other = data.draw(st.permutations(groups))
    assert result(priced(model, other, on)) == result(priced(model, groups, on))


def shuffled(data: st.DataObject, node: Any) -> Any:
    """The same sheet with its keys, and the entries of its lists of rules, in another order."""
    if isinstance(node, dict):
        keys = data.draw(st.permutations(list(node)))
        return {key: shuffled(data, node[key]) for key in keys}
    if isinstance(node, list) and node and isinstance(node[0], dict) and "kind" not in node[0]:
        return [shuffled(data, each) for each in data.draw(st.permutations(node))]
    return node


@checked
@given(st.data(), models, asks(), days, st.sampled_from(["standard", "batch"]))
def test_the_order_of_a_sheet_changes_nothing(
    data: st.DataObject, model: Model, ask: Ask, on: date | datetime, terms: str
) -> None:
    """Rates, variants, windows, entries and what is not sold may stand in any order."""
    first = model.model["prices"][0].get("place")
    prices = [entry for entry in model.model["prices"] if entry.get("place") == first]
    other = Model(model.sheet, {**model.model, "prices": shuffled(data, prices)})
    groups = [group_of(ask)]
    assert result(priced(other, groups, on, terms)) == result(priced(model, groups, on, terms))


TWICE = [
    (
        {"time": [{"from": "01:00", "to": "03:00"}, {"from": "06:00", "to": "08:00"}]},
        {"time": [{"from": "06:00", "to": "08:00"}, {"from": "01:00", "to": "03:00"}]},
    ),
    ({"time": [{"from": "01:00", "to": "03:00"}]}, {"time": [{"from": "01:00", "to": "03:00", "timezone": "Etc/UTC"}]}),
    ({"input_tokens": "> 99"}, {"input_tokens": ">= 100"}),
]


@pytest.mark.parametrize("pair", TWICE, ids=str)
def test_two_conditions_that_mean_the_same_have_no_winner(pair: tuple[dict[str, Any], dict[str, Any]]) -> None:
    """Two variants for the same requests are a gap, not whichever is written first."""
    dear, cheap = ({"input": "9 USD / 1M tokens"}, {"input": "1 USD / 1M tokens"})
    variants = [{"when": pair[0], "rates": dear}, {"when": pair[1], "rates": cheap}]
    entry = {
        "checked_on": "2026-05-01",
        "source": "https://example.com/prices",
        "rates": {"input": "4 USD / 1M tokens"},
    }
    for order in (variants, variants[::-1]):
        model = {"id": "m", "prices": [{**entry, "variants": order}]}
        sheet = {"seller": "s", "name": "S", "default_place": "here", "models": [model]}
        found = priced(Model(sheet, model), [RequestGroup(Usage(input_tokens=100))], MONDAY)
        assert [gap.meter for gap in found.gaps] == ["input"]


@checked
@given(models, st.lists(asks(), min_size=1, max_size=2), st.lists(numbers, min_size=2, max_size=2), parts, days)
def test_splitting_a_group_changes_nothing(
    model: Model, some: list[Ask], counts: list[Fraction], part: Fraction, on: date | datetime
) -> None:
    """A class of requests costs the same, and leaves the same open, when it is written as two."""
    rest = [group_of(ask, count, "others") for ask, count in zip(some[1:], counts[1:], strict=False)]
    whole = [group_of(some[0], counts[0], "one"), *rest]
    split = [group_of(some[0], counts[0] * part, "one"), *rest, group_of(some[0], counts[0] * (1 - part), "other")]
    assert result(priced(model, split, on)) == result(priced(model, whole, on))


@checked
@given(models, asks(), numbers, days)
def test_cost_is_linear_in_requests(model: Model, ask: Ask, count: Fraction, on: date | datetime) -> None:
    """A number of requests costs that number times one."""
    one = priced(model, [group_of(ask)], on)
    assert result(priced(model, [group_of(ask, count)], on)) == weighted([(Fraction(count), one)])


GROWTH = [
    ("input_tokens",),
    ("output_tokens",),
    ("input_tokens", "cache_read_input_tokens"),
    ("input_tokens", "cache_creation_input_tokens"),
    ("input_tokens", "cache_creation_input_tokens", "cache_creation_1h_input_tokens"),
    ("input_tokens", "cache_creation_input_tokens", "cache_creation_12h_input_tokens"),
    ("output_tokens", "reasoning_output_tokens"),
    *(("input_tokens", f"{kind}_input_tokens") for kind in EVERY_KIND),
    *(("output_tokens", f"{kind}_output_tokens") for kind in EVERY_KIND),
]


@examples(0.5, HealthCheck.filter_too_much)
@given(models, asks(), st.sampled_from(GROWTH), st.integers(1, 40), days)
def test_cost_never_falls_as_counts_grow(
    model: Model, ask: Ask, names: tuple[str, ...], more: int, on: date | datetime
) -> None:
    """Under the same conditions a request with more tokens of any kind costs no less."""
    grown = ask._replace(tokens={**ask.tokens, **{name: ask.tokens.get(name, 0) + more for name in names}})
    before, after = group_of(ask), group_of(grown)
    assume(before.usage.kinds == after.usage.kinds)
    low, high = before.sizes[0], after.sizes[0]
    edges = (0, 49, 50, 99, 100, 101, 200, 201, 250, 251, 128_000, 128_001, 200_000, 200_001, 10**9)
    assume(any(first <= low <= high < second for first, second in pairwise(edges)))
    less, dearer = priced(model, [before], on), priced(model, [after], on)
    known = all(group.usage.split.overlap is None for group in (before, after))
    assume(known or not (less.gaps or dearer.gaps))  # an open table that is a gap is not billed at all
    assert dearer.cost >= less.cost


@checked
@given(models, asks(), parts, parts, days)
def test_a_share_on_other_terms_is_a_weighted_sum(
    model: Model, ask: Ask, batch: Fraction, flex: Fraction, on: date | datetime
) -> None:
    """A share sent on other terms costs that share of them; where they are not sold it is priced standard."""
    assume(batch + flex <= 1)
    refusals = [when for entry in model.model["prices"] for when in entry.get("not_sold") or ()]
    assume(not any("time" in when for when in refusals))
    standard = priced(model, [group_of(ask)], on)
    shares: list[tuple[Fraction, Quote]] = []
    for terms, share in (("batch", batch), ("flex", flex)):
        other = priced(model, [group_of(ask)], on, terms)
        sold = other.unserved is None and not any("not sold" in gap.reason for gap in other.gaps)
        shares.append((share, other if sold else standard))
    shares.append((1 - batch - flex, standard))
    group = replace(group_of(ask), terms={"batch": batch, "flex": flex})
    assert result(priced(model, [group], on)) == weighted(shares)


@examples(0.15)
@given(models, asks())
def test_an_even_week_is_the_sum_of_its_hours(model: Model, ask: Ask) -> None:
    """A load spread evenly over the week costs the mean of what it costs at each of the 168 hours."""
    groups = [group_of(ask)]
    begin = datetime(MONDAY.year, MONDAY.month, MONDAY.day, tzinfo=timezone.utc)
    hours = [(Fraction(1, 168), priced(model, groups, begin + timedelta(hours=hour))) for hour in range(168)]
    assert result(priced(model, groups, MONDAY)) == weighted(hours)


WORK = [{"weekdays": "mon-fri", "from": "08:00", "to": "18:00"}]
OTHER = [
    {"weekdays": "mon-fri", "from": "18:00", "to": "24:00"},
    {"weekdays": "sat, sun", "from": "00:00", "to": "24:00"},
    {"weekdays": "mon-fri", "from": "00:00", "to": "08:00"},
]


@checked
@given(models, asks())
def test_an_even_week_is_the_sum_of_its_windows(model: Model, ask: Ask) -> None:
    """An even week costs 50/168 of a load in working hours and 118/168 of one in all other hours."""
    work, other = (replace(group_of(ask), hours=tuple(parse_window(each) for each in half)) for half in (WORK, OTHER))
    shares = [
        (Fraction(50, 168), priced(model, [work], MONDAY)),
        (Fraction(118, 168), priced(model, [other], MONDAY)),
    ]
    assert result(priced(model, [group_of(ask)], MONDAY)) == weighted(shares)


@checked
@given(models, st.lists(asks(), min_size=1, max_size=2), days)
def test_conversion_multiplies_every_charge(model: Model, some: list[Ask], on: date | datetime) -> None:
    """In another currency every charge and the range are multiplied by the one rate of the day, and gaps stay."""
    table = {"USD": Decimal("1.25"), "CNY": Decimal("8.50"), "GBP": Decimal("0.85")}
    rates = ExchangeRates("EUR", (date(2025, 1, 1),), (table,), "https://rates.example")
    found = priced(model, [group_of(ask) for ask in some], on)
    converted = found.in_currency("GBP", rates)
    rate = Fraction(85, 125) if found.currency == "USD" else Fraction(85, 850)
    assert [charge.cost for charge in converted.charges] == [charge.cost * rate for charge in found.charges]
    assert {charge.currency for charge in converted.charges} <= {"GBP"}
    assert converted.currency == "GBP"
    assert result(converted) == (found.cost * rate, found.uncertainty * rate, gaps_of(found))


@checked
@given(models, asks(), days)
def test_a_meter_without_a_rate_is_a_gap(model: Model, ask: Ask, on: date | datetime) -> None:
    """When no rate is left for a meter that is used, and no fallback, the quote is incomplete and names it."""
    entries = [
        {
            **{key: value for key, value in entry.items() if key not in ("rates", "variants", "status")},
            "rates": without(entry.get("rates") or {}),
            "variants": [{**each, "rates": without(each["rates"])} for each in entry.get("variants") or ()],
        }
        for entry in model.model["prices"]
    ]
    found = priced(Model(model.sheet, {**model.model, "prices": entries}), [group_of(ask)], on)
    if group_of(ask).usage.split.meters.get("output") and "requests" not in gaps_of(found):
        assert not found.complete
        assert "output" in gaps_of(found)
    assert "output" not in {charge.meter for charge in found.charges}


def without(rates: dict[str, Any]) -> dict[str, Any]:
    """Rates without the one for output and without those that point elsewhere."""
    return {meter: rate for meter, rate in rates.items() if meter != "output" and not str(rate).startswith("=")}


class Open(NamedTuple):
    """Rates and what no source states, and a request that needs it."""

    name: str
    entry: dict[str, Any]
    usage: Usage
    gap: str
    on: date | datetime = MONDAY


PLAIN = {"input": "1 USD / 1M tokens", "output": "2 USD / 1M tokens"}
OPEN = [
    Open("no rate", {"rates": {"input": "1 USD / 1M tokens"}}, Usage(output_tokens=1), "output"),
    Open(
        "a 1h write has no fallback",
        {"rates": {**PLAIN, "cache_write": "1 USD / 1M tokens"}},
        Usage(input_tokens=9, cache_creation_input_tokens=5, cache_creation_1h_input_tokens=5),
        "cache_write_1h",
    ),
    Open(
        "an hour's write has no fallback where writing is charged",
        {"rates": {**PLAIN, "cache_write": "1.25 USD / 1M tokens"}},
        Usage(input_tokens=9, cache_creation_input_tokens=5, cache_creation_1h_input_tokens=5),
        "cache_write_1h",
    ),
    Open("audio has no fallback", {"rates": PLAIN}, Usage(input_tokens=9, audio_input_tokens=9), "requests"),
    Open("searches have no fallback", {"rates": PLAIN}, Usage(counts={"web_searches": 1}), "web_searches"),
    Open(
        "a fallback to a rate that is not stated",
        {"rates": PLAIN, "unpriced": [{"input_tokens": "> 5", "meters": ["input"]}]},
        Usage(input_tokens=9, cache_read_input_tokens=9),
        "cache_read",
    ),
    Open(
        "a pointer to a rate that is not stated",
        {"rates": {**PLAIN, "image_input": "= input"}, "unpriced": [{"input_tokens": "> 5", "meters": ["input"]}]},
        Usage(input_tokens=9, image_input_tokens=9),
        "image_input",
    ),
    Open(
        "a fee that is charged but not stated",
        {"rates": PLAIN, "unpriced": [{"input_tokens": "> 5", "meters": ["requests"]}]},
        Usage(input_tokens=9),
        "requests",
    ),
    Open(
        "hours without a stated price, on a day",
        {"rates": PLAIN, "unpriced": [{"time": [{"from": "06:00", "to": "12:00"}]}]},
        Usage(input_tokens=9),
        "input",
    ),
    Open(
        "hours without a stated price, at an instant",
        {"rates": PLAIN, "unpriced": [{"time": [{"from": "06:00", "to": "12:00"}]}]},
        Usage(input_tokens=9),
        "input",
        datetime(2026, 5, 11, 7, 0, tzinfo=timezone.utc),
    ),
    Open(
        "hours that are not sold",
        {"rates": PLAIN, "not_sold": [{"time": [{"from": "06:00", "to": "12:00"}]}]},
        Usage(input_tokens=9),
        "requests",
    ),
    Open("a price that is not known", {"status": "unknown"}, Usage(input_tokens=9), "requests"),
    Open("a subscription", {"status": "subscription"}, Usage(output_tokens=9), "requests"),
]


@pytest.mark.parametrize("case", OPEN, ids=lambda case: case.name)
def test_what_is_not_known_is_never_free(case: Open) -> None:
    """What has no stated price makes a quote incomplete, by the name of the meter."""
    entry = {"checked_on": "2026-05-01", "source": "https://example.com/prices", **case.entry}
    model = {"id": "m", "prices": [entry]}
    sheet = {"seller": "s", "name": "S", "default_place": "here", "models": [model]}
    found = priced(Model(sheet, model), [RequestGroup(case.usage)], case.on)
    assert not found.complete
    assert set(gaps_of(found)) == {case.gap}


class Mixed(NamedTuple):
    """Requests of different sizes that are alike otherwise."""

    entry: dict[str, Any]
    requests: list[Usage]


MIXED = [
    Mixed(
        {
            "rates": PLAIN,
            "variants": [
                {
                    "when": {"input_tokens": "> 100"},
                    "rates": {"input": "3 USD / 1M tokens", "output": "1 USD / 1M tokens"},
                }
            ],
        },
        [Usage(input_tokens=size, output_tokens=10) for size in (20, 100, 101, 180)],
    ),
    Mixed(
        {
            "rates": PLAIN,
            "variants": [{"when": {"input_tokens": "> 100"}, "rates": {"requests": "5 USD / 1K requests"}}],
        },
        [Usage(input_tokens=size) for size in (20, 101, 180)],
    ),
    Mixed(
        {
            "rates": {**PLAIN, "requests": "5 USD / 1K requests"},
            "variants": [{"when": {"input_tokens": "> 100"}, "rates": {"requests": "1 USD / 1K requests"}}],
        },
        [Usage(input_tokens=size) for size in (20, 100)],
    ),
    Mixed(
        {"rates": {"audio_seconds": "1 USD / second"}, "minimum": {"audio_seconds": "10"}},
        [Usage(counts={"audio_seconds": length}) for length in (1, 1, 40)],
    ),
    Mixed(
        {"rates": {"audio_seconds": "1 USD / second"}, "minimum": {"audio_seconds": "10"}},
        [Usage(counts={"audio_seconds": length}) for length in (1, 1, 13)],
    ),
    Mixed(
        {"rates": {"audio_seconds": "1 USD / second"}, "minimum": {"audio_seconds": "10"}},
        [Usage(counts={"audio_seconds": length}) for length in (20, 30, 40)],
    ),
]


@pytest.mark.parametrize("case", MIXED, ids=lambda case: ", ".join(sorted(case.entry)))
def test_a_group_without_its_sizes_holds_the_true_cost_between_its_ends(case: Mixed) -> None:
    """Requests known only by their mean and range give a low and a high, and what they cost one by one lies between."""
    model = {"id": "m", "prices": [{"checked_on": "2026-05-01", "source": "https://example.com/prices", **case.entry}]}
    sheet = {"seller": "s", "name": "S", "default_place": "here", "models": [model]}
    true = sum(
        (priced(Model(sheet, model), [RequestGroup(usage)], MONDAY).cost for usage in case.requests), Fraction(0)
    )
    count = len(case.requests)
    mean = Usage(
        input_tokens=Fraction(sum(usage.input_tokens for usage in case.requests), count),
        output_tokens=Fraction(sum(usage.output_tokens for usage in case.requests), count),
        counts={
            meter: Fraction(sum(usage.counts[meter] for usage in case.requests), count)
            for meter in case.requests[0].counts
        },
    )
    found = priced(Model(sheet, model), [RequestGroup(mean, count, input_range=(0, 200))], MONDAY)
    assert found.complete
    low, high = found.low, found.high
    assert low is not None
    assert high is not None
    assert low <= true <= high
