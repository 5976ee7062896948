"""The same rows as CSV that is read row by row and as a table of an engine: one answer, and the same rows refused."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

import pytest
import yaml
from conftest import Run
from support.running import records_of

from llmcost.core.pricing.boundaries import Boundaries
from llmcost.core.workload.usage_record import UsageRecord
from llmcost.errors import LlmcostError
from llmcost.usage.engine.connections import TableSource
from llmcost.usage.engine.sources import read_tables

duckdb = pytest.importorskip("duckdb")
pytest.importorskip("ibis")
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

START = "timestamptz '2026-09-02 10:00:00+00'"
USUAL = "'m' as model, 1000 as input_uncached_tokens, 100 as output_tokens"


def table(path: Path, *rows: str) -> Path:
    """Parquet of rows, each written as what SQL selects."""
    united = " union all by name ".join(f"select {row}" for row in rows)
    duckdb.sql(f"copy ({united}) to '{path}' (format parquet)")
    return path


def read(path: Path, *, skip_bad: bool = False) -> list[UsageRecord]:
    return read_tables(TableSource([str(path)]), Boundaries(), skip_bad=skip_bad).records


@pytest.mark.parametrize(
    ("columns", "field", "value"),
    [
        ("'' as terms, 'batch' as service_tier", "terms", "batch"),  # an empty text hides no other name
        ("'' as place, 'us' as region", "place", "us"),
        ("'Default' as terms", "terms", None),
        ("'scale' as service_tier", "terms", None),  # a tier of an unknown name is the standard one
        ("'ultrafast' as terms", "terms", "ultrafast"),
        ("null as session, null as requests, null as cache_read_tokens", "session", None),  # of no kind at all
        ("date '2026-09-02' as project", "project", "2026-09-02"),  # a name that an engine takes for a day
        ("300 as cache_write_12h_tokens", "cache_write_12h", 300),
    ],
)
def test_a_table_says_what_csv_says(columns: str, field: str, value: object, tmp_path: Path) -> None:
    """Terms, places and names, however empty."""
    path = table(tmp_path / "used.parquet", f"{START} as period_start, {USUAL}, {columns}")
    found = read_tables(TableSource([str(path)]), Boundaries(), keys=("session", "project")).records
    assert [getattr(record, field) for record in found] == [value]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("'Batches' as terms", "or terms are none of standard, batch, flex, priority, fast, ultrafast"),
        ("3000 as audio_input_tokens", "less than its part"),
        ("2000 as image_output_tokens", "less than its part"),
        ("'nan'::double as cache_read_tokens", "no whole number"),
        ("1.5 as cache_read_tokens", "no whole number"),
    ],
)
def test_a_row_that_csv_refuses_is_refused(wrong: str, said: str, tmp_path: Path) -> None:
    """By itself, and beside a row that is sound, which alone counts with --skip-bad."""
    sound = f"{START} as period_start, {USUAL}"
    path = table(tmp_path / "used.parquet", sound, f"{sound}, {wrong}")
    with pytest.raises(LlmcostError) as caught:
        read(path)
    assert said in (caught.value.remedy or "")
    assert [record.input for record in read(path, skip_bad=True)] == [1000]


@pytest.mark.parametrize("at", ["2026-02-30T10:00:00Z", "2026-11-31T10:00:00Z", "2026-11-02T02:00:00+99:00"])
def test_a_moment_that_never_is_stops_no_table(at: str, tmp_path: Path) -> None:
    """It is a bad row as any other."""
    rows = [f"'{moment}' as period_start, {USUAL}" for moment in ("2028-02-29T10:00:00Z", at)]
    path = table(tmp_path / "used.parquet", *rows)
    with pytest.raises(LlmcostError, match="1 row cannot be read, the first is row 2"):
        read(path)
    (record,) = read(path, skip_bad=True)
    assert record.start == datetime(2028, 2, 29, 10, tzinfo=timezone.utc)


def test_a_row_without_a_name_stretches_no_span(tmp_path: Path) -> None:
    """A month is scaled by the days of what counts."""
    rows = [f"timestamptz '2026-09-0{day} 10:00:00+00' as period_start, {USUAL}" for day in (2, 4)]
    early = f"timestamptz '2025-09-02 10:00:00+00' as period_start, {USUAL.replace(chr(39) + 'm' + chr(39), 'chr(10)')}"
    path = table(tmp_path / "used.parquet", *rows, early)
    span = read_tables(TableSource([str(path)]), Boundaries(), skip_bad=True).span
    assert span is not None
    assert [moment.date().isoformat() for moment in span] == ["2026-09-02", "2026-09-04"]


def test_the_busiest_hour_is_the_same_by_an_engine(llmcost_small: Run, tmp_path: Path) -> None:
    """A request an hour is no peak; servers are sized by it."""
    rows = "".join(f"2026-09-0{1 + hour // 24}T{hour % 24:02}:00:00Z,example-small,100,10\n" for hour in range(72))
    (path := tmp_path / "used.csv").write_text(
        f"period_start,model,input_uncached_tokens,output_tokens\n{rows}", encoding="utf-8"
    )
    for engine in ((), ("--engine", "duckdb")):
        text = llmcost_small("usage", str(path), "-f", "workload", *engine).out
        assert yaml.safe_load(text)["load"] == {"peak_to_mean": 1}, engine


def test_a_folder_says_which_files_it_is_not_read_for(llmcost_small: Run, tmp_path: Path) -> None:
    """Parquet, logs of anything and folders behind links are named; others are read."""
    (folder := tmp_path / "folder").mkdir()
    (away := tmp_path / "away").mkdir()
    text = "period_start,model,input_uncached_tokens,output_tokens\n2026-09-02T10:00:00Z,example-small,100,10\n"
    for name in ("a.csv", "b.log", "d.PARQUET"):
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "e.ndjson").write_text(
        '{"period_start": "2026-09-02T10:00:00Z", "model": "example-small", "input_uncached_tokens": 5, '
        '"output_tokens": 1}\n',
        encoding="utf-8",
    )
    (folder / "link").symlink_to(away)
    ran = llmcost_small("usage", str(folder), "-f", "csv")
    assert [row["input_uncached"] for row in records_of(ran.out)] == ["105"]
    assert "are read where named, and not in a folder" in ran.err
    assert llmcost_small("usage", str(folder / "b.log"), "-f", "csv").code == 0


@pytest.mark.parametrize("parts", [("0", "0", "1"), ("0",) * 200 + ("1",)])
def test_a_part_of_less_than_a_token_is_a_share(parts: tuple[str, ...], llmcost_small: Run, tmp_path: Path) -> None:
    """A workload of usage is read again, whatever its means."""
    rows = "".join(f"2026-09-02T10:00:00Z,example-small,1000,50,{thought}\n" for thought in parts)
    (path := tmp_path / "used.csv").write_text(
        f"period_start,model,input_uncached_tokens,output_tokens,reasoning_tokens\n{rows}", encoding="utf-8"
    )
    made = tmp_path / "made.yaml"
    assert llmcost_small("usage", str(path), "-o", str(made)).code == 0
    assert yaml.safe_load(made.read_text(encoding="utf-8"))["classes"][0]["reasoning"].endswith("%")
    ran = llmcost_small("compare", str(made), "-m", "example-small")
    assert ran.code == 0, ran.err


def test_files_of_a_folder_that_cannot_be_read_are_told_as_such(llmcost_small: Run, tmp_path: Path) -> None:
    """With --skip-bad they are left out, by what is wrong with them; without it they stop it."""
    text = "period_start,model,input_uncached_tokens,output_tokens\n2026-09-02T10:00:00Z,example-small,100,10\n"
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    (tmp_path / "b.csv.gz").write_bytes(b"\x1f\x8b\x08\x00cut")
    ran = llmcost_small("usage", str(tmp_path), "--skip-bad", "-f", "csv")
    assert (ran.code, records_of(ran.out)[0]["input_uncached"]) == (0, "100")
    assert "b.csv.gz cannot be unpacked: it is cut or damaged: left out" in ran.err
    assert llmcost_small("usage", str(tmp_path)).code == 2


@pytest.mark.parametrize("engine", [(), ("--engine", "duckdb")])
def test_what_zstd_packed_is_read(engine: tuple[str, ...], llmcost_small: Run, tmp_path: Path) -> None:
    """By itself and by an engine; what is cut is told."""
    duckdb.sql(
        "copy (select '2026-09-02T10:00:00Z' as period_start, 'example-small' as model, 100 as input_uncached_tokens,"
        f" 10 as output_tokens) to '{tmp_path / 'a.csv.zst'}' (format csv, header, compression zstd)"
    )
    (path := tmp_path / "a.csv.zst").read_bytes()
    assert records_of(llmcost_small("usage", str(path), "-f", "csv", *engine).out)[0]["input_uncached"] == "100"
    path.write_bytes(path.read_bytes()[:-7])
    ran = llmcost_small("usage", str(path), *engine)
    assert (ran.code, ran.out) == (2, "")
