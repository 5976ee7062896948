"""What several files of one source tell more than once: what tells most of a session counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from llmcost.core.workload.usage_record import UsageRecord
from llmcost.usage.agents import copilot, grok, opencode, qwen_code
from llmcost.usage.exports import cursor, generic
from llmcost.usage.exports.otel import without_sums
from llmcost.usage.file import UsageFile

BETTER = {copilot.EVENTS.name: copilot.STORE.name, qwen_code.LEDGER.name: qwen_code.FORMAT.name}
"""Formats of one agent: the sessions of the first are told by the second as well, each request by itself."""
FORKED = (opencode.DATABASE.name, opencode.MESSAGE.name)


def without_overlaps(files: Sequence[UsageFile]) -> tuple[list[UsageFile], list[str]]:
    """The files without what others of them tell as well or better, and what is said of that."""
    found, sums = without_sums(files)
    said = []
    if sums:
        what = "span that sums" if sums == 1 else "spans that sum"
        said.append(f"{sums:,} {what} up requests of other files left out")
    for step in (_without_agents_below, _without_copies, _without_same_files, _without_same_sums, _without_less):
        for kept, why in step(found):
            fewer: dict[str, int] = {}
            for before, after in zip(found, kept, strict=True):
                fewer[before.format] = fewer.get(before.format, 0) + len(before.records) - len(after.records)
            said += [
                f"{rows:,} row{'' if rows == 1 else 's'} of {form} left out: {why}"
                for form, rows in fewer.items()
                if rows
            ]
            found = kept
    return found, said


Step = tuple[list[UsageFile], str]
"""Files without some of their records, and why these are left out."""


def _without_agents_below(files: Sequence[UsageFile]) -> Iterator[Step]:
    """Without the sessions of Grok's agents that others asked, whose turns hold them.

    Where only such are read, they stay.
    """
    turns = [file for file in files if file.format == grok.FORMAT.name]
    below = {file.path for file in turns if grok.is_below(Path(file.path))}
    if len(below) < len(turns):
        kept = [file._replace(records=()) if file.path in below else file for file in files]
        yield kept, "the turn of the agent above holds what one below used"


def _without_copies(files: Sequence[UsageFile]) -> Iterator[Step]:
    """Without the messages that a fork of OpenCode copied into another session, by other ids.

    Its database is without them; files of older releases stay beside it.
    """
    sessions: dict[UsageRecord, str | None] = {}

    def is_first(record: UsageRecord) -> bool:
        return sessions.setdefault(record._replace(id=None, session=None), record.session) == record.session

    kept = [_only(file, filter(is_first, file.records)) if file.format in FORKED else file for file in files]
    yield kept, "a fork copied it from another session"


def _without_same_files(files: Sequence[UsageFile]) -> Iterator[Step]:
    """Without files of rows that have no ids where an earlier one has the very same, as one that was saved twice.

    Rows of Cursor are known by their moments, which are of milliseconds, in exports that overlap as well.
    """
    known: set[tuple[object, ...]] = set()
    events: set[UsageRecord] = set()
    kept = []
    for file in files:
        told = (file.format, file.records)
        is_plain = _is_export(file) and bool(file.records) and all(record.id is None for record in file.records)
        if is_plain and told in known:
            file = _only(file, ())
        elif file.format == cursor.FORMAT.name:
            file = _only(file, (record for record in file.records if record not in events))
            events.update(file.records)
        if is_plain:
            known.add(told)
        kept.append(file)
    yield kept, "another file tells the same"


def _without_same_sums(files: Sequence[UsageFile]) -> Iterator[Step]:
    """Without the sums of a span of time that an earlier file of the format has too, all of them and no others.

    So for exports that overlap, whose sums have no ids.
    """
    known: set[tuple[object, ...]] = set()
    kept = []
    for file in files:
        spans: dict[object, list[UsageRecord]] = {}
        for record in file.records if _is_export(file) else ():
            if record.end is not None and record.id is None:
                spans.setdefault((record.start, record.end), []).append(record)
        told = {span: (file.format, frozenset(Counter(rows).items())) for span, rows in spans.items()}
        again = {span for span, rows in told.items() if rows in known}
        known.update(told.values())
        others = (record for record in file.records if (record.start, record.end) not in again)
        kept.append(_only(file, others) if again else file)
    yield kept, "another file tells the same"


def _without_less(files: Sequence[UsageFile]) -> Iterator[Step]:
    """Without the sessions of which a better format of the agent's tells as much, or the other one more.

    A database may begin later than the log beside it, or forget.
    """
    for form, better in BETTER.items():
        told, better_told = _tokens_told(files, form), _tokens_told(files, better)
        both = told.keys() & better_told.keys()
        less = {session for session in both if told[session] > better_told[session]}
        files = [_without(file, both - less) if file.format == form else file for file in files]
        yield files, f"{better} tells the same"
        files = [_without(file, less) if file.format == better else file for file in files]
        yield files, f"{form} tells more"


def _is_export(file: UsageFile) -> bool:
    """Whether somebody else wrote it; tables of one's own hold what they hold, alike or not, as an engine has them."""
    return file.format != generic.FORMAT.name


def _only(file: UsageFile, records: Iterable[UsageRecord]) -> UsageFile:
    return file._replace(records=tuple(records))


def _tokens_told(files: Sequence[UsageFile], form: str) -> dict[str, int]:
    """The tokens that files of a format tell of each session."""
    told: dict[str, int] = {}
    for file in files:
        for record in file.records if file.format == form else ():
            if record.session is not None:
                told[record.session] = told.get(record.session, 0) + record.input + record.output
    return told


def _without(file: UsageFile, sessions: set[str]) -> UsageFile:
    return _only(file, (record for record in file.records if record.session not in sessions))
