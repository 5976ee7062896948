"""Sums worked by hand on the shipped sheets. Each case says what is asked and shows the arithmetic of its answer."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, NamedTuple

import pytest
from support.arithmetic import evaluate

from llmcost import RequestGroup, Usage, Workload, compare, quote
from llmcost.core.offers.catalogue import Catalogue
from llmcost.core.values.dates import parse_pricing_day

TODAY = "2026-11-23"


class Case(NamedTuple):
    offer: str
    usage: dict[str, int]
    sum: str
    on: str = TODAY
    currency: str = "USD"
    group: dict[str, Any] = {}  # noqa: RUF012


def tokens(given: int, made: int, **more: int) -> dict[str, int]:
    return {"input_tokens": given, "output_tokens": made, **more}


QWEN36 = "alibaba/qwen3.6-plus"
MORNING, NOON = "2026-11-23T02:00Z", "2026-11-23T12:00Z"
EXPLICIT = {"cache": "explicit"}
CASES = [
    # Qwen3.6-Plus at its places: the boundary belongs to the lower tier, one token more moves the whole request
    Case(f"{QWEN36}@intl", tokens(256_000, 1000), "256000 x 0.50 / 1M + 1000 x 3 / 1M"),
    Case(f"{QWEN36}@intl", tokens(256_001, 1000), "256001 x 2 / 1M + 1000 x 6 / 1M"),
    Case(f"{QWEN36}@cn-beijing", tokens(256_000, 1000), "256000 x 2 / 1M + 1000 x 12 / 1M", currency="CNY"),
    Case(f"{QWEN36}@cn-beijing", tokens(256_001, 1000), "256001 x 8 / 1M + 1000 x 48 / 1M", currency="CNY"),
    Case(f"{QWEN36}@global", tokens(10_000, 1000), "10000 x 2 / 1M + 1000 x 12 / 1M", currency="CNY"),
    Case(f"{QWEN36}@global", tokens(300_000, 1000), "300000 x 8 / 1M + 1000 x 48 / 1M", currency="CNY"),
    # Its cache is explicit: hits cost 10 % of input and a write 125 %; where implicit ones are sold, they cost 20 %
    Case(
        f"{QWEN36}@cn-beijing",
        tokens(10_000, 0, cache_read_input_tokens=8000),
        "2000 x 2 / 1M + 8000 x 0.2 / 1M",
        currency="CNY",
    ),
    Case(
        "alibaba/qwen3.7-plus@cn-beijing",
        tokens(10_000, 0, cache_read_input_tokens=8000),
        "2000 x 2 / 1M + 8000 x 0.4 / 1M",
        currency="CNY",
    ),
    Case(
        "alibaba/qwen-max@intl",
        tokens(10_000, 0, cache_read_input_tokens=8000),
        "2000 x 1.60 / 1M + 8000 x 0.32 / 1M",
    ),
    # Claude in the US only costs 1.1 times all token rates, what is written to a cache and batch included
    Case("anthropic/claude-opus-5-5@us", tokens(1_000_000, 1000), "1000000 x 4 x 1.1 / 1M + 1000 x 20 x 1.1 / 1M"),
    Case(
        "anthropic/claude-opus-5-5@us",
        tokens(10_000, 0, cache_read_input_tokens=9000, cache_creation_input_tokens=1000),
        "9000 x 0.2 x 1.1 / 1M + 1000 x 5 x 1.1 / 1M",
    ),
    Case(
        "anthropic/claude-sonnet-4-6@us+batch", tokens(10_000, 1000), "10000 x 1.5 x 1.1 / 1M + 1000 x 7.5 x 1.1 / 1M"
    ),
    # Batch is half of the listed price, up to 256K tokens a request
    Case("alibaba/qwen3.7-plus@cn-beijing+batch", tokens(1000, 100), "1000 x 1 / 1M + 100 x 4 / 1M", currency="CNY"),
    Case(f"{QWEN36}@cn-beijing+batch", tokens(1000, 100), "1000 x 1 / 1M + 100 x 6 / 1M", currency="CNY"),
    Case(
        f"{QWEN36}@intl",
        tokens(10_000, 0, cache_read_input_tokens=6000, cache_creation_input_tokens=2000),
        "2000 x 0.50 / 1M + 6000 x 0.05 / 1M + 2000 x 0.625 / 1M",
        group=EXPLICIT,
    ),
    Case(
        f"{QWEN36}@intl",
        tokens(300_000, 0, cache_read_input_tokens=200_000, cache_creation_input_tokens=50_000),
        "50000 x 2 / 1M + 200000 x 0.20 / 1M + 50000 x 2.50 / 1M",
        group=EXPLICIT,
    ),
    # Images and video are input tokens there, cached or not
    Case(
        f"{QWEN36}@intl",
        tokens(5000, 100, image_input_tokens=3000, cache_read_input_tokens=4000),
        "1000 x 0.50 / 1M + 4000 x 0.05 / 1M + 100 x 3 / 1M",
    ),
    # The other Qwen3.5 to 3.8 models
    Case("alibaba/qwen3.6-flash@cn-beijing", tokens(256_001, 10), "256001 x 4.8 / 1M + 10 x 28.8 / 1M", currency="CNY"),
    Case("alibaba/qwen3.6-flash@cn-beijing+batch", tokens(1000, 10), "1000 x 0.6 / 1M + 10 x 3.6 / 1M", currency="CNY"),
    Case("alibaba/qwen3.6-flash@intl", tokens(1000, 10), "1000 x 0.25 / 1M + 10 x 1.5 / 1M"),
    # sold until 2026-10-10, 00:00 in Beijing
    Case(
        "alibaba/qwen3.6-max-preview@cn-beijing",
        tokens(128_000, 10),
        "128000 x 9 / 1M + 10 x 54 / 1M",
        currency="CNY",
        on="2026-10-09T15:59Z",
    ),
    Case(
        "alibaba/qwen3.6-max-preview@cn-beijing",
        tokens(128_001, 10),
        "128001 x 15 / 1M + 10 x 90 / 1M",
        currency="CNY",
        on="2026-10-09T15:59Z",
    ),
    Case(
        "alibaba/qwen3.6-max-preview@intl", tokens(128_000, 10), "128000 x 1.30 / 1M + 10 x 7.80 / 1M", on="2026-10-09"
    ),
    Case("alibaba/qwen3.5-plus@cn-beijing", tokens(128_000, 10), "128000 x 0.8 / 1M + 10 x 4.8 / 1M", currency="CNY"),
    Case("alibaba/qwen3.5-plus@cn-beijing", tokens(128_001, 10), "128001 x 2 / 1M + 10 x 12 / 1M", currency="CNY"),
    Case("alibaba/qwen3.5-plus@cn-beijing", tokens(256_001, 10), "256001 x 4 / 1M + 10 x 24 / 1M", currency="CNY"),
    Case("alibaba/qwen3.5-plus@intl", tokens(256_001, 10), "256001 x 0.50 / 1M + 10 x 3.00 / 1M"),
    Case("alibaba/qwen3.5-flash@cn-beijing", tokens(200_000, 10), "200000 x 0.8 / 1M + 10 x 8 / 1M", currency="CNY"),
    Case("alibaba/qwen3.5-flash@eu", tokens(1000, 10), "1000 x 0.1 / 1M + 10 x 0.4 / 1M"),
    Case("alibaba/qwen3.5-397b-a17b@cn-beijing", tokens(128_001, 10), "128001 x 3 / 1M + 10 x 18 / 1M", currency="CNY"),
    Case("alibaba/qwen3.5-27b@intl", tokens(1000, 10), "1000 x 0.3 / 1M + 10 x 2.4 / 1M"),
    Case("alibaba/qwen3.6-35b-a3b@intl", tokens(1000, 10), "1000 x 0.375 / 1M + 10 x 2.25 / 1M"),
    Case(
        "alibaba/qwen3.7-max@intl",
        tokens(900_000, 10, cache_read_input_tokens=100_000),
        "800000 x 2.50 / 1M + 100000 x 0.50 / 1M + 10 x 7.50 / 1M",
    ),
    Case("alibaba/qwen3.7-plus@jp", tokens(256_001, 10), "256001 x 1.20 / 1M + 10 x 4.80 / 1M"),
    Case("alibaba/qwen3.7-flash@cn-beijing", tokens(32_000, 10), "32000 x 0.2 / 1M + 10 x 0.8 / 1M", currency="CNY"),
    Case("alibaba/qwen3.7-flash@cn-beijing", tokens(32_001, 10), "32001 x 0.6 / 1M + 10 x 2.4 / 1M", currency="CNY"),
    Case("alibaba/qwen3.8-max@cn-beijing+batch", tokens(1000, 10), "1000 x 6 / 1M + 10 x 18 / 1M", currency="CNY"),
    Case(
        "alibaba/qwen3.8-max@cn-beijing",
        tokens(1000, 0, cache_read_input_tokens=400),
        "600 x 12 / 1M + 400 x 1 / 1M",
        currency="CNY",
        group=EXPLICIT,
    ),
    Case(
        "alibaba/qwen3.8-flash@intl",
        tokens(1000, 10, cache_read_input_tokens=400),
        "600 x 0.15 / 1M + 400 x 0.016 / 1M + 10 x 0.47 / 1M",
    ),
    # Thinking output has its own rate on qwen-plus
    Case("alibaba/qwen-plus@intl", tokens(1000, 10), "1000 x 0.40 / 1M + 10 x 1.20 / 1M"),
    Case("alibaba/qwen-plus@intl", tokens(1000, 10), "1000 x 0.40 / 1M + 10 x 4.00 / 1M", group={"mode": "thinking"}),
    Case(
        "alibaba/qwen-plus@cn-beijing+batch",
        tokens(1000, 10),
        "1000 x 0.4 / 1M + 10 x 4 / 1M",
        currency="CNY",
        group={"mode": "thinking"},
    ),
    # Qwen3.5-Omni: text, image and video share a rate, audio has its own, and text beside audio output is free
    Case("alibaba/qwen3.5-omni-plus@cn-beijing", tokens(1000, 100), "1000 x 7 / 1M + 100 x 40 / 1M", currency="CNY"),
    Case(
        "alibaba/qwen3.5-omni-plus@cn-beijing",
        tokens(1000, 500, audio_input_tokens=600, video_input_tokens=300, audio_output_tokens=400),
        "400 x 7 / 1M + 600 x 53 / 1M + 400 x 213 / 1M",
        currency="CNY",
    ),
    Case(
        "alibaba/qwen3.5-omni-flash@cn-beijing",
        tokens(1000, 500, audio_output_tokens=400),
        "1000 x 2.2 / 1M + 400 x 72 / 1M",
        currency="CNY",
    ),
    Case(
        "alibaba/qwen3.5-omni-plus-realtime@cn-beijing",
        tokens(1000, 500, audio_input_tokens=1000),
        "1000 x 80 / 1M + 500 x 60 / 1M",
        currency="CNY",
    ),
    Case(
        "alibaba/qwen3.5-omni-flash-realtime@intl",
        tokens(1000, 500, audio_output_tokens=500),
        "1000 x 0.5498 / 1M + 500 x 17.7004 / 1M",
    ),
    Case(
        "alibaba/qwen3-omni-flash@cn-beijing",
        tokens(1000, 100, image_input_tokens=500),
        "500 x 1.8 / 1M + 500 x 3.3 / 1M + 100 x 12.7 / 1M",
        currency="CNY",
    ),
    # Gemini: announced changes on both sides of their day, the cliff at 200,000, batch and cache
    Case("google/gemini-4-argon", tokens(1_000_000, 1000), "1000000 x 2 / 1M + 1000 x 10 / 1M", on="2026-11-30"),
    Case("google/gemini-4-argon", tokens(1_000_000, 1000), "1000000 x 4 / 1M + 1000 x 20 / 1M", on="2026-12-01"),
    Case(
        "google/gemini-4-argon+batch",
        tokens(1000, 10, cache_read_input_tokens=500),
        "500 x 2 / 1M + 500 x 0.1 / 1M + 10 x 10 / 1M",
        on="2026-12-01",
    ),
    Case("google/gemini-4-argon+priority", tokens(1000, 10), "1000 x 2 x 1.8 / 1M + 10 x 10 x 1.8 / 1M"),
    Case("google/gemini-3.8-flash", tokens(1000, 10), "1000 x 0.75 / 1M + 10 x 3.75 / 1M", on="2026-12-31"),
    Case("google/gemini-3.8-flash", tokens(1000, 10), "1000 x 1.50 / 1M + 10 x 7.50 / 1M", on="2027-01-01"),
    Case("google/gemini-3.1-pro-preview", tokens(200_000, 10), "200000 x 2 / 1M + 10 x 12 / 1M"),
    Case("google/gemini-3.1-pro-preview", tokens(200_001, 10), "200001 x 4 / 1M + 10 x 18 / 1M"),
    Case(
        "google/gemini-2.5-pro+batch",
        tokens(100_000, 10_000, cache_read_input_tokens=80_000),
        "20000 x 0.625 / 1M + 80000 x 0.125 / 1M + 10000 x 5 / 1M",
    ),
    Case(
        "google/gemini-2.5-flash",
        tokens(1000, 10, audio_input_tokens=400),
        "600 x 0.30 / 1M + 400 x 1 / 1M + 10 x 2.50 / 1M",
    ),
    # cached input of Gemini 2.5 cost a quarter of fresh input in 2025, and a tenth from the day that was first seen
    Case(
        "google/gemini-2.5-pro",
        tokens(200_001, 10, cache_read_input_tokens=200_000),
        "1 x 2.50 / 1M + 200000 x 0.625 / 1M + 10 x 15 / 1M",
        on="2025-10-30",
    ),
    Case(
        "google/gemini-2.5-pro",
        tokens(200_001, 10, cache_read_input_tokens=200_000),
        "1 x 2.50 / 1M + 200000 x 0.25 / 1M + 10 x 15 / 1M",
        on="2025-10-31",
    ),
    Case(
        "google/gemini-2.5-pro+priority",
        tokens(200_001, 10, cache_read_input_tokens=200_000),
        "1 x 4.50 / 1M + 200000 x 0.45 / 1M + 10 x 27 / 1M",
    ),
    Case(
        "google/gemini-2.5-flash+flex",
        tokens(1000, 10, audio_input_tokens=400),
        "600 x 0.15 / 1M + 400 x 0.50 / 1M + 10 x 1.25 / 1M",
    ),
    Case(
        "google/gemini-3.5-flash+flex",
        tokens(1000, 10, cache_read_input_tokens=500),
        "500 x 0.75 / 1M + 500 x 0.08 / 1M + 10 x 4.50 / 1M",
    ),
    Case("google/gemini-2.5-flash", tokens(1000, 10), "1000 x 0.15 / 1M + 10 x 0.60 / 1M", on="2025-06-16"),
    Case(
        "google/gemini-2.5-flash",
        tokens(1000, 10),
        "1000 x 0.15 / 1M + 10 x 3.50 / 1M",
        on="2025-06-16",
        group={"mode": "thinking"},
    ),
    Case(
        "google/gemini-3.8-live",
        tokens(1000, 100, audio_input_tokens=500, audio_output_tokens=80),
        "500 x 0.75 / 1M + 500 x 3 / 1M + 20 x 4.50 / 1M + 80 x 12 / 1M",
    ),
    # DeepSeek: peak hours cost twice, weekends are off-peak, and the rise of August 2026 began at 16:00 UTC
    Case("deepseek/deepseek-v4-pro", tokens(1000, 10), "1000 x 1.32 / 1M + 10 x 3.96 / 1M", on="2026-11-23T02:00Z"),
    Case("deepseek/deepseek-v4-pro", tokens(1000, 10), "1000 x 0.66 / 1M + 10 x 1.98 / 1M", on="2026-11-23T05:00Z"),
    Case("deepseek/deepseek-v4-pro", tokens(1000, 10), "1000 x 0.66 / 1M + 10 x 1.98 / 1M", on="2026-11-22T02:00Z"),
    Case("deepseek/deepseek-v4-pro", tokens(1000, 10), "1000 x 0.435 / 1M + 10 x 0.87 / 1M", on="2026-08-16T15:59Z"),
    Case("deepseek/deepseek-v4-pro", tokens(1000, 10), "1000 x 0.66 / 1M + 10 x 1.98 / 1M", on="2026-08-16T16:00Z"),
    Case("deepseek/deepseek-chat", tokens(1000, 10), "1000 x 0.135 / 1M + 10 x 0.55 / 1M", on="2025-06-01T17:00Z"),
    # in yuan: V4.1-Flash and its peak, V3.2 behind deepseek-chat, and the last minute of the old ids as V4-Flash
    Case("deepseek/deepseek-flash@cn", tokens(1000, 10), "1000 x 1 / 1M + 10 x 4 / 1M", on=NOON, currency="CNY"),
    Case("deepseek/deepseek-v4-flash@cn", tokens(1000, 10), "1000 x 2 / 1M + 10 x 8 / 1M", on=MORNING, currency="CNY"),
    Case("deepseek/deepseek-chat@cn", tokens(1000, 10), "1000 x 2 / 1M + 10 x 3 / 1M", on="2025-11-02", currency="CNY"),
    Case("deepseek/deepseek-reasoner", tokens(1000, 10), "1000 x 0.14 / 1M + 10 x 0.28 / 1M", on="2026-07-24T15:58Z"),
    # Others, one each: Anthropic's two cache writes, xAI's inclusive boundary, Haiku's cliff, OpenAI's rounded flex rate
    Case(
        "anthropic/claude-opus-5-5",
        tokens(
            10_000,
            100,
            cache_read_input_tokens=5000,
            cache_creation_input_tokens=3000,
            cache_creation_1h_input_tokens=1000,
        ),
        "2000 x 4 / 1M + 5000 x 0.2 / 1M + 2000 x 5 / 1M + 1000 x 8 / 1M + 100 x 20 / 1M",
    ),
    Case("anthropic/claude-haiku-5-5", tokens(100_001, 10), "100001 x 0.5 / 1M + 10 x 2.5 / 1M"),
    Case("xai/grok-4.7", tokens(199_999, 10), "199999 x 2 / 1M + 10 x 6 / 1M"),
    Case("xai/grok-4.7", tokens(200_000, 10), "200000 x 4 / 1M + 10 x 12 / 1M"),
    Case("openai/gpt-5.4+flex", tokens(100_000, 0, cache_read_input_tokens=100_000), "100000 x 0.13 / 1M"),
    Case("openai/gpt-5.6-sol", tokens(272_001, 10), "272001 x 8 / 1M + 10 x 30 / 1M", on="2026-11-21"),
    Case("openai/gpt-5.6-sol", tokens(272_001, 10), "272001 x 10 / 1M + 10 x 45 / 1M", on="2026-11-22"),
    Case("openai/o3", tokens(1000, 10), "1000 x 10 / 1M + 10 x 40 / 1M", on="2025-06-09"),
    Case("mistral/mistral-large-4", tokens(1000, 10), "1000 x 1.36 / 1M + 10 x 4.18 / 1M", on="2026-10-28"),
    Case("zai/GLM-5.3-Flash", tokens(1000, 10), "1000 x 0.075 / 1M + 10 x 0.25 / 1M", on="2026-09-09T15:59Z"),
    Case("openrouter/qwen/qwen3.6-plus", tokens(256_001, 10), "256001 x 1.3 / 1M + 10 x 3.9 / 1M"),
    # Claude elsewhere: a region of Bedrock or Vertex costs a tenth more than the global endpoint
    Case("bedrock/us.anthropic.claude-opus-5-5", tokens(10_000, 1000), "10000 x 4.4 / 1M + 1000 x 22 / 1M"),
    Case("bedrock/global.anthropic.claude-opus-5-5", tokens(10_000, 1000), "10000 x 4 / 1M + 1000 x 20 / 1M"),
    Case("vertex/claude-opus-5-5", tokens(10_000, 1000), "10000 x 4 / 1M + 1000 x 20 / 1M"),
    Case("vertex/claude-opus-5-5@eu+batch", tokens(10_000, 1000), "10000 x 2.2 / 1M + 1000 x 11 / 1M"),
    # What OpenAI keeps for twelve hours is written at 2.5 times the input, for half an hour at 1.25 times
    Case(
        "openai/gpt-6-sol",
        tokens(10_000, 0, cache_creation_input_tokens=8000, cache_creation_12h_input_tokens=5000),
        "2000 x 2 / 1M + 3000 x 2.5 / 1M + 5000 x 5 / 1M",
    ),
    # A session cache is billed as the explicit one: a hit 10 % of input, a write 125 %
    Case(
        f"{QWEN36}@intl",
        tokens(10_000, 0, cache_read_input_tokens=6000, cache_creation_input_tokens=3000),
        "1000 x 0.50 / 1M + 6000 x 0.05 / 1M + 3000 x 0.625 / 1M",
        group={"cache": "session"},
    ),
    # Images of a Gemini are billed by their tokens
    Case(
        "google/gemini-nano-banana-2.1",
        tokens(1000, 1120, image_output_tokens=1120),
        "1000 x 1.50 / 1M + 1120 x 30 / 1M",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.offer} {case.on} {case.sum}")
def test_request_costs_what_the_sum_says(shipped: Catalogue, case: Case) -> None:
    """One request on a shipped offer costs exactly its hand-worked sum, in the currency the vendor bills."""
    group = RequestGroup(Usage(**case.usage), **case.group)
    result = quote(shipped.find(case.offer), Workload((group,)), parse_pricing_day(case.on))

    assert result.complete, result.gaps
    assert result.currency == case.currency
    assert result.cost == evaluate(case.sum)


def test_a_mix_is_priced_by_class_and_not_on_its_mean(shipped: Catalogue) -> None:
    """1,000 requests of 100k and 100 of 300k cost 1000 x 100k x 0.50 + 100 x 300k x 2 = 50 + 60 USD of input."""
    groups = (
        RequestGroup(Usage(input_tokens=100_000), 1000, "short"),
        RequestGroup(Usage(input_tokens=300_000), 100, "long"),
    )
    result = quote(shipped.find("qwen3.6-plus"), Workload(groups), parse_pricing_day(TODAY))

    assert [charge.cost for charge in result.charges] == [50, 60]
    assert result.cost == 110


def test_an_even_month_of_deepseek_is_two_charges(shipped: Catalogue) -> None:
    """Peak is 35 of 168 hours at twice the rate: an even month costs 1 + 35/168 = 1.2083… times the off-peak price."""
    usage = Usage(input_tokens=1_000_000)
    offer = shipped.find("deepseek/deepseek-v4-pro")
    even = quote(offer, usage, parse_pricing_day(TODAY))
    off_peak = quote(offer, usage, parse_pricing_day("2026-11-23T12:00Z"))

    assert len(even.charges) == 2
    assert even.cost == off_peak.cost * (1 + Fraction(35, 168))


def test_one_model_is_ranked_across_its_sellers(shipped: Catalogue) -> None:
    """A pattern finds every seller of Qwen3.6-Plus, and OpenRouter's 0.325 / 1.95 comes first."""
    offers = shipped.match("*/qwen3.6-plus")
    comparison = compare(offers, Usage(input_tokens=1000, output_tokens=100), parse_pricing_day(TODAY))

    assert {offer.seller for offer in offers} == {"alibaba", "fireworks", "openrouter", "together"}
    assert comparison.rows[0].quote.offer.seller == "openrouter"
    assert comparison.rows[0].quote.cost == evaluate("1000 x 0.325 / 1M + 100 x 1.95 / 1M")


def test_withdrawn_terms_are_gone_on_their_day(shipped: Catalogue) -> None:
    """Opus 4.8 loses its fast mode on 2026-11-30: it is priced the day before, and refused on the day."""
    offer = shipped.find("anthropic/claude-opus-4-8+fast")
    usage = Usage(input_tokens=1000)

    assert quote(offer, usage, parse_pricing_day("2026-11-29")).cost == evaluate("1000 x 10 / 1M")
    assert quote(offer, usage, parse_pricing_day("2026-11-30")).unserved is not None


def test_what_no_source_states_is_a_gap(shipped: Catalogue) -> None:
    """The explicit cache hit of Qwen3.8-Flash abroad and the audio of Qwen3.8-Omni were not found: gaps, never guesses."""
    cached = RequestGroup(Usage(input_tokens=1000, cache_read_input_tokens=500), cache="explicit")
    hit = quote(shipped.find("alibaba/qwen3.8-flash@intl"), Workload((cached,)), parse_pricing_day(TODAY))
    heard = quote(
        shipped.find("qwen3.8-omni-flash"), Usage(input_tokens=100, audio_input_tokens=50), parse_pricing_day(TODAY)
    )

    assert [gap.meter for gap in hit.gaps] == ["cache_read"]
    assert [gap.meter for gap in heard.gaps] == ["audio_input"]
