"""Tables where they are: files through DuckDB on this machine, or tables of Spark."""

from __future__ import annotations

import glob
from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from llmcost.core.pricing.boundaries import Boundaries
from llmcost.core.workload.usage_record import UsageRecord
from llmcost.errors import LlmcostError
from llmcost.usage.engine.brackets import brackets_of
from llmcost.usage.engine.columns import UNCLEAR_INPUT, layout_of
from llmcost.usage.engine.expression import (
    Cuts,
    as_it_is,
    bad_rows,
    extent,
    first_bad_row,
    grouped,
    is_sound,
    most_input,
    records_of,
    survey,
)
from llmcost.usage.engine.slots import slots_of

if TYPE_CHECKING:
    import ibis.expr.types as ir

ENGINES = ("duckdb", "spark")
VIEW = "llmcost_usage"
MEMORY = "1500MB"
"""What DuckDB may hold at once; more is spilled to disk."""
READERS = {
    ".parquet": "read_parquet",
    ".csv": "read_csv",
    ".tsv": "read_csv",
    ".json": "read_json",
    ".jsonl": "read_json",
}
WRONG = (
    "a count is missing, negative, no whole number or less than its part, a model or time is missing or none, "
    "or batch is neither yes nor no"
)
APART = f"where {UNCLEAR_INPUT} is without what is cached, as in Anthropic's answers, call it input_uncached_tokens"
EXTRA = "install llmcost with its extra: pip install 'llmcost-cli[{extra}]'"


class Engine(NamedTuple):
    """What adds up.

    ``run`` executes an expression where its table is, and gives the rows. ``place`` puts a small table where the engine
    joins it fastest. ``numbered`` is the table with the file and number of each row; None where there are none.
    """

    run: Callable[[ir.Table], list[Mapping[str, Any]]]
    place: Callable[[ir.Table], ir.Table] = as_it_is
    numbered: Callable[[], ir.Table] | None = None


class TableRead(NamedTuple):
    """The usage of a table, and how many rows were left out because they cannot be read.

    ``span`` is when the first and the last row was, which a sum of several days does not tell; None of none.
    ``is_unclear``: nothing tells whether its input holds what is cached, and it is taken to.
    """

    records: list[UsageRecord]
    left_out: int
    span: tuple[datetime, datetime] | None = None
    is_unclear: bool = False

    def said(self, name: str) -> list[str]:
        """What a reader has to know of it, by the name of what was read."""
        said = [f"{name}: its input is taken to hold what is cached; {APART}"] if self.is_unclear else []
        if self.left_out:
            rows = f"{self.left_out:,} row{'' if self.left_out == 1 else 's'}"
            said.append(f"{name}: {rows} left out, as {'it' if self.left_out == 1 else 'they'} cannot be read")
        return said


class TableSource(NamedTuple):
    """What an engine reads: files, or a table that it has by ``name``."""

    paths: Sequence[str]
    engine: str = "duckdb"
    name: str | None = None

    @property
    def where(self) -> str:
        """What messages call it."""
        return self.name or ", ".join(self.paths)


def read_tables(
    source: TableSource,
    boundaries: Boundaries,
    apart: Callable[[datetime], Hashable] = lambda _: None,
    *,
    keys: Sequence[str] = (),
    skip_bad: bool = False,
) -> TableRead:
    """The usage of tables, cut at boundaries and added up by an engine.

    ``apart`` tells times from each other that are not to be added up, such as days; ``keys`` are names that are kept
    apart, such as session. Raises LlmcostError where the engine is not installed, for files it cannot read, for tables
    without the columns, and without ``skip_bad`` for rows that cannot be read.
    """
    where = source.where
    try:
        table, engine = (_spark if source.engine == "spark" else _duckdb)(source)
        return sum_up(table, boundaries, engine, apart, keys=keys, skip_bad=skip_bad)
    except ImportError:
        extra = "spark" if source.engine == "spark" else "tables"
        raise LlmcostError(f"reading {where} needs Ibis and {source.engine}", EXTRA.format(extra=extra)) from None
    except LlmcostError as error:
        raise LlmcostError(f"{where}: {error.message}", error.remedy) from None
    except Exception as error:  # each engine has a tree of errors of its own
        said = _without_cells(error)
        raise LlmcostError(f"{source.engine} cannot read {where}: {said}", "check the files and columns") from None


def _without_cells(error: Exception) -> str:
    """The first line of what an engine says; of errors of data, which quote cells, only their kind."""
    kinds = [kind.__name__ for kind in type(error).__mro__]
    if "DataError" in kinds:  # what DB-API (PEP 249) calls them
        return f"{kinds[0]}: a value is of another kind than its column"
    return str(error).strip().partition("\n")[0] or kinds[0]


def sum_up(
    table: ir.Table,
    boundaries: Boundaries,
    engine: Engine,
    apart: Callable[[datetime], Hashable] = lambda _: None,
    *,
    keys: Sequence[str] = (),
    skip_bad: bool = False,
) -> TableRead:
    """The usage of any table of Ibis, cut at boundaries and added up where it is.

    Two expressions are run: how far the table reaches, and the sums. Raises LlmcostError as ``read_tables`` does.
    """
    run, is_unclear = engine.run, layout_of(table.columns, "the table").is_unclear
    (reach,) = run(survey(table))
    bad = 0
    if not reach["rows"]:
        return TableRead([], 0)
    if not (sound := is_sound(reach)):
        bad = int(run(bad_rows(table))[0]["bad"])
        if not skip_bad:
            remedy = f"{WRONG}; mend them, or leave such rows out with --skip-bad"
            if is_unclear:
                remedy += f"; {APART}"
            raise LlmcostError(f"{bad:,} row{'' if bad == 1 else 's'} cannot be read{_first_bad(engine)}", remedy)
        (reach,) = run(extent(table))
        if reach["first"] is None:
            return TableRead([], bad)
    first, last = int(reach["first"]), int(reach["last"])
    since, until = (datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(seconds=each) for each in (first, last))
    most = most_input(reach)
    within = boundaries.within(since, until, most, int(reach["most_n_output"]))
    cuts = Cuts(slots_of(first, last, within, apart), brackets_of(within.inputs, most), within.outputs, most)
    rows = run(grouped(table, cuts, keys, sound=sound, place=engine.place))
    return TableRead(records_of(rows, cuts), bad, (since, until), is_unclear)


def _first_bad(engine: Engine) -> str:
    """Where the first row is that cannot be read; "" where the engine does not know."""
    if engine.numbered is None:
        return ""
    ((file, row),) = (found.values() for found in engine.run(first_bad_row(engine.numbered())))
    return f", the first is row {row + 1:,} of {file}"


def _files(paths: Sequence[str]) -> tuple[str, list[str]]:
    """The reader of some files, and the files. Raises LlmcostError for none, and for several kinds."""
    files: list[str] = []
    for path in paths:
        is_pattern = glob.has_magic(path) and not Path(path).exists()
        found = sorted(glob.glob(path, recursive=True)) if is_pattern else [path]
        if not found:
            raise LlmcostError(f"no file matches {path}", "check the pattern")
        files += found
    kinds = {_reader(file) for file in files}
    if len(kinds) > 1:
        raise LlmcostError("files of several kinds are not read together", "name those of one kind")
    return kinds.pop(), files


def _reader(file: str) -> str:
    suffixes = [suffix.lower() for suffix in Path(file).suffixes if suffix.lower() not in (".gz", ".zst")]
    if not suffixes or suffixes[-1] not in READERS:
        raise LlmcostError(f"{file} is no table by its ending", f"known are {', '.join(READERS)}, also as .gz and .zst")
    return READERS[suffixes[-1]]


def _duckdb(source: TableSource) -> tuple[ir.Table, Engine]:
    import ibis
    from ibis.util import gen_name

    if source.name is not None:
        raise LlmcostError("DuckDB reads files", "name files, or write --engine spark for a table")
    reader, files = _files(source.paths)
    connection = ibis.duckdb.connect()
    connection.raw_sql(f"SET TimeZone = 'UTC'; SET memory_limit = '{MEMORY}'; SET enable_progress_bar = false")
    more = {"union_by_name": True} if len(files) > 1 else {}  # what one file does not have is left out there
    table: ir.Table = getattr(connection, reader)(files, **more)

    def place(small: ir.Table) -> ir.Table:  # of a table of its own DuckDB knows how small it is
        made: ir.Table = connection.create_table(gen_name(VIEW), small, temp=True)
        return made

    def numbered() -> ir.Table:
        found: ir.Table = connection.read_parquet(files, filename=True, file_row_number=True, **more)
        return found

    is_parquet = reader == "read_parquet"
    return table, engine_on(connection)._replace(place=place, numbered=numbered if is_parquet else None)


def _spark(source: TableSource) -> tuple[ir.Table, Engine]:
    import ibis
    from pyspark.sql import SparkSession

    session = (
        SparkSession.builder.appName("llmcost")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("OFF")  # what goes wrong is told once, by the error
    connection = ibis.pyspark.connect(session)
    if source.name is not None:
        table: ir.Table = connection.table(source.name)
    else:
        reader, files = _files(source.paths)
        if reader == "read_parquet":
            frame = session.read.parquet(*files)
        elif reader == "read_csv":
            frame = session.read.csv(files, header=True, inferSchema=True)
        else:
            frame = session.read.json(files)
        frame.createOrReplaceTempView(VIEW)
        table = connection.table(VIEW)
    return table, engine_on(connection)


def engine_on(connection: Any) -> Engine:
    """The engine that a connection of Ibis is to."""

    def run(expression: ir.Table) -> list[Mapping[str, Any]]:
        rows: list[Mapping[str, Any]] = connection.to_pyarrow(expression).to_pylist()
        return rows

    return Engine(run)
