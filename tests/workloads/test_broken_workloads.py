"""The smallest broken workload file for every mistake a person can make, each with the message it gets, to the letter."""

from __future__ import annotations

import json
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.broken import assert_paired, assert_refused, broken_files
from support.examples import checkered, examples
from support.running import Ran, Run
from support.workloads_in_test import ON, SOUND, alone, paths, read, replaced

from llmcost import quote
from llmcost.core.offers.catalogue import Catalogue
from llmcost.core.offers.offer import Offer
from llmcost.errors import FileProblems
from llmcost.workloads.content import IMAGE_KEYS, TALK_KEYS, VIDEO_KEYS
from llmcost.workloads.file import CLASS_KEYS, TOP_KEYS, read_workload
from llmcost.workloads.schedule import HOURS_KEYS

BROKEN = Path(__file__).parent.parent / "broken_workloads"
FILES = broken_files(BROKEN)
NO_PRICES = "offer-without-prices"
"""Only a caller of the library makes this mistake: the program always has prices at hand."""
STRANGE: list[Any] = [
    None,
    "",
    "x",
    "-1",
    "1e99999999999999999999999",
    "0e999999",
    "9" * 5000,
    "130%",
    "1 / week",
    "08:00",
    [],
    {},
    ["x"],
    [[]],
    [{}],
    [None],
    {"x": "y"},
    {"x": None},
    {"1": ["1"]},
    {"": ""},
    {"from": "08:00", "to": "08:00"},
    "0",
    "0.5",
    "0.0s",
    "1e12",
    "1e-12",
    ".inf",
    "100%",
    "-100%",
    "20s",
    "0x0",
    "1000000x1000000",
    "500 words",
    "10000",
    ["1e12", "1e-12"],
    ["20s", "0.001ms"],
    {"p0.001": "1e-12", "p99.999": "1e12"},
    {"p50": "1", "p50.001": "1e12"},
    {"p50": "1", "p50.001": "1e12", "max": "1e12"},
    {"p50": "20s", "p99": "30d", "min": "0.001ms", "max": "9999999999d"},
    {"min": "0", "max": "0"},
    {"p0": "1", "p100": "1"},
    {"0..0": "100%"},
    {"0..1e12": "0.000001%", "1e12..1e12": "99.999999%"},
    {"..": "100%"},
    {"0.0s..9999999999d": "100%"},
    {"p": "1", "pp": "1", "p1.": "1"},
]


@pytest.mark.parametrize("name", [name for name in FILES if name != NO_PRICES])
def test_a_broken_workload_gets_its_message(
    name: str, llmcost_small: Run, monkeypatch: pytest.MonkeyPatch, update_golden: bool
) -> None:
    """`compare` refuses it with its place, what is wrong and how to mend it, to the letter; it never crashes."""
    monkeypatch.chdir(FILES[name].parent)
    assert_refused(llmcost_small("compare", f"{name}.yaml"), FILES[name], update_golden)


@pytest.mark.parametrize("name", [NO_PRICES, "several-problems"])
def test_a_caller_of_the_library_gets_the_message(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever reads a workload gets the message of the program, harmless and with its remedy."""
    monkeypatch.chdir(FILES[name].parent)
    with pytest.raises(FileProblems) as refused:
        read_workload(f"{name}.yaml")
    told = Ran(2, "", f"{refused.value.message}\nllmcost: {refused.value.summary}\n")
    assert_refused(told, FILES[name], update_golden=False)


def test_every_broken_workload_has_its_message() -> None:
    """No workload is without a message, and no message without a workload."""
    assert len(FILES) > 50
    assert_paired(BROKEN)


def test_the_workload_these_tests_break_is_sound() -> None:
    """The faults are the tests' own."""
    workload = read(SOUND)
    assert workload is not None
    assert workload.groups[0].name == "chat"
    assert workload.groups[0].requests == 900_000
    assert [group.content is None for group in workload.groups] == [True, False, False, False]
    assert [group.growth for group in workload.groups] == [
        Fraction(1, 20),
        Fraction(-1, 50),
        Fraction(1, 20),
        Fraction(1, 20),
    ]
    assert workload.peak_to_mean == 4


def test_every_key_is_among_what_these_tests_break() -> None:
    """A key that is added to the reader is broken here too; an offer and a task need prices, and have other tests."""
    classes: list[dict[str, Any]] = SOUND["classes"]
    assert set(SOUND) == set(TOP_KEYS)
    assert {key for each in classes for key in each} == {*CLASS_KEYS} - {"offer", "task"}
    assert set(classes[0]["hours"][0]) == set(HOURS_KEYS)
    assert set(classes[1]["images"]) == set(IMAGE_KEYS)
    assert set(classes[1]["video"]) == set(VIDEO_KEYS)
    assert set(classes[3]["conversation"]) == set(TALK_KEYS)


@pytest.mark.parametrize("number", range(len(STRANGE)), ids=lambda number: repr(STRANGE[number])[:30])
def test_every_value_may_be_of_the_wrong_type(number: int) -> None:
    """A strange value at any place of a workload is taken or refused, never a crash."""
    strange = STRANGE[number]
    crashed: list[str] = []
    refused = 0
    for path in checkered(list(paths(SOUND)), number):
        try:
            plain, place = alone(path)
            refused += read(replaced(plain, place, strange)) is None
        except Exception as bug:
            crashed.append(f"{'.'.join(map(str, path))}: {type(bug).__name__}: {bug}"[:200])
    assert crashed == []
    assert refused


@pytest.mark.parametrize(
    ("number", "key"),
    [(number, key) for number, each in enumerate(SOUND["classes"]) for key in each],
)
def test_an_optional_key_left_empty_is_left_out_or_refused(number: int, key: str) -> None:
    """A key with nothing behind it says nothing: it is as if left out, or the file is refused."""
    one = SOUND["classes"][number]
    left_out = {name: value for name, value in one.items() if name != key}
    empty = read({**SOUND, "classes": [{**one, key: None}]})
    if empty is not None:
        assert empty == read({**SOUND, "classes": [left_out]})


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("video", None),
        ("pause", None),
        ("input_text", None),
        ("reusable", None),
        ("growth", None),
        ("images", {"count": None}),
    ],
)
def test_content_left_empty_is_refused(key: str, value: Any) -> None:
    """A key of content with nothing behind it is not taken for nothing sent."""
    assert read(replaced(SOUND, ("classes", 1, key), value)) is None


def test_hours_that_are_never_are_refused() -> None:
    """A class whose hours hold no hour at all would cost nothing; it is refused."""
    assert read(replaced(SOUND, ("classes", 0, "hours"), [])) is None


@pytest.mark.parametrize(
    "raw", [b"", b"\n", b"\xff\xfe", b"\0", b"[", b"a: *b", b"- " * 20_000, b"x" * (6 * 1024 * 1024)]
)
def test_any_input_from_a_pipe_is_read_or_refused(raw: bytes) -> None:
    """What comes from a pipe is read as strictly as a file."""
    with pytest.raises(FileProblems) as refused:
        read_workload("-", raw)
    assert refused.value.problems[0].file == "<stdin>"


def test_a_flag_that_cannot_mean_one_class_is_refused() -> None:
    """With several classes, a number of requests on the command line has no place to go."""
    twice = {**SOUND, "classes": SOUND["classes"][:1] * 2}
    with pytest.raises(FileProblems, match="--requests cannot say which of the 2 classes it means"):
        read_workload("-", json.dumps(twice).encode(), {"requests": "1M"})


@given(st.data())
@examples(2)
def test_a_workload_with_random_faults_is_sound_or_has_messages(data: st.DataObject) -> None:
    """Whatever is replaced in a sound workload, it is sound or each of its problems has a message."""
    plain: Any = {**SOUND, "classes": [data.draw(st.sampled_from(SOUND["classes"]))]}
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(list(paths(plain))))
        plain = replaced(plain, path, data.draw(st.sampled_from(STRANGE) | st.text(max_size=12)))
    read(plain)


FIXED = """\
kind: workload
name: support
classes:
  - name: chat
    requests: 1k
    input_tokens: 10
"""


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (
            ["offer: exampel-small"],
            """\
work.yaml:7:12: unknown model "exampel-small"
  7 |     offer: exampel-small
    |            ^^^^^^^^^^^^^
  did you mean: example-small, example-large-2026? 11 models known; list them with `llmcost models`
""",
        ),
        (
            ["offer: night-cloud/*"],
            """\
work.yaml:7:12: a class goes to one offer, and this is a pattern
  7 |     offer: night-cloud/*
    |            ^^^^^^^^^^^^^
  name one, such as seller/model
""",
        ),
        (
            ["offer: example-large+flex"],
            """\
work.yaml:7:12: no source states flex terms of example-ai/example-large-2026@global, so whether they are sold is not known
  7 |     offer: example-large+flex
    |            ^^^^^^^^^^^^^^^^^^
  stated are +batch; a price of your own goes into a price sheet
""",
        ),
        (
            ["offer: example-large@eu"],
            """\
work.yaml:7:12: example-ai/example-large-2026 is not sold at eu
  7 |     offer: example-large@eu
    |            ^^^^^^^^^^^^^^^^
  places: global
""",
        ),
        (
            ["offer: example-large", "audio_seconds: 60"],
            """\
work.yaml:8:5: example-ai/example-large-2026@global does not take audio input
  8 |     audio_seconds: 60
    |     ^^^^^^^^^^^^^
  it takes text, image; leave this out, or name another
""",
        ),
        (
            ["offer: example-large", "video: {seconds: 60}"],
            """\
work.yaml:8:5: example-ai/example-large-2026@global does not take video input
  8 |     video: {seconds: 60}
    |     ^^^^^
  it takes text, image; leave this out, or name another
""",
        ),
        (
            ["offer: example-large", "audio_out_seconds: 5"],
            """\
work.yaml:8:5: example-ai/example-large-2026@global does not produce audio
  8 |     audio_out_seconds: 5
    |     ^^^^^^^^^^^^^^^^^
  it makes text; leave this out, or name another
""",
        ),
        (
            ["offer: night-ears", "images: {count: 1, size: 10x10}"],
            """\
work.yaml:8:5: night-cloud/night-ears@cn does not take image input
  8 |     images: {count: 1, size: 10x10}
    |     ^^^^^^
  it takes audio; leave this out, or name another
""",
        ),
    ],
)
def test_an_offer_that_cannot_be_meant_gets_its_message(
    lines: list[str], message: str, llmcost_small: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A class that is fixed to an offer there is not, or that does not take what it holds, is refused at its place."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "work.yaml").write_text(FIXED + "".join(f"    {line}\n" for line in lines), encoding="utf-8")
    ran = llmcost_small("compare", "work.yaml")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == f"{message}llmcost: 1 problem in 1 file\n"


def one_class(**keys: Any) -> dict[str, Any]:
    """A workload of one class."""
    return {"kind": "workload", "classes": [{"name": "chat", **keys}]}


def classes(number: int, **keys: Any) -> dict[str, Any]:
    """A workload of so many classes that differ by name only."""
    return {"kind": "workload", "classes": [{"name": str(each), **keys} for each in range(number)]}


def listed(number: int) -> list[str]:
    """Sizes that are all different, the larger half beyond the second decimal."""
    return [str(each) if each % 2 else f"{each}.0001" for each in range(1, number + 1)]


def bins(number: int) -> dict[str, str]:
    """Bins of equal shares."""
    return {f"{each}..{each + 1}": f"{100 / number:g}%" for each in range(number)}


TALK = {"turns": "10000", "system": "1e12", "user": "0.000000000001", "output": "333.333333", "reasoning": "33.3333%"}


def kinds_of(catalogue: Catalogue) -> list[Offer]:
    """One offer of each kind of cache and tiers, on which the work on a workload depends."""
    sold = [offer for offer in catalogue.offers() if offer.history.sold(ON)]
    return list({(offer.cache, tuple(offer.history.on(ON).edges)): offer for offer in sold}.values())


@pytest.mark.parametrize(
    ("plain", "sound"),
    [
        (one_class(requests="1", input_tokens=listed(10_000)), True),
        (one_class(requests="1", input_tokens=listed(100_000)), False),
        (one_class(requests="1", input_tokens=bins(1000)), True),
        (one_class(requests="1", input_tokens=bins(2000)), False),
        (one_class(requests="1", input_tokens={f"p{each / 1000:g}": "9" for each in range(1, 99_000)}), False),
        (one_class(requests="1", input_tokens={f"p{each}": str(each) for each in range(1, 100)}), True),
        (one_class(requests="1e12", input_tokens="1e12", output_tokens="1e12", cache_hit_rate="0.000001%"), True),
        (one_class(requests="1e12", input_tokens={"p50": "1e-12", "p95": "1"}), True),
        (one_class(requests="1e12", input_tokens={"p50": "1", "p50.001": "1.02", "max": "1e12"}), True),
        (one_class(requests="1", images={"count": "1e12", "size": "1000000x1000000"}), True),
        (one_class(requests="1", video={"seconds": "1e12", "size": "1x1000000", "fps": "1e12"}), True),
        (one_class(sessions="1e12", conversation=TALK), True),
        (one_class(sessions="1", conversation={**TALK, "system": "1", "compact_at": "4000.5"}), True),
        (one_class(sessions="1", conversation={**TALK, "turns": "10001"}), False),
        (one_class(sessions="1", conversation={**TALK, "pause": [f"{each}s" for each in range(1, 10_000)]}), True),
        (classes(1000, requests="1.000001 / day", input_tokens="3.333333"), True),
        (classes(1001, requests="1", input_tokens="1"), False),
        (classes(3, sessions="1", conversation=TALK), False),
        (classes(3, requests="1", input_tokens=listed(9000)), False),
        (one_class(requests="1", input_tokens="1", hours=[{"from": "08:00", "to": "18:00"}] * 101), False),
        (one_class(requests="1", input_tokens="1", **{f"k{each}": "1" for each in range(9000)}), False),
        (one_class(requests="1", input_tokens="1", options={f"k{each}": "1" for each in range(200_000)}), False),
    ],
    ids=lambda value: json.dumps(value)[46:100],
)
def test_no_value_makes_it_run_for_long(plain: Any, sound: bool, small: Catalogue) -> None:
    """The largest values a workload may hold are read, and quoted on every kind of offer, in seconds; larger are refused.

    The seconds are those of this process, so that a busy machine changes nothing.
    """
    begin = time.process_time()
    workload = read(plain)
    assert (workload is not None) == sound
    if workload is not None:
        for offer in kinds_of(small):
            quote(offer, workload, ON)
    assert time.process_time() - begin < 20
