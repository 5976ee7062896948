"""How fast usage of many rows is added up and priced, as ratios measured in one run on this machine.

Run with ``python -m pytest tests/benchmarks/test_usage_speed.py -s``; it needs the extra `tables`, and the package index.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from llmcost.api.usage.comparison import compare_usage, plans_of
from llmcost.api.usage.pricer import UsagePricer
from llmcost.api.usage.tables import read_cut
from llmcost.core.workload.usage_record import UsageRecord
from llmcost.sheets.load import load_prices
from llmcost.usage.engine.connections import TableSource
from llmcost.usage.engine.sources import read_tables

duckdb = pytest.importorskip("duckdb")
pytestmark = pytest.mark.filterwarnings("ignore")

ROWS = 20_000_000
MODELS = "['claude-sonnet-5', 'gpt-5.5', 'qwen3.6-plus', 'deepseek-v4-pro', 'gemini-3.1-pro-preview']"
SUMS = "count(*), sum(input_uncached_tokens), sum(cache_read_tokens), sum(output_tokens)"


def best(run: Callable[[], object]) -> float:
    """Seconds of the best of three runs."""
    times = []
    for _ in range(3):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return min(times)


def read(pricer: UsagePricer, path: str) -> list[UsageRecord]:
    """The rows of a file, added up as the command does."""
    return read_cut(pricer, lambda boundaries: read_tables(TableSource([path]), boundaries)).records


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A month of requests in order of time, as logs are."""
    made = str(tmp_path_factory.mktemp("usage") / "used.parquet")
    duckdb.sql(f"""copy (select timestamp '2026-10-01' + interval (cast(i * 30 * 86400 // {ROWS} as int)) second
        as period_start, {MODELS}[1 + cast(hash(i, 2) % 5 as int)] as model,
        cast(hash(i, 3) % 300000 as bigint) as input_uncached_tokens,
        cast(hash(i, 4) % 200000 as bigint) as cache_read_tokens,
        cast(hash(i, 5) % 3000 as bigint) as output_tokens from range({ROWS}) t(i)) to '{made}' (format parquet)""")
    return made


def test_rows_are_added_up_at_about_the_speed_of_the_engine(path: str) -> None:
    """Against DuckDB's own group and sum by model and hour, which knows no edges and no bad rows."""
    prices = load_prices()
    pricer = UsagePricer(prices.catalogue, "USD", prices.exchange_rates)
    own = f"select model, date_trunc('hour', period_start), {SUMS} from '{path}' group by all"
    yardstick = best(lambda: duckdb.sql(own).fetchall())
    ours = best(lambda: read(pricer, path))
    print(
        f"\n{ROWS:,} rows added up: {ours:.2f} s, DuckDB's own groups {yardstick:.2f} s, ratio {ours / yardstick:.1f}"
    )
    assert ours < 5 * yardstick


def test_all_offers_cost_little_more_than_one(path: str, their_request: Callable[[], float]) -> None:
    """A row at an offer takes less than a five-hundredth of genai-prices' calc_price, as what is priced are sums."""
    prices = load_prices()
    pricer = UsagePricer(prices.catalogue, "USD", prices.exchange_rates)
    offers = [offer for offer in prices.catalogue.offers() if offer.deployment is None]
    start = time.perf_counter()
    found = read(pricer, path)
    compare_usage(pricer, found, plans_of(pricer, found, offers=offers, elsewhere=False))
    whole = time.perf_counter() - start
    single, a_row = their_request(), whole / ROWS / len(offers)
    print(f"\n{len(offers)} offers x {ROWS:,} rows: {whole:.1f} s, {a_row * 1e9:.2f} ns a row and offer")
    print(f"genai-prices calc_price {single * 1e6:.0f} us, {single / a_row:,.0f} times as long")
    assert single > 500 * a_row
