"""Conversations on the shipped sheets: what a month costs, worked by hand and by playing every request."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timezone
from fractions import Fraction
from typing import NamedTuple

import pytest
from support.arithmetic import evaluate
from support.simulation import Policy, Rates, Seller, Talk, simulate

from llmcost import Quote, quote
from llmcost.core.offers.catalogue import Catalogue
from llmcost.workloads.file import read_workload

DAY = date(2026, 11, 23)
OFF_PEAK = datetime(2026, 11, 22, 12, 0, tzinfo=timezone.utc)  # a Sunday
PEAK = datetime(2026, 11, 23, 2, 0, tzinfo=timezone.utc)  # a Monday, 10:00 in Beijing
SESSIONS = 20_000
PAUSES = (20,) * 18 + (360,) * 2
PAUSE = f"[{', '.join(['20s'] * 18 + ['6m'] * 2)}]"
SIZES = {"system": 12_000, "tools": 3000, "user": 300, "tool_results": 1500, "output": 600}

# pricing/api/anthropic.yaml, claude-sonnet-5-5: explicit, from 512 tokens on, 5 minutes or an hour
SONNET_RATES = Rates("2", "10", "0.1", "2.5", "4")
SONNET = Seller(((0, SONNET_RATES),), Policy("explicit", minimum=512, ttl=300))
SONNET_1H = Seller(((0, SONNET_RATES),), Policy("explicit", minimum=512, ttl=3600))
# pricing/api/openai.yaml, gpt-5.2: automatic, from 1,024 tokens on in steps of 128, half an hour, writing is free
GPT_52 = Seller(((0, Rates("1.75", "14", "0.175")),), Policy("automatic", minimum=1024, step=128, ttl=1800))
# pricing/api/openai.yaml, gpt-6.1-sol: automatic, from 1,024 tokens on, half an hour, writing costs; a tier above 272,000
SOL = Seller(
    ((0, Rates("2", "10", "0.1", "2.5")), (272_001, Rates("4", "15", "0.2", "5"))),
    Policy("automatic", minimum=1024, ttl=1800),
)
# pricing/api/deepseek.yaml, deepseek-v4-pro: automatic, keeps the answer too; a token written costs as much as input
DEEPSEEK = Seller(((0, Rates("0.66", "1.98", "0.022", "0.66")),), Policy("automatic", keeps_output=True))
DEEPSEEK_PEAK = Seller(((0, Rates("1.32", "3.96", "0.044", "1.32")),), Policy("automatic", keeps_output=True))
# pricing/api/alibaba.yaml, qwen3.7-plus at intl: automatic, from about 2,000 tokens on; a tier above 256,000
QWEN = Seller(
    ((0, Rates("0.4", "1.6", "0.08", "0.4")), (256_001, Rates("1.2", "4.8", "0.24", "1.2"))),
    Policy("automatic", minimum=2000),
)
# qwen3.6-plus at intl: explicit only, from 1,024 tokens on; a tier above 256,000
QWEN_EXPLICIT = Seller(
    ((0, Rates("0.5", "3", "0.05", "0.625")), (256_001, Rates("2", "6", "0.2", "2.5"))),
    Policy("explicit", minimum=1024, ttl=300),
)
QWEN_NONE = QWEN_EXPLICIT._replace(policy=None)
# pricing/api/groq.yaml, qwen/qwen3.8-27b: no cache
GROQ = Seller(((0, Rates("0.8", "4")),))


class Case(NamedTuple):
    """An offer, its figures as they stand in its sheet, and how a class asks for it."""

    selector: str
    seller: Seller
    asks: str = ""
    on: date | datetime = DAY


OFFERS = {
    "sonnet": Case("anthropic/claude-sonnet-5-5", SONNET, "cache: explicit"),
    "sonnet for an hour": Case("anthropic/claude-sonnet-5-5", SONNET_1H, "cache_ttl: 1h"),
    "gpt-5.2": Case("openai/gpt-5.2", GPT_52),
    "gpt-6.1-sol": Case("openai/gpt-6.1-sol", SOL),
    "deepseek": Case("deepseek/deepseek-v4-pro", DEEPSEEK, on=OFF_PEAK),
    "deepseek at peak": Case("deepseek/deepseek-v4-pro", DEEPSEEK_PEAK, on=PEAK),
    "qwen automatic": Case("alibaba/qwen3.7-plus@intl", QWEN),
    "qwen explicit": Case("alibaba/qwen3.6-plus", QWEN_EXPLICIT, "cache: explicit"),
    "qwen uncached": Case("alibaba/qwen3.6-plus", QWEN_NONE, "cache: none"),
    "groq": Case("groq/qwen/qwen3.8-27b", GROQ),
}

# Forty turns: prompts of 16,800 + 2,400 a turn, 2,544,000 tokens in all; 24,000 of output. Each of 39 turns can find the
# prompt before it, 2,433,600 tokens in all. Two pauses in twenty outlive five minutes.
WORKED = {
    # found nine times in ten: 2,433,600 x 0.9 = 2,190,240 read, and all the rest of 2,544,000 written
    "sonnet": "20000 x 2190240 x 0.1 / 1M + 20000 x 353760 x 2.5 / 1M + 20000 x 24000 x 10 / 1M",
    # found every time; 16,800 + 39 x 2,400 = 110,400 written, for an hour
    "sonnet for an hour": "20000 x 2433600 x 0.1 / 1M + 20000 x 110400 x 4 / 1M + 20000 x 24000 x 10 / 1M",
    # 39 prompts cut to whole steps of 128 lose 14.5 steps: 2,433,600 - 1,856 read; writing is free
    "gpt-5.2": "20000 x 2431744 x 0.175 / 1M + 20000 x 112256 x 1.75 / 1M + 20000 x 24000 x 14 / 1M",
    "gpt-6.1-sol": "20000 x 2433600 x 0.1 / 1M + 20000 x 110400 x 2.5 / 1M + 20000 x 24000 x 10 / 1M",
    # the 600 tokens of each answer are kept too: 2,433,600 + 39 x 600 = 2,457,000 read
    "deepseek": "20000 x 2457000 x 0.022 / 1M + 20000 x 87000 x 0.66 / 1M + 20000 x 24000 x 1.98 / 1M",
    "deepseek at peak": "20000 x 2457000 x 0.044 / 1M + 20000 x 87000 x 1.32 / 1M + 20000 x 24000 x 3.96 / 1M",
    # no lifetime is stated, so no pause is too long
    "qwen automatic": "20000 x 2433600 x 0.08 / 1M + 20000 x 110400 x 0.4 / 1M + 20000 x 24000 x 1.6 / 1M",
    "qwen explicit": "20000 x 2190240 x 0.05 / 1M + 20000 x 353760 x 0.625 / 1M + 20000 x 24000 x 3 / 1M",
    "qwen uncached": "20000 x 2544000 x 0.5 / 1M + 20000 x 24000 x 3 / 1M",
    "groq": "20000 x 2544000 x 0.8 / 1M + 20000 x 24000 x 4 / 1M",
}

# What differs from the forty turns: as it is written, and as it is played. A window of 131,072 tokens takes them all.
TALKS: dict[str, tuple[str, Talk]] = {
    "forty turns": (f"turns: 40, pause: {PAUSE}", Talk(40, **SIZES, pauses=PAUSES)),
    "summed up": (
        f"turns: 40, pause: {PAUSE}, compact_at: 60k, summary: 2k",
        Talk(40, **SIZES, pauses=PAUSES, compact_at=60_000, summary=2000),
    ),
    "summed up to a twentieth": (
        f"turns: 60, pause: {PAUSE}, compact_at: 41234",  # 2,061 tokens
        Talk(60, **SIZES, pauses=PAUSES, compact_at=41_234),
    ),
    "warm half of the time": (
        f"turns: 12, pause: {PAUSE}, warm_start: 50%",
        Talk(12, **SIZES, pauses=PAUSES, warm_start=Fraction(1, 2)),
    ),
    "warm and summed up": (
        f"turns: 40, pause: {PAUSE}, compact_at: 60k, warm_start: 25%, reasoning: 200",
        Talk(40, **SIZES, pauses=PAUSES, compact_at=60_000, warm_start=Fraction(1, 4), reasoning=200),
    ),
    "reasoning": (f"turns: 40, pause: {PAUSE}, reasoning: 200", Talk(40, **SIZES, pauses=PAUSES, reasoning=200)),
    "without a pause": ("turns: 40", Talk(40, **SIZES)),
    "pauses of an hour and more": (
        "turns: 40, pause: [1h, 61m, 5m, 301s, 30m, 1801s]",
        Talk(40, **SIZES, pauses=(3600, 3660, 300, 301, 1800, 1801)),
    ),
    "found at a rate": (
        "turns: 40, cache_hit_rate: 80%, compact_at: 60k, summary: 2k, warm_start: 50%",
        Talk(40, **SIZES, hit_rate=Fraction(4, 5), compact_at=60_000, summary=2000, warm_start=Fraction(1, 2)),
    ),
    "one turn": ("turns: 1, warm_start: 50%", Talk(1, **SIZES, warm_start=Fraction(1, 2))),
}
LONG: dict[str, tuple[str, Talk]] = {
    # prompts beyond 256,000 tokens from turn 101 on, and beyond 272,000 from turn 108 on
    "two hundred turns": (f"turns: 200, pause: {PAUSE}", Talk(200, **SIZES, pauses=PAUSES)),
    # turns 101 to 118 and the request that sums up lie beyond 256,000
    "two hundred turns summed up above the tier": (
        f"turns: 200, pause: {PAUSE}, compact_at: 300k",
        Talk(200, **SIZES, pauses=PAUSES, compact_at=300_000),
    ),
    "two hundred turns summed up below the tier": (
        f"turns: 200, pause: {PAUSE}, compact_at: 100k, summary: 4k, warm_start: 50%",
        Talk(200, **SIZES, pauses=PAUSES, compact_at=100_000, summary=4000, warm_start=Fraction(1, 2)),
    ),
}
SIZES_TEXT = "system: 12k, tools: 3k, user: 300, tool_results: 1500, output: 600"


def priced(shipped: Catalogue, case: Case, written: str) -> Quote:
    """What the program says of 20,000 sessions."""
    asks = f"    {case.asks}\n" if case.asks else ""
    text = (
        "kind: workload\nclasses:\n  - name: agent\n    sessions: 20k / month\n"
        f"{asks}    conversation: {{{SIZES_TEXT}, {written}}}\n"
    )
    return quote(shipped.find(case.selector), read_workload("-", text.encode()), case.on)


def charged(found: Quote) -> dict[Fraction, Fraction]:
    """How many tokens are charged at each price of a million."""
    tokens: Counter[Fraction] = Counter()
    for charge in found.charges:
        tokens[Fraction(charge.rate.amount) / charge.rate.unit.size * 10**6] += charge.quantity  # type: ignore[assignment]
    return dict(tokens)


@pytest.mark.parametrize("name", WORKED)
def test_an_agent_costs_what_is_worked_by_hand(shipped: Catalogue, name: str) -> None:
    """A coding agent of forty turns costs the sum of what is read, written, sent fresh and made, at list prices."""
    case = OFFERS[name]
    found = priced(shipped, case, TALKS["forty turns"][0])
    assert found.complete
    assert found.cost == evaluate(WORKED[name])
    assert simulate(TALKS["forty turns"][1], case.seller, SESSIONS).cost == evaluate(WORKED[name])


@pytest.mark.parametrize("talk", TALKS)
@pytest.mark.parametrize("name", OFFERS)
def test_a_conversation_costs_what_its_requests_do(shipped: Catalogue, name: str, talk: str) -> None:
    """A conversation costs exactly what all its requests cost when each of them is played and billed by itself."""
    case = OFFERS[name]
    written, played = TALKS[talk]
    found = priced(shipped, case, written)
    expected = simulate(played, case.seller, SESSIONS)
    assert found.complete
    assert charged(found) == expected.tokens
    assert found.cost == expected.cost


@pytest.mark.parametrize("talk", LONG)
@pytest.mark.parametrize("name", ["qwen automatic", "qwen explicit", "qwen uncached", "gpt-6.1-sol", "sonnet"])
def test_a_long_conversation_changes_tier_request_by_request(shipped: Catalogue, name: str, talk: str) -> None:
    """Each request of a long conversation is billed whole in the tier of its own prompt, also those that sum up."""
    case = OFFERS[name]
    written, played = LONG[talk]
    found = priced(shipped, case, written)
    expected = simulate(played, case.seller, SESSIONS)
    assert found.complete
    assert charged(found) == expected.tokens
    assert found.cost == expected.cost


def test_a_long_conversation_is_worked_by_hand(shipped: Catalogue) -> None:
    """Of two hundred uncached turns the first hundred cost the lower tier, and the others the higher one throughout."""
    # turns 1 to 100: 100 x 16,800 + 2,400 x 4,950 = 13,560,000; turns 101 to 200: 100 x 256,800 + 2,400 x 4,950
    low = "20000 x 13560000 x 0.5 / 1M + 20000 x 60000 x 3 / 1M"
    high = "20000 x 37560000 x 2 / 1M + 20000 x 60000 x 6 / 1M"
    found = priced(shipped, OFFERS["qwen uncached"], LONG["two hundred turns"][0])
    assert found.cost == evaluate(f"{low} + {high}")


def test_summing_up_is_worked_by_hand(shipped: Catalogue) -> None:
    """Summing up is one more request over the whole history, and what follows begins at the summary."""
    # compact_at 60k: turns 1 to 19 send 16,800 to 60,000; the 20th would send 62,400, so 15,000 + 19 x 2,400 = 60,600 are
    # summed up in 2,000. Turns 20 to 37 send 18,800 to 59,600; the 38th would send 62,000: 15,000 + 2,000 + 18 x 2,400 =
    # 60,200 are summed up. Turns 38 to 40 send 18,800, 21,200 and 23,600.
    # 19 x 16,800 + 2,400 x 171 = 729,600; 60,600; 18 x 18,800 + 2,400 x 153 = 705,600; 60,200; 63,600: 1,619,600 in all
    found = priced(shipped, OFFERS["groq"], TALKS["summed up"][0])
    assert found.cost == evaluate("20000 x 1619600 x 0.8 / 1M + 20000 x 28000 x 4 / 1M")
