"""From paths and options to what was really used."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from llmcost.cli.console import show_progress
from llmcost.cli.inputs.piped import piped
from llmcost.cli.inputs.usage.days import Days, days_asked, zone_named
from llmcost.cli.inputs.usage.files import STDIN, is_table
from llmcost.cli.inputs.usage.options import UsageOptions
from llmcost.core.workload.text import KINDS
from llmcost.core.workload.usage_record import UNDATED, UsageRecord, each_once
from llmcost.errors import LlmcostError

if TYPE_CHECKING:
    from llmcost.api.usage.pricer import UsagePricer
    from llmcost.core.offers.offer import Offer
    from llmcost.usage.engine.sources import TableRead
    from llmcost.usage.many import Reading


class UsageSource(NamedTuple):
    """Where usage is: its paths, () for the logs of this machine, and the engine that adds up tables, None for none.

    ``asked`` are offers to which it is to be moved, and ``kinds`` the kinds of text that it may be of; ``busiest``: the
    busiest hour is asked for.
    """

    paths: Sequence[str]
    engine: str | None = None
    asked: Sequence[Offer] = ()
    kinds: Sequence[str] = KINDS
    busiest: bool = False


class UsageInput(NamedTuple):
    """What was used, each request once; what is to be said of how it was read; and whose days count.

    ``reach`` is when the first and the last was, where the records are sums that do not tell. ``since`` and ``until``
    are the days that were asked about, None where any counts. ``busiest`` is how many tokens the busiest hour holds,
    where the records are such sums and it was asked for.
    """

    records: list[UsageRecord]
    said: list[str]
    zone: tzinfo
    reach: tuple[datetime, datetime] | None = None
    since: date | None = None
    until: date | None = None
    busiest: int | None = None

    @property
    def span(self) -> tuple[date, date]:
        """The first and the last day of it, which are those that were asked about where somebody did."""
        first, last = self._found
        return min(self.since or first, first), max(self.until or last, last)

    @property
    def _found(self) -> tuple[date, date]:
        if self.reach is not None:
            return self.reach[0].astimezone(self.zone).date(), self.reach[1].astimezone(self.zone).date()
        first = min(record.local_start(self.zone).date() for record in self.records)
        return first, max(record.local_end(self.zone).date() for record in self.records)


DEARER = "where a sum may lie on both sides of an edge, the dearer is taken and the range says so"


def begin_usage(source: UsageSource, options: UsageOptions) -> Reading | None:
    """Begin to read the files that ``ask_usage`` asks for; None where an engine adds them up.

    Raises LlmcostError for folders without files.
    """
    if _is_of_tables(source, options):
        return None
    from llmcost.usage.many import begin_all, begin_logs

    if not source.paths:
        return begin_logs(Path.home(), skip_bad=options.skip_bad, progress=show_progress)
    raw = None
    if STDIN in source.paths:
        from llmcost.usage.table import MOST_BYTES

        raw = piped(MOST_BYTES)
    return begin_all(list(map(Path, source.paths)), skip_bad=options.skip_bad, piped=raw, progress=show_progress)


def _is_of_tables(source: UsageSource, options: UsageOptions) -> bool:
    return bool(source.engine or options.table or any(map(is_table, source.paths)))


def ask_usage(
    source: UsageSource,
    options: UsageOptions,
    today: date,
    pricer: UsagePricer,
    keys: Sequence[str] = (),
    begun: Reading | None = None,
) -> UsageInput:
    """The usage that files hold, or without any the logs of coding agents on this machine.

    ``begun`` is what ``begin_usage`` gave; None where it was not called.

    What does not say when it was is taken as of ``today``, and that is said. Tables are cut at the boundaries of all
    prices of ``pricer`` and added up by an engine, but for what ``keys`` tell apart.
    Raises LlmcostError for what cannot be read, and where there is none in the time that is asked about.
    """
    zone = zone_named(options.timezone_name)
    reading = begun or begin_usage(source, options)
    if reading is None:
        from llmcost.api.usage.tables import MOST_MOVED

        found = _of_tables(source, options, zone, pricer, keys)
        name = ", ".join(source.paths) or options.table
        said = [f"{name} is added up by {source.engine or 'its engine'}", *found.said(str(name))]
        if len(source.asked) > MOST_MOVED:
            said.append(f"{name}: of more than {MOST_MOVED} offers sizes are not cut by each one's tokenizer: {DEARER}")
        reach = None if options.since or options.until else found.span
        return _within(UsageInput(found.records, said, zone, reach, busiest=found.busiest), options, keys)
    read = reading()
    once = each_once(read.records)
    dated, more = _dated(once, today)
    if repeats := len(read.records) - len(once):
        one = repeats == 1
        rows = f"{repeats:,} row{' repeats' if one else 's repeat'} the id of others in other files"
        more.append(f"{rows}, and count{'s' if one else ''} once")
    return _within(UsageInput(dated, [*read.said, *more], zone), options, keys)


def _goes_over(record: UsageRecord, zone: tzinfo, *, days: bool) -> bool:
    """Whether a sum goes on over several days, or months."""
    if record.end is None:
        return False
    first, last = record.local_start(zone).date(), record.local_end(zone).date()
    return first != last if days else (first.year, first.month) != (last.year, last.month)


SHORT_TIMES = frozenset(("hour", "day", "week"))


def _longer_said(found: UsageInput, *, days: bool) -> list[str]:
    """What is said of sums over several days, or months, of which each counts in one."""
    sums = [each for each in found.records if each.end is not None]
    longer = sum(_goes_over(each, found.zone, days=days) for each in sums)
    unit = "days" if days else "months"
    if longer == 1:
        return [f"1 row is a sum over several {unit}, which counts on the first"]
    return [f"{longer:,} rows are sums over several {unit}, which count on the first"] if longer else []


def _of_days_said(found: UsageInput, keys: Sequence[str]) -> list[str]:
    """What is said of sums of a day in hours, and by the clock of another zone than that of their source."""
    sums = sum(each.end is not None and each.end - each.start == ONE_DAY for each in found.records)
    if not sums:
        return []
    rows = "1 row is a sum of a day" if sums == 1 else f"{sums:,} rows are sums of days"
    said = [f"{rows}, in the first hour of it"] if "hour" in keys else []
    is_local = found.zone is not timezone.utc
    return [*said, *([f"{rows} as the source has them, whatever --timezone says"] if is_local else [])]


def _partial_sums(found: UsageInput, days: Days) -> list[UsageRecord]:
    """The sums that are partly of days which count and partly of others.

    Raises LlmcostError for one of more than a day, as nobody knows how much of it was when.
    """
    sums = [each for each in found.records if each.end is not None]
    partial = []
    for each in sums:
        first, last = each.local_start(found.zone).date(), each.local_end(found.zone).date()
        if (days.hold(first) and days.hold(last)) or not days.reach(first, last):
            continue
        if each.end is not None and each.end - each.start > ONE_DAY:
            what = f"the usage of {each.model} has a sum of {first} to {last}, of which a part alone counts"
            remedy = "write --since and --until as the usage has its sums, or leave them out"
            raise LlmcostError(what, remedy)
        partial.append(each)
    return partial


def _early_said(partial: Sequence[UsageRecord], days: Days, zone: tzinfo) -> str:
    """What is said of sums that began before the days that count and are left out."""
    number = sum(not days.hold(each.local_start(zone).date()) for each in partial)
    return f", with {number:,} sum{'' if number == 1 else 's'} that began before that time" if number else ""


ONE_DAY = timedelta(days=1)


def _within(found: UsageInput, options: UsageOptions, keys: Sequence[str]) -> UsageInput:
    """What was used on the days that count. Raises LlmcostError where there is none, and for a sum partly of others."""
    first, last = days_asked(options)
    records, early = found.records, ""
    if first is not None or last is not None:
        days = Days(first, last)
        records = [each for each in records if days.hold(each.local_start(found.zone).date())]
        early = _early_said(_partial_sums(found, days), days, found.zone)
    if first is not None or last is not None or not SHORT_TIMES.isdisjoint(keys):
        found = found._replace(said=[*found.said, *_longer_said(found, days=True)])
        found = found._replace(said=[*found.said, *_of_days_said(found, keys)])
    elif "month" in keys:
        found = found._replace(said=[*found.said, *_longer_said(found, days=False)])
    if records:
        return found._replace(records=records, since=first, until=last)
    if found.records:
        there = "what was found is of {} to {}".format(*found.span)
        remedy = f"{there}{early}: see --since and --until, or name other files"
        raise LlmcostError("there is no usage in that time", remedy)
    said = [" ".join(each.splitlines()) for each in found.said]  # a file's name may hold line breaks
    raise LlmcostError("there is no usage in it", "\n".join([*said, "name other files"]))


def _of_tables(
    source: UsageSource, options: UsageOptions, zone: tzinfo, pricer: UsagePricer, keys: Sequence[str]
) -> TableRead:
    """The usage of tables, by an engine."""
    from llmcost.api.usage.tables import read_cut
    from llmcost.core.quotes.usage_cost import TIMES
    from llmcost.usage.engine.connections import ENGINES, TableSource
    from llmcost.usage.engine.sources import read_tables

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
                busiest=source.busiest,
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
