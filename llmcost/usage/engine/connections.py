"""Engines that add up tables: DuckDB on files here, and Spark on its own; and what may be told of their errors."""

from __future__ import annotations

import glob
import gzip
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from llmcost.errors import LlmcostError
from llmcost.usage.engine.columns import without_empty_columns
from llmcost.usage.engine.expression import as_it_is
from llmcost.usage.engine.survey import FILE, FILE_ROW
from llmcost.usage.table import PARQUET

if TYPE_CHECKING:
    import ibis.expr.types as ir

ENGINES = ("duckdb", "spark")
VIEW = "llmcost_usage"
MEMORY = "1500MB"
"""What DuckDB may hold at once; more is spilled to disk."""
HEAD = 2**20
"""Bytes of the first line that are looked at."""
READERS = {
    ".parquet": "read_parquet",
    ".csv": "read_csv",
    ".tsv": "read_csv",
    ".json": "read_json",
    ".jsonl": "read_json",
}


class Engine(NamedTuple):
    """What adds up.

    ``run`` executes an expression where its table is, and gives the rows. ``place`` puts a small table where the engine
    joins it fastest. ``numbered`` is the table with the file and number of each row; None where there are none.
    """

    run: Callable[[ir.Table], list[Mapping[str, Any]]]
    place: Callable[[ir.Table], ir.Table] = as_it_is
    numbered: Callable[[], ir.Table] | None = None


class TableSource(NamedTuple):
    """What an engine reads: files, or a table that it has by ``name``."""

    paths: Sequence[str]
    engine: str = "duckdb"
    name: str | None = None

    @property
    def where(self) -> str:
        """What messages call it."""
        return self.name or ", ".join(self.paths)


def _files(paths: Sequence[str]) -> tuple[str, list[str]]:
    """The reader of some files, and the files. Raises LlmcostError for none, and for several kinds."""
    files: list[str] = []
    for path in paths:
        is_pattern = glob.has_magic(path) and not Path(path).exists()
        found = sorted(glob.glob(path, recursive=True)) if is_pattern else [path]
        if not found:
            raise LlmcostError(f"no file matches {path}", "check the pattern")
        files += found
    files = list({Path(file).resolve(): file for file in reversed(files)}.values())[::-1]  # each once
    kinds = {_reader(file) for file in files}
    if len(kinds) > 1:
        raise LlmcostError("files of several kinds are not read together", "name those of one kind")
    return kinds.pop(), files


def _reader(file: str) -> str:
    suffixes = [suffix.lower() for suffix in Path(file).suffixes if suffix.lower() not in (".gz", ".zst")]
    if not suffixes or suffixes[-1] not in READERS:
        raise LlmcostError(f"{file} is no table by its ending", f"known are {', '.join(READERS)}, also as .gz and .zst")
    return READERS[suffixes[-1]]


def connect(source: TableSource) -> tuple[ir.Table, Engine]:
    """A table, and the engine that has it.

    Raises LlmcostError for files of no kind that is known, and what the engine raises.
    """
    return _spark(source) if source.engine == "spark" else _duckdb(source)


def _duckdb(source: TableSource) -> tuple[ir.Table, Engine]:
    import ibis
    from ibis.util import gen_name

    if source.name is not None:
        raise LlmcostError("DuckDB reads files", "name files, or write --engine spark for a table")
    reader, files = _files(source.paths)
    if missing := [file for file in files if not Path(file).is_file()]:  # an address DuckDB would ask the network for
        raise LlmcostError(
            f"there is no file {missing[0]}", "check the path; of a folder name its files, such as '*.csv'"
        )
    if reader == "read_parquet" and (others := [file for file in files if not _is_parquet(file)]):
        raise LlmcostError(f"{others[0]} is no Parquet by its first and last bytes", "export it again, in full")
    connection = ibis.duckdb.connect()
    connection.raw_sql(f"SET TimeZone = 'UTC'; SET memory_limit = '{MEMORY}'; SET enable_progress_bar = false")
    connection.raw_sql("SET autoinstall_known_extensions = false")  # which would open a connection
    options = _options(reader, files)
    files = [glob.escape(file) for file in files]  # which DuckDB takes for patterns

    def read(**more: Any) -> ir.Table:
        return without_empty_columns(getattr(connection, reader)(files, **options, **more))

    def place(small: ir.Table) -> ir.Table:  # of a table of its own DuckDB knows how small it is
        made: ir.Table = connection.create_table(gen_name(VIEW), small, temp=True)
        return made

    def numbered() -> ir.Table:
        if reader == "read_parquet":
            return read(filename=True, file_row_number=True)
        found = read(filename=True).mutate(row=ibis.row_number())
        first = found.row.min().over(group_by=FILE)
        return found.mutate(**{FILE_ROW: found.row - first})

    table = read()
    return table, engine_on(connection)._replace(place=place, numbered=None if FILE in table.columns else numbered)


def _is_parquet(file: str) -> bool:
    """Whether a file begins and ends as Parquet does; one that is cut does not."""
    with Path(file).open("rb") as stream:
        first = stream.read(len(PARQUET))
        stream.seek(max(0, Path(file).stat().st_size - len(PARQUET)))
        return first == stream.read() == PARQUET


def _options(reader: str, files: Sequence[str]) -> dict[str, Any]:
    """How DuckDB reads files: as they are, and nothing guessed by their first rows or by the names of their folders."""
    options: dict[str, Any] = {"hive_partitioning": False}
    if len(files) > 1:
        options["union_by_name"] = True  # what one file does not have is left out there
    if reader == "read_json":
        options["sample_size"] = -1
    if reader == "read_csv":
        options |= {"all_varchar": True, "header": True, "skip": 0, "comment": "", "quote": '"', "escape": '"'}
        if separators := {found for file in files if (found := _separator(file))}:
            if len(separators) > 1:
                raise LlmcostError("files of several separators are not read together", "name those of one")
            options["delim"] = separators.pop()
    return options


def _separator(file: str) -> str | None:
    """What separates the cells of a file, by its first line; None of one that is packed in a way that is not read."""
    if file.lower().endswith(".zst"):
        return None
    if file.lower().endswith(".gz"):
        with gzip.open(file) as stream:
            head = stream.readline(HEAD)
    else:
        with Path(file).open("rb") as plain:
            head = plain.readline(HEAD)
    return max((",", ";", "\t"), key=head.decode("utf-8", "replace").count)


def _spark(source: TableSource) -> tuple[ir.Table, Engine]:
    import ibis
    from ibis.common.exceptions import TableNotFound
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
        try:
            table: ir.Table = connection.table(source.name)
        except TableNotFound:
            raise LlmcostError("Spark has no table of that name", "write it as SHOW TABLES does") from None
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
    return without_empty_columns(table), engine_on(connection)


def engine_on(connection: Any) -> Engine:
    """The engine that a connection of Ibis is to."""

    def run(expression: ir.Table) -> list[Mapping[str, Any]]:
        rows: list[Mapping[str, Any]] = connection.to_pyarrow(expression).to_pylist()
        return rows

    return Engine(run)


LINE = re.compile(r"\bline:? ([0-9]+)", re.IGNORECASE)
QUOTE_NO_CELL = frozenset({"OperationalError", "AnalysisException"})
"""Errors about files, memory and names: those of DuckDB as DB-API (PEP 249) has them, and of Spark."""


def without_cells(error: Exception) -> str:
    """What an engine says, where that quotes no cell; else what kind of error it is, and in which line."""
    kind, said = type(error).__name__, str(error).strip().partition("\n")[0]
    if QUOTE_NO_CELL & _kinds(error):
        return said or kind
    line = LINE.search(said)
    where = f", in line {int(line[1]):,}" if line else ""
    return f"{kind}: a value is of another kind than its column, or a row has another form{where}"


def remedy_for(source: TableSource) -> str:
    """What to do about a table that an engine cannot read."""
    if source.engine == "duckdb" and _reader_of(source) != "read_parquet":
        return "mend it, or name the files one by one without --engine: --skip-bad leaves such rows out then"
    return "check the files and columns"


def _reader_of(source: TableSource) -> str | None:
    """What reads a table's files; None of a table that the engine has by name."""
    return None if source.name is not None else _files(source.paths)[0]


def _kinds(error: Exception) -> set[str]:
    return {kind.__name__ for kind in type(error).__mro__}
