"""Tables added up where they are, between the boundaries of prices."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any, NamedTuple

from llmcost.core.pricing.boundaries import Boundaries
from llmcost.core.pricing.conditions import USUAL_TERMS
from llmcost.core.workload.usage_record import UsageRecord
from llmcost.errors import LlmcostError
from llmcost.usage.engine.brackets import brackets_of
from llmcost.usage.engine.columns import UNCLEAR_INPUT, days_refused, layout_of
from llmcost.usage.engine.connections import Engine, TableSource, connect, remedy_for, without_cells
from llmcost.usage.engine.expression import ROWS, Cuts, grouped
from llmcost.usage.engine.records import names_refused, records_of, with_names
from llmcost.usage.engine.slots import slots_of
from llmcost.usage.engine.survey import (
    bad_rows,
    busiest_hour,
    days_alone,
    extent,
    first_bad_row,
    is_sound,
    most_input,
    survey,
)

if TYPE_CHECKING:
    import ibis.expr.types as ir

START = datetime(1970, 1, 1, tzinfo=timezone.utc)
WRONG = (
    "a count is missing, negative, too large, no whole number or less than its part, a model or time is missing or "
    "none, or batch is neither yes nor no"
)
NAMED = (
    "a model, provider, session or the like is longer than 500 letters, of several lines, or an object, "
    f"or terms are none of {', '.join(USUAL_TERMS)}"
)
APART = f"where {UNCLEAR_INPUT} is without what is cached, as in Anthropic's answers, call it input_uncached_tokens"
EXTRA = "install llmcost with its extra {extra}; in a checkout: pip install '.[{extra}]'"


class TableRead(NamedTuple):
    """The usage of a table, and how many rows were left out because they cannot be read.

    ``span`` is when the first and the last row was, which a sum of several days does not tell; None of none.
    ``is_unclear``: nothing tells whether its input holds what is cached, and it is taken to. ``busiest`` is how many
    tokens the busiest hour holds; None where that was not asked for.
    """

    records: list[UsageRecord]
    left_out: int
    span: tuple[datetime, datetime] | None = None
    is_unclear: bool = False
    busiest: int | None = None

    def said(self, name: str) -> list[str]:
        """What a reader has to know of it, by the name of what was read."""
        said = [f"{name}: its input is taken to hold what is cached; {APART}"] if self.is_unclear else []
        if self.left_out:
            rows = f"{self.left_out:,} row{'' if self.left_out == 1 else 's'}"
            said.append(f"{name}: {rows} left out, as {'it' if self.left_out == 1 else 'they'} cannot be read")
        return said


def read_tables(
    source: TableSource,
    boundaries: Boundaries,
    apart: Callable[[datetime], Hashable] = lambda _: None,
    *,
    keys: Sequence[str] = (),
    skip_bad: bool = False,
    busiest: bool = False,
) -> TableRead:
    """The usage of tables, cut at boundaries and added up by an engine.

    ``apart`` tells times from each other that are not to be added up, such as days; ``keys`` are names that are kept
    apart, such as session; ``busiest``: the busiest hour is asked for as well. Raises LlmcostError where the engine is
    not installed, for files it cannot read, for tables without the columns, and without ``skip_bad`` for rows that
    cannot be read.
    """
    where = source.where

    try:
        table, engine = connect(source)
        found = sum_up(table, boundaries, engine, apart, keys=keys, skip_bad=skip_bad)
        if busiest and found.records:
            (hour,) = engine.run(busiest_hour(table))
            found = found._replace(busiest=int(hour["busiest"]))
        return found
    except ImportError:
        extra = "spark" if source.engine == "spark" else "tables"
        raise LlmcostError(f"reading {where} needs Ibis and {source.engine}", EXTRA.format(extra=extra)) from None
    except LlmcostError as error:
        raise LlmcostError(f"{where}: {error.message}", error.remedy) from None
    except Exception as error:  # each engine has a tree of errors of its own
        said = without_cells(error)
        raise LlmcostError(f"{source.engine} cannot read {where}: {said}", remedy_for(source)) from None


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
        if (days := days_alone(table)) is not None and int(run(days)[0]["days"]) == reach["rows"]:
            raise days_refused(layout_of(table.columns, "the table").start)
        if not skip_bad:
            remedy = f"{WRONG}; mend them, or leave such rows out with --skip-bad"
            if is_unclear:
                remedy += f"; {APART}"
            raise LlmcostError(f"{bad:,} row{'' if bad == 1 else 's'} cannot be read{_first_bad(engine)}", remedy)
        (reach,) = run(extent(table))
        if reach["first"] is None:
            return TableRead([], bad)
    first, last = int(reach["first"]), int(reach["last"])
    since, until = (START + timedelta(seconds=each) for each in (first, last))
    most = most_input(reach)
    within = boundaries.within(since, until, most, int(reach["most_n_output"]))
    cuts = Cuts(slots_of(first, last, within, apart), brackets_of(within.inputs, most), within.outputs, most)
    rows = run(grouped(table, cuts, keys, sound=sound, place=engine.place))
    named = rows
    if refused := names_refused(rows):
        named = with_names(rows, refused)
        unnamed = _number(rows) - _number(named)
        if not skip_bad:
            what = f"{unnamed:,} row{' has a name' if unnamed == 1 else 's have names'} that cannot be one"
            remedy = f"{NAMED}; mend them, or leave such rows out with --skip-bad"
            raise LlmcostError(what, remedy)
        bad += unnamed
        if not named:
            return TableRead([], bad)
        (reach,) = run(extent(table, refused))
        since, until = (START + timedelta(seconds=int(reach[end])) for end in ("first", "last"))
    return TableRead(records_of(named, cuts), bad, (since, until), is_unclear)


def _number(sums: Sequence[Mapping[str, Any]]) -> int:
    """How many rows some sums are of."""
    return sum(int(row.get(ROWS, row["requests"])) for row in sums)


def _first_bad(engine: Engine) -> str:
    """Where the first row is that cannot be read; "" where the engine does not know."""
    if engine.numbered is None:
        return ""
    ((file, row),) = (found.values() for found in engine.run(first_bad_row(engine.numbered())))
    return f", the first is row {row + 1:,} of {file}"
