"""Cached and modality counts that overlap by an unknown part: the bill lies between two fillings, both exact."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from random import Random
from typing import Any

import pytest
from support.sheets import listing_of

from llmcost import RequestGroup, Usage, Workload, quote
from llmcost.core.offers.offer import Offer
from llmcost.core.values.dates import parse_pricing_day

PREFIXES = ("", "audio_", "image_", "video_")
KINDS = ("input", "cache_read", "cache_write", "cache_write_1h")
DAY = parse_pricing_day("2026-11-23")


def offer_with(rates: dict[str, str], unpriced: tuple[dict[str, Any], ...] = ()) -> Offer:
    entry = {"checked_on": "2026-11-01", "source": "https://example.com/prices", "rates": rates, "unpriced": unpriced}
    model = {"id": "m", "cache": [{"kind": "automatic"}], "prices": [entry]}
    sheet = {"seller": "s", "name": "S", "default_place": "here", "models": [model]}
    return listing_of(sheet, model).load()["here"]


def every_filling(rows: list[int], columns: list[int], fixed: dict[tuple[int, int], int]) -> Iterator[list[list[int]]]:
    """All tables of whole numbers with these sums, some cells given."""
    if not rows:
        if not any(columns):
            yield []
        return
    for row in product(*(range(min(rows[0], count) + 1) for count in columns)):
        number = len(rows)
        if sum(row) != rows[0] or any(row[j] != fixed.get((-number, j), row[j]) for j in range(len(columns))):
            continue
        for rest in every_filling(rows[1:], [count - row[j] for j, count in enumerate(columns)], fixed):
            yield [list(row), *rest]


def usage_of(rows: list[int], columns: list[int], stated: dict[int, int]) -> Usage:
    """A request with these row and column sums; ``stated`` gives the cached part of some rows."""
    return Usage(
        input_tokens=sum(rows),
        audio_input_tokens=rows[1],
        image_input_tokens=rows[2],
        video_input_tokens=rows[3],
        cache_read_input_tokens=columns[1],
        cache_creation_input_tokens=columns[2] + columns[3],
        cache_creation_1h_input_tokens=columns[3],
        **{f"cache_read_{PREFIXES[row]}input_tokens": count for row, count in stated.items()},
    )


def least_and_most(
    rows: list[int], columns: list[int], stated: dict[int, int], prices: dict[str, int]
) -> tuple[Fraction, Fraction]:
    fixed = {(row - len(rows), 1): count for row, count in stated.items()}
    sums = [
        sum(table[i][j] * prices[PREFIXES[i] + KINDS[j]] for i in range(4) for j in range(4))
        for table in every_filling(rows, columns, fixed)
    ]
    return Fraction(min(sums), 1_000_000), Fraction(max(sums), 1_000_000)


def invent(random: Random, shape: tuple[int, int], state: bool) -> tuple[Any, ...]:
    """A small table that can be filled, its sums, some stated cells and a price for each cell."""
    kept_rows = [0, *sorted(random.sample([1, 2, 3], shape[0] - 1))]
    kept_columns = sorted(random.sample(range(4), shape[1]))
    table = [[random.randint(0, 3) if i in kept_rows and j in kept_columns else 0 for j in range(4)] for i in range(4)]
    rows = [sum(row) for row in table]
    columns = [sum(row[j] for row in table) for j in range(4)]
    stated = {row: table[row][1] for row in kept_rows[1:] if state and random.random() < 0.5}
    few = random.random() < 0.5  # rates that are often equal, or hardly ever
    prices = {prefix + kind: random.randint(1, 3 if few else 99) for prefix in PREFIXES for kind in KINDS}
    if few:  # and whole modalities that are billed alike
        same = random.choice(PREFIXES[1:])
        prices |= {same + kind: prices[kind] for kind in KINDS}
    return rows, columns, stated, prices


SHAPES = [(2, 2), (2, 3), (3, 2), (3, 3), (2, 4), (4, 2)]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("state", [False, True], ids=["nothing stated", "some cells stated"])
def test_low_and_high_are_the_cheapest_and_the_dearest_filling(shape: tuple[int, int], state: bool) -> None:
    """The two ends of a quote are the least and the most that any whole-number filling of the counts costs."""
    random = Random(f"{shape} {state}")
    for _ in range(60):
        rows, columns, stated, prices = invent(random, shape, state)
        found = quote(
            offer_with({meter: f"{price} USD / 1M tokens" for meter, price in prices.items()}),
            usage_of(rows, columns, stated),
            DAY,
        )
        assert found.complete
        low, high = least_and_most(rows, columns, stated, prices)
        assert (found.cost - found.uncertainty, found.cost) == (low, high), (rows, columns, stated, prices)


def test_four_by_four_by_hand() -> None:
    """Four modalities and four kinds of input at once still meet both ends.

    Every cell costs 1, but text that is cached costs 9 and audio that is written for 1h costs 5: at most
    2 x 9 + 1 x 5 + 5 x 1 of eight tokens, at least 8 x 1.
    """
    prices = {prefix + kind: 1 for prefix in PREFIXES for kind in KINDS} | {"cache_read": 9, "audio_cache_write_1h": 5}
    offer = offer_with({meter: f"{price} USD / 1M tokens" for meter, price in prices.items()})
    found = quote(offer, usage_of([3, 1, 2, 2], [2, 2, 2, 2], {}), DAY)
    assert found.low == Fraction(8, 1_000_000)
    assert found.high == Fraction(2 * 9 + 1 * 5 + 5 * 1, 1_000_000)


def test_a_stated_cell_of_one_of_two_modalities_billed_alike() -> None:
    """What is stated of one modality holds for that one alone, though another has the same rates, and nothing is lost.

    Audio and image cost alike. Of 4 audio tokens 2 are cached; 1 text, 2 audio and 8 image tokens are left for 4
    uncached, 4 cached and 3 written ones. Only the place of the text token matters.
    """
    offer = offer_with(
        {"input": "2 USD / 1M tokens", "cache_read": "1 USD / 1M tokens", "cache_write": "3 USD / 1M tokens"}
        | {"audio_input": "20 USD / 1M tokens", "image_input": "20 USD / 1M tokens"}
        | {"audio_cache_read": "4 USD / 1M tokens", "image_cache_read": "4 USD / 1M tokens"}
        | {"audio_cache_write": "30 USD / 1M tokens", "image_cache_write": "30 USD / 1M tokens"}
    )
    found = quote(offer, usage_of([1, 4, 8, 0], [4, 6, 3, 0], {1: 2}), DAY)
    assert found.low == Fraction(2 * 4 + 1 * 3 + 4 * 20 + 4 * 4 + 2 * 30, 1_000_000)  # the text token is written
    assert found.high == Fraction(2 * 4 + 1 * 1 + 4 * 20 + 3 * 4 + 3 * 30, 1_000_000)  # it is cached


def test_equal_rates_leave_no_range() -> None:
    """Where the overlap makes no difference to the bill, the bill is exact."""
    offer = offer_with(
        {
            "input": "2 USD / 1M tokens",
            "image_input": "= input",
            "cache_read": "0.5 USD / 1M tokens",
            "output": "6 USD / 1M tokens",
        }
    )
    found = quote(offer, usage_of([6, 0, 4, 0], [3, 7, 0, 0], {}), DAY)
    assert (found.low, found.high) == (None, None)
    assert found.cost == Fraction(3 * 2, 1_000_000) + 7 * Fraction(1, 2) / 1_000_000


def test_requests_scale_both_ends() -> None:
    """A thousand requests cost a thousand times either end of one."""
    prices = {"input": 4, "cache_read": 1, "image_input": 10, "image_cache_read": 8}
    offer = offer_with({meter: f"{price} USD / 1M tokens" for meter, price in prices.items()})
    usage = usage_of([6, 0, 4, 0], [5, 5, 0, 0], {})
    found = quote(offer, Workload((RequestGroup(usage, 1000),)), DAY)
    # all four image tokens cached, and one of text; else no image token cached, and five of text
    assert found.high == 1000 * Fraction(4 * 8 + 1 * 1 + 5 * 4, 1_000_000)
    assert found.low == 1000 * Fraction(4 * 10 + 5 * 1 + 1 * 4, 1_000_000)


def test_a_cell_that_may_hold_tokens_and_has_no_rate_is_a_gap() -> None:
    """A table that may put tokens where no rate is makes the quote incomplete."""
    rates = {"input": "4 USD / 1M tokens", "cache_write": "5 USD / 1M tokens", "image_input": "9 USD / 1M tokens"}
    found = quote(offer_with(rates), usage_of([6, 0, 4, 0], [5, 0, 5, 0], {}), DAY)
    assert not found.complete
    assert [gap.meter for gap in found.gaps] == ["image_cache_write"]


def test_a_cell_that_is_known_to_be_empty_needs_no_rate() -> None:
    """A price that no source states is not missed for tokens that are said not to exist.

    None of the three image tokens is cached. They cost most uncached beside written text, least the other way round:
    text and audio cost alike, so 3 image tokens uncached leave 1 + 2 + 3 others; 3 written ones leave 4 + 2.
    """
    rates = {
        "input": "4 USD / 1M tokens",
        "audio_input": "4 USD / 1M tokens",
        "image_input": "9 USD / 1M tokens",
        "cache_read": "1 USD / 1M tokens",
        "audio_cache_read": "1 USD / 1M tokens",
        "cache_write": "5 USD / 1M tokens",
        "audio_cache_write": "5 USD / 1M tokens",
        "image_cache_write": "6 USD / 1M tokens",
    }
    offer = offer_with(rates, ({"cache": "automatic", "meters": ["image_cache_read"]},))
    found = quote(offer, usage_of([4, 2, 3, 0], [4, 2, 3, 0], {2: 0}), DAY)
    assert found.gaps == ()
    assert found.high == Fraction(3 * 9 + 1 * 4 + 2 * 1 + 3 * 5, 1_000_000)
    assert found.low == Fraction(3 * 6 + 4 * 4 + 2 * 1, 1_000_000)
