"""Usage at any size: cut at the boundaries of prices and added up where the data is, by one expression.

The expression is Ibis's, so DuckDB runs it on files here, and Spark or a warehouse on its own tables. What comes back
is a few thousand sums, whatever the number of rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from llmcost.usage.engine.brackets import Brackets
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
from llmcost.usage.engine.slots import Slots

if TYPE_CHECKING:
    import ibis.expr.types as ir


def extent(table: ir.Table, without: Mapping[str, Sequence[str]] = MappingProxyType({})) -> ir.Table:
    """The expression for the first and last second and the largest counts of the rows that can be read: one row.

    ``without`` has names of each column whose rows cannot be read either.
    """
    whole = table.select(**columns_of(table, layout_of(table.columns, "the table")))
    refused = [whole[column].isin(names) & whole[column].notnull() for column, names in without.items()]
    return _reach(whole.filter(~any_of([_bad(whole), *refused])))


def survey(table: ir.Table, where: str = "the table") -> ir.Table:
    """As ``extent``, of all rows, with what tells whether any is bad.

    ``least_X`` is the smallest of a count and ``rows`` their number; ``gaps`` is how many counts, models and times are
    missing. Nothing is worked out for a row, so an engine whose files say as much of their columns reads no row.
    """
    whole = table.select(**columns_of(table, layout_of(table.columns, where)))
    counts = _counts(whole)
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


def _counts(whole: ir.Table) -> dict[str, Any]:
    return {name: whole[name] for name in whole.columns if name.startswith("n_")}


def _reach(whole: ir.Table, **more: Any) -> ir.Table:
    return whole.aggregate(
        first=_whole_second(whole["start"].min()),
        last=_whole_second(whole["start"].max()),
        **{f"most_{name}": count.max() for name, count in _counts(whole).items()},
        **more,
    )


def _whole_second(moment: Any) -> Any:
    """The second since 1970 in which a moment lies; engines disagree on whether that has a part."""
    return moment.epoch_seconds().floor().cast("int64")


def bad_rows(table: ir.Table, where: str = "the table") -> ir.Table:
    """The expression for how many rows have a count that is none, or no model or time: one row."""
    whole = table.select(**columns_of(table, layout_of(table.columns, where)))
    found = whole.filter(_bad(whole))
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
    return whole.filter(_bad(whole)).order_by(["file", "row"]).limit(1).select("file", "row")


def _bad(whole: ir.Table) -> Any:
    wrong = [count.isnull() | (count < 0) | (count > MOST_COUNT) for count in _counts(whole).values()]
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
    sides = ((MEDIA[:3], _total(whole)), (MEDIA[3:], whole["n_output"]))
    told = [([whole[name] for name in names if name in whole.columns], side) for names, side in sides]
    return [sum_of(parts) - side for parts, side in told if parts]


BELIEVED = (1_420_070_400, 4_133_980_800)
"""Seconds since 1970 between which there can have been usage: those of the years 2015 to 2100."""
ROWS = "rows_added_up"
"""How many rows a sum is of, where that is another number than its requests."""
CACHED = 4
"""Rows that read or wrote a cache or did not are kept apart, as another seller counts them by that."""
FILE, FILE_ROW = "filename", "file_row_number"
"""What DuckDB calls the file and the row that a row is from."""


class Cuts(NamedTuple):
    """Where usage is cut: at times, and at sizes of input and output; ``most`` is more than any input.

    A cell is one of each, by one number: of few groups by a number an engine makes less than of many columns. Its
    number is the sum of what each adds to it: a part of time its own number times ``a_part``, and so on; ``CACHED``
    numbers are left for whether anything was read and written.
    """

    slots: Slots
    inputs: Brackets
    outputs: Sequence[int]
    most: int

    @property
    def a_size(self) -> int:
        """What a bracket of sizes adds to a cell for each one below it; an edge of outputs adds ``CACHED``."""
        return CACHED * (len(self.outputs) + 1)

    @property
    def a_part(self) -> int:
        """What a part of time adds to a cell for each one before it."""
        return self.a_size * (len(self.inputs.edges) + 1)

    def of(self, cell: int) -> tuple[datetime, tuple[int, int]]:
        """A moment within a cell, and the sizes of input in it."""
        part, within = divmod(cell, self.a_part)
        return self.slots.starts[part], self.inputs.sizes(within // self.a_size, self.most)


def as_it_is(table: ir.Table) -> ir.Table:
    """A small table of numbers, sent with the expression."""
    return table


def grouped(
    table: ir.Table,
    cuts: Cuts,
    keys: Sequence[str] = (),
    *,
    sound: bool = False,
    place: Callable[[ir.Table], ir.Table] = as_it_is,
) -> ir.Table:
    """The expression that cuts a table and adds it up: the same for every engine.

    ``keys`` are further names that are kept apart, such as session. Bad rows are left out; ``sound``: there are none.
    ``place`` puts a small table of numbers where an engine joins it fastest. Raises LlmcostError for a table without
    the columns.
    """
    import ibis

    layout = layout_of(table.columns, "the table")
    whole = table.select(**columns_of(table, layout))
    whole = whole if sound else whole.filter(~_bad(whole))
    cut = whole.mutate(total=_total(whole))
    apart: dict[str, Any] = {}
    if layout.requests:  # of a row of several requests only the sum is known; such rows are told apart by it
        apart["several"] = ibis.ifelse(cut["requests"] == 1, ibis.literal(-1, type="int64"), cut["total"])
    if any(name in cut.columns for name in MEDIA):
        apart["kinds"] = _kinds(ibis, cut)
        apart["overlap"] = _overlap(ibis, cut)
    slots, inputs = cuts.slots, cuts.inputs
    bucket, last = cut["total"] >> inputs.shift, len(inputs.below) - 1
    cut = cut.mutate(
        slot=(cut["start"].epoch_seconds() // slots.step).cast("int64"),
        bucket=bucket if cuts.most >> inputs.shift <= last else ibis.least(bucket, last),
        **apart,
    )
    # Every row is in one slot and one bucket.
    timed = cut.join(place(_times(ibis, slots, cuts.a_part)), "slot")
    joined = timed.join(place(_sizes(ibis, inputs, cuts.a_size)), "bucket")
    edges = [joined[f"edge{number}"] for number in range(len(inputs.inside[0]))]
    output = joined["n_output"]
    if layout.requests:
        output = (output + joined["requests"] - 1) // joined["requests"]
    second = joined["start"].epoch_seconds()
    turns = [ibis.ifelse(second >= joined[f"turn{n}"], joined[f"more{n}"], 0) for n in range(len(slots.turns[0]))]
    cell = [joined["part"], *turns, joined["below"], *_cached(ibis, joined)]
    cell += _reached(ibis, joined["total"], edges, cuts.a_size) + _reached(ibis, output, cuts.outputs, CACHED)
    joined = joined.mutate(cell=sum_of(cell))
    named = [name for name in ("provider", "terms", "place", *keys) if name in cut.columns]
    requests = joined["requests"].sum() if layout.requests else joined.count()
    sums = {name: joined[name].sum() for name in _counts(cut)}
    if layout.requests:
        sums[ROWS] = joined.count()
    return joined.group_by(["model", *named, "cell", *apart]).aggregate(requests=requests, **sums)


def _times(ibis: Any, slots: Slots, a_part: int) -> ir.Table:
    """The slots of time, what each adds to a cell, and where it goes over to other parts of time."""
    columns: dict[str, Iterable[int]] = {
        "slot": range(slots.first, slots.first + len(slots.parts)),
        "part": [part * a_part for part in slots.parts],
    }
    for number, turns in enumerate(zip(*slots.turns, strict=True)):
        columns[f"turn{number}"] = [turn.second for turn in turns]
        columns[f"more{number}"] = [turn.more * a_part for turn in turns]
    return _memtable(ibis, columns)


def _sizes(ibis: Any, brackets: Brackets, a_size: int) -> ir.Table:
    """The buckets of sizes, what each adds to a cell, and the edges in each."""
    edges = zip(*brackets.inside, strict=True)
    columns = {f"edge{number}": column for number, column in enumerate(edges)}
    below = [each * a_size for each in brackets.below]
    return _memtable(ibis, {"bucket": range(len(below)), "below": below, **columns})


def _memtable(ibis: Any, columns: Mapping[str, Iterable[int]]) -> ir.Table:
    made: ir.Table = ibis.memtable(
        {name: list(values) for name, values in columns.items()}, schema=dict.fromkeys(columns, "int64")
    )
    return made


def _reached(ibis: Any, value: Any, edges: Iterable[Any], each: int) -> list[Any]:
    """What a value adds to a cell for each of the edges that it reaches."""
    return [ibis.ifelse(value >= edge, each, 0) for edge in edges]


def _total(whole: ir.Table) -> Any:
    """All tokens of input of a row."""
    return sum_of([whole[name] for name in INPUTS if name in whole.columns])


def _cached(ibis: Any, whole: ir.Table) -> list[Any]:
    """What it adds to a cell whether anything of a row was read from a cache, and written to one: a bit for each."""
    read = [whole[name] for name in INPUTS[1:2] if name in whole.columns]
    written = [whole[name] for name in INPUTS[2:] if name in whole.columns]
    return [ibis.ifelse(sum_of(each) > 0, bit, 0) for each, bit in ((read, 1), (written, 2)) if each]


def _kinds(ibis: Any, whole: ir.Table) -> Any:
    """Which kinds of content a row has, a bit for each."""
    found = ibis.literal(0, type="int64")
    for place, name in enumerate(MEDIA):
        if name in whole.columns:
            found = found + ibis.ifelse(whole[name] > 0, 1 << place, 0)
    return found


def _overlap(ibis: Any, cut: ir.Table) -> Any:
    """What tells rows apart of which some input is cached and some is no text, so that how much is both is open."""
    none = ibis.literal("", type="string")
    media = [cut[name] for name in MEDIA[:3] if name in cut.columns]
    if not media:
        return none
    both = (sum_of(media) > 0) & (cut["n_input_uncached"] < cut["total"])
    told = [cut[name].cast("string") for name in cut.columns if name.startswith("n_")]
    text = told[0]
    for each in told[1:]:
        text = text + ibis.literal(" ") + each
    return ibis.ifelse(both, text, none)
