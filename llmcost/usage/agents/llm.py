"""Simon Willison's llm: a database of what was asked and answered, whose plugins count as their APIs do.

Sources of the counts: simonw/llm, llm/migrations.py and llm/default_plugins/openai_models.py; llm-anthropic;
llm-gemini.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from llmcost.core.workload.usage_record import UsageRecord
from llmcost.usage.exports.answer_counts import chat_counts, generate_counts, messages_counts, responses_counts
from llmcost.usage.format import Format, agrees
from llmcost.usage.rows import Row
from llmcost.usage.table import Table, parsed, select

ANSWERS = {"turns": "thread_id", "responses": "conversation_id"}
"""The tables of answers, those of older releases last, and their columns that say which conversation it is."""
COLUMNS = ("id", "model", "resolved_model", "input_tokens", "output_tokens", "token_details", "datetime_utc")
GEMINI = {"candidatesTokenCount", "thoughtsTokenCount", "promptTokensDetails", "cachedContentTokenCount"}
ANTHROPIC = {"cache_read_input_tokens", "cache_creation_input_tokens"}
RESPONSES = {"input_tokens_details", "output_tokens_details"}
TELLS_ALL = (None, "anthropic", "gemini", "openrouter")
"""Whose plugins write down what was cached wherever something was; None is OpenAI, which llm has itself."""


def _fits(table: Table) -> bool:
    needed = {"id", "model", "input_tokens", "output_tokens", "token_details", "datetime_utc"}
    return any(name in table.columns and needed <= table.fields(name) for name in ANSWERS)


def _rows(table: Table) -> Iterable[Row]:
    """The answers; a database that was carried over from an older release has some of them in both tables."""
    assert table.path is not None
    found: dict[Any, dict[str, Any]] = {}
    for name, conversation in ANSWERS.items():
        has = table.fields(name) if name in table.columns else frozenset()
        columns = [column for column in (*COLUMNS, conversation) if column in has]
        if columns:
            for row in select(table.path, f"select {', '.join(columns)} from {name} order by datetime_utc, id"):
                found.setdefault(row["id"], {**row, "session": row.get(conversation)})
    return [Row(number, row) for number, row in enumerate(found.values(), 1)]


def _record(row: Row) -> UsageRecord | str:
    if row.stated_count("input_tokens") is None and row.stated_count("output_tokens") is None:
        return "its model does not say what it used"
    plugin, slash, name = row.named("model").partition("/")
    provider = plugin if slash else None
    details = parsed(row.cells.get("token_details"))
    stated = Row(row.number, details if isinstance(details, dict) else {})
    cost = stated.money("cost") if provider == "openrouter" else None
    is_message = provider == "anthropic" or bool(ANTHROPIC & stated.cells.keys())
    return UsageRecord(
        start=row.moment("datetime_utc"),
        provider=provider,
        model=row.text("resolved_model") or (name if slash else plugin),
        requests=1,
        cached_unknown=not stated.cells and provider not in TELLS_ALL,
        cost=cost,
        currency=None if cost is None else "USD",
        agent="llm",
        session=row.label("session"),
        id=row.text("id"),
        **_counts(row, stated, is_message=is_message),
    )


def _counts(row: Row, stated: Row, *, is_message: bool) -> dict[str, Any]:
    """The counts as the API has them, of which the database keeps two apart; ``is_message``: as Anthropic has them."""
    given, made, keys = row.count("input_tokens"), row.count("output_tokens"), stated.cells.keys()
    if GEMINI & keys:
        return _of_gemini(given, made, stated)
    if is_message:
        return messages_counts(_with(stated, input_tokens=given, output_tokens=made))
    if RESPONSES & keys:
        return responses_counts(_with(stated, input_tokens=given, output_tokens=made))
    return chat_counts(_with(stated, prompt_tokens=given, completion_tokens=made))


def _of_gemini(given: int, made: int, stated: Row) -> dict[str, Any]:
    """Gemini's counts: the input holds what its tools gave; older releases wrote the answer without its thoughts."""
    answer, thoughts = stated.stated_count("candidatesTokenCount"), stated.count("thoughtsTokenCount")
    if answer is None:
        answer = 0 if made == thoughts else made
    else:
        agrees(made, answer + thoughts, "output_tokens")
    prompt = given - stated.count("toolUsePromptTokenCount")
    return generate_counts(_with(stated, promptTokenCount=prompt, candidatesTokenCount=answer))


def _with(stated: Row, **counts: int) -> Row:
    return Row(stated.number, {**stated.cells, **counts})


FORMAT = Format("the database of llm", "each as its API counts", _fits, _rows, _record)
