"""Spark adds up to the same groups as DuckDB, to the last integer, where Spark and Java are installed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from llmcost.api.usage.pricer import UsagePricer
from llmcost.core.pricing.boundaries import Boundaries
from llmcost.core.workload.usage_record import UsageRecord
from llmcost.errors import LlmcostError
from llmcost.sheets.load import load_prices
from llmcost.usage.engine.connections import TableSource
from llmcost.usage.engine.sources import read_tables

duckdb = pytest.importorskip("duckdb")
pytest.importorskip("ibis")
pytest.importorskip("pyspark")
pytestmark = [
    pytest.mark.skipif(shutil.which("java") is None, reason="Java is not installed"),
    pytest.mark.filterwarnings("ignore"),
    pytest.mark.network,
]

ROWS = """\
select timestamp '2026-10-01' + interval (cast(hash(i, 1) % (40 * 86400) as int)) second as period_start,
  ['anthropic', 'openai'][1 + cast(hash(i, 2) % 2 as int)] as provider,
  ['example-large-2026', 'example-small'][1 + cast(hash(i, 2) % 2 as int)] as model,
  cast(hash(i, 3) % 300000 as bigint) as input_uncached_tokens,
  cast(hash(i, 4) % 200000 as bigint) as cache_read_tokens,
  cast(hash(i, 5) % 3000 as bigint) as output_tokens
from range(20000) t(i)"""


def test_spark_and_duckdb_have_the_same_groups(tmp_path: Path) -> None:
    """The same Parquet, the same expression, the boundaries of all shipped prices."""
    path = str(tmp_path / "used.parquet")
    duckdb.sql(f"copy ({ROWS}) to '{path}' (format parquet)")
    prices = load_prices()
    boundaries = UsagePricer(prices.catalogue, "USD", prices.exchange_rates).boundaries()
    by_engine = [
        sorted(read_tables(TableSource([path], engine), boundaries).records, key=_key) for engine in ("duckdb", "spark")
    ]
    assert by_engine[0] == by_engine[1]
    assert sum(record.requests or 0 for record in by_engine[0]) == 20_000


def _key(record: UsageRecord) -> tuple[object, ...]:
    return record.start, record.model, record.input_range, record.requests, record.output


def test_what_spark_cannot_read_is_told_without_cells(tmp_path: Path) -> None:
    """Rows of another form are bad rows, and a table that it does not have is said to be none."""
    path = tmp_path / "used.csv"
    good = "2026-09-15T00:00:00Z,example-small,100,20\n"
    path.write_text(f"period_start,model,input_tokens,output_tokens\n{good * 20}2026-09-15T00:00:00Z,m,S3CRET,20\n")
    with pytest.raises(LlmcostError, match="1 row cannot be read") as refused:
        read_tables(TableSource([str(path)], "spark"), Boundaries())
    assert "S3CRET" not in str(refused.value)
    with pytest.raises(LlmcostError, match="Spark has no table of that name"):
        read_tables(TableSource([], "spark", "nowhere"), Boundaries())
