"""Workloads that say the same in other words cost the same: relations between quotes, without a second pricing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.examples import examples

from llmcost import Comparison, Quote, Workload, compare, load_exchange_rates, quote
from llmcost.core.analysis.adjustments import parse_adjustment
from llmcost.core.analysis.sensitivity import Outcome, Sweep, sweep
from llmcost.core.offers.catalogue import Catalogue
from llmcost.core.offers.offer import CachePolicy, Offer
from llmcost.core.values.dates import PricingDay
from llmcost.core.values.money import ExchangeRates
from llmcost.core.values.rates import Rate
from llmcost.workloads.file import read_workload

SMALL_DAY = date(2026, 9, 15)
SHIPPED_DAY = date(2026, 11, 23)
SMALL_OFFERS = (
    "example-large",
    "example-large+batch",
    "example-small",
    "example-small@eu",
    "night-cloud/example/large",
    "night-omni",
    "night-vision",
    "night-search",
    "night-gift",
    "night-riddle",
    "night-riddle+flex",
)
SHIPPED_OFFERS = (
    "anthropic/claude-sonnet-5-5",
    "openai/gpt-6.1-sol",
    "openai/gpt-5.2",
    "deepseek/deepseek-v4-pro",
    "alibaba/qwen3.6-plus",
    "alibaba/qwen3.6-plus@cn-beijing",
    "google/gemini-3.1-pro-preview",
    "google/gemini-3.5-flash",
    "groq/qwen/qwen3.8-27b",
    "alibaba/qwen3.5-omni-plus",
)
CURVED = Fraction(1, 10**15)
IN_STEPS = "openai/gpt-5.2"
"""Counts cached tokens in steps, so the sum over turns or sizes is no longer linear in them."""

checked = examples(0.3)
names = st.sampled_from(SMALL_OFFERS + SHIPPED_OFFERS)
sizes = st.one_of(
    st.integers(1, 9000),
    st.sampled_from((127_999, 128_000, 128_001, 200_000, 200_001, 256_000, 256_001, 262_145, 272_000, 272_001)),
    st.integers(1, 400_000),
)
counts = st.integers(0, 4000)
percents = st.integers(0, 100)

PARTS = (
    "",
    "cache_read: 40%",
    "cache_read: 25%, cache: automatic",
    "cache_read: 10%, cache_write: 20%, cache: explicit",
    "reasoning: 30%, mode: thinking",
    "terms: {batch: 30%}",
    "terms: {batch: 25%, flex: 25%}, cache_read: 40%",
    "reusable: 50%, cache_hit_rate: 60%",
    "reusable: 50%, cache_hit_rate: 60%, cache: none",
    "cache_hit_rate: 35%, terms: {batch: 50%}",
    'hours: {weekdays: mon-fri, from: "02:00", to: "08:00"}, cache_read: 10%',
    "web_searches: 2",
    "image_in: 10%",
    "image_in: 10%, cache_read: 50%",
    "images: {count: 2, size: 500x400}",
    "images: {count: 1, size: 200x200}, reusable: 20%, cache_hit_rate: 50%",
    "options: {search_context: high}",
)
"""What a class may say beside its sizes; all of it in parts of a whole, or the same for every request."""


class Bought(NamedTuple):
    """An offer and the day it is asked on."""

    offer: Offer
    day: date


class Turn(NamedTuple):
    """A request of a conversation: its prompt, what of it was sent before, and what is answered."""

    prompt: int
    sent_before: int
    answered: int


class Talk(NamedTuple):
    """A conversation that is never summed up."""

    turns: int
    system: int
    user: int
    results: int
    output: int
    reasoning: int

    def text(self, more: str = "", sessions: int = 12, beside: str = "") -> str:
        """The class that says it."""
        inner = (
            f"turns: {self.turns}, system: {self.system}, user: {self.user}, tool_results: {self.results}, "
            f"output: {self.output}, reasoning: {self.reasoning}"
        )
        return f"name: a, sessions: {sessions}, conversation: {{{inner}{', ' if more else ''}{more}}}" + (
            f", {beside}" if beside else ""
        )

    def unrolled(self, keeps_output: bool = False) -> list[Turn]:
        """Its requests."""
        kept = self.output - self.reasoning
        each = self.user + self.results + kept
        made = []
        before = self.system
        for number in range(self.turns):
            prompt = self.system + number * each + self.user + self.results
            made.append(Turn(prompt, before + (kept if keeps_output and number else 0), self.output))
            before = prompt
        return made


@st.composite
def talks(draw: st.DrawFn, longest: int = 12) -> Talk:
    """Short conversations, and some that reach the next tier or the end of the context window."""
    output = draw(st.integers(0, 900))
    return Talk(
        draw(st.integers(1, longest)),
        draw(st.sampled_from((0, 511, 512, 1023, 1024, 3000, 120_000, 199_000, 255_000, 270_000))),
        draw(st.integers(0, 3000)),
        draw(st.sampled_from((0, 700, 30_000))),
        output,
        draw(st.integers(0, output)),
    )


@pytest.fixture(scope="session")
def bought(small: Catalogue, shipped: Catalogue) -> Callable[[str], Bought]:
    """An offer of either world by its name."""
    known = {name: Bought(small.find(name), SMALL_DAY) for name in SMALL_OFFERS}
    known |= {name: Bought(shipped.find(name), SHIPPED_DAY) for name in SHIPPED_OFFERS}
    return known.__getitem__


@pytest.fixture(scope="session")
def shipped_rates() -> ExchangeRates:
    """The exchange rates of the shipped sheets."""
    return load_exchange_rates()


def written(*classes: str, catalogue: Catalogue | None = None, top: str = "") -> Workload:
    """A workload of these classes."""
    text = "kind: workload\n" + top + "classes:\n" + "".join(f"  - {{{each}}}\n" for each in classes)
    return read_workload("-", text.encode(), find=catalogue.find if catalogue is not None else None)


def priced(where: Bought, *classes: str) -> Quote:
    """What the offer charges for these classes."""
    return quote(where.offer, written(*classes), where.day)


def gaps(found: Quote) -> dict[str, Fraction]:
    """How much of each meter has no price."""
    sums: dict[str, Fraction] = {}
    for gap in found.gaps:
        sums[gap.meter] = sums.get(gap.meter, Fraction(0)) + gap.quantity
    return {meter: count for meter, count in sums.items() if count}


def quantities(found: Quote) -> dict[tuple[str, str], Fraction]:
    """How much of each meter is charged under each condition."""
    sums: Counter[tuple[str, str]] = Counter()
    for charge in found.charges:
        sums[charge.meter, charge.condition] += charge.quantity  # type: ignore[assignment]
    return {key: Fraction(count) for key, count in sums.items() if count}


def said(found: Quote) -> tuple[Fraction, Fraction, dict[str, Fraction], dict[tuple[str, str], Fraction]]:
    """All that two quotes have in common when they charge the same."""
    return found.cost, Fraction(found.uncertainty), gaps(found), quantities(found)


def total(quotes: list[Quote]) -> tuple[Fraction, dict[str, Fraction]]:
    """What several quotes come to."""
    sums: dict[str, Fraction] = {}
    for found in quotes:
        for meter, count in gaps(found).items():
            sums[meter] = sums.get(meter, Fraction(0)) + count
    return sum((each.cost for each in quotes), Fraction(0)), sums


def line(start: str, more: str) -> str:
    """A class from its beginning and what it says beside."""
    return f"{start}, {more}" if more else start


def policy_of(offer: Offer, kind: str) -> CachePolicy | None:
    """The first cache policy of a kind."""
    return next((each for each in offer.cache if each.kind == kind), None)


def mixed(one: Quote, other: Quote, share: Fraction) -> Fraction:
    """The weighted mean of two costs."""
    return (1 - share) * one.cost + share * other.cost


# sizes


@checked
@given(names, st.lists(sizes, min_size=3, max_size=3), counts, st.sampled_from(PARTS))
def test_a_list_is_a_class_for_each_size(
    bought: Callable[[str], Bought], name: str, some: list[int], output: int, more: str
) -> None:
    """Three sizes that are equally frequent cost what three classes of a third of the requests cost."""
    where = bought(name)
    listed = priced(where, line(f"name: a, requests: 30, input_tokens: {some}, output_tokens: {output}", more))
    apart = [line(f"name: a, requests: 10, input_tokens: {size}, output_tokens: {output}", more) for size in some]
    assert said(listed) == said(priced(where, *apart))


@checked
@given(names, st.lists(st.integers(2000, 300_000), min_size=2, max_size=4), st.integers(0, 2000), percents)
def test_a_common_beginning_is_the_same_in_a_list(
    bought: Callable[[str], Bought], name: str, some: list[int], reusable: int, hit: int
) -> None:
    """A beginning of a number of tokens is found and written as often when the sizes are listed as in classes apart."""
    where = bought(name)
    more = f"output_tokens: 7, reusable: {reusable}, cache_hit_rate: {hit}%"
    listed = priced(where, f"name: a, requests: {len(some)}, input_tokens: {some}, {more}")
    apart = [f"name: a, requests: 1, input_tokens: {size}, {more}" for size in some]
    assert said(listed) == said(priced(where, *apart))


@checked
@given(names, sizes, counts, st.sampled_from(PARTS))
def test_a_bin_of_no_width_is_a_number(
    bought: Callable[[str], Bought], name: str, size: int, output: int, more: str
) -> None:
    """A histogram bin that ends where it begins, and a list of one, cost what the number costs."""
    where = bought(name)
    plain = priced(where, line(f"name: a, requests: 9, input_tokens: {size}, output_tokens: {output}", more))
    for form in (f"{{{size}..{size}: 100%}}", f"[{size}]", f"[{size}, {size}]"):
        other = priced(where, line(f"name: a, requests: 9, input_tokens: {form}, output_tokens: {output}", more))
        assert said(other) == said(plain)


@checked
@given(names, sizes, st.integers(1, 200_000), counts, st.sampled_from(PARTS))
def test_a_bin_in_two_halves_is_the_bin(
    bought: Callable[[str], Bought], name: str, low: int, half: int, output: int, more: str
) -> None:
    """Cutting a histogram bin in the middle, with half the share on either side, changes nothing."""
    if name == IN_STEPS and "cache_hit_rate" in more:
        return
    where = bought(name)
    middle, high = low + half, low + 2 * half
    whole = f"{{{low}..{high}: 100%}}"
    halves = f"{{{low}..{middle}: 50%, {middle}..{high}: 50%}}"
    one, two = (
        priced(where, line(f"name: a, requests: 9, input_tokens: {form}, output_tokens: {output}", more))
        for form in (whole, halves)
    )
    assert said(one) == said(two)


@checked
@given(names, st.integers(10, 9000), st.integers(1, 60), st.sampled_from(PARTS))
def test_the_median_is_the_50th_percentile(
    bought: Callable[[str], Bought], name: str, half: int, factor: int, more: str
) -> None:
    """A curve may call its middle p50 or median, and write its percentiles in any order."""
    where = bought(name)
    first, second, third = (
        priced(where, line(f"name: a, requests: 1k, input_tokens: {form}, output_tokens: 50", more))
        for form in (
            f"{{p50: {half}, p95: {half * factor}}}",
            f"{{median: {half}, p95: {half * factor}}}",
            f"{{p95: {half * factor}, median: {half}}}",
        )
    )
    assert said(first) == said(second) == said(third)


@pytest.mark.parametrize("name", SHIPPED_OFFERS)
def test_a_percentile_on_the_same_curve_adds_nothing(bought: Callable[[str], Bought], name: str) -> None:
    """A lognormal with median 10k and p95 of 100k lies at 1k in its p5, and saying so changes nothing that shows."""
    where = bought(name)
    two, three = (
        priced(where, f"name: a, requests: 1M, input_tokens: {form}, output_tokens: 50, terms: {{batch: 10%}}")
        for form in ("{p50: 10k, p95: 100k}", "{p5: 1k, p50: 10k, p95: 100k}")
    )
    assert abs(two.cost - three.cost) <= two.cost * CURVED
    assert gaps(two).keys() == gaps(three).keys()


# classes


@checked
@given(names, st.lists(st.tuples(sizes, counts, st.sampled_from(PARTS)), min_size=1, max_size=3), st.integers(0, 9))
def test_classes_add_up(
    bought: Callable[[str], Bought], name: str, some: list[tuple[int, int, str]], times: int
) -> None:
    """Splitting a class, changing the order and multiplying the requests change a quote as they change a sum."""
    where = bought(name)

    def classes(requests: int) -> list[str]:
        return [
            line(f"name: c{number}, requests: {requests}, input_tokens: {size}, output_tokens: {output}", more)
            for number, (size, output, more) in enumerate(some)
        ]

    whole = priced(where, *classes(12))
    assert said(priced(where, *classes(5), *classes(7))) == said(whole)
    assert said(priced(where, *reversed(classes(12)))) == said(whole)
    assert (whole.cost, gaps(whole)) == total([priced(where, each) for each in classes(12)])
    scaled = priced(where, *classes(12 * times))
    assert scaled.cost == times * whole.cost
    assert scaled.uncertainty == times * whole.uncertainty
    assert gaps(scaled) == {meter: times * count for meter, count in gaps(whole).items() if times}
    assert quantities(scaled) == {key: times * count for key, count in quantities(whole).items() if times}


@checked
@given(names, talks(), percents, percents)
def test_sessions_add_up(bought: Callable[[str], Bought], name: str, talk: Talk, hit: int, warm: int) -> None:
    """Twice the sessions cost twice as much, none cost nothing, and a class of them can be split."""
    where = bought(name)
    more = f"cache_hit_rate: {hit}%, warm_start: {warm}%"
    once = priced(where, talk.text(more, 6))
    assert priced(where, talk.text(more, 12)).cost == 2 * once.cost
    assert priced(where, talk.text(more, 0)).cost == 0
    assert said(priced(where, talk.text(more, 1), talk.text(more, 5))) == said(once)


# conversations


def by_hand(talk: Talk, where: Bought, policy: CachePolicy | None, more: str) -> list[str]:
    """The turns as classes, with what the cache reads and writes when every pause is short."""
    base = where.offer.history.on(_day(where.day)).version.base
    pays = policy is not None and (policy.kind == "explicit" or isinstance(base.get("cache_write"), Rate))
    classes = []
    for number, turn in enumerate(talk.unrolled(policy is not None and policy.keeps_output)):
        read = 0 if policy is None or not number else _cached(policy, turn.sent_before)
        wrote = max(0, _cached(policy, turn.prompt) - read) if policy is not None and pays else 0
        classes.append(
            line(
                f"name: a, requests: 12, input_tokens: {turn.prompt}, output_tokens: {turn.answered}, "
                f"reasoning: {talk.reasoning}, cache_read: {read}, cache_write: {wrote}",
                more,
            )
        )
    return classes


def _cached(policy: CachePolicy, known: int) -> int:
    if known < (policy.minimum_tokens or 1):
        return 0
    return known // (policy.step_tokens or 1) * (policy.step_tokens or 1)


def _day(day: date) -> PricingDay:
    return PricingDay(day)


BESIDE = (
    "",
    "mode: thinking",
    "terms: {batch: 40%}",
    "web_searches: 1",
    'hours: {weekdays: mon-sun, from: "00:00", to: "06:30"}',
)


@checked
@given(names, talks(), st.sampled_from(BESIDE))
def test_a_conversation_is_its_prompts(bought: Callable[[str], Bought], name: str, talk: Talk, beside: str) -> None:
    """Without a cache a conversation costs what its prompts cost, written out one by one."""
    where = bought(name)
    more = line("cache: none", beside) if beside else "cache: none"
    told = priced(where, talk.text("", 12, more))
    apart = priced(
        where,
        *(
            f"name: a, requests: 12, input_tokens: {turn.prompt}, output_tokens: {turn.answered}, "
            f"reasoning: {talk.reasoning}, {more}"
            for turn in talk.unrolled()
        ),
    )
    assert (told.cost, gaps(told)) == (apart.cost, gaps(apart))
    assert quantities(told) == quantities(apart)
    assert told.total_tokens == apart.total_tokens


@checked
@given(names, talks(), st.sampled_from(BESIDE))
def test_a_conversation_in_a_cache_is_its_prompts(
    bought: Callable[[str], Bought], name: str, talk: Talk, beside: str
) -> None:
    """With every pause short an automatic cache finds all that was sent before, as if it were given by hand."""
    where = bought(name)
    if name == "night-riddle+flex":
        return  # its cache_write is input there
    policy = policy_of(where.offer, "automatic")
    told = priced(where, talk.text("cache_hit_rate: 100%", 12, line("cache: automatic", beside)))
    apart = priced(where, *by_hand(talk, where, policy, line("cache: automatic", beside)))
    assert said(told) == said(apart)


@checked
@given(names, talks(), percents, st.sampled_from(BESIDE))
def test_a_hit_rate_is_a_weighted_mean(
    bought: Callable[[str], Bought], name: str, talk: Talk, hit: int, beside: str
) -> None:
    """A hit rate costs the weighted mean of finding nothing and finding everything; so does a warm start."""
    where = bought(name)
    share = Fraction(hit, 100)

    def at(rate: int, warm: int) -> Quote:
        return priced(where, talk.text(f"cache_hit_rate: {rate}%, warm_start: {warm}%", 12, beside))

    assert at(hit, 20).cost == mixed(at(0, 20), at(100, 20), share)
    assert at(35, hit).cost == mixed(at(35, 0), at(35, 100), share)


@checked
@given(names, sizes, st.integers(0, 100), percents, st.sampled_from(BESIDE))
def test_a_hit_rate_of_single_requests_is_a_weighted_mean(
    bought: Callable[[str], Bought], name: str, size: int, part: int, hit: int, beside: str
) -> None:
    """The same holds of requests that begin alike, and more hits never cost more."""
    where = bought(name)

    def at(rate: int) -> Quote:
        start = f"name: a, requests: 9, input_tokens: {size}, reusable: {part}%, cache_hit_rate: {rate}%"
        return priced(where, line(start, beside))

    assert at(hit).cost == mixed(at(0), at(100), Fraction(hit, 100))
    if not at(0).gaps and not at(100).gaps:
        assert at(100).cost <= at(hit).cost <= at(0).cost


@checked
@given(names, talks(), st.integers(0, 5), st.integers(0, 5))
def test_pauses_are_a_hit_rate(bought: Callable[[str], Bought], name: str, talk: Talk, short: int, long: int) -> None:
    """Where a cache states how long it is kept, the share of pauses within that is the hit rate; else all are."""
    where = bought(name)
    if not short + long:
        return
    policy = policy_of(where.offer, "automatic")
    if policy is None and where.offer.cache:
        return  # an explicit cache is used only where it is asked for, which a pause does not do
    known = policy is not None and policy.ttl is not None
    pauses = ", ".join(["10s"] * short + ["3h"] * long)
    share = Fraction(short, short + long) if known else Fraction(1)
    told = priced(where, talk.text(f"pause: [{pauses}]"))
    none, all_ = (priced(where, talk.text(f"cache_hit_rate: {rate}%")) for rate in (0, 100))
    assert told.cost == mixed(none, all_, share)


@checked
@given(names, talks(8), st.integers(0, 1500), st.integers(0, 1500))
def test_more_costs_more(bought: Callable[[str], Bought], name: str, talk: Talk, user: int, output: int) -> None:
    """Another turn, a longer question or a longer answer never lowers the cost of a conversation."""
    where = bought(name)
    more = "cache_hit_rate: 0%"
    base = priced(where, talk.text(more))
    if base.gaps:
        return
    for longer in (
        talk._replace(turns=talk.turns + 1),
        talk._replace(user=talk.user + user),
        talk._replace(output=talk.output + output),
    ):
        other = priced(where, longer.text(more))
        assert other.gaps or other.cost >= base.cost


@checked
@given(names, talks(), percents, st.sampled_from(BESIDE))
def test_what_is_sent_is_what_is_charged(
    bought: Callable[[str], Bought], name: str, talk: Talk, hit: int, beside: str
) -> None:
    """The parts that are shown hold the requests and tokens that are charged, each token read, written or in full."""
    where = bought(name)
    found = priced(where, talk.text(f"cache_hit_rate: {hit}%", 12, beside))
    assert sum(part.requests for part in found.sent) == 12 * talk.turns == found.requests
    turns = talk.unrolled()
    assert sum(part.requests * part.input for part in found.sent) == 12 * sum(turn.prompt for turn in turns)
    assert sum(part.requests * part.output for part in found.sent) == 12 * talk.turns * talk.output
    assert all(part.in_full + part.read + part.written == part.input and part.in_full >= 0 for part in found.sent)
    if found.gaps or not found.charges:
        return
    charged: Counter[str] = Counter()
    for charge in found.charges:
        charged[charge.meter] += charge.quantity  # type: ignore[assignment]
    for meters, held in (
        (("input",), sum(part.requests * part.in_full for part in found.sent)),
        (("cache_read",), sum(part.requests * part.read for part in found.sent)),
        (("cache_write", "cache_write_1h"), sum(part.requests * part.written for part in found.sent)),
        (("output", "reasoning"), sum(part.requests * part.output for part in found.sent)),
    ):
        assert sum(charged[meter] for meter in meters) == held


@checked
@given(talks(6), percents)
def test_batch_in_whole_is_the_batch_offer(shipped: Catalogue, talk: Talk, hit: int) -> None:
    """Sending all of a class on batch terms costs what the offer on batch terms costs."""
    for name in ("anthropic/claude-sonnet-5-5", "openai/gpt-6.1-sol", "openai/gpt-5.2", "google/gemini-2.5-flash"):
        more = f"cache_hit_rate: {hit}%, warm_start: 50%"
        share = priced(Bought(shipped.find(name), SHIPPED_DAY), talk.text(more, 12, "terms: {batch: 100%}"))
        terms = priced(Bought(shipped.find(f"{name}+batch"), SHIPPED_DAY), talk.text(more))
        assert said(share) == said(terms)


@checked
@given(names, talks(), percents, percents, st.sampled_from(("batch", "flex", "priority")))
def test_a_share_on_other_terms_is_a_weighted_mean(
    bought: Callable[[str], Bought], name: str, talk: Talk, share: int, hit: int, terms: str
) -> None:
    """A part sent on other terms costs that part of what all of it costs there, and the rest the usual price."""
    where = bought(name)

    def at(part: int) -> Quote:
        return priced(where, talk.text(f"cache_hit_rate: {hit}%", 12, f"terms: {{{terms}: {part}%}}"))

    assert at(share).cost == mixed(at(0), at(100), Fraction(share, 100))


@checked
@given(names, talks(), percents)
def test_a_limit_that_is_never_reached_changes_nothing(
    bought: Callable[[str], Bought], name: str, talk: Talk, hit: int
) -> None:
    """A conversation that would be summed up above a size its prompts never reach costs what it costs without."""
    where = bought(name)
    more = f"cache_hit_rate: {hit}%"
    longest = max(turn.prompt for turn in talk.unrolled())
    summed = f"{more}, compact_at: {max(longest, 1)}, summary: 0"
    assert said(priced(where, talk.text(summed))) == said(priced(where, talk.text(more)))


@checked
@given(talks(), st.sampled_from(("low", "high")))
def test_a_fee_is_charged_for_every_request_of_a_session(small: Catalogue, talk: Talk, context: str) -> None:
    """Where each request costs a fee, a session costs as many as it has turns, at the rate of the option chosen."""
    where = Bought(small.find("night-search"), SMALL_DAY)
    found = priced(where, talk.text("", 12, f"options: {{search_context: {context}}}"))
    fees = [charge for charge in found.charges if charge.meter == "requests"]
    assert [(charge.quantity, charge.cost) for charge in fees] == [
        (12 * talk.turns, Fraction(12 * talk.turns * (5 if context == "low" else 12), 1000))
    ]


@checked
@given(talks(), percents)
def test_an_uplift_is_on_every_token(small: Catalogue, talk: Talk, hit: int) -> None:
    """A place with an uplift costs as much more for every token, cached or not, and no more for searches."""
    more = talk.text(f"cache_hit_rate: {hit}%")
    usual, uplifted = (
        priced(Bought(small.find(name), SMALL_DAY), more) for name in ("example-small", "example-small@eu")
    )
    assert uplifted.cost == usual.cost * Fraction(11, 10)
    searching = priced(
        Bought(small.find("example-small@eu"), SMALL_DAY), talk.text(f"cache_hit_rate: {hit}%", 12, "web_searches: 3")
    )
    if not searching.gaps:
        assert searching.cost == uplifted.cost + Fraction(12 * talk.turns * 3 * 10, 1000)


@checked
@given(st.integers(1, 40), st.integers(0, 3000), st.integers(100_000, 128_000))
def test_the_end_of_the_window_in_the_middle_of_a_session(small: Catalogue, turns: int, user: int, system: int) -> None:
    """The turns that fit into the context window are priced, and each that does not is a gap of one request."""
    talk = Talk(turns, system, user, 0, 100, 0)
    where = Bought(small.find("example-small"), SMALL_DAY)
    found = priced(where, talk.text("cache_hit_rate: 100%"))
    fitting = [turn for turn in talk.unrolled() if turn.prompt <= 128_000]
    beyond = 12 * (turns - len(fitting))
    assert gaps(found) == ({"requests": Fraction(beyond)} if beyond else {})
    assert sum(count for (meter, _), count in quantities(found).items() if meter != "output") == 12 * sum(
        turn.prompt for turn in fitting
    )


# text and media


@checked
@given(st.integers(0, 900_000), st.integers(0, 5000), st.integers(0, 4000))
def test_text_that_is_counted_exactly_is_tokens(small: Catalogue, characters: int, tokens: int, output: int) -> None:
    """Code of four characters a token costs what as many tokens cost, on top of those given."""
    where = Bought(small.find("example-large"), SMALL_DAY)
    text = priced(
        where,
        f"name: a, requests: 7, input_tokens: {tokens}, input_text: {{code: {4 * characters} characters}}, "
        f"output_text: {{code: {4 * output} characters}}",
    )
    plain = priced(where, f"name: a, requests: 7, input_tokens: {tokens + characters}, output_tokens: {output}")
    assert said(text) == said(plain)


@checked
@given(st.sampled_from(("example-large", "night-omni")), st.integers(0, 30_000), st.integers(0, 9000), percents)
def test_an_estimate_lies_between_two_workloads(
    small: Catalogue, name: str, question: int, answer: int, batch: int
) -> None:
    """The least and the most that an estimated text costs are the costs of its least and most tokens."""
    where = Bought(small.find(name), SMALL_DAY)
    more = f"terms: {{batch: {batch}%}}"
    found = priced(
        where,
        f"name: a, requests: 7, input_text: {{en: {question * 10} words}}, "
        f"output_text: {{en: {answer * 10} words}}, {more}",
    )
    low, high = (Fraction(12, 10), Fraction(15, 10)) if name == "example-large" else (Fraction(1), Fraction(2))
    least, most = (
        priced(
            where,
            f"name: a, requests: 7, input_tokens: {int(question * 10 * each)}, "
            f"output_tokens: {int(answer * 10 * each)}, {more}",
        )
        for each in (low, high)
    )
    assert gaps(found) == gaps(most)
    if not most.gaps:
        assert (found.cost - found.uncertainty, found.cost) == (least.cost, most.cost)


MEDIA = (
    ("images: {count: 3, size: 1920x1080}", "image"),
    ("images: {count: 1, size: 640x480}", "image"),
    ("audio_seconds: 90", "audio"),
    ("video: {seconds: 30, size: 1280x720, sound: false}", "video"),
)


@checked
@given(names, st.sampled_from(MEDIA), st.integers(0, 250_000), st.integers(0, 500), percents)
def test_media_are_tokens_on_top(
    bought: Callable[[str], Bought], name: str, media: tuple[str, str], tokens: int, output: int, batch: int
) -> None:
    """Images, sound and video cost what the tokens cost that they are counted as, given beside the input."""
    where = bought(name)
    more = f"output_tokens: {output}, terms: {{batch: {batch}%}}"
    found = priced(where, f"name: a, requests: 4, input_tokens: {tokens}, {media[0]}, {more}")
    if found.unserved or not found.counted:
        return
    made = sum(each.high for each in found.counted)
    assert made.denominator == 1
    plain = priced(where, f"name: a, requests: 4, input_tokens: {tokens + made}, {media[1]}_in: {made}, {more}")
    assert said(found) == said(plain)


# months, mixes and other prices


def compared(
    where: Bought, work: Workload, months: int = 1, rates: ExchangeRates | None = None, day: date | None = None
) -> Comparison:
    """The comparison of one offer."""
    more = {} if rates is None else {"exchange_rates": rates, "currency": "USD"}
    return compare([where.offer], work, day or where.day, months=months, **more)  # type: ignore[arg-type]


ALIKE_EVERY_MONTH = [name for name in SHIPPED_OFFERS if not name.startswith("deepseek/")]
"""Offers whose price does not depend on how many holidays a month has."""


@checked
@given(st.sampled_from(ALIKE_EVERY_MONTH), st.integers(2, 6), st.integers(-40, 60), talks(5), sizes)
def test_months_add_up(
    bought: Callable[[str], Bought], name: str, months: int, growth: int, talk: Talk, size: int
) -> None:
    """Where no price changes, nor holidays, months with growth cost the geometric sum of the first one."""
    where = bought(name)
    work = written(
        talk.text("cache_hit_rate: 50%"),
        f"name: b, requests: 50, input_tokens: {size}",
        top=f"growth: {growth}% / month\n",
    )
    (row,) = compared(where, work, months).rows
    (one,) = compared(where, work).rows
    factor = sum(((1 + Fraction(growth, 100)) ** number for number in range(months)), Fraction(0))
    assert row.quote.cost == factor * one.quote.cost
    assert gaps(row.quote) == {meter: factor * count for meter, count in gaps(one.quote).items()}
    assert sum(month.cost for month in row.quote.months) == row.quote.cost
    assert row.quote.monthly == row.quote.cost / months


@checked
@given(st.integers(2, 30), talks(5), st.integers(0, 30), percents)
def test_a_price_change_in_the_middle_of_a_month(
    small: Catalogue, start: int, talk: Talk, growth: int, hit: int
) -> None:
    """A month whose prices change costs the old prices for the days before the change and the new ones after."""
    offer = small.find("example-small")
    work = written(talk.text(f"cache_hit_rate: {hit}%"), top=f"growth: {growth}% / month\n")
    (row,) = compare([offer], work, date(2026, 11, start), months=2).rows
    old, new = (quote(offer, work, day).cost for day in (date(2026, 11, 30), date(2026, 12, 1)))
    before = Fraction(31 - start, 30)
    assert row.quote.cost == before * old + (1 - before) * new + (1 + Fraction(growth, 100)) * new


FIXED = ("example-small", "example-large", "example-large+batch", "night-vision", "night-search", "night-gift")


@checked
@given(
    st.lists(
        st.tuples(st.sampled_from(FIXED), st.integers(0, 250_000)), min_size=1, max_size=4, unique_by=lambda x: x[0]
    ),
    st.integers(1, 4),
)
def test_a_mix_is_the_sum_of_its_parts(
    small: Catalogue, small_rates: ExchangeRates, some: list[tuple[str, int]], months: int
) -> None:
    """Classes fixed to offers cost what each costs at its offer, converted, in one month and in several."""
    parts = [f"name: {n}, requests: 1k, input_tokens: {size}, output_tokens: 9" for n, (_, size) in enumerate(some)]
    work = written(
        *(f"{part}, offer: {name}" for part, (name, _) in zip(parts, some, strict=True)),
        catalogue=small,
        top="growth: 3%\n",
    )
    options = {"currency": "USD", "exchange_rates": small_rates, "months": months}
    (whole,) = compare([], work, SMALL_DAY, **options).rows  # type: ignore[arg-type]
    each = [
        compare([small.find(name)], written(part, top="growth: 3%\n"), SMALL_DAY, **options).rows[0].quote  # type: ignore[arg-type]
        for part, (name, _) in zip(parts, some, strict=True)
    ]
    assert (whole.quote.cost, gaps(whole.quote)) == total(each)
    assert whole.quote.requests == sum(one.requests for one in each)


@checked
@given(st.integers(0, 5000), st.integers(0, 5000))
def test_a_class_that_is_fixed_adds_the_same_to_every_offer(
    shipped: Catalogue, shipped_rates: ExchangeRates, free: int, fixed: int
) -> None:
    """What goes to one offer whatever is compared adds its own cost to every row, also from another currency."""
    one = f"name: free, requests: 1k, input_tokens: {free}"
    other = f"name: fixed, requests: 1k, input_tokens: {fixed}"
    place = "alibaba/qwen3.6-plus@cn-beijing"
    work = written(one, f"{other}, offer: {place}", catalogue=shipped)
    offers = [shipped.find(name) for name in SHIPPED_OFFERS]
    options = {"currency": "USD", "exchange_rates": shipped_rates}
    alone = {row.quote.offer.name: row.quote.cost for row in compare(offers, written(one), SHIPPED_DAY, **options).rows}  # type: ignore[arg-type]
    added = compare([shipped.find(place)], written(other), SHIPPED_DAY, **options).rows[0].quote.cost  # type: ignore[arg-type]
    for row in compare(offers, work, SHIPPED_DAY, **options).rows:  # type: ignore[arg-type]
        assert row.quote.cost == alone[row.quote.offer.name] + added


@checked
@given(names, talks(5), sizes, st.integers(0, 300), percents)
def test_other_prices_are_other_costs(
    bought: Callable[[str], Bought], name: str, talk: Talk, size: int, change: int, hit: int
) -> None:
    """Prices that are all raised by a part raise the cost by it; what it was stands beside it."""
    where = bought(name)
    work = written(talk.text(f"cache_hit_rate: {hit}%"), f"name: b, requests: 5, input_tokens: {size}, web_searches: 1")
    now = quote(where.offer, work, where.day)

    def supposing(*texts: str) -> tuple[Quote, Fraction | None]:
        adjustments = [parse_adjustment(text) for text in texts]
        (row,) = compare([where.offer], work, where.day, adjustments=adjustments).rows
        return row.quote, row.before

    before = now.cost if now.complete else None
    raised, was = supposing(f"* +{change}%")
    assert (raised.cost, was) == (now.cost * (1 + Fraction(change, 100)), before)
    assert gaps(raised) == gaps(now)
    same, _ = supposing("* +0%", "nobody +50%")
    assert said(same) == said(now)
    there, _ = supposing("* +25%", "* -20%")
    assert there.cost == now.cost


@checked
@given(names, talks(5), st.sampled_from(("input", "output", "cache_read", "cache_write", "web_searches")), percents)
def test_another_price_of_one_meter_is_its_own(
    bought: Callable[[str], Bought], name: str, talk: Talk, meter: str, hit: int
) -> None:
    """Doubling the price of one meter adds exactly what is billed at it."""
    where = bought(name)
    work = written(talk.text(f"cache_hit_rate: {hit}%", 12, "web_searches: 1"))
    now = quote(where.offer, work, where.day)
    (row,) = compare([where.offer], work, where.day, adjustments=[parse_adjustment(f"* {meter} +100%")]).rows
    billed = sum((each.cost for each in now.charges if (each.billed_as or each.meter) == meter), Fraction(0))
    assert row.quote.cost == now.cost + billed


def swept(
    offers: list[Offer], day: date, key: str, line_: str, low: int, high: int, rates: ExchangeRates
) -> tuple[Sweep, Callable[[Fraction], Mapping[str, Fraction]]]:
    """A sweep of one figure of a class, and how each of its points is priced apart."""
    seen: dict[Fraction, Mapping[str, Fraction]] = {}

    def costs(value: Fraction) -> Mapping[str, Fraction]:
        if value not in seen:
            work = written(line_.replace(f"{key}: X", f"{key}: {int(value)}"))
            rows = compare(offers, work, day, currency="USD", exchange_rates=rates).rows
            seen[value] = {row.quote.offer.name: row.quote.cost for row in rows if row.quote.complete}
        return seen[value]

    edges = sorted({edge for offer in offers for edge in offer.history.on(_day(day)).edges})
    made = sweep(
        key, Fraction(low), Fraction(high), Fraction(1), edges, lambda value: Outcome(costs(value), frozenset())
    )
    return made, costs


@examples(0.08)
@given(
    st.lists(st.sampled_from(SHIPPED_OFFERS), min_size=2, max_size=4, unique=True),
    st.sampled_from(
        (
            "name: a, requests: 1k, input_tokens: X, output_tokens: 2000",
            "name: a, requests: 1k, input_tokens: X, output_tokens: 300, terms: {batch: 50%}, cache_hit_rate: 40%",
            "name: a, requests: 1k, input_tokens: X, reusable: 50%, cache_hit_rate: 90%, cache: explicit, output_tokens: 9",
        )
    ),
    st.integers(0, 5000),
    st.integers(6000, 400_000),
)
def test_a_crossing_is_where_the_order_turns(
    shipped: Catalogue, shipped_rates: ExchangeRates, some: list[str], text: str, low: int, high: int
) -> None:
    """The dearer of two offers at a crossing was the cheaper or the equal one a token before."""
    offers = [shipped.find(name) for name in some]
    made, costs = swept(offers, SHIPPED_DAY, "input_tokens", text, low, high, shipped_rates)
    for value, found in made.points:
        assert found.costs == costs(value)
    for crossing in made.crossings:
        assert low < crossing.value <= high
        here, before = costs(crossing.value), costs(crossing.value - 1)
        assert here[crossing.above] < here[crossing.below]
        if crossing.above in before and crossing.below in before:
            assert before[crossing.above] >= before[crossing.below]
    for lead in made.leads:
        cheapest = costs(lead.first)
        assert lead.offer == min(cheapest, key=lambda name: (cheapest[name], name), default=None)


def test_what_is_free_or_not_sold_by_use_stays_so(small: Catalogue) -> None:
    """A free offer costs nothing and leaves no gap, and a subscription has no price, whatever is sent."""
    talk = Talk(3, 100, 10, 0, 10, 0)
    for text in (talk.text(), "name: a, requests: 5, input_tokens: [1, 300k], reusable: 50%, cache_hit_rate: 10%"):
        gift = priced(Bought(small.find("night-gift"), SMALL_DAY), text)
        club = priced(Bought(small.find("night-club"), SMALL_DAY), text)
        assert (gift.cost, gift.gaps, gift.complete) == (0, (), True)
        assert (club.charges, club.unserved) == ((), "it is sold by subscription, not by use")


@checked
@given(st.integers(0, 40), st.integers(1, 9))
def test_a_minimum_is_for_each_request(small: Catalogue, seconds: int, requests: int) -> None:
    """A recording below the minimum is billed as the minimum, each one by itself, with its fee."""
    where = Bought(small.find("night-ears"), SMALL_DAY)
    found = priced(where, f"name: a, requests: {requests}, audio_seconds: {seconds}")
    billed = max(seconds, 10) if seconds else 0
    assert found.complete
    assert found.cost == requests * (billed * Fraction(36, 100) / 3600 + Fraction(1, 1000))
