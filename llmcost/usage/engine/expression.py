"""Usage at any size: cut at the boundaries of prices and added up where the data is, by one expression.

The expression is Ibis's, so DuckDB runs it on files here, and Spark or a warehouse on its own tables. What comes back
is a few thousand sums, whatever the number of rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from llmcost.usage.engine.brackets import Brackets
from llmcost.usage.engine.columns import INPUTS, MEDIA, columns_of, layout_of, sum_of
from llmcost.usage.engine.slots import Slots
from llmcost.usage.engine.survey import counts_of, is_bad, total_of

if TYPE_CHECKING:
    import ibis.expr.types as ir


ROWS = "rows_added_up"
"""How many rows a sum is of, where that is another number than its requests."""
CACHED = 4
"""Rows that read or wrote a cache or did not are kept apart, as another seller counts them by that."""


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
    whole = whole if sound else whole.filter(~is_bad(whole))
    cut = whole.mutate(total=total_of(whole))
    apart: dict[str, Any] = {}
    if layout.requests:  # of a row of several only the sum is known; such rows are told apart by it and their number
        apart["several"] = ibis.ifelse(cut["requests"] == 1, ibis.literal(-1, type="int64"), cut["total"])
        apart["number"] = cut["requests"]
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
    sums = {name: joined[name].sum() for name in counts_of(cut)}
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
