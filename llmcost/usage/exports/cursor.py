"""Cursor: the CSV of usage that its dashboard exports, a row for each turn of its agent.

Source of the counts: tokscale, crates/tokscale-core, pull request 1154: the two columns of input are apart.
"""

from __future__ import annotations

import re
from decimal import Decimal

from llmcost.core.workload.usage_record import UsageRecord
from llmcost.usage.file import NonUsage
from llmcost.usage.format import REQUESTS, Format, agrees, all_rows, has_columns
from llmcost.usage.rows import Row

WRITTEN, FRESH, READ, OUTPUT, TOTAL = COUNTS = (
    "Input (w/ Cache Write)",
    "Input (w/o Cache Write)",
    "Cache Read",
    "Output Tokens",
    "Total Tokens",
)
COSTS = ("Cost", "Cost ($)")
AMOUNT = re.compile(r"\$?([0-9]+(?:\.[0-9]+)?)")
"""What of a cell is an amount; others are words such as Included."""
UNCHARGED = re.compile("no charge|not charged", re.IGNORECASE)
CLAUDE = re.compile(
    r"claude-([0-9]+(?:\.[0-9]+)?)-(opus|sonnet|haiku|fable)(?:-(?:low|medium|high|xhigh|max))?(-thinking)?"
)
"""Cursor's names of Claude, with the version first and the effort last."""
GPT = re.compile(
    r"(gpt-[0-9.]+(?:-codex(?:-max|-mini)?|-mini|-nano|-pro)?)-(?:none|minimal|low|medium|high|xhigh|extra-high)"
)
"""Cursor's names of GPT with an effort last. What else it adds, such as fast, may have another price."""


def _record(row: Row) -> UsageRecord | NonUsage | str:
    if UNCHARGED.search(row.text("Kind") or ""):
        return "it failed and was not charged"
    if all(row.stated_count(key) is None for key in COUNTS):
        return "it does not say what was used"
    written, fresh, read, output = (row.needed_count(key) for key in COUNTS[:-1])
    if not (written or fresh or read or output):
        return "it used nothing"
    agrees(row.stated_count(TOTAL), written + fresh + read + output, TOTAL)
    return UsageRecord(
        start=row.moment("Date"),
        provider=DEVELOPERS.get(row.named("Model").partition("-")[0]),
        model=_model(row.named("Model")),
        requests=None,
        input_uncached=fresh,
        cache_read=read,
        cache_write_unspecified=written,
        output=output,
        cost=_cost(row),
        currency="USD",
        agent="Cursor",
    )


DEVELOPERS = {"claude": "anthropic", "gpt": "openai", "gemini": "google", "grok": "xai", "deepseek": "deepseek"}
"""Whose models begin how; Cursor does not say who served them, and their developer's price is the list price."""


def _model(name: str) -> str:
    """A model as its developer calls it, where that is sure."""
    if found := CLAUDE.fullmatch(name):
        return f"claude-{found[2]}-{found[1].replace('.', '-')}"
    found = GPT.fullmatch(name)
    return found[1] if found else name


def _cost(row: Row) -> Decimal | None:
    """What was charged beside the plan; None where a word stands for it."""
    for key in COSTS:
        if found := AMOUNT.fullmatch(str(row.cells.get(key) or "").strip()):
            return Decimal(found[1])
    return None


FORMAT = Format(
    "a CSV of usage of Cursor",
    "input without what is cached",
    has_columns("Date", "Model", *COUNTS),
    all_rows,
    _record,
    REQUESTS,
)
