"""What sums and moves of real usage leave open is in the range, and what it costs is never outside of it."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from conftest import Run
from support.running import records_of

HEAD = (
    "period_start,provider,model,requests,input_uncached_tokens,cache_read_tokens,cache_write_5m_tokens,output_tokens\n"
)
SHEET = """\
kind: api
seller: echo-cloud
name: Echo Cloud
default_place: global
models:
  - id: large
    model: example-large
    developer: example-ai
    cache: [{kind: explicit, ttl: 5m}]
    prices:
      - checked_on: 2026-08-20
        source: https://example.com/echo
        rates: {input: 4 USD / 1M tokens, cache_write: 5 USD / 1M tokens, cache_read: 1 USD / 1M tokens,
                output: 1 USD / 1M tokens}
  - id: short
    model: short
    developer: echo-cloud
    context_window: 100000
    cache: [{kind: explicit, ttl: 5m, minimum_tokens: 4000}]
    prices:
      - checked_on: 2026-08-20
        source: https://example.com/echo
        rates: {input: 4 USD / 1M tokens, cache_write: 5 USD / 1M tokens, cache_read: 1 USD / 1M tokens,
                output: 1 USD / 1M tokens}
  - id: omni
    model: night-omni
    developer: night-cloud
    cache: [{kind: automatic, minimum_tokens: 1000}]
    prices:
      - checked_on: 2026-08-20
        source: https://example.com/echo
        rates: {input: 4 USD / 1M tokens, cache_read: 1 USD / 1M tokens, output: 1 USD / 1M tokens}
  - id: long
    model: long
    developer: echo-cloud
    prices:
      - checked_on: 2026-08-20
        source: https://example.com/echo
        rates: {input: 1 USD / 1M tokens, output: 2 USD / 1M tokens}
        variants:
          - when: {output_tokens: "> 100"}
            rates: {output: 10 USD / 1M tokens}
"""


@pytest.fixture
def ask(llmcost_small: Run, tmp_path: Path) -> Any:
    """Compare rows of usage at the invented sellers and one more, by offer."""

    def call(rows: str, *arguments: str) -> dict[str, dict[str, str]]:
        (path := tmp_path / "used.csv").write_text(HEAD + rows, encoding="utf-8")
        (sheet := tmp_path / "echo.yaml").write_text(SHEET, encoding="utf-8")
        ran = llmcost_small("compare", str(path), "--prices", str(sheet), *arguments, "-f", "csv")
        assert ran.out, ran.err
        return {row["offer"]: row for row in records_of(ran.out)}

    return call


def span(row: dict[str, str]) -> tuple[Decimal, ...]:
    """The cost of a row, its least and its most, in millionths."""
    return tuple(Decimal(row[name] or row["cost"]) * 10**6 for name in ("cost", "low", "high"))


def test_a_cost_lies_within_its_range_where_a_cache_begins(ask: Any) -> None:
    """1,200 tokens are 600 to 2,400 there, and 1,500 in the middle, which a cache takes from 1,000 on.

    The least is what the fewest cost if it took them; the most is what the most cost if they are never found.
    """
    row = ask("2026-09-02T10:00:00Z,example-ai,example-large-2026,1,0,1200,0,0\n", "-m", "echo-cloud/omni")
    assert span(row["echo-cloud/omni@global"]) == (1500, 600, 2400 * 4)


def test_a_sum_may_be_of_requests_that_read_nothing(ask: Any) -> None:
    """Their input is written only where a request read something: 100,000 x 4, 1,000 x 5 and 9,000 x 1 of two."""
    first, second = (
        f"2026-09-02T10:00:00Z,example-ai,example-large-2026,1,{cells},0,0\n" for cells in ("100000,0", "1000,9000")
    )
    apart = span(ask(first + second, "-m", "echo-cloud/large")["echo-cloud/large@global"])
    assert apart == (414_000, 414_000, 440_000)
    one = "2026-09-02T10:00:00Z,example-ai,example-large-2026,2,101000,9000,0,0\n"
    assert span(ask(one, "-m", "echo-cloud/large")["echo-cloud/large@global"]) == (514_000, 413_000, 514_000)


def test_what_a_sum_read_may_be_of_either_cache(ask: Any) -> None:
    """What wrote asked for its cache, and what read did or did not: 10,000 x 5 and 100,000 x 0.4 or x 0.8."""
    one = "2026-09-02T10:00:00Z,example-ai,example-large-2026,2,0,100000,10000,0\n"
    row = ask(one)["example-ai/example-large-2026@global"]
    assert span(row) == (130_000, 90_000, 130_000)
    assert Decimal(row["cost_per_request"]) == Decimal("0.065")
    known = "2026-09-02T10:00:00Z,example-ai,example-large-2026,1,0,100000,10000,0\n"
    assert span(ask(known)["example-ai/example-large-2026@global"]) == (90_000, 90_000, 90_000)


@pytest.mark.parametrize(("whole", "served"), [(256_000, True), (256_001, False)])
def test_a_sum_whose_mean_does_not_fit_is_not_served(ask: Any, whole: int, served: bool) -> None:
    """Of two requests one is at least as large as the mean; where that fits, nobody says that one does not."""
    one = f"2026-09-02T10:00:00Z,example-ai,example-large-2026,2,{whole},0,0,0\n"
    row = ask(one, "-m", "example-small", "--allow-unpriced")["example-ai/example-small@global"]
    assert bool(row["cost"]) is served
    assert served or "its context window of 128000 tokens is smaller than the mean input of 128001" in str(row)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("engine", [(), ("--engine", "duckdb")])
def test_each_sum_has_a_mean_of_its_own(ask: Any, engine: tuple[str, ...]) -> None:
    """One of two requests is of 150,000 tokens at least, whatever others are of; also of the same tokens together."""
    sums = [
        f"2026-09-02T1{hour}:00:00Z,example-ai,example-small,{number},300000,0,0,0\n"
        for hour, number in ((0, 2), (1, 100))
    ]
    asked = ("-m", "echo-cloud/short", "--allow-unpriced", *engine)
    assert ask(sums[1], *asked)["echo-cloud/short@global"]["cost"]
    row = ask("".join(sums), *asked)["echo-cloud/short@global"]
    assert (row["cost"], "smaller than the mean input of 150000" in str(row)) == ("", True)


def test_some_requests_of_a_sum_may_be_too_short_for_a_cache(ask: Any) -> None:
    """It takes 4,000 tokens: what it read may be paid in full, and up to 7,998 of what it wrote be no more than input.

    All hit is 3,000 x 1 and 12,000 x 5; the most is 3,000 x 4 and 12,000 x 5.
    """
    one = "2026-09-02T10:00:00Z,echo-cloud,large,2,0,3000,12000,0\n"
    least = 3000 + 7998 * 4 + 4002 * 5
    assert span(ask(one, "-m", "echo-cloud/short")["echo-cloud/short@global"]) == (63_000, least, 72_000)
    known = "2026-09-02T10:00:00Z,echo-cloud,large,1,0,3000,12000,0\n"
    assert span(ask(known, "-m", "echo-cloud/short")["echo-cloud/short@global"]) == (63_000, 63_000, 63_000)


def test_a_sum_that_wrote_to_one_cache_may_have_written_to_the_other_unbilled(ask: Any) -> None:
    """What asked is counted and what came by itself is not: 102,000 x 5, or 100,000 x 4 and 2,000 x 5."""
    one = "2026-09-02T10:00:00Z,example-ai,example-large-2026,2,100000,2000,2000,0\n"
    assert span(ask(one, "-m", "echo-cloud/large")["echo-cloud/large@global"]) == (512_000, 412_000, 512_000)


def test_each_kind_of_cache_prices_what_was_cached(ask: Any) -> None:
    """Without one all of 10,000 is paid in full; one that is asked for is written to, and bills that."""
    one = "2026-09-02T10:00:00Z,example-ai,example-large-2026,1,2000,8000,0,0\n"
    rows = ask(one, "-m", "example-large-2026", "--caching", "all")
    own = "example-ai/example-large-2026@global"
    costs = {name.removeprefix(own): span(row)[0] for name, row in rows.items()}
    as_used, asked = 2000 * 4 + 8000 * Decimal("0.8"), 2000 * 5 + 8000 * Decimal("0.4")
    assert costs == {"": as_used, "+cache-automatic": as_used, "+cache-explicit": asked, "+cache-none": 40_000}
    assert rows[f"{own}+cache-none"]["low"] == ""
    assert span(rows[f"{own}+cache-explicit"])[2] == 10_000 * 5  # where nothing is ever found, all is written in vain


def test_the_answers_of_a_sum_may_be_of_any_length(ask: Any) -> None:
    """Two answers of 150 tokens together are up to 150 x 10, and at least 150 x 2; those of known lengths are exact."""
    one = "2026-09-02T10:00:00Z,echo-cloud,long,2,0,0,0,150\n"
    assert span(ask(one)["echo-cloud/long@global"]) == (1500, 300, 1500)
    two = "".join(f"2026-09-02T10:00:00Z,echo-cloud,long,1,0,0,0,{made}\n" for made in (20, 130))
    assert span(ask(two)["echo-cloud/long@global"]) == (1340, 1340, 1340)


SOUND = """\
kind: api
seller: openai
name: Invented
default_place: global
models:
  - id: m1
    developer: openai
    modalities: {input: [text, audio], output: [text]}
    cache: [{kind: automatic}]
    prices:
      - checked_on: 2026-08-20
        source: https://example.com/sound
        rates: {input: 4 USD / 1M tokens, cache_read: 1 USD / 1M tokens, audio_input: 40 USD / 1M tokens,
                audio_cache_read: 2 USD / 1M tokens, output: 1 USD / 1M tokens}
"""


def test_sound_of_which_is_known_what_was_cached_has_one_price(llmcost: Run, tmp_path: Path) -> None:
    """Of 1,000 tokens in 700 are sound, 500 of them cached, as are 100 of text: 200 x 40 + 500 x 2 + 200 x 4 + 100 x 1.

    So it is for each request, and for several together.
    """
    counts = {"input_tokens": 1000, "input_cached_tokens": 600, "output_tokens": 0, "num_model_requests": 1}
    sound = {"input_audio_tokens": 200, "input_cached_audio_tokens": 500}
    name = "organization.usage.completions.result"
    results = [{"object": name, "model": "m1", **counts, **sound, "project_id": each} for each in ("a", "b")]
    bucket = {"object": "bucket", "start_time": 1_788_307_200, "end_time": 1_788_310_800, "results": results}
    (page := tmp_path / "page.json").write_text(
        json.dumps({"object": "page", "has_more": False, "data": [bucket]}), encoding="utf-8"
    )
    (sheet := tmp_path / "sound.yaml").write_text(SOUND, encoding="utf-8")
    prices = ("--prices", str(sheet), "--no-builtin-prices", "--on", "2026-09-02", "-f", "csv")
    (row,) = records_of(llmcost("usage", str(page), *prices).out)
    assert (Decimal(row["list_cost"]) * 10**6, row["low"], row["high"]) == (2 * 9900, "", "")
