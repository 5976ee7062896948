"""The careful reader of JSON: whatever a file holds or is, it ends with data or a message, in bounded time and memory."""

from __future__ import annotations

import os
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from llmcost import LlmcostError
from llmcost.files.json import count_of, number_of, parse_json, read_json


def read(path: Path | str, most: int = 1000) -> Any:
    return read_json(Path(path), "it.json", most, "give another")


def test_a_file_is_read_exactly(tmp_path: Path) -> None:
    """Whole numbers stay whole and decimals keep every digit; a byte order mark is passed over."""
    file = tmp_path / "x.json"
    file.write_bytes(b'\xef\xbb\xbf{"a": [1, 0.1, 1e3], "b": "1.50"}')
    assert read(file) == {"a": [1, Decimal("0.1"), Decimal(1000)], "b": "1.50"}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "it.json is not JSON"),
        (b"{", "it.json is not JSON"),
        (b"\xff\xfe", "it.json is not JSON"),
        (b"[" * 900, "it.json is not JSON"),
        (b"9" * 41, "a number of 41 characters is too long"),
        (b"0." + b"1" * 400, "a number of 402 characters is too long"),
        (b"1e99999999999999999999", "the number 1e99999999999999999999 is out of range"),
        (b" " * 1001, "it is larger than 0 MB"),
    ],
)
def test_what_is_no_json_is_said(tmp_path: Path, content: bytes, message: str) -> None:
    """Broken, endless and oversized files end with a message that names the file, and a remedy."""
    file = tmp_path / "x.json"
    file.write_bytes(content)
    with pytest.raises(LlmcostError) as refused:
        read(file)
    assert message in refused.value.message
    assert "it.json" in refused.value.message
    assert refused.value.remedy == "give another"


def test_deep_nesting_is_refused() -> None:
    """Nesting that no stack holds is a message."""
    with pytest.raises(ValueError, match="nested too deeply"):
        parse_json("[" * 200_000)


@pytest.mark.skipif(os.name == "nt", reason="pipes and devices are files elsewhere")
def test_only_regular_files_are_read(tmp_path: Path) -> None:
    """A pipe that nobody writes to, an endless device, a folder and a name with a null end at once."""
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", "/dev/zero", tmp_path, tmp_path / "none", "a\0b"):
        with pytest.raises(LlmcostError, match=r"cannot read it\.json"):
            read(path)


@pytest.mark.parametrize(
    ("text", "count", "number"),
    [
        ("0", 0, Decimal(0)),
        ("12", 12, Decimal(12)),
        ("1.5", None, Decimal("1.5")),
        ("1e-6", None, Decimal("1e-6")),
        ("5e-324", None, None),
        ("1000000000000", 10**12, Decimal(10**12)),
        ("1000000000001", None, None),
        ("1e300", None, None),
        ("-1", None, None),
        ("NaN", None, None),
        ("Infinity", None, None),
        ("true", None, None),
        ("null", None, None),
        ('"12"', None, None),
        ("[12]", None, None),
    ],
)
def test_numbers_are_taken_within_bounds(text: str, count: int | None, number: Decimal | None) -> None:
    """A count is whole, a number is exact, both are finite, not negative and of a size that figures have."""
    assert (count_of(parse_json(text)), number_of(parse_json(text))) == (count, number)
