"""Sound workloads: each is quoted on every offer, and the published schema takes what the reader takes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
from conftest import ROOT
from hypothesis import assume, given
from hypothesis import strategies as st
from support.broken import broken_files
from support.examples import examples
from support.workloads_in_test import ON, SOUND, paths, read, replaced

from llmcost import compare, quote
from llmcost.core.offers.catalogue import Catalogue
from llmcost.core.values.meters import COUNT_METERS
from llmcost.core.values.money import ExchangeRates
from llmcost.files.yaml import read_yaml
from llmcost.workloads.content import IMAGE_KEYS, TALK_KEYS, VIDEO_KEYS
from llmcost.workloads.file import CLASS_KEYS, TOP_KEYS
from llmcost.workloads.request_class import TOKENS
from llmcost.workloads.schedule import HOURS_KEYS
from llmcost.workloads.schema import json_schema, json_schema_text

VALIDATOR = jsonschema.Draft202012Validator(json_schema())
FILES = broken_files(ROOT / "tests" / "broken_workloads")

FREE = ("terms", "options", "input_tokens", "output_tokens", "pause")
"""Mappings whose keys are the user's own, or take a form that a schema cannot say."""


def number(least: int = 0, most: int = 10**6) -> st.SearchStrategy[str]:
    """A number as people write it."""
    whole = st.integers(least, most).map(str)
    return whole | st.integers(max(least, 1), 999).map("{}k".format) | st.integers(least, most).map("{}.5".format)


def percent(most: int = 100) -> st.SearchStrategy[str]:
    """A percentage, whole or not."""
    return st.integers(0, most).map("{}%".format) | st.integers(0, most - 1).map("{}.25%".format)


def duration() -> st.SearchStrategy[str]:
    """A duration in any unit."""
    return st.builds("{}{}".format, st.integers(1, 500), st.sampled_from(["ms", "s", "m", "h", "d"]))


@st.composite
def curves(draw: st.DrawFn, unit: str = "") -> dict[str, str]:
    """Percentiles in order, often with ends."""
    names = sorted(draw(st.sets(st.sampled_from([1, 5, 10, 25, 50, 75, 90, 95, 99, 99.9]), min_size=2, max_size=5)))
    sizes = sorted(draw(st.lists(st.integers(1, 10**6), min_size=len(names) + 2, max_size=len(names) + 2)))
    curve = {
        ("median" if name == 50 and draw(st.booleans()) else f"p{name:g}"): f"{size}{unit}"
        for name, size in zip(names, sizes[1:-1], strict=True)
    }
    if draw(st.booleans()):
        curve["min"] = f"{sizes[0]}{unit}"
    if draw(st.booleans()):
        curve["max"] = f"{sizes[-1]}{unit}"
    return curve


@st.composite
def histograms(draw: st.DrawFn, unit: str = "") -> dict[str, str]:
    """Bins in order whose shares come to 100%."""
    edges = sorted(draw(st.sets(st.integers(1, 10**6), min_size=2, max_size=6)))
    cuts = sorted(draw(st.lists(st.integers(0, 100), min_size=len(edges) - 2, max_size=len(edges) - 2)))
    shares = [after - before for before, after in zip([0, *cuts], [*cuts, 100], strict=True)]
    return {
        f"{low}{unit}..{high}{unit}": f"{share}%"
        for low, high, share in zip(edges[:-1], edges[1:], shares, strict=True)
    }


def sizes() -> st.SearchStrategy[Any]:
    """A size in any form."""
    return number() | curves() | histograms() | st.lists(number(), min_size=1, max_size=8)


def pauses() -> st.SearchStrategy[Any]:
    """A pause in any form."""
    return duration() | curves("s") | histograms("s") | st.lists(duration(), min_size=1, max_size=5)


def texts() -> st.SearchStrategy[dict[str, str]]:
    """Text of some languages."""
    amount = st.builds("{} {}".format, number(), st.sampled_from(["words", "characters"]))
    return st.dictionaries(st.sampled_from(["en", "zh", "code"]), amount, min_size=1)


pixels = st.builds("{}x{}".format, st.integers(1, 10**6), st.integers(1, 10**6))
details = st.sampled_from(["low", "high", "default"])
images = number(0, 20) | st.fixed_dictionaries({"count": number(0, 20)}, optional={"size": pixels, "detail": details})
videos = st.fixed_dictionaries(
    {"seconds": number()},
    optional={
        "size": pixels,
        "fps": st.sampled_from(["0.1", "1", "30"]),
        "detail": details,
        "sound": st.sampled_from(["yes", "no", "true", "false"]),
    },
)
common: dict[str, st.SearchStrategy[Any]] = {
    "mode": st.sampled_from(["thinking", "non-thinking"]),
    "terms": st.fixed_dictionaries({}, optional={"batch": percent(50), "flex": percent(50)}),
    "growth": st.sampled_from(["5%", "-2% / month", "-100%"]),
    "options": st.just({"search_context": "high"}),
    "cache_ttl": st.sampled_from(["5m", "1h"]),
    "web_searches": number(0, 5),
}
singles = st.fixed_dictionaries(
    {"requests": number()},
    optional={
        **common,
        "input_tokens": sizes(),
        "output_tokens": sizes(),
        "input_text": texts(),
        "output_text": texts(),
        "images": images,
        "audio_seconds": number(),
        "audio_out_seconds": number(),
        "pages": number(0, 50),
        "video": videos,
        "cache": st.sampled_from(["automatic", "explicit", "none"]),
        "reasoning": percent(),
        "audio_in": percent(30),
        "reusable": percent(),
        "cache_hit_rate": percent(),
        "pause": pauses(),
    },
)
talks = st.fixed_dictionaries(
    {"turns": st.integers(1, 60).map(str), "user": number(), "output": number()},
    optional={
        "system": number(),
        "tools": number(),
        "tool_results": number(),
        "reasoning": percent(),
        "compact_at": number(),
        "pause": pauses(),
        "cache_hit_rate": percent(),
        "warm_start": percent(),
    },
)
sessions = st.fixed_dictionaries({"sessions": number(), "conversation": talks}, optional=common)
workloads = st.fixed_dictionaries(
    {"kind": st.just("workload"), "classes": st.lists(singles | sessions, min_size=1, max_size=3)},
    optional={"load": st.just({"peak_to_mean": "3.5"}), "growth": st.just("1%"), "name": st.just("support")},
)


@given(plain=workloads)
@examples(0.5)
def test_what_reads_soundly_is_quoted_on_every_offer(plain: Any, small: Catalogue, small_rates: ExchangeRates) -> None:
    """A workload that is read gets a cost or a reason from every offer, all its requests accounted for, and no crash."""
    workload = read(plain)
    assume(workload is not None)
    assert workload is not None
    for offer in small.offers():
        result = quote(offer, workload, ON)
        assert result.cost >= 0
        assert result.uncertainty >= 0
        assert result.complete or result.gaps or result.unserved
    assert compare(small.offers(), workload, ON, currency="USD", exchange_rates=small_rates, months=2).rows


@given(plain=workloads)
def test_the_schema_takes_what_the_reader_takes(plain: Any) -> None:
    """A file without a fault in the reader's eyes has none in an editor's."""
    if read(plain) is not None:
        VALIDATOR.validate(plain)


def test_the_schema_takes_a_file_with_every_key() -> None:
    """The workload that holds every key is sound in an editor, too."""
    VALIDATOR.validate(SOUND)


def mappings(plain: Any) -> Iterator[tuple[Any, ...]]:
    """Every mapping whose keys are fixed."""
    for path in paths(plain):
        here = plain
        for step in path:
            here = here[step]
        if isinstance(here, dict) and not {*path} & {*FREE}:
            yield path


@pytest.mark.parametrize("path", list(mappings(SOUND)), ids=lambda path: ".".join(map(str, path)) or "top")
def test_schema_and_reader_refuse_the_same_unknown_keys(path: tuple[Any, ...]) -> None:
    """A key that does not exist is refused by both, wherever it stands."""
    here: Any = SOUND
    for step in path:
        here = here[step]
    plain = replaced(SOUND, path, {**here, "colour": "blue"})
    assert read(plain) is None
    assert not VALIDATOR.is_valid(plain)


@pytest.mark.parametrize("name", [name for name in FILES if "unknown" in name])
def test_the_schema_refuses_what_is_unknown(name: str) -> None:
    """An unknown key, word or language is marked in an editor before the file is ever read."""
    root = read_yaml(FILES[name]).root
    assert root is not None
    assert not VALIDATOR.is_valid(root.plain())


def test_the_schema_has_the_reader_s_keys() -> None:
    """No key is known to only one of the two."""
    schema = json_schema()
    of_class = schema["properties"]["classes"]["items"]["properties"]
    pictures = next(each for each in of_class["images"]["anyOf"] if each["type"] == "object")
    assert set(schema["properties"]) == set(TOP_KEYS)
    assert set(of_class) == set(CLASS_KEYS)
    assert set(of_class["conversation"]["properties"]) == set(TALK_KEYS)
    assert set(of_class["video"]["properties"]) == set(VIDEO_KEYS)
    assert set(pictures["properties"]) == set(IMAGE_KEYS)
    assert set(of_class["hours"]["anyOf"][0]["properties"]) == set(HOURS_KEYS)
    assert {*TOKENS, *COUNT_METERS} - {"requests"} <= set(of_class)
    assert all(each.get("description") for each in of_class.values())


def test_the_stored_schema_is_the_current_one() -> None:
    """pricing/workload.json is what the program prints."""
    assert (ROOT / "pricing" / "workload.json").read_text(encoding="utf-8") == json_schema_text()
