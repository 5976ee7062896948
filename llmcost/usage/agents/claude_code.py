"""Claude Code's local log: a line for each piece of an answer, with the usage so far."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from llmcost.core.workload.usage_record import UsageRecord
from llmcost.usage.decoding import Count, Label, Misfit, Name, Shape, fitted
from llmcost.usage.format import Format, anthropic_place, terms_of
from llmcost.usage.iterations import left_out
from llmcost.usage.rows import Row, amount_of, label_of, moment_of, name_of, needed_name
from llmcost.usage.table import Table

OWN = re.compile(r"claude[a-z0-9.-]*(\[1m\])?")
"""Names of models at Anthropic itself; another means another seller, whom the log does not name."""
MADE_UP = "<synthetic>"
"""The model of messages that the program writes itself, such as those about errors."""


class Kept(Shape):
    """What was written to a cache, by how long it is kept."""

    ephemeral_5m_input_tokens: Count = None
    ephemeral_1h_input_tokens: Count = None


class Tools(Shape):
    """What the seller's own tools did."""

    web_search_requests: Count = None


class Counts(Shape):
    """The counts of an answer, or of one of the inferences that made it."""

    input_tokens: Count = None
    output_tokens: Count = None
    cache_read_input_tokens: Count = None
    cache_creation_input_tokens: Count = None
    cache_creation: Kept | None = None


class Usage(Counts):
    """What a message used."""

    server_tool_use: Tools | None = None
    service_tier: Name = None
    speed: Name = None
    inference_geo: Name = None
    iterations: Any = None


class Message(Shape):
    """A message, without what it says."""

    id: Name = None
    model: Name = None
    usage: Usage | None = None


class Iteration(Counts):
    """One of several inferences that made an answer."""

    model: Name = None


class Below(Shape):
    """A line of an agent below, within one of the log above."""

    type: Name = None
    timestamp: Any = None
    message: Message | None = None


class Line(Shape):
    """A line of the log."""

    type: Name = None
    timestamp: Any = None
    sessionId: Label = None  # noqa: N815 (the log's own word)
    cwd: Label = None
    costUSD: Any = None  # noqa: N815
    message: Message | None = None
    data: Any = None


NOTHING_KEPT, NO_TOOLS = Kept(), Tools()


def _fits(table: Table) -> bool:
    return table.kind == "jsonl" and any(
        "sessionId" in row.cells and isinstance(row.cells.get("message"), dict) and "parts" not in row.cells["message"]
        for row in table.rows
    )


def _rows(table: Table) -> Iterable[Row]:
    """Each answer once: of its pieces, which repeat what was used so far, the one with the most.

    What other inferences used for an answer is a row of its own.
    """
    kept: dict[object, tuple[int, int, Row]] = {}
    others: dict[object, list[Row]] = {}
    for row in table.rows:
        line = row.cells
        if not isinstance(line, Line):
            if _is_answer(line):  # in another shape: it is refused by itself
                kept[row.number] = 0, 0, row
            continue
        if line.type == "progress":
            line = _line_below(line)
            row = Row(row.number, line)
        answer = line.message
        if line.type != "assistant" or answer is None or answer.usage is None:
            continue
        key = (answer.id, answer.model) if answer.id else row.number  # another model's is another answer
        output, given = answer.usage.output_tokens or 0, answer.usage.input_tokens or 0
        if key not in kept or (output, given) > kept[key][:2]:
            kept[key] = output, given, row
        if isinstance(answer.usage.iterations, list):
            found = list(_others(row, line, answer, answer.usage))
            if found and _size(found) > _size(others.get(key, ())):
                others[key] = found
    return [*(row for _, _, row in kept.values()), *(row for rows in others.values() for row in rows)]


def _size(rows: Sequence[Row]) -> tuple[int, int]:
    """How many inferences some rows are of, and what they wrote: later pieces tell of more."""
    return len(rows), sum(row.cells.message.usage.output_tokens or 0 for row in rows)


def _line_below(line: Line) -> Line:
    """What an agent below said, as its own log has it too; an empty line where it said nothing that is known here."""
    try:
        below = fitted(line.data["message"], Below)
    except (Misfit, TypeError, LookupError):
        return Line()
    answer, at = below.message, below.timestamp or line.timestamp
    if answer is None or not (answer.id and answer.model and isinstance(at, str)):  # which its own log tells apart
        return Line()
    return Line(below.type, at, line.sessionId, line.cwd, None, answer)


def _others(row: Row, line: Line, answer: Message, usage: Usage) -> Iterable[Row]:
    """What other inferences used for an answer, such as an adviser: its own counts leave that out.

    Raises BadRow for counts that are none.
    """
    for number, each in left_out(usage.iterations, answer.model):
        found = Row(row.number, each).shaped(Iteration)
        used = Usage(
            found.input_tokens,
            found.output_tokens,
            found.cache_read_input_tokens,
            found.cache_creation_input_tokens,
            found.cache_creation,
            service_tier=usage.service_tier,
            speed=None if found.model else usage.speed,
            inference_geo=usage.inference_geo,
        )
        message = Message(answer.id and f"{answer.id} {number}", found.model or answer.model, used)
        yield Row(row.number, Line(line.type, line.timestamp, line.sessionId, line.cwd, None, message))


def _is_answer(cells: Mapping[str, Any]) -> bool:
    answer = cells.get("message")
    return cells.get("type") == "assistant" and isinstance(answer, dict) and bool(answer.get("usage"))


def _record(row: Row) -> UsageRecord | str:
    line = row.shaped(Line)
    answer = line.message or Message()
    if answer.model == MADE_UP:
        return "the program wrote the message itself"
    usage, model = answer.usage or Usage(), needed_name("model", answer.model)
    provider = _provider(model)
    kept, tools = usage.cache_creation or NOTHING_KEPT, usage.server_tool_use or NO_TOOLS
    cost = amount_of("costUSD", line.costUSD)
    five, hour = kept.ephemeral_5m_input_tokens or 0, kept.ephemeral_1h_input_tokens or 0
    return UsageRecord(
        start=moment_of("timestamp", line.timestamp),
        provider=provider,
        model=model,
        requests=1,
        input_uncached=usage.input_tokens or 0,
        cache_read=usage.cache_read_input_tokens or 0,
        cache_write_5m=five,
        cache_write_1h=hour,
        cache_write_unspecified=max((usage.cache_creation_input_tokens or 0) - five - hour, 0),
        output=usage.output_tokens or 0,
        web_searches=tools.web_search_requests or 0,
        terms=terms_of(usage.service_tier) or terms_of(usage.speed),
        place=anthropic_place(usage.inference_geo) if provider else None,
        cost=cost,
        currency=None if cost is None else "USD",
        agent="Claude Code",
        session=label_of("sessionId", line.sessionId),
        project=label_of("cwd", line.cwd),
        id=name_of("id", answer.id),
    )


@cache
def _provider(model: str) -> str | None:
    return "anthropic" if OWN.fullmatch(model) else None


FORMAT = Format(
    "a log of Claude Code",
    "input without what is cached",
    _fits,
    _rows,
    _record,
    shape=Line,
    marks=(b'"output_tokens"',),
)
