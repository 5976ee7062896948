"""Names of columns: what is nearly one that is read is told, as what it says would be lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Run

from llmcost.errors import LlmcostError
from llmcost.usage.column_names import COUNTS, near_miss
from llmcost.usage.read import read_usage

ROW = "2026-11-01T09:00:00Z,m,100,20,7\n"


def used(tmp_path: Path, column: str) -> Path:
    """A CSV of our own with one column more."""
    (path := tmp_path / "used.csv").write_text(
        f"period_start,model,input_uncached_tokens,output_tokens,{column}\n{ROW}", encoding="utf-8"
    )
    return path


@pytest.mark.parametrize(
    ("column", "meant"),
    [
        ("reasoning_token", "reasoning_tokens"),
        ("cached_read_tokens", "cache_read_tokens"),
        ("cache_write_30m_tokens", "cache_write_5m_tokens"),  # how long is not known here
        ("Cache Read Tokens", "cache_read_tokens"),
        ("request", "requests"),
        ("Provider", "provider"),
        ("\x1b[31mcache_read_tokens", "cache_read_tokens"),  # as a log that was copied from a terminal has it
    ],
)
def test_a_slip_in_the_name_of_a_column_is_told(column: str, meant: str, tmp_path: Path) -> None:
    """Its counts would be priced as if there were none."""
    with pytest.raises(LlmcostError) as caught:
        read_usage(used(tmp_path, column))
    assert str(caught.value).endswith(f"used.csv: its column {column} is not known")
    assert f"call it {meant} if it is that, or leave it out" in (caught.value.remedy or "")


@pytest.mark.parametrize("column", ["team", "total_tokens", "user_id", "notes", "video_output_tokens"])
def test_columns_of_other_things_are_passed_over(column: str, tmp_path: Path) -> None:
    """A table may hold more than is read."""
    assert read_usage(used(tmp_path, column)).records[0].input == 100


def test_a_count_has_each_of_its_names_in_own_csv(tmp_path: Path) -> None:
    """As in tables that an engine reads, so that one file gives one answer."""
    (record,) = read_usage(used(tmp_path, "cached_tokens")).records
    assert (record.cache_read, record.input) == (7, 107)


def test_what_stands_beside_the_name_that_is_meant_is_no_slip() -> None:
    """Nothing is lost where the count is there."""
    assert near_miss(["output_tokens", "reasoning_tokens", "reasoning_token"], COUNTS) is None
    assert near_miss(["reasoning_token"], COUNTS) == ("reasoning_token", "reasoning_tokens")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_an_engine_tells_slips_too(tmp_path: Path, llmcost: Run) -> None:
    """A table of DuckDB's is read by the same names."""
    ran = llmcost("usage", str(used(tmp_path, "cache_read_tokns")), "--engine", "duckdb")
    assert (ran.code, ran.out) == (2, "")
    assert (
        "has a column cache_read_tokns, which is not known\n  call it cache_read_tokens if it is that, or leave it out"
        in ran.err
    )


def test_what_says_the_contrary_or_is_read_is_no_slip() -> None:
    """Nobody is told to call fresh tokens cached ones, or OpenTelemetry's own columns something else."""
    assert near_miss(["input_tokens", "uncached_tokens"], COUNTS) is None
    assert near_miss(["reasoning_token"], COUNTS, read=["reasoning_token"]) is None


def test_a_name_that_says_nothing_hides_no_other(tmp_path: Path) -> None:
    """A count by an empty column and by another of its names."""
    (path := tmp_path / "used.csv").write_text(
        "period_start,model,input_uncached_tokens,output_tokens,cache_read_tokens,cached_tokens\n"
        "2026-11-01T09:00:00Z,m,100,20,,7\n",
        encoding="utf-8",
    )
    assert [record.cache_read for record in read_usage(path).records] == [7]
