"""A million requests added up by an engine cost what they cost one by one, as fractions, at fifty offers."""

from __future__ import annotations

import random
from collections import Counter
from datetime import datetime, timedelta, timezone
from fractions import Fraction
from pathlib import Path

import pytest

from llmcost import Usage, Workload, quote
from llmcost.api.usage.pricer import UsagePricer
from llmcost.core.offers.offer import Offer
from llmcost.core.values.dates import PricingDay
from llmcost.core.values.rates import Rate
from llmcost.core.workload.requests import RequestGroup
from llmcost.sheets.load import load_prices
from llmcost.usage.engine.connections import TableSource
from llmcost.usage.engine.sources import read_tables

duckdb = pytest.importorskip("duckdb")
pytest.importorskip("ibis")
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

KINDS = 1_500
REQUESTS = 1_000_000
OFFERS = 50
START = datetime(2026, 6, 1, tzinfo=timezone.utc)


class Kind:
    """One kind of request: when it was sent and what it holds."""

    def __init__(self, draw: random.Random) -> None:
        whole = draw.choice((0, 1, 128_000, 128_001, 200_000, 200_001, 256_001, 272_001, draw.randrange(400_000)))
        read = draw.choice((0, whole // 3))
        written = draw.choice((0, (whole - read) // 4))
        self.start = START + timedelta(seconds=draw.randrange(170 * 86_400))
        self.counts = {
            "input_uncached_tokens": whole - read - written,
            "cache_read_tokens": read,
            "cache_write_5m_tokens": written,
            "output_tokens": draw.randrange(8_000),
            "audio_input_tokens": 0 if read or written else draw.choice((0, 0, whole // 2)),
            "web_searches": draw.choice((0, 0, 0, 2)),
        }

    @property
    def usage(self) -> Usage:
        held = self.counts
        return Usage(
            held["input_uncached_tokens"] + held["cache_read_tokens"] + held["cache_write_5m_tokens"],
            held["output_tokens"],
            cache_read_input_tokens=held["cache_read_tokens"],
            cache_creation_input_tokens=held["cache_write_5m_tokens"],
            audio_input_tokens=held["audio_input_tokens"],
            counts={"web_searches": held["web_searches"]} if held["web_searches"] else {},
        )


def alone(offer: Offer, kind: Kind) -> Fraction:
    """What a single request costs, at the instant at which it was sent."""
    asked = "explicit" if kind.usage.cache_creation_input_tokens and _writes_when_asked(offer) else None
    group = RequestGroup(kind.usage, cache=asked)
    return quote(offer, Workload((group,)), PricingDay(kind.start.date(), kind.start)).cost


def _writes_when_asked(offer: Offer) -> bool:
    """Whether writing is billed only by a cache that is asked for, beside one that works unasked."""
    versions = offer.history.versions
    variants = [variant for version in versions for variant in version.variants if variant.when.cache == "explicit"]
    bills = any(isinstance(version.base.get("cache_write"), Rate) for version in versions)
    both = {"automatic", "explicit"} <= {policy.kind for policy in offer.cache}
    return both and not bills and any("cache_write" in variant.rates for variant in variants)


def test_a_million_requests_cost_what_they_cost_one_by_one(tmp_path: Path) -> None:
    """Across tiers, windows of the week, modalities, caches, tools and price changes, to the last fraction."""
    draw = random.Random(16)
    kinds = [Kind(draw) for _ in range(KINDS)]
    drawn = Counter(draw.choices(range(KINDS), k=REQUESTS))
    columns = ", ".join(["number", "period_start", *kinds[0].counts])
    values = ", ".join(
        f"({number}, timestamp '{kind.start:%Y-%m-%d %H:%M:%S}', {', '.join(map(str, kind.counts.values()))})"
        for number, kind in enumerate(kinds)
    )
    times = ", ".join(f"({number}, {count})" for number, count in drawn.items())
    path = tmp_path / "million.parquet"
    duckdb.sql(
        f"copy (select 'm' as model, k.* exclude (number) from (values {values}) k({columns}) "
        f"join (values {times}) t(number, times) using (number), range(t.times)) to '{path}' (format parquet)"
    )
    prices = load_prices()
    pricer = UsagePricer(prices.catalogue, "USD", prices.exchange_rates)
    found = read_tables(TableSource([str(path)]), pricer.boundaries()).records
    assert sum(record.requests or 0 for record in found) == REQUESTS
    offers = [offer for offer in prices.catalogue.offers() if offer.deployment is None and _in_dollars(offer)]
    for offer in random.Random(50).sample(offers, OFFERS):
        expected = sum((alone(offer, kinds[number]) * count for number, count in drawn.items()), Fraction(0))
        assert pricer.quote(offer, found).cost == expected, offer.name


def _in_dollars(offer: Offer) -> bool:
    """Whether it charges in dollars alone, so that what it costs needs no rate of exchange, and knows no minimum."""
    rates = [rate for version in offer.history.versions for rate in version.base.values() if isinstance(rate, Rate)]
    dollars = bool(rates) and all(rate.currency == "USD" for rate in rates)
    return dollars and not any(version.minimum for version in offer.history.versions)
