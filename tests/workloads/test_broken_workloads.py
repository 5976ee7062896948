"""The smallest broken workload file for every mistake a person can make, each with the message it gets, to the letter."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import Ran
from hypothesis import given, settings
from hypothesis import strategies as st

from llmcost.core.workload import Workload
from llmcost.errors import FileProblems
from llmcost.workloads.file import read_workload

BROKEN = Path(__file__).parent.parent / "broken_workloads"
NAMES = sorted(path.stem for path in BROKEN.glob("*.yaml"))
SOUND: dict[str, Any] = {
    "kind": "workload",
    "name": "support",
    "classes": [
        {
            "name": "chat",
            "requests": "900k / month",
            "input_tokens": "2000",
            "output_tokens": "500",
            "cache_read": "40%",
            "audio_in": "10%",
            "web_searches": "0.1",
            "terms": {"batch": "30%"},
            "options": {"search_context": "high"},
            "mode": "thinking",
            "cache": "explicit",
            "hours": [{"weekdays": "mon-fri", "from": "08:00", "to": "18:00", "timezone": "Europe/Berlin"}],
        }
    ],
}
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
]


def read(plain: Any) -> Workload | None:
    """A workload from data; None when it has problems, each with a message."""
    raw = json.dumps(plain, ensure_ascii=False).encode("utf-8", "replace").replace(b": null", b": ")
    try:
        return read_workload("-", raw)
    except FileProblems as refused:
        assert refused.problems
        for problem in refused.problems:
            assert problem.message.strip()
            assert problem.render().startswith("<stdin>")
        return None


def paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in nested data."""
    yield path
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in children:
        yield from paths(item, (*path, key))


def replaced(plain: Any, path: tuple[Any, ...], value: Any) -> Any:
    """A copy of nested data with another value at one place."""
    if not path:
        return value
    if isinstance(plain, dict):
        return {key: replaced(item, path[1:], value) if key == path[0] else item for key, item in plain.items()}
    return [replaced(item, path[1:], value) if index == path[0] else item for index, item in enumerate(plain)]


@pytest.mark.parametrize("name", NAMES)
def test_a_broken_workload_gets_its_message(name: str, update_golden: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """A broken workload is refused with its place, what is wrong, and how to mend it, exactly as written down."""
    monkeypatch.chdir(BROKEN)
    with pytest.raises(FileProblems) as refused:
        read_workload(f"{name}.yaml")
    message = f"{refused.value.message}\nllmcost: {refused.value.summary}\n"
    expected = BROKEN / f"{name}.txt"
    if update_golden:
        expected.write_text(message, encoding="utf-8")
    assert message == expected.read_text(encoding="utf-8")


def test_every_broken_workload_has_its_message() -> None:
    """No workload is without a message, and no message without a workload."""
    assert len(NAMES) > 50
    assert sorted(path.stem for path in BROKEN.glob("*.txt")) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_message_is_harmless_and_has_a_remedy(name: str) -> None:
    """Each message names its file, says how to mend it, and holds no control or direction character."""
    lines = (BROKEN / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith(f"{name}.yaml:")
    assert lines[-2].startswith("  ")
    assert "^" not in lines[-2]
    assert all(sign.isprintable() for line in lines for sign in line)


@pytest.mark.parametrize("name", ["several-problems", "tokens-with-commas"])
def test_compare_prints_these_messages(
    name: str, llmcost_small: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`compare` prints the message on stderr, nothing on stdout, and ends with 2."""
    monkeypatch.chdir(BROKEN)
    ran = llmcost_small("compare", f"{name}.yaml")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (BROKEN / f"{name}.txt").read_text(encoding="utf-8")


def test_the_workload_these_tests_break_is_sound() -> None:
    """The faults are the tests' own."""
    workload = read(SOUND)
    assert workload is not None
    assert workload.groups[0].name == "chat"
    assert workload.groups[0].requests == 900_000


@pytest.mark.parametrize("strange", STRANGE, ids=lambda value: repr(value)[:30])
def test_every_value_may_be_of_the_wrong_type(strange: Any) -> None:
    """A strange value at any place of a workload is taken or refused, never a crash."""
    crashed: list[str] = []
    refused = 0
    for path in paths(SOUND):
        try:
            refused += read(replaced(SOUND, path, strange)) is None
        except Exception as bug:
            crashed.append(f"{'.'.join(map(str, path))}: {type(bug).__name__}: {bug}"[:200])
    assert crashed == []
    assert refused


@pytest.mark.parametrize("key", ["name", "mode", "cache", "terms", "options", "hours", "cache_read"])
def test_an_optional_key_left_empty_is_left_out_or_refused(key: str) -> None:
    """A key with nothing behind it says nothing: it is as if left out, or the file is refused."""
    left_out = {name: value for name, value in SOUND["classes"][0].items() if name != key}
    empty = read(replaced(SOUND, ("classes", 0, key), None))
    if empty is not None:
        assert empty == read({**SOUND, "classes": [left_out]})


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
    twice = {**SOUND, "classes": SOUND["classes"] * 2}
    with pytest.raises(FileProblems, match="--requests cannot say which of the 2 classes it means"):
        read_workload("-", json.dumps(twice).encode(), {"requests": "1M"})


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_a_workload_with_random_faults_is_sound_or_has_messages(data: st.DataObject) -> None:
    """Whatever is replaced in a sound workload, it is sound or each of its problems has a message."""
    plain: Any = SOUND
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(list(paths(plain))))
        plain = replaced(plain, path, data.draw(st.sampled_from(STRANGE) | st.text(max_size=12)))
    read(plain)
