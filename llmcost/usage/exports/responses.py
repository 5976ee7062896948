"""Answers of models as their APIs return them, or the usage out of them with a model beside it, one or many."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from llmcost.core.workload.usage_record import UNDATED, UsageRecord
from llmcost.usage.exports.answer_counts import (
    SDK_KEYS,
    chat_counts,
    converse_counts,
    generate_counts,
    messages_counts,
    responses_counts,
    sdk_counts,
)
from llmcost.usage.format import Format, terms_of
from llmcost.usage.iterations import left_out
from llmcost.usage.rows import BadRow, Row
from llmcost.usage.table import Table

TIMES = ("created", "created_at", "createTime", "timestamp", "time")
MODELS = ("model", "modelVersion", "modelId", "model_id")


class Layout(NamedTuple):
    """How an API counts: the object that the counts are in, a key that only it has, and how they become a record.

    ``provider`` is None where many sellers answer so.
    """

    name: str
    key: str
    inside: str
    counts: Callable[[Row], dict[str, Any]]
    provider: str | None = None


MESSAGE = Layout("Anthropic's messages", "type", "usage", messages_counts, "anthropic")
LAYOUTS = (
    Layout("OpenAI's chat completions", "prompt_tokens", "usage", chat_counts),
    Layout("Anthropic's messages", "cache_read_input_tokens", "usage", messages_counts, "anthropic"),
    Layout("Anthropic's messages", "cache_creation_input_tokens", "usage", messages_counts, "anthropic"),
    Layout("OpenAI's responses", "input_tokens", "usage", responses_counts),
    Layout("LangChain", "input_tokens", "usage_metadata", responses_counts),
    Layout("Gemini", "promptTokenCount", "usageMetadata", generate_counts),
    *(Layout("Vercel's AI SDK", key, "usage", sdk_counts) for key in SDK_KEYS),
    Layout("Bedrock's Converse", "inputTokens", "usage", converse_counts, "bedrock"),
)
"""The layouts, in the order in which they are tried; where nothing is cached, Anthropic's counts are as OpenAI's."""


def _layout(row: Row) -> tuple[Layout, Row] | None:
    """The layout of an answer, and its counts, which may also stand alone."""
    if row.cells.get("type") == "message" and isinstance(row.cells.get("usage"), dict):
        return MESSAGE, row.part("usage")
    for layout in LAYOUTS:
        inner = row.cells.get(layout.inside)
        if isinstance(inner, dict) and layout.key in inner:
            return layout, row.part(layout.inside)
        is_alone = layout.counts is not sdk_counts or "inputTokens" in row.cells
        if layout.key in row.cells and layout.inside not in row.cells and is_alone:
            return layout, row
    return None


def _fits(table: Table) -> bool:
    return table.kind in ("json", "jsonl") and any(_layout(row) is not None for row in _rows(table))


def _record(row: Row) -> UsageRecord | str:
    found = _layout(row)
    if found is None:
        return "it has no usage"
    layout, usage = found
    counts = layout.counts(_with_thoughts(row, usage) if layout.counts is chat_counts else usage)
    at = next((key for key in TIMES if row.cells.get(key)), None)
    model = next((name for key in MODELS if (name := row.text(key))), None)
    if model is None:
        raise BadRow('it names no model; write {"model": …, "usage": …}')
    terms = "batch" if row.cells.get("batch") is True else None
    terms = terms or counts.pop("terms", None) or _terms(row)
    counts.pop("terms", None)
    counts["web_searches"] = counts.get("web_searches") or _searches_beside(row, model)
    provider, cost = row.text("provider") or layout.provider, None
    if (row.text("id") or "").startswith("gen-") and provider is not None:  # OpenRouter names whom it asked
        provider, cost = "openrouter", usage.money("cost")
    told = usage.cells.get("cost")
    if cost is None and isinstance(told, dict):  # Perplexity's
        cost = usage.part("cost").money("total_cost")
    if provider is None and isinstance(row.cells.get("output"), dict) and "request_id" in row.cells:
        provider = "alibaba"
    return UsageRecord(
        start=UNDATED if at is None else row.moment(at),
        provider=provider,
        model=model.removeprefix("models/"),
        requests=_requests(layout, usage),
        terms=terms,
        cost=cost,
        currency=None if cost is None else "USD",
        id=row.text("id") or row.text("responseId") or row.text("request_id"),
        **counts,
    )


def _with_thoughts(row: Row, usage: Row) -> Row:
    """The counts of a chat with Gemini's thoughts, which its answers in OpenAI's form have in the total alone."""
    whole, output, total = (usage.count(f"{name}_tokens") for name in ("prompt", "completion", "total"))
    thought = total - whole - output
    if thought <= 0 or "completion_tokens_details" in usage.cells or "gemini" not in (row.text("model") or ""):
        return usage
    said = {"completion_tokens": output + thought, "completion_tokens_details": {"reasoning_tokens": thought}}
    return Row(usage.number, {**usage.cells, **said})


def _requests(layout: Layout, usage: Row) -> int:
    """How many requests the counts are of; Pydantic AI and OpenAI's agents add up those of a run."""
    return max(usage.count("requests"), 1) if layout.counts is responses_counts else 1


def _terms(row: Row) -> str | None:
    """The terms that stand beside the counts of an answer; those of Bedrock are in an object."""
    tier = row.cells.get("serviceTier")
    return terms_of(row.part("serviceTier").text("type") if isinstance(tier, dict) else row.text("service_tier"))


def _searches_beside(row: Row, model: str) -> int:
    """The searches that stand beside the counts of an answer: those of OpenAI, and the queries of Google's.

    Before Gemini 3, Google bills a request that searches once, whatever the number of its queries; the same query twice
    and empty ones are not billed. Source: Google's documentation of grounding.
    """
    queries: set[object] = set()
    for candidate in row.rows("candidates") if isinstance(row.cells.get("candidates"), list) else ():
        found = candidate.part("groundingMetadata").cells.get("webSearchQueries")
        queries |= (
            {each for each in found if isinstance(each, str) and each.strip()} if isinstance(found, list) else set()
        )
    a_request = model.removeprefix("models/").startswith(("gemini-1", "gemini-2"))
    return row.part("tool_usage", "web_search").count("num_requests") or (
        min(len(queries), 1) if a_request else len(queries)
    )


BATCHED = (("response", "body"), ("result", "message"))
"""Where the results of a batch have the answers: those of OpenAI, and those of Anthropic."""


def _rows(table: Table) -> list[Row]:
    """The answers, and what other inferences used for them."""
    answers = map(_answer, table.rows)
    return [each for answer in answers for each in (answer, *_others(answer))]


def _others(answer: Row) -> Iterable[Row]:
    """What other inferences used for an answer of Anthropic's, such as an adviser: its own counts leave that out."""
    usage = answer.cells.get("usage")
    if not isinstance(usage, dict):
        return
    for number, each in left_out(usage.get("iterations"), answer.cells.get("model")):
        around = {key: usage.get(key) for key in ("service_tier", "inference_geo")}
        around |= {} if each.get("model") else {"speed": usage.get("speed")}
        model = {"model": each["model"]} if each.get("model") else {}
        name = {"id": f"{answer.cells['id']} {number}"} if answer.cells.get("id") else {}
        yield Row(answer.number, {**answer.cells, **model, **name, "type": "message", "usage": {**each, **around}})


def _answer(row: Row) -> Row:
    """The answer that a row is, also as a result of a batch."""
    around = row.cells.get("response")
    if row.cells.get("type") == "response.completed" and isinstance(around, dict):  # the end of a stream
        return Row(row.number, around)
    groq = row.cells.get("x_groq")
    if isinstance(groq, dict) and isinstance(groq.get("usage"), dict) and "usage" not in row.cells:
        return Row(row.number, {**row.cells, "usage": groq["usage"]})
    is_batch = not row.cells.keys().isdisjoint(("key", "processed_time"))  # at Gemini's own API, and at Vertex AI
    if is_batch and isinstance(around, dict) and "usageMetadata" in around:
        return Row(row.number, {**around, "batch": True})
    for outer, inner in BATCHED:
        around = row.cells.get(outer)
        answer = around.get(inner) if isinstance(around, dict) and "custom_id" in row.cells else None
        if isinstance(answer, dict):
            return Row(row.number, {**answer, "batch": True})
    return row


FORMAT = Format("answers of an API", "each as its API counts", _fits, _rows, _record)
