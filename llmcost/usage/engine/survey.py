"""How far a table of usage reaches, and which of its rows cannot be read: expressions that any engine runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from llmcost.usage.engine.columns import (
    DAY_ALONE,
    INPUTS,
    MEDIA,
    MOST_COUNT,
    UNCLEAR,
    any_of,
    columns_of,
    layout_of,
    sum_of,
)

if TYPE_CHECKING:
    import ibis.expr.types as ir


FILE, FILE_ROW = "filename", "file_row_number"
"""What DuckDB calls the file and the row that a row is from."""


def extent(table: ir.Table, without: Mapping[str, Sequence[str]] = MappingProxyType({})) -> ir.Table:
    """The expression for the first and last second and the largest counts of the rows that can be read: one row.

    ``without`` has names of each column whose rows cannot be read either.
    """
    whole = table.select(**columns_of(table, layout_of(table.columns, "the table")))
    refused = [whole[column].isin(names) & whole[column].notnull() for column, names in without.items()]
    return _reach(whole.filter(~any_of([is_bad(whole), *refused])))


def survey(table: ir.Table, where: str = "the table") -> ir.Table:
    """As ``extent``, of all rows, with what tells whether any is bad.

    ``least_X`` is the smallest of a count and ``rows`` their number; ``gaps`` is how many counts, models and times are
    missing. Nothing is worked out for a row, so an engine whose files say as much of their columns reads no row.
    """
    whole = table.select(**columns_of(table, layout_of(table.columns, where)))
    counts = counts_of(whole)
    needed = [*counts.values(), whole["start"], whole["model"]]
    if "requests" in whole.columns:
        counts["requests"] = whole["requests"]
        needed.append(whole["requests"])
    return _reach(
        whole,
        **{f"least_{name}": count.min() for name, count in counts.items()},
        gaps=sum_of([whole.count() - each.count() for each in needed]),
        least_model=whole["model"].min(),
        **({UNCLEAR: whole[UNCLEAR].max()} if UNCLEAR in whole.columns else {}),
        **{f"over_{number}": over.max() for number, over in enumerate(_over(whole))},
        rows=whole.count(),
    )


def is_sound(reach: Mapping[str, Any]) -> bool:
    """Whether a survey found every row to be one that can be read."""
    if not reach["least_model"]:  # the least text is the empty one
        return False
    counts = {name.removeprefix("least_"): least for name, least in reach.items() if name.startswith("least_")}
    del counts["model"]
    enough = all(least >= (1 if name == "requests" else 0) for name, least in counts.items() if least is not None)
    if reach["first"] is None or reach["last"] is None:  # no time at all, or one that never comes
        return False
    in_time = reach["first"] >= BELIEVED[0] and reach["last"] < BELIEVED[1]
    few = in_time and all(
        most <= MOST_COUNT for name, most in reach.items() if name.startswith("most_") and most is not None
    )
    fits = all((over or 0) <= 0 for name, over in reach.items() if name.startswith("over_"))
    return not reach["gaps"] and not reach.get(UNCLEAR) and enough and few and fits


def most_input(reach: Mapping[str, Any]) -> int:
    """More than the input of any row: the largest of each of its parts together."""
    return sum(int(reach[f"most_{name}"]) for name in INPUTS if f"most_{name}" in reach)


def counts_of(whole: ir.Table) -> dict[str, Any]:
    """The columns that count, by their names."""
    return {name: whole[name] for name in whole.columns if name.startswith("n_")}


def _reach(whole: ir.Table, **more: Any) -> ir.Table:
    return whole.aggregate(
        first=_whole_second(whole["start"].min()),
        last=_whole_second(whole["start"].max()),
        **{f"most_{name}": count.max() for name, count in counts_of(whole).items()},
        **more,
    )


def _whole_second(moment: Any) -> Any:
    """The second since 1970 in which a moment lies; engines disagree on whether that has a part."""
    return moment.epoch_seconds().floor().cast("int64")


def busiest_hour(table: ir.Table) -> ir.Table:
    """The expression for the most tokens of any hour, of the rows that can be read: one row."""
    whole = table.select(**columns_of(table, layout_of(table.columns, "the table")))
    whole = whole.filter(~is_bad(whole))
    hours = whole.group_by(hour=(whole["start"].epoch_seconds() // HOUR).cast("int64")).aggregate(
        tokens=(total_of(whole) + whole["n_output"]).sum()
    )
    return hours.aggregate(busiest=hours["tokens"].max())


HOUR = 3600
"""Seconds of an hour."""


def bad_rows(table: ir.Table, where: str = "the table") -> ir.Table:
    """The expression for how many rows have a count that is none, or no model or time: one row."""
    whole = table.select(**columns_of(table, layout_of(table.columns, where)))
    found = whole.filter(is_bad(whole))
    return found.aggregate(bad=found.count())


def days_alone(table: ir.Table) -> ir.Table | None:
    """The expression for how many rows have a day without a time; None where times are no texts."""
    start = table[layout_of(table.columns, "the table").start]
    if not start.type().is_string():
        return None
    found = table.filter(start.re_search(DAY_ALONE))
    return found.aggregate(days=found.count())


def first_bad_row(table: ir.Table) -> ir.Table:
    """The expression for the file and the row, from 0, of the first bad row of a table that has them as columns."""
    layout = layout_of(table.columns, "the table")
    whole = table.select(file=table[FILE], row=table[FILE_ROW], **columns_of(table, layout))
    return whole.filter(is_bad(whole)).order_by(["file", "row"]).limit(1).select("file", "row")


def is_bad(whole: ir.Table) -> Any:
    """The expression for whether a row cannot be read."""
    wrong = [count.isnull() | (count < 0) | (count > MOST_COUNT) for count in counts_of(whole).values()]
    start = whole["start"].epoch_seconds()
    missing = [whole["start"].isnull(), start.isnull(), whole["model"].isnull(), whole["model"] == ""]
    missing += [start < BELIEVED[0], start >= BELIEVED[1]]
    if "requests" in whole.columns:
        missing += [whole["requests"].isnull(), whole["requests"] < 1]
    if UNCLEAR in whole.columns:
        missing.append(whole[UNCLEAR] > 0)
    missing += [over > 0 for over in _over(whole)]
    return any_of([*wrong, *missing])


def _over(whole: ir.Table) -> list[Any]:
    """By how much what is no text is more than all input, and than all output, where a table tells it."""
    sides = ((MEDIA[:3], total_of(whole)), (MEDIA[3:], whole["n_output"]))
    told = [([whole[name] for name in names if name in whole.columns], side) for names, side in sides]
    return [sum_of(parts) - side for parts, side in told if parts]


BELIEVED = (1_420_070_400, 4_133_980_800)
"""Seconds since 1970 between which there can have been usage: those of the years 2015 to 2100."""


def total_of(whole: ir.Table) -> Any:
    """All tokens of input of a row."""
    return sum_of([whole[name] for name in INPUTS if name in whole.columns])
