"""Requests that begin alike, at offers whose caches differ: what is read, written, kept and paid in full."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from support.sheets import listing_of

from llmcost import Quote, quote
from llmcost.core.offers.offer import Offer
from llmcost.workloads.file import read_workload

ON = date(2026, 9, 15)
RATES = {"input": "10 USD / 1M tokens", "cache_read": "1 USD / 1M tokens", "output": "0 USD / 1M tokens"}


def offer(cache: list[dict[str, str]], **more: Any) -> Offer:
    """An invented offer: input 10, cache_read 1 for a million tokens, and what is added."""
    rates = {**RATES, **{key: value for key, value in more.items() if isinstance(value, str)}}
    lists = {key: value for key, value in more.items() if isinstance(value, list)}
    entry = {"checked_on": "2026-09-01", "source": "https://x.example", "rates": rates, **lists}
    sheet = {"seller": "s", "name": "S", "default_place": "here"}
    model: dict[str, Any] = {"id": "m", "cache": cache, "prices": [entry]}
    return listing_of(sheet, model).load()["here"]


def priced(tmp_path: Path, offered: Offer, line: str) -> Quote:
    """The quote of one class of a thousand requests."""
    file = tmp_path / "work.yaml"
    file.write_text(f"kind: workload\nclasses:\n  - {{name: a, requests: 1000, {line}}}\n", encoding="utf-8")
    return quote(offered, read_workload(str(file)), ON)


def cost(tmp_path: Path, offered: Offer, line: str) -> Fraction:
    found = priced(tmp_path, offered, line)
    assert found.complete, found.gaps
    return found.cost


AUTOMATIC = [{"kind": "automatic"}]
EXPLICIT = [{"kind": "explicit", "ttl": "5m"}, {"kind": "explicit", "ttl": "1h"}]
WRITES = {"cache_write": "12.50 USD / 1M tokens", "cache_write_1h": "20 USD / 1M tokens"}


@pytest.mark.parametrize(
    ("cache", "rates", "line", "dollars"),
    [
        # 2000 in, 1500 of them alike and found 9 times of 10: 0.9 x (1500 x 1 + 500 x 10) + 0.1 x 2000 x 10
        (AUTOMATIC, {}, "input_tokens: 2000, reusable: 1500, cache_hit_rate: 90%", "7.85"),
        # an automatic cache that bills writes writes all it did not find: 0.9 x (1500 x 1 + 500 x 12.50) + 0.1 x 2000 x 12.50
        (AUTOMATIC, WRITES, "input_tokens: 2000, reusable: 1500, cache_hit_rate: 90%", "9.475"),
        # a cache_write written as the input is the input
        (AUTOMATIC, {"cache_write": "= input"}, "input_tokens: 2000, reusable: 1500, cache_hit_rate: 90%", "7.85"),
        # an explicit one writes only what is marked: 0.9 x (1500 x 1 + 500 x 10) + 0.1 x (1500 x 12.50 + 500 x 10)
        (EXPLICIT, WRITES, "input_tokens: 2000, reusable: 1500, cache_hit_rate: 90%", "8.225"),
        # for an hour at its own rate: 0.9 x 6500 + 0.1 x (1500 x 20 + 500 x 10), whatever the hour is called
        (EXPLICIT, WRITES, "input_tokens: 2000, reusable: 1500, cache_hit_rate: 90%, cache_ttl: 1h", "9.35"),
        (EXPLICIT, WRITES, "input_tokens: 2000, reusable: 1500, cache_hit_rate: 90%, cache_ttl: 60m", "9.35"),
        # a share of the input, and without one all of it: 0.5 x 2000 x 1 + 0.5 x 2000 x 10
        (AUTOMATIC, {}, "input_tokens: 2000, reusable: 75%, cache_hit_rate: 90%", "7.85"),
        (AUTOMATIC, {}, "input_tokens: 2000, cache_hit_rate: 50%", "11"),
        # three pauses of four are within five minutes: 0.75 x 6500 + 0.25 x (1500 x 12.50 + 500 x 10)
        (EXPLICIT, WRITES, "input_tokens: 2000, reusable: 1500, pause: [1m, 2m, 5m, 6m], cache: explicit", "10.8125"),
        # an explicit one that nothing asks for: 2000 x 10
        (EXPLICIT, WRITES, "input_tokens: 2000, reusable: 1500, pause: [1m, 2m, 5m, 6m]", "20"),
        # below the minimum nothing is cached, at it everything: 2000 x 10, then 1500 x 1 + 500 x 10
        ([{"kind": "automatic", "minimum_tokens": "1501"}], {}, "input_tokens: 2000, reusable: 1500, pause: 1s", "20"),
        ([{"kind": "automatic", "minimum_tokens": "1500"}], {}, "input_tokens: 2000, reusable: 1500, pause: 1s", "6.5"),
        # in steps of 1024 only 1024 of 1500 are found: 1024 x 1 + 976 x 10
        ([{"kind": "automatic", "step_tokens": "1024"}], {}, "input_tokens: 2000, reusable: 1500, pause: 1s", "10.784"),
        # no cache at all, or none wanted: 2000 x 10
        ([], {}, "input_tokens: 2000, reusable: 1500, cache_hit_rate: 90%", "20"),
        (EXPLICIT, WRITES, "input_tokens: 2000, reusable: 1500, cache_hit_rate: 90%, cache: none", "20"),
    ],
)  # fmt: skip
def test_a_beginning_that_comes_again(
    tmp_path: Path, cache: list[dict[str, str]], rates: dict[str, str], line: str, dollars: str
) -> None:
    """A thousand requests cost what the policy makes of their common beginning, to the last digit."""
    assert cost(tmp_path, offer(cache, **rates), line) == Fraction(dollars)


def test_beginnings_that_differ_are_counted_one_by_one(tmp_path: Path) -> None:
    """Half of the requests have 1000 tokens, too few to be cached, half 3000, of which 2944 are 23 steps of 128.

    Found every time: 500 x 1000 x 10 + 500 x (2944 x 1 + 56 x 10) = 5 + 1.752. Spread evenly from 2000 to 4000, requests
    lose half a step less half a token each, 63.5 of 3000: 1000 x (2936.5 x 1 + 63.5 x 10) = 3.5715.
    """
    stepped = offer([{"kind": "automatic", "minimum_tokens": "1024", "step_tokens": "128"}])

    assert cost(tmp_path, stepped, "input_tokens: [1000, 3000], cache_hit_rate: 100%") == Fraction("6.752")
    assert cost(tmp_path, stepped, "input_tokens: {2000..4000: 100%}, cache_hit_rate: 100%") == Fraction("3.5715")


def test_a_cache_that_bills_by_the_hour(tmp_path: Path) -> None:
    """Where writing has no rate it is input, and keeping is billed: 1500 tokens all month, or from one request to the next.

    Found: 1000 x (1500 x 1 + 500 x 10) = 6.50. Kept 730 hours at 2 a million token-hours: 1500 x 730 x 2 = 2.19. With a
    request every 36 seconds, 1000 of them keep it 10 hours: 1500 x 10 x 2 = 0.03.
    """
    stored = offer([{"kind": "explicit", "ttl": "1h"}], cache_storage="2 USD / 1M token-hours")

    assert cost(tmp_path, stored, "input_tokens: 2000, reusable: 1500, cache_hit_rate: 100%") == Fraction("8.69")
    paused = "input_tokens: 2000, reusable: 1500, pause: 36s, cache: explicit"
    assert cost(tmp_path, stored, paused) == Fraction("6.53")
    assert cost(tmp_path, stored, "input_tokens: 2000, reusable: 1500, cache_hit_rate: 0%") == Fraction("22.19")


def test_a_conversation_in_a_cache_that_bills_by_the_hour(tmp_path: Path) -> None:
    """Two turns with a pause of half an hour keep 1000 tokens half an hour, and 2000 for the hour after the last turn.

    1000 sessions: input 1000 + 1000 new each turn, 2M x 10 = 20; found 1000, 1M x 1 = 1; kept 500 + 2000, 2.5M
    token-hours x 2 = 5.
    """
    stored = offer([{"kind": "explicit", "ttl": "1h"}], cache_storage="2 USD / 1M token-hours")
    file = tmp_path / "work.yaml"
    text = "kind: workload\nclasses:\n  - {name: a, sessions: 1000, cache: explicit, conversation: {turns: 2, user: 1000, output: 0, PAUSE}}\n"
    file.write_text(text.replace("PAUSE", "pause: 30m"), encoding="utf-8")
    found = quote(stored, read_workload(str(file)), ON)
    file.write_text(text.replace(", PAUSE", ""), encoding="utf-8")
    without = quote(stored, read_workload(str(file)), ON)

    assert (found.complete, found.cost) == (True, Fraction(26))
    assert found.requests == 2000
    assert without.unserved == "it bills its cache by the hour, and no pause between turns is given"


SESSION = {"kind": "session", "billed_as": "explicit", "ttl": "5m"}
WRITTEN_BY_MARK = [
    {
        "when": {"cache": "explicit"},
        "rates": {"cache_read": "2 USD / 1M tokens", "cache_write": "12.50 USD / 1M tokens"},
    }
]


@pytest.mark.parametrize(
    ("cache", "more", "dollars"),
    [
        # asked for: 1000 written, then 1000 read and 400 written: 1400 x 12.50 + 1000 x 2
        ("session", "", "19.5"),
        # what other sessions sent is not found, however warm the rest is
        ("session", ", warm_start: 100%", "19.5"),
        # not asked for: the automatic cache finds 1000 at 1: 1400 x 10 + 1000 x 1
        ("automatic", "", "15"),
    ],
)
def test_a_session_cache_serves_the_turns_of_one_conversation(
    tmp_path: Path, cache: str, more: str, dollars: str
) -> None:
    """Its rates are those of the kind that it is billed as, and it finds only its own conversation."""
    offered = offer([{"kind": "automatic"}, {"kind": "explicit"}, SESSION], variants=WRITTEN_BY_MARK)
    talk = f"{{name: a, sessions: 1000, cache: {cache}, pause: 20s, conversation: {{system: 600, turns: 2, user: 400, output: 0{more}}}}}"
    file = tmp_path / "work.yaml"
    file.write_text(f"kind: workload\nclasses:\n  - {talk}\n", encoding="utf-8")
    found = quote(offered, read_workload(str(file)), ON)

    assert (found.complete, found.cost) == (True, Fraction(dollars))


def test_a_session_cache_finds_no_beginning_of_other_requests(tmp_path: Path) -> None:
    """Requests that only begin alike are served by another cache, or paid in full: 1000 x 2000 x 10 = 20 USD."""
    line = "input_tokens: 2000, reusable: 1500, cache_hit_rate: 100%, cache: session"
    alone = priced(tmp_path, offer([SESSION | {"billed_as": "session"}]), line)
    beside = priced(tmp_path, offer([{"kind": "automatic"}, SESSION]), line)

    assert alone.cost == 20
    assert [str(note) for note in alone.notes if note.code == "cache-kind"] == [
        "session caching finds only what a conversation's own turns sent: everything is paid in full"
    ]
    assert beside.cost == Fraction("6.5")  # 1000 x (1500 x 1 + 500 x 10)
    assert "session caching finds only what a conversation's own turns sent; automatic caching is used" in beside.notes


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("reusable: 1500", "no pause is given: each is taken to be shorter than a cache is kept"),
        ("reusable: 1500, pause: 1m", "how long its cache is kept is not stated: each pause is taken to be shorter"),
        ("reusable: 1500, cache_hit_rate: 50%, cache: explicit", "it has no explicit caching; automatic caching is used"),
        ("reusable: 1500, cache_hit_rate: 50%, cache_ttl: 1h", "it has no cache kept for 1h; one whose time is not stated is used"),
        ("reusable: 900, cache_hit_rate: 50%", "its caching begins at 1000 tokens; shorter prompts are paid in full"),
    ],
)  # fmt: skip
def test_what_is_taken_for_granted_is_said(tmp_path: Path, line: str, said: str) -> None:
    """Whatever the sheet does not state, or the offer does not have, stands beside the figure."""
    found = priced(tmp_path, offer([{"kind": "automatic", "minimum_tokens": "1000"}]), f"input_tokens: 2000, {line}")

    assert said in found.notes


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(
    ("more", "said"), [("", False), (", cache_ttl: 1h", True), (", cache_ttl: 1h, cache: explicit", False)]
)
def test_a_lifetime_that_chooses_the_kind_is_said(tmp_path: Path, turned: bool, more: str, said: bool) -> None:
    """Beside an automatic cache the explicit one is used for its hour, and that is said unless it was asked for."""
    both = [{"kind": "automatic"}, {"kind": "explicit", "ttl": "1h"}]
    sold = offer(both[::-1] if turned else both, **WRITES)
    found = priced(tmp_path, sold, f"input_tokens: 2000, reusable: 1500, cache_hit_rate: 90%{more}")
    alone = priced(
        tmp_path, offer([both[1]], **WRITES), "input_tokens: 2000, reusable: 1500, cache_hit_rate: 90%, cache_ttl: 1h"
    )

    assert ("explicit caching is used, because it is the one kept for 1h" in found.notes) == said
    assert not any("explicit caching" in note for note in alone.notes)


@pytest.mark.parametrize(
    ("pauses", "share"),
    [
        (["5m"] * 10, None),
        (["5m"] * 9 + ["301s"], None),
        (["5m"] * 8 + ["301s"] * 2, "20%"),
        (["1h"], "100%"),
    ],
)
def test_pauses_longer_than_any_stated_time_leave_a_doubt(tmp_path: Path, pauses: list[str], share: str | None) -> None:
    """Where no time is stated, more than a tenth of pauses beyond five minutes is in doubt; five minutes are not beyond."""
    found = priced(tmp_path, offer(AUTOMATIC), f"input_tokens: 2000, reusable: 1500, pause: [{', '.join(pauses)}]")

    said = f"{share} of the pauses are longer than 5 minutes, and how long its cache is kept is not stated"
    assert found.doubts == ((said,) if share else ())


def test_a_text_whose_length_is_open_keeps_its_beginning_within_it(tmp_path: Path) -> None:
    """More reusable tokens than a request holds is a contradiction that leaves a gap, not a guess."""
    seeing = offer(AUTOMATIC, image_input="= input")
    found = priced(tmp_path, seeing, "input_tokens: 10, images: 1, reusable: 5000, cache_hit_rate: 50%")

    assert found.unserved == "the 5,000 reusable tokens exceed the input of 10"


def test_one_beginning_is_kept_once_whatever_tiers_it_falls_into(tmp_path: Path) -> None:
    """Half of the requests lie above a tier at other rates, and the shared 1500 tokens are still kept 730 hours once.

    1000 requests of 2000 and 4000: found 1500 x 1, new 500 and 2500 x 10, kept 1500 x 730 x 2 a million = 2.19.
    """
    stored = offer(
        [{"kind": "explicit", "ttl": "1h"}],
        variants=[{"when": {"input_tokens": "> 3000"}, "rates": {"cache_read": "1 USD / 1M tokens"}}],
        cache_storage="2 USD / 1M token-hours",
    )

    assert cost(tmp_path, stored, "input_tokens: [2000, 4000], reusable: 1500, cache_hit_rate: 100%") == Fraction(
        "18.69"
    )


def test_a_share_on_other_terms_has_the_cache_of_those_terms(tmp_path: Path) -> None:
    """Batch sells no explicit cache here, so that half pays 2000 x 5; the other half is found: 1500 x 1 + 500 x 10."""
    batch = {
        "input": "5 USD / 1M tokens",
        "cache_read": "= input",
        "cache_write": "= input",
        "output": "0 USD / 1M tokens",
    }
    sold = offer(
        [{"kind": "explicit", "ttl": "5m"}],
        variants=[{"when": {"terms": "batch"}, "rates": batch}],
        not_sold=[{"terms": "batch", "cache": "explicit"}],
        cache_write="12.50 USD / 1M tokens",
    )

    line = "input_tokens: 2000, reusable: 1500, cache_hit_rate: 100%, terms: {batch: 50%}"
    assert cost(tmp_path, sold, line) == Fraction("8.25")


def test_a_cache_nobody_priced_bills_no_writes_of_its_own(tmp_path: Path) -> None:
    """Where only reading from an automatic cache lacks a price, a beginning too short to be cached is priced in full."""
    open_here = offer(
        [{"kind": "automatic", "minimum_tokens": "4096"}], unpriced=[{"cache": "automatic"}], cache_read="= input"
    )

    assert cost(tmp_path, open_here, "input_tokens: 5000, reusable: 3000, cache_hit_rate: 90%") == Fraction(50)
