"""What a format is: how it is told from others, and how one of its rows becomes a record."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any, Generic, NamedTuple, TypeVar

from llmcost.core.pricing.conditions import USUAL_TERMS
from llmcost.core.workload.billed_cost import BilledCost
from llmcost.usage.file import NonUsage
from llmcost.usage.rows import BadRow, Row
from llmcost.usage.table import Table

RANGE = re.compile(r"(?:context_)?([0-9]+)(k|m)?-([0-9]+)(k|m)(?:_.*)?", re.IGNORECASE)
THOUSANDS = {None: 1, "k": 1_000, "m": 1_000_000}
BELOW = re.compile(r"≤ ?([0-9]+)k")
ABOVE = re.compile(r"> ?([0-9]+)k")


Found = TypeVar("Found")


class Format(NamedTuple, Generic[Found]):
    """One layout that somebody writes usage, or costs, in.

    ``counting`` says in a few words whether its input holds cached tokens. ``fits`` tells a table of it from others.
    ``rows`` are those of a table that may be usage, taken out of what is around them and each only once; ``record`` is
    one of them, or why it is no usage. Both raise BadRow for what cannot be read, and ``rows`` BadColumn for a column
    that cannot. ``bound`` is what a file of it never tells, or finds what one does not; None for nothing. ``shape`` is
    a type of the keys that are read of a line of a log, so that nothing else of it is kept, and ``marks`` the words of
    which each line that matters has one; without any, all may. ``keys`` are the cells that tell a sum from others of
    its span, by which two exports know the same one where any of ``owners``, which are some of them, says whose it is:
    else it may be another account's.
    """

    name: str
    counting: str
    fits: Callable[[Table], bool]
    rows: Callable[[Table], Iterable[Row]]
    record: Callable[[Row], Found | NonUsage | str]
    bound: str | Callable[[Table], str | None] | None = None
    shape: Any = Any
    marks: tuple[bytes, ...] = ()
    keys: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()


def all_rows(table: Table) -> Iterable[Row]:
    """The rows as they stand."""
    return table.rows


def whole_page(table: Table) -> Row:
    """The document of a page. Raises BadRow where it is not the last of several, as a part would be taken for all."""
    (page,) = table.rows
    if page.cells.get("has_more"):
        raise BadRow("has_more is true: further pages are missing; ask for all of them")
    return page


def results_in_buckets(*span: str) -> Callable[[Table], Iterable[Row]]:
    """A way to the results of a page, each with the keys of its bucket that say its span of time."""

    def rows(table: Table) -> Iterable[Row]:
        for bucket in whole_page(table).rows("data"):
            around = {key: bucket.cells.get(key) for key in span}
            for result in bucket.rows("results"):
                yield Row(bucket.number, {**result.cells, **around})

    return rows


def non_usage(
    row: Row, reason: str, *, cost: str, start: str, model: str = "model", provider: str | None = None
) -> NonUsage:
    """Why a row is no usage, with what it cost in USD; ``cost``, ``start`` and ``model`` are the keys of these.

    Raises BadRow where it cost something and has no time.
    """
    amount = row.money(cost)
    if not amount:
        return NonUsage(reason)
    day = row.moment(start).replace(hour=0, minute=0, second=0, microsecond=0)
    billed = BilledCost(day, amount, "USD", end=day + timedelta(days=1), provider=provider, model=row.text(model))
    return NonUsage(reason, billed)


def has_columns(*columns: str) -> Callable[[Table], bool]:
    """Whether a table of CSV has these columns, wherever they stand."""
    wanted = frozenset(columns)
    return lambda table: wanted <= table.columns


def without(whole: int, name: str, *parts: int) -> int:
    """What of a whole is in none of its parts. Raises BadRow when they are more."""
    left = whole - sum(parts)
    if left < 0:
        raise BadRow(f"{name} is less than what of it is cached")
    return left


def agrees(stated: int | None, counted: int, name: str) -> None:
    """Hold a sum of the vendor's own against ours. Raises BadRow when they differ."""
    if stated is not None and stated != counted:
        raise BadRow(f"{name} is not the sum of its parts")


def size_range(text: str | None) -> tuple[int, int | None] | None:
    """The sizes of input that a label such as 0-200k, ``> 200k`` or context_0-256k_input_token names; None for none."""
    if text is None:
        return None
    if found := RANGE.fullmatch(text):
        low, high = (int(found[at]) * THOUSANDS[found[at + 1] and found[at + 1].lower()] for at in (1, 3))
        return low + 1 if low else 0, high
    if found := BELOW.fullmatch(text):
        return 0, int(found[1]) * 1_000
    if found := ABOVE.fullmatch(text):
        return int(found[1]) * 1_000 + 1, None
    return None


REQUESTS = "how many requests there were"
"""What files of sums mostly do not say."""
OWN_TERMS = USUAL_TERMS[1:]
"""Terms that usage is said to be on; the standard ones are not said."""


def anthropic_place(geography: str | None) -> str | None:
    """The place that Anthropic's name of a geography means; None where none is stated."""
    return geography if geography in ("us", "global") else None


def terms_of(tier: str | None) -> str | None:
    """The terms that a service tier is called by; None for the standard ones and where none is stated."""
    return tier.lower() if tier and tier.lower() in OWN_TERMS else None
