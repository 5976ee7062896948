"""OpenTelemetry spans of generative AI, as OTLP's JSON has them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import Any

from llmcost.core.workload.usage_record import UsageRecord
from llmcost.usage.file import UsageFile
from llmcost.usage.format import REQUESTS, Format, terms_of, without
from llmcost.usage.rows import BadRow, Row
from llmcost.usage.table import Table

USAGE = "gen_ai.usage."
INPUTS = (f"{USAGE}input_tokens", f"{USAGE}prompt_tokens")
OUTPUTS = (f"{USAGE}output_tokens", f"{USAGE}completion_tokens")
READS = (
    f"{USAGE}cache_read.input_tokens",
    f"{USAGE}cache_read_input_tokens",
    f"{USAGE}details.cache_read_tokens",
    "ai.usage.inputTokenDetails.cacheReadTokens",
)
WRITES = (
    f"{USAGE}cache_write.input_tokens",
    f"{USAGE}cache_creation.input_tokens",
    f"{USAGE}cache_creation_input_tokens",
    f"{USAGE}details.cache_write_tokens",
    "ai.usage.inputTokenDetails.cacheWriteTokens",
)
BESIDE = f"{USAGE}experimental.reasoning_tokens"
"""What Google's ADK calls the thoughts, which its output is without (telemetry/tracing.py)."""
THOUGHTS = (f"{USAGE}reasoning.output_tokens", "ai.usage.outputTokenDetails.reasoningTokens", BESIDE)
"""The names of the convention, those that it had before, and those of Pydantic AI and of Vercel's AI SDK."""
MEDIA = {
    f"{kind}_{side}": (f"{USAGE}{kind}.{side}_tokens", f"{USAGE}details.{side}_{kind}_tokens")
    for side, kinds in (("input", ("audio", "image", "video")), ("output", ("audio", "image")))
    for kind in kinds
}
"""What of both is no text, by the convention's names and Pydantic AI's."""
OF_SDK = ("ai.usage.cachedInputTokens", "ai.usage.inputTokenDetails.")
"""How Vercel's AI SDK says what was cached: by one count, which releases before 6 have alone, or in detail."""
OPERATION = "gen_ai.operation.name"
SUMS = ("invoke_agent", "invoke_workflow", "create_agent", "execute_tool")
"""Operations whose usage is that of the requests within them."""
Span = tuple[Any, Any]
"""A span by its trace and its own id."""
KINDS = ("intValue", "doubleValue", "stringValue")
TIERS = ("openai.response.service_tier", "gen_ai.openai.response.service_tier")


def _fits(table: Table) -> bool:
    return bool(table.rows) and "resourceSpans" in table.rows[0].cells


def _rows(table: Table) -> Iterable[Row]:
    """Each span once that has usage, with its attributes as cells.

    What an agent sums up is left out where the requests below it are there themselves, or another agent above it. So
    is any other span with requests below it, as those that do not say what they are.
    """
    parents: dict[Span, Span] = {}
    kept: dict[Span, Row] = {}
    for row in table.rows:
        for span in _spans(row):
            trace, own, attributes = span.text("traceId"), span.text("spanId"), _attributes(span)
            key = trace, own or object()  # one without an id repeats no other
            parents[key] = trace, span.text("parentSpanId")
            if any(name in attributes for name in (*INPUTS, *OUTPUTS)):
                at = {"start": span.cells.get("startTimeUnixNano"), "span": own and f"{trace} {own}"}
                kept.setdefault(key, Row(row.number, {**attributes, **at}))
    sums = {key for key, row in kept.items() if row.cells.get(OPERATION) in SUMS}
    requests = kept.keys() - sums
    told = {above for key in requests for above in _above(key, parents)}
    requests = _without_sums(requests, kept, parents)
    nested = {trace for trace, parent in parents.values() if parent}
    flat = {trace for trace, _ in requests} - nested  # traces that do not say what lies in what
    left = {key for key in sums - told if key[0] not in flat}
    outer = {key for key in left if left.isdisjoint(_above(key, parents))}
    counted = [(key, row) for key, row in kept.items() if key in requests or key in outer]
    return [Row(row.number, {**row.cells, "is_sum": key in outer}) for key, row in counted]


def without_sums(files: Sequence[UsageFile]) -> tuple[list[UsageFile], int]:
    """Files read together without what agents sum up of requests that are in others of them, and how many those were.

    A collector may write a request into one file, and the agent around it, which ends later, into the next.
    """
    traces = [
        {_trace_of(record) for record in file.records if record.requests} if _is_own(file) else set() for file in files
    ]
    found: list[UsageFile] = []
    left_out = 0
    for number, file in enumerate(files):
        if _is_own(file) and any(record.requests is None for record in file.records):
            others = set().union(*(each for at, each in enumerate(traces) if at != number))
            kept = tuple(each for each in file.records if each.requests or _trace_of(each) not in others)
            left_out += len(file.records) - len(kept)
            notes = file.notes if any(each.requests is None for each in kept) else ()
            file = file._replace(records=kept, notes=notes)
        found.append(file)
    return found, left_out


def _is_own(file: UsageFile) -> bool:
    return file.format == FORMAT.name


def _trace_of(record: UsageRecord) -> str:
    return (record.id or "").partition(" ")[0]


def _without_sums(requests: Set[Span], kept: Mapping[Span, Row], parents: Mapping[Span, Span]) -> set[Span]:
    """The requests without those that do not say what they are and hold all that lies below them.

    So for one that has the counts of the one request below it, which two libraries have told of.
    """
    above = {key: list(_above(key, parents)) for key in requests}
    below: dict[Span, list[Span]] = {}
    for key, spans in above.items():
        for span in spans:
            below.setdefault(span, []).append(key)
    left = set(requests)
    for key in sorted(below.keys() & requests, key=lambda each: -len(above[each])):  # the innermost first
        rows = [kept[each] for each in below[key] if each in left]
        sums = [sum(_first(row, names) for row in rows) for names in (INPUTS, OUTPUTS)]
        own = [_first(kept[key], names) for names in (INPUTS, OUTPUTS)]
        is_sum = any(sums) and all(one >= other for one, other in zip(own, sums, strict=True))
        is_told_twice = len(rows) == 1 and own == sums
        if is_sum and (is_told_twice or kept[key].cells.get(OPERATION) is None):
            left.discard(key)
    return left


def _above(key: Span, parents: Mapping[Span, Span]) -> Iterator[Span]:
    """The spans that one lies in."""
    seen = {key}
    while (key := parents.get(key, key)) not in seen:
        seen.add(key)
        yield key


def _spans(row: Row) -> Iterable[Row]:
    for resource in row.rows("resourceSpans"):
        for scope in resource.rows("scopeSpans"):
            yield from scope.rows("spans")


def _attributes(span: Row) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for attribute in span.rows("attributes") if "attributes" in span.cells else ():
        name, value = attribute.cells.get("key"), attribute.part("value").cells
        if isinstance(name, str) and name.startswith(("gen_ai.", "openai.", "ai.usage.")):
            found[name] = next((value[kind] for kind in KINDS if kind in value), None)
    return found


def _first(row: Row, names: tuple[str, ...]) -> int:
    return next((row.count(name) for name in names if name in row.cells), 0)


def _record(row: Row) -> UsageRecord | str:
    read, written = _first(row, READS), _first(row, WRITES)
    alone, detailed = OF_SDK
    if row.count(alone) and not any(name.startswith(detailed) for name in row.cells):
        raise BadRow(f"{alone} are within the input at some sellers and beside it at others: not known")
    return UsageRecord(
        start=row.nanoseconds("start"),
        provider=row.text("gen_ai.provider.name") or row.text("gen_ai.system"),
        model=row.text("gen_ai.response.model") or row.named("gen_ai.request.model"),
        requests=None if row.cells.get("is_sum") else 1,
        input_uncached=without(_first(row, INPUTS), "input_tokens", read, written),
        cache_read=read,
        cache_write_unspecified=written,
        output=_first(row, OUTPUTS) + row.count(BESIDE),
        reasoning=next((row.stated_count(name) for name in THOUGHTS if name in row.cells), None),
        audio_input=_first(row, MEDIA["audio_input"]),
        image_input=_first(row, MEDIA["image_input"]),
        video_input=_first(row, MEDIA["video_input"]),
        audio_output=_first(row, MEDIA["audio_output"]),
        image_output=_first(row, MEDIA["image_output"]),
        terms=next((terms for tier in TIERS if (terms := terms_of(row.text(tier)))), None),
        session=row.label("gen_ai.conversation.id"),
        id=row.text("span"),
    )


FORMAT = Format("OpenTelemetry spans", "input holds what is cached", _fits, _rows, _record, bound=REQUESTS)
