"""Inclusive counts into disjoint meters: tables worked by hand, and counts that cannot be."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

import pytest

from llmcost import LlmcostError, Usage
from llmcost.core.values.meters import TOKEN_METERS
from llmcost.errors import UsageError


class Case(NamedTuple):
    name: str
    usage: dict[str, Any]
    meters: dict[str, Any]


SPLITS = [
    Case("plain", {"input_tokens": 1000, "output_tokens": 200}, {"input": 1000, "output": 200}),
    Case("nothing", {}, {}),
    Case(
        "cached tokens are inside the input",
        {"input_tokens": 1000, "cache_read_input_tokens": 300, "cache_creation_input_tokens": 200},
        {"input": 1000 - 300 - 200, "cache_read": 300, "cache_write": 200},
    ),
    Case(
        "the 1h write is inside the write",
        {"input_tokens": 1000, "cache_creation_input_tokens": 200, "cache_creation_1h_input_tokens": 150},
        {"input": 1000 - 200, "cache_write": 200 - 150, "cache_write_1h": 150},
    ),
    Case(
        "a write that is all for 1h leaves no ordinary write",
        {"input_tokens": 200, "cache_creation_input_tokens": 200, "cache_creation_1h_input_tokens": 200},
        {"cache_write_1h": 200},
    ),
    Case(
        "what is kept for an hour and for twelve is inside the write",
        {
            "input_tokens": 1000,
            "cache_creation_input_tokens": 200,
            "cache_creation_1h_input_tokens": 120,
            "cache_creation_12h_input_tokens": 50,
        },
        {"input": 1000 - 200, "cache_write": 200 - 120 - 50, "cache_write_1h": 120, "cache_write_12h": 50},
    ),
    Case(
        "everything cached leaves no input",
        {"input_tokens": 500, "cache_read_input_tokens": 400, "cache_creation_input_tokens": 100},
        {"cache_read": 400, "cache_write": 100},
    ),
    Case(
        "modalities are inside the input",
        {"input_tokens": 1000, "audio_input_tokens": 100, "image_input_tokens": 250, "video_input_tokens": 50},
        {"input": 1000 - 100 - 250 - 50, "audio_input": 100, "image_input": 250, "video_input": 50},
    ),
    Case(
        "reasoning and audio are inside the output",
        {"output_tokens": 900, "reasoning_output_tokens": 500, "audio_output_tokens": 300},
        {"output": 900 - 500 - 300, "reasoning": 500, "audio_output": 300},
    ),
    Case(
        "images and video that are made are inside the output",
        {"output_tokens": 900, "image_output_tokens": 600, "video_output_tokens": 300},
        {"image_output": 600, "video_output": 300},
    ),
    Case(
        # 1000 input: 300 image of which 50 cached; 200 cached of which 50 image; so text is 1000 - 300 - (200 - 50)
        "a stated overlap fills the table",
        {
            "input_tokens": 1000,
            "cache_read_input_tokens": 200,
            "image_input_tokens": 300,
            "cache_read_image_input_tokens": 50,
        },
        {"input": 1000 - 300 - 150, "cache_read": 200 - 50, "image_input": 300 - 50, "image_cache_read": 50},
    ),
    Case(
        "an overlap stated to be nothing fills it too",
        {
            "input_tokens": 1000,
            "cache_read_input_tokens": 200,
            "audio_input_tokens": 300,
            "cache_read_audio_input_tokens": 0,
        },
        {"input": 1000 - 200 - 300, "cache_read": 200, "audio_input": 300},
    ),
    Case(
        # audio 30 of which 10 cached, video 40 of which 15 cached; 100 cached in all, so 75 of text
        "two stated overlaps",
        {
            "input_tokens": 200,
            "cache_read_input_tokens": 100,
            "audio_input_tokens": 30,
            "video_input_tokens": 40,
            "cache_read_audio_input_tokens": 10,
            "cache_read_video_input_tokens": 15,
        },
        {
            "input": 200 - 30 - 40 - 75,
            "cache_read": 100 - 10 - 15,
            "audio_input": 30 - 10,
            "audio_cache_read": 10,
            "video_input": 40 - 15,
            "video_cache_read": 15,
        },
    ),
    Case(
        "input of one kind alone leaves nothing open",
        {"input_tokens": 100, "audio_input_tokens": 100, "cache_read_input_tokens": 60},
        {"audio_input": 100 - 60, "audio_cache_read": 60},
    ),
    Case(
        "input that is all cached leaves nothing open",
        {"input_tokens": 100, "image_input_tokens": 40, "cache_read_input_tokens": 100},
        {"cache_read": 100 - 40, "image_cache_read": 40},
    ),
    Case(
        "input that is all written leaves nothing open",
        {"input_tokens": 100, "video_input_tokens": 40, "cache_creation_input_tokens": 100},
        {"cache_write": 100 - 40, "video_cache_write": 40},
    ),
    Case(
        "what is not tokens is a meter of its own",
        {"input_tokens": 10, "counts": {"web_searches": 2, "audio_seconds": 90, "pages": 0}},
        {"input": 10, "web_searches": 2, "audio_seconds": 90},
    ),
    Case(
        "counts may be fractions and decimals",
        {"input_tokens": Fraction(1, 3), "output_tokens": Decimal("2.5")},
        {"input": Fraction(1, 3), "output": Fraction(5, 2)},
    ),
]


@pytest.mark.parametrize("case", SPLITS, ids=lambda case: case.name)
def test_split_by_hand(case: Case) -> None:
    """Counts that contain one another become meters that do not."""
    split = Usage(**case.usage).split
    assert split.meters == case.meters
    assert split.overlap is None


OVERLAPS = [
    Case(
        "cached and image",
        {"input_tokens": 100, "cache_read_input_tokens": 40, "image_input_tokens": 30},
        {"rows": {"": 70, "image_": 30}, "columns": {"input": 60, "cache_read": 40}, "meters": {}},
    ),
    Case(
        "written, written for 1h and audio",
        {
            "input_tokens": 100,
            "cache_creation_input_tokens": 40,
            "cache_creation_1h_input_tokens": 10,
            "audio_input_tokens": 30,
        },
        {
            "rows": {"": 70, "audio_": 30},
            "columns": {"input": 60, "cache_write": 30, "cache_write_1h": 10},
            "meters": {},
        },
    ),
    Case(
        # the cached image tokens are known, how the other 35 cached ones fall on text and audio is not
        "one overlap stated, one not",
        {
            "input_tokens": 100,
            "cache_read_input_tokens": 40,
            "image_input_tokens": 30,
            "audio_input_tokens": 20,
            "cache_read_image_input_tokens": 5,
        },
        {
            "rows": {"": 50, "audio_": 20},
            "columns": {"input": 60 - 25, "cache_read": 40 - 5},
            "meters": {"image_cache_read": 5, "image_input": 30 - 5},
        },
    ),
]


@pytest.mark.parametrize("case", OVERLAPS, ids=lambda case: case.name)
def test_what_is_not_stated_stays_open(case: Case) -> None:
    """Where cached and modality counts overlap by an unknown part, the split keeps the sums and guesses nothing."""
    split = Usage(**case.usage, output_tokens=7).split
    assert split.overlap is not None
    assert dict(split.overlap.rows) == case.meters["rows"]
    assert dict(split.overlap.columns) == case.meters["columns"]
    assert split.meters == {**case.meters["meters"], "output": 7}


@pytest.mark.parametrize("case", [*SPLITS, *OVERLAPS], ids=lambda case: case.name)
def test_every_token_is_counted_once(case: Case) -> None:
    """The meters and what is left open hold exactly the tokens of the request."""
    usage = Usage(**case.usage)
    billed = sum(count for meter, count in usage.split.meters.items() if meter in TOKEN_METERS)
    left = sum(usage.split.overlap.rows.values()) if usage.split.overlap else 0
    given = [Fraction(case.usage.get(name, 0)) for name in ("input_tokens", "output_tokens")]
    assert billed + left == sum(given)


TOO_LARGE = [
    {"input_tokens": 100, "cache_read_input_tokens": 101},
    {"input_tokens": 100, "cache_creation_input_tokens": 101},
    {"input_tokens": 100, "cache_read_input_tokens": 60, "cache_creation_input_tokens": 41},
    {"input_tokens": 100, "cache_creation_input_tokens": 20, "cache_creation_1h_input_tokens": 21},
    {"input_tokens": 100, "cache_creation_1h_input_tokens": 1},
    {
        "input_tokens": 100,
        "cache_creation_input_tokens": 20,
        "cache_creation_1h_input_tokens": 11,
        "cache_creation_12h_input_tokens": 10,
    },
    {"input_tokens": 100, "audio_input_tokens": 101},
    {"input_tokens": 100, "audio_input_tokens": 50, "image_input_tokens": 30, "video_input_tokens": 21},
    {"output_tokens": 100, "reasoning_output_tokens": 101},
    {"output_tokens": 100, "audio_output_tokens": 101},
    {"output_tokens": 100, "reasoning_output_tokens": 50, "audio_output_tokens": 51},
    {"output_tokens": 100, "image_output_tokens": 50, "video_output_tokens": 51},
    {"input_tokens": 100, "cache_read_audio_input_tokens": 1},
    {"input_tokens": 100, "cache_read_audio_input_tokens": 1, "cache_read_image_input_tokens": 0},
    {
        "input_tokens": 100,
        "cache_read_input_tokens": 10,
        "audio_input_tokens": 50,
        "cache_read_audio_input_tokens": 11,
    },
    {
        "input_tokens": 100,
        "cache_read_input_tokens": 50,
        "audio_input_tokens": 10,
        "cache_read_audio_input_tokens": 11,
    },
    {
        "input_tokens": 100,
        "cache_read_input_tokens": 10,
        "audio_input_tokens": 20,
        "image_input_tokens": 20,
        "cache_read_audio_input_tokens": 6,
        "cache_read_image_input_tokens": 5,
    },
    # all but 60 tokens are audio that is not cached, so 61 cannot be cached
    {
        "input_tokens": 100,
        "cache_read_input_tokens": 61,
        "audio_input_tokens": 40,
        "cache_read_audio_input_tokens": 0,
    },
]


@pytest.mark.parametrize("usage", TOO_LARGE, ids=str)
def test_a_part_larger_than_its_whole_is_an_error(usage: dict[str, int]) -> None:
    """A part that exceeds its whole is refused with a remedy, and never cut to fit."""
    with pytest.raises(UsageError) as caught:
        Usage(**usage)
    assert caught.value.remedy


CONTRADICTORY = [
    # one row: 60 tokens are audio that is not cached, and only 30 of all are new and 20 written
    {
        "cache_read_input_tokens": 50,
        "cache_creation_input_tokens": 20,
        "audio_input_tokens": 60,
        "image_input_tokens": 20,
        "cache_read_audio_input_tokens": 0,
    },
    # two rows: 80 tokens are audio and image, none of them cached, so at most 20 can be cached; 50 are said to be
    {
        "cache_read_input_tokens": 50,
        "cache_creation_input_tokens": 25,
        "audio_input_tokens": 40,
        "image_input_tokens": 40,
        "video_input_tokens": 10,
        "cache_read_audio_input_tokens": 0,
        "cache_read_image_input_tokens": 0,
    },
    # all rows: there is nothing but audio and image, none of it cached, and 20 tokens are said to be
    {
        "cache_read_input_tokens": 20,
        "cache_creation_input_tokens": 30,
        "audio_input_tokens": 50,
        "image_input_tokens": 50,
        "cache_read_audio_input_tokens": 0,
        "cache_read_image_input_tokens": 0,
    },
]


@pytest.mark.parametrize("usage", CONTRADICTORY, ids=["one modality", "two modalities", "all there is"])
def test_stated_parts_that_leave_no_room_are_an_error(usage: dict[str, int]) -> None:
    """Counts that no request can have are refused, even when no single one is larger than its whole."""
    with pytest.raises(UsageError, match="contradict"):
        Usage(input_tokens=100, **usage)


def test_stated_parts_that_just_fit_are_taken() -> None:
    """60 tokens of audio that are not cached fill the 40 new and the 20 written ones."""
    usage = Usage(
        input_tokens=100,
        cache_read_input_tokens=40,
        cache_creation_input_tokens=20,
        audio_input_tokens=60,
        image_input_tokens=20,
        cache_read_audio_input_tokens=0,
    )
    assert usage.split.overlap is not None


@pytest.mark.parametrize("value", [1.0, 0.5, float("nan"), "5", True, -1, Fraction(-1, 2), Decimal("NaN")])
@pytest.mark.parametrize("field", ["input_tokens", "output_tokens"])
def test_inexact_and_negative_counts_are_refused(field: str, value: Any) -> None:
    """A count is an exact number from zero up; floats, texts and negatives are refused."""
    with pytest.raises(LlmcostError):
        Usage(**{field: value})


@pytest.mark.parametrize("value", [2.0, -3])
def test_inexact_and_negative_counts_of_other_things_are_refused(value: Any) -> None:
    """What is counted beside tokens is exact and not negative either."""
    with pytest.raises(UsageError):
        Usage(counts={"web_searches": value})


@pytest.mark.parametrize("name", ["searches", "input", "requests"])
def test_unknown_counts_are_refused(name: str) -> None:
    """A count that is not a meter beside tokens is refused by name, and the number of requests is not one."""
    with pytest.raises(UsageError, match=name):
        Usage(counts={name: 1})


def test_a_count_is_never_none() -> None:
    """Only the parts of a part may be left open; a missing count is an error, not a crash."""
    with pytest.raises(UsageError, match="input_tokens is None"):
        Usage(input_tokens=None)  # type: ignore[arg-type]


def test_counted_images_may_be_taken_or_made() -> None:
    """A number of images does not say which way they go, so no offer is refused for it."""
    assert Usage(counts={"images": 2}).kinds == frozenset()
    assert Usage(counts={"audio_seconds": 2}).kinds == {("input", "audio")}
