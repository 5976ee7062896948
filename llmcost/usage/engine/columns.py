"""Which column of a table is what, and the columns that count in one shape."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from llmcost.core.pricing.conditions import STANDARD
from llmcost.errors import LlmcostError
from llmcost.usage.column_names import COUNTS, NAMES, near_miss
from llmcost.usage.format import OWN_TERMS
from llmcost.usage.rows import LAST_SECOND, NO, YES

if TYPE_CHECKING:
    import ibis.expr.types as ir

MOST_COUNT = 10**12
"""Tokens of one row; a larger count is not believed."""
WHEN = ("period_start", "start", "timestamp", "start_time", "time")
MODEL = ("model", "gen_ai.response.model", "gen_ai.request.model", "gen_ai_response_model", "gen_ai_request_model")
INSIDE = ("input_tokens", "gen_ai.usage.input_tokens", "gen_ai_usage_input_tokens", "prompt_tokens")
OUTPUT = ("output_tokens", "gen_ai.usage.output_tokens", "gen_ai_usage_output_tokens", "completion_tokens")
UNCLEAR_INPUT, EXCLUSIVE = INSIDE[0], "input_uncached_tokens"
WHOLE, POINTED = "^[0-9]{1,16}$", r"^([0-9]{1,16})\.0+$"
DAY = (
    "([0-9]{4}-(0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|[0-9]{4}-(0[469]|11)-(0[1-9]|[12][0-9]|30)"
    "|[0-9]{4}-02-(0[1-9]|1[0-9]|2[0-8])|20([02468][048]|[13579][26])-02-29)"
)
"""A day that there is; a cast to another one stops an engine."""
DATED = (
    f"^{DAY}[T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]+)?)?"
    "( ?(Z|UTC|[+-]([01][0-9]|2[0-3])(:?[0-5][0-9])?))?$"
)
DAY_ALONE = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
SECONDS = "^([0-9]{9,10}|[0-9]{12,13})$"
"""Seconds or milliseconds since 1970."""
TIERS = ("service_tier",)
STANDARD_NAMES = (STANDARD, "default")
UNCLEAR = "unclear"
"""The column that is 1 where a row says neither yes nor no, and 0 elsewhere."""


SUMS = {"period_end": "over time", "context_tier": "of one range of sizes"}
"""Columns by which rows are sums, and of what."""


class Layout(NamedTuple):
    """Which column of a table is what; ``inclusive``: its input holds what is cached."""

    start: str
    model: str
    input: str
    output: str
    inclusive: bool
    counts: Mapping[str, tuple[str, ...]]
    names: Mapping[str, tuple[str, ...]]
    requests: str | None

    @property
    def is_unclear(self) -> bool:
        """Whether its input may hold what is cached or not: Anthropic's does not, and others' of that name does."""
        return self.input == UNCLEAR_INPUT and any(key.startswith("cache_") for key in self.counts)


def layout_of(columns: Iterable[str], where: str) -> Layout:
    """Which columns of a table are meant, by their names. Raises LlmcostError for one that is missing."""
    known = set(columns)
    for column, what in SUMS.items():
        if column in known:
            remedy = "give rows of requests, or read the files without an engine"
            raise LlmcostError(f"{where} has a column {column}: its rows are sums {what}, which no engine cuts", remedy)

    def first(names: Sequence[str], what: str) -> str:
        found = next((name for name in names if name in known), None)
        if found is None:
            raise LlmcostError(f"{where} has no column for {what}", f"name one {' or '.join(names)}")
        return found

    told_by = {**COUNTS, "terms": NAMES["terms"], "batch": ("batch",)}
    if slip := near_miss(known, told_by, (*WHEN, *MODEL, *INSIDE, *OUTPUT, EXCLUSIVE)):
        remedy = f"call it {slip[1]} if it is that, or leave it out"
        raise LlmcostError(f"{where} has a column {slip[0]}, which is not known", remedy)
    exclusive = EXCLUSIVE in known
    found = Layout(
        start=first(WHEN, "when it was"),
        model=first(MODEL, "the model"),
        input=EXCLUSIVE if exclusive else first(INSIDE, "the input"),
        output=first(OUTPUT, "the output"),
        inclusive=not exclusive,
        counts=_known(COUNTS, known),
        names=_known(NAMES, known),
        requests="requests" if "requests" in known else None,
    )
    more = (name for names in (*found.counts.values(), *found.names.values()) for name in names)
    for name in (*found[:4], *more, "requests", "batch"):
        if {name, f"{name}_1"} <= known:  # what DuckDB calls the second column of a name
            why = f"{where} has columns {name} and {name}_1: which of them counts is not clear"
            raise LlmcostError(why, "leave one of them out")
    return found


def without_empty_columns(table: ir.Table) -> ir.Table:
    """A table without columns that are empty in every row, which have no kind."""
    schema = table.schema().items()
    return table.drop(*(name for name, kind in schema if kind.is_null() or (kind.is_unknown() and "NULL" in str(kind))))


def _known(wanted: Mapping[str, tuple[str, ...]], columns: set[str]) -> dict[str, tuple[str, ...]]:
    """The columns that say each, of which files that are read together may have one or the other."""
    found = {key: tuple(name for name in names if name in columns) for key, names in wanted.items()}
    return {key: names for key, names in found.items() if names}


INPUTS = (
    "n_input_uncached",
    "n_cache_read",
    "n_cache_write_5m",
    "n_cache_write_1h",
    "n_cache_write_12h",
    "n_cache_write_unspecified",
)
MEDIA = ("n_audio_input", "n_image_input", "n_video_input", "n_audio_output", "n_image_output")


def columns_of(table: ir.Table, layout: Layout) -> dict[str, Any]:
    """The columns that count, as this code calls them: disjoint counts with ``n_`` before their names.

    What is no count is -1, and what is no moment is null. Raises LlmcostError for a column of another kind.
    """
    import ibis

    def count(name: str) -> Any:
        return _count(ibis, name, table[name])

    found: dict[str, Any] = {
        "start": _moment(ibis, layout.start, table[layout.start]),
        "model": _text(layout.model, table[layout.model]),
        **({"requests": count(layout.requests)} if layout.requests else {}),
        "n_output": count(layout.output),
        **{f"n_{key}": ibis.coalesce(*map(count, names), 0) for key, names in layout.counts.items()},
        **{key: _first(ibis, [_name(n, table[n]) for n in names]) for key, names in layout.names.items()},
    }
    cached = [found[name] for name in INPUTS[1:] if name in found]
    fresh = count(layout.input)
    found["n_input_uncached"] = fresh - sum_of(cached) if layout.inclusive and cached else fresh
    if "terms" in found:
        found["terms"] = _first(ibis, [_terms(ibis, name, table[name]) for name in layout.names["terms"]])
    if "batch" in table.columns:
        word = table["batch"].cast("string").lower()
        found["terms"] = ibis.ifelse(word.isin(YES), ibis.literal("batch"), found.get("terms", ibis.null("string")))
        if not table["batch"].type().is_boolean():
            found[UNCLEAR] = ibis.ifelse(word.isnull() | word.isin((*YES, *NO)), 0, 1)
    return found


def _first(ibis: Any, texts: Sequence[Any]) -> Any:
    """The first of some texts that is there, and not empty."""
    return ibis.coalesce(*(text.nullif("") for text in texts)) if len(texts) > 1 else texts[0]


def _terms(ibis: Any, name: str, column: Any) -> Any:
    """The terms that a column names, null for the standard ones; so is a service tier that is not known."""
    lower = _text(name, column).lower()
    known = lower.isin(OWN_TERMS) if name in TIERS else ~lower.isin(("", *STANDARD_NAMES))
    return ibis.ifelse(known, lower, ibis.null("string"))


def _name(name: str, column: Any) -> Any:
    """A column as names; of one that an engine takes for times by how its names look, those times."""
    kind = column.type()
    return column.cast("string") if kind.is_timestamp() or kind.is_date() else _text(name, column)


def _count(ibis: Any, name: str, column: Any) -> Any:
    """A column as counts: a number with a part, and a text that is no number, are -1."""
    kind = column.type()
    if kind.is_integer() and not kind.is_uint64():
        return column.cast("int64")
    if kind.is_string() or kind.is_json():  # what DuckDB calls a column of JSON whose values are of several kinds
        text = column.cast("string").nullif("")
        pointed = ibis.ifelse(text.re_search(POINTED), text.re_extract(POINTED, 1), ibis.literal("-1"))
        whole = ibis.ifelse(text.re_search(WHOLE), text, pointed)
    elif kind.is_numeric():
        text = column
        some = ibis.ifelse(_is_within(column, MOST_COUNT), column, -1)  # what is no number has no floor
        whole = ibis.ifelse(some == some.floor(), some, -1)
    else:
        raise LlmcostError(f"its column {name} is of {_kind(kind)}, which is no count", "write whole numbers")
    return ibis.ifelse(text.isnull(), ibis.null("int64"), whole.cast("int64"))


def _is_within(column: Any, most: int) -> Any:
    """Whether numbers are from 0 to the most.

    NaN times 0 is none: whether it is NaN, DuckDB takes from the numbers about Parquet's columns, which pass over it.
    """
    within = (column >= 0) & (column <= most)
    return (column * 0 == 0) & within if column.type().is_floating() else within


def _text(name: str, column: Any) -> Any:
    """A column as texts. Raises LlmcostError for objects and lists, whose parts may be words of a conversation."""
    kind = column.type()
    if not (kind.is_string() or kind.is_numeric() or kind.is_uuid() or kind.is_null()) or kind.is_boolean():
        raise LlmcostError(f"its column {name} is of {_kind(kind)}, which is no name", "write texts")
    return column.cast("string")


def _kind(kind: Any) -> str:
    """What a kind is called, without the keys of objects."""
    return type(kind).__name__.lower()


def _moment(ibis: Any, name: str, column: Any) -> Any:
    """A column as moments: a number is of seconds or milliseconds since 1970, and a text is a date with a time."""
    kind = column.type()
    if kind.is_date():
        raise days_refused(name)
    if kind.is_timestamp():
        # a sum keeps a reader of CSV from casting the text of a moment, which would lose its offset
        zoned = kind.timezone is not None
        return (column + ibis.interval(seconds=0) if zoned else column).cast("timestamp")
    if kind.is_string():  # with its offset, which a cast to a time without a zone would lose
        text = ibis.ifelse(column.re_search(DATED), column, ibis.null("string"))
        digits = ibis.ifelse(column.re_search(SECONDS), column, ibis.null("string"))
        return ibis.coalesce(text.cast("timestamp('UTC')").cast("timestamp"), _since_1970(ibis, digits.cast("int64")))
    if kind.is_integer():
        return _since_1970(ibis, column)
    if kind.is_numeric() and not kind.is_boolean():
        some = ibis.ifelse(_is_within(column, MOST_COUNT * 10), column, ibis.null(kind))
        return _since_1970(ibis, some.floor().cast("int64"))
    raise LlmcostError(f"its column {name} is of {_kind(kind)}, which is no moment", "write dates or times")


def days_refused(name: str) -> LlmcostError:
    """Why a column of days is no column of times."""
    remedy = "give times, or read the files without an engine"
    return LlmcostError(f"its column {name} is of days: its rows are sums over a day, which no engine cuts", remedy)


def _since_1970(ibis: Any, number: Any) -> Any:
    return ibis.ifelse(number > LAST_SECOND, number // 1000, number).cast("timestamp")


def sum_of(values: Sequence[Any]) -> Any:
    """The expression for the sum of some."""
    total = values[0]
    for value in values[1:]:
        total = total + value
    return total


def any_of(values: Sequence[Any]) -> Any:
    """The expression for whether one of some holds."""
    found = values[0]
    for value in values[1:]:
        found = found | value
    return found
