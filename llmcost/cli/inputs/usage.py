"""From paths and options to what was really used."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar, NamedTuple

import typer

from llmcost.cli.console import show_progress
from llmcost.cli.inputs.piped import piped
from llmcost.cli.options import PriceOptions, Text
from llmcost.core.values.dates import parse_day
from llmcost.core.workload.text import KINDS
from llmcost.core.workload.usage_record import UNDATED, UsageRecord, each_once
from llmcost.errors import LlmcostError, at_flag

if TYPE_CHECKING:
    from llmcost.api.usage.pricer import UsagePricer
    from llmcost.core.offers.catalogue import Catalogue
    from llmcost.core.offers.offer import Offer
    from llmcost.core.workload.billed_cost import BilledCost
    from llmcost.usage.engine.sources import TableRead


@dataclass(repr=False, eq=False, kw_only=True)
class UsageOptions:
    """Which of what was used counts."""

    HEADING: ClassVar[str] = "Real usage"

    since: Annotated[Text, typer.Option(metavar="DATE", help="The first day that counts, of real usage.")] = None
    until: Annotated[Text, typer.Option(metavar="DATE", help="The last day that counts, of real usage.")] = None
    timezone_name: Annotated[
        str, typer.Option("--timezone", metavar="ZONE", help="Whose days and hours, such as Europe/Berlin.")
    ] = "UTC"
    skip_bad: Annotated[bool, typer.Option("--skip-bad", help="Count rows that cannot be read, and go on.")] = False
    table: Annotated[Text, typer.Option(metavar="NAME", help="A table that the engine has, in place of files.")] = None


@dataclass(repr=False, eq=False, kw_only=True)
class UsageEngineOptions(UsageOptions):
    """Which of what was used counts, and what adds it up."""

    engine: Annotated[
        Text,
        typer.Option(metavar="NAME", help="Add up tables where they are: duckdb (files; usual for Parquet) or spark."),
    ] = None


class UsageSource(NamedTuple):
    """Where usage is: its paths, () for the logs of this machine, and the engine that adds up tables, None for none.

    ``asked`` are offers to which it is to be moved, and ``kinds`` the kinds of text that it may be of.
    """

    paths: Sequence[str]
    engine: str | None = None
    asked: Sequence[Offer] = ()
    kinds: Sequence[str] = KINDS


class UsageInput(NamedTuple):
    """What was used, each request once; what is to be said of how it was read; and whose days count.

    ``reach`` is when the first and the last was, where the records are sums that do not tell. ``since`` and ``until``
    are the days that were asked about, None where any counts.
    """

    records: list[UsageRecord]
    said: list[str]
    zone: tzinfo
    reach: tuple[datetime, datetime] | None = None
    since: date | None = None
    until: date | None = None

    @property
    def span(self) -> tuple[date, date]:
        """The first and the last day of it, which are those that were asked about where somebody did."""
        first, last = self._found
        return self.since or first, self.until or last

    @property
    def _found(self) -> tuple[date, date]:
        if self.reach is not None:
            return self.reach[0].astimezone(self.zone).date(), self.reach[1].astimezone(self.zone).date()
        first = min(record.local_start(self.zone).date() for record in self.records)
        return first, max(record.local_end(self.zone).date() for record in self.records)


DEARER = "where a sum may lie on both sides of an edge, the dearer is taken and the range says so"
INSTANT = timedelta(microseconds=1)
STDIN = "-"
HEAD = 4096
"""Bytes by which a workload is told from usage."""
IS_JSON = re.compile(rb"(?:\xef\xbb\xbf)?\s*[\[{]")
IS_WORKLOAD = re.compile(rb"""(?<![\\\w])"?(?:classes"?\s*:|kind"?\s*:\s*"?workload\b)""")
IS_ROW = re.compile(rb"[^\n:#]*[,;\t][^\n:#]*\n")
OWN_DAY = "used"
"""What --on says for the prices of each request's own day, where something else says a day."""


def ask_own_days(source: PriceOptions) -> tuple[PriceOptions, bool]:
    """Whether each request has the prices of its own day, as where nobody says another; and the options without it."""
    if source.on == OWN_DAY and not source.frozen:
        return replace(source, on=None), True
    return source, source.on is None and not source.frozen


def ask_usage(
    source: UsageSource, options: UsageOptions, today: date, pricer: UsagePricer, keys: Sequence[str] = ()
) -> UsageInput:
    """The usage that files hold, or without any the logs of coding agents on this machine.

    What does not say when it was is taken as of ``today``, and that is said. Tables are cut at the boundaries of all
    prices of ``pricer`` and added up by an engine, but for what ``keys`` tell apart.
    Raises LlmcostError for what cannot be read, and where there is none in the time that is asked about.
    """
    from llmcost.usage.many import read_all, read_logs
    from llmcost.usage.table import MOST_BYTES

    zone = _zone(options.timezone_name)
    paths = source.paths
    if source.engine or options.table or any(map(_is_table, paths)):
        from llmcost.api.usage.tables import MOST_MOVED

        found = _of_tables(source, options, zone, pricer, keys)
        name = ", ".join(paths) or options.table
        said = [f"{name} is added up by {source.engine or 'its engine'}", *found.said(str(name))]
        if len(source.asked) > MOST_MOVED:
            said.append(f"{name}: of more than {MOST_MOVED} offers sizes are not cut by each one's tokenizer: {DEARER}")
        reach = None if options.since or options.until else found.span
        return _within(UsageInput(found.records, said, zone, reach), options, keys)
    if paths:
        raw = piped(MOST_BYTES) if STDIN in paths else None
        read = read_all(list(map(Path, paths)), skip_bad=options.skip_bad, piped=raw, progress=show_progress)
    else:
        read = read_logs(Path.home(), skip_bad=options.skip_bad, progress=show_progress)
    once = each_once(read.records)
    dated, more = _dated(once, today)
    if repeats := len(read.records) - len(once):
        one = repeats == 1
        rows = f"{repeats:,} row{' repeats' if one else 's repeat'} the id of others in other files"
        more.append(f"{rows}, and count{'s' if one else ''} once")
    return _within(UsageInput(dated, [*read.said, *more], zone), options, keys)


def shown(path: str) -> str:
    """What a path is called."""
    return "<stdin>" if path == STDIN else path


def _goes_over(record: UsageRecord, zone: tzinfo, *, days: bool) -> bool:
    """Whether a sum goes on over several days, or months."""
    if record.end is None:
        return False
    first, last = record.local_start(zone).date(), record.local_end(zone).date()
    return first != last if days else (first.year, first.month) != (last.year, last.month)


SHORT_TIMES = frozenset(("hour", "day", "week"))


def _longer_said(found: UsageInput, *, days: bool) -> list[str]:
    """What is said of sums over several days, or months, of which each counts in one."""
    longer = sum(1 for each in found.records if _goes_over(each, found.zone, days=days))
    unit = "days" if days else "months"
    if longer == 1:
        return [f"1 row is a sum over several {unit}, which counts on the first"]
    return [f"{longer:,} rows are sums over several {unit}, which count on the first"] if longer else []


def _within(found: UsageInput, options: UsageOptions, keys: Sequence[str]) -> UsageInput:
    """What was used on the days that count. Raises LlmcostError where there is none."""
    first, last = _days_asked(options)
    records = found.records
    if first is not None or last is not None:
        days = _Days(first, last)
        records = [each for each in records if days.hold(each.local_start(found.zone).date())]
    if first is not None or last is not None or not SHORT_TIMES.isdisjoint(keys):
        found = found._replace(said=[*found.said, *_longer_said(found, days=True)])
    elif "month" in keys:
        found = found._replace(said=[*found.said, *_longer_said(found, days=False)])
    if records:
        return found._replace(records=records, since=first, until=last)
    if options.since or options.until:
        raise LlmcostError("there is no usage in that time", "see --since and --until, or name other files")
    said = [" ".join(each.splitlines()) for each in found.said]  # a file's name may hold line breaks
    raise LlmcostError("there is no usage in it", "\n".join([*said, "name other files"]))


def _is_table(path: str) -> bool:
    return path.lower().endswith(".parquet") or _is_pattern(path)


def _is_pattern(path: str) -> bool:
    """Whether a path stands for several, and is none itself."""
    return any(sign in path for sign in "*?[") and not Path(path).exists()


def _of_tables(
    source: UsageSource, options: UsageOptions, zone: tzinfo, pricer: UsagePricer, keys: Sequence[str]
) -> TableRead:
    """The usage of tables, by an engine."""
    from llmcost.api.usage.tables import read_cut
    from llmcost.core.quotes.usage_cost import TIMES
    from llmcost.usage.engine.sources import ENGINES, TableSource, read_tables

    engine = source.engine or ("spark" if options.table else "duckdb")
    if engine not in ENGINES:
        raise LlmcostError(f'--engine: "{engine}" is not known', f"write one of: {', '.join(ENGINES)}")
    if bool(source.paths) == bool(options.table):
        raise LlmcostError("name files, or a table with --table", "and not both")
    named = [key for key in keys if key not in (*TIMES, "model", "provider")]
    limited = ["day"] if options.since or options.until else []
    times = [TIMES[key] for key in (*keys, *limited) if key in TIMES]
    show_progress(f"adding up by {engine}")
    try:
        return read_cut(
            pricer,
            lambda boundaries: read_tables(
                TableSource(source.paths, engine, options.table),
                boundaries,
                lambda start: tuple(time_of(start.astimezone(zone)) for time_of in times),
                keys=named,
                skip_bad=options.skip_bad,
            ),
            source.asked,
            source.kinds,
        )
    finally:
        show_progress("")


def _dated(records: list[UsageRecord], today: date) -> tuple[list[UsageRecord], list[str]]:
    """The records with those that do not say when they were on one day, and what is said of them."""
    number = sum(1 for record in records if record.start == UNDATED)
    if not number:
        return records, []
    start = datetime.combine(today, time(), timezone.utc)
    end = start + timedelta(days=1)
    made = [record._replace(start=start, end=end) if record.start == UNDATED else record for record in records]
    return made, [f"{number} row{'' if number == 1 else 's'} without a time: taken as of {today}"]


def _zone(name: str) -> tzinfo:
    if name == "UTC":
        return timezone.utc
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        raise LlmcostError(f'--timezone: "{name}" is not known', "write it like Europe/Berlin") from None


def bill_within(costs: Sequence[BilledCost], options: UsageOptions) -> list[BilledCost]:
    """What was billed for the days that count. Raises LlmcostError for what was billed for others as well."""
    days = _Days(*_days_asked(options))
    kept = []
    for cost in costs:
        first, last = cost.start.date(), ((cost.end or cost.start + INSTANT) - INSTANT).date()
        whole = days.hold(first) and days.hold(last)
        if not whole and days.reach(first, last):
            what = f"the bill has an amount for {first} to {last}, of which a part alone counts"
            raise LlmcostError(what, "write --since and --until as the bill has its days, or leave them out")
        if whole:
            kept.append(cost)
    if not kept:
        raise LlmcostError("nothing was billed in that time", "see --since and --until, or name another bill")
    return kept


class _Days(NamedTuple):
    """The first and the last day that count; None where any does."""

    first: date | None
    last: date | None

    def hold(self, day: date) -> bool:
        """Whether a day counts."""
        return (self.first is None or day >= self.first) and (self.last is None or day <= self.last)

    def reach(self, first: date, last: date) -> bool:
        """Whether any day of a span counts."""
        return (self.first is None or last >= self.first) and (self.last is None or first <= self.last)


def _days_asked(options: UsageOptions) -> tuple[date | None, date | None]:
    """The first and the last day that somebody asks about; None where nobody does."""
    with at_flag("--since"):
        first = parse_day(options.since) if options.since else None
    with at_flag("--until"):
        last = parse_day(options.until) if options.until else None
    return first, last


def ask_moves(texts: Sequence[str], catalogue: Catalogue) -> Mapping[str, Offer]:
    """The offers that models are moved to, by the name that the usage has: ``gpt-5=qwen3.6-plus``.

    Raises LlmcostError for a text that is none, and for two moves of one model.
    """
    moves: dict[str, Offer] = {}
    for text in (part for each in texts for part in each.split(",")):
        model, sign, selector = (part.strip() for part in text.partition("="))
        if not (model and sign and selector):
            raise LlmcostError(f'--map: "{text}" is no move', "write it like gpt-5=qwen3.6-plus")
        if model in moves:
            raise LlmcostError(f"--map: {model} is moved twice", "leave one of them out")
        with at_flag("--map"):
            moves[model] = catalogue.understand(selector).offer
    return moves


GZIP, SQLITE = b"\x1f\x8b", b"SQLite format 3\0"
USAGE_ENDINGS = (".csv", ".jsonl", ".parquet", ".gz", ".zst")


def is_usage(word: str) -> bool:
    """Whether a word names a file or a folder of usage, and no workload."""
    path = Path(word)
    if path.is_dir():
        return True
    if word == STDIN:
        return _is_usage_text(piped(HEAD))
    lower = word.lower()
    if lower.endswith(USAGE_ENDINGS) or (_is_pattern(word) and lower.endswith(".json")):
        return True
    if lower.endswith(".json"):
        return path.is_file() and not _is_workload(path)
    return path.is_file() and _head(path).startswith(SQLITE)


def _head(path: Path) -> bytes:
    """How a file begins; nothing of one that cannot be read, which is refused where it is."""
    try:
        with path.open("rb") as stream:
            return stream.read(HEAD)
    except OSError:
        return b""


def _is_workload(path: Path) -> bool:
    """Whether a JSON file is a workload, which says so at its beginning."""
    return IS_WORKLOAD.search(_head(path)) is not None


def _is_usage_text(head: bytes) -> bool:
    """Whether what was piped in is usage by its beginning: packed, JSON that is no workload, or a head of columns."""
    if head.startswith(GZIP):
        return True
    if IS_JSON.match(head):
        return IS_WORKLOAD.search(head) is None
    return IS_ROW.match(head) is not None
