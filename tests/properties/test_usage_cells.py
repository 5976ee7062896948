"""Usage that is cut at the boundaries of prices and added up costs what its requests cost one by one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from fractions import Fraction
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from support.examples import examples

from llmcost import Usage, Workload, quote
from llmcost.api.usage.pricer import UsagePricer
from llmcost.core.offers.offer import Offer
from llmcost.core.pricing.boundaries import boundaries_of
from llmcost.core.values.dates import PricingDay
from llmcost.core.values.money import ExchangeRates
from llmcost.core.workload.requests import RequestGroup
from llmcost.core.workload.usage_cells import cut
from llmcost.core.workload.usage_record import UsageRecord
from llmcost.sheets.load import load_prices

SMALL = load_prices([Path(__file__).parent.parent / "sheets_small"], builtin=False)
OFFERS = [offer for offer in SMALL.catalogue.offers() if offer.deployment is None]
CHANGED = [offer for offer in OFFERS if len(offer.history.versions) > 1]
START = datetime(2026, 1, 5, tzinfo=timezone.utc)
EDGES = (0, 1, 999, 1000, 100_000, 128_000, 128_001, 200_000, 200_001, 256_000, 256_001)

checked = examples(0.3)


@st.composite
def requests(draw: st.DrawFn) -> UsageRecord:
    """One request at some time of the year 2026, often at an edge of a tier."""
    whole = draw(st.one_of(st.sampled_from(EDGES), st.integers(0, 300_000)))
    read = draw(st.sampled_from([0, whole // 2, whole]))
    written = draw(st.sampled_from([0, (whole - read) // 3]))
    hour = draw(st.sampled_from([0, written]))
    output = draw(st.integers(0, 5_000))
    media = draw(st.sampled_from(["", "", "audio_input", "image_input"]))
    return UsageRecord(
        start=START + timedelta(minutes=draw(st.integers(0, 365 * 24 * 60))),
        model="m",
        requests=1,
        input_uncached=whole - read - written,
        cache_read=read,
        cache_write_5m=written - hour,
        cache_write_1h=hour,
        output=output,
        reasoning=draw(st.sampled_from([None, output // 2])),
        web_searches=draw(st.sampled_from([0, 0, 3])),
        **({media: whole // 4} if media else {}),
    )


def usage_of(record: UsageRecord) -> Usage:
    return Usage(
        record.input,
        record.output,
        cache_read_input_tokens=record.cache_read,
        cache_creation_input_tokens=record.cache_write_5m + record.cache_write_1h,
        cache_creation_1h_input_tokens=record.cache_write_1h,
        reasoning_output_tokens=record.reasoning or 0,
        audio_input_tokens=record.audio_input,
        image_input_tokens=record.image_input,
        counts={"web_searches": record.web_searches} if record.web_searches else {},
    )


def alone(
    offer: Offer, record: UsageRecord, on: PricingDay | None, *, by_reading: bool = False
) -> tuple[Fraction, Fraction, Fraction]:
    """What a single request costs, how much less it may be, and how much of it has no price.

    One that wrote asked for a cache where there is one to ask for; ``by_reading``: so did one that only read.
    """
    day = PricingDay(record.start.date(), record.start) if on is None else on
    asked = record.written > 0 or (by_reading and record.cache_read > 0)
    kind = "explicit" if asked and {"automatic", "explicit"} <= {policy.kind for policy in offer.cache} else None
    found = quote(offer, Workload((RequestGroup(usage_of(record), cache=kind),)), day)
    return found.cost, Fraction(found.uncertainty), Fraction(sum(gap.quantity for gap in found.gaps))


@examples(3)
@given(
    requests(),
    st.tuples(st.integers(1, 50), st.integers(1, 100), st.sampled_from([0, 5, 600])),
    st.sampled_from(list(SMALL.catalogue.offers())),
)
def test_a_sum_costs_what_its_mean_does(record: UsageRecord, numbers: tuple[int, int, int], offer: Offer) -> None:
    """What so many requests hold together is billed as one of them so many times, whatever part of them is sent."""
    number, sent, seconds = numbers
    whole = replace(usage_of(record), counts={"audio_seconds": seconds}) if seconds else usage_of(record)
    sums = RequestGroup(
        whole,
        Fraction(sent, 7),
        sum_of=number,
        input_range=(record.input // number, record.input),
        terms={"batch": Fraction(1, 3)},
    )
    day = PricingDay(date(2026, 6, 1))
    one, other = (quote(offer, Workload((group,)), day) for group in (sums, sums.of_one))
    assert sums.of_one.usage.input_tokens * number == whole.input_tokens
    assert one == other


@checked
@given(st.lists(requests(), min_size=1, max_size=12), st.sampled_from(OFFERS))
def test_cells_cost_what_their_requests_cost(records: list[UsageRecord], offer: Offer) -> None:
    """Across tiers, windows, caches, modalities and price changes, to the last fraction, each on its own day."""
    pricer = UsagePricer(SMALL.catalogue, _currency(offer), SMALL.exchange_rates)
    found = pricer.quote(offer, records)
    ones = [alone(offer, record, None) for record in records]
    assert found.cost == sum(cost for cost, _, _ in ones)
    less = sum(less for _, less, _ in ones)
    if any(record.written for record in records):  # then those that only read may have asked too
        others = [alone(offer, record, None, by_reading=True) for record in records]
        less = max(less, found.cost - sum(cost - less for cost, less, _ in others))
    assert found.uncertainty == less
    assert sum(gap.quantity for gap in found.gaps) == sum(missing for _, _, missing in ones)


@checked
@given(st.lists(requests(), min_size=1, max_size=12), st.sampled_from(OFFERS))
def test_what_is_converted_is_converted_on_its_own_day(records: list[UsageRecord], offer: Offer) -> None:
    """A sum over months has no rate of its own: each request has that of its day."""
    late = [record._replace(start=record.start + timedelta(days=365)) for record in records]
    rates = replace_days(SMALL.exchange_rates)
    pricer = UsagePricer(SMALL.catalogue, "EUR", rates)
    ones = [pricer.quote(offer, [record]).cost for record in late]
    assert pricer.quote(offer, late).cost == sum(ones)


def replace_days(rates: ExchangeRates) -> ExchangeRates:
    """Other rates every month from 2026 on."""
    months = [date(2026 + number // 12, number % 12 + 1, 1) for number in range(30)]
    tables = tuple({code: rate * (number + 1) for code, rate in rates.rates[0].items()} for number in range(30))
    return rates._replace(days=tuple(months), rates=tables)


@checked
@given(st.lists(requests(), min_size=1, max_size=12), st.sampled_from(OFFERS))
def test_on_one_day_each_request_keeps_its_hour(records: list[UsageRecord], offer: Offer) -> None:
    """At the prices of a Monday a request is billed as at the same minute of that day's week."""
    day = datetime(2026, 9, 7, tzinfo=timezone.utc)
    pricer = UsagePricer(SMALL.catalogue, _currency(offer), SMALL.exchange_rates, PricingDay(day.date()))
    found = pricer.quote(offer, records)
    moved = [day + (record.start - START) % timedelta(weeks=1) for record in records]
    ones = [alone(offer, record, PricingDay(at.date(), at)) for record, at in zip(records, moved, strict=True)]
    assert found.cost == sum(cost for cost, _, _ in ones)


@checked
@given(st.lists(requests(), min_size=2, max_size=12), st.sampled_from(OFFERS))
def test_cutting_again_by_the_same_boundaries_changes_nothing(records: list[UsageRecord], offer: Offer) -> None:
    """What was cut by the boundaries of all offers may be cut by those of one: that is how one scan prices them all."""
    every = boundaries_of((each.history, each.context_window) for each in OFFERS)
    own = boundaries_of([(offer.history, offer.context_window)])
    pricer = UsagePricer(SMALL.catalogue, _currency(offer), SMALL.exchange_rates)
    first = [cell.record for cell in cut(records, every)]
    assert pricer.quote(offer, first).cost == pricer.quote(offer, records).cost
    assert len(cut(first, own)) <= len(first)


def _currency(offer: Offer) -> str:
    found = next(
        (v for version in offer.history.versions for v in version.base.values() if hasattr(v, "currency")), None
    )
    return getattr(found, "currency", "USD")


@examples(1)
@given(requests(), st.integers(2, 400), st.integers(0, 399), st.sampled_from(CHANGED))
def test_a_sum_over_days_has_a_range_that_holds_each_of_them(
    record: UsageRecord, days: int, at: int, offer: Offer
) -> None:
    """Whenever its requests were sent, they cost no less than the least and no more than the most that is said."""
    start = record.start.replace(hour=0, minute=0)
    day = start + timedelta(days=at % days)
    pricer = UsagePricer(SMALL.catalogue, _currency(offer), SMALL.exchange_rates)
    whole = pricer.quote(offer, [record._replace(start=start, end=start + timedelta(days=days))])
    one = pricer.quote(offer, [record._replace(start=day, end=day + timedelta(days=1))])
    if whole.complete and one.complete:
        low, high = (whole.cost if end is None else end for end in (whole.low, whole.high))
        assert low <= one.cost - one.uncertainty
        assert one.cost <= high


TIMED = [offer for offer in OFFERS if boundaries_of([(offer.history, offer.context_window)]).windows]


@examples(1)
@given(requests(), st.integers(1, 24 * 40), st.integers(0, 24 * 40 * 60), st.sampled_from(TIMED), st.booleans())
def test_a_sum_over_hours_has_a_range_that_holds_each_of_them(
    record: UsageRecord, hours: int, at: int, offer: Offer, fixed: bool
) -> None:
    """Whichever minute its requests were sent in, on the prices of its own day or of another."""
    start = record.start.replace(minute=0)
    on = PricingDay(date(2026, 9, 15)) if fixed else None
    pricer = UsagePricer(SMALL.catalogue, _currency(offer), SMALL.exchange_rates, on)
    whole = pricer.quote(offer, [record._replace(start=start, end=start + timedelta(hours=hours))])
    one = pricer.quote(offer, [record._replace(start=start + timedelta(minutes=at % (hours * 60)))])
    if whole.complete and one.complete:
        low, high = (whole.cost if end is None else end for end in (whole.low, whole.high))
        assert low <= one.cost - one.uncertainty
        assert one.cost <= high
