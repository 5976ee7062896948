"""Usage of any size: what an engine adds up between boundaries costs what its rows cost one by one."""

from __future__ import annotations

import gzip
import json
import random
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from conftest import Run
from support.running import records_of

from llmcost.api.usage.pricer import UsagePricer
from llmcost.api.usage.tables import read_cut
from llmcost.core.pricing.boundaries import Boundaries
from llmcost.core.values.dates import Moment
from llmcost.core.workload.usage_record import UsageRecord
from llmcost.errors import LlmcostError
from llmcost.sheets.load import load_prices
from llmcost.usage.engine.brackets import brackets_of
from llmcost.usage.engine.connections import TableSource
from llmcost.usage.engine.sources import TableRead, read_tables

duckdb = pytest.importorskip("duckdb")
ibis = pytest.importorskip("ibis")
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
"""Ibis calls what its engines deprecate, which is not for a user to mend."""

SMALL = load_prices([Path(__file__).parent.parent / "sheets_small"], builtin=False)
OFFERS = [offer for offer in SMALL.catalogue.offers() if offer.deployment is None]
EVERY = UsagePricer(SMALL.catalogue, "USD", SMALL.exchange_rates).boundaries()
START = datetime(2026, 7, 1, tzinfo=timezone.utc)
SIZES = (1, 500, 128_000, 128_001, 200_000, 200_001, 256_000, 256_001)


def rows_of(number: int, seed: int = 1) -> list[dict[str, Any]]:
    """Requests at all times of half a year, many of them at an edge."""
    draw = random.Random(seed)
    rows = []
    for _ in range(number):
        whole = draw.choice((*SIZES, draw.randrange(300_000)))
        read = draw.choice((0, whole // 2))
        written = draw.choice((0, (whole - read) // 3))
        rows.append(
            {
                "period_start": START + timedelta(seconds=draw.randrange(200 * 86_400)),
                "provider": "example-ai",
                "model": draw.choice(("example-large-2026", "example-small")),
                "input_uncached_tokens": whole - read - written,
                "cache_read_tokens": read,
                "cache_write_5m_tokens": written,
                "output_tokens": draw.randrange(5_000),
            }
        )
    return rows


def write(rows: list[dict[str, Any]], path: Path) -> Path:
    """Write rows as a file of the kind that its ending says."""
    columns = list(rows[0])
    values = ", ".join(f"({', '.join(map(literal, row.values()))})" for row in rows)
    kind = {".parquet": "parquet", ".jsonl": "json", ".csv": "csv, header"}[path.suffix.replace(".gz", "")]
    duckdb.sql(f"copy (select * from (values {values}) as t({', '.join(columns)})) to '{path}' (format {kind})")
    return path


def literal(value: Any) -> str:
    if isinstance(value, datetime):
        return f"timestamp '{value:%Y-%m-%d %H:%M:%S}'"
    return "null" if value is None else f"'{value}'" if isinstance(value, str) else str(value)


def singly(rows: list[dict[str, Any]]) -> list[UsageRecord]:
    return [
        UsageRecord(
            start=row["period_start"],
            model=row["model"],
            provider=row["provider"],
            requests=1,
            input_uncached=row["input_uncached_tokens"],
            cache_read=row["cache_read_tokens"],
            cache_write_5m=row["cache_write_5m_tokens"],
            output=row["output_tokens"],
        )
        for row in rows
    ]


@pytest.mark.parametrize("ending", [".parquet", ".csv", ".jsonl"])
def test_sums_of_an_engine_cost_what_their_rows_cost(tmp_path: Path, ending: str) -> None:
    """For every offer, across tiers, windows, caches and price changes, to the last fraction."""
    rows = rows_of(2_000)
    found = read_tables(TableSource([str(write(rows, tmp_path / f"used{ending}"))]), EVERY).records
    assert sum(record.requests or 0 for record in found) == len(rows)
    assert len(found) < len(rows)
    ones = singly(rows)
    tokens = [offer for offer in OFFERS if not any(version.minimum for version in offer.history.versions)]
    for offer in tokens:  # of a minimum for each request a sum knows no more
        pricer = UsagePricer(SMALL.catalogue, "USD", SMALL.exchange_rates)
        assert pricer.quote(offer, found).cost == pricer.quote(offer, ones).cost, offer.name


def test_a_table_may_speak_as_opentelemetry_does(tmp_path: Path) -> None:
    """Its input holds what is cached."""
    rows = [
        {
            "timestamp": START,
            '"gen_ai.request.model"': "example-small",
            '"gen_ai.usage.input_tokens"': 1000,
            '"gen_ai.usage.cache_read.input_tokens"': 400,
            '"gen_ai.usage.output_tokens"': 50,
        }
    ]
    (record,) = read_tables(TableSource([str(write(rows, tmp_path / "spans.parquet"))]), EVERY).records
    assert (record.input_uncached, record.cache_read, record.output) == (600, 400, 50)


def test_days_and_names_may_be_kept_apart(tmp_path: Path) -> None:
    """As --by asks for; nothing else is."""
    rows = [row | {"session": f"s{number % 3}"} for number, row in enumerate(rows_of(50))]
    path = str(write(rows, tmp_path / "used.parquet"))
    found = read_tables(TableSource([path]), Boundaries(), lambda start: start.date(), keys=("session",)).records
    kept = {(row["period_start"].date(), row["session"], row["model"]) for row in rows}
    assert {(record.start.date(), record.session, record.model) for record in found} == kept
    cached = ("cache_read_tokens", "cache_write_5m_tokens")  # what reads or writes a cache is kept apart as well
    apart = {
        (row["period_start"].date(), row["session"], row["model"], *(row[name] > 0 for name in cached)) for row in rows
    }
    assert len(found) == len(apart)


def test_a_price_that_changes_at_an_odd_second_cuts_there(tmp_path: Path) -> None:
    """The second before it is priced as before."""
    changes = START + timedelta(hours=3, minutes=59, seconds=17)
    rows = [
        row | {"period_start": changes + timedelta(seconds=number % 7 - 4)} for number, row in enumerate(rows_of(70))
    ]
    path = str(write(rows, tmp_path / "used.parquet"))
    found = read_tables(TableSource([path]), Boundaries(moments=(Moment(changes, changes.date()),))).records
    after = sum(record.requests or 0 for record in found if record.start >= changes)
    assert after == 30  # of each seven those of the last three seconds
    assert sum(record.requests or 0 for record in found) == 70


def test_days_of_a_zone_that_is_off_by_a_quarter_of_an_hour(tmp_path: Path, llmcost_small: Run) -> None:
    """In Kathmandu a day begins at 18:15 in UTC, which is within every hour that prices know."""
    times = [START + timedelta(hours=18, minutes=minute) for minute in (0, 14, 15, 59)]
    rows = [row | {"period_start": time} for time, row in zip(times, rows_of(4), strict=True)]
    path = str(write(rows, tmp_path / "used.parquet"))
    ran = llmcost_small("usage", path, "--by", "day", "--timezone", "Asia/Kathmandu", "-f", "csv")
    assert [(row["day"], row["requests"]) for row in records_of(ran.out)] == [("2026-07-01", "2"), ("2026-07-02", "2")]


def test_sums_of_several_requests_keep_how_large_they_may_be(tmp_path: Path) -> None:
    """A row of three requests says nothing of each but that none is larger than all."""
    rows = [{"period_start": START, "model": "m", "requests": 3, "input_uncached_tokens": 300_000, "output_tokens": 9}]
    (record,) = read_tables(TableSource([str(write(rows * 2, tmp_path / "used.parquet"))]), EVERY).records
    assert (record.requests, record.input, record.input_range) == (6, 600_000, (0, 300_000))


def test_a_table_of_ibis_is_compared_from_python(tmp_path: Path) -> None:
    """As the command does with the file that it is of; nothing but sums is fetched."""
    from llmcost.api.prices import PriceCatalogue

    path = write(rows_of(300), tmp_path / "used.parquet")
    prices = load_prices([Path(__file__).parent.parent / "sheets_small"], builtin=False, make=PriceCatalogue).catalogue
    table = ibis.duckdb.connect().read_parquet(str(path))
    found = prices.compare_used(table, ["example-small"], "2026-09-15")
    assert {row.quote.offer.name for row in found.rows} == {"as used", "example-ai/example-small@global"}
    assert {row.quote.requests for row in found.rows} == {300}
    assert found.render().startswith("Cost in USD, what was used")


@pytest.mark.parametrize(
    ("names", "is_said"),
    [
        (("input_tokens", "cache_read_input_tokens"), True),
        (("input_tokens", "reasoning_tokens"), False),
        (("prompt_tokens", "cached_tokens"), False),
        (("gen_ai_usage_input_tokens", "gen_ai_usage_cache_read_input_tokens"), False),
        (("input_uncached_tokens", "cache_read_input_tokens"), False),
    ],
)
def test_input_that_may_hold_what_is_cached_or_not_is_said(
    tmp_path: Path, names: tuple[str, str], is_said: bool
) -> None:
    """Anthropic's answers call input_tokens what is not cached, others what is: the name does not tell."""
    counts = dict(zip(names, (100, 10), strict=True))
    row = {"period_start": START, "model": "example-small", **counts, "output_tokens": 20}
    read = read_tables(TableSource([str(write([row], tmp_path / "used.parquet"))]), EVERY)
    assert bool(read.said("used")) == is_said
    assert all("call it input_uncached_tokens" in line for line in read.said("used"))


@pytest.mark.parametrize("name", ["model", "input_tokens", "output_tokens", "provider", "reasoning_tokens", "requests"])
def test_two_columns_of_one_name_are_refused(tmp_path: Path, name: str) -> None:
    """As in CSV that was joined: neither is taken silently. Another column twice is nobody's matter."""
    path = tmp_path / "used.csv"
    columns = ["period_start", "model", "provider", "input_tokens", "output_tokens", "reasoning_tokens", "requests"]
    cells = ["2026-09-15T00:00:00Z", "example-small", "example-ai", "100", "20", "0", "1"]
    for more, cell in ((name, cells[columns.index(name)]), ("note,note", "a,b")):
        path.write_text(f"{','.join(columns)},{more}\n{','.join(cells)},{cell}\n")
        if more == name:
            with pytest.raises(LlmcostError, match=f"columns {name} and {name}_1"):
                read_tables(TableSource([str(path)]), EVERY)
        else:
            assert read_tables(TableSource([str(path)]), EVERY).records[0].requests == 1


def long_file(path: Path, last: str) -> Path:
    """Sixty thousand rows by which an engine takes the kinds of columns, and one more."""
    names = "period_start,model,input_tokens,output_tokens"
    line = "2026-09-15T00:00:00Z,example-small,100,20\n"
    if path.suffix == ".csv":
        path.write_text(f"{names}\n" + line * 60_000 + last)
    else:
        row = dict(zip(names.split(","), line.strip().split(","), strict=True)) | {
            "input_tokens": 100,
            "output_tokens": 20,
        }
        path.write_text((json.dumps(row) + "\n") * 60_000 + last)
    return path


@pytest.mark.parametrize(
    ("name", "last"),
    [
        ("used.csv", "2026-09-15T00:00:00Z,example-small,S3CRET,20\n"),
        ("used.csv", "S3CRET,example-small,100,20\n"),
        ("used.jsonl", '{"period_start": "2026-09-15", "model": "m", "input_tokens": "S3CRET", "output_tokens": 20}\n'),
        (
            "used.jsonl",
            '{"period_start": "2026-09-15", "model": "m", "input_tokens": {"S3CRET": 1}, "output_tokens": 1}\n',
        ),
    ],
)
def test_a_value_of_another_kind_far_down_is_a_bad_row(tmp_path: Path, name: str, last: str) -> None:
    """As one of the first rows would be: its place is told and never what it holds, and it may be left out."""
    path = long_file(tmp_path / name, last)
    with pytest.raises(LlmcostError, match="1 row cannot be read, the first is row 60,001 of") as refused:
        read_tables(TableSource([str(path)]), EVERY)
    assert "S3CRET" not in f"{refused.value.message} {refused.value.remedy}"
    found = read_tables(TableSource([str(path)]), EVERY, skip_bad=True)
    assert (sum(record.requests or 0 for record in found.records), found.left_out) == (60_000, 1)


@pytest.mark.parametrize(
    ("name", "last", "line"),
    [
        ("used.csv", "2026-09-15T00:00:00Z,S3CRET\n", "in line 60,002"),
        ("used.jsonl", '{"period_start": "S3CRET", "model": \n', "in line 60,00"),
    ],
)
def test_what_an_engine_cannot_read_is_told_without_cells(tmp_path: Path, name: str, last: str, line: str) -> None:
    """The line that has another form is told, which the engine quotes."""
    with pytest.raises(LlmcostError, match=line) as refused:
        read_tables(TableSource([str(long_file(tmp_path / name, last))]), EVERY)
    assert "S3CRET" not in f"{refused.value.message} {refused.value.remedy}"


HEAD = "period_start,provider,model,input_uncached_tokens,output_tokens"
ROW = "2026-09-15T08:00:00Z,example-ai,example-small,100,20"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"{HEAD}\n{ROW}\n{HEAD},batch\n{ROW},yes\n{ROW},yes\n", "a row has another form"),
        (f"{HEAD}\n{ROW}\n# {ROW}\n", "1 row cannot be read, the first is row 2"),
        (f"{HEAD},batch,batch\n{ROW},yes,no\n", "columns batch and batch_1"),
        (f"{HEAD}\n{ROW.replace('2026-09-15T', '03/04/2026 ')}\n", "1 row cannot be read"),
    ],
    ids=["two exports, joined", "a row that looks like a comment", "a column twice", "a date that may be two"],
)
def test_nothing_of_csv_is_guessed(tmp_path: Path, text: str, said: str) -> None:
    """What DuckDB would pass over or take for one of two is told."""
    (path := tmp_path / "used.csv").write_text(text)
    with pytest.raises(LlmcostError, match=said):
        read_tables(TableSource([str(path)]), EVERY)


def test_an_offset_far_down_counts(tmp_path: Path) -> None:
    """Thousands of times without one do not make it a time without one: five hours later is the next day."""
    rows = ["2026-09-15 08:00:00,example-ai,example-small,1,1"] * 30_000
    (path := tmp_path / "used.csv").write_text("\n".join([HEAD, *rows, f"2026-09-15 23:00:00-05:00{ROW[20:]}"]))
    found = read_tables(TableSource([str(path)]), EVERY, lambda start: start.date()).records
    assert sorted((record.start.day, record.requests) for record in found) == [(15, 30_000), (16, 1)]


@pytest.mark.parametrize("count", ["1.5", "true", '"5.5"'])
def test_a_count_far_down_that_is_none_is_not_made_one(tmp_path: Path, count: str) -> None:
    """DuckDB would read half a token more as one, and yes as one."""
    row = '{"period_start": "2026-09-15T08:00:00Z", "model": "m", "input_tokens": %s, "output_tokens": 1}\n'
    (path := tmp_path / "used.jsonl").write_text(row % 1 * 25_000 + row % count)
    with pytest.raises(LlmcostError, match="the first is row 25,001"):
        read_tables(TableSource([str(path)]), EVERY)


@pytest.mark.parametrize("ending", ["csv", "csv.gz"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_texts_of_csv_are_counts_and_times_by_themselves(tmp_path: Path, separator: str, ending: str) -> None:
    """Whatever separates cells; a count may end in .0, and a time be seconds or milliseconds since 1970."""
    rows = [HEAD, ROW, "1789459200,example-ai,example-small,7.0,2", "1789459200000,example-ai,example-small,7,2"]
    raw = "\n".join(rows).replace(",", separator).encode()
    (path := tmp_path / f"used.{ending}").write_bytes(gzip.compress(raw) if ending.endswith("gz") else raw)
    found = read_tables(TableSource([str(path)]), Boundaries(), lambda start: start.date()).records
    assert sum(record.input_uncached for record in found) == 114
    assert {record.start.date().isoformat() for record in found} == {"2026-09-15"}


def test_a_file_is_read_once_by_its_own_name(tmp_path: Path) -> None:
    """However often it is named; not by what DuckDB takes for a pattern, nor with what the names of its folders say."""
    folder = tmp_path / "model=other" / "batch=true"
    folder.mkdir(parents=True)
    path = write(rows_of(20), folder / "used[1].parquet")
    write(rows_of(30, seed=2), folder / "used1.parquet")
    found = read_tables(TableSource([str(path), str(path), str(folder / "used[[]1].parquet")]), EVERY).records
    assert sum(record.requests or 0 for record in found) == 20
    assert "other" not in {record.model for record in found}
    assert {record.terms for record in found} == {None}


def test_files_may_call_a_count_by_different_names(tmp_path: Path) -> None:
    """Each file's own counts."""
    base = {"period_start": START, "model": "example-small", "input_tokens": 1000, "output_tokens": 5}
    one = write([base | {"cache_read_tokens": 900}], tmp_path / "x-1.parquet")
    other = write([base | {"cached_tokens": 800}], tmp_path / "x-2.parquet")
    found = read_tables(TableSource([str(one), str(other)]), Boundaries()).records
    assert [(record.input_uncached, record.cache_read) for record in found] == [(300, 1700)]


@pytest.mark.parametrize(
    "name", ["x" * 501, "two\nlines", '{"S3CRET": 1}', "\x1b[31mred"], ids=["long", "lines", "object", "colour"]
)
def test_names_that_cannot_be_are_bad_rows(tmp_path: Path, name: str) -> None:
    """As row by row; they are not shown."""
    rows = [row | {"session": "s"} for row in rows_of(10)]
    path = str(write([*rows, rows[0] | {"session": name}], tmp_path / "used.parquet"))
    assert len(read_tables(TableSource([path]), EVERY).records) > 0  # nobody asks for sessions
    with pytest.raises(LlmcostError, match="1 row has a name that cannot be one") as refused:
        read_tables(TableSource([path]), EVERY, keys=("session",))
    assert name not in str(refused.value)
    found = read_tables(TableSource([path]), EVERY, keys=("session",), skip_bad=True)
    assert (sum(record.requests or 0 for record in found.records), found.left_out) == (10, 1)


def test_parquet_of_broken_texts_and_objects_is_told_without_them(tmp_path: Path) -> None:
    """Neither a text that is no UTF-8 nor the keys of an object."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    base = {"period_start": [START], "input_uncached_tokens": [1], "output_tokens": [1]}
    broken = pa.array([b"S3CRET \xff\xfe"], pa.binary()).view(pa.string())
    for number, model in enumerate((broken, pa.array([{"S3CRET key": 1}]))):
        path = str(tmp_path / f"{number}.parquet")
        pq.write_table(pa.table({**base, "model": model}), path)
        with pytest.raises(LlmcostError) as refused:
            read_tables(TableSource([path]), EVERY)
        assert "S3CRET" not in f"{refused.value.message} {refused.value.remedy}"


@pytest.mark.parametrize("path", ["lost.csv", "https://prices.example/used.parquet", "s3://bucket/used.parquet"])
def test_an_engine_reads_files_of_this_machine(path: str) -> None:
    """An address would be asked for from the network."""
    with pytest.raises(LlmcostError, match="there is no file"):
        read_tables(TableSource([path]), EVERY)


def test_more_cached_than_input_names_the_column_to_rename(tmp_path: Path) -> None:
    """Rows of Anthropic's counts under Anthropic's names are refused, with what to call them."""
    counts = {"input_tokens": 5, "cache_read_input_tokens": 100, "output_tokens": 20}
    row = {"period_start": START, "model": "example-small", **counts}
    with pytest.raises(LlmcostError) as refused:
        read_tables(TableSource([str(write([row], tmp_path / "used.parquet"))]), EVERY)
    assert "call it input_uncached_tokens" in (refused.value.remedy or "")


@pytest.mark.parametrize(
    ("change", "number"),
    [
        ({"output_tokens": -1}, 1),
        ({"output_tokens": None}, 1),
        ({"model": None}, 1),
        ({"period_start": None}, 1),
        ({"input_uncached_tokens": 10**13}, 1),
        ({"input_uncached_tokens": 5.5}, 1),
        ({"output_tokens": "5.5"}, 1),
        ({"output_tokens": "S3CRET"}, 1),
        ({"period_start": "S3CRET"}, 1),
        ({"batch": "perhaps"}, 1),
    ],
)
def test_bad_rows_are_refused_or_counted_out(tmp_path: Path, change: dict[str, Any], number: int) -> None:
    """With how many they are; --skip-bad leaves them out and takes the rest."""
    texts = {key: str for key, value in change.items() if isinstance(value, str) and value != "perhaps"}
    good = [{key: texts.get(key, lambda cell: cell)(cell) for key, cell in row.items()} for row in rows_of(10)]
    good = [{"batch": "no"} | row if "batch" in change else row for row in good]
    path = str(write([*good, good[0] | change], tmp_path / "used.parquet"))
    with pytest.raises(LlmcostError, match=f"{number} row cannot be read, the first is row 11 of {path}") as refused:
        read_tables(TableSource([path]), EVERY)
    assert "S3CRET" not in str(refused.value)
    found = read_tables(TableSource([path]), EVERY, skip_bad=True)
    assert (sum(record.requests or 0 for record in found.records), found.left_out) == (10, number)


COUNTED = {
    "period_start": "timestamp",
    "model": "string",
    "input_uncached_tokens": "int64",
    "cache_read_tokens": "int64",
    "output_tokens": "int64",
}
LOOSE = {
    "timestamp": "string",
    "model": "string",
    "input_tokens": "decimal(18, 2)",
    "cached_tokens": "decimal(18, 2)",
    "output_tokens": "string",
    "batch": "string",
}


@pytest.mark.parametrize(
    "dialect", ["bigquery", "snowflake", "clickhouse", "postgres", "databricks", "pyspark", "duckdb"]
)
@pytest.mark.parametrize("schema", [COUNTED, LOOSE], ids=["numbers", "texts and fractions"])
def test_the_same_expression_is_sql_of_every_warehouse(dialect: str, schema: dict[str, str]) -> None:
    """It is written without a connection; what comes back is one row a group."""
    from llmcost.usage.engine.expression import Cuts, grouped
    from llmcost.usage.engine.slots import slots_of
    from llmcost.usage.engine.survey import survey

    table = ibis.table(schema, name="usage_of_all")
    first = int(START.timestamp())
    slots = slots_of(first, first + 86_400, EVERY, lambda _: None)
    cuts = Cuts(slots, brackets_of(EVERY.inputs, 10**6), EVERY.outputs, 10**6)
    for expression in (survey(table), grouped(table, cuts)):
        text = str(ibis.to_sql(expression, dialect=dialect))
        assert "usage_of_all" in text
        assert text.upper().startswith(("SELECT", "WITH"))
    assert "GROUP BY" in text.upper()


def test_columns_that_say_their_extremes_are_not_read_for_the_survey(tmp_path: Path) -> None:
    """What DuckDB runs for it has no scan of the file: Parquet has the least and the most of each column."""
    from llmcost.usage.engine.survey import survey

    path = write(rows_of(100), tmp_path / "used.parquet")
    connection = ibis.duckdb.connect()
    sql = ibis.to_sql(survey(connection.read_parquet(str(path))), dialect="duckdb")
    ((_, plan),) = connection.con.execute(f"explain {sql}").fetchall()
    assert "PARQUET" not in plan.upper()


def test_what_only_public_tables_have_is_cut_by_their_prices_too() -> None:
    """They are read a second time; what the sheets have is read once, at the edges of the sheets."""
    prices = load_prices()
    pricer = UsagePricer(prices.catalogue, "USD", prices.exchange_rates)
    listed = {(each.seller, each.id) for each in prices.catalogue.listings}
    public = next(each for each in prices.catalogue.widest.listings if (each.seller, each.id) not in listed)
    asked: list[Boundaries] = []

    def read_of(provider: str, model: str) -> list[UsageRecord]:
        asked.clear()

        def read(boundaries: Boundaries) -> TableRead:
            asked.append(boundaries)
            return TableRead([UsageRecord(START, model, provider=provider, requests=1)], 0)

        return read_cut(pricer, read).records

    read_of("anthropic", "claude-sonnet-5")
    assert len(asked) == 1
    read_of(public.seller, public.id)
    assert len(asked) == 2
    assert set(asked[0].inputs) < set(asked[1].inputs)


def test_usage_that_is_moved_costs_the_same_by_an_engine(llmcost_small: Run, tmp_path: Path) -> None:
    """Also where a tokenizer moves sizes across edges, and where a cache is counted by what each request read; twice."""
    rows = [row | {"requests": 1} for row in rows_of(300)]
    rows += [row | {"provider": "night-cloud", "model": "night-omni"} for row in rows_of(300, seed=2)]
    rows = [row | {"requests": 1} for row in rows]
    tables = [str(write(rows, tmp_path / f"used{ending}")) for ending in (".csv", ".parquet")]
    ask = ("-m", "example-large,night-omni,example-small", "--on", "2026-09-15", "-f", "csv")
    plain, engine, again = (
        {row["offer"]: (row["cost"], row["low"], row["high"]) for row in records_of(out)}
        for out in (llmcost_small("compare", table, *ask).out for table in (tables[0], tables[1], tables[1]))
    )
    assert plain == engine == again
    assert len(plain) == 4
    outs = [llmcost_small("compare", tables[1], *ask[:4], "-f", "json").out for _ in range(3)]
    assert outs[0] == outs[1] == outs[2]


def test_the_command_reads_tables(llmcost_small: Run, tmp_path: Path) -> None:
    """Parquet as it is, patterns of many files, and CSV where an engine is named; with the same sums as without."""
    rows = rows_of(200)
    whole = write(rows, tmp_path / "used.parquet")
    write(rows[:100], tmp_path / "part-1.csv")
    write(rows[100:], tmp_path / "part-2.csv")
    ask = ("--by", "month,model", "-f", "csv", "--on", "used")
    expected = records_of(llmcost_small("usage", str(whole), *ask).out)
    assert records_of(llmcost_small("usage", str(tmp_path / "part-*.csv"), *ask).out) == expected
    parts = [str(tmp_path / name) for name in ("part-1.csv", "part-2.csv")]
    assert records_of(llmcost_small("usage", *parts, "--engine", "duckdb", *ask).out) == expected
    plain = records_of(llmcost_small("usage", *parts, *ask).out)
    money = [(row["list_cost"], row["low"], row["requests"], row["output"]) for row in expected]
    assert [(row["list_cost"], row["low"], row["requests"], row["output"]) for row in plain] == money
    moved = llmcost_small("compare", str(whole), "-m", "example-small", "--on", "2026-09-15", "-f", "csv")
    assert {row["requests"] for row in records_of(moved.out)} == {"200"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("no-such.parquet",), "no-such.parquet"),
        (("no-*.parquet",), "no file matches"),
        (("used.parquet", "--engine", "abacus"), '--engine: "abacus" is not known'),
        (("--table", "t", "--engine", "duckdb"), "DuckDB reads files"),
        (("used.parquet", "--table", "t"), "name files, or a table with --table"),
        (("other.parquet",), "has no column for the input"),
        (("spans.parquet",), "its rows are sums over time"),
        (("nested.parquet",), "which is no name"),
        (("used.parquet", "other.csv", "--engine", "duckdb"), "files of several kinds"),
    ],
)
def test_what_an_engine_cannot_read_is_refused(
    llmcost_small: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], said: str
) -> None:
    """With the reason, and nothing is printed."""
    monkeypatch.chdir(tmp_path)
    write(rows_of(3), tmp_path / "used.parquet")
    write([{"period_start": START, "model": "m", "output_tokens": 1}], tmp_path / "other.parquet")
    write([rows_of(1)[0] | {"period_end": START}], tmp_path / "spans.parquet")
    write([rows_of(1)[0] | {"model": {"name": "m", "prompt": "S3CRET"}}], tmp_path / "nested.parquet")
    (tmp_path / "other.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    ran = llmcost_small("usage", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert "S3CRET" not in ran.err


@pytest.mark.parametrize(
    ("sql", "hour"),
    [
        ("timestamp '2026-11-02 10:00:00.7'", 10),
        ("'2026-11-02T12:30:00.5+02:00'", 10),
        ("timestamptz '2026-11-02 05:30:00-05:00'", 10),
        ("timestamp '2040-11-02 10:00:00'", 10),
        ("1793613600", 10),
        ("1793613600500", 10),
    ],
)
@pytest.mark.parametrize("ending", [".parquet", ".csv"])
def test_a_moment_is_read_as_it_is_written(sql: str, hour: int, ending: str, tmp_path: Path) -> None:
    """With its offset and its part of a second, whatever the kind of its column."""
    path = tmp_path / f"used{ending}"
    kind = {".parquet": "parquet", ".csv": "csv, header"}[ending]
    columns = "'m' as model, 5 as input_uncached_tokens, 1 as output_tokens"
    duckdb.sql(f"copy (select {sql} as period_start, {columns}) to '{path}' (format {kind})")
    found = read_tables(TableSource([str(path)]), EVERY, lambda start: (start.day, start.hour))
    assert [record.start.hour for record in found.records] == [hour]


def test_files_of_several_schemas_keep_what_each_has(tmp_path: Path) -> None:
    """A column that the first does not have is not lost, as it would be by place."""
    for number, more in enumerate(("", "5000 as cache_read_tokens,", "true as batch,")):
        columns = f"'m' as model, {more} 1000 as input_uncached_tokens, 1 as output_tokens"
        path = tmp_path / f"part{number}.parquet"
        duckdb.sql(
            f"copy (select timestamp '2026-11-02 10:00:00' as period_start, {columns}) to '{path}' (format parquet)"
        )
    found = read_tables(TableSource([str(tmp_path / "part*.parquet")]), EVERY).records
    assert sum(record.cache_read for record in found) == 5000
    assert [record.terms for record in found].count("batch") == 1


def test_days_without_a_time_are_sums_that_no_engine_cuts(tmp_path: Path) -> None:
    """As the plain reader spreads them over the day."""
    (path := tmp_path / "days.csv").write_text(
        "period_start,model,input_uncached_tokens,output_tokens\n2026-11-02,m,5,1\n", encoding="utf-8"
    )
    with pytest.raises(LlmcostError, match="its rows are sums over a day, which no engine cuts"):
        read_tables(TableSource([str(path)]), EVERY)


def test_a_table_that_is_cut_is_told_as_such(llmcost: Run, tmp_path: Path) -> None:
    """By its last bytes, and not by what an engine makes of them."""
    whole = write(rows_of(5), tmp_path / "used.parquet").read_bytes()
    (path := tmp_path / "cut.parquet").write_bytes(whole[:-100])
    ran = llmcost("usage", str(path))
    assert (ran.code, ran.out) == (2, "")
    assert "is no Parquet by its first and last bytes\n  export it again, in full" in ran.err
