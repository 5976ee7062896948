"""Usage at any size: cut at the boundaries of prices and added up where the data is, by one expression.

The expression is Ibis's, so DuckDB runs it on files here, and Spark or a warehouse on its own tables. What comes back
is a few thousand sums, whatever the number of rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from llmcost.core.pricing.boundaries import Boundaries
from llmcost.core.workload.usage_record import UsageRecord
from llmcost.usage.engine.columns import INPUTS, MEDIA, MOST_COUNT, NAMES, any_of, columns_of, layout_of, sum_of
from llmcost.usage.engine.slots import Slots

if TYPE_CHECKING:
    import ibis.expr.types as ir


def extent(table: ir.Table, where: str = "the table") -> ir.Table:
    """The expression for the first and last second and the largest sizes of the rows that can be read: one row."""
    whole = table.select(**columns_of(table, layout_of(table.columns, where)))
    return _reach(whole.filter(~_bad(whole)))


def survey(table: ir.Table, where: str = "the table") -> ir.Table:
    """As ``extent``, of all rows, with what tells whether any is bad: much faster, as no row is looked at alone.

    ``least`` and ``most`` are the smallest and the largest count, ``gaps`` how many of them are missing.
    """
    import ibis

    whole = table.select(**columns_of(table, layout_of(table.columns, where)))
    counts = [whole[name] for name in whole.columns if name.startswith("n_")]
    needed = [*counts, whole["start"], whole["model"]]
    first_request = whole["requests"].min() if "requests" in whole.columns else ibis.literal(1)
    return _reach(
        whole,
        least=ibis.least(*[count.min() for count in counts], first_request - 1),
        most=ibis.greatest(*[count.max() for count in counts]),
        gaps=sum_of([whole.count() - each.count() for each in needed]),
        rows=whole.count(),
    )


def _reach(whole: ir.Table, **more: Any) -> ir.Table:
    seconds = whole["start"].epoch_seconds()
    return whole.aggregate(
        first=seconds.min(),
        last=seconds.max(),
        most_input=_total(whole).max(),
        most_output=whole["n_output"].max(),
        **more,
    )


def bad_rows(table: ir.Table, where: str = "the table") -> ir.Table:
    """The expression for how many rows have a count that is none, or no model or time: one row."""
    whole = table.select(**columns_of(table, layout_of(table.columns, where)))
    found = whole.filter(_bad(whole))
    return found.aggregate(bad=found.count())


def _bad(whole: ir.Table) -> Any:
    counts = [whole[name] for name in whole.columns if name.startswith("n_")]
    wrong = [count.isnull() | (count < 0) | (count > MOST_COUNT) for count in counts]
    missing = [whole["start"].isnull(), whole["model"].isnull()]
    if "requests" in whole.columns:
        missing += [whole["requests"].isnull(), whole["requests"] < 1]
    return any_of([*wrong, *missing])


def grouped(
    table: ir.Table, boundaries: Boundaries, slots: Slots, keys: Sequence[str] = (), *, sound: bool = False
) -> ir.Table:
    """The expression that cuts a table and adds it up: the same for every engine.

    ``keys`` are further names that are kept apart, such as session. Bad rows are left out; ``sound``: there are none.
    Raises LlmcostError for a table without the columns.
    """
    import ibis

    layout = layout_of(table.columns, "the table")
    whole = table.select(**columns_of(table, layout))
    whole = whole if sound else whole.filter(~_bad(whole))
    cut = whole.mutate(total=_total(whole))
    apart: dict[str, Any] = {}
    if boundaries.inputs:
        apart["size"] = _bracket(ibis, cut["total"], boundaries.inputs)
    if boundaries.outputs:
        requests = cut["requests"] if layout.requests else 1
        apart["made"] = _bracket(ibis, (cut["n_output"] + requests - 1) // requests, boundaries.outputs)
    if layout.requests:  # of a row of several requests only the sum is known; such rows are told apart by it
        apart["several"] = ibis.ifelse(cut["requests"] == 1, ibis.literal(-1, type="int64"), cut["total"])
    if any(name in cut.columns for name in MEDIA):
        apart["kinds"] = _kinds(ibis, cut)
        apart["overlap"] = _overlap(ibis, cut)
    cut = cut.mutate(slot=(cut["start"].epoch_seconds() // slots.step).cast("int64"), **apart)
    times = ibis.memtable(
        {"slot": [slots.first + number for number in range(len(slots.parts))], "part": list(slots.parts)},
        schema={"slot": "int64", "part": "int64"},
    )
    timed = cut.join(times, "slot")
    named = [name for name in ("provider", "terms", "place", *keys) if name in cut.columns]
    sums = {name: timed[name].sum() for name in cut.columns if name.startswith("n_")}
    requests = timed["requests"].sum() if layout.requests else timed.count()
    return timed.group_by(["model", *named, "part", *apart]).aggregate(
        requests=requests, least=timed["total"].min(), most=timed["total"].max(), **sums
    )


def _total(whole: ir.Table) -> Any:
    """All tokens of input of a row."""
    return sum_of([whole[name] for name in INPUTS if name in whole.columns])


def _bracket(ibis: Any, value: Any, firsts: Sequence[int]) -> Any:
    """Between which edges a value lies: a tree of comparisons, so that many edges cost few of them."""

    def tree(low: int, high: int) -> Any:
        if low == high:
            return ibis.literal(low, type="int64")
        middle = (low + high) // 2
        return ibis.ifelse(value < firsts[middle], tree(low, middle), tree(middle + 1, high))

    return tree(0, len(firsts))


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


def records_of(rows: Iterable[Mapping[str, Any]], slots: Slots) -> list[UsageRecord]:
    """The sums that came back as records, each of one part of time."""
    kept: list[UsageRecord] = []
    for row in rows:
        counts: dict[str, Any] = {
            key.removeprefix("n_"): int(value) for key, value in row.items() if key.startswith("n_")
        }
        several = int(row.get("several", -1))
        kept.append(
            UsageRecord(
                start=slots.starts[int(row["part"])],
                model=str(row["model"]),
                **{key: row[key] for key in NAMES if row.get(key) is not None},
                requests=int(row["requests"]),
                input_range=(0, several) if several >= 0 else (int(row["least"]), int(row["most"])),
                **counts,
            )
        )
    return kept
